"""The tables of the study of advertising, in the form in which views show them and runs keep them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ._ads_findings import ranges
from ._ads_picture import Picture

MOST_LISTED = 5_000
"""Rows of a list of single ads that a study keeps; the number of all is in its answers."""


def tables(p: Picture) -> dict[str, pd.DataFrame]:
    """Every table by name; an empty frame with its columns where there is nothing to show."""
    shared = (
        p.carried[p.carried["degree"] >= 2]
        .groupby(["family", "object_type", "object_id", "degree", "strength", "held_back"], as_index=False, sort=True)
        .agg(
            n_rows=("n_rows", "sum"),
            first_at=("first_at", "min"),
            last_at=("last_at", "max"),
            accounts=("account_id", _first),
        )
    )
    return {
        "networks": _networks(p),
        "members": _members(p),
        "identifiers": _identifiers(p),
        "pages": _pages(p),
        "creatives": p.creatives,
        "landing": _landing(p),
        "lookalikes": p.lookalikes,
        "redirects": p.chains,
        "spend": p.spend,
        "survival": p.curve,
        "states": _states(p),
        "live": _live(p),
        "collateral": p.collateral,
        "capped": p.capped,
        "returned": p.returned,
        "reported": p.reports,
        "reached": p.reached,
        "shared": shared.sort_values(
            ["degree", "object_type", "object_id"], ascending=[False, True, True], ignore_index=True
        ),
    }


def _named(keys: pd.Series, names: Mapping[str, str]) -> pd.Series:
    return pd.Series([names.get(k, "") for k in keys], index=keys.index, dtype="str")


def _first(accounts: pd.Series) -> str:
    held = sorted(set(accounts), key=str.encode)
    return ", ".join(held[:4]) + (f" and {len(held) - 4:,} more" if len(held) > 4 else "")


def _networks(p: Picture) -> pd.DataFrame:
    rows = []
    for j in p.judged:
        n, about = j.network, j.about
        landing = about.ads["landing_domain"].dropna()
        rows.append(
            {
                "network": n.number,
                "grade": j.grade,
                "n_pages": len(n.pages),
                "n_loose": len(n.loose),
                "n_ads": len(about.ads),
                "n_live": int((about.ads["state"] == "live").sum()),
                "families": "; ".join(f"{f} ({share:.0%})" for f, share in n.alone.items()),
                "n_identifiers": len(n.identifiers),
                "robust": n.robust,
                "second_q": j.q if j.second else None,
                "signals": ", ".join(about.deceiving()).replace("_", " "),
                "explained_by": "; ".join(j.explained),
                "spend": "; ".join(ranges(about.ads)),
                "landing_domains": ", ".join(sorted(set(landing))[:4]) + (" ..." if landing.nunique() > 4 else ""),
                "first_ad_at": about.ads["started_at"].min(),
                "last_ad_at": about.ads["started_at"].max(),
                "held_at": "; ".join(j.lacking),
            }
        )
    names = (
        "network grade n_pages n_loose n_ads n_live families n_identifiers robust second_q signals explained_by spend "
        "landing_domains first_ad_at last_ad_at held_at"
    )
    return pd.DataFrame(rows, columns=names.split())


def _members(p: Picture) -> pd.DataFrame:
    rows = [
        (j.network.number, page, place)
        for j in p.judged
        for pages, place in ((j.network.pages, "member"), (j.network.loose, "tied by one identifier only"))
        for page in pages
    ]
    table = pd.DataFrame(rows, columns=["network", "account_id", "place"])
    return table.merge(p.pages, on="account_id", how="left").drop(columns=["likeness"], errors="ignore")


def _identifiers(p: Picture) -> pd.DataFrame:
    parts = [j.network.identifiers.assign(network=j.network.number) for j in p.judged]
    columns = [
        *("network", "family", "object_type", "object_id", "n_inside", "n_outside"),
        *("degree", "strength", "weight", "n_rows", "first_at", "last_at"),
    ]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _pages(p: Picture) -> pd.DataFrame:
    table = p.pages.copy()
    table.insert(0, "network", _named(table["account_id"], p.network_of()))
    signals = ["new_page", "ad_before_content", "name_changed", "looks_alike", "came_back", "same_creative"]
    table["n_signals"] = table[signals].fillna(False).astype(bool).sum(axis=1)
    table["n_known"] = table[signals].notna().sum(axis=1)
    return table.sort_values(["n_signals", "n_ads", "account_id"], ascending=[False, False, True], ignore_index=True)


def _landing(p: Picture) -> pd.DataFrame:
    """Where ads lead: landing_domain, n_pages, n_ads, networks, held_back, looks_like, first_at, last_at."""
    held = p.ads.dropna(subset=["landing_domain"])
    table = held.groupby("landing_domain", as_index=False, sort=True).agg(
        n_pages=("account_id", "nunique"),
        n_ads=("content_id", "size"),
        first_at=("started_at", "min"),
        last_at=("started_at", "max"),
    )
    of = p.network_of()
    inside = held.assign(network=held["account_id"].map(of)).dropna(subset=["network"])
    by = inside.groupby("landing_domain")["network"].agg(lambda n: ", ".join(sorted(set(n))))
    own = p.carried[p.carried["object_type"] == "landing_domain"].drop_duplicates("object_id").set_index("object_id")
    table.insert(3, "networks", _named(table["landing_domain"], by.to_dict()))
    table.insert(4, "held_back", _named(table["landing_domain"], own["held_back"].to_dict()))
    close = p.lookalikes[p.lookalikes["close"].astype(bool)] if len(p.lookalikes) else p.lookalikes
    brands = close[close["what"] == "landing domain"].groupby("value")["brand"].agg("; ".join)
    table.insert(5, "looks_like", _named(table["landing_domain"], brands.to_dict()))
    table["in_network"] = table["networks"] != ""
    table = table.sort_values(
        ["in_network", "n_pages", "n_ads", "landing_domain"], ascending=[False, False, False, True], ignore_index=True
    )
    return table.drop(columns="in_network")


def _states(p: Picture) -> pd.DataFrame:
    counts = p.ads["state"].value_counts()
    order = ("live", "ended", "end not known", "no beginning", "impossible")
    return pd.DataFrame([(s, int(counts.get(s, 0))) for s in order], columns=["state", "n_ads"])


def _live(p: Picture) -> pd.DataFrame:
    table = p.live.assign(network=_named(p.live["account_id"], p.network_of()))
    table["in_network"] = table["network"] != ""
    table = table.sort_values(
        ["in_network", "impressions_high", "content_id"], ascending=[False, False, True], na_position="last"
    )
    names = (
        "network content_id account_id started_at days landing_domain payer currency spend_low spend_high impressions_low "
        "impressions_high text"
    )
    return table[names.split()].head(MOST_LISTED).reset_index(drop=True)
