"""How unusual each edge is: what chance alone would give, and how far the edge departs from it.

The expectation is an *exposure* model counted in contents. Let D_a be the number of contents by other accounts that
co-act with account a at least once, and N the contents of all accounts. If a had nothing to do with b, each of b's
K_b contents would co-act with a as often as anybody else's: with probability D_a / (N - K_a). So

    n_content_b ~ Binomial(K_b, D_a / (N - K_a)),     expected_b = K_b * D_a / (N - K_a)

and the same the other way round. The larger of the two p-values counts: the match must be unusual as seen from both.

Activity enters through K; popularity, bursts, time of day and the window enter through D, because D is counted on the
actual objects at the actual times: a tag everybody uses in one hour gives everybody a large D and explains itself.
Counting contents rather than pairs keeps one post with eight tags, or one object used a hundred times, from passing
for many acts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import betainc

SCORE_COLUMNS: dict[str, str] = {
    "n_acts": "contents with a match, the smaller of the two accounts' counts: how often it happened",
    "expected": "acts expected by chance, the larger of the two directions",
    "lift": "n_acts / expected",
    "p": "chance of at least so many acts under the exposure model, the larger of the two directions",
    "q": "p adjusted by Benjamini-Hochberg over all pairs of accounts and all relations tested",
    "symmetry": "smaller / larger of n_content_a and n_content_b: 1 is even, near 0 is one account's doing",
    "percentile": "rank of n_objects among the edges found; it calls something high in any data, so it decides nothing",
    "unusual": "q <= fdr_q, at least min_shared objects and at least min_shared acts by each account",
}


def binomial_tail(k: np.ndarray, n: np.ndarray, p: np.ndarray | float) -> np.ndarray:
    """P[X >= k] for X ~ Binomial(n, p), elementwise, by the regularised incomplete beta function.

    (`scipy.stats` gives the same and takes seconds to import.)
    """
    k, n = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    inside = (k >= 1) & (k <= n)
    return np.where(inside, betainc(np.maximum(k, 1), np.maximum(n - k + 1, 1), p), np.where(k < 1, 1.0, 0.0))


def benjamini_hochberg(p: np.ndarray, tests: float) -> np.ndarray:
    """Adjusted p-values of the smallest `len(p)` of `tests` tests.

    Parameters
    ----------
    p : array of float, shape (n,)
    tests : float
        How many tests were made in all, n or more; those not listed count as p = 1.

    References
    ----------
    Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x
    """
    order = np.argsort(p, kind="stable")
    raw = p[order] * tests / np.arange(1, len(p) + 1)
    out = np.empty(len(p))
    out[order] = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    return out


def number_of_tests(contents: pd.Series, relations: int, min_shared: int) -> float:
    """How many tests were made: pairs of accounts with at least `min_shared` contents, times relations."""
    able = int((contents >= min_shared).sum())
    return able * (able - 1) / 2 * relations


def score(edges: pd.DataFrame, contents: pd.Series, *, min_shared: int = 2, fdr_q: float = 0.01) -> pd.DataFrame:
    """The edges with `SCORE_COLUMNS` beside them.

    Parameters
    ----------
    edges : DataFrame
        Every edge of every relation tested, unfiltered: the expectation is counted on them.
    contents : Series of int
        Contents per account, for all accounts of the data.
    min_shared : int
        Objects and acts that an unusual edge must have.
    fdr_q : float
        Share of false edges accepted among the unusual ones.

    Returns
    -------
    DataFrame
        A new frame in the same order.

    Notes
    -----
    It misleads where a group makes up most of the data: its members are then each other's normal, and their mutual
    edges look ordinary (communities are therefore tested again against everybody outside them). It treats a topic
    that only some accounts care about as a link between them when they also act at the same minutes; whether that
    is a crowd or a plan is for the explanations, and for people, to say. Contents of one account are taken as
    independent draws; bursts of one account make p smaller than it should be.
    """
    out = edges.copy()
    if out.empty:
        return out.assign(**{name: pd.Series(dtype="float64") for name in SCORE_COLUMNS}).astype({"unusual": bool})
    total = int(contents.sum())
    given_by_a = out.groupby(["relation", "account_a"])["n_content_b"].sum()
    given_by_b = out.groupby(["relation", "account_b"])["n_content_a"].sum()
    given_by_a.index.names = given_by_b.index.names = ["relation", "account"]
    exposed = given_by_a.add(given_by_b, fill_value=0.0)

    def direction(of: str, other: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        k_of = contents.reindex(out[of]).to_numpy(dtype=float)
        k_other = contents.reindex(out[other]).to_numpy(dtype=float)
        d = exposed.reindex(pd.MultiIndex.from_frame(out[["relation", of]])).to_numpy()
        return k_of, k_other, np.clip(d / np.maximum(total - k_of, 1), 0.0, 1.0)

    _, k_b, rate_a = direction("account_a", "account_b")
    _, k_a, rate_b = direction("account_b", "account_a")
    n_a, n_b = out["n_content_a"].to_numpy(), out["n_content_b"].to_numpy()
    out["n_acts"] = np.minimum(n_a, n_b)
    out["expected"] = np.maximum(k_b * rate_a, k_a * rate_b)
    out["lift"] = out["n_acts"] / out["expected"]
    out["p"] = np.maximum(binomial_tail(n_b, k_b, rate_a), binomial_tail(n_a, k_a, rate_b))
    tests = max(number_of_tests(contents, out["relation"].nunique(), min_shared), len(out))
    out["q"] = benjamini_hochberg(out["p"].to_numpy(), tests)
    out["symmetry"] = np.minimum(n_a, n_b) / np.maximum(n_a, n_b)
    out["percentile"] = out.groupby("relation")["n_objects"].rank(pct=True)
    out["unusual"] = (out["q"] <= fdr_q) & (out["n_objects"] >= min_shared) & (out["n_acts"] >= min_shared)
    return out
