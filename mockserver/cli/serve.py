"""`mockserver serve`: the options of a MockServer, which it runs in the foreground."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import click

from mockserver import completion
from mockserver.commands import Configured, output_is_optional, project_file
from mockserver.garbage import settle, uncollected
from mockserver.limits import BODY_LIMIT, GRACE, WORLDS
from mockserver.options import (
    Port,
    controlling,
    naming,
)
from mockserver.output.background import unblocked
from mockserver.output.logs import log_to_standard_error


@click.command(cls=Configured)
@click.argument("apis", nargs=-1, metavar="[API|FILE]...", shell_complete=completion.apis_and_files)
@naming
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=Port(), help="Port; 0 chooses a free one.")
@click.option(
    "--auth",
    type=click.Choice(["strict", "any"]),
    default="strict",
    show_default=True,
    help="strict: accept the credentials of the fixtures only. any: accept any credential, or none.",
)
@click.option("--seed", type=int, help="Seed of generated ids: the same seed gives the same ids.  [default: 0]")
@click.option(
    "--callbacks",
    is_flag=True,
    help="Send the callbacks that the document has for an operation once it is answered, to loopback only.",
)
@click.option(
    "--callback-host",
    "callback_hosts",
    multiple=True,
    metavar="HOST",
    help="Allow callbacks and webhooks to this host as well; * allows every host. Repeatable.",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Start from a world that `mockserver export` wrote, including its seed.",
)
@controlling("Token that requests to /_mock must have; required when listening beyond loopback.")
@click.option(
    "--reload",
    "reloads",
    is_flag=True,
    help="Reload documents, fixtures, overlays and handlers when one of their files changes. Worlds keep their "
    "changes.",
)
@click.option("--no-control", is_flag=True, help="Disable the control plane except /_mock/health.")
@click.option(
    "--max-worlds",
    default=WORLDS,
    show_default=True,
    type=click.IntRange(1),
    help="Worlds kept in addition to the default one; the least recently used are deleted first.",
)
@click.option("--no-cors", is_flag=True, help="Do not allow pages of other origins to call the mock.")
@click.option(
    "--cors-origin",
    "cors_origins",
    multiple=True,
    metavar="ORIGIN",
    help="Allow only pages of this origin, with credentials (cookies); repeatable. "
    "http://localhost:* allows every port, * every origin.  [default: any origin, without credentials]",
)
@click.option(
    "--body-limit",
    default=BODY_LIMIT,
    show_default=True,
    type=click.IntRange(0),
    metavar="BYTES",
    help="Maximum size of a decoded request body; a larger one is answered 413.",
)
@click.option(
    "--ssl-certfile", type=click.Path(path_type=Path), metavar="FILE", help="Serve HTTPS with this certificate."
)
@click.option("--ssl-keyfile", type=click.Path(path_type=Path), metavar="FILE", help="The certificate's private key.")
@click.option(
    "--shutdown-timeout",
    default=GRACE,
    show_default=True,
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="Time that requests in progress get when the server is asked to stop; a second signal stops it at once.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="info writes a line per request to standard output; warning and error do not.",
)
@click.pass_context
def serve(ctx: click.Context, /, **options: Any) -> None:
    """Serve APIs until Ctrl-C or SIGTERM.

    A shipped API is given by its name, any other by its OpenAPI document: the path of a file or an http(s) URL. That
    API is named after the file, unless it is given as NAME=FILE. Without arguments, all shipped APIs are served.

    \b
    mockserver serve petstore.yaml
    mockserver serve workshop orders=./openapi.json --mount orders=/orders
    """
    from mockserver.settings import arguments, yielded

    options = yielded(options, ctx.get_parameter_source)
    log_level = options["log_level"]
    output_is_optional()
    with unblocked():
        log_to_standard_error(log_level.upper())
        with uncollected():
            from mockserver.listing import announce
            from mockserver.output.printing import Output
            from mockserver.runtime.access_log import AccessLog
            from mockserver.server import MockServer

            observers = [AccessLog(sys.stdout)] if log_level in ("debug", "info") else []
            server = MockServer(**arguments(options, MockServer), observers=observers)
            settle()
        control, auth, file = not options["no_control"], options["auth"], project_file(ctx.find_root())

        def announced() -> None:
            apis = [*server.apis.values()]
            announce(Output(), apis, server.world(), server.url, auth, control=control, file=file)

        watching: AbstractContextManager[Any] = nullcontext()
        if options["reloads"]:
            from mockserver.reloading import reloading

            watching = reloading(server)
        with watching:
            server.run(announced)
        click.echo("stopped")
