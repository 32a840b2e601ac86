"""What a project's file and the environment say of each command."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner, Result

from mockserver.cli import main
from mockserver.configuration import defaults, project_options
from mockserver.errors import ConfigurationError
from mockserver.options import EVERYWHERE, key_of
from mockserver.project import ProjectFile, find

DOCUMENT = """
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths: {/pets: {get: {operationId: list_pets, responses: {"204": {description: None.}}}}}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a document, in a folder of which the command line is used."""
    for name in [name for name in os.environ if name.startswith("MOCKSERVER_")]:
        monkeypatch.delenv(name)
    for folder in (".git", "api", "below/here"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "api" / "pets.yaml").write_text(DOCUMENT)
    monkeypatch.chdir(tmp_path / "below" / "here")
    return tmp_path


def run(*words: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, words)


def configured(folder: Path, text: str, name: str = "mockserver.toml") -> ProjectFile:
    (folder / name).write_text(text)
    found = find(folder)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "head"), [("mockserver.toml", ""), ("pyproject.toml", '[project]\nname = "x"\n[tool.mockserver]\n')]
)
def test_a_file_says_what_commands_do(project: Path, name: str, head: str) -> None:
    """Found from a folder below; its paths lead on from its own folder."""
    configured(project, head + 'apis = "pets=api/pets.yaml"\nmount = {pets = "/zoo"}\n', name)

    assert "/zoo/pets  list_pets" in run("routes").output
    assert "/zoo/pets" in run("apis").output
    assert "1 operation can be served" in run("check").output
    assert '"collections":{}' in run("export").output


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(project: Path) -> None:
    """Each of them alone decides an option that the stronger ones leave open."""
    configured(project, 'apis = ["workshop"]\n')

    assert "create_list" in run("routes").output
    assert "list_contact_lists" in run("routes", MOCKSERVER_APIS="crm").output
    assert "list_contact_lists" in run("routes", MOCKSERVER_ROUTES_APIS="crm", MOCKSERVER_APIS="prospects").output
    assert "save_list" in run("routes", "prospects", MOCKSERVER_APIS="crm").output
    assert "list_contact_lists" in run("--no-config", "routes").output


def test_mounts_of_the_file_are_left_out_with_their_apis(project: Path) -> None:
    """Whoever serves another API than usual need not know them."""
    configured(project, 'apis = ["pets=api/pets.yaml"]\nmount = ["pets=/zoo"]\n')

    assert run("routes", "crm").exit_code == 0
    assert "no API is called 'pets'" in run("routes", "crm", "--mount", "pets=/zoo").output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prot = 1", "prot: there is no such key; did you mean port"),
        ("zzzzzz = 1", "zzzzzz: there is no such key; expected one of allow-remote-refs, apis, auth,"),
        ("verify = {max-tim = 3}", "[verify] max-tim: there is no such key; did you mean max-time"),
        ("verify = 3", "verify: expected a table of options, got 3."),
        ('port = "80"', "port: expected a whole number, got '80'."),
        ("port = true", "port: expected a whole number, got True."),
        ("port = 70000", "port: 70000 is not in the range 0<=x<=65535."),
        ("no-cors = 1", "no-cors: expected true or false, got 1."),
        ('auth = "lax"', "auth: 'lax' is not one of 'strict', 'any'."),
        ("apis = 3", "apis: expected a string, got 3."),
        ("apis = {a = 'b'}", "apis: expected an array of strings, got a table."),
        ('apis = ["crm", ["x"]]', "apis: expected a string, got an array."),
        ("mount = {pets = 3}", "mount: expected a string, got 3."),
        ("fixtures = 3", "fixtures: expected a string, got 3."),
        ("shutdown-timeout = 'x'", "shutdown-timeout: expected a number, got 'x'."),
        ("control-token = 12345", "control-token: expected a string, got a number."),
        ('control-token = "hush\\u0007"', "control-token: --control-token (or MOCKSERVER_CONTROL_TOKEN) contains"),
        ("port = ", "expected TOML, but it does not parse: Invalid value (at end of document). Correct it."),
    ],
)
def test_what_cannot_be_is_an_error_that_names_file_and_key(project: Path, text: str, message: str) -> None:
    """With what was expected and what came, never with a credential; exit code 2."""
    (project / "mockserver.toml").write_text(text)

    result = run("routes")

    assert result.exit_code == 2
    assert result.stderr.startswith(f"mockserver: {project / 'mockserver.toml'}: {message}")
    assert "hush" not in result.stderr
    assert "12345" not in result.stderr


def test_a_table_that_is_none_is_told(project: Path) -> None:
    """Of pyproject.toml, where other tools have theirs."""
    (project / "pyproject.toml").write_text('tool = {mockserver = "yes"}')

    assert "[tool] mockserver: expected a table, got 'yes'" in run("routes").stderr


def test_the_nearest_file_counts_alone(project: Path) -> None:
    """One for this tool wins over the other's in its folder, and files without a table for it count for nothing."""
    configured(project, 'apis = "crm"')
    (project / "pyproject.toml").write_text("this mockserver would not parse")
    (project / "below" / "pyproject.toml").write_text("[tool.other]\n[project]\nname = 'mockserver'\n")

    assert "list_contact_lists" in run("routes").output


@pytest.mark.parametrize("end", [".git", ".hg"])
def test_the_search_ends_with_the_repository(project: Path, end: str) -> None:
    """What lies above belongs to somebody else."""
    configured(project, "no-such = 1")
    (project / "below" / end).mkdir()

    assert find(project / "below" / "here") is None


def test_the_search_ends_at_home(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And where nobody has a home, at the repository or the root."""
    wanted = configured(project, "seed = 1").path
    monkeypatch.setattr(Path, "home", lambda: project / "below")
    assert find(project / "below" / "here") is None

    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "home", homeless)
    found = find(project / "below" / "here")

    assert found is not None
    assert found.path == wanted


def test_a_file_can_be_named_or_refused(project: Path) -> None:
    """A named one is used wherever it is, whatever it is called."""
    other = project / "other.toml"
    other.write_text('apis = "crm"')
    shared = project / "api" / "pyproject.toml"
    shared.write_text("")

    assert "list_contact_lists" in run("--config", str(other), "routes").output
    assert "list_contact_lists" in run("routes", MOCKSERVER_CONFIG=str(other)).output
    assert "expected a table [tool.mockserver], found none" in run("--config", str(shared), "routes").stderr
    assert "exclude each other" in run("--config", str(other), "--no-config", "routes").stderr


def test_help_needs_no_file(project: Path) -> None:
    """Nor does whoever is in trouble with it."""
    (project / "mockserver.toml").write_text("prot = 1")

    assert run("serve", "--help").exit_code == 0


def test_the_guide_needs_no_file(project: Path) -> None:
    """It says how to correct one."""
    (project / "mockserver.toml").write_text("prot = 1")

    assert run("guide", "configuration").exit_code == 0


def options() -> list[tuple[str, str]]:
    """Every option of every command, and every argument that takes several values, by key."""
    return [(name, key) for name, each in main.commands.items() for one in each.params if (key := key_of(one))]


@pytest.mark.parametrize(("command", "key"), options())
def test_every_option_is_a_key_and_a_variable(command: str, key: str) -> None:
    """Whatever is added to a command."""
    parameter = next(each for each in main.commands[command].params if key_of(each) == key)
    value: Any = {click.BOOL: True, click.INT: 1}.get(parameter.type, "x")
    table = {key: value} if command == "serve" or key == "apis" else {command: {key: value}}

    try:
        said = defaults(main, ProjectFile(Path("/mockserver.toml"), table))[command][parameter.name]
    except ConfigurationError as error:
        said = str(error)
        assert "no such key" not in said

    assert said
    assert parameter.envvar


@pytest.mark.parametrize(
    ("value", "shown"),
    [("abc", "Invalid value for '--port' (from MOCKSERVER_PORT): 'abc' is not a valid port."), ("-1", "-1 is not in")],
)
def test_a_variable_that_cannot_be_is_named(value: str, shown: str) -> None:
    """Nobody has written it on this command line."""
    result = run("serve", MOCKSERVER_PORT=value)

    assert result.exit_code == 2
    assert shown in result.stderr


def test_a_variable_of_kubernetes_is_no_port(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    """A service called `mockserver` has MOCKSERVER_PORT set in every container beside it."""
    monkeypatch.setenv("MOCKSERVER_PORT", "tcp://10.0.0.1:80")

    assert project_options(main, "serve", configured(project, "port = 7"))["port"] == 7
    assert project_options(main, "serve", None)["port"] == 8080


def test_the_environment_and_the_file_say_what_is_no_default(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    """For who has no command line; a list is split at blanks, and paths of the file are whole."""
    monkeypatch.setenv("MOCKSERVER_MOUNT", "a=/a b=/b")
    file = configured(project, 'fixtures = "mocks"\n[serve]\nseed = 3\n')

    found = project_options(main, "serve", file)

    assert found == {"mounts": ("a=/a", "b=/b"), "fixtures": project / "mocks", "seed": 3}
    monkeypatch.setenv("MOCKSERVER_SEED", "x")
    with pytest.raises(ConfigurationError, match="'x' is not a valid integer"):
        project_options(main, "serve", file)


def test_reports_lead_on_from_the_file(project: Path) -> None:
    """As every path of it does."""
    file = configured(project, '[verify]\nreport = ["junit=out/r.xml", "html"]\n')

    assert defaults(main, file)["verify"]["reports"] == [f"junit={project}/out/r.xml", "html"]


READS = {
    "serve": (),
    "export": (),
    "apis": (),
    "routes": (),
    "verify": ("mounts",),  # an API is verified at the paths of its document
    "coverage": ("mounts", "fixtures", "handlers", "records", "undocumented_404"),  # of the contract, whoever answers
    "check": ("apis", "mounts", "fixtures", "handlers", "records", "undocumented_404"),  # takes files, reads them only
}
"""The commands that read APIs, and which of the options that say which there are cannot make a difference to them."""


def test_every_command_that_reads_apis_takes_every_option_that_says_how() -> None:
    """But for those that cannot make a difference to it."""
    taken = {name: {parameter.name for parameter in main.commands[name].params} for name in READS}

    assert {name: EVERYWHERE - names for name, names in taken.items()} == {k: set(v) for k, v in READS.items()}
    others = {name: {each.name for each in main.commands[name].params} for name in main.commands if name not in READS}
    assert all(not EVERYWHERE & names for names in others.values())


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Of a world that nobody asked anything of."""
    path = tmp_path / "journal.json"
    path.write_text('{"apis": ["pets"], "entries": [], "total": 0}')
    return path


def words(command: str, journal: Path) -> list[str]:
    """The shortest run of a command."""
    further = {"coverage": [str(journal)], "verify": ["--max-examples=1", "--phase=coverage"]}
    return [command, *further.get(command, [])]


@pytest.mark.parametrize("key", ["fixtures", "handlers", "overlay"])
def test_what_the_file_says_of_reading_counts_for_every_command(project: Path, key: str, journal: Path) -> None:
    """One that names a file which is not there fails each of them that it makes a difference to."""
    configured(project, f'apis = ["pets=api/pets.yaml"]\n{key} = "missing.d"\n')

    found = {name: run(*words(name, journal)) for name in READS if name != "serve"}

    parameter = "overlays" if key == "overlay" else key
    told = {name for name, result in found.items() if "missing.d" in result.output}
    assert told == {name for name in found if parameter not in READS[name]}


def test_other_hosts_are_followed_by_every_command(project: Path, journal: Path, elsewhere: str) -> None:
    """If the project's file says so; each of them reads the operation that is there."""
    document = yaml.safe_load(DOCUMENT) | {"paths": {"/pets": {"$ref": f"{elsewhere}#/item"}}}
    (project / "api" / "pets.yaml").write_text(json.dumps(document))
    configured(project, 'apis = ["pets=api/pets.yaml"]\nallow-remote-refs = true\n')

    found = {name: run(*words(name, journal)) for name in READS if name != "serve"}

    assert {name: result.exit_code for name, result in found.items()} == dict.fromkeys(found, 0)
    assert all("not followed" not in result.output for result in found.values())


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The URL of a file on another host: a path item."""
    item = {"item": {"get": {"operationId": "list_pets", "responses": {"204": {"description": "None."}}}}}

    class Host(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(item).encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/item.json"
        server.shutdown()
