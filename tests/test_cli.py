"""The command line, as its user sees it."""

from __future__ import annotations

import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from mockserver import catalog
from mockserver.cli import main
from mockserver.resources import resource
from tests.patience import PATIENCE

APIS = ("audience", "crm", "prospects", "salesnav", "workshop")
SERVE = (sys.executable, "-m", "mockserver", "serve", "--port", "0")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A served process and what it announced, up to the first empty line after the last curl."""
    process = subprocess.Popen([*SERVE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        announced = [process.stdout.readline()]
        while sum(not line.strip() for line in announced) < 2:  # one below the title, one below the last curl
            announced.append(process.stdout.readline())
        yield process, "".join(announced)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)


def get(curl: str) -> httpx.Response:
    """What the announced curl command gets."""
    words = shlex.split(curl)
    headers = dict(word.split(": ", 1) for option, word in pairwise(words) if option == "-H")
    return httpx.get(words[1], headers=headers)


def test_version() -> None:
    """`--version` names the program and its version."""
    assert re.fullmatch(r"mockserver \d+\.\d+\.\d+\n", run("--version").output)


@pytest.mark.parametrize("command", [[], ["serve"], ["apis"], ["routes"]])
def test_help(command: list[str]) -> None:
    """Every command explains itself, and no summary is cut short."""
    result = run(*command, "--help")

    assert result.exit_code == 0
    assert "Usage: main" in result.output
    assert "..." not in result.output.replace("[ARGS]...", "").replace("[API]...", "").replace("[API|FILE]...", "")


def test_apis_names_every_demo_credential() -> None:
    """`apis` lists the five with the credentials that work."""
    output = run("apis").output

    for word in (*APIS, "sk_live_demo_7c1f0a94e2b8", "ak_demo_full", "wk_demo_hris", "none needed"):
        assert word in output


def test_routes_of_one_api() -> None:
    """`routes workshop` shows operations, statuses, scopes, and each inference with its reason."""
    output = run("routes", "workshop").output

    assert re.search(r"PATCH +/v1/lists/\{id\} +update_list", output)
    assert "sync-source:api" in output
    assert "#/components/securitySchemes/" in output


def test_routes_of_all_apis_leaves_reasons_out() -> None:
    """`routes` alone lists every API's operations, and reasons only when asked."""
    assert "#/components" not in run("routes").output
    assert "#/components" in run("routes", "--inferred").output


def test_serve_announces_what_works() -> None:
    """Each API's curl is answered when pasted, and each request gives one log line."""
    with serving() as (process, announced):
        curls = [line.strip() for line in announced.splitlines() if line.strip().startswith("curl ")]
        answers = [get(curl) for curl in curls]
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in curls]

    assert len(curls) == len(APIS)
    assert [answer.status_code for answer in answers] == [200] * len(APIS)
    assert all(name in announced for name in (*APIS, "wk_demo_api", "ak_demo_none"))
    assert re.search(r"^console at http://127\.0\.0\.1:\d+/_mock/console/$", announced, re.MULTILINE)
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d 200 +[\d.]+ ms  GET /\S+  \w+\.\w+\n", line) for line in lines)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serve_stops_at_once(stop: signal.Signals) -> None:
    """Ctrl-C ends the server with an open connection, whatever the grace of requests, and without a traceback."""
    with serving("crm", "--shutdown-timeout", "600") as (process, announced), httpx.Client() as client:
        client.get(announced.split()[3] + "/_mock/health")
        process.send_signal(stop)
        _, errors = process.communicate(timeout=PATIENCE)

    assert errors == ""
    assert process.returncode in (0, -stop)


def test_serve_to_pages_of_one_origin() -> None:
    """`--cors-origin` names whose pages may call; they may with credentials."""
    with serving("crm", "--cors-origin", "https://a.example", "--cors-origin", "https://b.example") as (_, announced):
        url = announced.split()[3] + "/contacts/lists"
        allowed, other = (httpx.get(url, headers={"Origin": f"https://{name}.example"}).headers for name in "bc")

    assert allowed["access-control-allow-origin"] == "https://b.example"
    assert allowed["access-control-allow-credentials"] == "true"
    assert "access-control-allow-origin" not in other


def test_log_level_warning_is_quiet() -> None:
    """With --log-level warning a request leaves no line."""
    with serving("crm", "--log-level", "warning") as (process, announced):
        httpx.get(announced.split()[3] + "/contacts/lists")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=PATIENCE)

    assert output == "stopped\n"


def test_serve_over_port_taken() -> None:
    """A taken port is one message and exit code 2."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("serve", "crm", "--port", str(port))

    assert result.exit_code == 2
    assert result.output == (
        f"mockserver: cannot listen on 127.0.0.1:{port}: Address already in use. "
        "Choose another --port (0 takes a free one).\n"
    )


def broken_fixture(folder: Path, text: str) -> Path:
    (folder / "crm").mkdir()
    (folder / "crm" / "lists.json").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[{", "it is not JSON"),
        ("{}", "expected a JSON array of records, got dict"),
        ("[1]", "record 1: expected a JSON object"),
        ("[{}]", "record 1: "),
    ],
)
def test_broken_fixture(tmp_path: Path, text: str, expected: str) -> None:
    """A broken fixture is one message that names the file, and exit code 2."""
    result = run("serve", "crm", "--port", "0", "--fixtures", str(broken_fixture(tmp_path, text)))

    assert result.exit_code == 2
    assert f"{tmp_path}/crm/lists.json" in result.output
    assert expected in result.output
    assert result.output.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("openapi: 3.0.3\npaths: [", "does not parse"),
        ("openapi: 2.0", "expected an OpenAPI document of version 3.0, 3.1, 3.2 or Swagger 2.0"),
        ("openapi: 3.0.3\ninfo: {title: x, version: '1'}", '"paths" is a required property'),
    ],
)
def test_broken_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: str) -> None:
    """A broken document is a message that names the file and the flaw, and exit code 2."""
    (tmp_path / "crm.yaml").write_text(text)
    monkeypatch.setattr(catalog, "resource", lambda kind: tmp_path if kind == "specs" else resource(kind))

    result = run("serve", "crm", "--port", "0")

    assert result.exit_code == 2
    assert f"{tmp_path}/crm.yaml" in result.output
    assert expected in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["serve", "--cors-origin", "https://a.example", "--no-cors"], "exclude each other"),
        (["serve", "crm", "--cors-origin", "a.example"], "'a.example' is not an origin: expected scheme, host"),
        (["serve", "nope"], "unknown API 'nope': expected one of audience, crm, prospects, salesnav, workshop."),
        (["routes", "nope"], "unknown API 'nope'"),
        (["serve", "--fixtures", "/nowhere"], "/nowhere: expected a folder of fixtures"),
        (["serve", "--ssl-keyfile", "key.pem"], "(--ssl-keyfile) needs ssl_certfile"),
        (["serve", "crm", "--ssl-certfile", "/nowhere.pem"], "the certificate /nowhere.pem"),
        (["serve", "--auth", "none"], "is not one of"),
        (["serve", "--port", "70000"], "is not in the range"),
    ],
)
def test_wrong_arguments(arguments: list[str], expected: str) -> None:
    """A wrong argument is a clear message and exit code 2."""
    result = run(*arguments)

    assert result.exit_code == 2
    assert expected in result.output
    assert "Traceback" not in result.output


def test_auth_any() -> None:
    """With --auth any a request without a credential is the default account's."""
    with serving("workshop", "--auth", "any") as (_, announced):
        assert httpx.get(announced.split()[3] + "/v1/lists").status_code == 200
