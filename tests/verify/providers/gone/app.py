"""Whatever was there is gone, as is what never was."""

from __future__ import annotations

import re

from tests.verify.broken.shelf import Refused, Request, Shelf


class Provider(Shelf):
    def check_id(self, identity: str) -> None:
        if not re.fullmatch("b[0-9]+", identity):
            raise Refused(410, "there is no such book any more")

    def find(self, request: Request, identity: str) -> dict[str, object]:
        if identity not in self.books:
            raise Refused(410, "there is no such book any more")
        return super().find(request, identity)
