"""The data-quality report: what was read, what was not, and what the data cannot say."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from .sources._sql import over
from .tables import CLOCKS, OPTIONAL

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from .sources import Reading

GAPS_SHOWN = 5


@dataclass(frozen=True)
class Gap:
    """A stretch of whole hours without any content, between the first and the last one."""

    after: str
    before: str
    hours: int


@dataclass(frozen=True)
class QualityReport:
    """What a reading holds and lacks; `as_dict` for JSON, `str` for a terminal.

    Attributes
    ----------
    rows_read, rows_kept, rows_set_aside : int
        Rows of the file; kept and set aside add up to read.
    set_aside : dict of str to int
        Rows set aside by reason.
    set_aside_examples : dict of str to str
        For each reason, row and detail of the first row.
    accounts, contents, actions : int
        Rows of the canonical tables.
    others : dict of str to int
        Rows of the tables that only some sources write (ads, escalations, counts), where there are any.
    actions_by_type, objects_by_type : dict of str to int
        Actions, and distinct objects, for each object type.
    first_at, last_at : str or None
        First and last time, ISO 8601 in UTC: of the contents, or where there are none of the tickets or counts.
    resolution_s, smallest_window_s : float
        The clock's step in seconds, and the smallest window that means anything (twice the step).
    hours, hours_empty : int
        Hours from the first to the last content, and how many of them hold none.
    gaps : tuple of Gap
        The longest runs of empty hours, longest first. "First seen" claims right after a gap are weak.
    duplicate_share : float
        Share of the rows read that were set aside as copies.
    repeated_text_share : float or None
        Share of the texts that some other content holds word for word; None without texts.
    broken_text_share : float or None
        Share of the texts that hold U+FFFD, a character lost in an earlier conversion.
    empty_texts : int
        Contents without text.
    busiest_account_share : float
        Share of the contents that the busiest account published.
    columns_used, columns_dropped, notes : tuple of str
        As in `Reading`.
    """

    rows_read: int
    rows_kept: int
    rows_set_aside: int
    set_aside: dict[str, int]
    set_aside_examples: dict[str, str]
    accounts: int
    contents: int
    actions: int
    others: dict[str, int]
    actions_by_type: dict[str, int]
    objects_by_type: dict[str, int]
    first_at: str | None
    last_at: str | None
    resolution_s: float
    smallest_window_s: float
    hours: int
    hours_empty: int
    gaps: tuple[Gap, ...]
    duplicate_share: float
    repeated_text_share: float | None
    broken_text_share: float | None
    empty_texts: int
    busiest_account_share: float
    columns_used: tuple[str, ...]
    columns_dropped: tuple[str, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values that JSON can hold."""
        plain = asdict(self)
        for name in ("gaps", "columns_used", "columns_dropped", "notes"):
            plain[name] = list(plain[name])
        return plain

    def rows(self) -> list[tuple[str, str]]:
        """(what, value) in words, in reading order; the notes are left out."""
        out = [
            ("rows read", f"{self.rows_read:,}"),
            ("rows used", f"{self.rows_kept:,}"),
            ("rows set aside", f"{self.rows_set_aside:,} ({_share(self.rows_set_aside / self.rows_read)})"),
        ]
        out += [(f"  {r}", f"{n:,}; {self.set_aside_examples[r]}") for r, n in self.set_aside.items()]
        out += [(name, f"{n:,}") for name, n in self.others.items()]
        posts = bool(self.contents or not self.others)
        if posts:
            out += [
                ("accounts", f"{self.accounts:,}"),
                ("contents", f"{self.contents:,}"),
                ("actions", f"{self.actions:,}"),
            ]
        out += [(f"  {t}", f"{n:,} on {self.objects_by_type[t]:,} objects") for t, n in self.actions_by_type.items()]
        out += [
            ("first", self.first_at or "none"),
            ("last", self.last_at or "none"),
            (
                "time resolution",
                f"{self.resolution_s:g} s"
                + (f"; windows under {self.smallest_window_s:g} s mean nothing" if posts else ""),
            ),
        ]
        if posts:
            out.append(("hours without content", f"{self.hours_empty:,} of {self.hours:,}"))
        out += [("  gap", f"{g.hours:,} hours, from {g.after} to {g.before}") for g in self.gaps]
        out.append(("copies", f"{_share(self.duplicate_share)} of the rows"))
        if self.repeated_text_share is not None and self.broken_text_share is not None:
            out.append(("texts that occur more than once", _share(self.repeated_text_share)))
            out.append(("texts with lost characters (U+FFFD)", _share(self.broken_text_share)))
            out.append(("contents without text", f"{self.empty_texts:,}"))
        if posts:
            out.append(("busiest account", f"{_share(self.busiest_account_share)} of the contents"))
        out.append(("columns used", ", ".join(self.columns_used)))
        out.append(("columns dropped", ", ".join(self.columns_dropped) or "none"))
        return out

    def __str__(self) -> str:
        rows = self.rows()
        width = max(len(what) for what, _ in rows)
        lines = [f"{what:<{width}}  {value}" for what, value in rows]
        return "\n".join([*lines, *(f"note: {note}" for note in self.notes)])


def quality_report(reading: Reading) -> QualityReport:
    """What a reading holds, lacks and warns of; see `QualityReport`.

    Parameters
    ----------
    reading : Reading
        As a source returned it. It is only counted, in DuckDB and Arrow; nothing is copied into data frames.
    """
    held = {name: reading.tables[name] for name in ("content", "actions", "set_aside")}
    with over(**held) as connection:
        return _report(reading, connection)


def _report(reading: Reading, connection: duckdb.DuckDBPyConnection) -> QualityReport:
    content: pa.Table = reading.tables["content"]
    aside = connection.execute(
        """select reason, count(*), arg_min('row ' || source_row || ': ' || coalesce(detail, ''), source_row)
           from set_aside group by reason order by 2 desc, 1"""
    ).fetchall()
    kinds = connection.execute(
        "select object_type, count(*), count(distinct object_id) from actions group by 1 order by 1"
    ).fetchall()
    hours, empty, gaps = _coverage(connection)
    n_text, repeated, broken = connection.execute(
        """select coalesce(sum(n), 0), coalesce(sum(n) filter (n > 1), 0),
                  coalesce(sum(n) filter (contains(t, chr(65533))), 0)
           from (select text as t, count(*) as n from content where text <> '' group by text)"""
    ).fetchall()[0]
    busiest = connection.execute(
        "select coalesce(max(n), 0) from (select count(*) as n from content group by account_id)"
    ).fetchall()[0][0]
    others = {name: reading.tables[name].num_rows for name in OPTIONAL if name in reading.tables}
    clock = next((n for n in CLOCKS if n in reading.tables and reading.tables[n].num_rows), "content")
    span = pc.min_max(reading.tables[clock][CLOCKS[clock]])
    n_aside = reading.tables["set_aside"].num_rows
    return QualityReport(
        rows_read=reading.rows_read,
        rows_kept=reading.rows_read - n_aside,
        rows_set_aside=n_aside,
        set_aside={reason: n for reason, n, _ in aside},
        set_aside_examples={reason: example or "" for reason, _, example in aside},
        accounts=reading.tables["accounts"].num_rows,
        contents=content.num_rows,
        actions=reading.tables["actions"].num_rows,
        others={name: n for name, n in others.items() if n},
        actions_by_type={kind: n for kind, n, _ in kinds},
        objects_by_type={kind: n for kind, _, n in kinds},
        first_at=_iso(span["min"].as_py()),
        last_at=_iso(span["max"].as_py()),
        resolution_s=reading.resolution_s,
        smallest_window_s=2 * reading.resolution_s,
        hours=hours,
        hours_empty=empty,
        gaps=gaps,
        duplicate_share=sum(n for reason, n, _ in aside if reason == "duplicate") / max(reading.rows_read, 1),
        repeated_text_share=int(repeated) / int(n_text) if n_text else None,
        broken_text_share=int(broken) / int(n_text) if n_text else None,
        empty_texts=content.num_rows - int(n_text),
        busiest_account_share=busiest / max(content.num_rows, 1),
        columns_used=reading.columns_used,
        columns_dropped=reading.columns_dropped,
        notes=reading.notes,
    )


def _coverage(connection: duckdb.DuckDBPyConnection) -> tuple[int, int, tuple[Gap, ...]]:
    """Hours covered, hours empty, and the longest runs of empty hours."""
    found = connection.execute(
        """with hourly as (select distinct epoch_us(created_at) // 3600000000 as h from content),
                steps as (select h, lead(h) over (order by h) as next from hourly)
           select h, next from steps where next > h + 1 order by next - h desc, h"""
    ).fetchall()
    first, last, n = connection.execute(
        "select min(h), max(h), count(distinct h) from (select epoch_us(created_at) // 3600000000 as h from content)"
    ).fetchall()[0]
    if not n:
        return 0, 0, ()
    hours = int(last - first) + 1
    gaps = tuple(Gap(_hour(h + 1), _hour(following), int(following - h) - 1) for h, following in found[:GAPS_SHOWN])
    return hours, hours - int(n), gaps


def _hour(hours: int) -> str:
    return datetime.fromtimestamp(int(hours) * 3600, UTC).isoformat()


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _share(share: float) -> str:
    return f"{share:.1%}" if share == 0 or share >= 0.001 else "under 0.1%"
