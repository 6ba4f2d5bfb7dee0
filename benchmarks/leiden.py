"""Leiden on a million edges: time and memory of the ways to call it, on a graph with known communities."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

ACCOUNTS, SIZE, INSIDE = 200_000, 100, 0.7
ITERATIONS = 5  # as `investigate.communities.leiden` calls it


def planted(edges: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ends and weights of `edges` distinct edges; seven in ten inside communities of a hundred accounts.

    Returns
    -------
    a, b : array of int64, shape (edges,)
        a < b, sorted.
    weight : array of float, shape (edges,)
        2 to 19, independent of the communities.
    """
    rng = np.random.default_rng(seed)
    drawn = int(edges * 1.2)
    one = rng.integers(0, ACCOUNTS, drawn)
    own = one // SIZE * SIZE + rng.integers(0, SIZE, drawn)
    two = np.where(rng.random(drawn) < INSIDE, own, rng.integers(0, ACCOUNTS, drawn))
    low, high = np.minimum(one, two), np.maximum(one, two)
    keys = np.unique((low * ACCOUNTS + high)[low != high])
    keys = np.sort(rng.choice(keys, edges, replace=False))
    return keys // ACCOUNTS, keys % ACCOUNTS, rng.integers(2, 20, edges).astype(float)


def by_package(a: np.ndarray, b: np.ndarray, weight: np.ndarray, iterations: int) -> np.ndarray:
    """As the package calls it: an edge table with 19-digit identifiers. `iterations` is the package's own."""
    from investigate.communities import leiden

    names = np.array([f"platform:{i:019d}" for i in range(ACCOUNTS)])
    table = pd.DataFrame({"account_a": names[a], "account_b": names[b], "weight": weight})
    parts = leiden(table)
    return np.array([parts.get(name, -1) for name in names.tolist()])


def by_names(a: np.ndarray, b: np.ndarray, weight: np.ndarray, iterations: int) -> np.ndarray:
    """A list of (str, str, float) with account codes as short texts."""
    import graspologic_native

    names = np.array([str(i) for i in range(ACCOUNTS)], dtype=object)
    triples = list(zip(names[a].tolist(), names[b].tolist(), weight.tolist(), strict=True))
    _, parts = graspologic_native.leiden(triples, resolution=1.0, iterations=iterations, use_modularity=True, seed=0)
    return np.array([parts.get(str(i), -1) for i in range(ACCOUNTS)])


def by_csr(a: np.ndarray, b: np.ndarray, weight: np.ndarray, iterations: int) -> np.ndarray:
    """The rows of a sparse matrix, without any text; accounts without an edge are left out of it."""
    import graspologic_native
    from scipy import sparse

    held, codes = np.unique(np.concatenate([a, b]), return_inverse=True)
    one, two = codes[: len(a)], codes[len(a) :]
    ends = (np.concatenate([one, two]), np.concatenate([two, one]))
    matrix = sparse.csr_matrix((np.concatenate([weight, weight]), ends), shape=(len(held), len(held)))
    _, parts = graspologic_native.leiden_csr(
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int32),
        matrix.data,
        len(held),
        resolution=1.0,
        iterations=iterations,
        use_modularity=True,
        seed=0,
    )
    out = np.full(ACCOUNTS, -1)
    out[held] = [parts[i] for i in range(len(held))]
    return out


WAYS: dict[str, Callable[..., np.ndarray]] = {
    "investigate.communities.leiden": by_package,
    "list of short names": by_names,
    "sparse matrix (leiden_csr)": by_csr,
}


def modularity(parts: np.ndarray, a: np.ndarray, b: np.ndarray, weight: np.ndarray) -> float:
    """Newman's modularity, counted here and not by the library that is measured."""
    strength = np.bincount(a, weight, ACCOUNTS) + np.bincount(b, weight, ACCOUNTS)
    held = parts >= 0
    within = weight[parts[a] == parts[b]].sum() / weight.sum()
    return float(within - (np.bincount(parts[held], strength[held]) ** 2).sum() / (2 * weight.sum()) ** 2)


def agreement(parts: np.ndarray) -> float:
    """Share of the pairs of neighbours in number that are planted together and found together."""
    first = np.arange(ACCOUNTS - 1)
    together = (first // SIZE == (first + 1) // SIZE) & (parts[:-1] >= 0) & (parts[1:] >= 0)
    return float((parts[:-1] == parts[1:])[together].mean())


def measure(way: str, edges: int, iterations: int) -> dict[str, object]:
    """One measurement in this process: call it in a fresh one, because memory is the process's highest."""
    import resource

    a, b, weight = planted(edges)
    WAYS[way](a[:1000], b[:1000], weight[:1000], 1)  # what is loaded once is not measured
    unit = 1024**2 if sys.platform == "darwin" else 1024
    before, start, cpu = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter(), time.process_time()
    parts = WAYS[way](a, b, weight, iterations)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "way": way,
        "edges": edges,
        "accounts": len(set(a.tolist()) | set(b.tolist())),
        "iterations": "package's own" if way == "investigate.communities.leiden" else str(iterations),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "more_mib": (peak - before) // unit,
        "parts": len(set(parts[parts >= 0].tolist())),
        "modularity": round(modularity(parts, a, b, weight), 4),
        "planted_together": round(agreement(parts), 3),
    }


def leiden_million(edges: int = 1_000_000) -> pd.DataFrame:
    """Each way of calling Leiden on the same planted graph, each in a process of its own.

    Returns
    -------
    DataFrame
        way, edges, accounts, iterations, seconds, cpu_seconds, more_mib (highest memory above that of the graph),
        parts, modularity, planted_together (share of planted neighbours found in one part).
    """
    asked = [(way, ITERATIONS) for way in WAYS] + [("sparse matrix (leiden_csr)", 1)]
    rows = []
    for way, iterations in asked:
        code = f"import json; from benchmarks.leiden import measure; print(json.dumps(measure({way!r}, {edges}, {iterations})))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        rows.append(json.loads(done.stdout.splitlines()[-1]))
    return pd.DataFrame(rows)


if __name__ == "__main__":
    print(leiden_million(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000).to_string(index=False))
