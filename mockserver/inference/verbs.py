"""Verbs: what operations, paths and members are called that make, send or read, where nothing else tells the role."""

from __future__ import annotations

import re

from mockserver.contract.generation.words import words_of
from mockserver.contract.operation import Described
from mockserver.inference.paths import names_of, one_of, spelled, steps_of

CREATING = ("create", "add", "new", "save", "insert", "upsert", "register")
"""What a path beside a collection is called that creates one of its items."""
SENDING = ("upload", "import", "put", "post", "send", "submit", "attach")
"""First words of further operations that make something."""
READING = ("list", "search", "query", "find", "fetch", "retrieve", "lookup")
READS = re.compile(r"_(List|Search|Query|Find|Get)[A-Za-z]*$")
"""How operations are called that read, by their first word, or by the verb behind a noun."""
MAKES = re.compile(r"_(Create|Add|New|Insert|Register|Save|Upsert|Update|Set|Put|Delete|Remove)[A-Za-z]*$")
"""The same of those that do not, whatever the noun before begins with: `ListItems_Create`."""

PAGED = frozenset(("limit", "perpage", "pagesize", "maxresults", "offset", "skip", "page", "cursor", "pagetoken"))
"""Members of a body that ask for a page."""


def makes(described: Described) -> bool:
    return "201" in map(str, described.members.get("responses") or {})


def is_of(described: Described, word: str) -> bool:
    """Whether the last path value is called after the word before it, as in `user/{user_id}`: it is no verb then."""
    name = spelled(names_of(steps_of(described.path))[-1])
    return name != one_of(word) and name.startswith(one_of(word))


def is_told_to_make(described: Described) -> bool:
    """Whether an operation is called as one that makes something: `uploadDocuments`."""
    words = words_of(str(described.members.get("operationId") or ""))
    return bool(words) and words[0] in (*CREATING, *SENDING)


def is_told_to_read(described: Described) -> bool:
    """Whether an operation that answers no 201 is called as one that reads: `listPets`, or `Pets_List`."""
    name = described.members.get("operationId")
    if not isinstance(name, str) or makes(described):
        return False
    return ((words_of(name) or ("",))[0] in READING and not MAKES.search(name)) or READS.search(name) is not None
