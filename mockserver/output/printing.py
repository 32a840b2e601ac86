"""What every command prints to: as wide, as colourful and as lively as the stream can take.

Colour follows NO_COLOR, FORCE_COLOR and TERM in the order in which Python itself reads them; what moves the cursor is
for terminals only, whatever colour is forced. Control characters in what is printed are escaped at this one place.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from mockserver.output.encoding import READABLE, exact
from mockserver.output.escaping import escaped

UNBOUNDED = 2000
"""Columns where there is no terminal: no line is cut or folded, so that it can be searched."""

DUMB = ("dumb", "unknown")
"""Terminals by TERM that know no escape sequences."""

COLOURLESS = ("0", "false", "no")
"""Values of FORCE_COLOR by which tools mean the opposite."""


def coloured(stream: IO[str], environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to write colours: https://no-color.org, https://force-color.org, else as the terminal can."""
    if environment.get("NO_COLOR"):
        return False
    forced = environment.get("FORCE_COLOR", "")
    if forced:
        return forced.lower() not in COLOURLESS
    return is_terminal(stream) and environment.get("TERM") not in DUMB


def is_terminal(stream: IO[str]) -> bool:
    """Whether somebody may watch."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


class Output(Console):
    """Standard output, or standard error, or a file that stands for one.

    animated: lines may be drawn over. Whatever is printed is escaped, and no line ends in blanks.
    """

    def __init__(
        self,
        file: IO[str] | None = None,
        *,
        stderr: bool = False,
        width: int | None = None,
        colour: bool | None = None,
    ) -> None:
        stream = file or (sys.stderr if stderr else sys.stdout)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=READABLE)
        colour = coloured(stream) if colour is None else colour
        terminal, dumb = is_terminal(stream), os.environ.get("TERM") in DUMB
        super().__init__(
            file=file,
            stderr=stderr,
            highlight=False,
            width=width or (None if terminal else UNBOUNDED),
            force_terminal=terminal or colour,
            force_interactive=terminal and not dumb,
            color_system=None if not colour else "standard" if dumb else "auto",
            no_color=not colour,
        )
        self.animated = terminal and not dumb

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of a renderable, escaped and trimmed."""
        return _trimmed(map(_escaped, super().render(renderable, options)))

    def command(self, text: str, indent: int = 0) -> None:
        """Print a command on one line that can be pasted, whatever the encoding."""
        self.print(Text(" " * indent + exact(text, self.encoding)), soft_wrap=True)


def _escaped(segment: Segment) -> Segment:
    return segment if segment.control else Segment(escaped(segment.text), segment.style)


def _trimmed(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Without the blanks before the end of a line. What ends in blanks is held until it is known what follows."""
    held: list[Segment] = []
    for segment in segments:
        if segment.control:
            yield segment
            continue
        text = segment.text
        while text:
            line, newline, text = text.partition("\n")
            if line.strip(" "):
                yield from held
                held = []
            if line.endswith(" "):
                held.append(Segment(line, segment.style))
            elif line:
                yield Segment(line, segment.style)
            if newline:
                yield from (Segment(words, each.style) for each in held if (words := each.text.rstrip(" ")))
                held = []
                yield Segment(newline)
    yield from held
