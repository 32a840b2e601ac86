"""Text of each format that OpenAPI and JSON Schema register."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from mockserver.contract.generation.draft import Draft
from mockserver.contract.generation.words import slug

Maker = Callable[[Draft, tuple[str, ...]], str]
"""Makes a text for a field, which is given as its words."""

EARLY = {"created", "inserted", "registered", "joined", "started", "start", "begin", "from", "opened", "since", "added"}
LATE = {"expires", "expiry", "expiration", "expire", "due", "until", "end", "ends", "to", "next", "renewal", "deadline"}
OVER = {"deleted", "cancelled", "canceled", "closed", "completed", "finished", "archived", "resolved", "shipped"}
IMAGES = {"avatar", "image", "photo", "picture", "thumbnail", "logo", "icon"}
BORN = {"birth", "birthday", "birthdate", "dob", "born"}


@lru_cache(maxsize=4096)
def _which(words: tuple[str, ...]) -> str:
    """The time of a persona that a field of this name tells."""
    known = set(words)
    for names, which in ((BORN, "born"), (LATE, "due"), (OVER, "ended"), (EARLY, "created")):
        if known & names:
            return which
    return "updated"


def time_of(draft: Draft, words: tuple[str, ...]) -> datetime:
    """The time that a field of this name tells, in order with the other times of its object."""
    found: datetime = getattr(draft.persona, _which(words))
    return found


def date_time(draft: Draft, words: tuple[str, ...]) -> str:
    """RFC 3339, to the second, in UTC."""
    return time_of(draft, words).isoformat(timespec="seconds").replace("+00:00", "Z")


def date(draft: Draft, words: tuple[str, ...]) -> str:
    """A date: `2026-04-22`."""
    return time_of(draft, words).date().isoformat()


def time(draft: Draft, words: tuple[str, ...]) -> str:
    """A time of day in UTC: `10:00:00Z`."""
    return time_of(draft, words).strftime("%H:%M:%SZ")


def uuid(draft: Draft, _: tuple[str, ...]) -> str:
    return str(UUID(int=draft.chance.getrandbits(128), version=4))


def uri(draft: Draft, words: tuple[str, ...]) -> str:
    name = slug(draft.pick)
    return f"https://example.com/images/{name}.png" if _is_image(words) else f"https://example.com/{name}"


@lru_cache(maxsize=4096)
def _is_image(words: tuple[str, ...]) -> bool:
    return not IMAGES.isdisjoint(words)


def email(draft: Draft, _: tuple[str, ...]) -> str:
    return draft.persona.email


def hexadecimal(length: int) -> Maker:
    return lambda draft, _: f"{draft.chance.getrandbits(4 * length):0{length}x}"


def _bytes(draft: Draft, _: tuple[str, ...]) -> str:
    return base64.b64encode(draft.chance.randbytes(12)).decode()


def _ipv4(draft: Draft, _: tuple[str, ...]) -> str:
    return f"192.0.2.{draft.whole(1, 254)}"  # the block of RFC 5737, for documentation


def _ipv6(draft: Draft, _: tuple[str, ...]) -> str:
    return f"2001:db8::{draft.whole(1, 0xFFFF):x}"  # RFC 3849


def _hostname(draft: Draft, _: tuple[str, ...]) -> str:
    return f"{slug(draft.pick)}.example.com"


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
    "uri-reference": lambda draft, _: f"/{slug(draft.pick)}",
    "iri-reference": lambda draft, _: f"/{slug(draft.pick)}",
    "uri-template": lambda draft, _: f"/{slug(draft.pick)}/{{id}}",
    "json-pointer": lambda draft, _: f"/{slug(draft.pick)}",
    "relative-json-pointer": lambda draft, _: f"1/{slug(draft.pick)}",
    "regex": lambda draft, _: f"^{slug(draft.pick)}$",
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
    "binary": lambda draft, _: f"content of {slug(draft.pick)}",
    "password": lambda draft, _: f"{slug(draft.pick)}-{draft.whole(10, 99)}",
    "phone": lambda draft, _: draft.persona.phone,
}
