"""Outputs of cells as HTML. Markup is taken from views only, and only when it holds nothing but what views make."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from ..views import MIME
from ..views._html import escape, markup, reveal

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_ELEMENTS = frozenset(
    """section article header h3 h4 h5 p span b strong em code bdi div dl dt dd ul ol li table caption thead tbody tr
    th td figure figcaption details summary iframe svg title desc g path rect circle text""".split()  # noqa: SIM905
)
_STYLE = re.compile(r"^<style>[^<]*</style>")  # the page holds the stylesheet once
_MAX_TEXT = 20_000  # characters of plain output shown


class Failed(str):
    """HTML that says a section failed."""


class Shown(str):
    """HTML of a result: a view or a picture, not a line of text that a cell printed."""


class _Check(HTMLParser):
    """Finds anything a view would not write: other elements, handlers, addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.bad = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        wrong = [n for n in names if n.startswith("on") or n in ("href", "src", "action", "formaction", "xlink:href")]
        if tag not in _ELEMENTS:
            self.bad = self.bad or f"<{tag}>"
        elif wrong:
            self.bad = self.bad or f"{tag} {wrong[0]}"
        elif tag == "iframe" and dict(attrs).get("sandbox") != "allow-scripts":
            self.bad = self.bad or "a frame without a sandbox"

    handle_startendtag = handle_starttag

    def handle_decl(self, decl: str) -> None:
        self.bad = self.bad or "a declaration"

    def handle_comment(self, data: str) -> None:
        self.bad = self.bad or "a comment"


def foreign_markup(html: str) -> str:
    """What in `html` no view would have written, in words; empty when there is nothing."""
    check = _Check()
    # the frame's document stands in an attribute of its own sandbox; parsing megabytes of it would find nothing
    check.feed(re.sub(r" srcdoc='[^']*'", "", html))
    check.close()
    return check.bad


def output_html(output: Mapping[str, Any], heading: str = "") -> str:
    """One output as HTML; `Failed` when it is an error."""
    kind = output.get("output_type")
    if kind == "error":
        return _error(output)
    if kind == "stream":
        return _stream(output)
    data = output.get("data", {})
    if MIME in data and "text/html" in data:
        html = _STYLE.sub("", _join(data["text/html"]))
        found = foreign_markup(html)
        if found:
            return _pre(f"[a picture was left out, because it holds {found}]\n" + _join(data.get("text/plain", "")))
        same = str(data[MIME].get("title", "")).strip().lower() == heading.strip().lower()
        return Shown(f'<div class="rp-view{" rp-same" if same else ""}">{html}</div>')
    if "image/png" in data:
        return _png(_join(data["image/png"]))
    if "text/plain" in data:
        text = _join(data["text/plain"])
        # what IPython prints for a value nobody asked to see
        return "" if text in ("None", "") or re.fullmatch(r"<[\w. ]+ at 0x[0-9a-f]+>", text) else _pre(text)
    return ""


def _join(text: object) -> str:
    return text if isinstance(text, str) else "".join(text or [])  # type: ignore[arg-type]


def _pre(text: str) -> str:
    text = _ANSI.sub("", text).strip("\n")
    more = f"\n… {len(text) - _MAX_TEXT:,} more characters in the executed notebook" if len(text) > _MAX_TEXT else ""
    return f'<pre class="rp-out">{escape(text[:_MAX_TEXT])}{more}</pre>' if text.strip() else ""


def _stream(output: Mapping[str, Any]) -> str:
    body = _pre(_join(output.get("text", "")))
    if body and output.get("name") == "stderr":
        return f'<details class="rp-messages"><summary>Messages and warnings</summary>{body}</details>'
    return body


def _png(data: str) -> str:
    try:
        clean = base64.b64encode(base64.b64decode("".join(data.split()), validate=True)).decode("ascii")
    except (ValueError, binascii.Error):
        return _pre("[a picture that cannot be read was left out]")
    return Shown(
        f'<p class="rp-image"><img alt="Picture made by this section" src="data:image/png;base64,{clean}"></p>'
    )


def _error(output: Mapping[str, Any]) -> Failed:
    """What, where and what to do, from the message of the package's own errors; else the message as it is."""
    message = _ANSI.sub("", str(output.get("evalue", ""))).strip()
    found = re.fullmatch(r"(?s)(.*?)(?: Where: (.*?))?(?: What to do: (.*?))?", message)
    what, where, do = found.groups() if found else (message, "", "")
    trace = _ANSI.sub("", "\n".join(str(t) for t in output.get("traceback", ()) or ()))
    return failed_html(what or str(output.get("ename", "an error")), where or "", do or "", trace=trace)


def failed_html(what: str, where: str = "", do: str = "", *, trace: str = "", skipped: bool = False) -> Failed:
    """The box that stands where a section's result would be."""
    head = "This section did not run" if skipped else "This section failed"
    parts = [f'<div class="rp-failed" role="note"><p><b>{head}:</b> {escape(what.strip().rstrip("."))}.</p>']
    if where:
        parts.append(f"<p><b>Where:</b> {escape(where.strip().rstrip('.'))}.</p>")
    if do:
        parts.append(f"<p><b>What to do:</b> {escape(do.strip().rstrip('.'))}.</p>")
    if trace:
        parts.append(
            f"<details><summary>Technical details</summary><pre>{markup(reveal(trace[-_MAX_TEXT:]))}</pre></details>"
        )
    return Failed("".join(parts) + "</div>")
