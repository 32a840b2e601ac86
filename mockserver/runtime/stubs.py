"""Stubs: an answer of a world's own for valid requests that match, in the place of the operation's handler.

A stub stands where the handler does, behind security and validation, so that a request is refused as ever. Its answer
was checked when it was made, and is sent like a handler's: checked, with its links below the world. The stub made last
is asked first, so that a test's own one goes before that of a file; one that is used up leaves the request to the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.contract.operation import BODY, Key
from mockserver.contract.violations import ABSENT
from mockserver.runtime.answered import AnsweredBy
from mockserver.runtime.faults import Rule, fire

if TYPE_CHECKING:  # a call brings Connexion, which whoever only makes stubs need not wait for
    from mockserver.runtime.call import Call


@dataclass(frozen=True)
class Stub:
    """An answer for requests that match.

    `rule` says which requests, and on how many of them; its pattern names the operation, and its id is the stub's with
    a space in it, so that it is counted apart from the fault rules. `body` is ABSENT where the answer has none, and is
    the document's where `example` names one.
    """

    id: str
    rule: Rule
    status: int
    body: Any = ABSENT
    example: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def payload(self) -> Any:
        """The body as the contract knows it, which has none for an answer without a body."""
        return None if self.body is ABSENT else self.body


def stubbed(call: Call, values: Mapping[Key, Any]) -> Stub | None:
    """The stub that answers a valid request of these values; the exchange records which."""
    body = values.get(BODY, ABSENT)
    # whoever asks has passed validation, so a body that does not parse cannot come here
    for stub in reversed(call.world.stubs):
        if fire(call.world, stub.rule, call.exchange, body):
            call.exchange.answered_by = AnsweredBy("stub", stub.id)
            found: Stub = stub
            return found
    return None
