"""The headers of an answer by their schemas: the document's example, else a made value that reads back as itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.generation import Generator, NoValueError
from mockserver.contract.headers import fits, header_text, schema_of
from mockserver.contract.operation import Operation, Response
from mockserver.contract.parameters import Parameter
from mockserver.errors import OperationError

STEERING = (
    *(
        "age",
        "alt-svc",
        "cache-control",
        "clear-site-data",
        "date",
        "deprecation",
        "expires",
        "link",
        "pragma",
        "server",
    ),
    *("set-cookie", "strict-transport-security", "sunset", "vary", "via", "warning", "www-authenticate"),
)
"""Headers on which clients and caches act: optional ones are sent only if the document gives a value."""
STEERING_FAMILIES = ("access-control-", "content-", "sec-")


class DocumentedHeaders:
    """Makes the headers of one document's answers."""

    def __init__(self, document: Document, generator: Generator) -> None:
        self._document = document
        self._generator = generator

    def of(self, operation: Operation, response: Response, seed: str, now: datetime) -> dict[str, str]:
        """Name and text of each; OperationError if a required one cannot be made."""
        found = dict(response.header_examples)
        for header in response.headers:
            text = found.get(header.name)
            if text is None and (header.required or not _steers(header.name)):
                text = self._made(response, header, seed, now)
            if text is not None:
                found[header.name] = text
            elif header.required:
                place = f"{response.pointer}/headers/{header.name}"
                flaw = f"no valid value was found for the header {header.name}."
                raise OperationError(self._document.source, operation.operation_id, place, flaw)
        return found

    def _made(self, response: Response, header: Parameter, seed: str, now: datetime) -> str | None:
        described = response.described_headers[header.name]
        judge = _Readable(header, described)
        try:
            value = self._generator.value(
                schema_of(described), judge, f"{seed} {header.name}", now=now, name=header.name
            )
        except NoValueError:
            return None
        return header_text(value, described)


class _Readable:
    """Takes the values of a header that are still valid when they have been written and read again."""

    def __init__(self, header: Parameter, described: Mapping[str, Any]) -> None:
        self._header = header
        self._described = described

    def accepts(self, instance: Any) -> bool:
        return self._header.validator.accepts(instance) and fits(self._header, header_text(instance, self._described))

    def first_error(self, instance: Any) -> Any:
        return self._header.validator.first_error(instance)


def _steers(name: str) -> bool:
    return name.lower() in STEERING or name.lower().startswith(STEERING_FAMILIES)
