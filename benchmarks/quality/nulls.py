"""Which score puts pairs of a planted group first: null models compared on the same edges.

Every edge found at all is ranked (one shared object suffices); it is *true* when both accounts belong to one planted
group or to one newsroom: these act together, and whether that is innocent no count can tell (the explanations ask).
Fans, sharers of viral things and everybody else are *false*. Scores are computed relation by relation and ranked together.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse, special

from investigate import Case, engines, scoring
from investigate.store import frame

from .worlds import KINDS, trial

RELATIONS = ("co_hashtag", "co_text", "co_url")
FDR = 0.01
TINY = 1e-300


def poisson_tail(k: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """P[X >= k] for X ~ Poisson(mean)."""
    return np.where(k >= 1, special.gammainc(np.maximum(k, 1), np.maximum(mean, 1e-12)), 1.0)


def hypergeometric_tail(k: np.ndarray, total: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """P[X >= k] when `a` and `b` objects are drawn from `total` (scipy's survival function, elementwise)."""
    from scipy.stats import hypergeom

    return hypergeom.sf(k - 1, total, a, b)


def disparity(edges: pd.DataFrame) -> np.ndarray:
    """Smaller alpha of the two ends, (1 - w / strength) ** (degree - 1): independent of the order of the nodes."""
    ends = pd.concat(
        [
            edges[["account_a", "n_objects"]].set_axis(["x", "w"], axis=1),
            edges[["account_b", "n_objects"]].set_axis(["x", "w"], axis=1),
        ]
    )
    of = ends.groupby("x")["w"].agg(["sum", "size"])
    out = []
    for side in ("account_a", "account_b"):
        strength, degree = of["sum"].reindex(edges[side]).to_numpy(), of["size"].reindex(edges[side]).to_numpy()
        out.append((1 - edges["n_objects"].to_numpy() / strength) ** (degree - 1))
    return np.minimum(*out)


def scored(edges: pd.DataFrame, exposure: pd.DataFrame, rows: pd.DataFrame, contents: pd.Series) -> pd.DataFrame:
    """Scores of one relation's edges, larger is more unusual; columns that end in `_p` hold the chances behind them.

    Parameters
    ----------
    edges, exposure : DataFrame
        As `investigate.engines.co_action` gives them with `min_shared` 1.
    rows : DataFrame
        The relation's actions: account_id, object_id, at_us.
    contents : Series
        Contents per account.
    """
    n = {name: edges[name].to_numpy() for name in ("n_objects", "n_pairs")}
    account, thing = rows["account_id"].astype("category"), rows["object_id"].astype("category")
    names = account.cat.categories
    used = sparse.csr_matrix(
        (np.ones(len(rows)), (account.cat.codes, thing.cat.codes)), shape=(len(names), len(thing.cat.categories))
    )
    held = used.sign()
    a, b = names.get_indexer(edges["account_a"]), names.get_indexer(edges["account_b"])
    k = np.asarray(used.sum(axis=1)).ravel()
    objects = np.asarray(held.sum(axis=1)).ravel()
    both = pd.concat([edges.set_index("account_a")["n_pairs"], edges.set_index("account_b")["n_pairs"]])
    strength = both.groupby(level=0).sum().reindex(names).fillna(0).to_numpy()

    sharers = np.asarray(held.sum(axis=0)).ravel()
    idf = np.log((1 + len(names)) / (1 + sharers)) + 1
    weighted = used @ sparse.diags(idf)
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    unit = sparse.diags(1 / np.maximum(length, 1e-300)) @ weighted
    cosine = np.asarray(unit[a].multiply(unit[b]).sum(axis=1)).ravel()

    shared = np.asarray(held[a].multiply(held[b]).sum(axis=1)).ravel()
    together = np.asarray(held[a].multiply(held[b]) @ _meeting(rows, thing, edges.attrs["window_s"])).ravel()

    model = scoring.score(edges, contents, exposure, min_shared=1)
    chances = {
        "hypergeometric on active objects (SVN)": hypergeometric_tail(
            n["n_objects"], held.shape[1], objects[a], objects[b]
        ),
        "Poisson on strengths": poisson_tail(n["n_pairs"], strength[a] * strength[b] / max(strength.sum(), 1)),
        "exposure, counted in rows (Poisson)": poisson_tail(
            n["n_pairs"], np.maximum(strength[a] * k[b], strength[b] * k[a]) / len(rows)
        ),
        "exposure, counted in contents (`investigate.scoring`)": model["p"].to_numpy(),
        "synchrony given the objects shared at any time": scoring.binomial_tail(
            n["n_objects"], shared, np.clip(together / np.maximum(shared, 1), 0, 1)
        ),
    }
    out = pd.DataFrame(
        {
            "n_objects": n["n_objects"].astype(float),
            "n_pairs": n["n_pairs"].astype(float),
            "disparity filter": -disparity(edges),
            "TF-IDF cosine": cosine,
            **{name: -np.log(np.maximum(p, TINY)) for name, p in chances.items()},
        },
        index=edges.index,
    )
    return out.join(pd.DataFrame({f"{name}_p": p for name, p in chances.items()}, index=edges.index))


def _meeting(rows: pd.DataFrame, thing: pd.Series, window_s: float) -> np.ndarray:
    """For each object, the share of pairs of rows that lie within one window, over all objects of about its size.

    Sizes are put together by powers of two: by itself, an object that only one group used would explain the group.
    """
    codes, at = thing.cat.codes.to_numpy().astype(np.int64), rows["at_us"].to_numpy()
    order = np.lexsort((at, codes))
    codes, at = codes[order], at[order]
    window = round(window_s * 1_000_000)
    # One axis for all objects: far enough apart that no window reaches from one to the next.
    span = int(at.max() - at.min()) + window + 1
    axis = codes * span + (at - at.min())
    after = np.searchsorted(axis, axis + window, side="right") - np.arange(len(axis)) - 1
    near = np.bincount(codes, weights=after, minlength=len(thing.cat.categories))
    rows_of = np.bincount(codes, minlength=len(thing.cat.categories))
    pairs = rows_of * (rows_of - 1) / 2
    stratum = np.frexp(rows_of)[1]
    return (np.bincount(stratum, near) / np.maximum(np.bincount(stratum, pairs), 1))[stratum]


def ranking(score: np.ndarray, true: np.ndarray) -> dict[str, float]:
    """Average precision, recall at precision 0.9 or more, best F1; equal scores stand or fall together."""
    order = np.argsort(-score, kind="stable")
    values, hits = score[order], np.cumsum(true[order])
    last = np.append(np.flatnonzero(np.diff(values)), len(values) - 1)
    said, hit = last + 1, hits[last]
    precision, recall = hit / said, hit / max(true.sum(), 1)
    good = precision >= 0.9
    return {
        "average precision": float(np.sum(np.diff(recall, prepend=0.0) * precision)),
        "recall at precision 0.9": float(recall[good].max()) if good.any() else 0.0,
        "best F1": float(np.max(2 * precision * recall / np.maximum(precision + recall, 1e-12))),
    }


def judged(table: pd.DataFrame, true: np.ndarray, tests: float) -> pd.DataFrame:
    """One row per score: the ranking, and as a rule at FDR 1 % over all pairs tested for those that give a chance."""
    out = []
    pairs = int(table["n_objects"].ge(2).sum())
    for name in (c for c in table.columns if not c.endswith("_p")):
        row: dict[str, Any] = {"score": name, **ranking(table[name].to_numpy(), true)}
        if f"{name}_p" in table:
            said = scoring.benjamini_hochberg(table[f"{name}_p"].to_numpy(), max(tests, len(table))) <= FDR
            said &= table["n_objects"].to_numpy() >= 2
            row |= {
                "FDR 1 %: edges": int(said.sum()),
                "FDR 1 %: precision": float(true[said].mean()) if said.any() else None,
                "FDR 1 %: recall": float(true[said].sum() / max(true.sum(), 1)),
            }
        out.append(row)
    two = table["n_objects"].to_numpy() >= 2
    cosine = np.where(two, table["TF-IDF cosine"], -1.0)
    out.append({"score": "TF-IDF cosine, two objects or more", **ranking(cosine, true)})
    name = "synchrony given the objects shared at any time"
    out.append({"score": f"{name}, two or more", **ranking(np.where(two, table[name].to_numpy(), -1.0), true)})
    return pd.DataFrame(out).assign(edges=len(table), with_two=pairs, true=int(true.sum()))


def same_group(edges: pd.DataFrame, group: pd.Series) -> np.ndarray:
    """Whether both ends belong to one planted group; `group` maps accounts to groups."""
    a, b = group.reindex(edges["account_a"]).to_numpy(), group.reindex(edges["account_b"]).to_numpy()
    return np.asarray(pd.notna(a) & (a == b), dtype=bool)


def one_world(kind: str, seed: int) -> pd.DataFrame:
    """The scores judged on one world."""
    made = trial(kind, seed)
    window = float(KINDS[kind].window.removesuffix("s"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made.world.save(folder / "world")
        case = Case.create(folder / "case")
        case.load(folder / "world" / "world.csv.gz", "csv", mapping=str(folder / "world" / "world.toml"))
        con = case.connection()
        contents = frame(con, "select account_id, count(*) as n from content_us group by 1 order by 1")
        tables, true = [], []
        acting = made.truth["kind"].str.startswith("planted_") | (made.truth["kind"] == "newsroom")
        truth = made.truth[acting].set_index("account")["group"]
        for relation in RELATIONS:
            links = engines.co_action(con, relation, window, min_shared=1)
            if links.edges.empty:
                continue
            links.edges.attrs["window_s"] = window
            kind_of = relation.removeprefix("co_")
            rows = frame(con, f"select account_id, object_id, at_us from action_us where object_type = '{kind_of}'")
            tables.append(scored(links.edges, links.exposure, rows, contents.set_index("account_id")["n"]))
            true.append(same_group(links.edges, truth))
        case.close()
    tests = scoring.number_of_tests(contents["n"], len(RELATIONS), 2)
    return judged(pd.concat(tables, ignore_index=True), np.concatenate(true), tests).assign(kind=kind, seed=seed)


def generated(file: Path, window_s: float = 60.0) -> pd.DataFrame:
    """The scores judged on generated actions (`benchmarks.generator`): actions.parquet with planted.csv beside it."""
    from investigate.engines import acts, read, sweep

    table = read.read_actions(file)
    links = sweep.co_action(acts.build([("co_repost", table)]), "co_repost", window_s, 1)
    links.edges.attrs["window_s"] = window_s
    rows = table.select(["account_id", "object_id", "at_us"]).to_pandas()
    contents = rows["account_id"].astype(str).value_counts().sort_index()
    planted = pd.read_csv(file.with_name("planted.csv"), dtype=str)
    pairs = planted.merge(planted, on="group")
    inside = set(zip(pairs["account_id_x"], pairs["account_id_y"], strict=True))
    true = np.array([pair in inside for pair in zip(links.edges["account_a"], links.edges["account_b"], strict=True)])
    tests = scoring.number_of_tests(contents, 1, 2)
    return judged(scored(links.edges, links.exposure, rows, contents), true, tests)


def summary(worlds: list[pd.DataFrame]) -> pd.DataFrame:
    """Means over seeds, by kind of world and score."""
    together = pd.concat(worlds, ignore_index=True)
    numbers = [c for c in together.columns if c not in ("score", "kind", "seed")]
    order = {name: i for i, name in enumerate(dict.fromkeys(together["score"]))}
    out = together.groupby(["kind", "score"], sort=False, as_index=False)[numbers].mean()
    return out.sort_values(
        ["kind", "score"],
        key=lambda c: c.map(order) if c.name == "score" else c.map(list(KINDS).index),
        ignore_index=True,
    ).astype({c: int for c in ("edges", "with_two", "true")})


def compared(
    seeds: int, in_processes: Callable[[Any, list[tuple[Any, ...]], int], Any], workers: int = 2
) -> pd.DataFrame:
    """The summary over `seeds` worlds of each kind with a planted group."""
    jobs = [(kind, seed) for kind, of in KINDS.items() if of.positive for seed in range(seeds)]
    return summary(list(in_processes(one_world, jobs, workers)))
