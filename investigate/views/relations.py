"""The links: the network picture, the unusual edges, and the rows behind them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..duration import say
from ..relations import RELATIONS
from ._scene import Card, Group, Row, scene
from ._view import View, view

ROWS_PER_CARD, EDGES_PER_GROUP, ROWS_PER_EDGE = 8, 3, 8


def _inside(case: Any) -> pd.DataFrame:
    """Unusual edges with both ends in the same group, strongest first."""
    place = case.communities.set_index("account_id")["community"]
    edges = case.edges[case.edges["unusual"]].copy()
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
        how_to_read="A point is an account, a line a pair that acted together more often than chance explains. Click an account to read its posts.",
        caveats=(
            "Members without a line act with the group as a whole, but with no single member often enough to stand out.",
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
    table = _inside(case).drop(columns=["unusual"])
    for name, digits in (("expected", 4), ("lift", 1), ("symmetry", 3), ("share_a_first", 3)):
        table[name] = table[name].astype(float).round(digits)
    return View(
        name="edges",
        title="Unusual edges",
        question="Which pairs acted together, how often, and how often by chance?",
        table=table,
        how_to_read="n_objects: distinct objects. n_acts: posts with a match, of the account with fewer. expected: acts by chance.",
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
    parts = []
    for edge in strongest.itertuples():
        rows = case.evidence((edge.account_a, edge.account_b), edge.relation).head(rows_per_edge)
        rows.insert(0, "community", edge.community)
        parts.append(rows)
    table = pd.concat(parts, ignore_index=True) if parts else None
    return View(
        name="evidence",
        title="Rows behind the strongest edges",
        question="What exactly did these pairs post, and when?",
        table=table,
        lead="" if parts else "There is no unusual edge to open.",
        how_to_read=f"Each row is a pair of posts on the same object within {say(case.settings.window_s)}. lag_s is the time from account_a's post to account_b's, in seconds. "
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
        max_rows=12,
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
        table=table,
        max_rows=12,
        how_to_read="n_partners: other members who acted on the same object within the window.",
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
