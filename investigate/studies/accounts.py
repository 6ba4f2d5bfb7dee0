"""The study of coordinated behaviour: its questions answered, account signals of each group, proposals, policies.

It runs after `case.find()`, adds nothing to the grades (which `find` gave, account signals included), and dates what is
proposed by the run's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from .. import signals
from ..errors import InputError
from ..findings import Finding
from ..judging import recommended
from ..objects import name_shape
from ..packs import PolicyPack
from ..packs import policy_pack as read_pack
from ..proposals import propose
from ..signals.rhythm import week
from ..store import frame
from ..study import Study
from ._account_answers import answers, bottom_line, numbers
from ._making import clock, proposed

NAME = "coordinated_behaviour"
LIMITS = (
    "Account signals compare a group with the other accounts of the same data.",
    "Where the data were gathered from suspects, the others are suspects too, and nothing stands out.",
    "A batch, a series of names or a rhythm has harmless makers: a class, a campaign, an employer, a wave of registrations.",
    "Hours of activity say nothing about where somebody is, or who.",
    "Profile pictures and profile texts are in no source, so repeated personas can be seen by their shown names only.",
    "To act together is not to deceive. Deception needs evidence of its own, and a person who weighs it.",
)


def account_signals(case: Any, *, as_of: str = "", policy_pack: str = "") -> Study:
    """What the template of coordinated behaviour found out, and what its groups' accounts have in common.

    Parameters
    ----------
    as_of : str
        The clock of what is proposed; empty for the last time in the data.
    policy_pack : str
        A policy pack; empty for the bundled sample.

    Returns
    -------
    Study
        Kept in the case as `coordinated_behaviour`, with the findings of `find`. Tables: signals (`SIGNAL_COLUMNS` of
        `investigate.signals`), profiles (one row per member), week (contents by hour of the week), missing.

    Raises
    ------
    InputError
        The groups have not been turned into findings yet.
    """
    if case.settings is None or "community" not in case.communities:
        raise InputError(
            "the case has no groups yet", "studies.account_signals", "call relate, score, group and find first"
        )
    at, pack, con = clock(case, as_of), read_pack(policy_pack), case.connection()
    own = [f for f in case.findings if f.template == NAME]
    groups = {int(n): part["account_id"].tolist() for n, part in case.communities.groupby("community")}
    table = case.signals if len(case.signals) else signals.table(con, case.communities)
    missing = pd.DataFrame(signals.unanswered(con), columns=["signal", "because"])
    found = [_finished(f, pack, at) for f in own]
    study = Study(
        name=NAME,
        bottom_line=bottom_line(case, own),
        numbers=numbers(case, own, table),
        tables={"signals": table, "profiles": _profiles(case), "week": week(con, groups), "missing": missing},
        answers=tuple(answers(case, own, table, missing)),
        limits=LIMITS,
        proposals=tuple(_proposals(own, pack, missing, at)),
        facts={"fdr_q": case.settings.fdr_q, "n_tests": len(table)},
    )
    case.conclude(study, found)
    return study


def _finished(finding: Finding, pack: PolicyPack, at: Any) -> Finding:
    """The finding with the policies to read, and its next step dated by the run's clock."""
    fit = "possible" if finding.status == "supported" else "unclear"
    policy = pack.mapping("coordinated_behaviour", fit=fit)
    return replace(finding, policy=policy, recommended=[recommended(finding.evidence_grade, at)])


def _profiles(case: Any) -> pd.DataFrame:
    """The members side by side: names, creation, followers, activity."""
    held = frame(
        case.connection(),
        """select account_id, any_value(a.handle) as handle, any_value(a.display_name) as display_name,
                  any_value(a.created_at) as created_at, any_value(a.followers) as followers,
                  any_value(a.following) as following, min(c.created_at) as first_at, max(c.created_at) as last_at
           from accounts a left join content c using (account_id) group by 1 order by 1""",
    )
    members = case.communities[["community", "account_id", "role", "n_content"]]
    table = members.merge(held, on="account_id", how="left")
    shapes = (
        table["handle"]
        .fillna("")
        .where(table["handle"].fillna("") != "", table["account_id"].str.split(":", n=1).str[-1])
    )
    table.insert(4, "shape", shapes.map(name_shape))
    return table.sort_values(["community", "created_at", "account_id"], ignore_index=True)


def _proposals(own: list[Finding], pack: PolicyPack, missing: pd.DataFrame, at: Any) -> Iterator[dict[str, Any]]:
    """What the policy pack proposes by default, and the data to ask for."""
    best = max((f.evidence_grade for f in own), default="E0")
    for action in pack.actions_for(NAME, "cluster") if own else ():
        yield proposed(action, as_of=at, grade=best)
    if own and (missing["signal"] == "creation_batch").any():
        yield propose(
            "Ask for the creation dates of the groups' accounts",
            owner="account integrity",
            as_of=at,
            effect="an independent family of evidence, for or against",
            risk="personal data: only of accounts in a group",
            grade=best,
        )
