"""Imports go down only: which room of the package may know which, read from the source itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import mockserver

PACKAGE = Path(mockserver.__file__).parent
LEVELS = (
    ("errors", "limits", "resources", "garbage", "output", "signals", "addresses"),
    ("project", "environment"),
    ("client", "options", "guide", "console"),
    ("world", "contract"),
    ("apis", "inference", "handlers", "folders", "additions"),
    ("api",),
    ("seeding",),
    ("catalog",),
    ("oauth",),
    ("runtime", "settings", "configuration"),
    ("callbacks", "coverage.counting"),
    ("admin",),
    ("control", "verify", "listing", "checking", "remote"),
    ("mock",),
    ("server",),
    ("pytest_servers", "reloading", "coverage"),
    ("commands", "completion"),
    ("cli",),
    ("__main__", "pytest_plugin"),
)
"""From the ground up. A module imports its own room and the levels below; the longest name that fits is its place."""

LEVEL = {name: level for level, names in enumerate(LEVELS) for name in names}
WEB = {"connexion", "starlette", "flask", "werkzeug", "uvicorn", "httptools", "asgiref", "jinja2"}
HTTP = {"http", "urllib", "email", "httpx", "requests", "h11", "socket", "asyncio"}
OPENAPI = {"yaml", "jsonschema", "jsonschema_rs", "openapi_spec_validator", "referencing", "schemathesis"}


@cache
def modules() -> dict[str, Path]:
    """Every module of the package, by its name below it; a package's own is called after the package."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(modules()[name].read_text())


@cache
def imported(name: str) -> tuple[str, ...]:
    """Full names of all that a module imports when it runs, at its top or later."""
    return tuple(_imported(name))


def _imported(name: str) -> Iterator[str]:
    tree = tree_of(name)
    for_types_only = {id(child) for node in ast.walk(tree) if only_for_types(node) for child in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in for_types_only:
            continue
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            for each in node.names:
                yield f"{node.module}.{each.name}"


def only_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def ours(full: str) -> str | None:
    """The module of ours that a full name is of, by its name in the package; None if it is none."""
    parts = full.split(".")
    if parts[0] != "mockserver":
        return None
    names = (".".join(parts[1:length]) for length in range(len(parts), 0, -1))
    return next(name for name in names if name in modules())


def place(name: str) -> str:
    """The entry of LEVELS that a module belongs to."""
    parts = name.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    found = next((each for each in names if each in LEVEL), None)
    assert found is not None, f"{name} is in no room that LEVELS knows. Find it a level."
    return found


def foreign(name: str) -> set[str]:
    """The packages that a module imports beside this one."""
    return {full.partition(".")[0] for full in imported(name)} - {"mockserver"}


def in_room(room: str) -> list[str]:
    found = [name for name in modules() if name == room or name.startswith(f"{room}.")]
    assert found
    return found


@cache
def data_files() -> list[Path]:
    """What the package has beside its modules, by its path below it."""
    files = [path.relative_to(PACKAGE) for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".py"]
    return [file for file in files if "__pycache__" not in file.parts and file.parent.parts]


BELOW_THE_ROOT = [name for name in modules() if name]


@pytest.mark.parametrize("name", BELOW_THE_ROOT)
def test_imports_go_down_only(name: str) -> None:
    """Into the module's own room or a lower level, never up and never across."""
    here = place(name)
    targets = {target for full in imported(name) if (target := ours(full))}

    wrong = {target for target in targets if place(target) != here and LEVEL[place(target)] >= LEVEL[here]}

    assert wrong == set()


def test_no_imports_go_in_a_circle() -> None:
    """Not even inside a room, and not in functions either: every module can be understood after those it imports."""
    graph = {name: {target for full in imported(name) if (target := ours(full))} - {name} for name in modules()}

    assert circle(graph) == []


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """The names on a circle of a graph, in order; empty if it has none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


@pytest.mark.parametrize(
    ("graph", "expected"),
    [({"a": {"b", "c"}, "b": {"c"}, "c": set()}, []), ({"a": {"b"}, "b": {"a"}}, ["a", "b", "a"])],
    ids=["none", "one"],
)
def test_circles_are_found(graph: dict[str, set[str]], expected: list[str]) -> None:
    """The test above can fail."""
    assert sorted(set(circle(graph))) == sorted(set(expected))


@pytest.mark.parametrize("name", in_room("apis"))
def test_one_api_never_imports_another(name: str) -> None:
    """What belongs to an API begins with its name."""
    api = name.partition(".")[2].partition("_")[0]
    targets = {target for full in imported(name) if (target := ours(full))}

    assert {
        target for target in targets if target.startswith("apis.") and not target.startswith(f"apis.{api}")
    } == set()


@pytest.mark.parametrize("name", in_room("contract"))
def test_the_contract_knows_no_web_framework_and_no_api_of_ours(name: str) -> None:
    """Whoever has an OpenAPI document can use it."""
    assert foreign(name) & (WEB | {"schemathesis"}) == set()
    assert {place(target) for full in imported(name) if (target := ours(full))} <= {"contract", "errors"}


@pytest.mark.parametrize("name", in_room("inference"))
def test_inference_knows_the_contract_and_the_world_only(name: str) -> None:
    """It works on any document, so neither on a framework nor on an API of ours."""
    assert foreign(name) & (WEB | {"schemathesis"}) == set()
    assert {place(target) for full in imported(name) if (target := ours(full))} <= {
        "inference",
        "contract",
        "world",
        "errors",
    }


COMPILING = {"SchemaCompiler", "compile_operation", "compile_parameter", "compile_body", "compile_security"}


@pytest.mark.parametrize("name", BELOW_THE_ROOT)
def test_documents_are_compiled_in_one_place(name: str) -> None:
    """Everybody else asks a Contract, so that nothing is compiled twice, or before it is needed."""
    assert place(name) == "contract" or {full.rpartition(".")[2] for full in imported(name)} & COMPILING == set()


@pytest.mark.parametrize("name", in_room("world"))
def test_the_world_knows_neither_http_nor_openapi(name: str) -> None:
    """It is records, time and identifiers."""
    assert foreign(name) & (WEB | HTTP | OPENAPI) == set()
    assert {place(target) for full in imported(name) if (target := ours(full))} <= {"world", "errors", "limits"}


@pytest.mark.parametrize("name", in_room("admin"))
def test_what_can_be_done_to_worlds_knows_no_door_to_it(name: str) -> None:
    """Neither a web framework nor HTTP, whose URLs and statuses are the control plane's, nor an API of ours."""
    assert foreign(name) & ((WEB | HTTP | {"schemathesis"}) - {"http"}) == set()
    assert "apis" not in {place(target) for full in imported(name) if (target := ours(full))}


@pytest.mark.parametrize("name", BELOW_THE_ROOT)
def test_data_is_read_downwards_only(name: str) -> None:
    """No module names a data file of a room above its own."""
    texts = [node.value for node in ast.walk(tree_of(name)) if isinstance(node, ast.Constant)]
    named = {text.rpartition("/")[2] for text in texts if isinstance(text, str)}

    wrong = {
        str(file)
        for file in data_files()
        if file.name in named and LEVEL[place(".".join(file.parent.parts))] > LEVEL[place(name)]
    }

    assert wrong == set()


@pytest.mark.parametrize("file", [each for each in data_files() if each.suffix != ".md"], ids=str)
def test_data_refers_downwards_only(file: Path) -> None:
    """No data file names one of a room above its own, as by a reference or a template that it extends."""
    text = (PACKAGE / file).read_bytes().decode("utf-8", "replace")

    wrong = {
        str(other)
        for other in data_files()
        if re.search(rf"[\"'/ ]{re.escape(other.name)}\b", text)
        and LEVEL[place(".".join(other.parent.parts))] > LEVEL[place(".".join(file.parent.parts))]
    }

    assert wrong == set()


@pytest.mark.parametrize("name", in_room("apis"))
def test_an_api_is_its_rules_and_nothing_else(name: str) -> None:
    """No framework, no document library; time and chance come from the world."""
    assert foreign(name) & (WEB | HTTP | OPENAPI | {"time", "random", "uuid", "secrets"}) - {"urllib"} == set()


@pytest.mark.parametrize("name", BELOW_THE_ROOT)
def test_only_verification_imports_schemathesis(name: str) -> None:
    """It takes its time."""
    assert "schemathesis" not in foreign(name) or place(name) == "verify"


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        (
            "from mockserver.server import MockServer; MockServer(['audience'])",
            (
                *("schemathesis", "pytest", "_pytest", "hypothesis", "mockserver.mock", "mockserver.console"),
                *("mockserver.inference", "mockserver.contract.generation", "mockserver.contract.reading.swagger"),
            ),
        ),
        ("import mockserver.cli", ("schemathesis", "pytest", "connexion", "uvicorn", "openapi_spec_validator")),
        ("import mockserver", ("connexion", "uvicorn", "click", "rich", "mockserver.server")),
        (
            "from mockserver import MockServerError, StateError",
            ("yaml", "httpx", "mockserver.server", "mockserver.mock"),
        ),
        ("from mockserver import Mock", ("connexion", "uvicorn", "flask", "schemathesis", "pytest")),
        ("import mockserver.runtime.application", ("mockserver.admin", "mockserver.control", "mockserver.mock")),
        (
            "import mockserver.contract.operation",
            ("connexion", "starlette", "openapi_spec_validator", "mockserver.world"),
        ),
        ("import mockserver.world", ("connexion", "starlette", "jsonschema_rs", "yaml", "mockserver.contract")),
    ],
)
def test_importing_brings_in_no_more_than_it_needs(statement: str, absent: tuple[str, ...]) -> None:
    """Serving waits neither for a test runner nor for a fuzzer."""
    code = f"import sys; {statement}; print(*(name for name in {absent!r} if name in sys.modules))"

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ran.stdout.split() == []
