"""The authorization server: OAuth 2.0's token and authorization endpoints (RFC 6749, 7636), OpenID Connect's discovery.

Grants: client credentials, password, authorization code (with PKCE if the client asks for it) and refresh token. Nobody
logs in: the authorization endpoint redirects at once, as the account that `login_hint` names or else the first.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote_plus, urlencode, urlsplit

from mockserver.api import Api
from mockserver.contract.bodies import media_type
from mockserver.contract.pairs import Pairs, Undecodable, percent_decode, split_query
from mockserver.oauth import grants
from mockserver.oauth.idtoken import half_hash, jwks, signed
from mockserver.oauth.owners import Owner, all_scopes, identified, named
from mockserver.world import Record, World

FORM = "application/x-www-form-urlencoded"
SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*")
SAFE = re.compile(r"[\x21-\x7e]+")
PARAMETERS = (
    *("client_id", "client_secret", "code", "code_challenge", "code_challenge_method", "code_verifier", "grant_type"),
    *(
        "login_hint",
        "nonce",
        "password",
        "redirect_uri",
        "refresh_token",
        "response_type",
        "scope",
        "state",
        "username",
    ),
)
GRANT_TYPES = ("authorization_code", "client_credentials", "password", "refresh_token")


@dataclass(frozen=True)
class Reply:
    """Status, JSON body and headers."""

    status: int
    payload: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class OAuthError(Exception):
    """A refusal by its code (RFC 6749, 4.1.2.1 and 5.2), with a description for people."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.status = status


@dataclass(frozen=True)
class Client:
    """Who asks for a token; `secret` is None for a public client."""

    name: str
    secret: str | None


class AuthorizationServer:
    """Hands out tokens for the APIs in one world; `base` is the URL of the server there, without `/_mock`."""

    def __init__(self, apis: Sequence[Api], world: World, base: str) -> None:
        self._apis = apis
        self._world = world
        self._base = base

    def discovery(self) -> Reply:
        """The metadata of the server (OpenID Connect Discovery 1.0; RFC 8414)."""
        issuer = f"{self._base}/_mock"
        scopes = sorted({*all_scopes(self._apis, self._world), "openid"})
        metadata = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/oauth/authorize",
            "token_endpoint": f"{issuer}/oauth/token",
            "jwks_uri": f"{issuer}/oauth/jwks",
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": list(GRANT_TYPES),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "code_challenge_methods_supported": ["S256", "plain"],
            "scopes_supported": scopes,
            "claims_supported": ["iss", "sub", "aud", "exp", "iat", "nonce", "at_hash"],
        }
        return Reply(200, metadata)

    def keys(self) -> Reply:
        """The keys that verify ID tokens."""
        return Reply(200, jwks())

    def authorize(self, query: str) -> Reply:
        """Redirect to the client with a code, or with what is wrong; a problem if it is not known where to."""
        try:
            asked = _decoded(split_query(query))
            client, redirect = _needed(asked, "client_id"), _redirect_of(asked)
        except OAuthError as error:
            return Reply(400, str(error))
        try:
            code = self._code(asked, client, redirect)
        except OAuthError as error:
            return _redirect(redirect, {"error": error.code, "error_description": str(error)}, asked)
        return _redirect(redirect, {"code": code}, asked)

    def _code(self, asked: Mapping[str, str], client: str, redirect: str) -> str:
        if _needed(asked, "response_type") != "code":
            raise OAuthError("unsupported_response_type", "response_type must be code.")
        method = asked.get("code_challenge_method", "plain")
        if method not in ("S256", "plain"):
            raise OAuthError("invalid_request", "code_challenge_method must be S256 or plain.")
        owner = named(self._apis, self._world, asked.get("login_hint"))
        if owner is None:
            raise OAuthError("access_denied", "No account has the name that login_hint gives.")
        kept = {name: asked[name] for name in ("code_challenge", "nonce", "redirect_uri") if name in asked}
        return grants.issue(
            self._world, "code", {**self._grant(owner, asked, client), **kept, "method": method, "redirect": redirect}
        )

    def token(self, content_type: str | None, authorization: str | None, body: bytes) -> Reply:
        """The tokens that a client asks for, or the refusal."""
        try:
            if media_type(content_type or "") != FORM:
                raise OAuthError("invalid_request", f"The body must be a form: {FORM}.")
            asked = _decoded(split_query(body.decode("latin-1")))
            grant_type = _needed(asked, "grant_type")
            if grant_type not in GRANT_TYPES:
                raise OAuthError("unsupported_grant_type", f"grant_type must be one of {', '.join(GRANT_TYPES)}.")
            act: Callable[..., dict[str, Any]] = getattr(self, f"_by_{grant_type}")
            with self._world.transaction():
                return Reply(200, act(asked, _client(authorization, asked)), UNCACHED)
        except OAuthError as error:
            challenge = {"WWW-Authenticate": 'Basic realm="mockserver"'} if error.status == UNAUTHORIZED else {}
            payload = {"error": error.code, "error_description": str(error)}
            return Reply(error.status, payload, {**UNCACHED, **challenge})

    def _by_client_credentials(self, asked: Mapping[str, str], client: Client | None) -> dict[str, Any]:
        if client is None or client.secret is None:
            raise OAuthError("invalid_client", "The client must send client_id and client_secret.", UNAUTHORIZED)
        owner = identified(self._apis, self._world, client.name, client.secret)
        if owner is None:
            raise OAuthError("invalid_client", "No credential matches this client's id and secret.", UNAUTHORIZED)
        return self._tokens(self._grant(owner, asked, client.name), refreshed=False)

    def _by_password(self, asked: Mapping[str, str], client: Client | None) -> dict[str, Any]:
        owner = identified(self._apis, self._world, _needed(asked, "username"), _needed(asked, "password"))
        if owner is None:
            raise OAuthError("invalid_grant", "No credential matches this username and password.")
        return self._tokens(self._grant(owner, asked, "" if client is None else client.name))

    def _by_authorization_code(self, asked: Mapping[str, str], client: Client | None) -> dict[str, Any]:
        code = _needed(asked, "code")
        grant = grants.find(self._world, "code", code)
        if grant is None:
            raise OAuthError("invalid_grant", "The code is unknown, used or expired.")
        if client is None:
            raise OAuthError("invalid_request", "client_id is missing.")
        if client.name != grant["client"] or asked.get("redirect_uri") != grant.get("redirect_uri"):
            raise OAuthError("invalid_grant", "client_id and redirect_uri must be those of the request for the code.")
        if "code_challenge" in grant and not _verified(grant, asked.get("code_verifier", "")):
            raise OAuthError("invalid_grant", "code_verifier does not match the code_challenge.")
        if "code_challenge" not in grant and client.secret is None:
            raise OAuthError("invalid_client", "Without PKCE the client must send its client_secret.", UNAUTHORIZED)
        grants.revoke(self._world, code)
        return self._tokens(grant)

    def _by_refresh_token(self, asked: Mapping[str, str], client: Client | None) -> dict[str, Any]:
        value = _needed(asked, "refresh_token")
        grant = grants.find(self._world, "refresh", value)
        if grant is None or (client is not None and grant["client"] != client.name):
            raise OAuthError("invalid_grant", "The refresh token is unknown, used, expired or another client's.")
        held = grants.scopes_of(grant)
        wanted = _scope(asked)
        kept = held if wanted is None else [each for each in wanted.split() if each in held]
        if wanted is not None and not kept:
            raise OAuthError("invalid_scope", "A refreshed token cannot have scopes beyond those that were granted.")
        grants.revoke(self._world, value)
        return self._tokens({**grant, "scope": " ".join(kept)})

    def _grant(self, owner: Owner, asked: Mapping[str, str], client: str) -> dict[str, Any]:
        scope = owner.granted(_scope(asked), all_scopes(self._apis, self._world))
        return {"accounts": owner.accounts, "scope": scope, "client": client}

    def _tokens(self, grant: Mapping[str, Any], *, refreshed: bool = True) -> dict[str, Any]:
        kept = {name: grant[name] for name in ("accounts", "scope", "client", "nonce") if name in grant}
        access = grants.issue(self._world, "access", kept)
        told = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": grants.LIFETIMES["access"],
            "scope": grant["scope"],
        }
        if refreshed:
            told["refresh_token"] = grants.issue(self._world, "refresh", kept)
            if "openid" in grants.scopes_of(grant):
                told["id_token"] = signed(self._claims(grant, access))
        return told

    def _claims(self, grant: Mapping[str, Any], access: str) -> dict[str, Any]:
        now = int(self._world.now().timestamp())
        claims = {
            "iss": f"{self._base}/_mock",
            "sub": next(account for account, _ in grant["accounts"].values()),
            "aud": grant["client"],
            "iat": now,
            "exp": now + grants.LIFETIMES["access"],
            "at_hash": half_hash(access),
        }
        return claims | ({"nonce": grant["nonce"]} if "nonce" in grant else {})


UNAUTHORIZED = 401
UNCACHED = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def _decoded(pairs: Pairs) -> dict[str, str]:
    """Known parameters by name; an empty one counts as left out, and none may come twice (RFC 6749, 3.1)."""
    found = {}
    for name, values in ((name, pairs[name]) for name in PARAMETERS if name in pairs):
        if len(values) > 1:
            raise OAuthError("invalid_request", f"{name} must be given once.")
        try:
            value = percent_decode(values[0].replace("+", " "))
        except Undecodable:
            raise OAuthError("invalid_request", f"{name} is not percent-encoded UTF-8.") from None
        if value:
            found[name] = value
    return found


def _needed(asked: Mapping[str, str], name: str) -> str:
    if name not in asked:
        raise OAuthError("invalid_request", f"{name} is missing.")
    return asked[name]


def _scope(asked: Mapping[str, str]) -> str | None:
    scope = asked.get("scope")
    if scope is not None and not SCOPE.fullmatch(scope):
        raise OAuthError("invalid_scope", "scope must be ASCII names separated by single spaces.")
    return scope


def _client(authorization: str | None, asked: Mapping[str, str]) -> Client | None:
    """The client by HTTP Basic or by the body; OAuthError if it names itself in both, or in no proper way."""
    if authorization is None or not authorization.lower().startswith("basic"):  # such as the control token
        name = asked.get("client_id")
        return None if name is None else Client(name, asked.get("client_secret"))
    scheme, _, encoded = authorization.partition(" ")
    try:
        name, colon, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name, colon, secret = "", "", ""
    if scheme.lower() != "basic" or not colon:
        raise OAuthError("invalid_client", "The Authorization header is not valid for HTTP Basic.", UNAUTHORIZED)
    if "client_secret" in asked:
        raise OAuthError("invalid_request", "The client must send its secret once: in the header or in the body.")
    return Client(unquote_plus(name), unquote_plus(secret))


def _redirect_of(asked: Mapping[str, str]) -> str:
    """The absolute URI to which the browser is sent back."""
    uri = _needed(asked, "redirect_uri")
    try:
        parts = urlsplit(uri)
    except ValueError:
        parts = urlsplit("")
    if not SAFE.fullmatch(uri) or not parts.scheme or parts.fragment or "#" in uri or parts.scheme in SCRIPTS:
        raise OAuthError("invalid_request", "redirect_uri must be an absolute URI without a fragment.")
    if parts.scheme in ("http", "https") and not parts.netloc:
        raise OAuthError("invalid_request", "redirect_uri must name a host.")
    return uri


SCRIPTS = ("javascript", "data", "vbscript")


def _redirect(uri: str, told: Mapping[str, str], asked: Mapping[str, str]) -> Reply:
    state = {"state": asked["state"]} if "state" in asked else {}
    joined = f"{uri}{'&' if '?' in uri else '?'}{urlencode({**told, **state}, quote_via=quote)}"
    return Reply(302, None, {"Location": joined, "Cache-Control": "no-store"})


def _verified(grant: Record, verifier: str) -> bool:
    """Whether the verifier is what the challenge was made of (RFC 7636, 4.6)."""
    if grant["method"] == "plain":
        return bool(verifier == grant["code_challenge"])
    digest = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return bool(made == grant["code_challenge"])
