"""ID tokens of OpenID Connect: JSON Web Tokens in RS256, and the public key that verifies them.

The key stands here for everybody to read: it proves nothing but that a token came from a mock. Signing with it is all
that is needed, which is one power (RFC 8017, 8.2.1); a library that does more would be one more to install.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from mockserver.contract.bodies import write_json

EXPONENT = 65537
PRIMES = (
    int(
        "df4da09a37a69a12b26e545283c34922442569016303e0f73889cd82d1e745a9b914dd01f51c3bed676cb6ce69dffebc8d36"
        "066ddd1aea3064ef6b760f8825cc0c2f549c67a9f583d199f25e944d9309b908ca2d072002d311476cf278883185f0326b95"
        "7d4e8cd1ca0c2eab1b7982202a429db13b70f0fca6c6792d9b044579",
        16,
    ),
    int(
        "c375844191bdd182bde0902ef1c352e9ef944429909a50508a9e95c683d05f8d9423faf5b01ca16bef241d670417c56ec079"
        "73929a5e6ce2e3dd15d32e35c53f0f150453b2dd42f4fac045c855162c181cb7fd342a0940e57bd994f3c46f35cbcb49d5ac"
        "b23fc8cc59b74bb306e4e80f5948c8c2696dbbbd3180f69d121840c1",
        16,
    ),
)
MODULUS = PRIMES[0] * PRIMES[1]
SIZE = 256
"""Bytes of the modulus."""
KEY_ID = "mockserver"
SHA_256 = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before a digest in a signature: it is one of SHA-256 (RFC 8017, 9.2)."""


def jwks() -> dict[str, Any]:
    """The public key as a JSON Web Key Set (RFC 7517)."""
    modulus, exponent = (
        _encoded(number.to_bytes(length, "big")) for number, length in ((MODULUS, SIZE), (EXPONENT, 3))
    )
    return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, "n": modulus, "e": exponent}]}


def signed(claims: Mapping[str, Any]) -> str:
    """The claims as a signed token (RFC 7515, compact)."""
    header = {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}
    text = f"{_encoded(write_json(header))}.{_encoded(write_json(dict(claims)))}"
    return f"{text}.{_encoded(_signature(text.encode()))}"


def half_hash(value: str) -> str:
    """The left half of a token's digest, for `at_hash` (OpenID Connect Core, 3.1.3.6)."""
    return _encoded(hashlib.sha256(value.encode()).digest()[:16])


def _signature(text: bytes) -> bytes:
    digest = SHA_256 + hashlib.sha256(text).digest()
    padded = b"\x00\x01" + b"\xff" * (SIZE - len(digest) - 3) + b"\x00" + digest
    private = pow(EXPONENT, -1, (PRIMES[0] - 1) * (PRIMES[1] - 1))
    return pow(int.from_bytes(padded, "big"), private, MODULUS).to_bytes(SIZE, "big")


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
