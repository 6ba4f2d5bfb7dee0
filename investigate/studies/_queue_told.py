"""What the study of a queue says in words: answers, key numbers, limits."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import pandas as pd

from ..findings import Finding
from ..records.reliability import agreement
from ..study import Answer
from ._making import counted
from ._queue_data import Queue

QUESTIONS = {
    "volume": "Where is volume abnormal, and what carries it?",
    "cause": "Could the intake have made it up (form, tags, copies, a new category)?",
    "promise": "Do the alarms keep their promised rate on these data?",
    "drift": "Is there slow drift or a lasting change of level?",
    "time": "Are cases answered on time?",
    "backlog": "How large and how old is the backlog, and do arrivals and ends balance?",
    "outlook": "What comes next, and does the present pace carry it?",
    "teams": "Do teams or vendors differ, beyond what few cases show?",
    "quality": "Do reviewers agree, and where do errors come from?",
    "appeals": "How many decisions are appealed and overturned?",
    "change": "What should process, policy or product change?",
}
NO_TICKETS = "the case holds published counts and no tickets; a queue's export would carry it"
LEAST_TWICE = 5


def hours(value: float) -> str:
    """Hours as people say them."""
    if math.isnan(value):
        return "unknown"
    return "not reached" if math.isinf(value) else f"{value:,.1f} h" if value < 72 else f"{value / 24:,.1f} d"


def answers(
    *,
    q: Queue,
    tables: Mapping[str, pd.DataFrame],
    findings: list[Finding],
    facts: Mapping[str, Any],
    reviewers: Mapping[str, Any] | None,
    without: Mapping[str, str],
    outlook: str = "",
    agreed: str = "",
    contested: str = "",
) -> list[Answer]:
    """The template's questions in order, each answered or not answered with its reason.

    `outlook`, `agreed` and `contested` are the answers to what comes next, to whether reviewers agree, and to what is
    appealed, where there are any.
    """
    tickets = len(q.tickets) > 0
    alarms, a = tables["alarms"], facts["deadlines"]
    spikes = [f for f in findings if f.type == "trend" and " arrivals where " in f.title]
    out = {}
    judged = facts["n_tests"]
    if judged:
        first = f" The strongest: {spikes[0].title}." if spikes else ""
        out["volume"] = f"{len(alarms):,} of {judged:,} bins of {facts['n_series']:,} series alarm since {facts['window_start'][:10]}, on {counted(alarms['at'].nunique() if len(alarms) else 0, 'date')}.{first}"  # fmt: skip
        made_up = [f for f in findings if f.type == "trend" and any(x.verdict == "explains" for x in f.alternatives)]
        n = sum(f.type == "trend" for f in findings)
        out["cause"] = f"An explanation accounts for {len(made_up)} of {n} findings of volume." if n else "Nothing abnormal was found that would need explaining."  # fmt: skip
    calibration = tables["calibration"]
    if len(calibration) and calibration["n_bins"].max() > 0:
        said = [
            f"{r.share:.2%} of {r.n_bins:,} bins at level {r.alpha:g} ({r.low:.2%} to {r.high:.2%})" for r in calibration.itertuples()
        ]  # fmt: skip
        out["promise"] = (
            "On history before the window, alarms came on " + ", ".join(said) + ". Real spikes in it count as false."
        )
    if facts["n_series"]:
        d, s = tables["drifts"], tables["shifts"]
        out["drift"] = f"{len(d):,} of {facts['n_series']:,} series drift by cumulative sums; {len(s):,} lasting changes of level in {s[['dimension', 'value']].drop_duplicates().shape[0]:,} series."  # fmt: skip
    if a["n"]:
        late = a["missed"] + a["open_past_due"]
        figures = tables["figures"].set_index("figure")
        median = "time to resolve, median"
        timed = f" Half are resolved within {hours(figures.loc[median, 'value'])} ({hours(figures.loc[median, 'low'])} to {hours(figures.loc[median, 'high'])})." if median in figures.index else ""  # fmt: skip
        out["time"] = f"{late:,} of {a['n']:,} missed their deadline; {a['share']:.1%} kept it ({a['low']:.1%} to {a['high']:.1%}). {a['not_due']:,} are not due or not known yet.{timed}"  # fmt: skip
    if tickets:
        little = facts["little"]
        law = f" Little's law: {little['open_mean']:,.0f} open on average, {little['expected']:,.0f} by arrivals and waits (ratio {little['ratio']:.2f})." if little else ""  # fmt: skip
        age = tables["ageing"]
        old = int(age.loc[age.index[-1], "n_open"]) if len(age) else 0
        out["backlog"] = (
            f"{int(q.tickets['is_open_now'].sum()):,} tickets are open at the clock, {old:,} of them for 14 days or more.{law}"
        )
    teams = tables["teams"]
    if len(teams):
        told = teams["verdict"].value_counts()
        out["teams"] = f"Of {len(teams):,} teams and vendors, {told.get('higher', 0)} miss more deadlines than the whole, {told.get('lower', 0)} fewer; for the others the data cannot tell. Nothing is ranked."  # fmt: skip
    out |= {k: text for k, text in (("outlook", outlook), ("appeals", contested), ("quality", agreed)) if text}
    if not agreed and reviewers and reviewers["findings"] >= LEAST_TWICE:
        low, high = reviewers["agreement_interval"]
        alpha = f"{reviewers['alpha']:.2f}" if reviewers["alpha"] is not None else "not defined"
        out["quality"] = f"{reviewers['agree']} of {reviewers['findings']} findings judged twice were judged alike ({low:.0%} to {high:.0%}); Krippendorff's alpha {alpha}."  # fmt: skip
    out["change"] = f"{len(tables['register']):,} draft records for the recommendations register." if findings else "Nothing was found that a recommendation could rest on."  # fmt: skip
    because = {
        "volume": "every series is too short or too thin to be judged in the window",
        "cause": "no series could be judged",
        "promise": "there is no history before the window that a forecast could be tried on; operations could supply 84 days",
        "drift": "no series is long enough",
        "time": NO_TICKETS if not tickets else "the export says of no ticket whether its deadline was kept; a due time would do",
        "backlog": NO_TICKETS,
        "outlook": NO_TICKETS if not tickets else "a forecast was not asked for, or arrivals were watched for less than four weeks or twice the days ahead",
        "teams": NO_TICKETS if not tickets else f"no deadline outcome is known per team or vendor ({'; '.join(f'{k}: {v}' for k, v in without.items() if k in ('team', 'vendor')) or 'fewer than two of them'})",
        "quality": "no quality reviews were given (parameter reviews), and too few findings of this case were judged twice; the reviewers' sample would carry it",
        "appeals": "no appeals were given (parameter appeals); the appeals team could supply them",
    }  # fmt: skip
    return [
        Answer(text, answer=out[k], rows_ref=_REFS.get(k, "") if len(tables.get(_HOLDS.get(k, ""), ())) else "")
        if k in out
        else Answer(text, because=because[k])
        for k, text in QUESTIONS.items()
    ]


_REFS = {
    "volume": "tables/queue_alarms.csv",
    "promise": "tables/queue_calibration.csv",
    "drift": "tables/queue_changes.csv",
    "time": "tables/queue_figures.csv",
    "backlog": "tables/queue_flow.csv",
    "outlook": "tables/queue_outlook.csv",
    "teams": "tables/queue_teams.csv",
    "quality": "tables/queue_reviews.csv",
    "appeals": "tables/queue_appeals.csv",
    "change": "tables/queue_register.csv",
}


_HOLDS = {
    "volume": "alarms",
    "promise": "calibration",
    "drift": "shifts",
    "time": "figures",
    "backlog": "flow",
    "outlook": "outlook",
    "teams": "teams",
    "quality": "agreement",
    "appeals": "appeals",
    "change": "register",
}
"""The study's table behind each of them: where it is empty, there is no file to point to."""


def reviewed(case: Any) -> dict[str, Any] | None:
    """Agreement of the reviewers of this case's findings, where any were judged; None otherwise."""
    from ..findings import Judgement

    held = case.judgements()
    if held.empty:
        return None
    names = set(Judgement.__dataclass_fields__)
    return agreement([Judgement(**{k: v for k, v in r.items() if k in names}) for r in held.to_dict("records")])


def limits(
    q: Queue, without: Mapping[str, str], left_out: Mapping[str, str], holidays: Collection[date] = ()
) -> tuple[str, ...]:
    """What these data and this method cannot show."""
    told = f"{len(holidays)} holidays count as Sundays" if holidays else "holidays were not told to the forecast"
    out = [
        f"Days are counted in UTC; {told}.",
        "Kaplan-Meier assumes that open tickets are like the others; a queue that leaves hard cases open breaks it.",
        "Alarms are not independent: one excess shows in the whole and in its slices.",
    ]
    if q.later:
        out.append(f"{q.later:,} tickets opened after the clock are left out.")
    if without:
        out.append("Dimensions not used: " + "; ".join(f"{k}, because {v}" for k, v in sorted(without.items())) + ".")
    if left_out:
        out.append(f"{len(left_out):,} published series are not judged; the table left_out says why.")
    return tuple(out)
