"""Contact lists across requests: searching, storing, paging, renaming, deleting, and every refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest

from mockserver import MockServer
from mockserver.apis.salesnav import CONTACTS, LISTS, PEOPLE
from mockserver.world import Ids

CONNECTED = "sk_live_demo_7c1f0a94e2b8"
UNLINKED = "sk_live_demo_unlinked_35d2c6"
OTHER = "sk_live_demo_other_90ab41"
COMPANY = "https://www.linkedin.com/company/"
STRIPE = {"companyLinkedInUrls": [f"{COMPANY}stripe"], "jobTitles": ["VP Engineering"]}
NO_FILTER = "At least one filter (jobTitles, keywords, or countries) is required"
BAD_URL = "must be a company LinkedIn URL (e.g., 'https://www.linkedin.com/company/stripe')"
BAD_COUNTRY = "must be a two-letter country code in capitals (e.g., 'US')"
OPERATIONS = (
    ("GET", "/v1/contacts/lists"),
    ("POST", "/v1/contacts/lists"),
    ("GET", "/v1/contacts/lists/abc123"),
    ("PUT", "/v1/contacts/lists/abc123"),
    ("DELETE", "/v1/contacts/lists/abc123"),
    ("GET", "/v1/contacts/lists/abc123/contacts"),
)
ClientFactory = Callable[..., httpx.Client]


@pytest.fixture
def api(client: ClientFactory) -> httpx.Client:
    return client("salesnav")


@pytest.fixture
def acme(server: MockServer) -> None:
    """A company of a test's own, so that each person in it stands for one rule of the search."""
    people = (
        ("Ada", "Engineering Manager", "Builds payments", "US"),
        ("Ben", "Senior ENGINEERING MANAGER, Platform", "Kubernetes and Go", "GB"),
        ("Cleo", "Reengineering Manager", "Kubernetes", "US"),
        ("Dev", "Engineering Managers' Coach", "Go", "US"),
        ("Eva", "VP Engineering", "Likes C++ and kubernetes", "DE"),
        ("Finn", "Manager, Engineering", "Google Cloud, C", "GB"),
    )
    for name, role, headline, country in people:
        server.world()[PEOPLE].put(person(name, role, headline, country))


def person(name: str, role: str, headline: str, country: str, company: str = "acme") -> dict[str, Any]:
    return {
        "id": f"{company}_{name}",
        "company": company,
        "companyName": company.title(),
        "firstName": name,
        "lastName": "Example",
        "fullName": f"{name} Example",
        "role": role,
        "headline": headline,
        "country": country,
        "location": "Somewhere",
        "seniority": ["MANAGER"],
        "linkedInSalesNavigatorProfileUrl": f"https://www.linkedin.com/sales/lead/{name}",
    }


def create(api: httpx.Client, filters: Any = None, name: str = "A list") -> dict[str, Any]:
    answer = api.post("/v1/contacts/lists", json={"name": name, "filters": filters or STRIPE})
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


def contacts_of(api: httpx.Client, list_id: str) -> list[dict[str, Any]]:
    def pages() -> Iterator[list[dict[str, Any]]]:
        for offset in count(0, 100):
            page = api.get(f"/v1/contacts/lists/{list_id}/contacts", params={"limit": 100, "offset": offset}).json()
            yield page["items"]
            if not page["hasMore"]:
                return

    return [contact for page in pages() for contact in page]


def names_in(api: httpx.Client) -> list[str]:
    return [saved["name"] for saved in api.get("/v1/contacts/lists").json()["items"]]


def stored(server: MockServer) -> tuple[int, int]:
    return len(server.world()[LISTS]), len(server.world()[CONTACTS])


def envelope(answer: httpx.Response) -> dict[str, Any]:
    """The error without what differs from one refusal to the next."""
    error: dict[str, Any] = answer.json()["error"]
    assert UUID(error.pop("requestId")).version == 4
    assert error.pop("debug").keys() == {"cause"}
    return error


def fields(answer: httpx.Response) -> dict[str, str]:
    return {each["field"]: each["message"] for each in answer.json()["error"]["fields"]}


# Lists of an account


def test_lists_come_oldest_first(api: httpx.Client) -> None:
    """A new list stands behind all that were there before."""
    create(api, name="The newest")

    assert names_in(api) == [
        "Engineering leads at Stripe",
        "Software engineers at Meridian Cloud",
        "Builders in Germany and the Netherlands",
        "The newest",
    ]


@pytest.mark.parametrize(
    ("limit", "offset", "ids", "more"),
    [
        (1, 0, ["abc123"], True),
        (2, 1, ["k7m2qd", "p4x9ze"], False),
        (100, 2, ["p4x9ze"], False),
        (1, 3, [], False),
        (20, 9007199254740991, [], False),
    ],
)
def test_pages_of_lists(api: httpx.Client, limit: int, offset: int, ids: list[str], more: bool) -> None:
    """A page holds `limit` lists from `offset` on, and `hasMore` tells whether lists follow it."""
    page = api.get("/v1/contacts/lists", params={"limit": limit, "offset": offset}).json()

    assert [saved["id"] for saved in page["items"]] == ids
    assert (page["total"], page["limit"], page["offset"], page["hasMore"]) == (3, limit, offset, more)


@pytest.mark.parametrize(
    ("token", "ids"),
    [(CONNECTED, ["abc123", "k7m2qd", "p4x9ze"]), (UNLINKED, ["d9f3ju"]), (OTHER, ["r8t5wn", "h2v6yb"])],
)
def test_accounts_see_their_own_lists(client: ClientFactory, token: str, ids: list[str]) -> None:
    """Each key lists the lists of its own account and counts only those."""
    page = client("salesnav", token).get("/v1/contacts/lists").json()

    assert [saved["id"] for saved in page["items"]] == ids
    assert page["total"] == len(ids)


# Creating: the search


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"jobTitles": ["engineering manager"]}, ["Ada", "Ben"]),
        ({"jobTitles": [" Engineering   Manager "]}, ["Ada", "Ben"]),
        ({"jobTitles": ["Engineering Manager", "VP Engineering"]}, ["Ada", "Ben", "Eva"]),
        ({"jobTitles": ["Engineering"]}, ["Ada", "Ben", "Dev", "Eva", "Finn"]),
        ({"jobTitles": ["Payments"]}, []),
        ({"keywords": "Kubernetes"}, ["Ben", "Cleo", "Eva"]),
        ({"keywords": "go KUBERNETES"}, ["Ben"]),
        ({"keywords": "manager kubernetes"}, ["Ben", "Cleo"]),
        ({"keywords": "Go"}, ["Ben", "Dev"]),
        ({"keywords": "C++"}, ["Eva"]),
        ({"countries": ["GB"]}, ["Ben", "Finn"]),
        ({"countries": ["GB", "DE"]}, ["Ben", "Eva", "Finn"]),
        ({"countries": ["FR"]}, []),
        ({"jobTitles": ["Engineering Manager"], "countries": ["US"]}, ["Ada"]),
        ({"jobTitles": ["Engineering"], "keywords": "kubernetes", "countries": ["DE", "US"]}, ["Eva"]),
        ({"jobTitles": [], "keywords": " ", "countries": ["DE"]}, ["Eva"]),
    ],
)
@pytest.mark.usefixtures("acme")
def test_search(api: httpx.Client, filters: dict[str, Any], found: list[str]) -> None:
    """Any title as a phrase in the role, all keywords in role or headline, any country; no case, whole words."""
    created = create(api, {"companyLinkedInUrls": [f"{COMPANY}acme"], **filters})

    assert [contact["firstName"] for contact in contacts_of(api, created["id"])] == found
    assert created["contactCount"] == len(found)


@pytest.mark.parametrize(
    ("keywords", "role", "is_found"),
    [
        ("engineering", "Reengineering and Engineering Manager", True),
        ("engineering", "Reengineering Manager", False),
        ("ship", "Head of ship_it", False),
        ("ship", "Ship-it lead", True),
        ("ÉCOLE", "Directrice d'école", True),
        ("STRASSE", "Leiter Straße", True),
        ("日本", "日本語", False),
    ],
)
def test_words(api: httpx.Client, server: MockServer, keywords: str, role: str, is_found: bool) -> None:
    """A word stands alone wherever in the text, without regard to case; letters, digits and _ make words longer."""
    server.world()[PEOPLE].put(person("Ada", role, "", "US"))

    created = create(api, {"companyLinkedInUrls": [f"{COMPANY}acme"], "keywords": keywords})

    assert created["contactCount"] == is_found


@pytest.mark.parametrize(
    ("slugs", "found"),
    [
        (["acme"], ["Eva"]),
        (["ACME/"], ["Eva"]),
        (["acme", "acme/"], ["Eva"]),
        (["zenith", "acme"], ["Zoe", "Eva"]),
        (["acme", "no-such-company", "zenith"], ["Eva", "Zoe"]),
        (["no-such-company"], []),
        (["acm"], []),
        (["%e6%97%a5"], ["Hana"]),
        (["%E6%97%A5/"], ["Hana"]),
    ],
)
@pytest.mark.usefixtures("acme")
def test_companies(api: httpx.Client, server: MockServer, slugs: list[str], found: list[str]) -> None:
    """People of any of the companies are found, each once, company by company; an unknown company has none."""
    server.world()[PEOPLE].put(person("Zoe", "VP Engineering", "", "US", "zenith"))
    server.world()[PEOPLE].put(person("Hana", "VP Engineering", "", "US", "%e6%97%a5"))

    created = create(api, {"companyLinkedInUrls": [COMPANY + slug for slug in slugs], "jobTitles": ["VP Engineering"]})

    assert [contact["firstName"] for contact in contacts_of(api, created["id"])] == found
    assert created["contactCount"] == len(found)


def test_a_search_captures_125_people_at_most(api: httpx.Client, server: MockServer) -> None:
    """Of the 180 software engineers at Meridian Cloud the first 125 are stored, in five pages of 25."""
    filters = {"companyLinkedInUrls": [f"{COMPANY}meridian-cloud"], "jobTitles": ["Software Engineer"]}
    matching = [
        each["id"]
        for each in server.world()[PEOPLE].slice("by_company", "meridian-cloud")
        if "Software Engineer" in each["role"]
    ]

    created = create(api, filters)

    pages = [
        api.get(f"/v1/contacts/lists/{created['id']}/contacts", params={"offset": offset}).json()
        for offset in range(0, 125, 25)
    ]
    assert len(matching) == 180
    assert created["contactCount"] == 125
    assert [contact["baseContactId"] for page in pages for contact in page["items"]] == matching[:125]
    assert [page["hasMore"] for page in pages] == [True, True, True, True, False]


def test_filters_are_kept_as_given(api: httpx.Client) -> None:
    """The four filters read back as they came; names the document does not know are ignored."""
    filters = {
        "countries": [],
        "keywords": "",
        "jobTitles": ["CTO", "CTO"],
        "companyLinkedInUrls": [f"{COMPANY}stripe/"],
    }

    created = create(api, {**filters, "industries": ["fintech"]})

    assert created["filters"] == filters
    assert api.get(f"/v1/contacts/lists/{created['id']}").json() == created


def test_a_contact_is_a_copy_of_the_person(api: httpx.Client, freeze: Callable[[str], None]) -> None:
    """A contact names its list and the person behind it, and is as old as its list."""
    freeze("2026-04-22T10:00:00Z")

    created = create(api, {"companyLinkedInUrls": [f"{COMPANY}stripe"], "keywords": "payments", "countries": ["US"]})

    first = contacts_of(api, created["id"])[0]
    assert first.pop("id").startswith("item_")
    assert first == {
        "listId": created["id"],
        "baseContactId": "bc_001",
        "firstName": "John",
        "lastName": "Doe",
        "fullName": "John Doe",
        "role": "Engineering Manager",
        "companyName": "Stripe",
        "location": "San Francisco, California",
        "seniority": ["MANAGER"],
        "linkedInSalesNavigatorProfileUrl": "https://www.linkedin.com/sales/lead/ACwAAABOW1g",
        "createdAt": "2026-04-22T10:00:00Z",
    }
    assert (created["createdAt"], created["updatedAt"]) == ("2026-04-22T10:00:00Z", "2026-04-22T10:00:00Z")


def test_lists_share_people_but_no_contacts(api: httpx.Client) -> None:
    """The same search twice gives two lists with contacts of their own for the same people."""
    one, two = (contacts_of(api, create(api)["id"]) for _ in range(2))

    assert [each["baseContactId"] for each in one] == [each["baseContactId"] for each in two]
    assert not {each["id"] for each in one} & {each["id"] for each in two}
    assert one


@pytest.mark.usefixtures("acme")
def test_snapshots_do_not_follow_the_directory(api: httpx.Client, server: MockServer) -> None:
    """A person who leaves or changes roles stays in an old list as found, and is searched anew by the next."""
    filters = {"companyLinkedInUrls": [f"{COMPANY}acme"], "jobTitles": ["Engineering Manager"]}
    before = create(api, filters)
    contacts = contacts_of(api, before["id"])

    server.world()[PEOPLE].delete("acme_Ada")
    server.world()[PEOPLE].put(person("Ben", "Engineering Manager at large", "", "US"))

    assert contacts_of(api, before["id"]) == contacts
    assert [each["role"] for each in contacts_of(api, create(api, filters)["id"])] == ["Engineering Manager at large"]


def test_a_seeded_snapshot_is_older_than_the_directory(api: httpx.Client, server: MockServer) -> None:
    """The list p4x9ze still has a data engineer who is a director in the directory by now."""
    saved = api.get("/v1/contacts/lists/p4x9ze").json()
    seeded = {each["baseContactId"]: each["role"] for each in contacts_of(api, "p4x9ze")}

    anew = {each["baseContactId"] for each in contacts_of(api, create(api, saved["filters"])["id"])}

    (promoted,) = seeded.keys() - anew
    now = server.world()[PEOPLE].get(promoted)
    assert now is not None
    assert (seeded[promoted], now["role"]) == ("Data Engineer", "Director of Data")


# Creating: refusals


@pytest.mark.parametrize("body", ['{"name": "A list"', '{"name": ""}', None])
def test_sales_navigator_not_connected(client: ClientFactory, server: MockServer, body: str | None) -> None:
    """A key whose account has no Sales Navigator is refused whatever the body, and nothing is stored."""
    before = stored(server)

    answer = client("salesnav", UNLINKED).post("/v1/contacts/lists", content=body)

    assert answer.status_code == 403
    assert envelope(answer) == {
        "type": "AUTHORIZATION",
        "code": "SALES_NAVIGATOR_NOT_CONNECTED",
        "message": "LinkedIn Sales Navigator is not connected on the API key owner's account",
        "errorCode": "SALES_NAVIGATOR_NOT_CONNECTED",
        "errorAction": "Connect LinkedIn Sales Navigator on the account that owns the API key, "
        "or use the key of an account that has it.",
        "details": {"requiredScopes": ["sales-navigator:connected"]},
        "fields": [],
    }
    assert stored(server) == before


def test_an_unconnected_account_keeps_its_lists(client: ClientFactory) -> None:
    """Without Sales Navigator everything but creating works."""
    api = client("salesnav", UNLINKED)

    assert api.get("/v1/contacts/lists/d9f3ju").json()["contactCount"] == len(contacts_of(api, "d9f3ju")) > 0
    assert api.put("/v1/contacts/lists/d9f3ju", json={"name": "Fraud"}).json()["name"] == "Fraud"
    assert api.delete("/v1/contacts/lists/d9f3ju").status_code == 204


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"jobTitles": []},
        {"countries": []},
        {"keywords": ""},
        {"keywords": " \t\n\u3000"},
        {"jobTitles": [], "keywords": " ", "countries": []},
        {"industries": ["fintech"]},
    ],
)
def test_a_search_needs_a_filter(api: httpx.Client, server: MockServer, filters: dict[str, Any]) -> None:
    """A company alone, an empty array and a blank keyword are no filter: the plain 400."""
    before = stored(server)

    answer = api.post(
        "/v1/contacts/lists",
        json={"name": "A list", "filters": {"companyLinkedInUrls": [f"{COMPANY}stripe"], **filters}},
    )

    assert (answer.status_code, answer.json()) == (400, {"error": "BAD_REQUEST", "message": NO_FILTER})
    assert stored(server) == before


@pytest.mark.parametrize(
    ("content", "media", "message"),
    [
        (b"", "application/json", "is required"),
        (b"{", "application/json", "must be JSON in UTF-8: unexpected end of data"),
        (b'{"name": "\xff"}', "application/json", "must be JSON in UTF-8: "),
        (b'{"name": "\\ud800"}', "application/json", "must be JSON in UTF-8: "),
        ('{"name": "x"}'.encode("utf-16"), "application/json", "must be JSON in UTF-8: "),
        (b"[" * 101 + b"]" * 101, "application/json", "must not nest deeper than 100 levels"),
        (b"name=x", "application/x-www-form-urlencoded", "must be application/json in UTF-8, got "),
    ],
)
def test_unreadable_bodies(api: httpx.Client, content: bytes, media: str, message: str) -> None:
    """A body that cannot be read is the plain 400, and the message says what a body must be."""
    answer = api.post("/v1/contacts/lists", content=content, headers={"Content-Type": media})

    assert (answer.status_code, answer.json()["error"]) == (400, "BAD_REQUEST")
    assert answer.json()["message"].startswith(f"The request body {message}")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"name": "is required", "filters": "is required"}),
        ([], {"body": "must be of type object, got []"}),
        (
            {"name": None, "filters": []},
            {"name": "must be of type string, got null", "filters": "must be of type object, got []"},
        ),
        ({"name": "", "filters": STRIPE}, {"name": "must not be blank"}),
        ({"name": " \u2003\n", "filters": STRIPE}, {"name": "must not be blank"}),
        ({"name": "x" * 201, "filters": STRIPE}, {"name": "must have at most 200 character(s)"}),
        ({"name": "x", "filters": {"keywords": "x"}}, {"filters.companyLinkedInUrls": "is required"}),
        (
            {"name": "x", "filters": {**STRIPE, "companyLinkedInUrls": []}},
            {"filters.companyLinkedInUrls": "must have at least 1 item(s)"},
        ),
        (
            {"name": "x", "filters": {**STRIPE, "companyLinkedInUrls": f"{COMPANY}stripe"}},
            {"filters.companyLinkedInUrls": f'must be of type array, got "{COMPANY}stripe"'},
        ),
        (
            {"name": "x", "filters": {**STRIPE, "jobTitles": ["CTO", " "], "countries": ["US", "us", "USA"]}},
            {
                "filters.jobTitles.1": "must not be blank",
                "filters.countries.1": BAD_COUNTRY,
                "filters.countries.2": BAD_COUNTRY,
            },
        ),
        ({"name": "x", "filters": {**STRIPE, "countries": ["US\n"]}}, {"filters.countries.0": BAD_COUNTRY}),
        (
            {"name": "x", "filters": {**STRIPE, "countries": "US", "keywords": ["Go"]}},
            {
                "filters.countries": 'must be of type array, got "US"',
                "filters.keywords": 'must be of type string, got ["Go"]',
            },
        ),
    ],
)
def test_invalid_fields(api: httpx.Client, server: MockServer, body: Any, expected: dict[str, str]) -> None:
    """Every field that is not as documented is named by its dotted path, all at once, and nothing is stored."""
    before = stored(server)

    answer = api.post("/v1/contacts/lists", json=body)

    assert answer.status_code == 422
    assert fields(answer) == {field: f"'{field}' {message}" for field, message in expected.items()}
    assert stored(server) == before


@pytest.mark.parametrize(
    "url",
    [
        "https://www.linkedin.com/company/",
        "https://www.linkedin.com/company/stripe/about",
        "https://www.linkedin.com/company/stripe//",
        "https://www.linkedin.com/company/stripe?trk=x",
        "https://www.linkedin.com/company/stripe%",
        "https://www.linkedin.com/company/soci%c3%e",
        "https://www.linkedin.com/company/-stripe",
        "https://www.linkedin.com/company/stripe\n",
        "https://www.linkedin.com/company/stripe/\n",
        " https://www.linkedin.com/company/stripe",
        "http://www.linkedin.com/company/stripe",
        "https://linkedin.com/company/stripe",
        "https://www.linkedin.com/in/stripe",
        "https://wwwxlinkedin.com/company/stripe",
        "stripe",
        "",
    ],
)
def test_company_urls(api: httpx.Client, url: str) -> None:
    """Only https://www.linkedin.com/company/<slug>, with or without a slash behind it, names a company."""
    answer = api.post("/v1/contacts/lists", json={"name": "x", "filters": {**STRIPE, "companyLinkedInUrls": [url]}})

    assert answer.status_code == 422
    assert fields(answer) == {"filters.companyLinkedInUrls.0": f"'filters.companyLinkedInUrls.0' {BAD_URL}"}


def test_a_missing_filter_is_listed_with_the_fields(api: httpx.Client) -> None:
    """Where fields are at fault as well, the missing filter is one of the entries of the 422."""
    answer = api.post("/v1/contacts/lists", json={"name": "", "filters": {"companyLinkedInUrls": [f"{COMPANY}stripe"]}})

    assert answer.status_code == 422
    assert envelope(answer) == {
        "type": "VALIDATION",
        "code": "VALIDATION_ERROR",
        "message": "validation failed for 'name': invalid value: ",
        "errorCode": "VALIDATION_ERROR",
        "errorAction": "Correct the fields named in 'fields' and send the request again.",
        "details": {},
        "fields": [
            {"field": "name", "message": "'name' must not be blank"},
            {"field": "filters", "message": NO_FILTER},
        ],
    }


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x" * 300, f"validation failed for 'name': invalid value: {'x' * 77}..."),
        (["Ada"], "validation failed for 'name': invalid value: [\"Ada\"]"),
        (10**40, f"validation failed for 'name': invalid value: {10**40}"),
    ],
)
def test_messages_show_the_value(api: httpx.Client, name: Any, message: str) -> None:
    """The message shows the first value at fault, shortened if it is long."""
    answer = api.post("/v1/contacts/lists", json={"name": name, "filters": STRIPE})

    assert (answer.status_code, answer.json()["error"]["message"]) == (422, message)


@pytest.mark.parametrize("name", ["x" * 200, "\U0001f9ed" * 200, "two\nlines", " x ", "\x00"])
def test_names_are_kept_as_given(api: httpx.Client, name: str) -> None:
    """A name may have 200 characters of any kind, and is not trimmed."""
    assert create(api, name=name)["name"] == name


def test_creating_is_all_or_nothing(api: httpx.Client, server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure halfway through storing the contacts leaves neither list nor contacts behind."""
    before, draw, drawn = stored(server), Ids.token, count(1)

    def fail_at_tenth(ids: Ids, length: int) -> str:
        if next(drawn) == 10:
            raise RuntimeError("out of identifiers")
        return draw(ids, length)

    monkeypatch.setattr(Ids, "token", fail_at_tenth)
    filters = {**STRIPE, "jobTitles": ["Engineering Manager"]}
    answer = api.post("/v1/contacts/lists", json={"name": "x", "filters": filters})

    assert answer.status_code == 500
    assert next(drawn) == 11
    assert stored(server) == before


# One list


def test_renaming(api: httpx.Client, freeze: Callable[[str], None]) -> None:
    """A new name moves `updatedAt`; filters, contacts and the place among the lists stay."""
    before, contacts = api.get("/v1/contacts/lists/abc123").json(), contacts_of(api, "abc123")
    freeze("2026-04-22T10:00:00Z")

    answer = api.put("/v1/contacts/lists/abc123", json={"name": "Renamed", "filters": {}, "id": "other"})

    after = {**before, "name": "Renamed", "updatedAt": "2026-04-22T10:00:00Z"}
    assert (answer.status_code, answer.json()) == (200, after)
    assert api.get("/v1/contacts/lists").json()["items"][0] == after
    assert contacts_of(api, "abc123") == contacts


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{}", {"name": "is required"}),
        ('{"name": " "}', {"name": "must not be blank"}),
        ('{"name": 5}', {"name": "must be of type string, got 5"}),
        (f'{{"name": "{"x" * 201}"}}', {"name": "must have at most 200 character(s)"}),
        ("[]", {"body": "must be of type object, got []"}),
        ("", {"body": "is required"}),
        ("{", {"body": "must be JSON in UTF-8: unexpected end of data"}),
    ],
)
def test_invalid_names(api: httpx.Client, body: str, expected: dict[str, str]) -> None:
    """A name that is missing, blank, too long or no string, and a body that cannot be read, are the envelope's 400."""
    before = api.get("/v1/contacts/lists/abc123").json()

    answer = api.put("/v1/contacts/lists/abc123", content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert fields(answer) == {field: f"'{field}' {message}" for field, message in expected.items()}
    assert api.get("/v1/contacts/lists/abc123").json() == before


def test_deleting(api: httpx.Client, server: MockServer) -> None:
    """A deleted list takes its contacts with it and leaves every other list alone."""
    lists, contacts = stored(server)

    answer = api.delete("/v1/contacts/lists/abc123")

    assert (answer.status_code, answer.content) == (204, b"")
    assert stored(server) == (lists - 1, contacts - 47)
    assert [saved["id"] for saved in api.get("/v1/contacts/lists").json()["items"]] == ["k7m2qd", "p4x9ze"]


def ask(api: httpx.Client, operation: tuple[str, str], list_id: str) -> httpx.Response:
    method, path = operation
    return api.request(method, path.replace("abc123", list_id), json={"name": "Mine now"} if method == "PUT" else None)


of_one_list = pytest.mark.parametrize("operation", [each for each in OPERATIONS if "abc123" in each[1]], ids=" ".join)


@of_one_list
@pytest.mark.parametrize(("token", "list_id"), [(CONNECTED, "zzz999"), (CONNECTED, "ABC123"), (OTHER, "abc123")])
def test_lists_that_are_not_there(
    client: ClientFactory, server: MockServer, operation: tuple[str, str], token: str, list_id: str
) -> None:
    """An unknown list and another account's are the same 404, and nothing changes."""
    before = stored(server)

    answer = ask(client("salesnav", token), operation, list_id)

    assert answer.status_code == 404
    assert envelope(answer) == {
        "type": "NOT_FOUND",
        "code": "CONTACT_LIST_NOT_FOUND",
        "message": f"Contact list '{list_id}' not found",
        "errorCode": "CONTACT_LIST_NOT_FOUND",
        "errorAction": "Use the id of a list that GET /v1/contacts/lists returns.",
        "details": {"listId": list_id},
        "fields": [],
    }
    assert stored(server) == before
    assert names_in(client("salesnav"))[0] == "Engineering leads at Stripe"


@of_one_list
def test_deleted_lists(api: httpx.Client, operation: tuple[str, str]) -> None:
    """A list is found until it is deleted, and not after."""
    assert ask(api, operation, "p4x9ze").is_success
    api.delete("/v1/contacts/lists/abc123")

    answer = ask(api, operation, "abc123")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "CONTACT_LIST_NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/contacts/lists/%ff", 404),
        ("DELETE", "/v1/contacts/lists/%ff", 404),
        ("PUT", "/v1/contacts/lists/%ff", 400),
        ("GET", "/v1/contacts/lists/%ff/contacts", 400),
    ],
)
def test_ids_that_are_not_utf_8(api: httpx.Client, method: str, path: str, status: int) -> None:
    """An id that is not UTF-8 names no list; where the operation documents a 400 it is an invalid field."""
    answer = api.request(method, path, json={"name": "x"} if method == "PUT" else None)

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == ("CONTACT_LIST_NOT_FOUND" if status == 404 else "VALIDATION_ERROR")


# The contacts of a list


@pytest.mark.parametrize(
    ("params", "size", "first", "more"),
    [
        ({}, 25, "item_001", True),
        ({"offset": 25}, 22, "item_026", False),
        ({"limit": 47}, 47, "item_001", False),
        ({"limit": 1, "offset": 45}, 1, "item_046", True),
        ({"limit": 100, "offset": 46}, 1, "item_047", False),
        ({"offset": 47}, 0, None, False),
    ],
)
def test_pages_of_contacts(api: httpx.Client, params: dict[str, int], size: int, first: str | None, more: bool) -> None:
    """Contacts come in the order in which they were stored, 25 a page unless asked otherwise."""
    page = api.get("/v1/contacts/lists/abc123/contacts", params=params).json()

    assert len(page["items"]) == size
    assert [contact["id"] for contact in page["items"][:1]] == ([first] if first else [])
    assert page["total"] == 47
    assert (page["limit"], page["offset"]) == (params.get("limit", 25), params.get("offset", 0))
    assert page["hasMore"] is more


@pytest.mark.parametrize("path", ["/v1/contacts/lists", "/v1/contacts/lists/abc123/contacts"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=0", {"limit": "must be at least 1, got 0"}),
        ("limit=101&offset=-1", {"limit": "must be at most 100, got 101", "offset": "must be at least 0, got -1"}),
        ("limit=", {"limit": 'must be of type integer, got ""'}),
        ("limit=5.0", {"limit": 'must be of type integer, got "5.0"'}),
        ("limit=1_0", {"limit": 'must be of type integer, got "1_0"'}),
        ("limit=%2B5", {"limit": 'must be of type integer, got "+5"'}),
        ("limit=1&limit=2", {"limit": "must be given once, was given 2 times"}),
        ("offset=9007199254740992", {"offset": "must be at most 9007199254740991, got 9007199254740992"}),
    ],
)
def test_invalid_pages(api: httpx.Client, path: str, query: str, expected: dict[str, str]) -> None:
    """A page outside the documented ranges is refused, naming each parameter."""
    answer = api.get(f"{path}?{query}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")
    assert fields(answer) == {field: f"'{field}' {message}" for field, message in expected.items()}


# Every operation


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("header", [None, "Bearer sk_live_unknown", "Bearer", f"Basic {CONNECTED}", CONNECTED])
def test_unauthorized(client: ClientFactory, server: MockServer, method: str, path: str, header: str | None) -> None:
    """Without a known key every operation is refused the same way, before anything else is looked at."""
    before = stored(server)

    answer = client("salesnav", None).request(method, path, headers={} if header is None else {"Authorization": header})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert envelope(answer) == {
        "type": "AUTHENTICATION",
        "code": "UNAUTHORIZED",
        "message": "API key is missing or not valid",
        "errorCode": "UNAUTHORIZED",
        "errorAction": "Send a valid API key in the header 'Authorization: Bearer sk_live_...'.",
        "details": {},
        "fields": [],
    }
    assert stored(server) == before


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("PATCH", "/v1/contacts/lists/abc123", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/v1/contacts/lists", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/v1/contacts/lists/", 404, "PATH_NOT_FOUND"),
        ("GET", "/v1/contacts/lists/abc123/people", 404, "PATH_NOT_FOUND"),
    ],
)
def test_unknown_paths_and_methods(api: httpx.Client, method: str, path: str, status: int, code: str) -> None:
    """What is not documented below the documented paths is refused in the envelope."""
    answer = api.request(method, path)

    assert (answer.status_code, envelope(answer)["code"]) == (status, code)
    assert ("Allow" in answer.headers) is (status == 405)


@pytest.mark.parametrize(("method", "path"), [each for each in OPERATIONS if each[0] in ("POST", "PUT")])
def test_bodies_are_bounded(api: httpx.Client, method: str, path: str) -> None:
    """A body of more than 10 MiB is refused in the envelope."""
    answer = api.request(method, path, content=b" " * (10 * 1024 * 1024 + 1))

    assert (answer.status_code, envelope(answer)["code"]) == (413, "PAYLOAD_TOO_LARGE")


def test_refusals_have_ids_of_their_own(api: httpx.Client) -> None:
    """No two refusals carry the same `requestId`."""
    ids = {api.get("/v1/contacts/lists/zzz999").json()["error"]["requestId"] for _ in range(5)}

    assert len(ids) == 5


@pytest.mark.parametrize(("method", "path"), [each for each in OPERATIONS if each[0] in ("POST", "PUT")])
def test_large_bodies(api: httpx.Client, server: MockServer, method: str, path: str) -> None:
    """A body beyond what the server reads is refused in the envelope, and nothing is stored."""
    before = stored(server)

    answer = api.request(method, path, content=b" " * (10 * 1024 * 1024 + 1))

    assert answer.status_code == 413
    assert envelope(answer) == {
        "type": "VALIDATION",
        "code": "PAYLOAD_TOO_LARGE",
        "message": "The request body is too large",
        "errorCode": "PAYLOAD_TOO_LARGE",
        "errorAction": "Send a smaller body.",
        "details": {},
        "fields": [],
    }
    assert stored(server) == before


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/v1/contacts/lists", "GET, HEAD, POST"),
        ("PATCH", "/v1/contacts/lists/abc123", "DELETE, GET, HEAD, PUT"),
        ("POST", "/v1/contacts/lists/abc123/contacts", "GET, HEAD"),
    ],
)
def test_other_methods(client: ClientFactory, method: str, path: str, allow: str) -> None:
    """An undocumented method is refused in the envelope whoever asks, naming the documented ones."""
    answer = client("salesnav", None).request(method, path)

    assert (answer.status_code, answer.headers["Allow"]) == (405, allow)
    assert envelope(answer)["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize(
    "path", ["/v1/contacts/lists/", "/v1/contacts/lists/abc123/contacts/item_001", "/v1/contacts/lists/abc123/"]
)
def test_other_paths(api: httpx.Client, path: str) -> None:
    """A path below the documented ones that is none of them is refused in the envelope."""
    answer = api.get(path)

    assert answer.status_code == 404
    assert envelope(answer)["code"] == "PATH_NOT_FOUND"


@pytest.mark.parametrize(("method", "path"), [each for each in OPERATIONS if each[0] == "GET"])
@pytest.mark.parametrize("list_id", ["abc123", "zzz999"])
def test_head(api: httpx.Client, method: str, path: str, list_id: str) -> None:
    """HEAD is answered like GET, without the body."""
    path = path.replace("abc123", list_id)
    got = api.request(method, path)

    answer = api.head(path)

    assert (answer.status_code, answer.content) == (got.status_code, b"")
    assert answer.headers["Content-Length"] == got.headers["Content-Length"]
