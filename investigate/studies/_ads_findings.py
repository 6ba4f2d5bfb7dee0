"""Findings on advertising: networks of pages, look-alike sites, matches with earlier lists, identifiers in several reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from ..findings import Alternative, Evidence, Finding
from ..packs import PolicyPack
from ..proposals import propose
from ..series import adjust
from ._ads_innocent import NOT, PARTLY, UNCHECKED, About, hosting, listed_group
from ._ads_money import spend, written
from ._ads_picture import Judged, Picture
from ._ads_proposals import for_brand, for_network
from ._ads_reports import of_pages
from ._making import counted, make_finding

NAME = "scam_ads"
AREA = "fraud_ads"
_SIGNAL_WORDS = {
    "new_page": ("were young at their first ad", "account quality"),
    "name_changed": ("changed their name", "account quality"),
    "looks_alike": ("look like a protected brand, or lead to a site that does", "persona"),
    "came_back": ("match an earlier takedown list", "human source"),
    "same_creative": ("have an ad text nearly equal to another page's", "content"),
}
LIMITS = (
    "Whoever shares an identifier need not be one owner: agencies, resellers, families and copied pages share them too.",
    "Identifiers are handed on; that two pages used one does not say that they used it at the same time.",
)


def findings(picture: Picture, pack: PolicyPack, known: pd.DataFrame | None) -> list[Finding]:
    """All findings, strongest first."""
    found = [*_networks(picture, pack)] if picture.has_ads else [*_matches(picture, pack, known)]
    return [*found, *_brands(picture, pack), *_returned(picture, pack)]


def _networks(p: Picture, pack: PolicyPack) -> Iterator[Finding]:
    for judged in p.judged:
        network, about = judged.network, judged.about
        policy = pack.mapping(AREA, "possible" if judged.grade == "E2" else "unclear")
        yield make_finding(
            NAME,
            "cluster",
            _title(judged),
            _statement(p, judged),
            members=network.pages,
            evidence=_evidence(p, judged),
            alternatives=judged.alternatives,
            grade=judged.grade,
            confidence=(
                "moderate: two independent families of identifiers and a sign of deceiving, in one export"
                if judged.grade == "E2"
                else f"low: {judged.lacking[0]}"
            ),
            limits=[*(f"Held at {judged.grade}: {reason}." for reason in judged.lacking), *LIMITS],
            impact={
                "network": network.number,
                "ads": len(about.ads),
                "live_ads": int((about.ads["state"] == "live").sum()),
                "spend": ranges(about.ads),
                "victim_reports": of_pages(p.reports, network.pages),
                "pages_tied_by_one_identifier_only": len(network.loose),
            },
            policy=policy,
            recommended=for_network(p, judged, pack),
            framework_tags=_tags(about) if judged.grade == "E2" else (),
        )


def ranges(ads: pd.DataFrame) -> list[str]:
    """What the ads cost, per currency in words; currencies whose amounts say nothing are marked."""
    out = []
    for row in spend(ads).itertuples(index=False):
        if row.n_stated:
            said = written(row.currency, row.spend_low, row.spend_high, row.n_open)
            out.append(said if row.reliable else f"{said} (unreliable)")
    return out


def _title(judged: Judged) -> str:
    network = judged.network
    said = f"Group {network.number}: {len(network.pages)} pages"
    if judged.explained:
        return f"{said} that an innocent explanation accounts for"
    if not network.robust:
        return f"{said} that hang together by single identifiers"
    if len(network.families) < 2:
        return f"{said} tied by one family of identifiers ({', '.join(network.alone)})"[:100]
    return f"{said} tied by {' and by '.join(network.families)}"[:100]


def _statement(p: Picture, judged: Judged) -> str:
    network, about = judged.network, judged.about
    kinds = network.identifiers["object_type"].value_counts().sort_index()
    shared = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
    said = [
        f"{about.n} pages with {len(about.ads):,} ads carry {counted(len(network.identifiers), 'identifier')} in common ({shared})."
    ]
    said.append(
        "They stay together whichever single page or identifier is taken away."
        if network.robust
        else "They fall apart when one page or identifier is taken away."
    )
    names = [str(n) for n in about.pages.sort_values(["n_ads", "account_id"], ascending=[False, True])["name"]]
    said.append(f"Among them: {', '.join(names[:3])}.")
    for signal, (words, _) in _SIGNAL_WORDS.items():
        k, of = about.count(signal)
        if k:
            said.append(f"{k} of {of} {words}.")
    if n := of_pages(p.reports, network.pages):
        said.append(
            f"{counted(n, 'victim report')} name{'s' if n == 1 else ''} them, their ads, or an identifier of theirs."
        )
    if costs := ranges(about.ads):
        said.append(f"Spend: {'; '.join(costs)}.")
    live = int((about.ads["state"] == "live").sum())
    said.append(
        f"{live:,} of its ads run at {p.as_of:%Y-%m-%d %H:%M} UTC." if live else "None of its ads is known to run."
    )
    return " ".join(said)


def _evidence(p: Picture, judged: Judged) -> Iterator[Evidence]:
    network, about = judged.network, judged.about
    for family in network.alone:
        pairs = p.edges[family]
        inside = pairs[pairs["account_a"].isin(network.pages) & pairs["account_b"].isin(network.pages)]
        if len(inside):
            yield Evidence(
                kind="shared identifiers",
                test="identifiers in common, summed over the linked pairs, against pages that draw theirs at random",
                observed=float(inside["n_objects"].sum()),
                expected=float(inside["expected"].sum()),
                q=None,
                n=len(inside),
                rows_ref="tables/ad_identifiers.csv",
                family=family,
                note=f"alone it keeps {network.alone[family]:.0%} of the pages together",
            )
    if judged.second is not None:
        s = judged.second
        yield Evidence(
            kind="second family",
            test=f"carriers of one {s.object_type} among the pages that {s.found_by} ties, hypergeometric",
            observed=float(s.n_inside),
            expected=s.expected,
            q=judged.q,
            n=s.n_found,
            rows_ref="tables/ad_identifiers.csv",
            family=s.family,
            note="what one person only can hold is among them" if s.strong else "",
        )
    others = p.pages[~p.pages["account_id"].isin(network.pages)]
    for signal, (words, family) in _SIGNAL_WORDS.items():
        k, of = about.count(signal)
        base = others[signal].dropna().astype(bool)
        if k:
            yield Evidence(
                kind=signal.replace("_", " "),
                test=f"pages that {words}, against the share among all other pages",
                observed=float(k),
                expected=float(base.mean() * of) if len(base) else None,
                q=None,
                n=of,
                rows_ref="tables/ad_pages.csv",
                family=family,
            )


def _tags(about: About) -> list[dict[str, str]]:
    tags = {"looks_alike": ("T0149.003", "Lookalike Domain")}
    return [{"framework": "DISARM", "id": i, "name": n} for s, (i, n) in tags.items() if s in about.deceiving()]


def _matches(p: Picture, pack: PolicyPack, known: pd.DataFrame | None) -> Iterator[Finding]:
    """Identifiers that several sites or reports hold, where the data are no ads: matches, and leads only."""
    pairs = (
        pd.concat([e for e in p.edges.values() if len(e)], ignore_index=True)
        if any(map(len, p.edges.values()))
        else None
    )
    if pairs is None:
        return
    pairs["q"] = adjust(pairs["p"].to_numpy())
    for judged in p.judged:
        network, held = judged.network, judged.network.identifiers
        inside = pairs[pairs["account_a"].isin(network.pages) & pairs["account_b"].isin(network.pages)]
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in held["object_type"].value_counts().sort_index().items())
        counts = p.carried[p.carried["account_id"].isin(network.pages)].groupby("account_id").size()
        share = len(held) / int(counts.min())
        repeats = Alternative(
            "One list or report that repeats another",
            "the share of the smaller one's identifiers that the others hold as well",
            f"{len(held):,} of {int(counts.min()):,} ({share:.0%})",
            PARTLY if share >= 0.5 else NOT,
        )
        yield make_finding(
            NAME,
            "match",
            f"Group {network.number}: {len(network.pages)} sites or reports with {counted(len(held), 'identifier')} in common",
            f"{', '.join(network.pages[:4])}{' and others' if len(network.pages) > 4 else ''} hold {counted(len(held), 'identifier')} "
            f"in common ({kinds}).",
            members=network.pages,
            evidence=[
                Evidence(
                    kind="match",
                    test="identifiers in common, against accounts that draw theirs at random",
                    observed=float(inside["n_objects"].sum()),
                    expected=float(inside["expected"].sum()),
                    q=float(inside["q"].max()),
                    n=len(inside),
                    rows_ref="tables/ad_identifiers.csv",
                    family=", ".join(sorted(network.alone)),
                )
            ],
            alternatives=[repeats, hosting(judged.about), listed_group(judged.about, known)],
            grade="E1",
            confidence="low: a match of indicators is a lead, whatever its chance",
            limits=[
                "That one list or site holds what another holds does not say who runs either.",
                "The identifiers come from whoever published the list; what was left out is not known.",
            ],
            policy=pack.mapping(AREA, "unclear"),
            recommended=[
                propose(
                    "Read both sources on these identifiers before anything is added to a list",
                    owner="investigations",
                    as_of=p.as_of,
                    horizon="mid-term",
                    effect="one case instead of two, or the reason why they are two",
                    risk="none: it only reads",
                    grade="E1",
                )
            ],
        )


def _brands(p: Picture, pack: PolicyPack) -> Iterator[Finding]:
    """Look-alikes of each brand that are close: leads, for people to look at."""
    close = p.lookalikes[p.lookalikes["close"].astype(bool)] if len(p.lookalikes) else p.lookalikes
    for brand, part in close.groupby("brand", sort=True):
        pages = sorted({a for a in part["account_id"] if a})
        own = part["brand_domain"].iloc[0]
        sites = part[part["what"] != "page name"]
        listed = "; ".join(f"{r.what} {r.value} ({r.likeness})" for r in part.head(4).itertuples())
        total = max(int(p.ads["landing_domain"].nunique()) + len(p.pages), 1)
        yield make_finding(
            NAME,
            "match",
            f"{len(part)} names of sites or pages look like {brand}"[:100],
            f"{listed}{' and others' if len(part) > 4 else ''}; {int(part['n_ads'].sum()):,} ads use them.",
            members=pages,
            key=str(brand),
            evidence=[
                Evidence(
                    kind="look-alike",
                    test="names within the likeness that counts as close, of all landing domains and pages; no base rate is known",
                    observed=float(len(part)),
                    expected=None,
                    q=None,
                    n=total,
                    rows_ref="tables/ad_lookalikes.csv",
                    family="persona",
                )
            ],
            alternatives=[
                Alternative(
                    "The brand's own site or page",
                    f"the brand's domain ({own or 'none given'}) and pages that lead nowhere else",
                    "the brand's own are left out; sites it does not list may be its own too",
                    PARTLY,
                ),
                Alternative(
                    "A reseller, repair shop, fan page or critic",
                    "whether only the name of a page is alike, or also where it leads",
                    f"{len(sites)} of {len(part)} are names of sites",
                    NOT if len(sites) == len(part) else PARTLY,
                ),
            ],
            grade="E1",
            confidence="low: names alone, and no person has looked at the sites",
            limits=["A name that looks alike is no proof of intent.", "The content of the sites is not in the data."],
            policy=[*pack.mapping(AREA, "unclear"), *pack.mapping("impersonation", "unclear")],
            recommended=for_brand(p, str(brand)),
        )


def _returned(p: Picture, pack: PolicyPack) -> Iterator[Finding]:
    held = p.returned[p.returned["held_back"].fillna("").eq("")] if len(p.returned) else p.returned
    if held.empty:
        return
    pages = sorted(set(held["account_id"]))
    after = held["after"].fillna(False).astype(bool)
    yield make_finding(
        NAME,
        "match",
        f"{len(pages)} pages carry what an earlier takedown list names",
        f"{len(held):,} matches with the list of earlier removals, {int(after.sum()):,} of them used after the date of removal.",
        members=pages,
        evidence=[
            Evidence(
                kind="earlier removal",
                test="entries of the list found in these data; what a random page would match is not known",
                observed=float(len(held)),
                expected=None,
                q=None,
                n=len(held),
                rows_ref="tables/ad_returned.csv",
                family="human source",
            )
        ],
        alternatives=[
            Alternative(
                "The same ads, seen before they were removed",
                "whether the identifier is used after the date of removal",
                f"{int(after.sum())} of {len(held)} are; {int(held['after'].isna().sum())} have no date",
                NOT if after.all() else PARTLY if after.any() else "explains",
            ),
            Alternative(
                "An identifier handed on to somebody else",
                "the number of accounts that carry it",
                f"at most {int(held['degree'].max())} accounts carry one of them; numbers and domains change hands",
                PARTLY,
            ),
            Alternative("A mistake in the earlier removal", "not in the data", "the list does not say", UNCHECKED),
        ],
        grade="E1",
        confidence="low: a match with a list is a lead",
        limits=["A match says that something is the same, not that somebody is."],
        policy=[*pack.mapping(AREA, "unclear"), *pack.mapping("ban_evasion", "unclear")],
        recommended=[_review(p, "Compare these pages with the earlier removal, one by one", "investigations")],
    )


def _review(p: Picture, action: str, owner: str) -> dict[str, Any]:
    return propose(
        action, owner=owner, as_of=p.as_of, effect="a person's judgement", risk="none: it only reads", grade="E1"
    )
