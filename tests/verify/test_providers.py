"""What `verify` says of a whole provider, where what is wrong is no single flaw of its contract, or where nothing is.

Each is a small server of its own below `providers/`, with the exit code and the words that a person reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.verify.targets import VARIABLES
from tests.verify.flaws import CONTRACT
from tests.verify.serving import running, serving

PROVIDERS = Path(__file__).parent / "providers"


@dataclass(frozen=True)
class Expected:
    """What is run and what comes of it; `{url}` in a text is the provider's.

    servers: of the document instead of the shelf's; responses: beside those of `get_book`. environment: instead of that
    with the caller's credential. process: the provider is one of its own. requests: at most so many are sent. longest:
    characters of what is printed.
    """

    what: str
    exit: int
    stdout: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    servers: list[str] = field(default_factory=list)
    document: str | None = None
    responses: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=lambda: {"MOCKSERVER_AUTH": "reader-and-writer"})
    process: bool = False
    requests: int | None = None
    longest: int | None = None


def names() -> list[str]:
    return sorted(each.parent.name for each in PROVIDERS.glob("*/app.py"))


def document(expected: Expected, folder: Path, tmp_path: Path) -> Path:
    """The shelf's, or the provider's own."""
    source = CONTRACT if expected.document is None else folder / expected.document
    raw: dict[str, Any] = yaml.safe_load(source.read_text(encoding="utf-8"))
    if expected.servers:
        raw["servers"] = [{"url": each} for each in expected.servers]
    if expected.responses:
        raw["paths"]["/books/{id}"]["get"]["responses"] |= expected.responses
    path = tmp_path / "contract.yaml"
    path.write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", names())
def test_what_is_said_of_a_provider(name: str, tmp_path: Path) -> None:
    """By its exit code and in words: on standard output if anything was sent, else in one line on standard error."""
    expected = Expected(**yaml.safe_load((PROVIDERS / name / "expected.yaml").read_text(encoding="utf-8")))
    words = ["--allow-writes", "--max-examples", "5", "--seed", "1", *expected.options]
    environment = {**dict.fromkeys(VARIABLES.values()), **expected.environment}
    module = f"tests.verify.providers.{name}.app"
    with running(module) if expected.process else serving(import_module(module).Provider()) as provider:
        contract = document(expected, PROVIDERS / name, tmp_path)
        result = CliRunner(env=environment).invoke(main, ["verify", str(contract), "--url", provider.url, *words])

    assert result.exit_code == expected.exit, result.output
    for told, wanted in ((result.stdout, expected.stdout), (result.stderr, expected.stderr)):
        assert [each for each in wanted if each.format(url=provider.url) not in told] == [], result.output
    assert [each for each in expected.absent if each in result.output] == []
    assert expected.stdout or len(result.stderr.splitlines()) == 1
    assert expected.requests is None or len(provider.requests) <= expected.requests
    assert expected.longest is None or len(result.output) <= expected.longest
