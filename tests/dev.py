"""`python -m tests.dev`: one command each for what a change needs before it is sent.

Every command prints the commands that it runs and stops at the first that fails. Other Pythons, and the lowest versions
that `pyproject.toml` admits, run a part of the suite: what stands closest to the interpreter, and to the libraries.
"""

from __future__ import annotations

import os
import random
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

ROOT = Path(__file__).parent.parent
ENVIRONMENTS = ROOT / ".venvs"
PYTHONS = ("3.12", "3.13")
"""Beside the oldest, 3.11, which everything else runs on."""

INTERPRETER = ("contract", "world", "runtime", "control", "mock", "hostile", "test_server.py", "test_serve.py")
"""Of `tests/`: what stands closest to the interpreter, from parsing to sockets, threads and signals."""

LIBRARIES = (
    *("runtime", "control", "mock", "hostile", "oracle", "plugin/test_plugin.py"),
    *("verify/test_campaign.py", "verify/test_wire.py", "verify/checks", "test_server.py"),
)
"""What stands closest to the libraries, whose private parts are used. `oracle` runs Schemathesis against the five and
stock Connexion, `plugin` runs pytest, the others uvicorn and httpx."""

VERIFY = ("verify",)
"""What Schemathesis runs in, of which much uses its private parts."""

PARALLEL = ("-n", "auto", "--dist", "loadfile")
"""By file, so that what tests of a module share is made once: pytest-xdist 3.8 knows no groups under pytest 9.2."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Check a change: tests, lint and types take minutes, the gate about twelve."""


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1)
def test(arguments: tuple[str, ...]) -> None:
    """Run the tests, campaigns as samples, and without what installs something; ARGUMENTS are pytest's."""
    run(sys.executable, "-m", "pytest", *PARALLEL, *arguments)


@main.command(context_settings={"ignore_unknown_options": True})
@click.option("--seed", type=click.IntRange(0), help="Draw what that seed drew before.  [default: a new one]")
@click.argument("arguments", nargs=-1)
def campaigns(seed: int | None, arguments: tuple[str, ...]) -> None:
    """Run whole campaigns, and all that Hypothesis draws, with new draws; ARGUMENTS are pytest's.

    The gate runs them too, with the same draws in every run. What fails here is repeated by the seed that is told.
    """
    chosen = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    drawn = f"--hypothesis-seed={chosen}"
    try:
        run(sys.executable, "-m", "pytest", *PARALLEL, "-m", "campaign or hypothesis", drawn, *arguments)
    except SystemExit:
        click.secho(f"Repeat with: python -m tests.dev campaigns --seed {chosen}", fg="yellow", bold=True, err=True)
        raise


@main.command()
def lint() -> None:
    """Check style and form; `ruff check --fix` and `ruff format` mend most of it."""
    run(sys.executable, "-m", "ruff", "check", ".")
    run(sys.executable, "-m", "ruff", "format", "--check", ".")


@main.command()
def types() -> None:
    """Check the types of package and tests."""
    run(sys.executable, "-m", "mypy")


@main.command()
def benchmark() -> None:
    """Measure how cost grows with the store, in a minute; tests/benchmarks has more."""
    run(sys.executable, "-m", "tests.benchmarks.growth", "--size", "1000", "--size", "10000")


@main.command()
@click.argument("versions", nargs=-1, metavar="[VERSION]...")
def pythons(versions: tuple[str, ...]) -> None:
    """Run what is closest to the interpreter on other Pythons (default: 3.12 and 3.13, where they are installed)."""
    for version in versions or PYTHONS:
        interpreter = find(version)
        if interpreter is not None:
            on(interpreter, version, ["-e", ".[test]"], INTERPRETER)
        elif versions:
            raise click.ClickException(f"no Python {version} on the PATH, below PYENV_ROOT or of uv. Install one.")
        else:
            click.secho(f"NOT TESTED on Python {version}, which is not installed.", fg="yellow", bold=True)


@main.command()
def lowest() -> None:
    """Run what is closest to the libraries on the lowest versions that pyproject.toml admits."""
    on(sys.executable, "lowest", ["--resolution", "lowest-direct", "-e", ".[test]"], LIBRARIES)


@main.command()
@click.argument("tests", nargs=-1, metavar="[TEST]...")
def schemathesis(tests: tuple[str, ...]) -> None:
    """Run the tests of verify on the lowest and on the newest Schemathesis that pyproject.toml admits.

    TEST is a file or folder below tests/ (default: verify).
    """
    for name, requirement in ends("schemathesis"):
        on(sys.executable, name, ["-e", ".[test]", requirement], tests or VERIFY)


def ends(package: str) -> Iterator[tuple[str, str]]:
    """Names and requirements for both ends of the versions of a package that pyproject.toml admits."""
    (bound,) = re.findall(rf"{package}>=([^,\"]+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    yield f"{package}-lowest", f"{package}=={bound}"
    yield f"{package}-newest", package


def on(interpreter: str, name: str, requirements: Sequence[str], tests: Sequence[str]) -> None:
    """Run tests in a fresh environment with these requirements."""
    folder = ENVIRONMENTS / name
    python = str(folder / "bin" / "python")
    run(*UV, "venv", "--quiet", "--clear", "--python", interpreter, str(folder))
    run(*UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *requirements)
    run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PARALLEL, *(f"tests/{each}" for each in tests))


UV = (sys.executable, "-m", "uv")


def find(version: str) -> str | None:
    """The interpreter of a version, such as 3.12, that runs on this machine."""
    return next((each for each in candidates(version) if runs(each, version)), None)


def candidates(version: str) -> Iterator[str]:
    on_path = shutil.which(f"python{version}")
    if on_path is not None:
        yield on_path
    for root in (Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions", managed()):
        yield from map(str, sorted(root.glob(f"*{version}.*/bin/python{version}")))


def managed() -> Path:
    """Where uv keeps the Pythons that it has installed."""
    return Path(subprocess.run([*UV, "python", "dir"], capture_output=True, text=True, check=True).stdout.strip())


def runs(interpreter: str, version: str) -> bool:
    """Whether it is that version, and not a name that leads to nothing, as pyenv leaves them."""
    asked = [interpreter, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    return told.stdout.strip() == version


def run(*command: str) -> None:
    """One command at the root of the checkout, shown; the first that fails ends all."""
    click.secho(f"$ {shlex.join(command)}", dim=True, err=True)
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code:
        raise SystemExit(code)


if __name__ == "__main__":
    main(prog_name="python -m tests.dev")
