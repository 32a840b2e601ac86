"""A project's configuration file, made defaults of the commands: each of their options is a key, checked by its type.

`mockserver.toml` has the options of `serve` at its top, and those of another command in a table of that command's name.
What says which APIs there are counts for every command. Paths lead on from the folder of the file.
"""

from __future__ import annotations

import difflib
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from mockserver.additions import led
from mockserver.catalog import below, is_document
from mockserver.environment import strangers
from mockserver.errors import ConfigurationError, MockServerError
from mockserver.options import EVERYWHERE, CredentialType, key_of
from mockserver.project import ProjectFile

SERVE = "serve"
Defaults = dict[str, dict[str, Any]]
"""Values by the name of a parameter, by the name of a command."""

KINDS: tuple[tuple[type[click.ParamType[Any]], tuple[type, ...], str], ...] = (
    (click.types.BoolParamType, (bool,), "true or false"),
    (click.types.FloatParamType, (int, float), "a number"),
    (click.types.IntParamType, (int,), "a whole number"),
    (click.ParamType, (str,), "a string"),
)
"""What TOML has for a type of the command line, and how that is called."""

WORDS = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "an array", dict: "a table"}


def defaults(commands: click.Group, file: ProjectFile) -> Defaults:
    """The file's options for each command; ConfigurationError names the first invalid key, and what is valid."""
    keys = {key_of(each) for each in commands.commands[SERVE].params}
    named = [name for name in commands.commands if name not in keys]  # `apis` is a command as well
    tables = {name: _table(file, name) for name in named}
    own = {key: value for key, value in file.table.items() if key not in named}
    served = _values(commands, SERVE, own, file, "", named) | _values(commands, SERVE, tables[SERVE], file, "serve.")
    found: Defaults = {}
    for name, command in commands.commands.items():
        known = {parameter.name for parameter in command.params}
        shared = {key: value for key, value in served.items() if key in known and key in EVERYWHERE}
        found[name] = shared | _values(commands, name, tables.get(name, {}), file, f"{name}.")
    if "apis" in served:
        found["check"].setdefault("files", [each for each in served["apis"] if is_document(each)])
    return {**found, SERVE: served}


def project_options(commands: click.Group, command: str, file: ProjectFile | None) -> dict[str, Any]:
    """The options of a command that the environment and the file set, by parameter; defaults are left out.

    A variable that is near one of ours, and has no effect, is a warning.
    """
    for text in strangers(commands, os.environ):
        warnings.warn(text, stacklevel=2)
    defined = commands.commands[command]
    try:
        found = {} if file is None else defaults(commands, file)[command]
        context = click.Command.make_context(defined, command, [], default_map=found)
    except click.ClickException as error:
        raise ConfigurationError(error.format_message()) from None
    given = (click.core.ParameterSource.ENVIRONMENT, click.core.ParameterSource.DEFAULT_MAP)
    return {name: value for name, value in context.params.items() if context.get_parameter_source(name) in given}


def _table(file: ProjectFile, name: str) -> Mapping[str, Any]:
    given = file.table.get(name, {})
    if not isinstance(given, dict):
        raise ConfigurationError(f"{file.place(name)}: expected a table of options, got {_shown(given)}.")
    return given


def _values(
    commands: click.Group,
    command: str,
    table: Mapping[str, Any],
    file: ProjectFile,
    within: str,
    tables: Sequence[str] = (),
) -> dict[str, Any]:
    parameters = {key: each for each in commands.commands[command].params if (key := key_of(each)) is not None}
    found = {}
    for written, value in table.items():
        key = written.replace("_", "-")
        if key not in parameters:
            nearest = _nearest(key, [*parameters, *tables])
            raise ConfigurationError(f"{file.place(within + written)}: there is no such key; {nearest}")
        parameter = parameters[key]
        found[str(parameter.name)] = _Reader(file, file.place(within + written), parameter).read(value)
    return found


def _nearest(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=3)
    return f"did you mean {' or '.join(near)}?" if near else f"expected one of {', '.join(sorted(known))}."


class _Reader:
    """Reads the value of one key as its parameter takes it."""

    def __init__(self, file: ProjectFile, place: str, parameter: click.Parameter) -> None:
        self._file = file
        self._place = place
        self._parameter = parameter
        self._secret = isinstance(parameter.type, CredentialType)
        self._led = LED.get(str(parameter.name))

    def read(self, value: Any) -> Any:
        if getattr(self._parameter, "multiple", False) or self._parameter.nargs != 1:
            return [self._one(each) for each in self._several(value)]
        return self._one(value)

    def _several(self, value: Any) -> Iterator[Any]:
        """An array, one value alone, or a table where NAME=VALUE is taken."""
        named = "=" in (self._parameter.make_metavar(click.Context(click.Command(None))) or "")
        if isinstance(value, dict) and named:
            for name, each in value.items():
                yield f"{name}={self._typed(each, (str,), 'a string')}"
        elif isinstance(value, list):
            yield from value
        elif isinstance(value, dict):
            raise self._unfit("an array of strings", value)
        else:
            yield value

    def _one(self, value: Any) -> Any:
        kind = click.BOOL if getattr(self._parameter, "is_flag", False) else self._parameter.type
        types, expected = next((types, name) for each, types, name in KINDS if isinstance(kind, each))
        value = self._typed(value, types, expected)
        if isinstance(kind, click.Path):
            value = str(self._file.folder / value)
        elif self._led is not None:
            value = self._led(self._file.folder, value)
        try:
            kind.convert(value, self._parameter, None)
        except click.UsageError as error:
            raise ConfigurationError(f"{self._place}: {error.message}") from None
        except MockServerError as error:
            raise ConfigurationError(f"{self._place}: {error}") from None
        return value

    def _typed(self, value: Any, types: tuple[type, ...], expected: str) -> Any:
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise self._unfit(expected, value)
        return value

    def _unfit(self, expected: str, value: Any) -> ConfigurationError:
        return ConfigurationError(f"{self._place}: expected {expected}, got {_shown(value, secret=self._secret)}.")


def _shown(value: Any, *, secret: bool = False) -> str:
    """A value in a message; of what may be a credential, and of what is long, only what it is."""
    word = WORDS.get(type(value), type(value).__name__)
    return word if secret or isinstance(value, list | dict) else f"{value!r:.40}"


def _report(folder: Path, given: str) -> str:
    """KIND=PATH with its path led on."""
    kind, equals, path = given.partition("=")
    return f"{kind}={folder / path}" if equals else given


LED: Mapping[str, Callable[[Path, str], str]] = {
    "apis": below,
    "files": below,
    "handlers": led,
    "overlays": led,
    "reports": _report,
}
"""Parameters that contain paths but are not paths themselves: how those are made relative to a folder."""
