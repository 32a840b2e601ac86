"""Owners: the field of an item that has the account it belongs to, where it is known which accounts there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.inference.looks import Pointer
from mockserver.inference.paths import spelled

if TYPE_CHECKING:
    from mockserver.inference.model import Model

OWNERS = ("owner", "ownerid", "owneraccount", "account", "accountid", "accountname", "tenant", "tenantid")
"""Names of fields that may have it, the likeliest first."""
ANYBODY = "somebody"
"""A text such as an account may be called."""


def owner_of(model: Model) -> Pointer | None:
    """The field that no request writes and no path leads by, called after an owner, and takes any text."""
    by_name = {spelled(name): name for name in reversed(list(model.properties))}
    operations = (*model.at_list.values(), *model.at_item.values())
    written = {name for each in operations for name in model.looks.properties(model.looks.sent(each))}
    for name in (by_name[each] for each in OWNERS if each in by_name):
        placed = (name,) in model.placing.fields
        if not placed and name not in written and model.judges(name).accepts(ANYBODY):
            return (name,)
    return None
