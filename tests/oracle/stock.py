"""The oracle: stock `connexion.FlaskApp` serving an API's own document and handlers over a world of its own."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from connexion import FlaskApp, NoContent
from connexion.exceptions import Forbidden
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware.abstract import ROUTING_CONTEXT
from connexion.options import SwaggerUIOptions
from connexion.security import BearerSecurityHandler

from mockserver.api import Api
from mockserver.contract.document import Document
from mockserver.errors import Refusal
from mockserver.world import Record, World
from tests.fuzz.exchange import Answer, Request, send

KINDS = {
    400: "invalid",
    415: "invalid",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
}
"""What each status means where stock Connexion itself refuses."""


class Stock:
    """Stock Connexion over a world; `handled` says whether the last request came as far as its handler."""

    def __init__(self, api: Api, world: World) -> None:
        self._api = api
        self.world = world
        self.handled = False
        self.app = FlaskApp("oracle", swagger_ui_options=SwaggerUIOptions(swagger_ui=False, serve_spec=False))
        self.app.add_api(
            typed(api.document),
            resolver=self._bind,
            pythonic_params=True,
            validate_responses=True,
            security_map={"bearer": partial(Credentials, api, world)},
        )
        self.app.add_error_handler(Refusal, _refused)

    async def answer(self, request: Request) -> Answer:
        """Stock Connexion's answer, and whether a handler or the framework gave it."""
        self.handled = False
        answer = await send(self.app, request)
        decided = "handler" if self.handled and answer.status != 500 else KINDS.get(answer.status, str(answer.status))
        return Answer(answer.status, answer.media_type, answer.body, decided)

    def _bind(self, operation_id: str) -> Callable[..., Any]:
        handler = partial(self._api.handler(operation_id), self.world)

        @wraps(handler)
        def bound(**arguments: Any) -> Any:
            self.handled = True
            result = handler(**arguments)
            if result is None:
                return NoContent, 200
            return (NoContent, *result[1:]) if isinstance(result, tuple) and result[0] is None else result

        return bound


class Credentials(BearerSecurityHandler):  # type: ignore[misc]  # Connexion is shipped without types
    """Tells bearer tokens by the world's credentials, and `x-required-scopes` by the operation."""

    def __init__(self, api: Api, world: World) -> None:
        self._api = api
        self._world = world
        self._scopes = required_scopes(api.document)

    def _resolve_func(self, _: Any) -> Callable[..., Any]:
        return self._credential

    def _credential(self, token: str, request: ConnexionRequest) -> Record | None:
        assert self._api.credentials is not None
        known = self._world[self._api.credentials].get(token)
        operation_id = request.scope["extensions"][ROUTING_CONTEXT]["operation_id"]
        if known is not None and not set(self._scopes[operation_id]) <= set(known["scopes"]):
            raise Forbidden
        return None if known is None else {**known, "sub": known["account"]}


def typed(document: Document) -> dict[str, Any]:
    """The document with the first type of every parameter that may have several; stock Connexion fails without one."""
    raw = copy.deepcopy(dict(document.raw))
    own = Document(raw)
    for path, _, operation in own.operations():
        for parameter in own.parameters(path, operation):
            schema = own.resolve(parameter["schema"])
            if "type" not in schema:
                schema["type"] = own.resolve(schema["anyOf"][0])["type"]
    return raw


def required_scopes(document: Document) -> dict[str, list[str]]:
    """The scopes that the document asks for, by operationId."""
    return {
        operation["operationId"]: operation.get("x-required-scopes", []) for _, _, operation in document.operations()
    }


def _refused(_: ConnexionRequest, refusal: Refusal) -> ConnexionResponse:
    return ConnexionResponse(
        refusal.status, content_type="application/json", body=json.dumps(refusal.payload), headers=refusal.headers
    )
