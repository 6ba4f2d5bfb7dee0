"""Whether a community is still there when the analyst's choices, or one object, or one account, are taken away."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from .analysis import Settings, again
from .duration import say

SURVIVES = 0.5


def top_objects(objects: pd.DataFrame) -> list[tuple[str, str]]:
    """The object with the most joint contents, of each community."""
    first = objects.drop_duplicates("community")
    return list(zip(first["object_type"], first["object_id"], strict=True))


def top_accounts(members: pd.DataFrame) -> list[str]:
    """The account with the most joint contents, of each community."""
    ordered = members.sort_values(["community", "n_acts", "account_id"], ascending=[True, False, True])
    return list(ordered.drop_duplicates("community")["account_id"])


def table(
    con: duckdb.DuckDBPyConnection,
    members: pd.DataFrame,
    objects: pd.DataFrame,
    settings: Settings,
    resolution_s: float,
) -> pd.DataFrame:
    """One row per community and check.

    Returns
    -------
    DataFrame
        community, check, changed (in words), n_accounts (of the best match), overlap (Jaccard with the community),
        verdict (survives, vanishes, not possible).

    Notes
    -----
    Objects and accounts are dropped for all communities in one run, which is a little harder on each than dropping
    its own alone. A group that lives on a single object must vanish without it: that is what the check is to show.
    """
    if members.empty:
        return pd.DataFrame(columns=["community", "check", "changed", "n_accounts", "overlap", "verdict"])
    half, double = settings.window_s / 2, settings.window_s * 2
    dropped_objects, dropped_accounts = top_objects(objects), top_accounts(members)
    changes: list[tuple[str, str, dict[str, Any] | None]] = [
        ("half window", say(half), {"window_s": half} if half >= 2 * resolution_s else None),
        ("double window", say(double), {"window_s": double}),
        ("without the top object", "each group's most used object removed", {"without_objects": dropped_objects}),
        ("without the top account", "each group's most active account removed", {"without_accounts": dropped_accounts}),
    ]
    groups = {number: set(part["account_id"]) for number, part in members.groupby("community")}
    rows = []
    for check, changed, options in changes:
        if options is None:
            rows += [
                (n, check, f"{changed} is below twice the time resolution", 0, float("nan"), "not possible")
                for n in groups
            ]
            continue
        found = [set(part["account_id"]) for _, part in again(con, settings, **options).groupby("community")]
        for number, group in groups.items():
            kept = group - set(options.get("without_accounts", ()))
            best = max(found, key=lambda other: len(kept & other) / len(kept | other), default=set())
            overlap = len(kept & best) / len(kept | best) if kept else 0.0
            rows.append(
                (
                    number,
                    check,
                    changed,
                    len(best) if overlap else 0,
                    overlap,
                    "survives" if overlap >= SURVIVES else "vanishes",
                )
            )
    out = pd.DataFrame(rows, columns=["community", "check", "changed", "n_accounts", "overlap", "verdict"])
    return out.sort_values("community", kind="stable", ignore_index=True)
