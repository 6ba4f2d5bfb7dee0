"""The incident-management event log of the UCI repository (set 498): one row per change of a ticket."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from . import Reading, source
from ._options import check_choice, refuse_unknown
from ._queue import reading
from ._rows import RAW_LIMIT, Aside, as_line, read_delimited, require_columns
from ._tickets import flag, number, text, times

COLUMNS = (
    "number",
    "incident_state",
    "active",
    "reassignment_count",
    "reopen_count",
    "made_sla",
    "opened_at",
    "sys_updated_at",
    "contact_type",
    "location",
    "category",
    "impact",
    "priority",
    "assignment_group",
    "assigned_to",
    "vendor",
    "closed_code",
    "resolved_at",
    "closed_at",
)
DAY_FIRST = "%d/%m/%Y %H:%M"
_UNKNOWN_STATE = "-100"
_ENDED = frozenset({"closed", "resolved"})


@source(
    name="uci_incident_log",
    title="Incident event log (UCI 498)",
    summary="Reads the event log of an IT help desk: one escalation per ticket, as its last event leaves it.",
    caveat="Deadlines are not in it, only whether each was kept; people and groups are pseudonyms.",
    needs=COLUMNS,
    suffixes=(".csv", ".csv.gz"),
    options={"final": "for tickets still open, take the end the log knows in hindsight: 'no' (default) or 'yes'"},
    references=("https://doi.org/10.24432/C57S4H",),
)
def read(path: Path, *, final: str = "no", **unknown: Any) -> Reading:
    """The log as escalations: every event of a ticket is read, the last one by `sys_updated_at` says how it stands.

    '?' is nothing; dates are day-first, to the minute, without a zone (read as UTC); the state '-100' is unknown: the state
    before it stands. The first acknowledgement is the first event that is not 'New'. A ticket whose last state is neither
    'Resolved' nor 'Closed' is open.

    Notes
    -----
    The log writes the final `resolved_at` and `closed_at` into the earliest event of a ticket too: they are known only in
    hindsight. Tickets that were closed without ever being resolved have no resolution time and are kept.
    """
    refuse_unknown(unknown, "uci_incident_log", ("final",))
    check_choice("final", final, ("yes", "no"))
    raw = read_delimited(path)
    require_columns(raw, COLUMNS, "uci_incident_log")
    cells = {c: raw.table[c].to_pylist() for c in raw.table.column_names}
    rows: list[int] = raw.row.to_pylist()
    where, asides, notes = str(path), list(raw.asides), list(raw.notes)
    at: dict[str, list[datetime | None]] = {}
    bad: dict[int, list[str]] = {}
    for name in ("opened_at", "sys_updated_at", "resolved_at", "closed_at"):
        at[name], why, said, _ = times(cells[name], name=name, where=where, time_format=DAY_FIRST)
        notes += said
        for i, reason in enumerate(why):
            if reason:
                bad.setdefault(i, []).append(reason)
    events: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        ticket = text(cells["number"][i])
        problem = (
            ("missing_ticket", "column 'number' is empty")
            if ticket is None
            else ("bad_time", "; ".join(bad[i]))
            if i in bad
            else ("missing_time", "column 'opened_at' or 'sys_updated_at' is empty")
            if at["opened_at"][i] is None or at["sys_updated_at"][i] is None
            else None
        )
        if problem or ticket is None:
            reason, detail = problem or ("missing_ticket", "")
            line = as_line(tuple(cells[c][i] for c in cells))[:RAW_LIMIT]
            asides.append(Aside(row, reason, detail, line))
        else:
            events.setdefault(ticket, []).append(i)
    states: Counter[str] = Counter()
    out = []
    for ticket, its in events.items():
        its.sort(key=lambda i: (at["sys_updated_at"][i], rows[i]))
        out.append(_ticket(ticket, its, cells, at, rows, final == "yes", states))
    n_open, n_missed = sum(r["is_open"] for r in out), sum(r["sla_met"] is False for r in out)
    unresolved = sum(r["resolved_at"] is None for r in out)
    notes += [
        f"{len(out):,} tickets from {sum(map(len, events.values())):,} events; the last event of each says how it stands.",
        f"{n_missed:,} of {len(out):,} tickets missed their deadline (`made_sla` of the last event); no column says when it was.",
        f"{n_open:,} tickets are open at their last event; {unresolved:,} have no resolution time. They are kept.",
        f"{states[_UNKNOWN_STATE]:,} events carry the state -100, which nobody explains; the state before it stands.",
        "Times are to the minute and carry no zone; they are read as UTC.",
    ]
    dropped = tuple(c for c in raw.columns if c not in COLUMNS)
    return reading(
        "escalations",
        sorted(out, key=lambda r: r["source_row"]),
        asides,
        rows_read=raw.rows_read,
        resolution_s=60.0,
        where=where,
        notes=tuple(dict.fromkeys(n for n in notes if "no time zone" not in n)),
        used=COLUMNS,
        dropped=dropped,
    )


def _ticket(
    ticket: str,
    its: list[int],
    cells: dict[str, list[str | None]],
    at: dict[str, list[datetime | None]],
    rows: list[int],
    final: bool,
    states: Counter[str],
) -> dict[str, Any]:
    known = []
    for i in its:
        state = text(cells["incident_state"][i]) or ""
        states[state] += 1
        if state and state != _UNKNOWN_STATE:
            known.append((i, state))
    last, stands = its[-1], known[-1][1] if known else None
    ended = (stands or "").lower() in _ENDED
    acknowledged = next((at["sys_updated_at"][i] for i, s in known if s.lower() != "new"), None)

    def cell(name: str) -> str | None:
        return text(cells[name][last])

    reopened, reassigned = number(cells["reopen_count"][last]), number(cells["reassignment_count"][last])
    return {
        "escalation_id": ticket,
        "opened_at": at["opened_at"][its[0]],
        "surface": cell("contact_type"),
        "market": cell("location"),
        "policy_area": cell("category"),
        "severity": cell("impact"),
        "priority": cell("priority"),
        "status": stands,
        "owner": cell("assigned_to"),
        "team": cell("assignment_group"),
        "vendor": cell("vendor"),
        "first_ack_at": acknowledged,
        "resolved_at": at["resolved_at"][last] if ended or final else None,
        "closed_at": at["closed_at"][last] if (stands or "").lower() == "closed" or final else None,
        "last_seen_at": at["sys_updated_at"][last],
        "sla_met": flag(cells["made_sla"][last]),
        "is_open": not ended,
        "reopened_count": None if reopened is None else int(reopened),
        "reassigned_count": None if reassigned is None else int(reassigned),
        "outcome": cell("closed_code"),
        "source_row": min(rows[i] for i in its),
    }
