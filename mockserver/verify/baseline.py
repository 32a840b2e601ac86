"""Known findings: a file that a run is compared with, so that a team can live with some and is told of new ones.

It is JSON, sorted, a finding each few lines, without dates or seeds, so that it is reviewed and merged like code. Each
finding may have a `reason`, which is kept when the file is written anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mockserver.errors import VerifyError
from mockserver.output.replacement import Replacement
from mockserver.verify.events import Fingerprint

VERSION = 1


def read(path: Path) -> dict[Fingerprint, str]:
    """The known findings and their reasons; VerifyError if the file has none to read."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise VerifyError(
            f"--baseline {path}: it cannot be read ({error.strerror}). Write one with --write-baseline."
        ) from None
    try:
        written = json.loads(text)
        if written["version"] != VERSION:
            raise VerifyError(
                f"--baseline {path}: expected version {VERSION}, got {written['version']!r}. Write it anew."
            )
        return dict(map(_entry, written["findings"]))
    except (ValueError, KeyError, TypeError) as error:
        raise VerifyError(
            f"--baseline {path}: expected what --write-baseline writes, but {_flaw(error)}. Write it anew."
        ) from None


def _entry(entry: Mapping[str, Any]) -> tuple[Fingerprint, str]:
    # other members of an entry are left aside, as a later version may have some
    values = [entry[name] for name in Fingerprint._fields]
    reason = entry.get("reason", "")
    if not all(isinstance(each, str) for each in (*values, reason)):
        raise TypeError
    return Fingerprint(*values), reason


def _flaw(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing"
    return "it is no JSON" if isinstance(error, ValueError) else "a finding has another form"


def text(known: Mapping[Fingerprint, str]) -> str:
    """What the file holds for these findings."""
    # in the order of their fingerprints, so that a merge shows what is new and nothing else
    entries = [
        {**fingerprint._asdict(), **({"reason": known[fingerprint]} if known[fingerprint] else {})}
        for fingerprint in sorted(known)
    ]
    return json.dumps({"version": VERSION, "findings": entries}, indent=2, ensure_ascii=False) + "\n"


def write(path: Path, known: Mapping[Fingerprint, str]) -> None:
    """Replace the file, or leave it as it was and raise OSError."""
    with Replacement(path, folders=True) as file:
        file.write(text(known))
