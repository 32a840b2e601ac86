"""Schemathesis' own configuration, `schemathesis.toml`, read where it lies: what of it counts here.

It is looked for as Schemathesis does: in the working directory, and in those above it up to that of the repository.
What says how requests are made and judged is taken; what says how a run goes is said by options of `verify`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from schemathesis.config import ConfigError, SchemathesisConfig

from mockserver.errors import VerifyError

NAME = "schemathesis.toml"

TAKEN = ("parameters", "headers", "operations", "checks", "dictionaries", "generation")
"""Tables that count."""

OF_OPERATIONS = ("parameters", "checks", "generation")
"""Keys of an operation that count, beside those that say which it is."""

WHICH = ("include-", "exclude-")

OWN = ("mode", "no-shrink", "database", "deterministic")
"""Keys of `generation` that `verify` decides."""


@dataclass(frozen=True)
class Foreign:
    """What the file says. headers: for every request; examples: for each operation; unchecked: checks, and why."""

    path: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    examples: int | None = None
    unchecked: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @property
    def notes(self) -> Iterator[str]:
        """That the file was read, and what of it does not count."""
        if self.path is None:
            return
        ignored = f"; of it {', '.join(self.ignored)} do not count here" if self.ignored else ""
        yield f"{self.path} is read{ignored}."


def found(folder: Path) -> Path | None:
    """The file that counts in a folder."""
    for each in (folder, *folder.parents):
        if (each / NAME).is_file():
            return each / NAME
        # where Schemathesis stops as well; a file, as a worktree has, stops neither
        if (each / ".git").is_dir():
            return None
    return None


def read(path: Path, checks: Collection[str]) -> Foreign:
    """What the file says, given the names of all checks; VerifyError if Schemathesis would not take it."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
        config = SchemathesisConfig.from_dict(written)
    except OSError as error:
        raise VerifyError(f"{path}: it cannot be read ({error.strerror}).") from None
    except (ConfigError, ValueError) as error:
        raise VerifyError(f"{path}: {str(error).strip()}") from None
    taken: dict[str, Any] = {name: written[name] for name in TAKEN if name in written and name != "headers"}
    generation = dict(taken.get("generation", {}))
    examples = generation.pop("max-examples", None)
    taken["generation"] = {name: value for name, value in generation.items() if name not in OWN}
    operations = map(_operation, taken.get("operations", []))
    taken["operations"] = [each for each in operations if set(each) & set(OF_OPERATIONS)]
    return Foreign(
        path=path,
        settings=taken,
        headers={name: str(value) for name, value in (config.projects.default.headers or {}).items()},
        examples=examples,
        unchecked=_unchecked(taken.get("checks", {}), checks, str(path)),
        ignored=tuple(_ignored(written)),
    )


def _operation(written: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in written.items() if name in OF_OPERATIONS or name.startswith(WHICH)}


def _ignored(written: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name in written if name not in TAKEN)
    yield from (f"generation.{name}" for name in written.get("generation", {}) if name in OWN)
    inner = {name for each in written.get("operations", []) for name in each if name not in _operation(each)}
    yield from (f"operations.{name}" for name in sorted(inner))


def _unchecked(written: Mapping[str, Any], checks: Collection[str], why: str) -> dict[str, str]:
    everything = written.get("enabled", True)
    by_name = {name: each.get("enabled", everything) for name, each in written.items() if isinstance(each, Mapping)}
    return {name: f"by {why}" for name in sorted(checks) if not by_name.get(name, everything)}


def merged(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Both settings; ours count where both say something."""
    result = {**theirs, **ours}
    for name in theirs.keys() & ours.keys():
        if isinstance(theirs[name], Mapping) and isinstance(ours[name], Mapping):
            result[name] = merged(theirs[name], ours[name])
        elif isinstance(theirs[name], list) and isinstance(ours[name], list):
            result[name] = [*ours[name], *theirs[name]]
    return result
