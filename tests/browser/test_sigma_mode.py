"""The optional WebGL mode: the same picture at rest, sigma while it moves, the canvas alone where there is no WebGL2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser

MOUNT = """
import { mount } from "/graph/mount.js";
import { painter } from "/static/sigma_mode.js";
window.start = (scene, webgl) => { window.g = mount(document.getElementById("box"), scene,
  { tools: true, chrome: false, legend: "closed", ...(webgl ? { painter: (...given) => (window.painter = painter(...given)) } : {}) }); };
"""
SCENE: dict[str, Any] = {
    "ids": list("abcd"),
    "labels": ["anna", "bert", "cleo", "dora"],
    "x": [-1.5, 0, 1, 2],
    "y": [0.5, -0.5, 0.5, -0.2],
    "size": [1] * 4,
    "kinds": ["account"],
    "kind": [0] * 4,
    "group": [0, 1, 2, 0],
    "groups": [{"name": f"Group {i}", "note": ""} for i in range(3)],
    "relations": ["Link"],
    "a": [0, 1, 2],
    "b": [1, 2, 3],
    "weight": [1, 1, 1],
    "relation": [0, 0, 0],
}
SETTLED = "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 240))"
PICTURE = "() => document.querySelector('.ivg-canvas').toDataURL()"
EMPTY = """() => { const c = document.querySelector(".ivg-canvas"), d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
  return d.every((v) => v === 0); }"""
NO_WEBGL = "const get = HTMLCanvasElement.prototype.getContext; HTMLCanvasElement.prototype.getContext = function (kind, ...more) { return /webgl/.test(kind) ? null : get.call(this, kind, ...more); };"


def opened(module_page: Callable[..., Any], webgl: bool = True, before: str = "") -> Any:
    page = module_page(MOUNT, body=f'<script>{before}</script><div id="box"></div>')
    page.page.evaluate("([s, webgl]) => start(s, webgl)", [SCENE, webgl])
    page.wait("g.camera.w > 1")
    page.page.evaluate(SETTLED)
    return page


def test_at_rest_it_is_the_same_picture(module_page: Callable[..., Any]) -> None:
    """Markers, patterns and labels at rest are those of the canvas, to the pixel."""
    plain, webgl = opened(module_page, False), opened(module_page)
    assert webgl.page.evaluate(PICTURE) == plain.page.evaluate(PICTURE)
    assert webgl.errors == [] and webgl.requests == []


def test_while_moving_sigma_draws_every_node_where_it_is(module_page: Callable[..., Any]) -> None:
    """During a movement the canvas steps aside and sigma's camera agrees with ours; afterwards the canvas is back."""
    page = opened(module_page)
    if not page.page.evaluate("Boolean(document.createElement('canvas').getContext('webgl2'))"):
        pytest.skip("this browser has no WebGL2")
    page.page.evaluate("g.zoom(1.3, 200, 150)")
    page.wait("painter.webgl && (" + EMPTY + ")()")
    for i in range(4):
        ours = page.page.evaluate(f"g.screenOf({i})")
        theirs = page.page.evaluate(f"painter.webgl.graphToViewport({{ x: {SCENE['x'][i]}, y: {SCENE['y'][i]} }})")
        assert (theirs["x"], theirs["y"]) == pytest.approx((ours["x"], ours["y"]), abs=0.5)
    page.wait("!(" + EMPTY + ")()")
    assert page.errors == []


def test_it_can_be_worked_with(module_page: Callable[..., Any]) -> None:
    """Choosing, dragging, new scenes and leaving work as on the canvas, because they are the canvas's."""
    page = opened(module_page)
    at = page.page.evaluate("g.screenOf(1)")
    page.page.mouse.click(at["x"], at["y"])
    assert page.page.evaluate("g.selection") == [1]
    page.page.mouse.move(at["x"], at["y"])
    page.page.mouse.down()
    page.page.mouse.move(at["x"] + 40, at["y"], steps=4)
    page.page.mouse.up()
    moved = page.page.evaluate("g.screenOf(1)")
    assert moved["x"] == pytest.approx(at["x"] + 40, abs=1)
    page.page.evaluate("(s) => { g.setScene({ ...s, marks: ['new', '', '', ''] }); g.zoom(1.1); }", SCENE)
    page.page.evaluate(SETTLED)
    page.page.evaluate("g.destroy()")
    assert page.page.evaluate("document.getElementById('box').childElementCount") == 0
    assert page.errors == []


def test_without_webgl_it_is_the_canvas(module_page: Callable[..., Any]) -> None:
    """Where WebGL is switched off the canvas draws alone, moving and at rest, and nothing fails."""
    page = opened(module_page, before=NO_WEBGL)
    page.page.evaluate("g.zoom(1.2)")
    page.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert not page.page.evaluate(EMPTY)
    assert page.page.query_selector(".ivg-webgl") is None
    assert page.errors == []
