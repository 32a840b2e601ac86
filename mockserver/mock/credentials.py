"""The headers for a credential, by the document's first security scheme."""

from __future__ import annotations

from mockserver.contract.document import Document
from mockserver.contract.placement import BEARER, placed


def authorization(document: Document, token: str) -> dict[str, str]:
    """The headers that carry a token; empty where the scheme puts it into the query. See `placed`."""
    return dict(placed(next(iter(document.security_schemes.values()), BEARER), token).headers)
