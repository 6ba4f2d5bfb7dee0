"""Groups of two runs: definitions, and what must hold for any groups."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from investigate.errors import InputError
from investigate.matching import COLUMNS, match

SWAPPED = {"new": "gone", "gone": "new", "grown": "shrunk", "shrunk": "grown", "merged": "split", "split": "merged"}
members = st.frozensets(st.sampled_from("abcdefghijkl"), min_size=1, max_size=8)
sides = st.lists(members, max_size=6, unique=True).map(lambda sets: {f"g{n}": s for n, s in enumerate(sets)})


def rows(before, after, **options):
    """The relations as a set, without counts."""
    table = match(before, after, **options)
    return {tuple(row) for row in table[["change", "before", "after"]].itertuples(index=False)}


def of(text):
    """`{"A": "abc"}` as groups of one-letter members."""
    return {name: set(letters) for name, letters in text.items()}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"A": "abcd"}, {"B": "abcd"}, {("same", "A", "B")}),
        ({"A": "abcd"}, {"B": "abcdef"}, {("grown", "A", "B")}),
        ({"A": "abcd"}, {"B": "abcefg"}, {("grown", "A", "B")}),
        ({"A": "abcdef"}, {"B": "abcd"}, {("shrunk", "A", "B")}),
        ({"A": "abcd"}, {"B": "abce"}, {("changed", "A", "B")}),
        ({"A": "abcd"}, {"B": "wxyz"}, {("gone", "A", ""), ("new", "", "B")}),
        ({"A": "abcd"}, {"B": "awxyz"}, {("gone", "A", ""), ("new", "", "B")}),
        ({"A": "abcd", "B": "efgh"}, {"C": "abcdefgh"}, {("merged", "A", "C"), ("merged", "B", "C")}),
        ({"A": "abcd", "B": "efgh"}, {"C": "abcdef"}, {("merged", "A", "C"), ("merged", "B", "C")}),
        ({"A": "abcd", "B": "efgh"}, {"C": "abcde"}, {("grown", "A", "C"), ("gone", "B", "")}),
        ({"A": "abcdefgh"}, {"B": "abcd", "C": "efgh"}, {("split", "A", "B"), ("split", "A", "C")}),
        ({"A": "abcd", "B": "efgh"}, {"B": "abcd", "A": "efgh"}, {("same", "A", "B"), ("same", "B", "A")}),
        ({"A": ""}, {"B": ""}, {("same", "A", "B")}),
        ({}, {}, set()),
    ],
)
def test_each_change_is_told_apart(before, after, expected):
    """Every change has an example that gives it and nothing else."""
    assert rows(of(before), of(after)) == expected


def test_most_of_a_group_that_goes_over_merges_even_where_the_rest_stays():
    """Six of ten members that join another group are a merger; the four that stay are still shown."""
    before, after = of({"A": "abcdefghij", "B": "klmnopqrst"}), of({"C": "abcdefklmnopqrst", "D": "ghij"})
    assert rows(before, after) == {("merged", "A", "C"), ("merged", "B", "C"), ("shrunk", "A", "D")}


def test_a_pair_can_merge_and_split_at_once():
    """Where one half leaves and another group comes in, both are said, each in a row of its own."""
    before, after = of({"A": "abcdefgh", "B": "klm"}), of({"C": "abcdeklm", "D": "fgh"})
    assert rows(before, after) == {
        ("merged", "A", "C"),
        ("merged", "B", "C"),
        ("split", "A", "C"),
        ("split", "A", "D"),
    }


def test_groups_that_lie_in_each_other_are_no_merger():
    """A small group inside a large one, in both runs, is matched with itself."""
    before, after = of({"A": "abx", "B": "abcx"}), of({"A": "abxy", "B": "abcxyz"})
    assert rows(before, after) == {("grown", "A", "A"), ("grown", "B", "B")}


def test_the_assignment_is_the_best_over_all_groups():
    """A group takes its second choice where the whole gains: the sum of Jaccard indices is that of brute force."""
    before, after = of({"A": "abcd", "B": "abcxyz"}), of({"C": "abcdx", "D": "abcxyzw"})
    table = match(before, after)
    jaccard = {(i, j): len(a & b) / len(a | b) for i, a in before.items() for j, b in after.items()}
    best = max(sum(jaccard[p] for p in zip("AB", order, strict=True)) for order in itertools.permutations("CD"))
    assert table["jaccard"].sum() == pytest.approx(best)


def test_the_columns_and_counts():
    """Kept, joined and left add up to the sizes."""
    table = match(of({"A": "abcd", "B": "uvw"}), of({"C": "abce", "D": "klmno"}))
    assert tuple(table.columns) == COLUMNS
    assert (table["n_kept"] + table["n_left"]).tolist() == table["n_before"].tolist()
    assert (table["n_kept"] + table["n_joined"]).tolist() == table["n_after"].tolist()
    assert table.set_index("change").loc["changed"].tolist() == ["A", "C", 0.6, 4, 4, 3, 1, 1]


@pytest.mark.parametrize("least", [0, 1.5, -1])
def test_a_share_out_of_range_is_refused(least):
    """`least` is a share."""
    with pytest.raises(InputError, match="least"):
        match({}, {}, least=least)


@given(sides)
@settings(max_examples=40, deadline=None)
def test_identical_groups_are_all_the_same(groups):
    """The same groups twice are `same`, each with itself, and nothing else."""
    assert rows(groups, groups) == {("same", name, name) for name in groups}


@given(sides, sides)
@settings(max_examples=60, deadline=None)
def test_swapping_the_runs_swaps_the_words(before, after):
    """The same relations come out backwards, with the opposite words."""
    back = {(SWAPPED.get(change, change), b, a) for change, a, b in rows(after, before)}
    assert rows(before, after) == back


@given(sides, sides, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_names_and_order_do_not_matter(before, after, random):
    """Renamed groups in another order give the same relations under their new names."""
    named = []
    for side in (before, after):
        order = [*side]
        random.shuffle(order)
        named.append({name: f"other {n}" for n, name in enumerate(order)})
    again = [{new: side[old] for old, new in names.items()} for side, names in zip((before, after), named, strict=True)]
    renamed = {(change, named[0].get(a, ""), named[1].get(b, "")) for change, a, b in rows(before, after)}
    assert rows(*again) == renamed


@given(sides, sides)
@settings(max_examples=40, deadline=None)
def test_no_group_is_lost(before, after):
    """Every group is in some row, and the ends of a row that speaks of two groups share members."""
    table = match(before, after)
    assert set(table["before"]) - {""} == set(before)
    assert set(table["after"]) - {""} == set(after)
    assert (table["n_kept"] > 0).tolist() == (~table["change"].isin(["new", "gone"])).tolist()
