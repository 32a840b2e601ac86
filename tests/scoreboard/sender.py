"""Valid requests for the operations of a document, sent, and their answers held against it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from mockserver.contract.contract import Contract
from mockserver.contract.operation import Described
from tests.scoreboard.judge import Judge
from tests.scoreboard.requests import Asked, Asking
from tests.scoreboard.told import Miss


class Sender:
    """Sends valid requests for operations and holds the answers against the document."""

    def __init__(self, client: httpx.Client, contract: Contract) -> None:
        self._client = client
        self._contract = contract
        self._asking = Asking(contract)
        self._judge = Judge(contract.document.raw)

    def asked(self, described: Described, values: Mapping[str, str], fresh: int = 0) -> Asked:
        """A valid request; fresh: another body for another number, 0 for the document's example."""
        return self._asking.valid(self._contract.operation(described.operation_id), values, fresh)

    def send(self, asked: Asked, query: Mapping[str, str] | None = None) -> httpx.Response:
        target = asked.target
        if query:
            pairs = {**dict(parse_qsl(urlsplit(target).query, keep_blank_values=True)), **query}
            target = f"{asked.path}?{urlencode(pairs)}"
        return self._client.request(asked.method, target, headers=dict(asked.headers), content=asked.body)

    def succeed(self, described: Described, asked: Asked, query: Mapping[str, str] | None = None) -> httpx.Response:
        """The answer, a success inside its contract; Miss if it is not."""
        answer = self.send(asked, query)
        if not answer.is_success:
            raise Miss(f"{answer.status_code} {answer.text[:160]}")
        flaw = self._judge.flaw(
            described.members, answer.status_code, answer.headers.get("content-type"), answer.content
        )
        if flaw is not None:
            raise Miss(f"out of contract: {flaw}")
        return answer

    def may_be(self, described: Described, body: Any) -> bool:
        """Whether an answer in JSON to an operation may have this body."""
        responses = described.members.get("responses") or {}
        status = next((int(each) for each in sorted(map(str, responses)) if re.fullmatch("2[0-9][0-9]", each)), 200)
        return self._judge.flaw(described.members, status, "application/json", json.dumps(body).encode()) is None

    def parameters(self, described: Described, where: str) -> Mapping[str, Mapping[str, Any]]:
        document = self._contract.document
        found = document.parameters(described.path, described.members)
        return {each["name"]: each for each in found if each["in"] == where}
