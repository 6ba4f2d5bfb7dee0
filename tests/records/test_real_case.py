"""From real rows to a report that shows what a person decided: 120 labelled accounts of November 2015."""

from __future__ import annotations

import html
import re

import pytest

from investigate.case import Case
from investigate.runs import execute


@pytest.mark.slow
def test_the_report_shows_exactly_what_was_pinned_and_decided(shared_data, tmp_path, monkeypatch):
    """Two exhibits pinned, one finding confirmed, another rejected; a run on the case puts just that into its report."""
    monkeypatch.setenv("INVESTIGATE_ACTOR", "anna")
    case = Case.create(tmp_path / "case")
    case.load(shared_data("ira_koch_2015-11-20_12-01.csv.gz"), "ira_tweets")
    case.relate()
    case.score()
    case.group()
    by_tag = {f.title.rpartition("#")[2]: f for f in case.find() if f.evidence_grade == "E2"}
    koch, game = by_tag["kochfarms"], by_tag["mymondaystartswith"]
    inside = case.edges["account_a"].isin(koch.members) & case.edges["account_b"].isin(koch.members)
    edge = case.edges[inside & case.edges["unusual"]].sort_values("n_objects", ascending=False).iloc[0]
    assert len(case.evidence(edge)) > 0
    case.exhibit(
        "edge", [edge["account_a"], edge["account_b"], edge["relation"]],
        note="the strongest pair", finding_id=koch.finding_id, stance="supports",
    )  # fmt: skip
    case.exhibit(
        "object", "hashtag:kochfarms", note="others used it too", finding_id=koch.finding_id, stance="contradicts"
    )
    case.judge(koch.finding_id, "confirmed_by_human", "read a sample of eighty posts")
    case.judge(game.finding_id, "rejected", "a hashtag game anybody can join")
    assert case.verify() == []
    case.close()

    result = execute("coordinated_behaviour", {"case": str(case.path), "purpose": "A test of what the report shows."})
    assert result.report is not None and result.status == "complete"
    text = html.unescape(re.sub(r"<[^>]+>", " ", result.report.read_text(encoding="utf-8")))
    cards = text.split("Strongest step this evidence carries")
    confirmed = next(c for c in cards if "read a sample of eighty posts" in c)
    rejected = next(c for c in cards if "a hashtag game anybody can join" in c)
    assert (
        "Confirmed as E2 by anna" in confirmed
        and "the strongest pair" in confirmed
        and "others used it too" in confirmed
    )
    assert "Rejected by anna" in rejected and "Nothing was pinned" not in rejected
    assert text.count("Confirmed as E2 by anna") == 1 and text.count("Rejected by anna") == 1
    assert "1 confirmed, 1 rejected" in text and "2 exhibits: 1 supporting a finding, 1 contradicting one." in text
    assert case.verify() == []
