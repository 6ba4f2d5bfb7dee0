"""Victim reports that name an ad, a page, or an identifier: which groups they speak of."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ._ads_files import AD, PAGE

COLUMNS = (
    *("object_type", "object_id", "account_id", "network", "n_reports", "first_at", "last_at"),
    *("degree", "held_back"),
)


def reported(
    reports: pd.DataFrame, carried: pd.DataFrame, ads: pd.DataFrame, accounts: pd.DataFrame, of: Mapping[str, str]
) -> pd.DataFrame:
    """The reports by what they name, and the page and group it leads to.

    Parameters
    ----------
    of : mapping of str to str
        Page -> the numbers of its groups.

    Returns
    -------
    DataFrame
        object_type (ad, page, or a type of identifier), object_id, account_id ('' where the data do not hold it), network
        ('' where it is in none), n_reports, first_at, last_at, degree (accounts that carry it), held_back (why an
        identifier says little of one page).
    """
    if reports.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    keys = ["object_type", "object_id"]
    counted = reports.groupby(keys, as_index=False, sort=True).agg(
        n_reports=("object_id", "size"), first_at=("reported_at", "min"), last_at=("reported_at", "max")
    )
    identifiers = carried[[*keys, "account_id", "degree", "held_back"]].drop_duplicates()
    own = pd.concat([_named(AD, ads["content_id"], ads["account_id"]), _named(PAGE, accounts["account_id"])])
    places = pd.concat([identifiers, own.assign(degree=1, held_back="")], ignore_index=True)
    out = counted.merge(places, on=keys, how="left").drop_duplicates([*keys, "account_id"], ignore_index=True)
    out["account_id"] = out["account_id"].fillna("")
    out["held_back"] = out["held_back"].fillna("not in these data")
    out["degree"] = out["degree"].fillna(0).astype("int64")
    out["network"] = [of.get(a, "") for a in out["account_id"]]
    return out[list(COLUMNS)].sort_values(
        ["n_reports", *keys, "account_id"], ascending=[False, True, True, True], ignore_index=True
    )


def _named(kind: str, ids: pd.Series, accounts: pd.Series | None = None) -> pd.DataFrame:
    """Things with the names people may give them: the identifier as held, and without the platform in front."""
    owner = ids if accounts is None else accounts
    short = ids.str.split(":", n=1).str[-1]
    both = pd.DataFrame(
        {
            "object_type": kind,
            "object_id": pd.concat([ids, short], ignore_index=True),
            "account_id": pd.concat([owner, owner], ignore_index=True),
        }
    )
    return both.dropna(subset=["account_id"]).drop_duplicates(ignore_index=True)


def of_pages(table: pd.DataFrame, pages: tuple[str, ...]) -> int:
    """Reports that name these pages, their ads, or an identifier of theirs that few others carry; each counted once."""
    if table.empty:
        return 0
    held = table[table["account_id"].isin(pages) & table["held_back"].eq("")]
    return int(held.drop_duplicates(["object_type", "object_id"])["n_reports"].sum())


def answer(table: pd.DataFrame, given: int) -> str:
    """The answer to what victims report; empty where no reports were given."""
    if not given:
        return ""
    things = table.drop_duplicates(["object_type", "object_id"])
    lost = things[things["account_id"] == ""]
    inside = table[table["network"].ne("") & table["held_back"].eq("")].drop_duplicates(["object_type", "object_id"])
    said = (
        f"{given:,} reports name {len(things):,} ads, pages or identifiers; {int(inside['n_reports'].sum()):,} of them "
        "lead to a group of pages"
        + (f", and {int(lost['n_reports'].sum()):,} name something that these data do not hold." if len(lost) else ".")
    )
    held = things[things["held_back"].ne("") & things["account_id"].ne("")]
    if len(held):
        said += f" {int(held['n_reports'].sum()):,} name what too many share to point at one page."
    return said + " A report is somebody's word; none was checked here."
