"""Communities: groups of accounts held together by unusual edges.

Three steps. Leiden partitions the unusual edges, and other seeds say how stable each part is. Then each part is tested
as a whole against everybody outside it, and takes in the accounts that act with it far more often than outsiders do,
and lets go of those that do not. The second test is needed because members of a large group are each other's normal:
edge by edge a group that fills a hashtag looks ordinary, and an account with three posts can never reach a small p.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import graspologic_native
import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from .chance import binomial_tail
from .scoring import benjamini_hochberg

STABILITY_SEEDS = 10
# Membership: a tenth of the accounts' own posts relative to the median member, a fifth of its partners. Measured on
# the public slices (docs/decisions/0003-communities.md): above 0.1 the Merkel group loses accounts that posted about
# other things as well; without the second rule strangers who share one tag with a few members come in.
LEAST_SHARE, LEAST_PARTNERS, ROUNDS = 0.1, 0.2, 12
# A set in which fewer than two thirds have an unusual edge is a crowd around a few pairs, not a group: measured 0.98 for the
# labelled groups of both slices, 0.12 for simulated fans at 60 s and about 0.5 at 300 s, 0.31 for a hashtag game.
LEAST_BACKED = 2 / 3


@dataclass(frozen=True)
class Matches:
    """Who acts with whom, asked of one set of accounts at a time; the input of the group test.

    Attributes
    ----------
    reach : callable
        ``reach(codes) -> (acts, partners)``: for every account the contents that match one of the accounts in `codes`,
        and how many of these it meets (`investigate.engines.sweep.Reach`).
    contents : array of int, shape (accounts,)
        Contents per account.
    names : list of str
        Account identifiers by code.
    """

    reach: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
    contents: np.ndarray
    names: list[str]


@dataclass(frozen=True)
class Comparison:
    """How a set of accounts acts together, compared with everybody outside it."""

    acts: np.ndarray
    partners: np.ndarray
    outside_rate: float
    q: np.ndarray


def neighbours(edges: pd.DataFrame, names: list[str]) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """`Matches.reach` for edges without contents: every account's partners among the given ones, and no acts."""
    pairs = edges[["account_a", "account_b"]].drop_duplicates()
    index = pd.Index(names)
    a, b = index.get_indexer(pairs["account_a"]), index.get_indexer(pairs["account_b"])

    def reach(codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        inside = np.zeros(len(names), dtype=bool)
        inside[codes] = True
        partners = np.bincount(a[inside[b]], minlength=len(names)) + np.bincount(b[inside[a]], minlength=len(names))
        return np.zeros(len(names), dtype=np.int64), partners

    return reach


def leiden(edges: pd.DataFrame, resolution: float = 1.0, seed: int = 0) -> dict[str, int]:
    """Leiden communities of weighted edges (account_a, account_b, weight), deterministic for a seed.

    References
    ----------
    Traag, Waltman & van Eck (2019), doi:10.1038/s41598-019-41695-z
    """
    return leiden_runs(edges, resolution, [seed])[0]


def leiden_runs(edges: pd.DataFrame, resolution: float, seeds: Sequence[int]) -> list[dict[str, int]]:
    """The partition under each seed. Accounts are numbered in sorted order, so the order of the edges does not matter.

    A million edges between 200,000 accounts take about 10 s of processor time a seed; other forms of the same library
    that take account names took twice as long and three times the memory (benchmarks/leiden.py).
    """
    if edges.empty:
        return [{} for _ in seeds]
    names = sorted({*edges["account_a"], *edges["account_b"]})
    index = pd.Index(names)
    a, b = index.get_indexer(edges["account_a"]), index.get_indexer(edges["account_b"])
    weight = edges["weight"].to_numpy(dtype=np.float64)
    n = len(names)
    matrix = csr_matrix((np.r_[weight, weight], (np.r_[a, b], np.r_[b, a])), shape=(n, n))
    matrix.sort_indices()
    arguments = (matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data, n)
    out = []
    for seed in seeds:
        _, parts = graspologic_native.leiden_csr(
            *arguments, resolution=resolution, iterations=5, use_modularity=True, seed=seed
        )
        out.append({names[code]: part for code, part in sorted(parts.items())})
    return out


def parts_of(labels: dict[str, int], least: int) -> list[frozenset[str]]:
    """The parts of a partition with at least `least` accounts, largest first."""
    by: dict[int, set[str]] = {}
    for account, label in labels.items():
        by.setdefault(label, set()).add(account)
    return sorted((frozenset(p) for p in by.values() if len(p) >= least), key=lambda p: (-len(p), min(p)))


def stability(part: frozenset[str], runs: list[list[frozenset[str]]]) -> float:
    """Mean over other seeds of the best Jaccard overlap with `part`: 1 is found every time."""
    return (
        float(np.mean([max((len(part & o) / len(part | o) for o in run), default=0.0) for run in runs]))
        if runs
        else 1.0
    )


def components(edges: pd.DataFrame) -> dict[str, int]:
    """Connected components of the edges, numbered from the largest, which is 1."""
    graph = nx.Graph()
    graph.add_edges_from(zip(edges["account_a"], edges["account_b"], strict=True))
    found = sorted(nx.connected_components(graph), key=lambda c: (-len(c), min(c)))
    return {account: number for number, part in enumerate(found, 1) for account in part}


def compare(members: np.ndarray, matches: Matches, crowd: np.ndarray | None = None) -> Comparison:
    """Test every account against a group.

    Parameters
    ----------
    members : array of bool, shape (accounts,)
    crowd : array of bool, shape (accounts,), optional
        Whom to compare with, less the members; by default everybody.

    Notes
    -----
    Under the null an account's contents co-act with the group as often as those of everybody outside it do.
    """
    acts, partners = matches.reach(np.flatnonzero(members))
    outside = ~members if crowd is None else crowd & ~members
    rate = float(acts[outside].sum() / max(int(matches.contents[outside].sum()), 1))
    p = binomial_tail(acts, matches.contents, rate)
    return Comparison(acts, partners, rate, benjamini_hochberg(p, len(p)))


def settle(start: frozenset[str], matches: Matches, *, fdr_q: float, min_shared: int) -> frozenset[str]:
    """The set of accounts around `start` that holds still under the group test; `start` itself if it drifts away."""
    index = {name: code for code, name in enumerate(matches.names)}
    members = np.zeros(len(matches.names), dtype=bool)
    members[[index[a] for a in start]] = True
    first = members.copy()
    seen: list[np.ndarray] = []
    for _ in range(ROUNDS):
        result = compare(members, matches)
        share = result.acts / np.maximum(matches.contents, 1)
        least_partners = max(LEAST_PARTNERS * float(np.median(result.partners[members])), 2.0)
        new = (
            (result.q <= fdr_q)
            & (result.acts >= min_shared)
            & (share >= LEAST_SHARE * float(np.median(share[members])))
            & (result.partners >= least_partners)
        )
        # A set that no longer holds half of what it started from is about something else.
        if not new.any() or (new & first).sum() < first.sum() / 2:
            return start
        if (new == members).all() or any((new == s).all() for s in seen):
            break
        seen.append(members)
        members = new
    return frozenset(matches.names[i] for i in np.flatnonzero(members))


def distinct_from_crowd(
    start: frozenset[str], crowd: frozenset[str], matches: Matches, *, fdr_q: float, min_shared: int
) -> frozenset[str]:
    """The accounts of `start` that act with it far more often than the crowd around it does."""
    members = np.isin(matches.names, sorted(start))
    result = compare(members, matches, np.isin(matches.names, sorted(crowd)))
    p = binomial_tail(result.acts, matches.contents, result.outside_rate)[members]
    kept = (benjamini_hochberg(p, len(p)) <= fdr_q) & (result.acts[members] >= min_shared)
    return frozenset(np.array(matches.names)[members][kept])


def detect(
    edges: pd.DataFrame,
    matches: Matches,
    *,
    min_accounts: int,
    min_actions: int,
    min_shared: int,
    fdr_q: float,
    resolution: float,
    seed: int,
    weight: str = "n_objects",
    seeds: int = STABILITY_SEEDS,
    tested: bool = True,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per account of every community, and the crowds that are none.

    Parameters
    ----------
    edges : DataFrame
        Unusual edges only, of all relations.
    min_actions : int
        Contents an account must have to be called a core member; with fewer it is listed as *peripheral*: it acts with
        the group, but too little is known of it to judge.
    weight : str
        The column of `edges` that is summed over relations for Leiden.
    seeds : int
        Leiden runs that the stability is measured on.
    tested : bool
        Test each part against everybody outside it. Without times there is nothing to test: parts stay as they are,
        with the edges' own p-values as the only guard; `n_acts` and `expected` are then 0 and `q` is empty.

    Returns
    -------
    communities : DataFrame
        community (numbered from the largest), account_id, role (core, peripheral), n_content, n_acts (contents that
        co-act with another member), n_partners, expected (acts at the rate of everybody outside), q,
        component (connected component of the unusual edges, 1 the largest, 0 without an edge), seed_size (size of the Leiden part it grew from), stability (of that part), sorted by community and account.
    crowds : DataFrame
        n_linked (accounts of the part), n_crowd (accounts of the crowd around it), n_kept, accounts (of the part).

    Notes
    -----
    Accounts with one interest meet on the same objects without any plan. Where most of a settled set has no unusual
    edge, it is such a crowd: the part it grew from is kept only as far as it acts together far more often than the
    crowd does. What is let go this way is listed among the crowds, so that nothing disappears unseen.
    """
    columns = [
        "community",
        "account_id",
        "role",
        "n_content",
        "n_acts",
        "n_partners",
        "expected",
        "q",
        "component",
        "seed_size",
        "stability",
    ]
    fused = edges.groupby(["account_a", "account_b"], as_index=False).agg(weight=(weight, "sum"))
    runs = [parts_of(p, min_accounts) for p in leiden_runs(fused, resolution, range(seed, seed + seeds))]
    linked = set(edges["account_a"]) | set(edges["account_b"])
    found: list[tuple[frozenset[str], frozenset[str]]] = []
    crowds: list[tuple[int, int, int, list[str]]] = []
    for part in runs[0]:
        if any(len(part & group) > len(part) / 2 for group, _ in found):
            continue  # already taken in by a larger group
        group = settle(part, matches, fdr_q=fdr_q, min_shared=min_shared) if tested else part
        if len(group & linked) < LEAST_BACKED * len(group):
            crowd, group = group, distinct_from_crowd(part, group, matches, fdr_q=fdr_q, min_shared=min_shared)
            crowds.append((len(part), len(crowd), len(group) if len(group) >= min_accounts else 0, sorted(part)))
        taken = frozenset().union(*(g for g, _ in found))
        if len(group & taken) <= len(group) / 2 and len(group - taken) >= min_accounts:
            found.append((group - taken, part))
    found.sort(key=lambda pair: (-len(pair[0]), min(pair[0])))
    index = {name: code for code, name in enumerate(matches.names)}
    component = components(fused)
    rows = []
    for number, (group, part) in enumerate(found, 1):
        members = np.zeros(len(matches.names), dtype=bool)
        members[[index[a] for a in group]] = True
        result, steady = compare(members, matches), stability(part, runs[1:])
        for account in sorted(group):
            i = index[account]
            n = int(matches.contents[i])
            role = "core" if n >= min_actions else "peripheral"
            rows.append(
                (
                    number,
                    account,
                    role,
                    n,
                    int(result.acts[i]) if tested else 0,
                    int(result.partners[i]),
                    n * result.outside_rate if tested else 0.0,
                    float(result.q[i]) if tested else float("nan"),
                    component.get(account, 0),
                    len(part),
                    steady,
                )
            )
    return pd.DataFrame(rows, columns=columns), pd.DataFrame(
        crowds, columns=["n_linked", "n_crowd", "n_kept", "accounts"]
    )
