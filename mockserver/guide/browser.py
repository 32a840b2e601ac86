"""The guide in a browser: static HTML of the pages' Markdown, in the look of the reports.

The pages are our own, yet nothing but them may show: raw HTML is not let through, and the content security policy lets
no more run than the style and the script that the page itself carries.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from mockserver.guide.page import Page, contents, page, pages
from mockserver.output.pages import render

SHOWN = ("http", "json", "text")
"""Languages of what a command shows."""

TEMPLATE = Path(__file__).with_name("guide.html")
INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)


@dataclass(frozen=True)
class Rendered:
    """A page as it is sent, and the content security policy that belongs to it."""

    html: str
    policy: str


@cache
def served(name: str) -> Rendered:
    """The page of that name, the contents if it is empty; rendered when it is first asked for."""
    shown = page(name) if name else contents()
    html = render(TEMPLATE, page=shown, pages=(contents(), *pages()), body=article(shown))
    return Rendered(html, policy(html))


def policy(html: str) -> str:
    """Nothing from anywhere, but for the style and the script that stand in the page, by their hashes."""
    hashes = {kind: f"'sha256-{_hash(text)}'" for kind, text in INLINE.findall(html)}
    return (
        f"default-src 'none'; style-src {hashes['style']}; script-src {hashes['script']}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def article(shown: Page) -> str:
    """The page's Markdown as HTML, without its title, which the template shows."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    for kind, rule in RULES.items():
        markdown.add_render_rule(kind, rule)
    return str(markdown.render(shown.text.partition("\n")[2]))


def slug(heading: str) -> str:
    """The name by which a heading can be linked to, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _heading(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    name = slug(tokens[index + 1].content)
    return f'<{tokens[index].tag} id="{escapeHtml(name)}">'


def _fence(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    """A box to copy from, headed by the file's name if it is of one; or what a command shows, which nobody copies."""
    language, _, file = tokens[index].info.partition(" ")
    box = 'class="code shown"' if language in SHOWN and not file else 'class="code" data-copy'
    caption = f"<figcaption>{escapeHtml(file)}</figcaption>" if file else ""
    return f"<figure {box}>{caption}<pre>{escapeHtml(tokens[index].content)}</pre></figure>\n"


def _link(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """A link to another page's file leads to the page."""
    target = re.sub(r"^([a-z-]+)\.md(?=#|$)", r"\1", str(tokens[index].attrs["href"]))
    tokens[index].attrs["href"] = target
    return str(renderer.renderToken(tokens, index, options, env))


def _cell(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """A cell that is aligned to the right has figures; the policy lets no `style` of its own say so."""
    if tokens[index].attrs.pop("style", None) == "text-align:right":
        tokens[index].attrs["class"] = "figure"
    return str(renderer.renderToken(tokens, index, options, env))


def _table(_: Any, tokens: Sequence[Token], index: int, *__: Any) -> str:
    return '<div class="scroll"><table>\n' if tokens[index].nesting == 1 else "</table></div>\n"


RULES: Mapping[str, Callable[..., str]] = {
    "heading_open": _heading,
    "fence": _fence,
    "link_open": _link,
    "th_open": _cell,
    "td_open": _cell,
    "table_open": _table,
    "table_close": _table,
}
"""How a kind of token becomes HTML where it does not as markdown-it has it."""
