"""Account profiles for a world: when accounts were created, how they are called, how many follow them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import InputError
from ..files import write_text
from .organic import stream
from .words import handles
from .world import World

PROFILE_MAPPING = """\
# How to read profiled.csv with the `csv` source.
account_id = "account"
content_id = "post_id"
created_at = "time"
text = "text"
handle = "handle"
display_name = "shown_name"
account_created_at = "account_created"
followers = "followers"
"""
_FIRST = (
    "Ada",
    "Ben",
    "Cleo",
    "Dov",
    "Esra",
    "Finn",
    "Gita",
    "Hugo",
    "Iris",
    "Jon",
    "Kim",
    "Lea",
    "Milo",
    "Nora",
    "Oto",
    "Pia",
)
_LAST = (
    "Arlen",
    "Boro",
    "Castel",
    "Dunne",
    "Ewart",
    "Falk",
    "Gorse",
    "Hale",
    "Imre",
    "Jarl",
    "Kest",
    "Lunde",
    "Moor",
    "Nye",
    "Orr",
    "Pell",
)
DAY_S = 86_400


def profiled(
    world: World,
    seed: int = 0,
    *,
    batch: Collection[str] = (),
    series: Collection[str] = (),
    wave: bool = False,
    to_the_day: bool = False,
    unstated: float = 0.0,
) -> pd.DataFrame:
    """The world's rows with four more columns: handle, shown_name, account_created (ISO 8601), followers.

    Accounts were created over the ten years before the world begins, more of them lately, as people join.

    Parameters
    ----------
    batch : collection of str
        Groups of the truth table whose accounts were all created within ten hours, half a year before.
    series : collection of str
        Groups whose handles are one name with running numbers.
    wave : bool
        Everybody, groups or not, registered on the batch's day, as when a site opens: the innocent cause of a batch.
    to_the_day : bool
        Creation dates without a time of day.
    unstated : float
        Share of the accounts whose creation date is missing.

    Raises
    ------
    InputError
        A group is not in the world.
    """
    wrong = sorted({*batch, *series} - set(world.truth["group"]))
    if wrong:
        known = ", ".join(sorted(set(world.truth["group"])))
        raise InputError(f"no group called {', '.join(wrong)}", "batch, series", f"known: {known}")
    rng, truth = stream(seed, "profiles"), world.truth
    n = len(truth)
    begin = int(pd.Timestamp(world.rows["time"].iloc[0]).floor("D").timestamp())
    age = 3650 * rng.random(n) ** 1.5 + 1
    created = begin - (age * DAY_S).astype(np.int64)
    day = begin - 180 * DAY_S
    together = truth["group"].isin(list(batch)).to_numpy()
    where = np.ones(n, dtype=bool) if wave else together
    created[where] = day + (8 * 3600 + 36_000 * rng.random(int(where.sum()))).astype(np.int64)
    text = pd.Series(pd.to_datetime(created, unit="s", utc=True)).dt.strftime(
        "%Y-%m-%d" if to_the_day else "%Y-%m-%dT%H:%M:%SZ"
    )
    text = text.where(pd.Series(rng.random(n) >= unstated), "")
    handle = np.array(handles(rng.permutation(n + 1000)[:n].astype(np.int64)), dtype=object)
    numbered = np.flatnonzero(truth["group"].isin(list(series)).to_numpy())
    handle[numbered] = [f"citizenvoice{1001 + i}" for i in range(len(numbered))]
    shown = [f"{_FIRST[i]} {_LAST[j]}" for i, j in zip(rng.integers(16, size=n), rng.integers(16, size=n), strict=True)]
    profile = pd.DataFrame(
        {
            "account": truth["account"],
            "handle": handle,
            "shown_name": shown,
            "account_created": text,
            "followers": np.round(np.exp(5 + 1.5 * rng.standard_normal(n))).astype(np.int64),
        }
    )
    return world.rows.merge(profile, on="account", how="left")


def save_profiled(rows: pd.DataFrame, folder: str | Path) -> tuple[Path, Path]:
    """Write profiled.csv and profiled.toml, its mapping for the `csv` source; the two paths."""
    folder = Path(folder)
    csv = write_text(folder / "profiled.csv", rows.to_csv(index=False, lineterminator="\n"))
    return csv, write_text(folder / "profiled.toml", PROFILE_MAPPING)
