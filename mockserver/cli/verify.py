"""`mockserver verify`: whether the mock or a provider keeps its contract. Needs the extra `verify`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mockserver import completion
from mockserver.commands import Configured, output_is_optional
from mockserver.errors import VerifyError
from mockserver.options import (
    Command,
    CredentialType,
    formatted,
    reading,
    trusting,
)


def credential(name: str, told: str) -> Callable[[Command], Command]:
    """An option for a credential, which a variable of the same name can give as well."""
    return click.option(
        name,
        multiple=True,
        type=CredentialType(),
        envvar=f"MOCKSERVER_{name.strip('-').replace('-', '_').upper()}",
        metavar="[SCHEME=]CREDENTIAL",
        help=told,
    )


@click.command(cls=Configured)
@click.argument("apis", nargs=-1, metavar="[API]...", shell_complete=completion.apis_and_files)
@click.option("--url", metavar="URL", help="Verify the server at this base URL instead of the mock.")
@click.option("--allow-writes", is_flag=True, help="With --url: also send POST, PUT, PATCH and DELETE.")
@credential("--auth", "Credential of the caller, placed as the document says. Prefer the variable MOCKSERVER_AUTH.")
@credential("--auth-other", "Credential of another account, which must neither see nor change the data of the caller.")
@credential(
    "--auth-unscoped", "Valid credential without scopes; must be refused wherever the document requires a scope."
)
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="Header to send with every request; repeatable.",
)
@trusting
@reading
@click.option(
    "--require-success",
    is_flag=True,
    help="Exit with 2 unless every operation sent succeeded at least once.",
)
@click.option("--rate-limit", metavar="N/s", help="Maximum request rate: 5/s, 100/m or 1000/h.  [default: no limit]")
@click.option(
    "--phase",
    "phases",
    multiple=True,
    type=click.Choice(["examples", "coverage", "fuzzing", "stateful"]),
    help="Run only this phase; repeatable.",
)
@click.option(
    "--operation", "operations", multiple=True, metavar="ID", help="Verify only this operationId, or 'GET /path'."
)
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="OPERATION.NAME=VALUE",
    help="Send this value of a parameter or body property; OPERATION is an operationId, or * for all. Repeatable.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Values as for --set, in a YAML, JSON or TOML file: operations, each with its names and values.",
)
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Run only this check; repeatable.")
@click.option(
    "--exclude-check",
    "excluded_checks",
    multiple=True,
    metavar="NAME[=REASON]",
    help="Do not run this check; the reason is shown in the results. Repeatable.",
)
@click.option(
    "--severity",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="Fail on findings of this severity or worse. A warning is a refusal by a status that the document lists for "
    "other causes.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Read known findings: they are counted, and only new ones fail the run.",
)
@click.option(
    "--write-baseline",
    is_flag=True,
    help="Write the findings to the baseline. The reasons that it gives for known ones are kept.",
)
@click.option(
    "--max-examples",
    type=click.IntRange(1),
    help="Random requests per operation, and random sequences.  [default: 100]",
)
@click.option(
    "--max-time",
    type=click.IntRange(1),
    metavar="SECONDS",
    help="Time to spend in total, shared by APIs and phases. With --max-examples, whichever comes first ends the run; "
    "without, the whole time is used.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    help="Seed of generated requests; the same seed repeats a run.  [default: random, and shown]",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Concurrent requests. With more than one, --seed cannot repeat a run, and paging and writes are not checked.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="KIND=FILE",
    help="Write a report: junit, json, html, sarif or har; repeatable.",
)
@formatted("result")
@click.pass_context
def verify(ctx: click.Context, /, **options: Any) -> None:
    """Verify that the mock, or a provider at --url, keeps its contract.

    API is the name of a shipped API, all five by default, or an OpenAPI document.

    \b
    mockserver verify                                      the mock itself, in this process
    mockserver verify workshop --url https://api.test/     a provider; only safe methods are sent
    mockserver verify --report junit=r.xml --report html=r.html

    Exit codes: 0 the contract is kept, 1 it is broken, 2 it could not be determined.
    """
    from importlib.metadata import requires
    from importlib.util import find_spec

    from mockserver.catalog import load_apis
    from mockserver.output.printing import Output
    from mockserver.settings import arguments

    if find_spec("schemathesis") is None:
        asked = (each.partition(";") for each in requires("mockserver") or ())
        needed = next(requirement for requirement, _, marker in asked if "verify" in marker)
        raise VerifyError(f"verify needs Schemathesis, which is not installed. Run: pip install '{needed}'")
    try:
        from mockserver.verify.arguments import VerifyArguments
        from mockserver.verify.command import run
    except KeyboardInterrupt:
        raise VerifyError("interrupted before anything was sent.") from None

    if options["url"] is None:  # the environment holds credentials for providers
        given = {name: ctx.get_parameter_source(name) for name in ("auth", "auth_other", "auth_unscoped")}
        options |= {name: () for name, source in given.items() if source is ParameterSource.ENVIRONMENT}
    output_is_optional()
    told = arguments(options, load_apis)
    others = {name: each for name, each in options.items() if name not in told}
    ctx.exit(run(VerifyArguments(**others, reading=told), Output()))
