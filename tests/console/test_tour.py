"""What a person does with the console: by mouse, by keyboard, under load, with hostile traffic, behind a token."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from mockserver import MockServer
from tests.console.conftest import Console, Open
from tests.control.steps import LIST

Traffic = Callable[[int], None]


def test_by_mouse(server: MockServer, console: Console, traffic: Traffic) -> None:
    """From a refusal to its reason, to a fork before it, to its records, to a rule that makes it fail."""
    traffic(3)
    console.refusals.add(409)
    page = console.go("")
    page.get_by_role("row", name="2").get_by_text("422").click()
    console.shows("The request was rejected before any handler ran (invalid)")
    console.shows("required: [external_id, title]")

    page.get_by_role("link", name="Request and response").click()
    console.shows('"titel": "x"')
    page.get_by_role("button", name="Fork before").click()
    page.get_by_role("link", name="Open it").click()
    expect(page.get_by_role("button", name="World default-before-2")).to_be_visible()
    forked = "default-before-2"
    expect(page).to_have_url(re.compile(f"#/{forked}/"))
    page.get_by_role("link", name="State", exact=True).click()
    page.get_by_role("link", name="workshop.lists 22").click()
    expect(page.get_by_role("heading", name="workshop.lists")).to_be_visible()  # and no longer the one before
    page.get_by_role("button", name="Edit").first.click()
    record = page.get_by_role("textbox", name="Record")
    record.fill(json.dumps({**json.loads(record.input_value()), "title": 5}))
    page.get_by_role("button", name="Save").click()
    console.shows("must be of type string")
    record.fill(json.dumps({**json.loads(record.input_value()), "title": "Everybody"}))
    page.get_by_role("button", name="Save").click()
    console.shows("is saved.")
    page.get_by_role("link", name="Faults and stubs").click()
    page.get_by_role("button", name="answer 429 once").click()
    page.get_by_role("button", name="Add the fault rule").click()
    console.shows("Meets api audience")

    headers = {"X-Mock-World": forked, "Authorization": "Bearer wk_demo_api"}
    titles = [each["title"] for each in httpx.get(f"{server.url}/v1/lists", headers=headers).json()["data"]]
    assert "Everybody" in titles
    assert len(httpx.get(f"{server.url}/_mock/faults", params={"world": forked}).json()["faults"]) == 1


def test_a_request_is_replayed_and_compared(console: Console, traffic: Traffic) -> None:
    """In a fork, with the same ids and clock, it gives the same response; what it changed is shown."""
    traffic(3)
    page = console.go("#/default/traffic/3")
    page.get_by_role("button", name="Replay in a fork").click()
    console.shows("The response is the same, byte for byte.")
    page.get_by_role("button", name="Close").click()

    page.get_by_role("link", name="Changes (1)").click()
    console.shows("added")
    page.get_by_role("button", name="Compare with now").click()

    console.shows("1 added")


def test_an_operation_is_tried_in_a_fork(server: MockServer, console: Console) -> None:
    """With what the document has as an example; the world itself does not change."""
    page = console.go("#/default/contract/workshop/get_list")
    page.get_by_role("button", name="Try it in a fork").click()
    page.get_by_label("Authorization").fill("Bearer wk_demo_api")
    page.get_by_role("button", name="Send").click()

    expect(page.locator("dialog .pill").first).to_have_text("200")
    assert httpx.get(f"{server.url}/_mock/journal").json()["total"] == 0


def test_what_was_exercised_is_counted(console: Console, traffic: Traffic) -> None:
    """Of an API by kind, of an operation part by part, those that are missing first."""
    traffic(1)
    page = console.go("#/default/contract/workshop")
    page.get_by_text("Coverage: parameters, properties, values").click()
    console.shows("1 of 8, 12.5 %")
    page = console.go("#/default/contract/workshop/list_lists")
    page.get_by_text("Coverage: parameters, properties, values").click()
    console.shows("query cursor")

    rows = page.get_by_role("table", name="Parts of the operation").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("not exercised")
    expect(rows.last).to_contain_text("1")


def test_a_request_is_answered_by_a_stub(server: MockServer, console: Console, traffic: Traffic) -> None:
    """Made from an exchange, with its response to begin with; flaws are shown where it is made."""
    traffic(1)
    console.refusals.add(409)
    page = console.go("#/default/traffic/1")
    page.get_by_role("button", name="Answer by a stub").click()
    body = page.get_by_role("textbox", name="Body The value of the body")
    given = json.loads(body.input_value())
    body.fill(json.dumps({**given, "size": "many"}))
    page.get_by_role("button", name="Add the stub").click()
    console.shows("/body/size")
    body.fill(json.dumps({**given, "data": [], "size": 0}))
    page.get_by_role("button", name="Add the stub").click()
    console.shows("is in force in default")

    assert httpx.get(f"{server.url}/v1/lists", headers={"Authorization": "Bearer wk_demo_api"}).json()["data"] == []


def test_worlds_are_forked_reset_and_deleted(server: MockServer, console: Console, traffic: Traffic) -> None:
    """Each after it was named or confirmed; the tree shows what was made from what."""
    traffic(3)
    page = console.go("#/default/worlds")
    page.get_by_role("button", name="Fork default").first.click()
    page.get_by_label("Name of the new world").fill("t9")
    page.get_by_role("dialog").get_by_role("button", name="Fork default").click()
    expect(page.get_by_role("row", name="t9 default")).to_contain_text("└ t9")
    page.get_by_role("button", name="Take a snapshot").click()
    page.get_by_label("Name of the snapshot").fill("begun")
    page.get_by_role("dialog").get_by_role("button", name="Take a snapshot of default").click()
    page.get_by_role("button", name="Reset default").click()
    page.get_by_role("dialog").get_by_role("button", name="Reset default").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Restore default to begun").click()
    page.get_by_role("dialog").get_by_role("button", name="Restore default to begun").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Delete t9").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete t9").click()

    expect(page.get_by_role("row", name="t9")).to_have_count(0)
    assert server.world("default").journal.added == 0


def test_by_keyboard_alone(console: Console, traffic: Traffic) -> None:
    """Through the list, into an exchange and back, to other screens; help tells the keys."""
    traffic(6)
    page = console.go("")
    console.shows("6 shown")
    keyboard = page.keyboard
    keyboard.press("j")
    keyboard.press("j")
    keyboard.press("Enter")
    console.shows("No. 5")
    keyboard.press("[")
    console.shows("No. 3")
    keyboard.press("f")
    console.shows("did before request 3")
    keyboard.press("Escape")
    expect(page.locator("tr[data-row='3']")).to_be_focused()
    keyboard.press("k")
    expect(page.locator("tr[data-row='4']")).to_be_focused()
    keyboard.press("x")
    console.shows("2 pass the filter")
    keyboard.press("/")
    keyboard.type("operation:list_lists")
    console.shows("0 pass the filter")
    keyboard.press("Escape")
    keyboard.press("?")
    console.shows("Keyboard shortcuts")
    keyboard.press("Escape")
    for key, name in (
        ("s", "State"),
        ("w", "Worlds"),
        ("m", "Compare"),
        ("f", "Faults and stubs"),
        ("c", "Contract"),
        ("t", "Traffic"),
    ):
        keyboard.press("g")
        keyboard.press(key)
        expect(page.get_by_role("navigation", name="Screens").get_by_role("link", name=name)).to_have_attribute(
            "aria-current", "page"
        )


def test_every_control_is_reached_by_tab(console: Console, traffic: Traffic) -> None:
    """Tab is never taken: it goes through the frame, the filters and into the list."""
    traffic(3)
    page = console.go("")
    console.shows("3 shown")
    reached = []
    for _ in range(24):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).slice(0, 40)"
            )
        )

    assert any(each.startswith("Skip") for each in reached)
    assert "Contract" in reached
    assert "violations" in reached
    assert any("/v1/lists" in each for each in reached)


def test_shortcuts_can_be_switched_off(console: Console, traffic: Traffic) -> None:
    """And stay so."""
    traffic(1)
    page = console.go("")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Shortcuts of a single key are active").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("?")

    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_is_read_does_not_move(console: Console, traffic: Traffic) -> None:
    """While a row is open new rows raise a counter only; they are shown when asked for."""
    traffic(60)
    page = console.go("")
    page.locator("tr[data-row='55']").click()
    console.shows("No. 55")
    before = page.locator("tr[data-row='55']").bounding_box()

    traffic(30)

    counter = page.get_by_role("button", name="30 new, press")
    counter.wait_for()
    assert page.locator("tr[data-row='55']").bounding_box() == before
    counter.click()
    console.shows("90 shown")


def test_new_requests_appear_while_nothing_is_read(console: Console, traffic: Traffic) -> None:
    """The list follows the world."""
    page = console.go("")
    console.shows("Nothing has been asked of default")
    expect(page.locator("#frame")).to_contain_text("live")

    traffic(2)

    expect(page.locator("tr[data-row='2']")).to_contain_text("422")


HOSTILE = "<img src=x onerror=alert(1)>"


def test_hostile_traffic_is_text(server: MockServer, console: Console) -> None:
    """Paths, names, header values and bodies of clients are shown and never carried out."""
    httpx.post(
        f"{server.url}/{HOSTILE}?{HOSTILE}={HOSTILE}",
        headers={"X-Hostile": HOSTILE},
        content=f'{{"{HOSTILE}": "</script>"}}',
    )
    server.world("default")
    page = console.go("#/default/traffic/1?tab=messages")
    console.shows(HOSTILE)

    assert page.locator("img").count() == 0
    assert page.locator("pre", has_text="</script>").count() == 1


def test_a_record_that_is_hostile_is_text(server: MockServer, console: Console) -> None:
    """In the table and in the editor."""
    key = "3d4e06a3-544b-4cc7-924e-e077ef133cf6"
    httpx.patch(f"{server.url}/_mock/state", json={"workshop.lists": {key: {"title": HOSTILE}}}).raise_for_status()
    page = console.go(f"#/default/state/workshop.lists?key={key}")
    expect(page.locator("dialog .tree")).to_contain_text(HOSTILE)
    page.get_by_role("dialog").get_by_role("button", name="Edit").click()

    assert HOSTILE in page.get_by_role("textbox", name="Record").input_value()
    assert page.locator("img").count() == 0


def test_a_token_is_asked_for_once(opened: Open) -> None:
    """It is kept for the tab, and no URL ever has it."""
    with MockServer(["crm"], control_token="s3cret") as server:
        console = opened(at=server)
        console.refusals.add(401)
        asked: list[str] = []
        console.page.on("request", lambda each: asked.append(each.url))
        page = console.go("#/default/worlds")
        expect(page.locator("#frame")).to_contain_text("token needed")
        page.get_by_role("textbox", name="Token").fill("wrong")
        page.get_by_role("button", name="Continue").click()
        console.shows("The server refused that token.")
        page.get_by_role("textbox", name="Token").fill("s3cret")
        page.get_by_role("button", name="Continue").click()
        console.shows("One world so far")
        page.reload()
        console.shows("One world so far")

        page.close()
        assert not any("s3cret" in each for each in asked)


def test_the_traffic_is_narrowed_by_chips(console: Console, traffic: Traffic) -> None:
    """An operation is chosen, left out instead, and the filter removed; the address and the server follow."""
    traffic(6)
    page = console.go("")
    console.shows("6 shown")
    page.get_by_label("operation:").select_option("list_lists")
    console.shows("2 pass the filter")
    page.get_by_role("button", name="Only operation:list_lists").click()
    console.shows("4 pass the filter")

    expect(page).to_have_url(re.compile(r"\?q=-operation(:|%3A)list_lists$"))
    page.get_by_label("touched:").select_option("workshop.lists")
    console.shows("2 pass the filter")
    page.get_by_role("button", name="Remove -operation:list_lists").click()
    page.get_by_role("button", name="Remove touched:workshop.lists").click()
    console.shows("6 shown")


def test_a_pinned_request_stays_in_sight(console: Console, traffic: Traffic) -> None:
    """Whatever is filtered, and for whoever opens the address; until it is unpinned."""
    traffic(3)
    page = console.go("#/default/traffic/2")
    console.shows("required: [external_id, title]")
    page.keyboard.press("b")
    page.get_by_role("button", name="2XX").click()
    console.shows("2 pass the filter")
    page.reload()
    pinned = page.get_by_role("button", name="Open the pinned request 2: POST /v1/lists")
    pinned.wait_for()
    page.keyboard.press("Escape")
    pinned.click()
    console.shows("No. 2")
    page.get_by_role("button", name="Unpin 2").click()

    expect(pinned).to_have_count(0)
    expect(page).not_to_have_url(re.compile("pin"))


def test_requests_are_grouped_by_operation(console: Console, traffic: Traffic) -> None:
    """Each group leads to its requests."""
    traffic(6)
    page = console.go("")
    page.get_by_label("Group").select_option("By operation")
    console.shows("Median ms")
    expect(page.get_by_role("row", name="create_list")).to_contain_text("422")
    page.get_by_role("link", name="create_list").click()

    console.shows("4 pass the filter")
    expect(page.locator("tr[data-row='6']")).to_be_visible()


def test_the_document_stands_beside_a_message(console: Console, traffic: Traffic) -> None:
    """When it is asked for, with the line in the file; and what it refers to, when that is."""
    traffic(2)
    page = console.go("#/default/traffic/2?tab=messages")
    page.get_by_text("Body as documented").click()
    console.shows("workshop.yaml, line ")
    page.get_by_text("schemas/NewList").last.click()
    console.shows("required: [external_id, title]")
    page.get_by_text("Response 422 as documented").click()

    expect(page.locator("figcaption", has_text="/responses/422")).to_be_visible()


def test_a_record_of_many_fields_can_be_edited_without_scrolling(opened: Open) -> None:
    """What can be done with a record stays in sight where its fields do not fit."""
    console = opened(width=360)
    page = console.go("#/default/state/audience.lists")
    console.shows("Newsletter Subscribers")

    expect(page.get_by_role("button", name="Edit clx_list_newsletter_id")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [360, 1440])
def test_the_first_column_of_a_record_is_its_key(opened: Open, width: int) -> None:
    """Whichever field the schema names first; it leads to the record, and stays in sight."""
    console = opened(width=width)
    page = console.go("#/default/state/audience.lists")
    console.shows("Newsletter Subscribers")
    heads = page.locator("table.records thead th").all_inner_texts()

    assert heads[:3] == ["id", "workspace", "name"]
    assert page.locator("table.records tbody th").first.inner_text() == "clx_list_newsletter_id"
    expect(page.get_by_role("link", name="Show clx_list_newsletter_id")).to_be_in_viewport()


def test_a_key_that_no_field_has_alone_is_a_column_of_its_own(console: Console) -> None:
    """As of an item behind two keys; its fields follow, as many as there is room for."""
    fields = [f"f{number}" for number in range(9)]
    records = [dict.fromkeys(fields, "a"), dict.fromkeys(fields, "b")]
    keys = ['["a","x"]', '["b","x"]']
    given = {"world": "default", "collection": "crm.lists", "total": 2, "fields": fields, "keys": keys}
    console.page.route("**/_mock/state/crm.lists?*", lambda route: route.fulfill(json={**given, "records": records}))
    page = console.go("#/default/state/crm.lists")
    console.shows('["a","x"]')

    assert page.locator("table.records thead th").all_inner_texts() == ["key", *fields[:7], "2 more", "Actions"]
    assert page.locator("table.records tbody th").all_inner_texts() == keys


def test_a_record_leads_to_what_refers_to_it(console: Console, traffic: Traffic) -> None:
    """And to the requests that touched it, as its address does."""
    traffic(3)
    page = console.go("#/default/traffic/3?tab=changes")
    page.get_by_role("link", name="workshop.lists/").click()
    console.shows("No record names it.")
    page.get_by_role("link", name="No. 3").click()
    console.shows("Identifiers drawn")
    page = console.go(f"#/default/state/workshop.lists?key={LIST}")
    page.get_by_text("Referred to by (").click()
    page.locator("dialog").get_by_role("link", name="workshop.memberships/").first.click()
    console.shows("Refers to")
    page.locator("dialog").get_by_role("link", name=f"workshop.lists/{LIST}").click()
    expect(page.get_by_role("dialog", name=f"workshop.lists/{LIST}")).to_be_visible()
    page.get_by_role("button", name="Close").click()

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(f"{console.server.url}/_mock/console/#/default/state/workshop.lists")


def test_a_record_is_added_and_all_is_exported(server: MockServer, console: Console) -> None:
    """Under its own key, whatever field has that; an export is of every page."""
    page = console.go("#/default/state/workshop.credentials")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("textbox", name="Record").fill('{"token": "fresh", "account": "any", "scopes": []}')
    page.get_by_role("button", name="Save").click()
    console.shows("workshop.credentials/fresh is saved.")
    page = console.go("#/default/state/workshop.memberships")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()

    shown = httpx.get(f"{server.url}/_mock/state/workshop.memberships?limit=1").json()
    assert len(json.loads(download.value.path().read_text())) == shown["total"] > 100


def test_a_fault_form_asks_first_what_to_do(console: Console) -> None:
    """Reply, delay and damage are at hand; what is seldom needed is there on demand."""
    page = console.go("#/default/faults")
    page.get_by_role("button", name="Add a fault rule").click()
    form = page.locator("dialog form")
    form.wait_for()

    assert form.locator("legend").all_inner_texts()[:4] == ["Reply", "Delay", "Damage", "Match"]
    assert form.evaluate("(form) => form.getBoundingClientRect().height < innerHeight")
    expect(form.get_by_label("Probability")).to_be_hidden()
    form.get_by_text("How often, and more").click()
    expect(form.get_by_label("Probability")).to_be_visible()


def test_a_kind_of_fault_that_the_console_has_no_words_for_is_said_as_the_rule_has_it(console: Console) -> None:
    """So that a new kind is written in the schemas and in the runtime, and nowhere else."""
    rule = {"id": "new", "delay": {"kind": "gamma", "shape": 2}, "damage": {"kind": "reverse"}}
    given = {"faults": [{"rule": rule, "met": 0, "fired": 0}], "world": "default"}
    console.page.route("**/_mock/faults?*", lambda route: route.fulfill(json=given))
    console.go("#/default/faults")

    console.shows("Delay: gamma 2, damage: reverse.")


def test_a_pin_that_cannot_be_looked_up_is_not_said_to_be_gone(
    console: Console, traffic: Callable[[int], None]
) -> None:
    """The server did not answer, so nobody knows."""
    traffic(3)
    console.page.route(re.compile(r"/_mock/journal\?.*limit=1(&|$)"), lambda route: route.abort())
    with console.page.expect_event("requestfailed"):
        page = console.go("#/default/traffic?q=status%3A500&pin=1")
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")

    assert page.locator(".pins").inner_text().split() == ["No.", "1", "Unpin"]
    console.complaints.clear()  # the browser's, of a request that was ended
