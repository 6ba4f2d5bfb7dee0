"""The watch over one election, seen from its market: protected names, ads, the team's readiness, phase and calendar."""

from __future__ import annotations

from typing import Any

from ._view import View, view
from .contract import studied
from .election import COUNT_LABELS, SERIES_LABELS, STUDY, answered


@view(
    title="Look-alikes of protected names",
    summary="Lists accounts whose names could be taken for those of protected people and bodies.",
    caveat="Namesakes, staff and fans use such names openly.",
)
def look_alikes(case: Any) -> View:
    table = studied(case, STUDY).table("lookalikes")
    return View(
        name="look_alikes",
        title="Look-alikes of protected names",
        question="Does an account look like a protected person or body?",
        lead=answered(case, "Does an account"),
        table=table if len(table) else None,
        how_to_read="Letters that look alike are folded first. An account with a label says itself that it is a parody or a fan's: it is "
        "listed, and no finding is made of it.",
        labels={
            **COUNT_LABELS,
            "protected": "Protected",
            "role": "Role",
            "account_id": "Account",
            "handle": "Handle",
            "display_name": "Name shown",
            "likeness": "Likeness",
            "similarity": "Similarity",
            "p": "Chance",
            "label": "Says it is",
            "is_new": "New account",
            "signals": "Signals",
            "created_at": "Created (UTC)",
        },
        caveats=("Names only: pictures and biographies were not compared.",),
        max_rows=30,
    )


@view(
    title="How often protected people are named",
    summary="Counts posts that name protected people and bodies against a forecast.",
    caveat="How often somebody is named says nothing of the tone.",
)
def name_mentions(case: Any) -> View:
    table = studied(case, STUDY).table("mentions")
    return View(
        name="name_mentions",
        title="How often protected people are named",
        question="Do protected people get unusual attention?",
        lead=answered(case, "Do protected"),
        table=table if len(table) else None,
        labels=SERIES_LABELS | COUNT_LABELS | {"title": "Person or body"},
        caveats=("No text was scored: whether posts insult or threaten is for people to read.",),
        max_rows=30,
    )


@view(
    title="Political ads against the market's rules",
    summary="Lists ads that match the profile: what they lack, and which ran in the silence period.",
    caveat="Whether an ad is political is decided by words.",
)
def political_ads(case: Any) -> View:
    table = studied(case, STUDY).table("ads")
    return View(
        name="political_ads",
        title="Political ads against the market's rules",
        question="Do political ads lack what the market asks for?",
        lead=answered(case, "Do political"),
        table=table if len(table) else None,
        labels={
            "content_id": "Ad",
            "account_id": "Page",
            "missing": "Lacks",
            "in_silence": "In the silence period",
            "payer": "Payer, as stated",
            "disclaimer": "Disclaimer",
            "started_at": "Began (UTC)",
            "ended_at": "Ended (UTC)",
            "currency": "Currency",
            "spend_low": "Spent, from",
            "spend_high": "Spent, to",
            "landing_domain": "Leads to",
            "text": "Text",
        },
        caveats=("Amounts of two currencies are never added.",) if len(table) else (),
        max_rows=30,
    )


@view(
    title="Readiness of the team",
    summary="Shows the queue's volume, deadlines kept and languages, where a queue is in the case.",
    caveat="A queue of another period, or of one office only, gives a wrong picture.",
)
def election_readiness(case: Any) -> View:
    table = studied(case, STUDY).table("readiness")
    return View(
        name="election_readiness",
        title="Readiness of the team",
        question="Are queue volumes above forecast, deadlines kept, languages covered?",
        lead=answered(case, "Is the team"),
        table=table if len(table) else None,
        labels={"gauge": "Gauge", "value": "Value", "low": "From", "high": "To", "n": "Of", "note": "Note"},
    )


@view(
    title="Phase, dates and coverage",
    summary="Shows the election's calendar, the phase of the run, and how much of the market the data hold.",
    caveat="The calendar is the profile's: where that is wrong, the phase is wrong.",
)
def election_coverage(case: Any) -> View:
    study = studied(case, STUDY)
    facts = study.facts
    sensitivity = " ".join(facts["sensitivity"])
    return View(
        name="election_coverage",
        title="Phase and coverage",
        question="Which phase is the election in, and do the data cover it?",
        lead=answered(case, "Which phase") + (f"\n\nTo know before reading: {sensitivity}" if sensitivity else ""),
        facts=(
            ("Phase", facts["phase"]),
            ("Run it", facts["cadence"]),
            ("Next phase", facts["next_phase"] or "none"),
            ("Local day", facts["day"]),
        ),
        table=study.table("coverage"),
        labels={"what": "What", "n": "Held", "of": "Of", "note": "Note"},
    )


@view(
    title="Calendar of the election",
    summary="Lists the phases and the known days of the market profile, with how often to run.",
    caveat="",
)
def election_calendar(case: Any) -> View:
    study = studied(case, STUDY)
    return View(
        name="election_calendar",
        title="Calendar of the election",
        question="What comes next?",
        table=study.table("calendar"),
        labels={"starts": "Day (local)", "what": "What", "kind": "Kind", "cadence": "Run it", "when": "When"},
        how_to_read="Phases change at local midnight of the market's zone.",
        max_rows=40,
    )
