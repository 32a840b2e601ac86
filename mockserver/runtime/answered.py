"""What answered a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NAMED: tuple[Literal["fault"], Literal["stub"], Literal["callback"]] = ("fault", "stub", "callback")
"""Kinds of which a world has several, by their ids."""


@dataclass(frozen=True, slots=True)
class AnsweredBy:
    """What made an answer, or ended the connection instead.

    handler: the operation's; prefer: the document's example that the request preferred; preflight: the server, to a
    browser that asked for itself; runtime: the server, without any of these; fault: the rule `rule`; stub: the stub
    called `rule`; callback: nobody, as the mock itself sent the callback or webhook `rule`.
    """

    kind: Literal["handler", "prefer", "preflight", "runtime", "fault", "stub", "callback"]
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.rule}" if self.kind in NAMED else self.kind

    @classmethod
    def read(cls, text: str) -> AnsweredBy:
        """The value of a text that `str` made; ValueError for anything else."""
        found = next((each for each in (HANDLER, PREFER, PREFLIGHT, RUNTIME) if each.kind == text), None)
        kind, _, rule = text.partition(" ")
        named = next((each for each in NAMED if each == kind), None)
        if found is None and named is None:
            expected = "handler, prefer, preflight, runtime, fault <id>, stub <id> or callback <name>"
            raise ValueError(f"{text!r} answers nothing: expected {expected}")
        return found or cls(named or "fault", rule)


HANDLER, PREFER = AnsweredBy("handler"), AnsweredBy("prefer")
PREFLIGHT, RUNTIME = AnsweredBy("preflight"), AnsweredBy("runtime")
