"""`mockserver verify` as it is called: options, output for people and machines, exit codes, and what it never tells."""

from __future__ import annotations

import importlib.util
import io
import json
import logging
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote_to_bytes

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import main
from mockserver.output.printing import Output
from mockserver.verify import campaign, command, events
from mockserver.verify.arguments import VerifyArguments
from mockserver.verify.command import run
from mockserver.verify.events import Event
from mockserver.verify.plan import Plan
from mockserver.verify.registration import Pulse
from mockserver.verify.reporters.files import Reports
from mockserver.verify.targets import VARIABLES, mock_target
from tests.output.terminal import Terminal
from tests.sockets import listening
from tests.verify.broken.shelf import Shelf
from tests.verify.flaws import CONTRACT, flaws
from tests.verify.serving import serving

QUICK = ("--max-examples", "2", "--phase", "examples")
SHELF = str(CONTRACT)
KEY = "reader-and-writer"


def call(*words: str, **environment: str) -> Result:
    return CliRunner(env={name: environment.get(name) for name in VARIABLES.values()}).invoke(main, ["verify", *words])


def test_the_mock_is_verified_without_being_told_anything() -> None:
    """All five, in this process, with their own credentials; plain lines, and 0."""
    result = call(*QUICK, "--seed", "1")

    assert result.exit_code == 0, result.output
    assert [line for line in result.output.splitlines() if line.startswith("verifying ")] == [
        f"verifying {name} against the mock, in this process  seed 1"
        for name in ("audience", "crm", "prospects", "salesnav", "workshop")
    ]
    assert result.output.splitlines()[-1].startswith("the contract is kept")
    assert "\x1b" not in result.output


def test_credentials_in_the_environment_are_for_providers() -> None:
    """The mock in this process is called with its own all the same."""
    result = call("workshop", *QUICK, MOCKSERVER_AUTH="of-a-provider")

    assert result.exit_code == 0, result.output


def test_a_credential_may_be_given_for_the_mock() -> None:
    """One that may only read is refused wherever it should be."""
    result = call(
        "workshop", "--auth", "wk_demo_hris", "--phase", "examples", "--max-examples", "2", "--format", "json"
    )

    [api] = json.loads(result.output)["apis"]
    [create] = [each for each in api["operations"] if each["operationId"] == "create_list"]
    assert result.exit_code == 0, result.output
    assert set(create["statuses"]) == {"403"}


def test_a_provider_is_sent_safe_methods_only_and_told_so() -> None:
    """Operations of other methods are listed as not sent."""
    with serving(Shelf()) as served:
        result = call(SHELF, "--url", served.url, *QUICK, MOCKSERVER_AUTH=KEY)

    assert result.exit_code == 0, result.output
    assert "Only GET, HEAD, OPTIONS, TRACE are sent" in result.output
    assert "Not sent without --allow-writes: create_book, replace_book, delete_book." in result.output


def test_a_broken_contract_is_told_for_people(tmp_path: Path) -> None:
    """The failure is named with its rule and command; the reports say the same; the key is nowhere."""
    flaw = next(each for each in flaws() if each.name == "wrong_type")
    reports = {kind: tmp_path / kind for kind in ("junit", "json", "html", "har")}
    asked = [word for kind, path in reports.items() for word in ("--report", f"{kind}={path}")]
    with serving(flaw.app()) as served:
        result = call(
            SHELF,
            "--url",
            served.url,
            "--allow-writes",
            "--max-examples",
            "3",
            "--seed",
            "9",
            *asked,
            MOCKSERVER_AUTH=KEY,
        )

    assert result.exit_code == 1
    assert (
        "Response violates schema: schemas/Book/properties/pages/type  contract.get_book  response_schema_conformance"
        in result.output
    )
    assert "broken: #/components/schemas/Book/properties/pages/type" in result.output
    assert "-H 'Authorization: Bearer '\"$MOCKSERVER_AUTH\"" in result.output
    assert (
        f"repeat with: mockserver verify {SHELF} --seed 9 --max-examples 3 --url {served.url} --allow-writes"
        in result.output
    )
    assert "the contract is broken in" in result.output
    assert json.loads(reports["json"].read_text())["verdict"] == "broken"
    assert KEY not in result.output + "".join(path.read_text() for path in reports.values())


def test_json_is_all_that_a_machine_gets() -> None:
    """Nothing stands before or after it."""
    result = call("crm", *QUICK, "--format", "json", "--seed", "4", "--workers", "2", "--max-time", "600")

    told = json.loads(result.output)
    assert result.exit_code == 0, result.output
    assert (told["version"], told["seed"], told["verdict"]) == (1, 4, "clean")
    assert told["command"] == (
        "mockserver verify crm --seed 4 --max-examples 2 --max-time 600 --workers 2 --phase examples"
    )


def test_only_apis_with_the_operation_are_verified() -> None:
    """An operation is named by its id or by method and path."""
    result = call(*QUICK, "--operation", "get_list", "--operation", "GET /contacts/lists", "--format", "json")

    told = json.loads(result.output)
    assert {api["name"]: [each["operationId"] for each in api["operations"]] for api in told["apis"]} == {
        "crm": ["list_contact_lists"],
        "workshop": ["get_list"],
    }
    assert "--operation get_list --operation 'GET /contacts/lists'" in told["command"]


def test_headers_go_with_every_request(tmp_path: Path) -> None:
    """A header may carry the credential; its value is then as secret as an option's."""
    with serving(Shelf()) as served:
        result = call(
            *(SHELF, "--url", f"{served.url}/", "--report", f"har={tmp_path / 'har'}"),
            *("--header", f"Authorization: Bearer {KEY}", "--header", "X-Trace: 7", *QUICK),
        )

    assert result.exit_code == 0, result.output
    assert all(each.get("x-trace") == "7" for each in served.headers[1:] if "x-schemathesis-probe" not in each)
    assert KEY not in result.output + (tmp_path / "har").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nope",), "unknown API 'nope'"),
        (("workshop", "--url", "http://127.0.0.1:1"), "workshop needs a credential: list_lists requires bearer"),
        (("workshop", "--url", "ftp://x"), "--url must be an http or https URL"),
        (("workshop", "--url", "http://x/?a=b"), "--url must be an http or https URL without a query"),
        (("crm", "--url", "http://127.0.0.1:1"), "http://127.0.0.1:1: Failed to establish a new connection: [Errno"),
        (("crm", "--header", "X"), "--header must be 'Name: value', got a value without a colon."),
        (("crm", "--header", "X y: z"), "--header must be 'Name: value', got the invalid name 'X y'."),
        (("crm", "--header", "X: a\nb"), "--header X: its value has characters that no header can hold."),
        (("crm", "--header", "X: \N{SNOWMAN}"), "--header X: its value has characters that no header can hold."),
        (
            ("crm", "--url", "http://x", "--auth", "c"),
            "--auth (or MOCKSERVER_AUTH) has no place: crm declares",
        ),
        (("crm", "--rate-limit", "5"), "--rate-limit must be like 5/s"),
        (
            ("crm", "--url", "http://a:b@x", "--header", "Authorization: c"),
            "and --header Authorization a credential too",
        ),
        (("crm", "--url", "http://a:b@x", "--auth", "c"), "and --auth (or MOCKSERVER_AUTH) a credential too"),
        (("crm", "--report", "xml=x"), "--report must be junit=FILE"),
        (("crm", "--operation", "list_contact_list"), "no operation is called 'list_contact_list'. Did you mean"),
        (("crm", "--operation", "12345"), "`mockserver routes` lists them."),
        (("crm", "--url", "http://x", "--operation", "delete_contact_list"), "nothing to send"),
        (("/nowhere/openapi.yaml", "--url", "http://x"), "the document cannot be read"),
        (("workshop", "--auth", "a", "--auth", "b"), "one credential was expected, got 2"),
    ],
)
def test_what_cannot_run_is_one_clear_message(words: tuple[str, ...], message: str) -> None:
    """Exit code 2, a line on standard error, and nothing else."""
    result = call(*words)

    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


GATE = {
    "openapi": "3.1.0",
    "info": {"title": "Gate", "version": "1"},
    "paths": {
        "/v2/sound": {
            "get": {"operationId": "is_sound", "security": [], "responses": {"200": {"description": "Yes."}}}
        },
        "/v2/things": {
            "get": {
                "operationId": "list_things",
                "parameters": [{"name": "n", "in": "query", "schema": {"type": "integer"}}],
                "responses": {
                    "200": {"description": "All."},
                    "400": {"description": "No."},
                    "401": {"description": "Who?"},
                },
            }
        },
    },
}
SCHEMES = {
    "basic": {"type": "http", "scheme": "basic"},
    "bearer": {"type": "http", "scheme": "bearer"},
    "query": {"type": "apiKey", "in": "query", "name": "api key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
    "custom": {"type": "apiKey", "in": "header", "name": "X-Custom"},
}


def gate(folder: Path, *schemes: str) -> Path:
    """A document of one operation, which asks for all of these schemes."""
    security: list[dict[str, list[str]]] = [{name: [] for name in schemes}] if schemes else []
    components = {"securitySchemes": {name: SCHEMES[name] for name in schemes}}
    path = folder / "gate.json"
    path.write_text(json.dumps({**GATE, "components": components, "security": security}))
    return path


def echoing(head: bytes, _: int) -> bytes:
    """Answers whoever brings a credential 500, with all that was sent in the body and in a header, and a cookie."""
    if b" /v2/sound" in head:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    if not re.search(b"hush|Basic |Bearer ", head):
        return b"HTTP/1.1 401 Who\r\nContent-Length: 0\r\n\r\n"
    sent = head.decode("latin-1").replace("\r\n", "; ")
    body = json.dumps({"sent": sent}).encode()
    return (
        b"HTTP/1.1 500 Broken\r\nContent-Type: application/json\r\nSet-Cookie: sid=handed-out\r\n"
        b"X-Sent: %s\r\nContent-Length: %d\r\n\r\n%s" % (sent.encode("latin-1"), len(body), body)
    )


@pytest.mark.parametrize(
    ("schemes", "url", "words", "secrets"),
    [
        (("basic",), "http://ann:hush-hush%21@", (), {"basic": "ann:hush-hush!"}),
        ((), "http://ann:hush-hush%21@", (), {"userinfo": "ann:hush-hush!"}),
        (("bearer",), "http://ann:hush-hush%21@", (), {"userinfo": "ann:hush-hush!"}),
        (("bearer",), "http://", ("--auth", "hush-hush!"), {"": "hush-hush!"}),
        (("query",), "http://", ("--auth", "hush hush!"), {"": "hush hush!"}),
        (("cookie",), "http://", ("--auth", "hush-hush!"), {"": "hush-hush!"}),
        (
            ("query", "custom", "cookie"),
            "http://",
            ("--auth", "query=hush&query", "--auth", "custom=hush-custom", "--auth", "cookie=hush-cookie"),
            {"query": "hush&query", "custom": "hush-custom", "cookie": "hush-cookie"},
        ),
        (("custom",), "http://", ("--header", "x-custom: hush-hush"), {"header": "hush-hush"}),
        ((), "http://", ("--header", "Authorization: Token hush-hush"), {"header": "hush-hush"}),
        ((), "http://", ("--header", "Cookie: a=hush-hush; b=hush-more"), {"header": "a=hush-hush; b=hush-more"}),
        ((), "http://", ("--header", "X-Api-Key: hush-hush"), {"header": "hush-hush"}),
    ],
)
def test_a_secret_is_shown_nowhere_and_its_commands_work(
    schemes: tuple[str, ...], url: str, words: tuple[str, ...], secrets: dict[str, str], tmp_path: Path
) -> None:
    """However it was given, and though the provider repeats it: not on the console and in no report.

    Every command that is shown sends it all the same, once the variables that it names are set.
    """
    document = gate(tmp_path, *schemes)
    reports = {kind: tmp_path / kind for kind in ("junit", "json", "html", "har")}
    asked = [word for kind, path in reports.items() for word in ("--report", f"{kind}={path}")]
    quick = ("--phase", "coverage", "--seed", "1")
    with listening(echoing) as provider:
        result = call(str(document), "--url", provider.url.replace("http://", url), *words, *quick, *asked)
        told = result.output + "".join(path.read_text() for path in reports.values())
        sent = [one for one in provider.requests if b"X-Schemathesis-TestCaseId" in one]
        command = next(line.strip() for line in result.output.splitlines() if re.match(r" *curl .*\$", line))
        repeat = result.output.partition("repeat with: mockserver ")[2].splitlines()[0]
        environment = variables(command + repeat, secrets)
        provider.requests.clear()
        subprocess.run(["sh", "-c", command], env={**os.environ, **environment}, check=True, capture_output=True)
        pasted = provider.requests.copy()
        provider.requests.clear()
        typed = subprocess.run(
            ["sh", "-c", f"printf '%s\\0' {repeat}"], env={**os.environ, **environment}, check=True, capture_output=True
        )
        call(*typed.stdout.decode().split("\0")[1:-1], **environment)
        again = [one for one in provider.requests if b"X-Schemathesis-TestCaseId" in one]

    assert result.exit_code == 1, result.output
    assert "hush" not in told
    assert "handed-out" not in told
    assert credentials(pasted)
    assert credentials(pasted) <= credentials(sent)
    assert credentials(again) == credentials(sent)


def variables(commands: str, secrets: dict[str, str]) -> dict[str, str]:
    """What a person sets for the variables of commands: of several secrets that of the scheme in the name."""
    found = {}
    for name in set(re.findall(r"\$\{?([A-Z][A-Z0-9_]+)", commands)):
        scheme = next((each for each in secrets if each and name.endswith(f"_{each.upper()}")), None)
        found[name] = secrets[scheme] if scheme is not None else next(iter(secrets.values()))
    return found


def credentials(requests: list[bytes]) -> set[bytes]:
    """Where requests carry what is secret: header lines, and pairs of the query."""
    lines = [line for each in requests for line in each.split(b"\r\n")[1:]]
    queries = [each.split(b" ")[1].partition(b"?")[2] for each in requests]
    pairs = [unquote_to_bytes(pair.replace(b"+", b"%20")) for query in queries for pair in query.split(b"&")]
    return {each.lower() for each in [*lines, *pairs] if b"hush" in each.lower() or b"basic " in each.lower()}


def test_a_short_credential_leaves_words_alone(tmp_path: Path) -> None:
    """It is masked where it is sent and nowhere else; a note says that an answer may show it."""
    document = gate(tmp_path, "bearer")
    with listening(echoing) as provider:
        result = call(str(document), "--url", provider.url, "--auth", "v2", "--phase", "coverage", "--seed", "1")

    assert "MOCKSERVER_AUTH is short: it is masked where it is sent" in result.output
    assert f"{provider.url}/v2/things" in result.output
    assert "'Authorization: Bearer '\"$MOCKSERVER_AUTH\"" in result.output
    assert "Bearer v2" not in result.output
    assert "GET /v2/things" in result.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--auth", "schlüssel"], "--auth (or MOCKSERVER_AUTH) has characters that are not ASCII, and key places it"),
        (["--auth", "key", "--auth-other", "key=ключ"], "--auth-other (or MOCKSERVER_AUTH_OTHER) has characters"),
    ],
)
def test_a_credential_that_fits_into_no_header_is_refused_at_once(words: list[str], told: str) -> None:
    """Before anything is sent; the message does not repeat it."""
    result = call(SHELF, "--url", "http://127.0.0.1:1", *words)

    assert result.exit_code == 2
    assert told in result.stderr
    assert "schlüssel" not in result.stderr


def test_a_command_repeats_what_was_asked_for() -> None:
    """Headers and limits among it; the time alone where nothing else limits the run."""
    for limits in (["--max-time", "600"], ["--max-time", "600", "--max-examples", "1"]):
        result = call("crm", "--seed", "1", "--header", "X-Tenant: a b", "--phase", "examples", *limits)

        [command] = [line for line in result.output.splitlines() if line.startswith("repeat with: ")]
        assert "--header 'X-Tenant: a b'" in command
        assert ("--max-examples" in command) == ("--max-examples" in limits)
        assert f"{limits[0]} {limits[1]}" in command
        assert result.exit_code == 0, result.output


def test_a_fault_of_ours_is_told_without_secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the reports, on standard error and in the file with the traceback."""

    def broken(reports: Reports, event: Event) -> None:
        if isinstance(event, events.ScenarioFinished):
            raise RuntimeError(f"failed on Authorization: Bearer {KEY}")

    monkeypatch.setattr(Reports, "on_event", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    report = tmp_path / "r.json"
    with serving(Shelf()) as served:
        result = call(SHELF, "--url", served.url, *QUICK, "--report", f"json={report}", MOCKSERVER_AUTH=KEY)
    [log] = tmp_path.glob("*.log")

    assert result.exit_code == 70
    for told in (result.output, report.read_text(), log.read_text()):
        assert "Authorization: Bearer [secret]" in told
        assert KEY not in told


def test_an_interruption_of_the_process_of_another_goes_on_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Called from Python, the command reports what came so far, and leaves Ctrl-C to the caller."""

    def interrupted(reports: Reports, event: Event) -> None:
        if isinstance(event, events.ScenarioFinished):
            raise KeyboardInterrupt

    monkeypatch.setattr(Reports, "on_event", interrupted)
    out = Output(io.StringIO(), width=100)
    with pytest.raises(KeyboardInterrupt):
        run(VerifyArguments(apis=("crm",), max_examples=1, phases=("examples",), seed=1), out)

    assert isinstance(out.file, io.StringIO)
    assert "Interrupted: this is as far as it came." in out.file.getvalue()


def test_without_schemathesis_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is there in every installation; what it needs is an extra."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    result = call("crm")

    assert result.exit_code == 2
    assert re.search(r"Run: pip install 'schemathesis(<5,>=|>=)\S+'", result.stderr)


def test_a_terminal_sees_progress() -> None:
    """On a terminal the run is shown while it goes on, and the scoreboard in colour."""
    out = Output(Terminal(), width=100)
    code = run(VerifyArguments(apis=("crm",), max_examples=1, phases=("examples",), seed=1), out)

    assert code == 0
    assert isinstance(out.file, Terminal)
    assert "starting" in out.file.getvalue()
    assert "\x1b[" in out.file.getvalue()


def test_an_interruption_is_reported_and_not_a_broken_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at any moment: what came so far, and exit code 2."""

    def interrupted(reports: Reports, event: Event) -> None:
        if isinstance(event, events.ScenarioFinished):
            raise KeyboardInterrupt

    monkeypatch.setattr(Reports, "on_event", interrupted)

    result = call("crm", *QUICK)

    assert result.exit_code == 2
    assert "Interrupted: this is as far as it came." in result.output
    assert "verification incomplete" in result.output


def test_an_interruption_before_the_first_request_is_not_a_kept_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    """While nobody has answered yet there is nothing to report, and nothing is verified."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(campaign, "reach", interrupted)

    result = call("crm", "--url", "http://127.0.0.1:1")

    assert result.exit_code == 2
    assert "Not the whole run: interrupted." in result.output
    assert result.output.splitlines()[-1] == "verification incomplete  0 cases in 0.0 s"


def test_an_interruption_while_schemathesis_loads_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second is spent on imports; Ctrl-C then is neither a traceback nor a broken contract."""
    monkeypatch.setitem(sys.modules, "mockserver.verify.command", Interrupting("mockserver.verify.command"))

    result = call("crm")

    assert (result.exit_code, result.stderr) == (2, "mockserver: interrupted before anything was sent.\n")


class Interrupting(ModuleType):
    """Ctrl-C, as soon as something of it is asked for."""

    def __getattr__(self, name: str) -> object:
        raise KeyboardInterrupt(name)


def test_an_output_of_few_characters_holds_the_scoreboard() -> None:
    """Where the locale is not UTF-8, what it lacks is written in ASCII, and the exit code is the verdict's."""
    raw = io.BytesIO()
    out = Output(io.TextIOWrapper(raw, encoding="ascii"), width=200)
    code = run(VerifyArguments(apis=("crm",), max_examples=1, phases=("examples",), seed=1), out)
    out.file.flush()

    assert code == 0
    assert "+ crm" in raw.getvalue().decode("ascii")


def test_half_a_surrogate_pair_in_an_answer_is_told(tmp_path: Path) -> None:
    """JSON can say it and UTF-8 cannot; the message escapes it, and every report is written."""
    reports = [tmp_path / kind for kind in ("junit", "json", "html", "har")]
    asked = [word for path in reports for word in ("--report", f"{path.name}={path}")]

    class Flawed(Shelf):
        def write(self, payload: object) -> bytes:
            raw = super().write(payload)
            return raw.replace(b'"pages": 1', b'"pages": "\\ud800", "x": 1')

    with serving(Flawed()) as served:
        result = call(SHELF, "--url", served.url, "--phase", "examples", "--seed", "1", *asked, MOCKSERVER_AUTH=KEY)

    assert result.exit_code == 1, result.output
    assert "JSON deserialization error" in result.output
    assert all(path.stat().st_size for path in reports)


def test_an_interrupted_api_is_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is begun after Ctrl-C."""
    finished = events.ApiFinished("crm", 0.1, "interrupted")
    monkeypatch.setattr(command, "verify", lambda *_: iter([finished]))

    happened = list(command.happenings([mock_target("crm")] * 2, Plan(seed=1), Pulse()))

    assert happened == [finished]


def test_what_fails_inside_the_mock_is_not_logged_over_the_display() -> None:
    """It becomes a finding; the log of the process stays out of the way."""
    call("crm", *QUICK)

    assert any(isinstance(each, logging.NullHandler) for each in logging.getLogger("mockserver").handlers)


def test_a_document_is_verified_in_this_process() -> None:
    """What answers is the mock that the document alone makes."""
    result = call(str(Path("tests/inference/petstore.yaml")), "--max-examples", "5", "--operation", "listPets")

    assert result.exit_code == 0, result.output
    assert "petstore" in result.output
