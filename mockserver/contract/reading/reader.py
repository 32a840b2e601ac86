"""Any OpenAPI document to one Document: its files brought together, Swagger 2.0 read as OpenAPI 3.0."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import RLock
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.flaws import Flaw
from mockserver.contract.pointers import path_of
from mockserver.contract.reading.dialects import flaws_of_dialects
from mockserver.contract.reading.download import Unreadable
from mockserver.contract.reading.origin import Origin
from mockserver.contract.reading.overlays import extended, overlaid, read_overlay
from mockserver.contract.reading.provenance import Provenance
from mockserver.contract.reading.references import follow
from mockserver.contract.reading.soundness import Soundness
from mockserver.contract.reading.sources import Library
from mockserver.contract.reading.swagger import upgrade
from mockserver.errors import DocumentError

VERSION = re.compile(r"(?P<major>[0-9]+)(\.(?P<minor>[0-9]+))?.*", re.DOTALL)
PATCHES = {"3.0": "3.0.3", "3.1": "3.1.1", "3.2": "3.2.0"}


class ReadDocument(Document):
    """A document as it was written; each operation is normalized when it is first used."""

    def __init__(self, raw: dict[str, Any], source: str, flaws: Iterable[Flaw], origin: Origin) -> None:
        super().__init__(raw, source, flaws, origin)
        self.soundness = Soundness(raw, self.flaws, is_3_0=self.is_3_0)
        self.origin = origin
        self._preparing = RLock()
        self.soundness.frame()

    def prepare(self, pointer: str) -> None:
        _, path, *method = path_of(pointer)
        with self._preparing:
            self.soundness.operation(path, method)


def read(given: str | Path, *, allow_remote_refs: bool = False, overlays: Sequence[str | Path] = ()) -> ReadDocument:
    """The document in a file or at a URL, with overlays applied in order; DocumentError says why there is none.

    What is wrong with it but keeps nothing from being served is in the document's `flaws`.
    """
    try:
        library = Library(given, allow_remote_refs=allow_remote_refs)
        added = [library.named(each) for each in overlays]
    except Unreadable as error:
        raise DocumentError(str(error), error.line) from None
    raw = library.root.value
    if isinstance(raw, dict) and "overlay" in raw and "openapi" not in raw:
        document = extended(library.root)
        return read(document, allow_remote_refs=allow_remote_refs, overlays=[str(given), *overlays])
    if not isinstance(raw, dict):
        raise DocumentError(
            f"{given}: expected an OpenAPI document, which is an object; got {_kind(raw)}. Check the file."
        )
    provenance: Provenance | None = None
    useless: list[Flaw] = []
    if added:
        raw, provenance, useless = overlaid(raw, library.root, [read_overlay(each) for each in added])
        library.root.value = raw
    flaws = [*library.root.flaws, *useless, *follow(library)]
    upgraded = None
    if "openapi" not in raw and "swagger" in raw:
        _expect_swagger(raw, str(given))
        upgraded = upgrade(raw)
        raw = upgraded.raw
        flaws += upgraded.flaws
    else:
        flaws += _version(raw)
        flaws += flaws_of_dialects(raw, library.root.text)
    return ReadDocument(raw, str(given), flaws, Origin(library, upgraded, provenance))


def _expect_swagger(raw: dict[str, Any], source: str) -> None:
    if not str(raw["swagger"]).startswith("2"):
        raise DocumentError(
            f"{source}: expected Swagger 2.0 or OpenAPI 3, got swagger: {raw['swagger']!r:.80}. Convert the document."
        )


def _version(raw: dict[str, Any]) -> Iterable[Flaw]:
    """Write the version as OpenAPI asks where it is meant; `3.0` for one is a number in YAML."""
    written = raw.get("openapi")
    meant = VERSION.fullmatch(str(written)) if isinstance(written, str | int | float) else None
    if meant is None:
        return
    version = f"{meant['major']}.{meant['minor'] or 0}"
    if version in PATCHES and not re.fullmatch(r"3\.[0-9]\.[0-9]+(-.+)?", str(written)):
        raw["openapi"] = PATCHES[version]
        yield Flaw(
            "version",
            "#/openapi",
            f"Expected a version like '{PATCHES[version]}', got {written!r}; it was read as {PATCHES[version]}.",
            "Write the version in full, in quotes.",
        )


def _kind(value: Any) -> str:
    return {list: "an array", str: "a text", type(None): "nothing"}.get(type(value), f"{value!r:.40}")
