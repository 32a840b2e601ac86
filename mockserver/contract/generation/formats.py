"""Text of each format that OpenAPI and JSON Schema register."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from mockserver.contract.generation.draft import Draft
from mockserver.contract.generation.words import COUNT, SLUGS, slug

Words = tuple[str, ...]
Maker = Callable[[Draft, Words], str]
"""Makes a text for a field, which is given as its words."""

EARLY = {"created", "inserted", "registered", "joined", "started", "start", "begin", "from", "opened", "since", "added"}
LATE = {"expires", "expiry", "expiration", "expire", "due", "until", "end", "ends", "to", "next", "renewal", "deadline"}
OVER = {"deleted", "cancelled", "canceled", "closed", "completed", "finished", "archived", "resolved", "shipped"}
IMAGES = {"avatar", "image", "photo", "picture", "thumbnail", "logo", "icon"}
LINKS = tuple(f"https://example.com/{each}" for each in SLUGS)
BORN = {"birth", "birthday", "birthdate", "dob", "born"}


@lru_cache(maxsize=4096)
def _which(words: Words) -> str:
    """The time of a persona that a field of this name tells."""
    known = set(words)
    for names, which in ((BORN, "born"), (LATE, "due"), (OVER, "ended"), (EARLY, "created")):
        if known & names:
            return which
    return "updated"


def time_of(draft: Draft, words: Words) -> datetime:
    """The time that a field of this name tells, in order with the other times of its object."""
    found: datetime = getattr(draft.persona, _which(words))
    return found


def date_time(draft: Draft, words: Words) -> str:
    """RFC 3339, to the second, in UTC."""
    return _told(time_of(draft, words))


def _date_times(words: Words) -> Callable[[Draft], str]:
    which = _which(words)
    return lambda draft: _told(getattr(draft.persona, which))


def _told(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")


def date(draft: Draft, words: Words) -> str:
    """A date: `2026-04-22`."""
    return time_of(draft, words).date().isoformat()


def time(draft: Draft, words: Words) -> str:
    """A time of day in UTC: `10:00:00Z`."""
    return time_of(draft, words).strftime("%H:%M:%SZ")


def uuid(draft: Draft, _: Words) -> str:
    return str(UUID(int=draft.chance.getrandbits(128), version=4))


def uri(draft: Draft, words: Words) -> str:
    return _uris(words)(draft)


@lru_cache(maxsize=4096)
def _uris(words: Words) -> Callable[[Draft], str]:
    if IMAGES.isdisjoint(words):
        return lambda draft: LINKS[int(draft.random() * COUNT)]
    return lambda draft: f"https://example.com/images/{slug(draft.random)}.png"


def bound(told: Maker, words: Words) -> Callable[[Draft], str]:
    """What `told` makes for a field of these words; a page has hundreds of links and times."""
    if told is uri:
        return _uris(words)
    return _date_times(words) if told is date_time else lambda draft: told(draft, words)


def email(draft: Draft, _: Words) -> str:
    return draft.persona.email


def hexadecimal(length: int) -> Maker:
    return lambda draft, _: f"{draft.chance.getrandbits(4 * length):0{length}x}"


def _bytes(draft: Draft, _: Words) -> str:
    return base64.b64encode(draft.chance.randbytes(12)).decode()


def _ipv4(draft: Draft, _: Words) -> str:
    return f"192.0.2.{draft.whole(1, 254)}"  # the block of RFC 5737, for documentation


def _ipv6(draft: Draft, _: Words) -> str:
    return f"2001:db8::{draft.whole(1, 0xFFFF):x}"  # RFC 3849


def _hostname(draft: Draft, _: Words) -> str:
    return f"{slug(draft.random)}.example.com"


FORMATS: Mapping[str, Maker] = {
    "date-time": date_time,
    "datetime": date_time,
    "timestamp": date_time,
    "date": date,
    "time": time,
    "duration": lambda draft, _: f"P{draft.whole(1, 29)}D",
    "uuid": uuid,
    "guid": uuid,
    "uri": uri,
    "url": uri,
    "iri": uri,
    "uri-reference": lambda draft, _: f"/{slug(draft.random)}",
    "iri-reference": lambda draft, _: f"/{slug(draft.random)}",
    "uri-template": lambda draft, _: f"/{slug(draft.random)}/{{id}}",
    "json-pointer": lambda draft, _: f"/{slug(draft.random)}",
    "relative-json-pointer": lambda draft, _: f"1/{slug(draft.random)}",
    "regex": lambda draft, _: f"^{slug(draft.random)}$",
    "email": email,
    "idn-email": email,
    "hostname": _hostname,
    "idn-hostname": _hostname,
    "ipv4": _ipv4,
    "ip": _ipv4,
    "ipv6": _ipv6,
    "decimal": lambda draft, _: f"{draft.whole(0, 999)}.{draft.whole(0, 99):02}",
    "decimal128": lambda draft, _: f"{draft.whole(0, 999)}.{draft.whole(0, 99):02}",
    "byte": _bytes,
    "binary": lambda draft, _: f"content of {slug(draft.random)}",
    "password": lambda draft, _: f"{slug(draft.random)}-{draft.whole(10, 99)}",
    "phone": lambda draft, _: draft.persona.phone,
}
