"""A few cheap requests before a campaign: is this the provider, and does it accept the credential?

A run that can verify nothing should say so at once. The requests are GETs with the examples of the document as
parameters. Only if all of them fail in the same way, the campaign is not started; else its end reports the failures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from mockserver.addresses import shown
from mockserver.contract.bodies import value_text
from mockserver.errors import VerifyError
from mockserver.verify.checks.probe import fill
from mockserver.verify.events import OperationRef
from mockserver.verify.pace import TOO_MANY
from mockserver.verify.plan import TIMEOUT, Plan
from mockserver.verify.standing import UNKNOWN, Standing, standing
from mockserver.verify.targets import Target
from mockserver.verify.wire import Wire

MOST = 4
"""Maximum number of operations that are requested."""

GATEWAY = (502, 503, 504)
"""The status codes of a gateway whose provider is missing or does not work."""


@dataclass(frozen=True)
class Probe:
    """A request of an operation; `path` is relative to the URL of the target."""

    operation: OperationRef
    path: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Told:
    """The response to a probe; `url`: where it was sent."""

    probe: Probe
    url: str
    status: int
    standing: Standing
    location: str

    @property
    def words(self) -> str:
        return f"GET {self.url} ({self.probe.operation.operation_id}) was answered {self.status}"


def look(target: Target, plan: Plan, wire: Wire) -> None:
    """Raise VerifyError if a campaign at the URL would verify nothing; it says what to do instead."""
    answers = [each for probe in _probes(target, plan) if (each := _ask(probe, wire, target.url)) is not None]
    # answers that differ show that the provider is there and works at least in part
    if len({each.standing for each in answers}) == 1:
        message = _flaw(answers, target, wire)
        if message is not None:
            raise VerifyError(message)


def _flaw(answers: list[Told], target: Target, wire: Wire) -> str | None:
    """Why a campaign would verify nothing, from responses of the same standing; None if it might."""
    first, kind = answers[0], answers[0].standing
    if kind == "refused" and all(each.probe.operation.secured and each.status == UNKNOWN for each in answers):
        told = "; ".join(each.words for each in answers)
        return f"the provider does not know the credential: {told}. {advice(target)[kind]}"
    if kind == "missing":
        return _misplaced(first, target, wire)
    if kind == "elsewhere":
        return _moved(first, target)
    if kind == "page":
        return f"{first.words} and an HTML page, which the document does not describe. {advice(target)[kind]}"
    if kind == "failing" and all(each.status in GATEWAY for each in answers):
        return f"{first.words}: the provider is not there, or does not work. {advice(target)[kind]}"
    return None


def _misplaced(told: Told, target: Target, wire: Wire) -> str | None:
    """That the documented paths have another base path at the same host, if the request is answered there."""
    for url in bases(target):
        other = _ask(told.probe, wire, url)
        if other is not None and other.standing not in ("missing", "page", "elsewhere"):
            return f"{told.words}, but {other.words}: the documented paths are there. Give --url {url}"
    return None


def _moved(told: Told, target: Target) -> str:
    """That requests are redirected: to the same path of the provider at another host, or to something else."""
    base, path, rest = told.location.partition("?")[0].rstrip("/").rpartition(told.probe.path.rstrip("/") or "\0")
    what = f"Give --url {shown(base)}" if path and not rest else advice(target)["elsewhere"]
    return f"{told.words} and a redirect to {shown(told.location)}. {what}"


def _probes(target: Target, plan: Plan) -> Iterator[Probe]:
    """The cheapest GETs: first those without path parameters, and of these first those that require a credential."""
    wanted = sorted(
        (each for each in plan.sent(target) if each.method == "GET"),
        key=lambda each: ("{" in each.path, not each.secured),
    )
    yield from islice(filter(None, (_probe(each, target) for each in wanted)), MOST)


def _probe(operation: OperationRef, target: Target) -> Probe | None:
    """None if the document has no examples for the required parameters, or one that a header cannot hold."""
    described = target.contract.find(operation.method, operation.path)
    assert described is not None
    filled = fill(target.document, operation.path, described.members, target.values.of(operation.label))
    if filled is None or any(isinstance(value, dict | list) for each in filled.values() for value in each.values()):
        return None
    values = {place: {name: value_text(each) for name, each in given.items()} for place, given in filled.items()}
    # `requests` would fail for them, and the campaign tries the operation with other values
    if not all(each.isascii() for place in ("header", "cookie") for each in values[place].values()):
        return None
    placed = None if target.caller is None else target.caller.place(described.members)
    headers = {**values["header"], **target.headers}
    cookies = values["cookie"]
    if placed is not None:
        headers.update(placed.headers)
        cookies.update(placed.cookies)
        values["query"].update(placed.query)
    if cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    path = operation.path
    for name, value in values["path"].items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return Probe(operation, path, values["query"], headers)


def _ask(probe: Probe, wire: Wire, base: str) -> Told | None:
    """None if there is no response: the campaign will find out more."""
    url = f"{base}{probe.path}"
    wire.pace.turn()
    try:
        with wire.client() as client:
            answer = client.get(
                # streamed and closed: the head is enough, and the body may be endless
                url,
                params=dict(probe.query),
                headers=dict(probe.headers),
                timeout=TIMEOUT,
                stream=True,
            )
            answer.close()
    except (requests.RequestException, OSError):
        return None
    if answer.status_code == TOO_MANY:
        return None
    operation, headers = probe.operation, {name.lower(): value for name, value in answer.headers.items()}
    kind = standing(answer.status_code, headers, url, operation.statuses, operation.media)
    return Told(probe, url, answer.status_code, kind, headers.get("location", ""))


def bases(target: Target) -> Iterator[str]:
    """Other URLs that may be the base of the documented paths: with the document's base paths, and without any."""
    parts = urlsplit(target.url)
    origin = f"{parts.scheme}://{parts.netloc}"
    paths = [urlsplit(str(each.get("url", ""))).path.rstrip("/") for each in target.document.raw.get("servers", [])]
    found = [f"{start}{path}" for path in paths if path and "{" not in path for start in (target.url, origin)]
    yield from (each for each in dict.fromkeys([*found, origin]) if each != target.url)


def advice(target: Target) -> dict[Standing, str]:
    """What to do if no valid request is accepted, by standing."""
    known = ", ".join(bases(target))
    front = "Something is in front of the provider, such as a sign-in or a proxy. Give the provider's own --url"
    return {
        "refused": "Check the credential: --auth, or MOCKSERVER_AUTH in the environment; --header if the document "
        "declares no security scheme for it.",
        "missing": f"Check --url{f'; the base path may be another, as in {known}' if known else ''}.",
        "elsewhere": f"{front}.",
        "page": f"{front}, or send what it asks for with --header.",
        "busy": "Give --rate-limit.",
        "failing": "Look at the provider's log, and verify it when it works.",
    }
