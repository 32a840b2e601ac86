"""Fault rules as JSON and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.admin import schemas
from mockserver.admin.rules import read_rule, write_rule
from mockserver.contract.validator import Validator
from mockserver.runtime.faults import Delay, Limit, Reply, Rule
from mockserver.runtime.pattern import RequestPattern

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True)
SECONDS = st.floats(0, 60)
STATUSES = st.integers(200, 599)
HEADERS = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=9),
    max_size=3,
)
JSON = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


MATCHES = st.builds(
    RequestPattern,
    api=maybe(TEXT),
    operation_id=maybe(TEXT),
    method=maybe(st.sampled_from(["GET", "POST", "TRACE"])),
    path=maybe(TEXT),
    headers=st.dictionaries(TEXT, TEXT, max_size=2),
)
DELAYS = (
    st.builds(Delay, st.just("fixed"), SECONDS)
    | st.builds(Delay, st.just("uniform"), SECONDS, SECONDS)
    | st.builds(Delay, st.just("lognormal"), SECONDS, st.floats(0, 5))
)
REPLIES = (
    st.builds(Reply, st.just("documented"), STATUSES, maybe(TEXT))
    | st.builds(Reply, st.just("too_many_requests"), STATUSES, maybe(TEXT), maybe(st.integers(1, 86400)))
    | st.builds(Reply, st.just("respond"), STATUSES, headers=HEADERS, body=maybe(JSON))
    | st.just(Reply("fuzz"))
)
COUNTS = st.integers(1, 2**53 - 1)
RULES = st.builds(
    Rule,
    id=NAMES,
    match=MATCHES,
    nth=maybe(COUNTS),
    probability=st.floats(0, 1),
    times=maybe(COUNTS),
    limit=maybe(st.builds(Limit, st.integers(1, 100_000), st.floats(0.001, 86400))),
    delay=maybe(DELAYS),
    reply=maybe(REPLIES),
    damage=maybe(st.sampled_from(["close", "reset", "truncate", "malformed"])),
) | st.builds(Rule, id=NAMES, damage=st.just("drip"), rate=st.integers(1, 1_000_000))


@pytest.fixture(scope="module")
def schema() -> Validator:
    return schemas.validator("FaultRule")


@given(rule=RULES.filter(lambda rule: rule.delay or rule.reply or rule.damage))
def test_a_rule_survives_as_json(schema: Validator, rule: Rule) -> None:
    """Whatever a rule says is said by its JSON, in the documented shape."""
    written = write_rule(rule)

    assert list(schema.violations(written, "body")) == []
    assert read_rule(written) == rule


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ({"rateLimit": {"requests": 1, "seconds": 1}}, Reply("too_many_requests")),
        ({"rateLimit": {"requests": 1, "seconds": 1}, "delay": {"kind": "fixed", "seconds": 1}}, None),
        ({"rateLimit": {"requests": 1, "seconds": 1}, "damage": {"kind": "close"}}, None),
        ({"damage": {"kind": "close"}}, None),
    ],
)
def test_a_rate_limit_that_does_nothing_else_answers_429(said: dict[str, Any], reply: Reply | None) -> None:
    """One that delays or damages beyond the limit does just that."""
    assert read_rule({"id": "r", **said}).reply == reply


def test_integral_numbers_are_integers() -> None:
    """JSON does not tell 7.0 from 7, but a header does, and so does a status; a body stays what it is."""
    limited = read_rule({"id": "r", "reply": {"kind": "tooManyRequests", "status": 503.0, "retryAfter": 7.0}}).reply
    answered = read_rule({"id": "r", "reply": {"kind": "respond", "status": 200.0, "body": 7.0}}).reply

    assert limited is not None
    assert answered is not None
    assert [repr(each) for each in (limited.status, limited.retry_after)] == ["503", "7"]
    assert [repr(each) for each in (answered.status, answered.body)] == ["200", "7.0"]


def test_values_of_one_header_are_joined() -> None:
    """Names of headers mean the same however they are written."""
    headers = [{"name": "X-A", "value": "1"}, {"name": "x-a", "value": "2"}]

    rule = read_rule({"id": "r", "reply": {"kind": "respond", "status": 200, "headers": headers}})

    assert rule.reply is not None
    assert rule.reply.headers == {"x-a": "1, 2"}
