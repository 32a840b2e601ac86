"""The control plane of a server that is running elsewhere, asked by the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import requests

from mockserver import addresses
from mockserver.client import Fetched, Trust, basic, fetch, reason
from mockserver.contract.bodies import read_json
from mockserver.errors import StartError
from mockserver.limits import FILE_LIMIT

TIMEOUT = 60
"""Seconds to wait for a server."""

OK = 200


def world(
    url: str, name: str, include: Sequence[str] = (), token: str | None = None, trust: Trust | None = None
) -> bytes:
    """A world of the server, exported; StartError says why it cannot be had. include: see `exports.export`."""
    return ask(url, "/_mock/export", {"world": name, "include": include}, token, trust)


def ask(
    url: str,
    path: str,
    query: Mapping[str, str | Sequence[str]],
    token: str | None = None,
    trust: Trust | None = None,
) -> bytes:
    """What the control plane answers; StartError says why it does not.

    A user and password in the URL are sent as HTTP Basic, to whoever stands in front of the server.
    """
    try:
        address = addresses.parse(url)
    except ValueError:
        raise StartError(f"expected a URL such as http://127.0.0.1:8080, got {addresses.shown(url)!r}.") from None
    headers = {**({} if token is None else {"X-Mock-Token": token}), **basic(address.userinfo)}
    where = address.url.rstrip("/")
    try:
        answer = fetch(
            f"{where}{path}?{urlencode(query, doseq=True)}",
            headers,
            trust or Trust(),
            seconds=TIMEOUT,
            limit=FILE_LIMIT,
        )
    except (requests.RequestException, OSError, ValueError) as error:
        raise StartError(f"{where} does not answer: {reason(error)}. Is the server running?") from None
    if answer.status != OK:
        raise StartError(f"{where} answered {answer.status}: {_detail(answer)}")
    if len(answer.body) > FILE_LIMIT:
        raise StartError(f"{where} sent more than {FILE_LIMIT} bytes, the most that is read. Delete some records.")
    return answer.body


def _detail(answer: Fetched) -> str:
    if answer.location is not None:
        return f"a redirect to {addresses.shown(answer.location)}. Give that URL, if the server is there."
    problem, flaw = read_json(answer.body)
    if flaw is not None or not isinstance(problem, dict) or "detail" not in problem:
        return "no mockserver seems to run there, or it runs with --no-control."
    return str(problem["detail"])
