"""Where stock Connexion and the runtime differ on public documents, beside what they differ in on the five.

They need the document: which bodies it leaves optional, which properties its discriminators name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from mockserver.contract.document import Document
from tests.discriminators import discriminating
from tests.oracle.comparison import Disagreement
from tests.oracle.differences import Difference, content_type, decided, is_utf8, query

FORM = "application/x-www-form-urlencoded"
FORMATS = ("must be in the format ", "must be at most ", "must be at least ")
BOUNDS = frozenset(str(each) for bits in (31, 63) for each in (2**bits - 1, -(2**bits)))
"""What the formats int32 and int64 bound a number by."""


def differences(document: Document) -> tuple[Difference, ...]:
    """The classes, for one document."""
    optional = set(_optional_bodies(document))
    discriminators = set(discriminating(document.raw))
    shadowed = set(_shadowed(document))
    untyped = set(_untyped_forms(document))
    beside = list(_beside(document))
    return (
        Difference(
            "a method that only a template beside has",
            "",
            lambda found: (
                found.ours.decided == "method_not_allowed"
                and any(each.fullmatch(unquote(found.request.path)) for each in beside)
            ),
            "The path with fewer parameters is the one that is asked, with its methods. Stock Connexion goes on to the "
            "next template that the path fits.",
            "OpenAPI 3.0.3, Paths Object: concrete before templated.",
        ),
        Difference(
            "a value of another type within a segment",
            "",
            lambda found: (
                decided("invalid", "not_found")(found)
                and any(
                    each["in"] == "path" and each["message"].startswith("must be of type ") for each in _errors(found)
                )
            ),
            "The path is the template's, and its value is refused. To stock Connexion the path is not documented.",
            "starlette.convertors: IntegerConvertor, FloatConvertor.",
        ),
        Difference(
            "an optional body left out, or null",
            "",
            lambda found: (
                decided("handler", "invalid")(found)
                and found.request.body.strip() in (b"", b"null")
                and (found.operation_id in optional or bool(found.request.body))
            ),
            "A body is optional unless `required` says otherwise, and null is a value where the schema has no type. "
            "Stock Connexion takes the one for the other.",
            "OpenAPI 3.0.3, Request Body Object; connexion/validators/json.py: 'Request body must not be empty'.",
        ),
        Difference(
            "a final line break",
            "",
            lambda found: (
                decided("invalid", "handler")(found)
                and ("%0a" in found.request.path.lower() or (rb'\n"' in found.request.body and _are_patterns(found)))
            ),
            "A pattern's `$` is the end of the text. Stock Connexion lets a line break stand behind it, or loses it.",
            "ECMA 262, 22.2.2.4; Python's re: $ matches before a line break at the end.",
        ),
        Difference(
            "a redirect",
            "",
            lambda found: found.stock.decided in ("307", "308") and found.ours.decided in ("not_found", "handler"),
            "Only the documented path is served, and nothing redirects. Stock Connexion redirects to it from others.",
            "starlette.routing.Router redirect_slashes and werkzeug.routing.Map merge_slashes are on.",
        ),
        Difference(
            "an encoded slash, decoded",
            "",
            lambda found: "%2f" in found.request.path.lower(),
            "An encoded slash is data of its segment. Stock Connexion decodes before it splits the path.",
            "RFC 3986, 2.2: reserved characters are split on before they are decoded.",
        ),
        Difference(
            "a format",
            "",
            lambda found: decided("invalid", "handler")(found) and are_of_formats(_errors(found)),
            "A value keeps its format: int32, int64, uuid and the rest. Stock Connexion checks few of them.",
            "OpenAPI 3.0.3, Data Types; connexion/validators/json.py: Draft4Validator.FORMAT_CHECKER.",
        ),
        Difference(
            "a discriminator",
            "",
            lambda found: (
                decided("invalid", "handler")(found)
                and any(each["pointer"].rpartition("/")[2] in discriminators for each in _errors(found))
            ),
            "The property that a discriminator names tells one of its schemas. Stock Connexion does not look at it.",
            "OpenAPI 3.0.3, Discriminator Object; connexion/json_schema.py knows no discriminator.",
        ),
        Difference(
            "a form",
            "",
            lambda found: (
                content_type(found.request).lower().startswith(FORM)
                and (_is_odd_form(found.request.body) or found.operation_id in untyped)
            ),
            "A field that comes twice has two values, an empty form is no body, and text that is not UTF-8 is refused. "
            "Stock Connexion joins the values by a comma, gives the handler {} for none, puts U+FFFD for bytes, and "
            "takes every value for a list where the schema does not say `type: object`.",
            "connexion/uri_parsing.py: resolve_form, _resolve_param_duplicates.",
        ),
        Difference(
            "a multipart body",
            "",
            lambda found: (
                found.stock.decided in ("500", "invalid")
                and found.ours.decided in ("handler", "invalid")
                and (content_type(found.request).startswith("multipart/") or not found.request.body)
            ),
            "Parts are read by their media types, a malformed body is the client's mistake, and an optional one may be "
            "left out. Stock Connexion takes parts of JSON for text, and answers 500.",
            "OpenAPI 3.0.3, Special Considerations for multipart Content; connexion/validators/form_data.py.",
        ),
        Difference(
            "a comma in an exploded array",
            "",
            lambda found: decided("handler", "handler", "invalid")(found) and "," in unquote(found.request.query),
            "Each item is a parameter of its own, and a comma a character of it. Stock Connexion splits there.",
            "OpenAPI 3.0.3, Parameter Object, explode; connexion/uri_parsing.py: _split knows no explode.",
        ),
        Difference(
            "a required body of another media type left out",
            "",
            lambda found: (
                decided("invalid", "handler")(found) and not found.request.body and found.operation_id not in optional
            ),
            "A required body must come, whatever its type. Stock Connexion looks for one of JSON and of forms only.",
            "OpenAPI 3.0.3, Request Body Object, required; connexion/validators/abstract.py.",
        ),
        Difference(
            "a body in chunks that may be left out",
            "",
            lambda found: (
                decided("handler", "handler")(found) and found.request.header("transfer-encoding") == "chunked"
            ),
            "A body needs no Content-Length. Stock Connexion takes its absence for the absence of a body.",
            "RFC 9112, 6.1; connexion/validators/abstract.py: int(headers.get('content-length', 0)).",
        ),
        Difference(
            "an array of nothing",
            "",
            lambda found: (
                found.ours.decided in ("handler", "invalid")
                and found.stock.decided in ("handler", "invalid")
                and any(not value for _, value in query(found.request))
            ),
            "`ids=` is an array without items where commas set them apart. Stock Connexion has one, an empty text.",
            "RFC 6570, 2.4.2 and 3.2.8; connexion/uri_parsing.py: value.split(',').",
        ),
        Difference(
            "a media type of which stock Connexion knows nothing",
            "",
            lambda found: (
                found.stock.decided in ("500", "invalid")
                and found.ours.decided in ("handler", "invalid")
                and not _is_known(content_type(found.request))
            ),
            "Every documented media type is read. Stock Connexion fails over those that are neither JSON nor a form.",
            "connexion/utils.py: is_json_mimetype; connexion/validators/__init__.py: VALIDATOR_MAP.",
        ),
        Difference(
            "a literal path beside a template of the document",
            "",
            lambda found: unquote(found.request.path) in shadowed,
            "The literal path wins wherever it stands. Stock Connexion takes the first that matches.",
            "OpenAPI 3.0.3, Paths Object: concrete before templated; starlette.routing.Router tries one after another.",
        ),
    )


def _optional_bodies(document: Document) -> Iterator[str]:
    """The operationIds of those whose body may be left out."""
    for _, _, operation in document.operations():
        if "requestBody" in operation and not document.resolve(operation["requestBody"]).get("required", False):
            yield operation["operationId"]


def _shadowed(document: Document) -> Iterator[str]:
    """The paths without a parameter behind one with parameters that takes them as well."""
    templates: list[re.Pattern[str]] = []
    for path in document.raw["paths"]:
        if "{" in path:
            templates.append(_form(path))
        elif any(each.fullmatch(path) for each in templates):
            yield path


def _beside(document: Document) -> Iterator[re.Pattern[str]]:
    """The paths that another one with more parameters takes as well."""
    forms = {path: _form(path) for path in document.raw["paths"]}
    for path, form in forms.items():
        sample = re.sub(r"{.*?}", "x", path)
        if any(other.count("{") > path.count("{") and each.fullmatch(sample) for other, each in forms.items()):
            yield form


def _form(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(path)))


def _untyped_forms(document: Document) -> Iterator[str]:
    """The operationIds of forms whose schema does not say that it is an object."""
    for _, _, operation in document.operations():
        content = document.resolve(operation.get("requestBody", {})).get("content", {})
        if FORM in content and document.resolve(content[FORM].get("schema", {})).get("type") != "object":
            yield operation["operationId"]


def _errors(found: Disagreement) -> list[Mapping[str, Any]]:
    """The violations that our refusal names."""
    try:
        errors: list[Mapping[str, Any]] = json.loads(found.ours.body)["errors"]
    except (ValueError, KeyError, TypeError):
        return []
    return errors


def _are_patterns(found: Disagreement) -> bool:
    """Whether patterns are all that is broken."""
    errors = _errors(found)
    return bool(errors) and all(str(each["message"]).startswith("must match the pattern ") for each in errors)


def are_of_formats(errors: list[Mapping[str, Any]]) -> bool:
    """Whether formats are all that is broken."""
    return bool(errors) and all(_is_of_format(str(each["message"])) for each in errors)


def _is_of_format(message: str) -> bool:
    bound = message.partition(", got")[0].rpartition(" ")[2]
    return message.startswith(FORMATS[0]) or (message.startswith(FORMATS[1:]) and bound in BOUNDS)


def _is_odd_form(body: bytes) -> bool:
    pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True)
    names = [name for name, _ in pairs]
    return not pairs or len(set(names)) < len(names) or not is_utf8(body)


def _is_known(media: str) -> bool:
    name = media.partition(";")[0].strip().lower()
    return name in ("application/json", FORM, "multipart/form-data") or name.endswith("+json")
