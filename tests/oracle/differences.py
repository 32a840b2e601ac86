"""Where stock Connexion and the runtime differ, and why that is right: every class of disagreement, as data.

A disagreement belongs to the first class that applies. One that belongs to none fails the test, and so does a class
that no request of the API falls into where it is always seen.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus, unquote_to_bytes

from mockserver.catalog import load_api, names
from tests.fuzz.exchange import Request
from tests.oracle.comparison import Disagreement

Applies = Callable[[Disagreement], bool]


@dataclass(frozen=True)
class Difference:
    """One class: `reason` says why the runtime is right or differs by design, `evidence` where that can be read.

    seen_in: an API whose requests always show it.
    """

    name: str
    seen_in: str
    applies: Applies
    reason: str
    evidence: str


@cache
def literal_paths() -> frozenset[str]:
    """The documented paths without a parameter."""
    return frozenset(path for name in names() for path, _, _ in load_api(name).document.operations() if "{" not in path)


@cache
def optional_bodies(api: str) -> frozenset[str]:
    """The operationIds of an API whose body may be left out."""
    if api not in names():
        return frozenset()
    operations = [operation for _, _, operation in load_api(api).document.operations()]
    bodies = {each["operationId"]: each["requestBody"] for each in operations if "requestBody" in each}
    return frozenset(name for name, body in bodies.items() if not body.get("required", False))


def decided(ours: str, *stock: str) -> Applies:
    """The runtime decided this, stock Connexion one of those."""
    return lambda found: found.ours.decided == ours and found.stock.decided in stock


def both(first: Applies, request: Callable[[Request], bool]) -> Applies:
    """The decisions are these and the request is such."""
    return lambda found: first(found) and request(found.request)


def content_type(request: Request) -> str:
    return request.header("content-type") or ""


def charset(request: Request) -> str | None:
    named = re.search(r"charset=([^;]*)", content_type(request), re.IGNORECASE)
    return named[1].strip('" ').lower() if named else None


def is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def levels(request: Request) -> int:
    """How deep the body nests, by its brackets alone."""
    depth = deepest = 0
    for byte in re.sub(rb'"(\\.|[^"\\])*"', b"", request.body):
        depth += (byte in b"[{") - (byte in b"]}")
        deepest = max(deepest, depth)
    return deepest


def numbers(value: Any) -> Iterator[float]:
    """Every number of a JSON value that has a fraction or an exponent."""
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from numbers(each)


def has_half_a_character(request: Request) -> bool:
    """Whether a text of the body holds a surrogate without its other half."""
    try:
        json.dumps(request.json(), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def query(request: Request) -> list[tuple[str, str]]:
    """Names and values of the query, percent-decoded."""
    parts = [part.partition("=") for part in request.query.split("&") if part]
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in parts]


def repeats(request: Request) -> bool:
    given = [name for name, _ in query(request)]
    return len(set(given)) < len(given)


def is_pythons_integer(text: str) -> bool:
    """Whether int() reads it and a JSON number it is not."""
    try:
        int(text)
    except ValueError:
        return False
    return re.fullmatch(r"-?[0-9]+", text) is None


def lacks_optional_body(found: Disagreement) -> bool:
    return not found.request.body and found.operation_id in optional_bodies(found.api)


def has(applies: Callable[[str], bool]) -> Callable[[Request], bool]:
    """A parameter of the query has a value to which that applies."""
    return lambda request: any(applies(value) for _, value in query(request))


DIFFERENCES = (
    Difference(
        "a slash too many",
        "workshop",
        both(decided("not_found", "307", "308"), lambda request: request.path.endswith("/") or "//" in request.path),
        "A path with another slash is another path; only the documented ones are served, and nothing redirects.",
        "RFC 3986, 6.2.2; starlette.routing.Router redirect_slashes and werkzeug.routing.Map merge_slashes are on.",
    ),
    Difference(
        "a slash before the path",
        "workshop",
        both(decided("not_found", "handler", "500"), lambda request: request.path.startswith("//")),
        "An empty first segment is not documented. Stock Connexion serves it, or fails over what it has not routed.",
        "starlette.routing.Mount matches '' + '/{path}' and drops the slash before the inner router looks.",
    ),
    Difference(
        "a literal path beside a template",
        "prospects",
        both(decided("method_not_allowed", "invalid", "handler"), lambda request: request.path in literal_paths()),
        "The literal path wins whatever the method. Stock Connexion falls through to the template.",
        "OpenAPI 3.0.3, Paths Object: concrete before templated; a starlette.routing.Match.PARTIAL is not the end.",
    ),
    Difference(
        "an encoded slash",
        "crm",
        lambda found: (
            "%2f" in found.request.path.lower()
            and found.stock.status in (404, 405)
            and found.ours.decided in ("handler", "not_found", "method_not_allowed")
        ),
        "An encoded slash is data of its segment. Stock Connexion decodes before it splits the path.",
        "RFC 3986, 2.2: reserved characters are split on before they are decoded.",
    ),
    Difference(
        "a line break in the path",
        "salesnav",
        both(
            lambda found: (
                decided("unauthorized", "handler", "invalid", "500")(found)
                or (found.ours.decided in ("handler", "invalid") and found.stock.decided == "500")
            ),
            lambda request: b"\n" in unquote_to_bytes(request.path),
        ),
        "A line break is data like any other. Stock Connexion does not route it, and lets it in without a credential, "
        "where a handler can fail on what nobody has judged.",
        "starlette.convertors.PathConvertor '.*', by which a Mount matches; what it misses goes on to Flask unguarded.",
    ),
    Difference(
        "an address that is not UTF-8",
        "prospects",
        both(
            decided("invalid", "handler"),
            lambda request: not is_utf8(unquote_to_bytes(request.path)) or not is_utf8(unquote_to_bytes(request.query)),
        ),
        "Bytes that are no text are refused. Stock Connexion puts U+FFFD in their place and takes that for the value.",
        "urllib.parse.unquote(errors='replace'), by which a server fills the ASGI path and Starlette reads the query.",
    ),
    Difference(
        "HEAD",
        "workshop",
        lambda found: (
            found.request.method == "HEAD"
            and found.ours.decided == "handler"
            and found.stock.status in (500, found.ours.status)
        ),
        "HEAD is answered as GET is, without the body. Stock Connexion judges the missing body, or sends one.",
        "RFC 9110, 9.3.2; connexion/middleware/response_validation.py does not look at the method.",
    ),
    Difference(
        "a preflight",
        "workshop",
        lambda found: (
            found.request.header("access-control-request-method") is not None
            and found.ours.status == HTTPStatus.NO_CONTENT
            and found.stock.decided == "method_not_allowed"
        ),
        "A browser that asks whether it may send a request is told so. Stock Connexion leaves that to a middleware.",
        "Fetch standard, 4.8, CORS-preflight fetch.",
    ),
    Difference(
        "a body without a content type",
        "audience",
        both(decided("handler", "500"), lambda request: bool(request.body) and request.header("content-type") is None),
        "The one documented media type is meant. Stock Connexion validates the body as that, then forgets it.",
        "connexion/lifecycle.py: WSGIRequest.content_type falls back to application/octet-stream.",
    ),
    Difference(
        "a media type in capitals",
        "audience",
        both(decided("handler", "500"), lambda request: content_type(request) != content_type(request).lower()),
        "Media types know no case. Stock Connexion lets it in, but finds no validator and no body for it.",
        "RFC 9110, 8.3.1; connexion/middleware/request_validation.py looks the media type up as it came.",
    ),
    Difference(
        "a content coding",
        "audience",
        both(decided("invalid", "handler", "500"), lambda request: request.header("content-encoding") is not None),
        "A body is decoded as its Content-Encoding says, and refused if it cannot be. Stock Connexion never looks.",
        "RFC 9110, 8.4.",
    ),
    Difference(
        "a byte order mark",
        "audience",
        lambda found: found.request.body.startswith(b"\xef\xbb\xbf") and found.stock.decided in ("invalid", "500"),
        "A byte order mark before JSON in UTF-8 is passed over, as .NET sends it. Stock Connexion sees no JSON.",
        "RFC 8259, 8.1: a parser may ignore it rather than treat it as an error; json.loads does not.",
    ),
    Difference(
        "a charset other than UTF-8",
        "audience",
        both(decided("invalid", "handler", "500"), lambda request: charset(request) not in (None, "utf-8", "us-ascii")),
        "JSON is exchanged in UTF-8. Stock Connexion overlooks a charset after a space and stumbles over others.",
        "RFC 8259, 8.1; connexion/utils.py split_content_type: parameter.startswith('charset=').",
    ),
    Difference(
        "a body that is not UTF-8",
        "audience",
        both(decided("invalid", "500"), lambda request: not is_utf8(request.body)),
        "A malformed body is the client's mistake. Stock Connexion answers 500.",
        "connexion/validators/json.py: bytes_body.decode(self._encoding) outside the try.",
    ),
    Difference(
        "JSON nested too deep",
        "audience",
        both(decided("invalid", "handler", "500"), lambda request: levels(request) > 100),
        "More than 100 levels are refused by design. Stock Connexion has no limit but Python's stack, and then fails.",
        "RFC 8259, 9: a parser may limit nesting; json.loads raises RecursionError, which nothing catches.",
    ),
    Difference(
        "numbers that JSON does not have",
        "audience",
        both(
            decided("invalid", "handler", "500"),
            lambda request: any(not math.isfinite(number) for number in numbers(request.json())),
        ),
        "NaN, Infinity and numbers beyond a double are no JSON. Stock Connexion lets them in.",
        "RFC 8259, 6; json.loads takes them unless told not to.",
    ),
    Difference(
        "half a character",
        "prospects",
        both(decided("invalid", "handler", "500"), has_half_a_character),
        "A lone surrogate cannot leave again as UTF-8. Stock Connexion stores it.",
        "RFC 8259, 8.2; RFC 3629, 3.",
    ),
    Difference(
        "a parameter twice",
        "salesnav",
        both(decided("invalid", "handler"), repeats),
        "Which of two values is meant cannot be known, so the request is refused. Stock Connexion takes the last.",
        "connexion/uri_parsing.py: values[-1].",
    ),
    Difference(
        "integers as Python writes them",
        "salesnav",
        both(decided("invalid", "handler"), has(is_pythons_integer)),
        "An integer is ASCII digits with an optional minus. Stock Connexion takes '+5', ' 5', '1_0' and '٣' as well.",
        "connexion/uri_parsing.py: coerce_type calls int().",
    ),
    Difference(
        "booleans as Python writes them",
        "workshop",
        both(
            decided("invalid", "handler"), has(lambda value: value.lower() in ("true", "false") and not value.islower())
        ),
        "A boolean is true or false. Stock Connexion takes any mix of capitals.",
        "connexion/utils.py: boolean() compares s.lower().",
    ),
    Difference(
        "a flag without a value",
        "workshop",
        both(decided("handler", "invalid"), has(lambda value: not value)),
        "The parameter may come bare. Stock Connexion does not know allowEmptyValue and reads an empty text.",
        "OpenAPI 3.0.3, Parameter Object, allowEmptyValue.",
    ),
    Difference(
        "a body in chunks",
        "audience",
        both(decided("handler", "invalid"), lambda request: request.header("transfer-encoding") == "chunked"),
        "A body needs no Content-Length. Stock Connexion takes its absence for the absence of a body.",
        "RFC 9112, 6.1; connexion/validators/abstract.py: int(headers.get('content-length', 0)).",
    ),
    Difference(
        "an optional body left out",
        "prospects",
        lambda found: decided("handler", "invalid")(found) and lacks_optional_body(found),
        "A body is optional unless `required` says otherwise. Stock Connexion validates null in its place.",
        "OpenAPI 3.0.3, Request Body Object; connexion/validators/json.py: 'Request body must not be empty'.",
    ),
    Difference(
        "whole numbers with a point",
        "prospects",
        both(
            decided("handler", "invalid"),
            lambda request: any(number.is_integer() for number in numbers(request.json())),
        ),
        "3.0 is the integer 3, by design as in JSON Schema since draft 6. Stock Connexion checks by draft 4.",
        "JSON Schema 2020-12 Validation, 6.1.1; connexion/json_schema.py: Draft4RequestValidator.",
    ),
    Difference(
        "a credential after a tab",
        "workshop",
        both(decided("unauthorized", "handler"), lambda request: "\t" in (request.header("authorization") or "")),
        "Scheme and credential are set apart by spaces. Stock Connexion splits at any white space.",
        "RFC 9110, 11.4: credentials = auth-scheme [ 1*SP ( token68 / #auth-param ) ].",
    ),
    Difference(
        "two credentials",
        "workshop",
        both(
            decided("unauthorized", "handler"),
            lambda request: [name for name, _ in request.headers].count("authorization") > 1,
        ),
        "Which of two credentials is meant cannot be known. Stock Connexion takes the first.",
        "RFC 9110, 5.3: a field that is no list comes once.",
    ),
)


def classify(found: Disagreement) -> Difference | None:
    """The class that the disagreement belongs to, None if it belongs to none."""
    return next((difference for difference in DIFFERENCES if difference.applies(found)), None)
