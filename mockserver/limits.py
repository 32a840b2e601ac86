"""Limits that several rooms go by, each once; here, so that `--help` need not load the rest."""

BODY_LIMIT = 10 * 1024 * 1024
"""Bytes of a request's body that are accepted."""

CONTROL_BODY_LIMIT = 1024 * 1024
"""The same for the control plane, unless an operation's `x-body-limit` is another."""

FILE_LIMIT = 1024 * 1024 * 1024
"""Bytes of an exported world or journal that are read, from a file or from a running server."""

WORLDS = 1_000
"""Worlds beside the default one that a server keeps."""

GRACE = 1.0
"""Seconds that requests under way get to finish when the server stops."""
