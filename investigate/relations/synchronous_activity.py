"""Synchronous activity: accounts whose posts fall into the same half hours, beyond what their daily rhythms explain.

Time is cut into bins of 30 minutes from the first content on; each account is a vector of contents per bin. Pairs with
a cosine over 0.9 are found without comparing all pairs: two such vectors must share a bin among the rarest bins of both
that hold a fifth of their squared length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from ..chance import at_least_poisson
from ..store import frame
from . import RELATIONS, Relation
from ._frames import EVIDENCE_COLUMNS, edge_frame, typed

NAME = "synchronous_activity"

BIN_S = 1800
"""Seconds of a bin: the 30 minutes of published work."""

MIN_COSINE = 0.9
MIN_POSTS = 10
"""Contents an account needs."""

MIN_BINS = 5
"""Bins both accounts must be active in: two accounts that post on one evening only are no rhythm."""

PRIOR_POSTS = 5.0
"""Contents with the rhythm of the whole data that are added to each account's own before its rhythm is read off."""

_ROWS = 2048
_FLAT = 5_000_000


@dataclass(frozen=True)
class _Bins:
    """Contents per account and bin, for accounts with enough of both, as compressed rows.

    `start[i]:start[i + 1]` are the entries of account i in `bin` (ascending) and `count`.
    """

    accounts: list[str]
    start: np.ndarray
    bin: np.ndarray
    count: np.ndarray
    everyone: np.ndarray
    first_us: int


def _binned(con: duckdb.DuckDBPyConnection) -> _Bins:
    """Bins, from the time of the first content on; `everyone` counts all contents per bin, of all accounts."""
    span = con.execute("select min(at_us), max(at_us) from content_us").fetchall()[0]
    first = int(span[0] or 0)
    width = BIN_S * 1_000_000
    n = (int(span[1] or 0) - first) // width + 1
    counts = frame(
        con,
        f"""
        with c as (select account_id, (at_us - {first}) // {width} as bin, count(*) as n from content_us group by 1, 2)
        select account_id, cast(bin as bigint) as bin, n, sum(n) over (partition by account_id) as posts,
               count(*) over (partition by account_id) as bins from c order by account_id, bin""",
    )
    everyone = np.bincount(counts["bin"], weights=counts["n"], minlength=n).astype(float)
    counts = counts[(counts["posts"] >= MIN_POSTS) & (counts["bins"] >= MIN_BINS)]
    codes, accounts = pd.factorize(counts["account_id"])
    start = np.searchsorted(codes, np.arange(len(accounts) + 1))
    return _Bins(list(accounts), start, counts["bin"].to_numpy(), counts["n"].to_numpy(float), everyone, first)


def edges(con: duckdb.DuckDBPyConnection, window_s: float) -> pd.DataFrame:
    """Every pair of accounts whose vectors of contents per half hour have a cosine over 0.9.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With the views of `Store.connect`.
    window_s : float
        Not used: the bins are half hours.

    Returns
    -------
    DataFrame
        `EDGE_COLUMNS`, `expected` and `p`. `n_objects` counts the bins in which both posted, `n_pairs` the pairs of
        contents in one bin, `n_content_a` and `n_content_b` each account's contents in shared bins; `weight` is the cosine.
        There is no lag.

    Notes
    -----
    Null model: given when account a was active, account b posts in bin t as a Poisson variable with mean proportional to
    (b's share of contents in that hour of the day, UTC) x (b's share on that day) x (how busy the bin was for everybody
    beyond what its hour and day give), scaled to b's number of contents; b's shares are drawn towards everybody's by
    `PRIOR_POSTS` contents. `expected` is the sum over a's bins of the chance that b is active there, `p` the Poisson tail of
    the shared bins, in the direction that explains more (the larger p). So a night's sleep, a busy week, a match that
    everybody watched give nothing; what is left is agreement finer than hours and days.

    It misleads for accounts on one schedule for a plain reason (shifts, a shared scheduling client, a newsroom) and for
    bursts: p treats bins as independent. It says nothing on few posts. Never alone.

    References
    ----------
    Pacheco et al. (2021), doi:10.1609/icwsm.v15i1.18075
    """
    bins = _binned(con)
    one, two = _candidates(bins)
    table = _measured(bins, one, two)
    table = table[(table["weight"] > MIN_COSINE) & (table["n_objects"] >= MIN_BINS)]
    one, two = table.pop("one").to_numpy(), table.pop("two").to_numpy()
    table["expected"], table["p"] = _chance(bins, one, two, table["n_objects"].to_numpy())
    table["account_a"] = [bins.accounts[i] for i in one]
    table["account_b"] = [bins.accounts[i] for i in two]
    swap = (table["account_a"].map(str.encode) > table["account_b"].map(str.encode)).astype(bool)
    for left, right in (("account_a", "account_b"), ("n_content_a", "n_content_b")):
        old = table[left].copy()
        table[left] = old.where(~swap, table[right])
        table[right] = table[right].where(~swap, old)
    for name in ("first_at", "last_at"):
        table[name] = pd.to_datetime(bins.first_us + table[name] * BIN_S * 1_000_000, unit="us", utc=True)
    return edge_frame(table.assign(relation=NAME, mean_lag_s=np.nan, n_ordered=0, share_a_first=np.nan))


def _candidates(bins: _Bins) -> tuple[np.ndarray, np.ndarray]:
    """Pairs that may reach the cosine: those that share a bin in the rare part of both vectors.

    Bins stand in one order, rare ones first. What two vectors have in common lies in their shared bins from the first
    one on, so their cosine is at most the length of either from there on: the first shared bin lies in both accounts'
    part up to where the rest is shorter than the threshold (Bayardo et al. 2007, doi:10.1145/1242572.1242591).
    """
    from scipy import sparse

    n = len(bins.accounts)
    if n < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    row = np.repeat(np.arange(n), np.diff(bins.start))
    active = np.bincount(bins.bin, minlength=len(bins.everyone))
    order = np.lexsort((bins.bin, active[bins.bin], row))
    squares = bins.count[order] ** 2
    before = np.cumsum(squares) - squares
    before -= np.repeat(before[bins.start[:-1]], np.diff(bins.start))
    total = np.add.reduceat(squares, bins.start[:-1])
    keep = order[1 - before / np.repeat(total, np.diff(bins.start)) >= MIN_COSINE**2]
    short = sparse.csr_matrix((np.ones(len(keep)), (row[keep], bins.bin[keep])), shape=(n, len(bins.everyone)))
    ones, twos = [], []
    for at in range(0, n, _ROWS):
        block = sparse.triu(short[at : at + _ROWS] @ short.T, k=at + 1)
        ones.append(block.row.astype(np.int64) + at)
        twos.append(block.col.astype(np.int64))
    return np.concatenate(ones), np.concatenate(twos)


def _measured(bins: _Bins, one: np.ndarray, two: np.ndarray) -> pd.DataFrame:
    """Cosine and counts of candidate pairs, a block at a time."""
    from scipy import sparse

    n, width = len(bins.accounts), len(bins.everyone)
    matrix = sparse.csr_matrix((bins.count, bins.bin, bins.start), shape=(n, width))
    ones = matrix.copy()
    ones.data = np.ones_like(ones.data)
    norm = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    parts: list[dict[str, Any]] = []
    step = max(1, int(_FLAT / max(np.diff(bins.start).mean(), 1))) if n else 1
    for at in range(0, len(one), step):
        i, j = one[at : at + step], two[at : at + step]
        dot = np.asarray(matrix[i].multiply(matrix[j]).sum(axis=1)).ravel()
        cosine = dot / (norm[i] * norm[j])
        good = cosine > MIN_COSINE
        i, j, dot, cosine = i[good], j[good], dot[good], cosine[good]
        shared = ones[i].multiply(ones[j]).tocsr()
        shared.sort_indices()
        count = np.diff(shared.indptr)
        held = count > 0
        first, last = np.zeros(len(i), np.int64), np.zeros(len(i), np.int64)
        first[held], last[held] = shared.indices[shared.indptr[:-1][held]], shared.indices[shared.indptr[1:][held] - 1]
        of_i = np.asarray(matrix[i].multiply(ones[j]).sum(axis=1)).ravel()
        of_j = np.asarray(matrix[j].multiply(ones[i]).sum(axis=1)).ravel()
        parts.append(
            {"one": i, "two": j, "n_objects": count, "n_pairs": dot, "n_content_a": of_i, "n_content_b": of_j}
            | {"weight": cosine, "first_at": first, "last_at": last}
        )
    names = ["one", "two", "n_objects", "n_pairs", "n_content_a", "n_content_b", "weight", "first_at", "last_at"]
    return pd.DataFrame({k: np.concatenate([np.asarray(p[k]) for p in parts] or [np.empty(0, int)]) for k in names})


def _chance(bins: _Bins, one: np.ndarray, two: np.ndarray, shared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Expected shared bins and p, by the direction that explains more."""
    if not len(one):
        return np.empty(0), np.empty(0)
    who = np.unique(np.r_[one, two])
    rhythm = _Rhythm(bins, who)
    at = {code: i for i, code in enumerate(who)}
    expected = np.zeros(len(one))
    for i, (a, b) in enumerate(zip(one, two, strict=True)):
        expected[i] = max(rhythm.shared(bins, a, at[b]), rhythm.shared(bins, b, at[a]))
    return expected, at_least_poisson(shared, expected)


class _Rhythm:
    """Each account's contents by hour of the day and by day, and how busy each bin was for everybody beyond both."""

    def __init__(self, bins: _Bins, who: np.ndarray) -> None:
        n = len(bins.everyone)
        per_hour, per_day = 3600 // BIN_S, 86400 // BIN_S
        # Hours and days are those of UTC, the first bin may begin in the middle of one.
        offset = bins.first_us // (BIN_S * 1_000_000)
        t = np.arange(n) + offset
        self.hour, self.day = t % per_day // per_hour, t // per_day - offset // per_day
        n_days = int(self.day[-1]) + 1
        total = bins.everyone.sum()
        by_hour = np.bincount(self.hour, bins.everyone, 24) / total
        by_day = np.bincount(self.day, bins.everyone, n_days) / total
        usual = total * by_hour[self.hour] * by_day[self.day] / per_hour
        self.busy = np.where(usual > 0, bins.everyone / np.maximum(usual, 1e-300), 0.0)
        self.hours, self.days = np.zeros((len(who), 24)), np.zeros((len(who), n_days))
        self.posts = np.zeros(len(who))
        for i, code in enumerate(who):
            here = slice(bins.start[code], bins.start[code + 1])
            t, c = bins.bin[here], bins.count[here]
            self.posts[i] = c.sum()
            self.hours[i] = (np.bincount(self.hour[t], c, 24) + PRIOR_POSTS * by_hour) / (self.posts[i] + PRIOR_POSTS)
            self.days[i] = (np.bincount(self.day[t], c, n_days) + PRIOR_POSTS * by_day) / (self.posts[i] + PRIOR_POSTS)
        grid = np.zeros((24, n_days))
        np.add.at(grid, (self.hour, self.day), self.busy)
        self.scale = self.posts / np.maximum(np.einsum("ih,hd,id->i", self.hours, grid, self.days), 1e-300)

    def shared(self, bins: _Bins, a: int, b: int) -> float:
        """Expected number of the bins of account a (by code) in which b (by position) is active."""
        t = bins.bin[bins.start[a] : bins.start[a + 1]]
        mean = self.scale[b] * self.hours[b, self.hour[t]] * self.days[b, self.day[t]] * self.busy[t]
        return float(-np.expm1(-mean).sum())


def evidence(con: duckdb.DuckDBPyConnection, window_s: float, account_a: str, account_b: str) -> pd.DataFrame:
    """The contents of both accounts in the half hours in which both posted: one row per pair of contents in one bin.

    `object_id` is the start of the half hour (ISO 8601, UTC). Adds n_accounts, the accounts active in it.
    """
    a, b = sorted((account_a, account_b), key=lambda s: s.encode())
    first = int(con.execute("select min(at_us) from content_us").fetchall()[0][0] or 0)
    width = BIN_S * 1_000_000
    out = frame(
        con,
        f"""
        with c as (select *, (epoch_us(created_at) - {first}) // {width} as bin from content),
        n as (select bin, count(distinct account_id) as n_accounts from c group by bin)
        select '{NAME}' as relation, strftime(make_timestamp(cast({first} + bin * {width} as bigint)), '%Y-%m-%dT%H:%M:%SZ')
                   as object_id, l.account_id as account_a, r.account_id as account_b, l.created_at as at_a,
               r.created_at as at_b, epoch_us(r.created_at) / 1e6 - epoch_us(l.created_at) / 1e6 as lag_s,
               l.content_id as content_a, r.content_id as content_b, l.text as text_a, r.text as text_b,
               l.source_row as row_a, r.source_row as row_b, n_accounts
        from c l join c r using (bin) join n using (bin)
        where l.account_id = $a and r.account_id = $b and $a <> $b order by at_a, at_b, content_a, content_b""",
        {"a": a, "b": b},
    )
    return typed(out[[*EVIDENCE_COLUMNS, "n_accounts"]])


def holds(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether two accounts have `MIN_POSTS` contents."""
    query = f"select count(*) from (select 1 from content_us group by account_id having count(*) >= {MIN_POSTS})"
    return con.execute(query).fetchall()[0][0] > 1


RELATIONS.add(
    Relation(
        name=NAME,
        title="Synchronous activity",
        summary="Links accounts whose posts fall into the same half hours (cosine over 0.9); weight: the cosine.",
        caveat="Shifts, newsrooms and scheduling clients keep one rhythm; read it beside other relations, never alone.",
        needs=(f"two accounts with {MIN_POSTS} contents",),
        holds=holds,
        edges=edges,
        evidence=evidence,
        by_default=False,
        never_alone=True,
        untimed=True,
        defaults={"bin": "30min", "min_shared": MIN_BINS},
        references=(
            "Pacheco et al. (2021), Uncovering coordinated networks on social media, doi:10.1609/icwsm.v15i1.18075",
            "Bayardo et al. (2007), Scaling up all pairs similarity search, doi:10.1145/1242572.1242591",
        ),
    )
)
