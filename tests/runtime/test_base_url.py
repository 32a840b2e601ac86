"""Worlds named by the base URL."""

from __future__ import annotations

import httpx

from mockserver import MockServer


def test_a_client_may_put_its_base_url_before_a_link_of_an_answer(server: MockServer) -> None:
    """httpx joins a base URL that has a path with every rooted link, so a link into the world names it twice."""
    headers = {"Authorization": f"Bearer {server.credential('workshop')}"}
    with httpx.Client(base_url=f"{server.url}/_world/twice", headers=headers) as client:
        first = client.get("/v1/lists", params={"limit": 2}).json()
        second = client.get(first["next"])
    server.app.worlds.delete("twice")

    assert first["next"].startswith("/_world/twice/v1/lists?cursor=")
    assert second.url.path == "/_world/twice/_world/twice/v1/lists"
    assert second.json()["data"][0]["id"] not in [each["id"] for each in first["data"]]
