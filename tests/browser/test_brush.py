"""The time brush in a real browser: bars, dragging, resizing, keyboard, play and step, labels in UTC."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

pytestmark = pytest.mark.browser

HOUR = 3_600_000_000
START = 1_772_496_000_000_000  # 2026-03-03 00:00 UTC
BINS = [0, 4, 9, 2, 0, 0, 30, 12, 3, 1, 0, 0, 5, 5, 5, 1, 0, 0, 2, 2, 8, 1, 0, 1]
DATA = {"bins": BINS, "from_us": START, "to_us": START + 24 * HOUR, "step_us": HOUR, "range": None}
MOUNT = """
import { mountBrush } from "/brush.js";
window.told = []; window.seen = [];
window.start = (data, preview, more = {}) => { window.b = mountBrush(document.getElementById("box"), data, { onChange: (...r) => told.push(r), ...(preview ? { onPreview: (...r) => seen.push(r) } : {}), ...more }); };
"""
# Bars by colour: how many pixels of a column are not the background.
TALL = """(x) => { const c = document.querySelector(".ivb-canvas"), r = c.width / c.clientWidth, d = c.getContext("2d").getImageData(Math.round(x * r), 0, 1, Math.round(46 * r)).data;
  let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i] > 40) n++; return n; }"""


class Brush:
    def __init__(self, opened: Any) -> None:
        self.opened, self.page = opened, opened.page
        self.box = self.page.query_selector(".ivb-plot").bounding_box()

    def x(self, hours: float) -> float:
        return self.box["x"] + self.box["width"] * hours / 24

    def drag(self, start: float, end: float) -> None:
        y = self.box["y"] + 20
        self.page.mouse.move(self.x(start), y)
        self.page.mouse.down()
        self.page.mouse.move(self.x((start + end) / 2), y, steps=4)
        self.page.mouse.move(self.x(end), y, steps=4)
        self.page.mouse.up()

    @property
    def hours(self) -> list[float] | None:
        found = self.page.evaluate("b.range")
        return found and [(v - START) / HOUR for v in found]

    def told(self) -> list[Any]:
        return [[v if v is None else (v - START) / HOUR for v in entry] for entry in self.page.evaluate("told")]


@pytest.fixture
def brush(module_page: Callable[..., Any]) -> Callable[..., Brush]:
    def make(data: dict[str, Any] = DATA, preview: bool = False, play_ms: int = 30, **settings: Any) -> Brush:
        opened = module_page(MOUNT, **settings)
        opened.page.evaluate("([d, p, ms]) => start(d, p, { playMs: ms })", [data, preview, play_ms])
        opened.wait("document.querySelector('.ivb-canvas').width > 500")
        return Brush(opened)

    return make


def test_bars_are_drawn_to_scale(brush: Callable[..., Brush]) -> None:
    """The tallest bin fills the height, others in proportion, empty ones nothing; the words give the totals."""
    b = brush()
    width = b.box["width"]
    heights = [b.page.evaluate(TALL, width * (k + 0.5) / 24) for k in range(24)]
    assert heights[6] > 40 and heights[0] == heights[4] == 0
    assert heights[7] == pytest.approx(heights[6] * 12 / 30, abs=2)
    assert "91 actions; tallest bar 30 in 1 hour" in b.page.inner_text(".ivb-bar")
    assert "All times: 2026-03-03 00:00 to 2026-03-04 00:00 UTC" in b.page.inner_text(".ivb-bar")


def test_dragging_makes_moves_and_resizes_a_period(brush: Callable[..., Brush]) -> None:
    """A drag over empty ground makes a period on the edges of bins; its middle moves it, its ends resize it; each tells once."""
    b = brush()
    b.drag(5.9, 9.2)
    assert b.hours == [6, 9] and b.told() == [[6, 9]]
    assert "2026-03-03 06:00 to 2026-03-03 09:00 UTC" in b.page.inner_text(".ivb-text")
    assert "45 of 91 actions" in b.page.inner_text(".ivb-bar")
    b.drag(7.5, 12.5)
    assert b.hours == [11, 14]
    b.drag(14, 20)
    assert b.hours == [11, 20]
    b.drag(11, 2)
    assert b.hours == [2, 20]
    b.drag(10, 23.9)
    assert b.hours == [6, 24], "it stops at the end and keeps its length"
    assert len(b.told()) == 5
    b.page.dblclick(".ivb-band")
    assert b.hours is None and b.told()[-1] == [None]


def test_previews_follow_the_hand_and_the_change_comes_at_the_end(brush: Callable[..., Brush]) -> None:
    """While dragging only onPreview is told; onChange when the hand lets go."""
    b = brush(preview=True)
    b.page.mouse.move(b.x(3), b.box["y"] + 20)
    b.page.mouse.down()
    b.page.mouse.move(b.x(10), b.box["y"] + 20, steps=8)
    assert b.told() == [] and len(b.page.evaluate("seen")) > 2
    b.page.evaluate("b.setRange(null)")
    assert b.hours == [3, 10], "what is under the hand is not taken away"
    b.page.mouse.up()
    assert b.told() == [[3, 10]]


def test_it_can_be_used_by_keyboard(brush: Callable[..., Brush]) -> None:
    """Start, end and the whole period are sliders with arrows, page keys, Home, End and Escape; changes are told after a pause."""
    b = brush({**DATA, "range": [START + 6 * HOUR, START + 9 * HOUR]})
    b.page.focus(".ivb-start")
    b.page.keyboard.press("ArrowLeft")
    b.page.keyboard.press("ArrowLeft")
    assert b.hours == [4, 9]
    assert b.page.get_attribute(".ivb-start", "aria-valuetext") == "2026-03-03 04:00 UTC, 45 actions"
    b.opened.wait("told.length === 1")
    assert b.told() == [[4, 9]]
    b.page.focus(".ivb-end")
    b.page.keyboard.press("End")
    assert b.hours == [4, 24]
    b.page.keyboard.press("Home")
    assert b.hours == [4, 5]
    b.page.focus(".ivb-band")
    b.page.keyboard.press("PageUp")
    assert b.hours == [14, 15]
    b.page.keyboard.press("Shift+ArrowRight")
    assert b.hours == [23, 24]
    b.page.focus(".ivb-start")
    b.page.keyboard.press("ArrowRight")
    assert b.hours == [23, 24], "start and end do not cross"
    b.page.keyboard.press("Escape")
    assert b.hours is None and b.told()[-1] == [None]
    assert all(b.page.get_attribute(f".ivb-{part}", "role") == "slider" for part in ("start", "end", "band"))


def test_step_and_play_go_through_the_time(brush: Callable[..., Brush]) -> None:
    """Step moves by a bin; play moves on until the end, with previews, and tells the last period when it stops."""
    b = brush({**DATA, "range": [START + 18 * HOUR, START + 21 * HOUR]}, preview=True)
    b.page.click("[aria-label='One step later']")
    assert b.hours == [19, 22]
    b.page.click("[aria-label='One step earlier']")
    assert b.hours == [18, 21]
    b.opened.wait("told.length === 1")
    b.page.click(".ivb-play")
    b.opened.wait(
        "document.querySelector('.ivb-play').getAttribute('aria-label').startsWith('Play') && told.length === 2"
    )
    assert b.hours == [21, 24] and b.told()[-1] == [21, 24]
    assert [(v[0] - START) / HOUR for v in b.page.evaluate("seen")][-3:] == [19, 20, 21]


def test_play_can_grow_and_be_paused(brush: Callable[..., Brush]) -> None:
    """With Grow the start stays; pressing play again pauses where it is."""
    b = brush({**DATA, "range": [START + 2 * HOUR, START + 3 * HOUR]}, play_ms=40)
    b.page.click("text=Grow")
    b.page.click(".ivb-play")
    b.opened.wait(f"b.range[1] >= {START + 5 * HOUR}")
    b.page.click(".ivb-play")
    kept = b.hours
    assert kept[0] == 2 and kept[1] >= 5
    b.page.evaluate("() => new Promise((done) => setTimeout(done, 150))")
    assert b.hours == kept


@pytest.mark.parametrize(
    ("first", "step", "bins", "wanted"),
    [
        (START, HOUR, 24, ["3 Mar 2026", "06:00", "UTC"]),
        (START, 24 * HOUR, 400, ["Sep", "2027", "UTC"]),
        (START, 1_000_000, 90, ["3 Mar 2026", "00:00:15", "UTC"]),
    ],
)
def test_ticks_name_times_in_utc(
    brush: Callable[..., Brush], first: int, step: int, bins: int, wanted: list[str]
) -> None:
    """Whatever the reader's clock says, labels are UTC, from seconds to years, and none overlaps the next."""
    listen = """() => { const p = CanvasRenderingContext2D.prototype, fill = p.fillText; window.texts = [];
      p.fillText = function (t, x, y) { texts.push([t, x, x + this.measureText(t).width]); return fill.call(this, t, x, y); }; }"""
    b = brush(timezone_id="Asia/Kolkata")
    b.page.evaluate(listen)
    b.page.evaluate(
        f"b.setData({{ bins: Array({bins}).fill(1), from_us: {first}, to_us: {first + bins * step}, step_us: {step}, range: null }})"
    )
    drawn = b.page.evaluate("texts")
    drawn = drawn[-1 - drawn[::-1].index(next(d for d in drawn if d[0] == "UTC")) :] if drawn else []
    assert [w for w in wanted if not any(w in text for text, _, _ in drawn)] == []
    labels = sorted((left, right) for text, left, right in drawn)
    assert len(labels) > 3 and all(a[1] < b[0] for a, b in pairwise(labels))


def test_new_data_and_ranges_come_from_outside(brush: Callable[..., Brush]) -> None:
    """setData and setRange show what the kernel says and tell nobody; a range over everything is no range."""
    b = brush()
    b.page.evaluate(f"b.setRange([{START + HOUR}, {START + 2 * HOUR}])")
    assert b.hours == [1, 2]
    b.page.evaluate(f"b.setRange([{START}, {START + 24 * HOUR}])")
    assert b.hours is None
    b.page.evaluate("b.setData({ bins: [] , range: null })")
    assert b.told() == [] and "0 actions" in b.page.inner_text(".ivb-bar")
    assert b.opened.errors == []


def test_it_recovers_from_a_mount_without_size(module_page: Callable[..., Any]) -> None:
    """Mounted where there is no room yet, it draws its bars when there is."""
    opened = module_page(MOUNT, body='<div id="box" style="display: none"></div>')
    opened.page.evaluate("(d) => start(d)", DATA)
    opened.page.evaluate("document.getElementById('box').removeAttribute('style')")
    opened.wait("document.querySelector('.ivb-canvas').width > 500")
    width = opened.page.query_selector(".ivb-plot").bounding_box()["width"]
    assert opened.page.evaluate(TALL, width * 6.5 / 24) > 40


def test_it_follows_jupyterlabs_theme(brush: Callable[..., Brush]) -> None:
    """Bars change colour with the theme, so that they stay visible."""
    b = brush()
    pixel = "() => [...document.querySelector('.ivb-canvas').getContext('2d').getImageData(document.querySelector('.ivb-plot').clientWidth * 6.5 / 24, 30, 1, 1).data]"
    light = b.page.evaluate(pixel)
    b.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    b.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert sum(b.page.evaluate(pixel)[:3]) > sum(light[:3]) + 60
