"""The index page of a batch: one row per run, the worst first, each with a link to its report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from ..views._html import asset, clip, escape, escape_name, markup
from ..views._palette import tokens_css
from ..views._words import plural

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_WORDS = {
    "complete": "complete",
    "partial": "in part",
    "failed": "failed",
    "stopped": "stopped",
    "running": "running",
    "waiting": "waiting",
}
_HEADINGS = ("Run", "State", "Findings", "Supported", "What stands out", "Report")


def index_page(record: Mapping[str, Any]) -> str:
    """The page of a batch, from what status.json holds, its rows in the order in which they are to be shown.

    It loads nothing, runs no script, and links only to reports, by relative addresses.
    """
    counts, rows = record["counts"], record["rows"]
    facts = [(_WORDS[name].capitalize(), n) for name, n in counts.items() if n]
    facts += [("Findings", sum(sum(r["grades"].values()) for r in rows))]
    facts += [("Started", _time(record["started_at"])), ("Ended", _time(record["ended_at"]) or record["state"])]
    items = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in facts)
    items += f"<div><dt>Plan</dt><dd>{escape_name(PurePath(record['plan']).name)}</dd></div>"
    title = escape(record["title"])
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{markup(_POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        '<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{tokens_css(':root')}{asset('report.css')}{asset('index.css')}</style></head>"
        f'<body><div class="rp-page ix-page"><header class="rp-header"><h1>{title}</h1><dl class="rp-meta">{items}</dl>'
        f"</header><main>{_notes(record)}{_table(rows)}</main></div></body></html>\n"
    )


def _notes(record: Mapping[str, Any]) -> str:
    notes = []
    if record["state"] == "stopped":
        notes.append("<b>This batch was stopped.</b> The same command goes on with what is not complete.")
    if dropped := record["dropped"]:
        names = escape(", ".join(dropped))
        notes.append(
            f"{plural(len(dropped), 'row')} of the batch before, no longer in the plan: {names}. Their cases stay."
        )
    return "".join(f'<div class="rp-partial" role="note"><p>{note}</p></div>' for note in notes)


def _table(rows: list[Mapping[str, Any]]) -> str:
    head = "".join(f'<th scope="col"{_number(h)}>{h}</th>' for h in _HEADINGS)
    caption = "Failed and partial runs first, then by the number of findings of the highest grade."
    return (
        f'<div class="ix-scroll"><table class="ix-table"><caption>{caption}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(map(_row, rows))}</tbody></table></div>"
    )


def _number(heading: str) -> str:
    return ' class="ix-num"' if heading == "Supported" else ""


def _row(row: Mapping[str, Any]) -> str:
    status = row["status"]
    kept = '<span class="ix-kept">from an earlier batch</span>' if row["kept"] else ""
    found = sum(row["grades"].values())
    grades = ", ".join(f"{n} at {grade}" for grade, n in sorted(row["grades"].items(), reverse=True))
    grades = grades or ("none" if row["report"] else "")
    supported = f"{row['supported']} of {found}" if row["report"] else ""
    name, template = escape_name(row["name"]), escape(row["template"].replace("_", " "))
    link = f'<a href="{_address(row["report"])}">report of {name}</a>' if row["report"] else ""
    return (
        f'<tr id="{name}"><th scope="row">{name}<small>{template}</small></th>'
        f'<td><span class="ix-state ix-{status}">{_WORDS[status]}</span>{kept}</td><td class="ix-grades">{escape(grades)}</td>'
        f'<td class="ix-num">{supported}</td><td class="ix-note">{_note(row)}</td><td>{link}</td></tr>'
    )


def _note(row: Mapping[str, Any]) -> str:
    lines = []
    if error := row["error"]:
        lines.append(("", f"{error['what'].rstrip('.')}." + (f" Where: {error['where']}." if error["where"] else "")))
        lines += [("ix-do", f"What to do: {error['do']}.")] if error["do"] else []
    if row["failed_sections"] and row["report"]:
        lines.append(("ix-do", f"Without a result: {', '.join(row['failed_sections'])}."))
    if text := row["bottom_line"] or row["strongest"]:
        lines.append(("", text))
    return "".join(f'<p class="{css}">{escape(clip(text, 500))}</p>' for css, text in lines)


def _address(path: str) -> str:
    """A relative address of a file; an absolute one where the file lies on another drive."""
    pure = PurePath(path)
    return markup(pure.as_uri() if pure.is_absolute() else quote(path, safe="/"))


def _time(text: str) -> str:
    return text[:16].replace("T", " ") + " UTC" if text else ""
