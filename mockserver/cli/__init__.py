"""The command line: parse, build, run, report. A module for each command; `commands` decides how one ends."""

from __future__ import annotations

from pathlib import Path

import click

from mockserver.cli import apis, check, coverage, export, guide, serve, verify
from mockserver.commands import Commands
from mockserver.errors import StartError


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="mockserver", message="mockserver %(version)s")
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    envvar="MOCKSERVER_CONFIG",
    metavar="FILE",
    help="Configuration file.  [default: the nearest mockserver.toml, or pyproject.toml with [tool.mockserver]]",
)
@click.option("--no-config", is_flag=True, envvar="MOCKSERVER_NO_CONFIG", help="Use no configuration file.")
@click.pass_context
def main(ctx: click.Context, config: Path | None, no_config: bool) -> None:
    """A mock server for HTTP APIs that keeps their OpenAPI contract.

    \b
    mockserver serve                  the five shipped APIs on http://127.0.0.1:8080
    mockserver serve workshop         only one of them
    mockserver serve petstore.yaml    an API of your own, by its OpenAPI document
    mockserver routes workshop        its operations, and what is inferred

    Every option is also a key in a configuration file, and an environment variable: --port is MOCKSERVER_PORT for
    serve, and --seed is MOCKSERVER_VERIFY_SEED for verify. The command line wins over the environment, and that over
    the file. See: mockserver guide configuration
    """
    if config is not None and no_config and ctx.get_parameter_source("config") is ctx.get_parameter_source("no_config"):
        raise StartError("--config and --no-config exclude each other: omit one.")


for command in (
    serve.serve,
    export.export,
    apis.apis,
    apis.routes,
    check.check,
    coverage.coverage,
    verify.verify,
    guide.guide,
):
    main.add_command(command)
