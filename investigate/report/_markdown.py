"""Markdown of a template as HTML: no raw HTML, no pictures, no links out of the page."""

from __future__ import annotations

from functools import cache
from typing import Any

import mistune

from ..views._html import escape, markup, reveal


class _Renderer(mistune.HTMLRenderer):
    """Escapes all text in our one way; an address outside the page is printed, defanged, not linked."""

    def __init__(self) -> None:
        super().__init__(escape=True)

    def text(self, text: str) -> str:
        return escape(text)

    def codespan(self, text: str) -> str:
        return f"<code>{markup(reveal(text))}</code>"

    def block_code(self, code: str, info: str | None = None) -> str:
        return f"<pre><code>{markup(reveal(code))}</code></pre>\n"

    def inline_html(self, html: str) -> str:
        return escape(html)

    def block_html(self, html: str) -> str:
        return f"<p>{escape(html.strip())}</p>\n"

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        # the page owns the first two levels
        level = min(max(level, 3), 6)
        return f"<h{level}>{text}</h{level}>\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if url.startswith("#"):
            return f'<a href="{markup(url)}">{text}</a>'
        address = escape(url)
        return text if text == address else f"{text} ({address})"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"[picture left out: {text}]"


@cache
def _markdown() -> mistune.Markdown:
    return mistune.create_markdown(renderer=_Renderer(), plugins=["table", "strikethrough"])


def markdown_html(text: str) -> str:
    """Template text as HTML; tables scroll in their own box."""
    html = str(_markdown()(text))
    return html.replace("<table>", '<div class="rp-scroll"><table>').replace("</table>", "</table></div>")
