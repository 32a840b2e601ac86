"""Accounts are apart where a field of the item names the owner, declared or found, and credentials say who may call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from mockserver import MockServer
from mockserver.mock import Mock
from tests.inference.shape import FOLDER

DECLARED, FOUND = FOLDER.with_name("notes.yaml"), FOLDER / "accounts.yaml"
ANN, BOB = ({"Authorization": f"Bearer {each}"} for each in ("ann", "bob"))


def client(document: Path, folder: Path) -> httpx.Client:
    return mocked(document, folder).client


def mocked(document: Path, folder: Path) -> Mock:
    (folder / document.stem).mkdir()
    credentials: list[dict[str, Any]] = [
        {"token": each, "account": each, "scopes": [], "description": each} for each in ("ann", "bob")
    ]
    (folder / document.stem / "credentials.json").write_text(json.dumps(credentials))
    return MockServer([str(document)], fixtures=folder).mock()


@pytest.mark.parametrize(("document", "field"), [(DECLARED, "account"), (FOUND, "owner")], ids=["declared", "found"])
def test_accounts_are_apart_where_a_field_names_the_owner(tmp_path: Path, document: Path, field: str) -> None:
    """What another account has does not exist for this one; each begins with some of the first records."""
    caller = client(document, tmp_path)
    made = caller.post("/notes", json={"text": "Mine"}, headers=ANN).json()
    anns, bobs = (caller.get("/notes", headers=each).json() for each in (ANN, BOB))

    assert made[field] == "ann"
    assert made in anns
    assert {each[field] for each in anns} == {"ann"}
    assert {each[field] for each in bobs} == {"bob"}
    assert caller.get(f"/notes/{made['id']}", headers=ANN).json() == made
    assert caller.get(f"/notes/{made['id']}", headers=BOB).status_code == 404


def test_what_lies_below_is_apart_as_well(tmp_path: Path) -> None:
    """No account reads or writes below the record of another."""
    caller = client(FOUND, tmp_path)
    path = f"/notes/{caller.post('/notes', json={}, headers=ANN).json()['id']}"

    assert caller.post(f"{path}/marks", json={"word": "a"}, headers=ANN).status_code == 201
    assert [each["word"] for each in caller.get(f"{path}/marks", headers=ANN).json()] == ["a"]
    assert caller.get(f"{path}/marks", headers=BOB).status_code == 404
    assert caller.post(f"{path}/marks", json={"word": "b"}, headers=BOB).status_code == 404
    assert caller.delete(path, headers=BOB).status_code == 404


def test_every_caller_sees_all_where_nobody_says_who_may_call() -> None:
    """Whatever the item has a field for."""
    caller = MockServer([str(FOUND)]).mock().client
    made = caller.post("/notes", json={"text": "Ours"}, headers=ANN).json()

    assert made in caller.get("/notes", headers=BOB).json()
    assert caller.get(f"/notes/{made['id']}", headers=BOB).json() == made


def test_collections_of_one_schema_have_a_name_each(tmp_path: Path) -> None:
    """That of the schema is the first one's: of two by one name the upper would lie above itself without end."""
    document = yaml.safe_load(DECLARED.read_text())
    document["components"]["schemas"]["Note"]["x-mock"] = {"resource": "papers"}
    paths = document["paths"]
    paths["/notes/{id}/replies"] = {"get": paths["/notes"]["get"], "parameters": paths["/notes/{id}"]["parameters"]}
    (tmp_path / "papers.yaml").write_text(yaml.safe_dump(document))
    mock = mocked(tmp_path / "papers.yaml", tmp_path)
    replies = f"/notes/{mock.client.post('/notes', json={}, headers=ANN).json()['id']}/replies"

    assert [*mock.state][:2] == ["papers.papers", "papers.papers_2"]
    assert mock.client.get(replies, headers=ANN).status_code == 200
