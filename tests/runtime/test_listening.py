"""Addresses to listen on, as people write them: each is listened on, or refused with what to do about it."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator

import pytest

from mockserver.errors import StartError
from mockserver.runtime.listening import bare, bind, origin
from tests.patience import PATIENCE

ANOTHER_PORT = "Choose another --port (0 takes a free one)."
ANOTHER_HOST = "Choose another --host, such as 127.0.0.1."
ALL = "--host takes an address such as 127.0.0.1, or 0.0.0.0 for all of this machine, got "
ALONE = "--host takes a name or an address alone, such as 127.0.0.1 or ::1, got "
UNRESOLVED = "the host does not resolve"

REFUSED = {
    "a port beyond all": ("127.0.0.1", 70_000, "127.0.0.1:70000: a port is a number from 0 to 65535.", ANOTHER_PORT),
    "a port below all": ("::1", -1, "[::1]:-1: a port is a number from 0 to 65535.", ANOTHER_PORT),
    "an address of another machine": (
        "192.0.2.1",
        0,
        "192.0.2.1:0: Cannot assign requested address. The address is none of this machine.",
        ANOTHER_HOST,
    ),
    "a name that nobody has": ("no-such-host.invalid", 0, f"no-such-host.invalid:0: {UNRESOLVED} (", ANOTHER_HOST),
    "no name": ("no..name", 0, f"no..name:0: {UNRESOLVED} (it is no host name).", ANOTHER_HOST),
    "no address": ("::g", 0, f"[::g]:0: {UNRESOLVED} (", ANOTHER_HOST),
    "an interface that there is not": ("fe80::1%nope", 0, f"[fe80::1%25nope]:0: {UNRESOLVED} (", ANOTHER_HOST),
}


@pytest.mark.parametrize(("host", "port", "words", "remedy"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_listened_on_is_told(host: str, port: int, words: str, remedy: str) -> None:
    """What is wrong, and which of the two to change."""
    with pytest.raises(StartError) as refused:
        bind(host, port)

    assert str(refused.value).startswith(f"cannot listen on {words}")
    assert str(refused.value).endswith(remedy)


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("", ALL),
        ("[]", ALL),
        ("*", ALL),
        ("127.0.0.1:8080", ALONE),
        ("localhost:8080", ALONE),
        ("[::1]:8080", ALONE),
        ("http://localhost", ALONE),
    ],
)
def test_what_is_no_host_is_told(host: str, words: str) -> None:
    """Before anything else is tried."""
    for use in (bare, lambda each: bind(each, 0)):
        with pytest.raises(StartError) as refused:
            use(host)
        assert str(refused.value) == f"{words}{host!r}."


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0.0.0.0", "::1", "[::1]", "::"])
def test_what_can_be_listened_on(host: str) -> None:
    """A name stands for its IPv4 address where it has one; brackets are those of a URL."""
    if ":" in host and not has_ipv6():
        pytest.skip("this machine has no IPv6")

    with bind(host, 0) as listener, socket.create_connection(listener.getsockname()[:2], timeout=PATIENCE):
        family = listener.family

    assert family == (socket.AF_INET6 if ":" in host else socket.AF_INET)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Binding fails with these errors in turn, whatever machine this is; the sockets that were made are closed."""
    numbers: list[int] = []
    made: list[socket.socket] = []

    class Socket(socket.socket):
        def bind(self, address: object, /) -> None:
            made.append(self)
            number = numbers.pop(0)
            if number:
                raise OSError(number, os.strerror(number))
            super().bind(address)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(socket, "socket", Socket)
    yield numbers
    assert [each for each in made if each.fileno() != -1] == []


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.EADDRINUSE, f": Address already in use. {ANOTHER_PORT}"),
        (errno.EACCES, f": Permission denied. Ports below 1024 may be kept for the administrator. {ANOTHER_PORT}"),
        (
            errno.EADDRNOTAVAIL,
            f": Cannot assign requested address. The address is none of this machine. {ANOTHER_HOST}",
        ),
        (errno.EAFNOSUPPORT, f". This machine does not speak the address's version of IP. {ANOTHER_HOST}"),
        (errno.EINVAL, ": Invalid argument. A link-local address needs its interface: --host fe80::1%eth0."),
        (errno.ENOBUFS, f": No buffer space available. {ANOTHER_HOST}"),
    ],
)
def test_what_the_system_refuses_is_told(failing: list[int], number: int, remedy: str) -> None:
    """An IPv6 address is not blamed on the port, nor a taken port on the address."""
    failing.append(number)

    with pytest.raises(StartError) as refused:
        bind("::1", 1)

    assert str(refused.value).startswith("cannot listen on [::1]:1: ")
    assert str(refused.value).endswith(remedy)


def test_every_address_of_a_name_is_tried(failing: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """IPv4 first, then what else there is."""
    found = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 0, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    failing += [errno.EADDRNOTAVAIL, 0]

    with bind("both", 0) as listener:
        family = listener.family

    assert family == socket.AF_INET6


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("fe80::1%eth0", "http://[fe80::1%25eth0]:80"),
        ("localhost", "http://localhost:80"),
    ],
)
def test_a_url_is_that_of_the_address(host: str, url: str) -> None:
    """An IPv6 address in brackets, its interface escaped."""
    assert origin(host, 80) == url
    assert origin(host, 80, tls=True) == url.replace("http", "https", 1)
