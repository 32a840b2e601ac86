"""`mockserver guide`: the pages for people, in the terminal."""

from __future__ import annotations

import click

from mockserver import completion
from mockserver.commands import Configured


@click.command(cls=Configured)
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
