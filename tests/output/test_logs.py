"""Log records steer nothing."""

from __future__ import annotations

import io
import logging
import sys

import pytest

from mockserver.output.logs import log_to_standard_error


def test_a_record_quotes_and_is_not_steered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by its message nor by its traceback; the traceback keeps its lines."""
    root = logging.getLogger()
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", root.level)
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
