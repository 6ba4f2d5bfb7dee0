"""What could be done about advertising, by whom and until when it is looked at again: proposals, the reversible ones first."""

from __future__ import annotations

from typing import Any

from ..packs import PolicyPack
from ..proposals import propose
from ._ads_picture import Judged, Picture
from ._making import proposed


def for_network(p: Picture, judged: Judged, pack: PolicyPack) -> list[dict[str, Any]]:
    """Proposals for one network; what needs stronger evidence than there is comes out with `ceiling_ok` false."""
    about, grade = judged.about, judged.grade
    if judged.explained:
        return [
            propose(
                "Ask the partner team whether the innocent explanation holds, and note the answer as a known group",
                owner="partner management",
                as_of=p.as_of,
                horizon="mid-term",
                effect="the next run explains these pages by name",
                risk="none: it only asks",
                grade=grade,
            )
        ]
    live = int((about.ads["state"] == "live").sum())
    domains = len({d for held in about.landing().values() for d in held})
    mine = p.collateral[p.collateral["network"] == judged.network.number]
    outside = int(mine.loc[mine["held_back"] == "", "n_outside"].sum())
    kinds = set(judged.network.identifiers["object_type"])
    out = [
        propose(
            f"Review the ads of these {about.n} pages by hand, the {live:,} live ones first"
            if live
            else f"Review the ads of these {about.n} pages by hand",
            owner="ads review",
            as_of=p.as_of,
            effect="a judgement on every ad, before more of them are shown",
            risk="honest advertisers wait",
            needs="E1",
            grade=grade,
        )
    ]
    if kinds & {"payment", "bank_account", "wallet"}:
        out.append(
            propose(
                "Review the payment instruments that these pages share",
                owner="payments risk",
                as_of=p.as_of,
                effect="the earliest point at which all of the pages can be reached at once",
                risk="a family's or an agency's card is blocked; see the collateral",
                needs="E2",
                grade=grade,
            )
        )
    if domains:
        out.append(
            propose(
                f"Review {domains:,} landing domain{'' if domains == 1 else 's'}, after looking at what else stands on the same hosts",
                owner="domain review",
                as_of=p.as_of,
                effect="ads for these sites stop on every page",
                risk=f"{outside:,} other accounts carry one of the identifiers"
                if outside
                else "others on a shared host",
                needs="E2",
                grade=grade,
            )
        )
    if "looks_alike" in about.deceiving():
        out.append(
            propose(
                "Draft information for people who paid or gave data on these sites",
                owner="communications",
                as_of=p.as_of,
                effect="fewer people lose money",
                risk="it alarms people who are not affected, and warns whoever runs the ads",
                needs="E2",
                grade=grade,
            )
        )
    out.append(
        propose(
            "Ask for business verification when a new page brings a payment instrument or a pixel of this network",
            owner="product",
            as_of=p.as_of,
            horizon="mid-term",
            effect="a relaunch costs more",
            risk="new honest pages wait for verification",
            needs="E2",
            grade=grade,
        )
    )
    said = {o["action"] for o in out}
    for default in pack.actions_for("scam_ads", "cluster"):
        if default.action not in said:
            out.append(proposed(default, as_of=p.as_of, grade=grade))
    return out


def for_brand(p: Picture, brand: str) -> list[dict[str, Any]]:
    return [
        propose(
            f"Draft a notification to {brand} with the sites and pages that look like it",
            owner="brand protection",
            as_of=p.as_of,
            effect="the brand can say which of them are its own",
            risk="an honest reseller is named to the brand",
            needs="E1",
            grade="E1",
        )
    ]


def for_all(p: Picture) -> list[dict[str, Any]]:
    """Proposals for the whole issue: what is missing, and what would make the next run better."""
    out = []
    doubtful = [str(r.currency) for r in p.spend.itertuples() if not r.reliable and r.n_stated]
    if doubtful:
        out.append(
            propose(
                f"Ask whoever made the export what its amounts in {', '.join(doubtful)} mean, before any sum is quoted",
                owner="investigations",
                as_of=p.as_of,
                effect="a total that can be quoted",
                risk="none: it only asks",
            )
        )
    if p.has_ads and p.ads["landing_domain"].isna().mean() > 0.5:
        out.append(
            propose(
                "Collect where the ads lead, outside this environment, and give the table to the source",
                owner="investigations",
                as_of=p.as_of,
                effect="sites, look-alikes and redirects can be looked at",
                risk="whoever opens the links is seen by the sites",
            )
        )
    if len(p.chains) and p.chains["other_site"].any():
        out.append(
            propose(
                "Add a signal for landing links that end on another site than they show",
                owner="engineering",
                as_of=p.as_of,
                horizon="mid-term",
                effect="swapped destinations are seen when they happen",
                risk="link shorteners and measurement services redirect as well",
            )
        )
    if len(p.capped):
        out.append(
            propose(
                "Name the agencies and tag managers among the identifiers held back, as known groups",
                owner="partner management",
                as_of=p.as_of,
                horizon="mid-term",
                effect="they are explained by name in the next run",
                risk="none: it only describes",
            )
        )
    return out
