"""`mockserver coverage`: how much of a contract the requests in a journal exercised."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mockserver.commands import Configured, output_is_optional
from mockserver.options import (
    Percent,
    controlling,
    following,
    formatted,
    overlaying,
    trusting,
)


@click.command(cls=Configured)
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[FILE]")
@click.option("--url", metavar="URL", help="URL of a running server.  [default: http://127.0.0.1:8080]")
@click.option("--world", default="default", show_default=True, metavar="NAME", help="World of the server.")
@controlling("Control token of the server, if it has one.")
@trusting
@click.option("--api", "apis", multiple=True, metavar="API", help="Only this API; repeatable.  [default: all served]")
@overlaying
@following
@click.option("--quotes/--no-quotes", default=False, help="Quote the parts of the documents that were not exercised.")
@click.option(
    "--report", "reports", multiple=True, metavar="KIND=PATH", help="Write a report: html=DIR or json=FILE; repeatable."
)
@click.option("--fail-under", type=Percent(), metavar="PERCENT", help="Exit with 1 if the coverage is lower.")
@formatted("report")
@click.pass_context
def coverage(ctx: click.Context, /, **options: Any) -> None:
    """Report how much of the contract was exercised.

    The requests are those in the journal of a running server, or in an exported journal, FILE.

    \b
    mockserver coverage                                    the server on port 8080
    mockserver coverage --world t1 --report html=coverage  one of its worlds, as a page
    curl -s http://127.0.0.1:8080/_mock/export/journal -o journal.json
    mockserver coverage journal.json --fail-under 60

    Exit codes: 0 reported, 1 the coverage is below --fail-under, 2 it could not be determined.
    """
    from mockserver.coverage.command import CoverageArguments, run
    from mockserver.output.printing import Output

    output_is_optional()
    ctx.exit(run(CoverageArguments(**options), Output()))
