"""The health probe, answered on the event loop, so that it does not wait for the control plane."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.contract.bodies import write_json
from mockserver.runtime.answer import Answer, problem
from mockserver.runtime.request import Request
from mockserver.runtime.reserved import HEALTH


def health(request: Request, apis: Iterable[str]) -> Answer:
    """The response to a probe; `apis` are the names of the served APIs."""
    if request.method not in ("GET", "HEAD"):
        detail = f"{HEALTH} answers GET, HEAD, not {request.method}."
        return problem(405, detail, {"Allow": "GET, HEAD"}, errors=[])
    return Answer(200, write_json({"status": "ok", "apis": list(apis)}), "application/json")
