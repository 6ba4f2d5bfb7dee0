"""Judgements: the ceiling of the grade, reasons, blind second reviews, what stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from investigate.case import Case
from investigate.errors import InputError


def regrade(case, grade):
    """The first finding with another grade, as its maker would give it."""
    case.findings[0] = replace(case.findings[0], evidence_grade=grade)
    return case.findings[0].finding_id


@pytest.mark.parametrize(
    ("reached", "asked", "outcome"),
    [
        ("E2", None, "E2"), ("E2", "E2", "E2"), ("E3", None, "E3"), ("E3", "E2", "E2"), ("E3", "E4", "E4"),
        ("E2", "E3", InputError), ("E2", "E4", InputError), ("E1", None, InputError), ("E1", "E1", InputError),
        ("E1", "E4", InputError), ("E0", None, InputError), ("E3", "E1", InputError), ("E3", "E9", InputError),
    ],
)  # fmt: skip
def test_no_confirmation_above_what_the_evidence_carries(case, reached, asked, outcome):
    """E2 is the first to carry one; E4 is a person's own step from E3; nothing is written where it is refused."""
    finding, entries = regrade(case, reached), len(case.log.entries())
    if outcome is InputError:
        with pytest.raises(InputError):
            case.judge(finding, "confirmed_by_human", "read them", grade=asked)
        assert len(case.log.entries()) == entries
    else:
        assert case.judge(finding, "confirmed_by_human", "read them", grade=asked).grade == outcome
        assert case.status(finding) == "confirmed_by_human"


@pytest.mark.parametrize("decision", ["rejected", "inconclusive"])
def test_every_finding_can_be_rejected_or_left_open(case, decision):
    """At any grade, without one of its own."""
    finding = regrade(case, "E1")
    made = case.judge(finding, decision, "a known newsroom")
    assert (made.decision, made.grade, made.by) == (decision, "", "anna")
    with pytest.raises(InputError, match="a grade goes with a confirmation"):
        case.judge(finding, decision, "r", grade="E2")


def test_reason_finding_and_decision_are_needed(case):
    """Each refusal names what is near."""
    finding = case.findings[0].finding_id
    with pytest.raises(InputError, match="needs a reason"):
        case.judge(finding, "rejected", "  ")
    with pytest.raises(InputError, match=f"no finding.*did you mean {finding}"):
        case.judge(finding[:-1], "rejected", "r")
    with pytest.raises(InputError, match="did you mean 'rejected'"):
        case.judge(finding, "reject", "r")
    with pytest.raises(InputError, match="no finding"):
        case.status("F-nothing")


def test_a_later_decision_of_the_same_person_replaces_and_a_retraction_restores(case):
    """The latest counts; all stay in the table; taken back, the template's status is back."""
    finding = case.findings[0].finding_id
    assert case.status(finding) == case.findings[0].status == "supported"
    case.judge(finding, "inconclusive", "not yet read")
    second = case.judge(finding, "rejected", "a newsroom")
    assert case.status(finding) == "rejected"
    assert case.judgements()["stands"].tolist() == [False, True]
    back = case.retract(second.seq, "wrong finding")
    assert case.status(finding) == "inconclusive"
    case.retract(case.judgements()["seq"][0])
    assert case.status(finding) == "supported" and case.judgements()["retracted"].all()
    case.retract(back)
    assert Case.open(case.path).status(finding) == "rejected"


def test_a_second_review_is_blind_and_by_another_person(case, becomes):
    """The second sees nothing of the first decision until they have decided."""
    one, two = (f.finding_id for f in case.findings[:2])
    with pytest.raises(InputError, match="nobody has judged"):
        case.judge(one, "rejected", "r", second=True)
    case.judge(one, "rejected", "SECRET first reason")
    case.judge(two, "inconclusive", "SECRET too")
    with pytest.raises(InputError, match="anna judged it first"):
        case.judge(one, "rejected", "r", second=True)
    becomes("ben")
    seen = case.judgements(blind=True)
    assert seen["hidden"].all() and "SECRET" not in seen.to_csv() and "rejected" not in seen.to_csv()
    assert case.status(one, blind=True) == "supported" and case.status(one) == "rejected"
    case.judge(one, "confirmed_by_human", "read them all", second=True)
    seen = case.judgements(blind=True).set_index("seq")
    assert "SECRET first reason" in seen.to_csv() and "SECRET too" not in seen.to_csv()
    assert case.status(one, blind=True) == case.status(one)


def test_reviewers_who_disagree_leave_it_open_until_somebody_decides(case, becomes):
    """Inconclusive meanwhile; a judgement after both settles it; who agreed leaves no dispute."""
    one, two = (f.finding_id for f in case.findings[:2])
    case.judge(one, "confirmed_by_human", "r")
    case.judge(two, "rejected", "r")
    becomes("ben")
    case.judge(one, "rejected", "r", second=True)
    case.judge(two, "rejected", "r", second=True)
    standing = case.standings()
    assert standing[one].disagree and (standing[one].status, standing[one].grade) == ("inconclusive", "")
    assert not standing[two].disagree and standing[two].status == "rejected"
    assert case.judgements()["stands"].all()
    becomes("carla")
    case.judge(one, "confirmed_by_human", "after seeing both")
    assert case.status(one) == "confirmed_by_human" and not case.standings()[one].disagree
    assert case.judgements().set_index("by").loc["carla", "stands"]
    assert case.judgements()["stands"].sum() == 3


def test_a_finding_that_changed_since_is_marked(case):
    """Other evidence for the same group, or no such group any more."""
    finding = case.findings[0]
    case.judge(finding.finding_id, "rejected", "r")
    assert not case.judgements()["changed"][0]
    case.findings[0] = replace(finding, statement="Other numbers")
    assert case.judgements()["changed"][0]
    case.findings.clear()
    assert case.judgements()["changed"][0] and case.status(finding.finding_id) == "rejected"


def test_the_same_analysis_again_keeps_the_decision(case):
    """The finding comes out with the same identifier and the same hash."""
    finding = case.findings[0].finding_id
    case.judge(finding, "rejected", "r")
    case.relate(["co_url"])
    case.score()
    case.group()
    case.find()
    assert case.status(finding) == "rejected" and not case.judgements()["changed"][0]
