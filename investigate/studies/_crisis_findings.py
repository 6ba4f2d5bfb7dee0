"""Findings of a crisis: variants that spread fast, media that a list knows, appeals that look false. Groups come from the engine."""

from __future__ import annotations

from typing import Any

import pandas as pd
from scipy.stats import hypergeom

from ..explanations import EXPLAINS, NOT, PARTLY, UNCHECKED
from ..findings import Alternative, Evidence, Finding
from ..packs import PolicyPack
from ..proposals import propose
from ..store import frame
from ._crisis_aid import CLOSE, NEW_DAYS, Appeals
from ._crisis_scope import Event
from ._making import make_finding

NAME = "breaking_crisis"
MOST = 5
"""Variant families that become findings of their own; all of them are in the tables."""

CHANCE = 0.01
"""Chance of so many like names among so many accounts under which likeness counts as evidence."""

STANDING = (
    "It describes contents and behaviour in the rows of the file. Whether a claim is true, and who is behind an account, is not assessed.",
)


def spreading(
    case: Any, variants: pd.DataFrame, seen: pd.DataFrame, event: Event, alert: int, pack: PolicyPack
) -> list[Finding]:
    """One lead for each of the largest families that reached the alert level; spread alone is never more than a lead."""
    fast = variants[variants["alert"]].head(MOST)
    out = []
    hourly = frame(
        case.connection(),
        "select time_bucket(interval '1 hour', created_at) as at, count(*) as n from content where created_at >= $b and created_at <= $e group by 1",
        {"b": event.begin, "e": event.end},
    )
    for row in fast.itertuples():
        part = seen[seen["family"] == row.family]
        share = float((variants["peak_per_hour"] >= row.peak_per_hour).mean())
        what = "text" if row.kind == "text" else "picture or video"
        out.append(
            make_finding(
                NAME,
                "trend",
                f"{what.capitalize()} family {row.family}: {row.n_contents:,} contents by {row.n_accounts:,} accounts",
                f"{row.n_contents:,} contents by {row.n_accounts:,} accounts carry one {what} in {row.n_texts:,} wordings or forms; at most "
                f"{row.peak_per_hour:,} within an hour (alert at {alert:,}); now {row.pace}. Earliest observed in this data set: "
                f"{row.first_at:%Y-%m-%d %H:%M} UTC.",
                key=row.family,
                window=event.at.isoformat(),
                evidence=[
                    Evidence(
                        "contents of one family in its fullest hour",
                        "against the fullest hours of all families: their median, and the share that come so far",
                        float(row.peak_per_hour),
                        float(variants["peak_per_hour"].median()),
                        share,
                        len(variants),
                        "tables/crisis_variants.csv",
                        "content",
                    )
                ],
                alternatives=_why_it_spreads(case, part, row, hourly),
                grade="E1",
                confidence="low: because one signal, similarity of contents, says that it spreads and not why",
                limits=[*STANDING, row.coverage, "Nobody may be acted against for being early."],
                impact={"accounts": int(row.n_accounts), "contents": int(row.n_contents)},
                policy=pack.mapping("misinformation", "unclear"),
                recommended=[
                    propose(
                        "Have people assess the claim, and link authoritative information while that is open",
                        owner="fact-checking and policy",
                        as_of=event.end,
                        effect="the fastest variants are looked at first",
                        risk="a true warning is slowed down",
                        needs="E0",
                        grade="E1",
                    )
                ],
            )
        )
    return out


def _why_it_spreads(case: Any, part: pd.DataFrame, row: Any, hourly: pd.DataFrame) -> list[Alternative]:
    con = case.connection()
    con.register("family_rows", part[["content_id"]])
    try:
        links = frame(
            con,
            "select object_id, count(distinct content_id) as n from actions semi join family_rows using (content_id) "
            "where object_type in ('url', 'domain') group by 1 order by n desc, 1 limit 1",
        )
    finally:
        con.unregister("family_rows")
    linked = int(links["n"].iloc[0]) / row.n_contents if len(links) else 0.0
    busiest = int(part["account_id"].value_counts().iloc[0]) / row.n_contents
    at = row.peak_at.floor("h")
    then = float(hourly.loc[hourly["at"].isin([at, at + pd.Timedelta(hours=1)]), "n"].mean())
    times = then / max(float(hourly["n"].mean()), 1e-9)
    return [
        Alternative(
            "A headline, agency text or share button fills in the text",
            "share of the contents that carry one and the same link",
            f"{linked:.0%} of the contents carry the family's main link",
            EXPLAINS if linked >= 0.5 else PARTLY if linked >= 0.2 else NOT,
        ),
        Alternative(
            "One busy account repeats it",
            "share of the contents by the most active account",
            f"{busiest:.0%} of the contents are by one account",
            EXPLAINS if busiest >= 0.5 else PARTLY if busiest >= 0.2 else NOT,
        ),
        Alternative(
            "The event makes everybody active at once",
            "all contents in the family's fullest hour against the hourly mean of the window",
            f"all contents then came at {times:.1f} times their mean",
            PARTLY if times >= 2 else NOT,
        ),
        Alternative(
            "A true warning, mourning or solidarity spreads the same way",
            "nothing: only people can tell",
            "left to the claims queue",
            UNCHECKED,
        ),
    ]


def listed(found: pd.DataFrame, n_known: int, n_media: int, event: Event, pack: PolicyPack) -> list[Finding]:
    """One finding for all media that a supplied list knows."""
    if found.empty:
        return []
    near = found["distance"] <= found["limit"] // 2
    exact = int((found["distance"] == 0).sum())
    grade = "E2" if bool(near.any()) else "E1"
    blank = int(sum(not 1 / 8 <= _share_set(h) <= 7 / 8 for h in found["listed"]))
    return [
        make_finding(
            NAME,
            "match",
            f"{len(found):,} media files are on a supplied hash list",
            f"{int(found['n_contents'].sum()):,} contents carry {len(found):,} media files that the supplied list knows: {exact:,} exactly, "
            f"{int(near.sum()):,} within half of the distance that the algorithm allows. Nothing was displayed.",
            key="hash list",
            window=event.at.isoformat(),
            evidence=[
                Evidence("media on a list", "equal hash, or Hamming distance within the algorithm's limit", float(len(found)), 0.0, None, n_media, "tables/crisis_matches.csv", "content",
                         note="unrelated hashes come that near in less than one of a million pairs")
            ],
            alternatives=[
                Alternative("Two different pictures have like hashes", "the same matches at half the distance", f"{int(near.sum())} of {len(found)} remain", NOT if near.all() else PARTLY),
                Alternative("The list holds blank frames or templates", "share of set bits of the listed hashes", f"{blank} of {len(found)} are nearly featureless", EXPLAINS if blank == len(found) else PARTLY if blank else NOT),
                Alternative("News, research or counter-speech shows the same file", "nothing: only people can tell", "to be seen in review", UNCHECKED),
            ],
            grade=grade if blank < len(found) else "E1",
            confidence=f"{'moderate' if grade == 'E2' else 'low'}: because hashes speak of the file, not of what is said with it",
            limits=[*STANDING, "A list says what somebody once listed; why is not in the data."],
            impact={"contents": int(found["n_contents"].sum()), "accounts": int(found["n_accounts"].sum())},
            policy=pack.mapping("violent_events"),
            recommended=[propose("Review the matches under the exposure rules and add near copies to the hash bank", owner="content review", as_of=event.end, needs="E1", grade=grade,
                                 effect="re-uploads are found by hash", risk="news and counter-speech are caught as well")],
        )
    ]  # fmt: skip


def _share_set(value: str) -> float:
    digits = value.partition(":")[2] or value
    return int(digits, 16).bit_count() / (4 * len(digits))


def false_appeals(aid: Appeals, event: Event, pack: PolicyPack) -> list[Finding]:
    """Accounts that ask for money under a name like a protected one, with those that share their ways to pay.

    E2 needs names that the base rate does not explain and, of another family, ways to pay that several of these accounts
    share; a like name alone, or a shared way to pay alone, is a lead at most.
    """
    table = aid.accounts
    if table.empty:
        return []
    close = table["similarity"] >= CLOSE
    parts = [part for _, part in table[table["cluster"] > 0].groupby("cluster")]
    parts += [table.loc[[i]] for i in table.index if close[i] and table.at[i, "cluster"] == 0]
    out = []
    for part in parts:
        led = {d for cell in part["domains"] for d in cell.split(", ") if d}
        sites = aid.domains[aid.domains["domain"].isin(led) & (aid.domains["similarity"] >= CLOSE)]
        if close[part.index].any() or len(sites):  # others pass on one appeal: in the tables, no finding
            out.append(_false_appeal(part, part[close[part.index]], sites, aid, event, pack))
    return sorted(out, key=lambda f: (-f.n_members, f.finding_id))


def _false_appeal(
    part: pd.DataFrame, like: pd.DataFrame, sites: pd.DataFrame, aid: Appeals, event: Event, pack: PolicyPack
) -> Finding:
    n, charity = len(part), str([*like["charity"], *sites["charity"]][0])
    elsewhere, others = aid.n_alike - len(like), max(aid.n_authors - n, 0)
    # How often a set of this size would hold so many like names, if they were spread over all who write about the event.
    chance = float(hypergeom.sf(len(like) - 1, max(aid.n_authors, n), aid.n_alike, n)) if len(like) else 1.0
    shared, new, official = int((part["n_shared"] > 0).sum()), int(part["is_new"].sum()), int(part["official"].sum())
    aged = int(part["account_created_at"].notna().sum())
    itself = official >= n / 2
    strong = len(like) >= 2 and shared >= 2 and chance <= CHANCE and not itself and len(like) >= n / 2
    grade = "E2" if strong else "E1"
    expected = round(n * elsewhere / others, 4) if others else 0.0
    ref, people = "tables/crisis_appeals.csv", f"{n} account{'s' if n != 1 else ''}"
    evidence = [
        Evidence(
            "accounts with a name like a protected one",
            "hypergeometric against all accounts that write about the event",
            float(len(like)),
            expected,
            chance,
            aid.n_authors,
            ref,
            "persona",
        ),
        Evidence(
            "accounts that share a way to pay",
            "equal identifiers in appeals, those with too many carriers left out",
            float(shared),
            0.0,
            None,
            int(part["n_ways"].sum()),
            ref,
            "payment",
            note="strangers are not expected to give the same wallet or account number",
        ),
    ]
    if aged:
        since = f"made within {NEW_DAYS} days before the event or later, of those whose age is known"
        evidence.append(Evidence("new accounts", since, float(new), None, None, aged, ref, "account"))
    if len(sites):
        test = "likeness of folded names of sites, services left out"
        evidence.append(
            Evidence(
                "sites with a name like the charity's",
                test,
                float(len(sites)),
                None,
                None,
                len(aid.domains),
                ref,
                "infrastructure",
            )
        )
    private, named = n - len(like), bool(part[["handle", "display_name"]].notna().any(axis=None))
    alternatives = [
        Alternative(
            "It is the charity itself, or a branch of it",
            "handles given as the charity's own",
            f"{official} of {people} listed as its own",
            EXPLAINS if itself else PARTLY if official else NOT,
        ),
        Alternative(
            "Mutual aid between private people",
            "members that carry a name of their own",
            f"{private} of {n} carry no like name" if named else "the data hold no names",
            UNCHECKED if not named else EXPLAINS if private > len(like) else PARTLY if private else NOT,
        ),
        Alternative(
            "Many people pass on one honest appeal",
            "how many accounts give the same way to pay",
            f"{shared} share one",
            PARTLY if shared > 3 * max(len(like), 1) else NOT,
        ),
        Alternative(
            "A namesake, or a fan or staff account that says so",
            "nothing: only people can tell",
            "left to review",
            UNCHECKED,
        ),
    ]
    return make_finding(
        NAME,
        "link",
        f"Appeals for money under a name like {charity[:40]}: {people}",
        f"{people} asked for money in contents about {event.label}; {len(like)} under a name like '{charity}' (elsewhere {elsewhere} of {others} who write "
        f"about it), {shared} with a way to pay that another account gives too, {new} of {aged} with a known age new. Sites with a like name: {len(sites)}.",
        members=sorted(part["account_id"]),
        window=event.at.isoformat(),
        evidence=evidence,
        alternatives=alternatives,
        grade=grade,
        confidence=(
            "moderate: because two independent families agree, names and ways to pay"
            if strong
            else "low: because one family of signals stands alone, or an innocent explanation is open"
        ),
        limits=[
            *STANDING,
            "Ways to pay that stand only on a linked page or in a picture are not seen; the list of protected names decides what can be found.",
        ],
        impact={"accounts": n, "contents": int(part["n_contents"].sum())},
        policy=[*pack.mapping("fraud"), *pack.mapping("impersonation")],
        recommended=_against_false_appeals(event, grade),
    )


def _against_false_appeals(event: Event, grade: str) -> list[dict[str, Any]]:
    return [
        propose(
            "Compare the ways to pay with those the charity publishes, then review the accounts one by one",
            owner="fraud review",
            as_of=event.end,
            needs="E2",
            grade=grade,
            effect="money stops going astray",
            risk="a small honest appeal is stopped in its hour of need",
        ),
        propose(
            "Tell the charity about like names and sites",
            owner="partnerships",
            as_of=event.end,
            needs="E1",
            grade=grade,
            effect="it can warn donors itself",
        ),
    ]
