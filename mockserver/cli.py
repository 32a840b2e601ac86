"""The command line: parse, build, run, report. `commands` decides how a command ends."""

from __future__ import annotations

import gc
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mockserver import completion
from mockserver.commands import Commands, output_is_optional, project_file
from mockserver.errors import StartError, VerifyError
from mockserver.garbage import uncollected
from mockserver.limits import BODY_LIMIT, GRACE, WORLDS
from mockserver.options import CredentialType, Percent, Port, following, naming, overlaying, reading, trusting
from mockserver.output.background import unblocked
from mockserver.output.logs import log_to_standard_error

ENVIRONMENT = "MOCKSERVER_CONTROL_TOKEN"


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


@main.command()
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
@click.option("--callbacks", is_flag=True, help="Send the documented callbacks of an operation after it, to loopback.")
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
@click.option(
    "--control-token",
    type=CredentialType(ascii=True),
    envvar=ENVIRONMENT,
    metavar="TOKEN",
    help=f"Token that /_mock requires; needed beyond loopback. Prefer the variable {ENVIRONMENT}.",
)
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
            gc.freeze()  # what is loaded stays: to search it for garbage would only hold up and interrupt serving
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


@main.command()
@click.argument("apis", nargs=-1, metavar="[API|FILE]...", shell_complete=completion.apis_and_files)
@click.option(
    "--url", metavar="URL", help="URL of a running server. Without it, the initial world of the APIs is exported."
)
@click.option("--world", help="World of the server to export.  [default: default]")
@click.option(
    "--control-token",
    type=CredentialType(ascii=True),
    envvar=ENVIRONMENT,
    metavar="TOKEN",
    help=f"Control token of the server, if it has one. Prefer the variable {ENVIRONMENT}.",
)
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
@naming
@click.option("--seed", type=int, help="As for serve; only without --url.  [default: 0]")
@click.pass_context
def export(ctx: click.Context, /, **options: Any) -> None:
    """Export a world as a JSON file, for `serve --state FILE`, or its records as fixtures.

    APIs are named as for serve; how they are read matters only without --url.
    """
    from mockserver.admin.files import seeded, write, write_fixtures
    from mockserver.admin.worlds import begin
    from mockserver.settings import loaded
    from mockserver.world import DEFAULT

    url, given = options["url"], (name for name in ("apis", "fixtures", "seed") if options[name] not in (None, ()))
    if url is not None and any(ctx.get_parameter_source(each) is ParameterSource.COMMANDLINE for each in given):
        raise StartError("--url exports a world of that server: omit the APIs, --fixtures and --seed.")
    if options["as_fixtures"] is not None and options["output"] is not None:
        raise StartError("--as-fixtures and --output exclude each other: omit one.")
    if url is None and options["world"] is not None:
        raise StartError("--world needs --url: only a running server has worlds.")
    if url is None:
        chosen = loaded(options, ctx.get_parameter_source)
        parts = seeded(begin(chosen, options["seed"] or 0), chosen)
    else:
        from mockserver import remote
        from mockserver.client import Trust

        trust = Trust(options["cacert"], options["insecure"])
        parts = iter([remote.world(url, options["world"] or DEFAULT, options["control_token"], trust)])
    if options["as_fixtures"] is not None:
        write_fixtures(parts, options["as_fixtures"])
    else:
        write(parts, options["output"])


@main.command()
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


@main.command()
@click.argument("apis", nargs=-1, metavar="[API|FILE]...", shell_complete=completion.apis_and_files)
@naming
@click.option(
    "--inferred/--no-inferred", default=None, help="List what is inferred, and why.  [default: if one API is listed]"
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


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=completion.apis_and_files)
@overlaying
@following
@click.option("--strict", is_flag=True, help="Exit with 1 if there are warnings.")
@click.option(
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json prints the flaws for machines, and nothing else.",
)
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


@main.command()
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[FILE]")
@click.option("--url", metavar="URL", help="URL of a running server.  [default: http://127.0.0.1:8080]")
@click.option("--world", default="default", show_default=True, help="World of the server.")
@click.option(
    "--control-token",
    type=CredentialType(ascii=True),
    envvar=ENVIRONMENT,
    metavar="TOKEN",
    help=f"Control token of the server, if it has one. Prefer the variable {ENVIRONMENT}.",
)
@trusting
@click.option("--api", "apis", multiple=True, metavar="API", help="Only this API; repeatable.  [default: all served]")
@overlaying
@following
@click.option("--quotes/--no-quotes", default=False, help="Quote the parts of the documents that were not exercised.")
@click.option(
    "--report", "reports", multiple=True, metavar="KIND=PATH", help="Write a report: html=DIR or json=FILE; repeatable."
)
@click.option("--fail-under", type=Percent(), metavar="PERCENT", help="Exit with 1 if the coverage is lower.")
@click.option(
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json prints the report for machines, and nothing else.",
)
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


@main.command()
@click.argument("apis", nargs=-1, metavar="[API]...", shell_complete=completion.apis_and_files)
@click.option("--url", metavar="URL", help="Verify the server at this base URL instead of the mock.")
@click.option("--allow-writes", is_flag=True, help="With --url: also send POST, PUT, PATCH and DELETE.")
@click.option(
    "--auth",
    multiple=True,
    type=CredentialType(),
    envvar="MOCKSERVER_AUTH",
    metavar="[SCHEME=]CREDENTIAL",
    help="Credential of the caller, placed as the document says. Prefer the variable MOCKSERVER_AUTH.",
)
@click.option(
    "--auth-other",
    multiple=True,
    type=CredentialType(),
    envvar="MOCKSERVER_AUTH_OTHER",
    metavar="[SCHEME=]CREDENTIAL",
    help="Credential of another account, which must not see the data of the caller.",
)
@click.option(
    "--auth-unscoped",
    multiple=True,
    type=CredentialType(),
    envvar="MOCKSERVER_AUTH_UNSCOPED",
    metavar="[SCHEME=]CREDENTIAL",
    help="Valid credential without scopes; must be refused wherever the document requires a scope.",
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
    help="Such values in a YAML, JSON or TOML file: operations, each with its names and values.",
)
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Run only this check; repeatable.")
@click.option(
    "--exclude-check",
    "excluded_checks",
    multiple=True,
    metavar="NAME[=REASON]",
    help="Leave this check out; the reason is shown. Repeatable.",
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
@click.option("--write-baseline", is_flag=True, help="Write what is found into the baseline, and keep its reasons.")
@click.option(
    "--max-examples",
    show_default="100",
    type=click.IntRange(1),
    help="Random requests per operation, and random sequences.",
)
@click.option(
    "--max-time",
    type=click.IntRange(1),
    metavar="SECONDS",
    help="Time to spend in total, shared by APIs and phases. With --max-examples, whichever comes first ends the run; "
    "without, the time is used up.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    help="Seed of generated requests; the same seed repeats a run. [default: random, and shown]",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Concurrent requests. With more than one, --seed repeats no run, and paging and writes are not checked.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="KIND=FILE",
    help="Write a report: junit, json, html, sarif or har; repeatable.",
)
@click.option(
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json prints the result for machines, and nothing else.",
)
@click.pass_context
def verify(ctx: click.Context, /, **options: Any) -> None:
    """Verify that the mock, or a provider at --url, keeps its contract.

    API is the name of a shipped API, all five by default, or an OpenAPI document.

    \b
    mockserver verify                                      the mock itself, in this process
    mockserver verify workshop --url https://api.test/     a provider; only safe methods are sent
    mockserver verify --report junit=r.xml --report html=r.html

    Exit codes: 0 the contract is kept, 1 it is broken, 2 that could not be determined.
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


@main.command()
@click.argument("page", required=False, shell_complete=completion.pages)
def guide(page: str | None) -> None:
    """Show the guide: the list of its pages, or one page."""
    from mockserver.guide.page import page as named
    from mockserver.guide.page import pages
    from mockserver.guide.terminal import show, show_contents
    from mockserver.output.printing import Output

    if page is None:
        show_contents(Output(), pages())
    else:
        show(Output(), named(page))
