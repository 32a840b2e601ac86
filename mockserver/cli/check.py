"""`mockserver check`: the flaws of documents."""

from __future__ import annotations

from typing import Any

import click

from mockserver import completion
from mockserver.commands import Configured, output_is_optional
from mockserver.options import (
    following,
    formatted,
    overlaying,
)


@click.command(cls=Configured)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=completion.apis_and_files)
@overlaying
@following
@click.option("--strict", is_flag=True, help="Exit with 1 if there are warnings.")
@formatted("flaws")
@click.pass_context
def check(ctx: click.Context, /, **options: Any) -> None:
    """List the flaws of OpenAPI documents, and whether they can be served.

    FILE is a path or an http(s) URL. Each flaw is listed with its place in the file, its JSON pointer and a remedy.
    With a warning everything is still served; an operation that cannot be served answers 501.

    \b
    mockserver check petstore.yaml
    mockserver check --strict --format json api/*.yaml

    Exit codes: 0 everything can be served, 1 with --strict if there are warnings, 2 a document or an operation cannot
    be served.
    """
    from mockserver.checking import CheckArguments, run
    from mockserver.output.printing import Output

    output_is_optional()
    ctx.exit(run(CheckArguments(**options), Output()))
