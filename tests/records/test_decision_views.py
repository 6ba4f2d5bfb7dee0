"""What people decided, as the report shows it: cards, tables, findings.json, the command line; hostile text stays text."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from investigate import views
from investigate.case import Case
from investigate.cli import main
from investigate.runs.run import findings_record

HOSTILE = "<img src=x onerror=alert(1)>\u202e https://evil.example/x"


def decided(case):
    """One finding confirmed with an exhibit on each side, the other rejected."""
    first, second = (f.finding_id for f in case.findings[:2])
    case.exhibit("edge", ["p0", "p1", "co_url"], note="twelve links", finding_id=first, stance="supports")
    case.exhibit("account", "q0", note="posts alone too", finding_id=first, stance="contradicts", confidence="low")
    case.exhibit("account", "q1", note="slip")
    case.retract_exhibit("E-3", "pinned by mistake")
    case.judge(first, "confirmed_by_human", "read sixty posts")
    case.judge(second, "rejected", "one newsroom")
    return first, second


def test_without_decisions_each_view_says_so_in_a_line(case):
    """No table, no facts; the cards and the bottom line are as without the feature."""
    for name, words in (
        ("judgements", "No person has judged"),
        ("exhibits", "No evidence"),
        ("pinned_rows", "No evidence"),
    ):
        view = getattr(views, name)(case)
        assert view.lead.startswith(words) and view.table is None and not view.caveats
    assert "What people decided" not in views.findings(case).html()
    assert "People decided" not in views.summary(case).lead
    assert "judgements" not in json.dumps(findings_record("coordinated_behaviour", case))


def test_a_card_shows_the_decision_and_both_sides_of_the_evidence(case):
    """Reason, name, grade; exhibits for and against; the rejected finding comes last."""
    first, second = decided(case)
    view = views.findings(case)
    confirmed, rejected = view.html().split("</article>")[:2]
    assert first in confirmed and second in rejected
    for words in (
        "Confirmed by a person", "Confirmed as E2 by anna", "read sixty posts", "Exhibits that support it",
        "E-1", "twelve links", "Exhibits that contradict it", "E-2", "confidence low",
    ):  # fmt: skip
        assert words in confirmed, words
    assert "E-3" not in view.html()
    assert "Rejected by a person" in rejected and "one newsroom" in rejected
    assert view.table["status"].tolist() == ["confirmed_by_human", "rejected"]
    assert "read sixty posts" in str(view) and "E-2 contradicts" in str(view)


def test_a_judged_finding_is_a_card_whatever_the_number_of_cards(case):
    """With one card asked for, the rejected finding still has its own."""
    decided(case)
    assert len(views.findings(case, top=1).cards) == 2


def test_one_side_without_exhibits_is_said(case):
    """Pinned for only: the card says that nothing was pinned against, and the view asks to look for it."""
    case.exhibit("account", "p0", finding_id=case.findings[0].finding_id, stance="supports")
    assert "Nothing was pinned." in views.findings(case).html()
    assert "look for what contradicts it" in views.exhibits(case).caveats[0]


def test_the_bottom_line_counts_what_people_decided(case):
    """A rejected group is no longer counted as supported; all rejected is said so."""
    first, _ = decided(case)
    lead, facts = views.summary(case).lead, dict(views.summary(case).facts)
    assert "1 group of accounts" in lead and "1 confirmed, 1 rejected" in lead
    assert facts["Groups supported"] == 1 and facts["Confirmed"] == 1
    case.judge(first, "rejected", "changed my mind")
    assert views.summary(case).lead.startswith("People rejected all 2 findings.")


def test_tables_hold_every_decision_and_exhibit(case, becomes):
    """Replaced and taken back ones included; who disagrees is named; rows come with file and row."""
    first, _ = decided(case)
    becomes("ben")
    case.judge(first, "inconclusive", "perhaps fans", second=True)
    view = views.judgements(case)
    assert len(view.table) == 3 and f"Reviewers disagree on {first}" in view.lead
    assert "1 finding judged twice" in view.lead and "Reviewers disagree" in views.findings(case).html()
    case.findings[0] = replace(case.findings[0], statement="Other numbers")
    assert "the finding has changed since" in " ".join(views.judgements(case).table["state"])
    assert "look at it again" in views.findings(case).html()
    held = views.exhibits(case)
    assert held.table["exhibit"].tolist() == ["E-1", "E-2"] and "E-3 (pinned by mistake)" in held.lead
    rows = views.pinned_rows(case, top=3)
    assert rows.table["exhibit"].tolist() == ["E-1"] * 3 + ["E-2"] * 3
    assert rows.table["place"].str.startswith("posts.csv ").all() and "2 exhibits have more" in rows.lead


def test_a_confirmation_as_e4_carries_its_own_step(case):
    """The card's strongest step is that of the grade a person gave."""
    case.findings[0] = replace(case.findings[0], evidence_grade="E3")
    case.judge(case.findings[0].finding_id, "confirmed_by_human", "internal records", grade="E4")
    html = views.findings(case).html()
    assert "Confirmed as E4 by anna" in html and "enforcement decision by a person" in html


def test_findings_json_holds_decisions_and_exhibits(case):
    """The status is what people decided; every judgement and exhibit is there for programs."""
    first, second = decided(case)
    record = json.loads(json.dumps(findings_record("coordinated_behaviour", case)))
    by_id = {f["finding_id"]: f for f in record["findings"]}
    assert (by_id[first]["status"], by_id[second]["status"]) == ("confirmed_by_human", "rejected")
    assert by_id[second]["judgements"][0]["reason"] == "one newsroom"
    assert [e["number"] for e in record["exhibits"]] == ["E-1", "E-2"]


def test_hostile_text_stays_text(case, becomes):
    """Names, notes, reasons and tags with markup, addresses and turned text: escaped, defanged, shown."""
    finding = case.findings[0].finding_id
    becomes(HOSTILE)
    case.exhibit("account", "p0", note=HOSTILE, finding_id=finding, stance="supports", query=HOSTILE)
    case.exhibit("edge", ["p0", "p1", "co_url"], note=HOSTILE)
    case.judge(finding, "rejected", HOSTILE)
    case.tag("p0", "<b>seed</b>", HOSTILE)
    for view in (views.judgements(case), views.exhibits(case), views.pinned_rows(case), views.findings(case)):
        for text in (view._repr_html_(), str(view)):
            assert "https://evil.example" not in text and "\u202e" not in text
        html = view.html()
        assert "<img" not in html and "<script>alert" not in html
    assert "hxxps://evil[.]example" in views.judgements(case).html()
    assert Case.open(case.path).judgements()["reason"][0] == HOSTILE.strip()


def test_the_command_line_judges_and_lists(case, capsys):
    """Refusals have exit code 2 and say what to do; decisions are in the case."""
    finding, folder = case.findings[0].finding_id, str(case.path)
    assert main(["exhibits", folder]) == 0 and "no evidence was pinned" in capsys.readouterr().out
    case.exhibit("account", "p0", note="why", finding_id=finding, stance="supports")
    assert main(["exhibits", folder]) == 0
    assert "E-1  account" in (out := capsys.readouterr().out) and f"supports {finding}; why; by anna" in out
    assert main(["judge", folder, finding, "confirmed_by_human", "--reason", "r", "--grade", "E4"]) == 2
    assert "cannot be confirmed as E4" in capsys.readouterr().err
    assert main(["judge", folder, finding, "rejected", "--reason", " "]) == 2
    assert main(["judge", folder, finding, "rejected"]) == 2
    assert case.judgements().empty
    capsys.readouterr()
    assert main(["judge", folder, finding, "rejected", "--reason", "a newsroom", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["status"], said["by"], said["reason"]) == ("rejected", "anna", "a newsroom")
    assert main(["exhibits", folder, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["rows_sha256"] == case.exhibits()[0].rows_sha256


@pytest.mark.parametrize("name", ["judgements", "exhibits", "pinned_rows"])
def test_the_views_work_before_any_analysis(tmp_path, name):
    """A case without data or findings has nothing to show, and says so."""
    assert getattr(views, name)(Case.create(tmp_path / "case")).table is None
