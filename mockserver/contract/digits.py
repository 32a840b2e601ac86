"""Integers that somebody has written in digits, read within bounds.

`int` alone takes underscores, blanks and digits of other scripts as well, and raises ValueError for more digits than
Python converts (`sys.get_int_max_str_digits`), which a client that sends them must not bring about.
"""

from __future__ import annotations

import re

INTEGER = re.compile(r"-?[0-9]{1,4000}")
"""As many digits as `int` converts, in round numbers."""


def number_of(text: str) -> int | None:
    """The integer that a text is; None for any other text, and for one of more digits."""
    return int(text) if INTEGER.fullmatch(text) else None
