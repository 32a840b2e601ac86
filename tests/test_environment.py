"""A variable that looks like one of ours and is none is told, as far as it is ours to tell."""

from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.configuration import project_options
from mockserver.environment import strangers
from mockserver.errors import ConfigurationError


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what the run itself has."""
    for name in [name for name in os.environ if name.startswith("MOCKSERVER_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("MOCKSERVER_PROT", "MOCKSERVER_PORT"),
        ("MOCKSERVER_RECORD", "MOCKSERVER_RECORDS"),
        ("MOCKSERVER_CONTROL_TOKE", "MOCKSERVER_CONTROL_TOKEN"),
        ("MOCKSERVER_NO_CONFG", "MOCKSERVER_NO_CONFIG"),
        ("MOCKSERVER_DEBUGG", "MOCKSERVER_DEBUG"),
        ("MOCKSERVER_MAX_TIME", "MOCKSERVER_VERIFY_MAX_TIME"),
        ("MOCKSERVER_AUTH_OTHERS", "MOCKSERVER_AUTH_OTHER"),
    ],
)
def test_a_slip_in_a_name_is_told(name: str, nearest: str) -> None:
    """With the name that was meant; it is no error, as the variable may be somebody else's."""
    assert strangers(main, {name: "7"}) == [
        f"the variable {name} of the environment has no effect; did you mean {nearest}?"
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("MOCKSERVER_VERIFY_MAX_TIEM", "did you mean MOCKSERVER_VERIFY_MAX_TIME?"),
        ("MOCKSERVER_SERVE_PROT", "did you mean MOCKSERVER_SERVE_PORT?"),
        ("MOCKSERVER_VERIFY_AUTH", "did you mean MOCKSERVER_AUTH?"),
        ("MOCKSERVER_COVERAGE_XYZ", "expected one of MOCKSERVER_COVERAGE_"),
    ],
)
def test_what_carries_the_name_of_a_command_is_an_error(name: str, message: str) -> None:
    """Nobody else calls variables so: it is as an unknown key of a file."""
    with pytest.raises(ConfigurationError) as error:
        strangers(main, {name: "secret"})

    assert str(error.value).startswith(f"the environment: {name}: there is no such variable; {message}")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MOCKSERVER_PORT", "tcp://10.0.0.1:80"),
        ("MOCKSERVER_SERVE_PORT", "tcp://10.0.0.1:80"),
        ("MOCKSERVER_SERVICE_HOST", "10.0.0.1"),
        ("MOCKSERVER_SERVICE_PORT", "80"),
        ("MOCKSERVER_SERVICE_PORT_HTTP", "80"),
        ("MOCKSERVER_PORT_80_TCP", "tcp://10.0.0.1:80"),
        ("MOCKSERVER_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("MOCKSERVER_VERIFY_SERVICE_HOST", "10.0.0.1"),
        ("MOCKSERVER_VERIFY_PORT", "tcp://10.0.0.1:80"),
        ("MOCKSERVER_DOCUMENTS", "documents"),
        ("MOCKSERVER_URL", "http://127.0.0.1:8080"),
        ("MOCKSERVER_LOG_LEVEL", "INFO"),
        ("MOCKSERVER_INITIALIZATION_JSON_PATH", "x.json"),
        ("MOCKSERVER_PROT", ""),
        ("MOCKSERVERS_PROT", "7"),
        ("MOCKSERVER_USERINFO", "ann:secret"),
        ("_MOCKSERVER_COMPLETE", "bash_source"),
    ],
)
def test_what_is_of_others_is_passed_over(name: str, value: str) -> None:
    """What Kubernetes sets for a service, what is near nothing of ours, and what is empty."""
    assert strangers(main, {name: value}) == []


def test_every_variable_of_an_option_is_known() -> None:
    """Of each command, and of the program itself."""
    parameters = [each for command in (main, *main.commands.values()) for each in command.params]
    variables = [each.envvar for each in parameters if each.envvar]
    named = [name for each in variables for name in ([each] if isinstance(each, str) else each)]

    assert strangers(main, dict.fromkeys(named, "1")) == []
    assert len(named) > 100


@pytest.mark.parametrize("command", [["apis", "workshop"], ["check", "specs/workshop.yaml"], ["export", "crm"]])
def test_every_command_tells_of_it(command: list[str]) -> None:
    """A line on standard error, beside what the command does; an error instead of it."""
    told = CliRunner().invoke(main, command, env={"MOCKSERVER_PROT": "7"})
    refused = CliRunner().invoke(main, command, env={"MOCKSERVER_VERIFY_MAX_TIEM": "7"})

    assert told.exit_code == 0
    assert told.stderr == (
        "mockserver: the variable MOCKSERVER_PROT of the environment has no effect; did you mean MOCKSERVER_PORT?\n"
    )
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.startswith("mockserver: the environment: MOCKSERVER_VERIFY_MAX_TIEM: there is no such")


@pytest.mark.parametrize("words", [["guide", "limits"], ["serve", "--help"], ["--version"]])
def test_what_a_person_asks_is_answered_all_the_same(words: list[str]) -> None:
    """Help and the guide say what is right."""
    assert CliRunner().invoke(main, words, env={"MOCKSERVER_VERIFY_MAX_TIEM": "7"}).exit_code == 0


def test_pytest_tells_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A warning, or the error."""
    monkeypatch.setenv("MOCKSERVER_PROT", "7")
    with pytest.warns(UserWarning, match="MOCKSERVER_PROT of the environment has no effect"):
        project_options(main, "serve", None)

    monkeypatch.setenv("MOCKSERVER_SERVE_PROT", "7")
    with pytest.raises(ConfigurationError, match="did you mean MOCKSERVER_SERVE_PORT"):
        project_options(main, "serve", None)
