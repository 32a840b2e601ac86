"""What tests of the control plane do and look at again and again."""

from __future__ import annotations

from typing import Any

import httpx

from mockserver import MockServer

LIST = "3d4e06a3-544b-4cc7-924e-e077ef133cf6"
"""The first of the workshop's lists."""


def errors(answer: httpx.Response) -> dict[str, str]:
    """What a problem lists: messages by place and pointer. Asserts that the answer is a problem."""
    problem: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"]
    return {f"{each['where']} {each['pointer']}".strip(): each["message"] for each in problem["errors"]}


def titles(server: MockServer, world: str) -> dict[str, str]:
    """The titles of the workshop's lists by id, as the API shows them in a world."""
    headers = {"Authorization": f"Bearer {server.credential('workshop')}", "X-Mock-World": world}
    page = httpx.get(f"{server.url}/v1/lists?limit=100", headers=headers).json()
    return {each["id"]: each["title"] for each in page["data"]}


def rename(control: httpx.Client, world: str, title: str) -> None:
    """Give the first list of a world another title, through the control plane."""
    answer = control.patch("/state", params={"world": world}, json={"workshop.lists": {LIST: {"title": title}}})
    assert answer.status_code == 200
