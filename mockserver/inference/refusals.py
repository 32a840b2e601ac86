"""Refusals as a document describes them: the 4xx response that fits, its body by its schema, with the message in it.

The body is the response's example or a generated value of its schema. The message, the status code and the violations
are then put into the properties with the usual names for them, each only if the body stays valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.copying import copied
from mockserver.contract.generation import Generator
from mockserver.contract.media import Media
from mockserver.contract.operation import Operation, Response
from mockserver.contract.violations import STATUSES, Kind, Rejection, Violation
from mockserver.errors import DocumentError, OperationError
from mockserver.inference.paths import spelled
from mockserver.world import World

FITTING: Mapping[Kind, tuple[str, ...]] = {
    "invalid": ("400", "422", "4XX", "default"),
    "unauthorized": ("401", "403", "4XX", "default"),
    "forbidden": ("403", "401", "4XX", "default"),
    "not_found": ("404", "410", "4XX", "default"),
    "method_not_allowed": ("405", "4XX", "default"),
    "too_large": ("413", "400", "422", "4XX", "default"),
    "not_acceptable": ("406",),
}
"""The documented responses that fit a refusal, the best first."""
UNPROCESSABLE = ("422", "400", "4XX", "default")
"""Those that fit what can be read and breaks a rule of the document (RFC 9110, 15.5.21)."""
MALFORMED = frozenset(
    [
        *("json", "xml", "csv", "multipart", "form", "depth", "encoding", "contentEncoding", "coding"),
        *("contentType", "repeated", "style"),
    ]
)
"""Keywords of violations by what cannot be read at all."""
CONFLICT = ("409", "422", "400", "4XX", "default")
"""The documented responses that fit a key that is taken."""

MESSAGES = (
    *("message", "detail", "error_description", "errorMessage", "error_message", "description", "reason", "msg"),
    *("developerMessage", "userMessage", "faultstring", "error", "title", "text", "summary", "info", "details"),
)
"""Names of properties for the message, the most likely first."""
CODES = ("status", "statusCode", "status_code", "httpStatus", "http_status", "httpStatusCode", "code", "errorCode")
"""Names of properties for the status code, as a number or as text."""
LISTS = ("errors", "violations", "details", "fields", "invalidParams", "invalid_params", "causes", "messages", "issues")
"""Names of properties for a list of violations."""
PLACES = ("field", "pointer", "path", "name", "property", "parameter", "param", "location", "loc", "source", "key")
"""Names of properties, in an entry of such a list, for the place of the violation."""
RULES = ("code", "type", "rule", "keyword", "reasonCode")
"""Names of properties, in such an entry, for the broken rule."""
CUT = (None, 500, 200, 100, 50, 20)
"""Characters to which a message is cut, in this order, until the schema accepts it."""
DEEPEST = 4
"""Levels of nested objects that are searched for a message."""
MOST = 100
"""Objects that are searched: whatever is put into one, the whole body is judged anew."""


class DocumentedRefusals:
    """Makes the refusals of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._generator = Generator(contract.document)

    def refuse(self, world: World, rejection: Rejection) -> tuple[Any, int] | None:
        """Body and status code of the documented refusal; None if the operation documents none that fits."""
        operation = self._operation(rejection.operation_id)
        if operation is None:
            return None
        return self.worded(world, operation, fitting(rejection), rejection, STATUSES[rejection.kind])

    def worded(
        self, world: World, operation: Operation, statuses: Sequence[str], rejection: Rejection, number: int
    ) -> tuple[Any, int] | None:
        """Body and status code of the first of these responses that the operation documents; None if there is none.

        number: the status code where the response is for a range, or the default.
        """
        response = next((operation.responses[each] for each in statuses if each in operation.responses), None)
        if response is None:
            return None
        status = int(response.status) if response.status.isdecimal() else number
        if not response.media:
            return None, status
        media = response.media[0]
        try:
            body = self._body(world, response, media)
        except DocumentError:
            return None
        return worded(body, status, rejection, media), status

    def _operation(self, operation_id: str | None) -> Operation | None:
        try:
            return None if operation_id is None else self._contract.operation(operation_id)
        except OperationError:
            return None

    def _body(self, world: World, response: Response, media: Media) -> Any:
        sound = next((each for each in media.examples.values() if media.accepts(each)), None)
        if sound is not None:
            return copied(sound)
        seed = f"{world.seed} {response.pointer}"
        return self._generator.value(media.schema, media.validator, seed, now=world.now(), name="error")


def fitting(rejection: Rejection) -> tuple[str, ...]:
    """The documented responses that fit a refusal, the best first."""
    broken = rejection.violations if rejection.kind == "invalid" else ()
    is_read = broken and not any(each.keyword in MALFORMED for each in broken)
    return UNPROCESSABLE if is_read else FITTING[rejection.kind]


def worded(body: Any, status: int, rejection: Rejection, media: Media) -> Any:
    """The body, changed in place, with the refusal in the properties for it."""
    if isinstance(body, str):
        return rejection.message if media.accepts(rejection.message) else body

    def fits() -> bool:
        return media.accepts(body)

    _list_violations(body, rejection.violations, fits)
    told = False
    for record in _objects(body):
        for name in _own(record, CODES):
            if isinstance(record[name], int | str) and not isinstance(record[name], bool):
                _try(record, name, (status if isinstance(record[name], int) else str(status),), fits)
        if not told:
            told = any(_tell(record, name, rejection.message, fits) for name in _own(record, MESSAGES))
    return body


def _tell(record: dict[str, Any], name: str, message: str, fits: Callable[[], bool]) -> bool:
    if not isinstance(record[name], str):
        return False
    return _try(record, name, (message if cut is None else message[:cut] for cut in CUT), fits)


def _try(record: dict[str, Any], name: str, values: Iterator[Any] | Sequence[Any], fits: Callable[[], bool]) -> bool:
    """Set the first of the values with which the body is valid; False, and no change, if there is none."""
    before = record[name]
    for value in values:
        record[name] = value
        if fits():
            return True
    record[name] = before
    return False


def _list_violations(body: Any, violations: Sequence[Violation], fits: Callable[[], bool]) -> None:
    """Put one entry for each violation into the first list that accepts them."""
    if not violations:
        return
    if isinstance(body, list) and body and _fill(body, violations, fits):
        return
    for record in _objects(body):
        for name in _own(record, LISTS):
            entries = record[name]
            if isinstance(entries, list) and _fill(entries, violations, fits):
                return


def _fill(entries: list[Any], violations: Sequence[Violation], fits: Callable[[], bool]) -> bool:
    before = list(entries)
    form = before[0] if before else ""
    entries[:] = [_entry(form, each) for each in violations]
    if fits():
        return True
    entries[:] = before
    return False


def _entry(form: Any, violation: Violation) -> Any:
    """A violation in the form of the entry that the list has; text if it has none."""
    if isinstance(form, str):
        return str(violation)
    if not isinstance(form, dict):
        return form
    entry = dict(copied(form))
    place = violation.field or violation.where
    told = ((MESSAGES, violation.message), (PLACES, place), (RULES, violation.keyword))
    for names, value in told:
        found = next((each for each in _own(entry, names) if isinstance(entry[each], str)), None)
        if found is not None:
            entry[found] = value
    for name in _own(entry, PLACES):
        if isinstance(entry[name], list):
            entry[name] = list(violation.path) or [violation.where]
            break
    return entry


def _own(record: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    """The properties of an object with one of these names, in their order, however they are written."""
    by_name = {spelled(each): each for each in reversed([*record])}
    yield from dict.fromkeys(by_name[spelled(each)] for each in names if spelled(each) in by_name)


def _objects(body: Any) -> Iterator[dict[str, Any]]:
    """The objects of a body, each before those within it."""
    return islice(_within(body, 0), MOST)


def _within(body: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > DEEPEST:
        return
    if isinstance(body, dict):
        yield body
        for value in body.values():
            yield from _within(value, depth + 1)
    elif isinstance(body, list):
        for value in body[:1]:
            yield from _within(value, depth + 1)
