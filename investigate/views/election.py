"""The watch over one election: what changed first, then incidents, claims, narratives, texts, words, groups."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ._chart_kinds import lines
from ._view import View, view
from ._words import plural
from .contract import studied

STUDY = "election_watch"
SERIES_DRAWN = 4
SERIES_LABELS = {
    "name": "Series",
    "title": "Narrative",
    "n_forecast": "Posts with a forecast",
    "expected": "Expected",
    "n_alarms": "Alarms",
    "n_above": "Above",
    "peak_at": "Peak (UTC)",
    "peak_observed": "At the peak",
    "peak_expected": "Expected there",
    "peak_high": "Alarm from",
    "method": "Method",
}
COUNT_LABELS = {
    "n_posts": "Posts",
    "n_accounts": "Accounts",
    "n_in_groups": "Of them in groups",
    "first_at": "First seen (UTC)",
    "last_at": "Last seen (UTC)",
    "narratives": "Narratives",
    "example": "First post",
}


def answered(case: Any, start: str) -> str:
    """The study's answer to the question that begins so, or why there is none."""
    found = next(a for a in studied(case, STUDY).answers if a.question.startswith(start))
    return found.answer or f"Not answered, because {found.because}."


@view(
    title="What changed since the run before",
    summary="Lists groups, claims, narratives, texts and look-alikes that are new, grown, shrunk, gone, merged or split.",
    caveat="Both runs must look at like periods and like exports: another export changes everything.",
)
def election_delta(case: Any) -> View:
    study = studied(case, STUDY)
    table, earlier = study.table("delta"), study.facts["previous_run"]
    return View(
        name="election_delta",
        title="What changed since the run before",
        question="What is new, grown, shrunk, gone, merged or split?",
        lead=answered(case, "What changed"),
        table=table if earlier and len(table) else None,
        how_to_read="Groups are matched by their members, texts by nearly equal wording, claims by what they name. Before and after "
        "count accounts for groups and posts for all else. What is the same is not listed.",
        labels={
            "kind": "Kind",
            "change": "Change",
            "what": "What",
            "before": "Before",
            "after": "After",
            "id_before": "Identifier before",
            "id_after": "Identifier now",
            "note": "Note",
        },
        caveats=(
            "A group whose members all changed counts as gone and new.",
            "Rates are compared per day: a period of another length is allowed for, another kind of export is not.",
        )
        if earlier
        else (),
        max_rows=60,
    )


@view(
    title="What became of earlier proposals",
    summary="Lists the actions proposed in the run before: due or not, and whether their group is still there.",
    caveat="Whether an action was taken is known to people, not to this tool.",
)
def election_follow_up(case: Any) -> View:
    table = studied(case, STUDY).table("follow_up")
    return View(
        name="election_follow_up",
        title="What became of earlier proposals",
        question="Did earlier actions hold?",
        lead=answered(case, "Did earlier"),
        table=table if len(table) else None,
        labels={
            "action": "Action",
            "owner": "Owner",
            "review_by": "Look again by",
            "due": "Due",
            "about": "About",
            "decision": "Decided then",
            "now": "Now",
        },
        caveats=("That a group is gone may have other reasons than an action.",) if len(table) else (),
        max_rows=40,
    )


@view(
    title="Incidents",
    summary="Lists every finding in one line: what, grade, since when, how far, whose it is.",
    caveat="How far something spread beyond one platform cannot be told from one platform's data.",
)
def election_incidents(case: Any) -> View:
    table = studied(case, STUDY).table("incidents")
    return View(
        name="election_incidents",
        title="Incidents",
        question="What is open, and who takes it?",
        lead=f"{plural(len(table), 'incident')}, strongest evidence first.",
        table=table if len(table) else None,
        labels={
            "finding_id": "Finding",
            "type": "Type",
            "title": "What",
            "evidence_grade": "Grade",
            "status": "Status",
            "first_at": "First seen (UTC)",
            "breakout": "Spread (1 or 2)",
            "owner": "Owner",
        },
        how_to_read="Spread: 1 inside one group, 2 beyond it. The owner comes from the routes of the market profile.",
        caveats=("Categories above 2 of the breakout scale need other platforms and media: a person sets them.",),
        max_rows=40,
    )


@view(
    title="Claims about voting, to assess",
    summary="Queues what posts say of the day and way of voting beside what the market profile says.",
    caveat="Nothing here is called false: irony, quotations and corrections are in the queue too.",
)
def voting_claims(case: Any) -> View:
    table = studied(case, STUDY).table("claims")
    return View(
        name="voting_claims",
        title="Claims about voting, to assess",
        question="What do posts say about voting that the market profile does not?",
        lead=answered(case, "What do posts"),
        table=table if len(table) else None,
        how_to_read="A person fills in the assessment, most carried first. 'No reference': the profile has nothing to compare with.",
        labels={
            **COUNT_LABELS,
            "claim_id": "Claim",
            "kind": "Kind",
            "narrative": "Narrative",
            "asserted": "Posts name",
            "official": "The profile says",
            "differs": "Differs",
            "n_beside": "Name the voting day too",
            "n_official": "By official accounts",
            "content_ids": "Posts to read",
            "assessment": "Assessment",
        },
        caveats=(
            "Found by words and days in one sentence; a debate or a deadline beside the word 'vote' is queued too.",
            "The reference is the profile: where an official account says something else, check the profile first.",
        ),
        max_rows=40,
    )


@view(
    title="Narratives",
    summary="Counts each watched narrative against its forecast.",
    caveat="A narrative is a list of words; who uses them, and why, it does not say.",
)
def election_narratives(case: Any) -> View:
    table = studied(case, STUDY).table("narratives")
    return View(
        name="election_narratives",
        title="Narratives",
        question="Which narratives are above their forecast?",
        lead=answered(case, "Which narratives"),
        table=table if len(table) else None,
        labels=SERIES_LABELS | COUNT_LABELS,
        how_to_read="Expected sums the forecasts of all bins that have one. Above: bins over their forecast after adjustment for all "
        "bins of all series. The peak is the highest such bin, else the highest bin.",
        caveats=(f"Compared with {studied(case, STUDY).facts['baseline']}.",),
        max_rows=40,
    )


@view(
    title="Volume against forecast",
    summary="Draws election posts and the loudest narratives over time with the range in which they are no surprise.",
    caveat="A spike in the history makes the forecasts after it too high, and a quiet history makes them too low.",
)
def election_volume(case: Any) -> View:
    study = studied(case, STUDY)
    table, summary = study.table("volume"), study.table("narratives")
    tried = study.table("calibration")
    drawn = list(dict.fromkeys(["election", *summary["name"]]))[:SERIES_DRAWN]
    titles = dict(zip(summary["name"], summary["title"], strict=True))
    part = table[table["name"].isin(drawn)]
    data = pd.DataFrame(
        {
            "at": part["at"],
            "value": part["observed"],
            "expected": part["expected"],
            "high": part["high"],
            "alarm": part["alarm"],
            "series": pd.Categorical(part["name"].map(titles), [titles[n] for n in drawn if n in titles]),
        }
    )
    promised = "There is no history on which the alarm could be tried."
    if len(tried):
        t = tried.iloc[0]
        promised = (
            f"On the history before the period the alarm went off in {t['share']:.2%} of {t['n_bins']:,} bins (95% interval "
            f"{t['low']:.2%} to {t['high']:.2%}); promised are {t['alpha']:.2%}. Real spikes in the history count as well."
        )
    return View(
        name="election_volume",
        title="Volume against forecast",
        question="Is there more than could be expected, and when?",
        lead=promised,
        figure=lines(data, title="Posts per bin", y_label="Posts") if len(data) else None,
        table=table if len(table) else None,
        labels=SERIES_LABELS
        | {"at": "Bin (UTC)", "observed": "Posts", "high": "Alarm from", "p": "p", "q": "q", "alarm": "Alarm"},
        caveats=("Many series are tested: q allows for that, p does not.",),
        max_rows=10,
    )


@view(
    title="New texts",
    summary="Lists families of nearly equal election texts that several accounts posted, new ones first.",
    caveat="Headlines and share buttons repeat texts in good faith.",
)
def new_texts(case: Any) -> View:
    study = studied(case, STUDY)
    table = study.table("clusters")
    new = int(table["new"].sum()) if len(table) else 0
    return View(
        name="new_texts",
        title="New texts",
        question="Which texts came up that nobody had posted before?",
        lead=f"New families of nearly equal texts: {new:,}; there before: {len(table) - new:,}. Listed "
        f"from {study.facts['novelty_min_posts']} posts by three accounts on.",
        table=table.drop(columns=["representative"]).assign(representative=table["representative"])
        if len(table)
        else None,
        labels={
            **COUNT_LABELS,
            "cluster_id": "Text",
            "new": "New",
            "n_earlier": "Posts before",
            "representative": "Words",
        },
        caveats=(f"Compared with {study.facts['baseline']}. Families are chains: two texts of one may be less alike.",),
        max_rows=25,
    )


@view(
    title="Words and tags that stand out",
    summary="Ranks words and tags of election posts by their log-odds against before.",
    caveat="Common news raise words too; a word is no narrative.",
)
def election_terms(case: Any) -> View:
    study = studied(case, STUDY)
    table = study.table("terms")
    n = int(table["emerging"].sum()) if len(table) else 0
    return View(
        name="election_terms",
        title="Words and tags that stand out",
        question="Which words and tags are used more than before?",
        lead=f"Words and tags that stand out against {study.facts['baseline']}: {n:,}.",
        table=table if len(table) else None,
        labels={
            **COUNT_LABELS,
            "term": "Word or tag",
            "share": "Share of posts",
            "n_earlier": "Posts before",
            "share_earlier": "Share before",
            "log_odds": "Log-odds",
            "z": "z",
            "q": "q",
            "emerging": "Stands out",
        },
        how_to_read="Copies of one text by one account count once. All words counted are in the table file; the next run compares with it.",
        caveats=("Words of fewer than four letters, and scripts without spaces, are not counted.",),
        max_rows=20,
    )


@view(
    title="Groups and their election content",
    summary="Lists the groups that act together, those with most election content first.",
    caveat="Acting together is no deceit: parties and newsrooms do it on purpose.",
)
def election_groups(case: Any) -> View:
    table = studied(case, STUDY).table("groups")
    return View(
        name="election_groups",
        title="Groups and their election content",
        question="Which accounts act together, and do they push election content?",
        lead=answered(case, "Which accounts act"),
        table=table if len(table) else None,
        labels={
            "finding_id": "Finding",
            "title": "Group",
            "evidence_grade": "Grade",
            "n_members": "Members",
            "n_core": "Core",
            "n_posts": "Joint posts",
            "n_election": "On the election",
            "election_share": "Share",
            "n_outside": "Others on its main object",
            "breakout": "Spread",
            "first_at": "First (UTC)",
            "last_at": "Last (UTC)",
            "narratives": "Narratives",
            "members": "Accounts",
        },
        caveats=(
            "Official and party accounts of the profile count as known groups: they explain a group, they hide none.",
        )
        if len(table)
        else (),
        max_rows=25,
    )
