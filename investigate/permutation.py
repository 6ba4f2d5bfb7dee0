"""Is a community in step by more than chance? Times, or objects, are dealt out anew among everybody's actions, many times.

The statistic is the number of contents of members that match another member within the window. `within` chooses what is dealt
and what stays, and so what question is asked:

object       The times of all actions on one object are dealt anew among them, everybody's. Kept: how often each account acted
             on each object (activity), how many acted on it (popularity), when it was talked about. Broken: who acted when.
object_day   The same within one calendar day (UTC): on which day each account acted on each object is kept as well.
object_hour  The same within one hour of the day (UTC): the daily rhythm of each account is kept as well.
hour         The objects of all actions in one hour of the calendar are dealt anew among them. Kept: when each account acted, to
             the microsecond, and how popular each object was in each hour. Broken: who acted on what.

The first three ask whether members are closer in time than others who do the same things. A group that alone fills its
objects cannot be told so, as the times stay in the group whoever gets them: it is told by the fourth.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import numpy as np
import pandas as pd

from .errors import InputError, unknown
from .progress import track
from .relations import RELATIONS
from .scoring import benjamini_hochberg
from .store import frame

DAY_US, HOUR_US = 86_400_000_000, 3_600_000_000
WITHIN = ("object", "object_day", "object_hour", "hour")

SIGNIFICANCE_COLUMNS: dict[str, str] = {
    "community": "number of the community",
    "n_members": "accounts in it",
    "n_acts": "contents of members that match another member within the window",
    "expected": "mean of n_acts over the draws",
    "sd": "standard deviation of n_acts over the draws",
    "p": "(1 + draws with at least n_acts) / (1 + draws)",
    "q": "p adjusted by Benjamini-Hochberg over the communities",
    "n_shuffled": "actions among which was dealt: everybody's on the objects, or in the hours, of the members",
    "own_share": "share of these that are the members' own; near 1 the test cannot see anything",
    "movable": "share of the members' actions that could get another time, or object, at all",
    "draws": "number of draws",
    "within": "object, object_day, object_hour or hour",
}


def community_significance(
    con: duckdb.DuckDBPyConnection,
    communities: pd.DataFrame,
    relations: Iterable[str],
    window_s: float,
    *,
    draws: int = 200,
    seed: int = 0,
    within: str = "object",
) -> pd.DataFrame:
    """Test each community against shuffled times.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With the views of `Store.connect`.
    communities : DataFrame
        community, account_id; one row per member, each account in one community.
    relations : iterable of str
        Co-action relations count; others have no times to shuffle and are passed over.
    window_s : float
        Seconds, inclusive.
    draws : int
        The smallest possible p is 1 / (1 + draws).
    seed : int
        The same seed and data give the same draws.
    within : str
        "object", "object_day", "object_hour" or "hour"; see the module.

    Returns
    -------
    DataFrame
        `SIGNIFICANCE_COLUMNS`, one row per community, by number.

    Raises
    ------
    InputError
        No co-action relation, no draw, or an account in two communities.

    Notes
    -----
    A small p says that members match each other more than they would if everybody's times (or objects) were interchangeable.
    It says nothing about why: fans who hear of a post by notification are in step too, and a shared interest alone makes p
    small with "hour". A large p clears nobody: look at `own_share`, near 1 where nobody but the members is there to
    exchange with, and at `movable`. The communities were found on the same data, so p describes them and does not confirm
    them. The actions of one content are dealt separately, which makes expected a little too large and the test careful:
    a content with many tags may even be expected more often than it is seen. A content with two accounts counts for each.
    """
    if within not in WITHIN:
        raise unknown("way to shuffle", within, WITHIN)
    if draws < 1:
        raise InputError(f"{draws} draws say nothing", "parameter draws", "use 1 or more; 200 is usual")
    rules = [r for r in (RELATIONS.get(name) for name in dict.fromkeys(relations)) if r.is_co_action]
    if not rules:
        raise InputError("no relation has actions to shuffle", "parameter relations", "name a co-action relation")
    members = communities[["community", "account_id"]].drop_duplicates()
    if members["account_id"].duplicated().any():
        twice = sorted(members.loc[members["account_id"].duplicated(), "account_id"])
        raise InputError(f"{twice[0]!r} is in two communities", "parameter communities", "give each account one")
    tables = []
    con.register("permutation_rows", members)
    try:
        con.execute("create or replace temp table permutation_member as select * from permutation_rows")
    finally:
        con.unregister("permutation_rows")
    try:
        for rule in rules:
            query = _IN_HOURS if within == "hour" else _ON_OBJECTS
            acts_query = rule.prepared_query(con, window_s)
            tables.append(frame(con, query.format(acts=acts_query, relation=rule.name, hour=HOUR_US)))
    finally:
        con.execute("drop table if exists permutation_member")
    acts = pd.concat(tables, ignore_index=True)
    return shuffled(acts, members, round(window_s * 1_000_000), draws=draws, seed=seed, within=within)


# Everybody's actions on the objects that two or more members of one community acted on.
_ON_OBJECTS = """
    with act as ({acts}),
    held as (select distinct object_id from (
        select object_id, community from act join permutation_member using (account_id)
        group by 1, 2 having count(distinct account_id) > 1))
    select '{relation}' as relation, object_id, account_id, content_id, at_us from act semi join held using (object_id)
"""
# Everybody's actions in the hours in which members acted.
_IN_HOURS = """
    with act as ({acts}), held as (select distinct at_us // {hour} as hour from act semi join permutation_member using (account_id))
    select '{relation}' as relation, object_id, account_id, content_id, at_us from act
    where at_us // {hour} in (select hour from held)
"""


def shuffled(
    acts: pd.DataFrame, members: pd.DataFrame, window_us: int, *, draws: int, seed: int = 0, within: str = "object"
) -> pd.DataFrame:
    """The test on a table of actions.

    Parameters
    ----------
    acts : DataFrame
        relation, object_id, account_id, content_id, at_us: everybody's actions on the objects (or in the
        hours) of the members.
    members : DataFrame
        community, account_id.
    window_us : int
        Microseconds, inclusive.

    Returns
    -------
    DataFrame
        `SIGNIFICANCE_COLUMNS`.
    """
    numbers = np.sort(members["community"].unique())
    acts = acts.sort_values(["relation", "object_id", "at_us", "account_id", "content_id"], ignore_index=True)
    at = acts["at_us"].to_numpy(dtype=np.int64)
    obj = acts.groupby(["relation", "object_id"], sort=True).ngroup().to_numpy()
    group = acts["account_id"].map(members.set_index("account_id")["community"]).to_numpy(dtype=float)
    ours = np.flatnonzero(~np.isnan(group))
    rows = _Rows(
        number=np.searchsorted(numbers, group[ours].astype(numbers.dtype)),
        account=pd.factorize(acts["account_id"].iloc[ours])[0],
        content=acts.iloc[ours].groupby(["account_id", "content_id"], sort=True).ngroup().to_numpy(),
        n_groups=len(numbers),
        window=window_us,
    )
    stratum = _strata(acts, obj, at, within)
    place = np.argsort(stratum, kind="stable")  # the rows of one stratum side by side
    dealt_from = (obj if within == "hour" else at)[place]
    ordered, dealt = stratum[place], np.empty_like(at)
    observed = rows.matched(at[ours], obj[ours])
    rng = np.random.default_rng(seed)
    drawn = np.empty((draws, len(numbers)), dtype=np.int64)
    with track("shuffling", draws, "draws") as advance:
        for i in range(draws):
            # The strata's numbers with a random fraction: one sort shuffles every stratum and keeps them in order. The
            # fraction stays clear of 1, to which it would be rounded beside a large number.
            dealt[place] = dealt_from[np.argsort(ordered + 0.999 * rng.random(len(at)))]
            mine = dealt[ours]
            drawn[i] = rows.matched(at[ours], mine) if within == "hour" else rows.matched(mine, obj[ours])
            advance()
    p = (1 + (drawn >= observed).sum(axis=0)) / (1 + draws)
    # What each community could exchange with: every action in a stratum, or on an object, that a member is in.
    pool = stratum if within == "hour" else obj
    touched = pd.DataFrame({"number": rows.number, "pool": pool[ours]}).drop_duplicates()
    size = np.bincount(pool, minlength=1)
    n_shuffled = np.bincount(touched["number"], weights=size[touched["pool"]], minlength=len(numbers))
    own = np.bincount(rows.number, minlength=len(numbers))
    # An action can change where its stratum holds another value than its own.
    value = pd.Series(obj if within == "hour" else at)
    free = value.groupby(stratum).transform("nunique").to_numpy()[ours] > 1
    movable = np.bincount(rows.number, weights=free, minlength=len(numbers))
    with np.errstate(invalid="ignore"):
        shares = {"own_share": own / n_shuffled, "movable": movable / own}
    sizes = members.groupby("community")["account_id"].nunique().reindex(numbers).to_numpy()
    table = {"community": numbers, "n_members": sizes, "n_acts": observed, "expected": drawn.mean(axis=0)}
    table |= {"sd": drawn.std(axis=0, ddof=1) if draws > 1 else np.full(len(numbers), np.nan), "p": p}
    table |= {"q": benjamini_hochberg(p, len(p)) if len(p) else p, "n_shuffled": n_shuffled.astype(int), **shares}
    return pd.DataFrame({**table, "draws": draws, "within": within})[list(SIGNIFICANCE_COLUMNS)]


def _strata(acts: pd.DataFrame, obj: np.ndarray, at: np.ndarray, within: str) -> np.ndarray:
    """The number of the set of actions that each action may exchange with."""
    if within == "object":
        return obj
    keys: dict[str, object] = {
        "object": obj,
        "fine": at // DAY_US if within == "object_day" else at % DAY_US // HOUR_US,
    }
    if within == "hour":
        keys = {"relation": acts["relation"], "hour": at // HOUR_US}
    return pd.DataFrame(keys).groupby(list(keys), sort=True).ngroup().to_numpy()


class _Rows:
    """The members' actions, in codes, and the statistic for any times and objects given to them."""

    def __init__(
        self, number: np.ndarray, account: np.ndarray, content: np.ndarray, n_groups: int, window: int
    ) -> None:
        self.number, self.account, self.content = number, account, content
        self.n_groups, self.window = n_groups, window
        self.n_contents = int(content.max(initial=-1)) + 1
        self.of_content = np.zeros(self.n_contents, dtype=np.int64)
        self.of_content[content] = number

    def matched(self, at: np.ndarray, obj: np.ndarray) -> np.ndarray:
        """Contents per community with an action of another member on the same object within the window."""
        if not len(at):
            return np.zeros(self.n_groups, dtype=np.int64)
        # Matches are sought inside one community and object.
        block = self.number * (int(obj.max()) + 1) + obj
        order = np.lexsort((at, block))
        block, account, t = block[order], self.account[order], at[order]
        index = np.arange(len(t))
        # In a run of rows of one account, the nearest row of another account is the one before or after the run.
        new = np.empty(len(t), dtype=bool)
        new[0], new[1:] = True, (block[1:] != block[:-1]) | (account[1:] != account[:-1])
        before = np.maximum.accumulate(np.where(new, index, 0)) - 1
        starts = np.append(np.flatnonzero(new), len(t))
        after = starts[np.cumsum(new)]
        hit = np.zeros(len(t), dtype=bool)
        for near, there in ((before, before >= 0), (after, after < len(t))):
            other = np.where(there, near, 0)
            hit |= there & (block[other] == block) & (np.abs(t - t[other]) <= self.window)
        found = np.zeros(self.n_contents, dtype=bool)
        found[self.content[order[hit]]] = True
        return np.bincount(self.of_content[found], minlength=self.n_groups)
