"""One document, served in this process and asked for every operation; prints what came as a line of JSON."""

from __future__ import annotations

import logging
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import orjson

from mockserver import MockServer
from mockserver.contract.contract import Contract
from mockserver.contract.operation import Operation
from mockserver.errors import DocumentError, MockServerError, OperationError
from tests.scoreboard.chains import chain
from tests.scoreboard.judge import Judge
from tests.scoreboard.naming import Named, addressed, key_of
from tests.scoreboard.requests import Asked, Asking, invalid

MOST = 60
"""Operations of one document that are asked for, spread over it."""

Known = Callable[[str], Mapping[str, str]]


class Tally:
    """What is counted, and an example of each miss."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.misses: list[str] = []

    def miss(self, kind: str, where: str, why: str) -> None:
        self.counts[kind] += 1
        self.misses.append(f"{kind}: {where}: {why}"[:300])


def asked(path: Path, *, chained_only: bool = False) -> dict[str, Any]:
    """The counts of one document: see Tally. `started` is 0 if it is not served at all.

    chained_only: only take the chains, without asking for each operation before.
    """
    tally = Tally()
    before = time.process_time()
    try:
        server = MockServer([f"document={path}"])
    except MockServerError as error:
        tally.miss("not started", path.name, str(error))
        return _told(tally, before, 0)
    started = time.process_time()  # with all that is imported, as for another program
    tally.counts["started"] = 1
    _ask(server, tally, chained_only)
    return _told(tally, before, started)


def _told(tally: Tally, before: float, started: float) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    spent = time.process_time() - before
    return {"counts": tally.counts, "misses": tally.misses, "start": started, "seconds": spent, "MiB": peak}


def _ask(server: MockServer, tally: Tally, chained_only: bool) -> None:
    contract, mock = server.apis["document"].contract, server.mock()
    client, inferred = mock.client, server.apis["document"].inferred
    assert inferred is not None

    def known(operation_id: str) -> Mapping[str, str]:
        mock.reset()
        return inferred.known(mock.world, operation_id)

    def keys(operation_id: str) -> Named:
        return key_of(inferred, mock.world, operation_id)

    if not chained_only:
        ask(contract, client, tally, known, keys)
    told = chain(client, contract, known)  # each of them begins in a new world: one may delete what another lies below
    tally.counts.update(told.counts())
    tally.misses += told.misses


def ask(
    contract: Contract,
    client: httpx.Client,
    tally: Tally,
    known: Known = lambda _: {},
    keys: Callable[[str], Named] = lambda _: None,
) -> None:
    """Ask a server of a contract for its operations.

    known: path values of records that exist, by operation; keys: the key of one for those whose path does not have it.
    """
    judge, asking = Judge(contract.document.raw), Asking(contract)
    operations = list(contract.operations.values())
    step = max(1, len(operations) // MOST)
    for described in operations[::step][:MOST]:
        tally.counts["operations"] += 1
        where = f"{described.method} {described.path}"
        try:
            operation = contract.operation(described.operation_id)
            valid = addressed(asking.valid(operation, known(described.operation_id)), keys(described.operation_id))
        except OperationError as error:
            tally.miss("not served", where, error.flaw)
            continue
        except DocumentError as error:
            tally.miss("no valid request", where, str(error))
            continue
        try:
            _hold(client, judge, tally, operation, valid, described.members, where)
        except httpx.HTTPError as error:
            tally.miss("no answer", where, repr(error))


def _hold(
    client: httpx.Client,
    judge: Judge,
    tally: Tally,
    operation: Operation,
    valid: Asked,
    members: Mapping[str, Any],
    where: str,
) -> None:
    answer = _sent(client, valid)
    if answer.status_code == 501:
        tally.miss("not served", where, answer.text[:200])
        return
    if answer.status_code >= 500 and str(answer.status_code) not in operation.responses:
        tally.miss("server error", where, answer.text[:200])
        return
    if answer.status_code >= 400 and any(each.isdecimal() and each[0] == "2" for each in operation.responses):
        tally.miss("valid refused", where, answer.text[:250])
        return
    content_type = answer.headers.get("content-type")
    flaw = judge.flaw(members, answer.status_code, content_type, answer.content, valid.method)
    if flaw is not None:
        tally.miss("out of contract", where, flaw)
    else:
        tally.counts["in contract"] += 1
        _look(judge, answer, members, tally, where)
    for each in invalid(operation, valid):
        tally.counts["invalid"] += 1
        refused = _sent(client, each)
        if 400 <= refused.status_code < 500 and _documented(judge, members, operation, refused):
            tally.counts["refused"] += 1
        else:
            tally.miss(
                "not refused", where, f"{each.target} {each.body!r:.60}: {refused.status_code} {refused.text[:120]}"
            )


def _documented(judge: Judge, members: Mapping[str, Any], operation: Operation, refused: httpx.Response) -> bool:
    """Whether a refusal keeps the document where that has any for what is invalid, and is a problem otherwise."""
    if operation.responses.keys() & {"400", "422", "4XX", "default"}:
        content_type = refused.headers.get("content-type")
        method = operation.method
        return judge.flaw(members, refused.status_code, content_type, refused.content, method) is None
    return bool(refused.headers.get("content-type") == "application/problem+json")


def _look(judge: Judge, answer: httpx.Response, members: Mapping[str, Any], tally: Tally, where: str) -> None:
    """Whether there is something in an answer whose schema knows properties or items."""
    if answer.content.strip() not in (b"{}", b"[]", b"null", b"") or not judge.knows(members, answer.status_code):
        tally.counts["with content"] += 1
    else:
        tally.miss("empty", where, answer.text[:100])


def _sent(client: httpx.Client, request: Asked) -> httpx.Response:
    url = f"{str(client.base_url).rstrip('/')}{request.target}"  # else `//a` would be taken for a host
    return client.request(request.method, url, headers=dict(request.headers), content=request.body)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    sys.stdout.buffer.write(orjson.dumps(asked(Path(sys.argv[1]), chained_only="chains" in sys.argv[2:])))
