"""Layers: fused by hand, and what holds a group together checked against NetworkX on random graphs."""

from __future__ import annotations

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from investigate.errors import InputError
from investigate.layers import LAYER_COLUMNS, PAIR_COLUMNS, community_layers, fuse, held_by

START = pd.Timestamp("2024-03-01T00:00:00Z")


def edges(rows):
    """Rows (relation, a, b, n_objects, q)."""
    table = pd.DataFrame(rows, columns=["relation", "account_a", "account_b", "n_objects", "q"])
    table["first_at"] = START + pd.to_timedelta(range(len(table)), unit="h")
    table["last_at"] = table["first_at"] + pd.Timedelta("1D")
    return table.assign(n_acts=table["n_objects"])


BY_HAND = edges(
    [
        ("co_url", "A", "B", 3, 0.01),
        ("co_text", "A", "B", 2, 0.001),
        ("co_url", "B", "C", 5, 0.2),
        ("co_text", "C", "D", 1, 0.03),
    ]
)


def test_fused_by_hand():
    table = fuse(BY_HAND).set_index(["account_a", "account_b"])
    assert {*table.columns, "account_a", "account_b"} == set(PAIR_COLUMNS)
    ab = table.loc[("A", "B")]
    assert (ab["n_layers"], ab["layers"], ab["n_families"]) == (2, "co_text,co_url", 1)
    assert (ab["n_objects"], ab["n_acts"], ab["best_layer"], ab["min_q"]) == (5, 3, "co_text", 0.001)
    assert ab["first_at"] == START and ab["last_at"] == START + pd.Timedelta("25h")
    assert table.loc[("B", "C"), "layers"] == "co_url" and len(table) == 3
    bare = fuse(BY_HAND.drop(columns=["q", "n_acts"]))
    assert bare["min_q"].isna().all() and (bare["best_layer"] == "").all()
    assert fuse(BY_HAND.head(0)).empty


def test_families_count_kinds_of_evidence():
    table = fuse(edges([("co_url", "A", "B", 1, 0.1), ("from_elsewhere", "A", "B", 1, 0.1)]))
    assert table["n_families"].tolist() == [2], "a relation that is not registered is a family of its own"


def test_a_pair_may_stand_once_in_a_relation():
    with pytest.raises(InputError, match="1 pairs stand twice.*'A' and 'B' in co_url"):
        fuse(pd.concat([BY_HAND, BY_HAND.head(1)]))
    with pytest.raises(InputError, match="n_objects"):
        fuse(BY_HAND.drop(columns="n_objects"))


def test_layers_by_hand():
    """co_url: A-B-C; co_text: A-B, C-D. Each is needed: D hangs on co_text, and without co_url the group is two pairs."""
    group = pd.DataFrame({"community": 4, "account_id": list("ABCD")})
    outside = edges([("co_url", "D", "E", 9, 0.0)])
    table = community_layers(group, pd.concat([BY_HAND, outside], ignore_index=True)).set_index("relation")
    assert {*table.columns, "relation"} == set(LAYER_COLUMNS)
    url = table.loc["co_url"]
    assert (url["n_edges"], url["n_accounts"], url["n_components"], url["n_only_here"]) == (2, 3, 2, 1)
    assert url["share_connected"] == 0.75 and url["share_without"] == 0.5 and url["density"] == pytest.approx(2 / 6)
    assert not url["connected_alone"] and not url["connected_without"]
    assert table["holds"].tolist() == ["needed", "needed"]
    said = held_by(table.reset_index())
    assert (
        said[4] == "co_url links 3 of 4 members by 2 edges (needed); co_text links 4 of 4 members by 2 edges (needed)"
    )


def test_roles():
    group = pd.DataFrame({"community": 1, "account_id": list("ABC")})
    chain = [("co_url", "A", "B", 1, 0.1), ("co_url", "B", "C", 1, 0.1)]
    assert community_layers(group, edges(chain))["holds"].tolist() == ["only layer"]
    repeated = community_layers(group, edges([*chain, ("co_text", "A", "B", 1, 0.1)])).set_index("relation")
    assert repeated["holds"].to_dict() == {"co_text": "repeats others", "co_url": "needed"}
    assert repeated.loc["co_url", "connected_alone"] and repeated.loc["co_text", "connected_without"]
    ring = community_layers(group, edges([*chain, ("co_text", "A", "C", 1, 0.1)])).set_index("relation")
    assert ring.loc["co_text", "holds"] == "one of several"
    assert community_layers(group, edges([("co_url", "A", "Z", 1, 0.1)])).empty


NAMES = list("ABCDEFG")
PAIRS = [(a, b) for i, a in enumerate(NAMES) for b in NAMES[i + 1 :]]
EDGES = st.sets(st.tuples(st.sampled_from(["co_text", "co_url", "co_reply"]), st.sampled_from(PAIRS)), max_size=25)


@settings(max_examples=50, deadline=None)
@given(EDGES, st.randoms())
def test_connectedness_equals_networkx_in_any_order(found, shuffler):
    rows = [(relation, a, b, 1, 0.01) for relation, (a, b) in sorted(found)]
    group = pd.DataFrame({"community": [1] * 4 + [2] * 3, "account_id": NAMES})
    table = community_layers(group, edges(rows))
    for row in table.itertuples():
        names = group.loc[group["community"] == row.community, "account_id"].tolist()
        alone, rest = nx.Graph(), nx.Graph()
        for graph, keep in ((alone, True), (rest, False)):
            graph.add_nodes_from(names)
            graph.add_edges_from((a, b) for r, a, b, *_ in rows if (r == row.relation) is keep and {a, b} <= set(names))
        assert row.n_edges == alone.number_of_edges()
        assert row.n_components == nx.number_connected_components(alone)
        assert row.share_connected == max(map(len, nx.connected_components(alone))) / len(names)
        assert row.connected_alone == nx.is_connected(alone) and row.connected_without == nx.is_connected(rest)
        assert row.n_accounts == sum(d > 0 for _, d in alone.degree())
        assert row.n_only_here == sum(not rest.has_edge(a, b) for a, b in alone.edges())
    held = {(r.community, r.relation) for r in table.itertuples()}
    of = dict(zip(group["account_id"], group["community"], strict=True))
    assert held == {(of[a], r) for r, a, b, *_ in rows if of[a] == of[b]}
    shuffler.shuffle(rows)
    pd.testing.assert_frame_equal(community_layers(group.sample(frac=1, random_state=0), edges(rows)), table)
    fused = fuse(edges(rows))
    assert fused["n_layers"].sum() == len(rows) and len(fused) == len({(a, b) for _, a, b, *_ in rows})
    assert all(r.n_layers == len(r.layers.split(",")) for r in fused.itertuples())
