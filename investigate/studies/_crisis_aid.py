"""Appeals for money around an event: who asks, by which ways to pay, and which look like a protected charity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from ..objects import IDENTIFIERS, host_of, is_shared_service, registrable_domain
from ..relations.identifiers import MAX_IDENTIFIER_DEGREE
from ..relations.similar_name import impersonation_candidates
from ..store import frame
from ._crisis_scope import Event

NEW_DAYS = 30
"""An account made so shortly before the event, or after it, counts as new."""

CLOSE = 0.9
"""Likeness of a name from which it could be taken for the protected one (`impersonation_candidates`)."""

LONGER = 0.5
"""A longer name that holds the protected one is listed at this likeness and more, and decides nothing."""

STRONG = ("payment", "bank_account", "wallet", "phone", "email")


@dataclass(frozen=True)
class Charity:
    """One protected name with the handles and domains that are its own."""

    name: str
    handles: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


def charities(given: Sequence[str]) -> tuple[Charity, ...]:
    """Protected names from texts like "Orrin Bay Relief @orrinbayrelief orrinbayrelief.example"."""
    out = []
    for text in given:
        words = text.split()
        handles = tuple(w[1:] for w in words if w.startswith("@") and len(w) > 1)
        domains = tuple(
            d for w in words if "." in w.strip(".") and not w.startswith("@") and (d := registrable_domain(w))
        )
        name = " ".join(
            w for w in words if not w.startswith("@") and ("." not in w.strip(".") or not registrable_domain(w))
        )
        if name or handles:
            out.append(Charity(name or handles[0], handles, domains))
    return tuple(out)


@dataclass(frozen=True)
class Appeals:
    """What was found about appeals for money.

    Attributes
    ----------
    accounts : DataFrame
        One row per account that appeals: account_id, n_contents, n_ways, n_shared (ways to pay that another account gives too),
        created_at, is_new, official, charity, likeness, similarity, p, domains, cluster (0: alone).
    ways : DataFrame
        type, object_id, n_accounts, n_contents, first_at, capped (more carriers than an identifier may have).
    domains : DataFrame
        domain, n_accounts, n_contents, charity, likeness, official: sites that appeals lead to, services left out.
    """

    accounts: pd.DataFrame
    ways: pd.DataFrame
    domains: pd.DataFrame


def appeals(
    case: Any, contents: pd.DataFrame, marks: pd.DataFrame, event: Event, protected: tuple[Charity, ...]
) -> Appeals:
    """Appeals for money in the contents about the event, with the signs that speak for a false one."""
    con = case.connection()
    asking = sorted(set(marks.loc[marks["kind"] == "appeal", "content_id"]))
    con.register("appeal_rows", pd.DataFrame({"content_id": asking}, dtype="str"))
    con.register("event_contents", contents[["content_id"]])
    try:
        who = frame(
            con,
            """select content_id, account_id, created_at from content semi join appeal_rows using (content_id) order by 1""",
        )
        carried = frame(
            con,
            f"""select object_type as type, object_id, content_id from actions semi join event_contents using (content_id)
                where object_type in ({", ".join(repr(t) for t in STRONG)}) order by all""",
        )
        sites = frame(
            con,
            """select object_id as domain, content_id from actions semi join appeal_rows using (content_id)
               where object_type in ('domain', 'landing_domain') order by all""",
        )
        links = frame(
            con,
            """select object_id as url, content_id from actions semi join appeal_rows using (content_id)
               where object_type = 'url' order by all""",
        )
        accounts = frame(con, "select account_id, platform, handle, display_name, created_at from accounts order by 1")
        owners = frame(
            con, "select content_id, account_id, created_at from content semi join event_contents using (content_id)"
        )
    finally:
        con.unregister("appeal_rows")
        con.unregister("event_contents")
    stated = marks[marks["kind"].str.startswith("pay:")]
    stated = pd.DataFrame(
        {"type": stated["kind"].str[4:], "object_id": stated["value"], "content_id": stated["content_id"]}
    )
    paid = pd.concat([stated, carried]).drop_duplicates().merge(owners, on="content_id")
    own = {d for c in protected for d in c.domains}
    ways = _ways(paid)
    domains = _domains(sites, links, who, protected, own)
    table = _accounts(who, paid, ways, accounts, event, protected, domains, sites)
    return Appeals(table, ways, domains)


def _ways(paid: pd.DataFrame) -> pd.DataFrame:
    table = paid.groupby(["type", "object_id"], as_index=False, sort=True).agg(
        n_accounts=("account_id", "nunique"), n_contents=("content_id", "nunique"), first_at=("created_at", "min")
    )
    table["strength"] = [IDENTIFIERS[t].strength for t in table["type"]]
    table["capped"] = table["n_accounts"] > MAX_IDENTIFIER_DEGREE
    return table.sort_values(
        ["n_accounts", "n_contents", "type", "object_id"], ascending=[False, False, True, True], ignore_index=True
    )


def _domains(
    sites: pd.DataFrame, links: pd.DataFrame, who: pd.DataFrame, protected: tuple[Charity, ...], own: set[str]
) -> pd.DataFrame:
    by_link = pd.DataFrame(
        {"domain": [registrable_domain(host_of(u) or "") for u in links["url"]], "content_id": links["content_id"]}
    )
    rows = pd.concat([sites, by_link.dropna()]).drop_duplicates().merge(who, on="content_id")
    rows = rows[np.array([not is_shared_service("landing_domain", d) for d in rows["domain"]], dtype=bool)]
    table = rows.groupby("domain", as_index=False, sort=True).agg(
        n_accounts=("account_id", "nunique"), n_contents=("content_id", "nunique"), first_at=("created_at", "min")
    )
    table["official"] = table["domain"].isin(own)
    labels = table.loc[~table["official"], "domain"]
    names = pd.DataFrame({"account_id": labels, "handle": [d.partition(".")[0] for d in labels]}, dtype="str")
    alike = _alike(names, protected)
    found = alike.set_index("account_id") if len(alike) else alike
    for column in ("charity", "likeness", "similarity", "p"):
        table[column] = table["domain"].map(found[column]) if len(alike) else None
    return table.sort_values(["n_accounts", "n_contents", "domain"], ascending=[False, False, True], ignore_index=True)


def _alike(names: pd.DataFrame, protected: tuple[Charity, ...]) -> pd.DataFrame:
    """The closest protected name for each name: account_id, charity, likeness, similarity, p."""
    columns = ["account_id", "charity", "likeness", "similarity", "p"]
    if names.empty or not protected:
        return pd.DataFrame(columns=columns)
    rows = [(c.name, h, c.name) for c in protected for h in (c.handles or (None,))]
    rows += [(c.name, d.partition(".")[0], c.name) for c in protected for d in c.domains]
    known = pd.DataFrame(rows, columns=["identity", "handle", "display_name"])
    found = impersonation_candidates(names, known)
    found = found[found["similarity"] >= LONGER].drop_duplicates("account_id")
    return found.rename(columns={"protected": "charity"})[columns]


def _accounts(
    who: pd.DataFrame,
    paid: pd.DataFrame,
    ways: pd.DataFrame,
    accounts: pd.DataFrame,
    event: Event,
    protected: tuple[Charity, ...],
    domains: pd.DataFrame,
    sites: pd.DataFrame,
) -> pd.DataFrame:
    """Accounts that appeal, or whose name is close to a protected one and which write about the event with a way to pay."""
    table = who.groupby("account_id", as_index=False, sort=True).agg(
        n_contents=("content_id", "nunique"), first_at=("created_at", "min")
    )
    table = table.merge(accounts.rename(columns={"created_at": "account_created_at"}), on="account_id", how="left")
    uses = paid[paid["account_id"].isin(table["account_id"])].drop_duplicates(["account_id", "type", "object_id"])
    shared = ways[(ways["n_accounts"] >= 2) & ~ways["capped"]]
    joint = uses.merge(shared[["type", "object_id"]], on=["type", "object_id"])
    table["n_ways"] = table["account_id"].map(uses.groupby("account_id").size()).fillna(0).astype("int64")
    table["n_shared"] = table["account_id"].map(joint.groupby("account_id").size()).fillna(0).astype("int64")
    made = table["account_created_at"]
    table["is_new"] = made.notna() & (made >= event.at - pd.Timedelta(days=NEW_DAYS))
    handles = {h.casefold() for c in protected for h in c.handles}
    table["official"] = table["handle"].fillna("").str.casefold().isin(handles)
    alike = _alike(table.loc[~table["official"], ["account_id", "platform", "handle", "display_name"]], protected)
    table = table.merge(alike, on="account_id", how="left")
    rows = sites.merge(who[["content_id", "account_id"]], on="content_id")
    rows = rows[rows["domain"].isin(domains["domain"])][["account_id", "domain"]].drop_duplicates()
    table["domains"] = (
        table["account_id"].map(rows.groupby("account_id")["domain"].agg(lambda s: ", ".join(sorted(s)))).fillna("")
    )
    links = pd.concat(
        [
            joint.assign(key=joint["type"] + ":" + joint["object_id"])[["account_id", "key"]],
            rows[rows["domain"].isin(domains.loc[domains["similarity"].fillna(0) >= CLOSE, "domain"])].rename(
                columns={"domain": "key"}
            ),
        ]
    )
    table["cluster"] = table["account_id"].map(_clusters(links)).fillna(0).astype("int64")
    columns = "account_id handle display_name n_contents first_at account_created_at is_new official charity likeness similarity p n_ways n_shared domains cluster"
    return table[columns.split()].sort_values(
        ["n_shared", "n_contents", "account_id"], ascending=[False, False, True], ignore_index=True
    )


def _clusters(links: pd.DataFrame) -> dict[str, int]:
    """Account -> number of its cluster, for accounts that share a way to pay or a look-alike site; largest first, from 1."""
    graph = nx.Graph()
    graph.add_edges_from((("account", a), ("key", k)) for a, k in links.itertuples(index=False, name=None))
    parts = [sorted(n for kind, n in part if kind == "account") for part in nx.connected_components(graph)]
    parts = sorted((p for p in parts if len(p) > 1), key=lambda p: (-len(p), p[0]))
    return {account: number for number, part in enumerate(parts, 1) for account in part}
