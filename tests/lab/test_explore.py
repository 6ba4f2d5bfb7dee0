"""The second notebook in a real JupyterLab: gestures on the screen reach the case, and outlive the kernel."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from accessibility import serious

from lab.bench import Bench
from lab.server import Lab, until

pytestmark = pytest.mark.browser

NOTEBOOK = "notebooks/02_explore_a_case.ipynb"
OPEN = """from investigate import Case, widgets
case = Case.open("../CASE")"""
SHOW = "wb = widgets.Workbench(case)\nwb"
# What Notebook 7.6 itself gets wrong at times on opening any notebook.
NOTEBOOKS_OWN = ("reading 'schema'", "'filebrowser:open-path' not registered")
KEPT = (
    "(wb.core.state.places, wb.selection, wb.core.state.time, sorted(wb.core.state.hidden), "
    "list(wb.core.history['gesture']), wb.core.can_redo, wb.core.camera)"
)


def around(points: dict[str, tuple[float, float]], margin: float = 14) -> list[tuple[float, float]]:
    """A closed way around some points."""
    xs, ys = [x for x, _ in points.values()], [y for _, y in points.values()]
    left, right, top, bottom = min(xs) - margin, max(xs) + margin, min(ys) - margin, max(ys) + margin
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


def within(points: dict[str, tuple[float, float]], way: list[tuple[float, float]]) -> list[str]:
    (left, top), (right, bottom) = way[0], way[2]
    return sorted(name for name, (x, y) in points.items() if left < x < right and top < y < bottom)


def test_mouse_and_keyboard_reach_the_case(
    lab: Lab, lab_page: Callable[..., Any], lab_case: Callable[[str], str]
) -> None:
    """Click, shift-click, lasso, search, the time brush and undo, each seen in the kernel; axe-core is content."""
    lab_case("practice_sample")
    page = lab_page()
    lab.open(page, NOTEBOOK)
    lab.run_all(page)
    bench = Bench(page)
    assert bench.colours() > 20, "the picture is blank"
    with lab.kernel(NOTEBOOK) as ask:
        groups = ask("dict(zip(case.communities['account_id'], case.communities['community'].astype(int)))")
        assert sorted(bench.nodes) == sorted(groups)
        places = ask("wb.core.state.places")
        third = {n: at for n, at in bench.points().items() if groups[n] == 3}
        first, second = sorted(third)[:2]

        bench.click(first)
        until(lambda: ask("wb.selection"), lambda found: found == [first])
        bench.click(second, shift=True)
        until(lambda: ask("wb.selection"), lambda found: found == [first, second])

        bench.button("Lasso").click()
        way = around(third)
        chosen = within(bench.points(), way)
        assert set(third) <= set(chosen)
        bench.drag(way)
        until(lambda: ask("wb.selection"), lambda found: found == chosen)
        bench.key("v")

        bench.button("Select by rule").click()
        menu = bench.root.get_by_label("Community", exact=True)
        menu.select_option("2")
        bench.root.locator(".ivw-row", has=page.get_by_label("Community", exact=True)).get_by_role("button").click()
        until(lambda: ask("wb.selection"), lambda found: {groups[n] for n in found} == {2} and len(found) == 12)

        field = bench.root.get_by_role("searchbox").or_(bench.root.get_by_role("combobox")).first
        field.fill(first)
        field.press("Enter")
        until(lambda: ask("wb.selection"), lambda found: found == [first])

        start = bench.root.get_by_label("Start of the period")
        box, plot = start.bounding_box(), bench.root.locator(".ivb-plot").bounding_box()
        grip = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        bench.drag([grip, (plot["x"] + plot["width"] / 2, grip[1])])
        until(lambda: ask("wb.core.state.time"))
        begins, ends = ask("wb.core.state.time")
        whole = ask("(wb.core.brush()['from_us'], wb.core.brush()['to_us'])")
        assert whole[0] < begins < ends <= whole[1]
        until(lambda: bench.js("app.state.time"), lambda shown: shown and shown[0] == begins)
        rows = ask("wb.core.table('accounts')['account_id'].tolist()")
        assert until(lambda: bench.nodes, lambda shown: sorted(shown) == sorted(rows))
        assert ask("wb.core.state.places") == places, "something moved that nobody moved"

        undone = ask("len(wb.core.history)")
        for _ in range(undone):
            bench.key("Control+z")
        until(lambda: ask("len(wb.core.history)"), lambda n: n == 0)
        assert ask("(wb.selection, wb.core.state.time)") == ([], None)
        assert ask("wb.core.state.places") == places
        for _ in range(undone):
            bench.key("Control+Shift+z")
        until(lambda: ask("len(wb.core.history)"), lambda n: n == undone)
        assert ask("wb.core.state.time") == (begins, ends)

        assert serious(page, ".ivw") == []


def test_the_view_outlives_the_kernel(lab: Lab, lab_page: Callable[..., Any], lab_case: Callable[[str], str]) -> None:
    """A killed kernel, the case opened in a new one: the same picture, selection, period, history and redo."""
    notebook = lab.write("scratch/outlives.ipynb", OPEN.replace("CASE", lab_case("outlives")), SHOW)
    page = lab_page()
    lab.open(page, notebook)
    lab.run_all(page)
    bench = Bench(page)
    nodes = sorted(bench.nodes)
    bench.click(nodes[0])
    x, y = bench.points()[nodes[1]]
    bench.drag([(x, y), (x + 60, y + 40)])
    with lab.kernel(notebook) as ask:
        until(lambda: ask("len(wb.core.history)"), lambda n: n >= 2)
        ask("wb.hide([wb.core.scene()['ids'][5]])")
        ask("wb.time(wb.core.brush()['from_us'] + 86_400_000_000, None)")
        ask("wb.select(sorted(wb.core.scene()['ids'])[:4])")
        ask("wb.undo()")
        bench.button("Zoom in").click()
        until(lambda: ask("wb.core.camera"))
        before = ask(KEPT)
        shown = until(bench.nodes.copy, lambda n: sorted(n) == sorted(ask("wb.core.scene()['ids']")))
    moved = bench.points()
    lab.kill_kernel(notebook)

    again = lab_page()
    lab.open(again, notebook)
    lab.run_all(again)
    with lab.kernel(notebook) as ask:
        assert ask(KEPT) == before
    other = Bench(again)
    assert sorted(other.nodes) == sorted(shown)
    span = "app.canvas.camera.span"
    assert other.js(span) == pytest.approx(bench.js(span), rel=0.02), "another part of the picture is in sight"
    was, now = [{n: p[n] for n in sorted(shown)} for p in (moved, other.points())]
    assert _shape(was) == pytest.approx(_shape(now), abs=0.02)


def _shape(points: dict[str, tuple[float, float]]) -> list[float]:
    """Places relative to the whole picture: what stays the same when it is shown in another size."""
    xs, ys = [x for x, _ in points.values()], [y for _, y in points.values()]
    scale = max(max(xs) - min(xs), max(ys) - min(ys))
    return [v for x, y in points.values() for v in ((x - min(xs)) / scale, (y - min(ys)) / scale)]


def test_an_untrusted_notebook_shows_a_picture(
    lab: Lab, lab_page: Callable[..., Any], lab_case: Callable[[str], str]
) -> None:
    """A notebook from somebody else runs nothing: it shows the picture and says what to do, not a blank."""
    notebook = lab.write("scratch/untrusted.ipynb", OPEN.replace("CASE", lab_case("untrusted")), SHOW)
    page = lab_page()
    lab.open(page, notebook)
    lab.run_all(page)
    Bench(page)
    lab.save(page)
    from_elsewhere = lab.root / "scratch" / "from_elsewhere.ipynb"
    held = json.loads((lab.root / notebook).read_text(encoding="utf-8"))
    assert any("text/html" in o.get("data", {}) for c in held["cells"] for o in c.get("outputs", []))
    held["cells"][0]["source"] = "# opened by somebody who did not make it\n" + "".join(held["cells"][0]["source"])
    held["metadata"].pop("widgets", None)
    from_elsewhere.write_text(json.dumps(held), encoding="utf-8")

    other = lab_page()
    lab.open(other, "scratch/from_elsewhere.ipynb")
    assert not other.evaluate(
        "() => window.panel.content.widgets.some((c) => c.model.trusted && c.model.type === 'code')"
    )
    picture = other.locator(".jp-OutputArea-output img").first
    picture.wait_for()
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("(i) => i.decode().then(() => i.naturalWidth)") > 200
    assert "37 of 521 accounts" in picture.get_attribute("alt")
    assert other.locator(".ivw").count() == 0


def test_notebook_7_shows_the_workbench(lab: Lab, lab_page: Callable[..., Any], lab_case: Callable[[str], str]) -> None:
    """The same widget in Notebook 7: it draws, and a click reaches the kernel."""
    pytest.importorskip("notebook")
    notebook = lab.write("scratch/seven.ipynb", OPEN.replace("CASE", lab_case("seven")), SHOW)
    page = lab_page()
    page.goto(lab.url(notebook, "notebooks"), wait_until="domcontentloaded")
    page.get_by_role("menuitem", name="Run").wait_for()
    page.wait_for_function("() => document.querySelector('.jp-Notebook .jp-CodeCell')")
    until(
        lambda: {session["path"]: session["kernel"]["execution_state"] for session in lab.api("sessions")},
        lambda found: found.get(notebook) == "idle",
    )
    page.get_by_role("menuitem", name="Run").click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    bench = Bench(page)
    assert bench.colours() > 20
    node = min(bench.nodes)
    bench.click(node)
    with lab.kernel(notebook) as ask:
        until(lambda: ask("wb.selection"), lambda found: found == [node])
    page.errors[:] = [error for error in page.errors if not any(known in error for known in NOTEBOOKS_OWN)]
