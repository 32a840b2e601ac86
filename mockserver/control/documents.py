"""The control plane's own document, made one, and OpenAPI documents as text, as they are served."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from mockserver.admin import schemas
from mockserver.contract.document import Document

FILE = Path(__file__).with_name("openapi.yaml")
SCHEMAS = "../admin/schemas.yaml"
"""How the document refers to the file that describes the values of a world."""


def document(*, token: bool) -> Document:
    """The control plane's document in one; its operations ask for a credential if there is a token."""
    raw = _led_inside(Document.parse(FILE.read_bytes(), str(FILE)).raw)
    raw["components"]["schemas"] |= schemas.document().schemas
    return Document(raw | ({"security": [{"bearer": []}, {"token": []}]} if token else {}), str(FILE))


def _led_inside(node: Any) -> Any:
    """The node with its references to the schemas of a world leading into the same document."""
    if isinstance(node, list):
        return [_led_inside(each) for each in node]
    if not isinstance(node, Mapping):
        return node.removeprefix(SCHEMAS) if isinstance(node, str) else node
    return {name: _led_inside(each) for name, each in node.items()}


class Plain(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # the C dumper is optional
    """Writes everything out: an anchor would only save what the document says twice."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def write_yaml(raw: Mapping[str, Any]) -> bytes:
    """The document in YAML, its keys in their order."""
    text: str = yaml.dump(dict(raw), Dumper=Plain, sort_keys=False, allow_unicode=True, width=120)
    return text.encode()
