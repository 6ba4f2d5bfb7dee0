"""Accounts that act together, and how much of what they push is election content."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..explanations import KNOWN_GROUP_COLUMNS, read_known_groups
from ..findings import Finding
from ..objects._names import plain_name
from ..packs.market import MarketProfile
from ..relations import defaults
from ..store import frame

COLUMNS = (
    *("finding_id", "title", "evidence_grade", "n_members", "n_core", "n_posts", "n_election", "election_share"),
    *("n_outside", "breakout", "first_at", "last_at", "narratives", "members"),
)


@dataclass(frozen=True)
class Engine:
    """How accounts are linked and grouped: parameters of `Case.relate`, `score` and `group`."""

    relations: tuple[str, ...] = ()
    window: str = "auto"
    min_shared: int = 2
    min_accounts: int = 3
    min_actions: int = 10
    fdr_q: float = 0.01
    resolution: float = 1.0
    seed: int = 0


def known_in_market(case: Any, profile: MarketProfile, listed: str | Path | pd.DataFrame = "") -> pd.DataFrame:
    """The known groups of a run: those of the list, official sources and each party's own accounts.

    Official sources and a party's accounts publish the same things on purpose: that explains a group, it hides none.
    """
    own = _listed(listed)
    handles = accounts_of(case)
    rows = [(a, "official sources", "official", "market profile") for a in handles(profile.official.accounts)]
    for party in profile.parties:
        rows += [(a, party.name, "party", "market profile") for a in handles(party.accounts)]
    table = pd.concat([own, pd.DataFrame(rows, columns=list(KNOWN_GROUP_COLUMNS))], ignore_index=True)
    return table.drop_duplicates("account_id", ignore_index=True)


def _listed(listed: str | Path | pd.DataFrame) -> pd.DataFrame:
    if isinstance(listed, pd.DataFrame):
        return listed
    return read_known_groups(listed) if str(listed) else pd.DataFrame(columns=list(KNOWN_GROUP_COLUMNS), dtype=str)


def accounts_of(case: Any) -> Any:
    """A function from handles to the identifiers of the accounts in the data that carry them."""
    table = frame(case.connection(), "select account_id, handle from accounts order by 1")
    by: dict[str, list[str]] = {}
    for account, handle in zip(table["account_id"], table["handle"], strict=True):
        shown = handle if isinstance(handle, str) and handle else str(account).rpartition(":")[2]
        by.setdefault(plain_name(shown).removeprefix("@"), []).append(account)
    return lambda handles: sorted({a for h in handles for a in by.get(plain_name(h).removeprefix("@"), [])})


def act_together(case: Any, known: pd.DataFrame, engine: Engine) -> tuple[list[Finding], str]:
    """The findings on groups, and why there are none where the data hold nothing to link accounts by."""
    if not engine.relations and not defaults(case.connection()):
        return [], "the data hold no link, tag or repeated text by which accounts could be linked"
    case.relate(list(engine.relations) or None, window=engine.window, min_shared=engine.min_shared)
    case.score(fdr_q=engine.fdr_q, known_groups=known)
    case.group(
        min_accounts=engine.min_accounts,
        min_actions=engine.min_actions,
        resolution=engine.resolution,
        seed=engine.seed,
    )
    return case.find(template="election_watch"), ""


def table(case: Any, findings: list[Finding], matched: pd.DataFrame) -> pd.DataFrame:
    """`COLUMNS`: one row per finding on a group, those with most election content first.

    n_posts are joint contents, n_election those that match the profile; n_outside are accounts outside the group that
    used its objects; breakout is 1 where hardly anybody outside did and 2 where as many did as are inside (higher
    categories, beyond one platform, cannot be told from one platform's data).
    """
    rows = []
    names = matched.groupby("content_id")["name"].agg(set)
    for finding in findings:
        number = finding.impact.get("community")
        joint = case.joint[case.joint["community"] == number] if len(case.joint) else case.joint
        once = joint.drop_duplicates("content_id") if len(joint) else pd.DataFrame({"content_id": [], "created_at": []})
        spoken = names.reindex(once["content_id"]).dropna()
        told = sorted({n.partition(":")[2] for s in spoken for n in s if n.startswith("narrative:")})
        objects = case.objects[case.objects["community"] == number] if len(case.objects) else case.objects
        outside = int(objects["n_outside_accounts"].max()) if len(objects) else 0
        rows.append(
            (
                finding.finding_id,
                finding.title,
                finding.evidence_grade,
                finding.n_members,
                finding.n_core,
                len(once),
                len(spoken),
                len(spoken) / len(once) if len(once) else 0.0,
                outside,
                2 if outside >= finding.n_members else 1,
                once["created_at"].min() if len(once) else pd.NaT,
                once["created_at"].max() if len(once) else pd.NaT,
                ", ".join(told),
                " ".join(finding.members),
            )
        )
    out = pd.DataFrame(rows, columns=list(COLUMNS))
    for column in ("first_at", "last_at"):
        out[column] = pd.to_datetime(out[column], utc=True)
    return out.sort_values(["n_election", "n_posts", "finding_id"], ascending=[False, False, True], ignore_index=True)
