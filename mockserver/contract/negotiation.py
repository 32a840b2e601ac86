"""Which of the documented media types an answer is sent as, by the Accept header (RFC 9110, 12.5.1).

The most specific range that a type is in decides its quality, the highest quality wins, and of equal ones that which
stands first. `q=0` takes a type out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from mockserver.contract.bodies import PARAMETER, Codec, media_type
from mockserver.contract.codecs import codec_of

if TYPE_CHECKING:
    from mockserver.contract.media import Media

ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*+"?)++')
RANGE = re.compile(r"[^\s/;]+/[^\s/;]+")
QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")

MOST = 200
"""Ranges of an Accept header that count; browsers send eight."""

LONGEST = 4096
"""Characters of an Accept header whose ranges are remembered; longer ones could fill the memory."""

SENT_AS = {
    **dict.fromkeys(("*/*", "application/*"), "application/json"),
    "text/*": "text/plain",
    "image/*": "image/png",
    "audio/*": "audio/mpeg",
    "video/*": "video/mp4",
    "font/*": "font/woff2",
    "multipart/*": "multipart/mixed",
}
"""The Content-Type of a response that is documented with a media type range, where the client names none in it."""


@dataclass(frozen=True)
class Range:
    """One element of an Accept header. `parameters` are its own, without the quality."""

    name: str
    parameters: frozenset[tuple[str, str]]
    quality: float

    def fit(self, name: str, content_type: str) -> int | None:
        """How specifically the range names a type, greater for more; None if the type is not in it.

        A parameter counts where the document's type has one of that name.
        """
        if self.name not in (name, _family(name), "*/*"):
            return None
        # a parameter that the document leaves open, such as charset, excludes nothing
        known = _parameters(content_type)
        if any(known.get(key, value) != value for key, value in self.parameters):
            return None
        exact = sum(key in known for key, _ in self.parameters)
        return 0 if self.name == "*/*" else 1 if self.name.endswith("/*") else 2 + exact


@dataclass(frozen=True)
class Offer:
    """A documented media type as it can be sent: one in a range has a name and a codec of its own."""

    media: Media
    content_type: str
    codec: Codec

    def write(self, payload: Any) -> bytes:
        """The text of the body."""
        return self.codec.write(payload)


def offer(media: Sequence[Media], accept: str) -> Offer | None:
    """The documented type that an Accept header asks for; None if it takes none of them."""
    ranges = accepted(accept)
    found = [each for one in media for each in _offers(one, ranges)]
    best = max((quality for _, quality, _ in found), default=0.0)
    if best <= 0:
        return None
    chosen, _, name = next(each for each in found if each[1] == best)
    if name is None:
        return Offer(chosen, chosen.content_type, chosen.codec)
    codec = codec_of(name, chosen.document, chosen.schema, chosen.members)
    return Offer(chosen, getattr(codec, "label", name), codec)


def _offers(media: Media, ranges: Sequence[Range]) -> Iterator[tuple[Media, float, str | None]]:
    """A media type with its quality; of a range also the types in it that the client names, best first."""
    if "*" in media.name:
        named = [each for each in ranges if "*" not in each.name and media.name in ranges_of(each.name)]
        for each in sorted(named, key=lambda one: -one.quality):
            yield media, each.quality, each.name
    name = media_type(media.content_type)
    fits = [(fit, each.quality) for each in ranges if (fit := each.fit(name, media.content_type)) is not None]
    if fits:
        # the most specific range decides, though another may have the higher quality (RFC 9110, 12.5.1)
        yield media, max(fits)[1], None


def accepted(accept: str) -> tuple[Range, ...]:
    """The ranges of an Accept header, the first MOST of them.

    One that cannot be read is passed over, and a header of none takes all.
    """
    return _remembered(accept) if len(accept) <= LONGEST else _ranges(accept)


def _ranges(accept: str) -> tuple[Range, ...]:
    elements = (each[0] for each in ELEMENT.finditer(accept))
    found = tuple(islice(filter(None, map(_range, elements)), MOST))
    return found or (Range("*/*", frozenset(), 1.0),)


_remembered = lru_cache(256)(_ranges)


def _range(text: str) -> Range | None:
    name = media_type(text)
    if not RANGE.fullmatch(name):
        return None
    parameters = _parameters(text)
    quality = parameters.pop("q", "1")
    # what is no quality (RFC 9110, 12.4.2) takes nothing away
    known = float(quality) if QUALITY.fullmatch(quality) else 1.0
    return Range(name, frozenset(parameters.items()), known)


def _parameters(content_type: str) -> dict[str, str]:
    """The parameters of a media type by name, their values without quotes and in lower case."""
    if ";" not in content_type:
        return {}
    return {each[1].lower(): (each[2] or "").strip().strip('"').lower() for each in PARAMETER.finditer(content_type)}


def _family(name: str) -> str:
    return f"{name.partition('/')[0]}/*"


def ranges_of(name: str) -> Iterator[str]:
    """The ranges that a media type is in, the narrowest first: `application/*+json` before `application/*`."""
    family, plus, suffix = _family(name), *name.rpartition("+")[1:]
    if plus:
        yield f"{family}+{suffix}"
    yield family
    yield "*/*"


def sent_as(name: str, label: str) -> str:
    """The Content-Type of a response that is documented with this media type or range."""
    return SENT_AS.get(name, label.replace("*+", "vnd.mock+") if "*" in name else label)
