"""The files of the console as they are sent.

The policy lets a page run the console's own files alone: nothing inline, nothing from elsewhere, and no text of a
client that becomes markup (Trusted Types). Media types are set here, since those of the platform may be wrong (a
Windows registry can say that `.js` is text/plain, and a browser then refuses the module).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from mockserver.output import pages

FOLDER = Path(__file__).parent
INDEX = "index.html"
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "require-trusted-types-for 'script'; trusted-types 'none'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


@cache
def paths() -> dict[str, Path]:
    """The files by their names below /_mock/console/; the style sheet is the one of the reports."""
    own = {each.name: each for each in FOLDER.iterdir() if each.suffix in MEDIA_TYPES}
    return {**own, "": own[INDEX], "style.css": pages.SHARED / "style.css"}


def file(name: str) -> tuple[bytes, str] | None:
    """The content and the media type of a file; None if there is none of that name."""
    path = paths().get(name)
    return None if path is None else (path.read_bytes(), MEDIA_TYPES[path.suffix])
