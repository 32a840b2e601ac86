"""One document, served in this process and fuzzed by Schemathesis as it was written; prints the findings as JSON."""

from __future__ import annotations

import json
import logging
import random
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import ParseError, fromstring
from xml.parsers.expat import ErrorString, errors

import orjson
import schemathesis
from schemathesis.auths import AuthContext
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.generation.case import Case

from mockserver.admin.clock import freeze
from mockserver.api import Api
from mockserver.catalog import load_apis
from mockserver.contract.codecs.elements import Elements
from mockserver.contract.codecs.typed import Typed
from mockserver.contract.codecs.unwritten import COMPOUND, missing
from mockserver.contract.operation import Described
from mockserver.contract.reading.patterns import DELIMITED
from mockserver.contract.security import UNCHECKED
from mockserver.inference.records import at
from mockserver.runtime.application import MockApp
from mockserver.seeding import CREDENTIAL, CREDENTIALS, seed_world
from mockserver.world import Collection
from tests.discriminators import discriminating
from tests.fuzz.campaign import URL, failures

LONGEST = 3000
"""Characters of a finding that are kept."""
NOW = datetime(2026, 4, 22, 10, tzinfo=UTC)


class Caller:
    """Sends a credential of every kind that the document knows, each where it belongs."""

    def __init__(self, schemes: Mapping[str, Any]) -> None:
        self._schemes = [each for each in schemes.values() if isinstance(each, Mapping)]

    def get(self, case: Case[Any], context: AuthContext) -> str:
        del case, context
        return "fuzz"

    def set(self, case: Case[Any], data: str, context: AuthContext) -> None:
        del context
        for scheme in self._schemes:
            kind, word = scheme.get("type"), str(scheme.get("scheme", "bearer")).lower()
            if kind == "apiKey":
                where = {"header": case.headers, "query": case.query, "cookie": case.cookies}.get(str(scheme.get("in")))
                if where is not None:
                    where[scheme["name"]] = data
            elif kind in ("http", "oauth2", "openIdConnect", "basic"):
                forms = {"basic": "Basic YTpi", "digest": 'Digest username="a"'}
                word = "basic" if kind == "basic" else word
                case.headers["Authorization"] = forms.get(word, f"{word.capitalize()} {data}")


def fuzzed(path: Path, seed: int, examples: int, operations: int) -> dict[str, Any]:
    """Requests sent, and findings: check, operation, what Schemathesis says, and what is wrong with the document."""
    with TemporaryDirectory() as folder:
        (found_api,) = load_apis([f"document={path}"])
        api = strict(found_api, Path(folder))
        world = seed_world([api])
    freeze(world, {"at": NOW.isoformat()})
    schema = _schema(api, path, seed, examples, operations)
    schema.app = MockApp([api], world)
    cases, found = 0, list[dict[str, Any]]()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            cases += len(event.recorder.interactions)
            found += [_finding(each) for each in failures(event.recorder, None)]
        elif isinstance(event, events.NonFatalError):
            found.append({"check": "error", "operation": event.label or "", "message": str(event.info)[:2000]})
        elif isinstance(event, events.FatalError):
            raise event.exception
    unique = {(each["check"], each["operation"], each["message"].partition("\n")[0]): each for each in found}
    for each in unique.values():
        each["traced"] = traced(api, each)
    return {"cases": cases, "findings": list(unique.values())}


def strict(api: Api, folder: Path) -> Api:
    """The API with the credentials that Caller sends, which have every scope; no other is known."""
    scopes = {scope for each in _requirements(api.document.raw) for given in each.values() for scope in given or ()}
    records = [
        {"token": token, "account": "fuzz", "scopes": sorted(scopes), "description": ""}
        for token in ("fuzz", "a:b", "a", UNCHECKED)
    ]
    (folder / CREDENTIALS).write_bytes(orjson.dumps(records))
    known = Collection(f"{api.name}.credentials", key=itemgetter("token"), schema=CREDENTIAL)
    return replace(api, credentials=known, fixtures=(folder,))


def _requirements(raw: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    operations = [each for item in raw["paths"].values() for each in item.values() if isinstance(each, Mapping)]
    return [each for holder in (raw, *operations) for each in holder.get("security") or ()]


def _schema(api: Api, path: Path, seed: int, examples: int, operations: int) -> Any:
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "base-url": URL,
            "continue-on-failure": True,
            "checks": {"enabled": True},
            "generation": {"mode": "all", "max-examples": examples, "database": "none"},
            "output": {"sanitization": {"enabled": False}},
            "phases": {"stateful": {"enabled": True}},
        }
    )
    raw = orjson.loads(path.read_bytes())
    schema: Any = schemathesis.openapi.from_dict(raw, config=config)
    labels = [f"{each.method} {each.path}" for each in api.contract.operations.values()]
    chosen = set(random.Random(0).sample(labels, min(operations, len(labels))))
    schema = schema.include(lambda context: context.operation.label in chosen)
    schemes = raw.get("securityDefinitions") or (raw.get("components") or {}).get("securitySchemes") or {}
    if schemes:
        schema.auth.providers.append(Caller(schemes))
    return schema


def _finding(message: str) -> dict[str, Any]:
    title, operation, *rest = message.split("\n")
    return {
        "check": title.partition(":")[0],
        "operation": operation.strip(),
        "message": "\n".join([title, *rest])[:LONGEST],
    }


RECEIVED = re.compile(r"Received: ([0-9]{3})")
IGNORED = re.compile(r"\b(Accept|Authorization|Content-Type)\b.{0,3}( at| in| header|\))", re.IGNORECASE)
REQUIRED = re.compile(r"header(?: -|:) violates `required` \(was ([^)]*)\)")
"""The headers of which some are left out."""

PATCHING = re.compile(r'"op": "((?:[^"\\]|\\.)*)"')
OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")
"""What RFC 6902 knows."""


WRONG_TYPE = re.compile(r"in body - ([^\s:]+): Incorrect type")
EMPTY_FORM = "Content-Type: application/x-www-form-urlencoded' -d ''"


XML = re.compile(r"Content-Type: (?:application|text)/xml' -d \$?'(.*?)(?:' http|$)", re.DOTALL)


def _has_several_roots(text: str) -> bool:
    try:
        fromstring(text)
    except ParseError as error:
        return ErrorString(error.code) == errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT
    return False


def _is_called_otherwise(api: Api, described: Described, text: str) -> bool:
    """Whether none of the schemas of a body has a root of that name."""
    body = api.document.resolve(described.members.get("requestBody") or {})
    names = [Elements(api.document).roots(media.get("schema")) for media in body.get("content", {}).values()]
    sent = re.match(r"<(?:[^\s<>:]+:)?([^\s<>/]+)", text)
    return sent is not None and all(names) and sent[1] not in {each.name for name in names for each in name}


def _leaves_out_ignored(message: str) -> bool:
    """Whether all headers that are left out are such as OpenAPI ignores: the others were sent."""
    named = REQUIRED.search(message)
    missing = [each for each in (named[1].split(", ") if named else ()) if f"-H '{each}: " not in message]
    return bool(missing) and {each.lower() for each in missing} <= {"accept", "authorization", "content-type"}


def _takes_text(api: Api, described: Described, name: str) -> bool:
    """Whether a property of a body may be a text, or an array of which a single text is one item."""
    typed = Typed(api.document)
    body = api.document.resolve(described.members.get("requestBody") or {})
    schemas = [media.get("schema") for media in body.get("content", {}).values()]
    return any(typed.kinds(typed.property(each, name)) & {"array", "string"} for each in schemas)


def _may_be_empty(api: Api, described: Described) -> Iterator[str]:
    """The properties that a body must have, and that are empty where nothing of them came."""
    typed = Typed(api.document)
    body = api.document.resolve(described.members.get("requestBody") or {})
    for media in body.get("content", {}).values():
        yield from missing((), media.get("schema"), typed, COMPOUND)


def _leaves_out(name: str, message: str) -> bool:
    """Whether it is told that a property was left out, and nothing of it was sent."""
    told, _, sent = message.partition("curl ")
    return "required" in told and re.search(rf"\b{re.escape(name)}\b", told) is not None and name not in sent


def _unwritable(api: Api, described: Described) -> Iterator[str]:
    """Parameters that are arrays of objects, of which OpenAPI does not say how they are written."""
    typed = Typed(api.document)
    for parameter in api.document.parameters(described.path, described.members):
        schema = parameter.get("schema")
        if "array" in typed.kinds(schema) and typed.kinds(typed.items(schema)) == {"object"}:
            yield parameter["name"]


def _listed_wrongly(api: Api, described: Described) -> Iterator[str]:
    """Parameters that are arrays, and whose values are listed as something else."""
    for parameter in api.document.parameters(described.path, described.members):
        schema = api.document.resolve(parameter.get("schema") or {})
        values = schema.get("enum") if isinstance(schema, Mapping) and schema.get("type") == "array" else None
        if values and not any(isinstance(each, list) for each in values):
            yield parameter["name"]


def _delimited(api: Api, described: Described) -> Iterator[str]:
    """Parameters whose pattern stands between slashes: to a reader of documents these are text that must be there."""
    for parameter in api.document.parameters(described.path, described.members):
        schema = api.document.resolve(parameter.get("schema") or {})
        pattern = schema.get("pattern") if isinstance(schema, Mapping) else None
        if isinstance(pattern, str) and DELIMITED.fullmatch(pattern):
            yield parameter["name"]


def _nameless(path: str) -> str:
    """A path template without the names of its parameters, and without what stands behind a path."""
    return re.sub(r"\{[^{}]*\}", "{}", re.split(r"[#?]", path)[0])


CREATED = re.compile(r"Created with +: `POST ([^`]+)`")
SENT = re.compile(r"curl -X POST .*?-d '(.*)' http://\S+\n")
ASKED = re.compile(r"curl -X [A-Z]+ (?:-H '[^']*' )*http://\S*/([^/\s?]+)\Z")


def _asks_for_another(api: Api, message: str) -> bool:
    """Whether a creation was asked for by another field of it than the one whose value its client chose as key."""
    created, sent, asked = CREATED.search(message), SENT.search(message), ASKED.search(message)
    described = api.contract.find("POST", created[1]) if created else None
    if api.inferred is None or described is None or sent is None or asked is None:
        return False
    subject = api.inferred.plan(described.operation_id).subject
    field = None if subject is None else subject.model.key.field
    try:
        chosen = "" if field is None else at(json.loads(sent[1]), field)
    except ValueError:
        return False
    return isinstance(chosen, str) and chosen not in ("", unquote(asked[1]))


def traced(api: Api, finding: Mapping[str, Any]) -> str | None:
    """What of the document a finding comes from; None if that has to be looked at."""
    method, _, path = str(finding["operation"]).partition(" ")
    described = api.contract.find(method, path)
    members: Mapping[str, Any] = {} if described is None else described.members
    statuses = {str(status) for status in members.get("responses") or {}}
    check, message = finding["check"], str(finding["message"])
    received = RECEIVED.search(message)
    asked_wrongly = check in ("missing_required_header", "negative_data_rejection")
    refused = check == "positive_data_acceptance"
    reasons = {
        "it documents no 4XX of that kind": check == "status_code_conformance"
        and received is not None
        and received[1][0] == "4"
        and not {received[1], "4XX", "4xx", "default"} & statuses,
        "it has a header parameter that OpenAPI ignores: Accept, Authorization or Content-Type": asked_wrongly
        and (IGNORED.search(message) is not None or _leaves_out_ignored(message))
        and "in body" not in message,
        "its path has a fragment or a query, by which the operation is chosen": asked_wrongly
        and ("#" in path or "?" in path),
        "a path beside it has a fragment or a query, by which the operation is chosen": check
        in ("unsupported_method", "allow_header_conformance")
        and any(each.path.startswith((f"{path}#", f"{path}?")) for each in api.contract.operations.values()),
        "a path beside it differs by names of parameters, fragment or query alone": check
        in ("unsupported_method", "allow_header_conformance")
        and any(
            each.path != path and _nameless(each.path) == _nameless(path) for each in api.contract.operations.values()
        ),
        "its body is a form or XML, which has text only": asked_wrongly
        and ("x-www-form-urlencoded" in message or XML.search(message) is not None)
        and "ncorrect type" in message,
        "its body is multipart, whose parts are text and of which one may be an array": asked_wrongly
        and described is not None
        and "multipart/form-data" in message
        and any(_takes_text(api, described, name) for name in WRONG_TYPE.findall(message)),
        "its body is a form or XML, in which nothing stands for what is empty": asked_wrongly
        and described is not None
        and any(each in message for each in ("x-www-form-urlencoded", "multipart/form-data", "xml"))
        and any(_leaves_out(name, message) for name in _may_be_empty(api, described)),
        "its body is a form, and an empty form is no body": refused and EMPTY_FORM in message,
        "its schema allows an array at the root, of which Schemathesis makes several roots": refused
        and any(map(_has_several_roots, XML.findall(message))),
        "its XML is called as its schema, and Schemathesis calls it otherwise": refused
        and described is not None
        and any(_is_called_otherwise(api, described, each) for each in XML.findall(message)),
        "its array has an enum of what are no arrays": refused
        and described is not None
        and any(f"{name}=" in message for name in _listed_wrongly(api, described)),
        "its pattern stands between slashes, and is read as it was meant": refused
        and described is not None
        and any(name in message for name in _delimited(api, described)),
        "its array is of objects, which no style of a parameter writes": refused
        and described is not None
        and any(f"{name}=" in message for name in _unwritable(api, described)),
        "it documents 410 for what is not there, which Schemathesis takes for a refusal": refused
        and "410" in statuses
        and "404" not in statuses,
        "it documents no success": refused and not any(each[0] in "23d" for each in statuses),
        "its schema of a JSON Patch allows operations that RFC 6902 does not know": refused
        and "application/json-patch+json" in message
        and any(each not in OPERATIONS for each in PATCHING.findall(message)),
        "it has a discriminator, of which Schemathesis knows nothing": refused
        and any(f'"{name}":' in message for name in discriminating(api.document.raw)),
        "its key is chosen by the client, and Schemathesis asks for another field of it": check
        == "ensure_resource_availability"
        and _asks_for_another(api, message),
        "it has a media type that Schemathesis cannot write": check == "error"
        and "SerializationNotPossible" in message,
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    given = sys.argv
    told = fuzzed(Path(given[1]), int(given[2]), int(given[3]), int(given[4]))
    sys.stdout.buffer.write(orjson.dumps(told))
