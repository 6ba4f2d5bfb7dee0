"""What every study needs: the run's clock, and findings in the contract's form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from ..errors import InputError
from ..findings import GRADES, Alternative, Evidence, Finding, check, finding_id
from ..packs.policy import DefaultAction
from ..proposals import propose


def clock(case: Any, as_of: str = "") -> datetime:
    """The only clock of a run: `as_of` where it is given, else the last time in the data or the end of its period; UTC.

    Raises
    ------
    InputError
        `as_of` is no date or time.
    """
    if not as_of:
        last = max(pd.Timestamp(d.last_at) for d in case.datasets).to_pydatetime().astimezone(UTC)
        return min(last, datetime.fromisoformat(case.period.end)) if case.period.end else last
    try:
        at = pd.Timestamp(as_of)
    except ValueError as error:
        raise InputError(
            f"'{as_of}' is no date or time", "parameter as_of", "write it like 2026-11-03T06:00Z"
        ) from error
    return (at.tz_localize(UTC) if at.tzinfo is None else at.tz_convert(UTC)).to_pydatetime()


def make_finding(
    template: str,
    kind: str,
    title: str,
    statement: str,
    *,
    key: str = "",
    members: Sequence[str] = (),
    window: str = "",
    evidence: Iterable[Evidence],
    alternatives: Iterable[Alternative],
    grade: str,
    confidence: str,
    limits: Iterable[str],
    impact: Mapping[str, Any] | None = None,
    policy: Iterable[Mapping[str, str]] = (),
    recommended: Iterable[Mapping[str, Any]] = (),
    framework_tags: Iterable[Mapping[str, str]] = (),
    likelihood: str | None = None,
) -> Finding:
    """A checked finding; its identifier comes from its members, or from `key` where it speaks of no accounts.

    Parameters
    ----------
    kind : str
        cluster, anomaly, link, match, trend, breach or gap.
    key : str
        What the finding is about where it has no members: the series and its period, the narrative.
    members : sequence of str
        Accounts.
    grade : str
        E0 to E3; E2 and above come out as *supported*, the rest as *lead*.

    Raises
    ------
    InputError
        The finding breaks the contract (`investigate.findings.check`).
    """
    ids = sorted(members)
    return check(
        Finding(
            finding_id=finding_id(template, kind, ids or [key], window),
            type=kind,
            title=title[:100],
            statement=statement,
            members=ids,
            n_members=len(ids),
            n_core=len(ids),
            evidence=list(evidence),
            evidence_grade=grade,
            confidence=confidence,
            alternatives=list(alternatives),
            limits=list(limits),
            status="supported" if grade >= "E2" else "lead",
            ceiling=GRADES[grade][1],
            likelihood=likelihood,
            impact=dict(impact or {}),
            policy=[dict(p) for p in policy],
            framework_tags=[dict(t) for t in framework_tags],
            recommended=[dict(r) for r in recommended],
            template=template,
        )
    )


def proposed(action: DefaultAction, *, as_of: datetime, grade: str) -> dict[str, Any]:
    """A default action of a policy pack as a proposal that evidence of some grade stands behind."""
    return propose(
        action.action,
        owner=action.owner,
        as_of=as_of,
        horizon=action.horizon,
        effect=action.effect,
        risk=action.risk,
        reversible=action.reversible,
        needs=action.needs,
        grade=grade,
        review_days=action.review_days,
    )


def counted(n: int, noun: str) -> str:
    """'1 ad', '2 ads', '3 families'."""
    many = noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"
    return f"{n:,} {noun if n == 1 else many}"
