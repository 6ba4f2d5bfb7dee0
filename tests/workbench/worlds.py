"""Cases made for tests of the workbench: from links that are given, so that every count is known beforehand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from investigate import Case
from investigate.analysis import Settings

START = 1_772_668_800  # 2026-03-05, seconds


def edge_table(links: list[tuple[str, str, str, float, bool]]) -> pd.DataFrame:
    """A table of scored edges from (account, account, relation, weight, unusual)."""
    n = len(links)
    ends = [sorted(link[:2]) for link in links]
    weight = np.array([link[3] for link in links], dtype=float)
    unusual = np.array([link[4] for link in links], dtype=bool)
    first = pd.Series(pd.to_datetime(START + np.arange(n) % 86_400, unit="s", utc=True))
    return pd.DataFrame(
        {
            "relation": [link[2] for link in links],
            "account_a": [e[0] for e in ends],
            "account_b": [e[1] for e in ends],
            "n_objects": weight.astype(int),
            "n_pairs": weight.astype(int),
            "n_content_a": weight.astype(int),
            "n_content_b": weight.astype(int),
            "weight": weight,
            "first_at": first,
            "last_at": first + pd.Timedelta(hours=6),
            "mean_lag_s": 5.0,
            "n_ordered": weight.astype(int),
            "share_a_first": 0.5,
            "n_acts": weight.astype(int),
            "expected": 0.5,
            "lift": weight / 0.5,
            "p": np.where(unusual, 1e-9, 0.5),
            "q": np.where(unusual, 1e-6, 0.9),
            "symmetry": 1.0,
            "unusual": unusual,
        }
    )


def made_case(
    folder: Path,
    posts: list[tuple[str, str, str, float]],
    links: list[tuple[str, str, str, float, bool]],
    community: dict[str, int],
) -> Case:
    """A grouped case.

    Parameters
    ----------
    posts : list of (content, account, text with links, seconds since the start)
    links : list of (account, account, relation, weight, unusual)
    community : dict
        Account -> number of its community.
    """
    file = folder.parent / f"{folder.name}.csv"
    table = pd.DataFrame(posts, columns=["id", "account", "text", "at"])
    table["at"] = pd.to_datetime(START + table["at"], unit="s", utc=True).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    table.to_csv(file, index=False)
    mapping = {"content_id": "id", "account_id": "account", "created_at": "at", "text": "text"}
    case = Case.create(folder, title=folder.name, purpose="tests of the workbench")
    case.load(file, "csv", mapping=mapping)
    relations = tuple(sorted({link[2] for link in links})) or ("co_url",)
    case.settings = Settings(relations, 60.0)
    case.edges = edge_table(links)
    members = sorted(community)
    case.communities = pd.DataFrame(
        {
            "community": [community[m] for m in members],
            "account_id": members,
            "role": ["core"] * len(members),
            "n_content": 1,
            "component": 1,
        }
    )
    case.keep()
    return case


def clustered(n: int, m: int, groups: int, seed: int = 0) -> tuple[list[tuple], list[tuple], dict[str, int]]:
    """Posts, links and communities of n accounts with about m links, most of them inside groups."""
    rng = np.random.default_rng(seed)
    names = np.array([f"account{i:06d}" for i in range(n)])
    group = np.sort(rng.integers(0, groups, n))
    starts = np.searchsorted(group, np.arange(groups + 1))
    a = rng.integers(0, n, 2 * m)
    inside = rng.random(2 * m) < 0.9
    low, high = starts[group[a]], starts[group[a] + 1]
    b = np.where(inside, low + (rng.random(2 * m) * (high - low)).astype(int), rng.integers(0, n, 2 * m))
    pairs = np.unique(np.sort(np.column_stack([a, b])[a != b], axis=1), axis=0)
    pairs = pairs[np.sort(rng.permutation(len(pairs))[:m])]
    kind = rng.choice(["co_url", "co_text", "co_hashtag"], len(pairs))
    weight = rng.integers(2, 40, len(pairs))
    unusual = rng.random(len(pairs)) < 0.95
    links = [
        (names[i], names[j], r, float(w), bool(u)) for (i, j), r, w, u in zip(pairs, kind, weight, unusual, strict=True)
    ]
    at = rng.integers(0, 86_400 * 7, 5 * n)
    who = rng.integers(0, n, 5 * n)
    posts = [
        (f"p{i}", names[w], f"see https://example.com/{w % 500} #tag{w % 40}", float(t))
        for i, (w, t) in enumerate(zip(who, at, strict=True))
    ]
    return posts, links, {name: int(g) + 1 for name, g in zip(names.tolist(), group.tolist(), strict=True)}
