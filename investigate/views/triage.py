"""The picture of a triage: hours, tops, texts, new terms, who is addressed, threads, rules, priority, what is missing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ._chart_kinds import lines
from ._view import View, view
from ._words import plural
from .contract import studied

STUDY = "rapid_triage"
_COUNTS = {
    "n_contents": "Contents",
    "n_accounts": "Accounts",
    "share": "Share",
    "first_at": "First (UTC)",
    "last_at": "Last (UTC)",
}


@view(
    title="Volume by the hour",
    summary="Draws contents per hour with what was expected, and marks the loudest stretch.",
    caveat="Without earlier data the hours are compared with each other; a surge that fills most of the data hides itself.",
)
def triage_hours(case: Any) -> View:
    study = studied(case, STUDY)
    table, facts = study.table("hours"), study.facts
    if table.empty:
        return View(
            name="triage_hours", title="Volume by the hour", question="How fast?", lead="The data hold no contents."
        )
    data = pd.DataFrame(
        {
            "at": table["at"],
            "value": table["n_contents"],
            "expected": table["expected"],
            "high": table["high"],
            "alarm": table["alarm"].astype(bool),
        }
    )
    loud = int(table["alarm"].sum())
    marks = tuple((pd.Timestamp(t), name) for t, name in zip(facts["peak"], ("loudest from", "to"), strict=False))
    return View(
        name="triage_hours",
        title="Volume by the hour",
        question="How big, how fast, and is it over?",
        lead=next(
            a.answer or f"Not answered, because {a.because}." for a in study.answers if a.question == "How fast?"
        ),
        figure=lines(data, title="Contents per hour", y_label="Contents per hour", marks=marks),
        table=table.sort_values(["alarm", "at"], ascending=[False, True], ignore_index=True),
        labels={
            **_COUNTS,
            "at": "Hour (UTC)",
            "expected": "Expected",
            "high": "Alarm from",
            "p": "p",
            "alarm": "Loud",
            "against": "Compared with",
            "peak": "In the peak",
        },
        how_to_read=f"The table begins with the {plural(loud, 'loud hour')}: more contents than the model gives a chance of {facts['alpha']:g}.",
        caveats=(f"Of {len(table):,} hours, {facts['alpha'] * len(table):.1f} would be loud by chance alone.",),
        max_rows=30,
    )


@view(
    title="Top accounts, tags, links and texts",
    summary="Lists what takes most of the issue, with its share of all contents.",
    caveat="A popular thing is no suspicious thing.",
)
def triage_top(case: Any) -> View:
    study = studied(case, STUDY)
    table, spread = study.table("top"), study.table("concentration")
    said = "; ".join(f"{r.kind} {r.gini:.2f} over {r.n_distinct:,}" for r in spread.itertuples() if r.n_distinct > 1)
    return View(
        name="triage_top",
        title="Top accounts, tags, links and texts",
        question="What takes most of it?",
        lead=f"How unevenly contents are spread (Gini, 0 even to 1 all in one): {said}." if said else "",
        table=table if len(table) else None,
        labels={**_COUNTS, "kind": "Kind", "name": "Name", "n_peak": "In the peak"},
        how_to_read="Share: of all contents of the issue. Contents divided by accounts tells a crowd from a few who repeat themselves.",
        max_rows=60,
    )


@view(
    title="Texts that repeat",
    summary="Lists families of nearly equal texts with the contents and accounts that hold them.",
    caveat="Headlines, quotes, petitions and reposts repeat too.",
)
def triage_texts(case: Any) -> View:
    study = studied(case, STUDY)
    table, facts = study.table("texts"), study.facts["texts"]
    lead = (
        f"{facts['n_families']:,} families of nearly equal texts hold {facts['share']:.0%} of the {facts['n_texts']:,} texts; "
        f"{facts['shared']:.0%} of the texts stand with three or more accounts."
        if facts["n_texts"]
        else "No content has a text of six words or more."
    )
    return View(
        name="triage_texts",
        title="Texts that repeat",
        question="Which texts are said again and again, and by how many?",
        lead=lead,
        table=table if len(table) else None,
        labels={**_COUNTS, "text": "Text, as its family's first member", "n_texts": "Wordings"},
    )


@view(
    title="New words and tags",
    summary="Ranks words and tags that are more frequent in the loudest stretch than before it, in any script.",
    caveat="A text that is copied makes all of its words new.",
    references=("https://doi.org/10.1093/pan/mpn018",),
)
def triage_terms(case: Any) -> View:
    study = studied(case, STUDY)
    table, compared = study.table("terms"), study.facts["compared"]
    lead = (
        f"The loudest stretch is compared with {compared}."
        if compared
        else "There is no loud stretch, or too little to compare it with: nothing can be called new."
    )
    return View(
        name="triage_terms",
        title="New words and tags",
        question="Is it new, and what is it about?",
        lead=lead,
        table=table if len(table) else None,
        labels={
            "term": "Term",
            "n_peak": "Contents in the peak",
            "n_before": "In the part compared",
            "expected": "Expected",
            "n_accounts": "Accounts",
            "log_odds": "Log-odds",
            "z": "z",
            "new": "Never before",
        },
        how_to_read="z ranks; it is no test, since copies are not independent. Terms of fewer than three accounts are left out.",
        max_rows=30,
    )


@view(
    title="Who is addressed",
    summary="Ranks the accounts that are mentioned or reported, and counts the terms that were supplied.",
    caveat="To be mentioned is not to be harmed; people mention friends, brands and officials.",
)
def triage_affected(case: Any) -> View:
    study = studied(case, STUDY)
    table, seeded = study.table("affected"), study.table("seeded")
    said = "; ".join(f"'{r.term}' {r.n_contents:,} contents by {r.n_accounts:,} accounts" for r in seeded.itertuples())
    return View(
        name="triage_affected",
        title="Who is addressed",
        question="Whom does it affect?",
        lead=f"Terms supplied: {said}." if said else "No terms were supplied (seed_terms), so no harm was looked for.",
        table=table if len(table) else seeded if len(seeded) else None,
        labels={
            **_COUNTS,
            "term": "Term",
            "n_before": "Before the peak",
            "example": "An example",
            "target": "Account addressed",
            "how": "How",
            "per_account": "Contents each",
        },
        how_to_read="Many contents by few accounts aim at somebody; few contents each by many accounts may be a public figure.",
    )


@view(
    title="Surfaces, languages, markets",
    summary="Counts contents by platform, language, region and kind, as the source states them.",
    caveat="What a source states about language and region may be wrong, and is often missing.",
)
def triage_places(case: Any) -> View:
    table = studied(case, STUDY).table("places")
    table = table.groupby("kind", sort=False).head(8).assign(name=lambda t: t["name"].replace("", "not stated"))
    return View(
        name="triage_places",
        title="Surfaces, languages, markets",
        question="Where does it happen?",
        table=table if len(table) else None,
        labels={**_COUNTS, "kind": "Kind", "name": "Name"},
        max_rows=40,
    )


@view(
    title="Age of the accounts",
    summary="Counts accounts by their age at their first content in the issue.",
    caveat="New accounts are common in every surge: people join to take part.",
)
def triage_ages(case: Any) -> View:
    study = studied(case, STUDY)
    answer = next(a for a in study.answers if a.question == "Which accounts are these?")
    table = study.table("ages")
    return View(
        name="triage_ages",
        title="Age of the accounts",
        question="Which accounts are these?",
        lead=answer.answer or f"Not answered, because {answer.because}.",
        table=table if answer.answer else None,
        labels={**_COUNTS, "age": "Age at the first content"},
    )


@view(
    title="One thing or several",
    summary="Lists threads of contents that share tags, links or texts, with their share of the loudest stretch.",
    caveat="A tag that is used for everything makes one thread of everything.",
)
def triage_threads(case: Any) -> View:
    study = studied(case, STUDY)
    table = study.table("threads")
    lead = next(a for a in study.answers if a.question == "Is it one thing or several?")
    return View(
        name="triage_threads",
        title="One thing or several",
        question="Is it one thing or several?",
        lead=lead.answer or f"Not answered, because {lead.because}.",
        table=table if len(table) else None,
        labels={
            **_COUNTS,
            "thread": "Thread",
            "objects": "Main tags, links, texts",
            "n_objects": "Objects",
            "per_account": "Contents each",
            "top_account_share": "Share of its busiest account",
        },
        how_to_read="Two objects are one thread where their contents overlap by a fifth or more; a content belongs to its largest thread.",
    )


@view(
    title="Which template next",
    summary="Prints every rule with the number that made it fire or not, and the templates with most points.",
    caveat="Points rank templates; they are no probability, and a rule that cannot be measured does not fire.",
)
def triage_rules(case: Any) -> View:
    study = studied(case, STUDY)
    table, told = study.table("rules"), study.table("suggestions")
    named = "; ".join(f"{i}. {r.template}, {plural(r.points, 'point')}" for i, r in enumerate(told.itertuples(), 1))
    enough = study.facts["verdict"] != "insufficient evidence"
    lead = named + "." if named else "No rule fired."
    return View(
        name="triage_rules",
        title="Which template next",
        question="Which template next, and why?",
        lead=lead if enough else f"Insufficient evidence. {lead}",
        table=table,
        labels={
            "template": "Template",
            "rule": "Rule",
            "measured": "Measured",
            "needs": "Needed",
            "fired": "Fired",
            "points": "Points",
        },
        how_to_read="An empty measure could not be taken from these data.",
        max_rows=40,
    )


@view(
    title="Provisional priority",
    summary="Shows the score part by part, with weights and which parts were assumed.",
    caveat="It orders work until a person sets the priority; who asked plays no part in it.",
)
def triage_priority(case: Any) -> View:
    study = studied(case, STUDY)
    facts = study.facts
    return View(
        name="triage_priority",
        title="Provisional priority",
        question="How urgent is it?",
        lead=f"{facts['band']}: {facts['score']:g} of 100. P0 from 80, P1 from 60, P2 from 35.",
        table=study.table("priority"),
        labels={
            "part": "Part",
            "meaning": "What it is",
            "weight": "Weight",
            "value": "Value, 0 to 1",
            "contribution": "Adds",
            "assumed": "Assumed",
        },
        caveats=(
            "A part that is not known counts as 0.5 and is marked as assumed.",
            f"Whether a hard trigger holds, only a person can say; then it is P0: {'; '.join(facts['hard_triggers'])}.",
        ),
    )


@view(
    title="Data still needed",
    summary="Lists what is missing, for which question, and who could supply it.",
    caveat="More personal data than the purpose needs must not be asked for.",
)
def triage_needs(case: Any) -> View:
    table = studied(case, STUDY).table("needs")
    return View(
        name="triage_needs",
        title="Data still needed",
        question="What is missing, and who could supply it?",
        lead=f"{plural(len(table), 'thing')} would answer more."
        if len(table)
        else "Nothing that the questions need is missing.",
        table=table if len(table) else None,
        labels={
            "what": "What",
            "question": "For the question",
            "who": "Who could supply it",
            "now": "What there is now",
        },
    )
