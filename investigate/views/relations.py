"""The links: the network picture, the unusual edges, and the rows behind them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..analysis import telling
from ..relations import RELATIONS
from ._scene import Card, Group, Row, scene
from ._view import View, view
from ._words import has_window, within

ROWS_PER_CARD, EDGES_PER_GROUP, ROWS_PER_EDGE = 8, 3, 8


def _inside(case: Any) -> pd.DataFrame:
    """Edges that say something, with both ends in the same group, strongest first; see `investigate.analysis.telling`."""
    place = case.communities.set_index("account_id")["community"]
    edges = telling(case.edges).copy()
    edges.insert(0, "community", edges["account_a"].map(place))
    edges = edges[edges["community"].notna() & edges["community"].eq(edges["account_b"].map(place))].astype(
        {"community": int}
    )
    return edges.sort_values(
        ["community", "q", "n_objects", "account_a", "account_b", "relation"],
        ascending=[True, True, False, True, True, True],
        ignore_index=True,
    )


def _cards(case: Any, labels: pd.Series) -> dict[str, Card]:
    """A card per member: its numbers and its posts that match most other members."""
    joint = case.joint.groupby(["account_id", "content_id", "created_at", "text"], dropna=False, as_index=False).agg(
        n_partners=("n_partners", "max"), objects=("object_id", lambda ids: tuple(sorted(set(ids)))[:4])
    )
    joint = joint.sort_values(
        ["account_id", "n_partners", "created_at", "content_id"], ascending=[True, False, True, True]
    )
    posts = {account: part for account, part in joint.groupby("account_id")}
    cards = {}
    for m in case.communities.itertuples():
        part = posts.get(m.account_id)
        rows = (
            ()
            if part is None
            else tuple(
                Row(
                    at=p.created_at.strftime("%Y-%m-%d %H:%M:%S"),
                    text=str(p.text or "")[:200],
                    objects=p.objects,
                    other=f"{p.n_partners} members within the window",
                )
                for p in part.head(ROWS_PER_CARD).itertuples()
            )
        )
        facts = (
            ("Role", m.role),
            ("Posts", f"{m.n_content:,}"),
            ("Posts that match", f"{m.n_acts:,}"),
            ("Expected by chance", f"{m.expected:.1f}"),
            ("Members met", f"{m.n_partners:,}"),
        )
        cards[m.account_id] = Card(facts=facts, rows=rows, n_rows=0 if part is None else len(part))
    return cards


def _line(case: Any) -> str:
    """What a line in the picture stands for."""
    acted, carried = (
        "a pair that acted together more often than chance explains",
        "a pair that carries the same strong identifier",
    )
    names = case.settings.relations
    if not any(RELATIONS.get(name).family == "identifier" for name in names):
        return acted
    return f"{acted}, or {carried}" if any(has_window(name) for name in names) else carried


@view(
    title="Network",
    summary="Draws the groups and their unusual edges; click an account for its posts.",
    caveat="Nearness has no meaning of its own: read lines, not distances.",
    needs=("group",),
)
def network(case: Any, *, seed: int = 0) -> View:
    edges, labels = _inside(case), case.labels()
    nodes = pd.DataFrame(
        {
            "id": case.communities["account_id"],
            "label": case.communities["account_id"].map(labels).fillna(case.communities["account_id"]),
            "group": case.communities["community"].map(lambda n: f"g{n}"),
            "size": case.communities["n_acts"].clip(lower=1) ** 0.5,
        }
    )
    lines = pd.DataFrame(
        {"a": edges["account_a"], "b": edges["account_b"], "weight": edges["n_objects"], "relation": edges["relation"]}
    )
    legend = []
    for number, part in case.communities.groupby("community"):
        top = case.objects[case.objects["community"] == number].head(1)
        about = f"{top.iloc[0]['object_type']}: {top.iloc[0]['object_id']}" if len(top) else ""
        legend.append(Group(f"g{number}", f"Group {number} ({len(part)})", about[:60]))
    titles = {name: RELATIONS.get(name).title for name in case.settings.relations}
    picture = (
        scene(
            nodes,
            lines,
            groups=legend,
            relations=titles,
            cards=_cards(case, labels),
            title="Accounts and unusual edges",
            seed=seed,
        )
        if len(nodes)
        else None
    )
    return View(
        name="network",
        title="Network",
        question="How do the accounts hang together?",
        figure=picture,
        lead="" if len(nodes) else "There is no group to draw.",
        how_to_read=f"A point is an account, a line {_line(case)}. Click an account to read its posts.",
        caveats=(
            *(
                (
                    "Members without a line act with the group as a whole, but with no single member often enough to stand out.",
                )
                if any(has_window(name) for name in case.settings.relations)
                else ()
            ),
            "Accounts outside the groups are not drawn.",
        ),
    )


@view(
    title="Edges",
    summary="Lists the unusual edges inside the groups, strongest first.",
    caveat="q is adjusted for all pairs and relations tested.",
    needs=("group",),
)
def edges(case: Any) -> View:
    table = _inside(case)
    table = table.drop(columns=["unusual"]) if table["unusual"].all() else table
    blank = [
        c
        for c in ("mean_lag_s", "n_ordered", "share_a_first", "symmetry")
        if len(table) and not table[c].fillna(0).any()
    ]
    table = table.drop(columns=blank)
    first = ["community", "relation", "account_a", "account_b", "n_objects", "n_acts", "expected", "q"]
    table = table[first + [c for c in table if c not in first]]
    for name, digits in (("expected", 4), ("lift", 1), ("symmetry", 3), ("share_a_first", 3)):
        if name in table:
            table[name] = table[name].astype(float).round(digits)
    return View(
        name="edges",
        title="Unusual edges" if "unusual" not in table else "Edges inside the groups",
        question="Which pairs are linked, how often, and how often by chance?",
        table=table,
        how_to_read="Objects: distinct ones. Acts: posts with a match, of the account with fewer, beside what chance would give. Weight: strength of "
        "the link. A first: share of the pairs of posts in which account A came first.",
        labels={
            "community": "Group",
            "relation": "Relation",
            "n_objects": "Objects",
            "n_acts": "Acts",
            "expected": "Expected by chance",
            "n_pairs": "Pairs of posts",
            "n_content_a": "Posts of A",
            "n_content_b": "Posts of B",
            "n_ordered": "Pairs with an order",
            "share_a_first": "A first",
            "unusual": "Unusual",
        },
        max_rows=15,
    )


@view(
    title="Evidence",
    summary="Shows the rows behind the strongest edges of each group: both posts, times, time between.",
    caveat="The strongest edges are not typical ones.",
    needs=("group",),
)
def evidence(case: Any, *, edges_per_group: int = EDGES_PER_GROUP, rows_per_edge: int = ROWS_PER_EDGE) -> View:
    strongest = (
        _inside(case)
        .drop_duplicates(["community", "account_a", "account_b"])
        .groupby("community")
        .head(edges_per_group)
    )
    # The strongest pair of every group before the second one of any.
    strongest = strongest.assign(place=strongest.groupby("community").cumcount()).sort_values(["place", "community"])
    parts = []
    for edge in strongest.itertuples():
        rows = case.evidence((edge.account_a, edge.account_b), edge.relation).head(rows_per_edge)
        rows.insert(0, "community", edge.community)
        parts.append(rows)
    shown = sorted(set(strongest["relation"]))
    near, timed = within(shown, case.settings.window_s), not shown or any(has_window(name) for name in shown)
    table = pd.concat(parts, ignore_index=True).dropna(axis="columns", how="all") if parts else None
    if table is not None:  # what can be read comes before what can be looked up
        last = ["content_a", "content_b", "row_a", "row_b"]
        table = table[[c for c in table if c not in last] + [c for c in last if c in table]]
    return View(
        name="evidence",
        title="Rows behind the strongest edges",
        question="What exactly did these pairs post, and when?"
        if timed
        else "What exactly do these pairs have in common?",
        table=table,
        lead="" if parts else "There is no unusual edge to open.",
        how_to_read=f"Each row is {f'a pair of posts on the same object{near}' if timed else 'something both accounts carry, at any time, with a post of each'}. Lag is the time from account_a's post to account_b's, in seconds. "
        "row_a and row_b are rows of the source file.",
        labels={
            "community": "Group",
            "relation": "Relation",
            "object_id": "Object",
            "account_a": "Account A",
            "account_b": "Account B",
            "at_a": "A posted (UTC)",
            "at_b": "B posted (UTC)",
            "lag_s": "Lag (s)",
            "content_a": "Post A",
            "content_b": "Post B",
            "text_a": "Text A",
            "text_b": "Text B",
            "row_a": "File row A",
            "row_b": "File row B",
        },
        max_rows=24,
    )


@view(
    title="Posts",
    summary="Lists every post of a member that matches another member's: the rows behind the groups.",
    caveat="Only posts that match are listed; see the case's data for all others.",
    needs=("group",),
)
def posts(case: Any) -> View:
    order = ["community", "n_partners", "created_at", "content_id", "object_type", "object_id"]
    table = case.joint.sort_values(order, ascending=[True, False, True, True, True, True], ignore_index=True)
    return View(
        name="posts",
        title="Posts that match",
        question="Which rows is each group made of?",
        table=table if len(table) else None,
        lead="" if len(table) else "No group acts together in time, so there are no matching posts.",
        max_rows=12,
        how_to_read="Members met: other members who acted on the same object within the window.",
        labels={
            "community": "Group",
            "account_id": "Account",
            "content_id": "Post",
            "created_at": "Posted (UTC)",
            "text": "Text",
            "object_type": "Type",
            "object_id": "Object",
            "n_partners": "Members met",
        },
    )
