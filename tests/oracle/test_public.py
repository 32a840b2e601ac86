"""Public documents are compared with stock Connexion completely: shown on a small one that has what many have."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from mockserver.contract.reading.reader import read
from tests.fuzz.exchange import Answer, Request
from tests.oracle import public
from tests.oracle.comparison import Disagreement, compare
from tests.oracle.disparities import differences
from tests.oracle.echoing import echoing, listed, loaded
from tests.oracle.portion import portion

DOCUMENT = Path(__file__).with_name("public.yaml")


def post(path: str, media: str, body: bytes) -> Request:
    return Request("POST", path, "", (("content-type", media), ("content-length", str(len(body)))), body)


JSON, FORM = "application/json", "application/x-www-form-urlencoded"
CASES = {
    "an optional body left out, or null": post("/notes", JSON, b""),
    "a literal path beside a template of the document": Request("GET", "/kinds/all", "page=2"),
    "a method that only a template beside has": Request("DELETE", "/kinds/all"),
    "a value of another type within a segment": Request("GET", "/releases/vx"),
    "a final line break": Request("GET", "/kinds/a%0A"),
    "a redirect": Request("GET", "/all"),
    "an encoded slash, decoded": Request("GET", "/kinds%2Fa"),
    "a format": post("/notes", JSON, b'{"size": 2147483648, "id": "x"}'),
    "a discriminator": post("/notes", JSON, b'{"shape": {"kind": "none"}}'),
    "a form": post("/forms", FORM, b"name=a&name=b"),
    "a required body of another media type left out": Request("PUT", "/texts"),
    "a body in chunks that may be left out": post("/forms", FORM, b"name=a").in_chunks(),
    "a multipart body": post("/files", "multipart/form-data; boundary=x", b"nonsense"),
    "a comma in an exploded array": Request("GET", "/notes", "tags=a,b"),
    "an array of nothing": Request("GET", "/notes", "ids="),
    "a media type of which stock Connexion knows nothing": post("/notes", "text/json", b"{}"),
}
"""A request that falls into each class."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portion that is compared."""
    found = tmp_path_factory.mktemp("public") / "document.json"
    found.write_bytes(orjson.dumps(portion(read(DOCUMENT), operations=20, seed=1)))
    return found


@pytest.fixture(scope="module")
def found(file: Path) -> list[Disagreement]:
    return asyncio.run(compare(echoing(file), CASES.values(), each=0)).disagreements


@pytest.mark.parametrize("name", CASES)
def test_every_listed_difference_occurs(found: list[Disagreement], name: str) -> None:
    """A request of each class is answered otherwise by stock Connexion, and belongs to that class."""
    known = differences(read(DOCUMENT))

    assert [each.name for each in known if each.name == name] == [name]
    assert [listed(each, known) for each in found if each.request == CASES[name]] == [name]


def test_a_final_line_break_may_stand_in_a_body(file: Path) -> None:
    """And a text that the pattern does not take without it either is no such difference."""
    asked = [post("/notes", JSON, body) for body in (rb'{"code": "a\n"}', rb'{"code": "1"}')]
    disagreements = asyncio.run(compare(echoing(file), asked, each=0)).disagreements

    assert [(each.request, listed(each, differences(read(DOCUMENT)))) for each in disagreements] == [
        (asked[0], "a final line break")
    ]


def test_every_class_has_a_request() -> None:
    """None is listed that nothing falls into."""
    assert {each.name for each in differences(read(DOCUMENT))} == CASES.keys()


def test_a_portion_asks_for_what_the_document_asks_for(file: Path) -> None:
    """Parameters, bodies and references stay; answers hold any JSON, and nothing asks for a credential."""
    part = orjson.loads(file.read_bytes())

    assert loaded(file) is None
    assert [*part["paths"]] == [
        "/kinds/{kind}",
        "/releases/v{number}",
        "/kinds/all",
        "/notes",
        "/texts",
        "/files",
        "/forms",
        "/all/",
    ]
    assert not {"security", "servers"} & part.keys()
    assert part["paths"]["/notes"]["get"]["operationId"] == "get_notes"
    assert part["paths"]["/notes"]["post"]["responses"].keys() == {"200"}
    assert len(portion(read(DOCUMENT), operations=1, seed=1)["paths"]) == 1


def test_another_disagreement_belongs_to_no_class() -> None:
    """Nor does one that looks like a class but for what the two decided."""
    refused, taken = Answer(400, None, b'{"errors": []}', "invalid"), Answer(200, None, b"")
    request = post("/notes", JSON, b'{"size": "x"}')

    assert listed(Disagreement("public", "", "add_note", request, refused, taken), differences(read(DOCUMENT))) is None


def test_documents_are_asked_until_so_many_were_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that stock Connexion cannot load, or that took too long, are told and do not count."""
    answers: Iterator[dict[str, Any]] = iter(
        [{"not loaded": "why"}, {"asked": 5, "classes": {"a form": 2}, "unlisted": []}, {"ended": "late"}]
    )
    monkeypatch.setattr(public, "ask", lambda *_: next(answers))

    told = list(public.campaign(iter([Path("a"), Path("b"), Path("c")]), 1))

    assert [path.name for path, _ in told] == ["a", "b"]
    assert public.rows([each for _, each in told]) == [
        ("documents compared", "1"),
        ("documents that stock Connexion cannot load", "1"),
        ("documents that were not done", "0"),
        ("requests sent to both", "5"),
        ("difference: a form", "2"),
        ("difference of no listed class", "0"),
    ]
