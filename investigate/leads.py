"""Who leads: who acted first, how often, and whether the clock can say so.

To be first is no proof of command: a follower with a faster network, a scheduler that posts for all, or a clock that counts
whole minutes turn the order round. So every share comes with its interval, ties are counted, and where the interval holds the
equal share the table says that nobody leads.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

from .errors import InputError

LEVEL = 0.95

PAIR_COLUMNS: dict[str, str] = {
    "relation": "the rule that links the two accounts",
    "account_a": "the account whose identifier sorts first",
    "account_b": "the other account",
    "n_pairs": "pairs of actions within the window",
    "n_ordered": "pairs whose two actions differ in time",
    "n_ties": "pairs at the same tick of the clock: they say nothing about order",
    "tie_share": "n_ties / n_pairs",
    "n_units": "what the interval counts: objects, each taken as one observation, at most n_ordered",
    "share_a_first": "share of the ordered pairs in which account_a came first",
    "low": "lower end of the Wilson interval",
    "high": "upper end of the Wilson interval",
    "leader": "the account whose interval lies above one half; empty where none does",
    "statement": "the above in words",
}

COMMUNITY_COLUMNS: dict[str, str] = {
    "community": "number of the community",
    "account_id": "the member",
    "rank": "place among the members, by share_led",
    "n_objects": "joint objects the member took part in, those with a clear first account",
    "n_led": "of these, objects on which the member acted first of all",
    "share_led": "n_led / n_objects",
    "equal_share": "what it would be if each time all who took part were equally likely to be first",
    "low": "lower end of the interval of share_led, over resampled objects",
    "high": "upper end of the interval of share_led",
    "n_ties": "objects of the member whose first tick of the clock holds several accounts: left out",
    "leads": "whether the whole interval lies above equal_share",
    "statement": "what can be said of the community; the same for all its members",
}


def wilson(hits: np.ndarray, n: np.ndarray, level: float = LEVEL) -> tuple[np.ndarray, np.ndarray]:
    """The Wilson score interval of a share.

    Parameters
    ----------
    hits, n : array of float
        Successes and trials; the interval is 0 to 1 where n is 0.

    References
    ----------
    Wilson (1927), doi:10.1080/01621459.1927.10502953
    """
    z2 = float(ndtri((1 + level) / 2)) ** 2
    hits, n = np.asarray(hits, dtype=float), np.asarray(n, dtype=float)
    share = hits / np.maximum(n, 1)
    middle = (share + z2 / (2 * np.maximum(n, 1e-300))) / (1 + z2 / np.maximum(n, 1e-300))
    half = np.sqrt(z2 * share * (1 - share) / np.maximum(n, 1) + z2**2 / (4 * np.maximum(n, 1) ** 2)) / (
        1 + z2 / np.maximum(n, 1)
    )
    none = n <= 0
    low = np.where(none | (hits <= 0), 0.0, np.clip(middle - half, 0, 1))
    high = np.where(none | (hits >= n), 1.0, np.clip(middle + half, 0, 1))
    return low, high


def pair_leads(edges: pd.DataFrame, *, level: float = LEVEL) -> pd.DataFrame:
    """For each edge, who acted first, how often, with an interval.

    Parameters
    ----------
    edges : DataFrame
        relation, account_a, account_b, n_objects, n_pairs, n_ordered, share_a_first; see `investigate.relations.EDGE_COLUMNS`.
    level : float
        Coverage of the interval.

    Returns
    -------
    DataFrame
        `PAIR_COLUMNS`, one row per edge, in the same order.

    Notes
    -----
    Pairs on one object are not independent: one early post is early against every later one. So the interval counts each object
    once (`n_units`), never the pairs. It misleads where the clock is coarse (`tie_share`; with times to the minute the order
    inside a minute is lost, and ties fall out), where one tool posts for both accounts, and where the export holds the later
    copies only. Over many edges some intervals miss one half by chance: about one in twenty at 0.95.
    """
    needed = ["relation", "account_a", "account_b", "n_objects", "n_pairs", "n_ordered", "share_a_first"]
    missing = [c for c in needed if c not in edges]
    if missing:
        raise InputError(f"the edges lack {', '.join(missing)}", "parameter edges", "give the table of Case.relate")
    out = edges[["relation", "account_a", "account_b", "n_pairs", "n_ordered"]].reset_index(drop=True)
    out["n_ties"] = out["n_pairs"] - out["n_ordered"]
    out["tie_share"] = out["n_ties"] / out["n_pairs"].clip(lower=1)
    ordered = out["n_ordered"].to_numpy(dtype=float)
    out["n_units"] = np.minimum(edges["n_objects"].to_numpy(dtype=float), ordered).astype(int)
    out["share_a_first"] = edges["share_a_first"].to_numpy(dtype=float)
    share, n = out["share_a_first"].fillna(0.5).to_numpy(), out["n_units"].to_numpy(dtype=float)
    low, high = wilson(share * n, n, level)
    out["low"], out["high"] = low, high
    out["leader"] = np.where(low > 0.5, out["account_a"], np.where(high < 0.5, out["account_b"], ""))
    out["statement"] = [_of_pair(row) for row in out.itertuples()]
    return out[list(PAIR_COLUMNS)]


def _of_pair(row: object) -> str:
    r: dict[str, object] = row._asdict()  # type: ignore[attr-defined]
    ties = f"; {r['n_ties']:,} of {r['n_pairs']:,} pairs are level in time" if r["n_ties"] else ""
    if not r["n_ordered"]:
        return "the clock cannot say: all pairs are level in time"
    interval = (
        f"{r['share_a_first']:.0%} a first, interval {r['low']:.0%} to {r['high']:.0%} over {r['n_units']:,} objects"
    )
    if not r["leader"]:
        return f"neither leads ({interval}{ties})"
    return f"{'a' if r['leader'] == r['account_a'] else 'b'} comes first more often ({interval}{ties})"


def community_leads(
    joint: pd.DataFrame, *, resolution_s: float = 0.0, level: float = LEVEL, draws: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """For each community, which members come first on what it does together.

    Parameters
    ----------
    joint : DataFrame
        community, account_id, content_id, created_at, object_type, object_id: the contents of `Case.joint`.
    resolution_s : float
        Ticks of the clock, seconds: first actions of several accounts in one tick are a tie. 0 takes times as they are.
    draws, seed : int
        Resamples of the objects behind the interval, and their seed.

    Returns
    -------
    DataFrame
        `COMMUNITY_COLUMNS`, one row per community and member, by community and rank.

    Notes
    -----
    Each object counts once, whatever it drew, and objects on exactly the same posts (a headline and its link) are one: the
    first account on it leads it. Equal share is 1 over the number of members on
    the object, averaged over the member's objects; a member leads where the whole interval lies above it, at a level corrected
    for the number of members (Bonferroni). The interval is a percentile bootstrap over the community's objects (Efron 1979),
    and Wilson's where that is wider: with few objects the bootstrap is too narrow, and with none led it has no width.

    It misleads with times to the minute (ties are left out and counted), where posts are scheduled, where an object is
    used on many days (only its first use by the group counts), and where the first account is outside the data. Who posts most
    is also first more often: equal share counts accounts, not their posts.
    """
    if resolution_s < 0 or draws < 1:
        raise InputError("resolution_s must be 0 or more and draws 1 or more", "community_leads", "see the parameters")
    parts = [
        _one_community(int(number), part, resolution_s, level, draws, seed)
        for number, part in joint.groupby("community", sort=True)
    ]
    if not parts:
        return pd.DataFrame(columns=list(COMMUNITY_COLUMNS))
    return pd.concat(parts, ignore_index=True)[list(COMMUNITY_COLUMNS)]


def _one_community(
    number: int, joint: pd.DataFrame, resolution_s: float, level: float, draws: int, seed: int
) -> pd.DataFrame:
    at = pd.DatetimeIndex(joint["created_at"]).as_unit("us").asi8
    if resolution_s:
        at = at // max(round(resolution_s * 1_000_000), 1)
    first = joint[["object_type", "object_id", "account_id"]].assign(at=at)
    first = first[_one_of_each(joint)]
    # One row per object and account: when the account came to the object.
    first = first.groupby(["object_type", "object_id", "account_id"], as_index=False, sort=True)["at"].min()
    by = first.groupby(["object_type", "object_id"], sort=True)
    first["n"], first["start"] = by["account_id"].transform("size"), by["at"].transform("min")
    first["is_first"] = first["at"] == first["start"]
    first["tied"] = first["is_first"].groupby([first["object_type"], first["object_id"]]).transform("sum") > 1
    shared = first[first["n"] > 1]
    accounts = np.sort(joint["account_id"].unique())
    clear = shared[~shared["tied"]]
    who = np.searchsorted(accounts, clear["account_id"].to_numpy())
    obj = clear.groupby(["object_type", "object_id"], sort=True).ngroup().to_numpy()
    led = clear["is_first"].to_numpy(dtype=float)
    size, n_objects = len(accounts), int(obj.max(initial=-1)) + 1
    n = np.bincount(who, minlength=size).astype(float)
    n_led = np.bincount(who, weights=led, minlength=size)
    equal = np.bincount(who, weights=1 / clear["n"].to_numpy(), minlength=size) / np.maximum(n, 1)
    corrected = 1 - (1 - level) / max(int((n > 0).sum()), 1)
    low, high = wilson(n_led, n, corrected)
    if n_objects:
        from scipy.sparse import csr_array

        took = csr_array((np.ones(len(who)), (obj, who)), shape=(n_objects, size))
        lead = csr_array((led, (obj, who)), shape=(n_objects, size))
        rng = np.random.default_rng(seed)
        chunk = max(5_000_000 // n_objects, 1)
        rows = []
        for start in range(0, draws, chunk):
            n_drawn = min(chunk, draws - start)
            times = rng.multinomial(n_objects, np.full(n_objects, 1 / n_objects), size=n_drawn).astype(float)
            with np.errstate(invalid="ignore"):
                rows.append((lead.T @ times.T).T / (took.T @ times.T).T)
        shares = np.concatenate(rows)
        tails = [50 * (1 - corrected), 100 - 50 * (1 - corrected)]
        drawn = np.nanpercentile(
            np.where(np.isfinite(shares), shares, (n_led / np.maximum(n, 1))[None, :]), tails, axis=0
        )
        low, high = np.minimum(low, drawn[0]), np.maximum(high, drawn[1])
    ties = shared.loc[shared["tied"], "account_id"].value_counts().reindex(accounts).fillna(0).to_numpy()
    with np.errstate(invalid="ignore"):
        table = pd.DataFrame(
            {
                "community": number,
                "account_id": accounts,
                "n_objects": n.astype(int),
                "n_led": n_led.astype(int),
                "share_led": n_led / n,
                "equal_share": np.where(n > 0, equal, np.nan),
                "low": np.where(n > 0, low, 0.0),
                "high": np.where(n > 0, high, 1.0),
                "n_ties": ties.astype(int),
            }
        )
    table["leads"] = table["low"] > table["equal_share"]
    table["statement"] = _of_community(table, n_objects, shared)
    table = table.sort_values(["share_led", "n_led", "account_id"], ascending=[False, False, True], ignore_index=True)
    return table.assign(rank=range(1, len(table) + 1))


def _one_of_each(joint: pd.DataFrame) -> np.ndarray:
    """The rows of one object for each set of contents: headline and link of the same posts are one thing, not two."""
    names = joint[["object_type", "object_id"]].agg(tuple, axis=1)
    contents = joint.groupby(["object_type", "object_id"])["content_id"].agg(frozenset)
    kept = contents.reset_index().drop_duplicates("content_id")
    return names.isin(set(zip(kept["object_type"], kept["object_id"], strict=True))).to_numpy()


def _of_community(table: pd.DataFrame, n_objects: int, shared: pd.DataFrame) -> str:
    total = shared.drop_duplicates(["object_type", "object_id"])
    tied = int(total["tied"].sum())
    ties = f"; on {tied:,} of {len(total):,} objects several came first at the same tick of the clock" if tied else ""
    leaders = int(table["leads"].sum())
    if not n_objects:
        return f"the clock cannot say who comes first{ties}"
    if not leaders:
        return f"no account leads: every interval holds the equal share, or less, over {n_objects:,} objects{ties}"
    verb = "account comes" if leaders == 1 else "accounts come"
    return f"{leaders:,} {verb} first more often than an equal share, over {n_objects:,} objects{ties}"
