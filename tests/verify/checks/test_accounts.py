"""Nobody is accused of writing what may be anybody's, or what is another's only by name."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
import schemathesis

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.verify.checks.probe import Prober
from mockserver.verify.citations import Citations
from mockserver.verify.identities import Credential, Identity
from mockserver.verify.targets import Target
from tests.verify.broken.foreign_update.app import Flawed
from tests.verify.broken.shelf import KEYS, Answer, Record, Refused, Request, Shelf
from tests.verify.flaws import contract, shelf_target, verified


class Shared(Shelf):
    """Every account has every book, and may do anything to it."""

    def find(self, request: Request, identity: str) -> Record:
        if identity not in self.books:
            raise Refused(404, f"there is no book {identity} for {request.account}")
        return self.books[identity][1]

    def list_books(self, request: Request) -> Answer:
        self.check_client(request)
        limit, offset = self.whole(request, "limit", 20, 1, 50), self.whole(request, "offset", 0, 0, 10000)
        return 200, self.page([book for _, book in self.books.values()], limit, offset), {}


class Named(Shelf):
    """An account may put a book of any id on its own shelf, also one that another has on its."""

    def __init__(self) -> None:
        self.others: dict[tuple[str, str], Record] = {}
        super().__init__()

    def replace_book(self, request: Request, identity: str) -> Answer:
        if self.books.get(identity, ("",))[0] == request.account:
            return super().replace_book(request, identity)
        given = self.read(request)
        self.others[request.account, identity] = given
        return 200, {"id": identity, "pages": None, "added": "2026-01-01T12:00:00Z", **given}, {}


class Indifferent(Shelf):
    """A deletion is answered alike, whether there was something to delete or not."""

    def delete_book(self, request: Request, identity: str) -> Answer:
        if self.books.get(identity, ("",))[0] == request.account:
            del self.books[identity]
        return 204, None, {}


class Guarded(Shared):
    """The neighbour may write everybody's books, and read none."""

    def check_scope(self, needed: str, granted: set[str]) -> None:
        super().check_scope(needed, granted - {"books:read"} if granted is KEYS["neighbour"][1] else granted)


def unknown(name: str) -> Identity:
    """A caller whose scopes nobody knows, as one that is given by --auth-other."""
    return Identity(name, contract(), Credential(name))


@pytest.mark.parametrize("known", [True, False], ids=["known scopes", "unknown scopes"])
@pytest.mark.parametrize("app", [Shelf, Named, Indifferent, Shared])
def test_who_does_nothing_to_another_s_object_is_not_accused(app: type[Shelf], known: bool) -> None:
    """Whatever the status is: the object of the caller stays as it was, or is everybody's."""
    target = shelf_target(app())
    board = verified(target if known else replace(target, others=(unknown("neighbour"),)), examples=3)

    assert [each.message for each in board.findings if each.check == "foreign_write"] == []


def test_who_may_read_nothing_is_no_stranger() -> None:
    """That an account lacks the scope to read does not make what it writes another's."""
    board = verified(replace(shelf_target(Guarded()), others=(unknown("neighbour"),)), examples=3)

    assert [each.message for each in board.findings if each.check == "foreign_write"] == []
    assert "foreign_write" not in {name for score in board.apis[0].operations.values() for name in score.checks}


def test_scopes_that_nobody_knows_are_tried() -> None:
    """An account that may read its own list may read what is its own; the finding says what was done."""
    board = verified(replace(shelf_target(Flawed()), others=(unknown("neighbour"),)), examples=3)

    (found,) = [each for each in board.findings if each.check == "foreign_write"]
    assert found.title == "Object of another account is changed"
    assert found.message.startswith("an account that may not read the object (404) sent PUT and was answered 200; the")
    assert found.curl[-2].startswith("curl -X PUT ")
    assert "Bearer neighbour" in found.curl[-2]


def test_without_a_second_account_nobody_is_asked() -> None:
    """Nor is the check counted as kept."""
    board = verified(replace(shelf_target(Flawed()), others=()), examples=1)

    assert "foreign_write" not in {name for score in board.apis[0].operations.values() for name in score.checks}


def test_the_other_account_sends_no_credential_of_the_caller() -> None:
    """Also where theirs stand in different places of a request."""
    raw: Any = copy.deepcopy(contract().raw)
    raw["components"]["securitySchemes"]["session"] = {"type": "apiKey", "in": "cookie", "name": "session"}
    raw["components"]["securitySchemes"]["ticket"] = {"type": "apiKey", "in": "query", "name": "ticket"}
    raw["security"] = [{"key": []}, {"session": []}, {"ticket": []}]
    document = Document(raw)
    caller = Identity("caller", document, Credential(schemes={"session": "mine"}))
    target = Target("shelf", document, "http://h", caller=caller)
    operation = next(each for each in target.operations() if each.operation_id == "get_book")
    prober = Prober(target, Citations(Contract(document)), (operation,), alone=True)
    case = schemathesis.openapi.from_dict(raw)["/books/{id}"]["GET"].Case(
        path_parameters={"id": "b1"}, cookies={"session": "mine", "theme": "dark"}
    )

    for other, query in (
        (Credential(schemes={"key": "theirs"}), {}),
        (Credential(schemes={"ticket": "t"}), {"ticket": "t"}),
    ):
        copied = prober.as_identity(case, operation, Identity("other", document, other))
        assert copied is not None
        assert (copied.cookies, copied.query) == ({"theme": "dark"}, query)
    assert case.cookies["session"] == "mine"
