"""OpenAPI runtime expressions (`$request.body#/url`): taken apart, and evaluated alone or within a text.

What the parts stand for is known to whoever has the exchange: callbacks have one of the journal, checks one of a
provider.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from mockserver.contract.bodies import value_text
from mockserver.contract.violations import ABSENT

# not beyond the next brace: a text of many that never end would be read to its end from each of them
EMBEDDED = re.compile(r"\{(\$[^{}]+)\}")


class Expression(NamedTuple):
    """`$request.query.limit`: source, place and name; `$response.body#/id`: source, place and JSON Pointer."""

    source: str
    place: str
    name: str
    pointer: str

    @classmethod
    def of(cls, text: str) -> Expression:
        where, _, pointer = text.partition("#")
        source, _, rest = where.partition(".")
        place, _, name = rest.partition(".")
        return cls(source, place, name, pointer)


def evaluated(text: str, value_of: Callable[[str], Any]) -> Any:
    """The value of an expression, or a text with the values of those embedded in it; ABSENT if one has none."""
    # a whole expression keeps its type, an embedded one becomes text (OpenAPI 3.0.3, Runtime Expressions)
    if text.startswith("$"):
        return value_of(text)
    values = {each: value_of(each) for each in EMBEDDED.findall(text)}
    if any(value is ABSENT for value in values.values()):
        return ABSENT
    return EMBEDDED.sub(lambda found: value_text(values[found[1]]), text)
