"""A short page of its own, such as a hand-over: marks, facts, lists and tables in the report's dress, without scripts."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..views._carrier import policy
from ..views._html import asset, escape, markup, table_html
from ..views._palette import tokens_css
from ..views._view import style

Block = tuple[str, Sequence[str] | pd.DataFrame]
# A sheet is printed and carried into a meeting: smaller letters, no pictures, tables whole.
_CSS = (
    ".rp-page{max-width:60rem}.rp-section{margin:.9rem 0 0;break-inside:avoid}.rp-section h2{font-size:1.05rem;margin:.2rem 0}"
    ".rp-section ul{margin:.2rem 0;padding-left:1.2rem}.rp-section .iv-clip{display:inline;max-height:none;white-space:normal}.rp-section .iv-s{white-space:nowrap}"
    "@media print{@page{size:A4;margin:12mm}body{font-size:9.5pt}.rp-header{padding-top:0}.rp-section{margin-top:.45rem}}"
)


def sheet(
    title: str, *, tlp: str, mark: str, facts: Sequence[tuple[str, str]], lead: Sequence[str], blocks: Sequence[Block]
) -> str:
    """The whole document: a heading, then each block as a list or as a table; empty blocks are left out."""
    items = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in facts)
    body = "".join(_block(heading, content) for heading, content in blocks if len(content))
    label = escape(tlp)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{markup(policy())}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        '<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{tokens_css(':root')}{asset('report.css')}{_CSS}</style>{style()}</head>"
        f'<body><div class="rp-page"><header class="rp-header"><p class="rp-marks">'
        f'<span class="rp-tlp rp-tlp-{escape(tlp.split("+")[0].lower())}">TLP:{label}</span><span class="rp-draft">{escape(mark)}</span></p>'
        f'<h1>{escape(title)}</h1><dl class="rp-meta">{items}</dl></header><main id="content">'
        + "".join(f"<p><strong>{escape(line)}</strong></p>" for line in lead)
        + f'{body}</main><footer class="rp-footer">TLP:{label} · {escape(mark)}</footer></div></body></html>\n'
    )


def _block(heading: str, content: Sequence[str] | pd.DataFrame) -> str:
    if isinstance(content, pd.DataFrame):
        inner = f'<div class="iv-view">{table_html(content, heading, max_rows=len(content), quiet=True)}</div>'
    else:
        inner = "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in content) + "</ul>"
    return f'<section class="rp-section"><h2>{escape(heading)}</h2>{inner}</section>'
