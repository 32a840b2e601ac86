"""`mockserver coverage`: of a running server, and of a journal that it exported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from mockserver import MockServer
from mockserver.cli import main
from mockserver.coverage import command
from mockserver.coverage.journal import fetch, read
from mockserver.errors import StartError
from mockserver.world.journal import Budget, Journal


@pytest.fixture(scope="module")
def asked() -> Iterator[MockServer]:
    """A server of one API that was asked for some of it, in its default world and in another."""
    with MockServer(["crm"]) as server:
        with httpx.Client(base_url=server.url) as client:
            client.get("/contacts/lists")
            client.post("/contacts/lists", json={"name": "Größe", "args": {"filter_type": "or"}})
            client.post("/contacts/lists", content=b"\xff\xfe")
            client.get("/contacts/nothing")
            client.get("/_world/other/contacts/lists/options")
        yield server


@pytest.fixture
def exported(asked: MockServer, tmp_path: Path) -> Path:
    path = tmp_path / "journal.json"
    path.write_bytes(httpx.get(f"{asked.url}/_mock/export/journal").content)
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["coverage", *map(str, arguments)], catch_exceptions=False)


def test_a_running_server_is_asked_for_its_journal(asked: MockServer) -> None:
    """The report is of the APIs that it serves."""
    result = run("--url", asked.url)

    assert result.exit_code == 0
    assert "crm.list_contact_lists     2/2  100.0%" in result.output
    assert "contract coverage       9 of 63     14.2%  by 4 requests" in result.output
    assert "workshop" not in result.output
    assert "#/paths" not in result.output


@pytest.fixture
def pets(tmp_path: Path) -> Iterator[MockServer]:
    """A server of a document of its own, behind a token, that was asked once."""
    schema = {"content": {"application/json": {"schema": {"type": "array", "items": {"type": "string"}}}}}
    operation = {"operationId": "list_pets", "responses": {"200": {"description": "All.", **schema}}}
    document = {"openapi": "3.1.0", "info": {"title": "Pets", "version": "1"}, "paths": {"/pets": {"get": operation}}}
    path = tmp_path / "pets.json"
    path.write_text(json.dumps(document))
    with MockServer([str(path)], control_token="secret") as server:
        httpx.get(f"{server.url}/pets")
        yield server


def test_a_running_server_is_asked_for_a_document_of_its_own(pets: MockServer) -> None:
    """So that nobody has to name it again."""
    result = run("--url", pets.url, "--control-token", "secret")

    assert result.exit_code == 0
    assert "pets.list_pets" in result.output
    assert "by 1 request" in result.output


def test_the_journal_of_a_document_of_its_own_is_counted_beside_it(pets: MockServer, tmp_path: Path) -> None:
    """The file has requests and no documents: which one is missing is said."""
    exported = tmp_path / "journal.json"
    exported.write_bytes(httpx.get(f"{pets.url}/_mock/export/journal", headers={"X-Mock-Token": "secret"}).content)

    refused, counted = run(exported), run(exported, "--api", tmp_path / "pets.json")

    assert refused.exit_code == 2
    assert "has requests to 'pets', whose document does not come with mockserver" in refused.stderr
    assert "--api pets=FILE" in refused.stderr
    assert "pets.list_pets" in counted.output


def test_another_world_has_a_coverage_of_its_own(asked: MockServer) -> None:
    """Its journal is its own."""
    result = run("--url", asked.url, "--world", "other")

    assert "contract coverage       2 of 63      3.1%  by 1 request" in result.output


def test_an_exported_journal_tells_the_same(asked: MockServer, exported: Path) -> None:
    """A file says what the server would."""
    assert run(exported).output == run("--url", asked.url).output


def test_gaps_are_quoted_when_asked(exported: Path) -> None:
    """With their pointers."""
    result = run(exported, "--quotes")

    assert "crm.delete_contact_list 204  #/paths/~1contacts~1lists~1{id}/delete/responses/204\n" in result.output
    assert "    '204': {description: " in result.output


def test_reports_are_written(exported: Path, tmp_path: Path) -> None:
    """A page into a folder, JSON into a file; machines get nothing but JSON on standard output."""
    page, figures = tmp_path / "site", tmp_path / "coverage.json"
    result = run(exported, "--report", f"html={page}", "--report", f"json={figures}")
    printed = run(exported, "--format", "json", "--report", f"json={figures}")

    assert f"written to {page / 'index.html'}" in result.output
    assert "Contract coverage 14.2%" in (page / "index.html").read_text()
    assert json.loads(figures.read_text()) == json.loads(printed.output)
    assert json.loads(printed.output)["exercised"] == 9


@pytest.mark.parametrize(("least", "code"), [("14.2", 0), ("14.3", 1)])
def test_too_little_is_exit_code_1(exported: Path, least: str, code: int) -> None:
    """Enough is 0; else the last line says so."""
    result = run(exported, "--fail-under", least)

    assert result.exit_code == code
    assert ("is below the required 14.3%" in result.output) == bool(code)


def test_one_api_can_be_looked_at_alone(exported: Path) -> None:
    """Of a server that serves several, or of another contract than the one it served."""
    result = run(exported, "--api", "prospects")

    assert "contract coverage       0 of 34      0.0%  by 4 requests" in result.output


def test_what_the_journal_has_forgotten_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ring cannot tell of what it no longer has."""
    with MockServer(["crm"]) as server:
        server.world().journal = Journal(Budget(), entries=1)
        for _ in range(3):
            httpx.get(f"{server.url}/contacts/lists")
        monkeypatch.setattr(command, "URL", server.url)
        result = run()

    assert "contract coverage       2 of 63      3.1%  by 1 request" in result.output
    assert "The journal no longer has 2 earlier requests" in result.output


def test_a_journal_is_read_as_it_was_written(asked: MockServer, exported: Path) -> None:
    """Every exchange comes back: bytes, headers, refusals."""
    journal = read(exported)
    kept = asked.world().journal.entries()

    assert journal == fetch(asked.url, "default", None)
    assert (journal.apis, journal.forgotten) == (("crm",), 0)
    assert [each.request for each in journal.exchanges] == [each.request for each in kept]
    assert [each.response for each in journal.exchanges] == [each.response for each in kept]
    assert [each.rejection and each.rejection.kind for each in journal.exchanges] == [
        None,
        None,
        "invalid",
        "not_found",
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"entries": [{}]}', '{"entries": [], "apis": 3, "total": 0}'])
def test_what_is_no_journal_is_refused(tmp_path: Path, text: str) -> None:
    """With where to get one."""
    path = tmp_path / "journal.json"
    path.write_text(text)

    with pytest.raises(StartError, match=r"expected an exported journal, got something else\. Export one: curl"):
        read(path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.json"], "nowhere.json: the journal cannot be read (No such file or directory)"),
        (["a.json", "--url", "http://127.0.0.1:1"], "not both"),
        (["--url", "http://127.0.0.1:1"], "http://127.0.0.1:1 does not answer"),
        (["--url", "nonsense"], "expected a URL"),
        (["a.json", "--report", "xml=out"], "--report: expected html=DIR or json=FILE, got 'xml=out'"),
    ],
)
def test_what_cannot_be_found_out_is_exit_code_2(arguments: list[str], message: str) -> None:
    """In one clear message."""
    result = run(*arguments)

    assert result.exit_code == 2
    assert message in result.output


def test_a_report_that_cannot_be_written_is_exit_code_2(exported: Path) -> None:
    """A file stands where a folder should."""
    result = run(exported, "--report", f"html={exported}")

    assert result.exit_code == 2
    assert "the report cannot be written" in result.output
