"""Routing: which documented path a raw path is, what its parameters are, and below which path it lies otherwise."""

from __future__ import annotations

import pytest

from mockserver.contract.routing import Router, split_template
from tests.patience import bounded

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


@pytest.mark.parametrize(
    ("template", "path", "values"),
    [
        ("/calls/{Sid}.json", "/calls/a.b.json", {"Sid": ["a.b"]}),
        ("/calls/{Sid}.json", "/calls/.json", None),
        ("/jobs/{id}:cancel", "/jobs/7:cancel", {"id": ["7"]}),
        ("/jobs/{id}:cancel", "/jobs/7", None),
        ("/jobs/{id}:cancel", "/jobs/%37%2F:cance%6C", {"id": ["7%2F"]}),
        ("/Users({id})", "/Users(7)", {"id": ["7"]}),
        ("/Users('{id}')/Name", "/Users('a(b)')/Name", {"id": ["a(b)"]}),
        ("/Users(a={a},b={b})", "/Users(a=1,b=2)", {"a": ["1"], "b": ["2"]}),
        ("/{a}{b}", "/xyz", {"a": ["xy"], "b": ["z"]}),
        ("/{a}{b}", "/x", None),
        ("/{a}--{b}", "/------", {"a": ["---"], "b": ["-"]}),
        ("/{a}-{b}-{c}", "/1-2", None),
        ("/at/#env/{id}", "/at/%23env/7", {"id": ["7"]}),
    ],
)
def test_text_may_stand_around_a_parameter(template: str, path: str, values: dict[str, list[str]] | None) -> None:
    """Before, behind and between; each parameter has at least one character, an earlier one as many as it can."""
    router: Router[str] = Router()
    router.add(template, "get", "")

    found = router.match(path)

    assert (found and found[1]) == values


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/a.b.json", {"page": ["a.b"], "type": [".json"]}),
        ("/a.xml", {"page": ["a"], "type": [".xml"]}),
        ("/.json", None),
        ("/a.txt", {"page": ["a.tx"], "type": ["t"]}),
    ],
)
def test_a_parameter_right_behind_another_is_told_by_its_values(path: str, values: dict[str, list[str]] | None) -> None:
    """Where one of them ends the segment; else the last has one character."""
    router: Router[str] = Router()
    router.add("/{page}{type}", "get", "", [".json", ".xml"])

    found = router.match(path)

    assert (found and found[1]) == values


def test_matching_takes_as_long_as_the_path_whatever_stands_in_it() -> None:
    """No template makes the matching try one way after another."""
    router: Router[str] = Router()
    router.add("/" + "-".join(f"{{p{at}}}" for at in range(30)) + ":x", "get", "")

    with bounded():
        assert router.match("/" + "-" * 20_000) is None
        assert router.match("/" + "-" * 20_000 + ":x") is not None


def test_parameters_are_named_by_the_method() -> None:
    """Templates of one path may name its parameters differently."""
    router: Router[int] = Router()
    router.add("/lists/{id}", "get", 1)
    router.add("/lists/{list_id}", "put", 2)

    named = {method: found[1] for method in ("GET", "PUT", "POST") if (found := router.match("/lists/7", method))}

    assert named == {"GET": {"id": ["7"]}, "PUT": {"list_id": ["7"]}, "POST": {"id": ["7"]}}


@pytest.mark.parametrize(
    ("template", "path", "conditions"),
    [
        ("/", "/", {}),
        ("/#Action=Add", "/", {"Action": "Add"}),
        ("/{bucket}?acl", "/{bucket}", {"acl": None}),
        ("/a#b&c=1&d=", "/a", {"b": None, "c": "1", "d": ""}),
        ("/a?b={c}&d=e%20f", "/a", {"b": None, "d": "e f"}),
        ("/a/{b?}", "/a/{b?}", {}),
        ("/a#b/c", "/a#b/c", {}),
        ("/a#", "/a", {}),
    ],
)
def test_conditions_follow_the_path(template: str, path: str, conditions: dict[str, str | None]) -> None:
    """Behind `#` or `?`, unless more segments come; a value that is a parameter may be any."""
    assert split_template(template) == (path, conditions)


@pytest.mark.parametrize(("template", "path"), [("/" + "#{a}" * 20_000 + "/b", None), ("/a" + "#b" * 20_000, "/a")])
def test_a_path_may_have_very_many_signs_of_conditions(template: str, path: str | None) -> None:
    """Of each it would else be asked whether a slash follows somewhere."""
    with bounded():
        found, _ = split_template(template)

    assert found == (template if path is None else path)


@pytest.mark.parametrize(
    ("method", "query", "chosen"),
    [
        ("GET", {}, "/{b}"),
        ("GET", {"acl": [""]}, "/{b}#acl"),
        ("GET", {"acl": [""], "id": ["7"]}, "/{b}?acl&id=7"),
        ("GET", {"acl": [""], "id": ["8"]}, "/{b}#acl"),
        ("GET", {"id": ["%37"]}, "/{b}"),
        ("PUT", {"acl": [""], "id": ["7"]}, "/{b}#acl"),
        ("POST", {"acl": [""]}, "/{b}#acl"),
        ("DELETE", {"acl": [""]}, "/{b}"),
        ("HEAD", {"acl": [""]}, "/{b}#acl"),
    ],
)
def test_the_alternative_with_most_conditions_met_is_chosen(
    method: str, query: dict[str, list[str]], chosen: str
) -> None:
    """Of those that serve the method, if any does."""
    router: Router[str] = Router()
    for template, methods in {"/{b}": ["get", "delete"], "/{b}#acl": ["get", "put"], "/{b}?acl&id=7": ["get"]}.items():
        for each in methods:
            router.add(template, each, template)

    found = router.match("/x", method)

    assert found is not None
    assert found[1] == {"b": ["x"]}
    route = found[0].chosen(method, query)
    assert (route and route.template) == chosen
    assert [each.template for each in router.candidates("/x")] == ["/{b}", "/{b}#acl", "/{b}?acl&id=7"]
    assert router.find("/{other}?id=7&acl") is router.routes[2]
    assert router.find("/{other}?id=8") is None


def test_what_may_be_sent_is_that_of_all_that_are_meant() -> None:
    """A request that meets the conditions of an alternative may have its methods, and those of the path itself."""
    router: Router[str] = Router()
    for template, method in (("/{b}", "get"), ("/{b}#id", "delete"), ("/{b}#acl", "put")):
        router.add(template, method, template)

    found = router.match("/x")
    assert found is not None
    chosen = found[0].chosen("PATCH", {"id": ["7"]})

    assert chosen is not None
    assert sorted(chosen.targets) == ["DELETE", "GET"]
    assert sorted(found[0].targets) == ["GET"]


def test_an_alternative_that_stands_alone_needs_no_condition() -> None:
    """`/describe#overload=stream` is served at `/describe` where nothing else is; what lies below it is its own."""
    router: Router[str] = Router()
    router.add("/describe#overload=stream", "post", "")

    found = router.match("/describe")
    above = router.above("/describe/more")

    assert found is not None
    assert found[0].chosen("POST", {}) is router.routes[0]
    assert found[0].chosen("GET", {}) is None
    assert above is router.routes[0]
    assert router.find("/describe") is None


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("/list", "/lists"),
        ("/lists/7/member/1", "/lists/{id}/members/{member}"),
        ("/files/a/row", "/files/{name}"),
    ],
)
def test_the_nearest_paths_are_found(router: Router[str], path: str, nearest: str) -> None:
    """The most similar one comes first."""
    found = [route.template for route in router.nearest(path, 3)]

    assert len(found) == 3
    assert found[0] == nearest


@pytest.mark.parametrize(
    ("count", "seconds"),
    [pytest.param(10_000, 10, marks=pytest.mark.sample), pytest.param(100_000, 60, marks=pytest.mark.campaign)],
)
def test_very_many_paths_are_served_at_once(count: int, seconds: int) -> None:
    """Adding, finding, matching and naming the nearest look at few of them."""
    router: Router[int] = Router()

    with bounded(seconds):
        for number in range(count):
            assert router.find(f"/things{number}/{{id}}") is None
            router.add(f"/things{number}/{{id}}", "get", number)
        found = router.match(f"/things{count - 1}/7")
        near = router.nearest("/thing5/7", 3)

    assert found is not None
    assert found[0].targets == {"GET": count - 1}
    assert len(near) == 3


def test_a_path_of_a_million_segments_costs_no_more_than_reading_it(router: Router[str]) -> None:
    """Neither matching nor looking above goes deeper than the documents do."""
    endless = "/lists" + "/7" * 1_000_000

    with bounded():
        assert router.match(endless) is None
        assert router.above(endless) is not None


WIDE = ("/v1/{+name}", "/v1/{+parent}/items", "/v1/{name}:check", "/v1/{id}", "/docs/{path*}.md", "/api/{proxy+}")


@pytest.mark.parametrize(
    ("path", "template", "values"),
    [
        ("/v1/a/b/c", "/v1/{+name}", {"name": ["a/b/c"]}),
        ("/v1/a", "/v1/{id}", {"id": ["a"]}),
        ("/v1/a:check", "/v1/{name}:check", {"name": ["a"]}),
        ("/v1/a/b/items", "/v1/{+parent}/items", {"parent": ["a/b"]}),
        ("/v1/a/items/b/items", "/v1/{+parent}/items", {"parent": ["a/items/b"]}),
        ("/v1/a/items/b", "/v1/{+name}", {"name": ["a/items/b"]}),
        ("/docs/a/b.md", "/docs/{path*}.md", {"path": ["a/b"]}),
        ("/api/a/b%2Fc", "/api/{proxy+}", {"proxy": ["a/b%2Fc"]}),
    ],
)
def test_a_wide_parameter_holds_slashes(path: str, template: str, values: dict[str, list[str]]) -> None:
    """However it is written; what is narrower, and what follows it, counts first."""
    router: Router[str] = Router()
    for each in WIDE:
        router.add(each, "get", each)
        assert router.find(each) is not None

    found = router.match(path)

    assert found is not None
    assert (found[0].targets["GET"], found[1]) == (template, values)


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/docs/a.txt", "/api"])
def test_a_wide_parameter_is_not_empty(path: str) -> None:
    """Nor does it reach beyond the text around it."""
    router: Router[str] = Router()
    for each in WIDE:
        router.add(each, "get", each)

    assert router.match(path) is None


def test_a_path_of_very_many_segments_is_matched_at_once() -> None:
    """By a wide parameter as by any other."""
    router: Router[str] = Router()
    for each in ("/{+a}", "/{+a}/x", "/{+a}/x/{+b}/y", "/{a}/{+b}/z"):
        router.add(each, "get", each)

    with bounded():
        found = router.match("/x" * 20_000)

    assert found is not None
