"""OpenAPI documents as text, as they are served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml


class Plain(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # the C dumper is optional
    """Writes everything out: an anchor would only save what the document says twice."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def write_yaml(raw: Mapping[str, Any]) -> bytes:
    """The document in YAML, its keys in their order."""
    text: str = yaml.dump(dict(raw), Dumper=Plain, sort_keys=False, allow_unicode=True, width=120)
    return text.encode()
