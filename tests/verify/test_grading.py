"""How bad findings are, which are the same one, which fail a run, and by what each is known again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.verify.citations import Citations
from mockserver.verify.events import UNENFORCED, Finding, OperationRef
from mockserver.verify.grading import Policy, headline, relative, severity, shown_operations
from tests.verify.flaws import CONTRACT
from tests.verify.reporters.sample import GET, LIST, SILENT, finding

REFUSED = OperationRef("shelf", "get_book", "GET", "/books/{id}", ("200", "404", "default"))
ANY = OperationRef("shelf", "get_book", "GET", "/books/{id}", ("200", "4XX"))


def found(check: str, status: int | None = 404, operation: OperationRef = REFUSED, place: str = "") -> Finding:
    answer = replace(SILENT, status=status, response_headers=[("Content-Type", "text/plain; charset=utf-8")])
    return replace(finding(answer), check=check, operation=operation, place=place)


@pytest.mark.parametrize(
    ("each", "level"),
    [
        (found("negative_data_rejection"), "warning"),
        (found("negative_data_rejection", operation=ANY), "warning"),
        (found("negative_data_rejection", 410), "error"),
        (found("negative_data_rejection", 200), "error"),
        (found("negative_data_rejection", None), "error"),
        (found("positive_data_acceptance"), "warning"),
        (found("positive_data_acceptance", 422, ANY), "error"),
        (found("positive_data_acceptance", 400, ANY), "error"),
        (found("unsupported_method"), "warning"),
        (found("missing_required_header", 500), "error"),
        (found("ignored_auth"), "warning"),
        (found("ignored_auth", 410), "error"),
        (replace(found("ignored_auth", 409, replace(REFUSED, statuses=("409",))), title=UNENFORCED), "error"),
        (found("status_code_conformance"), "error"),
        (found("unsupported_method", 501), "warning"),
        (found("unsupported_method", 502), "error"),
        (found("not_a_server_error", 500), "error"),
        (found("not_a_server_error", 500, replace(REFUSED, statuses=("200", "5xx"))), "warning"),
        (found("not_a_server_error", 501, replace(REFUSED, statuses=("200", "501"))), "warning"),
        (replace(found("response_schema_conformance"), rule="#/x/properties/secret/writeOnly"), "warning"),
        (found("response_schema_conformance"), "error"),
    ],
)
def test_a_refusal_for_another_cause_is_a_warning(each: Finding, level: str) -> None:
    """The status is documented, and says something else than that the request is not valid; all the rest are errors."""
    assert severity(each) == level


@pytest.mark.parametrize(
    ("each", "words"),
    [
        (found("content_type_conformance"), "404 is text/plain"),
        (replace(found("content_type_conformance"), exchanges=(SILENT,)), "no answer has no Content-Type"),
        (found("status_code_conformance", 418), "418 is not documented"),
        (found("not_a_server_error", 503), "Server error: 503"),
        (
            found("not_a_server_error", 501, replace(REFUSED, statuses=("501",))),
            "Server error, as listed: 501",
        ),
        (
            found("response_schema_conformance", place="#/components/schemas/Book/type"),
            "Server error: schemas/Book/type",
        ),
        (found("negative_data_rejection", place="parameters/query limit"), "Server error: parameters/query limit"),
        (found("lost_update"), "Server error"),
    ],
)
def test_a_headline_names_no_operation(each: Finding, words: str) -> None:
    """So that the same finding has the same one everywhere."""
    assert headline(each) == words


def test_the_same_finding_is_one_group_and_the_worst_comes_first() -> None:
    """By what fails the run, by severity, by check, then by how many operations have it."""
    media = [found("content_type_conformance", operation=each) for each in (LIST, GET)]
    policy = Policy(known={found("ignored_auth").fingerprint: ""})
    findings = [
        *[(each, 2) for each in media],
        (found("positive_data_acceptance"), 1),
        (found("ignored_auth"), 1),
        (found("status_code_conformance"), 1),
        (found("not_a_server_error", 500), 3),
        (found("something_new"), 1),
    ]
    groups = policy.groups(findings)

    assert [(each.headline, len(each.operations), each.occurrences) for each in groups] == [
        ("Server error: 500", 1, 3),
        ("404 is text/plain", 2, 4),
        ("404 is not documented", 1, 1),
        ("Server error", 1, 1),
        ("Server error", 1, 1),
        ("Server error", 1, 1),
    ]
    assert [each.check for each in groups[3:]] == ["something_new", "positive_data_acceptance", "ignored_auth"]
    assert [each.known for each in groups] == [False] * 5 + [True]
    assert groups[1].operations == ["list_books", "get_book"]
    assert shown_operations(groups[1], 1) == (["list_books"], 1)


def test_the_shortest_finding_stands_for_its_group() -> None:
    """It is the quickest to read and to repeat."""
    long = replace(found("lost_update", operation=LIST), curl=("curl a", "curl b"))
    short = replace(found("lost_update"), curl=("curl a",))
    [group] = Policy().groups([(long, 1), (short, 1)])

    assert group.shortest is short


KNOWN = [found(each).fingerprint for each in ("lost_update", "unsupported_method")]


@pytest.mark.parametrize(
    ("policy", "fails"),
    [
        (Policy(), (True, False)),
        (Policy("warning"), (True, True)),
        (
            Policy("warning", {found("lost_update").fingerprint: "", found("unsupported_method").fingerprint: ""}),
            (False, False),
        ),
    ],
)
def test_what_fails_a_run(policy: Policy, fails: tuple[bool, bool]) -> None:
    """Errors, or warnings too, but for what is known."""
    assert (policy.fails(found("lost_update")), policy.fails(found("unsupported_method"))) == fails


def test_a_fingerprint_does_not_depend_on_what_was_generated() -> None:
    """Neither message, nor commands, nor the phase, nor which rule of a body it happened to break first."""
    one = found("negative_data_rejection", place="#/components/schemas/NewBook/required")
    other = replace(one, place="requestBody", message="else", phase="coverage", rule="#/x", curl=("curl",))

    assert one.fingerprint == other.fingerprint
    assert tuple(one.fingerprint) == ("shelf", "get_book", "negative_data_rejection", "requestBody", "Server error")
    assert found("negative_data_rejection", place="parameters/query limit").fingerprint != one.fingerprint
    assert found("content_type_conformance").fingerprint.kind == "Server error 404 text/plain"
    assert found("not_a_server_error", 500).fingerprint != found("not_a_server_error", 502).fingerprint


def test_a_place_outlives_other_parts() -> None:
    """It begins at the operation, and names parameters; what is shared has its own name."""
    document = Document.load(CONTRACT)
    cited = Citations(Contract(document))
    [get] = [each for each in cited.contract.operations.values() if each.operation_id == "get_book"]
    operation = OperationRef("shelf", "get_book", get.method, get.path, ())
    listed = OperationRef("shelf", "list_books", "GET", "/books", ())

    assert cited.place(operation, cited.pointer(operation, "responses")) == "responses"
    assert cited.place(operation, cited.pointer(operation)) == ""
    assert cited.place(listed, f"{cited.pointer(listed, 'parameters')}/0/schema") == "parameters/header X-Client/schema"
    assert cited.place(listed, f"{cited.pointer(listed, 'parameters')}/99") == "parameters/99"
    assert cited.place(operation, "#/components/schemas/Book/type") == "#/components/schemas/Book/type"
    assert cited.where("#/components/schemas/Book")["file"] == str(CONTRACT)


def test_files_are_named_from_the_folder_on(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a report of a checkout must name them; what lies elsewhere keeps its name."""
    monkeypatch.chdir(CONTRACT.parent)

    assert relative(str(CONTRACT.absolute())) == "contract.yaml"
    assert relative("/elsewhere/openapi.yaml") == "/elsewhere/openapi.yaml"
    assert relative("https://api.test/openapi.json") == "https://api.test/openapi.json"
