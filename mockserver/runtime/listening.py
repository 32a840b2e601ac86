"""Where a server listens: an address as a person writes it becomes a listening socket, or an error that helps."""

from __future__ import annotations

import errno
import socket

from mockserver.errors import StartError

BACKLOG = 2048
ANOTHER_PORT = "Choose another --port (0 takes a free one)."
ANOTHER_HOST = "Choose another --host, such as 127.0.0.1."

REMEDIES = {
    errno.EADDRINUSE: ANOTHER_PORT,
    errno.EACCES: f"Ports below 1024 may be kept for the administrator. {ANOTHER_PORT}",
    errno.EADDRNOTAVAIL: f"The address is none of this machine. {ANOTHER_HOST}",
    errno.EAFNOSUPPORT: f"This machine does not speak the address's version of IP. {ANOTHER_HOST}",
    errno.EINVAL: "A link-local address needs its interface: --host fe80::1%eth0.",
}
"""What to do, by what the system says."""


def bare(host: str) -> str:
    """A host without the brackets that an IPv6 address has in a URL; StartError for what cannot be one."""
    name = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if name in ("", "*"):
        raise StartError(
            f"--host takes an address such as 127.0.0.1, or 0.0.0.0 for all of this machine, got {host!r}."
        )
    if "/" in name or "[" in name or (name.count(":") == 1):
        raise StartError(f"--host takes a name or an address alone, such as 127.0.0.1 or ::1, got {host!r}.")
    return name


def authority(host: str, port: int) -> str:
    """Host and port as they stand in a URL."""
    if ":" not in host:
        return f"{host}:{port}"
    address, percent, interface = host.partition("%")
    return f"[{address}{'%25' if percent else ''}{interface}]:{port}"  # RFC 6874


def origin(host: str, port: int, *, tls: bool = False) -> str:
    """The URL of an address, without a trailing slash."""
    return f"{'https' if tls else 'http'}://{authority(host, port)}"


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; StartError if the address cannot be had. Port 0 is any free one."""
    host = bare(host)
    where = f"cannot listen on {authority(host, port)}"
    if port not in range(65536):
        raise StartError(f"{where}: a port is a number from 0 to 65535. {ANOTHER_PORT}")
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no host name"
        raise StartError(f"{where}: the host does not resolve ({reason}). {ANOTHER_HOST}") from None
    failure = OSError(errno.EADDRNOTAVAIL, "no address")
    for family, kind, protocol, _, address in sorted(found, key=lambda each: each[0] != socket.AF_INET):
        try:
            return _listening(socket.socket(family, kind, protocol), (address[0], port, *address[2:]))
        except OSError as error:
            failure = error
    remedy = REMEDIES.get(failure.errno or 0, ANOTHER_HOST)
    raise StartError(f"{where}: {failure.strerror or failure}. {remedy}") from None


def _listening(made: socket.socket, address: tuple[object, ...]) -> socket.socket:
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(BACKLOG)
    except OSError:
        made.close()
        raise
    return made
