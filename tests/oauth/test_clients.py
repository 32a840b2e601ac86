"""Clients that fetch a token first, as they are: Authlib and requests-oauthlib against the authorization server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwk, jwt
from oauthlib.oauth2 import BackendApplicationClient, LegacyApplicationClient, TokenExpiredError
from requests_oauthlib import OAuth2Session

from mockserver import MockServer

SCHEME = {
    "type": "oauth2",
    "flows": {"clientCredentials": {"tokenUrl": "https://x/token", "scopes": {"read": "Read.", "write": "Write."}}},
}
DONE = {"204": {"description": "Done."}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Orders", "version": "1"},
    "components": {"securitySchemes": {"oauth": SCHEME, "key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    "paths": {
        "/orders": {
            "get": {"security": [{"oauth": ["read"]}], "responses": DONE},
            "post": {"security": [{"oauth": ["write"]}], "responses": DONE},
        },
        "/keys": {"get": {"security": [{"key": []}], "responses": DONE}},
    },
}
CREDENTIALS = [
    {"token": "app:app_secret", "account": "app", "scopes": ["read", "write"]},
    {"token": "ann:ann_secret", "account": "ann", "scopes": ["read"]},
]
CALLBACK = "http://localhost/callback"


@pytest.fixture(scope="module", autouse=True)
def _insecure() -> Iterator[None]:
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # oauthlib insists on https otherwise
    yield
    del os.environ["OAUTHLIB_INSECURE_TRANSPORT"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("orders")
    (folder / "orders.json").write_text(json.dumps(DOCUMENT))
    (folder / "fixtures" / "orders").mkdir(parents=True)
    (folder / "fixtures" / "orders" / "credentials.json").write_text(json.dumps(CREDENTIALS))
    return folder


@pytest.fixture(scope="module")
def strict(folder: Path) -> Iterator[MockServer]:
    """A server that knows an application and a user."""
    with MockServer([str(folder / "orders.json")], fixtures=folder / "fixtures", control_token="hush") as server:
        yield server


@pytest.fixture(scope="module")
def loose(folder: Path) -> Iterator[MockServer]:
    """A server that lets anybody in, and has no control plane."""
    with MockServer([str(folder / "orders.json")], control=False) as server:
        yield server


def token_url(server: MockServer) -> str:
    return f"{server.url}/_mock/oauth/token"


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib_as_an_application(strict: MockServer, method: str) -> None:
    """With its secret in the header or the body; the token has the scopes asked for, and no others."""
    with OAuth2Client("app", "app_secret", token_endpoint_auth_method=method, scope="read") as client:
        token = client.fetch_token(token_url(strict), grant_type="client_credentials")

        assert token["scope"] == "read"
        assert "refresh_token" not in token
        assert client.get(f"{strict.url}/orders").status_code == 204
        assert client.post(f"{strict.url}/orders").status_code == 403


def test_authlib_as_a_user_who_stays(strict: MockServer) -> None:
    """By password, and then by the refresh token, which is good once; nobody has more scopes than his own."""
    with OAuth2Client("any", scope="read write", token_endpoint_auth_method="none") as client:
        token = client.fetch_token(token_url(strict), grant_type="password", username="ann", password="ann_secret")
        renewed = client.refresh_token(token_url(strict), refresh_token=token["refresh_token"])

        assert token["scope"] == "read"
        assert renewed["access_token"] != token["access_token"]
        assert client.get(f"{strict.url}/orders").status_code == 204
        assert client.post(f"{strict.url}/orders").status_code == 403
        again = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"], "client_id": "any"}
        assert httpx.post(token_url(strict), data=again).json()["error"] == "invalid_grant"


def test_authlib_with_pkce_and_openid(strict: MockServer) -> None:
    """By what discovery says: a code by redirect, tokens for it, and an ID token that the published key verifies."""
    metadata = httpx.get(f"{strict.url}/_mock/.well-known/openid-configuration").json()
    verifier = "a-verifier-of-at-least-forty-three-characters-0123"
    with OAuth2Client(
        "spa",
        scope="openid read",
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint_auth_method="none",
    ) as client:
        url, state = client.create_authorization_url(
            metadata["authorization_endpoint"], code_verifier=verifier, nonce="n-1", login_hint="ann"
        )
        headers = {"Sec-Fetch-Site": "cross-site"}  # a page of the client's own sends the browser there
        location = httpx.get(url, headers=headers).headers["location"]
        assert location.startswith(f"{CALLBACK}?code=")
        token = client.fetch_token(
            metadata["token_endpoint"], authorization_response=location, state=state, code_verifier=verifier
        )

        keys = jwk.KeySet.import_key_set(httpx.get(metadata["jwks_uri"]).json())
        claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
        assert {name: claims[name] for name in ("iss", "sub", "aud", "nonce")} == {
            "iss": metadata["issuer"],
            "sub": "ann",
            "aud": "spa",
            "nonce": "n-1",
        }
        assert metadata["issuer"] == f"{strict.url}/_mock"
        assert client.get(f"{strict.url}/orders").status_code == 204


def test_requests_oauthlib_as_an_application_and_as_a_user(strict: MockServer) -> None:
    """Another library, with its own ways."""
    session = OAuth2Session(client=BackendApplicationClient(client_id="app"))
    session.fetch_token(token_url(strict), client_id="app", client_secret="app_secret", scope=["write"])
    assert session.post(f"{strict.url}/orders").status_code == 204

    user = OAuth2Session(client=LegacyApplicationClient(client_id="x"))
    token = user.fetch_token(token_url(strict), username="ann", password="ann_secret", client_id="x", scope=["read"])
    assert user.get(f"{strict.url}/orders").status_code == 204
    assert token["refresh_token"]


def test_requests_oauthlib_renews_by_itself(loose: MockServer) -> None:
    """A token has the lifetime that it says; where everybody is let in, so is every client."""
    saved: list[dict[str, object]] = []
    session = OAuth2Session(
        client=LegacyApplicationClient(client_id="x"),
        auto_refresh_url=token_url(loose),
        auto_refresh_kwargs={"client_id": "x"},
        token_updater=saved.append,
    )
    token = session.fetch_token(token_url(loose), username="who", password="ever", client_id="x")
    assert token["expires_in"] == pytest.approx(3600)
    session.token = {**token, "expires_in": -1, "expires_at": 1}
    try:
        assert session.get(f"{loose.url}/orders").status_code == 204
    except TokenExpiredError:  # pragma: no cover  # what fails the test
        pytest.fail("the token was not renewed")

    assert saved


def test_a_token_is_of_its_world_and_its_time(folder: Path) -> None:
    """A fork knows it, another world does not, a reset forgets it, and the world's clock ends it."""
    server = MockServer([str(folder / "orders.json")], fixtures=folder / "fixtures")
    form = {"grant_type": "client_credentials", "client_id": "app", "client_secret": "app_secret"}
    with server.mock() as one, server.mock() as other:
        token = one.client.post("/_mock/oauth/token", data=form).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        for mock in (one, other):
            mock.expect_violations("unauthorized")

        assert one.client.get("/orders", headers=headers).status_code == 204
        assert other.client.get("/orders", headers=headers).status_code == 401
        before = one.snapshot()
        one.advance(minutes=61)
        assert one.client.get("/orders", headers=headers).status_code == 401
        one.restore(before)
        assert one.client.get("/orders", headers=headers).status_code == 204
        one.reset()
        assert one.client.get("/orders", headers=headers).status_code == 401


def test_a_token_is_a_bearer_token_only(loose: MockServer, strict: MockServer) -> None:
    """It is no API key of an API that knows its keys."""
    form = {"grant_type": "client_credentials", "client_id": "app", "client_secret": "app_secret"}
    token = httpx.post(token_url(strict), data=form).json()["access_token"]

    assert httpx.get(f"{strict.url}/keys", headers={"X-Key": token}).status_code == 401
    assert httpx.get(f"{strict.url}/keys", headers={"X-Key": "app:app_secret"}).status_code == 204


def test_where_everybody_is_let_in_a_token_has_its_scopes_nevertheless(folder: Path) -> None:
    """Those asked for, all if none is; any other credential has every scope, and an expired token is none."""
    server = MockServer([str(folder / "orders.json")])
    with server.mock() as mock:

        def asked(path: str, token: str) -> int:
            return mock.client.request(path, "/orders", headers={"Authorization": f"Bearer {token}"}).status_code

        def fetched(**form: str) -> str:
            data = {"grant_type": "client_credentials", "client_id": "a", "client_secret": "b", **form}
            token: str = mock.client.post("/_mock/oauth/token", data=data).json()["access_token"]
            return token

        mock.expect_violations("unauthorized", "forbidden")
        narrow, wide = fetched(scope="read"), fetched()
        assert [asked("GET", narrow), asked("POST", narrow), asked("POST", wide)] == [204, 403, 204]
        assert asked("POST", "anything") == 204
        mock.advance(hours=2)
        assert [asked("GET", wide), asked("GET", "anything")] == [401, 204]


def test_discovery_leads_into_the_world_that_was_asked(loose: MockServer) -> None:
    """So that a client with a base URL of one world stays there, in the URL that it knows the server by."""
    metadata = httpx.get(f"{loose.url}/_world/t1/_mock/.well-known/openid-configuration").json()
    named = httpx.get(
        f"{loose.url}/_mock/.well-known/openid-configuration", headers={"X-Mock-World": "t1", "Host": "mock.test:81"}
    ).json()
    odd = httpx.get(f"{loose.url}/_mock/.well-known/openid-configuration", headers={"Host": "a b"}).json()

    assert metadata["token_endpoint"] == f"{loose.url}/_world/t1/_mock/oauth/token"
    assert named["issuer"] == "http://mock.test:81/_world/t1/_mock"
    assert odd["issuer"] == "http://127.0.0.1/_mock"
    assert metadata["scopes_supported"] == ["openid", "read", "write"]
    form = {"grant_type": "client_credentials", "client_id": "a", "client_secret": "b"}
    assert httpx.post(metadata["token_endpoint"], data=form).status_code == 200


def test_a_page_of_another_origin_may_fetch_a_token(strict: MockServer) -> None:
    """As it may call the API, and without the control token, which the rest of /_mock asks for."""
    origin = {"Origin": "http://spa.test", "Sec-Fetch-Site": "cross-site"}
    form = {"grant_type": "client_credentials", "client_id": "app", "client_secret": "app_secret"}
    asked = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}

    answer = httpx.post(token_url(strict), data=form, headers=origin)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    assert httpx.options(token_url(strict), headers=asked).headers["access-control-allow-methods"] == "POST"
    assert httpx.get(f"{strict.url}/_mock/worlds").status_code == 401


def query_of(answer: httpx.Response) -> dict[str, list[str]]:
    return parse_qs(urlsplit(answer.headers["location"]).query)


def code(server: MockServer, **changes: str | None) -> str:
    """An authorization code for the client `spa`."""
    asked = {"response_type": "code", "client_id": "spa", "redirect_uri": CALLBACK, "state": "s 1", **changes}
    answer = httpx.get(
        f"{server.url}/_mock/oauth/authorize", params={name: each for name, each in asked.items() if each is not None}
    )
    return query_of(answer)["code"][0]


CODE = {"grant_type": "authorization_code", "client_id": "spa", "redirect_uri": CALLBACK}


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "implicit"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "app", "client_secret": "x"}, 401, "invalid_client"),
        ({"grant_type": ["password", "password"]}, 400, "invalid_request"),
        ({"grant_type": "password", "username": "ann", "password": "\u00fc"}, 400, "invalid_grant"),
        ({"grant_type": "password", "username": "ann"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, 400, "invalid_grant"),
        (
            {"grant_type": "password", "username": "ann", "password": "ann_secret", "scope": "a  b"},
            400,
            "invalid_scope",
        ),
        ({**CODE, "code": "guessed"}, 400, "invalid_grant"),
    ],
)
def test_a_bad_request_is_refused_as_the_rfc_says(
    strict: MockServer, form: dict[str, str | list[str]], status: int, error: str
) -> None:
    """RFC 6749, 5.2: a code for the program, and words for people."""
    answer = httpx.post(token_url(strict), data=form)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "application/json"}, b"{}", 400),
        (
            {"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basic !"},
            b"grant_type=password",
            401,
        ),
        (
            {"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basicx"},
            b"grant_type=password",
            401,
        ),
        (
            {"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basic YTpi"},
            b"grant_type=client_credentials&client_secret=b",
            400,
        ),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"grant_type=%ff", 400),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"x" * 70_000, 413),
    ],
)
def test_what_is_no_form_of_a_client_is_refused(
    strict: MockServer, headers: dict[str, str], body: bytes, status: int
) -> None:
    """Another type, another scheme, two secrets, bytes that are no text, and more than anybody has to say."""
    assert httpx.post(token_url(strict), headers=headers, content=body).status_code == status


@pytest.mark.parametrize("path", ["authorize", "jwks"])
def test_other_methods_are_refused(strict: MockServer, path: str) -> None:
    """With those that there are."""
    answer = httpx.post(f"{strict.url}/_mock/oauth/{path}")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert httpx.get(token_url(strict)).headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("asked", "exchange", "error"),
    [
        ({}, {"client_secret": "any"}, None),
        ({}, {}, "invalid_client"),
        ({"code_challenge": "plain-verifier"}, {"code_verifier": "plain-verifier"}, None),
        ({"code_challenge": "plain-verifier"}, {"code_verifier": "other"}, "invalid_grant"),
        ({"code_challenge": "plain-verifier"}, {}, "invalid_grant"),
        ({}, {"client_secret": "any", "client_id": "other"}, "invalid_grant"),
        ({}, {"client_secret": "any", "redirect_uri": "http://other"}, "invalid_grant"),
        ({}, {"client_secret": "any", "client_id": ""}, "invalid_request"),
    ],
)
def test_a_code_is_for_who_asked_for_it(
    strict: MockServer, asked: dict[str, str], exchange: dict[str, str], error: str | None
) -> None:
    """With the same client and redirect, the verifier of its challenge or else a secret; and it is good once."""
    form = {**CODE, "code": code(strict, **asked), **exchange}
    answer = httpx.post(token_url(strict), data=form)

    assert answer.json().get("error") == error
    if error is None:
        assert httpx.post(token_url(strict), data=form).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": ""}, "invalid_request"),
        ({"code_challenge_method": "S1"}, "invalid_request"),
        ({"login_hint": "nobody"}, "access_denied"),
        ({"scope": "\u00fc"}, "invalid_scope"),
    ],
)
def test_a_bad_request_for_a_code_is_told_to_the_client(
    strict: MockServer, changes: dict[str, str], error: str
) -> None:
    """In the redirect, with its state."""
    asked = {"response_type": "code", "client_id": "spa", "redirect_uri": f"{CALLBACK}?a=b", "state": "s 1"}

    told = query_of(httpx.get(f"{strict.url}/_mock/oauth/authorize", params={**asked, **changes}))

    assert (told["error"], told["state"], told["a"]) == ([error], ["s 1"], ["b"])


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/relative",
        "http://x/#a",
        "http:///nowhere",
        "javascript:alert(1)",
        "http://x/\r\nSet-Cookie: a=b",
        "http://[",
    ],
)
def test_nobody_is_redirected_to_what_is_no_place(strict: MockServer, uri: str) -> None:
    """The browser is told, and stays."""
    asked = {"response_type": "code", "client_id": "spa", "redirect_uri": uri}
    answer = httpx.get(f"{strict.url}/_mock/oauth/authorize", params=asked)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "redirect_uri" in answer.json()["detail"]


def test_a_refreshed_token_may_have_fewer_scopes_and_no_more(strict: MockServer) -> None:
    """Than were granted."""
    form = {"grant_type": "password", "username": "app", "password": "app_secret", "client_id": "x"}
    first = httpx.post(token_url(strict), data=form).json()
    refresh = {"grant_type": "refresh_token", "client_id": "x", "refresh_token": first["refresh_token"]}

    assert httpx.post(token_url(strict), data={**refresh, "scope": "all"}).json()["error"] == "invalid_scope"
    assert httpx.post(token_url(strict), data={**refresh, "client_id": "y"}).json()["error"] == "invalid_grant"
    assert httpx.post(token_url(strict), data={**refresh, "scope": "read all"}).json()["scope"] == "read"
    assert first["scope"] == "read write"


def test_a_world_that_cannot_be_is_refused(strict: MockServer) -> None:
    """As on the data plane."""
    assert httpx.get(f"{strict.url}/_mock/oauth/jwks", headers={"X-Mock-World": "a b"}).status_code == 400
