"""The page around the sections: header, contents, how to reproduce it, style and security policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from ..views._carrier import policy
from ..views._format import format_value
from ..views._html import asset, escape, markup, reveal, table_html
from ..views._palette import tokens_css
from ..views._view import style
from ._meta import Meta
from ._outputs import failed_html
from ._sections import Failure, Section

_OFF = "<noscript><style>.iv-view .iv-live{display:none}.iv-view .iv-static{display:block}</style></noscript>"


def page(title: str, meta: Meta, sections: Sequence[Section], failures: Sequence[Failure]) -> str:
    """The whole document."""
    mark = " · ".join(p for p in (f"TLP:{meta.tlp}" if meta.tlp else "", "Draft" if meta.draft else "") if p)
    shown = [s for s in sections if s.body]
    last = next((s for s in shown if "reproduce" in s.tags), None) or Section("How to reproduce this")
    last.anchor = "reproduce"
    last.body.append(_reproduce(meta, sections, own=last not in shown))
    shown = [s for s in shown if s is not last] + [last]
    head = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{markup(policy())}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        '<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{tokens_css(':root')}{asset('report.css')}"
        f'@media print{{@page{{@bottom-left{{content:"{mark}"}}}}}}</style>{style()}{_OFF}</head>'
    )
    return (
        head
        + f'<body><a class="rp-skip" href="#content">Skip to the content</a><div class="rp-page">{_header(title, meta)}'
        + f'<div class="rp-columns">{_contents(shown)}<main id="content">{_missing(shown, failures)}'
        + "".join(_section(s) for s in shown)
        + f'</main></div><footer class="rp-footer">{escape(mark)}</footer></div></body></html>\n'
    )


def _header(title: str, meta: Meta) -> str:
    marks = ""
    if meta.tlp:
        marks += f'<span class="rp-tlp rp-tlp-{meta.tlp.split("+")[0].lower()}">TLP:{meta.tlp}</span>'
    if meta.draft:
        marks += '<span class="rp-draft">Draft: not reviewed by a person</span>'
    items = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in meta.facts)
    return (
        f'<header class="rp-header"><p class="rp-marks">{marks}</p><h1>{escape(title)}</h1>'
        f'<dl class="rp-meta">{items}</dl></header>'
    )


def _contents(sections: Sequence[Section]) -> str:
    items = "".join(f'<li><a href="#{s.anchor}">{escape(s.heading)}</a>{_flag(s)}</li>' for s in sections if s.heading)
    # one of the two is shown: beside the text where there is room, folded above it where there is not
    return (
        f'<nav class="rp-contents" aria-label="Contents"><p>Contents</p><ol>{items}</ol></nav>'
        f'<details class="rp-short"><summary>Contents</summary><ol>{items}</ol></details>'
    )


def _flag(section: Section) -> str:
    return f' <span class="rp-flag">{section.outcome}</span>' if section.failed else ""


def _missing(sections: Sequence[Section], failures: Sequence[Failure]) -> str:
    """One line at the top when something is missing, and boxes for failures whose section is not in the notebook."""
    failed = [s for s in sections if s.failed]
    lost = [f for f in failures if not any(f.matches(s) for s in sections)]
    if not failed and not lost:
        return ""
    links = ", ".join(f'<a href="#{s.anchor}">{escape(s.heading or "Start")}</a>' for s in failed)
    links += (", " if links and lost else "") + ", ".join(escape(f.section) for f in lost)
    count = len(failed) + len(lost)
    words = "1 section has" if count == 1 else f"{count} sections have"
    boxes = "".join(
        f"<h3>{escape(f.section)}</h3>{failed_html(f.what or 'no details were kept', f.where, f.do, skipped=f.skipped)}"
        for f in lost
    )
    return f'<div class="rp-partial" role="note"><p><b>This report is not complete.</b> {words} no result: {links}.</p>{boxes}</div>'


def _section(section: Section) -> str:
    css = "rp-section rp-summary" if "summary" in section.tags else "rp-section"
    heading = f"<h2>{escape(section.heading)}</h2>" if section.heading else ""
    return f'<section class="{css}" id="{section.anchor}">{heading}{"".join(section.body)}{_code(section.code, "Code of this section")}</section>'


def _code(parts: Sequence[str], title: str) -> str:
    if not parts:
        return ""
    body = markup(reveal("\n\n".join(parts)))
    return f'<details class="rp-code"><summary>{title}</summary><pre><code>{body}</code></pre></details>'


def _reproduce(meta: Meta, sections: Sequence[Section], own: bool) -> str:
    """Command, inputs, settings and versions; the first two tables only where no view has shown them."""
    parts = []
    if meta.command:
        parts.append(f'<p>Run this with the same files:</p><pre class="rp-out">{markup(reveal(meta.command))}</pre>')
    tables = [
        ("Versions", _pairs(meta.versions.items(), "Package", "Version")),
        ("About this run", _pairs(meta.run, "Name", "Value")),
    ]
    if own:
        tables = [
            ("Parameters", _pairs(meta.parameters.items(), "Parameter", "Value")),
            ("Input files", meta.inputs),
            *tables,
        ]
    for caption, table in tables:
        if not table.empty:
            parts.append(f'<div class="iv-view">{table_html(table, caption, max_rows=500)}</div>')
    parts.append(_code([p for s in sections for p in s.parameters], "Parameters as the notebook got them"))
    parts.append(_code([p for s in sections if not s.body for p in s.code], "Code without a section of its own"))
    return "".join(parts)


def _pairs(values: Iterable[tuple[str, Any]], left: str, right: str) -> pd.DataFrame:
    return pd.DataFrame([(str(k), format_value(v)) for k, v in values], columns=[left, right])
