"""Detection quality: simulated worlds with planted truth, and the real slices with known answers."""

from __future__ import annotations

import csv
import gzip
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from investigate import Case

from .worlds import worlds

REAL = Path(os.environ.get("INVESTIGATE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
TAGGED_LEAST = 10


def groups_of(case: Case, window: str) -> list[tuple[str, set[str], set[str]]]:
    """Status, all members and core members of every finding."""
    case.relate(window=window)
    case.score()
    case.group()
    found = case.find()
    role = case.communities.set_index("account_id")["role"]
    return [(f.status, set(f.members), {m for m in f.members if role[m] == "core"}) for f in found]


def world_case(world, folder: Path) -> Case:
    world.save(folder / "world")
    case = Case.create(folder / "case")
    case.load(folder / "world" / "world.csv.gz", "csv", mapping=str(folder / "world" / "world.toml"))
    return case


def simulated(seeds: Iterable[int], kinds: Iterable[str]) -> pd.DataFrame:
    """One row per world: what was planted, what was reported as supported, what as a lead."""
    rows = []
    for trial in worlds(seeds, kinds):
        window = "300s" if trial.kind == "slow" else "60s"
        with tempfile.TemporaryDirectory() as folder:
            case = world_case(trial.world, Path(folder))
            case.known_groups = trial.world.known_groups
            found = groups_of(case, window)
            case.close()
        truth = set(trial.positives)
        known = set(trial.world.known_groups["account_id"])
        supported = set().union(*(members for status, members, _ in found if status == "supported"))
        leads = [members for status, members, _ in found if status == "lead"]
        rows.append(
            {
                "kind": trial.kind,
                "seed": trial.seed,
                "window": window,
                "planted": len(truth),
                "hit": len(supported & truth),
                "supported": len(supported),
                "wrong": len(supported - truth),
                "supported_groups": sum(s == "supported" for s, _, _ in found),
                "leads": len(leads),
                "leads_not_known_group": sum(len(m & known) < len(m) / 2 for m in leads),
            }
        )
        print(rows[-1], flush=True)
    return pd.DataFrame(rows)


def simulated_summary(table: pd.DataFrame) -> pd.DataFrame:
    """Pooled precision and recall per kind of world, and how many worlds had anything false."""
    rows = []
    for kind, part in table.groupby("kind", sort=False):
        planted, hit, said = part["planted"].sum(), part["hit"].sum(), part["supported"].sum()
        rows.append(
            {
                "world": kind,
                "window": part["window"].iloc[0],
                "worlds": len(part),
                "precision": hit / said if said else float("nan"),
                "recall": hit / planted if planted else float("nan"),
                "worlds with a false supported group": int((part["wrong"] > 2).sum()),
                "worlds with a lead that is no known group": int((part["leads_not_known_group"] > 0).sum()),
            }
        )
    return pd.DataFrame(rows)


def tagged(path: Path) -> pd.Series:
    """Tweets with any hashtag, per account, counted without this package."""
    counts: dict[str, int] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if "#" in row["content"]:
                counts["twitter:" + row["author_id"]] = counts.get("twitter:" + row["author_id"], 0) + 1
    return pd.Series(counts)


def truth_of(path: Path, column: str, wanted: str) -> set[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return {"twitter:" + r["author_id"] for r in csv.DictReader(file) if wanted in r[column].lower()}


def real() -> pd.DataFrame:
    """The best-matching group on each real slice, by all members, core members, and the baseline's own accounts."""
    rows = []
    for name, file, source, options, column, wanted in (
        ("Koch", "ira_koch_2015-11-20_12-01.csv.gz", "ira_tweets", {}, "account_type", "koch"),
        ("Merkel", "ira_merkel_2016-07-18_24.csv.gz", "ira_tweets", {}, "content", "#merkelmussbleiben"),
        (
            "organic control",
            "control_mayweather_2017-08-27.hashed.csv.gz",
            "csv",
            {"mapping": {"account_id": "screen_name", "created_at": "created_at", "text": "text", "content_id": "id"}},
            "",
            "",
        ),
    ):
        path = REAL / file
        if not path.exists():
            print(f"{name}: {file} is not here; set INVESTIGATE_DATA")
            continue
        with tempfile.TemporaryDirectory() as folder:
            case = Case.create(Path(folder) / "case")
            case.load(path, source, **options)
            found = groups_of(case, "auto")
            case.close()
        supported = sum(s == "supported" for s, _, _ in found)
        row = {"data": name, "accounts": None, "groups supported": supported, "leads": len(found) - supported}
        if column:
            truth = truth_of(path, column, wanted)
            status, members, core = max(found, key=lambda f: len(f[1] & truth) / len(f[1] | truth))
            row["accounts"] = len(truth)
            for label, group, of in (("all members", members, truth), ("core members", core, truth)):
                row[f"{label}: n"], row[f"{label}: precision"], row[f"{label}: recall"] = (
                    len(group),
                    len(group & of) / len(group),
                    len(group & of) / len(of),
                )
            able = tagged(path)
            able = set(able[able >= TAGGED_LEAST].index)
            row["10+ tagged: precision"] = len(members & truth & able) / len(members & able)
            row["10+ tagged: recall"] = len(members & truth & able) / len(truth & able)
            row["status"] = status
        rows.append(row)
        print(row, flush=True)
    return pd.DataFrame(rows)
