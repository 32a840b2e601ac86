"""The calls that the examples of a document make, written for each generated client.

Each is sent to a world of its own, so that none finds what another left. A body is written as the literal that a person
would write, so that the compiler judges it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.examples import example_of, named_examples
from mockserver.contract.operation import Described
from mockserver.contract.violations import ABSENT


@dataclass(frozen=True)
class Call:
    """One example: the operation, where the parameters in the path lead, the schema of the body and the body."""

    client: str
    operation: Described
    name: str
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    schema: str | None = None
    body: Any = None

    @property
    def world(self) -> str:
        return f"{self.client}-{self.operation.operation_id}-{self.name}".replace("_", "-")


def calls(contract: Contract, client: str) -> Iterator[Call]:
    """Every operation without a body, and every example of a body, as one client sends them."""
    document = contract.document
    parameters = {
        described.operation_id: document.parameters(described.path, described.members)
        for described in contract.operations.values()
    }
    examples = {
        each["name"]: example
        for listed in parameters.values()
        for each in listed
        if (example := example_of(document, each)) is not ABSENT
    }
    for described in contract.operations.values():
        places: dict[str, dict[str, Any]] = {"path": {}, "query": {}}
        for parameter in parameters[described.operation_id]:
            if parameter.get("required"):
                own = example_of(document, parameter)
                places[parameter["in"]][parameter["name"]] = examples[parameter["name"]] if own is ABSENT else own
        media = described.members.get("requestBody", {}).get("content", {}).get("application/json")
        if media is None:
            yield Call(client, described, "bare", places["path"], places["query"])
            continue
        for name, body in named_examples(document, media).items():
            yield Call(
                client,
                described,
                name,
                places["path"],
                places["query"],
                schema=media["schema"]["$ref"].rpartition("/")[2],
                body=body,
            )


def fetch(call: Call) -> str:
    """For openapi-fetch."""
    body = "" if call.schema is None else f"body: {json.dumps(call.body)}, "
    params = {"path": call.path, "query": call.query}
    given = json.dumps({name: values for name, values in params.items() if values})
    return (
        f"await told('{call.world}', client.{call.operation.method}('{call.operation.path}', "
        f"{{ params: {given}, {body}headers: {{ 'X-Mock-World': '{call.world}' }} }}));"
    )


def fetch_script(found: list[Call], types: str, url: str, token: str | None) -> str:
    return f"""
import createClient from 'openapi-fetch';
import type {{ paths }} from './{types}';

const headers: Record<string, string> = {_authorization(token)};
const client = createClient<paths>({{ baseUrl: '{url}', headers }});
async function told(name: string, sent: Promise<{{ response: Response }}>) {{
  console.log(name, (await sent).response.status);
}}
{chr(10).join(map(fetch, found))}
"""


def hey(call: Call) -> str:
    """For @hey-api/openapi-ts."""
    parts = {"path": call.path, "query": call.query}
    given = "".join(f"{name}: {json.dumps(values)}, " for name, values in parts.items() if values)
    body = "" if call.schema is None else f"body: {json.dumps(call.body)}, "
    function = _camel(call.operation.operation_id)
    return (
        f"await told('{call.world}', sdk.{function}({{ client, {given}{body}"
        f"headers: {{ 'X-Mock-World': '{call.world}' }} }}));"
    )


def hey_script(found: list[Call], package: str, url: str, token: str | None) -> str:
    return f"""
import {{ createClient, createConfig }} from './{package}/client';
import * as sdk from './{package}/sdk.gen';

const headers: Record<string, string> = {_authorization(token)};
const client = createClient(createConfig({{ baseUrl: '{url}', headers }}));
async function told(name: string, sent: Promise<{{ response?: Response }}>) {{
  console.log(name, (await sent).response?.status);
}}
async function main() {{
{chr(10).join(map(hey, found))}
}}
void main();
"""


def python(call: Call, package: str) -> Iterator[str]:
    """For openapi-python-client: the function by its module, with the model of the body."""
    tag = _snake(call.operation.members["tags"][0])
    operation = call.operation.operation_id
    yield f"from {package}.api.{tag} import {operation}"
    given = [f"{_snake(name)}={value!r}" for name, value in (*call.path.items(), *call.query.items())]
    if call.schema is not None:
        model = "List" if call.schema == "List" else call.schema
        yield f"from {package}.models import {model}"
        given.append(f"body={model}.from_dict({call.body!r})")
    given.append(f"client=client.with_headers({{'X-Mock-World': {call.world!r}}})")
    yield f"print({call.world!r}, {operation}.sync_detailed({', '.join(given)}).status_code.value)"


def python_script(found: list[Call], package: str, url: str, token: str | None) -> str:
    made = "AuthenticatedClient" if token else "Client"
    key = f", token={token!r}" if token else ""
    lines = [line for call in found for line in python(call, package)]
    imports = dict.fromkeys(line for line in lines if line.startswith("from "))
    rest = [line for line in lines if not line.startswith("from ")]
    head = [f"from {package} import {made}", *imports, f"client = {made}(base_url={url!r}{key})"]
    return "\n".join([*head, *rest, ""])


def models_script(found: list[Call], module: str) -> str:
    """For datamodel-code-generator: each body is an instance of its model, and comes back as it was."""
    checked = [
        f"assert {module}.{call.schema}.model_validate({call.body!r}).model_dump(mode='json', exclude_unset=True)"
        for call in found
        if call.schema is not None
    ]
    return "\n".join([f"import {module}", *checked, ""])


def _authorization(token: str | None) -> str:
    return "{}" if token is None else json.dumps({"Authorization": f"Bearer {token}"})


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)


def _snake(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())
