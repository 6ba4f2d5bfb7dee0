"""Synchronous activity: exact cosines, and a null that day and night, busy days and events do not fool."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson
from tables_of_rows import connection

from investigate.chance import at_least_poisson
from investigate.relations.synchronous_activity import BIN_S, MIN_BINS, MIN_COSINE, MIN_POSTS, edges, evidence
from investigate.scoring import benjamini_hochberg

DAY = np.where(np.arange(24) < 8, 0.02, np.where((np.arange(24) >= 17) & (np.arange(24) < 22), 3.0, 1.0))


def rows_of(times: dict[str, list[float]]) -> list[tuple]:
    """One content with an object of its own for each time."""
    flat = [(account, at) for account, ts in times.items() for at in ts]
    return [(account, f"o{k}", f"c{k}", float(at)) for k, (account, at) in enumerate(flat)]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 14), min_size=0, max_size=30), min_size=2, max_size=6))
def test_edges_are_the_pairs_over_the_cosine(slots):
    """Every pair over the threshold is found, with the cosine and counts of comparing all pairs bin by bin."""
    times = {f"a{i}": [s * BIN_S + i for s in ts] for i, ts in enumerate(slots)}
    times["first"] = [0.0]
    bins = {a: Counter(int(t // BIN_S) for t in ts) for a, ts in times.items()}
    expected = {}
    for a in sorted(bins):
        for b in sorted(bins):
            x, y = bins[a], bins[b]
            if a < b and min(x.total(), y.total()) >= MIN_POSTS and min(len(x), len(y)) >= MIN_BINS:
                shared = x.keys() & y.keys()
                norm = np.sqrt(sum(v * v for v in x.values()) * sum(v * v for v in y.values()))
                cosine = sum(x[t] * y[t] for t in shared) / norm
                if cosine > MIN_COSINE + 1e-9 and len(shared) >= MIN_BINS:
                    counts = (
                        len(shared),
                        sum(x[t] * y[t] for t in shared),
                        sum(x[t] for t in shared),
                        sum(y[t] for t in shared),
                    )
                    expected[a, b] = (*counts, pytest.approx(cosine))
    table = edges(connection(rows_of(times)), 60.0)
    found = {
        (e.account_a, e.account_b): (e.n_objects, e.n_pairs, e.n_content_a, e.n_content_b, e.weight)
        for e in table.itertuples()
    }
    assert {k: v for k, v in found.items() if v[-1] > MIN_COSINE + 1e-9} == expected


def ordinary(rng: np.random.Generator, n: int, days: int = 10) -> dict[str, list[float]]:
    """Accounts that sleep at night and are busiest in the evening; every tenth posts on one evening only."""
    hours, out = DAY / DAY.sum(), {}
    for i in range(n):
        posts = int(rng.lognormal(3.5, 0.8))
        if i % 10 == 0:
            start = rng.integers(days) * 86400 + rng.choice(24, p=hours) * 3600
            out[f"u{i}"] = list(start + rng.uniform(0, 4 * 3600, posts))
        else:
            out[f"u{i}"] = list(
                rng.integers(days, size=posts) * 86400
                + rng.choice(24, p=hours, size=posts) * 3600
                + rng.uniform(0, 3600, posts)
            )
    # Everybody watches one match: two hours in which all post.
    for i in range(n):
        out[f"u{i}"] += list(5 * 86400 + 20 * 3600 + rng.uniform(0, 7200, 3))
    return out


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_rhythm_alone_gives_nothing_and_a_schedule_stands_out(seed):
    """Nights, one-evening accounts and a match give no unusual pair; six accounts on one schedule are found, all pairs."""
    rng = np.random.default_rng(seed)
    times, n = ordinary(rng, 250), 256
    hours = DAY / DAY.sum()
    slots = rng.integers(10, size=50) * 86400 + rng.choice(24, p=hours, size=50) * 3600 + rng.uniform(0, 3600, 50)
    for i in range(6):
        times[f"plan{i}"] = list(slots + rng.uniform(0, 120, 50))
    found = edges(connection(rows_of(times)), 60.0)
    q = benjamini_hochberg(found["p"].to_numpy(), n * (n - 1) / 2)
    unusual = set(found.loc[q <= 0.01, ["account_a", "account_b"]].itertuples(index=False, name=None))
    assert unusual == {(f"plan{i}", f"plan{j}") for i in range(6) for j in range(i + 1, 6)}


def test_evidence_lists_contents_of_shared_half_hours():
    """As many rows as pairs of contents in one half hour, named by its start."""
    times = {"a": [k * 4000.0 for k in range(12)], "b": [k * 4000.0 + 60 for k in range(12)]}
    con = connection(rows_of(times))
    edge = edges(con, 60.0).iloc[0]
    rows = evidence(con, 60.0, "b", "a")
    assert len(rows) == edge["n_pairs"] == 12 and rows["object_id"].nunique() == edge["n_objects"]
    assert (rows["lag_s"] == 60).all() and rows["object_id"][0] == "2024-03-01T00:00:00Z"
    assert edge["first_at"] == pd.Timestamp("2024-03-01T00:00:00Z") and set(rows["n_accounts"]) == {2}


def test_poisson_tail_is_the_one_of_scipy():
    """P[X >= k], with 1 at k = 0."""
    k, mean = np.arange(0, 40), np.linspace(0.1, 30, 40)
    assert at_least_poisson(k, mean) == pytest.approx(poisson.sf(k - 1, mean), rel=1e-9)
