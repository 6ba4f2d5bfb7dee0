"""Findings beside the groups: claims, narratives, texts, look-alikes, mentions, ads. Each one is a lead: one signal, for people to read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from ..findings import Alternative, Evidence, Finding
from ..packs import PolicyPack
from ..packs.market import MarketProfile
from ..proposals import propose
from ._making import make_finding

NAME = "election_watch"
MOST = 5
"""Findings of one kind; the tables hold the rest, and the answers say how many."""
NOT, PARTLY, EXPLAINS = "does not explain", "partly", "explains"
OWNERS = {
    "voting_information": "civic integrity",
    "coordination": "investigations",
    "impersonation": "account integrity",
    "ads": "ads integrity",
    "candidates": "civic integrity",
    "narratives": "civic integrity",
    "queue": "operations",
    "leadership": "crisis lead",
}


class Maker:
    """Makes findings of one run in the contract's form.

    Parameters
    ----------
    window : str
        Part of each finding's identifier.
    """

    def __init__(self, profile: MarketProfile, pack: PolicyPack, as_of: datetime, window: str) -> None:
        self.profile, self.pack, self.as_of, self.window = profile, pack, as_of, window

    def owner(self, topic: str) -> str:
        """The team of the profile's route, else a function."""
        route = self.profile.route(topic)
        return f"{route.team} (back-up: {route.backup})" if route else OWNERS[topic]

    def propose(self, topic: str, action: str, **more: Any) -> dict[str, Any]:
        return propose(action, owner=self.owner(topic), as_of=self.as_of, **more)

    def make(self, kind: str, area: str, topic: str, action: str, *, grade: str = "E1", **more: Any) -> Finding:
        return make_finding(
            NAME,
            kind,
            grade=grade,
            window=self.window,
            confidence=more.pop(
                "confidence", "low, because one signal was looked at and nobody has read the posts yet"
            ),
            policy=self.pack.mapping(area, fit="unclear"),
            recommended=[self.propose(topic, action, needs="E0", grade=grade)],
            **more,
        )


def claim_findings(maker: Maker, claims: pd.DataFrame) -> list[Finding]:
    """Claims that differ from the profile and that two or more accounts carry."""
    out = []
    held = claims[(claims["differs"] == "yes") & (claims["n_accounts"] >= 2)]
    for c in held.head(MOST).itertuples():
        told = "a day" if c.kind == "date" else "a way"
        evidence = [
            Evidence(
                kind="claim",
                test=f"posts that speak of voting and name {told} that the market profile does not",
                observed=float(c.n_posts),
                expected=0.0,
                q=None,
                n=int(c.n_accounts),
                rows_ref=f"tables/voting_claims.csv, {c.claim_id}",
                family="content",
                note=f"n: accounts; the profile says {c.official}",
            )
        ]
        if c.n_in_groups:
            evidence.append(
                Evidence(
                    "claim",
                    "accounts that carry the claim and are in a group that acts together",
                    float(c.n_in_groups),
                    None,
                    None,
                    int(c.n_accounts),
                    "tables/election_groups.csv",
                    "timing",
                    "n: accounts that carry the claim",
                )
            )
        out.append(
            maker.make(
                "match",
                "civic_integrity",
                "voting_information",
                "Assess the claim against the election authority's information, with the posts in the queue",
                title=f"{c.n_posts:,} posts name {c.asserted} for voting",
                statement=f"{c.n_posts:,} posts by {c.n_accounts:,} accounts speak of voting and name {c.asserted}; the market profile "
                f"says: {c.official}. First seen in these data {c.first_at:%Y-%m-%d %H:%M} UTC. Whether the posts mislead is not judged.",
                key=c.claim_id,
                evidence=evidence,
                alternatives=[
                    Alternative(
                        "A correction, a quotation or irony",
                        "posts that name the voting day as well",
                        f"{c.n_beside:,} of {c.n_posts:,} posts name it; irony was not looked for",
                        EXPLAINS if c.n_beside == c.n_posts else PARTLY if c.n_beside else NOT,
                    ),
                    Alternative(
                        "Another event, or a rule that the profile does not know",
                        "days listed in the profile were left out; posts by official accounts",
                        f"{c.n_official:,} posts by official accounts"
                        + ("; the profile itself may be wrong" if c.n_official else ""),
                        EXPLAINS if c.n_official else NOT,
                    ),
                ],
                limits=[
                    "Found by words and days in one sentence: read the posts.",
                    "The profile is the reference; a mistake in it makes mistakes here.",
                ],
                impact={"claim": c.claim_id, "kind": c.kind, "breakout": 2 if c.n_accounts > c.n_in_groups else 1},
            )
        )
    return out


def trend_findings(
    maker: Maker,
    summary: pd.DataFrame,
    matched: pd.DataFrame,
    q: float,
    *,
    width: str,
    kept: str,
    tried: str,
    area: str,
    topic: str,
    action: str,
    ref: str,
) -> list[Finding]:
    """Series with bins above their forecast, adjusted for all bins of all series.

    `kept` says whether the alarm keeps its promise on the history ("yes", "no", "cannot tell"; empty where there is no
    history): where it does not, or nobody can know, a finding is an oddity (E0) and no more. `tried` says it in words.
    """
    out = []
    sound = kept in ("yes", "cannot tell")
    why = tried or "there is no history on which the alarm could be tried"
    everything, bin_width = matched[matched["name"] == "election"]["created_at"], pd.Timedelta(width)
    for s in summary[summary["n_above"] > 0].head(MOST).itertuples():
        own = matched[matched["name"] == s.name]
        inside = own[(own["created_at"] >= s.peak_at) & (own["created_at"] < s.peak_at + bin_width)]
        top = float(inside["account_id"].value_counts(normalize=True).max()) if len(inside) else 0.0
        then = float(((everything >= s.peak_at) & (everything < s.peak_at + bin_width)).sum())
        span = max((everything.max() - everything.min()) / bin_width, 1.0) if len(everything) else 1.0
        usual = max(len(everything) / span, 1e-9)
        times, own_times = then / usual, s.peak_observed / max(s.peak_expected, 1e-9)
        out.append(
            maker.make(
                "trend",
                area,
                topic,
                action,
                grade="E1" if sound else "E0",
                confidence=f"low, because {why}",
                title=f"More posts than forecast: {s.title}",
                statement=f"{s.n_above} bins lie above the forecast; the highest began {s.peak_at:%Y-%m-%d %H:%M} UTC with "
                f"{s.peak_observed:,.0f} posts where {s.peak_expected:,.1f} were expected (alarm from {s.peak_high:,.0f}). In the whole period "
                f"{s.n_posts:,} posts by {s.n_accounts:,} accounts.",
                key=s.name,
                evidence=[
                    Evidence(
                        "volume",
                        f"posts per bin against a forecast ({s.method}), adjusted over all bins and series",
                        float(s.peak_observed),
                        float(s.peak_expected),
                        q,
                        int(s.n_above),
                        f"{ref}, {s.name}",
                        "content",
                        "n: bins above the forecast; q: the level they keep",
                    )
                ],
                alternatives=[
                    Alternative(
                        "An event that made everybody post about the election",
                        "all election posts in the same bin against their mean",
                        f"all election posts were {times:.1f} times their mean, this series {own_times:.1f} times its forecast",
                        EXPLAINS if times >= 0.5 * own_times else PARTLY if times >= 2 else NOT,
                    ),
                    Alternative(
                        "One very active account",
                        "the most active account's share of the highest bin",
                        f"{top:.0%} of its posts come from one account",
                        EXPLAINS if top >= 0.5 else PARTLY if top >= 0.25 else NOT,
                    ),
                ],
                limits=[
                    "More posts are no sign of deceit: news do the same.",
                    f"{why[:1].upper()}{why[1:]}; a spike in the history makes forecasts after it too high.",
                ],
                impact={"series": s.name},
            )
        )
    return out


def _titles(maker: Maker, ids: str) -> str:
    """What the narratives are called whose identifiers a table names."""
    titles = {n.id: n.title for n in maker.profile.narratives}
    return ", ".join(f"'{titles.get(i, i)}'" for i in ids.split(", ") if i) or "none of the profile"


def text_findings(maker: Maker, clusters: pd.DataFrame, posts: pd.DataFrame) -> list[Finding]:
    """New families of nearly equal texts that touch a narrative, or that a group pushes."""
    out = []
    links = posts.set_index("content_id")["text"].str.contains("://", regex=False)
    held = clusters[clusters["new"] & ((clusters["narratives"] != "") | (clusters["n_in_groups"] > 0))]
    linked = float(links.mean()) if len(links) else 0.0
    for c in held.head(MOST).itertuples():
        per_account = c.n_posts / max(c.n_accounts, 1)
        has_link = "://" in c.example
        out.append(
            maker.make(
                "anomaly",
                "civic_integrity",
                "narratives",
                "Read the new text and its first posts; add it to the watched narratives if it stays",
                title=f"A new text in {c.n_posts:,} posts by {c.n_accounts:,} accounts",
                statement=f"Nearly the same text stands in {c.n_posts:,} posts by {c.n_accounts:,} accounts and in none before; first "
                f"seen in these data {c.first_at:%Y-%m-%d %H:%M} UTC. {c.n_in_groups:,} of the accounts are in a group that acts "
                f"together. Narratives it touches: {_titles(maker, c.narratives)}.",
                key=c.cluster_id,
                evidence=[
                    Evidence(
                        "near-duplicate text",
                        "posts with nearly the same text, against the posts before this period",
                        float(c.n_posts),
                        float(c.n_earlier),
                        None,
                        int(c.n_accounts),
                        f"tables/new_texts.csv, {c.cluster_id}",
                        "content",
                        "n: accounts",
                    )
                ],
                alternatives=[
                    Alternative(
                        "A headline or a share button",
                        "whether the text comes with a link",
                        f"the first post {'has' if has_link else 'has no'} link; {linked:.0%} of all election posts have one",
                        PARTLY if has_link else NOT,
                    ),
                    Alternative(
                        "One account that repeats itself",
                        "posts per account",
                        f"{per_account:.1f} posts per account",
                        PARTLY if per_account >= 3 else NOT,
                    ),
                ],
                limits=[
                    "New means: not in the earlier part of these data.",
                    "A family is a chain of nearly equal texts.",
                ],
                impact={"text": c.cluster_id, "breakout": 2 if c.n_accounts > c.n_in_groups else 1},
            )
        )
    return out


def alike_findings(maker: Maker, alike: pd.DataFrame) -> list[Finding]:
    """Accounts like a protected name that do not say they are a parody."""
    out = []
    for name, part in alike[alike["label"] == ""].groupby("protected", sort=True):
        top = part.iloc[0]
        labelled = int(((alike["protected"] == name) & (alike["label"] != "")).sum())
        chance = float(part["p"].min())
        out.append(
            maker.make(
                "match",
                "impersonation",
                "impersonation",
                "Verify with the protected person's or body's office whether the accounts are theirs",
                title=f"{len(part)} account{'s' if len(part) > 1 else ''} named like {name}",
                statement=f"{len(part)} accounts carry names like that of {name} ({top['role']}); the closest is "
                f"{top['account_id']} ({top['likeness']}, similarity {top['similarity']:.2f}). {int(part['is_new'].sum())} of them are new, "
                f"{int((part['n_posts'] > 0).sum())} posted in the period.",
                members=part["account_id"].tolist(),
                evidence=[
                    Evidence(
                        "name",
                        "names after confusable letters are folded, against the protected name",
                        float(top["similarity"]),
                        None,
                        chance,
                        len(part),
                        f"tables/look_alikes.csv, {name}",
                        "persona",
                        "n: accounts; q: chance of so close a name under the letters of the other names",
                    )
                ],
                alternatives=[
                    Alternative(
                        "A namesake, or chance",
                        "the chance of so close a name among the names of these data",
                        f"{chance:.2g}",
                        PARTLY if chance > 0.01 else NOT,
                    ),
                    Alternative(
                        "A parody or a fan that says so",
                        "the words of the profile's parody list, in handle and name",
                        f"{labelled} more accounts carry such a word and are listed apart; none of these does",
                        NOT,
                    ),
                ],
                limits=[
                    "Only names were compared, no pictures and no biographies.",
                    "A second account of the same office looks alike too.",
                ],
            )
        )
    return out[:MOST]


def ad_findings(maker: Maker, ads: pd.DataFrame, n_ads: int) -> list[Finding]:
    """Political ads without what the market asks for, and those in the silence period."""
    out = []
    for what, part, rule in (
        (
            "lack what the market asks for",
            ads[ads["missing"] != ""],
            "required fields: " + ", ".join(maker.profile.ads.required),
        ),
        ("ran in the silence period", ads[ads["in_silence"]], f"silence from {maker.profile.dates.silence_start}"),
    ):
        if part.empty:
            continue
        out.append(
            maker.make(
                "breach",
                "political_ads",
                "ads",
                "Review the ads one by one against the market's rules",
                title=f"{len(part):,} of {len(ads):,} political ads {what}",
                statement=f"{len(part):,} of {len(ads):,} ads that match the profile's terms {what} ({rule}), as exported. "
                f"{n_ads:,} ads were looked at in all.",
                key=what,
                members=sorted(set(part["account_id"])),
                evidence=[
                    Evidence(
                        "ads",
                        rule,
                        float(len(part)),
                        0.0,
                        None,
                        len(ads),
                        "tables/political_ads.csv",
                        "content",
                        "n: political ads",
                    )
                ],
                alternatives=[
                    Alternative(
                        "The export leaves the field out",
                        "whether any ad of the export carries it",
                        "at least one ad does, for each field counted here",
                        NOT,
                    ),
                    Alternative(
                        "No political ad: only a word in common",
                        "ads are taken by the profile's terms",
                        "not ruled out: read the ads",
                        PARTLY,
                    ),
                ],
                limits=["Who paid is known as stated only.", "Whether an ad is political is decided by words here."],
            )
        )
    return out
