"""Advertising: which ads and pages belong together, what they cost, how they hide, what else would be hit.

    identifiers -> components -> blocks without bridges -> a second family -> signs of deceiving -> innocent explanations

A network is a lead until two independent families of identifiers tie it, nothing single carries it, and nothing innocent
explains it; then it is worth a person's review of a sample, and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pandas as pd

from ..errors import unknown
from ..explanations import read_known_groups
from ..packs import policy_pack as read_pack
from ..relations.identifiers import capped, collateral, shared_identifiers
from ..seeds import find_seeds
from ..store import frame
from ..study import Study
from . import _ads_files as files
from . import _ads_said as said
from ._ads_findings import NAME, findings
from ._ads_grade import judge
from ._ads_likeness import lookalikes, pages_of
from ._ads_money import dated, spend, survival
from ._ads_pages import chains, creatives, pages, returned
from ._ads_picture import Judged, Picture, led_on, network_of, read_ads
from ._ads_proposals import for_all
from ._ads_reports import reported
from ._ads_seeds import COLUMNS as REACHED
from ._ads_seeds import reach
from ._ads_tables import tables
from ._ads_ties import FAMILIES, LEAST_STRENGTH, Network, carried, networks, pairs_only
from ._making import clock


def scam_ads(
    case: Any,
    *,
    as_of: str = "",
    policy_pack: str = "",
    known_groups: str = "",
    brands: str = "",
    known_removed: str = "",
    redirects: str = "",
    victim_reports: str = "",
    seeds: Sequence[str] = (),
    hop_limit: int = 2,
    count_ads: str = "all",
    max_identifier_degree: int = 50,
    near_dup_threshold: float = 0.8,
    new_page_days: int = 30,
    min_accounts: int = 3,
    min_network_ads: int = 5,
    fdr_q: float = 0.01,
) -> Study:
    """Networks of advertising pages, with what they cost, how they hide, and who else would be hit.

    Parameters
    ----------
    as_of : str
        The run's clock: what counts as live; empty for the last time in the data.
    known_groups : str
        A CSV of accounts known to belong together (account_id, group_name): agencies, chains.
    brands, known_removed, redirects : str
        CSV files; see `read_brands`, `read_removed` and the option `redirects` of sources. Empty: those questions stay open.
    victim_reports : str
        A CSV of what people reported; see `read_reports`.
    seeds : sequence of str
        Reported pages, ads or identifiers, as `find_seeds` reads them: only groups with a page within `hop_limit` hops of
        one are told of, the others are counted. Empty: all groups.
    hop_limit : int
        From page to page over an identifier that may tie.
    count_ads : str
        Which ads count towards `min_network_ads`: "all", or "live", those that run at the clock.
    max_identifier_degree : int
        Accounts that may carry an identifier before it ties nobody.
    near_dup_threshold : float
        Jaccard similarity from which two texts are one creative.
    new_page_days : int
        Age of a page at its first ad, in days, under which it counts as new.
    min_accounts, min_network_ads : int
        Pages, and ads together, that a network must have.
    fdr_q : float
        Level for the second family of identifiers over all networks.

    Returns
    -------
    Study
        Kept in the case with its findings. Tables: networks, members, identifiers, pages, creatives, landing, lookalikes,
        redirects, spend, ads, survival, live, collateral, capped, returned, reported, reached, shared.

    Raises
    ------
    InputError
        A time or a file cannot be used; every bad row of a file is named.

    Notes
    -----
    Works without ads as well: where the data are lists of indicators, what several of them hold comes out as matches, which
    are leads, and the questions about ads say why they are not answered. It misleads in an export that was made by following
    identifiers: then everybody shares them by construction, and there are no others to compare with.
    """
    if count_ads not in ("all", "live"):
        raise unknown("choice", count_ads, ("all", "live"), "parameter count_ads")
    at, pack = clock(case, as_of), read_pack(policy_pack)
    known = read_known_groups(known_groups) if known_groups else None
    protected, removed = files.read_brands(brands), files.read_removed(known_removed)
    said_by_victims = files.read_reports(victim_reports)
    con = case.store.connect(case.period)  # its own: redirects add actions that no other stage should see
    try:
        picture = _picture(
            con,
            at,
            protected,
            removed,
            said_by_victims,
            known,
            {
                "redirects": redirects,
                "seeds": tuple(seeds),
                "hop_limit": hop_limit,
                "count_ads": count_ads,
                "max_identifier_degree": max_identifier_degree,
                "near_dup_threshold": near_dup_threshold,
                "new_page_days": new_page_days,
                "min_accounts": min_accounts,
                "min_network_ads": min_network_ads,
                "fdr_q": fdr_q,
            },
        )
    finally:
        con.close()
    found = findings(picture, pack, known)
    study = Study(
        NAME,
        said.bottom_line(picture, found),
        numbers=said.numbers(picture)[:8],
        tables=tables(picture),
        answers=tuple(said.answers(picture)),
        limits=tuple(said.limits(picture)),
        proposals=tuple(for_all(picture)),
        facts={
            "as_of": at.isoformat(),
            "has_ads": picture.has_ads,
            **picture.settings,
        },
    )
    case.conclude(study, findings=found)
    return study


def _picture(
    con: duckdb.DuckDBPyConnection,
    at: Any,
    protected: pd.DataFrame,
    removed: pd.DataFrame,
    reports: pd.DataFrame,
    known: pd.DataFrame | None,
    settings: dict[str, Any],
) -> Picture:
    degree = settings["max_identifier_degree"]
    ads = read_ads(con)
    has_ads = len(ads) > 0
    led = chains(ads, settings["redirects"])
    ads = dated(led_on(con, ads, led), at)
    table = carried(con, degree)
    found = networks(table, least=settings["min_accounts"] if has_ads else 2)
    counted = ads[ads["state"] == "live"] if settings["count_ads"] == "live" else ads
    held = [n for n in found if not has_ads or counted["account_id"].isin(n.pages).sum() >= settings["min_network_ads"]]
    n_small = len(found) - len(held)
    reached, notes_of_seeds = pd.DataFrame(columns=list(REACHED)), []
    if settings["seeds"]:
        given = find_seeds(con, settings["seeds"])
        owners = dict(zip(ads["content_id"], ads["account_id"], strict=True))
        reached, said_of_seeds = reach(table, given, owners, settings["hop_limit"])
        notes_of_seeds = [*given.notes, *said_of_seeds]
        near = set(reached["account_id"])
        held = [n for n in held if near & {*n.pages, *n.loose}]
    n_elsewhere = len(found) - n_small - len(held)
    held = [Network(i, n.pages, n.loose, n.robust, n.identifiers, n.alone) for i, n in enumerate(held, 1)]
    texts, member, notes = creatives(con, settings["near_dup_threshold"])
    accounts = frame(
        con,
        """select a.account_id, any_value(a.handle) as handle, any_value(a.display_name) as display_name,
                  min(c.created_at) as first_at
           from accounts a left join content c using (account_id) group by a.account_id order by a.account_id""",
    )
    shown = ads[["content_id", "shown"]].explode("shown").dropna().rename(columns={"shown": "domain"})
    alike = lookalikes(ads, accounts, shown, protected)
    back = returned(table, accounts, removed)
    listed = _signals(
        pages(con, ads, settings["new_page_days"]), ads, alike, back, member, len(protected) > 0, len(removed) > 0
    )
    judged = judge(held, table, ads, listed, known, settings["fdr_q"])
    of = network_of(judged)
    strong = {
        family: [t for t in kinds if t in set(table.loc[table["strength"] >= LEAST_STRENGTH, "object_type"])]
        for family, kinds in FAMILIES.items()
    }
    return Picture(
        as_of=at,
        has_ads=has_ads,
        ads=ads,
        spend=spend(ads),
        carried=table,
        judged=judged,
        n_pairs=pairs_only(table),
        n_small=n_small,
        n_elsewhere=n_elsewhere,
        reached=reached.assign(network=[of.get(a, "") for a in reached["account_id"]]),
        reports=reported(reports, table, ads, accounts, of),
        pages=listed,
        creatives=texts,
        lookalikes=alike,
        chains=led,
        returned=back,
        curve=survival(ads),
        collateral=_along(con, judged, degree),
        capped=capped(con, max_degree=degree),
        edges={family: shared_identifiers(con, kinds, max_degree=degree) for family, kinds in strong.items() if kinds},
        has_reports=bool(con.execute("select 1 from escalations limit 1").fetchall()),
        notes=[*notes, *notes_of_seeds],
        settings={
            **settings,
            "redirects": bool(settings["redirects"]),
            "seeds": list(settings["seeds"]),
            "victim_reports": len(reports),
            "brands": len(protected),
            "known_removed": len(removed),
            "n_accounts": len(accounts),
        },
    )


def _signals(
    table: pd.DataFrame,
    ads: pd.DataFrame,
    alike: pd.DataFrame,
    back: pd.DataFrame,
    member: pd.DataFrame,
    has_brands: bool,
    has_removed: bool,
) -> pd.DataFrame:
    """The pages with what the lists say of them; missing where no list was given."""
    out = table.copy()
    close = pages_of(alike, ads)
    out["looks_alike"] = _if(has_brands, out["account_id"].isin(close))
    out["likeness"] = out["account_id"].map(lambda a: "; ".join(sorted(close.get(a, ()))))
    # A page seen before its removal is the one that was removed, not one that came back.
    came = back[back["held_back"].fillna("").eq("") & back["after"].fillna(True).astype(bool)] if len(back) else back
    out["came_back"] = _if(has_removed, out["account_id"].isin(set(came["account_id"])))
    several = (
        member.groupby("creative")["account_id"].transform("nunique") > 1 if len(member) else pd.Series(dtype=bool)
    )
    repeated = set(member.loc[several, "account_id"]) if len(member) else set()
    out["same_creative"] = out["account_id"].isin(repeated).astype("boolean")
    return out


def _if(asked: bool, found: pd.Series) -> pd.Series:
    """Whether it was found; missing where nothing was given to look for."""
    return found.astype("boolean") if asked else pd.Series(pd.NA, index=found.index, dtype="boolean")


def _along(con: duckdb.DuckDBPyConnection, judged: list[Judged], degree: int) -> pd.DataFrame:
    """For each network the identifiers that others carry as well: network, object_type, object_id, degree, n_inside,
    n_outside, held_back, others (the first five)."""
    columns = ["network", "object_type", "object_id", "degree", "n_inside", "n_outside", "held_back", "others"]
    parts = []
    for j in judged:
        pages_ = j.network.pages
        rows = collateral(con, pd.DataFrame({"account_a": pages_[:-1], "account_b": pages_[1:]}), max_degree=degree)
        if len(rows):
            keys = ["object_type", "object_id", "degree", "n_inside", "capped"]
            by = rows.groupby(keys, sort=True)["account_id"]
            part = by.agg(n_outside="size", others=lambda a: ", ".join(sorted(a)[:5])).reset_index()
            part.insert(0, "network", j.network.number)
            parts.append(part.rename(columns={"capped": "held_back"})[columns])
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)
