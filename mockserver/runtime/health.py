"""Whether the server runs and takes requests; answered on the event loop, whatever else waits."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.contract.bodies import write_json
from mockserver.runtime.answer import Answer, problem
from mockserver.runtime.request import Request
from mockserver.runtime.reserved import READY


def health(request: Request, apis: Iterable[str], *, ready: bool) -> Answer:
    """The answer to a probe; `apis` are the names of what is served, `ready` is whether more requests are welcome."""
    if request.method not in ("GET", "HEAD"):
        detail = f"{request.path} answers GET, HEAD, not {request.method}."
        return problem(405, detail, {"Allow": "GET, HEAD"}, errors=[])
    stopping = request.path == READY and not ready
    body = {"status": "stopping" if stopping else "ok", "apis": list(apis)}
    return Answer(503 if stopping else 200, write_json(body), "application/json")
