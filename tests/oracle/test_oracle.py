"""What a campaign of Schemathesis sends is sound, and the runtime answers it as stock Connexion does.

That is, with the same documents and handlers, but for listed differences.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mockserver.api import Api
from mockserver.apis import salesnav
from mockserver.catalog import load_api, names
from mockserver.world import Record, World
from tests.fuzz.campaign import assert_nothing_found
from tests.fuzz.defects import changed, with_handlers
from tests.fuzz.traffic import campaign
from tests.oracle.comparison import compare
from tests.oracle.differences import DIFFERENCES, classify
from tests.oracle.table import classes, comparison
from tests.sizes import SAMPLE, WHOLE, Size, sized

every_size = pytest.mark.parametrize(("name", "size"), sized(names()))


@every_size
def test_schemathesis_finds_nothing(name: str, size: Size) -> None:
    """Every check in every phase passes on every operation, without an error, a warning or a dead link.

    It stands here and not in `fuzz`, as the campaign takes long and what it sent is compared below.
    """
    outcome = campaign(name, size.examples).outcome

    assert_nothing_found(outcome, whole=size == WHOLE)
    print(outcome)


@every_size
def test_every_difference_is_listed(name: str, size: Size) -> None:
    """Hundreds of requests are answered as stock Connexion answers them, or otherwise for a listed reason."""
    compared = comparison(name, size)

    assert compared.asked.total() >= size.requests
    unlisted = "\n".join(str(found) for found in compared.disagreements if classify(found) is None)
    assert not unlisted, unlisted


@every_size
def test_every_decision_is_compared(name: str, size: Size) -> None:
    """Every operation is asked what its handler decides, and for every refusal that it can give itself."""
    document = load_api(name).document

    asked = set(comparison(name, size).asked)

    for path, _, operation in document.operations():
        decisions = {"handler"}
        if operation.get("security", document.raw.get("security")):
            decisions.add("unauthorized")
        if operation.get("x-required-scopes"):
            decisions.add("forbidden")
        if "requestBody" in operation or document.parameters(path, operation):
            decisions.add("invalid")
        assert {(operation["operationId"], decision) for decision in decisions} <= asked
    assert {(None, "not_found"), (None, "method_not_allowed")} <= asked


@every_size
def test_every_listed_difference_occurs(name: str, size: Size) -> None:
    """No class of differences is listed without a request that falls into it, of the API that is said to show it."""
    listed = {difference.name for difference in DIFFERENCES if difference.seen_in == name}

    assert listed <= set(classes(name, size))


def test_every_listed_difference_is_looked_for() -> None:
    """Each names an API that is compared."""
    assert {difference.seen_in for difference in DIFFERENCES} <= set(names())


def _unlimited(raw: Any) -> None:
    del raw["paths"]["/v1/contacts/lists"]["get"]["parameters"][0]["schema"]["maximum"]


def _crash(world: World, user: str, list_id: str) -> Record:
    raise ZeroDivisionError(f"{world.name}: {user} asked for {list_id}")


def _open(raw: Any) -> None:
    raw["paths"]["/v1/contacts/lists"]["get"]["security"] = []


def _renamed(world: World, user: str, list_id: str) -> Record:
    return {**salesnav.get_contact_list(world, user, list_id), "name": "Another"}


@pytest.mark.parametrize(
    "flaw",
    [
        pytest.param(lambda api: with_handlers(api, get_contact_list=_renamed), id="another answer"),
        pytest.param(lambda api: replace(api, document=changed(api.document, _unlimited)), id="another limit"),
        pytest.param(lambda api: replace(api, document=changed(api.document, _open)), id="another credential"),
    ],
)
def test_a_planted_difference_is_found(flaw: Callable[[Api], Api]) -> None:
    """Where the oracle serves something else, a disagreement belongs to no listed class."""
    api = load_api("salesnav")
    requests = campaign("salesnav", SAMPLE.examples).requests

    compared = asyncio.run(compare(api, requests, each=0, oracle=flaw(api)))

    assert any(classify(found) is None for found in compared.disagreements)


def test_failing_together_is_no_agreement() -> None:
    """Where a handler fails under both, the disagreement belongs to no listed class."""
    api = with_handlers(load_api("salesnav"), get_contact_list=_crash)
    requests = campaign("salesnav", SAMPLE.examples).requests

    compared = asyncio.run(compare(api, requests, each=0))

    assert any(classify(found) is None and found.ours.status == 500 for found in compared.disagreements)
