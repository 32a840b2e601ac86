"""Which names are remembered once their words are known."""

from __future__ import annotations

from weakref import ref

from mockserver.contract.generation.words import LONGEST, words_of
from mockserver.inference.paths import spelled


class Name(str):
    """A name of which one can tell whether anybody holds it."""

    __slots__ = ("__weakref__",)


def test_long_names_are_not_remembered() -> None:
    """A client may send them by the thousand."""
    short, long = Name("petId"), Name("petId" + "x" * LONGEST)
    held = [ref(short), ref(long)]

    assert [words_of(each)[0] for each in (short, long)] == ["pet", "pet"]
    assert [spelled(each)[:5] for each in (short, long)] == ["petid", "petid"]
    del short, long
    assert [each() is None for each in held] == [False, True]


def test_the_words_of_a_long_name_are_those_of_a_short_one() -> None:
    """They only take longer."""
    assert words_of("pet_id_" * LONGEST) == ("pet", "id") * LONGEST
    assert spelled("pet_id_" * LONGEST) == "petid" * LONGEST
