"""The five as an oracle: their documents served by inference alone, and which documented answers that reproduces.

`python -m tests.scoreboard.five`. An answer to a documented example is reproduced if status and form are the same: the
same fields at every level, whatever the server decides itself (identifiers, times, counts) being another; its text is
reproduced if every plain value is the same as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import click
import httpx

from mockserver import MockServer
from mockserver.catalog import names
from mockserver.contract.operation import Operation
from mockserver.errors import DocumentError
from mockserver.resources import resource
from tests.benchmarks.table import Table, show
from tests.documents.examples import Answer, answers
from tests.scoreboard.chains import STEPS, chain
from tests.scoreboard.requests import Asked, Asking, invalid

NEW = "new-1"
"""A key of no record."""


@dataclass
class Found:
    """What one API reproduces: of how many examples what, and each miss with its reason."""

    api: str
    stateful: int = 0
    operations: int = 0
    successes: int = 0
    forms: int = 0
    texts: int = 0
    refusals: int = 0
    refused: int = 0
    steps: int = 0
    passed: int = 0
    misses: list[str] = field(default_factory=list)


def found(api: str) -> Found:
    """What inference reproduces of one of the five."""
    told = Found(api)
    server = MockServer([f"inferred={resource('specs') / f'{api}.yaml'}"])
    served = server.apis["inferred"]
    assert served.inferred is not None
    mock = server.mock()
    asking = Asking(served.contract)
    for name in served.contract.operations:
        plan = served.inferred.plan(name)
        told.operations += 1
        told.stateful += plan.collection is not None
        if plan.collection is None:
            told.misses.append(f"{api}: {name} is stateless: {plan.reason}")
    for title, example in answers(api).items():
        operation = served.contract.operation(title.partition(" ")[0])
        mock.reset()
        try:
            valid = asking.valid(operation, served.inferred.known(mock.world, operation.operation_id))
        except DocumentError as error:
            told.misses.append(f"{api}: {title}: {error}")
            continue
        if example.status < httpx.codes.BAD_REQUEST:
            _succeeds(told, title, example, _answered(mock.client, operation, valid, example))
        else:
            _refuses(told, title, example, mock.client, _provoking(operation, valid, example.status))
    mock.reset()
    chained = chain(mock.client, served.contract, lambda name: known(served.inferred, mock, name))
    told.steps, told.passed = (sum(each.get(s, 0) for s in STEPS) for each in (chained.expected, chained.taken))
    told.misses += [f"{api}: {each}" for each in chained.misses]
    return told


def known(inferred: Any, mock: Any, name: str) -> Mapping[str, str]:
    """Path values of an operation that lead to what exists."""
    values: Mapping[str, str] = inferred.known(mock.world, name)
    return values


def _succeeds(told: Found, title: str, example: Answer, answer: httpx.Response) -> None:
    told.successes += 1
    body = _body(answer)
    if answer.status_code != example.status:
        told.misses.append(f"{told.api}: {title}: answered {answer.status_code}")
        return
    missing = next(_missing(example.body, body, ""), None)
    if missing is not None:
        told.misses.append(f"{told.api}: {title}: {missing}")
        return
    told.forms += 1
    told.texts += example.body == body


def _answered(client: httpx.Client, operation: Operation, valid: Asked, example: Answer) -> httpx.Response:
    """The answer for the record that an example is of, or for a new one where that is created; else for the first."""
    own = example.body.get("id") if isinstance(example.body, Mapping) else None
    if operation.path.count("{") == 1 and isinstance(own, str | int):
        head, _, tail = operation.path.partition("{")
        answer = _sent(client, replace(valid, path=f"{head}{quote(str(own), safe='')}{tail.partition('}')[2]}"))
        if answer.status_code == example.status:
            return answer
    answer = _sent(client, valid)
    if answer.status_code != example.status == httpx.codes.CREATED and "{" in operation.path:
        answer = _sent(client, replace(valid, path=f"{valid.path.rpartition('/')[0]}/{NEW}"))
    return answer


def _refuses(told: Found, title: str, example: Answer, client: httpx.Client, asked: Asked | None) -> None:
    told.refusals += 1
    if asked is None:
        told.misses.append(f"{told.api}: {title}: what provokes it is a rule of its page alone")
        return
    answer = _sent(client, asked)
    if answer.status_code == example.status and next(_missing(example.body, _body(answer), ""), None) is None:
        told.refused += 1
    else:
        told.misses.append(f"{told.api}: {title}: answered {answer.status_code} {answer.text[:100]}")


def _provoking(operation: Operation, valid: Asked, status: int) -> Asked | None:
    """A request that a document alone says is refused with a status; None if it does not say which."""
    if status == httpx.codes.UNAUTHORIZED:
        return replace(valid, headers={n: v for n, v in valid.headers.items() if n.lower() != "authorization"})
    if status == httpx.codes.NOT_FOUND and "{" in operation.path:
        head, _, tail = operation.path.partition("{")
        behind = tail.partition("}")[2]
        value = valid.path[len(head) : len(valid.path) - len(behind)] if behind else valid.path[len(head) :]
        other = "".join("0" if each.isdigit() else each for each in value) or "none"
        return replace(valid, path=f"{head}{other}{behind}")
    if status in (httpx.codes.BAD_REQUEST, httpx.codes.UNPROCESSABLE_ENTITY):
        return next(invalid(operation, valid), None)
    return None


def _missing(expected: Any, got: Any, place: str) -> Iterator[str]:
    """Which fields of an example an answer does not have."""
    if isinstance(expected, Mapping):
        if not isinstance(got, Mapping):
            yield f"{place or 'the body'} is no object"
            return
        for name, value in expected.items():
            if name not in got:
                yield f"{place}/{name} is not there"
            else:
                yield from _missing(value, got[name], f"{place}/{name}")
    elif isinstance(expected, list) and expected and isinstance(got, list) and got:
        yield from _missing(expected[0], got[0], f"{place}/0")


def _body(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _sent(client: httpx.Client, asked: Asked) -> httpx.Response:
    return client.request(asked.method, asked.target, headers=dict(asked.headers), content=asked.body)


@click.command(help=__doc__)
@click.option("--misses/--no-misses", default=True, show_default=True, help="Print each miss and its reason.")
@click.option("--style", default="text", type=click.Choice(["text", "markdown"]))
def main(*, misses: bool, style: str) -> None:
    told = [found(api) for api in names()]
    rows = [
        (
            each.api,
            f"{each.stateful} of {each.operations}",
            f"{each.forms} of {each.successes}",
            f"{each.texts} of {each.successes}",
            f"{each.refused} of {each.refusals}",
            f"{each.passed} of {each.steps}",
        )
        for each in told
    ]
    columns = ("API", "with state", "examples: form", "examples: text", "refusals", "chain steps")
    show([Table("the five by inference alone", columns, rows)], (), style)
    for line in [line for each in told for line in each.misses] if misses else ():
        click.echo(f"- {line}")


if __name__ == "__main__":
    main()
