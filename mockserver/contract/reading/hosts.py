"""Which hosts a document may have read: none within this machine or its network for one that came from outside."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit


def leads_inside(by: str, uri: str) -> bool:
    """Whether what stands at a URL elsewhere (`by`) leads to a host that only this machine or its network reaches."""
    # the names first: an address is looked up in the network
    return by.lower().startswith("http") and _host(by) != _host(uri) and is_inside(uri) and not is_inside(by)


def is_inside(uri: str) -> bool:
    """Whether any address of a URL's host is one of this machine or of a private network."""
    return any(not ip_address(each.partition("%")[0]).is_global for each in _addresses(_host(uri)))


def _host(uri: str) -> str:
    try:
        return urlsplit(uri).hostname or ""
    except ValueError:
        return ""


def _addresses(host: str) -> set[str]:
    try:
        return {str(address[4][0]) for address in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):  # nobody's: it cannot be read either
        return set()
