"""What a command has to complain about: one message on standard error."""

from __future__ import annotations

import re

from mockserver.output.escaping import visible_lines

UNINDENTED = re.compile(r"\n(?!  )")
"""A line feed that is not one of our own messages, which indent what follows."""


def complain(message: str) -> None:
    """Say it in the name of the program; what the message quotes cannot pretend to be another."""
    line = UNINDENTED.sub(r"\\n", message)
    tell(f"mockserver: {line}", "red")


def tell(text: str, style: str = "") -> None:
    """Print lines on standard error."""
    from rich.text import Text

    from mockserver.output.printing import Output

    Output(stderr=True).print(Text(visible_lines(text), style=style), soft_wrap=True)
