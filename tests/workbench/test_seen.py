"""What is visible is one thing in the picture, the tables, the selection and the counts."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from investigate.errors import InputError, UnknownNameError
from investigate.workbench import GESTURES, Workbench
from tests.workbench.worlds import made_case

BRUSH = ("2026-03-05T12:00:00Z", "2026-03-05T15:00:00Z")


def test_the_first_picture_is_the_communities_with_their_telling_links(wb, case):
    """Nodes and links of `Case.graph("communities")`, each at a place of its own, and a summary in words."""
    graph = case.graph("communities")
    scene = wb.scene()
    assert scene["ids"] == sorted(graph.accounts["account_id"])
    want = sorted(zip(graph.edges["account_a"], graph.edges["account_b"], graph.edges["relation"], strict=True))
    edges = wb.table("edges")
    assert sorted(map(tuple, edges[["a", "b", "relation"]].to_numpy())) == want
    ends = zip(scene["a"].tolist(), scene["b"].tolist(), scene["relation"].tolist(), strict=True)
    assert sorted((scene["ids"][a], scene["ids"][b], scene["relation_names"][r]) for a, b, r in ends) == want
    assert len({(x, y) for x, y in zip(scene["x"].tolist(), scene["y"].tolist(), strict=True)}) == len(scene["ids"])
    assert wb.summary.startswith(f"{len(scene['ids'])} accounts, {len(want)} links, 0 selected")
    numbers = case.communities.set_index("account_id")["community"]
    assert [scene["groups"][g]["name"] for g in scene["group"]] == [f"Group {numbers[i]}" for i in scene["ids"]]


def test_the_brush_governs_everything_together(wb, case):
    """Under a span of time: the accounts that published in it, in picture, table, counts and selection; contents of it."""
    start, end = "2026-03-05T12:00:00Z", "2026-03-05T12:20:00Z"
    wb.select(sorted(wb.state.places))
    wb.time(start, end)
    inside = case.sql(f"select distinct account_id from content where created_at between '{start}' and '{end}'")
    active = set(inside["account_id"])
    want = sorted(set(wb.state.places) & active)
    assert 0 < len(want) < len(wb.state.places)
    scene, table, contents = wb.scene(), wb.table("accounts"), wb.table("contents")
    assert scene["ids"] == want == sorted(table["node"]) == wb.selection
    assert wb.counts()["accounts"] == wb.counts()["selected"] == len(want)
    assert contents["at"].between(pd.Timestamp(start), pd.Timestamp(end)).all() and set(contents["account"]) == set(
        want
    )
    assert table["posts"].sum() == len(contents)
    edges = wb.table("edges")
    assert ((edges["first_at"] <= end) & (edges["last_at"] >= start)).all()
    assert set(edges["a"]) | set(edges["b"]) <= set(want)
    outside = min(set(wb.state.places) - active)
    wb.select(outside, mode="add")
    assert wb.selection == want and "not visible" in wb.notice
    wb.invert()
    assert wb.selection == []


def test_nothing_selected_is_ever_invisible(wb):
    """After any of these, the selection is a part of what is seen."""
    nodes = sorted(wb.state.places)
    wb.select(nodes)
    for step in (
        lambda: wb.hide(nodes[:3]),
        lambda: wb.filter(relations=["co_url"], lonely=False),
        lambda: wb.time(*BRUSH),
        lambda: wb.group(),
        lambda: wb.keep(wb.scene()["ids"][:1]),
    ):
        step()
        assert set(wb.selection) <= set(wb.scene()["ids"])
        assert [wb.scene()["ids"][i] for i in wb.scene()["selected"]] == wb.selection


def test_time_of_contents_and_objects(wb, case):
    """Contents of the span and objects acted on in it are seen, others not."""
    node = min(wb.state.places)
    wb.expand(node, via=["content", "url"], top=100)
    wb.time(*BRUSH)
    inside = f"created_at between '{BRUSH[0]}' and '{BRUSH[1]}'"
    held = case.sql(f"select content_id from content where account_id = '{node}' and {inside}")["content_id"]
    seen = wb.scene()["ids"]
    assert {n for n in seen if n.startswith("content:")} == {f"content:{c}" for c in held}
    times = case.sql(
        f"select distinct object_id from actions where object_type = 'url' and acted_at between '{BRUSH[0]}' and '{BRUSH[1]}'"
    )
    acted = {f"url:{o}" for o in times["object_id"]} & set(wb.state.places)
    assert {n for n in seen if n.startswith("url:")} == acted


def test_a_step_of_playing_changes_nothing(wb):
    """A picture and counts of another span leave the view, the history and the selection alone."""
    wb.select(sorted(wb.state.places)[:9])
    state, start = wb.state, pd.Timestamp(BRUSH[0]).value // 1000
    played = wb.scene(time=(start, start + 3_600_000_000))
    assert 0 < len(played["ids"]) < len(state.places)
    assert wb.counts(time=(start, start + 3_600_000_000))["nodes"] == len(played["ids"])
    assert wb.state is state and len(wb.history) == 1


def test_rules_select_what_they_say(wb, case):
    """Degree, community, links to the selection, search, relation and kind, each against the table."""
    nodes, accounts, edges = sorted(wb.state.places), wb.table("accounts").set_index("node"), wb.table("edges")
    wb.select_rule("degree", min=40)
    assert wb.selection == sorted(accounts.index[accounts["links"] >= 40])
    wb.select_rule("community", community=2)
    assert wb.selection == sorted(accounts.index[accounts["community"] == 2])
    wb.select_rule("relation", relation="co_text")
    own = edges[edges["relation"] == "co_text"]
    assert wb.selection == sorted(set(own["a"]) | set(own["b"]))
    wb.select_rule("search", text="BER")
    assert wb.selection == [n for n in nodes if "ber" in n]
    wb.select(nodes[:4])
    pairs = {frozenset(p) for p in zip(edges["a"], edges["b"], strict=True)}
    wb.select_rule("linked_to_selected", k=3)
    assert wb.selection == [n for n in nodes[4:] if sum(frozenset((n, s)) in pairs for s in nodes[:4]) >= 3]
    wb.tag(nodes[:2], "check", "why")
    wb.select_rule("tag", name="check")
    assert wb.selection == nodes[:2]
    wb.select_rule("kind", name="account", mode="toggle")
    assert wb.selection == nodes[2:]
    with pytest.raises(InputError, match="takes min"):
        wb.select_rule("degree", k=3)
    with pytest.raises(UnknownNameError, match="degree"):
        wb.select_rule("degre", min=3)


def test_filters_hide_links_and_kinds(wb):
    """By relation, weight, q and kind; a second call replaces the first; without arguments everything is back."""
    before = wb.table("edges")
    wb.filter(relations=["co_url"], min_weight=4, max_q=1e-6)
    edges = wb.table("edges")
    want = before[(before["relation"] == "co_url") & (before["weight"] >= 4) & (before["q"] <= 1e-6)]
    assert len(edges) == len(want) > 0
    assert len(wb.scene()["ids"]) == len(wb.state.places)
    wb.filter(relations=["co_url"], min_weight=4, max_q=1e-6, lonely=False)
    assert set(wb.scene()["ids"]) == set(want["a"]) | set(want["b"])
    wb.filter()
    assert len(wb.table("edges")) == len(before)
    wb.filter(edges="all")
    assert len(wb.table("edges")) > len(before)
    wb.filter()
    wb.expand(min(wb.state.places), via=["url", "hashtag"])
    wb.filter(kinds=["account", "hashtag"])
    assert {wb.scene()["kinds"][k] for k in wb.scene()["kind"]} == {"account", "hashtag"}
    with pytest.raises(UnknownNameError, match="co_url"):
        wb.filter(relations=["co_ulr"])


def test_the_brush_counts_every_post_of_the_accounts_on_the_canvas(wb, case):
    """Bins add up to the posts, cover first and last, and do not change when a span or a selection is made."""
    brush = wb.brush()
    ids = ", ".join(f"'{n}'" for n in wb.state.places)
    posts = case.sql(f"select epoch_us(created_at) as at from content where account_id in ({ids})")["at"].to_numpy()
    assert brush["bins"].sum() == len(posts) == brush["total"]
    assert brush["from_us"] <= posts.min() and posts.max() < brush["to_us"]
    assert len(brush["bins"]) * brush["step_us"] == brush["to_us"] - brush["from_us"]
    edges = brush["from_us"] + brush["step_us"] * np.arange(len(brush["bins"]) + 1)
    assert brush["bins"].tolist() == np.histogram(posts, np.append(edges[:-1], edges[-1] - 0.5))[0].tolist()
    wb.time(*BRUSH)
    wb.select(wb.scene()["ids"][:1])
    again = wb.brush()
    assert again["bins"].tolist() == brush["bins"].tolist() and again["range"] == list(wb.state.time)
    assert (
        again["selected"].sum()
        == case.sql(f"select count(*) as n from content where account_id = '{wb.selection[0]}'")["n"][0]
    )


def test_details_of_a_link_are_its_rows(wb, case):
    """Posts side by side with times, gap and who was first; chance in words; explanations of its finding; exhibits."""
    finding = case.findings[0]
    edges = wb.table("edges")
    inside = edges[edges["a"].isin(finding.members) & edges["b"].isin(finding.members)].iloc[0]
    target = [inside["b"], inside["a"], inside["relation"]]  # the other way round
    found, rows = wb.details(target), case.evidence((inside["a"], inside["b"]), inside["relation"])
    assert found["edge"] == [inside["a"], inside["b"], inside["relation"]]
    assert found["n_pairs"] == len(rows) and found["n_objects"] == rows["object_id"].nunique()
    pair, row = found["pairs"][0], rows.iloc[0]
    assert (pair["a"]["id"], pair["b"]["id"], pair["gap_s"]) == (row["content_a"], row["content_b"], abs(row["lag_s"]))
    earlier = inside["label_a"] if row["at_a"] < row["at_b"] else inside["label_b"]
    assert pair["first"] in (f"{earlier} first", "at the same time")
    assert "expected by chance" in found["chance"][0]
    assert {e["title"] for e in found["explanations"]} >= {a.name for a in finding.alternatives}
    assert finding.finding_id in {f["id"] for f in found["findings"]}
    number = wb.exhibit("edge", target, note="the first").number
    assert wb.details(target)["exhibits"] == [number]
    assert f"view {wb.view!r}" in case.exhibits()[0].query
    json.dumps(found)


def test_details_of_every_kind_of_node(wb, case):
    """Account, post, object, community, bundle, and links to contents and objects: facts, and nothing that JSON cannot hold."""
    node = min(wb.state.places)
    wb.tag(node, "check", "posts at night")
    wb.expand(node, via=["content", "url"], top=3)
    wb.group()
    held = wb.details(node)
    assert held["tags"][0]["name"] == "check" and "posts at night" in held["tags"][0]["words"]
    graph = case.graph("all").to_networkx("multi")
    assert held["n_linked"] == graph.degree(node)
    assert held["n_contents"] == case.sql(f"select count(*) as n from content where account_id = '{node}'")["n"][0]
    for other in wb.state.places:
        assert wb.details(other)["title"]
        json.dumps(wb.details(other))
    wb.group(None)
    for a, b, relation in wb.table("edges")[["a", "b", "relation"]].tail(60).to_numpy().tolist():
        json.dumps(wb.details([a, b, relation]))
    with pytest.raises(InputError, match="no link"):
        wb.details([node, node, "co_url"])


def test_merged_accounts_are_drawn_as_one_and_their_links_opened(wb, case):
    """Two merged accounts: one node, its links those of both; a link drawn for the other account shows that one's rows."""
    edges = wb.table("edges")
    a, b = edges["a"].iloc[0], edges["b"].iloc[0]
    third = next(
        n for n in sorted(set(edges["b"])) if n not in (a, b) and len(edges[(edges["a"] == a) & (edges["b"] == n)])
    )
    wb.merge(a, third, "same bank account")
    chief = min(a, third)
    scene = wb.scene()
    assert chief in scene["ids"] and max(a, third) not in scene["ids"]
    assert "2 accounts of one operator" in scene["marks"][scene["ids"].index(chief)]
    now = wb.table("edges")
    assert not ((now["a"] == chief) & (now["b"] == chief)).any()
    together = now[(now["merged"] > 1) & ((now["a"] == chief) | (now["b"] == chief))].iloc[0]
    links = wb.details([together["a"], together["b"], together["relation"]])
    assert links["n_linked"] == together["merged"] == 2
    assert all({*row["edge"][:2]} & {a, third} for row in links["linked"])
    assert [wb.details(row["edge"])["n_pairs"] > 0 for row in links["linked"]] == [True, True]
    with pytest.raises(InputError, match="2 links are drawn as this one"):
        wb.exhibit("edge", [together["a"], together["b"], together["relation"]])
    assert wb.exhibit("edge", links["linked"][1]["edge"]).n_rows > 0
    wb.undo()
    assert wb.table("edges").equals(edges)


def test_snapshot_has_the_same_places(wb):
    """The view for a report: the same nodes at the same places, as SVG and live; hidden ones not on it."""
    nodes = sorted(wb.state.places)
    wb.hide(nodes[:3])
    wb.move({nodes[4]: (0.9, 0.9)})
    wb.expand(nodes[5], via=["url"], top=4)
    view = wb.snapshot()
    held = {n.id: (n.x, n.y) for n in view.figure.nodes.itertuples()}
    assert held == {n: wb.state.places[n] for n in wb.scene()["ids"]}
    assert "<svg" in view.figure.to_svg() and "<iframe" in view._repr_html_()
    assert len(view.figure.edges) == wb.counts()["links"]


def test_a_view_is_an_exhibit_with_its_code(wb, case):
    """A pinned view holds the accounts that are visible and the code that makes it."""
    wb.keep(sorted(wb.state.places)[:5])
    made = wb.exhibit("view", note="the core")
    assert made.kind == "view" and made.ref == "main" and made.n_rows == 5
    assert "wb.keep(" in made.query


def test_every_gesture_is_a_method_that_says_what_it_does(wb):
    """Name, title, summary, documentation and arguments of each; the table of gestures lists them all."""
    import inspect

    assert len(GESTURES.names()) >= 26
    for gesture in GESTURES:
        method = getattr(Workbench, gesture.name)
        assert method.__doc__ and gesture.title and gesture.summary.endswith(".")
        assert list(inspect.signature(method).parameters)[1:] == list(gesture.signature.parameters)
    assert set(wb.gestures["name"]) == set(GESTURES.names())


HOSTILE = [
    "<script>alert(1)</script>",
    "\u202egnp.exe",
    "content:1",
    "community:1",
    "bundle:x|co_url",
    "url:https://example.com/page",
    "account:x",
    "a|b",
    'quote" and \\ back',
    "new\nline",
    "' or 1=1 --",
    "=cmd()",
    "ｗｉｄｅ",
    "emoji 😀",
]


def test_hostile_names(tmp_path):
    """Names that look like markup, other kinds of node, SQL or formulas: they stay themselves, through every gesture,
    the files and a new process's reading; what is for showing is revealed and defanged."""
    links = [(a, b, "co_url", 5.0, True) for i, a in enumerate(HOSTILE) for b in HOSTILE[i + 1 :]]
    posts = [(f"p{i}", n, f"see https://example.com/page {n}", float(i)) for i, n in enumerate(HOSTILE)]
    case = made_case(tmp_path / "hostile", posts, links, dict.fromkeys(HOSTILE, 1))
    wb = Workbench(case)
    names = set(case.communities["account_id"])
    assert set(wb.table("accounts")["account_id"]) == names == set(HOSTILE)
    assert len(wb.scene()["ids"]) == len(HOSTILE)
    nodes = wb.scene()["ids"]
    assert "account:content:1" in nodes and "account:community:1" in nodes and "account:account:x" in nodes
    for node in nodes:
        wb.select(node)
        assert wb.selection == [node]
        wb.expand(node, via=["url", "content"])
        wb.details(node)
        wb.collapse(node)
        wb.preview(node)
    wb.expand(nodes, via=["url", "content"])
    wb.group()
    wb.expand("community:1")
    wb.tag([n for n in nodes if not n.startswith("account:")], "<b>", "'; drop table content; --")
    scene, again = wb.scene(), Workbench(Case_open(case))
    assert again.state == wb.state and str(again.scene()) == str(scene)
    shown = json.dumps([scene["labels"], scene["marks"], scene["groups"], wb.history["gesture"].tolist(), wb.summary])
    assert "\u202e" not in json.loads(shown).__str__() and "https://" not in shown
    page = wb.snapshot()._repr_html_()
    assert "<script>alert(1)" not in page
    space: dict = {}
    exec(wb.to_code(), space)  # noqa: S102 - the code of hostile names must stay code of ours
    assert space["wb"].state == wb.state


def Case_open(case):
    from investigate import Case

    return Case.open(case.path)


def test_names_as_the_screen_shows_them_are_understood(wb):
    """A defanged address that somebody copies from the screen stands for the object it was made from."""
    from investigate.views._html import plain

    wb.expand(min(wb.state.places), via=["url"], top=3)
    url = next(n for n in sorted(wb.state.places) if n.startswith("url:"))
    assert plain(url) != url
    wb.select(plain(url))
    assert wb.selection == [url]


def test_find_looks_in_the_whole_case(wb, case):
    """Accounts and objects beyond the picture, exact names first; add puts them on the canvas."""
    outside = min(set(wb.context.universe.accounts) - set(wb.state.places))
    found = wb.find(outside.upper())
    assert found["node"].iloc[0] == outside and not found["on_canvas"].iloc[0]
    wb.add(outside)
    assert wb.selection == [outside] and outside in wb.scene()["ids"]
    assert wb.find("   ").empty


def test_a_case_without_groups_starts_empty_and_can_be_worked_on(tmp_path):
    """No community: the canvas is empty and says so; accounts are added by hand."""
    posts = [(f"p{i}", f"a{i}", f"text https://example.com/{i}", float(i)) for i in range(5)]
    case = made_case(tmp_path / "none", posts, [("a0", "a1", "co_url", 2.0, False)], {})
    wb = Workbench(case)
    assert wb.scene()["ids"] == [] and "no group" in wb.notice
    assert wb.table("accounts").empty and wb.table("edges").empty and wb.brush()["total"] == 0
    wb.add(["a0", "a1"])
    wb.expand("a0")
    assert wb.counts()["links"] == 1
    assert wb.snapshot().figure.nodes["id"].tolist() == ["a0", "a1"]


def test_where_one_looks_is_kept_with_the_view_and_is_no_gesture(wb, case):
    """Zoomed, closed, opened: the same place; the whole picture again when asked for; no step in the history."""
    assert wb.camera is None
    wb.look_at(cx=0.25, cy=-0.5, span=0.4)
    again = Workbench(case)
    assert again.camera == {"cx": 0.25, "cy": -0.5, "span": 0.4}
    assert again.history.empty and not again.can_undo
    with pytest.raises(InputError, match="no place to look at"):
        wb.look_at(cx=float("nan"))
    wb.look_at()
    assert wb.camera is None
