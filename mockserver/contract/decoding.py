"""Decoding, compiled: the arguments of a request under the names that whoever asks has for them, and all violations.

What does not depend on the request is computed once: a place in which nothing was sent gives its defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from mockserver.contract.media import RequestBody
from mockserver.contract.pairs import Pairs
from mockserver.contract.parameters import Parameter
from mockserver.contract.security import Sources
from mockserver.contract.violations import ABSENT, Violation, Where

Name = TypeVar("Name")


class Decoded(Protocol):
    """What is decoded: the parameters of an operation by their place, and its body."""

    @property
    def parameters(self) -> Mapping[Where, tuple[Parameter, ...]]: ...

    @property
    def body(self) -> RequestBody | None: ...


class Decoder(Generic[Name]):
    """Decodes the requests for one operation.

    names: of its parameters, by place and name; body: that of its body. What has none is validated all the same.
    """

    def __init__(self, operation: Decoded, names: Mapping[tuple[Where, str], Name], body: Name | None) -> None:
        self._places = tuple(
            _Place(where, tuple((names.get((where, each.name)), each) for each in parameters))
            for where, parameters in operation.parameters.items()
            if parameters
        )
        self._body = operation.body
        self._name = body
        self._usual: dict[str | None, Usual] = {}

    def decode(
        self, request: Sources, path_values: Pairs, body: bytes | None
    ) -> tuple[dict[Name, Any], list[Violation]]:
        """The arguments of a request, defaults included, and all its violations.

        body: None if it is not known; it is not checked then.
        """
        values: dict[Name, Any] = {}
        violations: list[Violation] = []
        for place in self._places:
            pairs = path_values if place.where == "path" else place.pairs(request)
            # a required parameter that was not sent is a violation, which each request gets anew
            if pairs or place.absent is None:
                place.decode(pairs, values, violations)
            else:
                values.update(place.absent)
        if self._body is not None and body is not None:
            self._decode_body(request.header("content-type"), body, values, violations)
        return values, violations

    def _decode_body(
        self, content_type: str | None, text: bytes, values: dict[Name, Any], violations: list[Violation]
    ) -> None:
        """Add the value of the body and its violations."""
        usual = self._usual.get(content_type)
        if usual is not None and text:
            value, flaw = usual.read(text, content_type or "")
            if flaw is None and usual.accepts(value):  # as nearly always; else it is judged in full
                if self._name is not None:
                    values[self._name] = value
                return
        assert self._body is not None
        value = self._body.decode(content_type, text, violations)
        if value is not ABSENT and self._name is not None:
            values[self._name] = value
        if usual is None and value is not ABSENT and (media := self._body.documented(content_type)) is not None:
            self._usual[content_type] = Usual(media.codec.read, media.validator.accepts)


class Usual(NamedTuple):
    """What reads the bodies of a documented media type, and what says whether the value is allowed."""

    read: Callable[[bytes, str], tuple[Any, Violation | None]]
    accepts: Callable[[Any], bool]


class _Place(Generic[Name]):
    """The parameters of one place, with their names.

    `absent` are the values of a request that sends nothing there; None if that is a violation.
    """

    __slots__ = ("_parameters", "absent", "pairs", "where")

    def __init__(self, where: Where, parameters: tuple[tuple[Name | None, Parameter], ...]) -> None:
        self.where = where
        self.pairs = PAIRS[where]
        self._parameters = parameters
        values: dict[Name, Any] = {}
        violations: list[Violation] = []
        # decoded once with nothing sent: most requests leave most places empty
        self.decode({}, values, violations)
        self.absent = None if violations else values

    def decode(self, pairs: Pairs, values: dict[Name, Any], violations: list[Violation]) -> None:
        """Add the values and the violations of what was sent there."""
        for name, parameter in self._parameters:
            value = parameter.decode(pairs, violations)
            if value is not ABSENT and name is not None:
                values[name] = value


def pairs_of(where: Where, request: Sources, path_values: Pairs) -> Pairs:
    """The raw values that were sent in one place."""
    return path_values if where == "path" else PAIRS[where](request)


def _nothing(_: Sources) -> Pairs:
    return {}


PAIRS: Mapping[Where, Callable[[Sources], Pairs]] = {
    "path": _nothing,
    "query": lambda request: request.query,
    "header": lambda request: request.headers,
    "cookie": lambda request: request.cookies,
    "body": _nothing,
}
