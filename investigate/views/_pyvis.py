"""The light export: one page that pyvis and its bundled vis-network draw, for showing a small graph to somebody.

pyvis's own pages link two public hosts even when asked for one file, search all edges at each `add_edge`, and put the heading
and node names into the page as markup. So the lists of a `pyvis.network.Network` are filled directly, with text that is
revealed and defanged, and the page around its data is ours: everything in it, nothing loaded, no name ever markup.
"""

from __future__ import annotations

import base64
import hashlib
import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..errors import InputError, OutsideError
from ..files import write_text
from ..graph import RelationGraph
from ..relations import RELATIONS
from ._html import asset, clip, escape, json_script, markup, plain
from ._palette import COLOURS, DARK, DASHES, LIGHT, tokens_css
from ._scene import Card, Group, Scene, scene

if TYPE_CHECKING:
    from pyvis.network import Network

    from ._view import View

MAX_NODES, MAX_EDGES = 500, 5_000
_LIBRARY = ("templates", "lib", "vis-9.1.2", "vis-network.min.js")
_SHAPES = ("dot", "square", "triangle", "diamond", "triangleDown", "star", "hexagon")
_SIGNS = "●■▲◆▼★⬢"
_POLICY = (
    "default-src 'none'; script-src {}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
)


def to_pyvis(
    what: Scene | View | RelationGraph, path: str | Path, *, max_nodes: int = MAX_NODES, max_edges: int = MAX_EDGES
) -> Path:
    """Write a small graph as one page for any browser, drawn by pyvis's vis-network; nothing is loaded from anywhere.

    Positions are those of the view, and nothing moves by itself. The page finds accounts by name, shows one link type at a
    time, and prints an account's facts when it is chosen.

    Parameters
    ----------
    what : Scene, View with a graph, or RelationGraph
        A graph is laid out first, with its communities as groups.
    path : str or Path
        Ends in .html.
    max_nodes, max_edges : int
        More are refused, as vis-network gets slow: nothing is left out silently.

    Returns
    -------
    Path
        The file, written whole or not at all.

    Raises
    ------
    InputError
        Too many nodes or edges, no graph, or another suffix.
    OutsideError
        pyvis is not installed.
    """
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise InputError(
            f"a page cannot be written as '{path.suffix or path.name}'", str(path), "end the name in .html"
        )
    picture = as_scene(what)
    for number, most, noun, name in (
        (len(picture.nodes), max_nodes, "nodes", "max_nodes"),
        (len(picture.edges), max_edges, "edges", "max_edges"),
    ):
        if number > most:
            raise InputError(
                f"the graph has {number:,} {noun}; this light export is for up to {most:,}",
                "to_pyvis",
                f"keep fewer (RelationGraph.keep), show the view itself, or raise {name} and wait longer for the page",
            )
    return write_text(path, page(picture))


def as_scene(what: Scene | View | RelationGraph) -> Scene:
    """The picture of a view, or one made of a graph."""
    if isinstance(what, Scene):
        return what
    if isinstance(what, RelationGraph):
        return _scene_of(what)
    figure = getattr(what, "figure", None)
    if not isinstance(figure, Scene):
        raise InputError(
            f"{type(what).__name__} '{getattr(what, 'name', '')}' has no graph in it",
            "to_pyvis",
            "give a view with a network, its scene, or case.graph",
        )
    return figure


def _scene_of(graph: RelationGraph) -> Scene:
    accounts = graph.accounts
    community = accounts["community"].astype(int)
    nodes = pd.DataFrame(
        {
            "id": accounts["account_id"].astype(str),
            "label": accounts["label"].astype(str),
            "group": community.map(lambda number: f"g{number}" if number else ""),
        }
    )
    columns = {"account_a": "a", "account_b": "b", "weight": "weight", "relation": "relation"}
    edges = graph.edges[list(columns)].rename(columns=columns)
    counts = community[community > 0].value_counts().sort_index()
    groups = [Group(f"g{number}", f"Group {number} ({n})") for number, n in counts.items()]
    titles = {name: RELATIONS.get(name).title for name in sorted(set(edges["relation"])) if name in RELATIONS.names()}
    roles = accounts["role"].astype(str) if "role" in accounts else pd.Series("", index=accounts.index)
    cards = {
        node: Card(facts=(("Role", role), ("Posts", f"{int(n):,}")) if role else (("Posts", f"{int(n):,}"),))
        for node, role, n in zip(nodes["id"], roles, accounts["n_content"], strict=True)
    }
    return scene(nodes, edges, groups=groups, relations=titles, cards=cards, title="Accounts and their links")


def network_of(picture: Scene) -> Network:
    """The scene as a `pyvis.network.Network`: numbers as identifiers, text that is plain, physics off."""
    try:
        from pyvis.network import Network
    except ImportError as error:
        raise OutsideError("pyvis is not installed", "to_pyvis", "pip install 'investigate[lab]'") from error
    net = Network(height="100%", width="100%", cdn_resources="in_line")
    # add_node and add_edge look through all edges for each one added: the lists themselves take seconds less
    net.nodes = _nodes(picture)
    net.edges = _edges(picture)
    net.options = {
        "physics": {"enabled": False},
        "layout": {"improvedLayout": False},
        "interaction": {
            "hover": True,
            "tooltipDelay": 120,
            "multiselect": True,
            "hideEdgesOnDrag": len(net.edges) > 1500,
        },
        "nodes": {"borderWidth": 1, "borderWidthSelected": 3, "font": {"size": 14, "strokeWidth": 3}},
        "edges": {"smooth": False, "selectionWidth": 2, "hoverWidth": 1},
    }
    return net


def _nodes(picture: Scene) -> list[dict[str, Any]]:
    groups = {g.id: i for i, g in enumerate(picture.groups)}
    nodes = picture.nodes
    unit = 90.0 * np.sqrt(max(len(nodes), 4))  # vis-network counts pixels: so much room for a node and its name
    sizes = nodes["size"].to_numpy(float)
    most = float(sizes.max(initial=0)) or 1.0
    out = []
    for i, row in enumerate(nodes.itertuples(index=False)):
        group = groups.get(row.group, -1)
        out.append(
            {
                "id": i,
                "label": clip(row.label, 22),
                "title": _about(picture, row, group),
                "x": round(float(row.x) * unit, 1),
                "y": round(-float(row.y) * unit, 1),
                "shape": _SHAPES[_marker(group)],
                "size": round(6 + 8 * float(np.sqrt(max(row.size, 0) / most)), 1),
                "color": LIGHT["other" if group < 0 else f"c{group % COLOURS}"],
            }
        )
    return out


def _marker(group: int) -> int:
    return (group + group // COLOURS) % len(_SHAPES) if group >= 0 else 0


def _about(picture: Scene, row: Any, group: int) -> str:
    """What the pointer shows; pyvis's own page would read a text with this word in it as markup."""
    lines = [clip(row.label, 200), f"Identifier: {clip(row.id, 80)}"]
    if group >= 0:
        lines.append(f"Group: {clip(picture.groups[group].name, 80)}")
    card = picture.cards.get(row.id)
    lines += [f"{clip(name, 40)}: {clip(value, 120)}" for name, value in (card.facts if card else ())]
    return _no_href("\n".join(lines))


def _no_href(text: str) -> str:
    return text.replace("href", "h-ref").replace("HREF", "H-REF")


def _edges(picture: Scene) -> list[dict[str, Any]]:
    index = {node: i for i, node in enumerate(picture.nodes["id"])}
    order = {name: i for i, (name, _) in enumerate(picture.relations)}
    titles = dict(picture.relations)
    rank = picture.edges["weight"].rank(pct=True).to_numpy() if len(picture.edges) else np.zeros(0)
    seen: dict[tuple[int, int], int] = {}
    out = []
    for i, row in enumerate(picture.edges.itertuples(index=False)):
        a, b = index[row.a], index[row.b]
        relation = order[row.relation]
        edge: dict[str, Any] = {
            "id": i,
            "from": a,
            "to": b,
            "width": round(1 + 2 * float(rank[i]), 2),
            "color": LIGHT["edge"],
            "title": _no_href(f"{clip(titles[row.relation], 60)}: {row.weight:g} {clip(row.label, 120)}".strip()),
            "relation": relation,
        }
        if DASHES[relation % len(DASHES)]:
            edge["dashes"] = list(DASHES[relation % len(DASHES)])
        lane = seen[min(a, b), max(a, b)] = seen.get((min(a, b), max(a, b)), -1) + 1
        if lane:  # several links of one pair side by side
            edge["smooth"] = {"enabled": True, "type": "curvedCW", "roundness": round(0.12 * lane, 2)}
        out.append(edge)
    return out


def page(picture: Scene) -> str:
    """The whole document; the same scene gives the same text."""
    net = network_of(picture)
    nodes, edges, _, _, _, options = net.get_network_data()
    data = {
        "nodes": nodes,
        "edges": edges,
        "options": net.options if isinstance(net.options, dict) else options,
        "names": [clip(label, 80) for label in picture.nodes["label"]],
        "relations": [plain(title) for _, title in picture.relations],
        "dark": {LIGHT[name]: DARK[name] for name in LIGHT},
        "ink": [LIGHT["ink"], DARK["ink"], LIGHT["bg"], DARK["bg"]],
    }
    scripts = (_library(), asset("pyvis_page.js"))
    sources = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    note = f"<p>{escape(picture.note)}</p>" if picture.note else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{markup(_POLICY.format(sources))}">'
        '<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(picture.title)}</title><style>{tokens_css(':root')}{asset('pyvis_page.css')}</style></head><body>"
        f"<header><h1>{escape(picture.title)}</h1><p>{escape(picture.summary)}</p>{note}</header>"
        '<form id="tools"><label>Account <input id="find" list="accounts" autocomplete="off"></label><datalist id="accounts"></datalist>'
        '<label>Links <select id="relation"><option value="">all</option></select></label>'
        '<button type="button" id="whole">Whole picture</button></form>'
        '<main id="graph" role="img" aria-label="' + escape(picture.summary) + '"></main>'
        f'<p id="said" role="status" aria-live="polite"></p>{_legend(picture)}'
        f"{json_script(data, 'data')}" + "".join(f"<script>{s}</script>" for s in scripts) + "</body></html>"
    )


def _legend(picture: Scene) -> str:
    """Groups by sign, name and one line about each."""
    items = [
        f'<li><span class="c{i % COLOURS}" aria-hidden="true">{_SIGNS[_marker(i)]}</span> {escape(g.name)}'
        + (f" <small>{escape(g.note)}</small>" if g.note else "")
        + "</li>"
        for i, g in enumerate(picture.groups)
    ]
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _library() -> str:
    """vis-network as pyvis ships it, licence header included; read as text so that its hash is what the browser computes."""
    file: Any = resources.files("pyvis").joinpath(*_LIBRARY)
    try:
        text: str = file.read_text(encoding="utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise OutsideError(
            "this pyvis does not bring vis-network 9.1.2", os.fspath(file), "pip install 'pyvis>=0.3.2,<0.4'"
        ) from error
    if "</script" in text.lower() or "<!--" in text:
        raise OutsideError("vis-network holds markup that would end its script", os.fspath(file), "use another pyvis")
    return text
