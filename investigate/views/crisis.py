"""The picture of a breaking crisis: situation, pace, variants, first sightings, hubs, claims, appeals, threats, decay."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..study import Study
from ._chart import bars, intervals
from ._chart_kinds import lines
from ._view import View, view
from ._words import plural
from .contract import studied

STUDY = "breaking_crisis"
_COUNTS = {
    "n_contents": "Contents",
    "n_accounts": "Accounts",
    "n_families": "Variant families",
    "first_at": "Earliest observed (UTC)",
    "last_at": "Last (UTC)",
    "family": "Family",
    "languages": "Languages",
    "platforms": "Platforms",
    "pace": "Pace now",
}
_NOT_SOURCE = "Earliest observed in this data set: never read it as the source."


def _answer(study: Study, start: str) -> str:
    """The study's answer to the question that begins so, or why there is none."""
    found = next(a for a in study.answers if a.question.startswith(start))
    return found.answer or f"Not answered, because {found.because}."


def _some(table: pd.DataFrame) -> pd.DataFrame | None:
    return table if len(table) else None


@view(
    title="Situation report",
    summary="Says what is known, not known and assessed, and when the next update is due.",
    caveat="It retells the sections below, for people who hand over or decide.",
)
def crisis_situation(case: Any) -> View:
    study = studied(case, STUDY)
    event = study.facts["event"]
    begin, end = (pd.Timestamp(t) for t in study.facts["window"])
    when = f"{pd.Timestamp(event['at']):%Y-%m-%d %H:%M} UTC" + (
        "" if event["given"] else " (the first content about it)"
    )
    return View(
        name="crisis_situation",
        title="Situation report",
        question="What is known, what is not, and what comes next?",
        lead=f"{event['name'] or 'Event'}{', ' + event['place'] if event['place'] else ''}: {when}. Data from {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC.",
        table=study.table("situation"),
        labels={"heading": "", "text": "Statement"},
        caveats=("Confidence speaks of the evidence. No statement here says how likely a claim is to be true.",),
        max_rows=60,
    )


@view(
    title="Pace of the event",
    summary="Draws the contents about the event per bin, beside all others, with the event and the peak marked.",
    caveat="A silent stretch of the data looks like calm.",
)
def crisis_timeline(case: Any) -> View:
    study = studied(case, STUDY)
    table, fast = study.table("timeline"), study.facts["speed"]
    step = study.facts["step_minutes"]
    long = pd.concat(
        [
            pd.DataFrame({"at": table["at"], "value": table["n_event"], "series": "about the event"}),
            pd.DataFrame({"at": table["at"], "value": table["n_other"], "series": "all others"}),
        ],
        ignore_index=True,
    )
    marks = [(pd.Timestamp(study.facts["event"]["at"]), "event")]
    if fast["peak_at"]:
        marks.append((pd.Timestamp(fast["peak_at"]), "fullest bin"))
    silent = int(table["in_gap"].sum())
    refresh = study.facts["refresh"]
    return View(
        name="crisis_timeline",
        title="Pace of the event",
        question="How fast, and is it slowing?",
        lead=_answer(study, "What is circulating"),
        figure=lines(long, title=f"Contents per {step:g} minutes", y_label=f"Contents per {step:g} min", marks=tuple(marks)),
        table=table.loc[table["n_event"] > 0].sort_values("n_event", ascending=False, kind="stable").reset_index(drop=True),
        labels={"at": "Bin (UTC)", "n_contents": "All contents", "n_event": "About the event", "n_other": "Others", "phase": "Phase", "in_gap": "In a gap"},
        facts=(
            ("Per hour before", fast["per_hour_before"] if fast["per_hour_before"] is not None else "no look-back"),
            ("Per hour after", fast["per_hour_after"] if fast["per_hour_after"] is not None else "none"),
            ("Fullest hour", fast["peak_hour_n"]),
            ("Bins with contents", refresh["bins"]),
            ("Bins worked out in this run", refresh["recomputed"]),
        ),
        caveats=(
            "The doubling time is fitted from the first content to the fullest bin; it says how the rise went, not what comes.",
            *((f"{plural(silent, 'bin')} lie in gaps of the data: counts there are missing, not low.",) if silent else ()),
            *((f"All bins were worked out: {refresh['because']}.",) if refresh["because"] else ()),
        ),
        max_rows=12,
    )  # fmt: skip


@view(
    title="Variant families",
    summary="Lists families of nearly equal texts or media with size, fullest hour, doubling time and pace.",
    caveat="Similar wording spreads for good reasons too.",
)
def crisis_variants(case: Any, *, top: int = 25) -> View:
    study = studied(case, STUDY)
    table = study.table("variants")
    columns = "family kind n_contents n_texts n_accounts first_at last_at peak_per_hour alert pace n_last_3h doubling_h doubling_low_h doubling_high_h likeness languages platforms"
    shown = table[columns.split()] if len(table) else table
    fitted = table.dropna(subset=["doubling_h"]) if len(table) else table
    fitted = fitted[fitted["doubling_high_h"] < 1000].head(12) if len(fitted) else fitted
    figure = None
    if len(fitted):
        data = pd.DataFrame(
            {
                "label": fitted["family"],
                "value": fitted["doubling_h"],
                "low": fitted["doubling_low_h"],
                "high": fitted["doubling_high_h"],
            }
        )
        figure = intervals(data, title="Doubling time on the way to the peak", x_label="Hours")
    alert = int(table["alert"].sum()) if len(table) else 0
    return View(
        name="crisis_variants",
        title="Variant families",
        question="Which texts and pictures go round, in how many forms, and which still grow?",
        lead=(f"{len(table):,} families; {alert:,} reached the alert level of {study.facts['alert']} contents within an hour." if len(table) else "No text or picture stands in two contents."),
        figure=figure,
        table=_some(shown),
        labels={
            **_COUNTS, "kind": "Kind", "n_texts": "Forms", "peak_per_hour": "Fullest hour", "alert": "Alert", "n_last_3h": "Last 3 h", "likeness": "Least similarity to the first",
            "doubling_h": "Doubling (h)", "doubling_low_h": "shortest", "doubling_high_h": "longest",
        },
        how_to_read="A family is a chain of texts with a Jaccard similarity of 0.8 or more, or of media whose hashes are near. An infinite longest time means that the data also agree with no growth.",
        caveats=("Short texts, paraphrases and translations are not joined. No media was displayed or opened.",),
        max_rows=top,
    )  # fmt: skip


@view(
    title="Earliest observed",
    summary="Shows the earliest observed sighting of each family, with coverage, deletions and clock.",
    caveat=_NOT_SOURCE,
)
def crisis_first(case: Any, *, top: int = 12) -> View:
    study = studied(case, STUDY)
    table = study.table("variants")
    columns = "family n_contents first_at coverage clock raised first_content second_at"
    return View(
        name="crisis_first",
        title="Earliest observed",
        question="Where was each family seen first in this data set, and how sure is that?",
        lead=_answer(study, "Where was it observed first"),
        table=_some(table[columns.split()] if len(table) else table),
        labels={**_COUNTS, "first_content": "Content", "second_at": "Next sighting (UTC)", "raised": "Coverage caveat raised", "coverage": "Coverage", "clock": "Clock"},
        how_to_read="Sightings dated before the event, or with a time that the client claims, are not taken for the first where there are others. The coverage caveat is raised within 24 hours of a gap or of the beginning of the data, and where contents refer to others that are missing.",
        caveats=(_NOT_SOURCE, *table["deletions"].head(1), "Nobody may be acted against for being early."),
        max_rows=top,
    )  # fmt: skip


@view(
    title="Link hubs",
    summary="Lists the domains and links that contents about the event lead to, with their variants.",
    caveat="A popular news site is a hub as well.",
)
def crisis_hubs(case: Any, *, top: int = 25) -> View:
    study = studied(case, STUDY)
    table = study.table("hubs")
    domains = table[table["kind"] == "domain"].head(15) if len(table) else table
    data = pd.DataFrame({"label": domains["object_id"], "value": domains["n_accounts"]}) if len(domains) else None
    return View(
        name="crisis_hubs",
        title="Link hubs",
        question="Where are copies hosted, and where are people sent?",
        lead=_answer(study, "Where do links lead"),
        figure=bars(data, title="Accounts per domain", x_label="Accounts") if data is not None else None,
        table=_some(table),
        labels={**_COUNTS, "kind": "Kind", "object_id": "Where to", "leads_to": "Leads to"},
        caveats=(
            "Links were not opened. A short link hides its target; resolve it elsewhere and load it with `redirects`.",
        ),
        max_rows=top,
    )


@view(
    title="Media on the hash list",
    summary="Lists media that a supplied list knows, exactly or nearly; shows none.",
    caveat="A hash speaks of a file, not of what is said with it.",
)
def crisis_matches(case: Any) -> View:
    study = studied(case, STUDY)
    return View(
        name="crisis_matches",
        title="Media on the hash list",
        question="Is listed material among it?",
        lead=_answer(study, "Is listed material"),
        table=_some(study.table("matches")),
        labels={
            **_COUNTS,
            "hash": "Hash",
            "listed": "Listed hash",
            "label": "Label on the list",
            "distance": "Bits apart",
            "limit": "Limit",
        },
        caveats=("No media was displayed or opened. News, research and counter-speech show the same files.",),
    )


@view(
    title="Languages and platforms",
    summary="Counts contents about the event by stated language and platform.",
    caveat="Stated by the export, not detected.",
)
def crisis_languages(case: Any, *, top: int = 25) -> View:
    study = studied(case, STUDY)
    return View(
        name="crisis_languages",
        title="Languages and platforms",
        question="In which languages and on which platforms?",
        lead=_answer(study, "In which languages"),
        table=_some(study.table("languages")),
        labels={**_COUNTS, "language": "Language", "platform": "Platform"},
        max_rows=top,
    )


@view(
    title="Decay and exit criteria",
    summary="Says whether it slows, and which criteria for ending crisis mode hold.",
    caveat="Criteria inform a decision; they do not make it.",
)
def crisis_decay(case: Any) -> View:
    study = studied(case, STUDY)
    table, fast = study.table("new_variants"), study.facts["speed"]
    figure = None
    if len(table):
        data = pd.DataFrame({"at": table["at"], "value": table["n_new"]})
        figure = lines(data, title="Variants first observed per hour", y_label="New variants per hour")
    halving = f" Over the last six hours the pace halved every {fast['halving_h']:.1f} h." if fast["halving_h"] else ""
    return View(
        name="crisis_decay",
        title="Decay and exit criteria",
        question="Is it slowing, and what must hold before crisis mode ends?",
        lead=_answer(study, "Is it slowing") + halving,
        figure=figure,
        table=study.table("decay"),
        labels={"criterion": "Criterion", "observed": "Observed", "threshold": "Must be", "met": "Holds"},
        caveats=("A person decides. Night in the countries awake, and a silent export, look like decay.",),
    )
