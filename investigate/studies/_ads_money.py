"""What was paid and shown: ranges per currency, never across currencies and never a midpoint; dates; how long ads ran."""

from __future__ import annotations

from math import fsum
from typing import Any

import pandas as pd

from ..series import kaplan_meier, wilson

NO_CURRENCY = "not stated"
MOSTLY_NOTHING = 0.5
"""Share of a currency's ads with the amount 0 from which its amounts are called unreliable."""

SPEND_COLUMNS = (
    *("currency", "n_ads", "n_stated", "n_zero", "n_shown_for_nothing", "n_open", "n_never_shown"),
    *("spend_low", "spend_high", "n_without_content", "spend_without_content", "reliable", "why"),
)


def spend(ads: pd.DataFrame) -> pd.DataFrame:
    """Amounts per currency.

    Parameters
    ----------
    ads : DataFrame
        The table `ads`, with `has_content`: whether the ad is in `content`, and so in every other section.

    Returns
    -------
    DataFrame
        currency, n_ads, n_stated (with an amount), n_zero (the amount is 0), n_shown_for_nothing (shown, and the amount is
        0), n_open (no upper bound: the sum of upper bounds is a least value), n_never_shown, spend_low and spend_high
        (sums of the bounds, in the currency), n_without_content and spend_without_content (of the ads set aside; upper
        bounds), reliable, why. Currencies are rows: nothing adds them.
    """
    rows = []
    names = ads["currency"].fillna(NO_CURRENCY)
    for currency, part in ads.groupby(names, sort=True):
        stated = part[part["spend_low"].notna() | part["spend_high"].notna()]
        zero = stated["spend_high"].eq(0)
        shown_free = int((zero & stated["impressions_high"].gt(0)).sum())
        aside = part[~part["has_content"]]
        why = _doubt(str(currency), len(stated), int(zero.sum()), shown_free)
        rows.append(
            (
                *(currency, len(part), len(stated), int(zero.sum()), shown_free),
                *(int((stated["spend_low"].notna() & stated["spend_high"].isna()).sum()),),
                *(int(part["impressions_high"].eq(0).sum()), _sum(part["spend_low"]), _sum(part["spend_high"])),
                *(len(aside), _sum(aside["spend_high"]), not why, why),
            )
        )
    return pd.DataFrame(rows, columns=list(SPEND_COLUMNS))


def _doubt(currency: str, stated: int, zero: int, shown_free: int) -> str:
    if not stated:
        return "no amount is stated"
    if currency == NO_CURRENCY:
        return "amounts without a currency"
    if zero > MOSTLY_NOTHING * stated:
        shown = f", also of {shown_free:,} that were shown" if shown_free else ""
        return f"{zero:,} of {stated:,} amounts are 0{shown}: the field mostly holds no amount"
    return ""


def _sum(values: pd.Series) -> float:
    return round(fsum(values.dropna()), 2)


def never_shown(ads: pd.DataFrame) -> tuple[int, int, float, float]:
    """Ads with no impression, ads that state impressions, and the interval of the share (0 to 1)."""
    known = ads["impressions_high"].dropna()
    never = int((known == 0).sum())
    low, high = wilson(never, len(known))[1:] if len(known) else (float("nan"), float("nan"))
    return never, len(known), low, high


def dated(ads: pd.DataFrame, as_of: Any) -> pd.DataFrame:
    """The ads with what their dates allow.

    Adds `state`: 'impossible' (it ends before it begins), 'no beginning', 'live' (the source says it runs, or its end is yet
    to come), 'ended', or 'end not known'; and `days` it ran, up to `as_of` for live ones.
    """
    out = ads.copy()
    at = pd.Timestamp(as_of)
    begun, end = out["started_at"], out["ended_at"]
    out["state"] = "end not known"
    out.loc[end.notna() & (end <= at), "state"] = "ended"
    out.loc[(out["status"].eq("active") & end.isna()) | (end > at), "state"] = "live"
    out.loc[begun.isna(), "state"] = "no beginning"
    out.loc[begun.notna() & end.notna() & (end < begun), "state"] = "impossible"
    until = end.where(out["state"] == "ended", at)
    out["days"] = ((until - begun).dt.total_seconds() / 86_400).where(out["state"].isin(["ended", "live"]))
    out.loc[out["days"] < 0, "days"] = float("nan")  # it begins after the clock of this run
    return out


def survival(ads: pd.DataFrame) -> pd.DataFrame:
    """The share of ads still running after so many days; live ads count as long as they were seen to run.

    Returns
    -------
    DataFrame
        days, share, low, high, at_risk, n_ended; empty where no ad has both ends.
    """
    usable = ads[ads["days"].notna()]
    if not (usable["state"] == "ended").any():
        return pd.DataFrame(columns=["days", "share", "low", "high", "at_risk", "n_ended"])
    curve = kaplan_meier(usable["days"].to_numpy(), (usable["state"] == "ended").to_numpy())
    return curve.rename(columns={"time": "days", "survival": "share", "n_events": "n_ended"})


def written(currency: str, low: float, high: float, n_open: int = 0) -> str:
    """A range in words: 'RUB 5,822,554.92', 'EUR 100 to 199', 'EUR 100 or more'."""

    def amount(value: float) -> str:
        return f"{value:,.2f}" if value % 1 else f"{value:,.0f}"

    if n_open:
        return f"{currency} {amount(low)} or more ({n_open:,} without an upper bound)"
    return f"{currency} {amount(low)}" if low == high else f"{currency} {amount(low)} to {amount(high)}"
