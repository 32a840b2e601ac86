"""Which checks could have failed on a case: only these count when they pass.

Schemathesis runs every check on every response, and most of them do not apply to most responses: a check of rejected
input passes for valid input, a check with a second account passes if there is none. Passes that prove nothing are
dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from schemathesis.generation.meta import CoverageScenario, coverage_scenario

from mockserver.verify.checks.probe import Case, is_positive
from mockserver.verify.citations import Citations
from mockserver.verify.events import Exchange, OperationRef
from mockserver.verify.identities import requirements
from mockserver.verify.standing import DOORS
from mockserver.verify.targets import Target


@dataclass
class Judged:
    """A case and its response. `before`: the methods of the requests of its scenario that succeeded before it."""

    case: Case
    exchange: Exchange
    operation: OperationRef
    before: Collection[str]
    target: Target
    cited: Citations

    @cached_property
    def described(self) -> Mapping[str, Any]:
        """The documented response of this status code; empty if there is none."""
        pointer = self.cited.response_pointer(self.operation, self.exchange)
        found: Mapping[str, Any] = {} if pointer is None else self.cited.document.at(pointer)
        return found

    @property
    def succeeded(self) -> bool:
        return self.exchange.succeeded

    @property
    def secured(self) -> bool:
        return bool(requirements(self.cited.document, self.cited.described(self.operation)))


def could_fail(check: str, judged: Judged) -> bool:
    """Whether the check applies to the case."""
    rule = RULES.get(check)
    return rule is None or rule(judged)


def _lacks_a_header(judged: Judged) -> bool:
    if coverage_scenario(judged.case) is not CoverageScenario.MISSING_PARAMETER or judged.case.meta is None:
        return False
    location = getattr(judged.case.meta.phase.data, "parameter_location", None)
    return location is not None and location.value == "header"


RULES: Mapping[str, Callable[[Judged], bool]] = {
    "status_code_conformance": lambda judged: "default" not in judged.operation.statuses,
    "content_type_conformance": lambda judged: bool(judged.described.get("content")),
    "response_schema_conformance": lambda judged: any(
        "schema" in each for each in judged.described.get("content", {}).values()
    ),
    "response_headers_conformance": lambda judged: bool(judged.described.get("headers")),
    # a caller, path or rate that was refused says nothing of the data
    "negative_data_rejection": lambda judged: not is_positive(judged.case) and judged.exchange.status not in DOORS,
    "positive_data_acceptance": lambda judged: is_positive(judged.case) and judged.exchange.status not in DOORS,
    "missing_required_header": _lacks_a_header,
    "unsupported_method": lambda judged: (
        coverage_scenario(judged.case) is CoverageScenario.UNSPECIFIED_HTTP_METHOD
        and judged.exchange.method != "OPTIONS"
    ),
    "allow_header_conformance": lambda judged: judged.exchange.method == "OPTIONS",
    "use_after_free": lambda judged: judged.succeeded and "DELETE" in judged.before,
    "ensure_resource_availability": lambda judged: "POST" in judged.before,
    "ignored_auth": lambda judged: judged.secured and judged.succeeded and judged.target.caller is not None,
    "object_level_authorization": lambda judged: judged.secured and bool(judged.target.others),
}
"""When Schemathesis' checks can fail; those not listed always can. Our own checks decide themselves."""
