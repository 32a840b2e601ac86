"""What the items of a long list have in common: each of their parts comes in a few kinds, as in a real list.

The first items of a page make their objects and arrays; further items take any of these, so that a page of large items
costs little more than the fields that tell its items apart. Only within one value, and never what must be unique. The
parts of one component are of the same few kinds, whatever the fields are called.
"""

from __future__ import annotations

import marshal
from typing import Any

from mockserver.contract.generation.draft import Draft
from mockserver.contract.generation.texts import Make

KINDS = 5
"""Values of one part that are made before they repeat; a list of no more items repeats nothing."""
FEW = 2
"""Values of one part where the items are very large."""
WIDE = 20
"""Fields from which on an item is wide: a few are made whole, and further ones are like one of these but for the fields
that tell items apart."""
MANY = 30
"""Parts of one value from which on its items are very large."""
WITHOUT_REFERENCES = 2
"""The last version of the format of `marshal` that writes an object as often as it stands in a value."""


def repeated(make: Make, reference: str | None = None) -> Make:
    """Makes what `make` does, but in a long list no more than a few of them, which then stand in it more than once.

    reference: of the component that it makes, whose parts are alike wherever they stand.
    """
    whole = reference or make
    least = whole, "sparing"

    def made(draft: Draft) -> Any:
        kinds = draft.kinds
        if kinds is None:
            return make(draft)
        # what has only the required is a kind by itself, or an item that is large by what it requires repeats nothing
        known = kinds.setdefault(least if draft.sparing else whole, [])
        if len(known) >= (KINDS if draft.parts < MANY else FEW):
            value, cost = draft.pick(known)
            draft.left -= cost
            draft.shared = True
            return value
        before = draft.left
        value = make(draft)
        if draft.item or not draft.documented:  # the document's example is that of the first item alone
            draft.parts += 1
            known.append((value, before - draft.left))
        return value

    return made


def unshared(value: Any) -> Any:
    """A copy of a JSON value in which nothing stands more than once, so that it can be changed in place."""
    return marshal.loads(marshal.dumps(value, WITHOUT_REFERENCES))  # noqa: S302  # the fastest copy there is, of our own
