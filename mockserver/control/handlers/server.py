"""What is served."""

from __future__ import annotations

from typing import Any

from connexion.lifecycle import ConnexionResponse

from mockserver.catalog import Api
from mockserver.control.documents import write_yaml
from mockserver.control.served import Served, operation
from mockserver.runtime.dataplane import CONTROL


def get_health(served: Served) -> dict[str, Any]:
    return {"status": "ok", "apis": list(served.apis)}


def list_apis(served: Served) -> dict[str, Any]:
    return {"apis": [_shown(served, api) for api in served.apis.values()]}


def get_api(served: Served, api: str) -> dict[str, Any]:
    return _shown(served, served.api(api))


def get_document_as_json(served: Served, api: str) -> Any:
    return dict(served.api(api).document.raw)


def get_document_as_yaml(served: Served, api: str) -> ConnexionResponse:
    text = write_yaml(served.api(api).document.raw)
    return ConnexionResponse(200, content_type="application/yaml", body=text)


def _shown(served: Served, api: Api) -> dict[str, Any]:
    info = api.document.raw["info"]
    path = f"{CONTROL}/apis/{api.name}/openapi"
    return {
        "name": api.name,
        "title": info["title"],
        "version": info["version"],
        "operations": [operation(each) for each in served.operations() if each.api is api],
        "collections": [each.name for each in api.stored()],
        "documents": {"json": f"{path}.json", "yaml": f"{path}.yaml"},
    }
