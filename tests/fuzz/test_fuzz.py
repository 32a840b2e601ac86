"""Schemathesis finds nothing in any of the five APIs, and finds every planted defect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import schemathesis
from schemathesis.baseline import Baseline
from schemathesis.checks import CHECKS, CheckContext
from schemathesis.config import ChecksConfig
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.openapi.checks import UseAfterFree
from schemathesis.specs.openapi.checks import use_after_free
from starlette.types import ASGIApp

from mockserver.catalog import Api, load_api, seed_world
from mockserver.contract.document import Document
from mockserver.runtime.application import MockApp
from mockserver.world import World
from tests.fuzz.campaign import BASELINE, URL, Outcome, fuzz
from tests.fuzz.defects import DEFECTS, Defect, whole


@dataclass(frozen=True)
class Campaign:
    """A row: which API, from which seed, how many examples bound each operation, and whether answers teach."""

    api: str
    seed: int
    examples: int
    learning: bool


CAMPAIGNS = (
    Campaign("prospects", seed=1, examples=60, learning=True),
    Campaign("prospects", seed=2, examples=60, learning=False),
    Campaign("salesnav", seed=1, examples=60, learning=True),
    Campaign("salesnav", seed=2, examples=60, learning=False),
    Campaign("audience", seed=1, examples=60, learning=True),
    Campaign("audience", seed=2, examples=60, learning=False),
    Campaign("workshop", seed=1, examples=60, learning=True),
    Campaign("workshop", seed=2, examples=60, learning=False),
    Campaign("crm", seed=1, examples=60, learning=True),
    Campaign("crm", seed=2, examples=60, learning=False),
)


def run(
    api: Api,
    folder: Path,
    campaign: Campaign,
    serve: Callable[[Api, World], ASGIApp] = whole,
    document: Document | None = None,
) -> Outcome:
    world = seed_world([api])
    world.clock = world.clock.freeze(datetime(2026, 4, 22, 10, tzinfo=UTC))
    start = world.snapshot()
    return fuzz(
        serve(api, world),
        document or api.document,
        [] if api.credentials is None else list(world[api.credentials]),
        folder,
        seed=campaign.seed,
        examples=campaign.examples,
        restart=None if campaign.learning else lambda: world.restore(start),
    )


@pytest.mark.parametrize("campaign", CAMPAIGNS, ids=lambda each: f"{each.api}-{each.seed}")
def test_schemathesis_finds_nothing(campaign: Campaign, tmp_path: Path) -> None:
    """Every check in every phase passes on every operation, without an error, a warning or a dead link."""
    outcome = run(load_api(campaign.api), tmp_path, campaign)

    assert not outcome.findings, str(outcome)
    assert not outcome.idle, "phases that sent nothing"
    assert not outcome.untested, "operations that no check or no stateful scenario reached"
    assert set(outcome.checks) == set(CHECKS.get_all_names())
    print(outcome)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.name)
def test_schemathesis_finds_a_planted_defect(defect: Defect, tmp_path: Path) -> None:
    """A broken server is reported with the check that failed, the operation and a curl command that repeats it.

    What a seed generates depends on the modules that are loaded, whose constants Hypothesis tries: hence three seeds.
    """
    api = load_api(defect.api)
    found: dict[str, str] = {}

    for seed in (1, 2, 3):
        campaign = Campaign(api.name, seed=seed, examples=10, learning=True)
        outcome = run(api, tmp_path, campaign, defect.serve, defect.published(api.document))
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
    assert [known.match(found.value, "use_after_free")] == known.entries


def test_every_check_has_a_defect() -> None:
    """No check of Schemathesis goes without a planted defect that it reports."""
    planted = {name for defect in DEFECTS for name in defect.finds}

    assert set(CHECKS.get_all_names()) <= planted
