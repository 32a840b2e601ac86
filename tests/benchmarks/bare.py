"""`python -m tests.benchmarks.bare FILE PORT`: the least that a server on uvicorn can do, to hold ours against.

An ASGI application that reads each request to its end and gives the one answer for its method, on the same loop,
parser and options as ours, without a log.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import orjson
import uvicorn
from starlette.types import Receive, Scope, Send

from tests.benchmarks.operations import HOST, Answer


def application(answers: Mapping[str, tuple[int, bytes]]) -> Any:
    """Status and JSON body by method."""
    ready = {
        method: (
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))],
            },
            {"type": "http.response.body", "body": body},
        )
        for method, (status, body) in answers.items()
    }

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        start, body = ready[scope["method"]]
        if scope["method"] != "GET":
            while (await receive()).get("more_body"):
                continue
        await send(start)
        await send(body)

    return app


def write(path: Path, answers: Mapping[str, Answer]) -> Path:
    """What `main` reads: the answers by method."""
    path.write_bytes(orjson.dumps({name: [each.status, each.body.decode()] for name, each in answers.items()}))
    return path


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("port", type=click.IntRange(0, 65535))
def main(file: Path, port: int) -> None:
    """Serve the answers in FILE on PORT until terminated."""
    answers = {method: (status, body.encode()) for method, (status, body) in orjson.loads(file.read_bytes()).items()}
    uvicorn.run(
        application(answers),
        host=HOST,
        port=port,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main()
