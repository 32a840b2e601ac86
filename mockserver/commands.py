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
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from mockserver import __version__
from mockserver.environment import strangers
from mockserver.errors import MockServerError
from mockserver.options import variables_of, without_credentials
from mockserver.output.complaint import complain, tell
from mockserver.output.escaping import visible
from mockserver.output.streams import NOBODY_READS, Stream, standard_streams
from mockserver.signals import raised

if TYPE_CHECKING:
    from mockserver.project import ProjectFile

HELP = frozenset({"-h", "--help"})
ENVIRONMENT = ParameterSource.ENVIRONMENT
FAILED, DEFECT, SIGNALLED = 2, 70, 128
DEBUG = "MOCKSERVER_DEBUG"
GUIDE = "guide"
"""The command that takes nothing from a configuration file."""

LONGEST = 300
"""Characters of an unexpected error that are repeated."""


class Configured(click.Command):
    """A command each of whose options has an environment variable, and a key in a configuration file.

    The command line wins over the environment, and that over the file.
    """

    def __init__(self, name: str | None, **attributes: Any) -> None:
        super().__init__(name, **attributes)
        for parameter in self.params:
            parameter.envvar = parameter.envvar or variables_of(name or "", parameter) or None

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        asks = bool(HELP.intersection(args)) or extra.get("resilient_parsing", False)
        asks = asks or info_name == GUIDE  # which a person reads who has a file that cannot be read
        if not asks and parent is not None and isinstance(parent.command, click.Group):
            for text in strangers(parent.command, os.environ):
                tell(f"mockserver: {text}", "yellow")
            extra["default_map"] = _defaults(parent, parent.command, info_name or "")
        return super().make_context(info_name, args, parent, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as error:
            if error.param is not None and ctx.get_parameter_source(error.param.name or "") is ENVIRONMENT:
                named = (each for each in error.param.envvar or () if each in os.environ)
                error.param_hint = f"{error.param.get_error_hint(error.ctx)} (from {next(named, 'the environment')})"
            raise


def _defaults(parent: click.Context, commands: click.Group, command: str) -> dict[str, Any]:
    """What the project's configuration file says for a command; the file is kept in the group's context."""
    file = project_file(parent)
    if file is None:
        return {}
    from mockserver.configuration import defaults

    return defaults(commands, file)[command]


def project_file(ctx: click.Context) -> ProjectFile | None:
    """The configuration file that counts: the one that is named, else the nearest; ConfigurationError if it is bad."""
    from mockserver.project import find, read

    named, none = ctx.params.get("config"), ctx.params.get("no_config")
    return None if none else find(Path.cwd()) if named is None else read(named)


class Commands(click.Group):
    """A group whose commands end as the module says."""

    command_class = Configured

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
        with raised(passed_on=args is not None), standard_streams() as (out, _):
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
            given = sys.argv[1:] if args is None else args
            return defect(error, lambda text: without_credentials(text, self, given))
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


def defect(error: Exception, hidden: Callable[[str], str] = str) -> int:
    """Say that the fault is ours, where its traceback is and what to do; the exit code. `hidden` takes secrets out."""
    told = hidden("".join(traceback.format_exception(error)))
    frames = traceback.extract_tb(error.__traceback__)
    here = Path(__file__)
    own = [each for each in frames if here.parent in Path(each.filename).parents and each.filename != str(here)]
    last = (own or frames)[-1]
    where = f"{Path(last.filename).name}, line {last.lineno}"
    what = visible(hidden(f"{type(error).__name__}: {error}"))[:LONGEST]
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
