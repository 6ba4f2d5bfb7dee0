"""Survival curves and series over time as SVG: steps or lines, bands, marks of what is censored or alarming."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pandas as pd

from ._chart import Chart
from ._chart_kinds import series_of
from ._format import format_number
from ._html import clip
from ._palette import DASHES, colour, token
from ._plot import _axis, _line, _number, _text, _ticks, _time_ticks

_Scale = Callable[[float], float]
_TALL = 200.0


def _dash(index: int) -> str:
    pattern = DASHES[index % len(DASHES)]
    return f";stroke-dasharray:{' '.join(map(str, pattern))}" if pattern else ""


def _frame(
    chart: Chart, width: int, entries: Sequence[tuple[str, str]]
) -> tuple[list[str], float, float, float, float]:
    """Value label and legend, and the plot's edges: left, right, top, bottom."""
    rows = _wrapped(entries, width)
    top = 28.0 + 20 * len(rows) + 16 * len(chart.marks)
    out = [_text(0, 14, chart.y_label, ink="muted")]
    for k, row in enumerate(rows):
        x, y = 56.0, 34.0 + 20 * k
        for sample, label in row:
            out += [sample.format(x=x, y=y), _text(x + 26, y, label)]
            x += 44 + 6.8 * len(label)
    return out, 56.0, width - 14.0, top, top + _TALL


def _wrapped(entries: Sequence[tuple[str, str]], width: int) -> list[list[tuple[str, str]]]:
    rows: list[list[tuple[str, str]]] = []
    x = float(width)
    for entry in entries:
        room = 44 + 6.8 * len(entry[1])
        if x + room > width - 14 or not rows:
            rows.append([])
            x = 56.0
        rows[-1].append(entry)
        x += room
    return rows


def _sample(index: int) -> str:
    css = f"stroke:{colour(index)};stroke-width:2;fill:none{_dash(index)}"
    return '<g transform="translate({x:.1f} {y:.1f})"><path d="M0 -4h20" style="' + css + '"/></g>'


def _grid(
    out: list[str], chart: Chart, px: _Scale, py: _Scale, box: tuple[float, float, float, float], ticks: list
) -> None:
    x0, x1, top, bottom = box
    for at, label in ticks:
        out += [_line(x0, py(at), x1, py(at), "line"), _text(x0 - 7, py(at) + 4, label, "end", "muted")]
    if chart.reference is not None:
        y = py(chart.reference)
        out += [
            _line(x0, y, x1, y, "ink", ";stroke-dasharray:4 3"),
            _text(x1, y - 5, chart.reference_label, "end", "muted"),
        ]
    for i, (at, label) in enumerate(chart.marks):
        x, y = px(_number(at)), top - 16 * (len(chart.marks) - i) + 10
        anchor = "end" if x > (x0 + x1) * 0.6 else "start"
        out += [
            _line(x, y - 8, x, bottom, "ink", ";stroke-dasharray:3 3"),
            _text(x + (-5 if anchor == "end" else 5), y, clip(label, 60), anchor),
        ]


def _end(
    out: list[str], chart: Chart, px: _Scale, box: tuple[float, float, float, float], ticks: list
) -> tuple[str, int]:
    x0, x1, _, bottom = box
    out += _axis(px, bottom, x1, ticks)
    out.append(_line(x0, bottom, x1, bottom, "muted"))
    out.append(_text((x0 + x1) / 2, bottom + 48, chart.x_label, "middle", "muted"))
    return "".join(out), int(bottom + 56)


def curves(chart: Chart, width: int) -> tuple[str, int]:
    """Markup and height of survival curves."""
    groups = series_of(chart.data)
    entries = [(_sample(i), clip(name, 26)) for i, name in enumerate(groups) if name]
    censored = "censored" in chart.data and bool(pd.to_numeric(chart.data["censored"]).fillna(0).gt(0).any())
    if censored:
        tick = '<g transform="translate({x:.1f} {y:.1f})">' + _line(10, -9, 10, 1, "ink", ";stroke-width:1.5") + "</g>"
        entries.append((tick, "still open when last seen"))
    out, x0, x1, top, bottom = _frame(chart, width, entries)
    most = max([1e-9, *(_number(t) for t in chart.data["time"]), *(_number(at) for at, _ in chart.marks)])

    def px(v: float) -> float:
        return x0 + v / most * (x1 - x0)

    def py(v: float) -> float:
        return bottom - v * (bottom - top)

    box = (x0, x1, top, bottom)
    _grid(out, chart, px, py, box, [(k / 4, f"{k * 25} %") for k in range(5)])
    for i, rows in enumerate(groups.values()):
        rows = rows.sort_values("time", kind="stable").dropna(subset=["value"])
        out += _curve(rows, i, px, py)
    return _end(out, chart, px, box, [(t, format_number(t), "") for t in _ticks(0, most, 6)])


def _steps(times: Sequence[float], values: Sequence[float], px: _Scale, py: _Scale, begin: str = "M") -> str:
    parts: list[str] = []
    before = ""
    for t, v in zip(times, values, strict=True):
        x, y = f"{px(t):.1f}", f"{py(v):.1f}"
        parts.append(f"{begin}{x} {y}" if not parts else f"H{x}" + (f"V{y}" if y != before else ""))
        before = y
    return "".join(parts)


def _curve(rows: pd.DataFrame, index: int, px: _Scale, py: _Scale) -> list[str]:
    out = []
    times = [0.0, *map(float, rows["time"])]
    values = [1.0, *map(float, rows["value"])]
    if {"low", "high"} <= set(rows):
        high = [1.0, *map(float, rows["high"].fillna(rows["value"]))]
        low = [1.0, *map(float, rows["low"].fillna(rows["value"]))]
        back, at = "", len(times) - 1
        for k in range(at, 0, -1):  # the lower edge, walked back: down at each time, then level to the one before
            back += f"L{px(times[k]):.1f} {py(low[k]):.1f}V{py(low[k - 1]):.1f}H{px(times[k - 1]):.1f}"
        fill = f"fill:{colour(index)};fill-opacity:.16"
        out.append(f'<path style="{fill}" d="{_steps(times, high, px, py)}{back}z"/>')
    css = f"stroke:{colour(index)};stroke-width:2;fill:none{_dash(index)}"
    out.append(f'<path style="{css}" d="{_steps(times, values, px, py)}"/>')
    if "censored" in rows:
        open_ = rows[pd.to_numeric(rows["censored"]).fillna(0) > 0]
        d = "".join(
            f"M{px(float(t)):.1f} {py(float(v)) - 5:.1f}v10" for t, v in zip(open_["time"], open_["value"], strict=True)
        )
        if d:
            out.append(f'<path style="stroke:{colour(index)};stroke-width:1.5;fill:none" d="{d}"/>')
    return out


def lines(chart: Chart, width: int) -> tuple[str, int]:
    """Markup and height of series over time."""
    data = chart.data
    groups = series_of(data)
    timed = pd.api.types.is_datetime64_any_dtype(data["at"])
    entries = [(_sample(i), clip(name, 26)) for i, name in enumerate(groups) if name]
    entries += _legend(data, bool(entries))
    out, x0, x1, top, bottom = _frame(chart, width, entries)
    marks = [_number(at) for at, _ in chart.marks]
    at = [_number(v) for v in data["at"]]
    first, last = min(at + marks), max(at + marks)
    shown = [
        float(v) for c in ("value", "expected", "low", "high") if c in data for v in pd.to_numeric(data[c]).dropna()
    ]
    shown += [] if chart.reference is None else [chart.reference]
    shown = [v for v in shown if math.isfinite(v)] or [1.0]
    least, most = min([0.0, *shown]), max([0.0, *shown])
    ticks = _ticks(least, most if most > least else least + 1, 4)
    most = max(most, ticks[-1])

    def px(v: float) -> float:
        return x0 + (v - first) / ((last - first) or 1.0) * (x1 - x0)

    def py(v: float) -> float:
        return bottom - (v - least) / ((most - least) or 1.0) * (bottom - top)

    box = (x0, x1, top, bottom)
    _grid(out, chart, px, py, box, [(t, format_number(t)) for t in ticks])
    for i, rows in enumerate(groups.values()):
        out += _one(rows.sort_values("at", kind="stable"), i, len(groups) > 1, px, py)
    under = _time_ticks(first, last) if timed else [(t, format_number(t), "") for t in _ticks(first, last, 6)]
    return _end(out, chart, px, box, under)


def _legend(data: pd.DataFrame, named: bool) -> list[tuple[str, str]]:
    begin = '<g transform="translate({x:.1f} {y:.1f})">'
    out = []
    if not named:
        out.append((_sample(0), "observed"))
    if "expected" in data:
        out.append((begin + _line(0, -4, 20, -4, "ink", ";stroke-dasharray:2 3") + "</g>", "expected"))
    if "high" in data:
        css = f"fill:{token('other')};fill-opacity:.3"
        out.append((begin + f'<rect x="0" y="-9" width="20" height="10" style="{css}"/></g>', "no surprise"))
    if "alarm" in data and data["alarm"].fillna(False).astype(bool).any():
        out.append((begin + _alarm(10, -4) + "</g>", "alarm"))
    return out if len(out) > 1 or named else []


def _alarm(x: float, y: float) -> str:
    ring = f"fill:{token('bg')};stroke:{token('bad-ink')};stroke-width:2"
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" style="{ring}"/>'


def _runs(xs: Sequence[float], ys: Sequence[float], px: _Scale, py: _Scale) -> str:
    """A path that is interrupted where a value is missing; a value alone between two gaps is a short dash."""
    out, drawing = "", False
    for k, (x, y) in enumerate(zip(xs, ys, strict=True)):
        if not math.isfinite(y):
            drawing = False
            continue
        alone = not drawing and (k + 1 == len(ys) or not math.isfinite(ys[k + 1]))
        out += f"{'L' if drawing else 'M'}{px(x):.1f} {py(y):.1f}" + ("h1" if alone else "")
        drawing = True
    return out


def _one(rows: pd.DataFrame, index: int, several: bool, px: _Scale, py: _Scale) -> list[str]:
    out = []
    at = [_number(v) for v in rows["at"]]
    value = list(pd.to_numeric(rows["value"]).astype(float))
    if "high" in rows:
        out.append(_band(rows, at, colour(index) if several else token("other"), px, py))
    if "expected" in rows:
        css = f"stroke:{colour(index) if several else token('ink')};fill:none;stroke-dasharray:2 3"
        out.append(
            f'<path style="{css}" d="{_runs(at, list(pd.to_numeric(rows["expected"]).astype(float)), px, py)}"/>'
        )
    css = f"stroke:{colour(index)};stroke-width:2;stroke-linejoin:round;fill:none{_dash(index)}"
    out.append(f'<path style="{css}" d="{_runs(at, value, px, py)}"/>')
    if "alarm" in rows:
        loud = rows["alarm"].fillna(False).astype(bool)
        out += [_alarm(px(x), py(y)) for x, y, a in zip(at, value, loud, strict=True) if a and math.isfinite(y)]
    return out


def _band(rows: pd.DataFrame, at: Sequence[float], ink: str, px: _Scale, py: _Scale) -> str:
    """The expected range, as one piece per stretch in which it is known."""
    high = list(pd.to_numeric(rows["high"]).astype(float))
    low = list(pd.to_numeric(rows["low"]).astype(float).fillna(0.0)) if "low" in rows else [0.0] * len(high)
    d, piece = "", []
    for k in range(len(high) + 1):
        if k < len(high) and math.isfinite(high[k]):
            piece.append(k)
        elif piece:
            up = "L".join(f"{px(at[j]):.1f} {py(high[j]):.1f}" for j in piece)
            down = "L".join(f"{px(at[j]):.1f} {py(low[j]):.1f}" for j in reversed(piece))
            d += f"M{up}L{down}z"
            piece = []
    return f'<path style="fill:{ink};fill-opacity:.25" d="{d}"/>' if d else ""
