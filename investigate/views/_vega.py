"""Charts for other hands: as a Vega-Lite specification that Altair opens and people change, and as PNG for documents."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from ._chart import Chart
from ._chart_kinds import series_of
from ._html import plain
from ._palette import COLOURS, LIGHT

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"  # a name; nothing loads it
_TOKEN = re.compile(r"var\(--iv-[\w-]+,(#[0-9a-f]{6})\)")


def vega_lite(chart: Chart) -> dict[str, Any]:
    """The chart as a Vega-Lite specification with its data inside; text from data is revealed and defanged."""
    data = chart.data.copy()
    if {"low", "high"} & set(data) and "low" not in data:
        data["low"] = 0.0
    for name in data.columns:
        column = data[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            data[name] = column.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif not pd.api.types.is_numeric_dtype(column):
            data[name] = [None if pd.isna(v) else v if isinstance(v, bool) else plain(v) for v in column]
    rows = data.astype(object).where(data.notna(), None)
    values = [{k: getattr(v, "item", lambda v=v: v)() for k, v in row.items()} for row in rows.to_dict("records")]
    body = {
        "histogram": _histogram,
        "bars": _bars,
        "intervals": _intervals,
        "heat_map": _heat,
        "step_curves": _curves,
        "lines": _lines,
    }
    return {
        "$schema": SCHEMA,
        "title": plain(chart.title),
        "description": plain(chart.summary),
        "width": 560,
        "data": {"values": values},
        "config": {"range": {"category": [LIGHT[f"c{i}"] for i in range(COLOURS)]}},
        **body[chart.kind](chart),
    }


def to_png(svg: str, scale: float = 2.0) -> bytes:
    """A picture of ours as PNG in the light colours, drawn offline; for DOCX and slides.

    Notes
    -----
    Letters are drawn with the fonts of this machine: the bytes are the same here every time, not everywhere.
    """
    import vl_convert

    return vl_convert.svg_to_png(_TOKEN.sub(r"\1", svg), scale=scale)


def _field(name: str, kind: str, title: str = "", **more: Any) -> dict[str, Any]:
    return {"field": name, "type": kind, "title": plain(title) or None, **more}


def _order(column: pd.Series) -> list[str]:
    return list(dict.fromkeys(plain(v) for v in column))


def _colour(chart: Chart) -> dict[str, Any]:
    if "series" not in chart.data or len(series_of(chart.data)) < 2:
        return {"value": LIGHT["c0"]}
    return _field("series", "nominal", sort=[plain(n) for n in series_of(chart.data)])


def _x_kind(chart: Chart, name: str) -> str:
    return "temporal" if pd.api.types.is_datetime64_any_dtype(chart.data[name]) else "quantitative"


def _value(chart: Chart, title: str) -> dict[str, Any]:
    scale = {"scale": {"type": "log"}} if chart.log else {}
    return _field("value", "quantitative", title, **scale)


def _histogram(chart: Chart) -> dict[str, Any]:
    x = _field("left", _x_kind(chart, "left"), chart.x_label)
    if x["type"] == "temporal":
        x["scale"] = {"type": "utc"}
    y = _field("n", "quantitative", chart.y_label, stack="zero")
    return {"mark": "bar", "encoding": {"x": x, "x2": {"field": "right"}, "y": y, "color": _colour(chart)}}


def _bars(chart: Chart) -> dict[str, Any]:
    y = _field("label", "nominal", sort=_order(chart.data["label"]))
    bar: dict[str, Any] = {"mark": "bar", "encoding": {"x": _value(chart, chart.x_label), "y": y}}
    if chart.log:  # a bar has no beginning on such an axis
        bar["mark"] = "point"
    layers = [bar]
    if "expected" in chart.data:
        tick = {"type": "tick", "color": LIGHT["ink"], "thickness": 2}
        layers.append({"mark": tick, "encoding": {"x": _field("expected", "quantitative"), "y": y}})
    return {"layer": layers}


def _intervals(chart: Chart) -> dict[str, Any]:
    y = _field("label", "nominal", sort=_order(chart.data["label"]))
    low = _value(chart, chart.x_label) | {"field": "low"}
    return {
        "layer": [
            {"mark": "rule", "encoding": {"x": low, "x2": {"field": "high"}, "y": y}},
            {"mark": {"type": "point", "filled": True}, "encoding": {"x": _value(chart, chart.x_label), "y": y}},
        ]
    }


def _heat(chart: Chart) -> dict[str, Any]:
    scale: dict[str, Any] = {"range": [LIGHT["bg"], LIGHT["c0"]]}
    scale |= {"type": "symlog"} if chart.log else {}
    return {
        "mark": "rect",
        "encoding": {
            "x": _field("x", "ordinal", chart.x_label, sort=_order(chart.data["x"])),
            "y": _field("y", "ordinal", sort=_order(chart.data["y"])),
            "color": _field("n", "quantitative", chart.y_label, scale=scale),
        },
    }


def _curves(chart: Chart) -> dict[str, Any]:
    x, colour = _field("time", "quantitative", chart.x_label), _colour(chart)
    layers = _band(chart, x, colour, "step-after")
    y = _field("value", "quantitative", chart.y_label, scale={"domain": [0, 1]}, axis={"format": "%"})
    layers.append(
        {"mark": {"type": "line", "interpolate": "step-after"}, "encoding": {"x": x, "y": y, "color": colour}}
    )
    return {"layer": layers}


def _lines(chart: Chart) -> dict[str, Any]:
    x = _field("at", _x_kind(chart, "at"), chart.x_label)
    if x["type"] == "temporal":
        x["scale"] = {"type": "utc"}
    colour, y = _colour(chart), _field("value", "quantitative", chart.y_label)
    layers = _band(chart, x, colour, "linear")
    if "expected" in chart.data:
        dashed = {"type": "line", "strokeDash": [2, 3]}
        layers.append({"mark": dashed, "encoding": {"x": x, "y": y | {"field": "expected"}, "color": colour}})
    layers.append({"mark": "line", "encoding": {"x": x, "y": y, "color": colour}})
    if "alarm" in chart.data:
        ring = {"type": "point", "size": 80, "color": LIGHT["bad-ink"]}
        layers.append({"mark": ring, "transform": [{"filter": "datum.alarm"}], "encoding": {"x": x, "y": y}})
    return {"layer": layers}


def _band(chart: Chart, x: dict[str, Any], colour: dict[str, Any], shape: str) -> list[dict[str, Any]]:
    if "high" not in chart.data:
        return []
    y = _field("low", "quantitative", chart.y_label)
    mark = {"type": "area", "opacity": 0.2, "interpolate": shape}
    return [{"mark": mark, "encoding": {"x": x, "y": y, "y2": {"field": "high"}, "color": colour}}]
