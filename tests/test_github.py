"""What GitHub reads: forms, the workflow, and the pages for contributors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import dev

FOLDER = Path(__file__).parent.parent / ".github"
FORMS = sorted(FOLDER.glob("ISSUE_TEMPLATE/[!c]*.yml"))


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_a_form_asks_something(form: Path) -> None:
    """Each has a name, and fields of kinds that GitHub knows, each with a label and an id of its own."""
    found = read(form)
    fields = found["body"]

    assert found["name"]
    assert found["description"]
    assert {each["type"] for each in fields} <= {"textarea", "input", "dropdown", "checkboxes", "markdown"}
    assert all(each["attributes"]["label"] for each in fields)
    assert len({each["id"] for each in fields}) == len(fields)
    assert any(each.get("validations", {}).get("required") for each in fields)


def test_the_workflow_is_the_gate() -> None:
    """It runs what everybody can run, on every Python that the gate tests."""
    [job] = read(FOLDER / "workflows" / "gate.yml")["jobs"].values()
    [pythons] = [step["with"]["python-version"].split() for step in job["steps"] if "with" in step]

    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    assert set(pythons) == {"3.11", *dev.PYTHONS}


def test_contributors_learn_every_command() -> None:
    """None of the commands for developers goes unsaid."""
    page = (FOLDER / "CONTRIBUTING.md").read_text(encoding="utf-8")

    assert [name for name in dev.main.commands if f"tests.dev {name}\n" not in page] == []
