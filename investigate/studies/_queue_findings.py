"""Findings of a queue: spikes, lasting changes of level, slow drift, deadlines missed; and the recommendations they carry.

Grades: E1 for one signal. E2 for a spike that is unlikely by chance even among all bins tested, that a shorter history and a longer
guard find as well, that a regression (not a flat rate) expected lower, and that no checked explanation accounts for.
Never more: counts of arrivals are one family of evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
from scipy.stats import binom

from .. import series
from ..findings import Alternative, Evidence, Finding
from ..packs.policy import PolicyPack
from ..proposals import propose
from ._making import make_finding
from ._queue_data import WHOLE
from ._queue_spikes import Judged, Key, explain, explain_published, shifted_together

NAME = "escalation_trends"
LIMITS = (
    "It counts arrivals of the export; what a count stands for is not in it.",
    "A forecast knows weekdays and a trend, not holidays and campaigns it was not told of.",
)
DAY = 86_400.0
FIRM = 0.01
"""Chance that any bin of a calm queue looks like this at which an alarm is more than a lead (Bonferroni over all bins tested)."""
REGISTER = {
    "trend": ("to be found out by review", "alerts explained", "none to accounts: nothing is enforced"),
    "breach": ("vendor process or staffing", "deadlines kept", "faster decisions may be worse ones"),
    "gap": ("guidance", "reviewers who agree", "labels before and after the change cannot be compared"),
}
"""Kind of finding -> class of its root cause, what a record would change, and its risk."""


def label(dimension: str, value: str) -> str:
    """A series in words."""
    if dimension == WHOLE:
        return "the whole queue"
    if ": " in dimension:  # a published series: the table's name and the column's
        return dimension.split(": ", 1)[1] + ("" if value == WHOLE else f" ({value})")
    return f"{dimension} {value}"


def robust(
    counts: pd.Series, at: pd.Timestamp, alpha: float, min_excess: int, holidays: Collection[date] = ()
) -> tuple[int, int]:
    """In how many of the checks the bin alarms again: a shorter history, a longer guard."""
    tries = ({"history": 42}, {"guard": 14})
    daily = series.width_s(counts) == DAY
    hits = 0
    for settings in tries if daily else ({"guard": 3},):
        row = series.spikes(counts, alpha=alpha, min_excess=min_excess, holidays=holidays, **settings)
        hits += bool(row.loc[row["at"] == at, "alarm"].any())
    return hits, len(tries) if daily else 1


def merged(alarms: pd.DataFrame) -> pd.DataFrame:
    """One row per series that stands for its alarms, with its strongest bin, `n_days` and `n_series` that alarm then.

    The same excess shows in the whole and in slices of it: of the slices that hold at least half of it, the one that is most
    above its own expectation stands for the bin.
    """
    rows = []
    for _, same in alarms.groupby("at", sort=True):
        excess = same["observed"] - same["expected"]
        whole = same["dimension"] == WHOLE
        least = 0.5 * float(excess[whole].max()) if whole.any() else 0.0
        narrow = same[~whole & (excess >= least)]
        best = (
            (narrow if len(narrow) else same)
            .sort_values(["ratio", "dimension", "value"], ascending=[False, True, True])
            .iloc[0]
        )
        rows.append(best.to_dict() | {"n_series": len(same)})
    if not rows:
        return pd.DataFrame(columns=[*alarms.columns, "n_series", "n_days"])
    out = pd.DataFrame(rows).sort_values(["p", "at"], ignore_index=True)
    out["n_days"] = out.groupby(["dimension", "value"])["at"].transform("size")
    return out.drop_duplicates(["dimension", "value"], ignore_index=True)


def spike_findings(
    judged: Judged,
    held: Mapping[Key, pd.Series],
    tickets: pd.DataFrame,
    dimensions: list[str],
    *,
    alpha: float,
    min_excess: int,
    as_of: datetime,
    top: int,
    fdr_q: float,
    together: list[pd.Timestamp],
    doubts: list[str],
    holidays: Collection[date] = (),
    pack: PolicyPack,
) -> list[Finding]:
    """A finding for each series that alarms, at most `top` of them; explained ones stay, graded down.

    `together` holds the days from which all series changed their level, `doubts` what is wrong with the data as a whole.
    """
    out = []
    at_level = judged.calibration[judged.calibration["alpha"] == alpha]
    loose = bool((at_level["kept"] == "no").any())
    for alarm in merged(judged.alarms).head(top).itertuples() if len(judged.alarms) else ():
        counts = held[alarm.dimension, alarm.value]
        others = (
            explain(alarm, judged.table, tickets, dimensions, together)
            if len(tickets)
            else explain_published(alarm, judged.table)
        )
        explained = any(a.verdict in ("explains", "partly") for a in others)
        hits, tried = robust(counts, alarm.at, alpha, min_excess, holidays)
        firm = not explained and hits == tried >= 2 and alarm.method != "flat rate" and not loose
        # With many alarms, false-discovery control lets single ones through that only chance made; here each stands alone.
        firm &= not doubts and alarm.p * judged.n_tests <= min(fdr_q, FIRM)
        grade, day, where = "E2" if firm else "E1", f"{alarm.at:%Y-%m-%d}", label(alarm.dimension, alarm.value)
        few = f"{alarm.expected:,.0f}" if alarm.expected >= 1 else "fewer than one"
        why = next((a.name for a in others if a.verdict in ("explains", "partly")), "")
        out.append(
            make_finding(
                NAME,
                "trend",
                f"{day}: {alarm.observed:,.0f} arrivals where {few} were expected, {where}"[:100],
                f"On {day}, {where} had {alarm.observed:,.0f} arrivals; {alarm.expected:,.1f} were expected ({alarm.method}), "
                f"and {alarm.high:,.0f} would have been an alarm. {alarm.n_series} series alarm in that bin"
                + (f"; this one alarms in {alarm.n_days} bins." if alarm.n_days > 1 else ".")
                + (f" Probable cause: {why}." if why else ""),
                key=f"{alarm.dimension}={alarm.value}",
                window=day,
                evidence=[
                    Evidence("volume", "one-sided negative-binomial tail of a forecast", float(alarm.observed), float(alarm.expected), float(alarm.q), judged.n_tests, "tables/queue_alarms.csv", "volume"),
                    Evidence("sensitivity", "alarms again with a shorter history and a longer guard", float(hits), None, None, tried, "tables/queue_alarms.csv", "volume"),
                ],
                alternatives=others,
                grade=grade,
                confidence="moderate: it holds with other settings" if firm else "low: one signal, or an explanation at hand",
                policy=policies(pack, alarm.dimension, alarm.value),
                limits=(*LIMITS, *doubts, *(("On these data alarms go off more often than promised: see the calibration.",) if loose else ())),
                recommended=[
                    propose("Open rapid_triage on the slice and read a sample", owner="investigations", as_of=as_of, grade=grade)
                    if not explained
                    else propose("Check the intake form and the tags of the day before anybody acts on the count", owner="operations", as_of=as_of, grade=grade)
                ],
            )
        )  # fmt: skip
    return out


def policies(pack: PolicyPack, dimension: str, value: str) -> list[dict[str, str]]:
    """What a person should read where the series is one policy area; nobody has judged whether it fits."""
    return pack.for_label(value) if dimension == "policy_area" else []


def level_findings(
    shifts: pd.DataFrame, held: Mapping[Key, pd.Series], start: pd.Timestamp, as_of: datetime, *, published: bool
) -> list[Finding]:
    """A lasting change of the whole queue's level (or of each published series) since `start`: a lead, with the artefact check."""
    recent = shifts[(shifts["at"] >= start) & (published | (shifts["dimension"] == WHOLE))]
    out = []
    for shift in recent.sort_values(["at", "dimension", "value"]).itertuples():
        wide, said = (
            (False, "each published series stands for itself") if published else shifted_together(shifts, held, shift.at, shift.ratio > 1)
        )  # fmt: skip
        name = label(shift.dimension, shift.value)
        cut = min(shift.n_before, shift.n_after)
        out.append(
            make_finding(
                NAME,
                "trend",
                f"{shift.at:%Y-%m-%d}: the level changed by the factor {shift.ratio:.2f}, {name}"[:100],
                f"From {shift.at:%Y-%m-%d} on, {name} has {shift.after:,.1f} per period after {shift.before:,.1f}."
                + (" All series change at once: probably the way of counting changed." if wide else ""),
                key=f"level {shift.dimension}={shift.value}",
                window=f"{shift.at:%Y-%m-%d}",
                evidence=[Evidence("level", "change point (PELT), retrospective", float(shift.after), float(shift.before), None, int(shift.n_before + shift.n_after), "tables/queue_changes.csv", "volume")],
                alternatives=[
                    Alternative("a change in how cases are counted (form, tags, outage)", "whether most series of every dimension change within three days", said, "not checked" if published else "explains" if wide else "does not explain"),
                    Alternative("a steady trend that looks like steps", "periods on either side", f"{shift.n_before} before, {shift.n_after} after", "partly" if cut < 14 and not published else "does not explain"),
                    Alternative("chance", "the size of the change against the level before", f"factor {shift.ratio:.2f}", "does not explain" if abs(shift.after - shift.before) > 3 * max(shift.before, 1) ** 0.5 / cut**0.5 else "partly"),
                ],
                grade="E1",
                confidence="low: a description, not a test",
                limits=LIMITS,
                recommended=[propose("Ask what changed at the intake that day, and date it in the series", owner="operations", as_of=as_of)],
            )
        )  # fmt: skip
    return out


def deadline_finding(a: Mapping[str, Any], tickets: pd.DataFrame, target: float, as_of: datetime) -> list[Finding]:
    """Deadlines kept below the target, with its whole interval: a count of what the source says, so grade E1."""
    if not a["n"] or a["high"] >= target:
        return []
    known = tickets[tickets["sla"].isin(["met", "missed", "open past due"])]
    bad = known["sla"] != "met"
    late = a["missed"] + a["open_past_due"]
    carried = known.loc[bad, "team"].fillna("(none)").value_counts()
    name, k = (str(carried.index[0]), int(carried.iloc[0])) if len(carried) else ("", 0)
    share = float((known["team"].fillna("(none)") == name).mean()) if name else 0.0
    never = known["resolved_at"].isna()
    other = bad[~never].mean() if (~never).any() else 0.0
    return [
        make_finding(
            NAME,
            "breach",
            f"Deadlines kept in {a['share']:.1%} of {a['n']:,} cases, target {target:.0%}",
            f"{late:,} of {a['n']:,} tickets whose outcome is known missed their deadline ({late / a['n']:.1%}); "
            f"95 % interval of those kept {a['low']:.1%} to {a['high']:.1%}. {a['open_past_due']:,} of them are open.",
            key="deadlines",
            window=f"{as_of:%Y-%m-%d}",
            evidence=[Evidence("deadlines", f"tickets past their deadline, against a queue that keeps {target:.0%} (binomial tail)", float(late), (1 - target) * int(a["n"]), float(binom.sf(late - 1, int(a["n"]), 1 - target)), int(a["n"]), "tables/queue_figures.csv", "timeliness")],
            alternatives=[
                Alternative("one team carries it", "the team with most missed deadlines against its share of tickets", f"{name}: {k / max(late, 1):.0%} of the missed, {share:.0%} of the tickets" if name else "no team is named", "partly" if name and late and k / late > max(0.5, 1.5 * share) else "does not explain"),
                Alternative("tickets closed without being resolved", "the share missed among those that were resolved", f"{float(other):.1%} of {int((~never).sum()):,}", "explains" if 1 - float(other) >= target else "does not explain"),
                Alternative("waiting for others counts as our time", "hold times", "the data hold no pauses" if not tickets["hold_seconds"].notna().any() else "pauses are in the data, the source's verdict stands", "not checked"),
            ],
            grade="E1",
            confidence="moderate: the source's own verdict, on every ticket it gives",
            limits=("Whether a deadline was right for a case is not in the data.", *LIMITS[:1]),
            recommended=[propose("Review staffing and routing where deadlines are missed most, beginning with open tickets past due", owner="operations", as_of=as_of, horizon="mid-term")],
        )
    ]  # fmt: skip


def register(findings: list[Finding], as_of: datetime) -> pd.DataFrame:
    """Draft records of the recommendations register, one per finding; people decide what becomes of them."""
    rows = []
    for f in findings:
        explained = next((a.name for a in f.alternatives if a.verdict == "explains"), "")
        root, metric, risk = REGISTER[f.type]
        root = "tooling gap" if explained else root
        first = f.evidence[0]
        rows.append(
            {
                "problem": f.title,
                "root_cause_class": root,
                "evidence": f"{f.finding_id}: observed {first.observed:,.4g}, expected {first.expected or 0:,.4g}, n {first.n:,}",
                "proposal": f.recommended[0]["action"],
                "owner_function": f.recommended[0]["owner"],
                "expected_metric_change": f"{metric}: to be estimated before it is tried",
                "cost": "to be estimated",
                "risk": risk,
                "due": (as_of + timedelta(days=14)).date().isoformat(),
                "status": "draft",
                "measured_effect": "",
            }
        )
    columns = ["problem", "root_cause_class", "evidence", "proposal", "owner_function", "expected_metric_change", "cost", "risk", "due", "status", "measured_effect"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
