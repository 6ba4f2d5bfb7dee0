"""Proposed actions: who, what, until when looked at again, and whether the evidence carries it. People decide; this proposes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from .errors import InputError
from .findings import GRADES

HORIZONS = ("now", "mid-term")


def propose(
    action: str,
    *,
    owner: str,
    as_of: datetime,
    horizon: str = "now",
    effect: str = "",
    risk: str = "",
    reversible: bool = True,
    needs: str = "E0",
    grade: str = "E0",
    review_days: int | None = None,
) -> dict[str, Any]:
    """One proposed action as a record of a finding or a study.

    Parameters
    ----------
    action : str
        Begins with a verb; never an enforcement against accounts by membership alone.
    owner : str
        A function ("investigations", "ads integrity", "legal"), never a person.
    as_of : datetime
        The run's clock; `review_by` counts from it.
    horizon : str
        "now" (within 24 hours) or "mid-term".
    needs, grade : str
        The evidence grade the action needs, and the one that stands behind it: `ceiling_ok` compares them.
    review_days : int, optional
        Days until the action is looked at again; by default 1 for "now" and 14 for "mid-term".

    Raises
    ------
    InputError
        No owner, or an unknown horizon or grade.
    """
    problems = [f"horizon '{horizon}' is not one of {', '.join(HORIZONS)}"] if horizon not in HORIZONS else []
    problems += [f"grade '{g}' is not one of {', '.join(GRADES)}" for g in (needs, grade) if g not in GRADES]
    problems += ["no owner is named"] if not owner.strip() else []
    if problems:
        raise InputError("; ".join(problems), f"proposed action '{action}'", "name a function and a known horizon")
    days = review_days if review_days is not None else 1 if horizon == "now" else 14
    return {
        "action": action,
        "horizon": horizon,
        "owner": owner,
        "effect": effect,
        "risk": risk,
        "reversible": reversible,
        "ceiling_ok": grade >= needs,
        "review_by": (as_of + timedelta(days=days)).date().isoformat(),
    }
