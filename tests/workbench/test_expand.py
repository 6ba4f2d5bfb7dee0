"""Expansion: counted before, bounded always, taken back exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from investigate.errors import InputError, UnknownNameError
from investigate.workbench import Workbench
from investigate.workbench.offers import BUNDLE_ABOVE, MAX_NEW
from tests.workbench.worlds import made_case


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A case with an account linked to 50,000 others, and a page that 50,000 accounts posted."""
    others = [f"one{i:05d}" for i in range(50_000)]
    core = ["hub", "a", "b", "c"]
    posts = [
        (f"p{i}", name, "look https://example.com/page", float(i % 86_400)) for i, name in enumerate([*core, *others])
    ]
    links = [("hub", name, "co_url", 2.0 + i % 7, False) for i, name in enumerate(others)]
    links += [(x, y, "co_url", 9.0, True) for i, x in enumerate(core) for y in core[i + 1 :]]
    return made_case(tmp_path_factory.mktemp("hub") / "hub", posts, links, dict.fromkeys(core, 1))


def test_preview_counts_equal_networkx_over_accounts(wb, case):
    """For every account of the first picture and every relation: different neighbours, shown and new, as in NetworkX."""
    graph = case.graph("all").to_networkx("multi")
    shown, compared = set(wb.state.places), 0
    for node in sorted(wb.state.places):
        table = wb.preview(node).set_index("via")
        for relation in case.settings.relations:
            want = {v for _, v, key in graph.edges(node, keys=True) if key == relation}
            if not want:
                assert relation not in table.index
                continue
            row = table.loc[relation]
            assert (row["n"], row["shown"], row["new"]) == (len(want), len(want & shown), len(want - shown))
            compared += 1
    assert compared > 60


def test_preview_counts_equal_networkx_over_contents_and_objects(wb, case):
    """By type of object, and for contents and objects on the canvas: as in the account-content-object graph."""
    everybody = case.sql("select account_id, content_id, object_type, object_id, acted_at from actions")
    graph = replace(case.graph("all"), actions=everybody).to_networkx("content")
    node = min(wb.state.places)
    wb.expand(node, via=["url", "content"], top=15)
    shown = set(wb.state.places)
    objects: dict[str, set[str]] = {}
    for content in graph.successors(node):
        for thing in graph.successors(content):
            objects.setdefault(thing.partition(":")[0], set()).add(thing)
    table = wb.preview(node).set_index("via")
    for kind, want in objects.items():
        row = table.loc[kind]
        assert (row["n"], row["shown"], row["new"]) == (len(want), len(want & shown), len(want - shown))
    url = next(n for n in sorted(shown) if n.startswith("url:"))
    contents = set(graph.predecessors(url))
    accounts = {a for c in contents for a in graph.predecessors(c)}
    table = wb.preview(url).set_index("via")
    assert (table.loc["content", "n"], table.loc["account", "n"]) == (len(contents), len(accounts))
    assert table.loc["account", "shown"] == len(accounts & shown)
    post = next(n for n in sorted(shown) if n.startswith("content:"))
    table = wb.preview(post).set_index("via")
    for kind in {t.partition(":")[0] for t in graph.successors(post)}:
        assert table.loc[kind, "n"] == sum(t.startswith(f"{kind}:") for t in graph.successors(post))


def test_preview_of_several_nodes_counts_each_neighbour_once(wb, case):
    """For a selection: the neighbours of all, without repeats."""
    graph = case.graph("all").to_networkx("multi")
    nodes = sorted(wb.state.places)[:12]
    row = wb.preview(nodes).set_index("via").loc["co_url"]
    assert row["n"] == len({v for n in nodes for _, v, key in graph.edges(n, keys=True) if key == "co_url"})


def test_preview_respects_filter_time_and_weight(wb, case):
    """What the filter, the time or a least weight leaves out is not counted, as in `RelationGraph.keep`."""
    node = min(wb.state.places)
    start, end = "2026-03-05T12:00Z", "2026-03-06T12:00Z"
    wb.filter(max_q=0.01)
    wb.time(start, end)
    graph = case.graph("all").keep(max_q=0.01, start=start, end=end)
    e = graph.edges[(graph.edges["relation"] == "co_url") & (graph.edges["weight"] >= 3)]
    mine = e[(e["account_a"] == node) | (e["account_b"] == node)]
    table = wb.preview(node, min_weight=3).set_index("via")
    assert len(mine) and table.loc["co_url", "n"] == len(mine)


def test_expand_brings_the_strongest(hub):
    """Top 5 by links: the five heaviest new ones, and a bundle for the rest; again: the next five."""
    wb = Workbench(hub, view="strongest")
    weight = dict(zip(hub.edges["account_b"], hub.edges["weight"], strict=True))
    wb.expand("hub", via="co_url", top=5)
    new = [n for n in wb.state.places if n.startswith("one")]
    assert len(new) == 5 and all(weight[n] == 8.0 for n in new)
    wb.expand("bundle:hub|co_url", top=5)
    assert len([n for n in wb.state.places if n.startswith("one")]) == 10


def test_a_hub_of_fifty_thousand_stays_a_bundle(hub):
    """Neither relation nor type nor a huge `top` floods the canvas; what is left out is one node, and is counted."""
    wb = Workbench(hub, view="flood")
    row = wb.preview("hub").set_index("via").loc["co_url"]
    assert (row["n"], row["shown"], row["new"], row["bundled"]) == (50_003, 3, 50_000, True)
    wb.expand("hub")
    assert len(wb.state.places) == 4 + 20 + 1
    assert "49,980 more" in wb.notice
    scene = wb.scene()
    label = scene["labels"][scene["ids"].index("bundle:hub|co_url")]
    assert label.startswith("49,980 more of hub")
    wb.add("url:https://example.com/page")
    wb.expand("url:https://example.com/page", via=["account", "content"])
    assert len(wb.state.places) < 100
    wb.expand("hub", top=50_000)
    assert len(wb.state.places) < MAX_NEW + 100
    assert f"at most {MAX_NEW:,}" in wb.notice
    assert wb.table("accounts").shape[0] < MAX_NEW + 100
    assert wb.details("bundle:hub|co_url")["facts"][0][1] > BUNDLE_ABOVE


def test_links_to_those_shown_are_drawn_after_expanding(wb, case):
    """Expanding by a relation draws all links of the node by it, and not only the telling ones."""
    edges = case.edges[~case.edges["unusual"] & (case.edges["relation"] == "co_hashtag")]
    members = set(case.communities["account_id"])
    known = edges[edges["account_a"].isin(members) ^ edges["account_b"].isin(members)].iloc[0]
    inside = known["account_a"] if known["account_a"] in members else known["account_b"]
    outside = known["account_b"] if inside == known["account_a"] else known["account_a"]
    wb.expand(inside, via="co_hashtag", top=1000)
    drawn = {frozenset(p) for p in zip(wb.table("edges")["a"], wb.table("edges")["b"], strict=True)}
    assert frozenset((inside, outside)) in drawn


def test_collapse_takes_off_what_nothing_else_needs(wb):
    """Collapsing removes what only this expansion brought; what another also found, is pinned, or was expanded, stays."""
    start = set(wb.state.places)
    a, b = sorted(start)[:2]
    wb.expand(a, via="url", top=50)
    of_a = set(wb.state.places) - start
    wb.collapse(a)
    assert set(wb.state.places) == start and wb.state.opened == {}
    wb.undo()
    wb.expand(b, via="url", top=50)
    of_b = {n for n in wb.state.needs[b] if n not in start}
    kept = min(of_a - of_b)
    wb.pin(kept)
    wb.collapse(a)
    assert set(wb.state.places) == start | of_b | {kept}
    assert "stay" in wb.notice
    wb.collapse(b)
    assert set(wb.state.places) == start | {kept}
    with pytest.raises(InputError, match="not expanded"):
        wb.collapse(b)


def test_collapse_keeps_a_chain_that_was_expanded_on(wb):
    """A page brought by an account and expanded itself stays when the account is collapsed, with what it brought."""
    start = set(wb.state.places)
    a = min(start)
    wb.expand(a, via="url", top=3)
    page = min(set(wb.state.places) - start)
    wb.expand(page, via="content", top=5)
    brought = set(wb.state.needs[page])
    wb.collapse(a)
    assert {page, *brought} <= set(wb.state.places)
    wb.collapse(page)
    assert page in wb.state.places and not (brought - start) & set(wb.state.places)


def test_groups_fold_and_open(wb, case):
    """Grouped: one node per community with its size, links added up, none inside; expanding opens one, collapse closes."""
    members = case.communities.groupby("community")["account_id"].agg(set)
    links = len(wb.scene()["a"])
    wb.group()
    scene = wb.scene()
    assert {n for n in scene["ids"]} == {f"community:{n}" for n in members.index}
    assert f"{len(members[1])} accounts" in scene["labels"][scene["ids"].index("community:1")]
    assert wb.counts()["accounts"] == sum(map(len, members))
    wb.expand("community:1")
    assert members[1] <= set(wb.scene()["ids"]) and "community:1" not in wb.scene()["ids"]
    wb.collapse(min(members[1]))
    assert "community:1" in wb.scene()["ids"]
    wb.select(min(members[1]))
    assert wb.selection == ["community:1"]
    wb.group(None)
    assert len(wb.scene()["a"]) == links


def test_path_is_a_shortest_one(wb, case):
    """Against NetworkX on all links, for pairs of accounts across the data."""
    import networkx as nx

    graph = nx.Graph(case.graph("all").to_networkx("projected"))
    rng = np.random.default_rng(0)
    nodes = sorted(max(nx.connected_components(graph), key=len))
    for a, b in rng.choice(nodes, (8, 2)):
        if a == b:
            continue
        wb.add([a, b])
        wb.path(str(a), str(b))
        assert len(wb.selection) == nx.shortest_path_length(graph, a, b) + 1
        way = wb.selection
        assert all(any(graph.has_edge(x, y) for y in way) for x in way)
    apart = sorted(set(graph) - set(nodes))
    if apart:
        wb.add([apart[0], nodes[0]])
        wb.path(apart[0], nodes[0])
        assert "no path" in wb.notice


def test_common_neighbours_equal_networkx(wb, case):
    """Accounts and objects that two selections share, as in NetworkX."""
    graph = case.graph("all").to_networkx("projected")
    a, _, _, b = sorted(wb.state.places)[:4]
    wb.common(a, b, top=500)
    assert set(wb.selection) == (set(graph[a]) & set(graph[b]))
    both = case.graph("all").to_networkx("bipartite")
    wb.common(a, b, through="objects", top=500)
    objects = {n for n in wb.selection if both.nodes[n]["kind"] == "object"} if wb.selection else set()
    assert objects == set(both[a]) & set(both[b])


def test_wrong_names_are_refused_with_a_hint(wb):
    """Unknown nodes, relations, arguments and gestures name the nearest that exists; nothing changes."""
    state, node = wb.state, min(wb.state.places)
    with pytest.raises(InputError, match="did you mean"):
        wb.expand(node[:-1])
    with pytest.raises(UnknownNameError, match="co_url"):
        wb.expand(node, via="co_urls")
    with pytest.raises(InputError, match="did you mean 'nodes'"):
        wb.do("expand", node=node)
    with pytest.raises(UnknownNameError, match="expand"):
        wb.do("expnad", nodes=[node])
    with pytest.raises(InputError, match="1 or more"):
        wb.expand(node, top=0)
    with pytest.raises(InputError, match="does not hold"):
        wb.add("nobody at all")
    assert wb.state is state and wb.history.empty
