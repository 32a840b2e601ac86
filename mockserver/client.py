"""The HTTP client of every command that sends requests: one policy, and nothing that a library reads by itself.

- Credentials are those that were given. A `netrc` file is never read.
- Proxies are those of HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, and never for loopback.
- A certificate must be signed by one of `--cacert`, else of SSL_CERT_FILE and SSL_CERT_DIR, else by one that the system
  or `certifi` trusts. `--insecure` takes any.
- Redirects are not followed, cookies are not kept, nothing is sent twice.
"""

from __future__ import annotations

import base64
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import BadStatusLine, RemoteDisconnected
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

import certifi
import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import should_bypass_proxies

from mockserver.addresses import is_loopback
from mockserver.errors import StartError

SCHEMES = ("http", "https", "all")
"""Of which the environment may name a proxy."""

BUNDLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables that name the certificates to trust, as OpenSSL has them."""

UNREAD = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that other programs read for the same purpose."""

ACCEPTED = "gzip, deflate"
"""Content codings that are asked for, whatever else is installed, so that a command finds the same everywhere."""

SHOWN = 80
"""Characters that are shown of an answer that cannot be read."""

NO_COOKIES = DefaultCookiePolicy(allowed_domains=())

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  # compared with, not bound
"""Addresses that lead to this machine when they are connected to."""


@dataclass(frozen=True)
class Trust:
    """Whose certificates are trusted: `--cacert` and `--insecure`."""

    cacert: Path | None = None
    insecure: bool = False

    def context(self) -> ssl.SSLContext:
        """For TLS as a client; StartError if the certificates cannot be read."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self.insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # whoever asks for it knows
        elif self.cacert is not None:
            _load(context, "--cacert", cafile=str(self.cacert))
        elif any(os.environ.get(name) for name in BUNDLES):
            file, folder = (os.environ.get(name) or None for name in BUNDLES)
            _load(context, " and ".join(name for name in BUNDLES if os.environ.get(name)), cafile=file, capath=folder)
        else:
            context.load_default_certs()
            context.load_verify_locations(certifi.where())
        return context

    @property
    def options(self) -> list[str]:
        """As the command line has it, and curl alike."""
        chosen = [] if self.cacert is None else ["--cacert", str(self.cacert)]
        return [*chosen, *(["--insecure"] if self.insecure else [])]


def _load(context: ssl.SSLContext, option: str, **places: str | None) -> None:
    try:
        context.load_verify_locations(**places)
    except OSError as error:
        named = " ".join(place for place in places.values() if place)
        reason = "it holds no certificate in PEM" if isinstance(error, ssl.SSLError) else error.strerror
        raise StartError(f"{option}: {named} cannot be used ({reason}). Name a file of PEM certificates.") from None


def proxies(url: str) -> dict[str, str]:
    """The proxies that the environment has for a URL, by scheme; none for loopback."""
    host = (urlsplit(url).hostname or "").lower()
    if is_loopback(host) or host in EVERYWHERE or should_bypass_proxies(url, no_proxy=None):
        return {}
    named = getproxies_environment()
    return {scheme: named[scheme] for scheme in SCHEMES if named.get(scheme)}


class Adapter(HTTPAdapter):
    """Connects by the policy, whatever the session that it is mounted on was told."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.context = context
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        return super().send(request, *args, **{**kwargs, "proxies": proxies(request.url or "")})

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: object, cert: object = None
    ) -> Any:
        del verify, cert
        host, _ = super().build_connection_pool_key_attributes(request, True)
        return host, {"ssl_context": self.context, "cert_reqs": self.context.verify_mode}

    def cert_verify(self, conn: Any, url: object, verify: object, cert: object) -> None:
        """The context has it all."""

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        tls = {} if proxy.lower().startswith("socks") else {"proxy_ssl_context": self.context}
        return super().proxy_manager_for(proxy, **tls, **kwargs)


class Client(requests.Session):
    """A session that does what the policy says. A context manager."""

    def __init__(self, adapter: Adapter | None = None) -> None:
        super().__init__()
        plain(self)
        self.headers["Accept-Encoding"] = ACCEPTED
        adapter = adapter or Adapter(Trust().context())
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: what was answered is the answer."""


def plain(session: requests.Session) -> None:
    """Keep a session from reading the environment and from keeping cookies."""
    session.trust_env = False
    session.cookies.set_policy(NO_COOKIES)


@dataclass(frozen=True)
class Fetched:
    """What came back: status, body, and where it leads if it is a redirect."""

    status: int
    body: bytes
    location: str | None = None


def fetch(url: str, headers: Mapping[str, str], trust: Trust, *, seconds: float, limit: int) -> Fetched:
    """What a GET is answered, read until it is longer than `limit` bytes; requests.RequestException if nothing comes.

    StartError if the certificates of `trust` cannot be read.
    """
    with Client(Adapter(trust.context())) as client:
        answer = client.get(url, headers=dict(headers), timeout=seconds, stream=True)
        body = bytearray()
        for part in answer.iter_content(64 * 1024):
            body += part
            if len(body) > limit:
                break
        return Fetched(answer.status_code, bytes(body), answer.headers.get("Location") if answer.is_redirect else None)


def basic(userinfo: str | None) -> dict[str, str]:
    """The header for the user and password of a URL; none for None."""
    encoded = "" if userinfo is None else base64.b64encode(userinfo.encode()).decode()
    return {"Authorization": f"Basic {encoded}"} if encoded else {}


def reason(error: Exception) -> str:
    """Why nothing was answered, in words and without the names of the objects that it went wrong in."""
    if isinstance(error, requests.exceptions.SSLError):
        return _untrusted(str(error))
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    cause = error.args[0] if error.args else error
    if isinstance(cause, urllib3.exceptions.ProtocolError) and len(cause.args) > 1:  # its own text is that of a tuple
        return _broken_off(cause.args[1])
    told = str(getattr(cause, "reason", None) or error)
    return re.sub(r"<[^>]*>: |\w*Connection(Pool)?\(host=[^)]*\): | ?\(Caused by .*", "", told).strip().rstrip(".")


def _broken_off(error: Exception) -> str:
    if isinstance(error, BadStatusLine) and not isinstance(error, RemoteDisconnected):
        return f"the answer is not HTTP: {str(error).strip()[:SHOWN]}"
    return f"the connection broke off ({getattr(error, 'strerror', None) or error})"


def _untrusted(told: str) -> str:
    found = re.search(r"certificate verify failed: ([^(]+)", told)
    if found is None:
        return "no TLS connection could be made: is it http:// instead of https://?"
    flaw = found[1].strip().rstrip(".")
    if not re.search("issuer|self.signed", flaw):
        return f"its certificate is not valid ({flaw})"
    unread = " and ".join(name for name in UNREAD if os.environ.get(name))
    return f"its certificate is not trusted ({flaw}). Give its issuer's with --cacert FILE or SSL_CERT_FILE" + (
        f"; {unread} is not read" if unread else ""
    )
