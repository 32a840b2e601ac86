"""Connexion's view of a contract: it resolves the handlers of all operations, and none is compiled for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connexion.middleware.abstract import AbstractRoutingAPI
from connexion.operations import AbstractOperation
from connexion.resolver import Resolution, Resolver
from connexion.spec import OpenAPISpecification

from mockserver.api import Api
from mockserver.contract.contract import Contract
from mockserver.runtime.endpoint import Endpoint


class ContractSpecification(OpenAPISpecification):
    """A contract as a specification of Connexion.

    Connexion's own copies the document twice and replaces every reference by its target, which takes longer than all
    the rest where the document is large; and it validates against OpenAPI 3.0 only.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._raw_spec = self._spec = {"components": {}, "paths": {}, **contract.document.raw}

    def get_operation(self, path: str, method: str) -> dict[str, Any]:
        """As much as Connexion needs to resolve the handler; the operation itself is compiled on first use."""
        found = self._contract.find(method, path)
        assert found is not None
        return {"operationId": found.operation_id, "responses": {}}

    def get_path_params(self, path: str) -> list[Any]:
        """None: see get_operation."""
        del path
        return []


class HandlerResolver(Resolver):
    """Resolves an operation to the handler that its API has for it."""

    def __init__(self, api: Api) -> None:
        super().__init__(api.handler)

    def resolve(self, operation: AbstractOperation) -> Resolution:
        return Resolution(self.function_resolver(operation.operation_id), operation.operation_id)


class CompiledAPI(AbstractRoutingAPI):
    """Gives every operation of the contract to `serve` with its path."""

    def __init__(
        self, specification: OpenAPISpecification, *, api: Api, serve: Callable[[str, Endpoint], None], **options: Any
    ) -> None:
        self._api = api
        self._serve = serve
        super().__init__(specification, **options)

    def add_paths(self, paths: Mapping[str, Any] | None = None) -> None:
        """Every operation; Connexion would skip those of a path item that is a reference."""
        del paths
        for described in self._api.contract.operations.values():
            self.add_operation(described.path, described.method.lower())

    def make_operation(self, operation: AbstractOperation) -> Endpoint:
        described = self._api.contract.operations[operation.operation_id]
        return Endpoint(self._api, described, operation.function)

    @staticmethod
    def _framework_path_and_name(operation: AbstractOperation, path: str) -> tuple[str, str]:
        return path, operation.operation_id

    def _add_operation_internal(self, method: str, path: str, operation: Endpoint, name: str | None = None) -> None:
        del method, name  # the operation knows its own
        self._serve(f"{self._api.mount}{path}", operation)
