"""Small worlds of actions, and co-action computed on them by hand: every pair of rows looked at, nothing clever."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict

import duckdb
import pandas as pd
import pyarrow as pa

from investigate.engines.finish import Links, finish

# Names whose order by bytes, by UTF-16 units and by a dictionary's rules differ.
NAMES = ["a", "B", "b", "é", "z", "ß", "\uff5e", "\U0001f600", "a b", "Å", "10", "9", "'", '"', "=1", "ab", "a\u0301"]
COLUMNS = ["account_id", "content_id", "object_id", "at_us"]
EMPTY = pa.schema([("account_id", "string"), ("content_id", "string"), ("object_id", "string"), ("at_us", "int64")])

Row = tuple[str, str, str, int]


def rows_of(seed: int, n: int, window_us: int, prefix: str = "") -> list[Row]:
    """`n` random actions around 1970, many of them level or exactly a window apart; contents may change hands."""
    rng = random.Random(seed)
    step = max(window_us, 1)
    out = []
    for i in range(n):
        at = rng.choice(
            [rng.randrange(-5 * step, 5 * step), rng.randrange(-5, 5) * step, rng.randrange(-3, 3) * step + 1]
        )
        content = f"c{rng.randrange(n)}" if rng.random() < 0.3 else f"c{i}"
        out.append((prefix + rng.choice(NAMES), prefix + content, prefix + f"o{rng.randrange(4)}", at))
    return out


def table(rows: list[Row]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows], schema=EMPTY)


def by_hand(rows: list[Row], window_us: int, min_shared: int, relation: str = "r") -> Links:
    """What the definition says, from all pairs of rows."""
    pairs = defaultdict(list)
    exposed = defaultdict(set)
    for one, two in itertools.combinations(rows, 2):
        (a, ca, oa, ta), (b, cb, ob, tb) = sorted((one, two), key=lambda row: row[0].encode())
        if oa != ob or a == b or ca == cb or abs(ta - tb) > window_us:
            continue
        pairs[a, b].append((oa, ca, cb, ta, tb))
        exposed[a].add((b, cb))
        exposed[b].add((a, ca))
    raw = [
        {
            "account_a": a,
            "account_b": b,
            "n_objects": len({m[0] for m in met}),
            "n_pairs": len(met),
            "n_content_a": len({m[1] for m in met}),
            "n_content_b": len({m[2] for m in met}),
            "first_us": min(min(m[3:]) for m in met),
            "last_us": max(max(m[3:]) for m in met),
            "lag_sum_us": sum(abs(m[3] - m[4]) for m in met),
            "n_a_first": sum(m[3] < m[4] for m in met),
            "n_b_first": sum(m[3] > m[4] for m in met),
        }
        for (a, b), met in pairs.items()
    ]
    kept = [row for row in raw if row["n_objects"] >= min_shared]
    from investigate.engines.definition import RAW_COLUMNS

    whole = {name: pa.string() if name.startswith("account") else pa.int64() for name in RAW_COLUMNS}
    exposure = pd.DataFrame(
        sorted(((relation, a, len(c)) for a, c in exposed.items()), key=lambda row: row[1].encode()),
        columns=["relation", "account_id", "exposed"],
    )
    edges = finish(pa.Table.from_pylist(kept, schema=pa.schema(list(whole.items()))), relation)
    return Links(edges, exposure, len(raw), sum(row["n_pairs"] for row in raw))


def same(one: Links, other: Links) -> None:
    """Both found the same, row for row and in the same order."""
    pd.testing.assert_frame_equal(one.edges, other.edges, check_exact=True)
    pd.testing.assert_frame_equal(one.exposure, other.exposure, check_dtype=False)
    assert (one.n_pairs_found, one.n_matches) == (other.n_pairs_found, other.n_matches)


def with_acts(rows: list[Row]) -> duckdb.DuckDBPyConnection:
    """A connection whose view `acts` is what the definition reads, with identifiers as text."""
    con = duckdb.connect()
    con.register("acts", table(rows))
    return con
