"""A stateful mock server for any OpenAPI document, which keeps the contract."""

from __future__ import annotations

import warnings
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.admin.flaws import ValueFlaw as ValueFlaw
    from mockserver.callbacks.sender import Delivery as Delivery
    from mockserver.errors import ConfigurationError as ConfigurationError
    from mockserver.errors import DocumentError as DocumentError
    from mockserver.errors import FixtureError as FixtureError
    from mockserver.errors import MockServerError as MockServerError
    from mockserver.errors import OperationError as OperationError
    from mockserver.errors import Refusal as Refusal
    from mockserver.errors import StartError as StartError
    from mockserver.errors import StateError as StateError
    from mockserver.errors import VerifyError as VerifyError
    from mockserver.errors import WorldError as WorldError
    from mockserver.mock.faults import Fault as Fault
    from mockserver.mock.history import Comparison as Comparison
    from mockserver.mock.mock import Mock as Mock
    from mockserver.mock.requests import Requests as Requests
    from mockserver.mock.state import State as State
    from mockserver.mock.stubs import StubbedAnswer as StubbedAnswer
    from mockserver.mock.transport import Transport as Transport
    from mockserver.mock.violations import BrokenContract as BrokenContract
    from mockserver.mock.violations import Expectation as Expectation
    from mockserver.runtime.exchange import Exchange as Exchange
    from mockserver.runtime.faults import Delay as Delay
    from mockserver.runtime.message import Message as Message
    from mockserver.server import MockServer as MockServer
    from mockserver.world.changes import Change as Change
    from mockserver.world.store import Collection as Collection
    from mockserver.world.worlds import Snapshot as Snapshot
    from mockserver.world.worlds import World as World

WHERE = {
    "BrokenContract": "mock.violations",
    "Change": "world.changes",
    "Collection": "world.store",
    "Comparison": "mock.history",
    "ConfigurationError": "errors",
    "Delay": "runtime.faults",
    "Delivery": "callbacks.sender",
    "DocumentError": "errors",
    "Exchange": "runtime.exchange",
    "Expectation": "mock.violations",
    "Fault": "mock.faults",
    "FixtureError": "errors",
    "Message": "runtime.message",
    "Mock": "mock.mock",
    "MockServer": "server",
    "MockServerError": "errors",
    "OperationError": "errors",
    "Refusal": "errors",
    "Requests": "mock.requests",
    "Snapshot": "world.worlds",
    "StartError": "errors",
    "State": "mock.state",
    "StateError": "errors",
    "StubbedAnswer": "mock.stubs",
    "Transport": "mock.transport",
    "ValueFlaw": "admin.flaws",
    "VerifyError": "errors",
    "World": "world.worlds",
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
