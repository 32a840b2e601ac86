"""Handlers of a user's own: plain functions of a Python file, each called after the operation that it answers.

The file is made like a module of `apis/`: functions by operationId, and `COLLECTIONS` and `refuse` where it wants them.
It is run once, when the server is made; what is wrong with it is told with its place in the file, without a traceback.
"""

from __future__ import annotations

import difflib
import inspect
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import invalidate_caches
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from jsonschema_rs import ValidationError, meta

from mockserver.errors import StartError
from mockserver.world import Collection

NUMBERS = count(1)
_IMPORTED: dict[Path, list[tuple[Path, str]]] = {}
"""By the file of handlers: the files that it imported, and the names of their modules."""
REFUSE = "refuse"
COLLECTIONS = "COLLECTIONS"

Function = Callable[..., Any]


@dataclass(frozen=True)
class OwnCode:
    """What a file has: handlers by operationId, collections, and how it words a refusal (None: as inferred)."""

    handlers: Mapping[str, Function] = field(default_factory=dict)
    collections: tuple[Collection, ...] = ()
    refuse: Function | None = None


def load(file: Path, api: str, operation_ids: Iterable[str]) -> OwnCode:
    """What the file has for the operations of an API; StartError names every flaw, each with its line."""
    module = _run(file)
    known = {_spelled(each): each for each in operation_ids} | {each: each for each in operation_ids}
    _check_public(module, file)
    functions = dict(_functions(module))
    refuse = functions.pop(REFUSE, None)
    collections = getattr(module, COLLECTIONS, ())
    flaws = [*_flaws(functions, known, file), *_wrong(collections, api, file)]
    if refuse is not None and len(inspect.signature(refuse).parameters) != 2:  # noqa: PLR2004  # world and rejection
        flaws.append(f"{place_of(refuse)}: refuse() takes the world and the rejection. Write refuse(world, rejection).")
    if not functions and refuse is None and not collections:
        flaws.append(f"{file}: expected a function for an operation, such as {_example(known)}(world), found none.")
    if flaws:
        raise StartError("\n  ".join(flaws))  # further lines are indented, see `complain`
    return OwnCode({known[name]: each for name, each in functions.items()}, tuple(collections), refuse)


def place_of(function: Function) -> str:
    """File and line of a function, as far as they are known."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return getattr(function, "__name__", "a handler") if code is None else f"{code.co_filename}:{code.co_firstlineno}"


def _run(file: Path) -> ModuleType:
    """The file, imported under a name of its own; its folder is searched for what it imports itself."""
    specification = spec_from_file_location(f"mockserver_handlers_{next(NUMBERS)}", file)
    if specification is None or specification.loader is None or not file.is_file():
        raise StartError(f"{file}: expected a Python file of handlers, such as handlers.py. Check the path.")
    module = sys.modules[specification.name] = module_from_spec(specification)
    try:
        with _own_imports(file):
            specification.loader.exec_module(module)
    except SyntaxError as error:
        where = str(file) if error.lineno is None else f"{error.filename or file}:{error.lineno}"
        raise StartError(f"{where}: the handlers are not valid Python: {error.msg}. Correct the line.") from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # the file may raise whatever it likes
        told = f"{type(error).__name__}: {error}".rstrip(": ")
        raise StartError(f"{_line(error, file)}: the handlers cannot be imported: {told}") from None
    return module


def imported_by(file: Path) -> list[Path]:
    """The files beside a file of handlers, or below, that it imported when it was last run."""
    return [path for path, _ in _IMPORTED.get(file.absolute(), ())]


@contextmanager
def _own_imports(file: Path) -> Iterator[None]:
    """What the block imports from the folder of the file is read anew, and known afterwards.

    No bytecode is written: Python takes that for a file of the same second and size, which an editor may save twice.
    """
    folder, writes = file.parent.absolute(), sys.dont_write_bytecode
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
    for _, name in _IMPORTED.pop(file.absolute(), ()):
        sys.modules.pop(name, None)
    before = set(sys.modules)
    invalidate_caches()
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.dont_write_bytecode = writes
        _IMPORTED[file.absolute()] = [
            (path, name)
            for name in set(sys.modules) - before
            if (path := _below(folder, sys.modules[name])) is not None
        ]


def _below(folder: Path, module: ModuleType | None) -> Path | None:
    """The file of a module, if it lies in the folder and is none that was installed."""
    path = Path(getattr(module, "__file__", None) or "/")
    return path if folder in path.parents and "site-packages" not in path.parts else None


def _line(error: BaseException, file: Path) -> str:
    """The last line of the file that was run before the error."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [each.lineno for each in frames if Path(each.filename).absolute() == file.absolute()]
    return f"{file}:{lines[-1]}" if lines else str(file)


def _check_public(module: ModuleType, file: Path) -> None:
    public = getattr(module, "__all__", ())
    if not isinstance(public, list | tuple) or not all(isinstance(each, str) for each in public):
        raise StartError(f"{file}: __all__ must be a list of names, got {public!r:.80}.")
    missing = next((each for each in public if not hasattr(module, each)), None)
    if missing is not None:
        raise StartError(f"{file}: __all__ names {missing!r:.80}, which the file does not have. Leave it out.")


def _functions(module: ModuleType) -> Iterator[tuple[str, Function]]:
    """Its public functions: those that `__all__` names, or that it defines itself without an underscore."""
    public = getattr(module, "__all__", None)
    for name, value in vars(module).items():
        if isinstance(value, FunctionType) and (
            name in public if public is not None else value.__module__ == module.__name__ and not name.startswith("_")
        ):
            yield name, value


def _flaws(functions: Mapping[str, Function], known: Mapping[str, str], file: Path) -> Iterator[str]:
    for name, function in functions.items():
        at = place_of(function)
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            meant = f"did you mean {near[0]}?" if near else f"expected some of {', '.join(sorted(known))}."
            private = f"The name of a helper function begins with an underscore: _{name}."
            yield f"{at}: {name}() is not the name of an operation; {meant} {private}"
        elif inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
            yield f"{at}: {name}() must be a plain function: write def {name}(world, …) and return the body."
        elif not _takes_world(function):
            yield f"{at}: {name}() must take the world first: write def {name}(world, …)."
    repeated = [each for each in functions if each in known and known[each] != each and known[each] in functions]
    for name in repeated:
        yield f"{file}: {name}() and {known[name]}() answer one operation. Keep one of them."


def _takes_world(function: Function) -> bool:
    first = next(iter(inspect.signature(function).parameters.values()), None)
    return first is not None and first.kind in (first.POSITIONAL_ONLY, first.POSITIONAL_OR_KEYWORD)


def _wrong(collections: Any, api: str, file: Path) -> Iterator[str]:
    if not isinstance(collections, tuple | list) or not all(isinstance(each, Collection) for each in collections):
        yield f"{file}: COLLECTIONS must be a tuple of mockserver.Collection, got {collections!r:.80}."
        return
    for each in collections:
        if not each.name.startswith(f"{api}."):
            name = each.name.rpartition(".")[2]
            yield f'{file}: the collection {each.name!r} must be named after its API: "{api}.{name}".'
        try:
            meta.validate(each.schema)
        except ValidationError as error:
            place = "".join(f"/{part}" for part in error.instance_path)
            yield f"{file}: the schema of the collection {each.name!r} is no JSON Schema: {place}: {error.message}."


def _spelled(operation_id: str) -> str:
    """An operationId as a function can be called: `pets.list` is `pets_list`."""
    return re.sub(r"\W", "_", operation_id)


def _example(known: Mapping[str, str]) -> str:
    return next(iter(known), "list_pets")
