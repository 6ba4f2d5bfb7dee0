"""Communities: planted groups are found whole, crowds are not groups, seeds give the same answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tables_of_rows import connection

from investigate import analysis
from investigate.analysis import Settings
from investigate.communities import benjamini_hochberg, components, leiden, parts_of, stability

SETTINGS = Settings(("co_url",), 60.0)


def planted(size: int = 8, few: int = 0, seed: int = 0) -> list[tuple]:
    """`size` accounts with 12 joint acts each among 150 strangers; `few` more with only two joint acts and nothing else."""
    rng = np.random.default_rng(seed)
    rows = [
        (f"u{i:03d}", f"own{i}-{j}", f"u{i}-{j}", float(rng.uniform(0, 86400))) for i in range(150) for j in range(12)
    ]
    rows += [(f"u{i:03d}", "viral", f"uv{i}", float(rng.uniform(0, 3600))) for i in range(150)]
    for j in range(12):
        rows += [(f"g{i}", f"joint{j}", f"g{i}-{j}", 5000.0 * j + float(rng.uniform(0, 60))) for i in range(size)]
    for i in range(few):
        rows += [(f"h{i}", f"joint{j}", f"h{i}-{j}", 5000.0 * j + 30.0) for j in (1, 2)]
    return rows


def found_in(rows, settings=SETTINGS):
    con = connection(rows)
    acts, contents = analysis.load(con, settings), analysis.contents_per_account(con)
    scores = analysis.score(analysis.relate(con, settings, acts), contents, settings)
    return analysis.group(scores, contents, acts, settings)


def test_planted_group_is_found_whole_and_alone():
    """One community: the planted accounts, all core, far above what chance gives, found under every seed."""
    members, crowds = found_in(planted())
    assert set(members["account_id"]) == {f"g{i}" for i in range(8)} and set(members["role"]) == {"core"}
    assert members["n_acts"].sum() >= 90 and members["expected"].sum() < 1 and (members["stability"] == 1).all()
    assert crowds.empty


def test_accounts_with_few_posts_are_attached_as_peripheral():
    """Two posts cannot make an unusual edge; the group test takes such accounts in and calls them peripheral."""
    members, _ = found_in(planted(few=2))
    role = members.set_index("account_id")["role"]
    assert role["h0"] == role["h1"] == "peripheral" and (role == "core").sum() == 8


def test_nothing_planted_gives_no_community():
    """Strangers on a viral link make no community."""
    members, _ = found_in([r for r in planted() if not r[0].startswith("g")])
    assert members.empty


def test_a_crowd_around_a_few_pairs_is_no_group():
    """Forty accounts with one interest meet by chance within it; a few unusual pairs do not make them a group."""
    rng = np.random.default_rng(1)
    rows = [r for r in planted(seed=1) if not r[0].startswith("g")]
    for j in range(25):
        rows += [
            (f"f{i:02d}", f"idol{j}", f"f{i}-{j}", 3400.0 * j + float(rng.gamma(1.5, 500.0)))
            for i in range(40)
            if rng.random() < 0.6
        ]
    members, crowds = found_in(rows)
    assert members.empty
    assert crowds.empty or (crowds["n_crowd"] > crowds["n_linked"]).all()


def test_same_seed_same_communities_and_order_of_rows_is_irrelevant():
    """Determinism: shuffled rows give the same table."""
    rows = planted(few=1)
    shuffled = [rows[i] for i in np.random.default_rng(3).permutation(len(rows))]
    pd.testing.assert_frame_equal(found_in(rows)[0], found_in(shuffled)[0])


def test_leiden_separates_two_cliques_and_components_join_them():
    """Two cliques with one bridge: two Leiden parts, one component."""
    pairs = [(a, b) for g in ("abcde", "vwxyz") for a in g for b in g if a < b] + [("a", "v")]
    edges = pd.DataFrame(pairs, columns=["account_a", "account_b"]).assign(weight=1.0)
    assert {frozenset("abcde"), frozenset("vwxyz")} == set(parts_of(leiden(edges), 2))
    assert set(components(edges).values()) == {1}
    assert leiden(edges.head(0)) == {}


def test_stability_is_one_when_always_found_and_lower_otherwise():
    """The mean best Jaccard overlap over other runs."""
    part = frozenset("abcd")
    assert stability(part, [[part], [part]]) == 1.0
    assert stability(part, [[frozenset("ab")], [part]]) == pytest.approx(0.75)


def test_a_group_is_gone_without_its_accounts_or_its_objects():
    """A sensitivity run without the group's accounts, or without what it shared, finds nothing; with more repetition it does."""
    con = connection(planted())
    acts = analysis.load(con, SETTINGS)
    before = found_in(planted())[0]
    assert analysis.again(con, SETTINGS, acts, without_accounts=list(before["account_id"])).empty
    assert analysis.again(con, SETTINGS, acts, without_objects=[("url", f"joint{j}") for j in range(12)]).empty
    assert set(analysis.again(con, SETTINGS, acts, min_shared=3)["account_id"]) == set(before["account_id"])
    with pytest.raises(ValueError, match="nothing is changed"):
        analysis.again(con, SETTINGS, acts)


def test_fdr_helper_is_shared():
    """Communities adjust with the same function as edges."""
    assert benjamini_hochberg(np.array([0.01]), 1)[0] == 0.01
