"""Heat maps as SVG: one path per shade, so that a week of hours stays a few lines of markup."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ._chart import Chart
from ._format import format_number
from ._html import clip
from ._palette import colour
from ._plot import _line, _text

_SHADES = (0.14, 0.32, 0.52, 0.74, 1.0)  # opacity of one colour: darker on light paper, lighter on dark
_NUMBERS = 90  # up to so many cells the numbers stand in them
_WIDEST = 90.0


def _names(column: pd.Series) -> list[str]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [str(c) for c in column.cat.categories]
    return list(dict.fromkeys(column.astype(str)))


def _edges(top: float, whole: bool, log: bool) -> list[float]:
    """Upper limits of the shades; fewer where the numbers are few."""
    steps = len(_SHADES)
    if log:
        edges = [top ** ((k + 1) / steps) if top > 1 else top for k in range(steps)]
    else:
        edges = [top * (k + 1) / steps for k in range(steps)]
    if whole:
        edges = [math.ceil(e - 1e-9) for e in edges]
    return sorted(set(edges))


def heat_map(chart: Chart, width: int) -> tuple[str, int]:
    """Markup and height of a heat map."""
    data = chart.data
    xs, ys = _names(data["x"]), _names(data["y"])
    n = pd.to_numeric(data["n"]).to_numpy(float)
    longest = max(len(clip(y, 24)) for y in ys)
    x0, top = 14 + 6.8 * min(longest, 24), 30.0
    cell = min((width - 14 - x0) / len(xs), _WIDEST)
    tall = min(max(cell, 18.0), 26.0)
    known = n[np.isfinite(n)]
    peak = float(known.max()) if len(known) else 0.0
    whole = bool(len(known)) and bool(np.all(known == np.round(known)))
    edges = _edges(peak, whole, chart.log) if peak > 0 else []
    shades = _SHADES[-len(edges) :] if edges else ()
    out = [_text(0, 14, chart.y_label, ink="muted"), *_key(edges, shades, whole, width)]
    paths = dict.fromkeys(range(len(edges)), "")
    numbers = []
    for x, y, value in zip(data["x"].astype(str), data["y"].astype(str), n, strict=True):
        left, up = x0 + xs.index(x) * cell, top + ys.index(y) * tall
        if not math.isfinite(value):
            numbers.append(_text(left + cell / 2, up + tall / 2 + 4, "–", "middle", "muted"))
            continue
        k = next((i for i, edge in enumerate(edges) if value <= edge + 1e-9), len(edges) - 1)
        if value > 0:
            paths[k] += f"M{left + 0.5:.1f} {up + 0.5:.1f}h{cell - 1:.1f}v{tall - 1:.1f}h{1 - cell:.1f}z"
        if len(data) <= _NUMBERS and cell >= 26:
            # on the darkest shades only the background's colour can be read
            ink = "bg" if value > 0 and shades[k] > 0.6 else "ink"
            numbers.append(_text(left + cell / 2, up + tall / 2 + 4, format_number(value), "middle", ink))
    out += [f'<path style="fill:{colour(0)};fill-opacity:{shades[k]}" d="{d}"/>' for k, d in paths.items() if d]
    out += numbers
    bottom, right = top + tall * len(ys), x0 + cell * len(xs)
    out += [_text(x0 - 8, top + (i + 0.5) * tall + 4, clip(y, 24), "end") for i, y in enumerate(ys)]
    out += [_line(x0, bottom + 1, right, bottom + 1, "line"), _line(x0, top - 1, right, top - 1, "line")]
    room = max(len(clip(x, 12)) for x in xs) * 6.8 + 8
    every = max(1, math.ceil(room / cell))
    out += [
        _text(x0 + (i + 0.5) * cell, bottom + 18, clip(x, 12), "middle", "muted")
        for i, x in enumerate(xs)
        if i % every == 0
    ]
    out.append(_text((x0 + right) / 2, bottom + 38, chart.x_label, "middle", "muted"))
    return "".join(out), int(bottom + (46 if chart.x_label else 28))


def _key(edges: list[float], shades: tuple[float, ...], whole: bool, width: int) -> list[str]:
    """What each shade stands for, in the upper right corner."""
    labels, low = [], 0.0
    for edge in edges:
        start = format_number(low + 1 if whole else low)
        end = format_number(edge)
        labels.append(end if start == end else f"{start}–{end}" if whole else f"to {end}")
        low = edge
    out: list[str] = []
    x = width - 14 - sum(26 + 6.8 * len(label) for label in labels)
    for label, shade in zip(labels, shades, strict=True):
        out.append(
            f'<rect x="{x:.1f}" y="5" width="11" height="11" style="fill:{colour(0)};fill-opacity:{shade}"/>'
            + _text(x + 15, 14, label, ink="muted")
        )
        x += 26 + 6.8 * len(label)
    return out
