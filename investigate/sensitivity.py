"""Whether a community is still there when the analyst's choices, or one object, or one account, are taken away."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from .analysis import Settings, again, busiest_days, co_actions
from .duration import say
from .engines.acts import Acts
from .progress import track

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
    joint: pd.DataFrame,
    settings: Settings,
    acts: Acts,
    resolution_s: float,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What becomes of each community, and of each member, when something is changed.

    Returns
    -------
    checks : DataFrame
        One row per community and check: community, check, changed (in words), n_accounts (of the best match), overlap
        (Jaccard with the community), verdict (survives, vanishes, not possible).
    kept : DataFrame
        One row per member: community, account_id, kept (checks under which the account is in the best match), tried
        (possible checks that did not drop the account itself), always (kept under all of them).

    Notes
    -----
    Objects and accounts are dropped for all communities in one run, which is a little harder on each than dropping
    its own alone; so are days, one run for each day that is some community's busiest. A group that lives on a single
    object or on a single day must vanish without it: that is what the check is to show.
    """
    columns = ["community", "check", "changed", "n_accounts", "overlap", "verdict"]
    kept_columns = ["community", "account_id", "kept", "tried", "always"]
    if members.empty or not co_actions(settings):
        return pd.DataFrame(columns=columns), pd.DataFrame(columns=kept_columns)
    groups = {int(number): set(part["account_id"]) for number, part in members.groupby("community")}
    rows: list[tuple[object, ...]] = []
    count = {number: dict.fromkeys(sorted(group), (0, 0)) for number, group in groups.items()}
    changes = _changes(con, members, objects, joint, settings, resolution_s)
    with track("sensitivity checks", len(changes), "checks") as advance:
        for check, changed, options, whose in changes:
            advance()
            wanted = [n for n in groups if whose is None or n in whose]
            if options is None:
                rows += [(n, check, changed, 0, float("nan"), "not possible") for n in wanted]
                continue
            found = [set(part["account_id"]) for _, part in again(con, settings, acts, **options).groupby("community")]
            for number in wanted:
                left = groups[number] - set(options.get("without_accounts", ()))
                best = max(found, key=lambda other: len(left & other) / len(left | other), default=set())
                overlap = len(left & best) / len(left | best) if left else 0.0
                for account in left:
                    was, tried = count[number][account]
                    count[number][account] = was + (account in best), tried + 1
                verdict = "survives" if overlap >= SURVIVES else "vanishes"
                rows.append((number, check, changed, len(best) if overlap else 0, overlap, verdict))
    checks = pd.DataFrame(rows, columns=columns)
    kept = [
        (number, account, was, tried, bool(tried) and was == tried)
        for number, by in count.items()
        for account, (was, tried) in by.items()
    ]
    return checks.sort_values("community", kind="stable", ignore_index=True), pd.DataFrame(kept, columns=kept_columns)


def _changes(
    con: duckdb.DuckDBPyConnection,
    members: pd.DataFrame,
    objects: pd.DataFrame,
    joint: pd.DataFrame,
    settings: Settings,
    resolution_s: float,
) -> list[tuple[str, str, dict[str, Any] | None, list[int] | None]]:
    """(check, what is changed, options of `again` or None where it is not possible, communities it is for)."""
    half, double = settings.window_s / 2, settings.window_s * 2
    fine = half >= 2 * resolution_s
    out: list[tuple[str, str, dict[str, Any] | None, list[int] | None]] = [
        ("half window", say(half) if fine else f"{say(half)} is below twice the time resolution", {"window_s": half} if fine else None, None),
        ("double window", say(double), {"window_s": double}, None),
        ("more repetition", f"at least {settings.min_shared + 1} shared objects", {"min_shared": settings.min_shared + 1}, None),
        ("weight by acts", "links weighted by how often instead of by objects", {"weight": "n_acts"}, None),
        ("without the top object", "each group's most used object removed", {"without_objects": top_objects(objects)}, None),
        ("without the top account", "each group's most active account removed", {"without_accounts": top_accounts(members)}, None),
    ]  # fmt: skip
    days = busiest_days(con, joint)
    for day in sorted(set(days.values())):
        whose = [number for number, busiest in days.items() if busiest == day]
        out.append(("without the busiest day", f"{day} removed", {"without_day": day}, whose))
    if rest := [int(n) for n in members["community"].unique() if n not in days]:
        out.append(("without the busiest day", "the data holds one day only", None, rest))
    return out
