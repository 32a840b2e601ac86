"""The routes: the documented paths of every mounted API, and the API of each."""

from __future__ import annotations

from mockserver.api import Api
from mockserver.contract.bodies import media_type
from mockserver.contract.pairs import Pairs, split_query
from mockserver.contract.routing import Route, Router
from mockserver.contract.servers import base_paths, own_base_paths
from mockserver.errors import DocumentError
from mockserver.runtime.body import Body
from mockserver.runtime.endpoint import Endpoint
from mockserver.runtime.request import Request

Routed = tuple[Route[Endpoint] | None, Pairs, Endpoint | None]
"""The documented path of a request, the raw values in it, and what serves its method; None where there is none."""

MOST_BELOW = 100_000
"""Paths of one API below the base paths of its document, about; further base paths are left out."""

NOWHERE: Routed = (None, {}, None)


class Routes:
    """Paths to endpoints; `owner` is the API of a path. `apis`: what is mounted, by name, with paths or without."""

    def __init__(self) -> None:
        self.apis: list[Api] = []
        self.router: Router[Endpoint] = Router()
        self._owners: dict[str, Api] = {}

    def owner(self, route: Route[Endpoint]) -> Api:
        return self._owners[route.template]

    def add(self, path: str, endpoint: Endpoint) -> None:
        """Answer requests for the endpoint's method on the path; DocumentError if the path is taken by another."""
        taken = self.router.find(path)
        if taken is not None and (
            self._owners[taken.template] is not endpoint.api
            or (taken.template != path and endpoint.described.method in taken.targets)
        ):
            raise _collision(path, endpoint, taken)
        route = self.router.add(path, endpoint.described.method, endpoint, _endings(path, endpoint))
        self._owners[route.template] = endpoint.api

    def add_below(self, api: Api) -> None:
        """Answer below the base paths that the document's `servers` give as well, except where another path is.

        Called when every path has been served as it is written, which wins over one that is put together.
        """
        own = [route for route in self.router.routes if self._owners[route.template] is api]
        shared = base_paths(api.document)[: 1 + MOST_BELOW // max(1, len(own))]
        for route in own:
            for method, endpoint in list(route.targets.items()):
                described = endpoint.described
                bases = own_base_paths(api.document, described.path, described.members)
                for base in shared if bases is None else bases:
                    path = f"{api.mount}{base}{route.template.removeprefix(api.mount)}"
                    taken = self.router.find(path)
                    if taken is None or (self._owners[taken.template] is api and method not in taken.targets):
                        added = self.router.add(path, method, endpoint, _endings(path, endpoint))
                        self._owners[added.template] = api

    def route(self, request: Request, body: Body) -> Routed:
        """The route and endpoint of a request; HEAD is served by GET."""
        method = request.method
        found = self.router.match(request.path, method)
        if found is None:
            return NOWHERE
        route, values = found
        # few documents have any, and the others do not pay for reading query and form
        if route.alternatives:
            chosen = route.chosen(method, request.query, request.headers, _form(request, body.content))
            if chosen is None:
                return NOWHERE
            route = chosen
        targets = route.targets
        return route, values, targets.get(method) or (targets.get("GET") if method == "HEAD" else None)


def allowed(route: Route[Endpoint]) -> list[str]:
    """The methods that are served on the path."""
    methods = set(route.targets)
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


def _form(request: Request, body: bytes) -> Pairs:
    """The fields of a form that came as the body; none if it is no form."""
    if media_type(request.header("content-type") or "") != "application/x-www-form-urlencoded":
        return {}
    return split_query(body.decode("latin-1"))


def _endings(path: str, endpoint: Endpoint) -> list[str]:
    """The values of a parameter that stands right behind another, as in `{page}{extension}`, if they are listed."""
    if path.count("}{") != 1:
        return []
    document, described = endpoint.api.document, endpoint.described
    last = path.partition("}{")[2].partition("}")[0]
    try:
        document.prepare(described.pointer)
        found = (each for each in document.parameters(described.path, described.members) if each["name"] == last)
        values = document.resolve(next(found, {}).get("schema", {})).get("enum", [])
    except DocumentError:
        return []  # it is answered with 501, which says why
    return [each for each in values if isinstance(each, str) and each]


def _collision(path: str, endpoint: Endpoint, taken: Route[Endpoint]) -> DocumentError:
    other = next(iter(taken.targets.values()))
    way_out = (
        "Name the parameters of one path alike."
        if other.api is endpoint.api
        else "Serve one of them below a prefix of its own: --mount NAME=/prefix."
    )
    return DocumentError(
        f"{endpoint.api.name}: {endpoint.operation_id} ({endpoint.described.method} {path}) "
        f"has the same path as {other.api.name}: {other.operation_id} ({taken.template}). {way_out}"
    )
