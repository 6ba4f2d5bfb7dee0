"""A comparison as text for the terminal and as a page that looks like the reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from ..report import build_report
from ..views import MIME, View
from ..views._format import format_value, header
from .comparing import Comparison

Record = dict[str, Any]

_FIELDS_SHOWN, _LONGEST = 6, 90
_WORDS = {
    "volumes": ("Volumes", "How much was there?", "What"),
    "answers": ("Answers", "What is answered differently?", "Question"),
    "parameters": ("Parameters", "What was asked for differently?", "Parameter"),
    "sections": ("Sections of the runs", "Which sections went differently?", "Section"),
    "versions": ("Versions", "What else could make a difference?", "Package"),
}


def text(found: Comparison) -> list[str]:
    """Lines for a terminal: a sentence, then what changed, strongest first; long lists end with how many more."""
    lines = [f"{found.before}  ->  {found.after}", found.said()]
    for f in found.findings[:20]:
        lines.append(f"  finding {f['change']}: {f['title']}{_members(f)}")
        lines += [f"    {_field(d, 'field')}" for d in f["fields"][:4] if d["difference"] is not None]
    lines += [f"  and {len(found.findings) - 20} more findings"] if len(found.findings) > 20 else []
    lines += [f"  table {name}: {_counted(part)}" for name, part in found.tables.items()]
    for part in ("volumes", "parameters", "sections", "versions"):
        lines += [f"  {part}: {_field(r, 'name')}" for r in getattr(found, part)]
    lines += [f"  data: {r['name']} {r['change']}" for r in found.data]
    lines += [f"  answers: {len(found.answers)} differ"] if found.answers else []
    return lines + [f"  proposal {r['change']}: {r['name']}" for r in found.proposals]


def page(found: Comparison, out: Path) -> Path:
    """Write the comparison as one HTML file; the same comparison gives the same bytes."""
    cells = [_markdown("## In short", "summary"), _code(_summary(found), "summary")]
    for heading, views in _sections(found):
        shown = [_code(v) for v in views]
        if shown:
            cells += [_markdown(f"## {heading}"), *shown]
    meta = {"template": found.title, "earlier run": found.before, "later run": found.after}
    title = f"What changed: {found.before} to {found.after}"
    return build_report({"cells": cells, "metadata": {}}, title=title, meta=meta, out=out)


def _sections(found: Comparison) -> Iterator[tuple[str, list[View]]]:
    yield "Findings", [*_findings(found)]
    for part in ("volumes", "answers"):
        yield _WORDS[part][0], [*_named(found, part)]
    tables = [_table(name, part) for name, part in found.tables.items()]
    yield "Narratives and other tables", tables
    yield "Proposed actions", [*_proposals(found)]
    yield (
        "What the runs rest on",
        [*_data(found)] + [v for part in ("parameters", "versions", "sections") for v in _named(found, part)],
    )


def _summary(found: Comparison) -> View:
    counts = Counter(f["change"] for f in found.findings)
    named = {"findings": "findings", "tables": "tables", "volumes": "volumes", "answers": "answers"}
    same = [word for part, word in named.items() if not getattr(found, part)]
    same += [w for w in ("proposals", "parameters", "data", "sections", "versions") if not getattr(found, w)]
    facts = [(f"Findings {change}", n) for change, n in counts.items()]
    lead = found.said() if found.same else f"{found.said()}\n\nThe same in both: {', '.join(same) or 'nothing'}."
    return View(
        name="compared",
        title="In short",
        question="What is different in the later run?",
        lead=lead,
        facts=(*facts, ("Findings the same", found.n_same), ("Tables that differ", len(found.tables))),
        caveats=(
            "A finding that is gone from the data of a run need not have ended: the data may end before.",
            "What a section that failed would show counts as gone.",
        ),
    )


def _findings(found: Comparison) -> Iterator[View]:
    if not found.findings:
        return
    columns = ["change", "title", "n_before", "n_after", "n_kept", "n_joined", "n_left", "jaccard"]
    rows = [
        [f[c] if c in columns[:2] or f["n_before"] or f["n_after"] else None for c in columns] for f in found.findings
    ]
    table = pd.DataFrame(rows, columns=columns)
    table = table.astype({c: "Int64" for c in columns if c.startswith("n_")} | {"jaccard": "Float64"})
    yield View(
        name="compared_findings",
        title="Findings",
        question="Which findings are new, gone, grown, shrunk, merged or split?",
        table=table,
        how_to_read="Findings of one kind are matched by their accounts, so that the sum of the shared parts is largest.",
        labels={
            "change": "Change",
            "title": "Finding",
            "n_before": "Accounts before",
            "n_after": "Accounts after",
            "n_kept": "Stayed",
            "n_joined": "Joined",
            "n_left": "Left",
            "jaccard": "Shared part (Jaccard)",
        },
        max_rows=200,
    )
    told = [(f["title"], of, what) for f in found.findings for of, what in _told(f["fields"])]
    if told:
        yield View(
            name="compared_statements",
            title="What is said of them differently",
            question="How did evidence, grade, status and proposals of the same findings change?",
            table=pd.DataFrame(told, columns=["finding", "of", "what"]),
            labels={"finding": "Finding", "of": "Of", "what": "Before → after (difference)"},
            max_rows=100,
        )


def _told(fields: list[Record]) -> Iterator[tuple[str, str]]:
    """One line for each piece of evidence, explanation or action, one for the finding's own words."""
    grouped: dict[str, list[Record]] = {}
    for record in fields:
        of, what = _parts(record["field"])
        grouped.setdefault(of, []).append({**record, "field": what})
    for of, told in grouped.items():
        if of and all(r["after"] is None for r in told):
            yield of, "no longer there"
        elif of and all(r["before"] is None for r in told):
            yield of, "new: " + "; ".join(f"{r['field']}: {_short(r['after'])}" for r in told)
        else:
            yield of or "the finding", "; ".join(_field(r, "field") for r in told)


def _named(found: Comparison, part: str) -> Iterator[View]:
    rows = getattr(found, part)
    title, question, what = _WORDS[part]
    if rows:
        long = 600 if part == "answers" else _LONGEST
        told = [
            (r["name"], _short(r["before"], long), _short(r["after"], long), _signed(r["difference"])) for r in rows
        ]
        table = pd.DataFrame(told, columns=[what, "before", "after", "difference"])
        if not table["difference"].any():
            table = table.drop(columns="difference")
        how = "Long answers are cut; they stand whole in the two reports." if part == "answers" else ""
        yield View(name=f"compared_{part}", title=title, question=question, table=table, how_to_read=how, max_rows=100)


def _table(name: str, part: Record) -> View:
    shown = None
    if rows := part.get("rows"):
        told = [(r["change"], _short(", ".join(r["key"])), _fields(r)) for r in rows]
        shown = pd.DataFrame(told, columns=["change", "row", "what"])
    return View(
        name=f"compared_table_{name}",
        title=header(name),
        question="Which rows are new, gone or changed?",
        lead=f"{_counted(part)[:1].upper()}{_counted(part)[1:]}.",
        table=shown,
        labels={"change": "Change", "row": f"Row ({', '.join(part.get('key', ()))})", "what": "What"},
        max_rows=30,
    )


def _proposals(found: Comparison) -> Iterator[View]:
    if found.proposals:
        yield View(
            name="compared_proposals",
            title="Proposed actions",
            question="What is proposed now, and what no longer?",
            table=pd.DataFrame(found.proposals, columns=["change", "name"]),
            labels={"change": "Change", "name": "Action"},
            max_rows=100,
        )


def _data(found: Comparison) -> Iterator[View]:
    if found.data:
        yield View(
            name="compared_data",
            title="Data files",
            question="Which files are others?",
            table=pd.DataFrame(found.data, columns=["change", "name", "before", "after"]),
            labels={"change": "Change", "name": "File", "before": "SHA-256 before", "after": "SHA-256 after"},
            max_rows=100,
        )


def _counted(part: Record) -> str:
    if "only" in part:
        return "only in the earlier run" if part["only"] == "before" else "only in the later run"
    words = [f"{part[f'n_{w}']:,} {w}" for w in ("new", "gone", "changed") if part[f"n_{w}"]]
    words += [f"columns {w}: {', '.join(part[f'columns_{w}'])}" for w in ("new", "gone") if part[f"columns_{w}"]]
    same = f", {part['n_same']:,} the same" if part["n_same"] else ""
    return f"{', '.join(words)}{same}" + (f"; {part['left_out']:,} rows are not listed" if part["left_out"] else "")


def _parts(name: str) -> tuple[str, str]:
    """ "evidence: co_url, pair by pair: observed" as what it is of, and what."""
    if name.startswith("limit: "):
        return "limits", _short(name.removeprefix("limit: "))
    of, _, what = name.rpartition(": ")
    return _short(of, 60), what


def _fields(row: Record) -> str:
    if row["change"] == "changed":
        told = [_field(f, "column") for f in row["fields"]]
    else:
        end = "after" if row["change"] == "new" else "before"
        told = [f"{header(f['column'])}: {_short(f[end])}" for f in row["fields"] if f[end] not in (None, "")]
    more = f"; and {len(told) - _FIELDS_SHOWN} more" if len(told) > _FIELDS_SHOWN else ""
    return "; ".join(told[:_FIELDS_SHOWN]) + more


def _field(record: Record, called: str) -> str:
    name = header(record[called]) if called == "column" else record[called]
    difference = f" ({_signed(record['difference'])})" if record["difference"] is not None else ""
    return f"{name}: {_short(record['before'])} → {_short(record['after'])}{difference}"


def _members(f: Record) -> str:
    if f["change"] in ("grown", "shrunk", "changed", "merged", "split") and f["n_before"]:
        return f" ({f['n_before']} accounts before, {f['n_after']} after: {f['n_joined']} joined, {f['n_left']} left)"
    return ""


def _signed(value: float | None) -> str:
    return "" if value is None else f"+{format_value(value)}" if value > 0 else format_value(value)


def _short(value: Any, longest: int = _LONGEST) -> str:
    told = format_value(value)
    return told if len(told) <= longest else told[: longest - 1] + "…"


def _markdown(source: str, *tags: str) -> Record:
    return {"cell_type": "markdown", "source": source, "metadata": {"tags": list(tags)}}


def _code(view: View, *tags: str) -> Record:
    bundle = view._repr_mimebundle_()
    data = {name: bundle[name] for name in ("text/plain", "text/html", MIME)}
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    return {"cell_type": "code", "source": "", "outputs": [output], "metadata": {"tags": list(tags)}}
