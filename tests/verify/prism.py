"""`python -m tests.verify.prism`: what `verify` finds in Prism serving the same documents, and whether it is true.

Prism keeps no state and knows no credentials, so much is to be found. Each finding is then held against Prism once
more: its curl commands are pasted into a shell, and the last answer must have the status that the finding tells of.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from mockserver.catalog import load_api, names
from mockserver.errors import VerifyError
from mockserver.output.printing import Output
from mockserver.resources import resource
from mockserver.seeding import seed_world
from mockserver.verify.campaign import verify
from mockserver.verify.events import Finding
from mockserver.verify.plan import TIMEOUT, Plan
from mockserver.verify.reach import reach
from mockserver.verify.registration import Pulse
from mockserver.verify.reporters.terminal import show
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.scores import ApiScore
from mockserver.verify.targets import VARIABLES, Given, url_target
from mockserver.verify.wire import Wire
from tests.benchmarks.npm import ToolError, installed, label, program
from tests.benchmarks.process import PATIENCE, Process, free_port
from tests.benchmarks.serving import CACHE

PRISM = "@stoplight/prism-cli"
SILENCE = 28
"""curl's exit code when no answer came in time."""


@dataclass(frozen=True)
class Repetition:
    """One finding once more: the status it tells of and the one that came, None for no answer in time."""

    finding: Finding
    expected: int | None
    received: int | None

    @property
    def true(self) -> bool:
        return self.expected == self.received


@contextmanager
def prism(api: str, cache: Path) -> Iterator[str]:
    """Prism serving the API's document; its URL."""
    node = installed("node", cache) / "bin" / "node"
    script = installed(PRISM, cache) / "dist" / "index.js"
    port = free_port()
    document = resource("specs") / f"{api}.yaml"
    command = [str(node), str(script), "mock", str(document), "--host=127.0.0.1", f"--port={port}"]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder, Process(command, Path(folder), os.environ):
        _wait(url)
        yield url


def _wait(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            reach(url, Wire())
        except VerifyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def credentials(api: str) -> Given:
    """The demo credentials of the mock: Prism takes any, and none must make a difference to a true finding."""
    loaded = load_api(api)
    if loaded.credentials is None:
        return Given()
    tokens = [record["token"] for record in seed_world([loaded])[loaded.credentials]]
    weaker = [record["token"] for record in seed_world([loaded])[loaded.credentials] if not record["scopes"]]
    return Given(auth=tuple(tokens[:1]), other=tuple(tokens[-1:]), unscoped=tuple(weaker[:1]))


def repeat(finding: Finding, environment: Mapping[str, str]) -> Repetition:
    """Paste the finding's commands into a shell, one after the other."""
    options = f"curl -s -o /dev/null -m {TIMEOUT} -w '%{{http_code}}' "
    received = None
    for command in finding.curl:
        before, piped, after = command.rpartition("curl ")
        line = f"{before}{options}{after}" if piped else command
        run = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, env=dict(environment))
        received = None if run.returncode == SILENCE else int(run.stdout or 0)
    return Repetition(finding, finding.status, received)


@click.command(context_settings={"show_default": True})
@click.argument("apis", nargs=-1, metavar="[API]...")
@click.option("--max-examples", default=20, type=click.IntRange(1), help="As of `mockserver verify`.")
@click.option("--seed", default=1, type=click.IntRange(0), help="As of `mockserver verify`.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), default=CACHE, help="Where npm installs to.")
@click.option("--whole", is_flag=True, help="Print the whole scoreboards.")
def main(*, apis: tuple[str, ...], max_examples: int, seed: int, cache: Path, whole: bool) -> None:
    """Verify Prism with the documents of the APIs, all five by default; exit 1 if a finding does not come again."""
    out = Output()
    untrue = 0
    for api in apis or names():
        try:
            program("curl")
            board, repetitions = held(api, cache.resolve(), Plan(seed=seed, max_examples=max_examples))
        except (ToolError, VerifyError, OSError) as error:
            raise click.ClickException(str(error)) from None
        if whole:
            show(out, board, ())
        for line in told(board.apis[0], repetitions):
            out.print(line, markup=False, soft_wrap=True)
        untrue += sum(not each.true for each in repetitions)
    sys.exit(1 if untrue else 0)


def held(api: str, cache: Path, plan: Plan) -> tuple[Scoreboard, list[Repetition]]:
    """What is found in Prism, and each finding once more."""
    board = Scoreboard(plan.seed)
    given = credentials(api)
    environment = {"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir()}
    for who, texts in (("caller", given.auth), ("other", given.other), ("unscoped", given.unscoped)):
        if texts:
            environment[VARIABLES[who]] = texts[0]
    with prism(api, cache) as url:
        for event in verify(url_target(api, url, given, writes=True), plan, Pulse()):
            board.on_event(event)
        return board, [repeat(finding, environment) for finding in board.findings]


def told(api: ApiScore, repetitions: list[Repetition]) -> Iterator[str]:
    """A summary: the findings by check, and those that did not come again."""
    checks = Counter(finding.check for finding in api.findings)
    true = sum(each.true for each in repetitions)
    yield f"{api.name}: {label(PRISM)}, {api.cases:,} cases in {api.seconds:.0f} s, {api.verdict}, {api.stopped}; " + (
        f"{len(repetitions)} findings, {true} came again"
    )
    yield from (f"  {count:3}  {check}" for check, count in sorted(checks.items()))
    yield from (f"  {remark}" for remark in api.remarks())
    for each in repetitions:
        if not each.true:
            name = f"{each.finding.operation.operation_id}, {each.finding.check}: {each.finding.message}"
            yield f"  not again: {name}: {each.expected} was found, then {each.received}: {each.finding.curl[-1]}"


if __name__ == "__main__":
    main()
