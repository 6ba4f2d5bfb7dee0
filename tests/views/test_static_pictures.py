"""Static pictures: valid SVG, the same every time, readable as text, hostile names as text."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from hostile_demo import HOSTILE, demo_scene, demo_views

from investigate.errors import InputError
from investigate.report._outputs import foreign_markup
from investigate.views import (
    Chart,
    Group,
    bar_chart,
    curve_chart,
    heat_chart,
    histogram_chart,
    interval_chart,
    line_chart,
    scene,
    time_chart,
    week_chart,
)
from investigate.views._carrier import frame_document, graph_html, graph_script, policy, script_hash
from investigate.views._palette import DARK, LIGHT, node_shape, shape
from investigate.views._svg import MAX_EDGES, marker

SVG = "{http://www.w3.org/2000/svg}"


def charts() -> dict[str, Chart]:
    shown = {name: v.figure for name, v in demo_views().items() if isinstance(v.figure, Chart)}
    lags = histogram_chart(pd.Series([1.0, 2, 2, 30, 59]), title="Lags", x_label="Seconds")
    powers = bar_chart(pd.DataFrame({"label": list("ab"), "value": [1e-9, 0.01]}), title="p", log=True)
    return shown | {"lags": lags, "log": powers} | kinds(["Before", "After"])


def kinds(names: list[str]) -> dict[str, Chart]:
    """One heat map, one set of survival curves and two pictures of series, with these names in them."""
    cells = pd.DataFrame(
        [(x, y, i * 10 + j) for i, x in enumerate(names) for j, y in enumerate(names)], columns=["x", "y", "n"]
    )
    steps = pd.DataFrame([(n, t, 1 - t / 10, 1 - t / 9, 1 - t / 12, t == 4) for n in names[:8] for t in (2.0, 4.0, 6.0)],
                         columns=["series", "time", "value", "low", "high", "censored"])  # fmt: skip
    days = pd.date_range("2026-03-01", periods=5, freq="D", tz="UTC")
    one = pd.DataFrame(
        {
            "at": days,
            "value": [3, 4, None, 9, 4],
            "expected": 4.0,
            "low": 1.0,
            "high": [7.0, 7, 7, 7, None],
            "alarm": [False, False, False, True, False],
        }
    )
    several = pd.concat([one.assign(series=n) for n in names[:8]])
    return {
        "heat": heat_chart(cells, title=names[0], x_label=names[1]),
        "week": week_chart(pd.Series(days)),
        "curves": curve_chart(
            steps, title=names[1], x_label="Hours", reference=0.5, reference_label="half", marks=[(4, names[0])]
        ),
        "line": line_chart(one, title="One", marks=[(days[1], names[1])]),
        "lines": line_chart(several, title=names[0]),
    }


@pytest.mark.parametrize("name", sorted(charts()))
def test_charts_are_valid_described_and_the_same(name: str) -> None:
    """A chart is well-formed SVG with a title and a description, and the same data give the same text."""
    svg = charts()[name].to_svg()
    root = ET.fromstring(svg)
    assert root.findtext(f"{SVG}title")
    assert root.findtext(f"{SVG}desc")
    assert svg == charts()[name].to_svg()
    assert "nan" not in svg.lower().replace("finance", "")
    assert foreign_markup(svg) == ""
    assert all(svg.count(c) == svg.count(f",{c})") for c in LIGHT.values()), "a colour that does not follow the theme"


@pytest.mark.parametrize("name", ["lags", "log", *kinds(["a", "b"])])
def test_charts_open_in_altair_and_become_png(name: str) -> None:
    """Every kind is a valid Altair chart with all its rows that draws without loading anything, and a PNG."""
    import vl_convert

    chart = charts()[name]
    spec = chart.to_altair().to_dict(validate=True)
    rows = spec["data"]["values"] if "values" in spec["data"] else next(iter(spec["datasets"].values()))
    assert len(rows) == len(chart.data)
    assert "<svg" in vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    assert chart.to_png(scale=1.0).startswith(b"\x89PNG")
    assert chart.to_png(scale=1.0) == chart.to_png(scale=1.0)


def test_hostile_labels_add_no_elements() -> None:
    """Labels from data change the text of a chart and of a scene, never their elements."""
    for make in (
        lambda names: bar_chart(pd.DataFrame({"label": names, "value": range(len(names))}), title=names[0]).to_svg(),
        lambda names: time_chart(pd.Series(pd.date_range("2026-01-01", periods=len(names), tz="UTC")), series=pd.Series(names), title=names[1]).to_svg(),
        lambda names: scene(pd.DataFrame({"id": [str(i) for i in range(len(names))], "label": names, "group": [str(i) for i in range(len(names))]}),
                            pd.DataFrame({"a": ["0"], "b": ["1"]}), groups=[Group(str(i), n) for i, n in enumerate(names)]).to_svg(),
        *(lambda names, kind=kind: kinds(list(names))[kind].to_svg() for kind in ("curves", "line", "lines")),
    ):  # fmt: skip
        tame, wild = make([f"name {i}" for i in range(len(HOSTILE))]), make(list(HOSTILE))
        assert [e.tag for e in ET.fromstring(wild).iter()] == [e.tag for e in ET.fromstring(tame).iter()]
        assert "<script" not in wild
    # long labels leave room for fewer, so a heat map is compared by which elements it has
    tame, wild = (
        kinds(names)["heat"].to_svg() for names in ([f"name {i}" for i in range(len(HOSTILE))], list(HOSTILE))
    )
    assert {e.tag for e in ET.fromstring(wild).iter()} == {e.tag for e in ET.fromstring(tame).iter()}
    assert "<script" not in wild


def test_timeline_counts_every_event() -> None:
    """The bars of a timeline add up to the number of events with a time, in each series."""
    times = pd.Series(pd.to_datetime(["2026-01-01T00:00Z", "2026-01-01T00:59Z", "2026-01-02T12:00Z", None], utc=True))
    chart = time_chart(times, series=pd.Series(["a", "b", "a", "a"]), width="1h")
    assert chart.data["n"].sum() == 3
    assert chart.data.groupby("series", observed=True)["n"].sum().to_dict() == {"a": 2, "b": 1}
    assert chart.y_label == "Actions per 1 h"
    assert "No data" in time_chart(times[:0]).to_svg()


def test_a_week_of_hours_counts_every_event_in_its_zone() -> None:
    """A time lands in the hour and weekday of the zone asked for; all 168 hours are there, empty ones as zero."""
    times = pd.Series(pd.to_datetime(["2026-01-05T23:30Z", "2026-01-05T23:59Z", None, "2026-01-11T12:00Z"], utc=True))
    there = week_chart(times, zone="Europe/Berlin").data.set_index(["y", "x"])["n"]
    assert len(there) == 168
    assert there[there > 0].to_dict() == {("Tue", "00"): 2, ("Sun", "13"): 1}
    assert week_chart(times).summary == "3 in all; the most at Mon, 23: 2."
    assert "No data" in week_chart(times[:0]).to_svg()


def test_shades_grow_with_the_number() -> None:
    """The largest cell has the full colour, zero none, and a cell that could not be measured a dash."""
    data = pd.DataFrame({"x": ["a", "b", "c", "d"], "y": "row", "n": [0, 20, 100, None]})
    root = ET.fromstring(heat_chart(data, title="x").to_svg())
    cells = [
        (e.get("style").split("fill-opacity:")[1], e.get("d").count("M"))
        for e in root.iter(f"{SVG}path")
        if "opacity" in e.get("style")
    ]
    assert cells == [("0.14", 1), ("1.0", 1)]
    assert "–" in [e.text for e in root.iter(f"{SVG}text")]


def test_survival_curves_go_down_in_steps() -> None:
    """A curve begins at 100 %, holds its level until the next step, and censored cases are ticks at their level."""
    data = pd.DataFrame({"time": [10.0, 20.0], "value": [0.75, 0.25], "censored": [0, 2]})
    chart = curve_chart(data, title="x", x_label="Hours")
    paths = [e.get("d") for e in ET.fromstring(chart.to_svg()).iter(f"{SVG}path")]
    curve = next(d for d in paths if "H" in d)
    start, bottom = (
        float(curve.split()[1].split("H")[0]),
        max(float(d.split()[1].split("L")[0]) for d in paths if "L" in d),
    )
    tall = bottom - start
    assert [round((bottom - float(v)) / tall, 2) for v in [p.split("H")[0] for p in curve.split("V")[1:]]] == [
        0.75,
        0.25,
    ]
    assert sum(d.count("v10") for d in paths) == 1
    assert chart.summary == "half are through by 20; 25% are left at 20."


def test_series_break_where_a_value_is_missing_and_alarms_are_marked() -> None:
    """A missing value leaves a gap instead of a line across it; each alarm is one ring, and counted in the words."""
    chart = kinds(["a", "b"])["line"]
    root = ET.fromstring(chart.to_svg())
    line = next(e.get("d") for e in root.iter(f"{SVG}path") if "stroke-width:2;stroke-linejoin" in e.get("style"))
    assert line.count("M") == 2 and line.count("L") == 2
    assert len(list(root.iter(f"{SVG}circle"))) == 1 + 1  # one alarm, and the legend's sample
    assert "1 alarm." in chart.summary


def test_pictures_that_would_mislead_are_refused() -> None:
    """Cells that occur twice, shares above one and more series than colours are named before anything is drawn."""
    with pytest.raises(InputError, match="1 cells occur twice; a number is negative"):
        heat_chart(pd.DataFrame({"x": ["a", "a"], "y": ["b", "b"], "n": [1, -1]}), title="x")
    with pytest.raises(InputError, match="outside 0 to 1"):
        curve_chart(pd.DataFrame({"time": [1.0], "value": [1.2]}), title="x", x_label="h")
    with pytest.raises(InputError, match="9 series"):
        line_chart(pd.DataFrame({"at": range(9), "value": 1, "series": list("abcdefghi")}), title="x")


def test_bars_are_as_long_as_their_values() -> None:
    """A value twice as large gets a bar twice as long, and the expected value is marked."""
    svg = bar_chart(pd.DataFrame({"label": ["a", "b"], "value": [10, 20], "expected": [1, 2]}), title="x").to_svg()
    widths = [float(r.get("width")) for r in ET.fromstring(svg).iter(f"{SVG}rect")]
    assert widths[1] == pytest.approx(2 * widths[0], abs=0.2)
    assert "expected by chance" in svg


def test_what_was_not_measured_is_said() -> None:
    """A missing value is a sentence in the chart, not a dot at zero."""
    chart = interval_chart(
        pd.DataFrame({"label": ["a", "b"], "value": [1.0, None], "low": [0, None], "high": [2, None]}), title="x"
    )
    assert "could not be measured" in chart.to_svg()
    assert chart.to_svg().count("<circle") == 1


def test_a_chart_without_its_columns_is_refused() -> None:
    """A missing column is named."""
    with pytest.raises(InputError, match="lacks value"):
        bar_chart(pd.DataFrame({"label": ["a"]}), title="x")


def test_scene_is_checked_and_sorted() -> None:
    """Nodes come sorted by id; an edge to an unknown account and an id that occurs twice are refused."""
    nodes, edges = pd.DataFrame({"id": ["b", "a"]}), pd.DataFrame({"a": ["a"], "b": ["b"]})
    assert list(scene(nodes, edges).nodes["id"]) == ["a", "b"]
    with pytest.raises(InputError, match="not among the nodes"):
        scene(nodes, pd.DataFrame({"a": ["a"], "b": ["z"]}))
    with pytest.raises(InputError, match="twice"):
        scene(pd.DataFrame({"id": ["a", "a"]}), edges)


def test_scene_does_not_change_its_input() -> None:
    """The caller's frames stay as they were."""
    nodes, edges = pd.DataFrame({"id": ["b", "a"]}), pd.DataFrame({"a": ["b"], "b": ["a"]})
    before = nodes.copy(), edges.copy()
    scene(nodes, edges)
    pd.testing.assert_frame_equal(nodes, before[0])
    pd.testing.assert_frame_equal(edges, before[1])


def test_scene_pictures_are_the_same_every_time() -> None:
    """The same scene gives the same SVG and the same frame, byte for byte."""
    assert demo_scene().to_svg() == demo_scene().to_svg()
    assert frame_document(demo_scene()) == frame_document(demo_scene())


def test_scene_json_is_compact_and_complete() -> None:
    """Positions have at most four decimals, edges are numbers of nodes, every card is there, names are defanged."""
    data = demo_scene().to_json()
    assert all(v == round(v, 4) and -1 <= v <= 1 for v in data["x"] + data["y"])
    assert max(data["a"] + data["b"]) < len(data["ids"]) == 60
    assert len(data["cards"]) == 60
    assert "hxxps://evil[.]example/path?q=<b>" in data["labels"]


def test_large_scenes_draw_the_strongest_edges_and_say_so() -> None:
    """Above the limit the static picture draws the strongest edges only, and its description says how many."""
    rng = np.random.default_rng(0)
    ends = rng.integers(0, 500, (MAX_EDGES + 500, 2)).astype(str)
    nodes = pd.DataFrame({"id": np.arange(500).astype(str), "x": rng.uniform(-1, 1, 500), "y": rng.uniform(-1, 1, 500)})
    svg = scene(nodes, pd.DataFrame({"a": ends[:, 0], "b": ends[:, 1], "weight": rng.random(len(ends))})).to_svg()
    assert f"The {MAX_EDGES:,} strongest edges are drawn." in svg
    assert svg.count("M") < MAX_EDGES + 500 + 600


def test_frame_has_its_own_policy_and_one_script() -> None:
    """The frame's policy allows nothing but the one script it names by hash; no asset can end the script element."""
    html = graph_html(demo_scene(), "network")
    assert 'sandbox="allow-scripts"' in html
    assert "default-src &#x27;none&#x27;" in html or "default-src" in html
    assert script_hash() in policy()
    assert "unsafe-eval" not in policy()
    assert "script-src 'unsafe-inline'" not in policy()
    assert "</script" not in graph_script().lower()
    assert "<!--" not in graph_script()
    assert "innerHTML" not in graph_script()
    assert "http" not in graph_script()
    assert frame_document(demo_scene()).count("<script") == 2


def test_nothing_to_draw_is_said() -> None:
    """A scene without accounts is a sentence."""
    empty = scene(pd.DataFrame({"id": []}), pd.DataFrame({"a": [], "b": []}))
    assert "nothing to draw" in graph_html(empty, "x")
    ET.fromstring(empty.to_svg())


def test_64_groups_look_different() -> None:
    """The first 64 groups differ in colour or in shape, the first 8 in both."""
    looks = [(i % 8, shape(i)) for i in range(64)]
    assert len(set(looks)) == 64
    assert len({s for _, s in looks[:8]}) == 8


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_colours_stand_out(theme: dict[str, str]) -> None:
    """Text colours reach 4.5 to 1 and marks 3 to 1 against the background, in light and in dark."""

    def light(name: str) -> float:
        parts = [int(theme[name][k : k + 2], 16) / 255 for k in (1, 3, 5)]
        r, g, b = (v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    def contrast(a: str, b: str) -> float:
        high, low = sorted((light(a), light(b)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    for text, back in [
        ("ink", "bg"),
        ("muted", "bg"),
        ("muted", "panel"),
        ("accent", "bg"),
        ("warn-ink", "warn-bg"),
        ("bad-ink", "bad-bg"),
        ("good-ink", "good-bg"),
    ]:
        assert contrast(text, back) >= 4.5, (text, back)
    for mark in ["edge", "other", *(f"c{i}" for i in range(8))]:
        assert contrast(mark, "bg") >= 3, mark


def test_kinds_and_directions_are_in_the_static_picture() -> None:
    """Contents, objects, bundles and communities have marks of their own, directed links a head, and the summary counts kinds."""
    nodes = pd.DataFrame(
        {
            "id": list("abcde"),
            "kind": ["account", "content", "url", "bundle", "community"],
            "x": [-1, 0, 1, 0, 1],
            "y": [0, 1, 0, -1, 1],
        }
    )
    edges = pd.DataFrame({"a": ["a", "b"], "b": ["c", "d"], "relation": ["same", "replies"]})
    plain, directed = scene(nodes, edges), scene(nodes, edges, directed=["replies", "absent"])
    assert "5 nodes (account 1, bundle 1, community 1, content 1, url 1), 2 links" in plain.summary
    assert "directed" not in plain.to_json() and directed.to_json()["directed"] == [0, 1]
    assert directed.to_svg().count("<path") == plain.to_svg().count("<path") + 1
    shapes = {m for kind in nodes["kind"] for m in [marker(node_shape(kind, 0), 0, 0, 5)]}
    assert len(shapes) == 5
    for text in ("account (1)", "url (1)", "community (1)"):
        assert text in plain.to_svg()
