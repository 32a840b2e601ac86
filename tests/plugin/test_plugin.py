"""The pytest plugin, in test runs of its own."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from mockserver.errors import StartError
from mockserver.output.escaping import COMMAND, LINES
from mockserver.pytest_servers import Servers, Settings
from tests.patience import PATIENCE

BARE = ("-p", "no:schemathesis", "-p", "no:hypothesispytest")
"""What a run in a process of its own need not load."""

LISTS = '{"crm.lists": []}'


@pytest.fixture
def run(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project whose tests need the smallest of the APIs only, and where a warning is an error."""
    pytester.makeini("[pytest]\nmock_apis = crm\nfilterwarnings = error\naddopts = --strict-markers\n")
    return pytester


def test_every_test_has_a_world_of_its_own(run: pytest.Pytester) -> None:
    """What the first leaves behind the second does not find; both talk to one server."""
    run.makepyfile("""
        import httpx
        import pytest

        @pytest.mark.parametrize("round", [1, 2])
        def test_create(mock, mock_server, round):
            url = mock.url("crm")
            before = len(mock.state["crm.lists"])
            httpx.post(f"{url}/contacts/lists", json={"name": "Mine"}).raise_for_status()

            assert url.startswith(mock_server.url)
            assert before == 6
            assert mock.requests("create_contact_list").count == 1
    """)

    run.runpytest("-v").assert_outcomes(passed=2)


def test_a_world_is_gone_with_its_test(run: pytest.Pytester) -> None:
    """A run of a thousand tests does not hold a thousand worlds."""
    run.makepyfile("""
        import gc
        import weakref

        seen = []

        def test_one(mock):
            mock.client.get("/contacts/lists")
            seen.extend([weakref.ref(mock), weakref.ref(mock.world)])

        def test_two(mock, mock_server):
            gc.collect()
            assert [each() for each in seen] == [None, None]
    """)

    run.runpytest().assert_outcomes(passed=2)


def test_a_request_that_broke_the_contract_fails_its_test(run: pytest.Pytester) -> None:
    """At its end, with an explanation and without a traceback of the plugin's own."""
    run.makepyfile("""
        def test_slip(mock):
            mock.client.post("/contacts/lists", json={"name": 3})

        def test_meant(mock):
            with mock.expect_violations("invalid"):
                mock.client.post("/contacts/lists", json={"name": 3})

        def test_next(mock):
            mock.client.get("/contacts/lists")
    """)
    result = run.runpytest()

    result.assert_outcomes(failed=1, passed=2)
    result.stdout.fnmatch_lines(
        [
            "*_ test_slip _*",
            "1 request violated the contract:",
            "  POST /contacts/lists -> 400 (crm.create_contact_list)",
            "      body name: must be of type string, got 3",
            '      sent: {"name":3}',
            "If the test means to send them, say so: mock.expect_violations().",
        ],
        consecutive=True,
    )
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_a_failed_test_shows_what_its_requests_changed(run: pytest.Pytester) -> None:
    """The latest ones, in a section of its report; a test that passed shows nothing."""
    run.makepyfile("""
        def create(mock):
            mock.client.get("/contacts/lists")
            mock.client.post("/contacts/lists", json={"name": "Mine"})

        def test_fails(mock):
            create(mock)
            assert mock.state["crm.lists"] == []

        def test_passes(mock):
            create(mock)
    """)

    outcome = run.runpytest()

    outcome.assert_outcomes(failed=1, passed=1)
    outcome.stdout.fnmatch_lines(
        [
            "*Captured mock call*",
            "what requests changed*",
            "  2. POST /contacts/lists -> 200*",
            "*crm.lists * added: {*",
        ]
    )
    assert str(outcome.stdout).count("what requests changed") == 1


def test_an_expected_violation_that_did_not_come_fails_its_test(run: pytest.Pytester) -> None:
    """Whoever expects one in vain is told."""
    run.makepyfile("""
        def test_vain(mock):
            mock.expect_violations("unauthorized")
    """)
    result = run.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["expected a request that violates the contract (unauthorized), but none was sent. Send *"]
    )


def test_a_failure_of_the_test_s_own_comes_first(run: pytest.Pytester) -> None:
    """What broke the contract stands below it, as its likely cause; a skip stays a skip."""
    run.makepyfile("""
        import pytest

        def test_own(mock):
            answer = mock.client.post("/contacts/lists", json={})
            assert answer.status_code == 200

        def test_clean(mock):
            assert mock.client.get("/contacts/lists").status_code == 404

        def test_skipped(mock):
            pytest.skip("for a reason")
    """)
    result = run.runpytest()

    result.assert_outcomes(failed=2, skipped=1)
    result.stdout.fnmatch_lines(
        ["*assert 400 == 200*", "*Captured mock call*", "1 request violated the contract:", "*assert 200 == 404*"]
    )


def test_a_violation_while_fixtures_are_torn_down_is_an_error(run: pytest.Pytester) -> None:
    """The test has passed by then."""
    run.makepyfile("""
        import pytest

        @pytest.fixture
        def list_of_mine(mock):
            yield "mine"
            mock.client.delete("/contacts/listz")

        def test_it(list_of_mine):
            assert list_of_mine == "mine"
    """)
    result = run.runpytest()

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["  DELETE /contacts/listz -> 404"])


def test_a_wrong_count_explains_itself(run: pytest.Pytester) -> None:
    """An assertion on a count shows the nearest misses, on whichever side it stands."""
    run.makepyfile("""
        def test_left(mock):
            mock.client.get("/contacts/lists")
            assert mock.requests("create_contact_list").count == 1

        def test_right(mock):
            mock.client.get("/contacts/lists")
            assert 0 == mock.requests("list_contact_lists").count

        def test_itself(mock):
            assert mock.requests("list_contact_lists") == 1

        def test_other(mock):
            assert 1 == 2
    """)
    result = run.runpytest()

    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines(
        [
            "E       assert 0 == 1",
            "E         nothing matched create_contact_list; nearest of 1 request:",
            "E           GET /contacts/lists -> 200 (crm.list_contact_lists): operation*: expected create_c*",
            "E       assert 0 == 1",
            "E         1 request matched list_contact_lists:",
            "E           GET /contacts/lists -> 200 (crm.list_contact_lists)",
            "E         a number of requests is their count: mock.requests(…).count",
            "E       assert 1 == 2",
        ]
    )


def test_the_marker_says_what_is_served(run: pytest.Pytester) -> None:
    """APIs, seed, auth and fixtures, of which the mark nearest to the test counts."""
    (run.path / "data.json").write_text(LISTS)
    run.makepyfile("""
        import pytest

        pytestmark = pytest.mark.mock(apis="workshop", fixtures="data.json")

        @pytest.mark.mock(fixtures=None)
        def test_module(mock):
            assert list(mock.server.apis) == ["workshop"]
            assert mock.client.get("/v1/lists", headers=mock.headers("workshop")).status_code == 200

        @pytest.mark.mock(["crm"])
        def test_listed(mock):
            assert list(mock.server.apis) == ["crm"]

        @pytest.mark.mock("crm")
        def test_positional(mock):
            assert mock.client.get("/contacts/lists").json()["data"] == []

        @pytest.mark.mock(apis=["crm", "workshop"], auth="any", seed=5, fixtures=[{"crm.lists": []}])
        def test_all(mock):
            assert list(mock.server.apis) == ["crm", "workshop"]
            assert mock.world.seed == 5
            assert mock.client.get("/v1/lists").status_code == 200
            assert mock.state["crm.lists"] == []
    """)

    run.runpytest().assert_outcomes(passed=4)


def test_a_slip_shows_the_line_of_the_test(run: pytest.Pytester) -> None:
    """What went wrong stands below it, without the lines of the mock."""
    run.makepyfile("""
        def test_operation(mock):
            mock.requests("list_contact_list")

        def test_state(mock):
            mock.state["crm.lists"] = [{"id": "mine"}]

        def test_fault(mock):
            mock.fault("list_contact_lists", delay="1s")

        def test_kind(mock):
            mock.expect_violations("invald")
    """)
    result = run.runpytest()

    result.assert_outcomes(failed=4)
    result.stdout.fnmatch_lines(
        ['>       mock.requests("list_contact_list")', "E       *did you mean list_contact_lists*"]
    )
    result.stdout.no_re_match_line(r".*(mock|state|faults|violations)\.py:\d+: .*")


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("sead=3", "the marker `mock` takes apis, auth, seed, fixtures and strict, not sead."),
        ("strict='yes'", "the marker `mock` takes strict=True or strict=False, got 'yes'."),
        ("apis='nope'", "unknown API 'nope'*"),
        ("'crm', apis='crm'", "the marker `mock` takes names of APIs once: as arguments or as apis=[[]…], not both."),
        ("apis=3", "the marker `mock` takes names of APIs, such as 'crm', got 3."),
        ("seed='x'", 'seed: must be of type integer, got "x"'),
        ("auth='lax'", "auth must be 'strict' or 'any', got 'lax'."),
        ("fixtures={'crm.list': []}", "/crm.list: is not the name of a collection; did you mean crm.lists?"),
        ("fixtures={'crm.lists': {}}", "/crm.lists: must be of type array, got {}"),
        ("fixtures={'crm.lists': [{}]}", "  /crm.lists/0/name: is required"),
        ("fixtures='nowhere.json'", "*nowhere.json: the fixtures cannot be read*"),
    ],
)
def test_a_mark_that_cannot_be_is_one_clear_message(run: pytest.Pytester, mark: str, message: str) -> None:
    """Not a traceback through the server."""
    run.makepyfile(f"""
        import pytest

        @pytest.mark.mock({mark})
        def test_it(mock):
            pass
    """)
    result = run.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_ini_file_says_what_is_served(pytester: pytest.Pytester) -> None:
    """APIs, seed, auth and fixtures of the whole run; paths lead on from the file."""
    (pytester.mkdir("data") / "lists.json").write_text(LISTS)
    pytester.makeini("""
        [pytest]
        mock_apis = crm, workshop
        mock_auth = any
        mock_seed = 11
        mock_fixtures = data/lists.json
    """)
    pytester.makepyfile("""
        def test_it(mock):
            assert list(mock.server.apis) == ["crm", "workshop"]
            assert mock.client.get("/v1/lists").status_code == 200
            assert mock.world.seed == 11
            assert mock.client.get("/contacts/lists").json()["data"] == []
    """)

    pytester.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("mock_seed = many", "mock_seed must be a whole number, got 'many'."),
        ("mock_apis = crm nope", "mock_apis names no API with 'nope'; expected any of audience, crm, *"),
        ("mock_strict = perhaps", "*perhaps*"),
        ("mock_auth = lax", "mock_auth must be strict or any, got 'lax'."),
        ("mock_fixtures = nope.json", "*nope.json: the fixtures cannot be read (No such file or directory). *"),
    ],
)
def test_an_ini_option_that_cannot_be_is_one_clear_message(pytester: pytest.Pytester, line: str, message: str) -> None:
    """Every test that asks for a mock says so."""
    pytester.makeini(f"[pytest]\n{line}\n")
    pytester.makepyfile("def test_it(mock): pass")
    result = pytester.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])


def test_under_xdist_every_worker_has_a_server(run: pytest.Pytester) -> None:
    """Two processes, two servers, no test sees another's lists."""
    run.makepyfile("""
        import os
        import pathlib
        import pytest

        @pytest.mark.parametrize("round", range(8))
        def test_create(mock, mock_server, round):
            mock.client.post("/contacts/lists", json={"name": f"Round {round}"})
            pathlib.Path(f"{os.getpid()}.server").write_text(mock_server.url)

            assert len(mock.state["crm.lists"]) == 7
    """)
    run.runpytest_subprocess(*BARE, "-n", "2", "--dist", "load").assert_outcomes(passed=8)
    servers = {path.name: path.read_text() for path in run.path.glob("*.server")}

    assert len(servers) == len(set(servers.values())) == 2


def test_schemathesis_is_never_imported(run: pytest.Pytester) -> None:
    """Neither by the plugin nor by what a test uses of it, coverage included."""
    run.makepyfile("""
        import sys

        def test_it(mock):
            mock.client.get("/contacts/lists")
            mock.url("crm")
            assert not [name for name in sys.modules if name.partition(".")[0] == "schemathesis"]
    """)

    run.runpytest_subprocess(*BARE, "--mock-coverage=html:report").assert_outcomes(passed=1)


def test_the_plugin_costs_nothing_before_it_is_used() -> None:
    """Importing it imports no server, so a run without a mock starts as fast as before."""
    script = """
import sys
import mockserver.pytest_plugin
loaded = [name for name in sys.modules if name.startswith(("connexion", "starlette", "uvicorn", "httpx"))]
ours = [name for name in sys.modules if name.startswith("mockserver.")]
print(loaded, ours)
"""
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert printed == "[] ['mockserver.pytest_plugin']\n"


def test_the_server_is_imported_without_a_warning() -> None:
    """Whoever makes warnings errors has no hand in what it is built on."""
    subprocess.run([sys.executable, "-W", "error", "-c", "from mockserver import MockServer"], check=True)


def test_servers_stop_at_once() -> None:
    """Even while a client keeps its connection open: not so much as the grace of requests under way is waited for."""
    with httpx.Client() as client:
        with Servers(Settings(("crm",), server=(("shutdown_timeout", 2 * PATIENCE),))) as servers:
            mock = servers.mock("stop", servers.settings)
            client.get(f"{mock.url()}/contacts/lists")
            started = time.perf_counter()
        stopped = time.perf_counter() - started

    assert stopped < PATIENCE


def test_settings_that_serve_the_same_share_a_server() -> None:
    """A seed or a fixture is a matter of the world; each server's start is told."""
    started: list[object] = []
    with Servers(Settings(("crm",)), started.append) as servers:
        one = servers.server(servers.settings)
        other = servers.server(servers.settings.changed({"seed": 9, "fixtures": {"crm.lists": []}}, Path()))
        third = servers.server(servers.settings.changed({"auth": "any"}, Path()))

    assert one is other is not third
    assert started == [one, third]


def test_a_seed_may_be_negative() -> None:
    """Any whole number will do, nothing else."""
    assert Settings.read([], "strict", "-3", []).seed == -3
    with pytest.raises(StartError, match="whole number"):
        Settings.read([], "strict", "", [])


def test_a_run_without_sockets(run: pytest.Pytester) -> None:
    """With pytest-socket everything works that needs none: delays, damages, the control plane; a URL needs one."""
    run.makepyfile("""
        import asyncio

        import httpx
        import pytest
        from pytest_socket import SocketBlockedError

        def test_client(mock, mock_server):
            mock.client.timeout = 60
            with mock.fault(delay=0.01, times=1):
                assert mock.client.get("/contacts/lists").status_code == 200
            with mock.fault(damage="drip", rate=100_000), pytest.raises(httpx.ReadTimeout):
                mock.client.get("/contacts/lists", timeout=0.001)
            with mock.fault(damage="reset"), pytest.raises(httpx.ReadError):
                mock.client.get("/contacts/lists")
            assert mock.client.get("/_mock/journal").json()["kept"] == 3
            mock.requests("list_contact_lists").assert_called(3)

        def test_url(mock):
            with pytest.raises((SocketBlockedError, UserWarning), match="tried to use socket"):
                mock.url()

        @pytest.mark.enable_socket
        def test_enabled(mock):
            assert httpx.get(f"{mock.url()}/contacts/lists").status_code == 200
            assert httpx.get(f"{mock.server.url}/_mock/worlds").status_code == 200
    """)

    run.runpytest_subprocess(*BARE, "--disable-socket").assert_outcomes(passed=3)


DOCUMENT = """
openapi: 3.0.3
info: {title: Clock, version: "1"}
paths:
  /now:
    get:
      operationId: now
      responses:
        "200":
          description: The time.
          content:
            application/json:
              schema: {type: object, required: [at], properties: {at: {type: string, format: date-time}}}
"""


def test_a_document_of_ones_own_is_served(pytester: pytest.Pytester) -> None:
    """Its path leads on from the folder of the configuration file, and from that of the test for a marker."""
    pytester.makeini("[pytest]\nmock_apis = documents/clock.yaml")
    pytester.mkdir("documents").joinpath("clock.yaml").write_text(DOCUMENT)
    pytester.mkdir("suite").joinpath("watch.yaml").write_text(DOCUMENT)
    pytester.path.joinpath("suite", "test_time.py").write_text(
        "import pytest\n"
        "def test_ini(mock):\n"
        "    assert mock.client.get('/now').json()['at']\n"
        "    assert mock.requests('now', api='clock').count == 1\n"
        "@pytest.mark.mock('watch.yaml')\n"
        "def test_marker(mock):\n"
        "    assert mock.client.get('/now').json()['at']\n"
        "    assert mock.requests('now', api='watch').count == 1\n"
    )

    result = pytester.runpytest("-p", "no:cacheprovider")

    result.assert_outcomes(passed=2)


def test_nothing_that_was_sent_steers_the_terminal(run: pytest.Pytester) -> None:
    """Neither a breach, nor a near miss, nor what is compared: control characters are shown by their numbers."""
    run.makepyfile("""
        HOSTILE = "\\x1b[2J\\x9b\\u202e\\r\\n::error::gone"

        def test_breach(mock):
            mock.client.post("/contacts/lists", json={"name": 7, HOSTILE: HOSTILE})
            mock.client.post("/contacts/lists", content=HOSTILE.encode(), headers={"Content-Type": "application/json"})
            mock.client.get("/contacts/lists/x%1b%0a")

        def test_nearest(mock):
            mock.client.post("/contacts/lists", json={"name": HOSTILE})
            mock.requests("create_contact_list", body={"name": HOSTILE + "!"}).assert_called()

        def test_compared(mock):
            mock.client.post("/contacts/lists", json={"name": HOSTILE})
            assert mock.requests("create_contact_list", body={"name": HOSTILE + "!"}).count == 1
    """)
    result = run.runpytest("-p", "no:cacheprovider", "--color=no")
    told = "\n".join(result.stdout.lines)

    result.assert_outcomes(failed=3)
    assert not LINES.search(told.replace("\r", ""))
    assert not [line for line in told.splitlines() if COMMAND.search(line.removeprefix("E"))]
    assert r"\x1b[2J\x9b\u202e\r\n::error::gone" in told


def test_a_project_file_says_what_tests_serve(pytester: pytest.Pytester) -> None:
    """APIs, mounts and the rest as for `serve`; pytest's own options and a marker win over it."""
    pytester.makefile(".toml", mockserver='apis = ["prospects", "crm"]\nmount = {crm = "/c"}\nseed = 7\nport = 1\n')
    pytester.makepyfile("""
        import pytest

        def test_file(mock, mock_server):
            assert sorted(mock_server.apis) == ["crm", "prospects"]
            assert mock.world.seed == 7
            assert mock.client.get("/c/contacts/lists").status_code == 200

        @pytest.mark.mock("prospects", seed=3)
        def test_marker(mock):
            assert mock.world.seed == 3
    """)

    pytester.runpytest(*BARE).assert_outcomes(passed=2)
    pytester.makeini("[pytest]\nmock_apis = crm\nmock_seed = 5\n")
    pytester.makepyfile(
        "def test_ini(mock, mock_server): assert ([*mock_server.apis], mock.world.seed) == (['crm'], 5)"
    )
    pytester.runpytest(*BARE).assert_outcomes(passed=1)


def test_a_bad_project_file_fails_the_tests_that_need_it(pytester: pytest.Pytester) -> None:
    """With the message that the command line has, and no traceback."""
    pytester.makefile(".toml", mockserver="prot = 1\n")
    pytester.makepyfile("def test_one(mock): ...")

    result = pytester.runpytest(*BARE)

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*mockserver.toml: prot: there is no such key; did you mean port?*"])


STRICT = """
    import pytest

    @pytest.mark.mock({mark})
    def test_slip(mock):
        mock.client.post("/contacts/lists?dry=1", json={{"name": "x", "emial_address": "a@b.c"}})

    def test_other(mock):
        mock.client.get("/contacts/lists?limt=3")
"""


def test_a_strict_test_sends_documented_names_only(run: pytest.Pytester) -> None:
    """By the marker for one test; a slip is told with the nearest name, or with those that are documented."""
    run.makepyfile(STRICT.format(mark="strict=True"))
    result = run.runpytest()

    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        [
            "1 request violated the contract:",
            "  POST /contacts/lists?dry=1 -> 200 (crm.create_contact_list)",
            "      query dry: is not documented; documented: none",
            "      body emial_address: is not documented; *",
        ]
    )


def test_all_tests_can_be_strict(run: pytest.Pytester) -> None:
    """By the ini file, for worlds of a module as well; the marker may take one out of it."""
    run.makeini("[pytest]\nmock_apis = crm\nmock_strict = true\n")
    run.makepyfile(
        STRICT.format(mark="strict=False")
        + """
    def test_own(mock_server):
        with mock_server.mock(strict=False) as mock:
            mock.client.get("/contacts/lists?limt=3")
        with mock_server.mock() as mock:
            mock.client.get("/contacts/lists?limt=3")
"""
    )
    result = run.runpytest()

    result.assert_outcomes(failed=2, passed=1)
    result.stdout.fnmatch_lines(["*query limt: is not documented; *"])


def test_a_breach_in_a_shared_world_names_the_test_that_sent_it(run: pytest.Pytester) -> None:
    """It is told when the world is dropped, long after that test."""
    run.makepyfile("""
        import pytest

        @pytest.fixture(scope="module")
        def shared(mock_server):
            with mock_server.mock() as mock:
                yield mock

        @pytest.mark.parametrize("number", range(3))
        def test_one_of(shared, number):
            shared.client.post("/contacts/lists", json={"name": number if number == 1 else "x"})
    """)
    result = run.runpytest()

    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*1 request violated the contract:",
            "*POST /contacts/lists -> 400 (crm.create_contact_list)",
            "*sent by test_a_breach_in_a_shared_world_names_the_test_that_sent_it.py::test_one_of[[]1]",
        ]
    )


def test_a_world_may_have_other_apis_than_the_rest(run: pytest.Pytester) -> None:
    """They are served by a server of their own, once."""
    run.makepyfile("""
        def test_both(mock_server):
            with mock_server.mock(apis=["workshop"]) as other, mock_server.mock(apis="crm") as same:
                assert list(other.server.apis) == ["workshop"]
                assert same.server is mock_server
                assert other.client.get("/v1/lists", headers=other.headers("workshop")).status_code == 200
            with mock_server.mock(apis="workshop") as again:
                assert again.server is other.server
    """)

    run.runpytest().assert_outcomes(passed=1)
