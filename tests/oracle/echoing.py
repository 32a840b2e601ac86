"""`python -m tests.oracle.echoing FILE…`: any document under the runtime and stock Connexion, with handlers that echo.

Each operation answers with the arguments that it was given, so that both have to read a request alike. Documents whose
operations document no 200 of JSON are left out, as is what stock Connexion cannot load.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable, Container, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from connexion.decorators.parameter import pythonic

from mockserver.api import Api
from mockserver.contract.kinds import NUMBER
from mockserver.contract.reading.reader import read
from mockserver.runtime.application import MockApp
from mockserver.seeding import seed_world
from mockserver.world import World
from tests.fuzz.campaign import fuzz
from tests.fuzz.exchange import Request
from tests.fuzz.traffic import NOW, Recorder
from tests.oracle.comparison import Comparison, Disagreement, compare
from tests.oracle.differences import Difference, classify, content_type, query
from tests.oracle.stock import Stock

FOLDER = Path(__file__).with_name("documents")


def listed(found: Disagreement, known: Sequence[Difference] = ()) -> str | None:
    """The class of a difference: one of those of the five, of `known`, or one of two more; None for another."""
    own = classify(found) or next((each for each in known if each.applies(found)), None)
    if own is not None:
        return own.name
    named = content_type(found.request)
    if named and "/" not in named and (found.ours.decided, found.stock.decided) == ("handler", "500"):
        return "a content type that is none, over which stock Connexion fails"
    written = any(is_pythons_number(value) for _, value in query(found.request))
    if written and (found.ours.decided, found.stock.decided) == ("invalid", "handler"):
        return "numbers as Python writes them, which are none in JSON"
    return None


def is_pythons_number(text: str) -> bool:
    """Whether float() reads it and a JSON number it is not."""
    try:
        float(text)
    except ValueError:
        return False
    return NUMBER.fullmatch(text) is None


def echoing(path: Path) -> Api:
    """The document as an API whose handlers answer with what they are given; stock Connexion takes no credential."""
    document = read(path)
    handlers = {
        operation["operationId"]: _echo(
            {pythonic(each["name"]) for each in document.parameters(path, operation) if each["in"] in UNTOLD}
        )
        for path, _, operation in document.operations()
    }
    return Api(path.stem, document, handlers, (), None, lambda *_: None, ())


UNTOLD = ("header", "cookie")
"""Places of parameters that stock Connexion does not give to a handler."""


def _echo(untold: Container[str]) -> Callable[..., dict[str, Any]]:
    def echo(world: World, **arguments: Any) -> dict[str, Any]:
        del world
        given: dict[str, Any] = json.loads(json.dumps({name: arguments[name] for name in sorted(arguments)}))
        return {
            name: value for name, value in given.items() if name not in ("user", "token_info") and name not in untold
        }

    return echo


def requests_to(api: Api, examples: int) -> tuple[Request, ...]:
    """What a campaign of Schemathesis sends."""
    world = seed_world([api])
    world.clock = world.clock.freeze(NOW)
    recorder = Recorder(MockApp([api], world))
    with TemporaryDirectory() as folder:
        fuzz(
            recorder,
            api.document,
            [],
            Path(folder),
            seed=1,
            examples=examples,
            phases=("examples", "coverage", "fuzzing"),
        )
    return tuple(recorder.requests)


def loaded(path: Path) -> str | None:
    """Why stock Connexion cannot load the document; None if it can."""
    api = echoing(path)
    try:
        Stock(api, seed_world([api]))
    except Exception as error:  # noqa: BLE001  # it refuses a document in many ways
        return f"{type(error).__name__}: {str(error)[:150]}"
    return None


def compared(path: Path, examples: int, most: int | None = None) -> Comparison:
    """The runtime and stock Connexion, asked the same; `most` bounds the mutants of one request."""
    api = echoing(path)
    return asyncio.run(compare(api, requests_to(api, examples), each=1, most=most))


def main(paths: list[str], tell: Callable[[str], object] = print) -> None:
    for each in map(Path, paths):
        try:
            found = compared(each, examples=10)
        except Exception as error:  # noqa: BLE001  # stock Connexion refuses a document in many ways
            tell(f"{each.name}: not compared: {type(error).__name__}: {str(error)[:150]}")
            continue
        kinds = Counter(listed(one) or "NOT LISTED" for one in found.disagreements)
        tell(f"{each.name}: {found.asked.total()} requests, {dict(kinds) or 'no difference'}")
        for one in found.disagreements:
            if listed(one) is None:
                tell(str(one))


if __name__ == "__main__":
    main(sys.argv[1:])
