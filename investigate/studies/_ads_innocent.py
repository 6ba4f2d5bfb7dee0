"""Innocent explanations of pages that hang together: an agency, a host or tag manager, a chain, an affiliate programme."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from ..findings import Alternative
from ..objects import fold_name, is_shared_service
from ._ads_ties import SEVERAL, Network

EXPLAINS, PARTLY, NOT, UNCHECKED = "explains", "partly", "does not explain", "not checked"
MOST = 0.8
"""Share of a network's pages that must fit an innocent pattern for it to explain the network."""

A_THIRD = 1 / 3
HOSTING = ("certificate", "certificate_name", "nameserver", "resource_domain")
"""Types that a host or a site builder puts on its customers' sites; of measurement numbers, tag-manager containers."""

DECISIVE = ("looks_alike", "came_back", "name_changed", "new_page")
"""Signals of deceiving; others (advertising before posting, equal texts) are common among honest pages as well."""


@dataclass(frozen=True)
class About:
    """What is known of a network's pages.

    Attributes
    ----------
    pages : DataFrame
        The rows of `_ads_pages.pages` for the members, with `looks_alike`, `came_back` and `same_creative`.
    ads : DataFrame
        Their rows of the table `ads`, with the landing domain behind redirects where one is known.
    """

    network: Network
    pages: pd.DataFrame
    ads: pd.DataFrame

    @property
    def n(self) -> int:
        return len(self.network.pages)

    def count(self, signal: str) -> tuple[int, int]:
        """Members that show a signal, and members of which it is known."""
        known = self.pages[signal].dropna()
        return int(known.astype(bool).sum()), len(known)

    def deceiving(self) -> list[str]:
        """Decisive signals that two or more members, and a third of all, show."""
        return [s for s in DECISIVE if self.count(s)[0] >= max(2, A_THIRD * self.n)]

    def landing(self) -> dict[str, set[str]]:
        """Page -> the domains its ads lead to, for pages of which any is known; platforms and hosts are no site of theirs."""
        held = self.ads.dropna(subset=["landing_domain", "account_id"])
        shared = held["landing_domain"].map(lambda d: is_shared_service("landing_domain", d)).astype(bool)
        held = held[~shared]
        return {str(page): set(part["landing_domain"]) for page, part in held.groupby("account_id")}


def alternatives(about: About, known: pd.DataFrame | None) -> list[Alternative]:
    """The explanations, each with what was checked; see `findings.Alternative`."""
    return [
        *(_agency(about), hosting(about), _chain(about), _affiliates(about), _same_name(about)),
        listed_group(about, known),
    ]


def _agency(about: About) -> Alternative:
    name = "One agency that advertises for many clients"
    landing, n = about.landing(), about.n
    shared = Counter(d for domains in landing.values() for d in domains)
    own = sum(any(shared[d] == 1 for d in domains) for domains in landing.values())
    named = about.ads.dropna(subset=["beneficiary"])
    clients = named.groupby("account_id")["beneficiary"].first().nunique()
    if not landing and not clients:
        return Alternative(
            name,
            "where the pages lead, and for whom they advertise",
            "the data name neither a site of their own nor a beneficiary",
            UNCHECKED,
        )
    fits = max(own, clients) / n
    against = about.deceiving()
    result = f"{own} of {n} pages lead to a site of their own; {clients} beneficiaries are named"
    if against:
        result += f"; but {_signals(about, against)}"
    verdict = NOT if fits < SEVERAL else PARTLY if against or fits < MOST else EXPLAINS
    # Look-alike sites are nobody's clients, and a page that comes back after a removal is no new one.
    verdict = NOT if {"looks_alike", "came_back"} & set(against) else verdict
    return Alternative(
        name, "own landing domains and beneficiaries, beside signals of disposable or look-alike pages", result, verdict
    )


def _signals(about: About, names: list[str]) -> str:
    words = {
        "looks_alike": "look like a protected brand or lead to a site that does",
        "came_back": "match an earlier takedown list",
        "name_changed": "changed their name",
        "new_page": "were young at their first ad",
    }
    return ", ".join(f"{about.count(s)[0]} {words[s]}" for s in names)


def hosting(about: About) -> Alternative:
    held = about.network.identifiers
    hosted = held["object_type"].isin(HOSTING) | (
        held["object_type"].eq("analytics") & held["object_id"].str.startswith("GTM-")
    )
    n, of = int(hosted.sum()), len(held)
    verdict = EXPLAINS if of and n == of else PARTLY if n else NOT
    return Alternative(
        "One host, site builder or tag manager",
        "the types of the identifiers that tie the pages; known services and those above the cap tie nothing",
        f"{n} of {of} identifiers that tie them are of a kind that hosts and builders put on many sites",
        verdict,
    )


def _chain(about: About) -> Alternative:
    name = "One chain, franchise or company that says so"
    landing, n = about.landing(), about.n
    site, leading = _most_common(landing)
    words = Counter(w for v in about.pages["name"] for w in {fold_name(p).stem for p in str(v).split()} if len(w) >= 4)
    _, sharing = max(words.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    checked = "whether most pages share one landing domain and a word of their names"
    if not landing:
        return Alternative(name, checked, "no landing domain beside platforms and hosts is known", UNCHECKED)
    result = f"{leading} of {n} pages lead to {site}; {sharing} of {n} names share a word"
    fits = leading >= MOST * n and sharing >= SEVERAL * n
    against = {"looks_alike", "came_back", "name_changed"} & set(about.deceiving())
    verdict = NOT if not fits else PARTLY if against else EXPLAINS
    return Alternative(name, checked, result, verdict)


def _affiliates(about: About) -> Alternative:
    name = "Affiliates of one programme, who do not know each other"
    landing, n = about.landing(), about.n
    site, leading = _most_common(landing)
    checked = "whether most pages lead to one shop, and whether they pay by different means"
    if not landing:
        return Alternative(name, checked, "no landing domain beside platforms and hosts is known", UNCHECKED)
    if leading < MOST * n:
        return Alternative(name, checked, f"the site led to most, {site}, is that of {leading} of {n} pages", NOT)
    paid = about.network.alone.get("payment and contact")
    if paid is None:
        return Alternative(
            name, checked, f"{leading} of {n} pages lead to {site}; how they pay is not in the data", PARTLY
        )
    verdict = NOT if paid >= SEVERAL else EXPLAINS
    return Alternative(
        name, checked, f"{leading} of {n} pages lead to {site}; {paid:.0%} share a means of payment or contact", verdict
    )


def _most_common(landing: dict[str, set[str]]) -> tuple[str, int]:
    counts = Counter(d for domains in landing.values() for d in domains)
    return max(counts.items(), key=lambda item: (item[1], item[0]), default=("", 0))


def _same_name(about: About) -> Alternative:
    """One page under its number and its name, a page and its event, branches that say so in their names."""
    stems = [fold_name(str(v)).stem for v in about.pages["name"]]
    counts = Counter(s for s in stems if len(s) >= 4)
    k = sum(counts[s] > 1 for s in stems if s in counts)
    verdict = EXPLAINS if k >= MOST * about.n else PARTLY if k else NOT
    against = {"looks_alike", "came_back", "name_changed"} & set(about.deceiving())
    return Alternative(
        "One page or owner under several addresses, by the same name",
        "whether the names, folded and without numbers, are equal",
        f"{k} of {about.n} pages carry a name that another of them carries",
        PARTLY if verdict == EXPLAINS and against else verdict,
    )


def listed_group(about: About, known: pd.DataFrame | None) -> Alternative:
    name = "One known group (owner, agency, franchise)"
    if known is None:
        return Alternative(name, "give a list with known_groups=FILE", "no list of known groups was given", UNCHECKED)
    by = dict(zip(known["account_id"], known["group_name"], strict=True))
    listed = Counter(g for p in about.network.pages if (g := by.get(p) or by.get(p.partition(":")[2])))
    checked = f"{about.n} pages against {known['group_name'].nunique()} known groups"
    if not listed:
        return Alternative(name, checked, "no page is listed", NOT)
    group, k = max(listed.items(), key=lambda item: (item[1], item[0]))
    return Alternative(
        name, checked, f"{k} of {about.n} pages belong to '{group}'", EXPLAINS if k >= MOST * about.n else PARTLY
    )
