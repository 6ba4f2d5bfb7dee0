"""Lists on advertising: where ads lead, look-alikes, money, ads that run, bystanders, earlier removals."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ._chart_kinds import step_curves
from ._view import View, view
from ._words import plural
from .advertising import STUDY, words
from .contract import studied


def answer_of(case: Any, question: str) -> str:
    """The study's answer to a question, or why there is none: lists and sentences must not differ."""
    held = next(a for a in studied(case, STUDY).answers if a.question == question)
    return held.answer or f"Not answered, because {held.because}."


@view(
    title="Landing domains",
    summary="Lists where ads lead: pages, ads, groups, likeness to a brand; those of groups first.",
    caveat="A domain is no owner: hosts and shops serve many.",
)
def ad_landing(case: Any) -> View:
    study = studied(case, STUDY)
    table = study.table("landing")
    lead = (
        ""
        if len(table)
        else "The data do not say where ads lead."
        if study.facts["has_ads"]
        else "The data hold no ads."
    )
    return View(
        name="ad_landing",
        title="Landing domains",
        question="Where do the ads lead, and which domains would be worth a review?",
        lead=lead,
        table=table if len(table) else None,
        labels={
            "landing_domain": "Domain",
            "n_pages": "Pages",
            "n_ads": "Ads",
            "networks": "Groups",
            "held_back": "Ties nobody because",
            "looks_like": "Looks like",
            "first_at": "First ad (UTC)",
            "last_at": "Last ad (UTC)",
        },
        caveats=(
            "Before a domain is blocked, look at what else stands on it: a person opens it, outside this environment.",
        ),
        max_rows=20,
    )


@view(
    title="Look-alikes",
    summary="Lists sites and pages named like a protected brand, the most alike first.",
    caveat="Resellers, fans and critics use a brand's name openly.",
)
def ad_lookalikes(case: Any) -> View:
    table = studied(case, STUDY).table("lookalikes")
    shown = table.assign(close=table["close"].map(words)) if len(table) else table
    return View(
        name="ad_lookalikes",
        title="Look-alikes of protected brands",
        question="In whose name?",
        lead=answer_of(case, "In whose name?"),
        table=shown if len(shown) else None,
        how_to_read="Similarity 1 is the same after confusable letters are folded. Close ones count as a signal; the others are for a look.",
        labels={
            "brand": "Brand",
            "brand_domain": "Its domain",
            "what": "What",
            "value": "Name",
            "account_id": "A page that uses it",
            "likeness": "Likeness",
            "similarity": "Similarity",
            "close": "Close",
            "n_pages": "Pages",
            "n_ads": "Ads",
        },
        caveats=("A name that looks alike is no proof of intent.",),
        max_rows=20,
    )


@view(
    title="Redirects of ads",
    summary="Lists landing links that lead on, through which sites, and where they end.",
    caveat="Measurement services and shorteners redirect everybody.",
)
def ad_redirects(case: Any) -> View:
    study = studied(case, STUDY)
    table = study.table("redirects")
    shown = table.assign(other_site=table["other_site"].map(words)) if len(table) else table
    without = "None of the landing links stands in the table of redirects."
    lead = f"{plural(len(table), 'landing link')} led on." if len(table) else without
    return View(
        name="ad_redirects",
        title="Landing links that lead on",
        question="Do ads end where they say they lead?",
        lead=lead if study.facts["redirects"] else "Not answered, because no table of redirects was given (redirects).",
        table=shown if len(shown) else None,
        labels={
            "landing_url": "Landing link",
            "n_hops": "Steps",
            "through": "Sites on the way",
            "end_url": "Ends at",
            "end_domain": "Ends on",
            "outcome": "Outcome",
            "other_site": "Another site",
            "n_pages": "Pages",
            "n_ads": "Ads",
        },
        max_rows=20,
    )


@view(
    title="Spend and impressions",
    summary="Sums spend per currency as ranges, with what cannot be trusted, and says how many ads were never shown.",
    caveat="Currencies are never added; ranges have no midpoint here.",
)
def ad_spend(case: Any) -> View:
    table = studied(case, STUDY).table("spend")
    shown = table.assign(reliable=table["reliable"].map(words)) if len(table) else table
    for name in ("spend_low", "spend_high", "spend_without_content"):  # to the cent: sums are quoted
        shown = shown.assign(**{name: [f"{v:,.2f}" for v in table[name]]}) if len(table) else shown
    first = ["currency", "n_ads", "spend_low", "spend_high", "reliable", "why"]
    shown = shown[[*first, *(c for c in shown if c not in first)]] if len(table) else shown
    return View(
        name="ad_spend",
        title="Spend and impressions",
        question="How much was spent, and how much was shown?",
        lead="\n\n".join(answer_of(case, q) for q in ("How much was spent?", "How often were the ads shown?")),
        table=shown if len(shown) else None,
        how_to_read="One row for each currency. Zero: ads whose amount is 0. Open: ads without an upper bound, so that the sum is a least value.",
        labels={
            "currency": "Currency",
            "n_ads": "Ads",
            "n_stated": "With an amount",
            "n_zero": "Zero",
            "n_shown_for_nothing": "Zero, and shown",
            "n_open": "Open",
            "n_never_shown": "Never shown",
            "spend_low": "Spend, least",
            "spend_high": "Spend, most",
            "n_without_content": "Set aside elsewhere",
            "spend_without_content": "Their spend",
            "reliable": "Reliable",
            "why": "Why not",
        },
        caveats=("An amount is what the export states, not what an invoice says.",),
    )


@view(
    title="How long ads run",
    summary="Draws the share of ads still running by days since they began; live ones count as long as they were seen.",
    caveat="An ad ends for many reasons: its budget, its plan, its owner, a removal.",
)
def ad_survival(case: Any) -> View:
    study = studied(case, STUDY)
    curve = study.table("survival")
    picture = None
    if len(curve):
        data = curve.rename(columns={"days": "time", "share": "value"})[["time", "value", "low", "high"]]
        picture = step_curves(
            data if len(data) <= 400 else data.iloc[:: len(data) // 400 + 1],
            title="Ads still running",
            x_label="Days since the ad began",
            y_label="Share still running",
            reference=0.5,
            reference_label="half",
        )
    states = study.table("states")
    counts = ", ".join(f"{s.n_ads:,} {s.state}" for s in states.itertuples()) if states["n_ads"].sum() else ""
    return View(
        name="ad_survival",
        title="How long ads run",
        question="How long do ads run?",
        lead=answer_of(case, "How long do ads run?") + (f"\n\nBy their dates: {counts}." if counts else ""),
        figure=picture,
        table=curve if len(curve) else None,
        labels={
            "days": "Days",
            "share": "Still running",
            "low": "Low",
            "high": "High",
            "at_risk": "Watched",
            "n_ended": "Ended",
        },
        caveats=("The curve assumes that ads which still run are no different from the rest.",),
        max_rows=10,
    )


@view(
    title="Live ads",
    summary="Lists the ads that run at the run's clock, those of groups first.",
    caveat="Live is what the source says, at the time of the export.",
)
def ad_live(case: Any) -> View:
    table = studied(case, STUDY).table("live")
    return View(
        name="ad_live",
        title="Live ads",
        question="Which ads are still live?",
        lead=answer_of(case, "Which ads are still live?"),
        table=table.dropna(axis="columns", how="all") if len(table) else None,
        labels={
            "network": "Group",
            "content_id": "Ad",
            "account_id": "Page",
            "started_at": "Began (UTC)",
            "days": "Days",
            "landing_domain": "Leads to",
            "payer": "Payer",
            "currency": "Currency",
            "spend_low": "Spend, least",
            "spend_high": "Spend, most",
            "impressions_low": "Shown, least",
            "impressions_high": "Shown, most",
            "text": "Text",
        },
        max_rows=15,
    )


@view(
    title="Collateral of the groups",
    summary="Lists who else carries the identifiers of each group, and what is held back because too many do.",
    caveat="Only carriers in these data are counted: there may be many more.",
)
def ad_collateral(case: Any) -> View:
    table = studied(case, STUDY).table("collateral")
    return View(
        name="ad_collateral",
        title="Who comes along",
        question="Who would be hit if one acted on these identifiers?",
        lead=answer_of(case, "Who comes along if one acts on the identifiers?"),
        table=table if len(table) else None,
        how_to_read="Others: accounts outside the group that carry the identifier, the first five. Identifiers that tie nobody are listed as "
        "well: acting on them would hit the most bystanders.",
        labels={
            "network": "Group",
            "object_type": "Type",
            "object_id": "Identifier",
            "degree": "Carriers",
            "n_inside": "Inside",
            "n_outside": "Outside",
            "held_back": "Ties nobody because",
            "others": "Others",
        },
        max_rows=25,
    )


@view(
    title="Identifiers held back",
    summary="Lists identifiers that tie nobody because too many carry them: agencies, hosts, tag managers, platforms.",
    caveat="The cap is a convention: an agency with fewer clients is under it.",
)
def ad_held_back(case: Any) -> View:
    study = studied(case, STUDY)
    table = study.table("capped")
    cap = study.facts["max_identifier_degree"]
    return View(
        name="ad_held_back",
        title="Identifiers held back",
        question="Which identifiers tie nobody, because agencies, hosts or everybody use them?",
        lead=f"{plural(len(table), 'identifier')} would have tied {int(table['n_edges'].sum()):,} pairs of accounts."
        if len(table)
        else f"No identifier is carried by more than {cap} accounts, and no known shared service is among them.",
        table=table if len(table) else None,
        labels={
            "object_type": "Type",
            "object_id": "Identifier",
            "degree": "Carriers",
            "n_rows": "Rows",
            "n_edges": "Pairs it would tie",
            "capped": "Why",
        },
        max_rows=15,
    )


@view(
    title="Earlier removals",
    summary="Lists what an earlier takedown list names and these data hold, before or after the removal.",
    caveat="A match with a list is a lead: numbers and domains change hands.",
)
def ad_returned(case: Any) -> View:
    table = studied(case, STUDY).table("returned")
    shown = table.assign(after=table["after"].map(words)) if len(table) else table
    return View(
        name="ad_returned",
        title="Matches with earlier removals",
        question="Was any of it removed before?",
        lead=answer_of(case, "Was any of it removed before?"),
        table=shown if len(shown) else None,
        labels={
            "object_type": "Type",
            "object_id": "Identifier",
            "account_id": "Page",
            "match": "Match",
            "removed_at": "Removed (UTC)",
            "reference": "Reference",
            "first_at": "First seen here (UTC)",
            "after": "After the removal",
            "degree": "Carriers",
            "held_back": "Says little because",
        },
        max_rows=25,
    )


@view(
    title="Identifiers of several",
    summary="Lists every identifier that two or more accounts, sites or reports hold, and whether it may tie them.",
    caveat="What stands in two lists may be one list copied from the other.",
)
def ad_shared(case: Any) -> View:
    table: pd.DataFrame = studied(case, STUDY).table("shared")
    return View(
        name="ad_shared",
        title="Identifiers that several hold",
        question="Which identifiers and domains stand beside two or more pages, sites or reports?",
        lead=answer_of(case, "Which identifiers tie the pages?"),
        table=table if len(table) else None,
        labels={
            "family": "Family",
            "object_type": "Type",
            "object_id": "Identifier",
            "degree": "Carriers",
            "held_back": "Ties nobody because",
            "n_rows": "Rows",
            "first_at": "First (UTC)",
            "last_at": "Last (UTC)",
            "accounts": "Carried by",
        },
        max_rows=20,
    )
