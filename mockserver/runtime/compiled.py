"""Connexion's view of one document: it walks the operations and resolves their handlers; each is compiled once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connexion.middleware.abstract import AbstractRoutingAPI
from connexion.operations import AbstractOperation
from connexion.spec import OpenAPISpecification

from mockserver.catalog import Api
from mockserver.contract.operation import compile_operation
from mockserver.contract.schemas import SchemaCompiler
from mockserver.runtime.endpoint import Endpoint


class CheckedSpecification(OpenAPISpecification):
    """A document that openapi-spec-validator has found valid; Connexion's own check knows Draft 4 and 3.0 only."""

    @classmethod
    def _validate_spec(cls, spec: Any) -> None:
        """See Document.validate."""


class CompiledAPI(AbstractRoutingAPI):
    """Gives every operation of the document, compiled, to `serve` with its path."""

    def __init__(
        self, specification: OpenAPISpecification, *, api: Api, serve: Callable[[str, Endpoint], None], **options: Any
    ) -> None:
        self._api = api
        self._serve = serve
        self._compiler = SchemaCompiler(api.document)
        super().__init__(specification, **options)

    def make_operation(self, operation: AbstractOperation) -> Endpoint:
        compiled = compile_operation(self._api.document, self._compiler, operation.path, operation.method)
        return Endpoint(self._api, compiled, operation.function)

    @staticmethod
    def _framework_path_and_name(operation: AbstractOperation, path: str) -> tuple[str, str]:
        return path, operation.operation_id

    def _add_operation_internal(self, method: str, path: str, operation: Endpoint, name: str | None = None) -> None:
        del method, name  # the operation knows its own
        self._serve(f"{self.base_path}{path}", operation)
