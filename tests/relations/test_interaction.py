"""Interaction: whose act points at whom, how handles are resolved, and what chance would give."""

from __future__ import annotations

import duckdb
import networkx as nx
import pandas as pd
import pytest
from scipy.stats import binom
from tables_of_rows import connection

from investigate.relations import available
from investigate.relations.interaction import acts, coverage, directed, edges, evidence, interaction_graph


def with_profiles(rows: list[tuple], profiles: list[tuple]) -> duckdb.DuckDBPyConnection:
    """The connection of action rows, with `accounts` from (account_id, platform, handle)."""
    con = connection(rows)
    table = pd.DataFrame(profiles, columns=["account_id", "platform", "handle"]).astype("str")
    con.register("accounts_rows", table.assign(display_name=None))
    con.execute("create view accounts as select * from accounts_rows")
    return con


ROWS = [
    ("A", "bob", "a1", 0.0, "mention"),
    ("A", "b1", "a2", 10.0, "reply"),
    ("B", "x", "b1", 5.0, "url"),
    ("B", "a2", "b2", 20.0, "quote"),
    ("C", "alice", "c1", 7.0, "mention"),
    ("C", "b1", "c2", 8.0, "repost"),
    ("C", "B", "c3", 9.0, "follow"),
    ("C", "b1", "c4", 9.5, "report"),
    ("D", "nobody", "d1", 9.0, "mention"),
    ("D", "d1", "d2", 9.0, "reply"),
]
PROFILES = [("A", None, "Alice"), ("B", None, "BOB"), ("C", None, None), ("D", None, None)]


def test_acts_point_at_the_author_or_the_handle():
    """Contents lead to their author, handles (any case) and identifiers to their account; own contents make no edge."""
    con = with_profiles(ROWS, PROFILES)
    found = {(r.actor, r.object_type, r.target) for r in acts(con).dropna(subset="target").itertuples()}
    assert found == {
        *(("A", "mention", "B"), ("A", "reply", "B"), ("B", "quote", "A"), ("C", "mention", "A")),
        *(("C", "repost", "B"), ("C", "follow", "B"), ("C", "report", "B"), ("D", "reply", "D")),
    }
    table = edges(con, 60.0).set_index(["account_a", "account_b"])
    assert list(table.index) == [("A", "B"), ("A", "C"), ("B", "C")]
    ab = table.loc[("A", "B")]
    assert (ab["n_content_a"], ab["n_content_b"], ab["n_pairs"], ab["n_objects"], ab["weight"]) == (2, 1, 3, 3, 3.0)
    assert table.loc[("B", "C"), ["n_content_a", "n_content_b", "n_pairs", "n_objects"]].tolist() == [0, 3, 3, 3]
    assert "interaction" in available(con)
    said = coverage(con).set_index("object_type")
    assert said.loc["mention", ["n_acts", "n_resolved"]].tolist() == [3, 2] and said.loc["reply", "n_own"] == 1


def test_expected_is_the_share_of_what_others_give():
    """For C to B: three contents of C, B receives 2 from others of the 3 that others give away; add one, four accounts."""
    con = with_profiles(ROWS, PROFILES)
    row = directed(con).set_index(["actor", "target"]).loc[("C", "B")]
    rate = (2 + 1) / (3 + 4)
    assert row["expected"] == pytest.approx(4 * rate) and row["p"] == pytest.approx(binom.sf(2, 4, rate))
    edge = edges(con, 60.0).set_index(["account_a", "account_b"]).loc[("B", "C")]
    assert edge["p"] == pytest.approx(min(1.0, 2 * row["p"])) and edge["expected"] == pytest.approx(row["expected"])


def test_one_who_keeps_at_another_stands_out_among_many():
    """Sixty accounts that mention at random, and one that mentions one other forty times: that pair has the smallest p."""
    import random

    rng = random.Random(1)
    rows = [(f"u{i}", f"u{rng.randrange(60)}", f"c{i}-{k}", float(k), "mention") for i in range(60) for k in range(10)]
    rows += [("u7", "u9", f"more{k}", float(k), "mention") for k in range(40)]
    found = edges(connection(rows), 60.0).sort_values("p")
    assert found.iloc[0][["account_a", "account_b"]].tolist() == ["u7", "u9"] and found.iloc[0]["p"] < 1e-20
    assert found.iloc[1]["p"] > 1e-4


def test_handles_stay_on_their_platform_and_doubtful_ones_point_at_nobody():
    """A mention on one platform never reaches another's namesake; a handle two accounts carry resolves to neither."""
    rows = [
        ("p:1", "jo", "c1", 0.0, "mention"),
        ("q:1", "jo", "c2", 0.0, "mention"),
        ("p:1", "twin", "c3", 1.0, "mention"),
    ]
    profiles = [("p:1", "p", "ann"), ("p:2", "p", "Jo"), ("q:1", "q", "ben"), ("q:2", "q", "jo")]
    con = with_profiles(rows, [*profiles, ("p:3", "p", "twin"), ("p:4", "p", "TWIN")])
    found = acts(con)
    assert found.dropna(subset="target")[["actor", "target"]].values.tolist() == [["p:1", "p:2"], ["q:1", "q:2"]]
    assert found["ambiguous"].sum() == 1


def test_evidence_and_graph_hold_each_act():
    """One row per act, the actor's side first in time; a DiGraph with a count per kind of act."""
    con = with_profiles(ROWS, PROFILES)
    rows = evidence(con, 60.0, "B", "A")
    assert rows["object_type"].tolist() == ["mention", "reply", "quote"] and rows["actor"].tolist() == ["A", "A", "B"]
    assert rows["content_a"].tolist() == ["a1", "a2", "a2"] and rows["text_b"].tolist()[1:] == [
        "text of b1",
        "text of b2",
    ]
    assert rows["lag_s"].tolist()[1:] == [-5.0, 10.0] and pd.isna(rows["lag_s"][0])
    graph = interaction_graph(con)
    assert isinstance(graph, nx.DiGraph) and set(graph.edges) == {("A", "B"), ("B", "A"), ("C", "A"), ("C", "B")}
    assert graph["C"]["B"]["n_report"] == 1 and graph["C"]["B"]["weight"] == 3
    assert set(interaction_graph(con, min_acts=2).edges) == {("A", "B"), ("C", "B")}
    assert edges(connection([("A", "x", "a1", 0.0)]), 60.0).empty
