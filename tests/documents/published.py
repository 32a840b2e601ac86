"""The published documents as text, and what is read from them: endpoints, table rows, JSON keys, messages.

Each of the five sets its tables in its own way, and a copied page runs cells together, so a row has four patterns.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from _pytest.outcomes import Skipped  # pytest.skip.Exception, which is no type to mypy

FOLDER = Path(__file__).parents[3] / "shared" / "documents"
ENDPOINT = re.compile(r"\b(GET|PUT|POST|PATCH|DELETE)\s*(?:Path:\s*)?(/[\w/:{}]*?)(?=scope:|[\s?]|$)")
KEY = re.compile(r'"(\w+)"\s*:')
TYPE = r"(?:string|integer|number|boolean|array|object)"
ROWS = (
    re.compile(rf"^(\w+)\n+{TYPE}(?:\s\(.*)?$", re.MULTILINE),
    re.compile(rf"^(\w+)[?*]{TYPE}?$", re.MULTILINE),
    re.compile(rf"^([a-z]\w*?)(?<!required)(?<!optional){TYPE}(?=query|body|[A-Z])", re.MULTILINE),
    re.compile(rf"^(\w+?)(?:required|optional){TYPE}", re.MULTILINE),
)
MESSAGE = re.compile(r'"(?:error|message)"\s*:\s*"([^"]+)"')
ERRORS = re.compile(r'"error"\s*:\s*\{([^{}]*)\}')
LISTED = re.compile(r'\["([^"]+)"\]')

Endpoint = tuple[str, str]
"""Method in lower case, and path with its parameters written `{}`."""


class Unpublished(Skipped):
    """The published documents are not beside this checkout: no command installs them, so CI may skip too."""


def text(api: str) -> str:
    """The published document; the test that asks for it is skipped where the documents are not at hand."""
    path = folder() / f"{api}.txt"
    if not path.is_file():
        raise Unpublished("needs the published documents; name their folder in MOCKSERVER_DOCUMENTS")
    return path.read_text("utf-8")


def folder() -> Path:
    """Where the published documents are looked for."""
    return Path(os.environ.get("MOCKSERVER_DOCUMENTS") or FOLDER)


def folded(words: str) -> str:
    """The words with one space for any white space between them."""
    return " ".join(words.split())


def anonymous(path: str) -> str:
    """The path with `{}` for each of its parameters, however they are written."""
    return re.sub(r":\w+|\{\w+\}", "{}", path)


def endpoints(words: str) -> set[Endpoint]:
    return {(method.lower(), anonymous(path)) for method, path in ENDPOINT.findall(words)}


def keys(words: str) -> set[str]:
    """Every key in the JSON examples."""
    return set(KEY.findall(words))


def rows(words: str) -> set[str]:
    """The name in every row of a table of fields or parameters."""
    return {name for row in ROWS for name in row.findall(words)}


def messages(words: str) -> set[str]:
    """Every message in the JSON examples."""
    listed = {message for block in ERRORS.findall(words) for message in LISTED.findall(block)}
    return {*MESSAGE.findall(words), *listed}
