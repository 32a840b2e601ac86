"""httpx imports httpcore late and remembers its exceptions; a run inside this one must not be the first to do so."""

import httpcore  # noqa: F401  # for pytester forgets the modules that such a run imported
