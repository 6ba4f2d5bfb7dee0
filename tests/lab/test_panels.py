"""The case panel and the run form in a real JupyterLab: an investigator with the mouse, from a file to its report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from accessibility import serious

from investigate import Case
from lab.server import Lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELL = "from investigate import widgets\npanel = widgets.Cases()\npanel"


def notebook(lab: Lab, name: str, cell: str = CELL) -> str:
    """A notebook with one cell, under `notebooks/` of the server's root."""
    path = f"notebooks/{name}.ipynb"
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    code = {"cell_type": "code", "id": "only", "metadata": {}, "source": cell, "outputs": [], "execution_count": None}
    whole = {"cells": [code], "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    (lab.root / path).write_text(json.dumps(whole), encoding="utf-8")
    return path


def button(panel: Any, name: str) -> Any:
    return panel.get_by_role("button", name=name, exact=True)


def test_with_the_mouse_from_the_sample_to_its_report(lab: Lab, lab_page: Callable[..., Any]) -> None:
    """A case from the sample file, groups, a run, its report: by clicks alone; the kernel and the folder agree."""
    (lab.root / "data" / "cases").mkdir(exist_ok=True)
    path = notebook(lab, "panels")
    page = lab_page()
    lab.open(page, path)
    lab.run_all(page)
    panel = page.locator(".iv-panel").first
    panel.wait_for()
    if not button(panel, "Make the case").is_visible():
        button(panel, "New case").click()
    button(panel, "Make the case").click()
    panel.get_by_text("is open.").wait_for()
    panel.get_by_label("Files found").select_option(label="world.csv.gz")
    panel.get_by_label("account_id (required)").wait_for()
    button(panel, "Check the file").click()
    panel.get_by_text("Data quality").wait_for(timeout=120_000)
    button(panel, "Load into the case").click()
    panel.get_by_text("Loaded world.csv.gz: 9,797 rows read").wait_for(timeout=120_000)
    button(panel, "Find groups").click()
    panel.get_by_text("3 findings.").wait_for(timeout=300_000)
    assert serious(page, ".iv-panel") == []
    with lab.kernel(path) as ask:
        folder = Path(ask("str(panel.case.path.resolve())"))
        assert ask("sorted(f.status for f in panel.case.findings)") == ["lead", "supported", "supported"]

    button(panel, "Run a template").click()
    form = panel.locator(".iv-panel")
    button(form, "Run").click()
    form.get_by_text("The run is complete.").wait_for(timeout=400_000)
    with page.context.expect_page() as opened:
        form.get_by_role("link", name="Open the report in a new tab").click()
    report = opened.value
    report.wait_for_load_state()
    assert report.title().startswith("Coordinated behaviour: ")
    assert "2 groups of accounts" in report.locator("body").inner_text()
    report.close()
    button(form, "Show the report here").click()
    inside = form.frame_locator("iframe.iv-preview")
    inside.get_by_role("heading", name="Coordinated behaviour").first.wait_for()
    button(form, "Hide the report").click()
    assert serious(page, ".iv-panel") == []

    held = Case.open(folder)
    assert [p.name for p in sorted((folder / "runs").iterdir())] == ["coordinated_behaviour-0001"]
    assert held.verify() == [] and held.incomplete == []


def test_the_kernel_is_free_while_a_run_goes_on_and_cancel_ends_it(lab: Lab, lab_page: Callable[..., Any]) -> None:
    """While the run works a cell is answered; after Cancel the form says so, and the case opens."""
    cell = (
        "from investigate import widgets\nform = widgets.RunForm('../data/cases/cancelled')\n"
        "form.fill(data='../data/samples/world.csv.gz', mapping='../data/samples/world.toml')\nform"
    )
    path = notebook(lab, "cancel", cell)
    page = lab_page()
    lab.open(page, path)
    lab.run_all(page)
    form = page.locator(".iv-panel")
    button(form, "Run").click()
    form.get_by_text("intake: cell").wait_for(timeout=120_000)
    with lab.kernel(path) as ask:
        assert ask("form.running")
    button(form, "Cancel the run").click()
    form.get_by_text("The run was cancelled").wait_for(timeout=60_000)
    assert button(form, "Run").is_enabled()
    case = Case.open(lab.root / "data" / "cases" / "cancelled")
    assert case.verify() == [] and len(case.incomplete) == 1


def test_an_upload_by_the_browser(lab: Lab, lab_page: Callable[..., Any]) -> None:
    """A file chosen in the browser's own dialogue is in the case's inbox, byte for byte, and the form is filled from it."""
    cell = "from investigate import widgets\npanel = widgets.Cases('../data/uploads')\npanel.create('u')\npanel"
    path = notebook(lab, "upload", cell)
    page = lab_page()
    lab.open(page, path)
    lab.run_all(page)
    panel = page.locator(".iv-panel").first
    rows = "".join(f"a{n % 3},2026-01-01T00:{n:02}:00Z,text {n}\n" for n in range(30))
    content = ("author,posted_at,body\n" + rows).encode()
    with page.expect_file_chooser() as chooser:
        panel.get_by_role("button", name="Upload a file").click()
    chooser.value.set_files({"name": "<b>x</b>.csv", "mimeType": "text/csv", "buffer": content})
    panel.get_by_text("is in the case's inbox.").wait_for(timeout=60_000)
    panel.get_by_label("account_id (required)").wait_for()
    inbox = lab.root / "data" / "uploads" / "u" / "inbox"
    assert [f.read_bytes() for f in inbox.iterdir()] == [content]
    assert panel.get_by_label("account_id (required)").input_value() == "author"


def test_by_keyboard_a_wrong_setting_is_reached_and_mended(lab: Lab, lab_page: Callable[..., Any]) -> None:
    """Tab reaches the settings, what is wrong is said beside the field and read aloud, and Run goes to the field."""
    path = notebook(lab, "keyboard", "from investigate import widgets\nform = widgets.RunForm('../data/cases/k')\nform")
    page = lab_page()
    lab.open(page, path)
    lab.run_all(page)
    form = page.locator(".iv-panel")
    button(form, "Show all settings").focus()
    page.keyboard.press("Enter")
    form.get_by_label("Window").wait_for()
    here = "document.activeElement.labels?.[0]?.textContent"
    for _ in range(5):  # past the relations
        page.keyboard.press("Tab")
        if page.evaluate(here) == "Window":
            break
    assert page.evaluate(here) == "Window"
    page.keyboard.press("Control+A")
    page.keyboard.type("6 parsecs")
    page.keyboard.press("Tab")
    said = form.get_by_role("alert").filter(has_text="60s, 5m or 1h")
    said.wait_for()
    button(form, "Run").focus()
    page.keyboard.press("Space")
    form.get_by_text("1 parameter cannot be used").wait_for()
    page.wait_for_function("document.activeElement.labels?.[0]?.textContent === 'Window'", polling=100)
    page.keyboard.press("Control+A")
    page.keyboard.type("5m")
    page.keyboard.press("Tab")
    form.get_by_text("-p window=5m").wait_for()
    assert serious(page, ".iv-panel") == []
