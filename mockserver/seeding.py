"""What a world begins with: the fixture files of its APIs, checked by their documents.

Every file is `<api>/<collection>.json`; `credentials.json` says who may call. A file that is named after no collection
is refused: with a slip in its name it would leave a collection as it was, without a word.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path

from mockserver.api import Api
from mockserver.errors import FixtureError
from mockserver.garbage import uncollected
from mockserver.world import DEFAULT, Clock, Collection, Record, Snapshot, World
from mockserver.world.fixtures import check_references, load_collection, read_records

CREDENTIALS = "credentials.json"
CREDENTIAL = {
    "type": "object",
    "required": ["token", "account", "scopes"],
    "properties": {
        "token": {"type": "string", "minLength": 1},
        "account": {"type": "string", "minLength": 1},
        "scopes": {"type": "array", "items": {"type": "string"}},
        "description": {"type": "string"},
    },
    "additionalProperties": False,
}


def check_folder(folder: Path, known: Sequence[str]) -> None:
    """FixtureError if it is no folder of fixtures, or has some for an API that is not `known`."""
    if not folder.is_dir():
        raise FixtureError(f"{folder}: expected a folder of fixtures like fixtures/, but there is none.")
    found = [path for path in folder.iterdir() if path.is_dir() or path.suffix == ".json"]
    visible = sorted(path.name for path in found if not path.name.startswith("."))
    if not visible:
        raise FixtureError(f"{folder}: expected folders named {', '.join(known)} with JSON files in them, found none.")
    unknown = [name for name in visible if name not in known]
    if unknown:
        raise FixtureError(f"{folder}: no API is called {unknown[0]!r}; expected folders named {', '.join(known)}.")


def check_files(folder: Path, collections: Iterable[Collection]) -> None:
    """FixtureError if the folder of an API has no fixtures, or some for what is no collection of it."""
    known = [*map(_file, collections), CREDENTIALS]
    found = sorted(path.name for path in folder.glob("*.json"))
    if folder.is_dir() and not found and not any(folder.glob("stubs/*.json")):
        raise FixtureError(f"{folder}: expected some of {', '.join(known)}, found no file of that kind.")
    unknown = [name for name in found if name not in known]
    if unknown:
        raise FixtureError(f"{folder / unknown[0]}: it is no collection of this API; expected {', '.join(known)}.")


def _file(collection: Collection) -> str:
    return f"{collection.name.partition('.')[2]}.json"


def accounts_of(folders: Iterable[Path]) -> tuple[str, ...]:
    """The accounts of the credentials, in their order; what is wrong with the file is told when a world is made."""
    path = next((each for folder in folders if (each := folder / CREDENTIALS).exists()), None)
    try:
        records = [] if path is None else json.loads(path.read_bytes())
        return tuple(dict.fromkeys(each["account"] for each in records))
    except (ValueError, TypeError, KeyError):
        return ()


def credentials_of(name: str, folders: Iterable[Path]) -> Collection | None:
    """The collection of an API's credentials; None if no folder has any, so that anybody may call."""
    if not any((folder / CREDENTIALS).exists() for folder in folders):
        return None
    return Collection(f"{name}.credentials", key=itemgetter("token"), schema=CREDENTIAL)


def fix(api: Api) -> None:
    """Have the inferred collections of an API begin with the fixtures that there are for them, checked as always."""
    inferred = api.inferred
    if inferred is None or not any(folder.glob("*.json") for folder in api.fixtures):
        return
    for folder in api.fixtures:
        check_files(folder, api.stored())
    check, found = _checker(api), {}
    for collection in inferred.collections:
        source = _source(api, collection)
        if source.exists():
            found[collection.name.partition(".")[2]] = read_records(source)
            load_collection(collection, read_records(source), check(collection), source)
    inferred.fixtures = {**inferred.fixtures, **found}


def seed_world(apis: Iterable[Api], seed: int = 0) -> World:
    """The default world, holding every API's fixtures; FixtureError names file, record and field of a flaw."""
    apis = list(apis)
    states = {}
    sources: dict[str, Path] = {}
    with uncollected():
        for api in apis:
            check = _checker(api)
            for collection in api.loaded():
                source = sources[collection.name] = _source(api, collection)
                records = read_records(source) if source.exists() or api.inferred is None else []
                states[collection.name] = load_collection(collection, records, check(collection), source)
        check_references((each for api in apis for each in api.loaded()), states, sources)
    return World(DEFAULT, Snapshot(states, Clock(), 0, 0, seed=seed))


def _source(api: Api, collection: Collection) -> Path:
    file = _file(collection)
    return next(
        (folder / file for folder in api.fixtures if (folder / file).exists()), (api.fixtures or (Path(),))[-1] / file
    )


def _checker(api: Api) -> Callable[[Collection], Callable[[Record], Iterator[tuple[str, str]]]]:
    def check_of(collection: Collection) -> Callable[[Record], Iterator[tuple[str, str]]]:
        validator = api.contract.validator(collection.schema, "response")  # a record has what answers are made of

        def check(record: Record) -> Iterator[tuple[str, str]]:
            if not validator.accepts(record):
                for violation in validator.violations(record, "body"):
                    yield violation.field, violation.message

        return check

    return check_of
