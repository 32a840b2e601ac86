"""The access log: one line for each request, whatever the client sent."""

from __future__ import annotations

import re
from typing import TextIO, cast

import pytest

from mockserver.output.background import Outlet
from mockserver.runtime.access_log import AccessLog
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message
from tests.output.terminal import Terminal


@pytest.mark.parametrize(("status", "colour"), [(204, 32), (404, 33), (500, 31)])
def test_access_log_colours_on_a_terminal(status: int, colour: int) -> None:
    """On a terminal the status is coloured by its class; a request outside any operation shows a dash."""
    stream = Terminal()
    exchange = Exchange("default", "GET", "/x", "/x", Message.of((), b""), 0.0, 0.0012, status=status)

    AccessLog(stream)(exchange)

    assert re.fullmatch(rf"\S+ \x1b\[{colour}m{status}\x1b\[0m    1.20 ms  GET /x  -\n", stream.getvalue())


def test_the_access_log_is_written_in_the_background() -> None:
    """Where its stream is, each line is the one that it would have been."""
    shown, stream = Terminal(), Terminal()
    outlet = Outlet(stream)
    exchange = Exchange("default", "GET", "/x?a=1", "/x", Message.of((), b""), 0.0, 0.0012, status=200)

    AccessLog(shown)(exchange)
    AccessLog(cast("TextIO", outlet))(exchange)
    outlet.close()

    assert stream.getvalue() == shown.getvalue() != ""


def test_the_access_log_is_not_steered() -> None:
    """What a client sends as method or path stands in its one line, by numbers where it is not visible."""
    stream = Terminal()
    exchange = Exchange(
        "default", "GE\x1b[2JT", "/", "/a\r\n12:00:00 200\u202e", Message.of((), b""), 0.0, 0.0, status=404
    )

    AccessLog(stream)(exchange)

    assert stream.getvalue().endswith("  GE\\x1b[2JT /a\\r\\n12:00:00 200\\u202e  -\n")
    assert stream.getvalue().count("\n") == 1


def test_a_status_of_no_class_has_no_colour() -> None:
    """An answer is logged, whatever it is."""
    stream = Terminal()

    AccessLog(stream)(Exchange("default", "GET", "/", "/", Message.of((), b""), 0.0, 0.0, status=103))

    assert "\x1b[0m103\x1b[0m" in stream.getvalue()
