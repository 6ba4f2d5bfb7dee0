"""The workbench's canvas in a real browser: several chosen, lasso, dragging, links, keyboard, themes, sizes, new scenes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hostile_demo import HOSTILE

pytestmark = pytest.mark.browser

# Six nodes in two columns; node 5 is far to the right. Positions by hand, so that a test knows what lies where.
SMALL: dict[str, Any] = {
    "title": "Test network",
    "ids": ["a", "b", "c", "d", "content:1", "url:x"],
    "labels": ["anna", "bert", "cleo", "dora", "a post", "hxxps://site[.]example"],
    "x": [-1, -1, 0, 0, 1, 1],
    "y": [0.5, -0.5, 0.5, -0.5, 0.5, -0.5],
    "size": [1, 1, 1, 1, 1, 1],
    "kinds": ["account", "content", "url"],
    "kind": [0, 0, 0, 0, 1, 2],
    "group": [0, 0, 1, 1, -1, -1],
    "groups": [{"name": "Group 1", "note": ""}, {"name": "Group 2", "note": ""}],
    "relations": ["Same address", "Replies to"],
    "a": [0, 0, 2, 2, 3],
    "b": [1, 2, 3, 4, 5],
    "weight": [3, 1, 9, 1, 1],
    "relation": [0, 1, 0, 1, 1],
    "directed": [0, 1, 0, 1, 1],
    "pinned": [1, 0, 0, 0, 0, 0],
    "marks": ["check later", "", "", "", "", ""],
    "more": [12, 0, 0, 0, 0, 0],
}
MOUNT = """
import { mount } from "/graph/mount.js";
window.mount = mount; window.told = [];
const note = (name) => (...given) => told.push([name, ...JSON.parse(JSON.stringify(given))]);
window.acts = Object.fromEntries(["onSelect", "onOpen", "onEdge", "onMove", "onHover", "onCamera", "onTool"].map((n) => [n, note(n)]));
window.start = (scene, options = {}) => { window.g = mount(document.getElementById("box"), scene, { tools: true, chrome: false, legend: "closed", ...acts, ...options }); };
"""
SETTLED = "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 240))"
PIXEL = """([x, y, layer]) => { const c = document.querySelector(layer), r = c.width / c.clientWidth;
  return [...c.getContext("2d").getImageData(Math.round(x * r), Math.round(y * r), 1, 1).data]; }"""
DIFFERENT = """(layer) => { const c = document.querySelector(layer), d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
  let n = 0; for (let i = 0; i < d.length; i += 4) if (d[i] !== d[0] || d[i + 1] !== d[1] || d[i + 2] !== d[2] || d[i + 3] !== d[3]) n++; return n; }"""


class Canvas:
    """A mounted graph, with the few things tests do to it."""

    def __init__(self, opened: Any) -> None:
        self.opened, self.page = opened, opened.page

    def spot(self, node: int) -> tuple[float, float]:
        at = self.page.evaluate(f"g.screenOf({node})")
        return at["x"], at["y"]

    def link(self, edge: int) -> tuple[float, float]:
        at = self.page.evaluate(f"g.edgeAt({edge})")
        return at["x"], at["y"]

    def told(self, name: str) -> list[Any]:
        return [entry[1:] for entry in self.page.evaluate("told") if entry[0] == name]

    def chosen(self) -> list[int]:
        return sorted(self.page.evaluate("g.selection"))

    def settle(self) -> None:
        self.page.evaluate(SETTLED)

    def pixel(self, x: float, y: float, layer: str = ".ivg-canvas") -> list[int]:
        return self.page.evaluate(PIXEL, [x, y, layer])

    def click(self, x: float, y: float, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.down(key)
        self.page.mouse.click(x, y)
        for key in keys:
            self.page.keyboard.up(key)

    def drag(self, *points: tuple[float, float], keys: tuple[str, ...] = ()) -> None:
        for key in keys:
            self.page.keyboard.down(key)
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point, steps=5)
        self.page.mouse.up()
        for key in keys:
            self.page.keyboard.up(key)

    @property
    def live(self) -> str:
        return self.page.text_content("[aria-live]")


@pytest.fixture
def canvas(module_page: Callable[..., Any]) -> Callable[..., Canvas]:
    """A function that mounts a scene: `canvas(scene, options, **page settings)`."""

    def make(scene: dict[str, Any] = SMALL, options: dict[str, Any] | None = None, **settings: Any) -> Canvas:
        opened = module_page(MOUNT, **settings)
        opened.page.evaluate("([scene, options]) => start(scene, options)", [scene, options or {}])
        made = Canvas(opened)
        opened.wait("g.camera.w > 1")
        made.settle()
        return made

    return make


def test_a_click_chooses_and_shift_adds_and_takes_away(canvas: Callable[..., Canvas]) -> None:
    """A click chooses one node, Shift-click toggles others, empty ground lets go; each tells its mode once."""
    c = canvas()
    c.click(*c.spot(0))
    c.click(*c.spot(3), "Shift")
    assert c.chosen() == [0, 3]
    c.click(*c.spot(0), "Shift")
    assert c.chosen() == [3]
    x, y = c.spot(2)
    c.click(x + 60, y + 40)
    assert c.chosen() == []
    assert c.told("onSelect") == [
        [[0], {"mode": "set"}],
        [[3], {"mode": "toggle"}],
        [[0], {"mode": "toggle"}],
        [[], {"mode": "set"}],
    ]
    assert c.opened.errors == [] and c.opened.requests == []


def test_what_is_chosen_has_a_ring_that_is_no_colour(canvas: Callable[..., Canvas]) -> None:
    """A ring is really drawn around each chosen node, dark on light, outside the marker and nowhere else."""
    c = canvas()
    c.page.evaluate("g.setSelection([0, 3])")
    c.settle()
    assert c.told("onSelect") == [], "showing a selection tells nobody"
    r = c.page.evaluate("Math.max(3, g.model.radius[0]) * 1.25 + 2.5")
    for node, ringed in ((0, True), (3, True), (1, False)):
        x, y = c.spot(node)
        red, green, blue, alpha = c.pixel(x, y - r, ".ivg-overlay")
        assert (alpha > 200 and max(red, green, blue) < 90) == ringed, node


def test_the_lasso_chooses_what_lies_inside(canvas: Callable[..., Canvas]) -> None:
    """With Alt, or with the tool switched on, a drag draws around nodes; Shift adds to the selection, Escape gives up."""
    c = canvas()
    (x0, y0), (_, y1) = c.spot(0), c.spot(1)
    around = ((x0 - 25, y0 - 40), (x0 + 40, y0 - 40), (x0 + 40, y1 + 40), (x0 - 25, y1 + 40))
    c.drag(*around, keys=("Alt",))
    assert c.chosen() == [0, 1]
    assert sorted(c.told("onSelect")[-1][0]) == [0, 1] and c.told("onSelect")[-1][1] == {"mode": "set"}
    x2, y2 = c.spot(2)
    c.drag((x2 - 30, y2 - 30), (x2 + 30, y2 - 30), (x2 + 30, y2 + 30), (x2 - 30, y2 + 30), keys=("Shift",))
    assert c.chosen() == [0, 1, 2]
    assert c.told("onSelect")[-1] == [[2], {"mode": "add"}]
    c.page.click(".ivg-lasso")
    assert c.page.get_attribute(".ivg-lasso", "aria-pressed") == "true" and c.told("onTool") == [["lasso"]]
    before, left = c.spot(0), c.page.evaluate("g.camera.tx")
    c.page.mouse.move(x2 - 30, y2 - 30)
    c.page.mouse.down()
    c.page.mouse.move(x2 + 30, y2 + 30, steps=4)
    c.settle()
    assert c.page.evaluate(DIFFERENT, ".ivg-overlay") > 400, "the lasso is seen while it is drawn"
    c.page.focus(".ivg-canvas")
    c.page.keyboard.press("Escape")
    c.page.mouse.up()
    assert c.chosen() == [0, 1, 2]
    c.drag((x2 - 30, y2 - 30), (x2 + 30, y2 - 30), (x2 + 30, y2 + 30), (x2 - 30, y2 + 30))
    assert c.chosen() == [2] and c.spot(0) == before and c.page.evaluate("g.camera.tx") == left


def test_dragging_moves_the_selection_and_says_where_to(canvas: Callable[..., Canvas]) -> None:
    """A node that is dragged takes the selection with it; others stay; onMove comes once, at the end, in scene units."""
    c = canvas()
    c.page.evaluate("g.setSelection([0, 1])")
    (x, y), other, still = c.spot(0), c.spot(1), c.spot(2)
    c.page.mouse.move(x, y)
    c.page.mouse.down()
    c.page.mouse.move(x + 60, y + 30, steps=6)
    assert c.told("onMove") == []
    c.page.mouse.up()
    assert c.spot(0) == pytest.approx((x + 60, y + 30), abs=1)
    assert c.spot(1) == pytest.approx((other[0] + 60, other[1] + 30), abs=1)
    assert c.spot(2) == still
    k = c.page.evaluate("g.camera.k")
    ((moved,),) = c.told("onMove")
    assert [m["i"] for m in moved] == [0, 1]
    assert (moved[0]["x"], moved[0]["y"]) == pytest.approx((-1 + 60 / k, 0.5 - 30 / k), abs=0.01)
    c.settle()
    c.click(*c.spot(0))
    assert c.chosen() == [0], "it is found where it now is"


def test_a_lone_node_is_dragged_alone_and_a_locked_canvas_moves_nothing(canvas: Callable[..., Canvas]) -> None:
    """Outside the selection a node moves by itself; with `movable: false` the picture moves instead."""
    c = canvas()
    c.page.evaluate("g.setSelection([0, 1])")
    x, y = c.spot(2)
    before = c.spot(0)
    c.drag((x, y), (x + 50, y))
    assert [m["i"] for m in c.told("onMove")[0][0]] == [2] and c.spot(0) == before
    locked = canvas(options={"movable": False})
    x, y = locked.spot(2)
    locked.drag((x, y), (x + 50, y))
    assert locked.told("onMove") == []
    assert locked.page.evaluate("[g.model.x[2], g.model.y[2]]") == [0, 0.5]


def test_links_can_be_pointed_at_and_chosen(canvas: Callable[..., Canvas]) -> None:
    """Pointing at a link shows what it is; a click tells which; its middle is where edgeAt says."""
    c = canvas()
    c.page.mouse.move(*c.link(2))
    c.page.wait_for_selector(".ivg-hover:not([hidden])")
    assert c.page.inner_text(".ivg-hover").split("\n") == ["cleo – dora", "Same address: 9"]
    c.page.mouse.click(*c.link(1))
    assert c.told("onEdge") == [[1]] and c.told("onSelect") == []
    assert "anna to cleo, Replies to: 1." in c.live
    x, y = c.link(2)
    c.page.mouse.click(x + 14, y)
    assert len(c.told("onEdge")) == 1, "14 pixels beside a link is not on it"


def test_double_click_opens(canvas: Callable[..., Canvas]) -> None:
    """Two clicks on a node open it; on empty ground they do nothing."""
    c = canvas()
    c.page.mouse.dblclick(*c.spot(4))
    assert c.told("onOpen") == [[4]]
    x, y = c.spot(2)
    c.page.mouse.dblclick(x + 60, y + 50)
    assert c.told("onOpen") == [[4]]


def test_everything_works_by_keyboard(canvas: Callable[..., Canvas]) -> None:
    """Arrows go from node to node and read them out, Space chooses, Enter opens, E goes through links, Alt moves, Escape lets go."""
    c = canvas()
    c.page.evaluate("g.setSelection([0])")
    c.page.keyboard.press("Tab")
    assert c.page.evaluate("document.activeElement.className") == "ivg-canvas"
    assert c.page.evaluate("g.focus") == 0
    assert (
        "anna, account, Group 1, linked with 2, 12 more linked accounts not on the canvas, check later, position pinned, chosen."
        in c.live
    )
    c.page.keyboard.press("ArrowRight")
    assert c.page.evaluate("g.focus") == 2 and "cleo" in c.live
    c.page.keyboard.press("ArrowDown")
    assert c.page.evaluate("g.focus") == 3
    c.page.keyboard.press("Space")
    assert c.chosen() == [0, 3] and c.told("onSelect") == [[[3], {"mode": "toggle"}]]
    c.page.keyboard.press("Enter")
    assert c.told("onOpen") == [[3]]
    c.page.keyboard.press("e")
    assert c.live.startswith("Link 1 of 2: cleo and dora, Same address: 9.")
    c.page.keyboard.press("e")
    c.page.keyboard.press("Enter")
    assert c.told("onEdge") == [[4]]
    before = c.spot(0)
    c.page.keyboard.press("Alt+ArrowUp")
    c.page.keyboard.press("Alt+ArrowUp")
    c.opened.wait("told.some((entry) => entry[0] === 'onMove')")
    assert [m["i"] for m in c.told("onMove")[0][0]] == [0, 3] and len(c.told("onMove")) == 1
    assert c.spot(0) == pytest.approx((before[0], before[1] - 16), abs=0.5)
    left = c.page.evaluate("g.camera.tx")
    c.page.keyboard.press("Shift+ArrowLeft")
    assert c.page.evaluate("g.camera.tx") == left + 50
    c.page.keyboard.press("Control+a")
    assert c.chosen() == [0, 1, 2, 3, 4, 5]
    c.page.keyboard.press("Escape")
    c.page.keyboard.press("Escape")
    assert c.chosen() == []
    assert c.opened.errors == []


def test_the_focus_is_seen_and_is_not_the_ring(canvas: Callable[..., Canvas]) -> None:
    """Where the keyboard stands is drawn while the canvas has the focus, and goes with it."""
    c = canvas()
    c.page.keyboard.press("Tab")
    c.settle()
    assert c.page.evaluate(DIFFERENT, ".ivg-overlay") > 60
    c.page.evaluate("document.activeElement.blur()")
    c.settle()
    assert c.page.evaluate(DIFFERENT, ".ivg-overlay") == 0


def test_jupyterlab_leaves_the_keys_alone(canvas: Callable[..., Canvas]) -> None:
    """The canvas carries the attribute by which JupyterLab's shortcuts pass over it."""
    c = canvas()
    assert c.page.evaluate("document.querySelector('.ivg-canvas').closest('[data-lm-suppress-shortcuts]') !== null")


def test_kinds_marks_and_arrows_are_told_apart_without_colour(canvas: Callable[..., Canvas]) -> None:
    """Account, content, object, bundle and community have different outlines in the legend; a directed link has a head."""
    names = ["account", "bundle", "community", "content", "url"]
    scene = {**SMALL, "kinds": names, "kind": [0, 1, 2, 3, 4, 4], "groups": [], "group": [-1] * 6}
    c = canvas(scene)
    c.page.click(".ivg-legend summary")
    masks = c.page.evaluate("""() => [...document.querySelectorAll(".ivg-sample")].map((c) => {
      const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
      let mask = ""; for (let i = 3; i < d.length; i += 4) mask += d[i] > 128 ? 1 : 0; return mask; })""")
    assert len(masks) == len(names) + 2 + 1, "kinds, relations, and the arrow"
    assert len(set(masks)) == len(masks)
    # the head is dark ground just before the node it points to, which the bare line is not
    filled = "([x, y]) => { const d = document.querySelector('.ivg-canvas').getContext('2d').getImageData(x - 12, y - 5, 10, 10).data; let n = 0; for (let i = 0; i < d.length; i += 4) if (d[i] < 225) n++; return n; }"
    c.page.evaluate("g.fit()")
    c.settle()
    x, y = c.spot(2)
    r = c.page.evaluate("g.model.radius[2]")
    with_head = c.page.evaluate(filled, [x - r * 1.15 - 1, y])
    c.page.evaluate("(s) => g.setScene({ ...s, directed: [0, 0, 0, 0, 0] })", scene)
    c.settle()
    assert with_head > c.page.evaluate(filled, [x - r * 1.15 - 1, y]) + 8


def test_a_new_scene_keeps_camera_selection_and_places(canvas: Callable[..., Canvas]) -> None:
    """More nodes, fewer nodes, typed arrays: what stays keeps its place on the screen and stays chosen."""
    c = canvas()
    c.page.evaluate("g.zoom(1.3); g.setSelection([0, 3])")
    c.settle()
    places = {name: c.spot(i) for i, name in enumerate(SMALL["ids"])}
    c.page.evaluate(
        """(s) => { const list = (v, T) => T.from(v); window.before = g.camera.k;
      g.setScene({ ...s, ids: ["new", ...s.ids], labels: ["new", ...s.labels], x: list([0.5, ...s.x], Float32Array), y: list([0, ...s.y], Float32Array),
        size: list([1, ...s.size], Float32Array), kind: list([0, ...s.kind], Uint8Array), group: list([0, ...s.group], Int16Array), pinned: [], marks: [], more: list([0, ...s.more], Uint32Array),
        a: list(s.a.map((i) => i + 1), Uint32Array), b: list(s.b.map((i) => i + 1), Uint32Array), weight: list(s.weight, Float32Array), relation: list(s.relation, Uint16Array) }); }""",
        SMALL,
    )
    assert c.chosen() == [1, 4]
    assert c.page.evaluate("g.camera.k === before")
    for i, name in enumerate(SMALL["ids"]):
        assert c.spot(i + 1) == places[name]
    c.page.evaluate(
        "(s) => g.setScene({ ...s, ids: s.ids.slice(0, 2), labels: ['anna', 'bert'], x: [-1, -1], y: [0.5, -0.5], size: [1, 1], kind: [0, 0], group: [0, 0], a: [0], b: [1], weight: [1], relation: [0], directed: [0] })",
        SMALL,
    )
    assert c.chosen() == [0] and c.spot(0) == places["a"]
    c.page.evaluate("g.setScene({})")
    c.settle()
    assert c.chosen() == [] and c.opened.errors == []


def test_a_new_scene_does_not_flicker(canvas: Callable[..., Canvas]) -> None:
    """Between two scenes no frame is blank: the old picture stands until the new one is drawn."""
    c = canvas()
    fewest = c.page.evaluate(
        """async (s) => { let least = Infinity;
      for (let k = 0; k < 8; k++) { g.setScene({ ...s, marks: [String(k)] });
        for (let f = 0; f < 3; f++) { await new Promise(requestAnimationFrame);
          const c = document.querySelector(".ivg-canvas"), d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
          let n = 0; for (let i = 0; i < d.length; i += 4) if (d[i] !== d[0]) n++; least = Math.min(least, n); } }
      return least; }""",
        SMALL,
    )
    assert fewest > 300


def test_nodes_go_to_new_places_smoothly_unless_motion_is_reduced(canvas: Callable[..., Canvas]) -> None:
    """After a layout nodes glide to their new places; who asks for less motion sees them there at once."""
    moved = {**SMALL, "x": [1, 1, 0, 0, -1, -1]}
    go = "(s) => { g.setScene(s); return g.model.x[0]; }"
    c = canvas()
    assert c.page.evaluate(go, moved) == -1
    c.opened.wait("g.model.x[0] === 1")
    assert canvas(reduced_motion="reduce").page.evaluate(go, moved) == 1


@pytest.mark.parametrize("hidden", ["display: none", "width: 0"])
def test_it_recovers_from_a_mount_without_size(module_page: Callable[..., Any], hidden: str) -> None:
    """Mounted where there is no room yet, it draws the whole picture as soon as there is."""
    opened = module_page(MOUNT, body=f'<div id="box" style="{hidden}"></div>')
    opened.page.evaluate("(s) => start(s)", SMALL)
    opened.page.evaluate(SETTLED)
    assert opened.page.evaluate("g.camera.w") == 1
    opened.page.evaluate("document.getElementById('box').removeAttribute('style')")
    opened.wait("g.camera.w > 800")
    opened.page.evaluate(SETTLED)
    assert opened.page.evaluate(DIFFERENT, ".ivg-canvas") > 300
    spots = [opened.page.evaluate(f"g.screenOf({i})") for i in range(6)]
    assert all(0 < s["x"] < 900 and 0 < s["y"] < 600 for s in spots)
    assert opened.errors == []


def test_theme_follows_the_system_jupyterlab_and_the_caller(canvas: Callable[..., Canvas]) -> None:
    """Dark where the system says so, where JupyterLab's body says so at any time, and where the caller insists."""
    assert max(canvas(dark=True).pixel(2, 2)[:3]) < 80
    c = canvas()
    assert min(c.pixel(2, 2)[:3]) > 200
    c.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    c.settle()
    assert max(c.pixel(2, 2)[:3]) < 80
    c.page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    c.settle()
    assert min(c.pixel(2, 2)[:3]) > 200
    c.page.evaluate("g.setTheme('dark')")
    c.settle()
    assert max(c.pixel(2, 2)[:3]) < 80


def test_dense_screens_get_sharp_pictures(canvas: Callable[..., Canvas]) -> None:
    """The canvas has as many pixels as the screen, and nodes are found where they are drawn."""
    c = canvas(device_scale_factor=2)
    assert (
        c.page.evaluate(
            "document.querySelector('.ivg-canvas').width / document.querySelector('.ivg-canvas').clientWidth"
        )
        == 2
    )
    c.click(*c.spot(3))
    assert c.chosen() == [3]


def test_hostile_labels_stay_text(canvas: Callable[..., Canvas]) -> None:
    """Names, marks, kinds, groups and relations from data are never markup: in the legend, the hover card and the live text."""
    n = len(HOSTILE)
    scene = {
        **SMALL, "title": HOSTILE[0], "ids": list(HOSTILE), "labels": list(HOSTILE), "marks": list(HOSTILE), "kinds": list(HOSTILE[:3]), "kind": [i % 3 for i in range(n)],
        "groups": [{"name": HOSTILE[0], "note": HOSTILE[2]}], "group": [0] * n, "relations": [HOSTILE[1]], "x": np.linspace(-1, 1, n).tolist(), "y": [0.1 * (i % 2) for i in range(n)],
        "size": [1] * n, "a": [0], "b": [1], "weight": [1], "relation": [0], "directed": [1], "pinned": [], "more": [], "edge_labels": [HOSTILE[2]],
        "cards": {"0": {"facts": [[HOSTILE[0], HOSTILE[1]]], "rows": [], "n": 0}},
    }  # fmt: skip
    c = canvas(scene, {"legend": True})
    c.page.mouse.move(*c.spot(0))
    c.page.wait_for_selector(".ivg-hover:not([hidden])")
    assert HOSTILE[0] in c.page.inner_text(".ivg-hover")
    c.page.keyboard.press("Tab")
    c.page.mouse.move(*c.link(0))
    c.settle()
    assert c.page.evaluate("window.__pwned") is None
    assert c.page.evaluate("document.querySelectorAll('img, svg, iframe, script:not([type=module])').length") == 0
    assert c.opened.errors == [] and c.opened.requests == []


def test_the_camera_can_be_kept_and_given_back(canvas: Callable[..., Canvas]) -> None:
    """What onCamera tells gives the same view on a canvas of another size."""
    c = canvas()
    c.page.evaluate("g.centre(4)")
    c.opened.wait("told.some((entry) => entry[0] === 'onCamera')")
    kept = c.told("onCamera")[-1][0]
    other = canvas(size="500px")
    other.page.evaluate("(to) => { g.camera = to; }", kept)
    other.settle()
    assert other.page.evaluate("[g.camera.cx, g.camera.cy]") == pytest.approx([kept["cx"], kept["cy"]])
    assert other.page.evaluate("g.camera.span") == pytest.approx(kept["span"])


def test_a_legend_line_chooses_its_group(canvas: Callable[..., Canvas]) -> None:
    """In the workbench the legend switches nothing off: a group's line chooses its nodes."""
    c = canvas(options={"legend": True})
    c.page.evaluate("document.querySelector('.ivg-legend').open = true")
    assert c.page.query_selector(".ivg-legend input") is None
    c.page.click(".ivg-line >> text=Group 2")
    assert c.chosen() == [2, 3] and c.told("onSelect") == [[[2, 3], {"mode": "set"}]]


def test_large_pictures_say_that_a_sample_moves(canvas: Callable[..., Canvas]) -> None:
    """With 20,000 links only a sample follows the movement, and the screen says so until it rests."""
    rng = np.random.default_rng(0)
    n, m = 4000, 20_000
    ids = [f"n{i}" for i in range(n)]
    ends = rng.integers(0, n, (m, 2))
    scene = {
        "ids": ids, "labels": ids, "x": rng.uniform(-1, 1, n).tolist(), "y": rng.uniform(-1, 1, n).tolist(), "size": [1] * n, "kinds": ["account"], "kind": [0] * n,
        "group": [-1] * n, "groups": [], "relations": ["Link"], "a": ends[:, 0].tolist(), "b": ends[:, 1].tolist(), "weight": [1] * m, "relation": [0] * m,
    }  # fmt: skip
    c = canvas(json.loads(json.dumps(scene)))
    c.page.evaluate("""() => { window.notes = new Set(); const p = document.querySelector(".ivg-note");
      new MutationObserver(() => notes.add(p.textContent)).observe(p, { childList: true, characterData: true, subtree: true }); g.zoom(1.2); }""")
    c.opened.wait(
        "notes.has('sample of edges shown while moving') && document.querySelector('.ivg-note').textContent === ''"
    )


def test_it_leaves_nothing_behind(canvas: Callable[..., Canvas]) -> None:
    """Taken away, it empties its place and draws no more; theme and size changes no longer reach it."""
    c = canvas()
    c.page.evaluate(
        "g.zoom(1.1); g.destroy(); document.body.dataset.jpThemeLight = 'false'; document.getElementById('box').style.width = '300px'"
    )
    c.settle()
    assert c.page.evaluate("document.getElementById('box').childElementCount") == 0
    assert c.opened.errors == []
