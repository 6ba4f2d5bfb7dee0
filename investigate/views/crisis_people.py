"""A breaking crisis, what people must look at: claims, threats, names, appeals for money, groups."""

from __future__ import annotations

from typing import Any

from ._view import View, view
from ._words import plural
from .contract import studied
from .crisis import _COUNTS, STUDY, _answer, _some


@view(
    title="Claims queue",
    summary="Lists clusters of like texts in the order in which people should assess them.",
    caveat="The order is reach and growth. Nothing here says that a claim is false.",
)
def crisis_claims(case: Any, *, top: int = 25) -> View:
    study = studied(case, STUDY)
    table = study.table("claims")
    return View(
        name="crisis_claims",
        title="Claims queue",
        question="Which claims should people assess first?",
        lead=_answer(study, "Which claims"),
        table=_some(table[["priority", *(c for c in table.columns if c != "priority")]] if len(table) else table),
        labels={**_COUNTS, "priority": "No.", "claim": "Claim", "text": "Earliest observed wording (masked)", "followers": "Followers, at most", "n_last_3h": "Last 3 h", "alert": "Alert"},
        how_to_read="Ranked by the mean of two ranks: accounts, and contents of the last three hours. Handles, addresses, numbers and names given as suspects are masked.",
        caveats=("A private person named in plain words, whom nobody mentions by handle, is not masked: read before a text leaves the team.",),
        max_rows=top,
    )  # fmt: skip


@view(
    title="Priority queue: threat to life",
    summary="Lists contents with a listed phrase, covered, for a trained person.",
    caveat="Threats in other words are missed, and quoted or joking words are hit.",
)
def crisis_threats(case: Any, *, top: int = 20) -> View:
    study = studied(case, STUDY)
    return View(
        name="crisis_threats",
        title="Priority queue: threat to life",
        question="What must a person read before anything else?",
        lead=_answer(study, "Are there threats"),
        table=_some(study.table("threats")),
        labels={
            "content_id": "Content",
            "created_at": "Published (UTC)",
            "phrase": "Kind of phrase",
            "n_copies": "Same text",
            "text": "Text (covered)",
        },
        how_to_read="Newest first. Every text is covered; it is revealed one by one in the workbench.",
        caveats=("Take breaks. Where life is at risk, use the emergency route first and write afterwards.",),
        max_rows=top,
    )


@view(
    title="Names given as suspects",
    summary="Counts contents that hold a name from the supplied list; shows no name.",
    caveat="Nobody is looked for who was not listed.",
)
def crisis_named(case: Any) -> View:
    study = studied(case, STUDY)
    return View(
        name="crisis_named",
        title="Names given as suspects",
        question="Are people named as suspects?",
        lead=_answer(study, "Are people named"),
        table=_some(study.table("named")),
        labels={**_COUNTS, "name": "Name (position on the list)"},
        caveats=("Being named is no sign of having done anything; a namesake is counted as well.",),
    )


@view(
    title="Appeals for money",
    summary="Lists accounts that ask for money, their ways to pay, and names and sites like a protected charity's.",
    caveat="Most appeals after a disaster are honest.",
)
def crisis_appeals(case: Any, *, top: int = 25) -> View:
    study = studied(case, STUDY)
    table = study.table("fundraisers")
    columns = (
        "account_id display_name likeness similarity charity n_shared n_ways is_new official cluster domains n_contents "
        "first_at account_created_at"
    )
    signs = table[columns.split()] if len(table) else table
    if len(table):
        signs = signs[signs["similarity"].notna() | (signs["n_shared"] > 0) | signs["official"]].reset_index(drop=True)
    others = len(table) - len(signs)
    return View(
        name="crisis_appeals",
        title="Appeals for money",
        question="Are there false fundraisers?",
        lead=_answer(study, "Are there false fundraisers")
        + (f" Without any sign, and not listed: {plural(others, 'account')}." if others else ""),
        table=_some(signs),
        labels={
            **_COUNTS, "account_id": "Account", "handle": "Handle", "display_name": "Shown name", "first_at": "First appeal (UTC)", "account_created_at": "Account made (UTC)", "is_new": "New",
            "official": "Listed as the charity's own", "charity": "Like the name of", "likeness": "How", "similarity": "Likeness", "n_ways": "Ways to pay", "n_shared": "Shared with others", "domains": "Sites", "cluster": "Set",
        },
        how_to_read="A set shares ways to pay, or a site with a name like the charity's; 0 stands alone. Listing is no accusation.",
        caveats=("Ways to pay on a linked page or in a picture are not seen.",),
        max_rows=top,
    )  # fmt: skip


@view(
    title="Ways to pay",
    summary="Lists identifiers of payment in appeals by how many accounts give them.",
    caveat="An honest appeal that many pass on is shared as well.",
)
def crisis_payments(case: Any, *, top: int = 25) -> View:
    study = studied(case, STUDY)
    return View(
        name="crisis_payments",
        title="Ways to pay",
        question="Which ways to pay are given by several accounts?",
        lead=plural(len(study.table("ways_to_pay")), "way") + " to pay in appeals about the event.",
        table=_some(study.table("ways_to_pay")),
        labels={
            **_COUNTS,
            "type": "Type",
            "object_id": "Identifier (personal ones as a hash)",
            "strength": "Strength",
            "capped": "Too common to count",
        },
        caveats=("A hash hides nothing from somebody who tries all numbers: treat it as the identifier it is.",),
        max_rows=top,
    )


@view(
    title="Sites of appeals",
    summary="Lists the sites that appeals lead to, and how like they are to a protected charity's.",
    caveat="A like name is no proof of deceit.",
)
def crisis_sites(case: Any, *, top: int = 25) -> View:
    study = studied(case, STUDY)
    table = study.table("appeal_sites")
    like = int((table["similarity"] > 0).sum()) if len(table) else 0
    return View(
        name="crisis_sites",
        title="Sites of appeals",
        question="Where do appeals send people?",
        lead=f"{plural(len(table), 'site')}, {like:,} with a name like a protected one.",
        table=_some(table),
        labels={
            **_COUNTS,
            "domain": "Site",
            "official": "Listed as the charity's own",
            "charity": "Like the name of",
            "likeness": "How",
            "similarity": "Likeness",
        },
        max_rows=top,
    )


@view(
    title="Groups about the event",
    summary="Lists groups of accounts that act together, with the share of that which is about the event.",
    caveat="Acting together is not deceiving.",
)
def crisis_groups(case: Any, *, top: int = 25) -> View:
    study = studied(case, STUDY)
    table = study.table("groups")
    own = table[table["n_about"] > 0] if len(table) else table
    return View(
        name="crisis_groups",
        title="Groups about the event",
        question="Does anybody amplify it in unison?",
        lead=_answer(study, "Does anybody amplify"),
        table=_some(own),
        labels={"community": "Group", "n_members": "Accounts", "n_joint": "Joint contents", "n_about": "About the event", "share_about": "Share", "grade": "Grade", "finding_id": "Finding"},
        caveats=(
            "Groups of the case that act together on other things only are not listed; the template coordinated_behaviour shows them.",
        ),
        max_rows=top,
    )  # fmt: skip


@view(
    title="To be preserved",
    summary="Lists contents, media and accounts that may be needed by law before they are deleted.",
    caveat="A place on the list is no finding.",
)
def crisis_preserve(case: Any, *, top: int = 25) -> View:
    table = studied(case, STUDY).table("preserve")
    return View(
        name="crisis_preserve",
        title="To be preserved",
        question="What may be needed by law before it is deleted?",
        lead=plural(len(table), "item") + ", by identifier; the case holds the rows as they were loaded.",
        table=_some(table),
        labels={"kind": "What", "ref": "Identifier", "why": "Why"},
        caveats=("Preservation at the platform is a step of the legal team; nothing is preserved by this list.",),
        max_rows=top,
    )
