"""Options of inference, as a command gives them, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from mockserver.errors import StartError

RECORDS = 3
"""Generated records of a collection, or of each of its parents."""
MOST = 1000
"""Records that a collection can be asked to begin with."""
Undocumented404 = Literal["problem", "example"]


@dataclass(frozen=True)
class InferenceOptions:
    """Options of inference. records: generated ones of each collection. undocumented_404: what answers for a record
    that does not exist where the document has no answer for it: a problem, or the documented example of success."""

    records: int = RECORDS
    undocumented_404: Undocumented404 = "problem"


def inference_options(records: int | None, undocumented_404: str | None) -> InferenceOptions:
    """The options as they are given, checked; StartError says what is wrong with one."""
    if records is not None and (isinstance(records, bool) or not isinstance(records, int) or not 0 <= records <= MOST):
        raise StartError(f"--records takes a whole number from 0 to {MOST}, got {records!r}.")
    for known in get_args(Undocumented404):
        if undocumented_404 in (known, None):
            return InferenceOptions(RECORDS if records is None else records, known)
    raise StartError(f"--undocumented-404 takes problem or example, got {undocumented_404!r}.")
