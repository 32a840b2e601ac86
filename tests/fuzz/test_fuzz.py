"""Schemathesis finds nothing in any of the five APIs where it learns nothing, and finds every planted defect.

That it finds nothing where it learns is a test of the oracle's, which asks the same campaigns again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import schemathesis
from schemathesis.baseline import Baseline
from schemathesis.checks import CHECKS, CheckContext
from schemathesis.config import ChecksConfig
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.openapi.checks import UseAfterFree
from schemathesis.specs.openapi.checks import use_after_free

from mockserver.api import Api
from mockserver.catalog import load_api, names
from mockserver.runtime.application import MockApp
from mockserver.seeding import seed_world
from mockserver.world import World
from tests.fuzz.campaign import BASELINE, URL, assert_nothing_found, fuzz, is_beyond
from tests.fuzz.defects import DEFECTS, Defect, whole
from tests.fuzz.traffic import NOW, credentials
from tests.sizes import WHOLE


@pytest.mark.campaign
@pytest.mark.parametrize("name", names())
def test_schemathesis_finds_nothing_where_it_learns_nothing(name: str, tmp_path: Path) -> None:
    """So it does where every request outside of scenarios meets the first state, and every example is used."""
    api = load_api(name)
    world = as_it_began(api)
    start = world.snapshot()

    outcome = fuzz(
        whole(api, world),
        api.document,
        credentials(api, world),
        tmp_path,
        seed=2,
        examples=WHOLE.examples,
        restart=lambda: world.restore(start),
    )

    assert_nothing_found(outcome)
    print(outcome)


def as_it_began(api: Api) -> World:
    world = seed_world([api])
    world.clock = world.clock.freeze(NOW)
    return world


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.name)
def test_schemathesis_finds_a_planted_defect(defect: Defect, tmp_path: Path) -> None:
    """A broken server is reported with the check that failed, the operation and a curl command that repeats it.

    What a seed generates depends on the modules that are loaded, whose constants Hypothesis tries: hence three seeds.
    """
    api = load_api(defect.api)
    document = defect.published(api.document)
    found: dict[str, str] = {}

    for seed in (1, 2, 3):
        world = as_it_began(api)
        server, callers = defect.serve(api, world), credentials(api, world)
        outcome = fuzz(server, document, callers, tmp_path, seed=seed, examples=10, phases=[defect.phase])
        found |= {finding.partition(":")[0]: finding for finding in outcome.findings}
        if defect.finds <= set(found):
            break

    assert defect.finds <= set(found), str(outcome)
    assert all(
        _tells_all(found[name], api.document.raw["paths"]) for name in defect.finds if name in CHECKS.get_all_names()
    )


def _tells_all(finding: str, paths: Mapping[str, object]) -> bool:
    operation = finding.splitlines()[1].strip().partition(" ")[2]
    return operation in paths and "curl -X " in finding and "http://127.0.0.1:8080/" in finding


def test_what_the_baseline_lists_is_no_defect() -> None:
    """Taking members off a list leaves the list, which Schemathesis takes for a use after free."""
    api = load_api("workshop")
    world = seed_world([api])
    schema = schemathesis.openapi.from_dict(dict(api.document.raw))
    schema.app = MockApp([api], world)
    path = {"list_id": "3d4e06a3-544b-4cc7-924e-e077ef133cf6"}
    members = schema["/v1/lists/{list_id}/memberships"]
    removal = b'{"ids": ["937ccbe2-4cb5-4c76-96bf-29510b514dfa"]}'
    cases = (
        schema["/v1/lists"]["GET"].Case(),
        members["DELETE"].Case(path_parameters=path, body=removal, media_type="application/json"),
        members["GET"].Case(path_parameters=path),
    )
    recorder = ScenarioRecorder(label="workshop")
    token = next(iter(world[api.credentials]))["token"] if api.credentials else ""

    for case, parent in zip(cases, (None, *cases), strict=False):
        response = case.call(base_url=URL, headers={"Authorization": f"Bearer {token}"})
        recorder.record_case(case=case, parent_id=parent.id if parent else None)
        recorder.record_response(case_id=case.id, response=response)

    assert response.json()["size"] == 25
    context = CheckContext(None, None, None, ChecksConfig(), None, recorder, response_checks=None)
    with pytest.raises(UseAfterFree) as found:
        use_after_free(context, response, cases[-1])
    known = Baseline.load(BASELINE)
    assert known.match(found.value, "use_after_free") in known.entries


def test_every_check_has_a_defect() -> None:
    """No check of Schemathesis goes without a planted defect that it reports."""
    planted = {name for defect in DEFECTS for name in defect.finds}

    assert set(CHECKS.get_all_names()) <= planted


@pytest.mark.parametrize(
    ("expression", "content", "beyond"),
    [
        ("$response.body#/data/1/id", b'{"data": [{"id": 1}]}', True),
        ("$response.body#/data/0/id", b'{"data": []}', True),
        ("$response.body#/data/0/id", b'{"data": [{"name": "x"}]}', False),
        ("$response.body#/items/0/id", b'{"data": []}', False),
        ("$response.body#/data/first/id", b'{"data": []}', False),
        ("$response.body#/data/0/id", b"", False),
        ("$response.header.Location", b"[]", False),
    ],
)
def test_what_is_behind_the_end_of_an_array_is_no_dead_link(expression: str, content: bytes, beyond: bool) -> None:
    """There are too few items to follow it; a name that the response lacks leads nowhere."""
    assert is_beyond(expression, content) is beyond
