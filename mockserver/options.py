"""Kinds of values that several commands take as options, each checked in one way with one message."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from mockserver.errors import StartError
from mockserver.output.complaint import tell

Command = TypeVar("Command", bound=Callable[..., Any])

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""Characters that no credential has; most often a line break of the file that it was read from."""


SHORTEST = 4
"""Characters from which on a credential is told from an ordinary word."""


class CredentialType(click.types.StringParamType):
    """A password or token. Surrounding white space is removed with a warning; what cannot be a credential is refused.

    An environment variable holds a single one, which click would split at blanks. `ascii_only`: it must fit into a
    header.
    """

    name = "credential"

    def __init__(self, *, ascii_only: bool = False) -> None:
        self._ascii_only = ascii_only

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
        if self._ascii_only and not text.isascii():
            raise StartError(
                f"{named} contains characters that are not ASCII and do not fit into a header. Choose another."
            )
        if text != value:
            tell(f"mockserver: the white space around {named} is removed.", "yellow")
        return text


PARTS = re.compile(r"[^\s:=/@]{4,}")
"""What may be a credential, or a part of one, in the value of an option that holds one."""


def without_credentials(text: str, command: click.Group, args: Sequence[str]) -> str:
    """A text of ours, such as a traceback, without whatever the command line or the environment has as a credential.

    Options are those of type CredentialType, and `--header`; of `--url` what stands before its host.
    """
    options = [each for name in command.commands for each in command.commands[name].params]
    found = [value for each in options if isinstance(each.type, CredentialType) for value in _values(each, args)]
    found += [value.partition(":")[2] for each in options if each.name == "headers" for value in _values(each, args)]
    addresses = [value for each in options if each.name == "url" for value in _values(each, args)]
    found += [value.rpartition("@")[0].partition("://")[2] for value in addresses]
    parts = {part for value in found for part in (value.strip(), *PARTS.findall(value)) if len(part) >= SHORTEST}
    for part in sorted(parts, key=len, reverse=True):
        text = re.sub(rf"(?<![A-Za-z0-9_]){re.escape(part)}(?![A-Za-z0-9_])", "[secret]", text)
    return text


def _values(option: click.Parameter, args: Sequence[str]) -> Iterator[str]:
    for at, word in enumerate(args):
        name, equals, value = word.partition("=")
        if name in option.opts:
            yield value if equals else "".join(args[at + 1 : at + 2])
    variables = (option.envvar,) if isinstance(option.envvar, str) else tuple(option.envvar or ())
    yield from (os.environ[each] for each in variables if each in os.environ)


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


def controlling(purpose: str) -> Callable[[Command], Command]:
    """Give a command --control-token, as `control_token`; `purpose` says what it is for."""
    return click.option(
        "--control-token",
        type=CredentialType(ascii_only=True),
        envvar=CONTROL_VARIABLE,
        metavar="TOKEN",
        help=f"{purpose} Prefer the variable {CONTROL_VARIABLE}.",
    )


def formatted(what: str) -> Callable[[Command], Command]:
    """Give a command --format, as `format`: text, or `what` it shows as JSON."""
    return click.option(
        "--format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help=f"json prints the {what} for machines, and nothing else.",
    )


def naming(command: Command) -> Command:
    """Give a command the options that say which APIs there are: `mounts`, and those of `reading`."""
    mount = click.option(
        "--mount", "mounts", multiple=True, metavar="NAME=/PREFIX", help="Serve an API below a path prefix; repeatable."
    )
    return mount(reading(command))


def reading(command: Command) -> Command:
    """Give a command the options that say how APIs are read, as `fixtures`, `handlers` and so on."""
    fixtures = click.option(
        "--fixtures",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Folder whose <api>/<collection>.json files replace the shipped fixtures.",
    )
    handlers = click.option(
        "--handlers",
        multiple=True,
        metavar="[NAME=]FILE.py",
        help="Python file with a function for each operation that it answers; NAME is the API it is for. Repeatable.",
    )
    return following(fixtures(handlers(overlaying(inferring(command)))))


def following(command: Command) -> Command:
    """Give a command --allow-remote-refs, as `allow_remote_refs`."""
    return click.option("--allow-remote-refs", is_flag=True, help="Follow references to other hosts.")(command)


def inferring(command: Command) -> Command:
    """Give a command --records and --undocumented-404, as `records` and `undocumented_404`."""
    records = click.option(
        "--records",
        type=click.IntRange(0, 1000),
        metavar="N",
        help="Records that an inferred collection begins with, besides the document's examples.  [default: 3]",
    )
    undocumented = click.option(
        "--undocumented-404",
        type=click.Choice(["problem", "example"]),
        help="Response for a missing record where the document has no 404: an RFC 9457 problem, or the documented "
        "example of success.  [default: problem]",
    )
    return records(undocumented(command))


def overlaying(command: Command) -> Command:
    """Give a command --overlay, as `overlays`."""
    return click.option(
        "--overlay",
        "overlays",
        multiple=True,
        metavar="[NAME=]FILE",
        help="OpenAPI Overlay to apply to a document, in the order given; NAME is the API it is for. Repeatable.",
    )(command)


def options_of(reading: Mapping[str, Any]) -> list[str]:
    """How APIs are read, as words for a shell: the options of `reading` that are given."""
    words = ["--allow-remote-refs"] if reading.get("allow_remote_refs") else []
    for name, option in READ_BY.items():
        given = reading.get(name)
        several = given if isinstance(given, tuple | list) else () if given is None else (given,)
        words += [word for each in several for word in (option, str(each))]
    return words


READ_BY = {
    "fixtures": "--fixtures",
    "handlers": "--handlers",
    "overlays": "--overlay",
    "records": "--records",
    "undocumented_404": "--undocumented-404",
}

EVERYWHERE = frozenset(
    {"apis", "mounts", "fixtures", "allow_remote_refs", "overlays", "handlers", "records", "undocumented_404"}
)
"""Parameters that say which APIs there are: a project says it once for all commands that take them."""

CREDENTIAL = "MOCKSERVER_AUTH"
"""A variable that holds the credential of `verify --auth`, and so not what `serve --auth` is."""


CONTROL_VARIABLE = "MOCKSERVER_CONTROL_TOKEN"
"""The variable that holds the token of the control plane, for the server as for those that ask it."""


def key_of(parameter: click.Parameter) -> str | None:
    """What a parameter is called in a configuration file: its longest option without dashes, an argument's own name."""
    if isinstance(parameter, click.Argument):
        return parameter.name if parameter.nargs == -1 else None
    return max(parameter.opts, key=len).removeprefix("--")


def variables_of(command: str, parameter: click.Parameter) -> list[str]:
    """The environment variables of a parameter: MOCKSERVER_VERIFY_SEED, and for `serve` MOCKSERVER_SEED as well."""
    key = key_of(parameter)
    if key is None:
        return []
    word = key.upper().replace("-", "_")
    short = f"MOCKSERVER_{word}"
    shared = command == "serve" or parameter.name in EVERYWHERE
    return [f"MOCKSERVER_{command.upper()}_{word}", *([short] if shared and short != CREDENTIAL else [])]


class Port(click.IntRange):
    """A TCP port. A variable that Kubernetes sets for a service called `mockserver`, tcp://10.0.0.1:80, is not one."""

    name = "port"

    def __init__(self) -> None:
        super().__init__(0, 65535)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if param is not None and ctx is not None and str(value).startswith(("tcp://", "udp://")):
            value = param.get_default(ctx, call=True)
        return super().convert(value, param, ctx)
