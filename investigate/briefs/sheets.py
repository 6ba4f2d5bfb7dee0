"""The hand-over as files: Markdown to paste, HTML to print, JSON for programs; and the form that a person fills in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import CaseError
from ..files import sha256, write_json, write_text
from ..report._sheet import Block, sheet
from ..views._html import plain
from .brief import sharing_label
from .documents import md
from .handover import Handover
from .shift import BANDS, Moment, Shift, is_day, moment

FOLDER, NAME, FORM = "handover", "handover", "handover.toml"
_LABELS = {
    "what": "What",
    "owner": "Owner",
    "next_action": "Next action",
    "due": "Due (UTC)",
    "trigger": "Escalate when",
    "id": "Id",
}


def write_handover(h: Handover, folder: Path, *, sharing: str = "AMBER+STRICT") -> list[Path]:
    """Write `handover.md`, `.html` and `.json` into `folder`; the same hand-over gives the same bytes."""
    label = sharing_label(sharing)
    return [
        write_text(folder / f"{NAME}.md", markdown(h, label)),
        write_text(folder / f"{NAME}.html", html(h, label)),
        write_json(folder / f"{NAME}.json", record(h, label)),
    ]


def record(h: Handover, label: str) -> dict[str, Any]:
    """The hand-over as JSON can hold it; times in UTC."""
    return {
        "schema": 1,
        "case": h.case,
        "run": h.run,
        "sharing": label,
        "at": h.at.isoformat(),
        "times": [list(t) for t in h.times],
        "shift": json.loads(h.shift.model_dump_json()),
        "evidence": list(h.evidence),
        "log_of_the_shift": dict(h.log),
        "due_within_24h": [[at.isoformat(), text] for at, text in h.due_soon],
        "wording_notes": [str(p) for p in h.notes],
    }


def _when(value: Moment) -> str:
    at = moment(value)
    return "" if at is None else f"{at:%Y-%m-%d}" if is_day(value) else f"{at:%Y-%m-%d %H:%M}"


def _facts(h: Handover) -> list[tuple[str, str]]:
    s = h.shift
    out = [
        ("From", s.outgoing),
        ("To", s.incoming),
        ("Back-up", s.backup or "none named"),
        *((f"Time ({zone})", at) for zone, at in h.times),
        ("Severity and trend", f"{s.severity}, {s.trend}"),
        ("Next checkpoint (UTC)", _when(s.next_checkpoint)),
        ("Graphic items still to be seen", s.graphic_items),
    ]
    return [*out, ("Run", h.run)] if h.run else out


def _blocks(h: Handover) -> list[Block]:
    s = h.shift
    rows = [{_LABELS[k]: _when(i.due) if k == "due" else plain(getattr(i, k)) for k in _LABELS} for i in s.open_items]
    table = pd.DataFrame(rows, columns=list(_LABELS.values()))
    table = table.loc[:, [c for c in table if table[c].astype(str).str.len().any()]]
    log = [", ".join(f"{kind.replace('_', ' ')}: {n}" for kind, n in h.log)] if h.log else []
    return [
        ("Due within 24 hours (UTC)", [f"{at:%Y-%m-%d %H:%M}: {text}" for at, text in h.due_soon]),
        ("Open items", table),
        ("What changed this shift", s.changed),
        ("Decisions and why", s.decisions),
        ("Tried, and did not help", s.did_not_help),
        (
            "Current hypotheses",
            [f"{x.claim} (confidence {x.confidence}{': ' + x.because if x.because else ''})" for x in s.hypotheses],
        ),
        ("Do not", s.do_not),
        (
            "Deadlines set by others",
            [f"{_when(d.due)} UTC: {'legal: ' if d.legal else ''}{d.what}" for d in s.deadlines],
        ),
        (
            "People told, and what was promised",
            [f"{c.who}: {c.promised}{f' (by {_when(c.due)} UTC)' if _when(c.due) else ''}" for c in s.people],
        ),
        ("Evidence and links", [*s.links, *h.evidence]),
        ("Case log of the shift", log),
    ]


def html(h: Handover, label: str) -> str:
    """The hand-over as one page without scripts."""
    mark = "To be acknowledged by the incoming person"
    return sheet(
        f"Hand-over: {h.case}", tlp=label, mark=mark, facts=_facts(h), lead=h.shift.situation, blocks=_blocks(h)
    )


def markdown(h: Handover, label: str) -> str:
    """The hand-over as Markdown."""
    lines = [
        f"# {md(plain(f'Hand-over: {h.case}'))}",
        "",
        f"**TLP:{label}** · **To be acknowledged by the incoming person**",
        "",
    ]
    lines += [f"- {k}: {md(plain(v))}" for k, v in _facts(h)] + [""]
    lines += [f"**{md(plain(line))}**\n" for line in h.shift.situation]
    for heading, content in _blocks(h):
        if not len(content):
            continue
        lines += [f"## {heading}", ""]
        if isinstance(content, pd.DataFrame):
            lines += ["| " + " | ".join(content.columns) + " |", "|" + "---|" * content.shape[1]]
            lines += [
                "| " + " | ".join(md(str(v)).replace("\n", " ") for v in row) + " |"
                for row in content.itertuples(index=False)
            ]
        else:
            lines += [f"- {md(plain(item))}" for item in content]
        lines.append("")
    return "\n".join(lines)


def latest(case: Path) -> tuple[Path, str]:
    """The newest hand-over of a case and its hash; CaseError where there is none."""
    found = sorted((case / FOLDER).glob(f"*/{NAME}.json"))
    if not found:
        raise CaseError(
            "there is no hand-over to acknowledge", str(case / FOLDER), "write one with `investigate handover CASE`"
        )
    return found[-1], sha256(found[-1])


def form(shift: Shift) -> str:
    """A TOML file with what the case knows filled in, and a line of help for what a person adds."""

    def text(value: object) -> str:
        return json.dumps(plain(value), ensure_ascii=False)

    def listing(values: list[str]) -> str:
        return "[" + "".join(f"\n    {text(v)}," for v in values) + ("\n]" if values else "]")

    lines = [
        "# The hand-over of a shift. Fill in what is empty, then: investigate handover CASE --fill handover.toml",
        "",
        'outgoing = ""              # your name or function',
        'incoming = ""',
        'backup = ""                # needed for P0 and P1: who steps in where incoming cannot be reached',
        'at = ""                    # when the shift ends, UTC; empty for now',
        'severity = ""              # P0, P1, P2 or P3',
        'trend = ""                 # better, worse or flat',
        'next_checkpoint = ""       # UTC, like 2026-11-03T06:30Z; within 1 hour for P0',
        f"zones = {json.dumps(shift.zones)}   # two zones beside UTC",
        f'graphic_items = "not known"   # still to be seen, as a band: {", ".join(BANDS)}',
        "situation = []             # one to three lines",
        "changed = []               # what changed this shift",
        "did_not_help = []",
        "do_not = []                # what the next shift must not do, and why",
        "links = []                 # where the evidence is; exhibits of the case are added",
        "",
        "# Taken from the judgements in the case; they are added by themselves, so leave this as it is.",
        f"# decisions = {listing(shift.decisions)}".replace("\n", "\n# "),
        "",
        "# Open items: each needs an owner, a next action and a due time, like 2026-11-03T18:00Z. Those of the case come first.",
    ]
    for item in shift.open_items:
        lines += ["", "[[open_items]]"]
        lines += [
            f"{k} = {text(_when(item.due) if k == 'due' else getattr(item, k))}"
            for k in ("id", "what", "owner", "next_action", "due", "trigger")
        ]
    lines += [
        "",
        "# [[hypotheses]]",
        '# claim = "One payer stands behind the twelve pages"',
        '# confidence = "moderate"',
        '# because = "two identifiers agree, none was checked with the payer"',
        "",
        "# [[deadlines]]",
        '# what = "Answer to the regulator"',
        '# due = "2026-11-03T17:00Z"',
        "# legal = true",
        "",
        "# [[people]]",
        '# who = "Public Policy"',
        '# promised = "an update"',
        '# due = "2026-11-03T12:00Z"',
        "",
    ]
    return "\n".join(lines)
