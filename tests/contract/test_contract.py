"""A contract compiles its operations one by one, when they are asked for, and knows each by name and by place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mockserver.contract import contract as module
from mockserver.contract.contract import Contract
from mockserver.contract.operation import compile_operation
from mockserver.errors import OperationError
from tests.contract.specimen import NO_ANSWER, document
from tests.patience import bounded

PLAIN: dict[str, Any] = {"responses": NO_ANSWER}
BROKEN: dict[str, Any] = {"operationId": "broken", "parameters": [{"name": "a", "in": "query", "style": "bold"}]}


def contract(**operations: Any) -> Contract:
    """Of operations on paths of their own: `get_things` is GET on /things."""
    paths: dict[str, Any] = {}
    for name, described in operations.items():
        method, _, path = name.partition("_")
        paths.setdefault(f"/{path}", {})[method] = {**PLAIN, **described}
    return Contract(document(paths))


def test_an_operation_is_known_by_name_and_by_place() -> None:
    """Both lead to one description, in the document's order."""
    made = contract(get_things={"operationId": "list"}, post_things={"operationId": "add"})

    assert list(made.operations) == ["list", "add"]
    assert made.find("post", "/things") is made.find("POST", "/things") is made.operations["add"]
    assert made.find("put", "/things") is made.find("get", "/other") is None
    assert made.operations["add"].pointer == "#/paths/~1things/post"
    assert made.operation("add").operation_id == "add"


def test_no_operation_is_compiled_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """And each only once."""
    compiled: list[str] = []

    def noted(*given: Any) -> Any:
        compiled.append(given[2].operation_id)
        return compile_operation(*given)

    monkeypatch.setattr(module, "compile_operation", noted)
    made = contract(get_a={}, get_b={})
    before = [*made.operations], [*compiled]

    first, again = made.operation("get_b"), made.operation("get_b")

    assert before == (["get_a", "get_b"], [])
    assert first is again
    assert compiled == ["get_b"]


def test_threads_that_ask_at_once_get_one_operation() -> None:
    """The server's thread and a test's may both be first."""
    made = contract(get_a={"parameters": [{"name": "a", "in": "query", "schema": {"type": "string"}}]})

    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: id(made.operation("get_a")), range(32)))

    assert len(found) == 1


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        ({"/": ["get"]}, ["get"]),
        ({"/lists/{id}": ["get", "delete"]}, ["get_lists_id", "delete_lists_id"]),
        (
            {"/v1/Lists": ["get"], "/v1-lists": ["get"], "/v1.lists": ["get"]},
            ["get_v1_lists", "get_v1_lists_2", "get_v1_lists_3"],
        ),
    ],
)
def test_an_operation_without_an_id_is_called_by_method_and_path(paths: dict[str, list[str]], names: list[str]) -> None:
    """Letters and digits in small letters; a number tells apart what is alike."""
    made = Contract(document({path: dict.fromkeys(methods, PLAIN) for path, methods in paths.items()}))

    assert list(made.operations) == names


def test_of_two_operations_with_one_id_the_first_keeps_it() -> None:
    """The other has a name as if it had no id, which is none that the document gives to a third."""
    taken = {"operationId": "same"}
    made = contract(get_a=taken, get_b=taken, get_c={"operationId": "get_b"}, get_d={"operationId": ""})

    assert {name: each.path for name, each in made.operations.items()} == {
        "same": "/a",
        "get_b_2": "/b",
        "get_b": "/c",
        "get_d": "/d",
    }


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        (BROKEN, "parameter a: style 'bold' is not allowed in query; "),
        ({"operationId": "broken", "responses": []}, "it is not a valid operation object (AttributeError: "),
    ],
)
def test_an_operation_that_cannot_be_compiled_costs_itself_only(flaw: Any, words: str) -> None:
    """It says why, and where it stands, every time; the others are as they would be."""
    made = contract(get_good={}, get_bad=flaw)

    for _ in range(2):
        with pytest.raises(OperationError) as refused:
            made.operation("broken")

    assert str(refused.value).startswith(f"specimen.yaml: broken (at #/paths/~1bad/get) cannot be served: {words}")
    assert (refused.value.operation_id, refused.value.pointer) == ("broken", "#/paths/~1bad/get")
    assert refused.value.flaw.startswith(words)
    assert made.operation("get_good").method == "GET"
    with pytest.raises(KeyError):
        made.operation("none")


def test_very_many_operations_may_have_one_name() -> None:
    """As those have whose paths have no letter of ASCII; each takes the number behind the last."""
    paths = {f"/{'い' * (number % 100 + 1)}/{'あ' * (number // 100 + 1)}": {"get": PLAIN} for number in range(20_000)}

    with bounded():
        assert [*Contract(document(paths)).operations][-1] == "get_20000"
