"""Log records steer nothing."""

from __future__ import annotations

import io
import logging
import sys

import pytest

from mockserver.output.logs import log_to_standard_error


def unconfigured(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Standard error; the root logger is as nobody has set it up from here on."""
    root = logging.getLogger()
    found = io.StringIO()
    monkeypatch.setattr(sys, "stderr", found)
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
    return found


@pytest.mark.parametrize(
    ("level", "told"),
    [
        ("INFO", ["WARNING: ours", "ERROR: it failed"]),
        ("DEBUG", ["WARNING: ours", "WARNING: of a request", "ERROR: it failed"]),
    ],
)
def test_what_a_library_says_of_a_request_is_told_at_debug_only(
    monkeypatch: pytest.MonkeyPatch, level: str, told: list[str]
) -> None:
    """A client's fault is no concern of whoever runs the server; a failure is."""
    written = unconfigured(monkeypatch)
    log_to_standard_error(level)
    logging.getLogger("mockserver").warning("ours")
    logging.getLogger("a.library").warning("of a request")
    logging.getLogger("a.library").error("it failed")

    assert written.getvalue().splitlines() == told


def test_a_record_quotes_and_is_not_steered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by its message nor by its traceback; the traceback keeps its lines."""
    written = unconfigured(monkeypatch)
    root = logging.getLogger()
    log_to_standard_error("INFO")
    try:
        raise ValueError("\x1b[2J")
    except ValueError:
        root.exception("failed on %s", "/a\r\x9b")
    root.debug("not told")
    lines = written.getvalue().splitlines()

    assert lines[0] == r"ERROR: failed on /a\r\x9b"
    assert lines[1] == "Traceback (most recent call last):"
    assert lines[-1] == r"ValueError: \x1b[2J"
