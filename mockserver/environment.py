"""Variables of the environment that look like ours and are not, told with the nearest name like unknown keys of a file.

An environment is shared, so only what carries the name of a command is an error: nobody else calls variables so. Any
other is told of where it is near one of ours, and passed over where it is not. What Kubernetes and Docker set for a
service that is called `mockserver` is theirs.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence

import click

from mockserver.errors import ConfigurationError

PREFIX = "MOCKSERVER_"
OWN = ("MOCKSERVER_DEBUG", "MOCKSERVER_USERINFO")
"""Variables of no option: the second stands for a credential in commands that `verify` prints."""
OF_A_SERVICE = re.compile(r".*_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)")
"""What a container has for each service (Kubernetes, "Environment variables"; Docker's links), beside `…_PORT`."""
SCHEMES = ("tcp://", "udp://", "sctp://")
NEAR = 0.75
"""How alike two names must be for one to be a slip of the other."""


def strangers(commands: click.Group, environment: Mapping[str, str]) -> list[str]:
    """A sentence for each variable without effect that is near one with; ConfigurationError for one of a command."""
    known = dict.fromkeys(_known(commands))
    told = []
    for name, value in environment.items():
        if not name.startswith(PREFIX) or name in known or not value or _is_of_a_service(name, value):
            continue
        words = [f"{each.upper()}_" for each in commands.commands]
        command = next((each for each in words if name.startswith(f"{PREFIX}{each}")), "")
        near = _nearest(name, known, words)
        if command:
            own = ", ".join(each for each in known if each.startswith(f"{PREFIX}{command}"))
            meant = f"did you mean {near}?" if near else f"expected one of {own}."
            raise ConfigurationError(f"the environment: {name}: there is no such variable; {meant}")
        if near:
            told.append(f"the variable {name} of the environment has no effect; did you mean {near}?")
    return told


def _known(commands: click.Group) -> Iterator[str]:
    yield from OWN
    for command in (commands, *commands.commands.values()):
        for parameter in command.params:
            variables = parameter.envvar or ()
            yield from (variables,) if isinstance(variables, str) else variables


def _nearest(name: str, known: Mapping[str, None], words: Sequence[str]) -> str | None:
    """The known name that this one is a slip of: with the name of a command too many or too few, or mistyped."""
    rest = name.removeprefix(PREFIX)
    without = (f"{PREFIX}{rest.removeprefix(each)}" for each in words if rest.startswith(each))
    # a single word, such as URL, is what others may call something of their own
    within = (f"{PREFIX}{each}{rest}" for each in words if "_" in rest)
    exact = next((each for each in (*without, *within) if each in known), None)
    # what names have in common makes none of them nearer
    shared = PREFIX + next((each for each in words if rest.startswith(each)), "")
    by_rest = {each.removeprefix(shared): each for each in known if each.startswith(shared)}
    found = difflib.get_close_matches(name.removeprefix(shared), by_rest, n=1, cutoff=NEAR)
    return exact or (by_rest[found[0]] if found else None)


def _is_of_a_service(name: str, value: str) -> bool:
    return OF_A_SERVICE.fullmatch(name) is not None or (name.endswith("_PORT") and value.startswith(SCHEMES))
