"""What answered a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class AnsweredBy:
    """What made an answer, or ended the connection instead.

    handler: the operation's; prefer: the document's example that the request preferred; preflight: the server, to a
    browser that asked for itself; runtime: the server, without any of these; fault: the rule `rule`.
    """

    kind: Literal["handler", "prefer", "preflight", "runtime", "fault"]
    rule: str = ""

    def __str__(self) -> str:
        return f"fault {self.rule}" if self.kind == "fault" else self.kind

    @classmethod
    def read(cls, text: str) -> AnsweredBy:
        """The value of a text that `str` made; ValueError for anything else."""
        found = next((each for each in (HANDLER, PREFER, PREFLIGHT, RUNTIME) if each.kind == text), None)
        kind, _, rule = text.partition(" ")
        if found is None and kind != "fault":
            raise ValueError(f"{text!r} answers nothing: expected handler, prefer, preflight, runtime or fault <id>")
        return found or cls("fault", rule)


HANDLER, PREFER = AnsweredBy("handler"), AnsweredBy("prefer")
PREFLIGHT, RUNTIME = AnsweredBy("preflight"), AnsweredBy("runtime")
