"""The flaws below `broken/`: one small implementation each, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import cast

import yaml
from starlette.types import ASGIApp

from mockserver.contract.document import Document
from mockserver.verify.campaign import verify
from mockserver.verify.identities import Credential, Identity
from mockserver.verify.plan import Plan
from mockserver.verify.registration import Pulse
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.targets import Target
from tests import draws
from tests.verify.broken.shelf import KEYS, Shelf

BROKEN = Path(__file__).parent / "broken"
CONTRACT = BROKEN / "contract.yaml"


@dataclass(frozen=True)
class Flaw:
    """A row: what is wrong, and which check names it on which operation, after how many examples; or why none can."""

    name: str
    flaw: str
    caught_by: str | None = None
    operation: str | None = None
    examples: int = 1
    unseen: str | None = None

    def app(self) -> Shelf:
        found: Shelf = import_module(f"tests.verify.broken.{self.name}.app").Flawed()
        return found


def flaws() -> list[Flaw]:
    return [
        Flaw(folder.parent.name, **yaml.safe_load(folder.read_text(encoding="utf-8")))
        for folder in sorted(BROKEN.glob("*/flaw.yaml"))
    ]


@cache
def contract() -> Document:
    """The contract of all of them, which nobody changes."""
    return Document.load(CONTRACT)


def identity(document: Document, name: str) -> Identity:
    return Identity(name, document, Credential(name), frozenset(KEYS[name][1]))


def shelf_target(app: Shelf) -> Target:
    """The implementation, called by everyone it knows."""
    document = contract()
    return Target(
        name="shelf",
        document=document,
        url="http://127.0.0.1:8080",
        app=cast("ASGIApp", app),
        caller=identity(document, "reader-and-writer"),
        others=(identity(document, "neighbour"),),
        weaker=(identity(document, "reader"), identity(document, "writer")),
    )


def verified(target: Target, *, seed: int = 1, examples: int = 10) -> Scoreboard:
    seed = draws.seed(seed)
    board = Scoreboard(seed)
    for event in verify(target, Plan(seed=seed, max_examples=examples), Pulse()):
        board.on_event(event)
    return board
