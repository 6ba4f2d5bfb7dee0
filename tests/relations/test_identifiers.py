"""Shared identifiers: exact numbers on hand-made data, what a cap holds back, what must not matter, and the real data."""

from __future__ import annotations

from itertools import combinations
from math import exp, log2

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables_of_rows import connection

from investigate.errors import InputError
from investigate.objects import IDENTIFIERS, STRENGTHS, is_shared_service
from investigate.relations import EDGE_COLUMNS, RELATIONS, available
from investigate.relations.identifiers import FAMILIES, capped, collateral, shared_identifiers
from investigate.sources import read
from investigate.store import define_views

DAY = 86_400.0
LANDING = FAMILIES["shared_landing"]


def loaded(path: object, source: str) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("set timezone = 'UTC'")
    for name, table in read(path, source).tables.items():  # type: ignore[arg-type]
        con.register(name, table)
    define_views(con)
    return con


def agency() -> list[tuple]:
    """500 honest pages with one agency's pixel; two of them also with one wallet, which three others have too by twos."""
    rows = [(f"p{i:03d}", "1234567890", f"c{i}", i * 60.0, "pixel") for i in range(500)]
    return [
        *rows,
        ("p001", "W1", "w1", 0.0, "wallet"),
        ("p001", "W1", "w2", 10.0, "wallet"),
        ("p002", "W1", "w3", 5.0, "wallet"),
        ("p003", "W2", "w4", 0.0, "wallet"),
        ("p004", "W2", "w5", 99 * DAY, "wallet"),
        ("p005", "W3", "w6", 0.0, "wallet"),
    ]


def test_an_agencys_pixel_merges_nobody() -> None:
    """500 pages carry one pixel: no edge, and the report says what it would have made: 124,750 edges."""
    con = connection(agency())
    assert shared_identifiers(con, FAMILIES["shared_infrastructure"]).empty
    held_back = capped(con)
    assert held_back.to_dict("records") == [
        {
            "object_type": "pixel",
            "object_id": "1234567890",
            "degree": 500,
            "n_rows": 500,
            "n_edges": 124_750,
            "capped": "more than 50 carriers",
        }
    ]
    assert len(shared_identifiers(con, FAMILIES["shared_infrastructure"], max_degree=500)) == 124_750


def test_one_wallet_links_two_pages_with_expectation_and_p() -> None:
    """Five wallets carried in all (2 + 2 + 1), so two draws hit one wallet with (2 + 2) / (5 * 4) = 0.2."""
    edges = shared_identifiers(connection(agency()), FAMILIES["shared_payment"], relation="shared_payment")
    assert list(zip(edges["account_a"], edges["account_b"], strict=True)) == [("p001", "p002"), ("p003", "p004")]
    first = edges.iloc[0]
    assert list(edges.columns) == [*EDGE_COLUMNS, "expected", "p"]
    assert (first["n_objects"], first["n_pairs"], first["n_content_a"], first["n_content_b"]) == (1, 2, 2, 1)
    assert first["weight"] == pytest.approx(STRENGTHS["medium"] / log2(3))
    assert first["expected"] == pytest.approx(0.2)
    assert first["p"] == pytest.approx(1 - exp(-0.2))
    assert first["last_at"] - first["first_at"] == pd.Timedelta(seconds=10)
    assert first["n_ordered"] == 0 and pd.isna(first["mean_lag_s"]) and pd.isna(first["share_a_first"])


def test_types_add_up_in_weight_and_expectation() -> None:
    """Two types of one family: each has its own draw, and the edge adds them."""
    rows = [("A", "x", "1", 0, "wallet"), ("B", "x", "2", 0, "wallet"), ("C", "y", "3", 0, "wallet")]
    rows += [("A", "k", "4", 0, "payment"), ("B", "k", "5", 0, "payment"), ("C", "k", "6", 0, "payment")]
    edges = shared_identifiers(connection(rows), FAMILIES["shared_payment"]).set_index(["account_a", "account_b"])
    both = edges.loc[("A", "B")]
    assert both["n_objects"] == 2
    assert both["weight"] == pytest.approx(0.5 / log2(3) + 1.0 / log2(4))
    assert both["expected"] == pytest.approx(2 / (3 * 2) + 6 / (3 * 2))
    assert both["p"] == pytest.approx(1 - exp(-4 / 3) * (1 + 4 / 3))
    assert edges.loc[("A", "C")]["n_objects"] == 1


def test_evidence_says_who_used_what_when_and_whether_at_the_same_time() -> None:
    """One row per identifier, the first use of each side, and whether the spans of use overlap."""
    con = connection([*agency(), ("p002", "W1", "w9", 7.0, "wallet")])
    rule = RELATIONS.get("shared_payment")
    row = rule.evidence(con, 60.0, "p002", "p001").iloc[0]
    assert (row["account_a"], row["account_b"], row["object_type"], row["object_id"]) == (
        "p001",
        "p002",
        "wallet",
        "W1",
    )
    assert (row["content_a"], row["content_b"], row["n_rows_a"], row["n_rows_b"]) == ("w1", "w3", 2, 2)
    assert (row["strength"], row["degree"], row["text_a"], row["row_a"]) == (0.5, 2, "text of w1", 501)
    assert bool(row["overlap"])
    assert not bool(rule.evidence(con, 60.0, "p003", "p004").iloc[0]["overlap"])
    assert rule.evidence(con, 60.0, "p001", "p003").empty and rule.evidence(con, 60.0, "p001", "p001").empty


def test_addresses_count_only_within_a_day() -> None:
    """The same address 24 hours apart links (inclusive), a microsecond more does not; every other type has no clock."""
    rows = [("A", "ip1", "a", 0.0), ("B", "ip1", "b", DAY), ("C", "ip1", "c", 2 * DAY + 0.000001)]
    edges = shared_identifiers(connection(rows, "ip"), FAMILIES["shared_address"])
    assert list(zip(edges["account_a"], edges["account_b"], strict=True)) == [("A", "B")]
    assert len(shared_identifiers(connection(rows, "ip_prefix"), FAMILIES["shared_address"])) == 3
    assert RELATIONS.get("shared_address").never_alone


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("xy"), st.integers(0, 6 * 24)), max_size=25))
def test_addresses_against_every_pair_of_rows(rows: list[tuple[str, str, int]]) -> None:
    """The slots of a day give exactly the pairs that comparing all rows gives."""
    acts = [(a, o, f"c{i}", h * 3600.0) for i, (a, o, h) in enumerate(rows)]
    found = shared_identifiers(connection(acts, "ip"), ("ip",)) if acts else pd.DataFrame()
    close = {
        (min(a, b), max(a, b), o)
        for (a, o, _, s), (b, p, _, t) in combinations(acts, 2)
        if o == p and a != b and abs(s - t) <= DAY
    }
    expected: dict[tuple[str, str], int] = {}
    for a, b, _ in close:
        expected[a, b] = expected.get((a, b), 0) + 1
    assert {(r.account_a, r.account_b): r.n_objects for r in found.itertuples()} == expected


def test_known_services_link_nobody_and_are_reported() -> None:
    """Two pages that lead to facebook.com are not linked by it, and the list says so; a blog on a host is somebody's."""
    rows = [("A", "facebook.com", "1", 0), ("B", "facebook.com", "2", 0)]
    rows += [("A", "mine.blogspot.com", "3", 0), ("B", "mine.blogspot.com", "4", 0)]
    con = connection(rows, "landing_domain")
    assert list(shared_identifiers(con, LANDING)["n_objects"]) == [1]
    assert capped(con)[["object_id", "degree", "capped"]].to_numpy().tolist() == [
        ["facebook.com", 2, "known shared service"]
    ]


def test_services_in_sql_are_the_services_in_python() -> None:
    """One list, two ways to ask it."""
    pairs = [
        (t, o) for t in IDENTIFIERS for o in ("facebook.com", "reg.ru", "bit.ly", "x.blogspot.com", "my.org", "a'b")
    ]
    con = connection([("A", o, f"{t}{o}", 0, t) for t, o in pairs] + [("B", o, f"b{t}{o}", 0, t) for t, o in pairs])
    listed = capped(con)
    assert set(zip(listed["object_type"], listed["object_id"], strict=True)) == {
        p for p in pairs if is_shared_service(*p)
    }


def test_collateral_lists_everybody_else_with_the_same_identifiers() -> None:
    """A third carrier, above the cap or not, is named beside the identifier; what only one member carries is not."""
    rows = [(a, "W1", f"{a}w", 0, "wallet") for a in "ABC"] + [(a, "9", f"{a}p", 0, "pixel") for a in "ABDE"]
    rows += [("A", "W2", "own", 0, "wallet"), ("F", "W2", "f", 0, "wallet")]
    con = connection(rows)
    edges = pd.DataFrame({"account_a": ["A"], "account_b": ["B"]})
    found = collateral(con, edges, max_degree=3)
    assert found[["account_id", "object_type", "degree", "n_inside"]].to_numpy().tolist() == [
        ["C", "wallet", 3, 2],
        ["D", "pixel", 4, 2],
        ["E", "pixel", 4, 2],
    ]
    assert found["capped"].tolist() == ["", "more than 3 carriers", "more than 3 carriers"]
    assert collateral(con, edges.head(0)).empty


def test_a_cap_without_meaning_is_refused() -> None:
    with pytest.raises(InputError, match="cap of 1"):
        capped(connection([("A", "x", "1", 0, "pixel")]), max_degree=1)
    with pytest.raises(InputError, match="no type of identifier: pixle"):
        shared_identifiers(connection([("A", "x", "1", 0, "pixel")]), ["pixle"])


def test_relations_are_offered_where_any_of_their_types_is_held() -> None:
    """One type of a family is enough."""
    con = connection([("A", "x", "a", 0, "payer"), ("B", "x", "b", 0, "payer")])
    assert [n for n in available(con) if n in FAMILIES] == ["shared_payment"]
    edges = RELATIONS.get("shared_payment").edges(con, 60.0)  # type: ignore[misc]
    assert edges["relation"].tolist() == ["shared_payment"]


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_is_a_complete_relation(name: str) -> None:
    """Declared columns from nothing and from something; every type of identifier belongs to one family."""
    rule = RELATIONS.get(name)
    assert rule.untimed and rule.family == "identifier" and rule.references and rule.caveat.endswith(".")
    empty = rule.edges(connection([("A", "x", "a", 0, "url")]), 60.0)  # type: ignore[misc]
    assert list(empty.columns) == [*EDGE_COLUMNS, "expected", "p"] and empty.empty
    con = connection([("A", "x", "a", 0, rule.needs[0]), ("B", "x", "b", 0, rule.needs[0])])
    assert list(rule.edges(con, 60.0)["n_objects"]) == [1]  # type: ignore[misc]
    assert len(rule.evidence(con, 60.0, "A", "B")) == 1
    assert sorted(t for types in FAMILIES.values() for t in types) == sorted(IDENTIFIERS)


CARRIED = st.lists(
    st.tuples(
        st.sampled_from("ABCDE"), st.sampled_from("xyz"), st.integers(0, 90), st.sampled_from(["wallet", "payer"])
    ),
    min_size=1,
    max_size=30,
).map(lambda rows: [(a, o, f"{a}{i // 4}", h * 3600.0, t) for i, (a, o, h, t) in enumerate(rows)])
COUNTS = [
    "account_a",
    "account_b",
    "n_objects",
    "n_pairs",
    "n_content_a",
    "n_content_b",
    "weight",
    "first_at",
    "last_at",
]


def counts(rows: list[tuple]) -> list[tuple]:
    edges = shared_identifiers(connection(rows), FAMILIES["shared_payment"])
    assert edges["p"].between(0, 1).all() and (edges["expected"] > 0).all()
    return list(edges[COUNTS].itertuples(index=False, name=None))


@settings(max_examples=15, deadline=None)
@given(CARRIED, st.randoms(use_true_random=False))
def test_order_of_rows_names_and_bystanders_do_not_matter(rows: list[tuple], random) -> None:
    """Shuffled rows give the same table; new names give the renamed table; a stranger with his own wallet changes no
    edge's counts."""
    base = counts(rows)
    shuffled = rows[:]
    random.shuffle(shuffled)
    assert counts(shuffled) == base
    renamed = [(f"z{a}", o, c, s, t) for a, o, c, s, t in rows]
    assert counts(renamed) == [(f"z{a}", f"z{b}", *rest) for a, b, *rest in base]
    assert counts([*rows, ("stranger", "own", "s", 0.0, "wallet")]) == base


@settings(max_examples=15, deadline=None)
@given(CARRIED)
def test_counts_against_every_pair_of_accounts(rows: list[tuple]) -> None:
    """Objects, pairs and weights as a plain restatement counts them; never more objects than both carry."""
    carried: dict[str, dict[tuple[str, str], int]] = {}
    for a, o, _, _, t in rows:
        held = carried.setdefault(a, {})
        held[t, o] = held.get((t, o), 0) + 1
    degree = {i: sum(i in held for held in carried.values()) for held in carried.values() for i in held}
    for a, b, n, pairs, n_a, n_b, weight, _, _ in counts(rows):
        both = carried[a].keys() & carried[b].keys()
        assert n == len(both) and pairs == sum(carried[a][i] * carried[b][i] for i in both)
        for account, contents in ((a, n_a), (b, n_b)):
            assert contents == len({c for x, o, c, _, t in rows if x == account and (t, o) in both})
        assert weight == pytest.approx(sum(0.5 / log2(1 + degree[i]) for i in both))
    linked = {(a, b) for a, b in combinations(sorted(carried), 2) if carried[a].keys() & carried[b].keys()}
    assert {(r[0], r[1]) for r in counts(rows)} == linked


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=20), st.text(min_size=1, max_size=20))
def test_hostile_names_come_through(object_id: str, account: str) -> None:
    """Quotes, semicolons and comment marks in identifiers and names are text."""
    rows = [(f"a{account}", object_id, "1", 0, "payer"), ("b'; drop table x; --", object_id, "2", 0, "payer")]
    edges = shared_identifiers(connection(rows), FAMILIES["shared_payment"])
    assert edges["n_objects"].tolist() == ([1] if rows[0][0] != rows[1][0] else [])
    evidence = RELATIONS.get("shared_payment").evidence(connection(rows), 60.0, rows[0][0], rows[1][0])
    assert evidence["object_id"].tolist() == [object_id] * len(edges)


def test_sites_of_concern(shared_data) -> None:
    """Of 13 indicators that several domains share, 8 identify and make three links; two are counters that everybody uses."""
    con = loaded(shared_data("disinfo_laundromat.tar.gz"), "disinfo_laundromat")
    edges = shared_identifiers(con, FAMILIES["shared_infrastructure"])
    found = {(a, b): n for a, b, n in zip(edges["account_a"], edges["account_b"], edges["n_objects"], strict=True)}
    assert found == {
        ("web:novorosinform.org", "web:tsargrad.tv"): 5,
        ("web:geopolitika.ru", "web:katehon.com"): 2,
        ("web:nation-news.ru", "web:politros.com"): 1,
    }
    held_back = capped(con)
    assert held_back[["object_id", "degree"]].head(2).to_numpy().tolist() == [["yandex.ru", 10], ["mail.ru", 8]]


def test_takedown_reports_on_one_network(shared_data) -> None:
    """Meta's reports of September 2022 and of June 2023 name 311 domains in common: both are about one operation."""
    con = loaded(shared_data("meta_threat_research_to_Q1_2025.tar.gz"), "meta_threat_research")
    edges = shared_identifiers(con, LANDING)
    assert len(edges) == 1
    edge = edges.iloc[0]
    assert edge["account_a"] == "report:2022_09_removing_coordinated_inauthentic_behavior_from_china_and_russia"
    assert edge["account_b"] == "report:q2_2023_doppelganger_russia_based_cib_network_updated"
    assert edge["n_objects"] == 311 and edge["p"] < 1e-200
    assert capped(con).set_index("object_id")["degree"].to_dict()["twitter.com"] == 21


def test_pages_under_two_addresses(shared_data) -> None:
    """Facebook pages that were shown by number and, later, by name are linked by the followers their ads were aimed by."""
    con = loaded(shared_data("ira_facebook_ads.tar.gz"), "ira_facebook_ads")
    edges = shared_identifiers(con, FAMILIES["shared_infrastructure"])
    linked = set(zip(edges["account_a"], edges["account_b"], strict=True))
    for number, name in (
        ("757183957716200", "Secured.Borders"),
        ("839497472793277", "lgbtun"),
        ("265201130527872", "PanAfrootsmove"),
        ("682703661903512", "brownunitedfront"),
    ):
        assert (f"facebook:{number}", f"facebook:{name}") in linked
    assert len(edges) == 58
    assert shared_identifiers(con, LANDING).empty
    assert capped(con).iloc[0][["object_id", "degree", "n_edges"]].tolist() == ["facebook.com", 167, 13_861]
