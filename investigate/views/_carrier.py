"""How the live graph travels in a notebook output or a report: a sandboxed iframe with its own security policy.

Beside it always stand a static picture (for paper, and where scripts are off) and tables (for screen readers).
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache

import pandas as pd

from ._html import asset, attribute, escape, escape_name, json_script, markup, table_html
from ._palette import tokens_css
from ._scene import Scene

# A frame under this policy can run the one script it names, and can reach nothing.
_POLICY = "default-src 'none'; script-src '{script}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_TOP = 50  # rows of the tables beside the picture


def graph_script() -> str:
    """What the frame runs: the graph, built from `js/graph` by `make widgets`. Its hash goes into every policy."""
    return asset("graph.bundle.js")


@cache
def script_hash() -> str:
    """`sha256-...` of the graph's script, as a policy source. A frame inherits the page's policy, so both must name it."""
    digest = hashlib.sha256(graph_script().encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


def policy() -> str:
    """The Content-Security-Policy of the frame and of every page that holds one."""
    return _POLICY.format(script=script_hash())


def frame_document(scene: Scene) -> str:
    """The frame's whole document."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{markup(policy())}">'
        f"<title>{escape(scene.title)}</title><style>{tokens_css(':root')}{tokens_css('.ivg')}{asset('graph.bundle.css')}</style></head>"
        f'<body><div id="graph"></div>{json_script(scene.to_json(), "scene")}<script>{graph_script()}</script></body></html>'
    )


def graph_html(scene: Scene, name: str) -> str:
    """The live graph, its static picture and its tables, for a notebook output or a report."""
    if scene.nodes.empty:
        return '<p class="iv-none">There is nothing to draw: no edge rises above what chance explains.</p>'
    note = f"<p>{escape(scene.note)}</p>" if scene.note else ""
    return (
        f'<figure class="iv-figure iv-graph" data-graph="{escape_name(name)}">'
        f'<iframe class="iv-live" sandbox="allow-scripts" referrerpolicy="no-referrer" title="{escape(scene.title)}, interactive"'
        f" srcdoc='{attribute(frame_document(scene))}'></iframe>"
        f'<div class="iv-static">{scene.to_svg()}</div>'
        f"<figcaption>{escape(scene.summary)}{note}</figcaption></figure>"
        f'<details class="iv-details"><summary>The same as tables</summary>{_tables(scene)}</details>'
    )


def _tables(scene: Scene) -> str:
    names = {g.id: g.name for g in scene.groups}
    nodes = scene.nodes.sort_values(["size", "id"], ascending=[False, True], kind="stable")
    account = pd.DataFrame(
        {"Account": nodes["label"], "Group": nodes["group"].map(names).fillna("no group"), "Size": nodes["size"]}
    )
    titles, labels = dict(scene.relations), dict(zip(scene.nodes["id"], scene.nodes["label"], strict=True))
    edges = scene.edges.sort_values(["weight", "a", "b"], ascending=[False, True, True], kind="stable")
    link = pd.DataFrame(
        {
            "Account A": edges["a"].map(labels),
            "Account B": edges["b"].map(labels),
            "Link": edges["relation"].map(titles),
            "Weight": edges["weight"],
        }
    )
    return table_html(account, "Accounts in the picture, largest first", max_rows=_TOP) + table_html(
        link, "Links in the picture, strongest first", max_rows=_TOP
    )
