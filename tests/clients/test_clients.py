"""The five documents as generated clients see them: generated without a warning, type-checked, and at work."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver import MockServer
from mockserver.catalog import shipped
from mockserver.resources import resource
from tests.clients import calls
from tests.clients.tools import Tools

pytestmark = [
    pytest.mark.gate,  # installs the generators
    pytest.mark.skipif(shutil.which("npm") is None, reason="needs Node and npm"),
]
every_api = pytest.mark.parametrize("api", shipped())


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    return Tools.install(tmp_path_factory.mktemp("clients"))


@pytest.fixture(scope="module")
def served() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


def document(api: str) -> Path:
    return Path(str(resource("specs"))) / f"{api}.yaml"


def found(served: MockServer, api: str, client: str) -> list[calls.Call]:
    return list(calls.calls(served.apis[api].contract, client))


def token(served: MockServer, api: str) -> str | None:
    return None if served.apis[api].credentials is None else served.credential(api)


def assert_at_work(printed: str, sent: list[calls.Call]) -> None:
    """Every call has a documented answer, and every operation succeeds with one of its examples."""
    lines = printed.splitlines()
    statuses = dict(line.rsplit(" ", 1) for line in lines)
    assert set(statuses) == {call.world for call in sent}, printed
    for call in sent:
        status = statuses[call.world].removeprefix("HTTPStatus.")
        assert status in call.operation.members["responses"], (call.world, status)
    worked = {call.operation.operation_id for call in sent if statuses[call.world].startswith("2")}
    assert worked == {call.operation.operation_id for call in sent}, printed


@every_api
def test_openapi_python_client(tools: Tools, served: MockServer, api: str) -> None:
    """Models and functions have the document's names; calls pass mypy, and work."""
    package, sent = f"opc_{api}", found(served, api, "python")
    options = ("--meta", "none", "--fail-on-warning", "--overwrite")
    tools.run("openapi-python-client", "generate", "--path", document(api), "--output-path", package, *options)
    script = tools.folder / f"{package}_calls.py"
    script.write_text(calls.python_script(sent, package, served.url, token(served, api)))

    tools.run("mypy", "--no-error-summary", script)
    assert_at_work(tools.run(tools.bin / "python", script), sent)


@every_api
def test_openapi_typescript(tools: Tools, served: MockServer, api: str) -> None:
    """The examples are what the types ask for, and openapi-fetch sends them."""
    types, sent = f"{api}.d.ts", found(served, api, "fetch")
    printed = tools.run("openapi-typescript", document(api), "-o", types)
    script = tools.folder / f"{api}_fetch.ts"
    script.write_text(calls.fetch_script(sent, f"{types}", served.url, token(served, api)))

    assert "warn" not in printed.lower(), printed
    assert_at_work(compiled(tools, script, "esnext", "bundler"), sent)


@every_api
def test_hey_api(tools: Tools, served: MockServer, api: str) -> None:
    """A function for every operation, whose examples are what the types ask for."""
    package, sent = f"hey_{api}", found(served, api, "hey")
    printed = tools.run("openapi-ts", "-i", document(api), "-o", package)
    script = tools.folder / f"{api}_hey.ts"
    script.write_text(calls.hey_script(sent, package, served.url, token(served, api)))

    assert "warn" not in printed.lower(), printed
    assert_at_work(compiled(tools, script, "commonjs", "node10"), sent)


def compiled(tools: Tools, script: Path, module: str, resolution: str) -> str:
    """What the script prints, once it has been checked and compiled."""
    out = tools.folder / f"{script.stem}_js"
    out.mkdir()
    (out / "package.json").write_text(f'{{"type": "{"module" if module == "esnext" else module}"}}')
    checks = ("--strict", "--skipLibCheck", "--target", "es2022", "--lib", "es2022,dom,dom.iterable")
    tools.run("tsc", *checks, "--module", module, "--moduleResolution", resolution, "--outDir", out, script)
    return tools.run("node", out / f"{script.stem}.js")


@every_api
def test_datamodel_code_generator(tools: Tools, served: MockServer, api: str) -> None:
    """A model for every component, none without a name of its own but those of combined schemas; examples fit."""
    module, sent = f"models_{api}", found(served, api, "models")
    kind = ("--input-file-type", "openapi", "--output-model-type", "pydantic_v2.BaseModel", "--formatters", "builtin")
    printed = tools.run("datamodel-codegen", "--input", document(api), "--output", f"{module}.py", *kind)
    script = tools.folder / f"{module}_examples.py"
    script.write_text(calls.models_script(sent, module))
    tree = ast.parse((tools.folder / f"{module}.py").read_text())
    named = {each.name.lower() for each in tree.body if isinstance(each, ast.ClassDef)}
    known = {name.lower() for name in served.apis[api].document.schemas}

    assert printed == ""
    assert {each for each in named - known if not each.startswith("searchfilters")} == set()
    tools.run(tools.bin / "python", script)
