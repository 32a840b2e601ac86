"""Requests that the control plane's document does not describe."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from mockserver.control.documents import document
from mockserver.control.gate import Gate
from mockserver.limits import CONTROL_BODY_LIMIT
from tests.control.steps import errors

Json = dict[str, Any]
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        (
            "GET",
            "/worlds?offset=-1&limit=0&ofset=1",
            None,
            {
                "query /ofset": "is not a parameter of list_worlds; expected one of limit, offset",
                "query /offset": "must be at least 0, got -1",
                "query /limit": "must be at least 1, got 0",
            },
        ),
        ("GET", "/apis?x=1", None, {"query /x": "is not a parameter of list_apis; it has no query parameters"}),
        ("GET", "/worlds?limit=1&limit=2", None, {"query /limit": "must be given once, was given 2 times"}),
        ("GET", "/clock?world=%FF", None, {"query /world": "must be UTF-8 after percent-decoding"}),
        ("GET", "/clock?world=a%20b", None, {"query /world": "must match the pattern"}),
        ("GET", "/clock?world=", None, {"query /world": "must match the pattern"}),
        ("GET", "/journal/0", None, {"path /number": "must be at least 1, got 0"}),
        ("GET", "/journal/x", None, {"path /number": 'must be of type integer, got "x"'}),
        ("GET", "/worlds/a%2Fb", None, {"path /name": "must match the pattern"}),
        ("GET", "/worlds/..%2f..%2fetc", None, {"path /name": "must match the pattern"}),
        ("GET", "/journal?since=yesterday", None, {"query /since": "must be in the format date-time"}),
        ("GET", "/journal?violations=maybe", None, {"query /violations": "must be of type boolean"}),
        ("POST", "/worlds", b"", {"body": "a JSON body is required, but none was sent"}),
        ("POST", "/worlds", b"{", {"body": "must be JSON in UTF-8"}),
        ("POST", "/worlds", b"[" * 200 + b"]" * 200, {"body": "must not nest deeper than 100 levels"}),
        ("POST", "/worlds", b"[]", {"body": "must be of type object, got []"}),
        (
            "POST",
            "/worlds?x=1",
            b'{"name": "a b", "from": {"world": 5, "more": 1}, "more": 1}',
            {
                "query /x": "is not a parameter of create_world; it has no query parameters",
                "body /name": "must match the pattern",
                "body /from": "matches none of the allowed schemas",
                "body /from/world": "must be of type string, got 5",
                "body /from/more": "is not an allowed property",
                "body /more": "is not an allowed property",
            },
        ),
        ("PUT", "/state", b'{"workshop.lists": [1]}', {"body /workshop.lists/0": "must be of type object, got 1"}),
        ("PATCH", "/state", b'{"workshop.lists": []}', {"body /workshop.lists": "must be of type object, got []"}),
    ],
)
def test_every_violation_is_listed(
    control: httpx.Client, method: str, path: str, body: bytes | None, expected: dict[str, str]
) -> None:
    """Whatever is wrong with path, query and body is said at once, each with its place."""
    answer = control.request(method, path, content=body, headers=JSON if body is not None else {})

    assert answer.status_code == 400
    found = errors(answer)
    assert found.keys() == expected.keys()
    assert all(found[place].startswith(message) for place, message in expected.items()), found


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/nope",
            "/worlds/",
            "/worlds//reset",
            "//worlds",
            "/apis/workshop/openapi",
            "/Worlds",
            "/uix",
            "/journal/1/2",
        ),
        *("/ui/nope.js", "/ui/%2e%2e/%2e%2e/gate.py", "/ui/..%2f..%2fopenapi.yaml"),
    ],
)
def test_not_found(control: httpx.Client, server: MockServer, path: str) -> None:
    """A path that is not documented is refused."""
    answer = control.get(f"{server.url}/_mock{path}")

    assert answer.status_code == 404
    assert errors(answer) == {}
    assert "/_mock/ui lists the operations" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/worlds", "GET, HEAD, POST"),
        ("OPTIONS", "/worlds", "GET, HEAD, POST"),
        ("TRACE", "/verify", "POST"),
        ("PURGE", "/state/workshop.lists", "GET, HEAD"),
        ("POST", "/openapi.json", "GET, HEAD"),
        ("DELETE", "/ui/", "GET, HEAD"),
    ],
)
def test_method_not_allowed(control: httpx.Client, method: str, path: str, allowed: str) -> None:
    """A method that is not documented is refused, and those that are are named."""
    answer = control.request(method, path)

    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert errors(answer) == {}


def test_head(control: httpx.Client) -> None:
    """HEAD is answered as GET, without the body, also where it is refused."""
    known, unknown = control.head("/worlds"), control.head("/worlds/nope")

    assert (known.status_code, known.content) == (200, b"")
    assert (unknown.status_code, unknown.content) == (404, b"")


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/verify", None),
        ("/verify", "text/plain"),
        ("/verify", "application/x-www-form-urlencoded"),
        ("/verify", "multipart/form-data; boundary=x"),
        ("/verify", "application/merge-patch+json"),
        ("/worlds/default/reset", "text/plain"),
        ("/clock/resume", None),
    ],
)
def test_a_body_must_say_that_it_is_json(control: httpx.Client, path: str, content_type: str | None) -> None:
    """What a form of another page could send is refused before it has any effect, documented body or not."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    control.post("/clock/freeze")

    answer = control.post(path, content=b"{}", headers=headers)

    assert answer.status_code == 415
    assert errors(answer) == {}
    assert control.get("/clock").json()["frozen"] is True


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=UTF-8"])
def test_json_is_taken(control: httpx.Client, content_type: str) -> None:
    """JSON in UTF-8 is taken, the charset said or not."""
    answer = control.post("/worlds", content=b'{"name": "t1"}', headers={"Content-Type": content_type})

    assert answer.status_code == 201


def test_an_optional_body_may_stay_away(control: httpx.Client) -> None:
    """An operation whose body is optional goes without one, with a content type or without."""
    assert control.post("/clock/freeze").status_code == 200
    assert control.post("/clock/freeze", headers=JSON).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/worlds", CONTROL_BODY_LIMIT),
        ("POST", "/verify", CONTROL_BODY_LIMIT),
        ("PUT", "/state", 64 * CONTROL_BODY_LIMIT),
    ],
)
def test_bodies_are_bounded(control: httpx.Client, method: str, path: str, limit: int) -> None:
    """A body longer than the operation takes is refused, and how much it takes is said."""
    answer = control.request(method, path, content=b" " * (limit + 1), headers=JSON)

    assert answer.status_code == 413
    assert str(limit) in answer.json()["detail"]


def test_a_body_within_the_limit_is_read(control: httpx.Client) -> None:
    """A body up to the limit is judged for what it is."""
    answer = control.post("/worlds", content=b'{"name": "t1"}'.ljust(CONTROL_BODY_LIMIT), headers=JSON)

    assert answer.status_code == 201


def test_a_body_may_come_in_chunks(control: httpx.Client) -> None:
    """A body of a length that nobody said beforehand is read whole."""
    answer = control.post("/worlds", content=iter([b'{"name":', b' "t1"}']), headers=JSON)

    assert answer.request.headers["transfer-encoding"] == "chunked"
    assert answer.status_code == 201
    assert answer.json()["name"] == "t1"


@pytest.mark.parametrize(
    ("path", "named", "frozen"),
    [
        ("/clock/freeze", "t1", ["t1"]),
        ("/clock/freeze?world=t2", "t1", ["t2"]),
        ("/clock/freeze?world=default", "t1", ["default"]),
        ("/clock/freeze", "default", ["default"]),
    ],
)
def test_the_header_names_the_world(control: httpx.Client, path: str, named: str, frozen: list[str]) -> None:
    """A client that always names its world by header need not name it again; the query comes first."""
    for name in ("t1", "t2"):
        control.post("/worlds", json={"name": name})

    answer = control.post(path, headers={"X-Mock-World": named})

    assert answer.status_code == 200
    assert [each["name"] for each in control.get("/worlds").json()["worlds"] if each["clock"]["frozen"]] == frozen


@pytest.mark.parametrize(
    ("path", "frozen"),
    [
        ("/_world/t1/_mock/clock/freeze", ["t1"]),
        ("/_world/t1/_world/t1/_mock/clock/freeze", ["t1"]),
        ("/_world/t1/_mock/clock/freeze?world=t2", ["t2"]),
        ("/_world/default/_mock/clock/freeze", ["default"]),
    ],
)
def test_the_base_url_names_the_world(server: MockServer, control: httpx.Client, path: str, frozen: list[str]) -> None:
    """As for a client of an API that has one base URL for everything; the header gives way to it."""
    for name in ("t1", "t2"):
        control.post("/worlds", json={"name": name})

    answer = httpx.post(f"{server.url}{path}", headers={"X-Mock-World": "t9"})

    assert answer.status_code == 200
    assert [each["name"] for each in control.get("/worlds").json()["worlds"] if each["clock"]["frozen"]] == frozen


@pytest.mark.parametrize(
    ("path", "status"),
    [("/_world/t9/_mock/clock", 404), ("/_world/%FF/_mock/clock", 400), ("/_world/caf%C3%A9/_mock/clock", 400),
     ("/_world/%F0%9F%92%A9/_mock/clock", 400), ("/_world/t9/_mock/health", 200)],
)  # fmt: skip
def test_the_base_url_must_name_a_world(server: MockServer, path: str, status: int) -> None:
    """Where one is asked for; asking makes none."""
    assert httpx.get(f"{server.url}{path}").status_code == status
    assert "t9" not in [world.name for world in server.app.worlds]


@pytest.mark.parametrize(("named", "status"), [(b"t9", 404), (b"a b", 400), (b"caf\xe9&world=default", 400)])
def test_the_header_must_name_a_world(control: httpx.Client, named: bytes, status: int) -> None:
    """A header that names no world is refused, not passed over."""
    answer = control.get("/clock", headers={b"X-Mock-World": named})

    assert answer.status_code == status
    assert set(errors(answer)) <= {"query /world"}


def test_the_header_means_nothing_where_there_is_no_world(control: httpx.Client) -> None:
    """Operations on the whole server do not ask for one."""
    assert control.get("/worlds", headers={"X-Mock-World": "t9"}).status_code == 200


def test_answers_are_kept_from_other_pages(control: httpx.Client) -> None:
    """No answer may be stored, framed, sniffed or read by another page."""
    for path in ("/worlds", "/nope", "/ui/", "/openapi.json"):
        headers = control.get(path).headers

        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"] == "frame-ancestors 'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "access-control-allow-origin" not in headers


def test_a_client_that_goes_away_is_not_answered() -> None:
    """Whoever hangs up before the body has come is sent nothing, and no handler runs."""
    sent: list[Any] = []

    async def app(*_: Any) -> None:
        sent.append("handled")

    async def receive() -> Json:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", b"5")]
    scope = {"type": "http", "method": "POST", "path": "/_mock/worlds", "query_string": b"", "headers": headers}
    asyncio.run(Gate(app, document(token=False))(scope, receive, send))

    assert sent == []


def test_what_is_no_request_passes() -> None:
    """Messages of the server's life go to the app as they come."""
    passed: list[Any] = []

    async def app(scope: Any, _: Any, __: Any) -> None:
        passed.append(scope)

    async def nothing(*_: Any) -> Any:
        raise AssertionError("nothing is received or sent")

    asyncio.run(Gate(app, document(token=False))({"type": "lifespan"}, nothing, nothing))

    assert passed == [{"type": "lifespan"}]


@pytest.mark.parametrize(
    ("coding", "body", "status", "accepted"),
    [
        ("gzip", gzip.compress(b'{"name": "packed"}', mtime=0), 201, None),
        ("identity", b'{"name": "plain"}', 201, None),
        ("gzip", b'{"name": "packed"}', 400, None),
        ("rot13", b'{"name": "packed"}', 415, "gzip, deflate, br, zstd"),
        ("gzip", gzip.compress(b'{"name": "packed"}' + b" " * 2_000_000, mtime=0), 413, None),
    ],
    ids=["gzip", "identity", "corrupt", "unknown", "too long"],
)
def test_a_body_is_decoded_as_on_the_data_plane(
    control: httpx.Client, coding: str, body: bytes, status: int, accepted: str | None
) -> None:
    """Within the limit; a refusal says which codings are known."""
    answer = control.post("/worlds", content=body, headers={**JSON, "Content-Encoding": coding})

    assert (answer.status_code, answer.headers.get("accept-encoding")) == (status, accepted)
