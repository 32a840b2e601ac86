"""The answers that a specification gives as examples, to be held against what the server answers."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.documents.specification import METHODS, document, escaped, place


class Answer(NamedTuple):
    """`headers` are those that have an example, in lower case."""

    status: int
    headers: dict[str, str]
    body: Any


def answers(api: str) -> dict[str, Answer]:
    """Every example of an answer, by `<operationId> <status> <name>`."""
    root = document(api)
    return {
        f"{item[method]['operationId']} {status} {name}": Answer(int(status), headers, body)
        for path, item in root["paths"].items()
        for method in METHODS
        for status in item.get(method, {}).get("responses", ())
        for headers, examples in [_examples(root, f"#/paths/{escaped(path)}/{method}/responses/{status}")]
        for name, body in examples.items()
    }


def _examples(root: dict[str, Any], pointer: str) -> tuple[dict[str, str], dict[str, Any]]:
    response = place(root, pointer).value
    headers = {name.lower(): each["example"] for name, each in response.get("headers", {}).items() if "example" in each}
    contents = f"{pointer}/content/application~1json/examples"
    names = place(root, contents).value if "content" in response else ()
    return headers, {name: place(root, f"{contents}/{name}/value").value for name in names}
