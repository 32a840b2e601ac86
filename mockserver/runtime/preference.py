"""`Prefer: code=…` and `Prefer: example=…` (RFC 7240): a documented response on demand, from its examples."""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.contract.operation import Operation, Response
from mockserver.runtime.answer import Answer


def preferred(operation: Operation, preferences: Mapping[str, str], prefix: str = "") -> Answer | None:
    """The documented response that is preferred; None if the operation does not document it.

    `prefix` is that of the request, below which its links are to lead.
    """
    code, name = preferences.get("code"), preferences.get("example")
    if code is not None:
        response = operation.responses.get(code)
        known = response is not None and code.isdecimal() and (response.content_type is None or response.examples)
        return _canned(response, prefix, name, code) if response is not None and known else None
    if name is not None:
        for response in operation.responses.values():
            if name in response.examples and response.status.isdecimal():
                return _canned(response, prefix, name)
    return None


def _canned(response: Response, prefix: str, name: str | None, code: str | None = None) -> Answer:
    applied = [] if code is None else [f"code={code}"]
    if name is not None and name in response.examples:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        applied.append(f'example="{quoted}"')
        example = response.examples[name]
    else:
        example = next(iter(response.examples.values()), None)
    payload, headers = response.rebased(example, response.header_examples, prefix)
    answer = Answer(int(response.status), response.write(payload), response.content_type, headers)
    answer.add("Preference-Applied", ", ".join(applied))
    return answer
