"""Schemathesis finds nothing in any of the five APIs, and finds every planted defect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from schemathesis.checks import CHECKS
from starlette.types import ASGIApp

from mockserver.catalog import Api, load_api, seed_world
from mockserver.contract.document import Document
from mockserver.runtime.application import MockApp
from mockserver.world import World
from tests.fuzz.campaign import Outcome, fuzz
from tests.fuzz.defects import DEFECTS, Defect


@dataclass(frozen=True)
class Campaign:
    """A row: which API, from which seed, and how many examples bound each operation."""

    api: str
    seed: int
    examples: int


CAMPAIGNS = (
    Campaign("prospects", seed=1, examples=150),
    Campaign("salesnav", seed=1, examples=150),
    Campaign("audience", seed=1, examples=150),
    Campaign("workshop", seed=1, examples=150),
    Campaign("crm", seed=1, examples=150),
)


def run(
    api: Api, folder: Path, *, seed: int, examples: int, serve: Callable[[Api, World], ASGIApp], document: Document
) -> Outcome:
    world = seed_world([api])
    world.clock = world.clock.freeze(datetime(2026, 4, 22, 10, tzinfo=UTC))
    credentials = [] if api.credentials is None else list(world[api.credentials])
    return fuzz(serve(api, world), document, credentials, folder, seed=seed, examples=examples)


@pytest.mark.parametrize("campaign", CAMPAIGNS, ids=lambda each: f"{each.api}-{each.seed}")
def test_schemathesis_finds_nothing(campaign: Campaign, tmp_path: Path) -> None:
    """Every check in every phase passes on every operation, without an error, a warning or a dead link."""
    api = load_api(campaign.api)

    outcome = run(
        api,
        tmp_path,
        seed=campaign.seed,
        examples=campaign.examples,
        serve=lambda api, world: MockApp([api], world),
        document=api.document,
    )

    assert not outcome.findings, str(outcome)
    assert not outcome.idle, "phases that sent nothing"
    assert not outcome.untested, "operations that no check or no stateful scenario reached"
    assert set(outcome.checks) == set(CHECKS.get_all_names())
    print(outcome)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.name)
def test_schemathesis_finds_a_planted_defect(defect: Defect, tmp_path: Path) -> None:
    """A broken server is reported with the check that failed, the operation and a curl command that repeats it."""
    api = load_api(defect.api)

    outcome = run(api, tmp_path, seed=1, examples=10, serve=defect.serve, document=defect.published(api.document))

    found = {finding.partition(":")[0]: finding for finding in outcome.findings}
    assert defect.finds <= set(found), str(outcome)
    assert all(
        _tells_all(found[name], api.document.raw["paths"]) for name in defect.finds if name in CHECKS.get_all_names()
    )


def _tells_all(finding: str, paths: Mapping[str, object]) -> bool:
    operation = finding.splitlines()[1].strip().partition(" ")[2]
    return operation in paths and "curl -X " in finding and "http://127.0.0.1:8080/" in finding


def test_every_check_has_a_defect() -> None:
    """No check of Schemathesis goes without a planted defect that it reports."""
    planted = {name for defect in DEFECTS for name in defect.finds}

    assert set(CHECKS.get_all_names()) <= planted
