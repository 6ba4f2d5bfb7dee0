"""The graph of pages, ads, landing domains and payers: what connects, what is only marked, and the real ads."""

from __future__ import annotations

import networkx as nx
import pytest
from tables_of_rows import connection

from investigate.errors import InputError
from investigate.relations.advertising import advertisers, advertising_graph
from investigate.sources import read
from investigate.store import define_views


def ads() -> list[tuple]:
    """A and B lead to one shop, B and C are paid by one payer, 60 honest pages lead to one charity, D to Facebook."""
    rows = [("A", "shop.com", "a1", 0, "landing_domain"), ("A", "shop.com", "a2", 60, "landing_domain")]
    rows += [("B", "shop.com", "b1", 0, "landing_domain"), ("B", "acme ltd", "b1", 0, "payer")]
    rows += [("C", "acme ltd", "c1", 0, "payer"), ("D", "facebook.com", "d1", 0, "landing_domain")]
    rows += [("A", "facebook.com", "a3", 0, "landing_domain")]
    return rows + [(f"h{i:02d}", "charity.org", f"h{i}", 0, "landing_domain") for i in range(60)]


def test_nodes_edges_and_their_rows() -> None:
    """Kinds on nodes, kinds and rows on edges, from page to ad to domain and payer."""
    graph = advertising_graph(connection(ads()))
    assert type(graph) is nx.DiGraph
    assert graph.nodes["page:A"] == {"kind": "page", "label": "A"}
    assert graph.nodes["landing_domain:shop.com"] == {
        "kind": "landing_domain",
        "label": "shop.com",
        "degree": 2,
        "capped": "",
    }
    assert graph.edges["page:B", "ad:b1"]["kind"] == "publishes"
    assert graph.edges["ad:b1", "landing_domain:shop.com"]["rows"] == "3"
    assert graph.edges["ad:b1", "payer:acme ltd"] == {
        "kind": "paid_by",
        "n_rows": 1,
        "rows": "4",
        "first_at": "2024-03-01T00:00:00+00:00",
        "last_at": "2024-03-01T00:00:00+00:00",
    }
    assert nx.has_path(graph, "page:A", "landing_domain:shop.com") and not nx.has_path(graph, "page:A", "page:B")


def test_what_is_capped_is_there_and_connects_nothing() -> None:
    """60 pages lead to one charity and two to Facebook: both nodes are there, marked; only A, B and C hang together."""
    graph = advertising_graph(connection(ads()))
    assert graph.nodes["landing_domain:charity.org"]["capped"] == "more than 50 carriers"
    assert graph.nodes["landing_domain:facebook.com"]["capped"] == "known shared service"
    found = advertisers(graph)
    assert found["page"].tolist() == ["A", "B", "C"] and set(found["component"]) == {1}
    assert found["n_ads"].tolist() == [3, 1, 1]
    assert found["through"].iloc[0] == "landing_domain:shop.com; payer:acme ltd"
    assert len(advertisers(advertising_graph(connection(ads()), max_degree=60))) == 63


def test_rows_in_any_order_give_the_same_graph() -> None:
    """Numbers of rows aside, which follow the rows."""
    one, two = (advertising_graph(connection(rows)) for rows in (ads(), ads()[::-1]))
    assert list(one.nodes(data=True)) == list(two.nodes(data=True)) and set(one.edges) == set(two.edges)


def test_it_can_be_written(tmp_path) -> None:
    """GraphML takes every attribute."""
    nx.write_graphml(advertising_graph(connection(ads())), tmp_path / "ads.graphml")
    assert len(nx.read_graphml(tmp_path / "ads.graphml")) == len(advertising_graph(connection(ads())))


def test_no_ads_and_no_such_type_are_said() -> None:
    with pytest.raises(InputError, match="hold no ads"):
        advertising_graph(connection([("A", "x", "a", 0, "url")]))
    with pytest.raises(InputError, match="no type of identifier: landing"):
        advertising_graph(connection(ads()), ("landing",))


def test_pages_of_the_real_ads(shared_data) -> None:
    """Where the ads lead connects nothing here (the landing place is the account); by audiences 51 pages hang together in
    18 groups."""
    from investigate import engine

    con = engine.connect()
    for name, table in read(shared_data("ira_facebook_ads.tar.gz"), "ira_facebook_ads").tables.items():
        con.register(name, table)
    define_views(con)
    assert advertisers(advertising_graph(con)).empty
    graph = advertising_graph(con, ("landing_domain", "audience"))
    assert sum(1 for _, kind in graph.nodes(data="kind") if kind == "ad") == 3_458
    assert graph.nodes["landing_domain:facebook.com"]["degree"] == 167
    found = advertisers(graph)
    assert found["component"].max() == 18 and len(found) == 51
    together = found.groupby("component")["page"].apply(set).tolist()
    assert {"facebook:757183957716200", "facebook:Secured.Borders"} in together
