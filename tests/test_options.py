"""Values that several commands take: each kind is checked in one way, wherever it is given."""

from __future__ import annotations

from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from mockserver.cli import main
from mockserver.errors import StartError
from mockserver.options import CredentialType, Percent, without_credentials

CREDENTIALS = (
    ("serve", "--control-token", "MOCKSERVER_CONTROL_TOKEN"),
    ("export", "--control-token", "MOCKSERVER_CONTROL_TOKEN"),
    ("coverage", "--control-token", "MOCKSERVER_CONTROL_TOKEN"),
    ("verify", "--auth", "MOCKSERVER_AUTH"),
    ("verify", "--auth-other", "MOCKSERVER_AUTH_OTHER"),
    ("verify", "--auth-unscoped", "MOCKSERVER_AUTH_UNSCOPED"),
)
"""Every option that takes a password or a token, and the variable that stands for it."""


def call(*words: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, list(words))


@pytest.mark.parametrize(("command", "option", "variable"), CREDENTIALS)
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (" ", "is blank: give a credential, or omit it."),
        ("\n", "is blank: give a credential, or omit it."),
        ("hush\nhush", "contains a line break or another control character."),
        ("hush\x1b", "contains a line break or another control character."),
    ],
)
def test_a_credential_that_cannot_be_one_is_refused(
    command: str, option: str, variable: str, value: str, message: str
) -> None:
    """By the option and by the variable alike: one line that names both, without the value, and exit code 2."""
    given, found = call(command, option, value), call(command, **{variable: value})

    for result in (given, found):
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"mockserver: {option} (or {variable}) {message}")
        assert "hush" not in result.stderr


@pytest.mark.parametrize(("command", "option", "variable"), CREDENTIALS)
def test_an_empty_option_is_told_and_an_empty_variable_is_none(command: str, option: str, variable: str) -> None:
    """CI sets the variable of a secret that is missing to nothing."""
    result = call(command, option, "")

    assert result.exit_code == 2
    assert f"{option} (or {variable}) is empty" in result.stderr
    assert "is empty" not in call(command, "--help", **{variable: ""}).output


def converted(kind: Any, value: str) -> Any:
    return kind.convert(value, click.Option(["--auth"], envvar="MOCKSERVER_AUTH"), None)


def test_white_space_around_a_credential_is_left_out_with_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    """Most often it is the line break at the end of the file; within a password a blank may stand."""
    texts = [converted(CredentialType(), each) for each in ("ann:pass word\n", "\tann:pass word ", "ann:pass word")]

    assert texts == ["ann:pass word"] * 3
    assert (
        capsys.readouterr().err.splitlines()
        == ["mockserver: the white space around --auth (or MOCKSERVER_AUTH) is removed."] * 2
    )


def test_the_environment_gives_one_credential() -> None:
    """A blank in it does not part it in two."""
    result = call("verify", "workshop", "--url", "http://127.0.0.1:1", MOCKSERVER_AUTH="pass word")

    assert "one credential was expected" not in result.output
    assert "no server answers at http://127.0.0.1:1" in result.output


def test_a_token_for_a_header_is_ascii() -> None:
    """A header holds nothing else that everybody reads alike; HTTP Basic is written in another way."""
    with pytest.raises(StartError, match="not ASCII and do not fit into a header"):
        converted(CredentialType(ascii_only=True), "gehe\N{LATIN SMALL LETTER I WITH DIAERESIS}m")

    assert converted(CredentialType(), "ann:pä") == "ann:pä"
    assert CredentialType().convert(" x", None, None) == "x"


@pytest.mark.parametrize("value", ["-1", "100.1", "nan", "inf", "many"])
def test_a_share_is_from_0_to_100(value: str) -> None:
    """What no figure can ever reach, or always reaches, is no bound."""
    result = call("coverage", "--fail-under", value)

    assert result.exit_code == 2
    assert "Invalid value for '--fail-under'" in result.output


@pytest.mark.parametrize(("value", "expected"), [("0", 0.0), ("62.5", 62.5), ("100", 100.0)])
def test_a_share_is_a_number(value: str, expected: float) -> None:
    """The ends are taken."""
    assert converted(Percent(), value) == expected


@pytest.mark.parametrize(
    ("words", "environment", "text", "hidden"),
    [
        (["verify", "--auth", "tok-12345"], {}, "no tok-12345 and tok-123456", "no [secret] and tok-123456"),
        (["verify", "--auth=key=tok-12345"], {}, "tok-12345", "[secret]"),
        (["verify", "--header", "X-Key: Bearer hushhush"], {}, "'hushhush'", "'[secret]'"),
        (["verify", "--url", "http://ann:pa55word@h/v2"], {}, "http://ann:pa55word@h/v2", "http://[secret]@h/v2"),
        (["verify", "--url", "http://host.test/"], {}, "http://host.test/", "http://host.test/"),
        (["serve"], {"MOCKSERVER_CONTROL_TOKEN": "hushhush"}, "hushhush", "[secret]"),
        (["verify", "--auth", "v2"], {}, "/v2/", "/v2/"),
        (["verify", "--auth"], {}, "--auth", "--auth"),
    ],
)
def test_a_text_of_ours_has_no_credential(
    words: list[str], environment: dict[str, str], text: str, hidden: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a traceback quotes: values of options and variables, whole or in parts; not what is too short."""
    for _, _, variable in CREDENTIALS:
        monkeypatch.delenv(variable, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert isinstance(main, click.Group)
    assert without_credentials(text, main, words) == hidden
