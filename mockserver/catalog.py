"""What can be served: an Api is a document, its fixtures, its handlers and the words it refuses with.

The five are found by one name: `specs/<name>.yaml`, `fixtures/<name>/`, `mockserver.apis.<name>`.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.additions import of_apis
from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.flaws import Flaw
from mockserver.contract.reading.sources import is_remote, split_name
from mockserver.contract.violations import Rejection
from mockserver.errors import FixtureError, StartError
from mockserver.folders import Folder, folder_of
from mockserver.garbage import uncollected
from mockserver.handlers import load as load_handlers
from mockserver.resources import resource
from mockserver.world import DEFAULT, Clock, Collection, Record, Snapshot, Table, World
from mockserver.world.fixtures import check_references, load_collection, read_records
from mockserver.world.store import INSERTED

if TYPE_CHECKING:  # of the shipped APIs nothing is inferred, and they are there sooner without it
    from mockserver.contract.reading.reader import ReadDocument
    from mockserver.inference import Declarations, DocumentedAnswers, Inference, InferenceOptions

MOUNT = re.compile(r"(/[^/{}?#\s]+)+")
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

Handler = Callable[..., Any]
Refuse = Callable[[World, Rejection], tuple[Any, int] | None]
"""Body and status of a refusal; None if the document has no answer for it, so that the server words it."""


@dataclass(frozen=True)
class Api:
    """One API: its document, what it keeps, who may call it, and how it words a refusal.

    `handlers` answer its operations, by operationId: each is given the world and those of the operation's arguments
    that it names, or all if it takes `**arguments`. `inferred` answers those that have none. `compiled` is the document
    compiled, where that has been done; `mount` stands before every path.
    """

    name: str
    document: Document
    handlers: Mapping[str, Handler]
    collections: tuple[Collection, ...]
    credentials: Collection | None
    refuse: Refuse
    fixtures: tuple[Path, ...]
    inferred: Inference | None = None
    compiled: Contract | None = None
    mount: str = ""

    @cached_property
    def contract(self) -> Contract:
        """The document, compiled."""
        return self.compiled or Contract(self.document)

    @cached_property
    def documented(self) -> DocumentedAnswers:
        """Makes responses from the document alone, whether handlers are written or inferred."""
        from mockserver.inference import DocumentedAnswers

        return DocumentedAnswers(self.contract)

    def handler(self, operation_id: str) -> Handler:
        """What answers the operation of that name; StartError if nothing does."""
        found = self.handlers.get(operation_id, self.inferred)
        if found is None:
            raise StartError(
                f"{self.name}: operation {operation_id} has no handler. Write a function {operation_id}(world) for it."
            )
        return found

    def stored(self) -> tuple[Collection, ...]:
        """Every collection, credentials included; those that are inferred are worked out for it."""
        inferred = () if self.inferred is None else self.inferred.collections
        known = (*self.collections, *inferred)
        return known if self.credentials is None else (*known, self.credentials)

    def loaded(self) -> tuple[Collection, ...]:
        """The collections that fixtures fill when a world is made; inferred ones are filled on first use."""
        return self.collections if self.credentials is None else (*self.collections, self.credentials)

    def kept_in(self, world: World) -> tuple[Collection, ...]:
        """The collections, credentials apart, of which a world has records so far."""
        return tuple(each for each in self.stored() if each is not self.credentials and world.has_used(each))

    def default_credential(self, world: World) -> Record | None:
        """The first credential of the fixtures: whom `--auth any` takes a caller for."""
        first = [] if self.credentials is None else world[self.credentials].slice(INSERTED, limit=1)
        return first[0] if first else None


class Records:
    """The collections of an API in a world by their names without that of the API, for a handler that takes `records`.

    Those that are inferred are there as well, so that a handler can act on what other operations create.
    """

    def __init__(self, api: Api, world: World) -> None:
        self._api = api
        self._world = world

    def __getitem__(self, name: str) -> Table:
        for each in self._api.stored():
            if each.name == f"{self._api.name}.{name}":
                return self._world[each]
        known = sorted(each.name.partition(".")[2] for each in self._api.stored())
        raise KeyError(f"{self._api.name} has no collection {name!r}; expected one of {', '.join(known) or 'none'}")


def names() -> tuple[str, ...]:
    """The APIs that come with the package."""
    return tuple(sorted(path.stem for path in resource("specs").glob("*.yaml")))


def shipped() -> tuple[str, ...]:
    """The same; StartError if there is none, which means that the package's files cannot be seen."""
    found = names()
    if not found:
        raise StartError(
            f"expected the documents of the shipped APIs in {resource('specs')}, found none. Reinstall mockserver. "
            "If a test fakes the file system, include that folder and the fixtures beside it."
        )
    return found


def proven() -> dict[str, str]:
    """SHA-256 by file name of the shipped documents as the tests validated them; a changed one is validated anew."""
    sums = resource("specs") / "SHA256SUMS"
    lines = sums.read_text().splitlines() if sums.exists() else ()
    return {name: digest for digest, name in (line.split() for line in lines)}


WEBHOOKS = ("webhooks", "x-webhooks")
"""What a document may describe instead of operations: requests that its API sends."""


def load_api(name: str, fixtures: Path | None = None) -> Api:
    """One API; `fixtures` is a folder whose `<api>/<collection>.json` files replace the shipped ones.

    Raises StartError for an unknown name, DocumentError for a broken document.
    """
    if name not in names():
        raise StartError(f"unknown API {name!r}: expected one of {', '.join(names())}.")
    module = import_module(f"mockserver.apis.{name}")
    folders = (resource("fixtures") / name,) if fixtures is None else (fixtures / name, resource("fixtures") / name)
    _check_files(folders[0], module.COLLECTIONS)
    document = Document.load(resource("specs") / f"{name}.yaml", proven())
    named = (operation["operationId"] for _, _, operation in document.operations())
    return Api(
        name=name,
        document=document,
        handlers={each: getattr(module, each) for each in named if hasattr(module, each)},
        collections=module.COLLECTIONS,
        credentials=_credentials(name, folders),
        refuse=module.refuse,
        fixtures=folders,
    )


def document_api(
    name: str,
    document: Document,
    fixtures: Path | None = None,
    options: InferenceOptions | None = None,
    declarations: Declarations | None = None,
) -> Api:
    """An API of which there is only a document: resources, answers and refusals are inferred from it.

    fixtures: a folder whose `<name>/credentials.json` says who may call it, anybody with any credential without that;
    `<name>/stubs/*.json` are its stubs. declarations: what is said in place of what would be inferred.
    """
    from mockserver.inference import DocumentedRefusals, Inference
    from mockserver.inference.extensions import extensions_of

    contract = Contract(document)
    extensions = extensions_of(contract)
    document.flaws.extend(extensions.flaws)
    folders = () if fixtures is None or not (fixtures / name).is_dir() else (fixtures / name,)
    return Api(
        name=name,
        document=document,
        handlers={},
        collections=(),
        credentials=_credentials(name, folders),
        refuse=DocumentedRefusals(contract).refuse,
        fixtures=folders,
        inferred=Inference(
            contract, name, {**extensions.declarations, **(declarations or {})}, options, accounts=_accounts(folders)
        ),
        compiled=contract,
    )


def load_apis(
    chosen: Sequence[str] = (),
    fixtures: Path | None = None,
    *,
    mounts: Mapping[str, str] | None = None,
    allow_remote_refs: bool = False,
    handlers: Sequence[str | Path] = (),
    overlays: Sequence[str | Path] = (),
    records: int | None = None,
    undocumented_404: str | None = None,
) -> list[Api]:
    """The APIs that are named, in the order given: shipped ones by name, others by their document; none: all shipped.

    A document is the path of a file or an http(s) URL, or NAME=path; its name is else that of the file. A folder is an
    API with all its parts, see `folders`. `mounts` gives prefixes by name, `handlers` and
    `overlays` files, as FILE or NAME=FILE. records, undocumented_404: see `InferenceOptions`.
    """
    options = _options(records, undocumented_404)
    given = [*dict.fromkeys(chosen or shipped())]
    named = [_name(each) for each in given]
    if fixtures is not None:
        _check_folder(fixtures, named)
    changed = of_apis("--overlay", overlays, named)
    apis = [
        _load(each, fixtures, changed.get(name, ()), options, allow_remote_refs=allow_remote_refs)
        for each, name in zip(given, named, strict=True)
    ]
    _check_names([api.name for api in apis])
    own = of_apis("--handlers", handlers, named)
    apis = [_handled(api, own.get(api.name, ())) for api in apis]
    for api in apis:
        _fix(api)
    return _mounted(apis, mounts or {})


def _options(records: int | None, undocumented_404: str | None) -> InferenceOptions | None:
    if records is None and undocumented_404 is None:
        return None
    from mockserver.inference import inference_options

    return inference_options(records, undocumented_404)


def _name(given: str) -> str:
    """What an API that is given so is called."""
    name, source = split_name(given)
    unnamed = source == given and Path(source).is_dir()
    return Path(source).resolve().name if unnamed and given not in names() else name


def _handled(api: Api, files: Iterable[str | Path]) -> Api:
    """The API with the handlers, collections and refusals of the files, which win over its own."""
    for file in files:
        own = load_handlers(Path(file), api.name, api.contract.operations)
        refuse = api.refuse if own.refuse is None else own.refuse
        collections = (*api.collections, *own.collections)
        api = replace(api, handlers={**api.handlers, **own.handlers}, collections=collections, refuse=refuse)
        if api.inferred is not None:
            api.inferred.by_hand = frozenset(each.name for each in collections)
    return api


def _fix(api: Api) -> None:
    """Have the inferred collections of an API begin with the fixtures that there are for them, checked as always."""
    inferred = api.inferred
    if inferred is None or not any(folder.glob("*.json") for folder in api.fixtures):
        return
    for folder in api.fixtures:
        _check_files(folder, api.stored())
    check, found = _checker(api), {}
    for collection in inferred.collections:
        source = _source(api, collection)
        if source.exists():
            found[collection.name.partition(".")[2]] = read_records(source)
            load_collection(collection, read_records(source), check(collection), source)
    inferred.fixtures = {**inferred.fixtures, **found}


def _load(
    given: str,
    fixtures: Path | None,
    overlays: Sequence[str],
    options: InferenceOptions | None,
    *,
    allow_remote_refs: bool,
) -> Api:
    if given in names():
        if overlays:
            raise StartError(f"--overlay {overlays[0]}: the shipped API {given} takes no overlay. Omit it.")
        return load_api(given, fixtures)
    name, source = _name(given), split_name(given)[1]
    if not is_document(given):
        near = difflib.get_close_matches(given, shipped(), n=1)
        meant = f" Did you mean {near[0]}?" if near else ""
        raise StartError(
            f"unknown API {given!r}: expected one of {', '.join(names())}.{meant} "
            f"Name an API of your own by its document: a path such as ./{given}.yaml, or a URL."
        )
    from mockserver.contract.reading.reader import read

    folder = folder_of(Path(source)) if Path(source).is_dir() else Folder(source)
    changes: list[str | Path] = [*folder.overlays, *overlays]
    document = read(folder.document, allow_remote_refs=allow_remote_refs, overlays=changes)
    api = document_api(name, document, fixtures, options)
    flaw = emptiness(document, api.contract)
    if flaw is not None:
        if flaw.costs == "document":
            raise StartError(f"{source}: {flaw.message} {flaw.remedy}")
        document.flaws.append(flaw)
    if folder.fixtures is not None:
        fixed = (*api.fixtures, folder.fixtures)
        api = replace(api, fixtures=fixed, credentials=_credentials(name, fixed))
        if api.inferred is not None:
            api.inferred.survey.accounts = _accounts(fixed)
    return _handled(api, () if folder.handlers is None else (folder.handlers,))


def emptiness(document: ReadDocument, contract: Contract) -> Flaw | None:
    """The flaw of a document that describes nothing: one without `paths` is none, one whose `paths` is empty may be."""
    if contract.operations or any(document.raw.get(each) for each in WEBHOOKS):
        return None
    if not document.soundness.has_paths:
        message = "expected a document with operations under `paths`, found none."
        return Flaw("no-paths", "#", message, "Check the file.", "document")
    message = "The document has no operations; every request is answered with 404."
    return Flaw("no-operations", "#/paths", message, "Describe them.")


def is_document(given: str) -> bool:
    """Whether an argument names a document rather than a shipped API: a URL, a path, or NAME=path."""
    source = split_name(given)[1]
    return source != given or is_remote(source) or Path(source).suffix != "" or "/" in source or Path(source).exists()


def below(folder: Path, given: str) -> str:
    """The same API, the path of its document led on from the folder."""
    name, source = split_name(given)
    if given in names() or not is_document(given) or is_remote(source):
        return given
    return f"{name}={folder / source}"


def _check_names(given: Sequence[str]) -> None:
    twice = next((name for at, name in enumerate(given) if name in given[:at]), None)
    if twice is not None:
        raise StartError(f"two APIs are called {twice!r}. Give one of them another name: NAME=FILE.")


def _mounted(apis: Sequence[Api], mounts: Mapping[str, str]) -> list[Api]:
    known = [api.name for api in apis]
    for name, prefix in mounts.items():
        if name not in known:
            raise StartError(f"--mount {name}={prefix}: no API is called {name!r}; expected one of {', '.join(known)}.")
        if not MOUNT.fullmatch(prefix):
            raise StartError(f"--mount {name}={prefix}: expected a path such as /{name}, without a slash at its end.")
    return [replace(api, mount=mounts[api.name]) if api.name in mounts else api for api in apis]


def _check_folder(folder: Path, chosen: Sequence[str]) -> None:
    """FixtureError if it is no folder of fixtures, or has some of what neither is shipped nor is `chosen`."""
    known = [*dict.fromkeys([*names(), *chosen])]
    if not folder.is_dir():
        raise FixtureError(f"{folder}: expected a folder of fixtures like fixtures/, but there is none.")
    found = [path for path in folder.iterdir() if path.is_dir() or path.suffix == ".json"]
    visible = sorted(path.name for path in found if not path.name.startswith("."))
    if not visible:
        raise FixtureError(f"{folder}: expected folders named {', '.join(known)} with JSON files in them, found none.")
    unknown = [name for name in visible if name not in known]
    if unknown:
        raise FixtureError(f"{folder}: no API is called {unknown[0]!r}; expected folders named {', '.join(known)}.")


def _check_files(folder: Path, collections: Iterable[Collection]) -> None:
    known = [*map(_file, collections), CREDENTIALS]
    found = sorted(path.name for path in folder.glob("*.json"))
    if folder.is_dir() and not found and not any(folder.glob("stubs/*.json")):
        raise FixtureError(f"{folder}: expected some of {', '.join(known)}, found no file of that kind.")
    unknown = [name for name in found if name not in known]
    if unknown:
        raise FixtureError(f"{folder / unknown[0]}: it is no collection of this API; expected {', '.join(known)}.")


def _file(collection: Collection) -> str:
    return f"{collection.name.partition('.')[2]}.json"


def _accounts(folders: Iterable[Path]) -> tuple[str, ...]:
    """The accounts of the credentials, in their order; what is wrong with the file is told when a world is made."""
    path = next((each for folder in folders if (each := folder / CREDENTIALS).exists()), None)
    try:
        records = [] if path is None else json.loads(path.read_bytes())
        return tuple(dict.fromkeys(each["account"] for each in records))
    except (ValueError, TypeError, KeyError):
        return ()


def _credentials(name: str, folders: Iterable[Path]) -> Collection | None:
    if not any((folder / CREDENTIALS).exists() for folder in folders):
        return None
    return Collection(f"{name}.credentials", key=itemgetter("token"), schema=CREDENTIAL)


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


def inferences(document: Document) -> Iterator[tuple[str, str]]:
    """(JSON pointer, reason) of everything the document infers rather than takes from the published page."""
    yield from _inferences(document.raw, "#")


def _inferences(node: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        if isinstance(node.get("x-inferred"), str):
            yield pointer, node["x-inferred"]
        for key, value in node.items():
            yield from _inferences(value, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from _inferences(value, f"{pointer}/{at}")
