"""Rapid triage of an unknown issue: what it is, how big, how fast, whom it affects, one thing or several, what next.

    scope -> tops, texts, terms, addressed, places, ages -> threads -> groups -> rules -> priority -> answers

Nothing is asserted here that the engine of coordinated behaviour does not support; everything else is a lead or a number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..errors import InputError
from ..findings import Finding
from ..packs import policy_pack as read_pack
from ..study import Study
from . import _triage_content as content
from . import _triage_priority as urgency
from . import _triage_rules as rules
from . import _triage_story as story
from ._making import clock
from ._triage_picture import Picture
from ._triage_threads import LARGE, threads, verdict
from ._triage_volume import scope

NAME = "rapid_triage"
LEAST_ACCOUNTS = 3
CROWD_EACH = 1.5
"""Contents for each account on the main thread up to which it is a crowd that passes something on."""


def rapid_triage(
    case: Any,
    *,
    as_of: str = "",
    policy_pack: str = "",
    window_start: str = "",
    window_end: str = "",
    baseline_days: int = 28,
    anomaly_alpha: float = 0.001,
    near_dup_threshold: float = 0.8,
    seed_terms: Sequence[str] = (),
    severity: str = "",
    known_groups: Any = "",
    window: str | float = "auto",
    min_shared: int = 2,
    fdr_q: float = 0.01,
    seed: int = 0,
    top_n: int = 10,
) -> Study:
    """A first picture of an issue nobody has looked at, with the template to open next.

    Parameters
    ----------
    as_of : str
        The run's clock; empty for the last time in the data. Later contents are left out of every count, but not out of the
        groups, for which the case is asked as it stands.
    window_start, window_end : str
        The issue, where it is known; empty for everything the case holds.
    baseline_days : int
        Days before the peak that it is compared with.
    anomaly_alpha : float
        Level at which one hour counts as loud.
    near_dup_threshold : float
        Jaccard similarity from which two texts count as nearly equal.
    seed_terms : sequence of str
        Words that would make the issue worse or tell what it is about; nothing is searched for that was not supplied.
    severity : str
        S0 to S4 as a person sees it; empty counts as neutral and is marked as assumed.
    known_groups, window, min_shared, fdr_q, seed
        As in `Case.relate`, `Case.score` and `Case.group`.
    top_n : int
        Rows of each table of tops.

    Returns
    -------
    Study
        Kept in the case with its findings. Tables: hours, top, concentration, texts, terms, affected, seeded, places, ages,
        threads, rules, suggestions, priority, needs.

    Raises
    ------
    InputError
        A time, a policy pack or a severity cannot be used.

    Notes
    -----
    It misleads where the export was made by searching for the answer (by a tag, by a list of accounts): then that tag or
    those accounts dominate by construction. The points of the rules rank templates; they measure nothing.

    The groups are found anew, with these settings: groups that another template found in the same case before are replaced.
    """
    if severity not in ("", "S0", "S1", "S2", "S3", "S4"):
        raise InputError(f"'{severity}' is no severity", "parameter severity", "give S0, S1, S2, S3, S4 or nothing")
    at, pack, con = clock(case, as_of), read_pack(policy_pack), case.connection()
    found, no_groups = _groups(case, known_groups, window, min_shared, fdr_q, seed)
    area = scope(con, at, window_start, window_end, baseline_days, anomaly_alpha)
    top, concentration = content.tops(con, top_n)
    texts, text_facts = content.repeated(con, near_dup_threshold, top_n)
    part = "peak" if area.peak else "focus"
    thread_table, thread_facts = threads(con, part, top_n)
    terms = content.novel(con, 3 * top_n)
    seeded = content.seeded(con, seed_terms)
    measures = {
        **rules.held(con),
        "groups": float(len(found)),
        "groups_supported": float(sum(f.status == "supported" for f in found)),
        "texts_shared": float(text_facts["shared"]),  # type: ignore[arg-type]
        "peak_ratio": area.ratio,
        "doubling_h": area.doubling_h[0],
        "new_share": _new(terms, area.n_peak),
        "seeded": float(seeded["n_contents"].max() / max(area.n_issue, 1)) if len(seeded) else math.nan,
        **_main_thread(thread_table),
    }
    judged = rules.judge(measures)
    loudest = area.loudest
    per_hour = float(loudest["n_contents"]) if loudest is not None else 0.0
    parts = {
        "severity": urgency.ladder(severity),
        "reach": urgency.reach(per_hour, area.doubling_h[0]) if area.n_issue else math.nan,
        "novelty": measures["new_share"],
    }
    scored, score, band = urgency.priority(parts)
    picture = Picture(
        as_of=at,
        scope=area,
        measures=measures,
        findings=found,
        no_groups=no_groups,
        top=top,
        concentration=concentration,
        texts=texts,
        text_facts=text_facts,
        threads=thread_table,
        thread_facts=thread_facts,
        thread_verdict=verdict(thread_facts),
        terms=terms,
        affected=content.addressed(con, top_n),
        seeded=seeded,
        places=content.places(con),
        ages=content.creation(con),
        rules=judged,
        suggestions=rules.suggest(judged),
        priority=scored,
        score=score,
        band=band,
        severity=severity,
    )
    con.execute("drop table triage_content")
    con.execute("drop table triage_edges")
    study, leads = story.told(picture, pack, anomaly_alpha)
    case.conclude(study, leads)
    return study


def _groups(
    case: Any, known_groups: Any, window: str | float, min_shared: int, fdr_q: float, seed: int
) -> tuple[list[Finding], str]:
    """The findings of the case's own method, and why there can be none."""
    try:
        case.relate(window=window, min_shared=min_shared)
    except InputError as error:
        return [], error.what
    case.score(fdr_q=fdr_q, known_groups=known_groups)
    case.group(seed=seed)
    return case.find(template=NAME), ""


def _new(terms: pd.DataFrame, n_peak: int) -> float:
    """The largest share of the peak that one word or tag takes which the part compared with never has."""
    if not n_peak:
        return math.nan
    new = terms[terms["new"].astype(bool)]
    return float(new["n_peak"].max() / n_peak) if len(new) else 0.0


def _main_thread(table: pd.DataFrame) -> dict[str, float]:
    """How the largest thread is carried: contents for each account, and accounts where each adds little."""
    if table.empty:
        return {"thread_per_account": math.nan, "crowd": math.nan}
    first = table.iloc[0]
    many, per = float(first["n_accounts"]), float(first["per_account"])
    # Two accounts that repeat themselves are an account's habit, and a small thread is a hobby: neither is the issue.
    few = per if many >= LEAST_ACCOUNTS and first["share"] >= LARGE else 0.0
    return {"thread_per_account": few, "crowd": many if per <= CROWD_EACH else 0.0}
