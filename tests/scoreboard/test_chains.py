"""What a chain takes for the same: the fields that were sent, where they were sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scoreboard.chains import Miss, _same

SENT: dict[str, Any] = {"identity": {"type": "own"}}


def test_what_was_sent_within_an_object_is_compared_with_what_is_read_there() -> None:
    """Not with a field of that name elsewhere, whether or not that one agrees."""
    _same(SENT, {"type": "machine", "identity": {"type": "own"}}, "what was sent", {})

    with pytest.raises(Miss, match="what was sent is read differently: type"):
        _same(SENT, {"type": "own", "identity": {"type": "other"}}, "what was sent", {})
