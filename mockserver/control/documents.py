"""The control plane's own document, bundled into one, and OpenAPI documents as YAML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from mockserver.admin import schemas
from mockserver.contract.document import Document

FILE = Path(__file__).with_name("openapi.yaml")
SCHEMAS = "../admin/schemas.yaml"
"""How the document refers to the file with the schemas of worlds and their parts."""


def document(*, token: bool) -> Document:
    """The control plane's document, bundled; its operations require a credential if there is a token."""
    raw = _led_inside(Document.parse(FILE.read_bytes(), str(FILE)).raw)
    raw["components"]["schemas"] |= schemas.document().schemas
    return Document(raw | ({"security": [{"bearer": []}, {"token": []}]} if token else {}), str(FILE))


def _led_inside(node: Any) -> Any:
    """The node, its references to that file replaced by references into the same document."""
    if isinstance(node, list):
        return [_led_inside(each) for each in node]
    if not isinstance(node, Mapping):
        return node.removeprefix(SCHEMAS) if isinstance(node, str) else node
    return {name: _led_inside(each) for name, each in node.items()}


class Plain(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # the C dumper is optional
    """Writes no anchors: many readers of OpenAPI documents do not support them."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def write_yaml(raw: Mapping[str, Any]) -> bytes:
    """The document in YAML, its keys in their original order."""
    text: str = yaml.dump(dict(raw), Dumper=Plain, sort_keys=False, allow_unicode=True, width=120)
    return text.encode()
