"""Where the text of a document comes from: a file or a URL, and the files that it refers to, within bounds.

What a person names is read, wherever it is. What a document names is read only where its author can be trusted with
it: files below one folder (the current one, or the document's where that lies elsewhere), URLs of the document's own
host, and other hosts only if `allow_remote_refs` was asked for. A document that came from a host names no file here.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from mockserver.contract.flaws import Flaw
from mockserver.contract.reading.download import Unreadable, download
from mockserver.contract.reading.hosts import leads_inside
from mockserver.contract.reading.parsing import Unparsable, parse

LARGEST = 200 * 1024 * 1024
"""Bytes of a document with all its files."""

MOST_FILES = 10_000
REMOTE = re.compile(r"https?://", re.IGNORECASE)
NAMED = re.compile(r"([A-Za-z0-9][\w.-]*)=(.+)", re.DOTALL)
"""`NAME=SOURCE`."""

WORDS = (".md", ".txt", ".html")
"""Files of which a document takes the text, as descriptions."""


@dataclass
class File:
    """One file that was read. `uri` is absolute; `name` is its name in messages; `value` is its parsed content."""

    uri: str
    name: str
    text: bytes
    value: Any = None
    flaws: list[Flaw] = field(default_factory=list)

    def parse(self) -> None:
        if urlsplit(self.uri).path.endswith(WORDS):
            self.value = self.text.decode(errors="replace")
        else:
            self.value, self.flaws = parse(self.text)


def is_remote(given: str) -> bool:
    """Whether a source is an http(s) URL."""
    return REMOTE.match(given) is not None


def split_name(given: str) -> tuple[str, str]:
    """Name and source of `NAME=SOURCE`; without `NAME=` the name is the stem of the file, or of the URL's last part."""
    named = NAMED.fullmatch(given)
    if named is not None and not Path(given).exists():  # a file may have an equals sign in its name
        return named[1], named[2]
    path = unquote(urlsplit(given).path) if is_remote(given) else given
    name = re.sub(r"[^\w.-]+", "-", Path(path).stem).strip("-.")
    if not name and is_remote(given):
        name = urlsplit(given).hostname or ""
    return name or "document", given


class Library:
    """The files of one document, each read once."""

    def __init__(self, given: str | Path, *, allow_remote_refs: bool = False) -> None:
        self.allow_remote_refs = allow_remote_refs
        self.files: dict[str, File] = {}
        self.copies: dict[str, tuple[str, ...]] = {}
        self._size = 0
        source = str(given)
        if is_remote(source):
            self.uri = source.partition("#")[0]
        else:
            path = Path(source).absolute()
            here = Path.cwd()
            self.uri = path.as_uri()
            self._below = os.path.realpath(here if path.is_relative_to(here) else path.parent)
        self.root = self._keep(self.uri, source)
        self.uri = self.root.uri

    def named(self, given: str | Path) -> File:
        """A file or URL that a person names beside the document; Unreadable if it cannot be had."""
        source = str(given)
        uri = source.partition("#")[0] if is_remote(source) else Path(source).absolute().as_uri()
        return self.files.get(uri) or self._keep(uri, source)

    def file(self, uri: str, by: str = "") -> File:
        """The file at an absolute URI that a document names; Unreadable if it cannot be had or may not be.

        by: the URI of the file that names it.
        """
        if uri not in self.files:
            if len(self.files) >= MOST_FILES:
                raise Unreadable("too-many-files", f"The document has more than {MOST_FILES:,} files.", "Bundle it.")
            self._allow(uri, by or self.uri)
            self._keep(uri, self._name(uri))
        return self.files[uri]

    def _keep(self, uri: str, name: str) -> File:
        """Read, parse and keep a file; the first is the document's root."""
        most, first, final = LARGEST - self._size, not self.files, uri
        if is_remote(uri):
            final, text = download(uri, self._follows, most)
        else:
            text = _read(uri, name, most, regular=not first)
        self._size += len(text)
        if self._size > LARGEST:
            size = LARGEST // 1024 // 1024
            raise Unreadable("too-large", f"{name}: the document is larger than {size} MiB.", "Serve a part of it.")
        # under both: references start at where a redirect led, and name where it began
        kept = self.files[uri] = self.files[final] = File(final, name, text)
        try:
            kept.parse()
        except Unparsable as error:
            message = f"{name}: expected YAML or JSON, but it does not parse: {error}."
            raise Unreadable("unparsable", message, "Correct the text.", error.line) from None
        return kept

    def _name(self, uri: str) -> str:
        """A file is called by its path from the root's folder, or by its URL."""
        if is_remote(uri):
            root = urljoin(self.uri, ".")
            return uri.removeprefix(root) if is_remote(self.uri) else uri
        return Path(os.path.relpath(_path(uri), _path(self.uri).parent)).as_posix()

    def _allow(self, uri: str, by: str) -> None:
        scheme = urlsplit(uri).scheme
        if is_remote(uri):
            if not self.allow_remote_refs and _origin(uri) != _origin(self.uri):
                raise Unreadable(
                    "remote-reference",
                    f"{uri} is on another host, and references to other hosts are not followed.",
                    "Allow them with --allow-remote-refs, or bundle the document into files.",
                )
            if leads_inside(by, uri):
                raise Unreadable(
                    "forbidden-reference",
                    f"{uri} is within this machine's network, and {by} is not.",
                    "Bundle the document into files.",
                )
        elif scheme != "file" or is_remote(self.uri):
            raise Unreadable(
                "forbidden-reference", f"{uri} is no URL that a document may refer to.", "Refer to it relatively."
            )
        elif "\0" in str(_path(uri)) or not Path(os.path.realpath(_path(uri))).is_relative_to(self._below):
            raise Unreadable(
                "forbidden-reference",
                f"{_path(uri)} lies outside {self._below}.",
                "Start the command in a folder above all the files of the document.",
            )

    def _follows(self, uri: str, target: str) -> bool:
        """Whether a redirect to a target is followed: that of a URL that a person named may lead to any other host."""
        known = not self.files or self.allow_remote_refs or _origin(target) == _origin(self.uri)
        return known and not leads_inside(uri, target)


def _path(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _read(uri: str, name: str, most: int, *, regular: bool) -> bytes:
    path = _path(uri)
    try:
        # a document may name no pipe or device, which never ends; a person may (`<(…)`)
        if regular and path.exists() and not path.is_file():
            raise Unreadable("unreadable", f"{name}: the document cannot be read: Not a file.", "Check the path.")
        with path.open("rb") as file:
            return file.read(most + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        message = f"{name}: the document cannot be read: {getattr(error, 'strerror', None) or error}."
        raise Unreadable("unreadable", message, "Check the path.") from None
