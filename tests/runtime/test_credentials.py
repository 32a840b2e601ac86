"""Who may call an API of which there is only a document: anybody with any credential, or whom its fixtures know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver import FixtureError, MockServer
from mockserver.listing import sample_curl

BEARER = {"headers": {"Authorization": "Bearer ann:secret"}}
STRANGER = {"headers": {"Authorization": "Bearer bob"}}
SCHEMES: dict[str, Any] = {
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "digest": {"type": "http", "scheme": "digest"},
    "oauth": {
        "type": "oauth2",
        "flows": {"implicit": {"authorizationUrl": "https://x", "scopes": {"read": "", "write": ""}}},
    },
    "openid": {"type": "openIdConnect", "openIdConnectUrl": "https://x"},
    "certificate": {"type": "mutualTLS"},
    "unknown": {"type": "kerberos"},
}
PATHS: dict[str, list[dict[str, list[str]]]] = {
    **{name: [{name: []}] for name in SCHEMES},
    "oauth": [{"oauth": ["read"]}],
    "write": [{"oauth": ["write"]}],
    "undeclared": [{"nowhere": []}],
    "both": [{"header": [], "bearer": []}],
    "either": [{"header": []}, {"bearer": []}],
    "optional": [{"header": []}, {}],
}
DIGEST = httpx.DigestAuth("ann", "secret")
RIGHT: dict[str, dict[str, Any]] = {
    "header": {"headers": {"X-Key": "ann:secret"}},
    "query": {"params": {"key": "ann:secret"}},
    "cookie": {"headers": {"Cookie": "sid=ann:secret"}},
    "basic": {"auth": ("ann", "secret")},
    "digest": {"auth": DIGEST},
    "both": {"headers": {"X-Key": "ann:secret", **BEARER["headers"]}},
}
WRONG: dict[str, dict[str, Any]] = {
    "header": {"headers": {"X-Key": "bob"}},
    "query": {"params": {"key": "bob"}},
    "cookie": {"headers": {"Cookie": "sid=bob"}},
    "basic": {"auth": ("ann", "guessed")},
    "digest": {"auth": httpx.DigestAuth("ann", "guessed")},
    "both": {"headers": {"X-Key": "bob", **BEARER["headers"]}},
}
OPEN = ("certificate", "unknown", "undeclared", "optional")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> str:
    raw = {
        "openapi": "3.1.0",
        "info": {"title": "Safe", "version": "1"},
        "components": {"securitySchemes": SCHEMES},
        "paths": {
            f"/{name}": {"get": {"security": security, "responses": {"204": {"description": "Done."}}}}
            for name, security in PATHS.items()
        },
    }
    path = tmp_path_factory.mktemp("document") / "safe.json"
    path.write_text(json.dumps(raw))
    return str(path)


def fixtures(folder: Path, **changes: Any) -> Path:
    record = {"token": "ann:secret", "account": "ann", "scopes": ["read"], **changes}
    (folder / "safe").mkdir()
    (folder / "safe" / "credentials.json").write_text(json.dumps([record]))
    return folder


@pytest.mark.parametrize("name", [name for name in PATHS if name not in OPEN])
def test_without_credentials_any_of_the_right_kind_will_do(name: str, document: str) -> None:
    """And none is the documented refusal, with a challenge."""
    client = MockServer([document]).mock().client

    assert client.get(f"/{name}", **RIGHT.get(name, BEARER)).status_code == 204
    assert client.get(f"/{name}", **WRONG.get(name, STRANGER)).status_code == 204
    refused = client.get(f"/{name}")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"]


@pytest.mark.parametrize("name", [name for name in PATHS if name not in OPEN])
def test_with_credentials_only_who_is_known_gets_in(name: str, document: str, tmp_path: Path) -> None:
    """By password, key or token, with the scopes that the document asks for."""
    client = MockServer([document], fixtures=fixtures(tmp_path)).mock().client

    assert client.get(f"/{name}", **RIGHT.get(name, BEARER)).status_code == (403 if name == "write" else 204)
    assert client.get(f"/{name}", **WRONG.get(name, STRANGER)).status_code == 401
    assert client.get(f"/{name}").status_code == 401


@pytest.mark.parametrize("name", OPEN)
def test_what_cannot_be_checked_is_asked_of_nobody(name: str, document: str, tmp_path: Path) -> None:
    """Certificates of clients, and schemes that are unknown or not declared; `check` warns of them."""
    server = MockServer([document], fixtures=fixtures(tmp_path))

    assert server.mock().client.get(f"/{name}").status_code == 204
    told = " ".join(flaw.message for flaw in server.apis["safe"].document.flaws)
    reasons = {"optional": "", "certificate": "'certificate' asks for a client's certificate, which is not checked."}
    assert reasons.get(name, "is no security scheme that can be checked") in told


def test_a_credential_that_cannot_be_is_told(document: str, tmp_path: Path) -> None:
    """With the file, the record and the field; so is a folder of an API that is not served."""
    with pytest.raises(FixtureError, match=r"credentials\.json: record 1: scopes: must be"):
        MockServer([document], fixtures=fixtures(tmp_path, scopes="all"))
    with pytest.raises(FixtureError, match="no API is called 'safe'"):
        MockServer(["crm"], fixtures=tmp_path)
    (tmp_path / "safe" / "other.json").write_text("[]")
    with pytest.raises(FixtureError, match="it is no collection of this API"):
        MockServer([document], fixtures=tmp_path)


def test_the_announced_command_carries_a_credential(document: str, tmp_path: Path) -> None:
    """One of the fixtures, or one that anybody may send."""
    anybody, known = MockServer([document]), MockServer([document], fixtures=fixtures(tmp_path))

    assert "X-Key: demo:demo" in sample_curl(anybody.apis["safe"], anybody.world(), "http://x")
    assert "X-Key: ann:secret" in sample_curl(known.apis["safe"], known.world(), "http://x")
