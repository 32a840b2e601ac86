"""Who is measured, and what is said where there is nothing to measure with."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.benchmarks import npm, stock
from tests.benchmarks.contenders import CONTENDERS, OURS
from tests.benchmarks.serving import chosen, main


def test_ours_is_always_measured() -> None:
    """Ratios need our own figures, whatever else is asked for."""
    assert [contender.name for contender in chosen(["json-server"])] == [OURS, npm.label("json-server")]


def test_everyone_is_measured_by_default() -> None:
    """Nobody is left out in silence."""
    assert chosen([]) == list(CONTENDERS)


def test_without_wrk_there_is_nothing_to_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing load generator is named in one line."""
    monkeypatch.setenv("PATH", "")
    result = CliRunner().invoke(main, [])

    assert result.exit_code == 1
    assert "wrk is not installed" in result.output


def test_without_npm_a_peer_cannot_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason that the report gives names the missing program."""
    monkeypatch.setenv("PATH", "")

    with pytest.raises(npm.ToolError, match="npm is not installed"):
        npm.installed("wiremock", tmp_path)


def test_an_installed_peer_is_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run needs no registry."""
    monkeypatch.setenv("PATH", "")
    prefix = tmp_path / f"wiremock@{npm.PINNED['wiremock']}"
    prefix.mkdir()
    (prefix / "complete").touch()

    assert npm.installed("wiremock", tmp_path) == prefix / "node_modules" / "wiremock"


def test_stock_connexion_knows_where_the_keys_are() -> None:
    """Only the security schemes are changed, and not in the given document."""
    given = {"components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}}
    changed = stock.with_bearer(given)

    assert changed["components"]["securitySchemes"]["key"]["x-bearerInfoFunc"] == "tests.benchmarks.stock.bearer"
    assert given == {"components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}}}
