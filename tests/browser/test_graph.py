"""The live graph in a real browser: it draws, it can be used by mouse, finger and keyboard, and it says what it shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hostile_demo import HOSTILE, demo_scene

from investigate.views import scene
from investigate.views._carrier import frame_document

pytestmark = pytest.mark.browser

# How many pixels of the canvas are clearly coloured, not grey.
COLOURED = """() => {
  const c = document.querySelector(".ivg-canvas"), d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
  let n = 0;
  for (let i = 0; i < d.length; i += 4) if (Math.max(d[i], d[i + 1], d[i + 2]) - Math.min(d[i], d[i + 1], d[i + 2]) > 60) n++;
  return n;
}"""
SETTLED = "() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 260))"


def coloured(frame: Any) -> int:
    frame.evaluate(SETTLED)
    return frame.evaluate(COLOURED)


def place(opened: Any, frame: Any, node: int) -> tuple[float, float]:
    """Where a node is on the page."""
    spot = frame.evaluate(f"graph.screenOf({node})")
    canvas = frame.query_selector(".ivg-canvas").bounding_box()
    return canvas["x"] + spot["x"], canvas["y"] + spot["y"]


def zoom_of(frame: Any) -> float:
    return frame.evaluate("graph.camera.k")


@pytest.mark.parametrize("dark", [False, True])
def test_it_draws_in_light_and_dark(browser_page: Callable[..., Any], report: Path, dark: bool) -> None:
    """The canvas holds coloured marks, and its background follows the reader's theme."""
    opened = browser_page(report, dark=dark)
    frame = opened.graph
    assert coloured(frame) > 300
    corner = (
        "() => [...document.querySelector('.ivg-canvas').getContext('2d').getImageData(2, 2, 1, 1).data].slice(0, 3)"
    )
    assert (max(frame.evaluate(corner)) < 80) == dark
    assert "60 accounts" in frame.inner_text("[aria-live]")
    assert opened.errors == []


def test_search_opens_the_card(browser_page: Callable[..., Any], report: Path) -> None:
    """Typing part of a name and Enter centres the account and opens its card with facts and rows of evidence."""
    frame = browser_page(report).graph
    frame.fill(".ivg-input", "onerror")
    assert frame.inner_text(".ivg-found li >> nth=0").startswith(HOSTILE[0])
    frame.press(".ivg-input", "Enter")
    card = frame.inner_text(".ivg-panel")
    for wanted in (
        HOSTILE[0],
        "Posts in the period",
        "2026-03-03 14:03:20",
        "hxxps://site[.]example/a",
        "2 of 31 rows",
        "Same address",
    ):
        assert wanted in card
    assert "Chosen" in frame.inner_text("[aria-live]")
    frame.press(".ivg-panel", "Escape")
    assert not frame.is_visible(".ivg-panel")


def test_clicking_a_mark_opens_its_card(browser_page: Callable[..., Any], report: Path) -> None:
    """A click on a mark opens that account's card; from there a linked account is one click away; empty space closes it."""
    opened = browser_page(report)
    frame = opened.graph
    opened.page.mouse.click(*place(opened, frame, 59))
    assert frame.inner_text(".ivg-title") == "account_47"
    linked = frame.inner_text(".ivg-linked button >> nth=0")
    frame.click(".ivg-linked button >> nth=0")
    assert frame.inner_text(".ivg-title") == linked
    frame.evaluate(SETTLED)
    frame.evaluate("graph.select(-1)")
    assert not frame.is_visible(".ivg-panel")


def test_hover_shows_a_name_as_text(browser_page: Callable[..., Any], report: Path) -> None:
    """The pointer over a mark shows a small card whose text is the name as it is written."""
    opened = browser_page(report)
    frame = opened.graph
    opened.page.mouse.move(*place(opened, frame, 0))
    frame.wait_for_selector(".ivg-hover:not([hidden])")
    assert HOSTILE[0] in frame.inner_text(".ivg-hover")


def test_keyboard_zooms_moves_and_fits(browser_page: Callable[..., Any], report: Path) -> None:
    """Plus, minus, arrows and 0 work when the canvas has the focus, and the focus can be seen."""
    frame = browser_page(report).graph
    start = zoom_of(frame)
    frame.focus(".ivg-canvas")
    frame.press(".ivg-canvas", "+")
    frame.press(".ivg-canvas", "+")
    assert zoom_of(frame) == pytest.approx(start * 1.25**2)
    left = frame.evaluate("graph.camera.tx")
    frame.press(".ivg-canvas", "ArrowRight")
    assert frame.evaluate("graph.camera.tx") == pytest.approx(left - 50)
    frame.press(".ivg-canvas", "-")
    assert zoom_of(frame) == pytest.approx(start * 1.25)
    frame.press(".ivg-canvas", "0")
    assert zoom_of(frame) == pytest.approx(start)
    outline = "getComputedStyle(document.querySelector('.ivg-canvas')).outlineStyle"
    assert frame.evaluate(outline) != "none"


def test_wheel_zooms_only_when_asked(browser_page: Callable[..., Any], report: Path, wait: Callable[..., None]) -> None:
    """The wheel scrolls the page past the picture, and zooms once the reader has clicked into it."""
    opened = browser_page(report)
    frame = opened.graph
    start = zoom_of(frame)
    box = frame.query_selector(".ivg-canvas").bounding_box()
    middle = box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.97
    opened.page.mouse.move(*middle)
    opened.page.mouse.wheel(0, -120)
    wait(frame, "document.querySelector('.ivg-note').textContent.includes('click')")
    assert zoom_of(frame) == start
    # The page is still gliding from that turn of the wheel: a click aimed at where the picture was would miss it.
    opened.wait(
        "(window.rest = window.rest && window.rest.y === scrollY ? { y: scrollY, n: window.rest.n + 1 } : { y: scrollY, n: 0 }).n > 4"
    )
    box = frame.query_selector(".ivg-canvas").bounding_box()
    opened.page.mouse.click(box["x"] + box["width"] * 0.95, box["y"] + box["height"] * 0.97)
    wait(frame, "document.activeElement === document.querySelector('.ivg-canvas')")
    opened.page.mouse.wheel(0, -120)
    wait(frame, f"graph.camera.k > {start} * 1.05")


def test_dragging_moves_the_picture(browser_page: Callable[..., Any], report: Path) -> None:
    """A drag moves the picture by as much as the pointer, and chooses nothing."""
    opened = browser_page(report)
    frame = opened.graph
    box = frame.query_selector(".ivg-canvas").bounding_box()
    x, y = box["x"] + box["width"] * 0.97, box["y"] + box["height"] * 0.5
    before = frame.evaluate("graph.camera.tx")
    opened.page.mouse.move(x, y)
    opened.page.mouse.down()
    opened.page.mouse.move(x - 80, y, steps=4)
    opened.page.mouse.up()
    assert frame.evaluate("graph.camera.tx") == pytest.approx(before - 80, abs=5)
    assert not frame.is_visible(".ivg-panel")


def test_groups_and_links_can_be_switched_off(browser_page: Callable[..., Any], report: Path) -> None:
    """Switching a group off removes its marks and says so; switching a kind of link off removes its links from the count."""
    frame = browser_page(report).graph
    before = coloured(frame)
    frame.click(".ivg-line >> nth=0")
    assert coloured(frame) < before * 0.8
    assert "40 accounts (20 switched off)" in frame.inner_text("[aria-live]")
    links = int(frame.inner_text("[aria-live]").split(", ")[1].split()[0])
    frame.click("fieldset >> nth=1 >> label >> nth=1")
    assert int(frame.inner_text("[aria-live]").split(", ")[1].split()[0]) < links


def test_markers_and_lines_differ_without_colour(browser_page: Callable[..., Any], report: Path) -> None:
    """In the legend, groups differ in shape and relations in line pattern, also when all colours are taken away."""
    frame = browser_page(report).graph
    masks = frame.evaluate("""() => [...document.querySelectorAll(".ivg-sample")].map((c) => {
      const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
      let mask = ""; for (let i = 3; i < d.length; i += 4) mask += d[i] > 128 ? 1 : 0; return mask; })""")
    assert len(masks) == 5
    assert len(set(masks)) == 5


def test_all_controls_have_names(browser_page: Callable[..., Any], report: Path) -> None:
    """Every control of the graph has a name for screen readers, and the frame has a title."""
    opened = browser_page(report)
    frame = opened.graph
    unnamed = frame.evaluate("""() => [...document.querySelectorAll("button, input, canvas:not([aria-hidden])")].filter((e) =>
      !e.classList.contains("ivg-sample") && !(e.getAttribute("aria-label") || e.textContent.trim() || e.labels?.length)).length""")
    assert unnamed == 0
    assert opened.page.get_attribute("iframe.iv-live", "title") == "Accounts that act together, interactive"


def test_two_fingers_zoom(browser_page: Callable[..., Any], report: Path) -> None:
    """Two pointers moving apart zoom in; on a phone the card opens below the picture, inside the frame."""
    opened = browser_page(report, width=390, height=844, touch=True)
    frame = opened.graph
    start = zoom_of(frame)
    frame.evaluate("""() => {
      const c = document.querySelector(".ivg-canvas"), b = c.getBoundingClientRect();
      c.setPointerCapture = () => {};
      const send = (type, id, x) => c.dispatchEvent(new PointerEvent(type, { pointerId: id, pointerType: "touch", clientX: b.left + x, clientY: b.top + 200 }));
      send("pointerdown", 1, 150); send("pointerdown", 2, 200);
      send("pointermove", 1, 120); send("pointermove", 2, 240);
      send("pointerup", 1, 120); send("pointerup", 2, 240); }""")
    assert zoom_of(frame) > start * 1.5
    frame.evaluate("graph.select(5)")
    panel, canvas = (
        frame.query_selector(".ivg-panel").bounding_box(),
        frame.query_selector(".ivg-canvas").bounding_box(),
    )
    assert panel["width"] >= canvas["width"] - 2
    assert panel["y"] > canvas["y"]


def test_large_graphs_say_that_a_sample_moves(browser_page: Callable[..., Any], tmp_path: Path) -> None:
    """With 20,000 edges a sample is drawn while the picture moves, the note says so, and it goes when all are drawn."""
    rng = np.random.default_rng(0)
    nodes = pd.DataFrame(
        {"id": [f"n{i}" for i in range(4000)], "x": rng.uniform(-1, 1, 4000), "y": rng.uniform(-1, 1, 4000)}
    )
    ends = rng.integers(0, 4000, (20_000, 2))
    big = scene(nodes, pd.DataFrame({"a": [f"n{i}" for i in ends[:, 0]], "b": [f"n{i}" for i in ends[:, 1]]}))
    path = tmp_path / "graph.html"
    path.write_text(frame_document(big), encoding="utf-8")
    opened = browser_page(path)
    opened.wait("window.graph && window.graph.camera.w > 1")
    opened.page.evaluate(SETTLED)
    opened.page.evaluate("""() => { window.notes = new Set(); new MutationObserver(() => notes.add(document.querySelector(".ivg-note").textContent))
      .observe(document.querySelector(".ivg-note"), { childList: true, characterData: true, subtree: true });
      graph.zoom(1.2); }""")
    opened.wait(
        "notes.has('sample of edges shown while moving') && document.querySelector('.ivg-note').textContent === ''"
    )
    assert opened.errors == []


def test_resizing_and_theme(browser_page: Callable[..., Any], tmp_path: Path) -> None:
    """The picture follows a new window size, and a theme that is passed in wins over the reader's system."""
    path = tmp_path / "graph.html"
    path.write_text(frame_document(demo_scene()), encoding="utf-8")
    opened = browser_page(path)
    opened.wait("window.graph && window.graph.camera.w > 1200")
    opened.page.set_viewport_size({"width": 700, "height": 600})
    opened.wait("window.graph.camera.w === 700")
    opened.page.evaluate("graph.setTheme('dark')")
    assert coloured(opened.page.main_frame) > 300
    corner = "() => document.querySelector('.ivg-canvas').getContext('2d').getImageData(2, 2, 1, 1).data[0]"
    assert opened.page.evaluate(corner) < 80
