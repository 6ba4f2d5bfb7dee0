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

Relations that are no co-actions (shared identifiers, similar names, ...) bring an expectation of their own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .chance import binomial_tail

SCORE_COLUMNS: dict[str, str] = {
    "n_acts": "contents with a match, the smaller of the two accounts' counts: how often it happened",
    "expected": "acts expected by chance, the larger of the two directions",
    "lift": "n_acts / expected",
    "p": "chance of at least so many acts under the exposure model, the larger of the two directions",
    "q": "p adjusted by Benjamini-Hochberg over all pairs of accounts and all relations tested",
    "symmetry": "smaller / larger of n_content_a and n_content_b: 1 is even, near 0 is one account's doing",
    "unusual": "q <= fdr_q, and for co-actions at least min_shared objects and min_shared acts by each account",
}


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


def number_of_tests(contents: pd.Series, relations: int, min_shared: int, others: int = 0) -> float:
    """How many tests were made: pairs of accounts that could have an edge, times relations.

    Parameters
    ----------
    relations : int
        Co-action relations: an account needs `min_shared` contents to have an edge.
    others : int
        Other relations: every pair of accounts is a test.
    """
    able, every = int((contents >= min_shared).sum()), len(contents)
    return able * (able - 1) / 2 * relations + every * (every - 1) / 2 * others


def exposure_of(edges: pd.DataFrame) -> pd.DataFrame:
    """The exposure counted from a full edge table: right only where no edge was left out before.

    Returns
    -------
    DataFrame
        relation, account_id, exposed (distinct contents of others that match at least one action of the account).
    """
    sides = [
        edges[["relation", f"account_{one}", f"n_content_{other}"]].set_axis(
            ["relation", "account_id", "exposed"], axis="columns"
        )
        for one, other in (("a", "b"), ("b", "a"))
    ]
    return pd.concat(sides).groupby(["relation", "account_id"], as_index=False)["exposed"].sum()


def score(
    edges: pd.DataFrame,
    contents: pd.Series,
    exposure: pd.DataFrame | None = None,
    *,
    min_shared: int = 2,
    fdr_q: float = 0.01,
    tests: float | None = None,
) -> pd.DataFrame:
    """The edges with `SCORE_COLUMNS` beside them.

    Parameters
    ----------
    edges : DataFrame
        Edges with `EDGE_COLUMNS`. Rows that bring `expected` and `p` keep them: their relation has its own null model.
    contents : Series of int
        Contents per account, for all accounts of the data.
    exposure : DataFrame, optional
        relation, account_id, exposed, counted before any edge was left out (`investigate.engines`). Without it, it is
        counted on `edges`, which must then be all edges there are.
    min_shared : int
        Objects and acts that an unusual co-action edge must have.
    fdr_q : float
        Share of false edges accepted among the unusual ones.
    tests : float, optional
        How many tests were made, see `number_of_tests`; by default by the relations that have an edge.

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
    for column in ("expected", "p"):
        if column not in out:
            out[column] = np.nan
    own = out["p"].notna().to_numpy()
    n_a, n_b = out["n_content_a"].to_numpy(), out["n_content_b"].to_numpy()
    expected, p = _exposure_model(out, contents, exposure_of(out[~own]) if exposure is None else exposure)
    out["n_acts"] = np.minimum(n_a, n_b)
    out["expected"] = np.where(own, out["expected"], expected)
    out["p"] = np.where(own, out["p"], p)
    with np.errstate(divide="ignore", invalid="ignore"):
        out["lift"] = np.where(own, out["n_objects"], out["n_acts"]) / out["expected"]
    if tests is None:
        others = out.loc[own, "relation"].nunique()
        tests = number_of_tests(contents, out["relation"].nunique() - others, min_shared, others)
    out["q"] = benjamini_hochberg(out["p"].to_numpy(), max(tests, len(out)))
    with np.errstate(invalid="ignore"):
        out["symmetry"] = np.minimum(n_a, n_b) / np.maximum(n_a, n_b)
    enough = (out["n_objects"] >= min_shared) & (out["n_acts"] >= min_shared)
    out["unusual"] = (out["q"] <= fdr_q) & (own | enough)
    return out[[*edges.columns.difference(list(SCORE_COLUMNS), sort=False), *SCORE_COLUMNS]]


def _exposure_model(edges: pd.DataFrame, contents: pd.Series, exposure: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Expected acts and p of every edge, each the larger of the two directions."""
    total = int(contents.sum())
    exposed = exposure.set_index(["relation", "account_id"])["exposed"]

    def direction(of: str, other: str) -> tuple[np.ndarray, np.ndarray]:
        k_of = contents.reindex(edges[of]).to_numpy(dtype=float)
        k_other = contents.reindex(edges[other]).to_numpy(dtype=float)
        keys = pd.MultiIndex.from_arrays([edges["relation"], edges[of]])
        d = exposed.reindex(keys).to_numpy(dtype=float)
        return k_other, np.clip(d / np.maximum(total - k_of, 1), 0.0, 1.0)

    k_b, rate_a = direction("account_a", "account_b")
    k_a, rate_b = direction("account_b", "account_a")
    n_a, n_b = edges["n_content_a"].to_numpy(), edges["n_content_b"].to_numpy()
    p = np.maximum(binomial_tail(n_b, k_b, rate_a), binomial_tail(n_a, k_a, rate_b))
    return np.maximum(k_b * rate_a, k_a * rate_b), p
