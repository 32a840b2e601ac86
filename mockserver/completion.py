"""What a shell offers for a word that has yet to be completed, found without loading what serves."""

from __future__ import annotations

from click import Context, Parameter
from click.shell_completion import CompletionItem

from mockserver.guide.page import ORDER
from mockserver.resources import resource


def apis(_: Context, __: Parameter, incomplete: str) -> list[CompletionItem]:
    """The shipped APIs."""
    names = sorted(path.stem for path in resource("specs").glob("*.yaml"))
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def apis_and_files(ctx: Context, parameter: Parameter, incomplete: str) -> list[CompletionItem]:
    """The shipped APIs, and files: any other API is given by its document.

    Files come first: what click writes for bash forgets, with them, all that came before.
    """
    return [CompletionItem(incomplete, type="file"), *apis(ctx, parameter, incomplete)]


def pages(_: Context, __: Parameter, incomplete: str) -> list[CompletionItem]:
    """The pages of the guide."""
    return [CompletionItem(name) for name in ORDER if name.startswith(incomplete)]
