"""Escalation trends: is volume abnormal and why, are cases answered on time, who differs, what should change.

queue | published counts -> key figures -> spikes, drift, change points -> artefact checks -> findings -> register
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from ..packs import policy_pack as read_pack
from ..proposals import propose
from ..study import Study
from . import _queue_data as data
from . import _queue_findings as made
from . import _queue_kpis as kpis
from . import _queue_outlook as ahead
from . import _queue_quality as quality
from . import _queue_spikes as spikes
from . import _queue_told as told
from ._making import proposed

NAME = made.NAME


def escalation_trends(
    case: Any,
    *,
    as_of: str = "",
    window_start: str = "",
    period: str = "week",
    dimensions: Sequence[str] = (),
    min_series_total: int = 50,
    spike_alpha: float = 0.001,
    min_excess: int = 5,
    baseline_weeks: int = 12,
    drift_cusum_k: float = 0.5,
    drift_cusum_h: float = 5.0,
    fdr_q: float = 0.05,
    sla_target: float = 0.9,
    qa_min_n: int = 30,
    policy_pack: str = "",
    reviews: str = "",
    appeals: str = "",
    holidays: Sequence[str] = (),
    forecast_days: int = 14,
    top_n: int = 8,
) -> Study:
    """Key figures, alarms and recommendations of a queue of tickets, of published counts, or of both.

    Parameters
    ----------
    as_of : str
        The run's clock; empty for the last time that any ticket tells of. Tickets are seen as they stood then.
    window_start : str
        Alarms are looked for from here on; empty for the last 7, 28 or 92 days of arrivals by `period`. The history before
        it shows how often alarms go off for nothing.
    period : str
        Rows of the table of flow: day, week or month.
    dimensions : sequence of str
        Columns of `escalations` whose values are series of their own; empty for all that tell tickets apart.
    min_series_total : int
        Tickets a series needs.
    spike_alpha, min_excess, baseline_weeks
        Level, least excess and history of an alarm; see `investigate.series.spikes`.
    drift_cusum_k, drift_cusum_h
        See `investigate.series.drift`.
    fdr_q : float
        Expected share of false alarms among all alarms of all series.
    sla_target : float
        Share of deadlines to be kept.
    qa_min_n : int
        Tickets a team needs before anything is said about it.
    policy_pack : str
        A pack whose areas, or policies, are called as the queue's policy areas are; empty for the bundled sample.
    reviews, appeals : str
        CSV files; see `read_reviews` and `read_appeals`. Empty: those questions stay open.
    holidays : sequence of str
        Days that count as Sundays, like 2026-12-25.
    forecast_days : int
        Days to look ahead to; 0 for none.

    Returns
    -------
    Study
        Kept in the case with its findings. Tables: figures, curves, flow, ageing, outlook, tries, teams, series, alarms,
        contributions, calibration, drifts, shifts, agreement, confusions, errors, appeals, register, left_out.

    Raises
    ------
    InputError
        A parameter cannot be used, or the case holds neither tickets nor counts.

    Notes
    -----
    It misleads where the export is itself a selection (only closed tickets, only one team).
    """
    data.check(period, spike_alpha, case)
    pack, free = read_pack(policy_pack), tuple(date.fromisoformat(d) for d in holidays)
    reviewed = quality.read_reviews(reviews) if reviews else None
    appealed = quality.read_appeals(appeals) if appeals else None
    q = data.queue(case, as_of)
    used, without = data.usable(q.tickets, dimensions)
    held = data.daily(q, used, min_series_total)
    printed, left_out = data.published(case, q.as_of, min_series_total)
    ends = [q.intake_end] if held else [s.index[-1] for s in printed.values()]
    back = pd.Timedelta(days=data.PERIODS[period][1] if held else 366)
    start = pd.Timestamp(data.clock(case, window_start)) if window_start else max(ends, default=q.intake_end) - back
    history = 7 * baseline_weeks
    judging = {"alpha": spike_alpha, "min_excess": min_excess, "start": start, "fdr_q": fdr_q, "holidays": free}
    own = spikes.judge(held, history=history, **judging)
    public = spikes.judge(printed, history=None, **judging)
    judged = own if held else public
    everything = held | printed
    shifts, drifts = spikes.shifts(everything), spikes.drifts(everything, drift_cusum_k, drift_cusum_h)
    deadlines = kpis.attainment(q.tickets)
    gaps = data.silent_days(q) if held else pd.DatetimeIndex([], tz="UTC")
    doubts = data.doubts(case, gaps)
    settings: dict[str, Any] = {
        "alpha": spike_alpha,
        "min_excess": min_excess,
        "as_of": q.as_of,
        "top": top_n,
        "fdr_q": fdr_q,
        "together": spikes.changed_together(shifts, held),
        "doubts": doubts,
        "holidays": free,
        "pack": pack,
    }
    agreed = quality.reviewed(reviewed, q.tickets, qa_min_n) if reviewed is not None else None
    contested = quality.appealed(appealed, q.tickets, qa_min_n, pd.Timestamp(q.as_of)) if appealed is not None else None
    coming = ahead.outlook(q, held, forecast_days, history, free)
    findings = made.spike_findings(own, held, q.tickets, used, **settings)
    findings += made.spike_findings(public, printed, q.tickets.iloc[:0], [], **settings) if not held else []
    findings += made.level_findings(shifts, everything, start, q.as_of, published=not held)[:top_n]
    findings += made.deadline_finding(deadlines, q.tickets, sla_target, q.as_of)
    findings += quality.agreement_finding(agreed, q.tickets, q.as_of)
    if policy_pack:
        findings = [
            replace(
                f,
                recommended=[
                    *f.recommended,
                    *(proposed(a, as_of=q.as_of, grade=f.evidence_grade) for a in pack.actions_for(NAME, f.type)),
                ],
            )
            for f in findings
        ]
    merged = made.merged(judged.alarms)
    parts = [spikes.contributions(own.table, at, used) for at in merged["at"]] if held and len(merged) else []
    tables = {
        "figures": kpis.figures(q) if len(q.tickets) else pd.DataFrame(columns=["figure", "value", "low", "high", "unit", "n", "note"]),
        "curves": kpis.waits(q)[1] if len(q.tickets) else pd.DataFrame(),
        "flow": kpis.flow(q, period) if len(q.tickets) else pd.DataFrame(),
        "ageing": kpis.ageing(q) if len(q.tickets) else pd.DataFrame(),
        "teams": _teams(q, used, qa_min_n),
        "series": judged.table,
        "alarms": judged.alarms,
        "merged": merged,
        "contributions": pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(),
        "calibration": judged.calibration,
        "drifts": drifts,
        "shifts": shifts,
        "outlook": coming.forecast.bins if coming else pd.DataFrame(),
        "tries": coming.tries if coming else pd.DataFrame(),
        "agreement": agreed.agreement if agreed else pd.DataFrame(),
        "confusions": agreed.confusions if agreed else pd.DataFrame(),
        "errors": agreed.errors if agreed else pd.DataFrame(),
        "appeals": contested.table if contested else pd.DataFrame(),
        "register": made.register(findings, q.as_of),
        "left_out": pd.DataFrame(sorted(left_out.items()), columns=["series", "because"]),
    }  # fmt: skip
    facts = {
        "as_of": q.as_of.isoformat(),
        "window_start": start.isoformat(),
        "deadlines": {k: v if pd.notna(v) else None for k, v in deadlines.items()},
        "little": kpis.little(q) if len(q.tickets) else {},
        "n_tests": judged.n_tests,
        "n_series": len(everything),
        "dimensions": used,
        "without": without,
        "alpha": spike_alpha,
    }
    study = Study(
        name=NAME,
        bottom_line=" ".join([_bottom_line(q, findings, deadlines, len(judged.alarms), judged.n_tests), *doubts]),
        numbers=_numbers(q, tables, deadlines),
        tables=tables,
        answers=tuple(told.answers(q=q, tables=tables, findings=findings, facts=facts | {"deadlines": deadlines}, reviewers=told.reviewed(case), without=without, outlook=ahead.said(coming), agreed=quality.quality_answer(agreed), contested=quality.appeals_answer(contested))),
        limits=(*doubts, *told.limits(q, without, left_out, free), *quality.left_out(agreed.left_out if agreed else {}, "Reviews"), *quality.left_out(contested.left_out if contested else {}, "Appeals")),
        proposals=(propose("Read the alarms with their explanations, and close those that are explained", owner="operations", as_of=q.as_of),),
        facts=facts,
    )  # fmt: skip
    case.conclude(study, findings)
    return study


def _teams(q: data.Queue, used: list[str], least: int) -> pd.DataFrame:
    parts = [kpis.pooled(q.tickets, name, least) for name in ("team", "vendor") if name in used]
    parts = [p for p in parts if len(p)]
    return (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["dimension", "value", "n", "verdict"])
    )


def _bottom_line(q: data.Queue, findings: list[Any], a: dict[str, Any], n_alarms: int, n_tests: int) -> str:
    late = a["missed"] + a["open_past_due"]
    out = []
    if len(q.tickets):
        out.append(f"{len(q.tickets):,} tickets, {int(q.tickets['is_open_now'].sum()):,} of them open at the clock.")
    if a["n"]:
        out.append(
            f"{late:,} of {a['n']:,} missed their deadline; {a['share']:.1%} kept it ({a['low']:.1%} to {a['high']:.1%})."
        )
    explained = sum(any(x.verdict == "explains" for x in f.alternatives) for f in findings)
    if n_tests:
        n = sum(f.type == "trend" for f in findings)
        out.append(
            f"{n_alarms:,} of {n_tests:,} bins alarm; {n} findings of volume, {explained} with an explanation at hand."
        )
    else:
        out.append("Volume could not be judged: the series are too short or too thin.")
    return " ".join(out)


def _numbers(q: data.Queue, tables: dict[str, pd.DataFrame], a: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    out: list[tuple[str, Any]] = []
    if len(q.tickets):
        out += [("Tickets", len(q.tickets)), ("Open at the clock", int(q.tickets["is_open_now"].sum()))]
    if a["n"]:
        out += [
            ("Deadlines missed", a["missed"] + a["open_past_due"]),
            ("Deadlines known", a["n"]),
            ("Kept", f"{a['share']:.1%}"),
        ]
    return (
        *out,
        ("Series", len(tables["series"].groupby(["dimension", "value"]))),
        ("Bins that alarm", len(tables["alarms"])),
    )
