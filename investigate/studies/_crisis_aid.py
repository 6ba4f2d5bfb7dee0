"""Appeals for money around an event: who asks, by which ways to pay, and which look like a protected charity."""

from __future__ import annotations

import re
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


_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)+")


def site(host: str) -> str:
    """The registrable domain of a host; the host itself where the public-suffix list knows none (reserved names, addresses)."""
    return registrable_domain(host) or host.casefold().removeprefix("www.")


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
        domains = tuple(site(w) for w in words if _DOMAIN.fullmatch(w))
        name = " ".join(w for w in words if not w.startswith("@") and not _DOMAIN.fullmatch(w))
        if name or handles:
            out.append(Charity(name or handles[0], handles, domains))
    return tuple(out)


@dataclass(frozen=True)
class Appeals:
    """What was found about appeals for money.

    Attributes
    ----------
    accounts : DataFrame
        One row per account that appeals: account_id, handle, display_name, n_contents, first_at, account_created_at, is_new,
        official, charity, likeness, similarity (of its name to a protected one), n_ways, n_shared (ways to pay that another
        account gives too), domains, cluster (0: alone).
    ways : DataFrame
        type, object_id, n_accounts, n_contents, first_at, strength, capped (more carriers than an identifier may have).
    domains : DataFrame
        domain, n_accounts, n_contents, first_at, official, charity, likeness, similarity: sites that appeals lead to,
        services left out.
    n_authors, n_alike : int
        Accounts that write about the event, and how many of them carry a name like a protected one: the base rate.
    """

    accounts: pd.DataFrame
    ways: pd.DataFrame
    domains: pd.DataFrame
    n_authors: int
    n_alike: int


def appeals(
    case: Any, contents: pd.DataFrame, marks: pd.DataFrame, event: Event, protected: tuple[Charity, ...]
) -> Appeals:
    """Appeals for money in the contents about the event, with the signs that speak for a false one."""
    con = case.connection()
    asking = set(marks.loc[marks["kind"] == "appeal", "content_id"])
    con.register("event_contents", contents[["content_id"]])
    try:
        owners = frame(
            con,
            "select content_id, account_id, created_at from content semi join event_contents using (content_id) order by 1",
        )
        carried = frame(
            con,
            f"""select object_type as type, object_id, content_id from actions semi join event_contents using (content_id)
                where object_type in ({", ".join(repr(t) for t in STRONG)}) order by all""",
        )
        links = frame(
            con,
            """select object_type, object_id, content_id from actions semi join event_contents using (content_id)
               where object_type in ('url', 'domain', 'landing_domain') order by all""",
        )
        authors = frame(
            con,
            """select account_id, platform, handle, display_name, created_at as account_created_at from accounts
               where account_id in (select account_id from content semi join event_contents using (content_id)) order by 1""",
        )
    finally:
        con.unregister("event_contents")
    who = owners[owners["content_id"].isin(asking)]
    stated = marks[marks["kind"].str.startswith("pay:")]
    stated = pd.DataFrame(
        {"type": stated["kind"].str[4:], "object_id": stated["value"], "content_id": stated["content_id"]}
    )
    paid = pd.concat([stated, carried]).drop_duplicates().merge(owners, on="content_id")
    ways = _ways(paid)
    handles = {h.casefold() for c in protected for h in c.handles}
    authors["official"] = authors["handle"].fillna("").str.casefold().isin(handles)
    others = authors.loc[~authors["official"], ["account_id", "platform", "handle", "display_name"]]
    alike = _alike(others, protected)
    sites = _sites(links[links["content_id"].isin(asking)]).merge(who[["content_id", "account_id", "created_at"]])
    domains = _domains(sites, protected)
    table = _accounts(who, paid, ways, authors, alike, event, domains, sites)
    return Appeals(table, ways, domains, len(others), int((alike["similarity"] >= CLOSE).sum()))


def _sites(links: pd.DataFrame) -> pd.DataFrame:
    """domain, content_id: where the links of contents lead, services left out."""
    hosts = [
        site(host_of(o) or "") if kind == "url" else o
        for kind, o in zip(links["object_type"], links["object_id"], strict=True)
    ]
    table = pd.DataFrame({"domain": hosts, "content_id": links["content_id"]}).drop_duplicates()
    kept = [bool(d) and not is_shared_service("landing_domain", d) for d in table["domain"]]
    return table[np.array(kept, dtype=bool)]


def _ways(paid: pd.DataFrame) -> pd.DataFrame:
    table = paid.groupby(["type", "object_id"], as_index=False, sort=True).agg(
        n_accounts=("account_id", "nunique"), n_contents=("content_id", "nunique"), first_at=("created_at", "min")
    )
    table["strength"] = pd.Series([IDENTIFIERS[t].strength for t in table["type"]], index=table.index, dtype="str")
    table["capped"] = table["n_accounts"] > MAX_IDENTIFIER_DEGREE
    by = ["n_accounts", "n_contents", "type", "object_id"]
    return table.sort_values(by, ascending=[False, False, True, True], ignore_index=True)


def _domains(sites: pd.DataFrame, protected: tuple[Charity, ...]) -> pd.DataFrame:
    table = sites.groupby("domain", as_index=False, sort=True).agg(
        n_accounts=("account_id", "nunique"), n_contents=("content_id", "nunique"), first_at=("created_at", "min")
    )
    table["official"] = table["domain"].isin({d for c in protected for d in c.domains})
    labels = table.loc[~table["official"], "domain"].astype("str")
    names = pd.DataFrame({"account_id": labels, "handle": [d.partition(".")[0] for d in labels]}, dtype="str")
    alike = _alike(names, protected).rename(columns={"account_id": "domain"})
    table = table.astype({"domain": "str"}).merge(alike, on="domain", how="left")
    by = ["n_accounts", "n_contents", "domain"]
    return table.sort_values(by, ascending=[False, False, True], ignore_index=True)


def _alike(names: pd.DataFrame, protected: tuple[Charity, ...]) -> pd.DataFrame:
    """The closest protected name for each name that is like one: account_id, charity, likeness, similarity."""
    columns = ["account_id", "charity", "likeness", "similarity"]
    empty = pd.DataFrame(columns=columns).astype(
        {"account_id": "str", "charity": "str", "likeness": "str", "similarity": "float64"}
    )
    if names.empty or not protected:
        return empty
    rows = [(c.name, h, c.name) for c in protected for h in (c.handles or (None,))]
    rows += [(c.name, d.partition(".")[0], c.name) for c in protected for d in c.domains]
    found = impersonation_candidates(names, pd.DataFrame(rows, columns=["identity", "handle", "display_name"]))
    found = found[found["similarity"] >= LONGER].drop_duplicates("account_id")
    return found.rename(columns={"protected": "charity"})[columns] if len(found) else empty


def _accounts(
    who: pd.DataFrame,
    paid: pd.DataFrame,
    ways: pd.DataFrame,
    authors: pd.DataFrame,
    alike: pd.DataFrame,
    event: Event,
    domains: pd.DataFrame,
    sites: pd.DataFrame,
) -> pd.DataFrame:
    """One row for every account that appeals for money."""
    by = who.groupby("account_id", as_index=False, sort=True)
    table = by.agg(n_contents=("content_id", "nunique"), first_at=("created_at", "min"))
    table = table.merge(authors, on="account_id", how="left").merge(alike, on="account_id", how="left")
    uses = paid[paid["account_id"].isin(table["account_id"])].drop_duplicates(["account_id", "type", "object_id"])
    shared = ways.loc[(ways["n_accounts"] >= 2) & ~ways["capped"], ["type", "object_id"]]
    joint = uses.merge(shared, on=["type", "object_id"])
    for column, rows in (("n_ways", uses), ("n_shared", joint)):
        table[column] = table["account_id"].map(rows.groupby("account_id").size()).fillna(0).astype("int64")
    made = table["account_created_at"]
    table["is_new"] = made.notna() & (made >= event.at - pd.Timedelta(days=NEW_DAYS))
    led = sites[["account_id", "domain"]].drop_duplicates().sort_values(["account_id", "domain"])
    table["domains"] = table["account_id"].map(led.groupby("account_id")["domain"].agg(", ".join)).fillna("")
    false_sites = set(domains.loc[domains["similarity"] >= CLOSE, "domain"])
    keys = [
        (a, f"{t}:{o}") for a, t, o in joint[["account_id", "type", "object_id"]].itertuples(index=False, name=None)
    ]
    keys += [(a, f"site:{d}") for a, d in led.itertuples(index=False, name=None) if d in false_sites]
    table["cluster"] = table["account_id"].map(_clusters(keys)).fillna(0).astype("int64")
    columns = (
        "account_id handle display_name n_contents first_at account_created_at is_new official charity likeness similarity "
        "n_ways n_shared domains cluster"
    )
    order = ["n_shared", "n_contents", "account_id"]
    return table[columns.split()].sort_values(order, ascending=[False, False, True], ignore_index=True)


def _clusters(links: list[tuple[str, str]]) -> dict[str, int]:
    """Account -> number of its cluster, for accounts that share a way to pay or a look-alike site; largest first, from 1."""
    graph = nx.Graph()
    graph.add_edges_from((("account", a), ("key", k)) for a, k in links)
    parts = [sorted(n for kind, n in part if kind == "account") for part in nx.connected_components(graph)]
    parts = sorted((p for p in parts if len(p) > 1), key=lambda p: (-len(p), p[0]))
    return {account: number for number, part in enumerate(parts, 1) for account in part}
