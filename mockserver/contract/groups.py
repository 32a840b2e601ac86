"""Validators of schemas that lead to much of a document, compiled together.

A compiled schema keeps all that it refers to. Where the schemas of a document refer to one another in circles, each
would keep nearly the whole document, and a document of a thousand schemas would take gigabytes. Schemas of one group
are compiled as properties of one object, so that what they refer to is there once; an instance is judged as the value
of its property. A schema that joins a group has it compiled anew, and the last few groups that were used are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from threading import RLock
from typing import Any

import jsonschema_rs

from mockserver.contract.validator import Validator

LARGE = 50
"""Schemas that a schema leads to, from which on it is compiled in a group."""
MOST_ROOTS = 200
MOST_TARGETS = 1500
"""What one group has at most, unless a schema alone leads to more."""
KEPT = 6
"""Groups of a document that are kept compiled."""

Compile = Callable[[Mapping[str, Any], Mapping[str, Any]], jsonschema_rs.Draft202012Validator]
"""Compiles a schema with the targets that it refers to, by where they are kept; DocumentError if that cannot be."""


class Group:
    """Schemas by key, and their targets by where they are kept, each of which is a schema of the group as well."""

    def __init__(self, compiled: Callable[[Group], jsonschema_rs.Draft202012Validator]) -> None:
        self.roots: dict[str, Any] = {}
        self.targets: dict[str, Any] = {}
        self.validator: jsonschema_rs.Draft202012Validator | None = None
        self._compiled = compiled

    def has_room(self, targets: Mapping[str, Any]) -> bool:
        return len(self.roots) < MOST_ROOTS and len(self.targets.keys() | targets.keys()) <= MOST_TARGETS

    def schema(self) -> dict[str, Any]:
        """An object with a property for each schema, looked up by the instance's one property."""
        # a schema that is nothing but a reference to one of these needs not join
        own = {place: {"$ref": place} for place in self.targets}
        return {"properties": {**own, **self.roots}, "additionalProperties": False}

    def usable(self) -> jsonschema_rs.Draft202012Validator:
        return self.validator or self._compiled(self)


class Groups:
    """The groups of one document and direction."""

    def __init__(self, compile_: Compile) -> None:
        self._compile = compile_
        self._groups: list[Group] = []
        self._kept: list[Group] = []
        self._lock = RLock()

    def validator(self, root: Any, targets: Mapping[str, Any]) -> Validator:
        """A validator of a schema that has these targets; DocumentError if it does not compile."""
        with self._lock:
            alone = root.get("$ref") if isinstance(root, Mapping) and len(root) == 1 else None
            holding = next((each for each in self._groups if alone in each.targets), None)
            if holding is not None and isinstance(alone, str):
                return Grouped(holding, alone)
            group = next((each for each in self._groups if each.has_room(targets)), None) or Group(self._compiled)
            return Grouped(group, self._joined(group, root, targets))

    def _joined(self, group: Group, root: Any, targets: Mapping[str, Any]) -> str:
        """Have a schema join a group, which stays as it is if the schema does not compile; its key there."""
        before, roots, targets_before = group.validator, group.roots, group.targets
        key = f"root {len(roots)}"
        # new ones: another thread may judge by what the group has been until now
        group.roots, group.targets = {**roots, key: root}, {**targets, **targets_before}
        group.validator = None
        try:
            self._compiled(group)
        except Exception:
            group.validator, group.roots, group.targets = before, roots, targets_before
            raise
        if group not in self._groups:
            self._groups.append(group)
        return key

    def _compiled(self, group: Group) -> jsonschema_rs.Draft202012Validator:
        with self._lock:
            validator = group.validator = self._compile(group.schema(), group.targets)
            self._kept = [each for each in self._kept if each is not group] + [group]
            # the one that was used longest ago
            if len(self._kept) > KEPT:
                self._kept.pop(0).validator = None
            return validator


class Grouped(Validator):
    """A validator of one schema of a group."""

    __slots__ = ("_group", "_key")

    def __init__(self, group: Group, key: str) -> None:
        self._group = group
        self._key = key
        self.accepts = self._accepts

    def _accepts(self, instance: Any) -> bool:
        return self._group.usable().is_valid({self._key: instance})

    def errors(self, instance: Any) -> Iterator[Any]:
        return map(Inner, self._group.usable().iter_errors({self._key: instance}))

    def first_error(self, instance: Any) -> Any:
        try:
            self._group.usable().validate({self._key: instance})
        except jsonschema_rs.ValidationError as error:
            return Inner(error)
        return None


class Inner:
    """An error of a value in a group, as it is of the value alone."""

    def __init__(self, error: jsonschema_rs.ValidationError) -> None:
        self.kind = error.kind
        self.message = error.message
        self.instance = error.instance
        # the first step leads to the property under which the group has the schema
        self.instance_path = error.instance_path[1:]
        path = error.schema_path
        self.schema_path = path[2:] if path[:1] == ["properties"] else path
