"""Server errors in the responses to requests that checks send themselves, which no check judges.

Schemathesis runs the checks on the responses to its generated requests only. A check that sends another request, such
as a read after a write or a request without the credential, looks at what it is about and ignores the rest.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemathesis.core.failures import ServerError
from schemathesis.core.transport import expand_status_codes
from schemathesis.engine.recorder import ScenarioRecorder

from mockserver.verify.checks.probe import Case
from mockserver.verify.standing import FAILING
from mockserver.verify.targets import SAFE

CHECK = "not_a_server_error"


class LaterServerError(ServerError):
    """A server error in the response to a request of a check; `related`: the writes before it that it may depend on."""

    __slots__ = ("related",)

    def __init__(self, *, operation: str, status_code: int, related: tuple[str, ...]) -> None:
        super().__init__(operation=operation, status_code=status_code)
        self.related = related

    def related_case_ids(self) -> tuple[str, ...]:
        return self.related


def judge(recorder: ScenarioRecorder) -> None:
    """Record a failure of `not_a_server_error` for each of them that no check has reported."""
    reported = {
        check.failure_info.failure.case_id
        for checks in recorder.checks.values()
        for check in checks
        if check.failure_info is not None
    }
    for case_id, status in list(_server_errors(recorder)):
        case = recorder.cases[case_id].value
        if case_id not in reported and status not in _accepted(case):
            related = tuple(_writes_before(recorder, case_id))
            failure = LaterServerError(operation=case.operation.label, status_code=status, related=related)
            recorder.record_check_failure(name=CHECK, case_id=case_id, code_sample="", failure=failure)


def _server_errors(recorder: ScenarioRecorder) -> Iterator[tuple[str, int]]:
    for case_id, node in recorder.cases.items():
        response = recorder.find_response(case_id=case_id)
        # what the engine generates along a link has a parent, too, but is checked
        of_check = node.parent_id is not None and case_id not in recorder.checks
        if of_check and response is not None and response.status_code // 100 == FAILING:
            yield case_id, response.status_code


def _accepted(case: Case) -> frozenset[int]:
    """The server errors that `schemathesis.toml` allows for the operation."""
    checks = case.operation.schema.config.checks_config_for(operation=case.operation)
    return frozenset(expand_status_codes(checks.not_a_server_error.expected_statuses or []))


def _writes_before(recorder: ScenarioRecorder, case_id: str) -> Iterator[str]:
    for case in recorder.iter_chain_cases(case_id=case_id):
        if case.id != case_id and case.method.upper() not in SAFE:
            yield case.id
