"""Test data from people: values of parameters and body properties, by operation, from options and files.

`--set 'get_zone.zone_id=example.org.'` on the command line; in a file the same as nested mappings. A value is found in
the document by its name, converted by its schema, and must be valid. Schemathesis then sends it in place of what it
would generate.
"""

from __future__ import annotations

import copy
import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.examples import named_examples
from mockserver.contract.kinds import branches_of, kinds_of, read_primitive
from mockserver.contract.operation import Described
from mockserver.contract.pointers import path_of
from mockserver.errors import DocumentError, VerifyError

ALL = "*"
"""Stands for every operation that has a parameter or property of the name."""

PLACES = ("path", "query", "header", "cookie", "body")
"""Where a value can be; its name may have the place before it, as in `query.limit`."""

SEGMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
"""A property name that Schemathesis can be told."""


class Given(NamedTuple):
    """One value: where it was said, of which operation and what. text: as an option has it, still to be converted."""

    source: str
    operation: str
    name: str
    value: Any
    is_text: bool = False


@dataclass(frozen=True)
class Slot:
    """A place for a value in an operation: `path` leads to a body property, or is a parameter's name alone."""

    operation: Described
    where: str
    path: tuple[str, ...]
    schema: Any

    @property
    def key(self) -> str:
        """What Schemathesis calls it."""
        return ".".join([self.where, *self.path])


@dataclass(frozen=True)
class Values:
    """The values of one document: by the label of an operation, and by what Schemathesis calls their places."""

    by_label: Mapping[str, Mapping[str, Any]]

    def of(self, label: str) -> dict[str, dict[str, Any]]:
        """The parameters of an operation that are given, by place."""
        found: dict[str, dict[str, Any]] = {place: {} for place in PLACES}
        for key, value in self.by_label.get(label, {}).items():
            where, _, name = key.partition(".")
            found[where][name] = value
        return found

    @property
    def settings(self) -> list[dict[str, Any]]:
        """For Schemathesis' configuration: all but those in paths, which it would put in place of linked ones, too."""
        # values in a path yield to those that a link of the document says, see `Pool.serve`
        by_label = {
            label: {key: value for key, value in values.items() if not key.startswith("path.")}
            for label, values in self.by_label.items()
        }
        return [{"include-name": label, "parameters": values} for label, values in by_label.items() if values]


NONE = Values({})


def given(options: Iterable[str], file: Path | None) -> list[Given]:
    """Everything that was said, what wins last; VerifyError if it cannot be read."""
    return [*([] if file is None else _of_file(file)), *map(_of_option, options)]


def _of_option(text: str) -> Given:
    name, equals, value = text.partition("=")
    if not equals or "." not in name:
        raise VerifyError(f"--set must be OPERATION.NAME=VALUE, such as get_zone.zone_id=example.org, got {text!r}.")
    return Given(f"--set {text}", "", name, value, is_text=True)


def _of_file(file: Path) -> Iterator[Given]:
    read = _read(file)
    if not isinstance(read, Mapping) or not all(isinstance(each, Mapping) for each in read.values()):
        raise VerifyError(f"--data {file}: expected operations, each with its names and values.")
    for operation, values in read.items():
        for name, value in values.items():
            yield Given(f"--data {file}", str(operation), str(name), value)


def _read(file: Path) -> Any:
    try:
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".toml":
            return tomllib.loads(text)
        return json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)
    except OSError as error:
        raise VerifyError(f"--data {file}: it cannot be read ({error.strerror}).") from None
    except (ValueError, yaml.YAMLError) as error:
        raise VerifyError(f"--data {file}: it cannot be read ({str(error).splitlines()[0]}).") from None


def values(contracts: Mapping[str, Contract], said: Iterable[Given]) -> dict[str, Values]:
    """The values of each document by its name; VerifyError for one that no document has a place for."""
    found: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in contracts}
    for each in said:
        slots = {name: list(_slots(contract, each)) for name, contract in contracts.items()}
        if not any(slots.values()):
            raise VerifyError(f"{each.source}: {_unknown(contracts.values(), each)}")
        for name, places in slots.items():
            for slot in places:
                label = f"{slot.operation.method} {slot.operation.path}"
                # the last one counts, and options come after the file
                found[name].setdefault(label, {})[slot.key] = _value(contracts[name], slot, each)
    return {name: Values(each) for name, each in found.items()}


def _parted(contract: Contract, each: Given) -> Iterator[tuple[Described, str]]:
    """The operations that are meant, each with the name in it; both may have dots."""
    for described in contract.operations.values():
        for called in (described.operation_id, f"{described.method} {described.path}", ALL):
            if each.operation == called:
                yield described, each.name
            elif not each.operation and each.name.startswith(f"{called}."):
                yield described, each.name[len(called) + 1 :]


def _slots(contract: Contract, each: Given) -> Iterator[Slot]:
    for described, name in _parted(contract, each):
        places = list(_places(contract, described))
        if name.startswith("/"):
            yield from _at_pointer(contract, described, path_of(name), each)
            continue
        exact = [slot for slot in places if slot.key == name]
        named = exact or [slot for slot in places if slot.path[-1] == name]
        if len(named) > 1:
            keys = " or ".join(slot.key for slot in named)
            raise VerifyError(f"{each.source}: {described.operation_id} has {name} in several places. Say {keys}.")
        yield from named


def _places(contract: Contract, described: Described) -> Iterator[Slot]:
    for parameter in contract.document.parameters(described.path, described.members):
        if parameter["in"] in PLACES:
            yield Slot(described, parameter["in"], (parameter["name"],), parameter.get("schema", {}))
    for name, schema in _properties(contract, _body(contract, described)).items():
        yield Slot(described, "body", (name,), schema)


def _body(contract: Contract, described: Described) -> Any:
    body = contract.document.resolve(described.members.get("requestBody", {}))
    return next((each.get("schema", {}) for each in body.get("content", {}).values()), {})


def _properties(contract: Contract, schema: Any) -> dict[str, Any]:
    branches = list(branches_of(contract.document, schema))
    # reversed, so that of two of one name the first counts
    return {name: each for branch in reversed(branches) for name, each in branch.get("properties", {}).items()}


def _at_pointer(contract: Contract, described: Described, path: tuple[str, ...], each: Given) -> Iterator[Slot]:
    schema = _body(contract, described)
    for name in path:
        schema = _properties(contract, schema).get(name)
        if schema is None:
            return
        # Schemathesis parts the name by its dots, and has no way to escape one
        if SEGMENT.fullmatch(name) is None:
            raise VerifyError(f"{each.source}: a property that is called {name!r} cannot be set by its pointer.")
    yield Slot(described, "body", path, schema)


def _value(contract: Contract, slot: Slot, each: Given) -> Any:
    """The value, converted; VerifyError unless the schema allows it."""
    value = _converted(each.value, kinds_of(contract.document, slot.schema)) if each.is_text else each.value
    try:
        flaw = next(contract.validator(slot.schema).violations(value, "body"), None)
    # the schema has a flaw, so nothing can be said against the value
    except DocumentError:
        return value
    if flaw is not None:
        place = f"{slot.operation.operation_id}.{slot.key}"
        raise VerifyError(f"{each.source}: {place} {flaw.message}. Give a value that the document allows.")
    return value


def _converted(text: str, kinds: frozenset[str]) -> Any:
    """Text as what the schema takes: a string as it is, whatever else as JSON."""
    # of these a text can only be JSON
    if not kinds or kinds & {"object", "array", "null"}:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return read_primitive(text, kinds)


def _unknown(contracts: Iterable[Contract], each: Given) -> str:
    """What there is instead: the nearest operation, or the nearest names in it."""
    known = list(contracts)
    meant = [(contract, *parted) for contract in known for parted in _parted(contract, each)]
    if meant:
        name = meant[0][2]
        keys = list(dict.fromkeys(slot.key for contract, one, _ in meant for slot in _places(contract, one)))
        bare = {key.partition(".")[2]: key for key in keys}
        matches = difflib.get_close_matches(name, [*bare, *keys], n=3)
        near = list(dict.fromkeys(bare.get(found, found) for found in matches))
        whose = f"{meant[0][1].operation_id} has no" if len(meant) == 1 else "no operation has a"
        told = f"Did you mean {' or '.join(near)}?" if near else f"It has {', '.join(keys) or 'none'}."
        return f"{whose} parameter or body property {name!r}. {told}"
    called = each.operation or each.name.partition(".")[0]
    operations = [name for contract in known for name in contract.operations]
    near = difflib.get_close_matches(called, operations, n=3)
    return f"no operation is called {called!r}. " + (
        f"Did you mean {' or '.join(near)}?" if near else "`mockserver routes` lists them."
    )


def with_values(document: Document, values: Values) -> dict[str, Any]:
    """A copy of the document that has the values as examples of parameters, and in its examples of bodies."""
    raw: dict[str, Any] = copy.deepcopy(dict(document.raw))
    for label in values.by_label:
        method, _, path = label.partition(" ")
        known = values.of(label)
        # a copy of its own, also where the path item stands behind a reference that others share
        item = raw["paths"][path] = {**copy.deepcopy(dict(document.item(path))), **raw["paths"][path]}
        # a method that OpenAPI has no keyword for stands among the additional ones (OpenAPI 3.2, Path Item Object)
        holding = item if method.lower() in item else item["additionalOperations"]
        name = next(each for each in holding if each.upper() == method)
        operation = holding[name] = copy.deepcopy(dict(holding[name]))
        parameters = document.parameters(path, operation)
        operation["parameters"] = [_exemplified(each, known[each["in"]]) for each in parameters]
        if known["body"] and "requestBody" in operation:
            operation["requestBody"] = _filled(document, operation["requestBody"], known["body"])
    return raw


def _exemplified(parameter: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    own = copy.deepcopy(dict(parameter))
    if own["name"] in known:
        own.pop("examples", None)
        own["example"] = known[own["name"]]
    return own


def _filled(document: Document, body: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    own = copy.deepcopy(dict(document.resolve(body)))
    for media in own.get("content", {}).values():
        examples = named_examples(document, media)
        # a media type has one of both members (OpenAPI 3.0.3, Media Type Object)
        media.pop("example", None)
        media["examples"] = {name: {"value": _set(each, known)} for name, each in examples.items()}
    return own


def _set(example: Any, values: Mapping[str, Any]) -> Any:
    """The example with the values at their places; one that is no object stays as it is."""
    changed = copy.deepcopy(example)
    for key, value in values.items():
        *above, name = key.split(".")
        node = changed
        for each in above:
            node = node.get(each) if isinstance(node, dict) else None
        if isinstance(node, dict):
            node[name] = value
    return changed
