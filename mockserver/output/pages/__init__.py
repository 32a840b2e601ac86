"""Self-contained HTML pages of one look: a template extends `page.html`, which carries the style sheet and a script.

A page needs no network, follows the reader's light or dark scheme, and fits a phone. Values are escaped.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

SHARED = Path(__file__).parent


def render(template: Path, **values: Any) -> str:
    """The page of a template file, which may extend `page.html` and import `parts.html`."""
    environment = Environment(
        loader=FileSystemLoader([template.parent, SHARED]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda value: f"{value:,}"
    environment.filters["indented"] = indented
    return environment.get_template(template.name).render(**values)


def indented(text: str | bytes) -> str:
    """JSON indented; any other text unchanged. An unpaired surrogate, which no file can hold, is escaped."""
    try:
        written = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        return written.encode("utf-8", "backslashreplace").decode()
    except (ValueError, RecursionError):
        return text if isinstance(text, str) else text.decode("utf-8", "replace")
