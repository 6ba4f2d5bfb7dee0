"""Finding cards: what was observed, how sure, against what chance would give, and what else could explain it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..findings import GRADES
from ._format import MISSING, format_value
from ._html import escape, plain

# A few words for the badge; the full meaning and the ceiling stand with the grades themselves.
WORDS = {
    "E0": "context only",
    "E1": "one signal",
    "E2": "robust statistical signal",
    "E3": "independent signals agree",
    "E4": "confirmed by a person",
}
STATUS = {
    "lead": "Lead: worth a look, not yet supported",
    "supported": "Supported by the data; a person has not judged it yet",
    "confirmed_by_human": "Confirmed by a person",
    "rejected": "Rejected by a person",
    "inconclusive": "Judged inconclusive by a person",
    "disputed": "Reviewers disagree",
}

STANCES = {
    "supports": "Exhibits that support it",
    "contradicts": "Exhibits that contradict it",
    "context": "Exhibits for context",
}
CHANGED = "The finding has other evidence now than when this was decided: look at it again."
DISAGREE = "The reviewers disagree: inconclusive until somebody who has seen both decides."


def facts_html(facts: Iterable[tuple[str, Any]]) -> str:
    """Key numbers, large, each with its name."""
    items = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(format_value(v))}</dd></div>" for k, v in facts)
    return f'<dl class="iv-facts">{items}</dl>'


def finding_cards(findings: Iterable[Mapping[str, Any]]) -> str:
    """Cards for finding records (`Finding` as a dict); a plain sentence when there are none."""
    cards = [_card(finding) for finding in findings]
    return "".join(cards) or '<p class="iv-none">No finding rises above what chance explains.</p>'


def n_members(finding: Mapping[str, Any]) -> int:
    """The number of members, given as a number, a list, or a dict with `count`."""
    members = finding.get("n_members", finding.get("members", 0))
    if isinstance(members, Mapping):
        members = members.get("count", members.get("n", len(members.get("ids", ()))))
    return int(members) if isinstance(members, (int, float)) else len(members)


def card_text(finding: Mapping[str, Any]) -> str:
    """A finding in a few lines of plain text."""
    grade = str(finding.get("evidence_grade", ""))
    head = f"[{grade} {WORDS.get(grade, '')}] {plain(finding.get('title', ''))} ({n_members(finding):,} accounts)"
    lines = [head, "  " + plain(finding.get("statement", ""))]
    lines += [f"  > {plain(d['what'])}: {plain(d['reason'])}" for d in finding.get("decisions", ())]
    lines += [f"  {e['number']} {e['stance']}: {plain(e['title'])}" for e in finding.get("exhibits", ())]
    for row in finding.get("evidence", ()):
        lines.append(
            "  - " + "; ".join(f"{k}: {plain(format_value(v))}" for k, v in row.items() if v not in (None, ""))
        )
    for other in finding.get("alternatives", ()):
        lines.append(f"  ? {plain(other.get('name', ''))}: {plain(other.get('result', ''))}")
    return "\n".join(lines)


def _card(finding: Mapping[str, Any]) -> str:
    grade = str(finding.get("evidence_grade", "") or "E0")
    ceiling = str(finding.get("ceiling") or GRADES.get(grade, ("", ""))[1])
    status = str(finding.get("status", "lead"))
    css = grade.lower() if grade in GRADES else "e0"
    members = n_members(finding)
    confidence = str(finding.get("confidence", "") or "")
    parts = [
        f'<article class="iv-card iv-{css}" aria-label="{escape(finding.get("title", ""))}">',
        f'<header><p class="iv-badges"><span class="iv-grade"><b>{escape(grade)}</b> {escape(WORDS.get(grade, ""))}</span>',
        f'<span class="iv-status">{escape(STATUS.get(status, status))}</span></p>',
        f"<h4>{escape(finding.get('title', ''))}</h4></header>",
        f'<p class="iv-statement">{escape(finding.get("statement", ""))}</p>',
        facts_html(_facts(members, finding)),
        _decisions(finding),
        _exhibits(finding.get("exhibits", ())),
        _evidence(finding.get("evidence", ()), str(finding.get("title", ""))),
        _alternatives(finding.get("alternatives", ())),
        _list("Limits", finding.get("limits", ())),
    ]
    if confidence:
        parts.append(f'<p class="iv-foot"><b>Confidence.</b> {escape(confidence)}</p>')
    if ceiling:
        parts.append(f'<p class="iv-foot"><b>Strongest step this evidence carries:</b> {escape(ceiling)}.</p>')
    if finding.get("finding_id"):
        parts.append(f'<p class="iv-foot iv-id">Finding <code>{escape(finding["finding_id"])}</code></p>')
    return "".join(parts) + "</article>"


def _decisions(finding: Mapping[str, Any]) -> str:
    rows = list(finding.get("decisions", ()))
    if not rows:
        return ""
    items = "".join(
        f"<li><b>{escape(r['what'])}</b> {escape(r['reason'])}"
        + (f'<span class="iv-note">{CHANGED}</span>' if r.get("changed") else "")
        + "</li>"
        for r in rows
    )
    more = f'<p class="iv-foot">{DISAGREE}</p>' if finding.get("status") == "disputed" else ""
    return f'<div class="iv-decided"><h5>What people decided</h5><ul>{items}</ul>{more}</div>'


def _exhibits(items: Iterable[Mapping[str, Any]]) -> str:
    rows, parts = list(items), []
    for stance, title in STANCES.items():
        held = [r for r in rows if r["stance"] == stance]
        none = "" if stance == "context" else "<li>Nothing was pinned.</li>"
        listed = "".join(
            f'<li><b>{escape(r["number"])}</b> {escape(r["title"])}<span class="iv-note">{escape(r["note"])}</span></li>'
            for r in held
        )
        if rows and (listed or none):
            parts.append(f'<div class="iv-pinned iv-{stance}"><h5>{title}</h5><ul>{listed or none}</ul></div>')
    return "".join(parts)


def _facts(members: int, finding: Mapping[str, Any]) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [("Accounts", members)] if members or "type" not in finding else []
    if facts and finding.get("n_core") not in (None, members):
        facts.append(("Core accounts", finding["n_core"]))
    numbers = dict(finding.get("numbers") or {})
    first: Mapping[str, Any] = next(iter(finding.get("evidence") or ()), {})
    if not numbers and first.get("expected") is not None:
        numbers = {"Observed": first.get("observed"), "Expected by chance": first["expected"]}
    facts += [(str(k), v) for k, v in numbers.items()]
    return facts


def _evidence(rows: Iterable[Mapping[str, Any]], title: str) -> str:
    rows = list(rows)
    if not rows:
        return ""
    body = "".join(
        f'<tr><th scope="row">{escape(_name(r))}{_note(r)}</th>'
        f'<td class="iv-num">{escape(_value(r, "observed", "statistic"))}</td>'
        f'<td class="iv-num">{escape(_value(r, "expected"))}</td>'
        f'<td class="iv-num">{escape(_value(r, "q", "p", "p_or_interval"))}</td>'
        f'<td class="iv-num">{escape(_value(r, "n"))}</td></tr>'
        for r in rows
    )
    return (
        f'<div class="iv-scroll" role="region" aria-label="Evidence: {escape(title)}" tabindex="0">'
        '<table class="iv-table iv-evidence">'
        "<caption><span>Evidence: observed against expected by chance</span></caption>"
        '<thead><tr><th scope="col">Test</th><th scope="col" class="iv-num">Observed</th>'
        '<th scope="col" class="iv-num">Expected by chance</th><th scope="col" class="iv-num">p or q</th>'
        f'<th scope="col" class="iv-num">n</th></tr></thead><tbody>{body}</tbody></table></div>'
    )


def _name(row: Mapping[str, Any]) -> str:
    test, kind = str(row.get("test", "") or ""), str(row.get("kind", "") or "")
    return f"{kind}: {test}" if kind and test else kind or test or "evidence"


def _note(row: Mapping[str, Any]) -> str:
    return f'<span class="iv-note">{escape(row["note"])}</span>' if row.get("note") else ""


def _value(row: Mapping[str, Any], *names: str) -> str:
    for name in names:
        if row.get(name) is not None:
            text = format_value(row[name])
            return f"{name} = {text}" if name in ("p", "q") else text
    return MISSING


def _alternatives(items: Iterable[Any]) -> str:
    rows = []
    for item in items:
        if not isinstance(item, Mapping):
            rows.append(f"<li>{escape(item)}</li>")
            continue
        checked = item.get("checked", "")
        verdict = item.get("verdict") or ("not checked" if checked in (False, None) else "checked")
        how = f' <span class="iv-note">{escape(checked)}</span>' if checked and checked is not True else ""
        rows.append(
            f'<li><b>{escape(item.get("name", ""))}</b> <span class="iv-checked">{escape(verdict)}</span> '
            f"{escape(item.get('result', ''))}{how}</li>"
        )
    return f'<div class="iv-alt"><h5>What else could explain it</h5><ul>{"".join(rows)}</ul></div>' if rows else ""


def _list(title: str, items: Iterable[Any]) -> str:
    rows = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f'<div class="iv-limits"><h5>{title}</h5><ul>{rows}</ul></div>' if rows else ""
