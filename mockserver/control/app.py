"""The stock Connexion Flask app of the control plane, built from its document and handlers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from inspect import signature
from typing import Any

from connexion import FlaskApp
from connexion.datastructures import MediaTypeDict
from connexion.exceptions import ProblemException
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.middleware import MiddlewarePosition
from connexion.options import SwaggerUIOptions
from connexion.resolver import Resolver
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from mockserver.admin.service import Service
from mockserver.contract.bodies import write_json
from mockserver.control.documents import document
from mockserver.control.events import EVENTS, Events
from mockserver.control.gate import UI, Gate
from mockserver.control.handlers import clock, faults, journal, server, snapshots, state, stubs, webhooks, worlds
from mockserver.control.problems import refusal, refused
from mockserver.control.threaded import Threaded
from mockserver.errors import MockServerError
from mockserver.runtime.answer import Answer
from mockserver.runtime.reserved import CONTROL, OAUTH, PROBES

logger = logging.getLogger("mockserver")
MODULES = (server, worlds, snapshots, state, journal, faults, stubs, webhooks, clock)
"""The modules of the handlers, one for each tag."""


class Admitted:
    """A security handler that admits everybody: the guard has checked the request before."""

    def get_fn(self, *_: Any) -> Callable[[ConnexionRequest], dict[str, str]]:
        return lambda _: {}


class NoValidator:
    """A validator that checks nothing: the gate has validated the request before, and reports all its violations."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def validate(self, _: Any) -> None:
        pass


def build(service: Service, *, token: bool, ready: Callable[[], bool] = lambda: True) -> ASGIApp:
    """The app with its middleware stack, ready for requests."""
    described = document(token=token)
    app = FlaskApp(
        "mockserver.control",
        pythonic_params=True,
        resolver=Resolver(partial(_handler, service)),
        security_map={"bearer": Admitted, "apiKey": Admitted},
        swagger_ui_options=SwaggerUIOptions(swagger_ui_config={"displayRequestDuration": True, "validatorUrl": "none"}),
        validator_map={"parameter": NoValidator, "body": MediaTypeDict({})},
    )
    streams = {EVENTS: Events(service, ready)}
    app._middleware_app.asgi_app = Threaded(app.app.wsgi_app)
    app.add_middleware(Gate, position=MiddlewarePosition.BEFORE_EXCEPTION, document=described, streams=streams)
    app.add_error_handler(MockServerError, _refuse)
    app.add_error_handler(HTTPException, _refuse_stock)
    app.add_error_handler(ProblemException, _refuse_stock)
    app.add_error_handler(Exception, _fail)
    others = {*PROBES, *OAUTH, *streams}  # which are answered before they come here
    paths = {path: each for path, each in described.raw["paths"].items() if f"{CONTROL}{path}" not in others}
    app.add_api({**described.raw, "paths": paths})
    app.middleware.app, app.middleware.middleware_stack = app.middleware._build_middleware_stack()
    built: ASGIApp = app
    return built


def _handler(service: Service, operation_id: str) -> Callable[..., ConnexionResponse]:
    """The function of that name, bound to the service; Connexion passes it the parameters that it names."""
    function = partial(next(found for each in MODULES if (found := getattr(each, operation_id, None))), service)

    def answer(**given: Any) -> ConnexionResponse:
        return _response(function(**given))

    answer.__signature__ = signature(function)  # type: ignore[attr-defined]  # what Connexion looks at
    return answer


def _response(result: Any) -> ConnexionResponse:
    """A handler's result as a response; Connexion itself could not choose between several documented media types."""
    if isinstance(result, ConnexionResponse):
        return result
    payload, status, headers = (*result, {})[:3] if isinstance(result, tuple) else (result, 200, {})
    if payload is None:
        return ConnexionResponse(status, headers=headers)
    return ConnexionResponse(status, content_type="application/json", body=write_json(payload), headers=headers)


def _refuse(_: ConnexionRequest, error: MockServerError) -> ConnexionResponse:
    return _problem(refused(error))


def _refuse_stock(request: ConnexionRequest, error: HTTPException) -> ConnexionResponse:
    """The response to what stock Connexion refuses behind the gate, such as unknown files of Swagger UI."""
    reason = error.detail or HTTPStatus(error.status_code).phrase
    return _problem(refusal(error.status_code, f"{reason}: {request.url.path}. {UI} lists the operations."))


def _fail(_: ConnexionRequest, error: Exception) -> ConnexionResponse:
    logger.error("the control plane failed", exc_info=error)
    return _problem(refusal(500, "The control plane failed; see the server's log."))


def _problem(answer: Answer) -> ConnexionResponse:
    return ConnexionResponse(answer.status, content_type="application/problem+json", body=answer.body)
