"""The workbench on a page, with the real kernel side behind it: what people do, and what the kernel then holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from accessibility import serious

from tests.widgets.conftest import BAD, small_case
from tests.widgets.page import Joined

anywidget = pytest.importorskip("anywidget")
pytestmark = pytest.mark.browser

APP = "document.querySelector('.ivw').app"
STILL = "() => new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 400))"
BIG = """async ([n]) => {
  const columns = [{field: 'c0', title: 'Account', type: 'text'}, {field: 'c1', title: 'Links', type: 'number'}];
  const keys = Array.from({length: n}, (_, i) => 'k' + i);
  const app = document.querySelector('.ivw').app;
  await app.grid.setRows(columns, [keys.map((k, i) => 'account_' + ((i * 7919) % n)), Float64Array.from(keys, (_, i) => i % 997)], keys);
  app.grid.table.setSort('c1', 'desc');
}"""


class Bench:
    """The page and the widget, with what tests do to them."""

    def __init__(self, joined: Joined, requests: list[str], errors: list[str]) -> None:
        self.page, self.widget, self.requests, self.errors = joined.page, joined.widget, requests, errors
        self.joined = joined

    def until(self, wanted: Callable[[], Any]) -> Any:
        """Wait for the kernel side; messages are carried while the page is waited for."""
        for _ in range(200):
            if found := wanted():
                self.page.evaluate(STILL)
                return found
            self.page.wait_for_timeout(50)
        said = self.page.locator(".ivw-notices, .ivw-refusal").all_inner_texts()
        raise AssertionError(f"not within 10 s; {self.widget!r}; said: {said}")

    def spot(self, node: str) -> tuple[float, float]:
        box = self.page.locator(".ivw-canvas").bounding_box()
        at = self.page.evaluate(f"(node) => {APP}.canvas.screenOf({APP}.index.get(node))", node)
        return box["x"] + at["x"], box["y"] + at["y"]

    def click(self, node: str, **options: Any) -> None:
        self.page.mouse.click(*self.spot(node), **options)

    def text(self, selector: str) -> str:
        return self.page.locator(selector).first.inner_text()

    def row(self, number: int) -> Any:
        return self.page.locator(".tabulator-row").nth(number)


@pytest.fixture
def bench(browser: Any, tmp_path: Any) -> Iterator[Callable[..., Bench]]:
    """A function that opens the workbench on a small case: `bench(width=1280, height=900, dark=False)`."""
    from investigate.widgets import Workbench

    contexts, opened = [], []

    def open_bench(*, width: int = 1280, height: int = 900, dark: bool = False, **options: Any) -> Bench:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page, requests, errors = context.new_page(), [], []

        def route(request: Any) -> None:
            if request.request.url.startswith(("file:", "blob:", "data:")):
                request.continue_()
            else:
                requests.append(request.request.url)
                request.abort()

        context.route("**/*", route)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("dialog", lambda dialog: (errors.append(f"dialog {dialog.message}"), dialog.dismiss()))
        widget = Workbench(small_case(tmp_path / "case"), height=height - 20, **options)
        made = Bench(Joined(widget, page, tmp_path, dark=dark), requests, errors)
        page.wait_for_selector(".tabulator-row")
        page.evaluate(STILL)
        opened.append(made)
        return made

    yield open_bench
    for made in opened:
        assert made.errors == []
        assert made.requests == []
    for context in contexts:
        context.close()


def test_clicks_and_the_lasso_select_in_the_kernel(bench):
    """A click, a shift-click, and a line drawn around everything; a double click is one selection, not two."""
    b = bench()
    b.click("a0")
    b.until(lambda: b.widget.selection == ["a0"])
    b.page.keyboard.down("Shift")
    b.click("b2")
    b.page.keyboard.up("Shift")
    b.until(lambda: b.widget.selection == ["a0", "b2"])
    b.page.keyboard.press("l")
    box = b.page.locator(".ivw-canvas").bounding_box()
    left, top, right, low = box["x"] + 4, box["y"] + 4, box["x"] + box["width"] - 4, box["y"] + box["height"] - 4
    # beginning where neither the legend nor the buttons lie
    corners = [(left, low), (left, top), (right, top), (right, low)]
    b.page.mouse.move(*corners[0])
    b.page.mouse.down()
    for corner in corners[1:]:
        b.page.mouse.move(*corner, steps=4)
    b.page.mouse.up()
    b.until(lambda: len(b.widget.selection) == 9)
    assert "9 selected" in b.text(".ivw-chosencount")
    assert len(b.widget.core.history) == 3


def test_expanding_is_previewed_and_undone(bench):
    """A double click counts what there is; the button adds it; the toolbar names what undo takes back."""
    b = bench()
    b.page.mouse.dblclick(*b.spot("a0"))
    b.page.wait_for_selector(".ivw-table")
    assert len(b.widget.core.history) == 1
    line = b.page.locator(".ivw-table tbody tr", has=b.page.get_by_role("button", name="1 new")).first
    line.get_by_role("button").click()
    b.until(lambda: "c0" in b.widget.core.state.places)
    assert b.page.evaluate(f"{APP}.index.has('c0')")
    assert b.page.get_by_role("button", name="Undo: Expanded").count() == 1
    b.page.get_by_role("button", name="Undo: Expanded").click()
    b.until(lambda: "c0" not in b.widget.core.state.places)
    assert not b.page.evaluate(f"{APP}.index.has('c0')")


def test_table_and_picture_choose_together(bench):
    """A row selects its account; a click in the picture marks its row; sorting and filtering are the table's own."""
    b = bench()
    first = b.row(0).locator(".tabulator-cell").first.inner_text()
    b.row(0).click()
    b.until(lambda: len(b.widget.selection) == 1)
    assert first in b.page.locator(".ivw-sidehead").inner_text()
    b.click("b1")
    b.until(lambda: b.widget.selection == ["b1"])
    assert b.page.locator(".tabulator-row.ivw-chosen").inner_text().startswith("b1")
    b.page.locator(".tabulator-col", has_text="Account").first.click(position={"x": 20, "y": 10})
    b.page.locator(".tabulator-header-filter input").first.click()
    b.page.keyboard.type("b")
    b.page.wait_for_function("document.querySelectorAll('.tabulator-row').length === 4")
    assert "4 of 9" in b.text(".ivw-tablecount")
    b.row(0).click()
    b.page.keyboard.down("Shift")
    b.row(2).click()
    b.page.keyboard.up("Shift")
    b.until(lambda: len(b.widget.selection) == 3)


def test_an_edge_shows_its_evidence_and_goes_into_the_basket(bench):
    """Posts side by side with the gap and who was first; pinned with a note; a refusal stays in the form."""
    b = bench()
    b.page.get_by_role("tab", name="Edges").click()
    b.page.wait_for_function("document.querySelectorAll('.tabulator-col-title')[1]?.textContent === 'B'")
    row = b.page.locator(".tabulator-row", has_text="a0").filter(has_text="a2").first
    row.click()
    b.page.wait_for_selector(".ivw-pair")
    assert "s apart" in b.text(".ivw-gap")
    assert "first" in b.text(".ivw-gap")
    assert b.page.locator(".ivw-pair .ivw-post").count() >= 2
    b.page.keyboard.press("b")
    form = b.page.get_by_role("dialog")
    form.locator("textarea").fill("two seconds apart, four times")
    form.get_by_label("What it says of it").select_option("supports")
    form.get_by_role("button", name="Add to evidence").click()
    form.get_by_text("name the finding", exact=False).wait_for()
    form.get_by_label("What it says of it").select_option("context")
    form.get_by_role("button", name="Add to evidence").click()
    b.until(lambda: [e.number for e in b.widget.case.exhibits()] == ["E-1"])
    b.page.keyboard.press("3")
    assert "two seconds apart" in b.page.locator(".ivw-exhibit").inner_text()


def test_the_brush_governs_picture_table_and_counts(bench):
    """While it is dragged the picture follows without a step; letting go is one gesture."""
    b = bench()
    plot = b.page.locator(".ivb-plot").bounding_box()
    y = plot["y"] + 20
    b.page.mouse.move(plot["x"] + plot["width"] * 0.5, y)
    b.page.mouse.down()
    b.page.mouse.move(plot["x"] + plot["width"] * 0.6, y, steps=4)
    b.until(lambda: b.page.evaluate(f"{APP}.scene.ids.length") == 0)
    assert b.widget.core.state.time is None
    b.page.mouse.move(plot["x"] + 2, y, steps=4)
    b.page.mouse.up()
    b.until(lambda: b.widget.core.state.time is not None)
    assert list(b.widget.core.history["gesture"].str.startswith("Time")) == [True]
    shown = b.page.evaluate(f"{APP}.scene.ids.length")
    assert shown == b.widget.core.counts()["nodes"] > 0
    assert f"{shown} of 10 accounts" in b.text(".ivw-statusline")
    b.page.get_by_role("button", name="Show all times").click()
    b.until(lambda: b.widget.core.state.time is None)


def test_a_shift_by_keyboard_alone(bench):
    """From the picture: a node, its neighbours, hidden, kept, tagged with a reason, and all of it undone."""
    b = bench()
    b.page.keyboard.press("Tab")
    b.page.locator(".ivg-canvas").focus()
    b.page.keyboard.press("ArrowRight")
    b.page.keyboard.press("Space")
    b.until(lambda: len(b.widget.selection) == 1)
    (node,) = b.widget.selection
    b.page.keyboard.press("t")
    b.page.keyboard.type("to check")
    b.page.keyboard.press("Tab")
    b.page.keyboard.type("same wording as yesterday")
    b.page.keyboard.press("Tab")
    b.page.keyboard.press("Tab")
    b.page.keyboard.press("Enter")
    b.until(lambda: b.widget.core.context.tags.get(node) == ["to check"])
    b.page.keyboard.press("i")
    b.until(lambda: len(b.widget.selection) == 8)
    b.page.keyboard.press("h")
    b.until(lambda: len(b.widget.core.state.hidden) == 8)
    for _ in range(4):
        b.page.keyboard.press("Control+z")
    b.until(lambda: len(b.widget.core.history) == 0)
    assert b.widget.core.context.tags == {}
    b.page.keyboard.press("F6")
    b.page.keyboard.press("F6")
    assert b.page.evaluate("document.activeElement.closest('.ivw-lower, .ivw-time, .ivw-side, .ivw-tools') !== null")
    b.page.keyboard.press("?")
    assert "Undo" in b.page.get_by_role("dialog").inner_text()
    b.page.keyboard.press("Escape")
    assert b.page.get_by_role("dialog").count() == 0


def test_every_command_has_a_key_of_its_own(bench):
    """No two commands share a key, and each key is in the help."""
    b = bench()
    keys = b.page.evaluate(f"{APP}.commands.flatMap((c) => [c.key, ...(c.also || [])])")
    assert all(keys)
    assert len(keys) == len(set(keys))
    b.page.locator(".ivw").focus()
    b.page.keyboard.press("?")
    shown = b.page.locator(".ivw-help kbd").all_inner_texts()
    assert set(keys) <= set(shown)


def test_refusals_are_said_and_history_is_walked(bench):
    """What the kernel refuses appears as a notice; a click in the history goes back to there."""
    b = bench()
    b.widget.select(["a0"])
    b.widget.hide(["a0"])
    b.widget.pin(["a2"])
    b.joined.flush()
    b.page.evaluate(f"{APP}.gesture('collapse', {{ node: 'a3' }})")
    b.page.wait_for_selector(".ivw-notice.ivw-error")
    assert "was not expanded" in b.text(".ivw-notice")
    b.page.keyboard.press("F6")
    b.page.get_by_role("tab", name="History").click()
    b.page.get_by_role("button", name="Selected a0").click()
    b.until(lambda: len(b.widget.core.history) == 1)
    assert b.page.locator(".ivw-step.ivw-undone").count() == 2


def test_names_and_texts_are_shown_as_text(bench):
    """A name made of markup is written out everywhere: picture, table, panel, search, history."""
    b = bench()
    b.page.locator(".ivw-search input").fill("onerror")
    b.page.locator(".ivw-hit").first.click()
    b.until(lambda: b.widget.selection == [BAD])
    assert "onerror" in b.page.locator(".ivw-sidehead").inner_text()
    assert "<b>bold</b>" in b.page.locator(".ivw-said").first.inner_text()
    b.page.get_by_role("tab", name="History").click()
    b.page.get_by_role("tab", name="Contents").click()
    b.page.wait_for_function(
        "[...document.querySelectorAll('.tabulator-row')].some((r) => r.textContent.includes('<b>bold'))"
    )
    assert b.page.locator(".ivw img, .ivw b").count() == 0


def test_a_covered_text_is_shown_on_request_and_covered_again(bench):
    """The reason stands in its place; Show brings it; leaving covers it in the kernel again."""
    b = bench()
    b.page.get_by_role("tab", name="Contents").click()
    b.page.wait_for_function(
        "[...document.querySelectorAll('.tabulator-row')].some((r) => r.textContent.includes('covered:'))"
    )
    assert "terrible" not in b.page.content()
    b.page.locator(".tabulator-row", has_text="covered:").click()
    b.page.get_by_role("button", name="Show this text").click()
    b.page.get_by_text("terrible thing").wait_for()
    b.page.locator(".tabulator-row").nth(3).click()
    b.until(lambda: b.widget.answers.exposure.hidden("gore") is not None)
    assert "terrible" not in b.page.content()


def test_a_hundred_thousand_rows(bench):
    """They are listed, sorted and selected, and only those in sight are on the page."""
    b = bench()
    b.page.evaluate(BIG, [100_000])
    b.page.wait_for_function("document.querySelector('.tabulator-row').textContent.includes('996')")
    assert b.page.locator(".tabulator-row").count() < 60
    b.page.evaluate(f"{APP}.grid.setSelection({APP}.grid.table.getData('active').slice(0, 50000).map((r) => r.k))")
    b.page.wait_for_function("document.querySelector('.tabulator-row').classList.contains('ivw-chosen')")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (860, False)])
def test_axe_finds_no_serious_fault(bench, width, dark):
    """With an account, a link and a form open, light and dark, wide and narrow."""
    b = bench(width=width, dark=dark)
    b.click("a0")
    b.page.wait_for_selector(".ivw-facts")
    assert serious(b.page, ".ivw") == []
    b.page.keyboard.press("x")
    b.page.wait_for_selector(".ivw-table")
    assert serious(b.page, ".ivw") == []
    b.page.keyboard.press("f")
    b.page.wait_for_selector(".ivw-popover")
    assert serious(b.page, ".ivw") == []
    b.page.keyboard.press("Escape")
    b.page.keyboard.press("b")
    b.page.wait_for_selector(".ivw-dialog")
    assert serious(b.page, ".ivw") == []


def test_webgl_can_be_chosen(bench):
    """With renderer="webgl" the picture's painter comes from the kernel; everything works as before."""
    b = bench(renderer="webgl")
    webgl = b.page.evaluate("Boolean(document.createElement('canvas').getContext('webgl2'))")
    assert (b.page.query_selector(".ivg-webgl") is not None) == webgl
    b.click("a0")
    b.until(lambda: b.widget.selection == ["a0"])


def test_where_one_looks_is_kept_with_the_view(bench):
    """Zoomed in, opened again from the case: the same part of the picture; Fit is the whole again, and is kept as well."""
    b = bench()
    whole = b.widget.core.camera
    b.page.locator("canvas.ivg-canvas").focus()
    for _ in range(4):
        b.page.keyboard.press("+")
    b.until(lambda: b.widget.core.camera is not None)
    kept = b.widget.core.camera
    assert whole is None and b.widget.core.history.empty
    again = type(b.widget)(b.widget.case)
    assert again._camera == kept
    b.page.get_by_role("button", name="Show the whole picture").click()
    b.until(lambda: b.widget.core.camera is None)
