"""What the items of a long list have in common: each of their parts comes in a few kinds, as in a real list.

The first items of a page make their objects and arrays; further items take any of these, each a copy of its own, so
that a page of large items costs little more than the fields that tell its items apart. Only within one value: the
items themselves, and whatever must be unique, are always made.
"""

from __future__ import annotations

import marshal
from typing import Any

from mockserver.contract.generation.draft import Draft
from mockserver.contract.generation.texts import Make

KINDS = 5
"""Values of one part that are made before they repeat; a list of no more items repeats nothing."""


def repeated(make: Make) -> Make:
    """Makes what `make` does, but in a long list no more than a few of them."""

    def made(draft: Draft) -> Any:
        kinds = draft.kinds
        if kinds is None or draft.sparing:
            return make(draft)
        known = kinds.setdefault(make, [])
        if len(known) == KINDS:
            written, cost = draft.pick(known)
            draft.left -= cost
            return marshal.loads(written)  # noqa: S302  # written below; the fastest copy there is
        before = draft.left
        value = make(draft)
        if draft.item or not draft.documented:  # the document's example is that of the first item alone
            known.append((marshal.dumps(value), before - draft.left))
        return value

    return made
