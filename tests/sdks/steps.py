"""What every script here does: steps in order, each told on a line as JSON, so that one that fails does not end it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any


def step(name: str, act: Callable[[], Any]) -> Any:
    """Do it; what it returns, None if it fails or a step that it needs did."""
    try:
        result = act()
    except Exception as error:  # noqa: BLE001  # whatever an SDK raises is what is told
        told = f"{type(error).__name__}: {error}"
        print(json.dumps({"step": name, "flaw": " ".join(told.split())[:300]}))
        return None
    print(json.dumps({"step": name, "flaw": ""}))
    return result


def fails(error: type[Exception], act: Callable[[], Any]) -> None:
    """The SDK raises its own error."""
    try:
        act()
    except error:
        return
    raise AssertionError(f"expected {error.__name__}, and nothing was raised")


def same(found: Any, expected: Any) -> None:
    if found != expected:
        raise AssertionError(f"expected {expected!r:.80}, got {found!r:.80}")


URL = sys.argv[1] if len(sys.argv) > 1 else ""
