"""From columns of strings to the canonical tables; every row ends in them or in `set_aside`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .. import tables
from ..errors import TooFewRowsError
from ..objects import text_objects
from . import Reading
from ._accounts import accounts_table
from ._cells import CELLS, Found, Objects, objects_of, objects_of_texts, typed_object
from ._mapping import CONSTANT, Columns, columns_of
from ._redirects import Redirects, short_links_note
from ._rows import RAW_LIMIT, Aside, Raw, as_line
from ._sql import query
from ._times import Times, parse_times

# 1.23457E+18: what a spreadsheet leaves of a long number. Several accounts may have become one.
_DAMAGED = r"^\d(\.\d+)?[eE]\+\d+$"


@dataclass(frozen=True)
class Plan:
    """How a source reads its rows.

    Attributes
    ----------
    mapping : mapping of str to column, columns or "constant:<value>"
        See `investigate.sources._mapping.FIELDS`.
    time_format : str, optional
        See `parse_times`.
    resolution_s : float, optional
        The clock's step, where the source knows it; inferred from the times otherwise.
    identity : tuple of str
        Columns that must all be equal for two rows without a content id to be one; () means all columns of the file.
    keep_duplicates : bool
        Keep rows equal in all these columns.
    object_required : bool
        Set rows aside whose object is empty.
    redirects : Redirects, optional
        Where short links lead.
    """

    mapping: Mapping[str, Columns]
    time_format: str | None = None
    resolution_s: float | None = None
    identity: tuple[str, ...] = ()
    keep_duplicates: bool = False
    object_required: bool = False
    columns_used: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    redirects: Redirects | None = None


@dataclass
class _Rows:
    """The rows still in play: aligned arrays, one entry per row."""

    table: pa.Table
    row: pa.Array
    parts: dict[str, pa.Array] = field(default_factory=dict)

    def keep(self, mask: pa.Array) -> _Rows:
        parts = {name: array.filter(mask) for name, array in self.parts.items()}
        return _Rows(self.table.filter(mask), self.row.filter(mask), parts)


def build(raw: Raw, plan: Plan) -> Reading:
    """The canonical tables of a file.

    Raises
    ------
    InputError
        No value of the time column is a time.
    TooFewRowsError
        Every row had to be set aside; the reasons are counted.
    """
    builder = _Builder(raw, plan)
    rows = builder.usable()
    rows = builder.distinct(rows)
    actions = builder.actions(rows)
    return builder.finish(rows, actions)


class _Builder:
    def __init__(self, raw: Raw, plan: Plan) -> None:
        self.raw, self.plan = raw, plan
        self.asides = list(raw.asides)
        self.notes = [*plan.notes, *raw.notes]
        self.resolution_s = 1.0

    def column(self, table: pa.Table, name: str) -> pa.Array | None:
        """The trimmed values of a mapped field; the first column that is not empty where several are named."""
        named = self.plan.mapping.get(name)
        if named is None:
            return None
        if isinstance(named, str) and named.startswith(CONSTANT):
            return pa.repeat(pa.scalar(named.removeprefix(CONSTANT), pa.string()), table.num_rows)
        arrays = [_trimmed(table[c]) for c in columns_of(named)]
        return pc.coalesce(*arrays) if len(arrays) > 1 else arrays[0]

    # -- rows that can be used -----------------------------------------------------------------------------

    def usable(self) -> _Rows:
        """The rows with an account and a time; the others are set aside with every problem named."""
        table = self.raw.table
        where = str(self.raw.path)
        account = self.column(table, "account_id")
        written = self.column(table, "created_at")
        assert account is not None and written is not None
        times = parse_times(
            pa.chunked_array([written]),
            name="/".join(columns_of(self.plan.mapping["created_at"])),
            where=where,
            time_format=self.plan.time_format,
        )
        self.resolution_s = self.plan.resolution_s or times.resolution_s
        self.notes += times.notes
        content = self.column(table, "content_id")
        checks = self._checks(account, times, content, table)
        bad = np.zeros(table.num_rows, dtype=bool)
        for mask, _, _ in checks:
            bad |= mask
        self._set_aside(table, self.raw.row, bad, checks)
        rows = _Rows(table, self.raw.row, {"account": account, "at": times.at})
        if content is not None:
            rows.parts["content"] = content
        rows = rows.keep(pa.array(~bad))
        if not len(rows.row):
            self._nothing_left()
        return rows

    def _checks(
        self, account: pa.Array, times: Times, content: pa.Array | None, table: pa.Table
    ) -> list[tuple[np.ndarray, Callable[[int], str], Callable[[int], str]]]:
        """(mask, reason of a position, detail of a position), most telling first."""
        name = "/".join(columns_of(self.plan.mapping["account_id"]))
        checks = [
            (_mask(pc.is_null(account)), _always("missing_account"), _always(f"column '{name}' is empty")),
            (
                _mask(pc.is_null(times.at)),
                lambda i: times.reason[i].as_py(),
                lambda i: times.detail[i].as_py() or "",
            ),
        ]
        for ids, what in ((account, "account"), (content, "content")):
            if ids is not None:
                damaged = _mask(pc.match_substring_regex(ids, _DAMAGED))
                detail = f"the {what}'s identifier was cut by a spreadsheet"
                checks.append((damaged, _always("damaged_id"), _always(detail)))
        if self.plan.object_required:
            column = self.column(table, "object_id")
            assert column is not None
            checks.append((_mask(pc.is_null(column)), _always("empty_object"), _always("the object is empty")))
        return checks

    def _set_aside(self, table: pa.Table, row: pa.Array, bad: np.ndarray, checks: list) -> None:
        raw = self._raw_lines(table, np.flatnonzero(bad))
        for i, line in zip(np.flatnonzero(bad), raw, strict=True):
            hits = [(reason(i), detail(i)) for mask, reason, detail in checks if mask[i]]
            self.asides.append(Aside(row[int(i)].as_py(), hits[0][0], "; ".join(d for _, d in hits if d), line))

    def _raw_lines(self, table: pa.Table, positions: np.ndarray) -> list[str]:
        chosen = table.select(self.raw.columns).take(pa.array(positions, pa.int64()))
        columns = [c.to_pylist() for c in chosen.columns]
        return [as_line(cells)[:RAW_LIMIT] for cells in zip(*columns, strict=True)]

    def _nothing_left(self) -> None:
        counts: dict[str, int] = {}
        for aside in self.asides:
            counts[aside.reason] = counts.get(aside.reason, 0) + 1
        said = ", ".join(f"{n:,} {reason}" for reason, n in sorted(counts.items(), key=lambda kv: -kv[1]))
        raise TooFewRowsError(
            f"none of {self.raw.rows_read:,} rows can be used: {said}; first: {self.asides[0].detail}",
            str(self.raw.path),
            "check the mapping and the export",
        )

    # -- rows that are one and the same --------------------------------------------------------------------

    def distinct(self, rows: _Rows) -> _Rows:
        """Name each row's content, set exact duplicates and conflicting identifiers aside."""
        number = pc.binary_join_element_wise("row", rows.row.cast(pa.string()), "-")
        own = rows.parts.get("content")
        if own is None:
            rows.parts["content"] = number
            return rows if self.plan.keep_duplicates else self._without_copies(rows)
        if own.null_count:
            self.notes.append(f"{own.null_count:,} rows carry no content id and are called 'row-<n>'.")
        rows.parts["content"] = pc.coalesce(own, number)
        return self._without_conflicts(rows)

    def _without_copies(self, rows: _Rows) -> _Rows:
        names = self.plan.identity or tuple(self.raw.columns)
        keys = {f"k{i}": rows.table[n] for i, n in enumerate(names)}
        work = pa.table({"row": rows.row, "account": rows.parts["account"], "moment": rows.parts["at"], **keys})
        by = ", ".join(["account", "moment", *keys])
        first = query(f"select min(row) over (partition by {by}) as first from work order by row", work=work)["first"]
        first = first.combine_chunks()
        copy = _mask(pc.not_equal(first, rows.row))
        if not copy.any():
            return rows
        detail = _of(first, "the same in every column as row {}" if not self.plan.identity else "the same as row {}")
        self._set_aside(rows.table, rows.row, copy, [(copy, _always("duplicate"), detail)])
        return rows.keep(pa.array(~copy))

    def _without_conflicts(self, rows: _Rows) -> _Rows:
        parts = {"moment" if name == "at" else name: array for name, array in rows.parts.items()}
        work = pa.table({"row": rows.row, **parts})
        found = query(
            """select first, a is distinct from account or t is distinct from moment as differs from (
                 select row, account, moment, min(row) over w as first, first_value(account) over w as a,
                        first_value(moment) over w as t
                 from work window w as (partition by content order by row)) order by row""",
            work=work,
        )
        first = found["first"].combine_chunks()
        rows.parts["first"] = first
        differs = _mask(found["differs"].combine_chunks())
        if not differs.any():
            return rows
        detail = _of(first, "the content id stands in row {} with another account or time")
        self._set_aside(rows.table, rows.row, differs, [(differs, _always("conflicting_id"), detail)])
        return rows.keep(pa.array(~differs))

    # -- actions -------------------------------------------------------------------------------------------

    def actions(self, rows: _Rows) -> pa.Table:
        """One row per object of a content, in the order of the file."""
        found = self._found(rows)
        parts = [self._action_rows(rows, f) for f in found]
        schema = tables.ACTIONS.schema
        actions = pa.concat_tables(parts) if parts else schema.empty_table()
        # Texts alone give each object once per row; columns or repeated content ids may give it again.
        if len(found) > 1 or "first" in rows.parts:
            actions = query(
                """select arg_min(account_id, source_row) as account_id, content_id, object_type, object_id,
                          arg_min(acted_at, source_row) as acted_at, min(source_row) as source_row
                   from work group by content_id, object_type, object_id""",
                work=actions,
            )
        order = [("source_row", "ascending"), ("object_type", "ascending"), ("object_id", "ascending")]
        return actions.select(schema.names).cast(schema).sort_by(order)

    def _found(self, rows: _Rows) -> list[Found]:
        found, mapped = [], [f for f in CELLS if f in self.plan.mapping]
        given = {"url": {"url", "domain"}, "domain": {"domain"}, "hashtag": {"hashtag"}, "mention": {"mention"}}
        leave_out = frozenset[str]().union(*(given.get(f, set()) for f in mapped))
        texts = self.column(rows.table, "text")
        leads = self.plan.redirects
        if texts is not None:
            found.append(objects_of_texts(texts, leave_out, leads.after(text_objects) if leads else text_objects))
        for name in mapped:
            cells = self.column(rows.table, name)
            assert cells is not None
            find = leads.after(CELLS[name]) if leads and name == "url" else CELLS[name]
            found.append(objects_of(cells, find))
        if "object_id" in self.plan.mapping:
            pairs = pc.binary_join_element_wise(
                self.column(rows.table, "object_type"), self.column(rows.table, "object_id"), "\x1f"
            )
            one: Callable[[str], Objects] = lambda pair: typed_object(*pair.split("\x1f", 1))
            found.append(objects_of(pairs, leads.after(one, domains=False) if leads else one))
        if leave_out and texts is not None:
            self.notes.append(f"{', '.join(sorted(leave_out))}: taken from the file's columns, not from the text.")
        return found

    def _action_rows(self, rows: _Rows, found: Found) -> pa.Table:
        at = pa.array(found.position, pa.int64())
        columns = [
            self._named(rows).take(at),
            rows.parts["content"].take(at),
            found.object_type,
            found.object_id,
            rows.parts["at"].take(at).cast(tables.TIME),
            rows.row.take(at),
        ]
        return pa.Table.from_arrays(columns, schema=tables.ACTIONS.schema)

    def _named(self, rows: _Rows) -> pa.Array:
        """Account identifiers with the platform in front, where one is known."""
        platform = self.column(rows.table, "platform")
        account = rows.parts["account"]
        if platform is None:
            return account
        named = pc.binary_join_element_wise(pc.utf8_lower(platform), account, ":")
        return pc.coalesce(named, account)

    # -- tables --------------------------------------------------------------------------------------------

    def finish(self, rows: _Rows, actions: pa.Table) -> Reading:
        if "first" in rows.parts:
            rows = self._one_row_per_content(rows, actions)
        accounts, notes = accounts_table(self._account_columns(rows), str(self.raw.path))
        self.notes += notes
        self.notes += self.plan.redirects.notes() if self.plan.redirects else []
        self.notes += short_links_note(actions)
        reading_tables = {
            "accounts": accounts,
            "content": self._content(rows),
            "actions": actions,
            "set_aside": _asides_table(self.asides),
        }
        used = tuple(dict.fromkeys(c for column in self.plan.mapping.values() for c in columns_of(column)))
        used = self.plan.columns_used or used
        dropped = tuple(c for c in self.raw.columns if c not in used)
        return Reading(
            reading_tables, self.raw.rows_read, self.resolution_s, tuple(dict.fromkeys(self.notes)), used, dropped
        )

    def _one_row_per_content(self, rows: _Rows, actions: pa.Table) -> _Rows:
        """Further rows of a content: kept through their actions if they add one, else set aside as duplicates."""
        first = rows.parts["first"]
        further = _mask(pc.not_equal(first, rows.row))
        if not further.any():
            return rows
        adds = _mask(pc.is_in(rows.row, value_set=actions["source_row"].combine_chunks().unique()))
        copy = further & ~adds
        detail = _of(first, "the content id of row {}, and no object that row lacks")
        self._set_aside(rows.table, rows.row, copy, [(copy, _always("duplicate"), detail)])
        if n := int((further & adds).sum()):
            self.notes.append(f"{n:,} rows share their content id with an earlier row and add objects to that content.")
        return rows.keep(pa.array(~further))

    def _content(self, rows: _Rows) -> pa.Table:
        n = len(rows.row)
        kind = self.column(rows.table, "content_type")
        derived: pa.Array = pa.repeat(pa.scalar("post", pa.string()), n)
        for name, value in (("reply_to", "reply"), ("quote_of", "quote"), ("repost_of", "repost")):
            if (column := self.column(rows.table, name)) is not None:
                derived = pc.if_else(pc.is_valid(column), value, derived)
        text = self.plan.mapping.get("text")
        columns = {
            "content_id": rows.parts["content"],
            "account_id": self._named(rows),
            "created_at": rows.parts["at"].cast(tables.TIME),
            "text": _first_of(rows.table, text) if text else None,
            "language": self.column(rows.table, "language"),
            "content_type": pc.coalesce(pc.utf8_lower(kind), derived) if kind is not None else derived,
            "sensitivity": self.column(rows.table, "sensitivity"),
            "source_row": rows.row,
        }
        schema = tables.CONTENT.schema
        arrays = [_or_nulls(columns[f.name], f.type, n) for f in schema]
        return pa.Table.from_arrays(arrays, schema=schema).sort_by("source_row")

    def _account_columns(self, rows: _Rows) -> pa.Table:
        names = (
            "platform handle display_name account_created_at followers following account_language region source_label"
        )
        n = len(rows.row)
        columns = {name: _or_nulls(self.column(rows.table, name), pa.string(), n) for name in names.split()}
        return pa.table({"account_id": self._named(rows), "at": rows.parts["at"], "row": rows.row, **columns})


def _trimmed(column: pa.ChunkedArray) -> pa.Array:
    values = pc.utf8_trim_whitespace(column.combine_chunks())
    return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)


def _first_of(table: pa.Table, named: Columns) -> pa.Array:
    """The text as exported, untrimmed."""
    arrays = [table[c].combine_chunks() for c in columns_of(named)]
    return pc.coalesce(*arrays) if len(arrays) > 1 else arrays[0]


def _or_nulls(array: pa.Array | None, kind: pa.DataType, n: int) -> pa.Array:
    return pa.nulls(n, kind) if array is None else array


def _mask(array: pa.Array) -> np.ndarray:
    return pc.fill_null(array, False).to_numpy(zero_copy_only=False).astype(bool)


def _always(text: str) -> Callable[[int], str]:
    return lambda _: text


def _of(first: pa.Array, pattern: str) -> Callable[[int], str]:
    return lambda i: pattern.format(first[int(i)].as_py())


def _asides_table(asides: list[Aside]) -> pa.Table:
    asides = sorted(asides, key=lambda a: (a.row, a.reason))
    columns = [[a.row for a in asides], [a.reason for a in asides], [a.detail for a in asides], [a.raw for a in asides]]
    schema = tables.SET_ASIDE.schema
    return pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
