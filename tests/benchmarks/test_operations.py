"""Which answers are worth measuring."""

import pytest

from tests.benchmarks.operations import READ, WRITE, Answer


@pytest.mark.parametrize(
    ("answer", "flaw"),
    [
        (Answer(401, "application/json", b'{"error":{}}'), "answered 401"),
        (Answer(200, "text/html", b"<p>hello</p>"), "instead of application/json"),
        (Answer(200, "application/json", b"hello"), "not JSON"),
        (Answer(200, "application/json", b"{}"), "says nothing"),
    ],
)
def test_answers_that_are_not_worth_measuring(answer: Answer, flaw: str) -> None:
    """A refusal, a page for people, no JSON and empty JSON are no answers to measure."""
    assert flaw in (answer.flaw() or "")


@pytest.mark.parametrize("body", [b'{"data":[{"id":"a"},{"id":"b"}]}', b'[{"id":"a"},{"id":"b"}]'])
def test_lists_are_counted_with_and_without_an_envelope(body: bytes) -> None:
    """json-server knows no envelope, and has to show as many lists all the same."""
    answer = Answer(200, "application/json", body)

    assert answer.flaw() is None
    assert answer.lists() == 2


def test_only_a_body_has_a_media_type() -> None:
    """The read is sent as a client sends it: the key and nothing else."""
    assert READ.headers.keys() == {"Authorization"}
    assert WRITE.headers["Content-Type"] == "application/json"
