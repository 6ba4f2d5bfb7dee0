"""The answers of a triage, in the order of its questions: every sentence from the numbers of a `Picture`."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from ..study import Answer
from ._triage_picture import Picture
from ._triage_priority import HARD_TRIGGERS

QUESTIONS = (
    "What is this?",
    "How big is it?",
    "How fast?",
    "Is it new?",
    "Whom does it affect?",
    "Which surfaces, languages and markets?",
    "Is it one thing or several?",
    "Do accounts act together?",
    "Which accounts are these?",
    "How urgent is it?",
    "Which template next?",
)


def answers(p: Picture) -> Iterator[Answer]:
    """One answer for each of `QUESTIONS`, or why there is none."""
    for question, (answer, because, rows_ref) in zip(QUESTIONS, _answers(p), strict=True):
        yield Answer(question, answer, "" if answer else because, rows_ref if answer else "")


def _answers(p: Picture) -> Iterator[tuple[str, str, str]]:
    """Answer, the reason where there is none, and where to check it; in the order of `QUESTIONS`."""
    no_posts = "the data hold no contents"
    yield what(p), "no rule found enough in the data to say (insufficient evidence)", "tables/triage_rules.csv"
    yield _big(p), no_posts, "tables/triage_top.csv"
    yield _fast(p), _not_fast(p), "tables/triage_hours.csv"
    yield (
        _new(p),
        "there is no loud stretch, or too little to compare it with" if p.scope.n_issue else no_posts,
        "tables/triage_terms.csv",
    )
    yield (
        _affected(p),
        "no content mentions or reports anybody, and no seed_terms were given",
        "tables/triage_affected.csv",
    )
    yield _where(p), "the source states no platform, language or region", "tables/triage_places.csv"
    yield (
        _threads(p),
        "the contents share no tag, link or text" if p.scope.n_issue else no_posts,
        "tables/triage_threads.csv",
    )
    yield _together(p), p.no_groups, "tables/groups.csv"
    yield (
        _ages(p),
        "the data do not say when the accounts were created; whoever exports them could add it",
        "tables/triage_ages.csv",
    )
    yield _urgent(p), "", "tables/triage_priority.csv"
    yield _next(p), "no rule fired: there is insufficient evidence for any template", "tables/triage_rules.csv"


def span(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """ "2015-11-26 22:00 to 2015-11-27 02:00 UTC"."""
    return f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"


def what(p: Picture) -> str:
    """What the leading template stands for, in data terms."""
    if not p.enough:
        return ""
    lead = str(p.suggestions["template"].iloc[0])
    if lead == "coordinated_behaviour":
        largest = max(p.findings, key=lambda f: (f.evidence_grade, f.n_members), default=None)
        if largest is None:
            return f"A few accounts repeat one thing{_about(p)}."
        if largest.status == "supported":
            return f"A group acts together beyond what chance explains: {largest.title}."
        return f"Accounts act together, as a lead only, innocent explanations not ruled out: {largest.title}."
    said = {
        "breaking_crisis": f"A surge{_about(p)}, carried by many accounts."
        if p.measures["crowd"] >= 50
        else f"A surge{_about(p)}.",
        "election_watch": f"Talk of voting: {p.measures['voting']:.0%} of the contents have such a word.",
        "scam_ads": f"Advertising: {p.measures['ads']:,.0f} ads in the data.",
        "escalation_trends": f"A queue or published counts: {p.measures['queue']:,.0f} records, not contents.",
    }
    return said[lead]


def _about(p: Picture) -> str:
    first = p.threads.iloc[0] if len(p.threads) else None
    return f" about {str(first['objects']).split(' | ')[0]}" if first is not None else ""


def _big(p: Picture) -> str:
    if not p.scope.n_issue or p.scope.window is None:
        return ""
    account, tag, url = p.first("account"), p.first("hashtag"), p.first("url")
    rows = p.concentration.set_index("kind")
    out = [
        f"{p.scope.n_issue:,} contents by {accounts(p):,} accounts, {span(*p.scope.window)}.",
        f"The busiest account has {account['share']:.1%} of them (Gini over accounts {rows.loc['account', 'gini']:.2f})."
        if account is not None
        else "",
        f"Most frequent tag: #{tag['name']}, {tag['n_contents']:,} contents by {tag['n_accounts']:,} accounts."
        if tag is not None
        else "",
        f"Most frequent link: {url['n_contents']:,} contents by {url['n_accounts']:,} accounts."
        if url is not None
        else "",
        f"{p.text_facts['share']:.0%} of the texts stand in two or more contents, nearly word for word."
        if p.text_facts["n_texts"]
        else "",
    ]
    return " ".join(part for part in out if part)


def _fast(p: Picture) -> str:
    top = p.scope.loudest
    if p.scope.peak is None or top is None:
        return (
            ""
            if p.scope.hours["p"].isna().all()
            else "No hour stands out: every one is within what the others lead one to expect."
        )
    against = (
        "against earlier hours of the same kind"
        if top["against"] == "earlier hours"
        else "compared inside the data itself, as there is no baseline"
    )
    time, low, high = p.scope.doubling_h
    grows = ""
    if not math.isnan(time) and math.isfinite(time):
        grows = f" On the way up it doubled every {_hours(time)} (95 % interval {_hours(low)} to {_hours(high)})."
    return (
        f"{p.scope.n_peak:,} contents from {span(*p.scope.peak)}. The loudest hour, {top['at']:%Y-%m-%d %H:%M}, has "
        f"{top['n_contents']:,} where {top['expected']:,.0f} were expected, {against}.{grows}"
    )


def _hours(value: float) -> str:
    return "no bound" if not math.isfinite(value) else f"{value:.1f} h"


def _not_fast(p: Picture) -> str:
    if not p.scope.n_issue:
        return "the data hold no contents"
    return f"{len(p.scope.hours)} hours are too few to say which of them is unusual; earlier data would help"


def _new(p: Picture) -> str:
    if not p.scope.n_before:
        return ""
    fresh = p.terms[p.terms["new"].astype(bool)].sort_values(["n_peak", "term"], ascending=[False, True]).head(4)
    compared = f"Compared with {p.scope.compared}"
    if fresh.empty:
        return f"{compared}, no word or tag of three or more accounts is new."
    named = ", ".join(f"{r.term} ({r.n_peak:,})" for r in fresh.itertuples())
    return f"{compared}: never seen before and now frequent are {named}."


def _affected(p: Picture) -> str:
    out = []
    if len(p.affected):
        named = ", ".join(
            f"{r.target} ({r.n_contents:,} contents by {r.n_accounts:,} accounts)"
            for r in p.affected.head(3).itertuples()
        )
        out.append(f"Most addressed: {named}. To be mentioned is not to be harmed.")
    if len(p.seeded):
        hits = p.seeded[p.seeded["n_contents"] > 0]
        named = ", ".join(f"'{r.term}' {r.n_contents:,}" for r in hits.head(6).itertuples())
        out.append(f"Terms supplied: {named}." if named else "None of the supplied terms occurs.")
    return " ".join(out)


def _where(p: Picture) -> str:
    names = {"platform": "Surfaces", "language": "Languages", "region": "Markets, by the accounts' stated region"}
    out, missing = [], []
    for kind, heading in names.items():
        held = p.stated(kind)
        if held.empty:
            missing.append({"platform": "surface", "language": "language", "region": "market"}[kind])
            continue
        named = ", ".join(f"{r.name} {r.share:.0%}" for r in held.head(3).itertuples(index=False))
        out.append(f"{heading}: {named}.")
    return " ".join(out) + (f" Not stated: {', '.join(missing)}." if missing and out else "")


def _threads(p: Picture) -> str:
    if not p.thread_verdict:
        return ""
    part = "the peak's" if p.scope.peak else "the"
    first, facts = p.threads.iloc[0], p.thread_facts
    held = f"{first['share']:.0%} of {part} {facts['n_contents']:,} contents"
    if p.thread_verdict == "scattered":
        return f"Neither: scattered. The largest thread ({first['objects']}) holds {held}."
    if p.thread_verdict == "one thing":
        return f"One thing, mostly: {first['objects']} holds {held}, {first['n_accounts']:,} accounts, {first['per_account']:g} contents each."
    return (
        f"Several things: {facts['large']} threads hold a tenth or more each; the largest ({first['objects']}) {held}."
    )


def _together(p: Picture) -> str:
    if p.no_groups:
        return ""
    leads = len(p.findings) - len(p.supported)
    if not p.findings:
        return "No group acts together beyond what chance explains."
    largest = max(p.findings, key=lambda f: (f.evidence_grade, f.n_members))
    return (
        f"{len(p.supported)} groups beyond chance and the checked explanations, {leads} more as leads. "
        f"The strongest ({largest.evidence_grade}): {largest.title}."
    )


def _ages(p: Picture) -> str:
    known = p.ages[p.ages["age"] != "not stated"] if len(p.ages) else p.ages
    if known.empty:
        return ""
    total, stated = int(p.ages["n_accounts"].sum()), int(known["n_accounts"].sum())
    young = known[known["age"].isin(("under 7 days", "7 to 29 days"))]
    n = int(young["n_accounts"].sum())
    return (
        f"{n:,} of {stated:,} accounts with a creation date were under 30 days old at their first content here, with "
        f"{int(young['n_contents'].sum()):,} contents ({total - stated:,} accounts without a date)."
    )


def _urgent(p: Picture) -> str:
    assumed = p.priority.loc[p.priority["assumed"], "part"].tolist()
    return (
        f"Provisionally {p.band}, {p.score:g} of 100. "
        + (f"Assumed at the neutral value: {', '.join(assumed)}. " if assumed else "")
        + "Whether a hard trigger holds ("
        + "; ".join(HARD_TRIGGERS)
        + ") only a person can say: then it is P0 whatever the score."
    )


def _next(p: Picture) -> str:
    if p.suggestions.empty:
        return ""
    said = [f"{i}. {r.template} ({r.points} points): {r.why}." for i, r in enumerate(p.suggestions.itertuples(), 1)]
    return ("" if p.enough else "Insufficient evidence; if anything: ") + " ".join(said)


def accounts(p: Picture) -> int:
    rows = p.concentration[p.concentration["kind"] == "account"] if len(p.concentration) else p.concentration
    return int(rows["n_distinct"].iloc[0]) if len(rows) else 0
