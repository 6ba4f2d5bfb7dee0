"""Real public slices: what is known about them, and how they are read. They are not part of this repository."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from investigate import Case

REAL = Path(os.environ.get("INVESTIGATE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
TAGGED_LEAST = 10


def tagged(path: Path) -> pd.Series:
    """Tweets with any hashtag, per account, counted without this package."""
    counts: dict[str, int] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if "#" in row["content"]:
                counts["twitter:" + row["author_id"]] = counts.get("twitter:" + row["author_id"], 0) + 1
    return pd.Series(counts)


def truth_of(path: Path, column: str, wanted: str) -> set[str]:
    """The accounts with at least one row whose column holds the wanted words."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return {"twitter:" + r["author_id"] for r in csv.DictReader(file) if wanted in r[column].lower()}


def _as_it_is(path: Path, folder: Path) -> Path:
    return path


def _shuffled(path: Path, folder: Path) -> Path:
    """The same rows with the times dealt out anew among them."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    order = np.random.default_rng(0).permutation(len(table))
    out = folder / f"shuffled-{path.name}"
    table.assign(publish_date=table["publish_date"].to_numpy()[order]).to_csv(out, index=False)
    return out


@dataclass(frozen=True)
class Slice:
    """One real data set: file, how to read it, and the accounts that are known to have acted together (perhaps none)."""

    file: str
    source: str
    about: str
    options: dict[str, Any] = field(default_factory=dict)
    prepare: Callable[[Path, Path], Path] = _as_it_is
    truth: tuple[str, str] | None = None

    @property
    def path(self) -> Path:
        return REAL / self.file

    def known(self) -> set[str]:
        return truth_of(self.path, *self.truth) if self.truth else set()

    def case(self, folder: Path) -> Case:
        case = Case.create(folder / "case")
        case.load(self.prepare(self.path, folder), self.source, **self.options)
        return case


_KOCH, _MERKEL = "ira_koch_2015-11-20_12-01.csv.gz", "ira_merkel_2016-07-18_24.csv.gz"
SLICES: dict[str, Slice] = {
    "Koch": Slice(_KOCH, "ira_tweets", "120 accounts labelled Koch", truth=("account_type", "koch")),
    "Merkel": Slice(_MERKEL, "ira_tweets", "51 accounts pushed one tag", truth=("content", "#merkelmussbleiben")),
    "Koch, times shuffled": Slice(_KOCH, "ira_tweets", "nothing by time", prepare=_shuffled),
    "Merkel, times shuffled": Slice(_MERKEL, "ira_tweets", "nothing by time", prepare=_shuffled),
    "organic control": Slice(
        "control_mayweather_2017-08-27.hashed.csv.gz",
        "csv",
        "ordinary people and one boxing match",
        {"mapping": {"account_id": "screen_name", "created_at": "created_at", "text": "text", "content_id": "id"}},
    ),
    "Telegram news": Slice(
        "telegram_news.tar.gz",
        "telegram_news",
        "24 news channels: syndication",
    ),
}
