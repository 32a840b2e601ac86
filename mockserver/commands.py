"""How every command ends: with one clear message instead of a traceback, and an exit code that means one thing.

0: done; the contract is kept. 1: the contract is broken, or less of it is covered than required, and nothing else.
2: the command could not do what it was asked. 70 (EX_SOFTWARE in sysexits.h): mockserver itself failed.
128 and the number of a signal: the signal ended it.
"""

from __future__ import annotations

import errno
import io
import os
import platform
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from mockserver import __version__
from mockserver.errors import MockServerError
from mockserver.output.complaint import complain, tell
from mockserver.output.escaping import visible
from mockserver.output.streams import NOBODY_READS, Stream, standard_streams
from mockserver.signals import raised

FAILED, DEFECT, SIGNALLED = 2, 70, 128
DEBUG = "MOCKSERVER_DEBUG"
LONGEST = 300
"""Characters of an unexpected error that are repeated."""


class Commands(click.Group):
    """A group whose commands end as the module says."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        with standard_streams() as (out, _), raised():
            code = judged(out, self._ended(args, prog_name, complete_var, extra))
        sys.exit(code)

    def _ended(
        self, args: Sequence[str] | None, prog_name: str | None, complete_var: str | None, extra: dict[str, Any]
    ) -> int:
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.Abort as error:
            return interrupted(error.__cause__)
        except click.ClickException as error:
            told = io.StringIO()
            error.show(told)
            tell(told.getvalue().rstrip("\n"))
            return FAILED
        except Exception as error:  # noqa: BLE001  # the last resort
            return defect(error)
        return code if isinstance(code, int) else 0

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Every command with its whole first sentence, in as many lines as that takes."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, each.get_short_help_str(LONGEST)) for name, each in commands if each and not each.hidden]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MockServerError as error:
            complain(str(error))
            ctx.exit(FAILED)
        except KeyboardInterrupt as error:
            ctx.exit(interrupted(error))


def output_is_optional() -> None:
    """Note that the command does more than print: it may be called with standard output closed."""
    if isinstance(sys.stdout, Stream):
        sys.stdout.optional = True


def judged(out: Stream | None, code: int) -> int:
    """The exit code, once it is known what became of the output."""
    failure = None if out is None else out.failure
    if out is None or failure is None or failure.errno in NOBODY_READS:
        return code
    if failure.errno == errno.EBADF and out.optional:
        return code
    complain(f"standard output cannot be written: {failure.strerror}.")
    return code or FAILED


def interrupted(error: BaseException | None) -> int:
    """Say so; the exit code that shells give to a command that a signal ended."""
    number = getattr(error, "number", signal.SIGINT)
    complain(f"interrupted by {signal.Signals(number).name}.")
    return SIGNALLED + number


def defect(error: Exception) -> int:
    """Say that the fault is ours, where its traceback is and what to do; the exit code."""
    told = "".join(traceback.format_exception(error))
    frames = traceback.extract_tb(error.__traceback__)
    here = Path(__file__)
    own = [each for each in frames if here.parent in Path(each.filename).parents and each.filename != str(here)]
    last = (own or frames)[-1]
    where = f"{Path(last.filename).name}, line {last.lineno}"
    what = visible(f"{type(error).__name__}: {error}")[:LONGEST]
    if os.environ.get(DEBUG):
        tell(told)
    complain(
        f"this is a fault of mockserver itself, not of your API: {what} ({where}). "
        f"{_kept(told)} {DEBUG}=1 prints the traceback here."
    )
    return DEFECT


def _kept(told: str) -> str:
    """Write down what whoever mends it needs, but for the values of options, which may be credentials."""
    options = [word.partition("=")[0] for word in sys.argv[2:] if word.startswith("-")]
    versions = f"mockserver {__version__}, Python {platform.python_version()}, {platform.platform()}"
    command = " ".join(["mockserver", *sys.argv[1:2], *options])
    try:
        number, name = tempfile.mkstemp(prefix="mockserver-", suffix=".log")
        with os.fdopen(number, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{versions}\n{command}\n\n{told}")
    except OSError:
        return "Please report it."
    return f"Please report it with {name}."
