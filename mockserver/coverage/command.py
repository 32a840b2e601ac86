"""The command line's coverage: a journal in, the reports out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from mockserver.api import Api
from mockserver.catalog import load_apis, shipped
from mockserver.client import Trust
from mockserver.coverage import journal
from mockserver.coverage.counting.coverage import Coverage
from mockserver.coverage.counting.outline import Outline
from mockserver.coverage.counting.summary import Summary
from mockserver.coverage.report import check_place, json_text, write
from mockserver.coverage.terminal import show
from mockserver.errors import StartError
from mockserver.output.complaint import tell
from mockserver.output.printing import Output

URL = "http://127.0.0.1:8080"
"""Default URL of the server."""

FORGOTTEN = "The journal no longer has {} earlier requests; they are not counted."

T = TypeVar("T")


@dataclass(frozen=True)
class CoverageArguments:
    """The parsed command line; `reports` are `html=DIR` or `json=FILE`."""

    file: Path | None
    url: str | None
    world: str
    control_token: str | None
    apis: tuple[str, ...]
    quotes: bool
    reports: tuple[str, ...]
    fail_under: float | None
    format: str
    cacert: Path | None = None
    insecure: bool = False
    allow_remote_refs: bool = False
    overlays: tuple[str, ...] = ()


def run(arguments: CoverageArguments, out: Output) -> int:
    """Report; answers the exit code, 1 for less than required. StartError for what cannot be read or written."""
    targets = [_target(text) for text in arguments.reports]
    for form, place in targets:
        _attempt(check_place, form, place)
    with TemporaryDirectory(prefix="mockserver-") as folder:
        summary = _summary(arguments, Path(folder))
    if arguments.format == "json":
        out.file.write(json_text(summary))
    else:
        show(out, summary, quotes=arguments.quotes)
    for form, place in targets:
        path = _attempt(partial(write, summary), form, place)
        if arguments.format != "json":
            out.print(f"written to {path}", soft_wrap=True)
    missed = arguments.fail_under is not None and summary.figure().percent < arguments.fail_under
    if missed:
        told = f"contract coverage {summary.figure()} is below the required {arguments.fail_under:g}%"
        tell(told, "red") if arguments.format == "json" else out.print(told, style="red")
    return int(missed)


def _attempt(writing: Callable[[str, Path], T], form: str, place: Path) -> T:
    try:
        return writing(form, place)
    except OSError as error:
        raise StartError(
            f"--report {form}={place}: the report cannot be written ({error.strerror}). Choose another place."
        ) from None


def _summary(arguments: CoverageArguments, folder: Path) -> Summary:
    """What was exercised. folder: for the documents of a running server, which are read as files."""
    if arguments.file is not None and arguments.url is not None:
        raise StartError("give the FILE of an exported journal or --url of a running server, not both.")
    if arguments.file is not None:
        asked = journal.read(arguments.file)
        named = arguments.apis or [_given(each, arguments.file) for each in asked.apis]
    else:
        url, trust = arguments.url or URL, Trust(arguments.cacert, arguments.insecure)
        asked = journal.fetch(url, arguments.world, arguments.control_token, trust)
        fetch = partial(journal.document, url, token=arguments.control_token, trust=trust)
        chosen = arguments.apis or asked.apis
        named = [_fetched(each, fetch, folder) if each in asked.apis else each for each in chosen]
    outline, coverage = Outline(_apis(arguments, named)), Coverage()
    for exchange in asked.exchanges:
        coverage.add(outline, exchange)
    return Summary(outline, coverage, [FORGOTTEN.format(asked.forgotten)] if asked.forgotten else ())


def _apis(arguments: CoverageArguments, named: Sequence[str]) -> list[Api]:
    remote, overlays = arguments.allow_remote_refs, arguments.overlays
    return load_apis(named, allow_remote_refs=remote, overlays=overlays)


def _given(name: str, file: Path) -> str:
    if name not in shipped():
        raise StartError(
            f"{file} has requests to {name!r}, whose document does not come with mockserver. "
            f"Give it: --api {name}=FILE."
        )
    return name


def _fetched(name: str, fetch: Callable[[str], bytes], folder: Path) -> str:
    """The API, named as `load_apis` takes it: what does not come with mockserver is as the running server has it."""
    if name in shipped():
        return name
    path = folder / f"{name}.json"
    path.write_bytes(fetch(name))
    return f"{name}={path}"


def _target(text: str) -> tuple[str, Path]:
    form, _, place = text.partition("=")
    if form not in ("html", "json") or not place:
        raise StartError(f"--report: expected html=DIR or json=FILE, got {text!r}.")
    return form, Path(place)
