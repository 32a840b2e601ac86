"""A stateful mock of documented APIs that keeps its OpenAPI contract."""

from __future__ import annotations

import warnings
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.admin.flaws import ValueFlaw as ValueFlaw
    from mockserver.errors import ConfigurationError as ConfigurationError
    from mockserver.errors import DocumentError as DocumentError
    from mockserver.errors import FixtureError as FixtureError
    from mockserver.errors import MockServerError as MockServerError
    from mockserver.errors import OperationError as OperationError
    from mockserver.errors import StartError as StartError
    from mockserver.errors import StateError as StateError
    from mockserver.errors import VerifyError as VerifyError
    from mockserver.errors import WorldError as WorldError
    from mockserver.mock.faults import Fault as Fault
    from mockserver.mock.mock import Mock as Mock
    from mockserver.mock.requests import Requests as Requests
    from mockserver.mock.state import State as State
    from mockserver.mock.violations import BrokenContract as BrokenContract
    from mockserver.runtime.exchange import Exchange as Exchange
    from mockserver.runtime.faults import Delay as Delay
    from mockserver.server import MockServer as MockServer
    from mockserver.world.worlds import Snapshot as Snapshot

WHERE = {
    "BrokenContract": "mock.violations",
    "ConfigurationError": "errors",
    "Delay": "runtime.faults",
    "DocumentError": "errors",
    "Exchange": "runtime.exchange",
    "Fault": "mock.faults",
    "FixtureError": "errors",
    "Mock": "mock.mock",
    "MockServer": "server",
    "MockServerError": "errors",
    "OperationError": "errors",
    "Requests": "mock.requests",
    "Snapshot": "world.worlds",
    "StartError": "errors",
    "State": "mock.state",
    "StateError": "errors",
    "ValueFlaw": "admin.flaws",
    "VerifyError": "errors",
    "WorldError": "errors",
}
"""The modules of what can be imported from here."""

__version__ = version("mockserver")
__all__ = ["__version__", *WHERE]  # noqa: PLE0604  # names, all of them


def __getattr__(name: str) -> Any:
    """Import a thing only when it is asked for, so that `mockserver --version` answers at once."""
    if name not in WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with warnings.catch_warnings():  # of what the server is built on, for whom warnings are errors
        warnings.simplefilter("ignore", DeprecationWarning)
        return getattr(import_module(f"mockserver.{WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *WHERE})
