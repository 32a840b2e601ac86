"""What the objects of an OpenAPI document are made of, as data: for each kind its keywords and what they hold.

A value is a word (`string`, `number`, …), an object of another kind (`Schema`), a list of such (`[Schema]`) or a map
from names to such (`{Schema}`). Versions 3.0 to 3.2 are one table: a keyword that a version lacks does no harm there.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.contract.document import METHODS

SCHEMA: Mapping[str, str] = {
    **dict.fromkeys(("title", "description", "format", "contentEncoding", "contentMediaType"), "string"),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), "natural"),
    **dict.fromkeys(("minContains", "maxContains"), "natural"),
    **dict.fromkeys(("uniqueItems", "nullable", "readOnly", "writeOnly", "deprecated"), "boolean"),
    **dict.fromkeys(("minimum", "maximum"), "number"),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), "bound"),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), "[Schema]"),
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas", "$defs", "definitions"), "{Schema}"),
    **dict.fromkeys(("not", "if", "then", "else", "contains", "propertyNames"), "Schema"),
    **dict.fromkeys(("additionalProperties", "unevaluatedProperties", "unevaluatedItems", "contentSchema"), "Schema"),
    "items": "items",
    "multipleOf": "positive",
    "required": "strings",
    "dependentRequired": "{strings}",
    "dependencies": "dependencies",
    "type": "type",
    "enum": "list",
    "pattern": "pattern",
    "discriminator": "Discriminator",
    "examples": "list",
    "xml": "Xml",
    **dict.fromkeys(("$ref", "$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$comment"), "text"),
    "$recursiveAnchor": "boolean",
    "$vocabulary": "nothing",
    **dict.fromkeys(("default", "const", "example", "externalDocs", "additionalItems", "id"), "any"),
}

PARAMETER: Mapping[str, str] = {
    **dict.fromkeys(("description", "style"), "string"),
    **dict.fromkeys(("required", "deprecated", "allowEmptyValue", "explode", "allowReserved"), "boolean"),
    "schema": "Schema",
    "content": "{MediaType}",
    "examples": "{Example}",
    "example": "any",
}

SHAPES: Mapping[str, Mapping[str, str]] = {
    "Schema": SCHEMA,
    "Discriminator": {"propertyName": "string", "mapping": "{string}", "defaultMapping": "string"},
    "Xml": {
        **dict.fromkeys(("name", "namespace", "prefix", "nodeType"), "string"),
        **dict.fromkeys(("attribute", "wrapped"), "boolean"),
    },
    "PathItem": {
        **dict.fromkeys(("summary", "description"), "string"),
        "parameters": "[Parameter]",
        "servers": "[Server]",
        **dict.fromkeys((*METHODS, "additionalOperations"), "any"),
    },
    "Operation": {
        **dict.fromkeys(("summary", "description"), "string"),
        "operationId": "string",
        "tags": "strings",
        "deprecated": "boolean",
        "parameters": "[Parameter]",
        "requestBody": "RequestBody",
        "responses": "{Response}",
        "callbacks": "{any}",
        "externalDocs": "any",
        "security": "[Requirement]",
        "servers": "[Server]",
    },
    "Parameter": {"name": "string", "in": "string", **PARAMETER},
    "Header": PARAMETER,
    "RequestBody": {"description": "string", "required": "boolean", "content": "{MediaType}"},
    "Response": {
        **dict.fromkeys(("summary", "description"), "string"),
        "headers": "{Header}",
        "content": "{MediaType}",
        "links": "{Link}",
    },
    "MediaType": {
        "schema": "Schema",
        "itemSchema": "Schema",
        "example": "any",
        "examples": "{Example}",
        "encoding": "{Encoding}",
        "prefixEncoding": "[Encoding]",
        "itemEncoding": "Encoding",
    },
    "Encoding": {
        "contentType": "string",
        "headers": "{Header}",
        "style": "string",
        "explode": "boolean",
        "allowReserved": "boolean",
        "encoding": "{Encoding}",
    },
    "Example": {
        **dict.fromkeys(("summary", "description", "externalValue", "serializedValue"), "string"),
        **dict.fromkeys(("value", "dataValue"), "any"),
    },
    "Link": {
        **dict.fromkeys(("operationRef", "operationId", "description"), "string"),
        "parameters": "{any}",
        "requestBody": "any",
        "server": "Server",
    },
    "Requirement": {},
    "SecurityScheme": {
        **dict.fromkeys(("type", "description", "name", "in", "scheme", "bearerFormat"), "string"),
        **dict.fromkeys(("openIdConnectUrl", "oauth2MetadataUrl"), "string"),
        "flows": "Flows",
        "deprecated": "boolean",
    },
    "Flows": dict.fromkeys(
        ("implicit", "password", "clientCredentials", "authorizationCode", "deviceAuthorization"), "Flow"
    ),
    "Flow": {
        **dict.fromkeys(("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl"), "string"),
        "scopes": "{any}",
    },
    "Server": {"url": "string", "description": "string", "name": "string", "variables": "{ServerVariable}"},
    "ServerVariable": {"enum": "strings", "default": "string", "description": "string"},
}

REFERABLE = frozenset(
    {"Schema", "Parameter", "Header", "Response", "RequestBody", "Example", "Link", "SecurityScheme", "PathItem"}
    | {"MediaType"}
)
"""Kinds of objects for which a `$ref` may stand."""

PLACES = ("path", "query", "header", "cookie", "querystring")
ESSENTIAL: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Parameter": {"name": (), "in": PLACES},
    "Server": {"url": ()},
    "SecurityScheme": {"type": ("apiKey", "http", "oauth2", "openIdConnect", "mutualTLS")},
    "SecurityScheme apiKey": {"name": (), "in": ("query", "header", "cookie")},
    "SecurityScheme http": {"scheme": ()},
}
"""Keywords without which an object, maybe of one `type`, means nothing: texts, some of which are one of a few."""

STYLES: Mapping[str, tuple[str, ...]] = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
    "querystring": (),
}
TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")
MEANT = {
    **dict.fromkeys(("str", "text", "date", "datetime", "date-time", "uuid", "char", "file", "binary"), "string"),
    **dict.fromkeys(("int", "long", "int32", "int64", "bigint"), "integer"),
    **dict.fromkeys(("float", "double", "decimal"), "number"),
    "bool": "boolean",
    **dict.fromkeys(("list", "tuple", "set"), "array"),
    **dict.fromkeys(("dict", "map", "hash", "json"), "object"),
    **dict.fromkeys(("none", "nil"), "null"),
}
"""Types as other languages call them, in lower case."""
