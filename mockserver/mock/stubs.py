"""Stubs as a test words them: its arguments as the JSON that describes a stub, and the handle that it gets.

What a stub may be is checked where it is made, for every door alike; here flaws are only told by the names of the
arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import methodcaller
from types import TracebackType
from typing import Any

from mockserver.admin import stubs
from mockserver.admin.apis import Apis
from mockserver.admin.flaws import ValueFlaw
from mockserver.contract.violations import ABSENT
from mockserver.errors import MockServerError, WorldError
from mockserver.mock.faults import given, header_list
from mockserver.runtime.stubs import Stub
from mockserver.world import World

__tracebackhide__ = methodcaller("errisinstance", MockServerError)  # pytest shows the line of the test instead

ARGUMENTS = {"pathParameters": "path", "headers": "request_headers", "body": "request_body"}
"""The arguments that say what a request must be, by how the JSON calls it."""


class StubbedAnswer:
    """A stub at work in a world, until it is removed or its `with` block ends."""

    def __init__(self, world: World, stub: Stub) -> None:
        self._world = world
        self._answered = 0
        self.stub = stub

    @property
    def answered(self) -> int:
        """How many requests it has answered."""
        return self._answered or stubs.count_of(self._world, self.stub)[1]

    def remove(self) -> None:
        """Take the stub away; nothing happens if it is gone already."""
        self._answered = self.answered
        stubs.remove(self._world, self.stub)

    def __enter__(self) -> StubbedAnswer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


def add(world: World, apis: Apis, names: Iterable[str], arguments: Mapping[str, Any]) -> StubbedAnswer:
    """Make the stub that the arguments of Mock.stub describe, under the first name that is free."""
    try:
        return StubbedAnswer(world, stubs.add(world, apis, described(arguments), names))
    except WorldError as error:
        told = "\n".join(_told(flaw) for flaw in error.flaws) or str(error)
        raise WorldError(error.kind, told, error.flaws) from None


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
