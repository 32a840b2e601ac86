"""A stateful mock of documented APIs that keeps its OpenAPI contract."""

from __future__ import annotations

import warnings
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.server import MockServer as MockServer

__version__ = version("mockserver")
__all__ = ["MockServer", "__version__"]


def __getattr__(name: str) -> Any:
    """Import the server only when it is asked for, so that `mockserver --version` answers at once."""
    if name == "MockServer":
        with warnings.catch_warnings():  # of what the server is built on, for whom warnings are errors
            warnings.simplefilter("ignore", DeprecationWarning)
            from mockserver.server import MockServer

        return MockServer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
