"""The process ends under a PUT, once it has worked for a while."""

from __future__ import annotations

import os

from tests.verify.broken.shelf import Answer, Request, Shelf

AFTER = 30


class Provider(Shelf):
    asked = 0

    def answer(self, request: Request) -> Answer:
        self.asked += 1
        if self.asked > AFTER and request.method == "PUT":
            os._exit(1)
        return super().answer(request)
