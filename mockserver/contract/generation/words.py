"""Words, names of things and sentences, as business records have them; and a field's name taken apart into words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

ADJECTIVES = (
    *("amber", "bright", "calm", "central", "clear", "coastal", "copper", "early", "eastern", "gentle", "golden"),
    *("grand", "green", "light", "little", "modern", "northern", "open", "quiet", "rapid", "silver", "simple"),
    *("solid", "southern", "steady", "summer", "swift", "warm", "western", "wide", "winter", "young"),
)
NOUNS = (
    *("anchor", "atlas", "beacon", "bridge", "canyon", "cedar", "compass", "field", "forest", "garden", "harbor"),
    *("hill", "lake", "lantern", "ledger", "maple", "market", "meadow", "mill", "mountain", "orchard", "paper"),
    *("parcel", "pine", "planet", "river", "road", "signal", "station", "stone", "tower", "valley", "workshop"),
)
PRODUCTS = ("backpack", "bottle", "chair", "desk", "jacket", "keyboard", "kettle", "lamp", "mug", "notebook", "table")
MATERIALS = ("bamboo", "ceramic", "cotton", "leather", "linen", "oak", "recycled", "steel", "wool")
PETS = ("Bella", "Biscuit", "Charlie", "Luna", "Milo", "Nala", "Oscar", "Pepper", "Rocky", "Ruby", "Simba", "Willow")
DEPARTMENTS = ("Engineering", "Finance", "Human Resources", "Legal", "Marketing", "Operations", "Sales", "Support")
JOBS = (
    *("Account Executive", "Data Analyst", "Designer", "Engineering Manager", "Office Manager", "Product Manager"),
    *("Project Lead", "Recruiter", "Sales Director", "Software Engineer", "Support Specialist", "Technician"),
)
SUBJECTS = ("The customer", "The order", "The report", "The team", "The request", "This item", "The account")
VERBS = ("was reviewed", "was updated", "needs an answer", "is ready", "was sent", "was confirmed", "is on its way")
ENDINGS = ("on Monday", "this week", "by e-mail", "after the call", "for the next quarter", "as agreed", "in time")
COLORS = ("black", "blue", "brown", "gray", "green", "orange", "purple", "red", "white", "yellow")

SLUGS = tuple(f"{adjective}-{noun}" for adjective in ADJECTIVES for noun in NOUNS)
COUNT = len(SLUGS)

Chance = Callable[[], float]
"""Draws from 0 to 1. A page of large items draws hundreds of names, so that each is drawn in as few calls as can be."""


def sentence(random: Chance) -> str:
    """A sentence of six to ten words."""
    return (
        f"{SUBJECTS[int(random() * len(SUBJECTS))]} {VERBS[int(random() * len(VERBS))]}"
        f" {ENDINGS[int(random() * len(ENDINGS))]}."
    )


def thing(random: Chance) -> str:
    """The name of something: `Quiet Harbor`."""
    return f"{ADJECTIVES[int(random() * len(ADJECTIVES))]} {NOUNS[int(random() * len(NOUNS))]}".title()


def product(random: Chance) -> str:
    """The name of something that is sold: `Oak Desk`."""
    return f"{MATERIALS[int(random() * len(MATERIALS))]} {PRODUCTS[int(random() * len(PRODUCTS))]}".title()


def slug(random: Chance) -> str:
    """A name as it stands in a URL: `quiet-harbor`."""
    return SLUGS[int(random() * COUNT)]


# `HTTPServer` is two words: the last capital before a small letter begins the second
BOUNDARY = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


LONGEST = 200
"""Characters of a name that is remembered: clients send names of any length, which would fill the memory."""


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, whatever it is written in: `createdAt`, `created_at` and `X-Created-At`."""
    return _remembered(name) if len(name) <= LONGEST else _parted(name)


def _parted(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in BOUNDARY.findall(name))


_remembered = lru_cache(maxsize=4096)(_parted)


def singular(word: str) -> str:
    """One of what a plural word names, as far as English is regular: `company` of `companies`."""
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
