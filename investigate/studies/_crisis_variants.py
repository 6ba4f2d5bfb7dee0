"""Variant families of a crisis: nearly equal texts in any script, nearly equal pictures; how fast each grows."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ..series import bins, doubling
from ..similar import jaccard, text_families
from ..similar.media import hash_families
from ..store import frame
from ..study import Study
from ._crisis_scope import Event

LEAST = 2
"""Contents a family needs: one content alone is no variant of anything."""

FITTED, FITS = 20, 100
"""A doubling time is fitted for families of so many contents, and for so many of the largest ones."""

COMPARED = 200
"""Distinct texts of a family that are compared with its first one."""

_SLOW = ("peak_per_hour", "peak_at", "doubling_h", "doubling_low_h", "doubling_high_h", "likeness")

_SEEN = """
select a.content_id, a.object_id as member, c.account_id, c.created_at, coalesce(c.language, '') as language,
       coalesce(p.platform, '') as platform
from actions a join content c using (content_id) left join accounts p on p.account_id = c.account_id
where a.object_type = '{kind}' and c.created_at >= $begin and c.created_at <= $end order by a.content_id, a.object_id"""

ABOUT = 0.5
"""Share of a family's contents that the terms find from which its other contents are about the event as well."""


def sightings(con: Any, contents: pd.DataFrame, event: Event) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    """Every content about the event by the family of its text, and of its media.

    Parameters
    ----------
    contents : DataFrame
        content_id, at: what the terms find.

    Returns
    -------
    DataFrame
        family, kind ('text' or 'media'), member (the text in normal form, or the hash), content_id, account_id, created_at,
        language, platform. Only families with `LEAST` contents or more.
    DataFrame
        content_id, at: the contents about the event. To those that the terms find come the others of a family in which
        they are `ABOUT`: whoever edits a text may drop the very word that was searched for.
    tuple of str
        What was not compared.

    Notes
    -----
    The join is made anew over all texts of the window: a text that arrives can bring two families together, and the
    result must be the one that a computation from nothing gives. Texts join at a Jaccard similarity of 0.8 of their
    shingles; families are chains of such pairs. Texts under six words have no family.
    """
    span = {"begin": event.begin, "end": event.end}
    texts, media = (frame(con, _SEEN.format(kind=kind), span) for kind in ("text", "media"))
    parts, notes = [], list[str]()
    if len(texts):
        found = text_families(pa.array(texts["member"], pa.large_string()))
        names = dict(zip(found.texts.to_pylist(), found.names.to_pylist(), strict=True))
        parts.append(texts.assign(family=texts["member"].map(names), kind="text"))
        notes += found.notes()
    if len(media):
        shown = media["member"].str.contains(":")
        nearly = hash_families(sorted(set(media.loc[shown, "member"])))
        names = dict(zip(nearly.hashes, nearly.names, strict=True))
        parts.append(media.assign(family=media["member"].map(names).fillna(media["member"]), kind="media"))
        notes += nearly.notes()
    columns = ["family", "kind", "member", "content_id", "account_id", "created_at", "language", "platform"]
    if not parts:
        return pd.DataFrame(columns=columns), contents, tuple(notes)
    held = pd.concat(parts, ignore_index=True)[columns].drop_duplicates(["family", "content_id"])
    held = held[held.groupby("family")["content_id"].transform("size") >= LEAST]
    share = held["content_id"].isin(set(contents["content_id"])).groupby(held["family"]).transform("mean")
    held = held[share >= ABOUT].copy()
    more = held.loc[~held["content_id"].isin(set(contents["content_id"])), ["content_id", "created_at"]]
    more = more.drop_duplicates("content_id").rename(columns={"created_at": "at"})
    more["at"] = more["at"].dt.floor(event.step)
    every = pd.concat([contents, more]).sort_values(["at", "content_id"], ignore_index=True)
    held["family"] = [named(k, f) for k, f in zip(held["kind"], held["family"], strict=True)]
    return held.sort_values(["family", "created_at", "content_id"], ignore_index=True), every, tuple(notes)


def named(kind: str, representative: str) -> str:
    """A family's short name: V for texts, M for media, and a hash of its representative."""
    return ("V-" if kind == "text" else "M-") + hashlib.sha256(representative.encode()).hexdigest()[:8]


def families(seen: pd.DataFrame, event: Event, alert: int, earlier: Study | None) -> tuple[pd.DataFrame, int]:
    """One row for each family, and how many had their slower numbers taken from the earlier run.

    Returns
    -------
    DataFrame
        family, kind, n_contents, n_texts, n_accounts, last_at, n_last_3h, n_before_3h (three hours before the run's clock,
        and the three before those), pace, peak_per_hour, peak_at, alert, doubling_h with its interval, likeness (lowest
        similarity to the first text), languages, platforms, print; largest first.

    Notes
    -----
    The doubling time is fitted from the first sighting to the peak, in bins of `step`; NaN under `FITTED` contents
    and beyond the `FITS` largest families. It says how the rise went, not what comes. "growing": more in the last three hours than in the three before, beyond a
    one-sided binomial test at 0.05; "slowing": fewer, likewise; "quiet": none in the last three; else "steady".
    """
    columns = (
        "family kind n_contents n_texts n_accounts last_at n_last_3h n_before_3h pace alert languages platforms print"
    )
    if seen.empty:
        return pd.DataFrame(columns=[*columns.split(), *_SLOW]), 0
    late, mid = event.end - pd.Timedelta(hours=3), event.end - pd.Timedelta(hours=6)
    at = seen["created_at"]
    flagged = seen.assign(last3=at > late, before3=(at > mid) & (at <= late))
    by = flagged.groupby("family", sort=True)
    table = by.agg(
        kind=("kind", "first"),
        n_contents=("content_id", "size"),
        n_texts=("member", "nunique"),
        n_accounts=("account_id", "nunique"),
        last_at=("created_at", "max"),
        n_last_3h=("last3", "sum"),
        n_before_3h=("before3", "sum"),
    )
    for column in ("language", "platform"):
        said = seen.loc[seen[column] != "", ["family", column]].drop_duplicates().sort_values(["family", column])
        table[column + "s"] = said.groupby("family")[column].agg(", ".join).reindex(table.index).fillna("not stated")
    # Whether a doubling time is fitted depends on the other families as well, so it belongs to the fingerprint.
    largest = (
        table["n_contents"][table["n_contents"] >= FITTED].sort_values(ascending=False, kind="stable").index[:FITS]
    )
    table["print"] = _prints(seen).reindex(table.index) + np.where(table.index.isin(largest), "-f", "")
    table["pace"] = [pace(a, b) for a, b in zip(table["n_last_3h"], table["n_before_3h"], strict=True)]
    slow, reused = _slow(seen, table, event, earlier)
    table = table.join(slow)
    table["alert"] = table["peak_per_hour"] >= alert
    table = table.reset_index().sort_values(["n_contents", "family"], ascending=[False, True], ignore_index=True)
    return table, reused


def _prints(seen: pd.DataFrame) -> pd.Series:
    """A fingerprint of each family: which contents, which wordings, when."""
    rows = pd.util.hash_pandas_object(seen[["content_id", "member", "created_at"]], index=False)
    both = rows.groupby(seen["family"]).agg(["sum", "size"])
    return pd.Series([f"{int(a):016x}-{n}" for a, n in zip(both["sum"], both["size"], strict=True)], index=both.index)


def _slow(seen: pd.DataFrame, table: pd.DataFrame, event: Event, earlier: Study | None) -> tuple[pd.DataFrame, int]:
    """The numbers that take a fit or a comparison; those of families that did not change come from the earlier run."""
    before = earlier.table("variants") if earlier is not None else pd.DataFrame()
    same_step = earlier is not None and earlier.facts.get("step_minutes") == event.step.total_seconds() / 60
    known: dict[tuple[str, str], tuple] = {}
    if same_step and {"print", *_SLOW} <= set(before):
        values = before[list(_SLOW)].itertuples(index=False, name=None)
        known = dict(zip(zip(before["family"], before["print"], strict=True), values, strict=True))
    ends = np.cumsum(seen["family"].value_counts(sort=False).reindex(table.index).to_numpy())
    moments, members = seen["created_at"].to_numpy("datetime64[us]"), seen["member"].to_numpy(object)
    rows, reused, start = [], 0, 0
    for family, stamp, kind, end in zip(table.index, table["print"], table["kind"], ends, strict=True):
        held = known.get((family, stamp))
        reused += held is not None
        rows.append(held or _measured(moments[start:end], members[start:end], kind, event, stamp.endswith("-f")))
        start = end
    out = pd.DataFrame(rows, index=table.index, columns=list(_SLOW))
    out["peak_at"] = pd.to_datetime(out["peak_at"], utc=True).astype("datetime64[us, UTC]")
    return out.astype({"peak_per_hour": "int64", **{c: "float64" for c in _SLOW[2:]}}), reused


def _measured(at: np.ndarray, members: np.ndarray, kind: str, event: Event, fit: bool) -> tuple:
    """`_SLOW` of one family, from its times in order and its wordings."""
    within = np.searchsorted(at, at + np.timedelta64(1, "h")) - np.arange(len(at))
    peak, fitted = int(within.max()), (np.nan, np.nan, np.nan)
    if fit:
        times = pd.DatetimeIndex(at, tz="UTC")
        width = f"{int(event.step.total_seconds())}s"
        fitted = rise(bins(times, width, start=times[0], end=times[-1] + pd.Timedelta("1us")))[0]
    texts = list(dict.fromkeys(members))[:COMPARED]
    likeness = min((jaccard(texts[0], other) for other in texts[1:]), default=1.0) if kind == "text" else np.nan
    return peak, pd.Timestamp(at[int(within.argmax())], tz="UTC"), *fitted, likeness


def rise(counts: pd.Series) -> tuple[tuple[float, float, float], pd.Timestamp | None]:
    """The doubling time (hours, shortest, longest) from the first bin with anything to the fullest, and when that is."""
    busy = counts[counts > 0]
    if busy.empty:
        return (np.nan, np.nan, np.nan), None
    top = counts.idxmax()
    return doubling(counts.loc[busy.index[0] : top]), top


def pace(last: int, before: int) -> str:
    """growing, steady, slowing or quiet, from counts of two spans of one length."""
    from scipy.stats import binom

    if last == 0:
        return "quiet"
    n = int(last + before)
    if binom.sf(last - 1, n, 0.5) < 0.05:
        return "growing"
    return "slowing" if binom.cdf(last, n, 0.5) < 0.05 else "steady"
