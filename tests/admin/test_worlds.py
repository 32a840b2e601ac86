"""Worlds as servers and mocks begin with them; the rest is what both doors do."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from mockserver import MockServer, WorldError
from mockserver.cli import main

SEEDS = (True, 1.5, "7", 2**63, -(2**63) - 1)


@pytest.mark.parametrize("seed", SEEDS, ids=repr)
def test_a_server_begins_with_no_seed_that_an_export_could_not_hold(seed: Any) -> None:
    """A whole number that fits into 64 bits, and nothing else that Python takes for one."""
    with pytest.raises(WorldError, match=r"^seed: must be ") as refused:
        MockServer(["crm"], seed=seed)

    assert refused.value.flaws[0].pointer == "/seed"


@pytest.mark.parametrize("seed", [0, -1, 2**63 - 1, -(2**63)])
def test_any_other_seed_will_do(seed: int) -> None:
    """Negative ones, too."""
    server = MockServer(["crm"], seed=seed)

    assert server.world().seed == seed
    with server.mock() as mock:
        assert mock.state.export()["seed"] == seed


@pytest.mark.parametrize("command", ["serve", "export"])
def test_the_command_line_takes_no_other(command: str) -> None:
    """It says what a seed must be, and that is all."""
    result = CliRunner().invoke(main, [command, "crm", "--seed", str(2**63)])

    assert result.exit_code == 2
    assert "seed: must be at most 9223372036854775807, got 9223372036854775808" in result.stderr
