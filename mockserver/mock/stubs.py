"""Stubs in Python: the arguments of Mock.stub as the JSON of a stub, and the handle that it returns.

What a stub may be is checked where it is added, for every door alike; here flaws are only worded by the names of the
arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import methodcaller
from typing import Any

from mockserver.admin import stubs
from mockserver.admin.apis import Apis
from mockserver.admin.flaws import ValueFlaw
from mockserver.admin.stubs import STUBS
from mockserver.contract.violations import ABSENT
from mockserver.errors import MockServerError
from mockserver.mock.faults import given, header_list
from mockserver.mock.rules import Handle, by_argument
from mockserver.runtime.stubs import Stub
from mockserver.world import World

__tracebackhide__ = methodcaller("errisinstance", MockServerError)  # pytest shows the line of the test instead

ARGUMENTS = {"pathParameters": "path", "headers": "request_headers", "body": "request_body"}
"""The arguments that say what a request must be, by how the JSON calls it."""


class StubbedAnswer(Handle[Stub]):
    """A stub in force in a world, until it is removed or its `with` block ends."""

    @property
    def stub(self) -> Stub:
        """The stub, as the world keeps it."""
        return self._member

    @property
    def answered(self) -> int:
        """The number of requests that it has answered."""
        return self._count()


def add(world: World, apis: Apis, names: Iterable[str], arguments: Mapping[str, Any]) -> StubbedAnswer:
    """Add the stub for the arguments of Mock.stub, under the first free name."""
    with by_argument(_told):
        return StubbedAnswer(world, STUBS, stubs.add(world, apis, described(arguments), names))


def described(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of Mock.stub as a `NewStub`."""
    asked = {"api": arguments["api"], "operationId": arguments["operation_id"], "query": arguments["query"]}
    match = given({**asked, **{name: arguments[argument] for name, argument in ARGUMENTS.items() if name != "body"}})
    if arguments["request_body"] is not ABSENT:
        match["body"] = arguments["request_body"]
    plain = {name: arguments[name] for name in ("nth", "times", "status", "example")}
    probability = None if arguments["probability"] == 1.0 else arguments["probability"]
    stub = given({**plain, "probability": probability, "headers": header_list(arguments["headers"])})
    body = {} if arguments["body"] is ABSENT else {"body": arguments["body"]}
    return {"match": match, **stub, **body}


def _told(flaw: ValueFlaw) -> str:
    """A flaw by the argument that has it."""
    part, *rest = flaw.place or ("stub",)
    if part == "match" and rest:
        part, *rest = (ARGUMENTS.get(str(rest[0]), rest[0]), *rest[1:])
    name = {"operationId": "operation_id"}.get(str(part), str(part))
    end = "" if flaw.message.endswith("?") else "."
    return f"a stub's {'.'.join(map(str, [name, *rest]))}: {flaw.message}{end}"
