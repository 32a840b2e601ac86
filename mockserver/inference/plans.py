"""Inference: from one contract to what answers its operations, with state where a resource was found, and why.

Everything is worked out when it is first asked for: an operation's `Plan` when it is called or shown, a resource's
model with the first of its plans, its first records when they are looked at. What fails costs what it concerns: an
operation or resource that cannot be worked out is answered without state, and its plan says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from threading import RLock
from typing import Any, Literal

from mockserver.contract.contract import Contract
from mockserver.contract.generation import Generator, NoValueError
from mockserver.contract.media import Media
from mockserver.contract.operation import Operation, Response
from mockserver.contract.violations import Rejection
from mockserver.errors import Refusal, Undocumented
from mockserver.inference.answers import DocumentedAnswers
from mockserver.inference.declared import Declarations
from mockserver.inference.errors import Stateless
from mockserver.inference.filters import Filters, infer_filters
from mockserver.inference.keys import text_of
from mockserver.inference.lineage import Lineage
from mockserver.inference.mending import Mender
from mockserver.inference.model import Model
from mockserver.inference.options import InferenceOptions
from mockserver.inference.paths import encoded
from mockserver.inference.planning import Plan, Planning
from mockserver.inference.records import at
from mockserver.inference.refusals import CONFLICT, FITTING, DocumentedRefusals
from mockserver.inference.replies import Answered, View, items_within, placed
from mockserver.inference.representation import success
from mockserver.inference.resource import Resource
from mockserver.inference.resources import Survey
from mockserver.inference.roles import Roles
from mockserver.inference.seeds import Seeding
from mockserver.inference.subject import OWNER, Subject, Values
from mockserver.inference.tallies import keys_of
from mockserver.world import Collection, Record, World
from mockserver.world.store import INSERTED, TableState


class Inference:
    """Answers the operations of one contract that nobody wrote code for.

    name: of the API, before that of its collections. declarations: what is said in place of what would be inferred.
    fixtures: records by resource, in place of those it would begin with. accounts: who may call, if it is known; then
    records belong to one where an item has a field for it.
    """

    def __init__(
        self,
        contract: Contract,
        name: str,
        declarations: Declarations | None = None,
        options: InferenceOptions | None = None,
        fixtures: Mapping[str, Sequence[Record]] | None = None,
        accounts: Sequence[str] = (),
    ) -> None:
        self.contract = contract
        self.name = name
        self.options = options or InferenceOptions()
        self.fixtures: Mapping[str, Sequence[Record]] = fixtures or {}
        self.survey = Survey(contract, declarations or {})
        self.survey.accounts = accounts
        self.generator = Generator(contract.document)
        self._documented = DocumentedAnswers(contract)
        self._refusals = DocumentedRefusals(contract)
        self.roles = Roles(self.survey)
        self.lineage = Lineage(self)
        self._planning = Planning(self)
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
            if account is not None and plan.subject.owned:
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
        """An invalid body with its invalid parts replaced; the body unchanged if that is not possible."""
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
        """The body of a documented response that does not depend on state."""
        return self._documented.body(world, operation, response.media[0], {}) if response.media else None

    def headers(self, world: World, operation: Operation, response: Response) -> dict[str, str]:
        """The headers of a documented response that do not depend on state."""
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
                found = self._plans[operation_id] = self._planning.planned(operation_id)
            return found

    def known(self, world: World, operation_id: str) -> Mapping[str, str]:
        """Path values of an operation that lead to a record which exists; none if it is stateless, or there is none."""
        subject = self.plan(operation_id).subject
        by = None if subject is None else subject.by
        every = [] if subject is None else subject.table(world).slice(INSERTED, limit=1 if by is None else None)
        first = next((each for each in every if by is None or at(each, by) != ""), None)
        if subject is None or first is None:
            return {}
        values = list(subject.model.placing.values(first))
        if by is not None:
            through = len(subject.path) - 1 if subject.through is None else subject.through
            values.insert(through, text_of(at(first, by)))
        if subject.at_shared:
            values = list(subject.model.led(values))
        return {name: value for (_, name), value in zip(subject.path, values, strict=False)}

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
            raise found.with_traceback(None)  # one exception for all requests: each would add to its traceback
        return found

    def _modelled(self, name: str) -> Model | Stateless:
        try:
            return Model(self.survey, self.generator, self.name, self.resources[name], self._beginning(name))
        except Stateless as error:
            return error
        except Exception as error:  # noqa: BLE001  # a document can be wrong in more ways than are known
            return Stateless(f"{name} could not be inferred ({type(error).__name__}: {error})")

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

    def item_path(self, model: Model, record: Record) -> str:
        """The path of a record."""
        safe = "/" if model.is_wide else ""
        values = [encoded(each, safe) for each in model.led(model.placing.values(record))]
        path, names = model.template
        if names is None:
            return f"{path}/{values[-1]}" if values else path
        for name, value in zip(names, values, strict=False):
            path = path.replace(name, value)
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
        """The response for several records."""
        reply, model = subject.reply, subject.model
        media = success(subject.operation)
        envelope = model.representing.envelope(model.item, None if media is None else media.schema)
        if media is None:
            return None, reply.status, reply.headers(world)
        if envelope is not None and envelope.scalar:
            return (
                placed(reply.skeleton(world), envelope.items, keys_of(model, records)),
                reply.status,
                reply.headers(world),
            )
        if envelope is None or envelope.element:
            if len(records) and reply.view is not None:
                return reply.of(world, records[0], lambda: "")
            return reply.skeleton(world), reply.status, reply.headers(world)
        tallies = self.lineage.tallies(model)
        view = View(model, items_within(model, media.schema, envelope.items))
        items = view.page([tallies.shown(world, each) if tallies else each for each in records])
        return placed(reply.skeleton(world), envelope.items, items), reply.status, reply.headers(world)
