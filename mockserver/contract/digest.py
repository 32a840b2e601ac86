"""HTTP Digest credentials (RFC 7616): who is named in one, and whether it was made with the right password.

The server's nonce is always the same, and a used one is not refused: a mock has nothing to protect from replays.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping

# only from the beginning of a word on, and possessive: a long word would else be tried from each of its letters
PARAMETERS = re.compile(r'(?<!\w)(\w++\*?+)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^\s",]++))')
ALGORITHMS: Mapping[str, Callable[[bytes], hashlib._Hash]] = {
    # builds of OpenSSL for FIPS refuse it otherwise; RFC 7616 still has it for clients that know no other
    "MD5": lambda text: hashlib.md5(text, usedforsecurity=False),
    "SHA-256": hashlib.sha256,
    "SHA-512-256": lambda text: hashlib.new("sha512_256", text),
}


class DigestCredential(str):
    """The user that a Digest credential names; `proves` says whether it was made with a password."""

    __slots__ = ("_given",)

    _given: Mapping[str, str]

    @classmethod
    def read(cls, text: str) -> DigestCredential | None:
        """The credential as an Authorization header has it, after the word Digest; None if it names no user."""
        given = {
            name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else plain
            for name, quoted, plain in PARAMETERS.findall(text)
        }
        if not given.get("username"):
            return None
        credential = cls(given["username"])
        credential._given = given
        return credential

    def proves(self, password: str, method: str) -> bool:
        """Whether its response is what this password makes of it, for a request of that method."""
        given = self._given
        name, _, session = given.get("algorithm", "MD5").upper().partition("-SESS")
        del session
        if name not in ALGORITHMS or given.get("qop", "auth") != "auth":
            return False

        def digested(*parts: str) -> str:
            return ALGORITHMS[name](":".join(parts).encode()).hexdigest()

        nonce, client = given.get("nonce", ""), given.get("cnonce", "")
        user = digested(self, given.get("realm", ""), password)
        if given.get("algorithm", "").upper().endswith("-SESS"):
            user = digested(user, nonce, client)
        # without `qop` the response is that of RFC 2069, as RFC 2617 (3.2.2.1) still lets clients make it
        quality = (given.get("nc", ""), client, "auth") if "qop" in given else ()
        return digested(user, nonce, *quality, digested(method, given.get("uri", ""))) == given.get("response")
