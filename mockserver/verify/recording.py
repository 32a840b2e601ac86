"""Translates Schemathesis' recordings of a scenario into runs of cases and findings."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import requests
from schemathesis.core.failures import Failure
from schemathesis.engine import Status
from schemathesis.engine.errors import ServerUnavailable
from schemathesis.engine.events import NonFatalError
from schemathesis.engine.recorder import CheckNode, Interaction, Request, ScenarioRecorder
from schemathesis.openapi.checks import JsonSchemaError
from schemathesis.specs.openapi.checks import is_unexpected_http_status_case
from urllib3.exceptions import ProtocolError

from mockserver.errors import VerifyError
from mockserver.verify.checks.probe import CheckFailure, is_positive
from mockserver.verify.citations import Citations
from mockserver.verify.curl import curl
from mockserver.verify.events import CaseRun, Exchange, Finding, OperationRef
from mockserver.verify.identities import place_of, requirements
from mockserver.verify.judging import Judged, could_fail
from mockserver.verify.origins import Origins
from mockserver.verify.pace import TOO_MANY
from mockserver.verify.plan import TIMEOUT
from mockserver.verify.reach import reach
from mockserver.verify.standing import Standing, standing
from mockserver.verify.targets import Target
from mockserver.verify.wire import Wire

NO_ANSWER = "no_answer"
"""The check that a request is answered."""

CLOSED = "The provider closed the connection instead of sending a response."

OF_CREDENTIALS = ("ignored_auth", "missing_required_header", "negative_data_rejection")
"""Checks that find, each in its way, that a request without a credential is not refused."""

OWN = frozenset({"x-schemathesis-testcaseid"})
"""Headers by which Schemathesis recognizes its requests."""


class Recording:
    """Reads what the engine recorded while it verified one target."""

    def __init__(
        self, target: Target, contract: Citations, wire: Wire, unchecked: Container[str] = frozenset()
    ) -> None:
        self.wire = wire
        self._target = target
        self._contract = contract
        self.unchecked = unchecked
        self._origins = Origins()
        self._operations = {each.label: each for each in target.operations()}

    def operation(self, label: str | None) -> OperationRef | None:
        """The operation with that label of Schemathesis; None for a sequence of several."""
        return self._operations.get(label or "")

    def cases(self, recorder: ScenarioRecorder) -> Iterator[CaseRun]:
        """Every request of the scenario."""
        succeeded: set[str] = set()
        # the cases stand in the order in which they were sent
        for case_id, node in recorder.cases.items():
            interaction = recorder.interactions.get(case_id)
            if interaction is not None:
                exchange = self._exchange(interaction)
                self._origins.note(exchange)
                checks = recorder.checks.get(case_id, [])
                operation = self._operations[node.value.operation.label]
                judged = Judged(node.value, exchange, operation, frozenset(succeeded), self._target, self._contract)
                kept = [each.name for each in checks if each.status is Status.SUCCESS]
                yield CaseRun(
                    operation,
                    self._target.secrets.hidden(exchange),
                    # a 429 says nothing of the operation, so no check has been kept by it
                    () if exchange.status == TOO_MANY else tuple(each for each in kept if could_fail(each, judged)),
                    tuple(dict.fromkeys(each.name for each in checks if each.status is Status.FAILURE)),
                    self._standing(judged),
                )
                if exchange.succeeded:
                    succeeded.add(exchange.method)

    def _standing(self, judged: Judged) -> Standing | None:
        """How far the request got; None for requests that should be refused, or without the caller's credential."""
        exchange, operation = judged.exchange, judged.operation
        # neither invalid data nor a method that the document does not have: those must be refused
        meant = is_positive(judged.case) and not is_unexpected_http_status_case(judged.case)
        if exchange.status is None or not meant or not self._is_callers(operation, exchange):
            return None
        headers = {name.lower(): value for name, value in exchange.response_headers}
        return standing(exchange.status, headers, exchange.url, operation.statuses, operation.media)

    def _is_callers(self, operation: OperationRef, exchange: Exchange) -> bool:
        """Whether a request has the caller's credential as the operation requires, not another one or none."""
        caller, described = self._target.caller, self._contract.described(operation)
        placed = None if caller is None else caller.place(described)
        if placed is not None:
            return placed.is_on(exchange)
        wanted = requirements(self._contract.document, described)
        places = {name.lower() for each in wanted for name in self._headers(each)}
        given = {name.lower(): value for name, value in self._target.headers.items() if name.lower() in places}
        sent = {name.lower(): value for name, value in exchange.request_headers}
        return given.items() <= sent.items()

    def _headers(self, schemes: Iterable[str]) -> Iterator[str]:
        """The headers with the credentials of these schemes."""
        for where, name in (place_of(self._contract.document, scheme) for scheme in schemes):
            if where == "header":
                yield name

    def findings(self, recorder: ScenarioRecorder, phase: str) -> Iterator[Finding]:
        """Every failed check, of the operation at fault: that of a write, where a later read shows the failure."""
        for case_id, checks in recorder.checks.items():
            for check in checks:
                if check.failure_info is not None:
                    own = self._operations[recorder.cases[case_id].value.operation.label]
                    blamed = self._operations.get(check.failure_info.failure.operation or "", own)
                    yield self._finding(recorder, phase, blamed, case_id, check)

    def silence(self, error: NonFatalError) -> Finding | None:
        """A finding if a request had no response; None for other errors, and if the server has stopped."""
        operation, failure = self.operation(error.label), error.value
        if operation is None or not isinstance(failure, requests.RequestException):
            return None
        prepared = failure.request
        if not isinstance(prepared, requests.PreparedRequest) or _is_hasty(failure):
            return None
        phase = "" if error.phase is None else error.phase.value
        message = CLOSED if _is_closed(failure) else self.text(error.info.message)
        return self._unanswered(operation, prepared, "No response", message, phase)

    def _unanswered(
        self, operation: OperationRef, prepared: requests.PreparedRequest, title: str, message: str, phase: str
    ) -> Finding:
        exchange = self._exchange(Interaction(Request.from_prepared_request(prepared), None))
        rule = self._contract.pointer(operation, "responses")
        return self._made(operation, (NO_ANSWER, title, message), rule, phase, [exchange])

    def is_gone(self, failure: Exception) -> bool:
        """Whether an error of the engine says that the provider is not there any more."""
        if isinstance(failure, ServerUnavailable):
            return True
        if not isinstance(failure, requests.ConnectionError) or failure.request is None:
            return False
        try:
            reach(self._target.url, self.wire)
        except VerifyError:
            return True
        return False

    def death(self, phase: str) -> Finding | None:
        """The provider went away under a request; None if between two, so that none is to blame."""
        fatal = self.wire.outage.fatal
        operation = None if fatal is None else self._asked(fatal)
        if fatal is None or operation is None:
            return None
        message = "The provider went away under this request. Nothing answers there any more, so nothing more was sent."
        return self._unanswered(operation, fatal, "The provider went away", message, phase)

    def last_words(self) -> str:
        """That the provider is gone, and the last request that it answered."""
        last = self.wire.outage.last
        told = f"The provider went away between two requests; nothing answers at {self._target.url} any more."
        if last is None:
            return told
        exchange = self._exchange(Interaction(Request.from_prepared_request(last), None))
        return f"{told} The last that it answered: {self._curl(exchange)}"

    def _asked(self, request: requests.PreparedRequest) -> OperationRef | None:
        """The operation that a request is of, by its path and method; on its path, if no operation has the method."""
        path, method = urlsplit(request.url or "").path, (request.method or "").upper()
        below = re.escape(urlsplit(self._target.url).path.rstrip("/"))
        known = list(self._operations.values())
        # `re.escape` has put a backslash before each brace
        patterns = [re.sub(r"\\\{.*?\\\}", "[^/]*", re.escape(each.path)) for each in known]
        there = [each for each, pattern in zip(known, patterns, strict=True) if re.fullmatch(f"{below}{pattern}", path)]
        # a literal path before one that a parameter would match as well
        return min(there or known, key=lambda each: (each.method != method, each.path.count("{")), default=None)

    def _finding(
        self, recorder: ScenarioRecorder, phase: str, operation: OperationRef, case_id: str, check: CheckNode
    ) -> Finding:
        assert check.failure_info is not None
        failure = check.failure_info.failure
        exchanges = tuple(
            self._exchange(recorder.interactions[each])
            for each in _chain(recorder, phase, case_id, failure)
            if each in recorder.interactions
        )
        # our own checks know their rule; those of Schemathesis are cited by their name
        cited = self._contract.cite(check.name, operation, exchanges[-1], _detail(failure))
        rule = failure.rule if isinstance(failure, CheckFailure) else cited.pointer
        name, title, message = check.name, failure.title, cited.message or _message(failure)
        if check.name in OF_CREDENTIALS and "ignored_auth" not in self.unchecked:
            unenforced = self._contract.unenforced(operation, exchanges[-1], rule)
            name, title, message = unenforced or (name, title, message)
        return self._made(operation, (name, title, message), rule, phase, exchanges)

    def _made(
        self,
        operation: OperationRef,
        found: tuple[str, str, str],
        rule: str,
        phase: str,
        exchanges: Sequence[Exchange],
    ) -> Finding:
        """The finding: its check, title and message, cited in the document, with the commands that repeat it."""
        check, title, message = found
        # without the request that created a record, the commands would answer 404 on a fresh provider
        exchanges = self._origins.before(exchanges)
        return Finding(
            operation=operation,
            check=check,
            title=title,
            message=self.text(message),
            rule=rule,
            quote=self._contract.quote(rule),
            phase=phase,
            exchanges=tuple(map(self._target.secrets.hidden, exchanges)),
            curl=tuple(map(self._curl, exchanges)),
            place=self._contract.place(operation, rule),
            **self._contract.where(rule),
        )

    def _curl(self, exchange: Exchange) -> str:
        return curl(exchange, self._target.secrets, self._target.trust.options if self._target.app is None else ())

    def text(self, message: str) -> str:
        """A message without secrets and empty lines; an unpaired surrogate, which no output can encode, is escaped."""
        lines = "\n".join(line for line in self._target.secrets.masked(message).splitlines() if line.strip())
        return lines.encode("utf-8", "backslashreplace").decode()

    def _exchange(self, interaction: Interaction) -> Exchange:
        request, response = interaction.request, interaction.response
        sent = Exchange(
            method=request.method.upper(),
            url=self._url(request.uri),
            request_headers=_pairs(request.headers),
            request_body=request.body,
            started_at=interaction.timestamp,
        )
        if response is None:
            return sent
        return replace(
            sent,
            status=response.status_code,
            reason=response.message,
            response_headers=_pairs(response.headers),
            response_body=response.content or b"",
            seconds=response.elapsed,
        )

    def _url(self, uri: str) -> str:
        """The URL at which a person can repeat the request: a mock in this process has no address."""
        if self._target.app is None:
            return uri
        url = urlsplit(uri)
        return f"{self._target.url}{url.path}" + (f"?{url.query}" if url.query else "")


def _is_closed(failure: requests.RequestException) -> bool:
    """Whether the provider closed the connection, rather than that none could be made."""
    return isinstance(failure, requests.ConnectionError) and isinstance(next(iter(failure.args), None), ProtocolError)


def _is_hasty(failure: requests.RequestException) -> bool:
    """Whether the timeout was shorter than TIMEOUT: the engine shortens it after an operation has been slow."""
    waited = re.search(r"read timeout=([0-9.]+)", str(failure))
    return waited is not None and float(waited[1]) < TIMEOUT


def _pairs(headers: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in headers.items() if name.lower() not in OWN for value in values]


def _chain(recorder: ScenarioRecorder, phase: str, case_id: str, failure: Failure) -> list[str]:
    """The cases that reproduce a failure, in order; the one that failed is the last."""
    last = failure.case_id or case_id
    if isinstance(failure, CheckFailure):
        before = list(failure.requests)
        if phase == "stateful":
            chain = [each.id for each in recorder.iter_chain_cases(case_id=case_id)]
            before = [*(each for each in chain if each not in before), *before]
    elif phase == "stateful":
        related = failure.related_case_ids()
        before = [each.id for each in recorder.iter_chain_cases(case_id=last, related_case_ids=related)]
    else:
        before = [*failure.related_case_ids()]
    return [*(each for each in before if each != last), last]


def _message(failure: Failure) -> str:
    """What a failure says, without the schema that it quotes: Schemathesis rewrites it, and the document is quoted."""
    return failure.validation_message if isinstance(failure, JsonSchemaError) else failure.message


def _detail(failure: Failure) -> str | None:
    """The name of the header that a failure is about."""
    # each failure of Schemathesis calls it otherwise
    names = getattr(failure, "missing_headers", None) or [getattr(failure, "header_name", None)]
    found: str | None = names[0]
    return found
