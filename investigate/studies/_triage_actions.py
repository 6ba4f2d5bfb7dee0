"""What a triage leads to: leads in the contract's form, proposed actions, and the data that are still needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from ..findings import Alternative, Evidence, Finding
from ..packs import PolicyPack
from ..proposals import propose
from ._making import make_finding
from ._triage_picture import Picture

LEADS_IN = "rapid_triage"
AREAS = {
    "coordinated_behaviour": "coordinated_behaviour",
    "breaking_crisis": "violent_events",
    "election_watch": "civic_integrity",
    "scam_ads": "fraud_ads",
    "escalation_trends": "",
}


def as_leads(p: Picture, pack: PolicyPack) -> list[Finding]:
    """The groups the engine found, with candidate policies whose fit nobody has judged, and the surge."""
    policy = pack.mapping("coordinated_behaviour", fit="unclear")
    groups = [
        replace(f, policy=policy, recommended=[_open("coordinated_behaviour", p, f.evidence_grade)]) for f in p.findings
    ]
    return [*groups, *_surge(p, pack)]


def _open(template: str, p: Picture, grade: str) -> dict[str, Any]:
    return propose(
        f"Open the template {template} on the same case",
        owner="investigations",
        as_of=p.as_of,
        effect="tests what the triage only saw",
        risk="reviewer time",
        grade=grade,
    )


def _surge(p: Picture, pack: PolicyPack) -> list[Finding]:
    """The loudest stretch as a lead; never more, since volume has a hundred harmless causes."""
    top = p.scope.loudest
    if p.scope.peak is None or top is None:
        return []
    inside = p.scope.hours[p.scope.hours["peak"]]
    expected = float(inside["expected"].sum())
    start, end = (t.strftime("%Y-%m-%d %H:%M") for t in p.scope.peak)
    lead = str(p.suggestions["template"].iloc[0]) if len(p.suggestions) else "breaking_crisis"
    lead = "breaking_crisis" if lead == "coordinated_behaviour" else lead
    baseline = top["against"] == "earlier hours"
    evidence = Evidence(
        kind="volume",
        test="contents in the stretch, against "
        + ("earlier hours of the same kind" if baseline else "the other hours of the data"),
        observed=float(p.scope.n_peak),
        expected=round(expected, 1),
        q=None,
        n=len(inside),
        rows_ref="tables/triage_hours.csv, column peak",
        family="timing",
        note=f"n: hours; the smallest p of one hour is {inside['p'].min():.1g}, not adjusted for the hours looked at",
    )
    return [
        make_finding(
            LEADS_IN,
            "anomaly",
            f"{p.scope.n_peak:,} contents where {expected:,.0f} were expected, {start} to {end}",
            f"From {start} to {end} UTC the data hold {p.scope.n_peak:,} contents; {expected:,.0f} were expected. "
            f"The loudest hour has {int(top['n_contents']):,} contents by {int(top['n_accounts']):,} accounts.",
            key=f"volume {p.scope.peak[0].isoformat()}",
            window="1h",
            evidence=[evidence],
            alternatives=_harmless(p, baseline),
            grade="E1" if baseline else "E0",
            confidence="low: one signal" + ("" if baseline else ", and no baseline to compare with"),
            limits=[
                "Volume says nothing about harm, and nothing about who caused it.",
                "The export may begin or end with the surge.",
            ],
            impact={
                "first_at": p.scope.peak[0].isoformat(),
                "last_at": p.scope.peak[1].isoformat(),
                "n_content": p.scope.n_peak,
            },
            policy=pack.mapping(AREAS[lead], fit="unclear") if AREAS[lead] else [],
            recommended=[_open(lead, p, "E1" if baseline else "E0")],
        )
    ]


def _harmless(p: Picture, baseline: bool) -> list[Alternative]:
    """What else makes a surge, checked on the hours, the accounts and the main thread."""
    hours = p.scope.hours
    before = hours[hours["at"] < p.scope.peak[0]].tail(6)  # type: ignore[index]
    silent = int((before["n_contents"] == 0).sum())
    top = p.first("account")
    share = float(top["n_peak"] / max(p.scope.n_peak, 1)) if top is not None else 0.0
    crowd = p.measures["crowd"] >= 50
    first = p.threads.iloc[0] if len(p.threads) else None
    return [
        Alternative(
            "The hour of the day",
            "each hour against the same hour of earlier days"
            if baseline
            else "each hour against the same hour of the other days",
            "the expected counts hold the daily rhythm" + ("" if baseline else ", as far as so few days show it"),
            "does not explain" if baseline else "not checked",
        ),
        Alternative(
            "A gap in collection that was filled at once",
            "the six hours before it",
            f"{silent} of {len(before)} hours before it hold no content",
            "partly" if silent >= 3 else "does not explain",
        ),
        Alternative(
            "One very active account",
            "the busiest account's share of the stretch",
            f"it has {share:.0%} of the contents",
            "explains" if share >= 0.5 else "does not explain",
        ),
        Alternative(
            "A subject that many people take up by themselves",
            "accounts on the main thread, and how much each adds",
            "the contents share no tag, link or text"
            if first is None
            else f"{int(first['n_accounts']):,} accounts with {first['per_account']:g} contents each",
            "partly" if crowd else "does not explain",
        ),
    ]


def proposals(p: Picture) -> Iterator[dict[str, Any]]:
    """What to do next about the whole issue."""
    yield propose(
        f"Set the severity and confirm or change the provisional priority {p.band}",
        owner="escalation lead",
        as_of=p.as_of,
        effect="decides the clock of the issue",
        risk="a wrong priority delays other issues",
    )
    for row in p.suggestions.itertuples():
        yield _open(str(row.template), p, "E0")
    missing = needs(p)
    if len(missing):
        yield propose(
            f"Ask for the data that are missing: {', '.join(missing['what'].head(3))}",
            owner="data access",
            as_of=p.as_of,
            effect=f"answers: {missing['question'].iloc[0]}",
            risk="personal data: only what the purpose needs",
        )
    watch = [str(t) for t in p.terms.loc[p.terms["new"].astype(bool), "term"].head(5)] if len(p.terms) else []
    if watch:
        yield propose(
            f"Watch these terms, and let the watch expire: {', '.join(watch)}",
            owner="investigations",
            as_of=p.as_of,
            horizon="mid-term",
            effect="shows whether it comes back",
            risk="catches people who only report on it",
        )


def needs(p: Picture) -> pd.DataFrame:
    """The data that would answer what is open: what, for which question, who could supply it, what there is now."""
    ages = p.ages[p.ages["age"] == "not stated"] if len(p.ages) else p.ages
    undated = float(ages["share"].sum()) if len(ages) else 0.0
    rows = [
        (
            "views, reach or engagement of the contents",
            "How big is it?",
            "data access",
            "none: contents are counted",
            True,
        ),
        (
            "four weeks of earlier contents of the same kind",
            "How fast? Is it new?",
            "data access",
            "no earlier hours to compare with" if not p.scope.with_baseline else "",
            bool(p.scope.n_issue) and not p.scope.with_baseline,
        ),
        (
            "creation dates of the accounts",
            "Which accounts are these?",
            "account integrity",
            f"{undated:.0%} of the accounts have none",
            bool(p.scope.n_issue) and undated > 0.2,
        ),
        (
            "language of the contents",
            "Which languages?",
            "data access",
            "not stated",
            bool(p.scope.n_issue) and p.stated("language").empty,
        ),
        (
            "market or region of the accounts",
            "Which markets?",
            "data access",
            "not stated",
            bool(p.scope.n_issue) and p.stated("region").empty,
        ),
        (
            "words that tell harm in this issue (seed_terms)",
            "Whom does it affect?",
            "market or subject expert",
            "none given",
            bool(p.scope.n_issue) and p.seeded.empty,
        ),
        ("the severity as a person sees it", "How urgent is it?", "escalation lead", "assumed", not p.severity),
        (
            "the escalation itself: who asked, what was promised, until when",
            "How urgent is it?",
            "escalation lead",
            "not among the data",
            p.measures["queue"] == 0,
        ),
        (
            "known groups: newsrooms, parties, agencies, fan clubs",
            "Do accounts act together?",
            "market or subject expert",
            "no list was given",
            any(
                a.verdict == "not checked" and a.name.startswith("One known group")
                for f in p.findings
                for a in f.alternatives
            ),
        ),
        ("the contents themselves", "all questions about contents", "data access", "none", not p.scope.n_issue),
    ]
    return pd.DataFrame([row[:4] for row in rows if row[4]], columns=["what", "question", "who", "now"])
