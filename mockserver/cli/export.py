"""`mockserver export`: a world, of a running server or as it begins, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mockserver import completion
from mockserver.commands import Configured
from mockserver.errors import StartError
from mockserver.options import (
    controlling,
    naming,
    trusting,
)


@click.command(cls=Configured)
@click.argument("apis", nargs=-1, metavar="[API|FILE]...", shell_complete=completion.apis_and_files)
@click.option(
    "--url", metavar="URL", help="URL of a running server. Without it, the initial world of the APIs is exported."
)
@click.option("--world", metavar="NAME", help="World of the server to export.  [default: default]")
@controlling("Control token of the server, if it has one.")
@trusting
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FILE", help="File to write instead of standard output."
)
@click.option(
    "--as-fixtures",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the records as DIR/<api>/<collection>.json instead, for `serve --fixtures DIR`.",
)
@click.option(
    "--include",
    multiple=True,
    metavar="NAME",
    help="Collection to write although nobody has looked at it, `all` for each: those of an API that has more than 500"
    " are left out otherwise.",
)
@naming
@click.option("--seed", type=int, help="As for serve; only without --url.  [default: 0]")
@click.pass_context
def export(ctx: click.Context, /, **options: Any) -> None:
    """Export a world as a JSON file, for `serve --state FILE`, or its records as fixtures.

    APIs are given as for serve. The options that say how they are read apply only without --url.
    """
    from mockserver.admin.files import Beginning, collections_of, write, write_fixtures
    from mockserver.admin.worlds import begin
    from mockserver.output.complaint import tell
    from mockserver.settings import loaded
    from mockserver.world import DEFAULT

    url, given = options["url"], (name for name in ("apis", "fixtures", "seed") if options[name] not in (None, ()))
    if url is not None and any(ctx.get_parameter_source(each) is ParameterSource.COMMANDLINE for each in given):
        raise StartError("--url exports a world of that server: omit the APIs, --fixtures and --seed.")
    if options["as_fixtures"] is not None and options["output"] is not None:
        raise StartError("--as-fixtures and --output exclude each other: omit one.")
    if url is None and options["world"] is not None:
        raise StartError("--world needs --url: only a running server has worlds.")
    as_fixtures = options["as_fixtures"]
    if url is not None:
        from mockserver import remote
        from mockserver.client import Trust

        trust = Trust(options["cacert"], options["insecure"])
        world = options["world"] or DEFAULT
        exported = remote.world(url, world, options["include"], options["control_token"], trust)
        if as_fixtures is None:
            write([exported], options["output"])
        else:
            write_fixtures(collections_of(exported), as_fixtures)
        return
    chosen = loaded(options, ctx.get_parameter_source)
    beginning = Beginning(begin(chosen, options["seed"] or 0), chosen, options["include"])
    if beginning.note is not None:
        tell(f"mockserver: {beginning.note}")
    if as_fixtures is None:
        write(beginning.parts(), options["output"])
    else:
        write_fixtures(beginning.collections(), as_fixtures)
