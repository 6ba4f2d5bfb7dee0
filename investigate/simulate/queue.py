"""Worlds of a ticket queue: a spike in one category, its innocent twin, noise, and broken exports.

`queue_world` makes one of `KINDS`, `broken_queue` damages it. As everywhere here, nothing is real.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import unknown

KINDS = ("spike", "definition_change", "form_outage", "noise")
START = pd.Timestamp("2026-01-05T00:00:00Z")
DAYS = 112
COLUMNS = ("ticket", "opened", "status", "team", "category", "market", "channel", "first_reply", "solved", "due", "sla")
MAPPING = {
    "escalation_id": "ticket",
    "opened_at": "opened",
    "status": "status",
    "team": "team",
    "policy_area": "category",
    "market": "market",
    "surface": "channel",
    "first_ack_at": "first_reply",
    "resolved_at": "solved",
    "due_at": "due",
    "sla_met": "sla",
}
"""How the source `queue_csv` reads a world."""

CATEGORIES = {"fraud": 14.0, "names": 9.0, "harassment": 12.0, "counterfeits": 7.0, "appeals": 8.0}
MARKETS, TEAMS, CHANNELS = ("DE", "FR", "PL", "GR"), ("north", "south", "east"), ("form", "mail", "partner desk")
QUIET = 0.55
"""Arrivals on a Saturday or Sunday, of a weekday's."""
SIZE = 25.0
"""Over-dispersion: a day's variance is mean + mean^2 / SIZE per category."""


@dataclass(frozen=True)
class QueueWorld:
    """Rows of an export, and what was planted: the day, the category, and how many tickets came on top."""

    kind: str
    rows: pd.DataFrame
    day: pd.Timestamp | None
    category: str
    extra: int


def queue_world(kind: str = "spike", seed: int = 0, *, factor: float = 4.0, days: int = DAYS) -> QueueWorld:
    """A queue of `days` days with weekly rhythm and over-dispersion, and one thing in its last fortnight.

    Parameters
    ----------
    kind : str
        "spike": one category has `factor` times its arrivals on one day, and its tickets are answered late.
        "form_outage": the twin of one day; as many tickets on top, spread over every category, market, team and channel,
        because a form that was down for two days delivers what it held. "definition_change": from a day on every ticket is
        counted twice as often in every category. "noise": nothing.
    factor : float
        How many times its usual arrivals the category has in "spike".

    Raises
    ------
    UnknownNameError
        Another kind.
    """
    if kind not in KINDS:
        raise unknown("queue world", kind, KINDS)
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    weekday = (START + pd.to_timedelta(np.arange(days), "D")).day_of_week.to_numpy()
    rhythm = np.where(weekday >= 5, QUIET, 1.0)
    at = days - 6 if weekday[days - 6] < 5 else days - 4
    category, extra = "", 0
    counts = {}
    for name, mean in CATEGORIES.items():
        mu = mean * rhythm
        if kind == "definition_change":
            mu = np.where(np.arange(days) >= days - 14, 2.0 * mu, mu)
        counts[name] = rng.negative_binomial(SIZE, SIZE / (SIZE + mu))
    if kind == "spike":
        category = "fraud"
        extra = round((factor - 1) * CATEGORIES[category] * rhythm[at])
        counts[category][at] += extra
    if kind == "form_outage":
        for name in CATEGORIES:
            held = int(0.9 * counts[name][at - 2] + 0.9 * counts[name][at - 1])
            counts[name][at - 2] -= int(0.9 * counts[name][at - 2])
            counts[name][at - 1] -= int(0.9 * counts[name][at - 1])
            counts[name][at] += held
            extra += held
    rows = []
    for name in CATEGORIES:
        for day in range(days):
            for k in range(counts[name][day]):
                late = kind == "spike" and name == category and day == at and k >= counts[name][day] - extra
                rows.append(_ticket(rng, name, day, late))
    table = pd.DataFrame(rows).sort_values(["opened", "category"], kind="stable", ignore_index=True)
    end = START + pd.Timedelta(days=days)
    table["ticket"] = [f"{10_000_000_000_000_000_000 + i}" for i in range(len(table))]
    solved = table["solved"].where(table["solved"] < end)
    table["first_reply"] = table["first_reply"].where(table["first_reply"] < end)
    table["status"] = np.where(solved.isna(), "open", "solved")
    table["sla"] = np.where(solved.isna(), "", np.where(solved <= table["due"], "met", "missed"))
    table["solved"] = solved
    for name in ("opened", "first_reply", "solved", "due"):
        table[name] = table[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    when = None if kind == "noise" else START + pd.Timedelta(days=days - 14 if kind == "definition_change" else at)
    return QueueWorld(kind, table[list(COLUMNS)], when, category, extra)


def _ticket(rng: np.random.Generator, category: str, day: int, late: bool) -> dict[str, object]:
    opened = START + pd.Timedelta(days=day) + pd.Timedelta(seconds=int(rng.integers(0, 86_400)))
    wait = float(rng.lognormal(2.6, 0.9)) * (4 if late else 1)
    return {
        "opened": opened,
        "category": category,
        "market": str(rng.choice(MARKETS, p=(0.4, 0.3, 0.2, 0.1))),
        "team": str(rng.choice(TEAMS, p=(0.5, 0.3, 0.2))),
        "channel": str(rng.choice(CHANNELS, p=(0.6, 0.3, 0.1))),
        "first_reply": opened + pd.Timedelta(hours=round(wait * 0.2, 3)),
        "solved": opened + pd.Timedelta(hours=round(wait, 3)),
        "due": opened + pd.Timedelta(hours=48),
    }


LABELS = ("remove", "restrict", "keep")
REVIEWERS = tuple(f"reviewer {n}" for n in range(1, 7))


def reviews_of(
    world: QueueWorld,
    seed: int = 0,
    *,
    agree: float = 0.95,
    share: float = 0.25,
    confused: tuple[str, str] | None = None,
) -> pd.DataFrame:
    """Quality reviews of a part of a world's tickets, two per ticket: escalation_id, reviewer, label, error_type, blind.

    Parameters
    ----------
    agree : float
        How often a reviewer gives the ticket's own label; otherwise one of the others.
    share : float
        Share of the tickets that are reviewed.
    confused : pair of str, optional
        Two labels that reviewers take at random for one another; all else is then as `agree` says.
    """
    rng = np.random.default_rng([seed, 7])
    rows = []
    for ticket in world.rows["ticket"][rng.random(len(world.rows)) < share]:
        own = str(rng.choice(LABELS, p=(0.3, 0.2, 0.5)))
        for reviewer in rng.choice(REVIEWERS, 2, replace=False):
            others = [label for label in LABELS if label != own]
            label = own if rng.random() < agree else str(rng.choice(others))
            if confused and own in confused:
                label = str(rng.choice(confused))
            wrong = "" if label == own else "policy misread" if rng.random() < 0.7 else "context missed"
            rows.append((ticket, str(reviewer), label, wrong, "yes"))
    return pd.DataFrame(rows, columns=["escalation_id", "reviewer", "label", "error_type", "blind"])


def appeals_of(world: QueueWorld, seed: int = 0, *, rate: float = 0.1, overturned: float = 0.3) -> pd.DataFrame:
    """Appeals against a part of a world's solved tickets: escalation_id, filed_at, decided_at, outcome ('' while pending)."""
    rng = np.random.default_rng([seed, 8])
    solved = world.rows[world.rows["solved"].fillna("").ne("")]
    rows = []
    for ticket, at in zip(solved["ticket"], pd.to_datetime(solved["solved"]), strict=True):
        if rng.random() >= rate:
            continue
        filed = at + pd.Timedelta(hours=float(rng.uniform(1, 96)))
        decided = filed + pd.Timedelta(days=float(rng.uniform(1, 9)))
        open_ = rng.random() < 0.15
        outcome = "" if open_ else "overturned" if rng.random() < overturned else "upheld"
        form = "%Y-%m-%dT%H:%M:%SZ"
        rows.append((ticket, filed.strftime(form), "" if open_ else decided.strftime(form), outcome))
    return pd.DataFrame(rows, columns=["escalation_id", "filed_at", "decided_at", "outcome"])


def broken_queue(world: QueueWorld, seed: int = 0) -> pd.DataFrame:
    """The export as it should not be: a gap of five weeks, every tenth ticket twice, times that are none, ends before the beginning."""
    rng = np.random.default_rng(seed)
    rows = world.rows.copy()
    days = pd.to_datetime(rows["opened"]).dt.floor("D")
    last = days.max()
    rows = rows[(days < last - pd.Timedelta(days=41)) | (days > last - pd.Timedelta(days=6))]
    twice = rows.iloc[::10]
    rows = pd.concat([rows, twice], ignore_index=True)
    at = rng.permutation(len(rows))
    rows.loc[at[: len(rows) // 20], "opened"] = "soon"
    rows.loc[at[len(rows) // 20 : len(rows) // 16], "solved"] = "2025-01-01T00:00:00Z"
    return rows
