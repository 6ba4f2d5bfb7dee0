"""Exhibits: evidence that a person pinned, with the query that finds it again and the hashes of its rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from ..errors import InputError, InvestigateError, nearest
from ..files import read_json, sha256, to_json, write_text
from . import rows
from .entries import Entry, taken_back

EXHIBIT = "exhibit_added"
KINDS = ("edge", "account", "content", "community", "view", "object")
STANCES = ("supports", "contradicts", "context")
CONFIDENCES = ("", "low", "moderate", "high")
LONGEST_QUERY = 4000
FOLDER = "exhibits"


@dataclass(frozen=True)
class Exhibit:
    """One piece of pinned evidence.

    Attributes
    ----------
    number : str
        "E-1", "E-2", ... in the order of pinning; never given twice.
    ref : str or list of str
        An identifier, or [a, b, relation] for an edge.
    confidence : str
        The author's, in the evidence: low, moderate, high, or empty.
    stance : str
        Whether it supports or contradicts the finding, or gives context.
    query : str
        The call that finds it again; a long one is cut here and whole in `attachment`.
    rows : tuple of str
        Where the first rows stand: "<dataset>:<row of the file>".
    n_rows : int
        All rows.
    rows_sha256 : str
        Hash over all rows; `investigate verify` computes it again.
    retracted : int
        The entry of the log that took it back; 0 while it counts.
    attachment : str
        File under `exhibits/` with the members and the whole query, of communities and views.
    """

    number: str
    kind: str
    ref: Any
    title: str
    note: str
    confidence: str
    finding_id: str
    stance: str
    by: str
    at: str
    query: str
    rows: tuple[str, ...]
    n_rows: int
    rows_sha256: str
    retracted: int
    seq: int
    row_hashes: tuple[str, ...] = ()
    window_s: float = 0.0
    columns: dict[str, list[str]] = field(default_factory=dict)
    attachment: str = ""


def exhibits(entries: Sequence[Entry]) -> list[Exhibit]:
    """All exhibits in the order of their numbers, those taken back included."""
    dead = taken_back(entries)
    out: list[Exhibit] = []
    for entry in entries:
        if entry["kind"] == EXHIBIT:
            data: dict[str, Any] = {k: tuple(v) if k in ("rows", "row_hashes") else v for k, v in entry["data"].items()}
            named = {"number": f"E-{len(out) + 1}", "by": entry["actor"], "at": entry["at"], "seq": entry["seq"]}
            out.append(Exhibit(**data, **named, retracted=dead.get(entry["seq"], 0)))
    return out


def by_number(number: str, entries: Sequence[Entry]) -> Exhibit:
    """The exhibit of that number; InputError with the nearest where there is none."""
    held = {e.number: e for e in exhibits(entries)}
    wanted = str(number).strip().upper()
    if wanted in held:
        return held[wanted]
    hint = nearest(wanted, held)
    raise InputError(
        f"there is no exhibit '{number}'",
        "exhibits",
        f"did you mean {hint}?" if hint else f"numbers run from E-1 to E-{len(held)}" if held else "there is none yet",
    )


def checked(kind: str, ref: Any, *, confidence: str, finding_id: str, stance: str) -> Any:
    """The reference in its normal form, or InputError for a value that is not one."""
    for value, allowed, name in (
        (kind, KINDS, "kind"),
        (stance, STANCES, "stance"),
        (confidence, CONFIDENCES, "confidence"),
    ):
        if value not in allowed:
            hint = nearest(str(value), allowed)
            do = f"did you mean '{hint}'?" if hint else f"one of {', '.join(a for a in allowed if a)}"
            raise InputError(f"'{value}' is not a {name} of exhibits", f"parameter {name}", do)
    if stance != "context" and not finding_id:
        raise InputError(f"an exhibit that {stance} must say what", "parameter finding_id", "name the finding")
    if kind != "edge":
        text = str(ref).strip()
        text = text.removeprefix("content:") if kind == "content" else text
        if not text or isinstance(ref, list | tuple | dict):
            raise InputError(f"'{ref}' names no {kind}", "parameter ref", "give its identifier")
        if kind == "object" and rows.split_node(text)[0] in ("account", "content"):
            raise InputError(f"'{text}' names no object", "parameter ref", "write type:identifier, like hashtag:x")
        return text
    if isinstance(ref, str) or len(list(ref)) != 3:
        raise InputError(f"'{ref}' names no edge", "parameter ref", "give [a, b, relation]")
    return [str(part) for part in ref]


def attach(folder: Path, members: Sequence[str], query: str) -> str:
    """Write what is too long for the log into `exhibits/<hash>.json`, and return the file's name."""
    import hashlib

    text = to_json({"members": sorted(members), "query": query})
    name = f"{hashlib.sha256(text.encode()).hexdigest()}.json"
    write_text(folder / FOLDER / name, text)
    return name


def members_of(folder: Path, exhibit: Exhibit) -> list[str]:
    """The members of a pinned community or view."""
    return list(read_json(folder / FOLDER / exhibit.attachment)["members"]) if exhibit.attachment else []


def whole_query(folder: Path, exhibit: Exhibit) -> str:
    """The query in full."""
    return str(read_json(folder / FOLDER / exhibit.attachment)["query"]) if exhibit.attachment else exhibit.query


def behind(folder: Path, exhibit: Exhibit, con: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    """The rows behind an exhibit as the data hold them now, by table, each with its place in `ref`."""
    members = members_of(folder, exhibit)
    return rows.behind(con, exhibit.kind, exhibit.ref, members=members, window_s=exhibit.window_s)


def problems(folder: Path, entries: Sequence[Entry], connect: Callable[[], duckdb.DuckDBPyConnection]) -> list[str]:
    """The exhibits whose rows are not those that were pinned, each with the first row that differs."""
    held = [e for e in exhibits(entries) if not e.retracted]
    if not held:
        return []
    out = []
    try:
        con = connect()
    except (InvestigateError, duckdb.Error) as error:
        return [f"exhibits: the data cannot be read ({error})"]
    with con:
        for exhibit in held:
            try:
                if why := _problem(folder, exhibit, con):
                    out.append(f"exhibit {exhibit.number} (log entry {exhibit.seq}): {why}")
            except (InvestigateError, OSError, KeyError, ValueError, duckdb.Error) as error:
                out.append(f"exhibit {exhibit.number} (log entry {exhibit.seq}): cannot be checked: {error}")
    return out


def _problem(folder: Path, exhibit: Exhibit, con: duckdb.DuckDBPyConnection) -> str:
    if exhibit.attachment:
        path = folder / FOLDER / exhibit.attachment
        if not path.is_file() or sha256(path) != path.stem:
            return f"{FOLDER}/{exhibit.attachment} is {'changed' if path.is_file() else 'missing'}"
    now = rows.digest(behind(folder, exhibit, con), exhibit.columns)
    if now.sha256 == exhibit.rows_sha256:
        return ""
    if now.n != exhibit.n_rows:
        return f"its rows changed: {exhibit.n_rows:,} were pinned, {now.n:,} are found now"
    there = set(now.hashes)
    changed = [ref for ref, digest in zip(exhibit.rows, exhibit.row_hashes, strict=True) if digest not in there]
    return f"its rows changed: {', '.join(changed[:3]) or 'beyond the first that are listed'}"


def as_data(title: str, query: str, found: rows.Rows, **values: Any) -> dict[str, Any]:
    """What the log keeps of an exhibit."""
    cut = query if len(query) <= LONGEST_QUERY else query[:LONGEST_QUERY].rsplit("\n", 1)[0] + "\n# ... cut here"
    data = {
        "title": title,
        "query": cut,
        "rows": list(found.refs),
        "row_hashes": list(found.hashes),
        "n_rows": found.n,
        "rows_sha256": found.sha256,
        "columns": {k: list(v) for k, v in found.columns.items()},
        **values,
    }
    json.dumps(data)
    return data


def default_query(kind: str, ref: Any) -> str:
    """The call that finds an exhibit again."""
    if kind == "edge":
        return f"case.evidence(({ref[0]!r}, {ref[1]!r}), {ref[2]!r})"
    if kind == "community":
        return f"case.communities[case.communities['community'] == {ref.removeprefix('community:')}]"
    if kind == "view":
        return f"investigate.workbench.Workbench(case, view={ref!r})"
    if kind == "object":
        words = {"object_type": rows.split_node(ref)[0], "object_id": rows.split_node(ref)[1]}
        table, where = "actions", " and ".join(f"{k} = {_sql(v)}" for k, v in words.items())
    else:
        table, where = "content", f"{kind}_id = {_sql(ref)}"
    return f"case.sql({f'select * from {table} where {where}'!r})"


def _sql(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def title_of(kind: str, ref: Any, n: int, labels: pd.Series) -> str:
    """What an exhibit is called: accounts by their labels, and how many rows it has."""
    count = f"{n:,} row{'' if n == 1 else 's'}"
    if kind == "edge":
        return f"{labels.get(ref[0], ref[0])} and {labels.get(ref[1], ref[1])}, {ref[2]}: {count}"
    return f"{kind} {labels.get(ref, ref)}: {count}"
