"""A new book is stored without its number of pages."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def create_book(self, request: Request) -> Answer:
        given = self.read(request)
        book = self.add(request.account, {"title": given["title"], "pages": 7})
        return 201, {**book, "pages": given.get("pages")}, {"Location": f"/books/{book['id']}"}
