"""Exported worlds in files: read, begun with, and written."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from mockserver.admin import exports
from mockserver.admin.apis import Apis
from mockserver.api import Api
from mockserver.catalog import load_apis
from mockserver.contract.bodies import read_json
from mockserver.errors import StartError, StateError
from mockserver.limits import FILE_LIMIT
from mockserver.output.replacement import Replacement
from mockserver.world import DEFAULT, World


def read(path: Path) -> Any:
    """What the file holds, not judged yet beyond being JSON; StateError if it cannot be read."""
    try:
        # before it is read: it may be larger than the memory
        if path.stat().st_size > FILE_LIMIT:
            raise StateError(
                "invalid",
                f"{path}: an exported world must have at most {FILE_LIMIT} bytes. Delete records before the export.",
            )
        text = path.read_bytes()
    except OSError as error:
        message = f"{path}: the exported world cannot be read ({error.strerror}). Check the path."
        raise StateError("invalid", message) from None
    exported, flaw = read_json(text, exports.DEEPEST_WORLD)
    if flaw is not None:
        message = f"{path}: an exported world {flaw.message}. Export it again with `mockserver export`."
        raise StateError("invalid", message)
    return exported


def apis_of(exported: Any) -> tuple[str, ...]:
    """The APIs whose state it is, as far as it says so."""
    collections = exported.get("collections") if isinstance(exported, dict) else None
    return tuple(dict.fromkeys(name.partition(".")[0] for name in collections)) if isinstance(collections, dict) else ()


def begin(path: Path, names: tuple[str, ...], **reading: Any) -> tuple[list[Api], World]:
    """The APIs to serve, those of the file if none is named, and the default world as the file has it.

    reading: see `load_apis`.
    """
    exported = read(path)
    chosen = names or apis_of(exported)
    try:
        # an empty choice would load all shipped APIs; without any, what is wrong with the file is still told
        apis = load_apis(chosen, **reading) if chosen else []
        world = World(DEFAULT, exports.snapshot(Apis(apis), exported))
    except (StateError, StartError) as error:
        raise StateError("conflict", f"{path}: {error}") from None
    if not apis:
        raise StateError("invalid", f"{path}: there are records of no API. Name the APIs to serve, or export it anew.")
    return apis, world


def write(parts: Iterable[bytes], output: Path | None) -> None:
    """To the file, whole or not at all, or to standard output; StartError if the file cannot be written."""
    if output is None:
        # bytes go past the text layer, and what it holds back belongs before them
        sys.stdout.flush()
        sys.stdout.buffer.writelines(parts)
        sys.stdout.buffer.write(b"\n")
        sys.stdout.buffer.flush()
        return
    try:
        with Replacement(output) as file:
            file.writelines(each.decode() for each in parts)
    except OSError as error:
        raise StartError(f"{output}: cannot be written ({error.strerror}). Choose another --output.") from None


def write_fixtures(collections: Iterable[tuple[str, Any]], folder: Path) -> None:
    """The records of an exported world by collection, a file for each; StartError if one cannot be written."""
    for name, records in collections:
        api, _, collection = name.partition(".")
        file = folder / api / f"{collection}.json"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StartError(f"{file.parent}: cannot be made ({error.strerror}). Choose another folder.") from None
        write([orjson.dumps(records, option=orjson.OPT_INDENT_2)], file)


def collections_of(exported: bytes) -> Iterable[tuple[str, Any]]:
    """The records of an exported world, by collection."""
    found: dict[str, Any] = orjson.loads(exported)["collections"]
    return found.items()


class Beginning:
    """What a server of these APIs starts with, exported. `include`: see `exports.export`."""

    def __init__(self, world: World, apis: list[Api], include: Iterable[str]) -> None:
        self._world = world
        self._apis = Apis(apis)
        self._include = tuple(include)
        self._left_out = exports.left_out(world.snapshot(), self._apis, self._include)

    def parts(self) -> Iterator[bytes]:
        """As a file, in parts."""
        return exports.written(self._world, self._apis, self._include)

    def collections(self) -> Iterator[tuple[str, Any]]:
        """Its records, by collection."""
        return exports.kept(self._world.snapshot(), self._apis, self._include)

    @property
    def note(self) -> str | None:
        """What is not in it, and how to have it; None if it has everything."""
        if not self._left_out:
            return None
        names = ", ".join(dict.fromkeys(each.name.partition(".")[0] for each in self._left_out))
        return (
            f"{names}: {len(self._left_out)} collections are left out, as nobody has looked at them. They begin alike"
            f" where the file is read; --include NAME adds one, such as {self._left_out[0].name}, --include all each."
        )
