"""The command line: parse, build, run, report. A MockServerError is one clear message and exit code 2."""

from __future__ import annotations

import gc
import logging
import sys
from pathlib import Path
from typing import Any

import click

from mockserver.errors import MockServerError, StartError

BODY_LIMIT = 10 * 1024 * 1024


class Commands(click.Group):
    """A group whose commands report a MockServerError in a line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MockServerError as error:
            click.secho(f"mockserver: {error}", err=True, fg="red")
            ctx.exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mockserver", message="mockserver %(version)s")
def main() -> None:
    """A stateful stand-in for five documented APIs that keeps their OpenAPI contract.

    \b
    mockserver serve              all five on http://127.0.0.1:8080
    mockserver serve workshop     only one of them
    mockserver routes workshop    what it serves, and what is inferred
    """


@main.command()
@click.argument("apis", nargs=-1, metavar="[API]...")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--auth",
    type=click.Choice(["strict", "any"]),
    default="strict",
    show_default=True,
    help="strict: only the fixtures' credentials. any: every credential, or none, is the default account.",
)
@click.option("--seed", default=0, show_default=True, help="Of the generated ids: same seed, same ids.")
@click.option(
    "--fixtures",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder whose <api>/<collection>.json files replace the shipped fixtures.",
)
@click.option("--no-cors", is_flag=True, help="Do not let pages of other origins call the mock.")
@click.option(
    "--body-limit",
    default=BODY_LIMIT,
    show_default=True,
    type=click.IntRange(0),
    metavar="BYTES",
    help="Longer request bodies are answered 413.",
)
@click.option(
    "--ssl-certfile", type=click.Path(path_type=Path), metavar="FILE", help="Serve HTTPS with this certificate."
)
@click.option("--ssl-keyfile", type=click.Path(path_type=Path), metavar="FILE", help="The certificate's private key.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="info writes one line per request to standard output; warning and error are quiet.",
)
def serve(
    apis: tuple[str, ...],
    host: str,
    port: int,
    auth: str,
    seed: int,
    fixtures: Path | None,
    no_cors: bool,
    body_limit: int,
    ssl_certfile: Path | None,
    ssl_keyfile: Path | None,
    log_level: str,
) -> None:
    """Serve the named APIs (default: all) until Ctrl-C."""
    from mockserver.catalog import load_apis, seed_world
    from mockserver.report import AccessLog, announce, console
    from mockserver.runtime.application import MockApp
    from mockserver.runtime.dataplane import Options
    from mockserver.server import bind, origin, uvicorn_server

    if ssl_keyfile is not None and ssl_certfile is None:
        raise StartError("--ssl-keyfile needs --ssl-certfile beside it.")
    logging.basicConfig(level=log_level.upper(), format="%(levelname)s: %(message)s", stream=sys.stderr)
    logging.getLogger("uvicorn.error").setLevel(log_level.upper() if log_level != "info" else "WARNING")
    chosen = load_apis(apis, fixtures)
    world = seed_world(chosen, seed)
    watching = [AccessLog(sys.stdout)] if log_level in ("debug", "info") else []
    options = Options(any_credential=auth == "any", cors=not no_cors, body_limit=body_limit)
    server = uvicorn_server(MockApp(chosen, world, options, watching), ssl_certfile, ssl_keyfile)
    gc.collect()
    gc.freeze()  # what is loaded stays: looking through it for garbage would only stop the serving
    with bind(host, port) as listener:
        url = origin(host, listener.getsockname()[1], tls=ssl_certfile is not None)
        announce(console(), chosen, world, url, auth)
        try:
            server.run([listener])
        except KeyboardInterrupt:
            click.echo("stopped")


@main.command()
def apis() -> None:
    """List the APIs and their demo credentials."""
    from mockserver.catalog import load_apis, seed_world
    from mockserver.report import console, list_apis

    chosen = load_apis()
    list_apis(console(), chosen, seed_world(chosen))


@main.command()
@click.argument("api", required=False)
@click.option("--inferred/--no-inferred", default=None, help="List what is inferred and why [default: for one API].")
def routes(api: str | None, inferred: bool | None) -> None:
    """List operations, and what is inferred."""
    from mockserver.catalog import load_apis
    from mockserver.report import console, list_inferences, list_routes

    out = console()
    for each in load_apis(() if api is None else (api,)):
        list_routes(out, each)
        if inferred or (inferred is None and api is not None):
            list_inferences(out, each)
        out.print()
