"""The paths that `servers` put before those of operations."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.document import Document
from mockserver.contract.servers import MOST, base_paths, own_base_paths


def document(servers: Any, paths: dict[str, Any] | None = None) -> Document:
    return Document({"openapi": "3.1.0", "servers": servers, "paths": paths or {}})


def variable(default: str, *values: str) -> dict[str, Any]:
    return {"default": default, **({"enum": list(values)} if values else {})}


@pytest.mark.parametrize(
    ("server", "paths"),
    [
        ({"url": "https://api.example.com"}, []),
        ({"url": "https://api.example.com/"}, []),
        ({"url": "https://api.example.com/v1/"}, ["/v1"]),
        ({"url": "/v1"}, ["/v1"]),
        ({"url": "v1/beta"}, ["/v1/beta"]),
        ({"url": "./v1/../v2"}, ["/v2"]),
        ({"url": "//api.example.com/v1"}, ["/v1"]),
        ({"url": "https://{region}.example.com/v1", "variables": {"region": variable("eu", "eu", "us")}}, ["/v1"]),
        ({"url": "/{version}", "variables": {"version": variable("v2", "v1", "v2", "v3")}}, ["/v2", "/v1", "/v3"]),
        (
            {"url": "/{a}/{b}", "variables": {"a": variable("1", "1", "2"), "b": variable("x", "x", "y")}},
            ["/1/x", "/1/y", "/2/x", "/2/y"],
        ),
        ({"url": "{base}", "variables": {"base": variable("https://api.example.com/v1")}}, ["/v1"]),
        ({"url": "/{stage}"}, ["/stage"]),
        ({"url": "/{stage}", "variables": {"stage": "x"}}, ["/stage"]),
        ({"url": 3}, []),
        ({"url": "https://[::1/v1"}, []),
        ("/v1", []),
    ],
)
def test_a_server_gives_the_paths_that_its_variables_allow(server: Any, paths: list[str]) -> None:
    """The default of each first; hosts make no difference."""
    assert base_paths(document([server])) == paths


def test_base_paths_are_bounded() -> None:
    """However many ways the variables of however many servers can be combined in."""
    many = {name: variable("0", *map(str, range(50))) for name in "abcdef"}
    server = {"url": "/{a}/{b}/{c}/{d}/{e}/{f}", "variables": many}

    assert len(base_paths(document([server] * 3))) == MOST
    assert len(base_paths(document([{"url": f"/{at}"} for at in range(MOST + 5)]))) == MOST


@pytest.mark.parametrize("servers", [None, "x", {}])
def test_what_are_no_servers_give_no_paths(servers: Any) -> None:
    """A flaw, and no more than that."""
    assert base_paths(document(servers)) == []


def test_servers_of_an_operation_or_its_path_replace_those_above() -> None:
    """The nearest alone count."""
    found = document([{"url": "/all"}], {"/a": {"servers": [{"url": "/path"}]}, "/b": {}})

    assert own_base_paths(found, "/a", {"servers": [{"url": "/own"}]}) == ["/own"]
    assert own_base_paths(found, "/a", {}) == ["/path"]
    assert own_base_paths(found, "/b", {}) is None
