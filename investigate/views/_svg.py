"""The static picture of a scene: inline SVG that follows light and dark, for paper and where scripts are off."""

from __future__ import annotations

import math

import numpy as np

from ._html import clip, escape
from ._palette import DASHES, colour, node_shape, shape, token
from ._scene import Scene

MAX_EDGES = 3000  # the strongest are drawn; more would be a grey cloud and megabytes of markup
DOTS_ABOVE = 2000  # nodes; shapes are drawn up to here
_FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"


def scene_svg(scene: Scene, width: int = 960, height: int = 600) -> str:
    """The picture of `scene`; all nodes, the strongest edges, group names, and a legend below."""
    x, y, margin = _place(scene, width, height)
    legend, legend_height = _legend(scene, width, height)
    drawn = min(len(scene.edges), MAX_EDGES)
    note = f" The {drawn:,} strongest edges are drawn." if drawn < len(scene.edges) else ""
    return (
        f'<svg class="iv-svg" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + legend_height}" '
        f'role="img" style="max-width:100%;height:auto;{_FONT}"><title>{escape(scene.title)}</title>'
        f"<desc>{escape(scene.summary)}{note}</desc>"
        + _edges(scene, x, y)
        + _nodes(scene, x, y)
        + _names(scene, x, y, margin)
        + legend
        + "</svg>"
    )


def _place(scene: Scene, width: int, height: int) -> tuple[np.ndarray, np.ndarray, float]:
    margin = 26.0
    px, py = scene.nodes["x"].to_numpy(float), scene.nodes["y"].to_numpy(float)
    if not len(px):
        return px, py, margin
    span_x, span_y = float(np.ptp(px)) or 1e-9, float(np.ptp(py)) or 1e-9
    scale = min((width - 2 * margin) / span_x, (height - 2 * margin) / span_y, 0.2 * height if len(px) <= 3 else np.inf)
    x = width / 2 + (px - (px.max() + px.min()) / 2) * scale
    y = height / 2 - (py - (py.max() + py.min()) / 2) * scale
    return x, y, margin


def _radii(scene: Scene) -> np.ndarray:
    n = len(scene.nodes)
    base = 5.0 if n <= 80 else 3.6 if n <= 400 else 2.4 if n <= 2000 else 1.5
    size = scene.nodes["size"].to_numpy(float)
    if not n:
        return size
    radius = base * (0.8 + 0.6 * np.sqrt(size / (size.max() or 1.0)))
    folded = scene.nodes["kind"].isin(["bundle", "community"]).to_numpy()  # they stand for many
    return np.where(folded, np.maximum(6.0, 1.7 * radius), radius)


def _edges(scene: Scene, x: np.ndarray, y: np.ndarray) -> str:
    edges = scene.edges.sort_values(
        ["weight", "a", "b", "relation"], ascending=[False, True, True, True], kind="stable"
    )
    edges = edges.head(MAX_EDGES)
    index = {node: i for i, node in enumerate(scene.nodes["id"])}
    opacity = 0.65 if len(edges) < 400 else 0.4 if len(edges) < 1500 else 0.28
    parts, radius = [], _radii(scene)
    for r, (name, _) in enumerate(scene.relations):
        own = edges[edges["relation"] == name]
        path = "".join(
            f"M{x[i]:.1f} {y[i]:.1f}L{x[j]:.1f} {y[j]:.1f}"
            for i, j in ((index[a], index[b]) for a, b in zip(own["a"], own["b"], strict=True))
        )
        dash = " ".join(str(d) for d in DASHES[r % len(DASHES)]) or "none"
        if path:
            css = f"fill:none;stroke:{token('edge')};stroke-width:1;stroke-opacity:{opacity};stroke-dasharray:{dash}"
            parts.append(f'<path style="{css}" d="{path}"/>')
        if name in scene.directed:
            heads = "".join(
                _head(x[i], y[i], x[j], y[j], radius[j])
                for i, j in ((index[a], index[b]) for a, b in zip(own["a"], own["b"], strict=True))
            )
            parts.append(f'<path style="fill:{token("edge")};fill-opacity:{min(1, 1.5 * opacity):.2f}" d="{heads}"/>')
    return "".join(parts)


def _head(xa: float, ya: float, xb: float, yb: float, rim: float) -> str:
    """The head of a directed edge, its point on the rim of the marker at b; none where there is no room."""
    length, size = math.hypot(xb - xa, yb - ya), 6.0
    if length < rim + size + 3:
        return ""
    u, v = (xb - xa) / length, (yb - ya) / length
    px, py = xb - u * (1.15 * rim + 0.5), yb - v * (1.15 * rim + 0.5)
    points = [(px, py), *((px - u * size + s * v * size / 2, py - v * size - s * u * size / 2) for s in (-1, 1))]
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points) + "z"


def _nodes(scene: Scene, x: np.ndarray, y: np.ndarray) -> str:
    radius = _radii(scene)
    numbers = {g.id: i for i, g in enumerate(scene.groups)}
    group = np.array([numbers.get(g, -1) for g in scene.nodes["group"]], dtype=int)
    parts, kinds = [], scene.nodes["kind"].tolist()
    if len(radius) > DOTS_ABOVE:
        return _dots(x, y, radius, group)
    for g in sorted(set(group.tolist())):
        own = np.flatnonzero(group == g)
        path = "".join(marker(node_shape(kinds[i], g), x[i], y[i], radius[i]) for i in own)
        rim = 0.6 if len(radius) <= 1500 else 0  # keeps touching marks apart, and would wash out tiny ones
        css = f"fill:{colour(g)};stroke:{token('bg')};stroke-width:{rim}"
        parts.append(f'<path style="{css}" d="{path}"/>')
    return "".join(parts)


def _dots(x: np.ndarray, y: np.ndarray, radius: np.ndarray, group: np.ndarray) -> str:
    """Round dots of three sizes: with so many marks nobody can tell shapes apart, and outlines take five times the room."""
    cuts = np.quantile(radius, [1 / 3, 2 / 3])
    size = np.searchsorted(cuts, radius)
    places = [f"M{a:.1f} {b:.1f}h0" for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    parts = []
    for g in sorted(set(group.tolist())):
        for s in range(3):
            own = np.flatnonzero((group == g) & (size == s))
            if len(own):
                css = f"fill:none;stroke:{colour(g)};stroke-linecap:round;stroke-width:{2 * radius[own].mean():.1f}"
                parts.append(f'<path style="{css}" d="{"".join(places[i] for i in own)}"/>')
    return "".join(parts)


# A sheet with a folded corner, and a label with a point on its left, for r = 1.
_OUTLINES = {
    "page": [(-0.95, -1.3), (0.15, -1.3), (0.95, -0.5), (0.95, 1.3), (-0.95, 1.3)],
    "tag": [(-1.35, 0), (-0.55, -0.8), (1.35, -0.8), (1.35, 0.8), (-0.55, 0.8)],
}


def _hole(x: float, y: float, r: float) -> str:
    """A circle drawn the other way round, which takes its inside out of the path."""
    return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 1 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 1 {-2 * r:.1f} 0z"


def marker(name: str, x: float, y: float, r: float) -> str:
    """Path of one marker; shapes are scaled so that they look equally large."""
    if name == "circle":
        return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0z"
    if name == "ring":  # a disc within a ring: a community folded up
        return marker("circle", x, y, 0.55 * r) + marker("circle", x, y, 1.2 * r) + _hole(x, y, 0.85 * r)
    if name == "stack":  # three bars: many things in one place
        return "".join(
            f"M{x - 1.2 * r:.1f} {y + v * r:.1f}h{2.4 * r:.1f}v{0.5 * r:.1f}h{-2.4 * r:.1f}z"
            for v in (-0.95, -0.27, 0.41)
        )
    if name in _OUTLINES:
        points = [(u * r, v * r) for u, v in _OUTLINES[name]]
    elif name in ("plus", "cross"):
        a, b = 1.25 * r, 0.45 * r
        points = [
            (-b, -a),
            (b, -a),
            (b, -b),
            (a, -b),
            (a, b),
            (b, b),
            (b, a),
            (-b, a),
            (-b, b),
            (-a, b),
            (-a, -b),
            (-b, -b),
        ]
        if name == "cross":
            c = math.sqrt(0.5)
            points = [((u - v) * c, (u + v) * c) for u, v in points]
    else:
        corners, turn, grow = {
            "square": (4, 45, 1.25),
            "diamond": (4, 0, 1.3),
            "triangle": (3, -90, 1.4),
            "down": (3, 90, 1.4),
            "hexagon": (6, 0, 1.15),
        }[name]
        angles = [math.radians(turn + 360 * k / corners) for k in range(corners)]
        points = [(grow * r * math.cos(a), grow * r * math.sin(a)) for a in angles]
    return "M" + "L".join(f"{x + u:.1f} {y + v:.1f}" for u, v in points) + "z"


def _names(scene: Scene, x: np.ndarray, y: np.ndarray, margin: float) -> str:
    """Names of the ten largest groups, above each; names of accounts too where there are few."""
    halo = f"paint-order:stroke;stroke:{token('bg')};stroke-width:3px;stroke-linejoin:round"
    out = []
    radius = _radii(scene)
    if len(scene.nodes) <= 40:
        for i, label in enumerate(scene.nodes["label"]):
            out.append(
                f'<text x="{x[i] + radius[i] + 3:.1f}" y="{y[i] + 3.5:.1f}" '
                f'style="font-size:10px;fill:{token("muted")};{halo}">{escape(clip(label, 22))}</text>'
            )
    groups = scene.nodes["group"].to_numpy(str)
    sized = sorted(((int((groups == g.id).sum()), -i) for i, g in enumerate(scene.groups)), reverse=True)[:10]
    for count, minus in sized:
        if not count or len(scene.groups) < 2:
            continue
        own = groups == scene.groups[-minus].id
        top = max(float(y[own].min()) - float(radius[own].max()) - 6, margin * 0.6)
        out.append(
            f'<text x="{float(x[own].mean()):.1f}" y="{top:.1f}" text-anchor="middle" '
            f'style="font-size:13px;font-weight:600;fill:{token("ink")};{halo}">{escape(clip(scene.groups[-minus].name, 34))}</text>'
        )
    return "".join(out)


def _legend(scene: Scene, width: int, top: int) -> tuple[str, int]:
    """Markers of up to 16 groups and line patterns of all relations, in rows."""
    counts = scene.nodes["group"].value_counts()
    items = []
    for i, group in enumerate(scene.groups[:16]):
        sample = f'<path style="fill:{colour(i)}" d="{marker(shape(i), 7, -4, 5)}"/>'
        items.append((sample, f"{clip(group.name, 28)} ({int(counts.get(group.id, 0)):,})"))
    if len(scene.groups) > 16:
        items.append(("", f"and {len(scene.groups) - 16:,} more groups"))
    if int(counts.get("", 0)) and scene.groups:
        items.append(
            (f'<path style="fill:{colour(-1)}" d="{marker("circle", 7, -4, 4)}"/>', f"no group ({int(counts['']):,})")
        )
    kinds = scene.nodes["kind"].value_counts().sort_index()
    for kind, count in kinds.items() if len(kinds) > 1 else ():
        sample = f'<path style="fill:{colour(-1)}" d="{marker(node_shape(str(kind), -1), 7, -4, 5)}"/>'
        items.append((sample, f"{clip(str(kind), 28)} ({count:,})"))
    for r, (_, title) in enumerate(scene.relations):
        dash = " ".join(str(d) for d in DASHES[r % len(DASHES)]) or "none"
        css = f"stroke:{token('edge')};stroke-width:1.6;stroke-dasharray:{dash};fill:none"
        items.append((f'<path style="{css}" d="M-8 -4H16"/>', clip(title, 44)))
    out, x, y = [], 12.0, top + 18
    for sample, text in items:
        room = 30 + 6.6 * len(text)
        if x + room > width and x > 12:
            x, y = 12.0, y + 20
        out.append(
            f'<g transform="translate({x + 10:.0f} {y})">{sample}'
            f'<text x="22" style="font-size:12px;fill:{token("ink")}">{escape(text)}</text></g>'
        )
        x += room + 14
    return "".join(out), (y - top + 12) if items else 0
