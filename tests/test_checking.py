"""`mockserver check`: what it prints, for people and for machines, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import main

HEAD = "openapi: 3.0.3\ninfo: {title: Specimen, version: '1'}\n"
SOUND = f"{HEAD}paths: {{/a: {{get: {{responses: {{'200': {{description: Done.}}}}}}}}}}\n"
WARNED = f"{HEAD}paths: {{/a: {{get: {{tags: one, responses: {{'200': {{description: Done.}}}}}}}}}}\n"
BROKEN = f"{HEAD}paths:\n  /a:\n    get: here\n    put: {{responses: {{'200': {{description: Done.}}}}}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with one document of each kind."""
    for name, text in {"sound": SOUND, "warned": WARNED, "broken": BROKEN, "none": "a: ["}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


@pytest.mark.parametrize(
    ("arguments", "code", "last"),
    [
        (["sound.yaml"], 0, "sound.yaml: 1 operation can be served, no warnings"),
        (["--strict", "sound.yaml"], 0, "sound.yaml: 1 operation can be served, no warnings"),
        (["warned.yaml"], 0, "warned.yaml: 1 operation can be served, 1 warning"),
        (["--strict", "warned.yaml"], 1, "warned.yaml: 1 operation can be served, 1 warning"),
        (["broken.yaml"], 2, "broken.yaml: 1 operation can be served, 1 operation not, no warnings"),
        (["none.yaml"], 2, "none.yaml: cannot be served"),
        (["missing.yaml"], 2, "missing.yaml: cannot be served"),
        (["none.yaml", "sound.yaml"], 2, "sound.yaml: 1 operation can be served, no warnings"),
        (["name=warned.yaml"], 0, "warned.yaml: 1 operation can be served, 1 warning"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_the_exit_code_says_whether_all_can_be_served(arguments: list[str], code: int, last: str) -> None:
    """And the last line of each document how much of it can be."""
    ended = check(*arguments)

    assert ended.exit_code == code
    assert ended.output.splitlines()[-1] == last


@pytest.mark.usefixtures("folder")
def test_each_flaw_is_a_line(folder: Path) -> None:
    """Place, what it costs, what is wrong, what to do, the pointer and the kind."""
    del folder

    assert check("warned.yaml").output.splitlines()[0] == (
        "warned.yaml:3: warning: 'one' is read as an array. Write it so.  #/paths/~1a/get/tags  [wrong-type]"
    )
    assert check("broken.yaml").output.splitlines()[0] == (
        "broken.yaml:5: not served: Expected an operation, got 'here'; it is not served. Correct it.  "
        "#/paths/~1a/get  [wrong-type]"
    )
    assert check("missing.yaml").output.splitlines()[0] == (
        "missing.yaml: not a document: the document cannot be read: No such file or directory. Check the path.  "
        "#  [unreadable]"
    )


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "a.yaml",
            "openapi: 3.1.0\npaths: [\n",
            "line 3, column 1: did not find expected node content, while parsing a ",
        ),
        (
            "a.json",
            '{"openapi": "3.1.0",\n"paths": {,}}',
            "unexpected character, expected a string key: line 2 column 11",
        ),
    ],
)
def test_a_text_that_does_not_parse_is_one_line(folder: Path, name: str, text: str, told: str) -> None:
    """With the line in the file at which a reader gives up."""
    (folder / name).write_text(text)

    ended = check(name)
    first, last = ended.output.splitlines()
    assert first.startswith(f"{name}:{told.partition('line ')[2][0]}: not a document: expected YAML or JSON")
    assert told in first
    assert last == f"{name}: cannot be served"


@pytest.mark.usefixtures("folder")
def test_json_says_the_same_for_machines() -> None:
    """One object for each document, and nothing else."""
    ended = check("--format", "json", "warned.yaml", "none.yaml")

    warned, none = json.loads(ended.output)
    assert ended.exit_code == 2
    assert warned == {
        "file": "warned.yaml",
        "servable": True,
        "operations": 1,
        "flaws": [
            {
                "kind": "wrong-type",
                "costs": "nothing",
                "file": "warned.yaml",
                "line": 3,
                "pointer": "#/paths/~1a/get/tags",
                "message": "'one' is read as an array.",
                "remedy": "Write it so.",
            }
        ],
    }
    assert (none["servable"], none["operations"], none["flaws"][0]["costs"]) == (False, 0, "document")


def test_without_a_document_there_is_nothing_to_check() -> None:
    """It is said what is missing."""
    ended = check()

    assert ended.exit_code == 2
    assert "Missing argument 'FILE...'" in ended.output
