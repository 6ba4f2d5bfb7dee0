"""Seeded worlds of advertising: a network tied by pixels and payments, an agency with honest clients, noise, broken data.

Every name, number and amount is invented; the form is that of an ad library export with identifiers that a team added.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError, nearest
from ..files import write_text

KINDS = ("network", "agency", "noise", "broken")
BRANDS = (
    ("Northlight Bank", "northlightbank.com"),
    ("Velora Watches", "velorawatches.com"),
    ("Parcelwing", "parcelwing.com"),
)
START = date(2024, 3, 1)
_TOWNS = "Alden Brook Corran Dale Elm Farrow Glen Hollin Irwell Keld Lune Marsh Nether Orton Penn Quern Ribble Severn Tarn Wharfe"
_TRADES = (
    "bakery garden books bikes florist yoga physio kitchens roofing piano museum choir farm pottery opticians dentist"
)
_WORDS = (
    "our new season is open come and see what we have made for you this week with fresh ideas from people who love their "
    "work and a warm welcome for everyone who drops by near the old market square where coffee is on us all day long until "
    "late summer evenings bring music under trees and neighbours meet again after a long and quiet winter by the river"
)
_PROMISE = (
    "Only today {brand} gives away its remaining stock to the first hundred people who confirm their address and pay the "
    "small delivery fee with any card"
)


@dataclass(frozen=True, eq=False)
class AdWorld:
    """An ad export with its truth.

    Attributes
    ----------
    rows : list of dict
        One per ad, in the field names of the ad library, with `pixel`, `payment`, `landing_url`, `page_created_at`.
    brands : DataFrame
        name, domain: what the study's parameter `brands` takes.
    planted : frozenset of str
        The pages of the planted network (page_id); empty where nothing is planted.
    kind : str
    """

    rows: list[dict[str, Any]]
    brands: pd.DataFrame
    planted: frozenset[str]
    kind: str

    def save(self, folder: str | Path) -> Path:
        """Write ads.jsonl and brands.csv into the folder; the path of the first. The same world gives the same bytes."""
        folder = Path(folder)
        write_text(folder / "brands.csv", self.brands.to_csv(index=False, lineterminator="\n"))
        lines = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in self.rows)
        return write_text(folder / "ads.jsonl", lines)


def make_ads(kind: str = "network", seed: int = 0, *, honest: int = 200, planted: int = 8) -> AdWorld:
    """A world of ads.

    Parameters
    ----------
    kind : str
        'network': `honest` pages on their own, and `planted` young pages that share pixels and payment instruments, lead to
        sites named almost like a brand's, and come back to one text; one honest page carries one of their pixels. 'agency': the same volume, and no network: one agency
        runs all `honest` pages (and `planted` more) with one pixel, one payment instrument and one payer; the pages are old and lead to their
        own sites. 'noise': every page on its own. 'broken': the network's rows with currencies mixed, no end dates,
        identifiers through a floating-point column, and no landing links.
    honest, planted : int
        Pages; the planted ones are 4 or more.

    Raises
    ------
    InputError
        An unknown kind, or too few pages.
    """
    if kind not in KINDS:
        hint = nearest(kind, KINDS)
        raise InputError(
            f"no world of ads is called '{kind}'", "make_ads", f"nearest: '{hint}'" if hint else str(KINDS)
        )
    if planted < 4 or honest < 4:
        raise InputError("too few pages for a world", "make_ads", "4 or more of each")
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    rows = [row for n in range(honest) for row in _honest(rng, n, agency=kind == "agency")]
    members: list[str] = []
    if kind in ("network", "broken"):
        planted_rows = [row for n in range(planted) for row in _planted(rng, n, planted)]
        members = sorted({row["page_id"] for row in planted_rows})
        rows[0]["pixel"] = planted_rows[0]["pixel"]  # a bystander whose site was built from a copied page
        rows += planted_rows
    elif kind == "agency":
        # The same volume as the network: as many more honest clients.
        rows += [row for n in range(honest, honest + planted) for row in _honest(rng, n, agency=True)]
    rows.sort(key=lambda r: (r["ad_delivery_start_time"], r["page_id"], r["ad_creative_bodies"][0]))
    for number, row in enumerate(rows):
        row["id"] = str(700_000_000_000_000 + number)
    if kind == "broken":
        rows = [_broken(rng, row) for row in rows]
    brands = pd.DataFrame(BRANDS, columns=["name", "domain"])
    return AdWorld(rows, brands, frozenset(members), kind)


def _page_number(n: int) -> str:
    return str(100_000_000_000_000 + 7_919 * n)


def _text(rng: np.random.Generator) -> str:
    words = _WORDS.split()
    return " ".join(rng.choice(words, size=int(rng.integers(14, 26))))


def _ad(rng: np.random.Generator, page: dict[str, Any], text: str, day: int, runs: int | None) -> dict[str, Any]:
    low = int(rng.choice([0, 100, 200, 500]))
    shown = int(rng.integers(0, 40)) * 1_000
    row = {
        **page,
        "ad_delivery_start_time": (START + timedelta(days=day)).isoformat(),
        "ad_creative_bodies": [text],
        "currency": "EUR",
        "spend": {"lower_bound": str(low), "upper_bound": str(low + 99)},
        "impressions": {"lower_bound": str(shown), "upper_bound": str(shown + 999 if shown else 0)},
        "languages": ["en"],
    }
    if runs is not None:
        row["ad_delivery_stop_time"] = (START + timedelta(days=day + runs)).isoformat()
    return row


def _honest(rng: np.random.Generator, n: int, *, agency: bool) -> list[dict[str, Any]]:
    """A page of some years with its own site; an agency's clients share what the agency brings along."""
    towns, trades = _TOWNS.split(), _TRADES.split()
    town, trade = towns[n % len(towns)], trades[(n // len(towns)) % len(trades)]
    site = f"{town.lower()}-{trade}-{n}.com"
    page = {
        "page_id": _page_number(n),
        "page_name": f"{town} {trade}",
        "page_created_at": (START - timedelta(days=int(rng.integers(200, 3_000)))).isoformat(),
        "bylines": "Brightside Media Agency" if agency else f"{town} {trade} {n}",
        "landing_url": f"https://{site}/offer",
        "pixel": "555000111222333" if agency else str(300_000_000_000_000 + n),
        "payment": "CARD-AGENCY-1" if agency else f"CARD-OWN-{n}",
    }
    return [
        _ad(rng, page, _text(rng), int(rng.integers(0, 80)), int(rng.integers(2, 30)) if rng.random() < 0.8 else None)
        for _ in range(int(rng.integers(1, 4)))
    ]


def _planted(rng: np.random.Generator, n: int, of: int) -> list[dict[str, Any]]:
    """A young page: one of two pixels and one of two cards, so that no single identifier holds all pages."""
    brand, domain = BRANDS[n % len(BRANDS)]
    name = domain.partition(".")[0]
    alike = (name.replace("l", "1", 1), f"{name}-deals", name.replace("n", "rn", 1) if "n" in name else f"{name}s")[
        n // 3 % 3
    ]
    day = int(rng.integers(5, 60))
    page = {
        "page_id": _page_number(50_000 + n),
        "page_name": f"{brand} Offers {n}" if n % 2 else f"Daily Finds {n}",
        "page_created_at": (START + timedelta(days=day - int(rng.integers(1, 9)))).isoformat(),
        "bylines": f"Invented Trading {n}",
        "landing_url": f"https://{alike}.{('shop', 'com', 'online')[n % 3]}/win",
        "pixel": "999000111222331" if n < of * 5 // 8 else "999000111222332",
        "payment": "CARD-X-1" if 2 <= n else "CARD-X-2",
    }
    # The second pixel's pages and the second card's pages meet the others through two pages that carry both.
    rows = [
        _ad(rng, page, _PROMISE.format(brand=brand), day + k, int(rng.integers(1, 4)) if k < 2 else None)
        for k in range(int(rng.integers(3, 6)))
    ]
    if n in (of * 5 // 8 - 1, of * 5 // 8 - 2):
        rows[0] = {**rows[0], "pixel": "999000111222332"}
    if n in (2, 3):
        rows[0] = {**rows[0], "payment": "CARD-X-2"}
    return rows


def _broken(rng: np.random.Generator, row: dict[str, Any]) -> dict[str, Any]:
    """The row as a careless export would have it."""
    kept = {k: v for k, v in row.items() if k not in ("ad_delivery_stop_time", "landing_url", "page_created_at")}
    kept["currency"] = str(rng.choice(["EUR", "USD", "eur", ""]))
    if rng.random() < 0.3:
        kept["page_id"] = f"{float(kept['page_id']) * 1_000:.5E}"
    if rng.random() < 0.1:
        kept["ad_delivery_start_time"] = ""
    if rng.random() < 0.2:
        kept["spend"] = {"lower_bound": "500", "upper_bound": "100"}
    return kept
