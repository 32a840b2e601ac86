"""Where documents come from, and what a document may name: nothing beyond what its author can be trusted with."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mockserver.contract.reading import download, sources
from mockserver.contract.reading.download import Unreadable
from mockserver.contract.reading.hosts import leads_inside
from mockserver.contract.reading.sources import Library, split_name

Pages = dict[str, tuple[int, Mapping[str, str], bytes]]


class Host:
    """A web server whose pages a test puts there; `asked` are the paths asked for."""

    def __init__(self) -> None:
        self.pages: Pages = {}
        self.asked: list[str] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append(self.path)
                status, headers, body = host.pages.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def put(self, path: str, text: str, status: int = 200, **headers: str) -> str:
        self.pages[path] = status, headers, text.encode()
        return f"{self.url}{path}"


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.mark.parametrize(
    ("given", "name", "source"),
    [
        ("petstore.yaml", "petstore", "petstore.yaml"),
        ("./api/pet store.v2.json", "pet-store.v2", "./api/pet store.v2.json"),
        ("pets=./x.yaml", "pets", "./x.yaml"),
        ("pets=https://host/openapi.json?a=b", "pets", "https://host/openapi.json?a=b"),
        ("https://host/v1/openapi.json?a=b", "openapi", "https://host/v1/openapi.json?a=b"),
        ("https://host", "host", "https://host"),
        ("https://host/", "host", "https://host/"),
        ("./a=b.yaml", "a-b", "./a=b.yaml"),
        ("...", "document", "..."),
    ],
)
def test_a_document_has_a_name(given: str, name: str, source: str) -> None:
    """The one given before `=`, else the stem of the file or of the URL's last part."""
    assert split_name(given) == (name, source)


def test_a_file_whose_name_has_an_equals_sign_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there as it is written is meant as it is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a=b.yaml").write_text("{}")

    assert split_name("a=b.yaml") == ("a-b", "a=b.yaml")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path, "No such file or directory"),
        (lambda path: path.parent, "Is a directory"),
        (lambda path: f"{path}\0", "null byte"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, make: object, reason: str) -> None:
    """The reason of the system, and what to do."""
    given = make(tmp_path / "none.yaml")  # type: ignore[operator]  # a function

    with pytest.raises(Unreadable, match=rf"the document cannot be read: .*{reason}\. Check the path\."):
        Library(given)


def test_a_pipe_is_read_where_a_person_names_it(tmp_path: Path) -> None:
    """`mockserver check <(generate)` works; a document that refers to a pipe would wait for ever."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("a: 1",))
    writer.start()

    library = Library(pipe)
    writer.join()

    assert library.root.value == {"a": 1}
    (tmp_path / "x.yaml").write_text("{}")
    with pytest.raises(Unreadable, match="Not a file"):
        Library(tmp_path / "x.yaml").file(pipe.as_uri())


def test_files_below_the_documents_folder_may_be_named(tmp_path: Path) -> None:
    """The folder is the document's where the command runs elsewhere."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "b.yaml").write_text("b: 1")
    (tmp_path / "a.yaml").write_text("{}")

    found = Library(tmp_path / "a.yaml").file((tmp_path / "inner" / "b.yaml").as_uri())

    assert (found.name, found.value) == ("inner/b.yaml", {"b": 1})


@pytest.mark.parametrize("link", [False, True])
def test_files_outside_may_not_be_named(tmp_path: Path, *, link: bool) -> None:
    """Not by `..`, and not by a link that leads out."""
    (tmp_path / "secret.yaml").write_text("b: 1")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.yaml").write_text("{}")
    named = tmp_path / "secret.yaml"
    if link:
        named = tmp_path / "inner" / "link.yaml"
        named.symlink_to(tmp_path / "secret.yaml")

    with pytest.raises(Unreadable) as refused:
        Library(tmp_path / "inner" / "a.yaml").file(named.as_uri())

    assert refused.value.kind == "forbidden-reference"
    assert "lies outside" in refused.value.message


def test_files_below_the_current_folder_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So a document may refer to what lies beside its folder, in a project."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.yaml").write_text("{}")
    (tmp_path / "b.yaml").write_text("b: 1")
    monkeypatch.chdir(tmp_path)

    found = Library("inner/a.yaml").file((tmp_path / "b.yaml").as_uri())

    assert (found.name, found.value) == ("../b.yaml", {"b": 1})


def test_text_is_taken_as_text(tmp_path: Path) -> None:
    """A description may be a file of its own."""
    (tmp_path / "a.yaml").write_text("{}")
    (tmp_path / "b.md").write_text("# Words: [")

    assert Library(tmp_path / "a.yaml").file((tmp_path / "b.md").as_uri()).value == "# Words: ["


def test_files_are_bounded_in_number_and_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document cannot fill the memory with what it refers to."""
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.yaml").write_text(f"{name}: 1")
    monkeypatch.setattr(sources, "MOST_FILES", 2)
    library = Library(tmp_path / "a.yaml")
    library.file((tmp_path / "b.yaml").as_uri())

    with pytest.raises(Unreadable, match="more than 2 files"):
        library.file((tmp_path / "c.yaml").as_uri())
    monkeypatch.setattr(sources, "LARGEST", 3)
    with pytest.raises(Unreadable, match="the document is larger than 0 MiB"):
        Library(tmp_path / "a.yaml")


def test_a_url_is_read(host: Host) -> None:
    """Redirects are followed, and files of the same host."""
    host.put("/old", "", 302, Location="/api/openapi.yaml")
    host.put("/api/openapi.yaml", "a: 1")
    host.put("/api/b.yaml", "b: 1")

    library = Library(f"{host.url}/old")
    other = library.file(f"{host.url}/api/b.yaml")

    assert (library.uri, library.root.value) == (f"{host.url}/api/openapi.yaml", {"a": 1})
    assert (other.name, other.value) == ("b.yaml", {"b": 1})


def test_other_hosts_need_to_be_allowed(host: Host, tmp_path: Path) -> None:
    """Without `allow_remote_refs` nothing is asked of them, from a file or from another host."""
    (tmp_path / "a.yaml").write_text("{}")
    url = host.put("/b.yaml", "b: 1")

    with pytest.raises(Unreadable) as refused:
        Library(tmp_path / "a.yaml").file(url)

    assert refused.value.kind == "remote-reference"
    assert "--allow-remote-refs" in refused.value.remedy
    assert host.asked == []
    assert Library(tmp_path / "a.yaml", allow_remote_refs=True).file(url).value == {"b": 1}


def test_a_host_cannot_lead_elsewhere_what_a_document_refers_to(host: Host) -> None:
    """A redirect to another host is as much a reference to it."""
    host.put("/a.yaml", "{}")
    host.put("/b.yaml", "", 302, Location="http://127.0.0.1:1/metadata")

    with pytest.raises(Unreadable, match=r"b\.yaml redirects to http://127\.0\.0\.1:1/metadata, which is not followed"):
        Library(f"{host.url}/a.yaml").file(f"{host.url}/b.yaml")


@pytest.mark.parametrize("uri", ["file:///etc/hostname", "ftp://127.0.0.1/x", "data:,x"])
def test_a_document_from_a_host_names_no_file(host: Host, uri: str) -> None:
    """Only what its own host has."""
    host.put("/a.yaml", "{}")

    with pytest.raises(Unreadable) as refused:
        Library(f"{host.url}/a.yaml", allow_remote_refs=True).file(uri)

    assert refused.value.kind == "forbidden-reference"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/none", "answers 404 Not Found"),
        ("/file", "redirects to file:///etc/hostname, which is not followed"),
        ("/round", "redirects more than 5 times"),
        ("/bad", "expected YAML or JSON, but it does not parse"),
        ("/large", "the document is larger than"),
    ],
)
def test_a_url_that_gives_no_document_says_why(
    host: Host, monkeypatch: pytest.MonkeyPatch, path: str, reason: str
) -> None:
    """The URL, what it did, and what to do."""
    host.put("/file", "", 302, Location="file:///etc/hostname")
    host.put("/round", "", 302, Location="/round")
    host.put("/bad", "a: [")
    host.put("/large", "a: 123456789012345678901234567890")
    monkeypatch.setattr(sources, "LARGEST", 20)

    with pytest.raises(Unreadable, match=reason):
        Library(f"{host.url}{path}")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "http://[", "http://a\0b/"])
def test_a_host_that_does_not_answer_is_named(url: str) -> None:
    """No traceback, whatever a URL looks like."""
    with pytest.raises(Unreadable, match="does not answer"):
        Library(url)


def test_a_slow_host_is_not_waited_for(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole document has to be there in time, however it trickles."""
    url = host.put("/a.yaml", "a: 1")
    clock = iter([0.0, download.PATIENCE + 1])
    monkeypatch.setattr(download, "monotonic", lambda: next(clock))

    with pytest.raises(Unreadable, match=r"does not answer \(not complete after 30 seconds\)"):
        Library(url)


@pytest.mark.parametrize(
    ("by", "uri", "led"),
    [
        ("http://203.0.113.7/a", "http://127.0.0.1/b", False),  # set aside for documentation: as little public
        ("http://1.1.1.1/a", "http://127.0.0.1/b", True),
        ("https://1.1.1.1/a", "http://[::1]:80/b", True),
        ("http://1.1.1.1/a", "http://169.254.169.254/latest", True),
        ("http://1.1.1.1/a", "http://10.0.0.1/b", True),
        ("http://1.1.1.1/a", "http://1.1.1.1/b", False),
        ("http://1.1.1.1/a", "http://8.8.8.8/b", False),
        ("http://127.0.0.1:1/a", "http://127.0.0.1:2/b", False),
        ("file:///a.yaml", "http://127.0.0.1/b", False),
        ("http://1.1.1.1/a", "http://[/b", False),
    ],
)
def test_a_document_from_outside_leads_to_no_host_inside(by: str, uri: str, led: bool) -> None:
    """Neither to this machine nor to its network, whatever was allowed; a file may, as whoever has it wrote it."""
    assert leads_inside(by, uri) is led


def test_what_was_allowed_is_not_led_inside(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a reference as little as by a redirect."""
    host.put("/a.yaml", "{}")
    target = host.put("/b.yaml", "", 302, Location="http://127.0.0.1:1/secret")
    library = Library(f"{host.url}/a.yaml", allow_remote_refs=True)
    monkeypatch.setattr(sources, "leads_inside", lambda _, uri: uri.endswith("secret"))

    with pytest.raises(Unreadable, match="is within this machine's network"):
        library.file("http://127.0.0.1:1/secret", library.uri)
    with pytest.raises(Unreadable, match="secret, which is not followed"):
        library.file(target, library.uri)


def test_a_path_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    """As one that lies elsewhere."""
    (tmp_path / "a.yaml").write_text("{}")

    with pytest.raises(Unreadable) as refused:
        Library(tmp_path / "a.yaml").file((tmp_path / "b\0.yaml").as_uri())

    assert refused.value.kind == "forbidden-reference"
