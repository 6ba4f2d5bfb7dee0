"""Charts as inline SVG that follows light and dark. The same chart gives the same text."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pandas as pd

from ._chart import Chart
from ._format import format_number, format_value
from ._html import clip, escape
from ._palette import colour, token

_FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:12px"
# Steps between ticks of a time axis, in seconds; then months and years by number of days.
_STEPS = (1, 5, 15, 30, 60, 300, 900, 1800, 3600, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000, 7776000)


def chart_svg(chart: Chart, width: int = 640) -> str:
    """The picture of `chart`."""
    from . import _plot_grid, _plot_lines  # they draw with the strokes below

    draw = {
        "histogram": _histogram,
        "bars": _rows,
        "intervals": _rows,
        "heat_map": _plot_grid.heat_map,
        "step_curves": _plot_lines.curves,
        "lines": _plot_lines.lines,
    }[chart.kind]
    body, height = _empty(width) if chart.data.empty else draw(chart, width)
    return (
        f'<svg class="iv-svg iv-chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'style="height:auto;{_FONT}"><title>{escape(chart.title)}</title>'
        f"<desc>{escape(chart.summary)}</desc>{body}</svg>"
    )


def _empty(width: int) -> tuple[str, int]:
    return _text(width / 2, 30, "No data for this picture.", "middle", "muted"), 50


def _text(x: float, y: float, text: str, anchor: str = "start", ink: str = "ink", extra: str = "") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" style="fill:{token(ink)}{extra}">{escape(text)}</text>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, ink: str, extra: str = "") -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" style="stroke:{token(ink)};fill:none{extra}"/>'


def _nice_step(span: float, count: int) -> float:
    raw = max(span, 1e-300) / count
    size = 10 ** math.floor(math.log10(raw))
    return next(f * size for f in (1, 2, 5, 10) if f * size >= raw * 0.999)


def _ticks(low: float, high: float, count: int) -> list[float]:
    step = _nice_step(high - low, count)
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


def _number(value: object) -> float:
    """A position as a number: times as seconds since 1970."""
    if isinstance(value, (int, float)):
        return float(value)
    stamp = pd.Timestamp(value)
    stamp = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")
    return stamp.timestamp()


def _time_ticks(low: float, high: float) -> list[tuple[float, str, str]]:
    """Position, label, and the day below the first label and below each midnight."""
    step = next((s for s in _STEPS if (high - low) / s <= 7), None) or math.ceil((high - low) / 7 / 31536000) * 31536000
    out: list[tuple[float, str, str]] = []
    at, day = math.ceil(low / step) * step, ""
    while at <= high:
        stamp = pd.Timestamp(at, unit="s")
        if step < 86400:
            date = f"{stamp.day} {stamp:%b %Y}"
            out.append((at, f"{stamp:%H:%M:%S}" if step < 60 else f"{stamp:%H:%M}", date if date != day else ""))
            day = date
        else:
            year = f"{stamp:%Y}"
            out.append(
                (
                    at,
                    f"{stamp.day} {stamp:%b}" if step < 31536000 else year,
                    year if year != day and step < 31536000 else "",
                )
            )
            day = year
        at += step
    return out


def _histogram(chart: Chart, width: int) -> tuple[str, int]:
    data = chart.data
    timed = pd.api.types.is_datetime64_any_dtype(data["left"])
    left, right = [_number(v) for v in data["left"]], [_number(v) for v in data["right"]]
    marks = [(_number(at), label) for at, label in chart.marks]
    low = min([*left, *(m for m, _ in marks)])
    high = max([*right, *(m for m, _ in marks)])
    names = _series_names(data)
    top = 30 + (22 if names != [""] else 0) + 16 * len(marks)
    x0, x1, y0 = 56.0, width - 14.0, top + 190.0
    totals = pd.Series(list(data["n"])).groupby(left).sum()
    peak = float(totals.max()) or 1.0
    ticks = [t for t in _ticks(0, peak, 4) if t == int(t)] or [0.0, peak]
    peak = max(peak, ticks[-1])

    def px(v: float) -> float:
        return x0 + (v - low) / ((high - low) or 1.0) * (x1 - x0)

    def py(v: float) -> float:
        return y0 - v / peak * (y0 - top)

    out = [_text(0, 14, chart.y_label, ink="muted")]
    for tick in ticks:
        out += [
            _line(x0, py(tick), x1, py(tick), "line"),
            _text(x0 - 7, py(tick) + 4, format_number(tick), "end", "muted"),
        ]
    out.append(_stacks(data, left, right, names, px, py))
    out += _axis(
        px, y0, x1, _time_ticks(low, high) if timed else [(t, format_number(t), "") for t in _ticks(low, high, 6)]
    )
    out.append(_line(x0, y0, x1, y0, "muted"))
    for i, (at, label) in enumerate(marks):
        y = top - 16 * (len(marks) - i) + 10
        anchor = "end" if px(at) > width * 0.6 else "start"
        out += [
            _line(px(at), y - 8, px(at), y0, "ink", ";stroke-dasharray:3 3"),
            _text(px(at) + (-5 if anchor == "end" else 5), y, clip(label, 60), anchor),
        ]
    if names != [""]:
        out.append(_legend(names, 32))
    out.append(_text((x0 + x1) / 2, y0 + 48, chart.x_label, "middle", "muted"))
    return "".join(out), int(y0 + 56)


def _series(data: pd.DataFrame) -> pd.Series:
    return data["series"].astype(str) if "series" in data else pd.Series([""] * len(data), index=data.index)


def _series_names(data: pd.DataFrame) -> list[str]:
    """The series in the order they were declared, else of first appearance: the order fixes colour and stacking."""
    present = list(dict.fromkeys(_series(data)))
    if "series" in data and isinstance(data["series"].dtype, pd.CategoricalDtype):
        return [str(c) for c in data["series"].cat.categories if str(c) in set(present)]
    return present


def _series_colour(name: str, names: Sequence[str]) -> str:
    """Everything else is grey, so that the groups in question stand out."""
    if name.lower().startswith(("other", "all other", "everyone", "rest")):
        return colour(-1)
    return colour(
        [n for n in names if not n.lower().startswith(("other", "all other", "everyone", "rest"))].index(name)
    )


def _stacks(
    data: pd.DataFrame,
    left: list[float],
    right: list[float],
    names: list[str],
    px: Callable[[float], float],
    py: Callable[[float], float],
) -> str:
    """One path per series, so that a thousand bars stay a few lines of markup."""
    base: dict[float, float] = {}
    paths = dict.fromkeys(names, "")
    rows = sorted(zip(left, right, data["n"], _series(data), strict=True), key=lambda r: (names.index(r[3]), r[0]))
    for a, b, n, name in rows:
        start = base.get(a, 0.0)
        base[a] = start + float(n)
        gap = 0.8 if px(b) - px(a) > 4 else 0.0
        wide = max(px(b) - px(a) - gap, 0.7)
        paths[name] += f"M{px(a):.1f} {py(start):.1f}h{wide:.1f}V{py(base[a]):.1f}h{-wide:.1f}z"
    return "".join(f'<path style="fill:{_series_colour(n, names)}" d="{d}"/>' for n, d in paths.items() if d)


def _axis(px: Callable[[float], float], y: float, right: float, ticks: Sequence[tuple[float, str, str]]) -> list[str]:
    out = []
    for at, label, below in ticks:
        x = px(at)
        anchor = "end" if x > right - 24 else "middle"  # the last label must not leave the picture
        at_edge = right + 12 if anchor == "end" else x
        out += [_line(x, y, x, y + 4, "muted"), _text(at_edge, y + 17, label, anchor, "muted")]
        if below:
            out.append(_text(at_edge, y + 32, below, anchor, "muted"))
    return out


def _legend(names: Sequence[str], y: float) -> str:
    out, x = [], 56.0
    for name in names:
        text = clip(name, 26)
        out.append(
            f'<rect x="{x:.1f}" y="{y - 9:.1f}" width="11" height="11" style="fill:{_series_colour(name, names)}"/>'
        )
        out.append(_text(x + 16, y, text))
        x += 34 + 6.8 * len(text)
    return "".join(out)


def _scale(chart: Chart, x0: float, x1: float) -> tuple[Callable[[float], float], list[float]]:
    columns = [c for c in ("value", "low", "high", "expected") if c in chart.data]
    values = [float(v) for c in columns for v in chart.data[c].dropna()] + (
        [] if chart.reference is None else [chart.reference]
    )
    values = [v for v in values if math.isfinite(v) and (v > 0 or not chart.log)] or [1.0]
    if chart.log:
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        high = max(high, low + 1)
        every = max(1, math.ceil((high - low) / 6))
        ticks = [10.0**k for k in range(low, high + 1, every)]
        return (lambda v: x0 + (math.log10(max(v, 10.0**low)) - low) / (high - low) * (x1 - x0)), ticks
    least, most = min([*values, 0.0]), max([*values, 0.0])
    most = most if most > least else least + 1
    return (lambda v: x0 + (v - least) / (most - least) * (x1 - x0)), _ticks(least, most, 5)


def _rows(chart: Chart, width: int) -> tuple[str, int]:
    """Bars, or dots with intervals: one row per entry, the value written at the end."""
    data, row = chart.data, 26
    x0, x1, top = 190.0, width - 96.0, 26.0 if chart.reference is not None or "expected" in chart.data else 8.0
    px, ticks = _scale(chart, x0, x1)
    bottom = top + row * len(data)
    out = []
    for tick in ticks:
        out += [
            _line(px(tick), top, px(tick), bottom, "line"),
            _text(px(tick), bottom + 16, format_number(tick), "middle", "muted"),
        ]
    for i, entry in enumerate(data.to_dict("records")):
        y = top + row * i + row / 2
        label = clip(entry["label"], 30)
        out.append(f"<g><title>{escape(clip(entry['label'], 300))}</title>{_text(x0 - 8, y + 4, label, 'end')}</g>")
        if pd.isna(entry["value"]):
            out.append(_text(x0 + 6, y + 4, "could not be measured", ink="muted", extra=";font-style:italic"))
            continue
        out.append((_bar if chart.kind == "bars" else _dot)(entry, y, px))
        ends = [float(entry[c]) for c in ("value", "high", "expected") if c in entry and not pd.isna(entry[c])]
        out.append(_text(px(max(ends)) + 9, y + 4, format_value(entry["value"])))
    if chart.reference is not None:
        x = px(chart.reference)
        anchor = "end" if x > width * 0.62 else "start"
        out += [
            _line(x, top - 6, x, bottom, "ink", ";stroke-dasharray:4 3"),
            _text(x + (-5 if anchor == "end" else 5), 14, chart.reference_label, anchor, "muted"),
        ]
    elif "expected" in data:
        out += [
            _line(x0 + 2, 4, x0 + 2, 17, "ink", ";stroke-width:2.5"),
            _text(x0 + 9, 15, "expected by chance", ink="muted"),
        ]
    out.append(_text((x0 + x1) / 2, bottom + 36, chart.x_label, "middle", "muted"))
    return "".join(out), int(bottom + (44 if chart.x_label else 24))


def _bar(entry: dict, y: float, px: Callable[[float], float]) -> str:
    start, end = sorted((px(0.0), px(float(entry["value"]))))
    out = f'<rect x="{start:.1f}" y="{y - 8:.1f}" width="{max(end - start, 1):.1f}" height="16" rx="1.5" style="fill:{colour(0)}"/>'
    if "expected" in entry and not pd.isna(entry["expected"]):
        x = px(float(entry["expected"]))
        out += _line(x, y - 11, x, y + 11, "ink", ";stroke-width:2.5")
    return out


def _dot(entry: dict, y: float, px: Callable[[float], float]) -> str:
    out = ""
    if not (pd.isna(entry["low"]) or pd.isna(entry["high"])):
        a, b = px(float(entry["low"])), px(float(entry["high"]))
        css = f";stroke:{colour(0)};stroke-width:2"
        out = (
            _line(a, y, b, y, "ink", css)
            + _line(a, y - 5, a, y + 5, "ink", css)
            + _line(b, y - 5, b, y + 5, "ink", css)
        )
    return out + f'<circle cx="{px(float(entry["value"])):.1f}" cy="{y:.1f}" r="5" style="fill:{colour(0)}"/>'
