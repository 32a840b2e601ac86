"""The response that an operation documents for success, and the status that goes with one."""

from __future__ import annotations

from mockserver.contract.operation import Operation, Response
from mockserver.errors import OperationError

SUCCESS = range(200, 300)
UNBOUND = 1000
"""Sorts after every status code."""


def answered(operation: Operation) -> Response:
    """The documented response of an operation for success: the lowest 2xx, else the range, else another.

    OperationError if it documents no response at all.
    """
    found = min(operation.responses.values(), key=_rank, default=None)
    if found is None:
        raise OperationError(
            operation.operation_id, operation.operation_id, operation.pointer, "it documents no response."
        )
    return found


def _rank(response: Response) -> tuple[int, int]:
    status = response.status
    if status.isdecimal():
        return (0 if int(status) in SUCCESS else 3), int(status)  # an error only where nothing else is documented
    return (1 if status.upper() == "2XX" else 2 if status == "default" else 4), UNBOUND


def status_of(response: Response) -> int:
    """The status code to send for a documented response: its own, the first of its range, or 200 for the default."""
    if response.status.isdecimal():
        return int(response.status)
    # `2XX` is sent as 200, `default` too
    return int(response.status[0]) * 100 if response.status[0].isdecimal() else 200
