"""Creation batches: members that were created close together, against when everybody else was."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from ..store import frame
from ._scan import LEAST_OTHERS, Signal, crowded_stretch

DAY_S = 86_400.0
WIDTHS = ((DAY_S, "a day"), (7 * DAY_S, "a week"))
LEAST_STATED = 0.5
"""Share of a group's members whose creation date must be known."""


def _dates(con: duckdb.DuckDBPyConnection) -> tuple[pd.Series, bool]:
    """Seconds since 1970 by account, and whether the dates are whole days."""
    held = frame(
        con, "select account_id, epoch(created_at) as at from accounts where created_at is not null order by 1"
    )
    at = held.set_index("account_id")["at"].astype(float)
    return at, bool(len(at)) and bool((at % DAY_S == 0).all())


def signals(con: duckdb.DuckDBPyConnection, groups: dict[int, list[str]]) -> list[Signal]:
    """A batch for each group: most members in one day, or in one week, whichever is rarer; p counts both.

    Dates to the day are counted in whole days (UTC), others in stretches of 24 hours or seven days that begin with a member.
    """
    at, whole_days = _dates(con)
    out = []
    for number, ids in groups.items():
        inside = at[at.index.isin(ids)]
        outside = at[~at.index.isin(ids)].to_numpy()
        if len(inside) < LEAST_STATED * len(ids) or len(outside) < LEAST_OTHERS:
            continue
        tried = [(name, crowded_stretch(inside.to_numpy(), outside, width)) for width, name in WIDTHS]
        held = [(found[3], name, found) for name, found in tried if found is not None]
        if not held:
            continue
        p, name, (start, k, expected, _) = min(held, key=lambda h: (h[0], h[1]))
        out.append(
            Signal(
                number,
                "creation_batch",
                "account quality",
                f"{name} from {np.datetime64(int(start), 's').item():%Y-%m-%d{'' if whole_days else ' %H:%M'}}",
                float(k),
                round(expected, 2),
                len(inside),
                len(outside),
                min(1.0, p * len(WIDTHS)),
                True,
                "members created in one stretch; the rate is that of the other accounts in the same stretch",
            )
        )
    return out


def unanswered(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    stated, total = (int(n) for n in con.execute("select count(created_at), count(*) from accounts").fetchall()[0])
    if stated >= LEAST_OTHERS:
        return []
    return [
        (
            "creation_batch",
            f"{stated:,} of {total:,} accounts have a creation date; the platform's account records hold it",
        )
    ]
