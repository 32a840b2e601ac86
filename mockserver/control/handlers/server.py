"""Handlers of the tag `server`, except the probes, which the dispatcher answers."""

from __future__ import annotations

from typing import Any

from connexion.lifecycle import ConnexionResponse

from mockserver.admin import apis, citing, coverage, examples
from mockserver.admin.service import Service, operation
from mockserver.api import Api
from mockserver.control.documents import write_yaml
from mockserver.runtime.reserved import CONTROL


def list_apis(service: Service) -> dict[str, Any]:
    return {"apis": [_shown(service, api) for api in service.apis]}


def get_api(service: Service, api: str) -> dict[str, Any]:
    found = service.apis.api(api)
    shown = _shown(service, found)
    return shown if found.inferred is None else {**shown, "inferred": apis.inferred(found)}


def get_document_as_json(service: Service, api: str) -> Any:
    return dict(service.apis.api(api).document.raw)


def get_document_as_yaml(service: Service, api: str) -> ConnexionResponse:
    text = write_yaml(service.apis.api(api).document.raw)
    return ConnexionResponse(200, content_type="application/yaml", body=text)


def get_lines(service: Service, api: str, pointer: str) -> dict[str, Any]:
    return citing.lines(service.apis.api(api), pointer)


def get_example_request(service: Service, api: str, operation_id: str, world: str) -> dict[str, Any]:
    return examples.request(service, service.world(world), api, operation_id)


def get_coverage(service: Service, api: str, world: str, operation_id: str | None = None) -> dict[str, Any]:
    return coverage.of_world(service, service.world(world), api, operation_id)


def _shown(service: Service, api: Api) -> dict[str, Any]:
    info = api.document.raw["info"]
    path = f"{CONTROL}/apis/{api.name}/openapi"
    # once each, also where several servers of the document lead to it
    operations = {each.described.operation_id: operation(each) for each in service.endpoints() if each.api is api}
    return {
        "name": api.name,
        "title": info["title"],
        "version": info["version"],
        "operations": list(operations.values()),
        "collections": [each.name for each in api.stored()],
        "documents": {"json": f"{path}.json", "yaml": f"{path}.yaml"},
    }
