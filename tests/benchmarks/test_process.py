"""A server is started, waited for and stopped with everything it started."""

import sys
from pathlib import Path

import pytest

from tests.benchmarks.operations import READ
from tests.benchmarks.process import Process, ServerError, free_port, session

SERVER = """
import subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Lists(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.end_headers()
        self.wfile.write(b'[{"id":"a"}]')
child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
HTTPServer(("127.0.0.1", int(sys.argv[1])), Lists).serve_forever()
"""


def test_first_answer_memory_and_end(tmp_path: Path) -> None:
    """The answer is timed from the start, memory counts the children, and none of them outlives the stop."""
    port = free_port()
    with Process([sys.executable, "-c", SERVER, str(port)], tmp_path, {}) as process:
        answer, milliseconds = process.first_answer(READ, port)
        members = session(process.pid)
        resident = process.resident()

    assert answer.lists() == 1
    assert milliseconds > 0
    assert len(members) == 2
    assert resident > 2**20
    assert not session(process.pid)


def test_a_server_that_ends_says_its_last_words(tmp_path: Path) -> None:
    """Who cannot start is reported with the exit code and the last line that was printed."""
    command = [sys.executable, "-c", "print('first'); print('the port is taken'); raise SystemExit(3)"]
    with Process(command, tmp_path, {}) as process, pytest.raises(ServerError, match=r"exit code 3: the port is taken"):
        process.first_answer(READ, free_port())
