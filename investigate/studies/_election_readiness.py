"""Whether the team's queue keeps up: cases against forecast, deadlines kept, languages covered; only where a queue is in the case."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..packs.market import MarketProfile
from ..series import bins, spikes, wilson
from ..store import frame


def readiness(case: Any, profile: MarketProfile, alpha: float) -> tuple[pd.DataFrame, str]:
    """gauge, value, low, high, n, note; and why there is nothing to say where the case holds no queue."""
    con = case.connection()
    queue = frame(
        con, "select opened_at, language, sla_met, is_open from escalations order by opened_at, escalation_id"
    )
    if queue.empty:
        return pd.DataFrame(columns=["gauge", "value", "low", "high", "n", "note"]), (
            "the case holds no queue; load the escalations of the same period (`investigate load`)"
        )
    rows: list[tuple[Any, ...]] = [("Cases opened", len(queue), None, None, len(queue), "")]
    still = int(queue["is_open"].fillna(False).sum())
    rows.append(("Still open", still, None, None, len(queue), "at the end of the export"))
    told = queue["sla_met"].dropna()
    if len(told):
        share, low, high = wilson(int(told.sum()), len(told))
        rows.append(("Deadlines kept, share", share, low, high, len(told), "of the cases for which the source says so"))
    held = {str(x).partition("-")[0].casefold() for x in queue["language"].dropna() if str(x).strip()}
    if held:
        wanted = {language.code.partition("-")[0] for language in profile.languages}
        note = f"languages of the market without a case: {', '.join(sorted(wanted - held)) or 'none'}"
        rows.append(("Languages with cases", len(held & wanted), None, None, len(wanted), note))
    days = _days(case, queue, alpha)
    if len(days):
        over = days[days["alarm"]]
        note = ", ".join(f"{d.at:%Y-%m-%d}: {d.observed:.0f}, expected {d.expected:.1f}" for d in over.itertuples())
        rows.append(("Days above forecast", len(over), None, None, int(days["p"].notna().sum()), note))
    table = pd.DataFrame(rows, columns=["gauge", "value", "low", "high", "n", "note"])
    return table.astype({"value": float, "low": float, "high": float}), ""


def _days(case: Any, queue: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """The days of the window against a forecast from the days before; empty where nothing came before."""
    before = case.before()
    if before is None:
        return pd.DataFrame()
    with before as con:
        past = frame(con, "select opened_at from escalations")["opened_at"]
    if past.empty:
        return pd.DataFrame()
    counts = bins([*past, *queue["opened_at"]], "1D")
    judged = spikes(counts, alpha=alpha)
    return judged[judged["at"] >= queue["opened_at"].min().floor("1D")]
