"""Clients that offer to go over to HTTP/2 by their own default, or because they were told to."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from mockserver import MockServer

HERE = Path(__file__).parent
DRAFT = '{"external_id": "%s", "title": "Sales"}'


def statuses(server: MockServer) -> list[tuple[str, int | None]]:
    return [(each.method, each.status) for each in server.world().journal.entries()]


def test_java(server: MockServer) -> None:
    """HttpClient as it comes: every request of it has its body, in one piece or in chunks."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("there is no java: install a JDK, such as Debian's default-jdk-headless")

    ran = subprocess.run(
        [java, "-Xshare:auto", "-XX:TieredStopAtLevel=1", str(HERE / "with_java" / "Create.java"), server.url],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [f"{status} HTTP_1_1" for status in (201, 201, 409, 201, 200)]
    assert statuses(server) == [("POST", 201), ("POST", 201), ("POST", 409), ("POST", 201), ("GET", 200)]


@pytest.mark.parametrize("sent", [("-d", DRAFT % "a"), ("-d", DRAFT % "a", "-H", "Transfer-Encoding: chunked")])
def test_curl(server: MockServer, sent: tuple[str, ...]) -> None:
    """`--http2` offers an upgrade with every request that opens a connection."""
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("there is no curl")
    if "HTTP2" not in subprocess.run([curl, "--version"], capture_output=True, text=True, check=True).stdout:
        pytest.skip("this curl knows no HTTP/2")
    options = ["-sS", "--http2", "-H", "Authorization: Bearer wk_demo_api", "-H", "Content-Type: application/json"]

    ran = subprocess.run(
        [curl, *options, *sent, "-w", "%{http_code}", f"{server.url}/v1/lists"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.stderr == ""
    assert ran.stdout.endswith("201")
    assert statuses(server) == [("POST", 201)]


def test_curl_without_asking(server: MockServer) -> None:
    """`--http2-prior-knowledge` speaks HTTP/2 at once, and gets to read that nobody here does."""
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("there is no curl")

    ran = subprocess.run(
        [curl, "-sS", "--http2-prior-knowledge", f"{server.url}/v1/lists"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode not in (0, 28)
    assert statuses(server) == []
