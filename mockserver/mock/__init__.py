"""What a test asks of a mock server, as one object: a world of its own, and everything there is to set up and look up.

Works without pytest: `MockServer(...).mock()` answers one. The pytest plugin only opens and closes it.
"""

from mockserver.mock.mock import Mock
from mockserver.mock.mocks import Mocks
from mockserver.mock.requests import Requests
from mockserver.mock.violations import BrokenContract

__all__ = ["BrokenContract", "Mock", "Mocks", "Requests"]
