"""Who is measured: how each is started, and what each does and does not do while it answers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.npm import PINNED, installed, label, program
from tests.benchmarks.operations import HOST
from tests.benchmarks.stubs import Stubs

OURS = "mockserver serve audience"


@dataclass(frozen=True)
class Place:
    """Where a contender runs: its port, the files it serves, the cache of installed packages."""

    port: int
    stubs: Stubs
    cache: Path


@dataclass(frozen=True)
class Contender:
    """`command` starts it in a Place, or raises ToolError; auth, validation and state say what it really does."""

    name: str
    command: Callable[[Place], list[str]]
    auth: str
    validation: str
    state: str


def _python(*arguments: str) -> Callable[[Place], list[str]]:
    return lambda place: [sys.executable, "-m", *arguments, f"--port={place.port}"]


def _node(place: Place, package: str, script: str, *arguments: str) -> list[str]:
    node = installed("node", place.cache) / "bin" / "node"
    return [str(node), str(installed(package, place.cache) / script), *arguments, f"--port={place.port}"]


def _prism(place: Place) -> list[str]:
    return _node(place, "@stoplight/prism-cli", "dist/index.js", "mock", str(place.stubs.document), f"--host={HOST}")


def _mockoon(place: Place) -> list[str]:
    data = ("--data", str(place.stubs.document))
    return _node(place, "@mockoon/cli", "bin/run.js", "start", *data, f"--hostname={HOST}")


def _json_server(place: Place) -> list[str]:
    files = (str(place.stubs.database), f"--routes={place.stubs.routes}")
    return _node(place, "json-server", "lib/cli/bin.js", *files, f"--host={HOST}")


def _specmatic(place: Place) -> list[str]:
    jar = installed("specmatic", place.cache) / "specmatic.jar"
    examples = ("--data", str(place.stubs.expectations))
    return [program("java"), "-jar", str(jar), "mock", f"--host={HOST}", f"--port={place.port}", *examples,
            str(place.stubs.document)]  # fmt: skip


def _wiremock(*options: str) -> Callable[[Place], list[str]]:
    def command(place: Place) -> list[str]:
        build = installed("wiremock", place.cache) / "build"
        jar = build / f"wiremock-standalone-{PINNED['wiremock']}.jar"
        root = f"--root-dir={place.stubs.mappings}"
        return [program("java"), "-jar", str(jar), f"--bind-address={HOST}", f"--port={place.port}", root, *options]

    return command


CONTENDERS = (
    Contender(OURS, _python("mockserver", "serve", "audience"), "key and scopes", "requests and responses", "yes"),
    Contender("mockserver serve, all five", _python("mockserver", "serve"), "key and scopes",
              "requests and responses", "yes"),
    Contender("connexion.FlaskApp", _python("tests.benchmarks.stock", "flask"), "key", "requests", "yes, our handlers"),
    Contender("connexion.FlaskApp + responses",
              _python("tests.benchmarks.stock", "flask", "--validate-responses"), "key", "requests and responses",
              "yes, our handlers"),
    Contender("connexion.AsyncApp + responses",
              _python("tests.benchmarks.stock", "async", "--validate-responses"), "key", "requests and responses",
              "yes, our handlers"),
    Contender(label("@stoplight/prism-cli"), _prism, "some key is there", "requests", "no, the document's example"),
    Contender(f"{label('wiremock')}, no journal", _wiremock("--no-request-journal"), "key, as the stub compares it",
              "what the stub compares", "no, a stub by hand"),
    Contender(label("wiremock"), _wiremock(), "key, as the stub compares it", "what the stub compares",
              "no, a stub by hand; journal"),
    Contender(label("@mockoon/cli"), _mockoon, "no", "no", "no, the document's example; log of 100"),
    Contender(label("json-server"), _json_server, "no", "no",
              "yes, in a file; no envelope; its write adds a record"),
    Contender(label("specmatic"), _specmatic, "some key is there", "requests, and stubs on loading",
              "no, a stub by hand"),
)  # fmt: skip
