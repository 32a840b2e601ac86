"""Plans: what each operation does, as far as it was inferred, in words and as what answers it.

What cannot be worked out is answered without state, and its plan says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.contract.operation import Key as Where
from mockserver.contract.operation import Operation
from mockserver.contract.success import answered
from mockserver.contract.violations import Where as Place
from mockserver.errors import DocumentError
from mockserver.inference.declared import Role, declared_of
from mockserver.inference.errors import Stateless
from mockserver.inference.filters import Filters
from mockserver.inference.handlers import handler_of, sharing
from mockserver.inference.looks import Pointer
from mockserver.inference.model import Model
from mockserver.inference.pages import Pager
from mockserver.inference.paging import infer_paging
from mockserver.inference.paths import names_of
from mockserver.inference.replies import Reply
from mockserver.inference.representation import success
from mockserver.inference.resource import Resource
from mockserver.inference.subject import BY, OWNED, Handler, Subject

if TYPE_CHECKING:
    from mockserver.inference.plans import Inference

CREATED = 201


@dataclass(frozen=True)
class Plan:
    """What one operation does, as far as it was inferred: plain text for whoever reads, and what answers it.

    collection: its full name; None if it is stateless.
    """

    operation_id: str
    role: Role
    collection: str | None
    key: str
    envelope: str
    paging: str
    filters: str
    reason: str
    handle: Handler | None
    pager: Pager | None = None
    subject: Subject | None = None

    @property
    def sentence(self) -> str:
        """The plan in a sentence."""
        if self.collection is None:
            return f"inferred: stateless; {self.reason}"
        name = self.collection.partition(".")[2]
        parts = [f"{DOES[self.role]} `{name}`"]
        if self.role in ("list", "search"):
            parts.append(f"pages: {self.paging}" if self.paging != "none" else "no parameter pages")
        return f"inferred: {'; '.join([*parts, self.reason])}"


DOES: Mapping[str, str] = {
    "list": "lists",
    "create": "creates one of",
    "read": "reads one of",
    "replace": "replaces one of",
    "merge": "changes one of",
    "delete": "deletes one of",
    "create_or_replace": "creates or replaces one of",
    "action": "acts on one of",
    "search": "searches",
    "count": "counts",
    "bulk": "writes several of",
    "singleton_read": "reads",
    "singleton_write": "writes",
    "singleton_delete": "deletes",
    "stateless": "does not touch",
}
"""What a role does, in words."""


class Planning:
    """Makes the plans of one document's operations."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._contract = inference.contract
        self._survey = inference.survey

    def planned(self, operation_id: str) -> Plan:
        """The plan of an operation; it never fails."""
        try:
            return self._stateful(operation_id)
        except (Stateless, DocumentError) as error:
            reason = str(error).removeprefix(f"{self._contract.document.source}: ")
        except Exception as error:  # noqa: BLE001  # a document can be wrong in more ways than are known
            reason = f"it could not be inferred ({type(error).__name__}: {error})"
        return Plan(operation_id, "stateless", None, "", "", "", "", reason, None)

    def _stateful(self, operation_id: str) -> Plan:
        decision = self._inference.roles.of(operation_id)
        if decision.resource is None or decision.role == "stateless":
            raise Stateless(decision.reason)
        operation = self._contract.operation(operation_id)
        resource = decision.resource
        model = self._inference.model(resource.name)
        if model.collection.name in self._inference.by_hand:
            raise Stateless(f"handlers keep the records of `{resource.name}`")
        subject = self._subject(model, operation, decision.role, resource)
        handle = self._sharing(subject)
        by_key = decision.role in ("read", "replace", "merge", "delete", "action")
        if by_key and not subject.path and model.key.field is None:
            raise Stateless("neither path nor body names the item")
        pager, told = None, ("", "", "")
        if decision.role in ("list", "search"):
            pager, told = self._paged(model, operation, subject)
        return Plan(
            operation_id,
            decision.role,
            model.collection.name,
            f"{model.key} ({model.key.reason})",
            *told,
            f"{decision.reason}; {model.item.reason}",
            handle or handler_of(subject, pager),
            pager,
            subject,
        )

    def _sharing(self, subject: Subject) -> Handler | None:
        """What answers an operation that may be about items of several collections; None if it is about one."""
        if not subject.at_shared:
            return None
        operation, roles = subject.operation, self._inference.roles
        described = self._survey.described(operation.operation_id)
        models = [self._inference.lineage.known(each.name) for each in roles.sharing(described)]
        subjects = [
            self._subject(each, operation, roles.on_shared(described, each.resource).role, each.resource)
            for each in models
            if each is not None
        ]
        return sharing(subjects)

    def _subject(self, model: Model, operation: Operation, role: Role, resource: Resource) -> Subject:
        response = answered(operation)
        reply = Reply(self._inference, model, operation, response)
        made = self._telling(model, operation, reply)
        names = names_of(self._survey.steps[operation.operation_id])
        media = operation.body.media[0] if operation.body is not None and operation.body.media else None
        sent = model.representing.sent(model.item, None if media is None else media.schema)
        path: tuple[Where, ...] = tuple((_where(operation, name), name) for name in names)
        by = resource.by if resource.view_of is not None else None
        return Subject(self._inference, model, operation, role, path, by, sent, reply, made)

    def _telling(self, model: Model, operation: Operation, reply: Reply) -> Reply:
        """The answer that tells what was created: the success whose body has it, 201 before others."""
        successes = [each for status, each in operation.responses.items() if status[:1] == "2"]
        replies = [
            reply,
            *(Reply(self._inference, model, operation, each) for each in successes if each is not reply.response),
        ]
        return min(replies, key=lambda each: (each.view is None, each.status != CREATED, each.status))

    def _paged(self, model: Model, operation: Operation, subject: Subject) -> tuple[Pager, tuple[str, str, str]]:
        media = success(operation)
        declared = declared_of(self._survey.declarations, operation.operation_id, operation.path)
        envelope = model.representing.envelope(model.item, None if media is None else media.schema, declared.envelope)
        if envelope is None or media is None:
            raise Stateless(f"the answer of {operation.method} {operation.path} has no list of items")
        headers = answered(operation).described_headers
        paging = infer_paging(model.looks, operation, media.schema, envelope.items, headers, declared.paging)
        used = (*paging.controls.values(), *paging.aliases)
        filters = self._inference.filters(model, operation, used, searches=subject.role == "search" or subject.is_call)
        told = (envelope.reason, f"{paging}", f"{filters}")
        more: dict[str, Pointer] = {BY: subject.by} if subject.by is not None else {}
        if model.owner is not None:
            more[OWNED] = model.owner
        if more:
            filters = Filters(**{**filters.__dict__, "fields": {**filters.fields, **more}})
        return Pager(self._inference.lineage, model, operation, subject.reply, envelope, paging, filters), told


def _where(operation: Operation, name: str) -> Place:
    """Where a request has a value of the path: of a call, in its query or its body."""
    if any(each.name == name for each in operation.parameters["path"]):
        return "path"
    return "query" if any(each.name == name for each in operation.parameters["query"]) else "body"
