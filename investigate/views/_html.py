"""The one place where text from data becomes HTML. Nothing else in the package builds markup from values.

Account names, texts and even column names are written by the people under investigation. So every value is
escaped, addresses are defanged (they are never links), and characters that hide or reorder text are shown.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

import pandas as pd

from ._format import format_value, header

# Characters that change the reading order or take no room: an impersonator's tools. ZWJ and ZWNJ are also here,
# but stay as they are where a script or an emoji needs them (see `reveal`).
_HIDDEN = frozenset(
    [0xAD, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2800, 0x3164, 0xFEFF, 0xFFA0]
    + list(range(0x200B, 0x2010))
    + list(range(0x2028, 0x202F))
    + list(range(0x2060, 0x2070))
    + list(range(0xFFF9, 0xFFFC))
    + list(range(0xE0000, 0xE0080))
)
_MANY_COLUMNS = 9  # more are printed on a sheet turned sideways
_MAX_MARKS = 4  # combining marks in a row; no orthography needs more, and towers of them cover other lines
_URL = re.compile(r"\b(h)(tt)(ps?)(://)([^\s/?#]+)", re.IGNORECASE)
_FTP = re.compile(r"\bftp(s?://)([^\s/?#]+)", re.IGNORECASE)
_WWW = re.compile(r"(?<![\w/.\]])(www\.[^\s/?#]+)", re.IGNORECASE)
_HOST_PATH = re.compile(r"(?<![\w@/.\]-])((?:[a-z0-9-]+\.)+[a-z]{2,24})(?=/)", re.IGNORECASE)
_BARE = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,24}(?::\d+)?(?:[/?#]\S*)?")
_FILES = re.compile(r"\.(csv|tsv|parquet|json|jsonl|html|ipynb|gz|txt|svg|graphml|gexf|xlsx|log|py|md)$", re.IGNORECASE)


def reveal(value: object) -> str:
    """The value as text in which no character hides, reorders or overflows: `a[U+202E]b` instead of a trick.

    Line breaks and tabs stay. Zero-width joiners stay inside emoji and inside scripts that need them.
    """
    text = str(value)
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    marks = 0
    for i, ch in enumerate(text):
        code, category = ord(ch), unicodedata.category(ch)
        if category in ("Mn", "Me") and not 0xFE00 <= code <= 0xFE0F:
            marks += 1
            if marks <= _MAX_MARKS:
                out.append(ch)
            continue
        if marks > _MAX_MARKS:
            out.append(f"[+{marks - _MAX_MARKS} marks]")
        marks = 0
        joins = code in (0x200C, 0x200D) and _joiner_is_needed(text, i)
        control = category in ("Cc", "Cs", "Cn") and ch not in "\n\t"
        out.append(f"[U+{code:04X}]" if control or (code in _HIDDEN and not joins) else ch)
    if marks > _MAX_MARKS:
        out.append(f"[+{marks - _MAX_MARKS} marks]")
    return "".join(out)


def _joiner_is_needed(text: str, i: int) -> bool:
    """Whether the joiner at `i` sits inside an emoji sequence, or between letters without case (Persian, Indic)."""
    before, after = text[i - 1 : i], text[i + 1 : i + 2]
    if not before or not after:
        return False
    ends = (unicodedata.category(before), unicodedata.category(after))
    if ord(text[i]) == 0x200D and ends[0] in ("So", "Sk", "Mn") and ends[1] == "So":
        return True
    return ends[0] in ("Lo", "Mn", "Mc") and ends[1] == "Lo"


def _dots(host: str) -> str:
    return host.replace(".", "[.]")


def defang(value: object) -> str:
    """Text in which no address works: `hxxps://x[.]y/path`. Bare host names are changed when they are all there is."""
    text = str(value)
    if "." not in text:
        return text
    if _BARE.fullmatch(text) and not _FILES.search(text):
        host, rest = re.match(r"([^/?#]*)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
        return _dots(host) + rest
    text = _URL.sub(lambda m: f"{m[1]}xx{m[3]}{m[4]}{_dots(m[5])}", text)
    text = _FTP.sub(lambda m: f"fxp{m[1]}{_dots(m[2])}", text)
    text = _WWW.sub(lambda m: _dots(m[1]), text)
    return _HOST_PATH.sub(lambda m: _dots(m[1]), text)


def plain(value: object) -> str:
    """Text that is safe to show anywhere text is shown: revealed and defanged, not yet escaped."""
    return defang(reveal(value))


def escape(value: object) -> str:
    """Any value as HTML text or attribute content: revealed, defanged, and with & < > " ' escaped."""
    return html.escape(plain(value), quote=True)


def clip(value: object, length: int) -> str:
    """At most `length` characters of the value as plain text, with an ellipsis where it was cut; escape it as well."""
    text = " ".join(plain(value).split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def markup(value: str) -> str:
    """Escape without defanging, for markup of our own that travels inside an attribute (`srcdoc`)."""
    return html.escape(value, quote=True)


def attribute(value: str) -> str:
    """Like `markup`, for an attribute in single quotes: data are full of double quotes, and each would take six bytes."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#39;")


def json_text(data: object) -> str:
    """Compact JSON that can stand inside `<script type="application/json">` whatever the strings in it say."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def json_script(data: object, element_id: str) -> str:
    """A data block, never run as a script; `element_id` is ours, not from data."""
    return f'<script type="application/json" id="{markup(element_id)}">{json_text(data)}</script>'


def asset(name: str) -> str:
    """A text file of `views/assets`, with line ends as LF so that its hash is the same on every platform."""
    text = resources.files(__package__).joinpath("assets", name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")


def table_html(
    df: pd.DataFrame,
    caption: str = "",
    *,
    name: str = "",
    max_rows: int = 25,
    total: int | None = None,
    labels: Mapping[str, str] | None = None,
    quiet: bool = False,
) -> str:
    """An accessible table: caption, scoped headers, numbers to the right, long text clipped softly.

    Parameters
    ----------
    df : pandas.DataFrame
        The rows; the index is not shown.
    caption : str
        What the table holds, in words.
    name : str
        File stem under `tables/`, named when rows are left out.
    max_rows : int
        Rows shown.
    total : int, optional
        Rows there are, when `df` is already a part.
    labels : mapping, optional
        Column name -> heading; else the heading is made from the name.
    quiet : bool
        Keep the caption for screen readers only, where a heading above says the same.
    """
    total = len(df) if total is None else total
    shown = df.head(max_rows)
    labels = labels or {}
    kinds = [_kind(shown.iloc[:, i]) for i in range(shown.shape[1])]
    widths = ["" if kind != "txt" else _width(shown.iloc[:, i]) for i, kind in enumerate(kinds)]
    head = "".join(
        f'<th scope="col" class="iv-{kind}" title="{escape(column)}">'
        f"{escape(labels.get(column) or header(column, shown.iloc[:, i]))}</th>"
        for i, (column, kind) in enumerate(zip(shown.columns, kinds, strict=True))
    )
    columns = [list(shown.iloc[:, i]) for i in range(shown.shape[1])]
    rows = "".join(
        "<tr>"
        + "".join(_cell(value, kind, i == 0, widths[i]) for i, (value, kind) in enumerate(zip(row, kinds, strict=True)))
        + "</tr>"
        for row in zip(*columns, strict=True)
    )
    body = rows or f'<tr><td class="iv-none" colspan="{max(1, shown.shape[1])}">No rows.</td></tr>'
    more = ""
    if total > len(shown):
        where = f" All rows are in <code>tables/{escape_name(name)}.csv</code>." if name else ""
        more = f'<p class="iv-more">{len(shown):,} of {total:,} rows.{where}</p>'
    label = escape(caption) or "Table"
    box = "iv-scroll iv-wide" if shown.shape[1] > _MANY_COLUMNS else "iv-scroll"
    hidden = ' class="iv-quiet"' if quiet else ""
    return (
        f'<div class="{box}" role="region" aria-label="{label}" tabindex="0"><table class="iv-table">'
        f"<caption{hidden}><span>{label}</span></caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}"
    )


def escape_name(name: str) -> str:
    """A file stem of ours, escaped but not defanged."""
    return html.escape(reveal(name), quote=True)


def _kind(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column):
        return "txt"
    if pd.api.types.is_numeric_dtype(column):
        return "num"
    return "time" if pd.api.types.is_datetime64_any_dtype(column) else "txt"


def _width(column: pd.Series) -> str:
    """How much room a text column asks for, by its longest value; CSS alone would squeeze it to one letter."""
    longest = max((len(format_value(v)) for v in column), default=0)
    return " iv-s" if longest <= 18 else " iv-m" if longest <= 48 else " iv-l"


def _cell(value: Any, kind: str, first: bool, width: str) -> str:
    tag, scope = ("th", ' scope="row"') if first else ("td", "")
    text = escape(format_value(value))
    if kind == "txt":
        # <bdi> keeps a right-to-left name from reordering its neighbours; the clip is only visual
        text = f'<bdi class="iv-clip{width}">{text}</bdi>'
    return f'<{tag}{scope} class="iv-{kind}">{text}</{tag}>'


def paragraphs(text: str, css: str) -> str:
    """Plain text as paragraphs, split at blank lines."""
    parts: Sequence[str] = [p.strip() for p in re.split(r"\n\s*\n", text) if p.strip()]
    return "".join(f'<p class="{css}">{escape(p)}</p>' for p in parts)
