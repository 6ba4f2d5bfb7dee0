"""From a case to a report with the mouse alone: a group, a link's evidence, two exhibits, two decisions."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from accessibility import serious

from investigate import practice
from lab.bench import Bench
from lab.server import Lab, until

pytestmark = pytest.mark.browser

OPEN = """from investigate import Case, widgets
case = Case.open("../data/cases/NAME")
wb = widgets.Workbench(case, height=900)
wb"""
REASONS = {
    "Confirm": "The same posts in the same minutes, over days.",
    "Reject": "A game with a tag that anybody can join.",
}


def pin(bench: Bench, note: str, stance: str, finding: str) -> None:
    """Put what is chosen into the evidence basket."""
    bench.root.locator(".ivw-side").get_by_role("button", name="Add to evidence").click()
    form = bench.root.get_by_role("dialog")
    form.get_by_label("Note").fill(note)
    form.get_by_label("What it says of it").select_option(stance)
    form.get_by_label(re.compile("^Finding")).select_option(finding)
    assert serious(bench.page, ".ivw") == []
    form.get_by_role("button", name="Add to evidence").click()
    form.wait_for(state="detached")


def table(bench: Bench, column: str) -> Any:
    """The rows on the screen of the table that has a column."""
    bench.root.locator(".tabulator-col-title", has_text=column).first.wait_for()
    return bench.root.locator(".tabulator-row")


def decide(page: Any, item: int, word: str) -> None:
    """Decide on a finding in the review panel."""
    panel = page.locator(".iv-review")
    panel.locator(".iv-r-item").nth(item).click()
    panel.get_by_text(f"Finding {item + 1}:").wait_for()
    panel.get_by_label(word, exact=True).check()
    panel.get_by_label("Reason").fill(REASONS[word])
    panel.get_by_role("button", name="Write to the case log").click()
    panel.get_by_text(f"Finding {item + 1} is ").first.wait_for()


def journey(lab: Lab, page: Any, name: str, community: int, other: int) -> tuple[set[str], Path]:
    """The whole way on a case in `data/cases/NAME`; the accounts that were shown as the group, and the run's folder."""
    notebook = lab.write(
        f"notebooks/{name}.ipynb", OPEN.replace("NAME", name), "widgets.Review(case)", "widgets.RunForm(case)"
    )
    lab.open(page, notebook)
    lab.run_all(page)
    bench = Bench(page)
    with lab.kernel(notebook) as ask:
        findings = ask("[f.finding_id for f in case.findings]")
        bench.button("Select by rule").click()
        bench.root.get_by_label("Community", exact=True).select_option(str(community))
        bench.root.locator(".ivw-row", has=page.get_by_label("Community", exact=True)).get_by_role("button").click()
        members = set(ask(f"sorted(case.communities.loc[case.communities['community'] == {community}, 'account_id'])"))
        until(lambda: ask("wb.selection"), lambda found: set(found) == members)
        bench.button("Keep only").click()
        until(lambda: set(bench.nodes), lambda shown: shown == members)

        bench.root.get_by_role("tab", name="Edges").click()
        table(bench, "Expected").first.click()
        side = bench.root.locator(".ivw-side")
        side.get_by_text("expected", exact=False).first.wait_for()
        edge = until(lambda: bench.js("app.chosenEdge"))
        assert set(edge[:2]) <= members
        posts = side.locator(".ivw-post")
        posts.first.wait_for()
        said = set(ask(f"case.evidence(({edge[0]!r}, {edge[1]!r}), {edge[2]!r}).filter(like='text').stack().tolist()"))
        words = posts.first.locator(".ivw-said").inner_text().split()  # addresses are defanged on the screen
        plain = [word for word in words if "://" not in word and "[.]" not in word]
        assert len(plain) > 3
        assert any(set(plain) <= set(text.split()) for text in said), (
            "the evidence on the screen is not that of the rows"
        )
        pin(bench, "the strongest pair of the group", "supports", findings[0])
        until(lambda: ask("[(e.number, e.kind) for e in case.exhibits()]"), lambda held: held == [("E-1", "edge")])

        bench.root.get_by_role("tab", name="Accounts").click()
        table(bench, "Role").last.click()
        chosen = until(lambda: ask("wb.selection"), lambda found: len(found) == 1)
        side.get_by_text("account", exact=True).first.wait_for()
        pin(bench, "also posts alone", "contradicts", findings[0])
        until(lambda: len(ask("[e.number for e in case.exhibits()]")), lambda n: n == 2)
        assert ask("[(e.number, e.kind, e.ref, e.stance) for e in case.exhibits()][1]")[1:] == (
            "account",
            chosen[0],
            "contradicts",
        )

        decide(page, 0, "Confirm")
        decide(page, other, "Reject")
        assert serious(page, ".iv-review") == []
        want = {findings[0]: "confirmed_by_human", findings[other]: "rejected"}
        assert ask("{k: case.status(k) for k in " + repr(list(want)) + "}") == want

    form = page.locator(".iv-panel")
    form.get_by_role("button", name="Run", exact=True).click()
    form.get_by_text("The run is complete.").wait_for(timeout=500_000)
    assert serious(page, ".iv-panel") == []
    folder = lab.root / "data" / "cases" / name
    (run,) = (folder / "runs").iterdir()
    held = {
        f["finding_id"]: f["status"]
        for f in json.loads((run / "findings.json").read_text(encoding="utf-8"))["findings"]
    }
    assert {k: v for k, v in held.items() if v in {"confirmed_by_human", "rejected", "inconclusive"}} == want
    return members, run


def in_report(page: Any, run: Path, refused: list[str]) -> None:
    """The report names both exhibits with their notes, both decisions with their reasons, and no third of either."""
    report = page.context.new_page()
    page.context.route("file:///**", lambda route: route.continue_())
    report.goto((run / "report.html").as_uri())
    text = report.locator("body").inner_text()
    for words in ("E-1", "E-2", "the strongest pair of the group", "also posts alone", *REASONS.values()):
        assert words in text, words
    assert "E-3" not in text
    assert serious(report) == []
    assert refused == []
    report.close()


def test_with_the_mouse_on_the_sample(lab: Lab, lab_page: Callable[..., Any], lab_case: Callable[[str], str]) -> None:
    """The invented world: a group is pinned and confirmed, the newsroom rejected; the report says just that."""
    lab_case("journey")
    page = lab_page()
    _, run = journey(lab, page, "journey", 1, 1)
    in_report(page, run, page.refused)


@pytest.mark.slow
def test_with_the_mouse_on_a_real_slice(
    lab: Lab, lab_page: Callable[..., Any], shared_data: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """November 2015: the group shown holds at least 115 of the 120 labelled accounts; the same way to the report."""
    from benchmarks.quality.measure import truth_of

    path = shared_data("ira_koch_2015-11-20_12-01.csv.gz")
    monkeypatch.setenv("INVESTIGATE_DATA", str(path.parent))
    place = lab.root / "data" / "cases" / "real"
    shutil.rmtree(place, ignore_errors=True)
    case = practice("koch", folder=place)
    other = next(i for i, f in enumerate(case.findings) if f.status == "supported" and i > 0)
    case.close()
    case.release()
    page = lab_page()
    members, run = journey(lab, page, "real", 1, other)
    truth = truth_of(path, "account_type", "koch")
    assert len(truth) == 120 and len(members & truth) >= 115
    in_report(page, run, page.refused)
