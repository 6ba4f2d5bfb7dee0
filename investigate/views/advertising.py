"""Groups of advertising pages: what they are, what ties them, how they hide, and who else would be hit."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ._scene import Card, Group, scene
from ._view import View, view
from ._words import plural
from .contract import studied

STUDY = "scam_ads"
DRAWN = 400
"""Nodes of the picture beyond which only the strongest groups are drawn."""

_SIGNALS = {
    "new_page": "New page",
    "ad_before_content": "Ad before posts",
    "name_changed": "Name changed",
    "looks_alike": "Looks like a brand",
    "came_back": "Removed before",
    "same_creative": "Same text as others",
}


def words(value: Any) -> str:
    """Yes, no, or not known: a signal that nobody looked for is not absent."""
    return "not known" if pd.isna(value) else "yes" if value else "no"


def _none(table: pd.DataFrame) -> pd.DataFrame | None:
    return table if len(table) else None


@view(
    title="Groups of pages",
    summary="Lists the groups of pages that share identifiers, with grade, size, spend and what explains them.",
    caveat="A group is pages that share identifiers; agencies and chains do that openly.",
)
def ad_networks(case: Any) -> View:
    study = studied(case, STUDY)
    table = study.table("networks").drop(columns=["robust"], errors="ignore")
    told = [c for c in table if len(table) and table[c].replace("", None).notna().any()]
    first = ["network", "grade", "n_pages", "n_loose", "n_ads", "n_live", "spend"]
    table = table[[*(c for c in first if c in told), *(c for c in told if c not in first)]]
    what = "Groups of pages" if study.facts["has_ads"] else "Sites and reports with identifiers in common"
    small = f"with {study.facts['min_accounts']} pages and {study.facts['min_network_ads']} ads or more"
    return View(
        name="ad_networks",
        title=what,
        question="Which pages belong together?",
        lead=f"{plural(len(table), 'group')} came out."
        if len(table)
        else f"No group {small} came out of the identifiers.",
        table=_none(table),
        how_to_read="Pages: what stays together whichever single page or identifier is taken away, where anything does. Loose: "
        "pages that hang on by one identifier only. Families: the share of the pages that each kind of identifier keeps together "
        "alone. Held at: what keeps the grade from rising.",
        labels={
            "network": "Group",
            "grade": "Grade",
            "n_pages": "Pages",
            "n_loose": "Loose",
            "n_ads": "Ads",
            "n_live": "Live",
            "families": "Families",
            "n_identifiers": "Identifiers",
            "second_q": "q of the second family",
            "signals": "Signs of deceiving",
            "explained_by": "Explained by",
            "spend": "Spend",
            "landing_domains": "Lead to",
            "first_ad_at": "First ad (UTC)",
            "last_ad_at": "Last ad (UTC)",
            "held_at": "Held at this grade because",
        },
        caveats=("Sharing an identifier is not being one owner. Being listed is not an accusation.",),
    )


@view(
    title="Pages of the groups",
    summary="Lists the pages of each group with what is known of their age, names, brands and earlier removals.",
    caveat="A signal is a reason to look, not a judgement.",
)
def ad_members(case: Any) -> View:
    table = studied(case, STUDY).table("members").copy()
    for name in set(_SIGNALS) & set(table.columns):
        table[name] = table[name].map(words)
    table = table.drop(columns=["n_other", "n_names"], errors="ignore").dropna(axis="columns", how="all")
    return View(
        name="ad_members",
        title="Pages of the groups",
        question="Which pages are these, and how sure is it that they belong?",
        lead="" if len(table) else "There is no group.",
        table=_none(table),
        labels={
            "network": "Group",
            "account_id": "Page",
            "place": "Place",
            "name": "Name",
            "n_ads": "Ads",
            "first_ad_at": "First ad (UTC)",
            "created_at": "Page created (UTC)",
            "age_days": "Age at first ad (days)",
            **_SIGNALS,
        },
        caveats=("Pages tied by one identifier only are bystanders as often as not.",),
        max_rows=40,
    )


@view(
    title="Identifiers that tie",
    summary="Lists what the pages of each group share: type, how many carry it inside and outside, strength.",
    caveat="A strength is a convention of the field, not a measurement.",
)
def ad_identifiers(case: Any) -> View:
    table = studied(case, STUDY).table("identifiers")
    return View(
        name="ad_identifiers",
        title="Identifiers that tie",
        question="What do the pages of a group have in common?",
        lead="" if len(table) else "No identifier ties three pages or more.",
        table=_none(table),
        how_to_read="Inside: pages of the group that carry it; outside: others. Weight: strength over the logarithm of all carriers. "
        "Personal identifiers are shown as hashes. Identifiers of one family come together (a site brings its pixel) and are one witness.",
        labels={
            "network": "Group",
            "family": "Family",
            "object_type": "Type",
            "object_id": "Identifier",
            "n_inside": "Inside",
            "n_outside": "Outside",
            "degree": "Carriers",
            "n_rows": "Rows",
            "first_at": "First (UTC)",
            "last_at": "Last (UTC)",
        },
        max_rows=30,
    )


@view(
    title="Pages and identifiers",
    summary="Draws the pages of the groups and the identifiers they share.",
    caveat="Nearness has no meaning of its own: read lines, not distances.",
)
def ad_graph(case: Any, *, seed: int = 0) -> View:
    study = studied(case, STUDY)
    members, shared = study.table("members"), study.table("identifiers")
    ties = _lines(case, members, shared)
    drawn: list[int] = []
    for number, part in ties.groupby("network") if len(ties) else ():
        size = ties[ties["network"].isin([*drawn, number])][["a", "b"]].stack().nunique()
        if size <= DRAWN or not drawn:
            drawn.append(int(number))
    ties = ties[ties["network"].isin(drawn)] if len(ties) else ties
    inside = members[members["network"].isin(drawn)] if len(members) else members
    pages = inside.drop_duplicates("account_id")
    rows = [(f"page:{m.account_id}", str(m.name), "page", f"g{m.network}", 3.0) for m in pages.itertuples(index=False)]
    kinds = ties.drop_duplicates("b") if len(ties) else ties
    rows += [(r.b, f"{r.object_type}: {str(r.object_id)[:32]}", "identifier", "", 1.5) for r in kinds.itertuples()]
    nodes = pd.DataFrame(rows, columns=["id", "label", "kind", "group", "size"])
    cards = {
        f"page:{m.account_id}": Card(
            facts=(
                ("Ads", f"{m.n_ads:,}" if pd.notna(m.n_ads) else "not known"),
                ("Place", m.place),
                *((label, words(getattr(m, name))) for name, label in _SIGNALS.items()),
            )
        )
        for m in pages.itertuples(index=False)
    }
    legend = [Group(f"g{n}", f"Group {n} ({int((inside['network'] == n).sum())})") for n in drawn]
    picture = (
        scene(nodes, ties, groups=legend, cards=cards, title="Pages and the identifiers they share", seed=seed)
        if len(nodes)
        else None
    )
    total = members["network"].nunique() if len(members) else 0
    return View(
        name="ad_graph",
        title="Pages and identifiers",
        question="Through what do the pages hang together?",
        figure=picture,
        lead="" if picture else "There is no group to draw.",
        how_to_read="Coloured points are pages, the others identifiers; a line says that a page carries an identifier.",
        caveats=(
            *(
                (f"{len(drawn):,} of {total:,} groups are drawn; all of them are in the table.",)
                if len(drawn) < total
                else ()
            ),
            "Identifiers held back (shared services, above the cap, too weak) are not drawn.",
        ),
    )


def _lines(case: Any, members: pd.DataFrame, shared: pd.DataFrame) -> pd.DataFrame:
    """Who carries which of the shared identifiers, read from the actions; ends of redirects are not among them."""
    columns = ["network", "a", "b", "relation", "object_type", "object_id"]
    if members.empty or shared.empty:
        return pd.DataFrame(columns=columns)
    con = case.connection()
    con.register("tie_rows", shared[["network", "object_type", "object_id"]])
    con.register("member_rows", members[["network", "account_id"]])
    try:
        rows = (
            con.sql(
                """select distinct t.network, a.account_id, a.object_type, a.object_id
               from actions a join tie_rows t using (object_type, object_id)
               join member_rows m on m.network = t.network and m.account_id = a.account_id order by all"""
            )
            .to_arrow_table()
            .to_pandas()
        )
    finally:
        con.unregister("tie_rows")
        con.unregister("member_rows")
    rows["a"] = "page:" + rows["account_id"].astype(str)
    rows["b"] = rows["object_type"] + ":" + rows["object_id"]
    rows["relation"] = rows["object_type"]
    return rows[columns]


@view(
    title="Creatives",
    summary="Lists ad texts that come back nearly equal, on how many pages and in how many ads.",
    caveat="Chains, agencies and affiliates repeat texts openly.",
)
def ad_creatives(case: Any) -> View:
    table = studied(case, STUDY).table("creatives")
    several = int((table["n_pages"] > 1).sum()) if len(table) else 0
    return View(
        name="ad_creatives",
        title="Creatives that come back",
        question="What is promised, again and again?",
        lead=f"{plural(len(table), 'text')} came back in two ads or more, {several:,} of them on several pages."
        if len(table)
        else "No ad text of six words or more came back.",
        table=_none(table),
        how_to_read="Texts in normal form: lower case, without links and signs. Nearly equal ones are one creative; shorter texts are not compared.",
        labels={
            "creative": "Creative",
            "n_ads": "Ads",
            "n_pages": "Pages",
            "n_texts": "Texts",
            "example": "Example",
            "first_at": "First (UTC)",
            "last_at": "Last (UTC)",
        },
        max_rows=15,
    )


@view(
    title="Signals of disposable pages",
    summary="Lists each page's age at its first ad, changes of name, likeness to brands and earlier removals.",
    caveat="Every honest shop was new once.",
)
def ad_pages(case: Any) -> View:
    table = studied(case, STUDY).table("pages").copy()
    known = [s for s in _SIGNALS if s in table and table[s].notna().any()]
    unknown = [_SIGNALS[s].lower() for s in _SIGNALS if s not in known]
    for name in set(_SIGNALS) & set(table.columns):
        table[name] = table[name].map(words)
    silent = [s for s in _SIGNALS if s not in known and s in table]
    table = table.drop(columns=silent + ([] if "looks_alike" in known else ["likeness"]), errors="ignore")
    return View(
        name="ad_pages",
        title="Signals of disposable pages",
        question="Which pages look as if they were made to be thrown away?",
        lead=f"Not known for any page of these data: {', '.join(unknown)}." if unknown else "",
        table=_none(table.drop(columns=["n_other", "n_names"], errors="ignore").dropna(axis="columns", how="all")),
        how_to_read="The pages with the most signals first. 'Not known' is not 'no'.",
        labels={
            "network": "Group",
            "account_id": "Page",
            "name": "Name",
            "n_ads": "Ads",
            "first_ad_at": "First ad (UTC)",
            "created_at": "Page created (UTC)",
            "age_days": "Age at first ad (days)",
            "likeness": "Like what",
            "n_signals": "Signals",
            "n_known": "Of known",
            **_SIGNALS,
        },
        caveats=("A score of signals ranks what to look at first; it measures nothing.",),
        max_rows=20,
    )
