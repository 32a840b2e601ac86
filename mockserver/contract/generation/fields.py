"""What a field holds, told by its name: the last words of the name decide, the longest known run of them first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from mockserver.contract.generation import words
from mockserver.contract.generation.draft import Draft
from mockserver.contract.generation.formats import Maker, date, date_time, email, hexadecimal, time, time_of, uri, uuid

PEOPLE = {
    *("account", "actor", "admin", "agent", "assignee", "author", "buyer", "candidate", "client", "contact", "creator"),
    *("customer", "driver", "employee", "guest", "lead", "manager", "member", "owner", "passenger", "patient", "payer"),
    *("person", "profile", "recipient", "reporter", "seller", "sender", "student", "subscriber", "teacher", "user"),
}
COMPANIES = {"business", "company", "employer", "manufacturer", "merchant", "organisation", "organization", "supplier"}
PRODUCTS = {"article", "good", "item", "material", "product", "variant"}
SOMEBODY = frozenset(
    {("email",), ("email", "address"), ("e", "mail"), ("first", "name"), ("last", "name"), ("username",)}
)
"""Names of fields that only people have, and companies."""
PETS = {"animal", "cat", "dog", "pet"}


def about(words_given: tuple[str, ...], names: Iterable[str]) -> tuple[str, ...]:
    """What an object is about by its own name and those of its fields: one with an e-mail address is somebody."""
    known = {words.singular(word) for word in words_given}
    if known & (PEOPLE | COMPANIES | PRODUCTS | PETS) or not any(words.words_of(each) in SOMEBODY for each in names):
        return words_given
    return (*words_given, "person")


def _name(draft: Draft, words_before: tuple[str, ...]) -> str:
    """The name of whatever the field's own words say (`petName`), else of whatever the object is."""
    about = {words.singular(word) for word in words_before[:-1] or draft.persona.about}
    if about & PETS:
        return draft.pick(words.PETS)
    if about & PEOPLE:
        return draft.persona.full_name
    if about & COMPANIES:
        return draft.persona.company
    return words.product(draft.random) if about & PRODUCTS else words.thing(draft.random)


PERSONAL: set[Maker | None] = {_name, date, date_time, time, email}
"""Those whose texts agree with the others of an object: all tell of its persona."""


def _person(part: str) -> Maker:
    def make(draft: Draft, _: tuple[str, ...]) -> str:
        return str(getattr(draft.persona, part))

    PERSONAL.add(make)
    return make


def _one_of(*choices: str) -> Maker:
    return lambda draft, _: draft.pick(choices)


def _amount(draft: Draft, _: tuple[str, ...]) -> str:
    return f"{draft.whole(500, 50_000) / 100:.2f}"


def _sentence(draft: Draft, _: tuple[str, ...]) -> str:
    return words.sentence(draft.random)


def _thing(draft: Draft, _: tuple[str, ...]) -> str:
    return words.thing(draft.random)


def _slug(draft: Draft, _: tuple[str, ...]) -> str:
    return words.slug(draft.random)


def _digits(length: int) -> Maker:
    return lambda draft, _: str(draft.whole(10 ** (length - 1), 10**length - 1))


def _id(draft: Draft, _: tuple[str, ...]) -> str:
    return f"{draft.chance.getrandbits(48):012x}"


TEXTS: Mapping[str, Maker] = {
    "address": _person("address"),
    "assignee": _person("full_name"),
    "author": _person("full_name"),
    "avatar": uri,
    "bio": _sentence,
    "body": _sentence,
    "brand": _person("company"),
    "buyer": _person("full_name"),
    "browser": _one_of("Chrome", "Firefox", "Safari"),
    "caption": _sentence,
    "category": _one_of("general", "home", "office", "outdoor", "travel"),
    "checksum": hexadecimal(32),
    "city": _person("city"),
    "code": lambda draft, _: f"{draft.pick(words.NOUNS)[:3]}-{draft.whole(100, 999)}".upper(),
    "color": _one_of(*words.COLORS),
    "colour": _one_of(*words.COLORS),
    "comment": _sentence,
    "company": _person("company"),
    "content": _sentence,
    "content type": _one_of("application/json", "application/pdf", "image/png"),
    "country": _person("country"),
    "country code": _person("country_code"),
    "currency": _one_of("USD", "EUR", "GBP"),
    "currency code": _one_of("USD", "EUR", "GBP"),
    "customer": _person("full_name"),
    "date": date,
    "department": _one_of(*words.DEPARTMENTS),
    "description": _sentence,
    "detail": _sentence,
    "details": _sentence,
    "display name": _name,
    "domain": lambda draft, _: f"{words.slug(draft.random)}.example.com",
    "email": _person("email"),
    "email address": _person("email"),
    "employer": _person("company"),
    "etag": hexadecimal(16),
    "family name": _person("last_name"),
    "file": lambda draft, _: f"{words.slug(draft.random)}.pdf",
    "file name": lambda draft, _: f"{words.slug(draft.random)}.pdf",
    "filename": lambda draft, _: f"{words.slug(draft.random)}.pdf",
    "first name": _person("first_name"),
    "firstname": _person("first_name"),
    "full name": _person("full_name"),
    "fullname": _person("full_name"),
    "gender": _one_of("female", "male"),
    "given name": _person("first_name"),
    "guid": uuid,
    "hash": hexadecimal(40),
    "headline": _thing,
    "host": lambda draft, _: f"{words.slug(draft.random)}.example.com",
    "hostname": lambda draft, _: f"{words.slug(draft.random)}.example.com",
    "href": uri,
    "icon": uri,
    "id": _id,
    "image": uri,
    "ip": lambda draft, _: f"192.0.2.{draft.whole(1, 254)}",
    "ip address": lambda draft, _: f"192.0.2.{draft.whole(1, 254)}",
    "job": _person("job"),
    "job title": _person("job"),
    "key": hexadecimal(24),
    "label": _slug,
    "lang": _one_of("en", "de", "fr"),
    "language": _one_of("en", "de", "fr"),
    "last name": _person("last_name"),
    "lastname": _person("last_name"),
    "latitude": _person("latitude"),
    "line": _person("street"),
    "link": uri,
    "locale": _one_of("en-US", "de-DE", "fr-FR"),
    "login": _person("username"),
    "logo": uri,
    "longitude": _person("longitude"),
    "message": _sentence,
    "mime type": _one_of("application/json", "application/pdf", "image/png"),
    "mobile": _person("phone"),
    "name": _name,
    "nickname": _person("username"),
    "note": _sentence,
    "notes": _sentence,
    "op": _one_of("add"),
    "number": _digits(6),
    "occupation": _person("job"),
    "organisation": _person("company"),
    "organization": _person("company"),
    "owner": _person("full_name"),
    "password": lambda draft, _: f"{words.slug(draft.random)}-{draft.whole(10, 99)}",
    "path": lambda draft, _: f"/{words.slug(draft.random)}",
    "phone": _person("phone"),
    "phone number": _person("phone"),
    "patient": _person("full_name"),
    "photo": uri,
    "picture": uri,
    "position": _person("job"),
    "postal code": _person("postcode"),
    "postcode": _person("postcode"),
    "price": _amount,
    "amount": _amount,
    "balance": _amount,
    "cost": _amount,
    "total": _amount,
    "province": _person("state"),
    "reason": _sentence,
    "recipient": _person("full_name"),
    "region": _person("state"),
    "role": _one_of("admin", "editor", "member"),
    "sender": _person("full_name"),
    "sha": hexadecimal(40),
    "secret": hexadecimal(32),
    "sku": lambda draft, _: f"{draft.pick(words.NOUNS)[:3]}-{draft.whole(1000, 9999)}".upper(),
    "slug": _slug,
    "state": _one_of("active"),
    "status": _one_of("active"),
    "street": _person("street"),
    "street address": _person("street"),
    "subject": _thing,
    "summary": _sentence,
    "surname": _person("last_name"),
    "tag": _one_of(*words.NOUNS),
    "tags": _one_of(*words.NOUNS),
    "text": _sentence,
    "thumbnail": uri,
    "time": date_time,
    "timestamp": date_time,
    "timezone": _one_of("UTC", "America/New_York", "Europe/Berlin"),
    "time zone": _one_of("UTC", "America/New_York", "Europe/Berlin"),
    "title": _thing,
    "token": hexadecimal(32),
    "town": _person("city"),
    "type": _one_of("standard"),
    "url": uri,
    "uri": uri,
    "user agent": _one_of("Mozilla/5.0", "curl/8.5.0"),
    "username": _person("username"),
    "user name": _person("username"),
    "uuid": uuid,
    "version": lambda draft, _: ".".join(str(draft.whole(0, 9)) for _ in range(3)),
    "website": uri,
    "zip": _person("postcode"),
    "zip code": _person("postcode"),
    "zipcode": _person("postcode"),
}
"""Text by the last words of a field's name."""

TIMES = ("at", "on", "date", "time", "timestamp")
"""Last words of fields that tell a time, as in `created_at`."""

LIKELY: Mapping[str, tuple[float, float]] = {
    "age": (20, 65),
    "amount": (5, 500),
    "balance": (5, 500),
    "bytes": (1_000, 1_000_000),
    "count": (0, 40),
    "day": (1, 28),
    "discount": (0, 30),
    "duration": (1, 600),
    "height": (100, 1200),
    "hour": (0, 23),
    "id": (1, 100_000),
    "latitude": (30, 47),
    "lat": (30, 47),
    "limit": (10, 100),
    "longitude": (-120, -75),
    "lng": (-120, -75),
    "lon": (-120, -75),
    "minute": (0, 59),
    "month": (1, 12),
    "number": (1, 1000),
    "offset": (0, 0),
    "page": (1, 1),
    "pages": (1, 5),
    "percent": (0, 100),
    "percentage": (0, 100),
    "port": (1024, 49_151),
    "price": (5, 500),
    "quantity": (1, 12),
    "rate": (0, 1),
    "rating": (1, 5),
    "ratio": (0, 1),
    "score": (0, 100),
    "size": (1, 1000),
    "stock": (0, 200),
    "total": (0, 40),
    "weight": (1, 40),
    "width": (100, 1200),
    "year": (2015, 2026),
}
"""Ranges of numbers by the last word of a field's name."""

ANY_NUMBER = (0, 100)


def text_of(name: tuple[str, ...]) -> Maker | None:
    """What makes the text of a field with these words as its name; None if the name says nothing."""
    for length in (2, 1):  # `country code` before `code`
        found = TEXTS.get(" ".join(name[-length:])) if len(name) >= length else None
        if found is not None:
            return found
    if name and name[-1] in TIMES:
        return date_time
    return TEXTS.get(words.singular(name[-1])) if name else None


def identifies(name: tuple[str, ...]) -> bool:
    """Whether fields of this name tell one object from another, or tell of its persona in numbers."""
    return bool(name) and (name[-1] in IDENTIFYING or name in ADDRESSES or bool(epoch(name) or place(name)))


def likely(name: tuple[str, ...]) -> tuple[float, float]:
    """The range that a number in a field of this name is likely to be in."""
    return next((LIKELY[word] for word in reversed(name) if word in LIKELY), ANY_NUMBER)


def epoch(name: tuple[str, ...]) -> Callable[[Draft, tuple[str, ...]], float] | None:
    """What makes whole seconds since 1970, or milliseconds, if a field of this name tells a time; else None."""
    if not name or (name[-1] not in TIMES and name[0] not in ("created", "updated", "modified", "expires")):
        return None
    scale = 1000 if {"ms", "millis", "milliseconds"} & set(name) else 1
    return lambda draft, words: int(time_of(draft, words).timestamp() * scale)


def place(name: tuple[str, ...]) -> Callable[[Draft, tuple[str, ...]], float] | None:
    """What makes the latitude or longitude of the object's place, if a field of this name is one; else None."""
    if not name or name[-1] not in COORDINATES:
        return None
    part = COORDINATES[name[-1]]
    return lambda draft, _: float(getattr(draft.persona, part))


COORDINATES = {
    "latitude": "latitude",
    "lat": "latitude",
    "longitude": "longitude",
    "lng": "longitude",
    "lon": "longitude",
}

IDENTIFYING = frozenset(
    {
        *("arn", "code", "etag", "guid", "id", "ids", "key", "login", "name", "number", "sha", "sid", "slug", "title"),
        "uuid",
    }
)
"""Last words of the names of fields that tell one object from another."""
ADDRESSES = frozenset({("url",), ("uri",), ("href",), ("html", "url"), ("self",), ("link",)})
"""Names of fields that tell where an object is."""
