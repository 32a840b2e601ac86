"""The identifiers of a world: a seeded sequence, so that the same seed and requests give the same ids."""

from __future__ import annotations

from hashlib import blake2b

VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}
"""The digit that says the variant of a UUID by the one that was drawn (RFC 9562, 4.1)."""

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


class Ids:
    """One sequence of identifiers; `count` is its whole state, so a transaction winds it back by setting it."""

    __slots__ = ("_key", "count")

    def __init__(self, seed: int, stream: str, count: int = 0) -> None:
        # blake2b takes 64 bytes of a key
        self._key = f"{seed}:{stream}".encode()[:64]
        self.count = count

    def _draw(self) -> bytes:
        self.count += 1
        # keyed, so that worlds of other seeds do not draw the same
        return blake2b(self.count.to_bytes(8, "big"), key=self._key, digest_size=32).digest()

    def uuid(self) -> str:
        """A random-looking UUID of version 4 (RFC 9562, 5.4)."""
        text = self._draw()[:16].hex()
        # as `uuid.UUID` writes it, which takes three times as long
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{VARIANT[text[16]]}{text[17:20]}-{text[20:]}"

    def token(self, length: int) -> str:
        """`length` characters of 0-9a-z, at most 48."""
        number = int.from_bytes(self._draw(), "big")
        letters = []
        for _ in range(length):
            number, at = divmod(number, 36)
            letters.append(ALPHABET[at])
        return "".join(letters)

    def cuid(self) -> str:
        """A CUID: `c` and 24 characters of 0-9a-z."""
        return "c" + self.token(24)
