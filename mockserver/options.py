"""Kinds of values that several commands take as options, each checked in one way with one message."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from mockserver.errors import StartError
from mockserver.output.complaint import tell

Command = TypeVar("Command", bound=Callable[..., Any])

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Characters that no credential has; most often a line break of the file that it was read from."""


class Credential(click.types.StringParamType):
    """A password or token. Surrounding white space is removed with a warning; what cannot be a credential is refused.

    An environment variable holds a single one, which click would split at blanks. `ascii`: it must fit into a header.
    """

    name = "credential"

    def __init__(self, *, ascii: bool = False) -> None:  # noqa: A002  # what else would it be called
        self._ascii = ascii

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        return [rv]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        del ctx
        named = told(param)
        text = str(value).strip()
        if not text:
            raise StartError(f"{named} is {'empty' if value == '' else 'blank'}: give a credential, or omit it.")
        if CONTROL.search(text):
            raise StartError(f"{named} contains a line break or another control character. Give the credential alone.")
        if self._ascii and not text.isascii():
            raise StartError(
                f"{named} contains characters that are not ASCII and do not fit into a header. Choose another."
            )
        if text != value:
            tell(f"mockserver: the white space around {named} is removed.", "yellow")
        return text


def told(param: click.Parameter | None) -> str:
    """The name of an option, with the environment variable that can replace it."""
    if param is None:
        return "the credential"
    variable = f" (or {param.envvar})" if isinstance(param.envvar, str) else ""
    return f"{param.opts[0]}{variable}"


class Percent(click.FloatRange):
    """From 0 to 100, and a number."""

    def __init__(self) -> None:
        super().__init__(0, 100)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        return self.fail(f"{value!r} is not a number from 0 to 100.", param, ctx) if math.isnan(number) else number


def trusting(command: Command) -> Command:
    """Give a command --cacert and --insecure, as `cacert` and `insecure`: see `client.Trust`."""
    insecure = click.option("--insecure", is_flag=True, help="With https: accept any certificate.")
    cacert = click.option(
        "--cacert",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Trust the certificates in this file.  [default: SSL_CERT_FILE, else the system's]",
    )
    return cacert(insecure(command))
