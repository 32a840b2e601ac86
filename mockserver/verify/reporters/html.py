"""The scoreboard as one self-contained HTML page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from mockserver import __version__
from mockserver.output.pages import render
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.scores import BROKEN, CLEAN

TEMPLATE = Path(__file__).with_name("report.html")
TONES = {CLEAN: "good", BROKEN: "bad"}
WORDS = {CLEAN: "Contract kept", BROKEN: "Contract broken"}


def html(board: Scoreboard, now: datetime | None = None) -> str:
    """The page; `now` is when it was made."""
    operations = [score for api in board.apis for score in api.operations.values()]
    judged = sum(sum(score.passed.values()) + sum(score.failed.values()) for score in operations)
    passed = sum(sum(score.passed.values()) for score in operations)
    return render(
        TEMPLATE,
        board=board,
        version=__version__,
        made=(now or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M UTC"),
        tone=TONES.get(board.verdict, "warn"),
        word=WORDS.get(board.verdict, "Verification incomplete"),
        tones=TONES,
        operations=operations,
        groups=board.groups,
        failures=sum(len(api.failing) for api in board.apis),
        warnings=sum(len(api.tolerated) for api in board.apis),
        known=sum(len(api.known) for api in board.apis),
        judged=judged,
        passed=passed,
    )
