"""Ad exports with the field names of the Meta Ad Library API, as JSON, JSON Lines or a table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..objects import canonical_url, registrable_domain
from . import Reading, source
from ._ad_fields import (
    IDENTIFIER_FIELDS,
    SNAPSHOT,
    SPELLINGS,
    check_fields,
    column,
    damaged,
    identifier_text,
    landing_table,
    read_ad_rows,
)
from ._ads import Bounds, ads_table, bounds, json_list, number, times
from ._formats import TEXT_SUFFIXES
from ._options import refuse_unknown
from ._reading import Plan, build
from ._redirects import OPTION
from ._redirects import redirects as read_redirects
from ._rows import Raw

_AD, _PAGE, _NAME, _AT, _TEXT = "the ad", "the page", "the page's name", "start of delivery", "creative"
_LANG, _LINK, _SHOWN, _PAYER, _KIND = "language of the ad", "landing link", "shown link", "who pays", "kind of content"
_BORN = "page's creation"
_DERIVED = (_AD, _PAGE, _NAME, _AT, _TEXT, _LANG, _LINK, _SHOWN, _PAYER, _KIND, _BORN)
_LIVE = {"active": "active", "true": "active", "inactive": "ended", "false": "ended"}


@source(
    name="ad_library",
    title="Ad library exports",
    summary="Reads ads by the field names of the Meta Ad Library API from JSON, JSON Lines or CSV: pages, payers, ranges.",
    caveat="Ad libraries give days and ranges, not seconds and sums, and leave out most ads that are not political.",
    needs=("id", "page_id", "ad_delivery_start_time"),
    suffixes=(".json", ".json.gz", *TEXT_SUFFIXES, *(f"{s}.gz" for s in TEXT_SUFFIXES), ".parquet", ".xlsx"),
    options={
        "landing": "a table of two columns, ad and landing link: the library does not give where an ad leads",
        "redirects": OPTION,
        "encoding": "the text's encoding (default: UTF-8, or as the file's mark says)",
        "delimiter": "the character between columns, or its name: comma, tab, semicolon, pipe",
    },
    references=("https://developers.facebook.com/docs/graph-api/reference/archived-ad/",),
)
def read(
    path: Path,
    *,
    landing: str | Path | None = None,
    redirects: str | Path | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    **unknown: Any,
) -> Reading:
    """The ads as canonical tables: an account is a page, a content an ad; `ads` holds payer, ranges and times.

    Names of older versions (funding_entity, ad_creative_body, ...) are known. Identifiers that a team has found on the
    pages and sites may stand in columns of their names (pixel, payment, phone, ...). A missing upper bound stays missing.
    An ad without an end counts as active where other ads of the file have one, or the file says so; else its status is
    not known. Links to snapshots are left out, because they carry an access token.

    Raises
    ------
    InputError
        The file cannot be read, or says nowhere which ad, which page, or when; everything missing is named.

    Notes
    -----
    Rows that are set aside for a missing or unreadable start keep their row in `ads`: the amounts do not depend on it.
    """
    refuse_unknown(unknown, "ad_library", ("landing", "redirects", "encoding", "delimiter"))
    raw = read_ad_rows(path, encoding=encoding, delimiter=delimiter)
    check_fields(raw.columns, str(path))
    notes = list(raw.notes)
    table = raw.table
    if SNAPSHOT in table.column_names:
        table = table.drop_columns([SNAPSHOT])
        notes.append(
            f"{SNAPSHOT} is left out: its links carry an access token. The original file that the case keeps still "
            "holds them: let the token expire."
        )
    ads = _Ads(table, landing_table(landing), str(path), notes)
    present = [name for name in IDENTIFIER_FIELDS if name in table.column_names]
    derived = Raw(path, ads.derived(), raw.row, raw.asides, raw.rows_read, [], _DERIVED)
    mapping = {
        "account_id": _PAGE,
        "created_at": _AT,
        "content_id": _AD,
        "text": _TEXT,
        "content_type": _KIND,
        "language": _LANG,
        "platform": "constant:facebook",
        "display_name": _NAME,
        "account_created_at": _BORN,
        "url": _LINK,
        "domain": _SHOWN,
        "landing_domain": _LINK,
        "payer": _PAYER,
        **{name: name for name in present},
    }
    used = tuple(c for c in table.column_names if c in ads.used or c in present)
    plan = Plan(mapping, columns_used=used, notes=tuple(notes), redirects=read_redirects(redirects))
    reading = build(derived, plan)
    resolution = max(reading.resolution_s, 86_400.0 if ads.days_only() else 1.0)
    return replace(reading, resolution_s=resolution, tables=reading.tables | {"ads": ads.table_of(raw.row.to_pylist())})


class _Ads:
    """What the rows say, field by field."""

    def __init__(self, table: pa.Table, landing: dict[str, str], where: str, notes: list[str]) -> None:
        self.table, self.where, self.notes = table, where, notes
        self.used = {name for names in SPELLINGS.values() for name in names}
        self.fields = {field: column(table, field) for field in SPELLINGS}
        get = self.fields.__getitem__
        self.ad = [identifier_text(v) for v in get("id")]
        self.page = [identifier_text(i) or n for i, n in zip(get("page_id"), get("page_name"), strict=True)]
        self.link = [landing.get(a or "") or u for a, u in zip(self.ad, get("landing"), strict=True)]
        self.payer, self.beneficiary = _payers(get("paid"), get("payer"), get("bylines"), get("beneficiary"))
        self._say(landing)

    def _say(self, landing: dict[str, str]) -> None:
        named = sum(1 for i, p in zip(self.fields["page_id"], self.page, strict=True) if p and not i)
        if named:
            self.notes.append(f"{named:,} ads have no page_id: the page's name stands in, and names are not unique.")
        without = sum(1 for link in self.link if not link)
        if without:
            self.notes.append(
                f"{without:,} of {len(self.link):,} ads have no landing link: where they lead is not known."
            )
        if landing and (lost := len(landing.keys() - set(self.ad))):
            self.notes.append(f"{lost:,} ads of the table of landing links are not in the export.")

    def derived(self) -> pa.Table:
        get = self.fields.__getitem__
        texts = [
            "\n".join(dict.fromkeys(str(t) for cell in cells for t in json_list(cell))) or None
            for cells in zip(get("body"), get("link_title"), get("link_text"), strict=True)
        ]
        columns: dict[str, list[str | None]] = {
            _AD: [_named_ad(a) for a in self.ad],
            _PAGE: self.page,
            _NAME: get("page_name"),
            _AT: get("started"),
            _TEXT: texts,
            _LANG: [str(found[0]) if (found := json_list(v)) else None for v in get("languages")],
            _LINK: self.link,
            _SHOWN: get("caption"),
            _PAYER: self.payer,
            _KIND: ["ad"] * self.table.num_rows,
            _BORN: get("page_created"),
        }
        made = {name: pa.array(values, pa.string()) for name, values in columns.items()}
        return pa.table({**{n: self.table[n] for n in self.table.column_names}, **made})

    def days_only(self) -> bool:
        return not any(":" in (v or "") for v in self.fields["started"])

    def table_of(self, numbers: list[int]) -> pa.Table:
        """The table `ads`; ads whose identifier is damaged stay out, because no two of them can be told apart."""
        get = self.fields.__getitem__
        spend = self._ranges("spend")
        shown = self._ranges("impressions")
        began = times(get("started"), name="start", where=self.where)
        ended = times(get("ended"), name="end", where=self.where)
        rows = []
        for i, number_ in enumerate(numbers):
            if damaged(self.ad[i]) or damaged(self.page[i]):
                continue
            link = canonical_url(self.link[i] or "")
            rows.append(
                {
                    "content_id": _named_ad(self.ad[i]) or f"row-{number_}",
                    "account_id": f"facebook:{self.page[i]}" if self.page[i] else None,
                    "page_name": get("page_name")[i],
                    "payer": self.payer[i],
                    "beneficiary": self.beneficiary[i],
                    "currency": (get("currency")[i] or "").upper() or None,
                    "spend_low": spend[i].low,
                    "spend_high": spend[i].high,
                    "impressions_low": _whole(shown[i].low),
                    "impressions_high": _whole(shown[i].high),
                    "clicks": _whole(number(get("clicks")[i])),
                    "started_at": began[i],
                    "ended_at": ended[i],
                    "landing_url": link,
                    "landing_domain": registrable_domain(link) if link else None,
                    "disclaimer": get("bylines")[i],
                    "status": self._status(i, ended[i]),
                    "source_row": number_,
                }
            )
        return ads_table(rows)

    def _status(self, i: int, ended: int | None) -> str | None:
        said = self.fields["status"][i]
        if said:
            return _LIVE.get(said.lower(), said.lower())
        if ended is not None:
            return "ended"
        # Without a single end in the file, a missing one says nothing.
        return "active" if any(self.fields["ended"]) and not self.fields["ended"][i] else None

    def _ranges(self, field: str) -> list[Bounds]:
        cells = (self.fields[f"{field}_low"], self.fields[f"{field}_high"], self.fields[field])
        found = [bounds(*c) for c in zip(*cells, strict=True)]
        for odd in sorted({b.odd for b in found if b.odd}):
            self.notes.append(f"{sum(b.odd == odd for b in found):,} ads: {field} {odd}; it is left empty.")
        return found


def _named_ad(ad: str | None) -> str | None:
    """The content's identifier; a damaged one stays as it is, so that the row is set aside for it."""
    return ad if not ad or damaged(ad) else f"facebook_ad:{ad}"


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _payers(
    paid: list[str | None], payers: list[str | None], bylines: list[str | None], beneficiaries: list[str | None]
) -> tuple[list[str | None], list[str | None]]:
    """Who pays, and for whom: as the transparency fields say (the current entry), else as the disclaimer does."""
    out: list[tuple[str | None, str | None]] = []
    for cell, payer, byline, beneficiary in zip(paid, payers, bylines, beneficiaries, strict=True):
        entries = [e for e in json_list(cell) if isinstance(e, dict)]
        entry = next((e for e in entries if str(e.get("current")).lower() == "true"), entries[-1] if entries else {})
        out.append(
            (
                payer or entry.get("payer") or (str(items[0]) if (items := json_list(byline)) else None),
                beneficiary or entry.get("beneficiary"),
            )
        )
    return [p for p, _ in out], [b for _, b in out]
