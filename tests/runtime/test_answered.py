"""Who answered, as a value and as the text that the control plane shows."""

from __future__ import annotations

import pytest

from mockserver.runtime.answered import HANDLER, NAMED, PREFER, PREFLIGHT, RUNTIME, AnsweredBy


@pytest.mark.parametrize(
    "by",
    [HANDLER, PREFER, PREFLIGHT, RUNTIME, *(AnsweredBy(kind, "of a name") for kind in NAMED)],
)
def test_the_text_reads_back(by: AnsweredBy) -> None:
    """A fault's with the id of its rule, blanks and all."""
    assert AnsweredBy.read(str(by)) == by


@pytest.mark.parametrize("text", ["", "nobody", "handlers"])
def test_any_other_text_is_refused(text: str) -> None:
    """What an exported journal has, it was written by us."""
    with pytest.raises(ValueError, match=r"expected handler, prefer, .* or callback <name>"):
        AnsweredBy.read(text)
