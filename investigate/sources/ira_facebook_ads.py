"""Facebook and Instagram ads of the Internet Research Agency, 2015 to 2017, as released by the US House of Representatives."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import InputError
from . import Reading, source
from ._ads import ads_table, bounds, times
from ._archives import SUFFIXES, members, unpacked
from ._landing import Landing, landings
from ._ocr import best_spellings, skeleton
from ._options import refuse_unknown
from ._reading import Plan, build
from ._rows import Aside, Raw, as_line

COLUMNS = (
    "id",
    "pdf",
    "image",
    "clicks",
    "impressions",
    "text",
    "url",
    "spend_amount",
    "spend_currency",
    "created",
    "ended",
)
_SQLITE = b"SQLite format 3\x00"
_FAR_MONTHS = 6
"""Months between an ad's date and the month under which its document was filed, from which one of them must be wrong."""

_PAGE, _NAME, _SITE, _LINK, _AD = "page", "page's name", "platform", "landing link", "ad"
_DOMAIN, _AUDIENCE, _KIND = "landing domain", "audiences", "kind"
_DERIVED = (_PAGE, _NAME, _SITE, _LINK, _AD, _DOMAIN, _AUDIENCE, _KIND)
# What an advertiser may choose from: the followers of his own pages, the guests of his own events, his own lists.
_FOLLOWERS = re.compile(r"(?:people who like|people who are connected to) (.+)$", re.IGNORECASE)
_GUESTS = re.compile(r"people who are going to (.+)$", re.IGNORECASE)
_LIST = re.compile(r"^custom_audience:(?:Lookalike \([^)]*\) - )?(.+)$")


@source(
    name="ira_facebook_ads",
    title="Internet Research Agency Facebook ads",
    summary="Reads the SQLite database of ads (russian-ads.db), alone or in its archive: landing pages, texts, audiences.",
    caveat="It was read from scans: names, links and dates hold misreadings, and only ads of one operation are in it.",
    needs=COLUMNS,
    suffixes=(".db", ".db.gz", *SUFFIXES),
    options={"repair": "undo misread characters in links, pages and audiences: 'yes' (default) or 'no'"},
    references=("https://github.com/simonw/russian-ira-facebook-ads-datasette", "https://github.com/umd-mith/irads"),
)
def read(path: Path, *, repair: str = "yes", **unknown: Any) -> Reading:
    """The ads as canonical tables.

    An account is what the ad leads to, because no column says which page placed it: a Facebook page by its number or
    name, an event, an Instagram profile, or a site ('web:<domain>'). A content is an ad. Objects: the landing link and
    domain, and the audiences that the ad selects or leaves out - followers of pages, guests of events, uploaded lists -
    which Facebook offered to those who ran the page, the event or the list. What links two pages here is above all
    that ads for one were aimed by the followers of the other.

    The table `ads` has a row for every ad, also for those set aside for their date or because they lead nowhere: what was
    paid and how often it was shown does not depend on either. Amounts and ends stand as scanned, odd ones included.

    Notes
    -----
    Misread spellings are joined by their skeleton (I, l, |, 1; o, c, 0; h, n; dashes; 2, Z), pages by their number
    first. Names misread in other ways stay apart ('Williamsathalvin'). `repair='no'` shows what the scan says.
    """
    refuse_unknown(unknown, "ira_facebook_ads", ("repair",))
    if repair not in ("yes", "no"):
        raise InputError(f"repair cannot be '{repair}'", "option repair", "yes or no")
    ads, targets = _tables(path)
    notes = _notes(ads)
    landing = landings([a["url"] or "" for a in ads], repair=repair == "yes", notes=notes)
    audiences = _audiences(targets, repair == "yes", notes)
    usable, asides = [], []
    for number, (ad, place) in enumerate(zip(ads, landing, strict=True), 1):
        if months := _months_apart(ad):
            detail = f"created {ad['created']}, but filed under {_month(ad['pdf'])}: {months} months apart"
            asides.append(
                Aside(number, "implausible_time", detail, as_line(tuple(_cell(ad[c]) for c in COLUMNS))[:2000])
            )
        else:
            usable.append((number, ad, place))
    raw = Raw(path, _table(usable, audiences), _numbers(usable), asides, len(ads), [], _DERIVED)
    mapping = {
        "account_id": _PAGE,
        "created_at": "created",
        "content_id": _AD,
        "text": "text",
        "content_type": _KIND,
        "platform": _SITE,
        "handle": _PAGE,
        "display_name": _NAME,
        "url": _LINK,
        "landing_domain": _DOMAIN,
        "audience": _AUDIENCE,
    }
    used = tuple(c for c in COLUMNS if c != "image")
    reading = build(raw, Plan(mapping, resolution_s=1.0, columns_used=used, notes=tuple(notes)))
    undated = {aside.row for aside in asides}
    return replace(reading, tables=reading.tables | {"ads": _ads(ads, landing, undated, str(path))})


def _ads(ads: list[dict[str, Any]], landing: list[Landing], undated: set[int], where: str) -> pa.Table:
    """One row per ad of the database; the beginning is left empty where it contradicts the document's folder."""
    began = times([_cell(ad["created"]) for ad in ads], name="created", where=where)
    ended = times([_cell(ad["ended"]) for ad in ads], name="ended", where=where)
    rows = []
    for number, (ad, place) in enumerate(zip(ads, landing, strict=True), 1):
        spent = bounds(None, None, _cell(ad["spend_amount"]))
        rows.append(
            {
                "content_id": f"facebook_ad:{ad['id']}",
                "account_id": f"{place.platform}:{place.page}" if place.page else None,
                "currency": _cell(ad["spend_currency"]),
                "spend_low": spent.low,
                "spend_high": spent.high,
                "impressions_low": ad["impressions"],
                "impressions_high": ad["impressions"],
                "clicks": ad["clicks"],
                "started_at": None if number in undated else began[number - 1],
                "ended_at": ended[number - 1],
                "landing_url": place.link,
                "landing_domain": place.domain,
                "source_row": number,
            }
        )
    return ads_table(rows)


def _numbers(usable: list[tuple[int, dict[str, Any], Landing]]) -> pa.Array:
    return pa.array([number for number, _, _ in usable], pa.int64())


def _table(usable: list[tuple[int, dict[str, Any], Landing]], audiences: dict[int, list[str]]) -> pa.Table:
    columns: dict[str, list[str | None]] = {c: [_cell(ad[c]) for _, ad, _ in usable] for c in COLUMNS}
    places = [place for _, _, place in usable]
    columns |= {
        _PAGE: [p.page for p in places],
        _NAME: [p.name for p in places],
        _SITE: [p.platform for p in places],
        _LINK: [p.link for p in places],
        _DOMAIN: [p.domain for p in places],
        _AD: [f"facebook_ad:{ad['id']}" for _, ad, _ in usable],
        _AUDIENCE: ["|".join(audiences.get(ad["id"], [])) or None for _, ad, _ in usable],
        _KIND: ["ad"] * len(usable),
    }
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _cell(value: Any) -> str | None:
    return None if value is None else str(value).replace("\x1f", " ")


@dataclass(frozen=True)
class _Target:
    ad: int
    name: str


def _tables(path: Path) -> tuple[list[dict[str, Any]], list[_Target]]:
    """The ads by number and what each was aimed at, from a database that is only ever in memory."""
    data = unpacked(path)
    if not data.startswith(_SQLITE):
        data = members(path, ("*.db",), "ira_facebook_ads")[0][0].data
    where = str(path)
    try:
        with closing(sqlite3.connect(":memory:")) as con:
            con.deserialize(data)
            con.execute("pragma trusted_schema = off")
            con.execute("pragma query_only = on")
            held = {name for (name,) in con.execute("select name from sqlite_master where type = 'table'")}
            if missing := {"ads", "targets", "ad_targets"} - held:
                raise InputError(
                    f"the database lacks the tables {', '.join(sorted(missing))}",
                    where,
                    "check that it is russian-ads.db",
                )
            columns = [row[1] for row in con.execute("pragma table_info(ads)")]
            if absent := [c for c in COLUMNS if c not in columns]:
                raise InputError(
                    f"the table 'ads' lacks the columns {', '.join(absent)}", where, f"it has {', '.join(columns)}"
                )
            names = ", ".join(f'"{c}"' for c in COLUMNS)
            ads = [dict(zip(COLUMNS, row, strict=True)) for row in con.execute(f"select {names} from ads order by id")]
            query = "select a.ad_id, t.name from ad_targets a join targets t on t.id = a.target_id order by 1, 2"
            targets = [_Target(ad, str(name)) for ad, name in con.execute(query)]
    except sqlite3.Error as error:
        raise InputError(f"the database cannot be read: {error}", where, "download it again") from error
    if not ads:
        raise InputError("the table 'ads' holds no rows", where, "download it again")
    return ads, targets


def _audiences(targets: Iterable[_Target], repair: bool, notes: list[str]) -> dict[int, list[str]]:
    """Ad -> the audiences it selects or leaves out."""
    named: list[tuple[int, str, str]] = []
    for target in targets:
        if found := _GUESTS.search(target.name):
            named.append((target.ad, "guests of", found.group(1)))
        elif found := _FOLLOWERS.search(target.name):
            named.append((target.ad, "followers of", found.group(1)))
        elif found := _LIST.match(target.name):
            named.append((target.ad, "list", found.group(1)))
    best = best_spellings(name for _, _, name in named) if repair else {}
    out: dict[int, list[str]] = {}
    for ad, kind, name in named:
        shown = best.get(skeleton(name), name).replace("|", "l").replace(";", ",")
        out.setdefault(ad, []).append(f"{kind} {shown}")
    spellings, kept = {name for _, _, name in named}, {a for names in out.values() for a in names}
    notes.append(
        f"{len(out):,} ads are aimed by {len(kept):,} audiences of the advertiser's own, in {len(spellings):,} spellings."
    )
    return out


def _month(pdf: Any) -> str:
    found = re.search(r"(20\d\d)-(\d\d)", str(pdf or ""))
    return found.group(0) if found else ""


def _months_apart(ad: dict[str, Any]) -> int:
    """Months between the ad's date and its document's folder, where that is too many; else 0."""
    filed, created = _month(ad["pdf"]), str(ad["created"] or "")[:7]
    if not filed or not re.fullmatch(r"\d{4}-\d{2}", created):
        return 0
    count = [int(month[:4]) * 12 + int(month[5:]) for month in (filed, created)]
    apart = abs(count[0] - count[1])
    return apart if apart >= _FAR_MONTHS else 0


def _notes(ads: list[dict[str, Any]]) -> list[str]:
    """What the data cannot tell, counted."""
    n = len(ads)
    unseen = sum(1 for a in ads if a["impressions"] == 0)
    endless = sum(1 for a in ads if not a["ended"])
    backwards = sum(1 for a in ads if a["created"] and a["ended"] and str(a["ended"]) < str(a["created"]))
    spent: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    for ad in ads:
        currency = str(ad["spend_currency"] or "no currency")
        rows[currency] += 1
        try:
            spent[currency] += round(float(str(ad["spend_amount"] or 0).replace(",", "")) * 100)
        except ValueError:
            rows["an unreadable amount"] += 1
    money = "; ".join(
        f"{currency} {spent[currency] / 100:,.2f} in {rows[currency]:,} ads" for currency in sorted(spent)
    )
    return [
        "No column says which page placed an ad: an account here is what the ad leads to.",
        f"{unseen:,} of {n:,} ads ({unseen / n:.1%}) were never shown; they count like the others.",
        f"Amounts stand as scanned: {money}. Dollars in these scans are mostly no amount at all.",
        f"{endless:,} ads ({endless / n:.1%}) have no end, {backwards:,} end before they begin.",
        "Texts were read from scans; equal texts may differ by misread characters.",
    ]
