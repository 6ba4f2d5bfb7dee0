"""Groups that act together on contents about an event, and what a policy pack proposes by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from ..findings import Finding
from ..packs import PolicyPack
from ._crisis_findings import NAME
from ._crisis_mask import without_names
from ._making import proposed


def groups_about(
    case: Any,
    found: list[Finding],
    contents: pd.DataFrame,
    withheld: tuple[str, ...],
    pack: PolicyPack,
    as_of: datetime,
) -> tuple[list[Finding], pd.DataFrame]:
    """The engine's groups that act together on contents about the event, and how much of their joint activity that is.

    Returns
    -------
    list of Finding
        With policies, and without the supplied names in the texts they quote; those without any joint content about the
        event are left out.
    DataFrame
        community, n_members, n_joint, n_about, share_about, grade, finding_id; groups left out are in it.
    """
    columns = ["community", "n_members", "n_joint", "n_about", "share_about", "grade", "finding_id"]
    if case.joint.empty or not found:
        return [], pd.DataFrame(columns=columns)
    once = case.joint.drop_duplicates(["community", "content_id"])
    inside = once["content_id"].isin(set(contents["content_id"]))
    by = pd.DataFrame({"n_joint": once.groupby("community").size(), "n_about": inside.groupby(once["community"]).sum()})
    kept, rows = [], []
    for finding in found:
        number = finding.impact.get("community")
        if number is None or number not in by.index:
            continue
        joint, own = int(by.at[number, "n_joint"]), int(by.at[number, "n_about"])
        rows.append(
            (
                number,
                finding.n_members,
                joint,
                own,
                round(own / max(joint, 1), 3),
                finding.evidence_grade,
                finding.finding_id,
            )
        )
        if own:
            title = without_names(finding.title, withheld)[:100]
            statement = without_names(finding.statement, withheld)
            advice = [*finding.recommended, *from_pack(pack, "cluster", finding.evidence_grade, as_of)]
            policy = pack.mapping("coordinated_behaviour")
            kept.append(replace(finding, title=title, statement=statement, policy=policy, recommended=advice))
    return kept, pd.DataFrame(rows, columns=columns).sort_values(
        ["n_about", "community"], ascending=[False, True], ignore_index=True
    )


def from_pack(pack: PolicyPack, kind: str, grade: str, as_of: datetime) -> list[dict[str, Any]]:
    """The pack's own actions for one kind of finding; with kind "" those that it proposes whatever was found."""
    return [
        proposed(a, as_of=as_of, grade=grade) for a in pack.actions_for(NAME, kind) if bool(kind) == bool(a.findings)
    ]
