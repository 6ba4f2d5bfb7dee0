"""What was found: the bottom line, the finding cards, the groups and their members."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..duration import say
from ..explanations import EXPLAINS
from ..findings import GRADES, Finding
from ..relations import RELATIONS
from ._decided import DECIDED, on_card, pinned, standings
from ._view import View, view
from ._words import has_window, named, plural, title

CARDS = 8


def _by_weight(found: list[Finding]) -> list[Finding]:
    """Strongest first: grade, then core members; the identifier settles ties."""
    return sorted(found, key=lambda f: (f.evidence_grade, f.n_core, f.n_members, f.finding_id), reverse=True)


def _leads(leads: list[Finding]) -> str:
    """What to say of the leads, in half a sentence; those that are explained are said to be."""
    explained = sum(any(a.verdict == EXPLAINS for a in f.alternatives) for f in leads)
    open_ = len(leads) - explained
    parts = [f"{plural(open_, 'lead')} {'needs' if open_ == 1 else 'need'} more evidence"] if open_ else []
    if explained:
        parts.append(f"{plural(explained, 'lead')} {'is' if explained == 1 else 'are'} explained innocently")
    return "".join(f"; {part}" for part in parts)


_KINDS = {
    "timing": "timing of joint acts",
    "content": "what is said",
    "persona": "names",
    "identifier": "shared identifiers",
    "network": "who interacts with whom",
}


def _assessed(relations: tuple[str, ...]) -> str:
    """The kinds of evidence that were looked at, in words."""
    held = {RELATIONS.get(name).family for name in relations}
    return ", ".join(words for family, words in _KINDS.items() if family in held)


@view(
    title="Bottom line",
    summary="Says in two sentences what was found and how far the evidence carries.",
    caveat="It counts findings; it does not judge them.",
    needs=("find",),
)
def summary(case: Any) -> View:
    settings = case.settings
    decided = {k: s.status for k, s in standings(case).items() if k in {f.finding_id for f in case.findings}}
    found = [f for f in case.findings if decided.get(f.finding_id) != "rejected"]
    supported = [f for f in found if f.status == "supported"]
    leads = [f for f in found if f.status == "lead"]
    accounts = sum(d.n_accounts for d in case.datasets)
    contents = sum(d.n_content for d in case.datasets)
    unusual, pairs = int(case.edges["unusual"].sum()), sum(case.pairs_found.values())
    timed = [name for name in settings.relations if has_window(name)]
    acted = f"that acted on the same object within {say(settings.window_s)}"
    linked = (
        "with anything in common"
        if not timed
        else acted
        if timed == list(settings.relations)
        else f"{acted} or are linked otherwise"
    )
    if supported:
        top = _by_weight(supported)[0]
        also = _leads(leads)
        lead = (
            f"{plural(len(supported), 'group')} of accounts acted together beyond what chance and the checked innocent explanations account "
            f"for{also}. The largest: {top.statement.split(' Main objects:')[0]}"
        )
    elif leads:
        lead = (
            f"No finding is supported. {plural(len(leads), 'lead')} may be worth a look: each rests on one signal, is explained innocently, "
            "or does not hold in the sensitivity checks."
        )
    elif case.findings:
        lead = (
            f"People rejected {'the one finding' if len(case.findings) == 1 else f'all {len(case.findings)} findings'}."
        )
    else:
        lead = (
            f"No group of accounts acted together more than chance explains. Of {pairs:,} pairs {linked}, "
            f"{plural(unusual, 'pair')} stood out after correction for the number of pairs tested"
            f"{', too few and too scattered to form a group' if unusual else ''}."
        )
    if decided:
        lead += f" People decided on {plural(len(decided), 'finding')}: {_decided(decided)}."
    false = settings.fdr_q * unusual
    lead += f"\n\nAssessed by: {_assessed(settings.relations)}. Not assessed: who is behind the accounts, why they act, whether a policy is broken."
    return View(
        name="summary",
        title="Bottom line",
        question="What was found, and how far does the evidence carry?",
        lead=lead,
        facts=(
            ("Accounts", accounts),
            ("Posts", contents),
            ("Pairs with joint acts" if timed == list(settings.relations) else "Linked pairs", pairs),
            ("Unusual pairs", unusual),
            ("Groups supported", len(supported)),
            ("Leads", len(leads)),
            *(((DECIDED["confirmed_by_human"], _count(decided, "confirmed_by_human")),) if decided else ()),
        ),
        caveats=(
            f"At a false-discovery rate of {settings.fdr_q:g}, about {false:.0f} of the {unusual:,} unusual pairs are expected to be chance.",
        ),
    )


def _count(decided: dict[str, str], status: str) -> int:
    return sum(held == status for held in decided.values())


def _decided(decided: dict[str, str]) -> str:
    """ "1 confirmed, 1 rejected"."""
    words = {status: word.lower().removeprefix("judged ") for status, word in DECIDED.items()}
    return ", ".join(f"{n} {word}" for status, word in words.items() if (n := _count(decided, status)))


def _numbers(finding: Finding) -> dict[str, Any]:
    group = finding.evidence[0]
    if "community" not in finding.impact:
        return {} if group.expected is None else {"observed": group.observed, "expected by chance": group.expected}
    return {"posts that match": int(group.observed), "expected by chance": group.expected}


@view(
    title="Findings",
    summary="Shows a card per finding: evidence, expected by chance, innocent explanations, grade.",
    caveat="A grade speaks of the evidence, not of guilt.",
    needs=("find",),
)
def findings(case: Any, *, top: int = CARDS, template: str = "") -> View:
    stand, exhibits = standings(case), pinned(case)
    own = [f for f in case.findings if template in ("", f.template)]
    status = {f.finding_id: stand[f.finding_id].status if f.finding_id in stand else f.status for f in own}
    ranked = sorted(_by_weight(own), key=lambda f: status[f.finding_id] == "rejected")
    # What a person judged or pinned evidence on is always shown as a card.
    shown = [f for i, f in enumerate(ranked) if i < top or f.finding_id in stand or f.finding_id in exhibits]
    table = pd.DataFrame(
        [
            (
                f.finding_id,
                status[f.finding_id],
                f.evidence_grade,
                f.title,
                f.n_core,
                f.n_members,
                f.confidence,
                f.ceiling,
            )
            for f in ranked
        ],
        columns=["finding_id", "status", "evidence_grade", "title", "n_core", "n_members", "confidence", "ceiling"],
    )
    decided = {f.finding_id: on_card(f, stand.get(f.finding_id), exhibits.get(f.finding_id, [])) for f in shown}
    cards = tuple(
        {**f.to_dict(), "limits": f.limits[:1], "numbers": _numbers(f), **decided[f.finding_id]} for f in shown
    )
    left, last = len(ranked) - len(shown), ", rejected ones last" if "rejected" in status.values() else ""
    more = f" {left} more {'is' if left == 1 else 'are'} in the table below and in findings.json." if left else ""
    lead = (
        f"{plural(len(ranked), 'finding')}, strongest first{last}.{more}"
        if ranked
        else "There is no finding: nothing rises above what chance explains."
    )
    return View(
        name="findings",
        title="Findings",
        question="What is claimed, on what evidence, and what else could explain it?",
        lead=lead,
        cards=cards,
        table=table if len(ranked) else None,
        max_rows=50,
        how_to_read="Grades: " + "; ".join(f"{g} {means}" for g, (means, _) in list(GRADES.items())[:4]) + ".",
        labels={
            "finding_id": "Finding",
            "evidence_grade": "Grade",
            "n_core": "Core accounts",
            "n_members": "All accounts",
            "ceiling": "Supports at most",
        },
    )


@view(
    title="Groups",
    summary="Lists the groups with size, joint acts and what chance would give.",
    caveat="The number of a group is its rank by size in this run, nothing more.",
    needs=("group",),
)
def groups(case: Any) -> View:
    rows = []
    for number, part in case.communities.groupby("community"):
        joint, top = (
            case.joint[case.joint["community"] == number],
            case.objects[case.objects["community"] == number].head(3),
        )
        acts, expected = int(part["n_acts"].sum()), float(part["expected"].sum())
        rows.append(
            (
                number,
                int((part["role"] == "core").sum()),
                int((part["role"] == "peripheral").sum()),
                acts,
                round(expected, 1),
                ", ".join(f"{o.object_type}: {o.object_id}" for o in top.itertuples()),
                joint["created_at"].min(),
                joint["created_at"].max(),
                round(float(part["stability"].iloc[0]), 2),
            )
        )
    columns = [
        "community",
        "n_core",
        "n_peripheral",
        "n_acts",
        "expected",
        "main_objects",
        "first_at",
        "last_at",
        "stability",
    ]
    table = pd.DataFrame(rows, columns=columns)
    if case.joint.empty and len(table):  # linked by what accounts carry: no acts in time to count
        linked = case.layers().groupby("community")["relation"].agg(lambda names: ", ".join(title(n) for n in names))
        table = table.assign(main_objects=table["community"].map(linked).fillna(""))
        table = table.drop(columns=["n_acts", "expected", "first_at", "last_at"])
    least = case.settings.min_actions
    return View(
        name="groups",
        title="Groups",
        question="Which accounts hang together, and on what?",
        table=table,
        how_to_read=f"Core accounts have at least {least} posts; peripheral ones act with the group but have too few posts to judge. "
        "Expected: posts that would match at the rate of all other accounts.",
        labels={
            "community": "Group",
            "n_core": "Core accounts",
            "n_peripheral": "Peripheral",
            "n_acts": "Posts that match",
            "expected": "Expected by chance",
            "main_objects": "Linked by" if "n_acts" not in table else "Main objects",
            "first_at": "First (UTC)",
            "last_at": "Last (UTC)",
            "stability": "Stability",
        },
        caveats=(
            "Stability is that of the Leiden part a group grew from, over ten seeds; 1 is found every time.",
            *_crowds(case),
        ),
        max_rows=40,
    )


def _crowds(case: Any) -> list[str]:
    """What was linked pair by pair and is still no group: a crowd with one interest."""
    return [
        f"{c.n_linked} linked accounts ({', '.join(c.accounts[:3])}{', ...' if c.n_linked > 3 else ''}) lie in a crowd of {c.n_crowd} with the same interest, most "
        f"of it without any unusual link; {c.n_kept or 'none'} of them act together more than that crowd does and are reported as a group."
        for c in case.crowds.itertuples()
    ]


@view(
    title="Members",
    summary="Lists the accounts of each group with their own numbers.",
    caveat="Being listed is not an accusation: look at the account's own rows first.",
    needs=("group",),
)
def members(case: Any) -> View:
    table = case.communities.drop(columns=["component", "seed_size", "stability"]).copy()
    table = named(case, table)
    table["expected"] = table["expected"].round(2)
    return View(
        name="members",
        title="Members",
        question="Which accounts are in each group, and how often did each act with it?",
        table=table,
        how_to_read="Posts that match: posts within the window of another member's on the same object.",
        labels={
            "community": "Group",
            "account_id": "Account",
            "handle": "Handle",
            "role": "Role",
            "n_content": "Posts",
            "n_acts": "Posts that match",
            "n_partners": "Members met",
            "expected": "Expected by chance",
            "q": "q",
        },
    )
