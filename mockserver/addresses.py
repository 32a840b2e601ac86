"""URLs and host names as a person writes them: what stands before the `@`, and which name can only be this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

DEFAULT_PORTS = {"http": ":80", "https": ":443"}
"""By scheme, as a URL may have them or leave them out."""


@dataclass(frozen=True)
class Address:
    """A URL without its userinfo, and the `user:password` that it had, or None."""

    url: str
    userinfo: str | None = field(default=None, repr=False)


def parse(text: str) -> Address:
    """An http or https URL taken apart; ValueError if it is none, or if it has a query or a fragment."""
    parts = _parts(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or re.search("[?#]", text):
        raise ValueError("not an http or https URL without a query")
    user, at, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    return Address(
        urlunsplit((parts.scheme, host, parts.path, "", "")), f"{unquote(name)}:{unquote(password)}" if at else None
    )


def _parts(text: str) -> SplitResult | None:
    """None for what is no URL; what the library says of it may quote a password."""
    try:
        parts = urlsplit(text)
        return None if parts.port == 0 else parts
    except ValueError:
        return None


def shown(text: str) -> str:
    """What was given for a URL, for an error message: without what may be a user and a password."""
    return re.sub(r"^([a-zA-Z][a-zA-Z0-9+.-]*://)?.*@", r"\1…@", text, flags=re.DOTALL)


def is_loopback(name: str) -> bool:
    """Whether a host name or address can only be this machine."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback
