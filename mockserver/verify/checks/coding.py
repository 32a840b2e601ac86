"""`content_encoding`: the body of a response has the content coding of its header, and one that the request accepts.

Otherwise the body cannot be read, and the failures of other checks of the body would only repeat that.
"""

from __future__ import annotations

from collections.abc import Callable

from schemathesis.checks import CheckContext
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response

from mockserver.verify.checks.probe import Case, CheckFailure, Prober
from mockserver.verify.wire import Wire

OF_BODIES = ("ST108", "ST109", "ST110", "ST111")
"""Schemathesis' codes of failures that concern the body of a response."""


class Coding:
    """`check` is a Schemathesis check."""

    def __init__(self, prober: Prober, wire: Wire) -> None:
        self._prober = prober
        self._wire = wire

    @property
    def check(self) -> Callable[[CheckContext, Response, Case], bool | None]:
        def content_encoding(ctx: CheckContext, response: Response, case: Case) -> bool | None:
            del ctx
            operation = self._prober.operation(case)
            if operation is None or "content-encoding" not in response.headers:
                return True
            flaw = self._wire.undecoded(response.request)
            if flaw is not None:
                rule = self._prober.contract.pointer(operation, "responses")
                raise CheckFailure(case, "Body does not have the stated content coding", flaw, rule)
            return None

        return content_encoding

    def hides(self, failure: Failure, response: Response) -> bool:
        """Whether a failure concerns a body that could not be decoded."""
        return failure.code in OF_BODIES and self._wire.undecoded(response.request) is not None
