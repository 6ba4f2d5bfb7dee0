"""Indicators that Meta published with its takedown reports: one account per report, one content per row."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from ..errors import InputError
from ..objects import host_of, identifier, refang, registrable_domain
from . import Reading, source
from ._archives import SUFFIXES, Member, members, rows_of
from ._options import refuse_unknown
from ._reading import Plan, build
from ._rows import Aside, Raw, as_line

OLD = ("indicator_type", "indicator_value", "comment", "ds")
NEW = ("Tactic", "Technique", "Procedure", "Indicator", "comment")
_COLUMNS = ("file", *OLD, *NEW[:4])
_FIELDS = ("landing_domain", "profile", "ip", "email", "app", "file_hash")
_REPORT, _TITLE, _AT, _TEXT, _LINK = "report", "report's title", "stand-in time", "indicator", "link"
_DERIVED = (_REPORT, _TITLE, _AT, _TEXT, _LINK, *(f"found {name}" for name in _FIELDS))
# One header in seven spellings: 'Tactic ' and 'Tactic', 'Comments', 'Commernts', 'Note', 'Notes' or none.
_SPELLINGS = {"comments": "comment", "commernts": "comment", "note": "comment", "notes": "comment"}
_OLD_TYPES = {
    "domain_name": "landing_domain",
    "url": "link",
    "cib_url": "link",
    "phishing_url": "link",
    "telegram_url": "link",
    "ip": "ip",
    "android_package_name": "app",
    "ios_app_id": "app",
    "md5": "file_hash",
    "sha256": "file_hash",
}
_QUARTER = re.compile(r"Q([1-4])[ _](20\d\d)")
_QUARTER_S = 92 * 86_400.0
_DAY_S = 86_400.0
_VICTIMS = re.compile(r"^\s*8\b")


@source(
    name="meta_threat_research",
    title="Takedown indicators (Meta threat research)",
    summary="Reads the CSV files of the archive: each report an account, each indicator a content, links made whole again.",
    caveat="Meta chose what to publish; a report may cover several networks, and victims' sites stand beside attackers'.",
    needs=(*OLD, *NEW[:4]),
    suffixes=SUFFIXES,
    options={
        "victims": "take links under tactic 8, 'Compromising assets', as the network's own: 'no' (default) or 'yes'"
    },
    references=("https://github.com/facebook/threat-research",),
)
def read(path: Path, *, victims: str = "no", **unknown: Any) -> Reading:
    """The archive as canonical tables; rows are counted through the CSV files in the order of their paths.

    Accounts are 'report:<name of the file>'. A cell that is one defanged link, address or hash as a whole becomes a link
    and an identifier; links inside sentences do not, because the sentence may be about somebody else's. Text stays
    defanged, as published. Empty separator rows are set aside as `blank_row`.

    Notes
    -----
    The older files carry the day of publication. The newer ones carry none: the last day of the quarter in their name
    stands in for it, and dates in comments (days of registration, in many spellings) are not used. Two reports that
    share a domain may be two reports on one network.
    """
    refuse_unknown(unknown, "meta_threat_research", ("victims",))
    if victims not in ("yes", "no"):
        raise InputError(f"victims cannot be '{victims}'", "option victims", "yes or no")
    found, others = members(path, ("*indicators/csv/*.csv", "indicators/csv/*.csv"), "meta_threat_research")
    rows = _Rows(str(path), victims == "yes")
    for member in found:
        rows.add(member)
    notes = [
        *rows.notes(len(found)),
        f"Not read: {len(others):,} other files of the archive; the JSON files repeat CSV.",
    ]
    mapping = {
        "account_id": _REPORT,
        "created_at": _AT,
        "text": _TEXT,
        "platform": "constant:report",
        "display_name": _TITLE,
        "url": _LINK,
        **{name: f"found {name}" for name in _FIELDS},
    }
    raw = Raw(path, rows.table(), pa.array([r["row"] for r in rows.out], pa.int64()), rows.asides, rows.n, [], _DERIVED)
    used = ("indicator_type", "indicator_value", "ds", "Tactic", "Indicator")
    resolution = _QUARTER_S if rows.quarters else _DAY_S
    return build(raw, Plan(mapping, resolution_s=resolution, identity=_COLUMNS, columns_used=used, notes=tuple(notes)))


def report_name(path: str) -> str:
    """The name of a report from its file's path: 'Q2_2024_RUSSIA-BASED CIB NETWORK #1 .csv' is one of several spellings."""
    stem = unicodedata.normalize("NFKC", PurePosixPath(path).name.removesuffix(".csv")).casefold()
    return re.sub(r"[\W_]+", "_", stem).strip("_")


class _Rows:
    """The rows of all files in one form."""

    def __init__(self, where: str, victims: bool) -> None:
        self.where, self.victims = where, victims
        self.out: list[dict[str, Any]] = []
        self.asides: list[Aside] = []
        self.n = self.quarters = 0
        self.headers: set[tuple[str, ...]] = set()
        self.shapes: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()

    def add(self, member: Member) -> None:
        records = rows_of(member, self.where)
        header = next(records)
        self.headers.add(tuple(header))
        names = [_SPELLINGS.get(h.strip().lower(), h.strip()) for h in header]
        old = set(OLD) <= set(names)
        if not old and not set(NEW[:4]) <= set(names):
            raise InputError(
                f"'{member.path}' has a header of its own: {', '.join(header)[:200]}",
                self.where,
                f"known are {', '.join(OLD)} and {', '.join(NEW)}",
            )
        quarter = None if old else _last_day(member.path)
        if not old and not quarter:
            raise InputError(
                f"'{member.path}' has no quarter in its name, and no times", self.where, "name it 'Q1_2024_...'"
            )
        self.quarters += not old
        report = {
            _REPORT: report_name(member.path),
            _TITLE: member.name.removesuffix(".csv").strip(),
            "file": member.path,
        }
        for record in records:
            if not record:
                continue
            self.n += 1
            if not any(cell.strip() for cell in record):
                self.asides.append(
                    Aside(self.n, "blank_row", "a separator: every cell is empty", as_line(record)[:2000])
                )
                continue
            if len(record) != len(names):
                detail = f"{len(record)} columns where the header has {len(names)}"
                self.asides.append(Aside(self.n, "bad_columns", detail, as_line(record)[:2000]))
                continue
            cells = {h: c or None for h, c in zip(names, record, strict=True)}
            value = (cells["indicator_value"] if old else cells["Indicator"]) or ""
            if not value.strip():
                self.asides.append(Aside(self.n, "empty_object", "no indicator in the row", as_line(record)[:2000]))
                continue
            self._comment(cells.get("comment"))
            given = self._old(cells) if old else self._new(cells)
            self.out.append(
                {**report, **cells, "row": self.n, _TEXT: value, _AT: cells["ds"] if old else quarter} | given
            )

    def _old(self, cells: dict[str, str | None]) -> dict[str, str]:
        kind, value = (cells["indicator_type"] or "").strip(), refang(cells["indicator_value"] or "").strip()
        name = _OLD_TYPES.get(kind, "")
        if name == "link":
            return self._link(value)
        if name and not identifier(name, value):
            self.left_out[f"values given as {kind} do not have the form of one"] += 1
        prefix = {"android_package_name": "android:", "ios_app_id": "ios:"}.get(kind, "")
        return {f"found {name}": prefix + value} if name else {}

    def _new(self, cells: dict[str, str | None]) -> dict[str, str]:
        value = refang(cells["Indicator"] or "").strip()
        if not self.victims and _VICTIMS.match(cells["Tactic"] or ""):
            self.left_out["indicators stand under tactic 8 and may be victims: no identifier"] += 1
            return {}
        if len(value.split()) != 1:
            # Links copied from a printed page are broken by spaces; their site is still whole.
            return self._link(value.split()[0], whole=False) if value.startswith(("http://", "https://")) else {}
        for name in ("file_hash", "email", "ip"):
            if identifier(name, value):
                return {f"found {name}": value}
        return self._link(value)

    def _link(self, value: str, *, whole: bool = True) -> dict[str, str]:
        host = host_of(value)
        if not host or not registrable_domain(value):
            return {}
        found = {"found landing_domain": value, "found profile": value}
        return found | {_LINK: value} if whole and "|" not in value and ";" not in value else found

    def _comment(self, comment: str | None) -> None:
        for date in re.findall(r"\b\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b", comment or ""):
            self.shapes[re.sub(r"\d", "9", date)] += 1

    def table(self) -> pa.Table:
        if not self.out:
            raise InputError("no row of the archive holds an indicator", self.where, "check the archive")
        return pa.table({n: pa.array([r.get(n) for r in self.out], pa.string()) for n in (*_COLUMNS, *_DERIVED)})

    def notes(self, n_files: int) -> list[str]:
        said = [
            f"{n_files:,} reports with headers in {len(self.headers):,} spellings; a report may cover several networks.",
            f"{self.quarters:,} reports carry no times: the last day of their quarter stands in.",
            *(f"{n:,} {what}." for what, n in sorted(self.left_out.items())),
        ]
        if self.shapes:
            n = sum(self.shapes.values())
            said.append(f"Comments hold {n:,} dates in {len(self.shapes):,} forms; none is used.")
        return said


def _last_day(path: str) -> str | None:
    """The last day of the quarter that a file's name or folder tells, as an ISO date."""
    for part in reversed(PurePosixPath(path).parts):
        if match := _QUARTER.search(part):
            return f"{match.group(2)}-{('03-31', '06-30', '09-30', '12-31')[int(match.group(1)) - 1]}"
    return None
