"""A queue of tickets: key figures, times, flow, alarms, what carries them, calibration, teams, the register."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from ._chart import bars, intervals
from ._chart_kinds import lines, step_curves
from ._view import View, view
from ._words import plural
from .contract import studied

STUDY = "escalation_trends"
_SERIES = {
    "at": "Bin begins (UTC)",
    "dimension": "Dimension",
    "value": "Value",
    "observed": "Observed",
    "expected": "Expected",
    "high": "Alarm from",
    "p": "p",
    "q": "q over all bins",
    "ratio": "Times expected",
    "method": "Method",
    "excess": "Above expected",
    "share": "Share of the excess",
}


def answer_of(study: Any, start: str) -> str:
    found = next(a for a in study.answers if a.question.startswith(start))
    return found.answer or f"Not answered, because {found.because}."


def some(table: pd.DataFrame) -> pd.DataFrame | None:
    return table if len(table) else None


@view(
    title="Key figures of the queue",
    summary="Lists intake, backlog, deadlines kept, times, reopenings and hand-offs with intervals and populations.",
    caveat="A figure holds for the tickets of the export, as they stood at the clock.",
)
def queue_figures(case: Any) -> View:
    study = studied(case, STUDY)
    table = study.table("figures")
    shown = table.assign(**{c: table[c].replace(math.inf, float("nan")) for c in ("value", "low", "high")})
    return View(
        name="queue_figures",
        title="Key figures",
        question="Are cases answered on time, and how much work is open?",
        lead=answer_of(study, "Are cases answered"),
        table=some(shown),
        labels={
            "figure": "Figure",
            "value": "Value",
            "low": "Low",
            "high": "High",
            "unit": "Unit",
            "n": "n",
            "note": "How",
        },
        caveats=(f"As of {study.facts['as_of']}. A time that half or nine in ten never reached stays empty.",),
        max_rows=20,
    )


@view(
    title="Time until resolved",
    summary="Draws the share of tickets still waiting by the time that went by, open ones counted while watched.",
    caveat="It assumes that open tickets are like the others.",
)
def queue_times(case: Any) -> View:
    study = studied(case, STUDY)
    curves = study.table("curves")
    figure = None
    if len(curves):
        longest = curves.groupby("clock")["time"].transform("max")
        # One point per half per cent of each curve is enough to draw.
        step = (curves["survival"] * 200).round()
        thin = curves[(step != step.shift()) | (curves["time"] == longest)]
        data = pd.DataFrame({"time": thin["time"] / 24, "value": thin["survival"], "low": thin["low"], "high": thin["high"], "series": thin["clock"]})  # fmt: skip
        figure = step_curves(data, title="Share of tickets still waiting", x_label="Days since opened", reference=0.5, reference_label="half")  # fmt: skip
    figures = study.table("figures")
    times = figures[figures["figure"].str.startswith("time to")] if len(figures) else figures
    return View(
        name="queue_times",
        title="Times",
        question="How long do cases wait?",
        lead="" if len(curves) else "No times of acknowledgement or resolution are in the data.",
        figure=figure,
        table=some(times.replace(math.inf, float("nan"))),
        labels={
            "figure": "Clock",
            "value": "Hours",
            "low": "Low",
            "high": "High",
            "unit": "Unit",
            "n": "n",
            "note": "How",
        },
        caveats=("Tickets without the event are counted as long as they were watched; none is dropped.",),
    )


@view(
    title="Flow of the queue",
    summary="Draws arrivals and ends per period with the backlog at its end, and deadlines kept by arrival.",
    caveat="The last period may be cut short by the end of the data.",
)
def queue_flow(case: Any) -> View:
    study = studied(case, STUDY)
    table = study.table("flow")
    figure = None
    if len(table):
        parts = [("arrived", "n_opened"), ("ended", "n_ended"), ("open at the end", "n_open_at_end")]
        long = pd.concat(
            [pd.DataFrame({"at": table["period_start"], "value": table[c], "series": s}) for s, c in parts]
        )
        figure = lines(long.reset_index(drop=True), title="Arrivals, ends and backlog", y_label="Tickets")
    return View(
        name="queue_flow",
        title="Flow and backlog",
        question="Do arrivals and ends balance?",
        lead=answer_of(study, "How large and how old"),
        figure=figure,
        table=some(table),
        labels={"period_start": "Period begins", "n_opened": "Arrived", "n_ended": "Ended", "balance": "Ended per arrived", "n_open_at_end": "Open at its end", "n_missed": "Missed", "kept": "Kept", "kept_low": "Low", "kept_high": "High"},
        caveats=("Deadlines are counted by the period in which a ticket arrived: late periods have had less time to miss theirs.",),
        max_rows=30,
    )  # fmt: skip


@view(
    title="Age of the backlog",
    summary="Counts open tickets by age, and how many are past their deadline.",
    caveat="Where the export holds closed tickets only, the backlog is empty by construction.",
)
def queue_ageing(case: Any) -> View:
    table = studied(case, STUDY).table("ageing")
    held = bool(len(table)) and int(table["n_open"].sum()) > 0
    figure = bars(table.rename(columns={"age": "label", "n_open": "value"})[["label", "value"]], title="Open tickets by age", x_label="Tickets") if held else None  # fmt: skip
    return View(
        name="queue_ageing",
        title="Age of open tickets",
        question="How old is the backlog?",
        lead="" if held else "No ticket is open at the clock.",
        figure=figure,
        table=table if held else None,
        labels={"age": "Age", "n_open": "Open", "n_past_due": "Past their deadline"},
    )


@view(
    title="Arrivals against the forecast",
    summary="Draws the whole queue, or the published series that alarms most, with its expected range and alarms.",
    caveat="A forecast knows weekdays and trend, not the events of the day.",
)
def queue_forecast(case: Any) -> View:
    study = studied(case, STUDY)
    table = study.table("series")
    alarms = study.table("alarms")
    figure = None
    name = ""
    if len(table):
        whole = table[table["dimension"] == "all"]
        top = alarms.iloc[0] if len(alarms) else table.iloc[0]
        own = (
            whole if len(whole) else table[(table["dimension"] == top["dimension"]) & (table["value"] == top["value"])]
        )
        name = "All arrivals" if len(whole) else f"{top['dimension']} ({top['value']})"
        data = own[["at", "expected", "high", "alarm"]].assign(value=own["observed"]).reset_index(drop=True)
        figure = lines(data, title=f"{name}: counted, expected, and from where on it is an alarm", y_label="Per bin")
    return View(
        name="queue_forecast",
        title="Arrivals against the forecast",
        question="Where is volume abnormal?",
        lead=answer_of(study, "Where is volume abnormal"),
        figure=figure,
        caveats=("Each value was forecast from what lay before it; nothing looks ahead.",),
    )


@view(
    title="Alarms of the queue",
    summary="Lists every bin of every series that alarms, with what was expected and the method used.",
    caveat="One excess shows in the whole and in its slices: alarms are not independent.",
)
def queue_alarms(case: Any, *, top: int = 25) -> View:
    study = studied(case, STUDY)
    table = study.table("alarms")
    columns = ["at", "dimension", "value", "observed", "expected", "high", "ratio", "p", "q", "method"]
    return View(
        name="queue_alarms",
        title="Alarms",
        question="Which series are above what their history lets one expect?",
        lead=f"{plural(len(table), 'bin')} of {study.facts['n_tests']:,} alarm at level {study.facts['alpha']:g}.",
        table=some(table[columns] if len(table) else table),
        labels=_SERIES,
        max_rows=top,
    )


@view(
    title="What carries an alarm",
    summary="Splits the excess of each alarm over the values of every dimension.",
    caveat="A share of an excess is no cause.",
)
def queue_contributions(case: Any, *, top: int = 40) -> View:
    table = studied(case, STUDY).table("contributions")
    shown = table[(table["excess"] > 0) & (table["share"] >= 0.1)] if len(table) else table
    columns = ["at", "dimension", "value", "observed", "expected", "excess", "share"]
    return View(
        name="queue_contributions",
        title="What carries each alarm",
        question="Which part of the queue holds the excess?",
        lead="" if len(shown) else "There is no alarm to split, or the data have no dimensions.",
        how_to_read="One value with most of a dimension's excess: it comes from there. All values alike: look at how cases are counted.",
        table=some(shown[columns] if len(shown) else shown),
        labels=_SERIES,
        max_rows=top,
    )


@view(
    title="Calibration of the alarms",
    summary="Shows how often alarms would have gone off on history before the window, with intervals.",
    caveat="Real spikes in the history count as false alarms.",
)
def queue_calibration(case: Any) -> View:
    study = studied(case, STUDY)
    table = study.table("calibration")
    held = table[table["n_bins"] > 0] if len(table) else table
    figure = None
    if len(held):
        data = pd.DataFrame({"label": held["alpha"].map("level {:g}".format), "value": held["share"], "low": held["low"], "high": held["high"]})  # fmt: skip
        figure = intervals(data, title="Share of bins that alarm where nothing was to be reported", x_label="Share")
    return View(
        name="queue_calibration",
        title="Do the alarms keep their promise here?",
        question="How often does an alarm go off for nothing on these data?",
        lead=answer_of(study, "Do the alarms keep"),
        figure=figure,
        table=some(held),
        labels={"alpha": "Level promised", "n_bins": "Bins", "n_alarms": "Alarms", "share": "Share", "low": "Low", "high": "High", "kept": "Within twice the level"},
    )  # fmt: skip


@view(
    title="Drift and changes of level",
    summary="Lists lasting changes of level and slow drift of every series.",
    caveat="Change points describe the past; they test nothing.",
)
def queue_changes(case: Any, *, top: int = 25) -> View:
    study = studied(case, STUDY)
    table = study.table("shifts")
    drifts = study.table("drifts")
    said = "; ".join(
        f"{r.dimension} {r.value} {r.direction} since {r.began:%Y-%m-%d}" for r in drifts.head(8).itertuples()
    )
    return View(
        name="queue_changes",
        title="Slow drift and lasting changes",
        question="Did the level change for good?",
        lead=answer_of(study, "Is there slow drift") + (f" Drift: {said}." if said else ""),
        table=some(table.sort_values("at", ascending=False, ignore_index=True)),
        labels={"dimension": "Dimension", "value": "Value", "at": "From", "before": "Before", "after": "After", "ratio": "Factor", "n_before": "Bins before", "n_after": "Bins after"},
        max_rows=top,
    )  # fmt: skip


@view(
    title="Teams and vendors",
    summary="Compares deadlines missed by team and vendor, small ones drawn towards the whole; no ranking.",
    caveat="Teams get different work: a difference is a question, not a verdict.",
)
def queue_teams(case: Any, *, top: int = 25) -> View:
    study = studied(case, STUDY)
    whole = study.table("teams")
    table, figure = whole.head(top), None
    if len(table):
        data = pd.DataFrame(
            {"label": table["value"], "value": table["pooled"], "low": table["low"], "high": table["high"]}
        )
        a = study.facts["deadlines"]
        figure = intervals(data, title="Share of deadlines missed, by size of the team", x_label="Share", reference=1 - a["share"], reference_label="the whole")  # fmt: skip
    return View(
        name="queue_teams",
        title="Teams and vendors",
        question="Do they differ, beyond what few cases show?",
        lead=answer_of(study, "Do teams or vendors"),
        figure=figure,
        table=some(whole),
        labels={"dimension": "Kind", "value": "Name", "n": "Tickets", "n_missed": "Missed", "raw": "Share", "pooled": "Share, pooled", "low": "Low", "high": "High", "verdict": "Against the whole"},
        caveats=("In the order of their number of tickets. Priorities and kinds of case are not held equal.",),
        max_rows=top,
    )  # fmt: skip


@view(
    title="Recommendations register",
    summary="Lists draft records for the register: problem, cause class, evidence, proposal, owner, due.",
    caveat="Drafts: people decide, estimate costs and measure the effect.",
)
def queue_register(case: Any) -> View:
    table = studied(case, STUDY).table("register")
    return View(
        name="queue_register",
        title="Recommendations register",
        question="What should process, policy or product change?",
        lead="" if len(table) else "Nothing was found that a recommendation could rest on.",
        table=some(table),
        labels={c: c.replace("_", " ").capitalize() for c in table.columns},
        max_rows=25,
    )
