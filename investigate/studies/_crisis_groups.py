"""Groups that act together on contents about an event, and what a policy pack proposes by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from ..findings import GRADES, Finding
from ..packs import PolicyPack
from ..proposals import propose
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
    silent: pd.DataFrame,
) -> tuple[list[Finding], pd.DataFrame]:
    """The engine's groups that act together on contents about the event, and how much of their joint activity that is.

    Where the data have silent stretches (`silent`, see `gaps`), a group stays a lead: what others did then is not in them,
    and so neither is what chance would have given.

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
        finding = held_back(finding, silent, as_of)
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


def held_back(finding: Finding, silent: pd.DataFrame, as_of: datetime) -> Finding:
    """The finding as a lead where the data have silent stretches; itself where they have none."""
    if silent.empty or finding.evidence_grade < "E2":
        return finding
    widest = silent.sort_values(["hours", "begin"], ascending=[False, True]).iloc[0]
    said = f"the data are silent for {widest['hours']:.1f} h from {widest['begin']:%Y-%m-%d %H:%M} UTC, where {widest['expected']:,.0f} contents were expected"
    fill = propose(
        "Get the contents of the silent stretches and run this again", owner="investigations", as_of=as_of, grade="E1"
    )
    return replace(
        finding,
        evidence_grade="E1",
        status="lead",
        ceiling=GRADES["E1"][1],
        confidence=f"low: {said}",
        limits=[f"Held at E1: {said}; what others did then is not in them.", *finding.limits],
        recommended=[fill],
        framework_tags=[],
    )


def from_pack(pack: PolicyPack, kind: str, grade: str, as_of: datetime) -> list[dict[str, Any]]:
    """The pack's own actions for one kind of finding; with kind "" those that it proposes whatever was found."""
    return [
        proposed(a, as_of=as_of, grade=grade) for a in pack.actions_for(NAME, kind) if bool(kind) == bool(a.findings)
    ]
