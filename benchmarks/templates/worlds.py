"""Generated input for each template, by number of contents (ads, tickets); invented, seeded, kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from investigate import make_world
from investigate.files import write_text
from investigate.simulate.world import MAPPING

DAYS = 2
# Ordinary accounts for each content that comes out of `make_world` over two days, measured: 100,000 accounts make a million.
ACCOUNTS = 0.098
EVENT = "2026-03-05T12:00Z"

Command = list[str]


def posts(folder: Path, contents: int) -> Command:
    """A world with one planted group, a newsroom, fans and viral posts; the arguments that read it."""
    world = make_world(seed=1, accounts=round(contents * ACCOUNTS), days=DAYS)
    world.rows.head(contents).to_csv(folder / "posts.csv", index=False)
    write_text(folder / "posts.toml", MAPPING)
    return ["--data", str(folder / "posts.csv"), "--source", "csv", "--mapping", str(folder / "posts.toml")]


def triage(folder: Path, contents: int) -> Command:
    return posts(folder, contents)


def crisis(folder: Path, contents: int) -> Command:
    return [*posts(folder, contents), "-p", f"event_time={EVENT}"]


def election(folder: Path, contents: int) -> Command:
    profile = Path(__file__).resolve().parents[2] / "data" / "samples" / "market_profile.toml"
    return [*posts(folder, contents), "-p", f"market_profile={profile}"]


def ads(folder: Path, contents: int) -> Command:
    """Pages with some eight ads each in the field names of an ad library; one page in fifty shares its landing site with another."""
    rng = np.random.default_rng(1)
    pages = max(contents // 8, 1)
    page = rng.integers(0, pages, contents)
    site = np.where(page % 50 == 0, page // 50, page)
    start = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 60, contents), unit="D")
    runs = rng.geometric(0.1, contents)
    low = rng.integers(0, 50, contents) * 100
    words = np.array([f"word{i}" for i in range(400)])
    texts = [" ".join(words[rng.integers(0, len(words), 12)]) for _ in range(pages)]
    table = pd.DataFrame(
        {
            "id": [f"9{i:017d}" for i in range(contents)],
            "page_id": [f"8{p:014d}" for p in page],
            "page_name": [f"Shop {p}" for p in page],
            "ad_creation_time": start.strftime("%Y-%m-%d"),
            "ad_delivery_start_time": start.strftime("%Y-%m-%d"),
            "ad_delivery_stop_time": (start + pd.to_timedelta(runs, unit="D")).strftime("%Y-%m-%d"),
            "ad_creative_bodies": [texts[p] for p in page],
            "ad_creative_link_captions": [f"shop{s}.example" for s in site],
            "bylines": [f"Payer {s}" for s in site],
            "currency": "EUR",
            "spend_lower_bound": low,
            "spend_upper_bound": low + 99,
            "impressions_lower_bound": low * 10,
            "impressions_upper_bound": low * 10 + 999,
        }
    )
    table.to_csv(folder / "ads.csv", index=False)
    return ["--data", str(folder / "ads.csv"), "--source", "ad_library"]


def queue(folder: Path, contents: int) -> Command:
    """Tickets of a year in the columns of `queue_csv`, with weekly rhythm, deadlines and some still open."""
    rng = np.random.default_rng(1)
    opened = pd.Timestamp("2025-03-01", tz="UTC") + pd.to_timedelta(
        np.sort(rng.uniform(0, 365 * 86400, contents)), unit="s"
    )
    hours = rng.lognormal(2.5, 1.0, contents)
    resolved = pd.Series(opened + pd.to_timedelta(hours, unit="h"))
    resolved[resolved > pd.Timestamp("2026-03-01", tz="UTC")] = pd.NaT
    table = pd.DataFrame(
        {
            "ticket": [f"T{i:08d}" for i in range(contents)],
            "opened": opened.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "resolved": resolved.dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "due": (opened + pd.Timedelta("24h")).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "area": rng.choice(["scams", "harassment", "impersonation", "elections", "ip"], contents),
            "market": rng.choice(["AA", "BB", "CC", "DD"], contents),
            "team": rng.choice([f"team {i}" for i in range(12)], contents),
        }
    )
    table.to_csv(folder / "queue.csv", index=False)
    mapping = {
        "escalation_id": "ticket", "opened_at": "opened", "resolved_at": "resolved", "due_at": "due", "policy_area": "area",
        "market": "market", "team": "team",
    }  # fmt: skip
    write_text(folder / "queue.toml", "".join(f'{field} = "{column}"\n' for field, column in mapping.items()))
    return ["--data", str(folder / "queue.csv"), "--source", "queue_csv", "--mapping", str(folder / "queue.toml")]


INPUT: dict[str, Callable[[Path, int], Command]] = {
    "rapid_triage": triage,
    "coordinated_behaviour": posts,
    "election_watch": election,
    "breaking_crisis": crisis,
    "scam_ads": ads,
    "escalation_trends": queue,
}
