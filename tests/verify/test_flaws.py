"""`verify` names the flaw of every broken implementation, and finds nothing in the sound one."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from schemathesis.checks import CHECKS, load_all_checks

from mockserver.contract.document import Document
from tests.verify.broken.shelf import Shelf
from tests.verify.flaws import Flaw, flaws, shelf_target, verified

OURS = {"foreign_write", "ignored_scope", "paging", "lost_update"}
"""Of our checks those that judge the sound implementation, which codes no body."""
SEEN = [each for each in flaws() if each.unseen is None]
FIRST = list({each.caught_by: each for each in reversed(SEEN)}.values())
"""One for each check, which every run looks for; the others are looked for in whole campaigns."""
UNSEEN = [each for each in flaws() if each.unseen is not None]


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.campaign) for seed in range(2, 11))])
def test_a_sound_implementation_is_clean(seed: int) -> None:
    """Every operation succeeds, every check judges one at least, and none fails."""
    board = verified(shelf_target(Shelf()), seed=seed)

    load_all_checks()
    judged = {name for score in board.apis[0].operations.values() for name in score.checks}
    assert board.verdict == "clean", [(each.check, each.message) for each in board.findings]
    assert judged == {*CHECKS.get_all_names(), *OURS}
    assert not board.apis[0].remarks()


@pytest.mark.parametrize(
    "flaw",
    [pytest.param(each, marks=() if each in FIRST else pytest.mark.campaign, id=each.name) for each in SEEN],
)
def test_a_flaw_is_caught_and_named(flaw: Flaw) -> None:
    """The check that is about the flaw fails on the operation that has it, with the rule and a command to repeat it."""
    board = verified(shelf_target(flaw.app()), examples=flaw.examples)

    named = [
        each for each in board.findings if (each.check, each.operation.operation_id) == (flaw.caught_by, flaw.operation)
    ]
    assert board.exit_code == 1
    assert named, [(each.check, each.operation.operation_id) for each in board.findings]
    assert all(each.quote and each.rule.startswith("#/") and each.curl[-1].startswith("curl ") for each in named)


@pytest.mark.parametrize(
    "examples", [pytest.param(1, marks=pytest.mark.sample), pytest.param(10, marks=pytest.mark.campaign)]
)
@pytest.mark.parametrize("flaw", UNSEEN, ids=lambda each: each.name)
def test_what_no_generated_test_can_see_is_listed(flaw: Flaw, examples: int) -> None:
    """These flaws are real, and `verify` finds nothing: the reasons stand beside them."""
    board = verified(shelf_target(flaw.app()), examples=examples)

    assert board.verdict == "clean"
    assert flaw.unseen


@pytest.mark.parametrize("known", [True, False])
def test_a_read_that_cannot_be_filled_in_shows_nothing(known: bool) -> None:
    """Where only a list shows what was written, and it wants a header for which the contract has no example."""
    flaw = next(each for each in SEEN if each.name == "half_create")
    target = shelf_target(flaw.app())
    raw: Any = copy.deepcopy(target.document.raw)
    del raw["paths"]["/books"]["post"]["responses"]["201"]["links"], raw["paths"]["/books/{id}"]
    del raw["paths"]["/books"]["get"]["responses"]["200"]["links"]
    if not known:
        del raw["paths"]["/books"]["get"]["parameters"][0]["example"]

    board = verified(replace(target, document=Document(raw)))

    lost = [each.operation.operation_id for each in board.findings if each.check == "lost_update"]
    assert lost == (["create_book"] if known else [])


def test_every_check_has_a_flaw() -> None:
    """No check goes without a broken implementation that it alone is expected to name."""
    load_all_checks()

    assert {each.caught_by for each in SEEN} == {*CHECKS.get_all_names(), *OURS, "content_encoding"}


def test_forty_flaws_are_caught() -> None:
    """So many at least are planted that a run must find; those that it cannot are beside them."""
    assert len(SEEN) >= 40
