"""What can be served: the APIs that are shipped, found by name, and those of a user, by their document.

The five are found by one name: `specs/<name>.yaml`, `fixtures/<name>/`, `mockserver.apis.<name>`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver.additions import of_apis
from mockserver.api import Api
from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.flaws import Flaw
from mockserver.contract.reading.sources import is_remote, split_name
from mockserver.errors import StartError
from mockserver.folders import Folder, folder_of
from mockserver.handlers import load as load_handlers
from mockserver.resources import resource
from mockserver.seeding import accounts_of, check_files, check_folder, credentials_of, fix

if TYPE_CHECKING:  # of the shipped APIs nothing is inferred, and they are there sooner without it
    from mockserver.contract.reading.reader import ReadDocument
    from mockserver.inference import Declarations, InferenceOptions

MOUNT = re.compile(r"(/[^/{}?#\s]+)+")


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
    check_files(folders[0], module.COLLECTIONS)
    document = Document.load(resource("specs") / f"{name}.yaml", proven())
    named = (operation["operationId"] for _, _, operation in document.operations())
    return Api(
        name=name,
        document=document,
        handlers={each: getattr(module, each) for each in named if hasattr(module, each)},
        collections=module.COLLECTIONS,
        credentials=credentials_of(name, folders),
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
        credentials=credentials_of(name, folders),
        refuse=DocumentedRefusals(contract).refuse,
        fixtures=folders,
        inferred=Inference(
            contract, name, {**extensions.declarations, **(declarations or {})}, options, accounts=accounts_of(folders)
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
        check_folder(fixtures, [*dict.fromkeys([*names(), *named])])
    changed = of_apis("--overlay", overlays, named)
    apis = [
        _load(each, fixtures, changed.get(name, ()), options, allow_remote_refs=allow_remote_refs)
        for each, name in zip(given, named, strict=True)
    ]
    _check_names([api.name for api in apis])
    own = of_apis("--handlers", handlers, named)
    apis = [_handled(api, own.get(api.name, ())) for api in apis]
    for api in apis:
        fix(api)
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
        api = replace(api, fixtures=fixed, credentials=credentials_of(name, fixed))
        if api.inferred is not None:
            api.inferred.survey.accounts = accounts_of(fixed)
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
