"""What a case holds, as escaped text: datasets, results, runs, what a crash left, who has it open."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from ..case import Case
from ..errors import InvestigateError
from ..runs.manifest import MANIFEST, read, run_folders
from ..store import Dataset
from ..views._html import escape, markup
from . import _places as places
from ._panel import facts

RUNS_SHOWN = 8


def standing(case: Case) -> str:
    """The case in a table: what a person wants to know before working on."""
    rows: list[tuple[str, object]] = [
        ("folder", str(case.path)),
        ("title", case.title),
        ("purpose", case.about.get("purpose") or "none was stated"),
        ("open elsewhere", _holder(case)),
    ]
    rows += [(f"data, {n}", _dataset(d)) for n, d in enumerate(case.datasets, 1)] or [("data", "none loaded yet")]
    rows += [("results", _results(case))]
    return facts(rows, "What the case holds") + _runs(case) + _unfinished(case)


def _holder(case: Case) -> str:
    other = case.holder
    return f"{other}; what you do here is not written" if other is not None and case.read_only else str(other or "")


def _dataset(d: Dataset) -> str:
    aside = sum(d.set_aside.values())
    counts = f"{d.rows_read:,} rows, {aside:,} set aside; {d.n_accounts:,} accounts, {d.n_content:,} contents"
    return f"{d.file} ({d.source}): {counts}; {d.first_at[:16]} to {d.last_at[:16]}"


def _results(case: Case) -> str:
    if case.settings is None:
        return "none yet: relate, score, group, find"
    s = case.settings
    parts = [f"{len(case.edges):,} edges ({', '.join(s.relations)}; window {s.window_s:g} s)"]
    if "q" in case.edges:
        parts.append(f"{int(case.edges['unusual'].sum()):,} unusual")
    if "community" in case.communities:
        parts.append(f"{case.communities['community'].nunique():,} groups")
    by_status = Counter(f.status for f in case.findings)
    parts += [f"{n} findings {status}" for status, n in sorted(by_status.items())]
    return "; ".join(parts)


def _runs(case: Case) -> str:
    folders = sorted(run_folders(case.path), key=lambda p: p.stat().st_mtime, reverse=True)
    if not folders:
        return ""
    items = "".join(
        f"<li>{escape(f.name)}: {escape(_status(f))} {report_link(f / 'report.html', f'the report of {f.name}')}</li>"
        for f in folders[:RUNS_SHOWN]
    )
    more = f"<li>and {len(folders) - RUNS_SHOWN} older</li>" if len(folders) > RUNS_SHOWN else ""
    return f"<p><b>Runs</b></p><ul>{items}{more}</ul>"


def _status(folder: Path) -> str:
    if not (folder / MANIFEST).is_file():
        return "not finished"
    try:
        record = read(folder)
    except InvestigateError as error:
        return error.what
    at = str((record.get("times") or {}).get("ended_at") or "")[:16].replace("T", " ")
    return f"{record['status']}{f', {at} UTC' if at else ''}"


def report_link(report: Path, text: str) -> str:
    """A link to a report on the notebook server, or nothing where there is none or it is not served.

    The server asks where a request comes from, so the link may not hide it (`noreferrer`).
    """
    where = places.address(report) if report.is_file() else None
    if where is None:
        return ""
    # The address is quoted part by part; what is in a folder's name stays in the address.
    return f'<a href="{markup(where)}" target="_blank" rel="noopener">{escape(text)}</a>'


def _unfinished(case: Case) -> str:
    left = case.incomplete
    if not left:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in left)
    return f'<div class="iv-msg iv-note"><b>Unfinished</b><ul>{items}</ul></div>'


def free_name(folder: Path) -> str:
    """A folder name that is not taken: `case-2026-01-31`, then with a number."""
    base = f"case-{datetime.now(UTC):%Y-%m-%d}"
    name, number = base, 1
    while (folder / name).exists():
        number += 1
        name = f"{base}-{number}"
    return name
