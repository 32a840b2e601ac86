"""Ids found in responses serve operations that no link of the document leads to.

Schemathesis infers such links by the names of resources. What is left is found by place: a list at `/zones` has the
records that `/zones/{ref}` is about, whatever the parameter is called. An operation is helped until it has succeeded.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.transport import Response

from mockserver.verify.checks.paging import items_of
from mockserver.verify.checks.probe import Case, Prober, body_of, is_positive, succeeded

MOST = 20
"""Records of a list that are kept, the latest; also the requests of one operation that are helped."""

USUAL = ("id", "uuid", "name", "key", "slug", "number", "code")
"""Properties by which records are called, where none is called as the parameter is."""

LAST = re.compile(r"^(.*)/\{([^{}/]+)\}(?:/.*)?$")
"""A path template: all before its last parameter, and the parameter."""


class Found(NamedTuple):
    """A record in a list, and the path parameters with which the list was asked for."""

    above: Mapping[str, Any]
    record: Mapping[str, Any]


class Pool:
    """Notes the records of lists, by the path template of the list, and puts them where they are needed."""

    def __init__(self, prober: Prober) -> None:
        self._prober = prober
        self._lists: dict[str, list[Found]] = {}
        self._succeeded: set[str] = set()
        self._lock = threading.Lock()

    def note(self, case: Case, response: Response) -> None:
        """Take an answer into account."""
        if not succeeded(response):
            return
        self._succeeded.add(case.operation.label)
        if case.method.upper() != "GET":
            return
        items = items_of(body_of(response)) or []
        records = [Found(dict(case.path_parameters), each) for each in items if isinstance(each, Mapping)]
        if records:
            with self._lock:
                known = self._lists.setdefault(case.operation.path, [])
                known[:] = [*known, *records][-MOST:]

    def serve(self, case: Case) -> None:
        """Have a request ask for what is given for its path, or a valid one for a record that is known to be there."""
        operation = self._prober.operation(case)
        if operation is None or not _is_free(case):
            return
        # what a person gives goes before what was found, and before what was generated
        given = self._prober.target.values.of(operation.label)["path"]
        case.path_parameters.update(given)
        found = LAST.match(operation.path)
        if found is None or found[2] in given or not is_positive(case) or operation.label in self._succeeded:
            return
        choices = list(self._choices(found[1], found[2]))
        tried = self._prober.count("pool", operation.label)
        if choices and tried < MOST:
            # in turn: the operation may refuse one record for its state and take another
            above, value = choices[tried % len(choices)]
            case.path_parameters.update({**above, found[2]: value, **given})

    def _choices(self, path: str, parameter: str) -> Iterator[tuple[Mapping[str, Any], Any]]:
        """What the parameter may be, the most likely property of all records first."""
        with self._lock:
            known = list(self._lists.get(path, ()))
        for name in dict.fromkeys(name for each in known for name in keys(each.record, parameter)):
            # the latest first, which is the least likely to have been deleted meanwhile
            for each in reversed(known):
                if isinstance(each.record.get(name), str | int):
                    yield each.above, each.record[name]


def keys(record: Mapping[str, Any], parameter: str) -> list[str]:
    """The properties that may be what a path parameter asks for, the likeliest first."""
    plain = {_plain(name): name for name, value in record.items() if isinstance(value, str | int)}
    wanted = _plain(parameter)
    ends = [each for each in USUAL if wanted.endswith(each)]
    return [plain[each] for each in dict.fromkeys([wanted, *ends, *USUAL]) if each in plain]


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower())


def _is_free(case: Case) -> bool:
    """Whether the path is to be valid, and no link says what is in it."""
    if case.meta is None or case.meta.phase.name.value == "stateful":
        return False
    path = case.meta.components.get(ParameterLocation.PATH)  # `is_negative_at` is not in 4.32.4
    return path is None or not path.mode.is_negative
