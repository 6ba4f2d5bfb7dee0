"""The earliest observed sighting of each variant, and the three things that stand against it: coverage, deletions, clock."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..store import frame
from ._crisis_scope import CLIENT_CLAIMED, WITHIN_GAP_H, Event

EXPECTED_IN_GAP = 10.0
"""Contents that a silent stretch would have held at the pace of the day around it: chance leaves it empty once in 20,000."""

LEAST_GAP = pd.Timedelta(hours=1)

DELETIONS = (
    "What was deleted, hidden or made private before the data were collected is not in them; whoever published earlier and "
    "deleted it cannot be seen."
)


def gaps(con: Any) -> pd.DataFrame:
    """Stretches of an hour or more without any content that the pace around them does not explain.

    Returns
    -------
    DataFrame
        begin, end, hours, expected (contents at the mean pace of 24 hours before and after).
    """
    times = frame(con, "select distinct created_at as at from content order by 1")["at"]
    columns = ["begin", "end", "hours", "expected"]
    if len(times) < 3:
        return pd.DataFrame(columns=columns)
    counts = frame(con, "select created_at as at from content order by 1")["at"].to_numpy("datetime64[us]")
    at = times.to_numpy("datetime64[us]")
    wide = np.flatnonzero(np.diff(at) >= np.timedelta64(int(LEAST_GAP.total_seconds()), "s"))
    rows, day = [], np.timedelta64(24, "h")
    for i in wide:
        begin, end = at[i], at[i + 1]
        hours = float((end - begin) / np.timedelta64(1, "h"))
        before = np.searchsorted(counts, begin, side="right") - np.searchsorted(counts, begin - day)
        after = np.searchsorted(counts, end + day) - np.searchsorted(counts, end)
        seen = min(24.0, float((begin - at[0]) / np.timedelta64(1, "h"))) + min(
            24.0, float((at[-1] - end) / np.timedelta64(1, "h"))
        )
        expected = float(before + after) / max(seen, 1.0) * hours
        if expected >= EXPECTED_IN_GAP:
            rows.append(
                (pd.Timestamp(begin, tz="UTC"), pd.Timestamp(end, tz="UTC"), round(hours, 1), round(expected, 1))
            )
    return pd.DataFrame(rows, columns=columns)


def missing_origins(con: Any) -> pd.DataFrame:
    """content_id, refers_to: contents that repost, answer or quote something that is not in the data."""
    return frame(
        con,
        """select distinct a.content_id, a.object_id as refers_to from actions a
           where a.object_type in ('repost', 'reply', 'quote')
           and not exists (select 1 from content c where c.content_id = a.object_id) order by all""",
    )


def earliest(case: Any, sightings: pd.DataFrame, event: Event, silent: pd.DataFrame) -> pd.DataFrame:
    """One card for each family: the earliest observed sighting in this data set, and what stands against it.

    Parameters
    ----------
    sightings : DataFrame
        family, content_id, created_at, platform; see `_crisis_variants.sightings`.
    silent : DataFrame
        The gaps of the data.

    Returns
    -------
    DataFrame
        family, first_content, first_at, second_at, raised (whether the coverage caveat is more than the usual one), coverage,
        deletions, clock, n_before_event, n_claimed, n_same_time, n_missing_origin; in the order of family.

    Notes
    -----
    A sighting that is dated before the event, or whose time the client claims, is not taken for the first where there is
    any other: it speaks of what had not happened, or of a clock that nobody checked. Both are counted on the card.
    Never read it as the source: earlier ones may exist outside the data.
    """
    held = sightings.assign(
        before=sightings["created_at"] < event.at, claimed=sightings["platform"].isin(CLIENT_CLAIMED)
    ).sort_values(["family", "before", "claimed", "created_at", "content_id"], ignore_index=True)
    by = held.groupby("family", sort=True)
    first = by.first()
    rank = by.cumcount()
    card = pd.DataFrame({"first_content": first["content_id"], "first_at": first["created_at"]})
    card["second_at"] = held[rank == 1].set_index("family")["created_at"].reindex(card.index)
    card["n_before_event"], card["n_claimed"] = by["before"].sum(), by["claimed"].sum()
    level = held["created_at"] == held["family"].map(card["first_at"])
    card["n_same_time"] = level.groupby(held["family"]).sum() - 1
    origins = missing_origins(case.connection())
    lost = held["content_id"].isin(set(origins["content_id"]))
    card["n_missing_origin"] = lost.groupby(held["family"]).sum()
    start = min(pd.Timestamp(d.first_at) for d in case.datasets)
    coverage = [_coverage(r, start, silent) for r in card.itertuples()]
    card["raised"] = [bool(c) for c in coverage]
    card["coverage"] = ["; ".join(c) or "Earlier sightings may exist outside the data." for c in coverage]
    card["deletions"] = DELETIONS
    card["clock"] = [_clock(r, event, case.resolution_s) for r in card.itertuples()]
    return card.reset_index()


def _coverage(row: Any, start: pd.Timestamp, silent: pd.DataFrame) -> list[str]:
    out, near = [], pd.Timedelta(hours=WITHIN_GAP_H)
    if row.first_at - start < near:
        out.append(f"The data begin only {_hours(row.first_at - start)} before it")
    late = silent[(silent["end"] <= row.first_at) & (row.first_at - silent["end"] < near)] if len(silent) else silent
    for gap in late.itertuples():
        out.append(f"The data are silent for {gap.hours:g} h up to {_hours(row.first_at - gap.end)} before it")
    if row.n_missing_origin:
        out.append(f"{row.n_missing_origin:,} sightings refer to contents that are not in the data")
    return out


def _clock(row: Any, event: Event, resolution_s: float) -> str:
    out = [f"Times are as exported, to {resolution_s:g} s"]
    if row.n_same_time:
        out.append(f"{row.n_same_time:,} more carry the very same time")
    if row.n_before_event:
        if row.first_at < event.at:
            out.append("all are dated before the event: older material, or a wrong clock or event time")
        else:
            out.append(f"{row.n_before_event:,} are dated before the event and were not taken for the first")
    if row.n_claimed:
        out.append(f"{row.n_claimed:,} times are claimed by the client")
    return "; ".join(out) + "."


def _hours(length: pd.Timedelta) -> str:
    hours = length.total_seconds() / 3600
    return f"{hours:.1f} h" if hours >= 1 else f"{max(length.total_seconds(), 0) / 60:.0f} min"
