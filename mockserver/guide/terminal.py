"""The guide on a terminal: laid out for its width, in a pager where it is longer than the screen.

Where the output is no terminal it is the Markdown as it stands, which other programs can use.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

import click
from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown
from rich.text import Text
from rich.theme import Theme

from mockserver.guide.page import Page
from mockserver.output.printing import Output, is_terminal
from mockserver.output.table import Column, show_table

WIDEST = 100
"""Columns, as longer lines are hard to read."""

LINK = re.compile(r"\[([^\]]+)\]\(([a-z-]+)\.md(?:#[\w-]+)?\)")
STYLES = Theme({"markdown.code": "bold cyan", "markdown.h1": "bold", "markdown.h2": "bold underline"})
"""Without colours of the ground, which a light terminal and a dark one have of their own."""


class Left(Heading):
    """A heading where the text begins."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        yield self.text


class Pasteable(CodeBlock):
    """Lines that are never broken, so that they can be copied; below the file's name, if they are of one."""

    @classmethod
    def create(cls, markdown: Markdown, token: Token) -> CodeBlock:
        return cls(token.info.partition(" ")[2], markdown.code_theme)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from ([Text(f"  {self.lexer_name}:", "dim")] if self.lexer_name else [])
        for line in str(self.text).rstrip("\n").split("\n"):
            yield Text(f"    {line}", "bold cyan", no_wrap=True, overflow="ignore")


class Laid(Markdown):
    """A page, a link to another one being the command that shows that."""

    elements: ClassVar = {**Markdown.elements, "heading_open": Left, "fence": Pasteable}

    def __init__(self, text: str) -> None:
        super().__init__(LINK.sub(r"\1 (`mockserver guide \2`)", text), hyperlinks=False)


def show(out: Output, page: Page) -> None:
    """One page."""
    if not is_terminal(out.file):
        out.file.write(page.text)
        return
    with out.use_theme(STYLES), out.capture() as captured:
        out.print(Laid(page.text), width=min(out.width, WIDEST), crop=False)
    text = captured.get()
    if out.animated and text.count("\n") >= out.height:
        click.echo_via_pager(text)
    else:
        out.file.write(text)


def show_contents(out: Output, pages: Iterable[Page]) -> None:
    """What pages there are."""
    rows = [[Text(page.name, "bold"), Text(page.purpose)] for page in pages]
    show_table(out, [Column("page", title=True), Column("what for", words=True)], rows)
    out.print("\nmockserver guide PAGE shows one; a running server has them at /_mock/guide/.")
