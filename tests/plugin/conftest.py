"""Modules that others import late and remember the classes of; a run inside this one must not be the first to do so.

pytester forgets the modules that such a run imported.
"""

import httpcore  # noqa: F401  # whose exceptions httpx maps
import schemathesis.engine.events  # noqa: F401  # which Schemathesis's own plugin imports when a run ends
