"""Inference: from one contract to what answers its operations, with state where a resource was found, and why.

Everything is worked out when it is first asked for: an operation's `Plan` when it is called or shown, a resource's
model with the first of its plans, its first records when they are looked at. What fails costs what it concerns: an
operation or resource that cannot be worked out is answered without state, and its plan says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import RLock
from typing import Any, Literal, get_args
from urllib.parse import quote

from mockserver.contract.contract import Contract
from mockserver.contract.generation import Generator, NoValueError
from mockserver.contract.media import Media
from mockserver.contract.operation import Key as Where
from mockserver.contract.operation import Operation, Response
from mockserver.contract.violations import Rejection
from mockserver.errors import DocumentError, Refusal, StartError, Undocumented
from mockserver.inference.answers import DocumentedAnswers, answered
from mockserver.inference.declared import Declarations, Role, declared_of
from mockserver.inference.filters import Filters, infer_filters
from mockserver.inference.handlers import BY, OWNED, OWNER, Handler, Subject, Values, handler_of
from mockserver.inference.keys import text_of
from mockserver.inference.looks import Pointer
from mockserver.inference.mending import Mender
from mockserver.inference.model import Model, Stateless
from mockserver.inference.pages import Pager
from mockserver.inference.paging import infer_paging
from mockserver.inference.paths import names_of, one_of
from mockserver.inference.records import WITHIN
from mockserver.inference.refusals import CONFLICT, FITTING, DocumentedRefusals
from mockserver.inference.replies import Answered, Reply, placed
from mockserver.inference.representation import success
from mockserver.inference.resources import Resource, Survey
from mockserver.inference.roles import Roles
from mockserver.inference.seeds import RECORDS, Seeding
from mockserver.world import Collection, Record, World
from mockserver.world.store import INSERTED, TableState

CREATED = 201
MOST = 1000
"""Records that a collection can be asked to begin with."""
Undocumented404 = Literal["problem", "example"]


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


@dataclass(frozen=True)
class InferenceOptions:
    """Options of inference. records: generated ones of each collection. undocumented_404: what answers for a record
    that does not exist where the document has no answer for it: a problem, or the documented example of success."""

    records: int = RECORDS
    undocumented_404: Undocumented404 = "problem"


def inference_options(records: int | None, undocumented_404: str | None) -> InferenceOptions:
    """The options as they are given, checked; StartError says what is wrong with one."""
    if records is not None and (isinstance(records, bool) or not isinstance(records, int) or not 0 <= records <= MOST):
        raise StartError(f"--records takes a whole number from 0 to {MOST}, got {records!r}.")
    for known in get_args(Undocumented404):
        if undocumented_404 in (known, None):
            return InferenceOptions(RECORDS if records is None else records, known)
    raise StartError(f"--undocumented-404 takes problem or example, got {undocumented_404!r}.")


class Inference:
    """Answers the operations of one contract that nobody wrote code for.

    name: of the API, before that of its collections. declarations: what is said in place of what would be inferred.
    fixtures: records by resource, in place of those it would begin with.
    """

    def __init__(
        self,
        contract: Contract,
        name: str,
        declarations: Declarations | None = None,
        options: InferenceOptions | None = None,
        fixtures: Mapping[str, Sequence[Record]] | None = None,
    ) -> None:
        self.contract = contract
        self.name = name
        self.options = options or InferenceOptions()
        self.fixtures: Mapping[str, Sequence[Record]] = fixtures or {}
        self.survey = Survey(contract, declarations or {})
        self.generator = Generator(contract.document)
        self._documented = DocumentedAnswers(contract)
        self._refusals = DocumentedRefusals(contract)
        self._roles = Roles(self.survey)
        self._seeding = Seeding(self, self.options.records)
        self._plans: dict[str, Plan] = {}
        self._models: dict[str, Model | Stateless] = {}
        self.by_hand: frozenset[str] = frozenset()
        """Names of collections whose records handlers keep: what is inferred of them has no state."""
        self._lock = RLock()

    # --- answering ---------------------------------------------------------------------------------------------------

    def __call__(
        self,
        world: World,
        operation: Operation,
        values: Values,
        origin: Callable[[], str],
        account: str | None = None,
    ) -> Answered:
        """Body, status and headers of the answer to a valid request of these values; a refusal is raised.

        account: of the caller, if one is known; it counts where records have owners.
        """
        plan = self._plans.get(operation.operation_id) or self.plan(operation.operation_id)
        if plan.handle is None or plan.subject is None:
            return self._documented(world, operation, values)
        try:
            if account is not None and plan.subject.model.owner is not None:
                values = {**values, OWNER: account}
                plan.subject.expect_own(world, values)
            return plan.handle(world, values, origin)
        except Stateless:
            return self._documented(world, operation, values)
        except Undocumented:
            if self.options.undocumented_404 == "example":
                return self._documented(world, operation, values)
            raise

    def mended(self, world: World, operation: Operation, payload: Any, status: int) -> Any:
        """A body that breaks its schema, with what is wrong in it replaced; the body as it is if there is no better."""
        response = operation.response(status)
        if response is None or not response.media:
            return None
        plan = self.plan(operation.operation_id)
        if plan.pager is not None:
            payload = plan.pager.mended(world, payload)
        media = response.media[0]
        mender = Mender(self.generator, media.schema, media.validator, "")
        try:
            return mender.mended(payload, f"{world.seed} {operation.operation_id}", world.now())
        except NoValueError:
            return payload

    def keeps(self, operation_id: str) -> bool:
        """Whether the operation reads or writes records."""
        return self.plan(operation_id).handle is not None

    def stateless(self, world: World, operation: Operation, response: Response) -> Any:
        """The body of a documented answer, as it is without state."""
        return self._documented.body(world, operation, response.media[0], {}) if response.media else None

    def headers(self, world: World, operation: Operation, response: Response) -> dict[str, str]:
        """The headers of a documented answer, as they are without state."""
        return self._documented.headers(world, operation, response, {})

    def body(self, world: World, operation: Operation, media: Media, values: Values, sent_as: str = "") -> Any:
        """The body of a response in another media type than the usual one, made without state."""
        return self._documented.body(world, operation, media, values, sent_as)

    # --- plans -------------------------------------------------------------------------------------------------------

    def plan(self, operation_id: str) -> Plan:
        """The plan of an operation; it never fails."""
        with self._lock:
            found = self._plans.get(operation_id)
            if found is None:
                found = self._plans[operation_id] = self._planned(operation_id)
            return found

    def _planned(self, operation_id: str) -> Plan:
        try:
            return self._stateful(operation_id)
        except (Stateless, DocumentError) as error:
            reason = str(error).removeprefix(f"{self.contract.document.source}: ")
        except Exception as error:  # noqa: BLE001  # a document can be wrong in more ways than are known
            reason = f"it could not be worked out ({type(error).__name__}: {error})"
        return Plan(operation_id, "stateless", None, "", "", "", "", reason, None)

    def _stateful(self, operation_id: str) -> Plan:
        decision = self._roles.of(operation_id)
        if decision.resource is None or decision.role == "stateless":
            raise Stateless(decision.reason)
        operation = self.contract.operation(operation_id)
        resource = decision.resource
        model = self.model(resource.name)
        if model.collection.name in self.by_hand:
            raise Stateless(f"handlers keep the records of `{resource.name}`")
        subject = self._subject(model, operation, decision.role, resource)
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
            handler_of(subject, pager),
            pager,
            subject,
        )

    def known(self, world: World, operation_id: str) -> Mapping[str, str]:
        """Path values of an operation that lead to a record which exists; none if it is stateless, or there is none."""
        subject = self.plan(operation_id).subject
        first = [] if subject is None else subject.table(world).slice(INSERTED, limit=1)
        if subject is None or not first:
            return {}
        values = list(subject.model.placing.values(first[0]))
        if subject.by is not None:
            values.insert(len(subject.path) - 1, text_of(first[0].get(subject.by, "")))
        return {name: value for (_, name), value in zip(subject.path, values, strict=False)}

    def _subject(self, model: Model, operation: Operation, role: Role, resource: Resource) -> Subject:
        response = answered(operation)
        reply = Reply(self, model, operation, response)
        made = self._telling(model, operation, reply)
        names = names_of(self.survey.steps[operation.operation_id])
        media = operation.body.media[0] if operation.body is not None and operation.body.media else None
        sent = model.representing.sent(model.item, None if media is None else media.schema)
        path: tuple[Where, ...] = tuple(("path", name) for name in names)
        by = resource.by if resource.view_of is not None else None
        return Subject(self, model, operation, role, path, by, sent, reply, made)

    def _telling(self, model: Model, operation: Operation, reply: Reply) -> Reply:
        """The answer that tells what was created: the success whose body has it, 201 before others."""
        successes = [each for status, each in operation.responses.items() if status[:1] == "2"]
        replies = [reply, *(Reply(self, model, operation, each) for each in successes if each is not reply.response)]
        return min(replies, key=lambda each: (each.view is None, each.status != CREATED, each.status))

    def _paged(self, model: Model, operation: Operation, subject: Subject) -> tuple[Pager, tuple[str, str, str]]:
        media = success(operation)
        declared = declared_of(self.survey.declarations, operation.operation_id, operation.path)
        envelope = model.representing.envelope(model.item, None if media is None else media.schema, declared.envelope)
        if envelope is None or media is None:
            raise Stateless(f"the answer of {operation.method} {operation.path} has no list of items")
        headers = answered(operation).described_headers
        paging = infer_paging(model.looks, operation, media.schema, envelope.items, headers, declared.paging)
        used = (*paging.controls.values(), *paging.aliases)
        filters = self.filters(model, operation, used, searches=subject.role == "search")
        told = (envelope.reason, f"{paging}", f"{filters}")
        more: dict[str, Pointer] = {BY: (subject.by,)} if subject.by is not None else {}
        if model.owner is not None:
            more[OWNED] = model.owner
        if more:
            filters = Filters(**{**filters.__dict__, "fields": {**filters.fields, **more}})
        return Pager(model, operation, subject.reply, envelope, paging, filters), told

    def filters(
        self, model: Model, operation: Operation, used: Sequence[str] = (), *, searches: bool = False
    ) -> Filters:
        """What the query parameters of an operation choose among the items of a resource.

        searches: the properties of its body choose as well.
        """
        members = self.contract.document.at(operation.pointer)
        parameters = {
            each["name"]: each
            for each in self.contract.document.parameters(operation.path, members)
            if each["in"] == "query"
        }
        media = operation.body.media if operation.body is not None and searches else ()
        for name, schema in model.looks.properties(media[0].schema).items() if media else ():
            parameters.setdefault(name, {"schema": schema})
        return infer_filters(model.looks, model.item.schema, parameters, used)

    # --- resources ---------------------------------------------------------------------------------------------------

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """The resources that have records, by name; none if the paths cannot be read."""
        try:
            found = self.survey.resources.values()
        except Exception:  # noqa: BLE001  # whatever a document's paths are, its operations can be answered without state
            return {}
        return {each.name: each for each in found if each.view_of is None}

    def model(self, name: str) -> Model:
        """The model of a resource; Stateless, each time, if it cannot be worked out."""
        with self._lock:
            found = self._models.get(name)
            if found is None:
                found = self._models[name] = self._modelled(name)
        if isinstance(found, Stateless):
            raise found.with_traceback(None)
        return found

    def _modelled(self, name: str) -> Model | Stateless:
        try:
            return Model(self.survey, self.generator, self.name, self.resources[name], self._beginning(name))
        except Stateless as error:
            return error
        except Exception as error:  # noqa: BLE001  # a document can be wrong in more ways than are known
            return Stateless(f"{name} could not be worked out ({type(error).__name__}: {error})")

    def _beginning(self, name: str) -> Callable[[], TableState]:
        return lambda: self._seeding.state(name)

    def models(self) -> Iterator[Model]:
        """Every resource that has records."""
        for name in self.resources:
            try:
                yield self.model(name)
            except Stateless:
                continue

    @cached_property
    def collections(self) -> tuple[Collection, ...]:
        """The collections of all resources."""
        return tuple(each.collection for each in self.models() if each.collection.name not in self.by_hand)

    def above(self, resource: Resource) -> Resource | None:
        """The collection in the path of whose item a resource lies; None if there is none."""
        for length in range(len(resource.place) - 1, 0, -1):
            found = self._roles.items.get(resource.place[:length])
            if found is not None:
                return self.resources.get(found.name)
        return None

    def parent(self, resource: Resource) -> Model | None:
        """The model of the same, if it has records."""
        above = self.above(resource)
        if above is None:
            return None
        try:
            return self.model(above.name)
        except Stateless:
            return None

    @cached_property
    def _below(self) -> Mapping[str, list[str]]:
        """The resources that lie directly below another, by its name."""
        found: dict[str, list[str]] = {}
        for resource in self.resources.values():
            above = self.above(resource)
            if above is not None:
                found.setdefault(above.name, []).append(resource.name)
        return found

    def remove(self, world: World, model: Model, record: Record) -> None:
        """Delete a record, and all that lie below it."""
        values = model.placing.values(record)
        world[model.collection].delete(model.collection.key(record))
        for name in self._below.get(model.resource.name, ()):
            try:
                child = self.model(name)
            except Stateless:
                continue
            if child.placing.alone is not None and len(child.placing.names) == len(values):
                found = world[child.collection].get(child.joined(values))
                orphans = [] if found is None else [found]
            else:
                orphans = world[child.collection].slice(WITHIN, values)
            for orphan in orphans:
                self.remove(world, child, orphan)

    @cached_property
    def _by_word(self) -> Mapping[str, str]:
        """The resources whose records a field can name, by what one is called."""
        found: dict[str, str] = {}
        for resource in sorted(self.resources.values(), key=lambda each: each.parents, reverse=True):
            if resource.kind == "collection":
                found[one_of(resource.place[-1])] = resource.name
        return found

    def references(self, model: Model) -> Mapping[str, str]:
        """The fields of an item that name other resources, and their names."""
        found = dict(model.declared().references or {})
        for name, schema in model.properties.items():
            word = one_of(name)
            end = next((each for each in ("uuid", "id", "key") if word.endswith(each)), None)
            other = self._by_word.get(word.removesuffix(end)) if end is not None else None
            if other is None or other == model.resource.name or model.looks.is_object(schema):
                continue
            if self.resources[other].parents <= model.resource.parents:  # one further below could lie anywhere
                found.setdefault(name, other)
        return found

    def item_path(self, model: Model, record: Record) -> str:
        """The path of a record."""
        described = next(iter(model.at_item.values()), None)
        values = [quote(each, safe="") for each in model.placing.values(record)]
        if described is None:
            base: str = next(iter(model.at_list.values())).path
            return f"{base}/{values[-1]}" if values else base
        path: str = described.path
        for name, value in zip(model.names, values, strict=False):
            path = path.replace(f"{{{name}}}", value)
        return path

    # --- refusals ----------------------------------------------------------------------------------------------------

    def tells_not_found(self, operation: Operation) -> bool:
        """Whether the document has an answer for what is not there."""
        return any(each in operation.responses for each in FITTING["not_found"])

    def refusal(
        self, world: World, operation: Operation, kind: Literal["not_found", "conflict", "invalid"], message: str
    ) -> Exception:
        """The documented refusal, as an exception to raise; Undocumented if the document has none."""
        statuses = CONFLICT if kind == "conflict" else FITTING[kind]
        rejection = Rejection("invalid" if kind == "conflict" else kind, message, operation.operation_id)
        number = {"not_found": 404, "conflict": 409, "invalid": 400}[kind]
        found = self._refusals.worded(world, operation, statuses, rejection, number)
        return Undocumented(number, message) if found is None else Refusal(found[1], found[0])

    @staticmethod
    def keeps_nulls(operation: Operation) -> bool:
        """Whether null in a change is a value: not so in a merge patch, whose null removes the field."""
        media = operation.body.media if operation.body is not None else ()
        return not media or any(each.name != "application/merge-patch+json" for each in media)

    def listed(self, world: World, subject: Subject, records: Sequence[Record]) -> Answered:
        """The answer that tells of several records."""
        reply, model = subject.reply, subject.model
        media = success(subject.operation)
        envelope = model.representing.envelope(model.item, None if media is None else media.schema)
        if media is None:
            return None, reply.status, reply.headers(world)
        if envelope is None or envelope.scalar or envelope.element:
            if len(records) and reply.view is not None:
                return reply.of(world, records[0], lambda: "")
            return reply.skeleton(world), reply.status, reply.headers(world)
        items = [model.shown(each) for each in records]
        return placed(reply.skeleton(world), envelope.items, items), reply.status, reply.headers(world)
