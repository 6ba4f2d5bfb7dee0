"""The light export in a real browser: it draws, it finds accounts, and a name can do nothing but be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hostile_demo import HOSTILE, demo_scene

from investigate.views import Card, Group, scene
from investigate.views._pyvis import to_pyvis

pytest.importorskip("pyvis")
pytestmark = pytest.mark.browser

INK = """() => {
  const c = document.querySelector("#graph canvas"), d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
  let n = 0;
  for (let i = 0; i < d.length; i += 4) if (d[i + 3] && Math.max(d[i], d[i + 1], d[i + 2]) - Math.min(d[i], d[i + 1], d[i + 2]) > 60) n++;
  return n;
}"""


@pytest.fixture
def hostile_page(tmp_path: Path) -> Path:
    """Every hostile text in every place that a name can reach."""
    texts = [*HOSTILE, '<a href="javascript:window.__pwned=1">x</a>', "<iframe src=https://evil.example></iframe>"]
    ids = [f"{i}{text}" for i, text in enumerate(texts)]
    nodes = pd.DataFrame({"id": ids, "label": texts, "group": texts})
    edges = pd.DataFrame({"a": ids[:-1], "b": ids[1:], "relation": texts[:-1], "label": texts[:-1]})
    cards = {node: Card(facts=((text, text),)) for node, text in zip(ids, texts, strict=True)}
    groups = [Group(text, text, text) for text in texts]
    everything = " ".join(texts)
    made = scene(nodes, edges, groups=groups, cards=cards, title=everything, note=everything)
    return to_pyvis(made, tmp_path / "hostile.html")


def test_hostile_names_do_nothing(browser_page: Callable[..., Any], hostile_page: Path) -> None:
    """Drawn, hovered, chosen, searched and filtered: no request, no dialog, no error, no script from a name, nothing refused."""
    opened = browser_page(hostile_page)
    page = opened.page
    opened.wait("window.drawn === true")
    n = page.evaluate("network.body.data.nodes.length")
    assert n == len(HOSTILE) + 2
    page.click("#whole")
    canvas = page.query_selector("#graph canvas").bounding_box()
    for i in range(n):
        spot = page.evaluate(f"network.canvasToDOM(network.getPosition({i}))")
        page.mouse.move(canvas["x"] + spot["x"], canvas["y"] + spot["y"])
        page.wait_for_timeout(160)
    assert page.evaluate("document.querySelectorAll('div.vis-tooltip').length") == 1, "the pointer's text was shown"
    for option in page.evaluate("[...document.querySelectorAll('#accounts option')].map((o) => o.value)"):
        page.fill("#find", option)
        page.press("#find", "Enter")
        assert page.inner_text("#said") != ""
    for value in range(n):
        page.select_option("#relation", index=value)
    markup = "[...document.querySelectorAll('img,svg,iframe,a,b')].length"
    assert page.evaluate(markup) == 0, "a name became an element"
    assert page.evaluate("window.__pwned") is None
    assert (opened.requests, opened.errors, opened.blocked) == ([], [], [])


@pytest.mark.parametrize("dark", [False, True])
def test_it_draws_finds_and_filters(browser_page: Callable[..., Any], tmp_path: Path, dark: bool) -> None:
    """Sixty accounts are drawn and stay where they are; a part of a name finds an account; one link type at a time."""
    opened = browser_page(to_pyvis(demo_scene(), tmp_path / "demo.html"), dark=dark)
    page = opened.page
    opened.wait("window.drawn === true")
    assert page.evaluate(INK) > 300
    before = page.evaluate("JSON.stringify(network.getPositions())")
    page.fill("#find", "account_2")
    page.press("#find", "Enter")
    assert page.evaluate("network.getSelectedNodes().length") == 1
    assert "account_2" in page.inner_text("#said")
    page.select_option("#relation", index=1)
    shown, of = (int(v) for v in page.inner_text("#said").removesuffix(" links shown").split(" of "))
    assert 0 < shown < of
    page.wait_for_timeout(300)
    assert page.evaluate("JSON.stringify(network.getPositions())") == before
    assert (opened.requests, opened.errors, opened.blocked) == ([], [], [])
