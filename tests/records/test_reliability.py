"""Agreement of reviewers: published values, where alpha is not defined, and what counts as blind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from investigate.findings import Judgement
from investigate.records import agreement
from investigate.records.reliability import FEWEST_FOR_INTERVAL, krippendorff_alpha, pairs

WORDS = {"c": "confirmed_by_human", "r": "rejected", "i": "inconclusive"}


def said(*rows):
    """Judgements from (finding, person, letter, second[, retracted]); the place in the list is the entry."""
    out = []
    for seq, (finding, by, letter, second, *rest) in enumerate(rows, 1):
        taken = rest[0] if rest else 0
        out.append(Judgement(finding, WORDS[letter], by, "", "r", second=second, seq=seq, retracted=taken))
    return out


def twice(letters):
    """Findings judged by anna and then, blind, by ben: "cr" means confirmed, then rejected."""
    rows = [row for n, (a, b) in enumerate(letters) for row in ((f"F{n}", "anna", a, False), (f"F{n}", "ben", b, True))]
    return said(*rows)


def test_alpha_has_the_published_values():
    """Krippendorff (2011): two observers and two values, 0.095; four observers, twelve units with gaps, 0.743."""
    assert krippendorff_alpha(list(zip("0100000010", "1110010000", strict=True))) == pytest.approx(0.095, abs=5e-4)
    observers = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    units = [[v for v in column if v != "."] for column in zip(*observers, strict=True)]
    assert krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)


@given(st.lists(st.lists(st.sampled_from("cri"), min_size=1, max_size=4), max_size=12))
def test_alpha_is_one_minus_observed_over_expected_disagreement(units):
    """Against the definition with all pairs written out."""
    used = [u for u in units if len(u) > 1]
    values = [v for u in used for v in u]
    n = len(values)
    expected = sum(values[i] != values[j] for i in range(n) for j in range(n) if i != j)
    alpha = krippendorff_alpha(units)
    if len(used) < 2 or not expected:
        assert alpha is None
        return
    observed = sum(
        sum(u[i] != u[j] for i in range(len(u)) for j in range(len(u)) if i != j) / (len(u) - 1) for u in used
    )
    assert alpha == pytest.approx(1 - (observed / n) / (expected / (n * (n - 1))))


def test_full_agreement_none_and_what_is_not_defined():
    """1 for the same throughout on varied findings; None with a reason where every decision is the same or there is none."""
    numbers = agreement(twice(["cc", "rr", "ii"] * 7))
    assert numbers["alpha"] == 1.0 and numbers["alpha_interval"] == (1.0, 1.0) and numbers["agreement"] == 1.0
    same = agreement(twice(["rr"] * 12))
    assert same["alpha"] is None and same["alpha_interval"] is None and "Every decision was the same" in same["note"]
    assert same["agreement"] == 1.0 and same["agreement_interval"][1] == pytest.approx(1.0)
    none = agreement([])
    assert none["findings"] == 0 and none["agreement"] is None and "No finding was judged twice" in none["note"]
    assert "too few" in agreement(twice(["cr"]))["note"]


def test_the_interval_is_seeded_holds_alpha_and_is_left_out_for_few_findings():
    """The same numbers each time; under twenty findings, or with hardly any variation, none and a reason."""
    numbers = agreement(twice(["cc", "rr", "ci", "rr", "ir"] * 4))
    low, high = numbers["alpha_interval"]
    assert low < numbers["alpha"] < high and numbers == agreement(twice(["cc", "rr", "ci", "rr", "ir"] * 4))
    few = agreement(twice(["cc", "rr", "ci"] * 7)[: 2 * (FEWEST_FOR_INTERVAL - 1)])
    assert few["findings"] == FEWEST_FOR_INTERVAL - 1 and few["alpha"] is not None and few["alpha_interval"] is None
    flat = agreement(twice(["rr"] * 19 + ["cr"]))
    assert flat["alpha"] is not None and flat["alpha_interval"] is None and "vary too little" in flat["note"]


def test_what_people_decide_after_comparing_does_not_count():
    """A change of mind or a retraction after the second review leaves the pair as it was; one before it counts."""
    rows = [("F", "anna", "c", False), ("F", "ben", "r", True), ("F", "anna", "r", False), ("F", "ben", "c", True)]
    assert pairs(said(*rows)) == [("F", [WORDS["c"], WORDS["r"]])]
    late = said(("F", "anna", "c", False, 3), ("F", "ben", "r", True))
    assert pairs(late) == [("F", [WORDS["c"], WORDS["r"]])]
    before = said(("F", "anna", "c", False), ("F", "anna", "i", False), ("F", "ben", "r", True))
    assert pairs(before) == [("F", [WORDS["i"], WORDS["r"]])]


def test_a_first_review_alone_makes_no_pair():
    """Two open decisions of two people were not blind."""
    assert pairs(said(("F", "anna", "c", False), ("F", "ben", "r", False))) == []
