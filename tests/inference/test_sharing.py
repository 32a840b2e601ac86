"""Collections whose items have one path in common: the whole name of an item tells of which it is."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import yaml

from mockserver import MockServer
from mockserver.inference import Inference
from mockserver.mock import Mock
from tests.inference.shape import FOLDER

DOCUMENT = FOLDER / "shared.yaml"
PARENT = "/v1/projects%2Facme"


def at(name: str) -> str:
    return f"/v1/{quote(name, safe='')}"


def made(client: httpx.Client, path: str, **fields: Any) -> str:
    """The whole name of what is created there."""
    return str(client.post(path, json=fields).json()["name"])


def test_an_item_has_its_whole_name_below_its_parent(mock: Mock) -> None:
    """A new one, that of the query, or that of the body; what is whole already stays."""
    client = mock.client
    named = client.post(f"{PARENT}/owners", params={"ownerId": "ann"}, json={"email": "a@b.example"}).json()

    assert made(client, f"{PARENT}/pets", displayName="Tom").startswith("projects/acme/pets/")
    assert made(client, f"{PARENT}/pets", name="felix") == "projects/acme/pets/felix"
    assert made(client, f"{PARENT}/pets", name="projects/acme/pets/max") == "projects/acme/pets/max"
    assert named == {"name": "projects/acme/owners/ann", "email": "a@b.example"}


def test_the_name_tells_the_collection_whatever_the_document_answers_there(mock: Mock) -> None:
    """The document has GET as that of a pet; an owner is read, deleted and gone there as well."""
    client = mock.client
    pet, owner = made(client, f"{PARENT}/pets", name="a", size=3), made(client, f"{PARENT}/owners", email="o@b.example")

    assert client.get(at(pet)).json() == {"name": pet, "size": 3}
    assert client.get(at(owner)).json() == {"name": owner, "email": "o@b.example"}
    assert set(client.get(f"{at(owner)}:policy").json()) == {"version"}
    assert client.delete(at(owner)).status_code == 204
    assert client.get(at(owner)).status_code == 404
    assert client.get(at(pet)).status_code == 200


def test_a_list_has_what_lies_below_its_parent(mock: Mock) -> None:
    """And nothing of another's."""
    pet = made(mock.client, f"{PARENT}/pets", displayName="Tom")

    assert [each["name"] for each in mock.client.get(f"{PARENT}/pets").json()["pets"]] == [pet]
    assert "pets" in mock.client.get("/v1/projects%2Fother/pets").json()
    assert mock.client.get("/v1/projects%2Fother/pets").json()["pets"] == []


def test_a_deletion_takes_what_has_its_whole_name_before_its_own(mock: Mock) -> None:
    """A toy of an owner goes with the owner, one of another stays."""
    client = mock.client
    owner, other = (made(client, f"{PARENT}/owners", email=f"{each}@b.example") for each in "ab")
    toys = [made(client, f"{at(each)}/toys", color="red") for each in (owner, other)]
    client.delete(at(owner))

    assert [client.get(at(each)).status_code for each in toys] == [404, 200]


def test_a_deletion_takes_a_chain_of_any_length(mock: Mock) -> None:
    """Pets of pets of pets: more of them than Python calls functions within each other."""
    names = ["projects/acme"]
    for number in range(1500):
        names.append(f"{names[-1]}/pets/{number}")
    chain = [{"name": name, "$path": {"parent": parent}} for parent, name in pairwise(names)]
    mock.state["shared.pets"] = [*chain, {"name": "projects/acme/pets/other", "$path": {"parent": "projects/acme"}}]

    assert mock.client.delete(at(names[1])).status_code == 204
    assert [each["name"] for each in mock.state["shared.pets"]] == ["projects/acme/pets/other"]


def test_what_a_collection_begins_with_lies_where_the_document_says(mock: Mock) -> None:
    """The description of its parent has the form of an owner's name: below the owners that there are."""
    owners = {each["name"] for each in mock.state["shared.owners"]}
    above = {each["name"].rpartition("/toys/")[0] for each in mock.state["shared.toys"]}

    assert above
    assert above <= owners


def test_an_action_on_what_is_of_no_collection_has_no_state(mock: Mock) -> None:
    """One on a record that is gone is refused."""
    assert mock.client.post("/v1/projects%2Facme:pet").status_code == 200
    assert mock.client.post("/v1/projects%2Facme%2Fpets%2Fnone:pet").status_code == 404


def test_a_path_says_which_items_it_leads_to(server: MockServer) -> None:
    """As the plan of an operation tells."""
    inferred = server.apis["shared"].inferred
    assert isinstance(inferred, Inference)
    names = {each.path: name for name, each in inferred.contract.operations.items() if each.method == "GET"}
    plan = inferred.plan(names["/v1/{parent}/owners"])

    assert "/v1/{name} leads to items of /v1/{parent}/owners, beside those of pets, toys" in plan.reason
    assert plan.key.startswith("name (its `name`, its whole name with that of what it lies below")


@pytest.mark.parametrize("form", ["pattern", "description"])
def test_the_form_of_a_name_tells_the_collection_of_an_operation(tmp_path: Path, form: str) -> None:
    """A pattern, or a description, goes before what the operation answers."""
    document = yaml.safe_load(DOCUMENT.read_text())
    parameter = document["paths"]["/v1/{name}"]["parameters"][0]
    if form == "pattern":
        parameter["schema"] = {"type": "string", "pattern": "^projects/[^/]+/owners/[^/]+$"}
    else:
        parameter["description"] = "The owner, `projects/{project}/owners/{owner}`."
    file = tmp_path / "formed.yaml"
    file.write_text(yaml.safe_dump(document))
    inferred = MockServer([str(file)]).apis["formed"].inferred
    assert isinstance(inferred, Inference)
    names = {each.path: name for name, each in inferred.contract.operations.items() if each.method == "DELETE"}

    assert inferred.plan(names["/v1/{name}"]).collection == "formed.owners"


def test_a_parameter_that_may_hold_slashes_takes_a_whole_name_as_it_is(tmp_path: Path) -> None:
    """`/v1/{+name}`, and what lies below `/v1/{+parent}/pets`."""
    file = tmp_path / "wide.yaml"
    file.write_text(DOCUMENT.read_text().replace("{parent}", "{+parent}").replace("{name}", "{+name}"))
    mock = MockServer([str(file)]).mock()
    client, inferred = mock.client, mock.server.apis["wide"].inferred
    assert isinstance(inferred, Inference)
    first = client.post("/v1/projects/acme/pets", json={"displayName": "Tom"})
    name = first.json()["name"]
    page = client.get("/v1/projects/acme/pets", params={"pageSize": 1}).json()

    assert name.startswith("projects/acme/pets/")
    assert client.get(f"/v1/{name}").json() == first.json()
    assert page["pets"] == [first.json()]
    assert inferred.item_path(inferred.model("pets"), first.json()) == f"/v1/{name}"
    assert client.delete(f"/v1/{name}").status_code == 204
    assert client.get(f"/v1/{name}").status_code == 404
