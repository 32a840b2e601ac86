"""What other mocks read on schemas: `x-id-field` and `x-foreign-keys` (Specmatic), `x-seed` (Scalar).

Each says a part of what `x-mock` says. Of the JavaScript of `x-seed`, what is no program is understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mockserver.contract.reading.parsing import Unparsable, parse

ONE = re.compile(r"\s*seed\s*\(\s*\(\s*\)\s*=>")
LIST = re.compile(r"\s*seed\s*\(\s*(\[.*\])\s*\)\s*;?\s*", re.DOTALL)
COUNT = re.compile(r"\s*seed\.count\s*\(\s*([0-9]{1,4})\b")
CALL = re.compile(r"[A-Za-z_$][\w$.]*\(.*")


def _id_field(value: Any) -> tuple[str, Any, str]:
    return "key", value, ""


def _foreign_keys(value: Any) -> tuple[str, Any, str]:
    """An object of fields and collections, or an array of objects that name both."""
    if not isinstance(value, list):
        return "references", value, ""
    found: dict[str, Any] = {}
    for each in value:
        given = each if isinstance(each, Mapping) else {}
        own = next((given[name] for name in ("field", "property", "column") if name in given), None)
        target = next((given[name] for name in ("resource", "references", "schema") if name in given), None)
        if not isinstance(own, str) or not isinstance(target, str):
            return "references", None, "must name a `field` and what it `references` in each of its objects."
        found[own] = target
    return "references", found, ""


def _seed(value: Any) -> tuple[str, Any, str]:
    """Records: an array, JavaScript that is an array of literals, or how many to make up."""
    if not isinstance(value, str):
        return "seeds", value, ""
    listed, counted = LIST.fullmatch(value), COUNT.match(value)
    if listed is not None:
        try:
            records = parse(listed[1].encode())[0]
        except Unparsable:
            records = None
        if isinstance(records, list) and not any(map(_calls, records)):
            return "seeds", records, ""
    if counted is not None or ONE.match(value) is not None:
        return "seeds", [{}] * (1 if counted is None else int(counted[1])), ""
    return "seeds", None, "is JavaScript that is not run; write seed([…]) with plain values, or seed.count(N, …)."


def _calls(value: Any) -> bool:
    """Whether a value read as YAML was a call of a function."""
    if isinstance(value, Mapping):
        return any(map(_calls, value.values()))
    if isinstance(value, list):
        return any(map(_calls, value))
    return isinstance(value, str) and CALL.fullmatch(value) is not None


OTHERS: Mapping[str, Callable[[Any], tuple[str, Any, str]]] = {
    "x-id-field": _id_field,
    "x-foreign-keys": _foreign_keys,
    "x-seed": _seed,
}
"""Extensions of other mocks on schemas: what each declares, and what is wrong with it."""
