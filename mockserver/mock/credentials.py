"""How a credential is sent: as the document's first security scheme has it."""

from __future__ import annotations

import base64

from mockserver.contract.document import Document


def authorization(document: Document, token: str) -> dict[str, str]:
    """The headers that carry a token; empty where the scheme puts it elsewhere. Of HTTP Basic it is `user:password`."""
    scheme = next(iter(document.security_schemes.values()), {"type": "http", "scheme": "bearer"})
    if scheme["type"] == "apiKey":
        return {scheme["name"]: token} if scheme["in"] == "header" else {}
    word = str(scheme.get("scheme", "bearer")).capitalize()
    return {"Authorization": f"{word} {base64.b64encode(token.encode()).decode() if word == 'Basic' else token}"}
