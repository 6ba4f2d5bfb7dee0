"""One shift on real data: from the case to the accounts, an edge's evidence, exhibits, decisions, and the report."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from benchmarks.quality.measure import truth_of
from investigate import Case
from investigate.runs import execute
from investigate.workbench import Workbench

CONFIRMED = "The posts of twenty accounts were read one by one; the tag was pushed in turns."
REJECTED = "Accounts that answered one news story; their posts differ in wording and stance."


@pytest.fixture(scope="module")
def shift(shared_data, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    """#KochFarms, November 2015, through the method; and the 120 accounts that were published."""
    path = shared_data("ira_koch_2015-11-20_12-01.csv.gz")
    case = Case.create(tmp_path_factory.mktemp("shift") / "case", title="Koch", purpose="A test on public data.")
    case.load(path, "ira_tweets")
    case.relate()
    case.score()
    case.group()
    case.find()
    return case.path, truth_of(path, "account_type", "koch")


@pytest.mark.slow
def test_from_the_case_to_the_report(shift: tuple[Path, set[str]], monkeypatch: pytest.MonkeyPatch):
    """The accounts in one selection, evidence behind one edge, two exhibits, one finding confirmed and one rejected: the
    report shows these and no others. The next shift, in a new process, sees the same view."""
    monkeypatch.setenv("INVESTIGATE_ACTOR", "anna")
    folder, truth = shift
    case = Case.open(folder)
    largest = max(case.findings, key=lambda f: f.n_members)
    other = next(f for f in case.findings if "#turkey" in f.title)

    wb = Workbench(case)
    wb.select_rule("community", community=largest.impact["community"])
    wb.keep(sorted(wb.state.selected))
    shown = set(wb.table("accounts")["account_id"])
    assert shown == set(largest.members) and len(shown & truth) >= 118

    edge = wb.table("edges").iloc[0]
    key = [edge["a"], edge["b"], edge["relation"]]
    details = wb.details(key)
    behind = case.evidence((edge["a"], edge["b"]), edge["relation"])
    assert details["n_pairs"] == len(behind) and details["pairs"][0]["a"]["text"] and len(behind) >= edge["n_objects"]

    first = wb.exhibit("edge", key, note="in turns, minutes apart", finding_id=largest.finding_id, stance="supports")
    second = wb.exhibit("account", edge["a"], note="posts about other things too", finding_id=largest.finding_id,
                        stance="contradicts")  # fmt: skip
    assert (first.number, second.number) == ("E-1", "E-2")
    case.judge(largest.finding_id, "confirmed_by_human", CONFIRMED)
    case.judge(other.finding_id, "rejected", REJECTED)
    left, order = wb.state, wb.history
    case.close()

    again = Workbench(Case.open(folder))
    assert again.state == left and again.history.equals(order)
    again.case.close()

    done = execute("coordinated_behaviour", {"case": str(folder), "purpose": "A test on public data."})
    assert done.status == "complete" and done.report is not None
    page = done.report.read_text(encoding="utf-8")
    assert set(re.findall(r"\bE-\d+\b", page)) == {"E-1", "E-2"}
    for words in ("in turns, minutes apart", "posts about other things too", CONFIRMED, REJECTED):
        assert words in page
    text = html.unescape(re.sub(r"<[^>]+>", " ", page))
    assert text.count("Confirmed as E2 by anna") == 1 and text.count("Rejected by anna") == 1
    assert "1 confirmed, 1 rejected" in text and "2 exhibits: 1 supporting a finding, 1 contradicting one." in text
    kept = Case.open(folder)
    assert kept.status(largest.finding_id) == "confirmed_by_human" and kept.status(other.finding_id) == "rejected"
    assert kept.verify() == []
