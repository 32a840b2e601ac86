"""Exported worlds on the command line: `export`, and `serve --state`."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from mockserver import MockServer, remote
from mockserver.admin import files
from mockserver.admin.apis import Apis
from mockserver.admin.exports import export
from mockserver.catalog import load_apis
from mockserver.cli import main
from mockserver.seeding import seed_world
from tests.test_cli import serving

Json = dict[str, Any]
LIST = "3d4e06a3-544b-4cc7-924e-e077ef133cf6"
HEADERS = {"Authorization": "Bearer wk_demo_api"}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


@pytest.fixture(scope="module")
def exported() -> Json:
    """The workshop as seeded."""
    apis = Apis(load_apis(["workshop"]))
    return export(seed_world(apis), apis)


@pytest.fixture
def file(tmp_path: Path, exported: Json) -> Path:
    path = tmp_path / "world.json"
    path.write_text(json.dumps(exported))
    return path


def test_export_of_the_fixtures(exported: Json) -> None:
    """Without a URL the seed data of the APIs is exported to standard output."""
    result = run("export", "workshop")

    assert result.exit_code == 0
    assert json.loads(result.stdout) == exported


def test_export_of_own_fixtures(tmp_path: Path) -> None:
    """With a folder of fixtures and a seed, those are exported, to a file."""
    (tmp_path / "workshop").mkdir()
    for name in ("lists", "memberships"):
        (tmp_path / "workshop" / f"{name}.json").write_text("[]")

    result = run("export", "workshop", "--fixtures", tmp_path, "--seed", "7", "--output", tmp_path / "world.json")

    written = json.loads((tmp_path / "world.json").read_text())
    assert (result.exit_code, result.output) == (0, "")
    assert written["seed"] == 7
    assert written["collections"]["workshop.lists"] == []


def test_export_of_a_running_server(server: MockServer) -> None:
    """A world of a running server is exported as it stands."""
    server.app.worlds.get("exported").clock = server.world().clock.freeze()

    result = run("export", "--url", server.url, "--world", "exported")

    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found == export(server.world("exported"), Apis(server.app.plane.routes.apis))
    assert found["clock"]["frozenAt"]


def test_export_with_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that asks for a token is given it, from the command line or the environment."""
    with MockServer(["crm"], control_token="secret") as server:
        refused = run("export", "--url", server.url)
        given = run("export", "--url", server.url, "--control-token", "secret")
        monkeypatch.setenv("MOCKSERVER_CONTROL_TOKEN", "secret")
        from_environment = run("export", "--url", server.url)

    assert refused.exit_code == 2
    assert f"{server.url} answered 401: Send the control token" in refused.output
    assert (given.exit_code, from_environment.exit_code) == (0, 0)
    assert given.stdout == from_environment.stdout


def test_serve_from_a_file(tmp_path: Path, file: Path, exported: Json) -> None:
    """The server has what the file has, seed and clock too, serves the file's APIs, and resets to that."""
    exported = json.loads(file.read_text())
    exported["collections"]["workshop.lists"][0]["title"] = "Exported"
    exported["seed"] = 11
    exported["clock"]["frozenAt"] = "2026-04-22T10:30:00Z"
    file.write_text(json.dumps(exported))

    with serving("--state", str(file)) as (_, announced):
        url = announced.split()[3]
        listed = httpx.get(f"{url}/v1/lists/{LIST}", headers=HEADERS).json()
        created = httpx.post(
            f"{url}/v1/lists",
            headers=HEADERS,
            json={"title": "New", "external_id": "new", "email_address": "new@example.com"},
        )
        httpx.post(f"{url}/_mock/worlds/default/reset")
        again = httpx.get(f"{url}/_mock/export").json()
        apis = httpx.get(f"{url}/_mock/health").json()["apis"]

    assert listed["title"] == "Exported"
    assert created.status_code == 201
    assert again == exported
    assert apis == ["workshop"]


def flawed(change: Callable[[Json], Any]) -> Callable[[Json], str]:
    """The export as text, changed."""

    def text(exported: Json) -> str:
        copy = json.loads(json.dumps(exported))
        change(copy)
        return json.dumps(copy)

    return text


def _other_title(exported: Json) -> None:
    exported["collections"]["workshop.lists"][1]["title"] = 5


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        (lambda _: "{", (), "an exported world must be JSON in UTF-8"),
        (lambda _: "[" * 200 + "]" * 200, (), "an exported world must not nest deeper than 120 levels"),
        (lambda _: "[]", (), "version: expected 1, got null; export it again with this release"),
        (lambda _: '{"collections": [1]}', (), "version: expected 1, got null"),
        (flawed(lambda each: each.update(version=2)), (), "version: expected 1, got 2"),
        (flawed(lambda each: each.pop("seed")), (), "seed: is required"),
        (flawed(_other_title), (), "collections: workshop.lists: record 2: title: must be of type string, got 5"),
        (
            flawed(lambda each: each["collections"].update({"nope.things": []})),
            (),
            "unknown API 'nope': expected one of audience, crm, prospects, salesnav, workshop.",
        ),
        (
            flawed(lambda _: None),
            ("crm",),
            "collections: is the state of workshop, but crm are served. Serve the same APIs",
        ),
        (
            flawed(lambda each: each["collections"].pop("workshop.lists")),
            (),
            "collections: workshop.lists: is required: an export has every collection of an API written by hand",
        ),
    ],
)
def test_a_flawed_file(
    file: Path, exported: Json, text: Callable[[Json], str], arguments: tuple[str, ...], expected: str
) -> None:
    """Whatever is wrong with the file is one message that names it, and exit code 2."""
    file.write_text(text(exported))

    result = run("serve", *arguments, "--port", "0", "--state", file)

    assert result.exit_code == 2
    assert result.output.startswith(f"mockserver: {file}: {expected}")
    assert result.output.count("\n") == 1


def test_no_file(tmp_path: Path) -> None:
    """A file that is not there is one message, and exit code 2."""
    result = run("serve", "--state", tmp_path / "none.json")

    assert result.exit_code == 2
    assert "none.json: the exported world cannot be read (No such file or directory)." in result.output


def test_a_file_that_is_too_long(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beyond the limit is refused before it is read."""
    monkeypatch.setattr(files, "FILE_LIMIT", 100)

    result = run("serve", "--state", file)

    assert result.exit_code == 2
    assert "an exported world must have at most 100 bytes" in result.output


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """The URL of a server that says the same to everybody, once."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.0 404 Not Found\r\n\r\n<h1>", "answered 404: no mockserver seems to run there"),
        (b"HTTP/1.0 404 Not Found\r\n\r\n[]", "answered 404: no mockserver seems to run there"),
        (b'HTTP/1.0 404 Not Found\r\n\r\n{"detail": "Why."}', "answered 404: Why."),
        (b"nonsense\r\n\r\n", "does not answer: "),
        (b"HTTP/1.0 302 Found\r\nLocation: https://u:p@x/\r\n\r\n", "answered 302: a redirect to https://…@x/. Give"),
        (b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 101, "sent more than 100 bytes"),
    ],
)
def test_export_of_a_strange_server(answer: bytes, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is no mock server, or says too much, is one message, and exit code 2."""
    monkeypatch.setattr(remote, "FILE_LIMIT", 100)
    with answering(answer) as url:
        result = run("export", "--url", url)

    assert result.exit_code == 2
    assert result.output.startswith(f"mockserver: {url} {expected}")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["export", "--url", "http://127.0.0.1:1"], "http://127.0.0.1:1 does not answer: "),
        (["export", "--url", "file:///etc/passwd"], "expected a URL such as http://127.0.0.1:8080"),
        (["export", "--url", "127.0.0.1:8080"], "expected a URL such as http://127.0.0.1:8080"),
        (["export", "--url", "http://x/", "workshop"], "omit the APIs, --fixtures and --seed"),
        (["export", "--url", "http://x/", "--seed", "0"], "omit the APIs, --fixtures and --seed"),
        (["export", "--world", "t1"], "--world needs --url"),
        (["export", "nope"], "unknown API 'nope'"),
        (["export", "crm", "--output", "/nowhere/x.json"], "/nowhere/x.json: cannot be written (No such file"),
        (["serve", "--state", "x.json", "--seed", "0"], "(--state) brings a seed and records of its own"),
        (["serve", "--state", "x.json", "--fixtures", "."], "(--state) brings a seed and records of its own"),
        (["serve", "--control-token", "x", "--no-control"], "(--no-control) exclude each other"),
        (
            ["serve", "crm", "--control-token", "", "--port", "0"],
            "--control-token (or MOCKSERVER_CONTROL_TOKEN) is empty",
        ),
        (["serve", "crm", "--host", "0.0.0.0", "--port", "0"], "listening on 0.0.0.0 lets everybody on the network"),
        (["serve", "--max-worlds", "0"], "is not in the range"),
    ],
)
def test_wrong_arguments(arguments: list[str], expected: str) -> None:
    """A wrong argument is a clear message and exit code 2."""
    result = run(*arguments)

    assert result.exit_code == 2
    assert expected in result.output
    assert "Traceback" not in result.output


def test_an_unknown_world(server: MockServer) -> None:
    """A world that the server does not have is one message in the server's words."""
    result = run("export", "--url", server.url, "--world", "nope")

    assert result.exit_code == 2
    assert f"{server.url} answered 404: No world is called 'nope'" in result.output


def test_beyond_loopback() -> None:
    """With a token the server listens everywhere and asks for it; without a control plane nobody needs one."""
    with serving("crm", "--host", "0.0.0.0", "--control-token", "secret") as (_, announced):
        port = announced.split()[3].rpartition(":")[2]
        url = f"http://127.0.0.1:{port}/_mock"
        statuses = [
            httpx.get(f"{url}/worlds").status_code,
            httpx.get(f"{url}/worlds", headers={"X-Mock-Token": "secret"}).status_code,
            httpx.get(f"{url}/health").status_code,
        ]
    with serving("crm", "--host", "0.0.0.0", "--no-control") as (_, announced):
        port = announced.split()[3].rpartition(":")[2]
        url = f"http://127.0.0.1:{port}/_mock"
        without = [httpx.get(f"{url}{path}").status_code for path in ("/worlds", "/ui/", "/health")]

    assert statuses == [401, 200, 200]
    assert without == [404, 404, 200]
    assert "control plane" not in announced


def test_max_worlds() -> None:
    """So many worlds are kept and no more."""
    with serving("crm", "--max-worlds", "2") as (_, announced):
        url = announced.split()[3]
        for name in ("a", "b", "c"):
            httpx.get(f"{url}/contacts/lists", headers={"X-Mock-World": name})
        worlds = httpx.get(f"{url}/_mock/worlds").json()

    assert (worlds["most"], [each["name"] for each in worlds["worlds"]]) == (2, ["default", "b", "c"])
    assert f"console at {url}/_mock/console/\n" in announced
