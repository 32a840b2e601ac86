"""Limits that both the command line and what it starts go by; here, so that `--help` need not load the rest."""

BODY_LIMIT = 10 * 1024 * 1024
"""Bytes of a request's body that are taken."""

WORLDS = 1_000
"""Worlds beside the default one that a server keeps."""

GRACE = 1.0
"""Seconds that requests under way get to finish when the server stops."""
