"""Where credentials go, by the kind of their scheme."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.placement import Placement, placed, required
from tests.contract.specimen import document


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        ({"type": "apiKey", "in": "header", "name": "X-Key"}, Placement({"X-Key": "a:b"})),
        ({"type": "apiKey", "in": "query", "name": "key"}, Placement(query={"key": "a:b"})),
        ({"type": "apiKey", "in": "cookie", "name": "sid"}, Placement({"Cookie": "sid=a:b"})),
        ({"type": "http", "scheme": "Basic"}, Placement({"Authorization": "Basic YTpi"})),
        ({"type": "http", "scheme": "digest"}, Placement({"Authorization": 'Digest username="a"'})),
        ({"type": "http", "scheme": "hoba"}, Placement({"Authorization": "Hoba a:b"})),
        ({"type": "oauth2", "flows": {}}, Placement({"Authorization": "Bearer a:b"})),
        ({"type": "openIdConnect"}, Placement({"Authorization": "Bearer a:b"})),
        ({"type": "mutualTLS"}, Placement()),
        (None, Placement()),
    ],
)
def test_a_token_is_placed_as_the_scheme_has_it(scheme: Any, expected: Placement) -> None:
    """A certificate, and a scheme that is not declared, have no place for one."""
    assert placed(scheme, "a:b") == expected


def test_all_schemes_of_the_first_requirement_get_it() -> None:
    """The operation's own, or the document's; none where none is required."""
    key = {"type": "apiKey", "in": "query", "name": "key"}
    described = document(components={"securitySchemes": {"k": key, "b": {"type": "http", "scheme": "bearer"}}})

    assert required(described, {"security": [{"k": [], "b": []}, {}]}, "t") == Placement(
        {"Authorization": "Bearer t"}, {"key": "t"}
    )
    assert required(described, {"security": []}, "t") == Placement()
    assert required(described, {}, "t") == Placement()
