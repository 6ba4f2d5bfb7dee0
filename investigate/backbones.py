"""Backbones: which edges of a network to draw. For display and for comparison with other tools, never for a finding.

The disparity filter and the validated projection are null models without time; TF-IDF cosine is a likeness without a null
model. Measured on planted groups they mix fans and newsrooms with those who act together (docs/decisions/0002-null-model.md);
findings rest on `investigate.scoring`. None of the three depends on the order of rows or accounts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from .errors import InputError, unknown
from .progress import track
from .relations import RELATIONS
from .scoring import benjamini_hochberg
from .store import frame

BLOCK = 20_000_000  # multiply-adds of one block of a product of sparse matrices: about 250 MB at the worst


@dataclass(frozen=True)
class Backbone:
    """The edges that a filter keeps.

    Attributes
    ----------
    edges : DataFrame
        One row per kept pair, account_a < account_b, sorted by the two.
    n_pairs : int
        Pairs with at least one common object that were looked at.
    n_tests : int
        Pairs tested, or 0 where nothing is tested.
    notes : tuple of str
        What was left out, with its effect, and where the cut fell.
    """

    edges: pd.DataFrame
    n_pairs: int
    n_tests: int
    notes: tuple[str, ...]


def disparity(edges: pd.DataFrame, alpha: float = 0.05, *, weight: str = "n_objects") -> pd.DataFrame:
    """The disparity filter: is the edge a larger share of an account's weight than an even random split would give?

    For an account with degree k and strength s, an edge of weight w has p = (1 - w/s)^(k-1). The edge is kept where p < alpha
    for EITHER end, so that the order of the accounts cannot matter.

    Parameters
    ----------
    edges : DataFrame
        account_a, account_b and the weight; each relation, where the column is there, is a network of its own.
    alpha : float
        Level for a single edge; no correction for how many there are.

    Returns
    -------
    DataFrame
        The edges in the same order with p_a, p_b (as seen from each end), p (the smaller) and kept.

    Raises
    ------
    InputError
        A pair stands twice, a weight is not above 0, or alpha is not between 0 and 1.

    Notes
    -----
    An account with a single edge says nothing about it: p = 1 from that end. An edge between two such accounts is never kept,
    however heavy: look at isolated pairs apart. The filter knows neither how active accounts are nor how popular objects,
    and it is blind among equals: in a group whose members are all linked with equal weight nothing is kept, which is what
    coordination looks like. An account with one heavy edge keeps it whether or not chance explains it.

    References
    ----------
    Serrano, Boguna & Vespignani (2009), doi:10.1073/pnas.0808904106
    """
    if not 0 < alpha <= 1:
        raise InputError(f"alpha is {alpha}", "parameter alpha", "use a number above 0, at most 1")
    missing = [c for c in ("account_a", "account_b", weight) if c not in edges]
    if missing:
        raise InputError(f"the edges lack {', '.join(missing)}", "parameter edges", "give the table of Case.relate")
    layer = ["relation"] if "relation" in edges else []
    low = np.minimum(edges["account_a"], edges["account_b"])
    pair = edges[layer].assign(a=low, b=np.maximum(edges["account_a"], edges["account_b"]))
    if pair.duplicated().any():
        raise InputError("a pair stands twice", "parameter edges", "give one row per pair and relation")
    w = edges[weight].to_numpy(dtype=float)
    if not (w > 0).all():
        raise InputError("a weight is not above 0", f"column {weight}", "leave such edges out")
    ends = pd.concat(
        [edges[[*layer, end]].rename(columns={end: "account"}).assign(w=w) for end in ("account_a", "account_b")],
        ignore_index=True,
    )
    by = ends.groupby([*layer, "account"], sort=False)["w"]
    # Summed from the smallest up, so that the order of the rows does not change the last digit.
    ordered = ends.sort_values("w", kind="stable").groupby([*layer, "account"], sort=False)["w"].sum()
    degree = by.transform("size").to_numpy(dtype=float)
    keys = pd.MultiIndex.from_frame(ends[[*layer, "account"]]) if layer else pd.Index(ends["account"])
    strength = ordered.reindex(keys).to_numpy()
    p = np.where(degree > 1, np.clip(1 - ends["w"].to_numpy() / strength, 0, 1) ** (degree - 1), 1.0)
    out = edges.assign(p_a=p[: len(edges)], p_b=p[len(edges) :])
    out["p"] = np.minimum(out["p_a"], out["p_b"])
    return out.assign(kept=out["p"] < alpha)


def account_objects(con: duckdb.DuckDBPyConnection, relation: str, window_s: float = 60.0) -> pd.DataFrame:
    """Which account acted on which object with how many contents: account_id, object_id, n_contents; times are dropped."""
    rule = RELATIONS.get(relation)
    if not rule.is_co_action:
        raise InputError(f"'{relation}' has no objects to act on", "parameter relation", "name a co-action relation")
    query = (
        "select account_id, object_id, count(distinct content_id) as n_contents from ({}) group by 1, 2 order by 1, 2"
    )
    return frame(con, query.format(rule.prepared_query(con, window_s)))


def validated_projection(
    objects: pd.DataFrame, fdr: float = 0.01, *, correction: str = "bh", max_accounts: int = 20_000
) -> Backbone:
    """The statistically validated projection: do two accounts share more objects than their numbers of objects explain?

    With N objects, K_a and K_b of them acted on by a and b, the shared number under chance is hypergeometric.

    Parameters
    ----------
    objects : DataFrame
        account_id, object_id; see `account_objects`. Repeats count once.
    fdr : float
        Level, over all pairs of accounts, those that share nothing included.
    correction : str
        "bh": Benjamini-Hochberg; "bonferroni": the family-wise level of the original paper.
    max_accounts : int
        Objects of more accounts are left out of the network, and noted: each costs the square of its accounts.

    Returns
    -------
    Backbone
        account_a, account_b, n_shared, n_a, n_b, expected, p, q.

    Notes
    -----
    Every object counts as equally likely, so two fans of the five most popular objects look like accomplices; there is no time,
    so slow interest and fast coordination look the same. An account with one object can hardly be told from chance.

    References
    ----------
    Tumminello, Micciche, Lillo, Piilo & Mantegna (2011), doi:10.1371/journal.pone.0017994
    """
    if correction not in ("bh", "bonferroni"):
        raise unknown("correction", correction, ("bh", "bonferroni"))
    names, matrix, notes = _matrix(objects.drop_duplicates(["account_id", "object_id"]), max_accounts)
    matrix.data[:] = 1.0
    degree = np.asarray(matrix.sum(axis=1)).ravel()
    total = int((np.asarray(matrix.sum(axis=0)).ravel() > 0).sum())
    tests = len(names) * (len(names) - 1) // 2
    kept, n_pairs = [], 0
    for a, b, shared in _pairs(matrix, "validated projection"):
        n_pairs += len(a)
        p = hypergeometric_tail(shared, degree[a], degree[b], total)
        low = p <= fdr  # no adjustment makes a p smaller, so the rest can never be kept
        kept.append(np.stack([a[low], b[low], shared[low], p[low]]))
    a, b, shared, p = np.concatenate(kept, axis=1) if kept else np.empty((4, 0))
    a, b = a.astype(np.int64), b.astype(np.int64)
    q = benjamini_hochberg(p, tests) if correction == "bh" else np.minimum(p * tests, 1.0)
    table = pd.DataFrame({"account_a": names[a], "account_b": names[b], "n_shared": shared.astype(np.int64)})
    table["n_a"], table["n_b"] = degree[a].astype(np.int64), degree[b].astype(np.int64)
    table["expected"], table["p"], table["q"] = degree[a] * degree[b] / max(total, 1), p, q
    return Backbone(_sorted(table[q <= fdr]), n_pairs, tests, tuple(notes))


def tfidf_cosine(
    objects: pd.DataFrame,
    *,
    threshold: float | None = None,
    top: float | None = None,
    min_contents: int = 1,
    max_accounts: int = 20_000,
) -> Backbone:
    """Pairs of accounts whose objects are alike: the cosine of their TF-IDF vectors.

    An account's vector holds, for each object, contents times ln(accounts / accounts with that object).

    Parameters
    ----------
    objects : DataFrame
        account_id, object_id, n_contents; see `account_objects`.
    threshold : float
        Keep cosines of at least this; give either this or `top`.
    top : float
        Keep this share of the pairs with a cosine above 0, the highest, level ones included.
    min_contents : int
        Leave out accounts with fewer contents on all objects together.
    max_accounts : int
        Objects of more accounts are left out and noted.

    Returns
    -------
    Backbone
        account_a, account_b, cosine, n_shared.

    Notes
    -----
    A likeness, not a test: two accounts with one common object and no other have cosine 1, and a top share calls something high
    in any data. There is no time in it. Good to rank and to draw.

    References
    ----------
    Pacheco et al. (2021), doi:10.1609/icwsm.v15i1.18075
    """
    if (threshold is None) == (top is None):
        raise InputError("give either threshold or top", "tfidf_cosine", "threshold=0.9, or top=0.005")
    level = top if threshold is None else threshold
    if not 0 < float(level or 0) <= 1:
        raise InputError(f"{level} is no share", "parameter threshold or top", "use a number above 0, at most 1")
    active = objects.groupby("account_id")["n_contents"].transform("sum") >= min_contents
    dropped = objects.loc[~active, "account_id"].nunique()
    names, matrix, notes = _matrix(objects[active], max_accounts)
    if dropped:
        notes.append(f"{dropped:,} accounts have fewer than {min_contents:,} contents and were left out")
    takers = np.bincount(matrix.indices, minlength=matrix.shape[1])
    present = matrix.copy()
    present.data[:] = 1.0
    matrix.data *= np.log(len(names) / takers)[matrix.indices] if len(names) else 1.0
    norm = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix.data /= np.repeat(np.where(norm > 0, norm, 1.0), np.diff(matrix.indptr))

    # Rounded, so that sums taken in another order give the same number and ties stay ties.
    def cosines() -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        return ((a, b, np.round(c, 12)) for a, b, c in _pairs(matrix, "TF-IDF cosine"))

    n_pairs, cut = 0, float(threshold or 0.0)
    if top is not None:
        # A first pass counts cosines by size; the second keeps what may be above the cut.
        counts = np.zeros(100_001, dtype=np.int64)
        for _, _, c in cosines():
            counts += np.bincount((c[c > 0] * 100_000).astype(np.int64).clip(0, 100_000), minlength=100_001)
        wanted = int(np.ceil(top * counts.sum()))
        above = np.cumsum(counts[::-1])[::-1]
        cut = (int(np.flatnonzero(above >= max(wanted, 1)).max(initial=0))) / 100_000
    kept = []
    for a, b, c in cosines():
        n_pairs += int((c > 0).sum())
        high = (c > 0) & (c >= cut - 1e-9)
        kept.append(np.stack([a[high], b[high], c[high]]))
    a, b, c = np.concatenate(kept, axis=1) if kept else np.empty((3, 0))
    if top is not None and len(c):
        wanted = int(np.ceil(top * n_pairs))
        cut = float(np.sort(c)[::-1][wanted - 1])
        notes.append(f"the highest {top:.3g} of {n_pairs:,} pairs are those with a cosine of at least {cut:.4f}")
    high = c >= cut - 1e-12
    a, b, c = a[high].astype(np.int64), b[high].astype(np.int64), c[high]
    shared = np.asarray(present[a].multiply(present[b]).sum(axis=1)).ravel().astype(np.int64) if len(a) else a
    table = pd.DataFrame({"account_a": names[a], "account_b": names[b], "cosine": c, "n_shared": shared})
    return Backbone(_sorted(table), n_pairs, 0, tuple(notes))


def hypergeometric_tail(k: np.ndarray, n_a: np.ndarray, n_b: np.ndarray, total: int) -> np.ndarray:
    """P[X >= k] where n_b of `total` objects are drawn and n_a of them count, elementwise.

    (`scipy.stats` gives the same one element at a time.)
    """
    from scipy.special import gammaln

    triples = np.stack([k, np.minimum(n_a, n_b), np.maximum(n_a, n_b)], axis=1).astype(np.int64)
    triples, back = np.unique(triples, axis=0, return_inverse=True)
    # Below `least` nothing is possible, so the sum starts there.
    x, small, large = triples.T.astype(float)
    least = np.maximum(0.0, small + large - total)
    x = np.maximum(x, least)

    def log_choose(n: np.ndarray | float, r: np.ndarray) -> np.ndarray:
        return gammaln(n + 1) - gammaln(r + 1) - gammaln(n - r + 1)

    possible = x <= small
    x = np.where(possible, x, small)
    term = np.exp(log_choose(large, x) + log_choose(total - large, small - x) - log_choose(total, small))
    out = np.zeros(len(x))
    alive = np.flatnonzero(possible)
    while len(alive):
        out[alive] += term[alive]
        s, t, i = small[alive], large[alive], x[alive]
        more = i < s
        ratio = np.zeros(len(alive))
        ratio[more] = ((s - i) * (t - i) / ((i + 1) * (total - s - t + i + 1)))[more]
        term[alive] *= ratio
        x[alive] += 1
        alive = alive[more & ((ratio >= 1) | (term[alive] > out[alive] * 1e-17))]
    return np.minimum(out, 1.0)[back.ravel()]


def _matrix(objects: pd.DataFrame, max_accounts: int) -> tuple[np.ndarray, Any, list[str]]:
    """Accounts by objects as a sparse matrix of contents, in sorted order, without the objects that are too popular."""
    from scipy.sparse import csr_array

    missing = [c for c in ("account_id", "object_id") if c not in objects]
    if missing:
        raise InputError(f"the table lacks {', '.join(missing)}", "parameter objects", "see `account_objects`")
    takers = objects.groupby("object_id")["account_id"].transform("nunique")
    popular, notes = takers > max_accounts, []
    if popular.any():
        lost = objects[popular]
        notes.append(
            f"{lost['object_id'].nunique():,} objects of more than {max_accounts:,} accounts were left out, with "
            f"{len(lost):,} of {len(objects):,} links between accounts and objects"
        )
    kept = objects[~popular]
    names, row = np.unique(kept["account_id"].to_numpy(dtype=object), return_inverse=True)
    things, column = np.unique(kept["object_id"].to_numpy(dtype=object), return_inverse=True)
    values = kept["n_contents"].to_numpy(dtype=float) if "n_contents" in kept else np.ones(len(kept))
    matrix = csr_array((values, (row, column)), shape=(len(names), len(things)))
    matrix.sum_duplicates()
    return names, matrix, notes


def _pairs(matrix: Any, what: str) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The entries above the diagonal of matrix times its transpose, in blocks of rows of bounded cost."""
    m = matrix
    takers = np.bincount(m.indices, minlength=m.shape[1])
    cost = np.add.reduceat(np.append(takers[m.indices], 0), m.indptr[:-1]) * (np.diff(m.indptr) > 0)
    done = np.cumsum(cost)
    turned = m.T.tocsr()
    start, n = 0, m.shape[0]
    with track(what, n, "accounts") as advance:
        while start < n:
            before = done[start - 1] if start else 0
            stop = max(int(np.searchsorted(done, before + BLOCK, side="right")), start + 1)
            block = (m[start:stop] @ turned).tocoo()
            a, b = block.row.astype(np.int64) + start, block.col.astype(np.int64)
            upper = (b > a) & (block.data != 0)
            yield a[upper], b[upper], block.data[upper]
            advance(stop - start)
            start = stop


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(["account_a", "account_b"], ignore_index=True)
