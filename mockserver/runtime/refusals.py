"""Refuses requests that no operation answers: as the API would that they were meant for, if there is one."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.api import Api
from mockserver.contract.bodies import write_json
from mockserver.contract.routing import Route
from mockserver.contract.violations import Rejection
from mockserver.runtime.answer import Answer, problem, refused
from mockserver.runtime.call import Call
from mockserver.runtime.endpoint import Endpoint
from mockserver.runtime.routes import Routes, allowed

LONGEST_SHOWN = 200
"""Characters of an unknown path that a refusal quotes."""

NEAREST = 3
"""Documented paths that the refusal of an unknown one names."""


def no_path(routes: Routes, call: Call) -> Answer:
    """404: in the form of the API whose path lies above it; else a problem that names the nearest paths."""
    path = call.request.path
    above = routes.router.above(path)
    if above is not None:
        rejection = Rejection("not_found", f"no documented path matches {path}")
        return _reworded(routes.owner(above), call, rejection)
    # a path may be as long as a head
    asked = path if len(path) <= LONGEST_SHOWN else f"{path[:LONGEST_SHOWN]}..."
    nearest = [route.template for route in routes.router.nearest(path, NEAREST)]
    told = f" The nearest are: {', '.join(nearest)}." if nearest else " None is documented."
    detail = f"No documented path matches {asked}.{told}"
    call.exchange.rejection = Rejection("not_found", detail)
    return problem(404, detail, nearest=nearest)


def no_method(routes: Routes, call: Call, route: Route[Endpoint]) -> Answer:
    """405: with the methods of the path."""
    methods = ", ".join(allowed(route))
    message = f"{call.request.method} is not documented for {route.template}; expected {methods}"
    rejection = Rejection("method_not_allowed", message)
    return _reworded(routes.owner(route), call, rejection, {"Allow": methods})


def _reworded(api: Api, call: Call, rejection: Rejection, headers: Mapping[str, str] | None = None) -> Answer:
    call.exchange.rejection = rejection
    with call.world.lock:
        found = api.refuse(call.world, rejection)
    if found is None:
        return refused(rejection, headers)
    payload, status = found
    return Answer(status, write_json(payload), "application/json", headers)
