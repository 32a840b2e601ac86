"""The only guard against defects: an exception in the server becomes a problem+json response and a log entry."""

from __future__ import annotations

import logging

from mockserver.errors import ContractBreach, DocumentError
from mockserver.runtime.answer import Answer, problem

logger = logging.getLogger("mockserver")


def defect(error: Exception, what: str) -> Answer:
    """The answer in place of the one that `what` (an operation or a method) failed to give.

    A breach of the contract is not sent, a flaw of the document is reported, anything else is logged and not shown.
    """
    if isinstance(error, ContractBreach):
        logger.error("contract breach: %s", error)
        detail = f"The response violates its contract and was not sent: {error}"
        return problem(500, detail, pointer=error.pointer, rule=error.rule)
    if isinstance(error, DocumentError):
        return problem(501, f"A flaw in the document prevents this operation from being served. {error}")
    logger.error("%s failed", what, exc_info=error)
    return problem(500, f"{what} failed inside the mock server; see its log.")
