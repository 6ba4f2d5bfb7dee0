"""Detection quality: simulated worlds with planted truth and real slices with known answers, ours beside the peers'."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import pandas as pd

from investigate import Case
from investigate.findings import Finding

from .peers import METHODS
from .real import SLICES, TAGGED_LEAST, tagged, truth_of
from .worlds import KINDS, trial

__all__ = ["SLICES", "TAGGED_LEAST", "real", "simulated", "tagged", "truth_of"]

OURS, LEADS = "investigate, supported findings", "investigate, leads as well"
FALSE_GROUP = 0.5  # a group of which fewer than half was planted is a false one


def solve(case: Case, window: str, known: pd.DataFrame | None = None) -> list[Finding]:
    """The method at its defaults."""
    case.relate(window=window)
    case.score()
    case.known_groups = known
    case.group()
    return case.find()


def flagged(case: Case, found: list[Finding]) -> dict[str, set[str]]:
    """Accounts that each method flags, by its name."""
    supported = set().union(*(f.members for f in found if f.status == "supported"))
    out = {OURS: supported, LEADS: supported.union(*(f.members for f in found))}
    con = case.connection()
    return out | {name: method(con) for name, method in METHODS.items()}


def groups(found: list[Finding], truth: set[str]) -> list[dict[str, Any]]:
    """Status, grade, size, hits and explaining alternatives of every finding."""
    return [
        {
            "status": f.status,
            "grade": f.evidence_grade,
            "members": f.n_members,
            "hit": len(set(f.members) & truth),
            "explained": [a.name for a in f.alternatives if a.verdict == "explains"],
            "partly": [a.name for a in f.alternatives if a.verdict == "partly"],
        }
        for f in found
    ]


def one_world(kind: str, seed: int, peers: bool) -> dict[str, Any]:
    """Everything about one world."""
    made, of = trial(kind, seed), KINDS[kind]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made.world.save(folder / "world")
        case = Case.create(folder / "case")
        case.load(folder / "world" / "world.csv.gz", "csv", mapping=str(folder / "world" / "world.toml"))
        found = solve(case, of.window, made.world.known_groups if of.listed else None)
        truth = set(made.positives)
        by = (
            flagged(case, found)
            if peers
            else {OURS: set().union(*(f.members for f in found if f.status == "supported"))}
        )
        case.close()
    return {
        "kind": kind,
        "seed": seed,
        "planted": len(truth),
        "found": groups(found, truth),
        "flagged": {method: [len(who), len(who & truth)] for method, who in by.items()},
    }


def _quiet() -> None:
    os.environ["INVESTIGATE_THREADS"] = "1"


def in_processes(function: Any, jobs: list[tuple[Any, ...]], workers: int) -> Iterator[Any]:
    """Results as they come, each job in one of `workers` fresh processes."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_quiet) as pool:
        for future in as_completed([pool.submit(function, *job) for job in jobs]):
            yield future.result()


def simulated(
    seeds: int = 20, nothing: int = 100, kinds: Iterable[str] = tuple(KINDS), workers: int = 2
) -> list[dict[str, Any]]:
    """One entry per world: `seeds` of each kind, `nothing` of the kind with nothing planted."""
    jobs = [(kind, seed, seed < seeds) for kind in kinds for seed in range(nothing if kind == "nothing" else seeds)]
    out = []
    for done, result in enumerate(in_processes(one_world, jobs, workers), 1):
        out.append(result)
        if done % 10 == 0 or done == len(jobs):
            print(f"  {done} of {len(jobs)} worlds", flush=True)
    return sorted(out, key=lambda r: (list(KINDS).index(r["kind"]), r["seed"]))


def each(worlds: list[dict[str, Any]]) -> pd.DataFrame:
    """One row per world: planted, reported as supported, and the findings with their grades."""
    return pd.DataFrame(
        [
            {
                "world": w["kind"],
                "seed": w["seed"],
                "planted": w["planted"],
                "supported": w["flagged"][OURS][0],
                "hit": w["flagged"][OURS][1],
                "findings": "; ".join(f"{g['grade']} {g['members']} members, {g['hit']} planted" for g in w["found"]),
            }
            for w in worlds
        ]
    )


def bars(worlds: list[dict[str, Any]]) -> pd.DataFrame:
    """The method at its defaults on each kind of world, *supported* findings only, and the promise for that kind."""
    rows = []
    for kind in dict.fromkeys(w["kind"] for w in worlds):
        part = [w for w in worlds if w["kind"] == kind]
        said = sum(w["flagged"][OURS][0] for w in part)
        hit = sum(w["flagged"][OURS][1] for w in part)
        planted = sum(w["planted"] for w in part)
        false = sum(
            any(g["status"] == "supported" and g["hit"] < FALSE_GROUP * g["members"] for g in w["found"]) for w in part
        )
        precision = hit / said if said else None
        recall = hit / planted if planted else None
        rows.append(
            {
                "world": kind,
                "window": KINDS[kind].window,
                "worlds": len(part),
                "precision": precision,
                "recall": recall,
                "worlds with a false supported group": false,
                "worlds with a lead": sum(any(g["status"] == "lead" for g in w["found"]) for w in part),
                "highest grade": max((g["grade"] for w in part for g in w["found"]), default="none"),
                "promised": PROMISES[kind][0],
                "verdict": "met" if PROMISES[kind][1](precision or 0.0, recall or 0.0, false, len(part)) else "not met",
            }
        )
    return pd.DataFrame(rows)


def _silent(p: float, r: float, false: int, n: int) -> bool:
    return false == 0


PROMISES: dict[str, tuple[str, Any]] = {
    "fast": ("precision and recall 0.95", lambda p, r, false, n: p >= 0.95 and r >= 0.95),
    "slow": ("recall 0.9 with precision 0.8", lambda p, r, false, n: p >= 0.8 and r >= 0.9),
    "camouflage": ("none; measured", lambda p, r, false, n: True),
    "nothing": ("a false group in 1 % of worlds at most", lambda p, r, false, n: false <= 0.01 * n),
    "newsroom": ("explained, E1 at most", _silent),
    "newsroom_unlisted": ("explained, E1 at most", _silent),
    "fans": ("nothing above a lead", _silent),
    "shuffled": ("nothing above a lead", _silent),
    "one_zone": ("nothing above a lead", _silent),
    "push": ("nothing above a lead", _silent),
}


def beside_peers(worlds: list[dict[str, Any]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ours and the peers' defaults: precision and recall where something is planted; accounts flagged where nothing is."""
    methods = [OURS, LEADS, *METHODS]
    planted: list[dict[str, Any]] = [{"method": m} for m in methods]
    innocent: list[dict[str, Any]] = [{"method": m} for m in methods]
    for kind in dict.fromkeys(w["kind"] for w in worlds):
        part = [w["flagged"] for w in worlds if w["kind"] == kind and len(w["flagged"]) > 1]
        total = sum(w["planted"] for w in worlds if w["kind"] == kind and len(w["flagged"]) > 1)
        for row_planted, row_innocent, method in zip(planted, innocent, methods, strict=True):
            said, hit = (sum(f[method][i] for f in part) for i in (0, 1))
            if total:
                row_planted[f"{kind}: precision"] = hit / said if said else None
                row_planted[f"{kind}: recall"] = hit / total
            else:
                row_innocent[kind] = said / max(len(part), 1)
    return pd.DataFrame(planted), pd.DataFrame(innocent)


def one_slice(name: str) -> dict[str, Any]:
    """Everything about one real slice."""
    of = SLICES[name]
    with tempfile.TemporaryDirectory() as folder:
        case = of.case(Path(folder))
        accounts = case.sql("select count(*) as n from accounts")["n"].iloc[0]
        found = solve(case, "auto")
        by = flagged(case, found)
        window = case.settings.window_s if case.settings else 0.0
        roles = case.communities.set_index("account_id")["role"] if len(case.communities) else pd.Series(dtype="str")
        resolution = case.resolution_s
        case.close()
    truth = of.known()
    out = {
        "data": name,
        "accounts": int(accounts),
        "window_s": window,
        "resolution_s": resolution,
        "truth": len(truth),
        "found": groups(found, truth),
        "flagged": {method: [len(who), len(who & truth)] for method, who in by.items()},
    }
    if truth and found:
        best = max(found, key=lambda f: len(set(f.members) & truth) / len(set(f.members) | truth))
        members = set(best.members)
        core = {m for m in members if roles[m] == "core"}
        able = tagged(of.path)
        able = set(able[able >= TAGGED_LEAST].index)
        out["best"] = {
            "status": best.status,
            "all members": [len(members), len(members & truth)],
            "core members": [len(core), len(core & truth)],
            "10+ tagged": [len(members & able), len(members & truth & able), len(truth & able)],
        }
    return out


def real(workers: int = 2) -> list[dict[str, Any]]:
    """One entry per real slice that is here."""
    here = [name for name, of in SLICES.items() if of.path.exists()]
    for name in SLICES.keys() - set(here):
        print(f"{name}: {SLICES[name].file} is not here; set INVESTIGATE_DATA")
    out = []
    for result in in_processes(one_slice, [(name,) for name in here], workers):
        out.append(result)
        print(f"  {result['data']}", flush=True)
    return sorted(out, key=lambda r: list(SLICES).index(r["data"]))


def known_answers(slices: list[dict[str, Any]]) -> pd.DataFrame:
    """The best-matching group on each slice with a known answer, over all members, core members and able accounts."""
    rows = []
    for r in (r for r in slices if "best" in r):
        row: dict[str, Any] = {"data": r["data"], "known": r["truth"], "status": r["best"]["status"]}
        for label in ("all members", "core members"):
            n, hit = r["best"][label]
            row |= {f"{label}: n": n, f"{label}: precision": hit / max(n, 1), f"{label}: recall": hit / r["truth"]}
        n, hit, able = r["best"]["10+ tagged"]
        rows.append(row | {"10+ tagged: precision": hit / max(n, 1), "10+ tagged: recall": hit / max(able, 1)})
    return pd.DataFrame(rows)


def slice_findings(slices: list[dict[str, Any]]) -> pd.DataFrame:
    """How many findings each slice gave, the highest grade, and what explained the leads."""
    rows = []
    for r in slices:
        explained, partly = (
            pd.Series([a for g in r["found"] for a in g[how]], dtype="str").value_counts()
            for how in ("explained", "partly")
        )
        rows.append(
            {
                "data": r["data"],
                "accounts": r["accounts"],
                "window, s": int(r["window_s"]),
                "supported": sum(g["status"] == "supported" for g in r["found"]),
                "leads": sum(g["status"] == "lead" for g in r["found"]),
                "highest grade": max((g["grade"] for g in r["found"]), default="none"),
                "explained by": "; ".join(f"{name} ({n})" for name, n in explained.items()),
                "in part by": "; ".join(f"{name} ({n})" for name, n in partly.items()),
            }
        )
    return pd.DataFrame(rows)


def real_beside_peers(slices: list[dict[str, Any]]) -> pd.DataFrame:
    """Accounts flagged on each slice, and of those the share known to have acted together and the share found."""
    rows = []
    for method in (OURS, LEADS, *METHODS):
        row: dict[str, Any] = {"method": method}
        for r in slices:
            said, hit = r["flagged"][method]
            if r["truth"]:
                row[f"{r['data']}: flagged"] = said
                row[f"{r['data']}: precision"] = hit / said if said else None
                row[f"{r['data']}: recall"] = hit / r["truth"]
            else:
                row[f"{r['data']}: flagged"] = said
        rows.append(row)
    return pd.DataFrame(rows)
