"""Routing: which documented path a raw path is, what its parameters are, and below which path it lies otherwise."""

from __future__ import annotations

import time

import pytest

from mockserver.contract.routing import Router

PATHS = [
    "/lists",
    "/lists/{id}",
    "/lists/save",
    "/lists/{id}/members/{member}",
    "/lists/save/now",
    "/files/{name}",
    "/files/{name}.json",
    "/files/{year}-{month}.csv",
    "/files/{name}.{ext}/raw",
    "/caf\u00e9/{id}",
    "/",
]


@pytest.fixture
def router() -> Router[str]:
    made: Router[str] = Router()
    for path in PATHS:
        made.add(path, "get", path)
    return made


def matched(router: Router[str], path: str) -> tuple[str, dict[str, list[str]]] | None:
    found = router.match(path)
    return None if found is None else (found[0].template, found[1])


@pytest.mark.parametrize(
    ("path", "template", "values"),
    [
        ("/", "/", {}),
        ("/lists", "/lists", {}),
        ("/lists/7", "/lists/{id}", {"id": ["7"]}),
        ("/lists/save", "/lists/save", {}),
        ("/lists/SAVE", "/lists/{id}", {"id": ["SAVE"]}),
        ("/lists/saved", "/lists/{id}", {"id": ["saved"]}),
        ("/lists/s%61ve", "/lists/save", {}),
        ("/l%69sts/7", "/lists/{id}", {"id": ["7"]}),
        ("/lists/save/members/1", "/lists/{id}/members/{member}", {"id": ["save"], "member": ["1"]}),
        ("/lists/save/now", "/lists/save/now", {}),
        ("/lists/a%2Fb", "/lists/{id}", {"id": ["a%2Fb"]}),
        ("/lists/%2e%2e", "/lists/{id}", {"id": ["%2e%2e"]}),
        ("/lists/..", "/lists/{id}", {"id": [".."]}),
        ("/lists/%00", "/lists/{id}", {"id": ["%00"]}),
        ("/lists/%ff", "/lists/{id}", {"id": ["%ff"]}),
        ("/lists/\xff", "/lists/{id}", {"id": ["\xff"]}),
        ("/lists/a\nb", "/lists/{id}", {"id": ["a\nb"]}),
        ("/lists/{id}", "/lists/{id}", {"id": ["{id}"]}),
        ("/files/a", "/files/{name}", {"name": ["a"]}),
        ("/files/a.json", "/files/{name}.json", {"name": ["a"]}),
        ("/files/a.json.json", "/files/{name}.json", {"name": ["a.json"]}),
        ("/files/.json", "/files/{name}", {"name": [".json"]}),
        ("/files/2026-04.csv", "/files/{year}-{month}.csv", {"year": ["2026"], "month": ["04"]}),
        ("/files/2026-.csv", "/files/{name}", {"name": ["2026-.csv"]}),
        ("/files/aXjson", "/files/{name}", {"name": ["aXjson"]}),
        ("/files/a.b.c/raw", "/files/{name}.{ext}/raw", {"name": ["a.b"], "ext": ["c"]}),
        ("/caf%C3%A9/1", "/caf\u00e9/{id}", {"id": ["1"]}),
    ],
)
def test_a_path_is_matched(router: Router[str], path: str, template: str, values: dict[str, list[str]]) -> None:
    """A literal segment beats a template and a longer template a shorter one; values stay as they came."""
    assert matched(router, path) == (template, values)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "lists",
        "*",
        "//",
        "//lists",
        "/lists/",
        "/lists//",
        "/lists//members/1",
        "/lists/7/",
        "/lists/7/members",
        "/lists/7/members/1/",
        "/lists/a/b",
        "/Lists",
        "/lists%2F7",
        "/files/a/raw",
        "/%ff",
    ],
)
def test_what_is_not_documented_matches_nothing(router: Router[str], path: str) -> None:
    """An empty segment is no value, a slash more is another path, and an encoded slash is none."""
    assert matched(router, path) is None


def test_the_order_of_the_document_does_not_matter() -> None:
    """The same paths added the other way round give the same matches."""
    router: Router[str] = Router()
    for path in reversed(PATHS):
        router.add(path, "get", path)

    assert matched(router, "/lists/save") == ("/lists/save", {})
    assert matched(router, "/files/a.json") == ("/files/{name}.json", {"name": ["a"]})


def test_a_path_has_its_methods() -> None:
    """Methods are added to the path they share, whatever its parameters are called; no other path lends its own."""
    router: Router[int] = Router()
    router.add("/lists/{id}", "get", 1)
    router.add("/lists/{list_id}", "DELETE", 2)
    router.add("/lists/save", "post", 3)

    template = router.match("/lists/7")
    literal = router.match("/lists/save")

    assert template is not None
    assert template[0].targets == {"GET": 1, "DELETE": 2}
    assert literal is not None
    assert literal[0].targets == {"POST": 3}
    assert [route.template for route in router.routes] == ["/lists/{id}", "/lists/save"]


@pytest.mark.parametrize(
    ("path", "templates"),
    [
        ("/lists/save", ["/lists/save", "/lists/{id}"]),
        ("/lists/7", ["/lists/{id}"]),
        ("/files/2026-04.csv", ["/files/{year}-{month}.csv", "/files/{name}"]),
        ("/nope", []),
    ],
)
def test_every_path_that_matches_is_a_candidate(router: Router[str], path: str, templates: list[str]) -> None:
    """The one that wins comes first."""
    assert [route.template for route in router.candidates(path)] == templates


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("/lists/{other}", "/lists/{id}"),
        ("/lists/save", "/lists/save"),
        ("/files/{a}-{b}.csv", "/files/{year}-{month}.csv"),
        ("/lists/{id}/members", None),
        ("/lists/saves", None),
    ],
)
def test_a_path_of_the_same_shape_is_found(router: Router[str], asked: str, found: str | None) -> None:
    """Two templates that differ only in the names of their parameters are one path."""
    route = router.find(asked)

    assert (route and route.template) == found


@pytest.mark.parametrize(
    ("path", "above"),
    [
        ("/lists/7/members", "/lists/{id}"),
        ("/lists/7/members/1/2/3", "/lists/{id}/members/{member}"),
        ("/lists/", "/lists"),
        ("/lists/save/", "/lists/save"),
        ("/lists/save/x/y", "/lists/save"),
        ("/lists/s%61ve/then", "/lists/save"),
        ("/files/a/b", "/files/{name}"),
        ("/files", None),
        ("/nope/lists", None),
        ("//lists", "/"),
        ("/lists", None),
        ("*", None),
        ("", None),
    ],
)
def test_a_path_may_lie_below_a_documented_one(router: Router[str], path: str, above: str | None) -> None:
    """The longest documented path above is found; the path itself does not count."""
    route = router.above(path)

    assert (route and route.template) == above


def test_a_path_of_a_million_segments_costs_no_more_than_reading_it(router: Router[str]) -> None:
    """Neither matching nor looking above goes deeper than the documents do."""
    endless = "/lists" + "/7" * 1_000_000
    started = time.process_time()

    assert router.match(endless) is None
    assert router.above(endless) is not None
    assert time.process_time() - started < 2
