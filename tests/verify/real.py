"""`python -m tests.verify.real NAME`: `verify` against a real provider, which is installed and started for that.

Each seed has a provider of its own, with nothing in it; the first writes a baseline, and the others should find nothing
new. What few requests find is found by chance, so the first sends more examples than the others. Every group of
findings is shown with the response to its own commands, sent again. It needs the package registry and takes minutes, so
it is run by hand: whether a finding is true, a person reads in the answer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import requests

from mockserver.runtime.listening import bind
from tests.dev import ENVIRONMENTS, UV, run

STARTS = 300
"""Tries, a fifth of a second each, until the provider gives its document."""

TIMES = 5
"""How many times as many examples the baseline is written with."""

ECHO = """
from mlserver import MLModel
from mlserver.types import InferenceRequest, InferenceResponse, ResponseOutput


class Echo(MLModel):
    async def load(self) -> bool:
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        outputs = [
            ResponseOutput(name=each.name, shape=each.shape, datatype=each.datatype, data=each.data)
            for each in payload.inputs
        ]
        return InferenceResponse(model_name=self.name, outputs=outputs)
"""


@dataclass(frozen=True)
class Provider:
    """How one is installed, started and verified. `{port}` and `{folder}` are put in place.

    document: where it gives its OpenAPI document. base: of the documented paths. files: what lies in its folder.
    """

    requirement: str
    command: tuple[str, ...]
    document: str
    base: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()


PROVIDERS = {
    "chroma": Provider(
        requirement="chromadb==1.5.9",
        command=("chroma", "run", "--path", "{folder}/data", "--host", "127.0.0.1", "--port", "{port}"),
        document="/openapi.json",
        options=(
            *("--auth", "any-key-will-do"),
            *("--set", "*.path.tenant=default_tenant", "--set", "*.path.database=default_database"),
        ),
    ),
    "mlserver": Provider(
        requirement="mlserver==1.7.1",
        command=("mlserver", "start", "{folder}"),
        document="/v2/docs/dataplane.json",
        files={
            "echo.py": ECHO,
            "model-settings.json": '{"name": "echo", "implementation": "echo.Echo"}',
            "settings.json": '{"host": "127.0.0.1", "http_port": {port}, "grpc_port": {second}, "parallel_workers": 0, '
            '"metrics_endpoint": null}',
        },
        options=("--set", "*.path.model_name=echo"),
    ),
    "prefect": Provider(
        requirement="prefect==3.9.1",
        command=("prefect", "server", "start", "--host", "127.0.0.1", "--port", "{port}", "--no-ui"),
        document="/openapi.json",
        environment={
            "PREFECT_HOME": "{folder}",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_API_AUTH_STRING": "",
        },
    ),
}


def free_port() -> int:
    with bind("127.0.0.1", 0) as listener:
        port: int = listener.getsockname()[1]
        return port


def filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


@contextmanager
def started(provider: Provider, binaries: Path, folder: Path) -> Iterator[str]:
    """The provider in a process of its own on loopback, and its URL; its document lies in the folder."""
    port = free_port()
    values = {"port": str(port), "second": str(free_port()), "folder": str(folder)}
    for name, text in provider.files.items():
        (folder / name).write_text(filled(text, values), encoding="utf-8")
    command = [filled(each, values) for each in provider.command]
    environment = {**os.environ, **{name: filled(text, values) for name, text in provider.environment.items()}}
    with (folder / "provider.log").open("wb") as log:
        process = subprocess.Popen(
            [binaries / command[0], *command[1:]], cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        url = f"http://127.0.0.1:{port}"
        (folder / "document.json").write_bytes(document(f"{url}{provider.document}", process))
        yield f"{url}{provider.base}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def document(url: str, process: subprocess.Popen[bytes]) -> bytes:
    """The provider's document, once it gives it."""
    pause = threading.Event()
    for _ in range(STARTS):
        try:
            answer = requests.get(url, timeout=5)
        except requests.ConnectionError:
            if process.poll() is not None:
                break
            pause.wait(0.2)
        else:
            answer.raise_for_status()
            return answer.content
    raise click.ClickException(f"the provider gave no document at {url}; see provider.log in its folder.")


def verified(provider: Provider, url: str, folder: Path, words: list[str]) -> tuple[int, dict[str, Any]]:
    """The exit code and the report of a run."""
    report = folder / "report.json"
    command = ["-m", "mockserver", "verify", str(folder / "document.json"), "--url", url, "--allow-writes", *words]
    done = subprocess.run(
        [sys.executable, *command, *provider.options, "--report", f"json={report}"],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    (folder / "verify.txt").write_text(done.stdout, encoding="utf-8")
    return done.returncode, json.loads(report.read_text(encoding="utf-8"))


def again(finding: Mapping[str, Any], auth: str) -> int | None:
    """The status of the response to a finding's commands, sent again; None if there is none."""
    status = 0
    for command in finding["curl"]:
        sent = subprocess.run(
            ["bash", "-c", f"{command} -s -o /dev/null -w '%{{http_code}}' --max-time 20"],
            env={**os.environ, "MOCKSERVER_AUTH": auth},
            capture_output=True,
            text=True,
            check=False,
        )
        status = int(sent.stdout or 0)
    return status or None


def groups(report: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], list[Mapping[str, Any]]]]:
    """Each group of a report with its findings, the shortest first."""
    (api,) = report["apis"]
    for group in report["groups"]:
        found = [
            each
            for each in api["findings"]
            if (each["check"], each["headline"], each["severity"])
            == (group["check"], group["headline"], group["severity"])
        ]
        yield group, sorted(found, key=lambda each: len("".join(each["curl"])))


def show(report: Mapping[str, Any], auth: str) -> None:
    """A row of a Markdown table for each group, with what its shortest finding's commands are answered now."""
    click.echo("\n| finding | check | operations | answered | again |\n|---|---|---|---|---|")
    for group, found in groups(report):
        before = found[0]["exchanges"][-1]["status"]
        row = [group["headline"], group["check"], len(group["operations"]), before, again(found[0], auth)]
        click.echo(f"| {' | '.join(map(str, row))} |")


def round_trip(
    provider: Provider, binaries: Path, folder: Path, words: list[str], seeds: tuple[int, ...], examples: int
) -> None:
    """Verify once for each seed, the later ones by the baseline of the first, and show what came of it."""
    baseline = folder / "known.json"
    rows = []
    for number, seed in enumerate(seeds):
        own = folder / str(seed)
        own.mkdir()
        first = ["--write-baseline", "--max-examples", str(TIMES * examples)] if number == 0 else []
        with started(provider, binaries, own) as url:
            given = ["--seed", str(seed), "--baseline", str(baseline), "--max-examples", str(examples), *first, *words]
            code, report = verified(provider, url, own, given)
            if number == 0:
                show(report, dict(zip(provider.options, provider.options[1:], strict=False)).get("--auth", ""))
        findings = report["apis"][0]["findings"]
        new = [each for each in findings if not each["known"]]
        rows.append((seed, report["cases"], len(findings) - len(new), len(new), len(report["gone"]), code))
        for each in new:
            click.echo(f"new with seed {seed}: {each['operationId']}: {each['headline']}")
    click.echo("\n| seed | cases | known | new | not found | exit code |\n|---|---|---|---|---|---|")
    for row in rows:
        click.echo(f"| {' | '.join(map(str, row))} |")


@click.command()
@click.argument("name", type=click.Choice(sorted(PROVIDERS)))
@click.option("--seed", "seeds", multiple=True, type=int, default=(1, 2, 3), show_default=True)
@click.option("--max-examples", default=20, show_default=True)
@click.option("--operation", "operations", multiple=True, help="Only this one; may be given several times.")
def main(name: str, seeds: tuple[int, ...], max_examples: int, operations: tuple[str, ...]) -> None:
    """Install a provider, start it on loopback, and verify it with each seed."""
    provider, environment = PROVIDERS[name], ENVIRONMENTS / name
    if not (environment / "bin" / provider.command[0]).exists():
        run(*UV, "venv", "--quiet", "--clear", str(environment))
        run(*UV, "pip", "install", "--quiet", "--python", str(environment / "bin" / "python"), provider.requirement)
    folder = Path(tempfile.mkdtemp(prefix=f"verify-{name}-"))
    click.echo(f"reports and logs: {folder}")
    words = [word for each in operations for word in ("--operation", each)]
    round_trip(provider, environment / "bin", folder, words, seeds, max_examples)


if __name__ == "__main__":
    main()
