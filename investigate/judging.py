"""From communities to findings: statement, evidence, grade, alternatives, limits. People judge; this prepares."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb
import pandas as pd

from .analysis import Settings, telling
from .corroboration import beside_timing, families
from .duration import say
from .explanations import EXPLAINS, PARTLY, Group, check_untimed
from .explanations import check as check_explanations
from .findings import (
    GRADES,
    LONGEST_SUPPORTING_WINDOW_S,
    Alternative,
    Evidence,
    Finding,
    finding_id,
    grade,
    lost_too_many,
)
from .findings import check as check_contract
from .graph import RelationGraph
from .proposals import propose
from .relations import RELATIONS
from .store import frame

ACTIONS_BY_GRADE = {
    "E1": (
        "Watch the group's objects, with an expiry date; collect what is missing before anything else",
        "investigations",
    ),
    "E2": ("Human review of a blind sample of members and non-members", "investigations"),
    "E3": ("Review of the named accounts, one by one, innocent explanations first", "account integrity"),
}

FAMILIES = {
    "identifier": "shared identifiers",
    "account quality": "how the accounts were made",
    "persona": "shown names that repeat",
}
# Half a week for what was only seen, a day for what people are to look at.
REVIEW_DAYS = {"E1": 4, "E2": 1, "E3": 1}


def limits(settings: Settings, resolution_s: float, notes: list[str]) -> list[str]:
    """What this analysis cannot show on this data."""
    out = [
        "Acting together is not proof of deception: newsrooms, campaigns, fans and families act together too.",
        "The expectation treats the posts of one account as independent draws; bursts make chance look rarer than it is.",
        "Nothing here says who is behind an account.",
    ]
    if settings.window_s > LONGEST_SUPPORTING_WINDOW_S:
        out.append(f"A window of {say(settings.window_s)} is above 5 min: it can give leads, not support.")
    if resolution_s >= 60:
        out.append(f"Times are recorded to {say(resolution_s)}: who came first inside one tick cannot be told.")
    return out + [f"Source: {note}" for note in notes]


def _statement(group: Group, settings: Settings) -> str:
    members, core = group.members, group.members[group.members["role"] == "core"]
    few = len(members) - len(core)
    acts, expected = int(members["n_acts"].sum()), float(members["expected"].sum())
    top = group.objects.head(3)
    named = "; ".join(
        f"{_named(o.object_type, o.object_id)} ({o.n_members} members, {o.n_contents:,} posts)"
        for o in top.itertuples()
    )
    extra = f" A further {few} act with them but have too few posts to judge." if few and len(core) else ""
    who = f"{len(core)} accounts" if len(core) else f"{len(members)} accounts with few posts each"
    return (
        f"{who} acted on the same objects within {say(settings.window_s)} of each other far more often than others did.{extra} "
        f"Together they published {acts:,} posts that match another member's; at the rate of all other accounts {_number(expected)} would be expected. "
        f"Main objects: {named}."
    )


def _named(object_type: str, object_id: str, most: int = 60) -> str:
    """An object as people write it: a tag with its sign, a text in quotation marks."""
    shown = _short(object_id, most)
    return (
        f"#{shown}"
        if object_type == "hashtag"
        else f"the text \u201c{shown}\u201d"
        if object_type in ("text", "text_family")
        else f"the {object_type} {shown}"
    )


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}" if value >= 0.1 else "fewer than 0.1"


def _evidence(group: Group, edges: pd.DataFrame, settings: Settings) -> list[Evidence]:
    number, members = int(group.members["community"].iloc[0]), group.members
    out = [
        Evidence(
            kind="group",
            test="posts that match another member's, against the rate of all accounts outside",
            observed=float(members["n_acts"].sum()),
            expected=float(members["expected"].sum()),
            q=float(members["q"].max()),
            n=int(members["n_content"].sum()),
            rows_ref=f"tables/posts.csv, community {number}",
            family="timing",
            note="n: posts of the members; q: the largest among them",
        )
    ]
    for relation, part in edges.groupby("relation"):
        out.append(
            Evidence(
                kind=relation,
                test=_pair_test(str(relation), settings.window_s),
                observed=float(part["n_acts"].sum()),
                expected=float(part["expected"].sum()),
                q=float(part["q"].max()),
                n=len(part),
                rows_ref=f"tables/edges.csv, community {number}, relation {relation}",
                family=RELATIONS.get(relation).family,
                note=f"n: unusual pairs; mean lag {say(round(float(part['mean_lag_s'].median()), 1))} in the middle pair"
                if part["mean_lag_s"].notna().any()
                else "n: unusual pairs",
            )
        )
    return out


def _pair_test(relation: str, window_s: float) -> str:
    """What the edges of a relation were tested against, in words; a window only where it has one."""
    rule = RELATIONS.get(relation)
    if rule.is_co_action:
        return f"{rule.title.lower()} within {say(window_s)}, pair by pair, against the exposure model"
    return f"{rule.title.lower()}, pair by pair, against the relation's own null model"


def findings(
    *,
    con: duckdb.DuckDBPyConnection,
    communities: pd.DataFrame,
    edges: pd.DataFrame,
    joint: pd.DataFrame,
    objects: pd.DataFrame,
    sensitivity: pd.DataFrame,
    known: pd.DataFrame | None,
    hours: pd.Series,
    own: pd.DataFrame,
    identifiers: pd.DataFrame,
    significance: pd.DataFrame,
    signals: pd.DataFrame,
    as_of: datetime,
    settings: Settings,
    resolution_s: float,
    notes: list[str],
    template: str,
) -> list[Finding]:
    """One finding per community, in the order of the communities; `as_of` is the clock of what is proposed."""
    out = []
    unusual = edges if joint.empty else edges[edges["unusual"]]
    for number, members in communities.groupby("community"):
        group = Group(members, *(t[t["community"] == number] for t in (joint, objects, sensitivity)))
        ids = set(members["account_id"])
        inside = unusual[unusual["account_a"].isin(ids) & unusual["account_b"].isin(ids)]
        if group.joint.empty:
            out.append(_untimed(con, group, inside, known, settings, resolution_s, notes, template, as_of))
            continue
        alternatives = check_explanations(group, known, hours, own)
        beside = [t[t["community"] == number] for t in (identifiers, significance, signals)]
        out.append(_finding(group, inside, alternatives, beside, settings, resolution_s, notes, template, as_of))
    return out


def _untimed(
    con: duckdb.DuckDBPyConnection,
    group: Group,
    edges: pd.DataFrame,
    known: pd.DataFrame | None,
    settings: Settings,
    resolution_s: float,
    notes: list[str],
    template: str,
    as_of: datetime,
) -> Finding:
    """A group that shares identifiers, names or the like, with no act in time: always a lead."""
    from .relations.identifiers import collateral

    number, ids = int(group.members["community"].iloc[0]), sorted(group.members["account_id"])
    names = sorted(edges["relation"].unique())
    titles = ", ".join(RELATIONS.get(name).title.lower() for name in names)
    evidence = [
        Evidence(
            kind=str(name),
            test=_pair_test(str(name), settings.window_s),
            observed=float(part["n_objects"].sum()),
            expected=float(part["expected"].sum()),
            q=float(part["q"].max()),
            n=len(part),
            rows_ref=f"tables/edges.csv, community {number}, relation {name}",
            family=RELATIONS.get(str(name)).family,
            note=f"n: pairs; strength over degree {part['weight'].min():.2f} to {part['weight'].max():.2f}",
        )
        for name, part in edges.groupby("relation")
    ]
    return check_contract(
        Finding(
            finding_id=finding_id(template, "cluster", ids, "untimed"),
            type="cluster",
            title=f"{len(ids)} accounts share: {titles}"[:100],
            statement=(
                f"{len(ids)} accounts are linked by {len(edges)} pairs ({titles}). Nothing here says that they acted together: "
                f"the link is what they carry. q counts every pair of accounts as a test, so one shared identifier never has a small one."
            ),
            members=ids,
            n_members=len(ids),
            n_core=int((group.members["role"] == "core").sum()),
            evidence=evidence,
            evidence_grade="E1",
            confidence="low: one family of evidence, and no act in time",
            alternatives=check_untimed(group, known, edges, collateral(con, edges)),
            limits=limits(settings, resolution_s, notes),
            status="lead",
            ceiling=GRADES["E1"][1],
            impact={
                "community": number,
                "n_content": int(group.members["n_content"].sum()),
                "stability": round(float(group.members["stability"].iloc[0]), 3),
            },
            recommended=[recommended("E1", as_of)],
        )
    )


def recommended(level: str, as_of: datetime) -> dict[str, Any]:
    """The next step that a grade supports, as a proposal with owner and review date."""
    action, owner = ACTIONS_BY_GRADE[level]
    return propose(
        action,
        owner=owner,
        as_of=as_of,
        effect="decides whether the grade can rise",
        risk="reviewer time",
        needs=level,
        grade=level,
        review_days=REVIEW_DAYS[level],
    )


def _finding(
    group: Group,
    edges: pd.DataFrame,
    alternatives: list[Alternative],
    beside: list[pd.DataFrame],
    settings: Settings,
    resolution_s: float,
    notes: list[str],
    template: str,
    as_of: datetime,
) -> Finding:
    members, checks = group.members, group.sensitivity
    tried = int((checks["verdict"] != "not possible").sum())
    survived = int((checks["verdict"] == "survives").sum())
    core = int((members["role"] == "core").sum())
    explained = any(a.verdict == EXPLAINS for a in alternatives) or sum(a.verdict == PARTLY for a in alternatives) >= 2
    identifiers, significance, signals = beside
    other = families(group, identifiers, signals, settings.fdr_q)
    level = grade(
        window_s=settings.window_s,
        survived=survived,
        tried=tried,
        families=other,
        explained=explained,
        n_core=core,
    )
    doubts = []
    if core < 3:
        doubts.append(f"fewer than 3 members have {settings.min_actions} posts or more")
    if explained:
        doubts.append("an innocent explanation accounts for it, or several do in part")
    if lost_too_many(survived, tried):
        doubts.append(f"it vanishes in {tried - survived} of {tried} sensitivity checks")
    confidence = (
        f"low: {'; '.join(doubts) or 'one signal only'}"
        if level == "E1"
        else f"moderate: found in {survived} of {tried} sensitivity checks, but one family of evidence only (timing)"
        if level == "E2"
        else f"high: found in {survived} of {tried} sensitivity checks, and beside the timing: {', '.join(FAMILIES[f] for f in sorted(other))}"
    )
    ids = sorted(members["account_id"])
    top = group.objects.iloc[0] if len(group.objects) else None
    about = f" on {_named(top.object_type, top.object_id, 40)}" if top is not None else ""
    size = f"{core} accounts" if core else f"{len(ids)} accounts"
    return check_contract(
        Finding(
            finding_id=finding_id(template, "cluster", ids, say(settings.window_s)),
            type="cluster",
            title=f"{size} act together{about}"[:100],
            statement=_statement(group, settings),
            members=ids,
            n_members=len(ids),
            n_core=core,
            evidence=_evidence(group, edges, settings)
            + beside_timing(
                int(group.members["community"].iloc[0]), identifiers, significance, signals, settings.fdr_q
            ),
            evidence_grade=level,
            confidence=confidence,
            alternatives=alternatives,
            limits=limits(settings, resolution_s, notes),
            status="supported" if level >= "E2" else "lead",
            ceiling=GRADES[level][1],
            impact={
                "community": int(members["community"].iloc[0]),
                "n_content": int(members["n_content"].sum()),
                "first_at": group.joint["created_at"].min().isoformat(),
                "last_at": group.joint["created_at"].max().isoformat(),
                "stability": round(float(members["stability"].iloc[0]), 3),
            },
            recommended=[recommended(level, as_of)],
        )
    )


def graph(
    *,
    con: duckdb.DuckDBPyConnection,
    edges: pd.DataFrame,
    communities: pd.DataFrame,
    labels: pd.Series,
    contents: pd.Series,
    which: str,
) -> RelationGraph:
    """The RelationGraph of a case; `which` is "communities", "unusual" or "all"."""
    number = (
        communities.set_index("account_id")[["community", "role", "component"]]
        if len(communities)
        else pd.DataFrame(columns=["community", "role", "component"])
    )
    kept = edges if which == "all" else telling(edges) if which == "communities" else edges[edges["unusual"]]
    if which == "communities":
        place = number["community"]
        kept = kept[kept["account_a"].map(place).eq(kept["account_b"].map(place))]
    ids = sorted(set(kept["account_a"]) | set(kept["account_b"]) | (set(number.index) if which != "all" else set()))
    accounts = pd.DataFrame({"account_id": ids})
    accounts["label"] = accounts["account_id"].map(labels).fillna(accounts["account_id"])
    accounts["community"] = accounts["account_id"].map(number["community"]).fillna(0).astype(int)
    accounts["role"] = accounts["account_id"].map(number["role"]).fillna("")
    accounts["component"] = accounts["account_id"].map(number["component"]).fillna(0).astype(int)
    accounts["n_content"] = accounts["account_id"].map(contents).fillna(0).astype(int)
    con.register("id_rows", accounts[["account_id"]])
    actions = frame(
        con,
        "select account_id, content_id, object_type, object_id, acted_at from actions join id_rows using (account_id) order by all",
    )
    con.unregister("id_rows")
    return RelationGraph(accounts, kept.reset_index(drop=True), actions)
