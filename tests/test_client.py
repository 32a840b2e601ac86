"""The client of all commands: what decides where it connects, whom it trusts and what it sends is what was said.

The environment of a machine is made by others: a netrc file, proxies, bundles of certificates. Each command is run over
real sockets with all of it in place.
"""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import trustme
from click.testing import CliRunner, Result

from mockserver.cli import main
from mockserver.client import Client, Trust, proxies, reason
from mockserver.errors import StartError
from mockserver.verify.targets import VARIABLES
from tests.sockets import OK, Heard, listening

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
BUNDLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
NAMES = (*PROXIES, *map(str.lower, PROXIES), *BUNDLES, "NETRC", "MOCKSERVER_CONTROL_TOKEN", *VARIABLES.values())

EXPORT = b'{"apis": [], "entries": [], "total": 0}'
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "One", "version": "1"},
    "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
    "paths": {
        "/one": {
            "get": {
                "operationId": "get_one",
                "security": [{"bearer": []}],
                "responses": {"200": {"description": "One."}, "401": {"description": "Who?"}},
            }
        }
    },
}


def answer(head: bytes, number: int) -> bytes:
    """What satisfies every command: an empty journal, an export, an answer to whoever has the right token."""
    del number
    body = EXPORT if b"/_mock/" in head else b"{}"
    status = b"401 Who" if b"/one" in head and b"\r\nAuthorization: Bearer right-token" not in head else b"200 OK"
    return b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(DOCUMENT))
    return path


Command = Callable[..., Result]


def run(*words: str | Path, **environment: str) -> Result:
    """A command in an environment of which nothing but this is set."""
    clean: dict[str, str | None] = dict.fromkeys(NAMES)
    return CliRunner(env={**clean, **environment}).invoke(main, list(map(str, words)))


@pytest.fixture(params=["verify", "export", "coverage"])
def command(request: pytest.FixtureRequest, document: Path) -> Command:
    """Each command that sends requests: `command(url, *options, **environment)`."""
    words: dict[str, tuple[str | Path, ...]] = {
        "verify": ("verify", document, "--phase", "fuzzing", "--max-examples", "1", "--auth", "right-token", "--url"),
        "export": ("export", "--url"),
        "coverage": ("coverage", "--api", "crm", "--url"),
    }
    return lambda url, *options, **environment: run(*words[request.param], url, *options, **environment)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> Path:
    """The authority's own certificate, as a file."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Heard]:
    """A server with a certificate that only the authority vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with listening(answer, context) as heard:
        yield heard


def test_a_netrc_file_is_never_read(command: Command, tmp_path: Path) -> None:
    """Not for the host, and not as the default; neither beside a credential nor instead of one."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password from-netrc\ndefault login bob password from-default\n")
    with listening(answer) as heard:
        result = command(heard.url, NETRC=str(netrc), HOME=str(tmp_path))

    assert result.exit_code == 0, result.output
    assert heard.requests
    assert not any(each.startswith("Basic ") for each in heard.header("Authorization"))


def test_a_proxy_is_never_asked_for_loopback(command: Command) -> None:
    """Whatever the variables say: what runs on this machine is reached on this machine."""
    with listening(answer) as heard, listening() as proxy:
        named = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"), proxy.url)
        results = [command(heard.url.replace("127.0.0.1", host), **named) for host in ("127.0.0.1", "localhost")]

    assert [result.exit_code for result in results] == [0, 0], results[0].output
    assert proxy.requests == []
    assert heard.requests


def test_a_proxy_is_asked_for_other_hosts(command: Command) -> None:
    """By the standard variables, its own credential with it, unless NO_PROXY has the host."""
    with listening(answer) as proxy:
        named = proxy.url.replace("//", "//pat:knock@")
        result = command("http://api.test:81", HTTP_PROXY=named)
        through = len(proxy.requests)
        refused = command("http://api.test:81", HTTP_PROXY=named, NO_PROXY="api.test")

    assert result.exit_code == 0, result.output
    assert all(b" http://api.test:81/" in each for each in proxy.requests)
    assert set(proxy.header("Proxy-Authorization")) == {f"Basic {base64.b64encode(b'pat:knock').decode()}"}
    assert len(proxy.requests) == through
    assert refused.exit_code == 2
    assert "api.test:81" in refused.stderr


def test_a_proxy_that_fails_is_told_without_its_password(command: Command) -> None:
    """One line: that it was the proxy, and not what it was asked with."""
    result = command("http://api.test", HTTP_PROXY="http://pat:knock@127.0.0.1:1")

    assert result.exit_code == 2
    assert "proxy" in result.stderr
    assert "knock" not in result.output
    assert len(result.stderr.splitlines()) == 1


def test_an_unknown_certificate_is_refused_with_what_to_do(command: Command, secure: Heard) -> None:
    """No command goes on; the message names the option, and the variables that are not read."""
    result = command(secure.url)

    assert result.exit_code == 2
    assert "its certificate is not trusted" in result.stderr
    assert "--cacert FILE or SSL_CERT_FILE." in result.stderr
    assert secure.requests == []


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_bundles_of_other_programs_count_for_no_command(
    command: Command, secure: Heard, bundle: Path, name: str
) -> None:
    """What one command would take and the next not, none takes; the message says so."""
    result = command(secure.url, **{name: str(bundle)})

    assert result.exit_code == 2
    assert f"; {name} is not read." in result.stderr


def test_a_certificate_is_trusted_by_option_or_variable(
    command: Command, secure: Heard, bundle: Path, tmp_path: Path
) -> None:
    """--cacert, SSL_CERT_FILE and --insecure, in every command alike."""
    results = [
        command(secure.url, "--cacert", bundle),
        command(secure.url, SSL_CERT_FILE=str(bundle)),
        command(secure.url, "--insecure"),
        command(secure.url, "--insecure", "--cacert", tmp_path / "none.pem"),
    ]

    assert [each.exit_code for each in results] == [0] * 4, [each.output for each in results]


def test_the_option_comes_before_the_variable(command: Command, secure: Heard, bundle: Path) -> None:
    """Another authority in SSL_CERT_FILE does not matter once --cacert is given, and the other way round it does."""
    other = bundle.with_name("other.pem")
    trustme.CA().cert_pem.write_to_path(str(other))

    right = command(secure.url, "--cacert", bundle, SSL_CERT_FILE=str(other))
    wrong = command(secure.url, "--cacert", other, SSL_CERT_FILE=str(bundle))

    assert (right.exit_code, wrong.exit_code) == (0, 2), right.output


@pytest.mark.parametrize(
    ("options", "variables", "message"),
    [
        (("--cacert", "{none}"), {}, "--cacert: {none} cannot be used (No such file or directory)."),
        (("--cacert", "{text}"), {}, "--cacert: {text} cannot be used (it holds no certificate in PEM)."),
        ((), {"SSL_CERT_FILE": "{none}"}, "SSL_CERT_FILE: {none} cannot be used (No such file or directory)."),
    ],
)
def test_certificates_that_cannot_be_read_are_told(
    command: Command, tmp_path: Path, options: tuple[str, ...], variables: dict[str, str], message: str
) -> None:
    """By whoever named them, before anything is sent."""
    (tmp_path / "text.pem").write_text("no certificate")
    places = {"none": str(tmp_path / "none.pem"), "text": str(tmp_path / "text.pem")}
    with listening(answer) as heard:
        result = command(
            heard.url,
            *(each.format(**places) for each in options),
            **{name: each.format(**places) for name, each in variables.items()},
        )

    assert result.exit_code == 2
    assert result.stderr.startswith(f"mockserver: {message.format(**places)}")
    assert heard.requests == []


def test_a_folder_of_certificates_is_taken(bundle: Path, secure: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    """SSL_CERT_DIR counts as it does for OpenSSL."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(bundle.parent / "none"))

    with Client() as client, pytest.raises(requests.exceptions.SSLError) as refused:
        client.get(secure.url)

    assert "its certificate is not trusted" in reason(refused.value)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (None, "the connection broke off (Remote end closed connection without response)"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "the answer is not HTTP: SSH-2.0-OpenSSH_9.2"),
    ],
)
def test_a_server_that_breaks_off_is_told_in_words(answer: bytes | None, told: str) -> None:
    """And not as the text of an object."""
    with (
        listening(lambda *_: answer) as heard,
        Client() as client,
        pytest.raises(requests.exceptions.ConnectionError) as refused,
    ):
        client.get(heard.url)

    assert reason(refused.value) == told


def test_a_certificate_for_another_host_is_told_as_that(authority: trustme.CA, bundle: Path) -> None:
    """No other authority would help."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.test").configure_cert(context)
    with listening(answer, context) as heard:
        result = run("export", "--url", heard.url, "--cacert", bundle)

    assert result.exit_code == 2
    assert "its certificate is not valid (" in result.stderr
    assert "--cacert" not in result.stderr


def test_a_server_without_tls_is_told_as_that(command: Command) -> None:
    """https is a slip of the pen."""
    with listening(lambda *_: b"HTTP/1.1 400 Bad\r\nConnection: close\r\n\r\n") as heard:
        result = command(heard.url.replace("http:", "https:"))

    assert result.exit_code == 2
    assert "no TLS connection could be made: is it http:// instead of https://?" in result.stderr


def test_a_tunnel_is_asked_of_a_proxy_for_https(secure: Heard, bundle: Path) -> None:
    """The certificate is checked behind it all the same."""
    with listening(lambda *_: b"HTTP/1.1 403 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as proxy:
        result = run("export", "--url", "https://api.test", "--cacert", bundle, HTTPS_PROXY=proxy.url)

    assert result.exit_code == 2
    assert proxy.requests[0].startswith(b"CONNECT api.test:443 ")
    assert "403" in result.stderr


@pytest.mark.parametrize(
    ("url", "no_proxy", "proxied"),
    [
        ("http://api.test/", "", True),
        ("https://api.test/", "", True),
        ("http://api.test/", "test", False),
        ("http://10.1.2.3/", "10.0.0.0/8", False),
        ("http://127.0.0.1/", "", False),
        ("http://127.9.9.9:81/", "", False),
        ("http://LOCALHOST:81/", "", False),
        ("http://mock.localhost/", "", False),
        ("http://[::1]/", "", False),
        ("http://[::ffff:127.0.0.1]/", "", False),
        ("http://0.0.0.0/", "", False),
    ],
)
def test_which_urls_are_proxied(url: str, no_proxy: str, proxied: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but loopback, in each way of writing it, and what NO_PROXY has."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALL_PROXY", "http://proxy.test")
    monkeypatch.setenv("NO_PROXY", no_proxy)

    assert bool(proxies(url)) is proxied


def test_userinfo_is_http_basic_and_is_not_shown(document: Path) -> None:
    """In export and coverage it goes to whoever stands in front of the server, beside the token."""
    with listening(answer) as heard:
        url = heard.url.replace("//", "//ann:hush%21@")
        results = [run(name, "--url", url, "--control-token", "t") for name in ("export", "coverage")]

    assert [each.exit_code for each in results] == [0, 0], results[1].output
    assert set(heard.header("Authorization")) == {f"Basic {base64.b64encode(b'ann:hush!').decode()}"}
    assert set(heard.header("X-Mock-Token")) == {"t"}


@pytest.mark.parametrize("url", ["http://ann:hush@127.0.0.1:1", "ftp://ann:hush@x", "http://ann:hu/sh@x"])
def test_a_url_that_fails_is_told_without_its_password(command: Command, url: str) -> None:
    """Neither the line nor anything else that is printed has it."""
    result = command(url)

    assert result.exit_code == 2
    assert "hu" not in result.output.replace("authority", "")


def test_a_token_does_not_follow_a_redirect() -> None:
    """Where it leads is told; nothing goes there."""
    with listening() as other:
        moved = f"HTTP/1.1 301 Moved\r\nLocation: {other.url}\r\nContent-Length: 0\r\n\r\n".encode()
        with listening(lambda *_: moved) as heard:
            result = run("export", "--url", heard.url, "--control-token", "t")

    assert result.exit_code == 2
    assert f"answered 301: a redirect to {other.url}. Give that URL" in result.stderr
    assert other.requests == []


def test_no_cookie_is_kept() -> None:
    """What one answer sets, no later request brings."""
    cookie = OK.replace(b"\r\n\r\n", b"\r\nSet-Cookie: a=b; Path=/\r\n\r\n")
    with listening(lambda *_: cookie) as heard, Client() as client:
        for _ in range(2):
            client.get(heard.url)

    assert heard.header("Cookie") == ["", ""]


def test_a_session_for_everybody_is_not_made_of_unreadable_certificates(tmp_path: Path) -> None:
    """The file is read once, when the session is made."""
    with pytest.raises(StartError, match="--cacert"):
        Trust(tmp_path / "none.pem").context()
