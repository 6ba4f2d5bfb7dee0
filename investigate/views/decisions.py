"""What people decided: judgements on findings, and the exhibits that support or contradict them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..errors import InvestigateError
from ..records import Exhibit
from ..records.exhibit import behind, whole_query
from ._decided import DECIDED, day, standings
from ._view import View, view
from ._words import plural

_TAKEN_BACK = "taken back"


@view(
    title="Decisions",
    summary="Lists what people decided on the findings, with reasons, and how far blind reviewers agree.",
    caveat="A decision is a person's; the grade says how far the evidence carries it.",
)
def judgements(case: Any) -> View:
    held = case.judgements()
    question = "Which findings did a person confirm, reject or leave open, and why?"
    if held.empty:
        return View("judgements", "Decisions", question, lead="No person has judged a finding of this case yet.")
    stand, found = standings(case), {f.finding_id for f in case.findings}
    words = {k: sum(s.status == k for s in stand.values()) for k in DECIDED}
    counts = [f"{n} {DECIDED[k].lower().removeprefix('judged ')}" for k, n in words.items() if n]
    open_ = sum(f not in stand for f in found)
    lead = f"Of {plural(len(found), 'finding')}, people judged {len(found & set(stand))}: {', '.join(counts) or 'none stands'}."
    if open_:
        lead += f" {plural(open_, 'finding')} {'waits' if open_ == 1 else 'wait'} for a person."
    gone = sorted(set(stand) - found)
    table = pd.DataFrame(
        {
            "finding_id": held["finding_id"] + ": " + held["title"],
            "decision": [
                f"{DECIDED.get(r.decision, r.decision)}{f' as {r.grade}' if r.grade else ''}" for r in held.itertuples()
            ],
            "reason": held["reason"],
            "by": [f"{r.by}, {day(r.at)}{', second review, blind' if r.second else ''}" for r in held.itertuples()],
            "state": [_state(r) for r in held.itertuples()],
        }
    )
    disputed = sorted(k for k, s in stand.items() if s.disagree)
    if disputed:
        lead += f" Reviewers disagree on {', '.join(disputed)}: inconclusive until somebody who has seen both decides."
    return View(
        "judgements",
        "Decisions",
        question,
        lead=lead + _agreement(case.agreement()),
        table=table,
        max_rows=50,
        labels={"by": "Who and when (UTC)"},
        caveats=(f"Judged, and not among the findings of this analysis: {', '.join(gone)}.",) if gone else (),
    )


def _state(row: Any) -> str:
    if row.retracted:
        return _TAKEN_BACK
    if not row.stands:
        return "replaced by a later one"
    return "stands; the finding has changed since" if row.changed else "stands"


def _agreement(numbers: dict[str, Any]) -> str:
    """A paragraph on how far blind reviews agree; nothing where there are none."""
    if not numbers["findings"]:
        return ""
    low, high = numbers["agreement_interval"]
    n = numbers["findings"]
    text = f"\n\n{plural(n, 'finding')} judged twice without sight of the first decision, {numbers['agree']} alike "
    text += f"({numbers['agreement']:.0%}, 95 % interval {low:.0%} to {high:.0%})."
    if numbers["alpha"] is not None:
        text += f" Krippendorff's alpha: {numbers['alpha']:.2f}"
        text += (
            ", 95 % interval {:.2f} to {:.2f}.".format(*numbers["alpha_interval"]) if numbers["alpha_interval"] else "."
        )
    return f"{text} {numbers['note']}"


@view(
    title="Exhibits",
    summary="Lists the pinned evidence with what it supports or contradicts, its rows and their hash.",
    caveat="An exhibit was chosen by a person: what was not chosen is not shown here.",
)
def exhibits(case: Any) -> View:
    held, question = case.exhibits(), "Which evidence did people pin, for what and against what?"
    live = [e for e in held if not e.retracted]
    if not held:
        return View("exhibits", "Exhibits", question, lead="No evidence was pinned in this case.")
    against = sum(e.stance == "contradicts" for e in live)
    supporting = sum(e.stance == "supports" for e in live)
    one_sided = supporting and not against
    rows = [
        (
            e.number,
            e.title,
            f"{e.stance} {e.finding_id}".strip(),
            f"{e.note}{f' (confidence: {e.confidence})' if e.confidence else ''}".strip(),
            f"{e.by}, {day(e.at)}",
            e.rows_sha256,
            whole_query(case.path, e),
        )
        for e in live
    ]
    columns = ["exhibit", "what", "stance", "note", "pinned", "rows_sha256", "query"]
    back = [f"{e.number} ({_why(case, e)})" for e in held if e.retracted]
    return View(
        "exhibits",
        "Exhibits",
        question,
        lead=f"{plural(len(live), 'exhibit')}: {supporting} supporting a finding, {against} contradicting one."
        + (f" Taken back: {', '.join(back)}." if back else ""),
        table=pd.DataFrame(rows, columns=columns) if live else None,
        how_to_read="The command investigate verify computes each hash again from the data.",
        max_rows=100,
        labels={
            "stance": "Stands to the finding",
            "pinned": "Pinned by, when (UTC)",
            "rows_sha256": "SHA-256 of the rows",
            "query": "Call that finds it again",
        },
        caveats=("Nothing was pinned against any finding: look for what contradicts it.",) if one_sided else (),
    )


@view(
    title="Pinned rows",
    summary="Shows the first rows of each exhibit, as the data hold them.",
    caveat="Only the first rows of each exhibit; the exhibit counts them all.",
)
def pinned_rows(case: Any, *, top: int = 5) -> View:
    live, question = [e for e in case.exhibits() if not e.retracted], "What do the exhibits show?"
    if not live:
        return View("pinned_rows", "Pinned rows", question, lead="No evidence was pinned in this case.")
    rows: list[tuple[Any, ...]] = []
    missing, files = [], {d.dataset_id: d.file for d in case.datasets}
    for exhibit in live:
        try:
            tables = behind(case.path, exhibit, case.connection())
        except InvestigateError as error:
            missing.append(f"{exhibit.number} cannot be read: {error.what}.")
            continue
        found = [row for name, table in tables.items() for row in _told(name, table)]
        rows += [(exhibit.number, _named(place, files), *rest) for place, *rest in found[:top]]
    cut = sum(e.n_rows > top for e in live)
    return View(
        "pinned_rows",
        "Pinned rows",
        question,
        lead=f"The first {top} rows of each exhibit; {plural(cut, 'exhibit')} {'has' if cut == 1 else 'have'} more.",
        table=pd.DataFrame(rows, columns=["exhibit", "place", "first_at", "account", "object", "text"]),
        max_rows=200,
        labels={"first_at": "Time (UTC)"},
        caveats=tuple(missing),
    )


def _told(name: str, table: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Rows of evidence, accounts, content or actions in one form: place, time, account, object, text."""
    out = []
    for row in table.to_dict("records"):
        if name == "evidence":
            texts = [str(t) for t in (row["text_a"], row["text_b"]) if isinstance(t, str) and t]
            both = texts[0] if len(set(texts)) == 1 else " | ".join(texts)
            told = (row["at_a"], f"{row['account_a']} and {row['account_b']}", row["object_id"], both)
        elif name == "accounts":
            told = (row["created_at"], row["account_id"], "", row["display_name"] or row["handle"])
        elif name == "content":
            told = (row["created_at"], row["account_id"], "", row["text"])
        elif row["object_type"] == "text":
            continue  # the text stands with its content
        else:
            told = (row["acted_at"], row["account_id"], f"{row['object_type']}: {row['object_id']}", "")
        out.append((row["ref"], *told))
    return out


def _named(place: str, files: Mapping[str, str]) -> str:
    """A place with the file's name instead of the dataset's."""
    parts = [part.partition(":") for part in place.split(" + ")]
    rows = [f"row {rest}" if rest.isdigit() else rest for _, _, rest in parts]
    return " + ".join(f"{files.get(head, head)} {row}".strip() for (head, _, _), row in zip(parts, rows, strict=True))


def _why(case: Any, exhibit: Exhibit) -> str:
    entry = case.log.entries()[exhibit.retracted - 1]
    return entry["data"]["reason"] or "no reason given"
