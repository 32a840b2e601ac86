"""Whether a path can name what there is: not where it wants a key as a UUID that has 26 letters everywhere else.

Each value of the path is compared with the keys of the resource whose item the path leads by. One value that both take
is enough: whether there is a record of that key is another question.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mockserver.contract.generation import NoValueError
from mockserver.contract.operation import Operation
from mockserver.contract.parameters import Parameter
from mockserver.inference.keys import text_of
from mockserver.inference.model import Model
from mockserver.inference.paths import is_parameter

if TYPE_CHECKING:
    from mockserver.inference.plans import Inference

AT = datetime(2026, 1, 5, tzinfo=UTC)
"""The time of the values that are compared: what a path can name does not depend on the clock of a world."""
TRIES = 5
"""Values of each of the two schemas that are compared."""


def can_name(inference: Inference, operation: Operation) -> bool:
    """Whether each value in the path of an operation may be a key of what it leads by."""
    survey = inference.survey
    steps = survey.steps[operation.operation_id]
    parameters = {each.name: each for each in operation.parameters["path"]}
    place = survey.place(operation.operation_id)
    for number, step in enumerate(steps):
        if not is_parameter(step.text) or len(step.names) != 1 or step.names[0] not in parameters:
            continue
        resource = inference.roles.items.get(place[: number + 1])
        model = None if resource is None else inference.lineage.known(resource.name)
        if model is not None and not _has_common(inference, operation, model, parameters[step.names[0]]):
            return False
    return True


def _has_common(inference: Inference, operation: Operation, model: Model, parameter: Parameter) -> bool:
    """Whether a value of a parameter can be a key, or a key such a value: of those that either of them describes."""
    members = inference.contract.document.at(operation.pointer)
    found = inference.contract.document.parameters(operation.path, members)
    schema = next(
        (each.get("schema") for each in found if (each["in"], each["name"]) == ("path", parameter.name)), None
    )
    for made in _values(model, schema, parameter.validator):
        if model.keys.fits(made[0] if isinstance(made, list) and made else made):  # a path may take several keys
            return True
    # the other way round: of a wide form hardly any value is a key, though all keys are of that form
    keys = _values(model, model.addressing.narrowest, model.validator(model.addressing.narrowest))
    return any(parameter.validator.accepts(form) for key in keys for form in (key, [key], text_of(key)))


def _values(model: Model, schema: Any, judge: Any) -> list[Any]:
    """Some values of a schema; one that is any if there are none."""
    try:
        generator = model.generator
        return [generator.value(schema, judge, seed, now=AT, name="key", style="fresh") for seed in range(TRIES)]
    except NoValueError:
        return ["1"]
