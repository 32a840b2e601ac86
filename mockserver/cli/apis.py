"""`mockserver apis` and `routes`: what is served, for a person."""

from __future__ import annotations

from typing import Any

import click

from mockserver import completion
from mockserver.commands import Configured
from mockserver.options import (
    naming,
)


@click.command(cls=Configured)
@click.argument("apis", nargs=-1, metavar="[API|FILE]...", shell_complete=completion.apis_and_files)
@naming
@click.pass_context
def apis(ctx: click.Context, /, **options: Any) -> None:
    """List the APIs and their demo credentials."""
    from mockserver.listing import list_apis
    from mockserver.output.printing import Output
    from mockserver.seeding import seed_world
    from mockserver.settings import loaded

    chosen = loaded(options, ctx.get_parameter_source)
    list_apis(Output(), chosen, seed_world(chosen))


@click.command(cls=Configured)
@click.argument("apis", nargs=-1, metavar="[API|FILE]...", shell_complete=completion.apis_and_files)
@naming
@click.option(
    "--inferred/--no-inferred",
    default=None,
    help="List what is inferred, and why.  [default: --inferred for a single API]",
)
@click.pass_context
def routes(ctx: click.Context, /, inferred: bool | None, **options: Any) -> None:
    """List the operations of APIs, and what is inferred."""
    from mockserver.listing import list_inferences, list_routes
    from mockserver.output.printing import Output
    from mockserver.settings import loaded

    out, chosen = Output(), loaded(options, ctx.get_parameter_source)
    for each in chosen:
        list_routes(out, each)
        if inferred or (inferred is None and len(chosen) == 1):
            list_inferences(out, each)
        out.print()
