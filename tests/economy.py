"""What makes a run of twelve thousand tests cheaper, and changes nothing that they prove."""

from __future__ import annotations

import gc
import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

FOLDER = Path(__file__).parent
LONG = (
    *("oracle/test_oracle.py", "fuzz/test_fuzz.py", "control/test_fuzz.py", "verify/test_flaws.py"),
    *("clients/test_clients.py", "admin/test_history.py", "guide/test_commands.py", "consumers/test_consumers.py"),
    *("plugin/test_plugin.py", "console/test_screens.py", "console/test_tour.py", "inference/test_state_machine.py"),
    *("verify/test_campaign.py", "verify/test_command.py", "output/test_environments.py", "test_packaging.py"),
)
"""The files that take longest, ten seconds or more in a usual run or in whole campaigns."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first, so that no worker is left with one when the others are done."""
    ranks = {FOLDER / path: rank for rank, path in enumerate(LONG)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


def pytest_collection_finish() -> None:
    """Twelve thousand tests stay to the end, and no collection of garbage need look at them again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _authorities_once() -> Iterator[None]:
    """Every client of httpx reads all certificate authorities, which takes longer than most tests; here one does."""
    create = httpx.create_ssl_context
    read: dict[tuple[str | None, ...], ssl.SSLContext] = {}

    def once(verify: Any = True, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
        if verify is not True or cert is not None:
            return create(verify, cert, trust_env)
        named = tuple(os.environ.get(name) if trust_env else None for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
        if named not in read:
            read[named] = create(verify, cert, trust_env)
        return read[named]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpx._transports.default.create_ssl_context", once)
        yield
