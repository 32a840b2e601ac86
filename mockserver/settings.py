"""The options of `serve` as the arguments of a server, whichever way they were given: they stand here once.

Options that exclude each other do so only where they were given in the same way: one of the command line replaces one
of the environment, and that one of the configuration file.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from click.core import ParameterSource

from mockserver.api import Api
from mockserver.catalog import load_apis
from mockserver.contract.reading.sources import split_name
from mockserver.errors import StartError

EXCLUDING = (
    ("state", "seed"),
    ("state", "fixtures"),
    ("control_token", "no_control"),
    ("cors_origins", "no_cors"),
)
"""Parameters of which only one can be given."""

Source = Callable[[str], ParameterSource | None]


def yielded(options: Mapping[str, Any], source: Source) -> dict[str, Any]:
    """The options without those that yield to one given in a stronger way."""
    kept = dict(options)
    for one, other in EXCLUDING:
        strengths = _strength(source(one)), _strength(source(other))
        if _given(kept[one]) and _given(kept[other]) and strengths[0] != strengths[1]:
            weaker = one if strengths[0] < strengths[1] else other
            kept[weaker] = type(kept[weaker])() if isinstance(kept[weaker], bool | tuple) else None
    if kept["cors_origins"] and kept["no_cors"]:
        raise StartError("--cors-origin and --no-cors exclude each other: omit one.")
    return {**kept, "mounts": _mounts(kept, source)}


def loaded(options: Mapping[str, Any], source: Source) -> list[Api]:
    """The APIs that the options name, read with those options."""
    return load_apis(options["apis"], **arguments({**options, "mounts": _mounts(options, source)}, load_apis))


def arguments(options: Mapping[str, Any], server: Callable[..., Any]) -> dict[str, Any]:
    """The options as arguments of `server`, as far as it has such and they are given."""
    turned = {name: not options[f"no_{name}"] for name in ("cors", "control") if f"no_{name}" in options}
    named = {**options, **turned}
    if "apis" in options:
        named["apis"] = options["apis"] or None
    if isinstance(options.get("mounts"), tuple | list):
        named["mounts"] = mounts_of(options["mounts"])
    return {name: named[name] for name in inspect.signature(server).parameters if name in named}


def mounts_of(given: Sequence[str]) -> dict[str, str]:
    """Prefixes by the name of their API."""
    for each in given:
        if "=" not in each:
            raise StartError(f"--mount {each}: expected NAME=/prefix, such as orders=/orders.")
    return {name: prefix for name, _, prefix in (each.partition("=") for each in given)}


def mounts_for(mounts: Mapping[str, str], apis: Sequence[str]) -> dict[str, str]:
    """Those of the APIs that are chosen, all if none is."""
    chosen = {split_name(each)[0] for each in apis}
    return {name: prefix for name, prefix in mounts.items() if not chosen or name in chosen}


STRENGTHS = (
    ParameterSource.DEFAULT,
    ParameterSource.DEFAULT_MAP,
    ParameterSource.ENVIRONMENT,
    ParameterSource.COMMANDLINE,
)


def _mounts(options: Mapping[str, Any], source: Source) -> dict[str, str]:
    """The prefixes, of APIs that are served where these were chosen in a stronger way."""
    mounts = mounts_of(options["mounts"])
    chosen = options["apis"] if _strength(source("mounts")) < _strength(source("apis")) else ()
    return mounts_for(mounts, chosen)


def _strength(source: ParameterSource | None) -> int:
    return STRENGTHS.index(source) if source in STRENGTHS else 0


def _given(value: Any) -> bool:
    return value is not None and value is not False and value != ()
