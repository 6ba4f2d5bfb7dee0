"""What changed since the run before: groups, claims, narratives, texts, look-alikes; identical data give an empty table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from scipy.stats import binomtest

from ..matching import CHANGES, match
from ..similar import text_families
from ._election_previous import Previous

KINDS = ("group", "claim", "narrative", "text", "look-alike")
COLUMNS = ("kind", "change", "what", "before", "after", "note", "id_before", "id_after")
_MADE = ("kind", "change", "what", "before", "after", "id_before", "id_after", "note")
LEAST_FACTOR = 1.5
"""Posts per day must have changed by this factor: in large counts, trifles are significant."""


def changed(before: int, days_before: float, after: int, days_after: float, alpha: float, least: int = 1) -> str:
    """new, gone, grown, shrunk or same: counts of two periods, by an exact test of their rates and `LEAST_FACTOR`.

    Counts under `least` on the one side and none on the other are "same": too few to speak of.
    """
    if max(before, after) < least or before == after == 0:
        return "same"
    if before == 0 or after == 0:
        return "new" if before == 0 else "gone"
    share = days_after / (days_before + days_after)
    ratio = (after / days_after) / (before / days_before)
    if max(ratio, 1 / ratio) < LEAST_FACTOR or binomtest(after, before + after, share).pvalue > alpha:
        return "same"
    return "grown" if ratio > 1 else "shrunk"


class Delta:
    """Compares one run with the one before.

    Parameters
    ----------
    days : tuple of float
        Length of the earlier and of this window.
    least : int
        Posts a narrative or a text needs on one side to be called new or gone.
    """

    def __init__(
        self, earlier: Previous, days: tuple[float, float], *, alpha: float, least: int, jaccard: float
    ) -> None:
        self.earlier, self.days, self.alpha, self.least, self.jaccard = earlier, days, alpha, least, jaccard
        self.groups = pd.DataFrame()

    def table(
        self,
        groups: pd.DataFrame,
        claims: pd.DataFrame,
        narratives: pd.DataFrame,
        texts: pd.DataFrame,
        alike: pd.DataFrame,
    ) -> pd.DataFrame:
        """`COLUMNS`: everything that is not the same, groups first; before and after are accounts for groups, else posts."""
        rows: list[tuple[Any, ...]] = [*self._groups(groups)]
        for name, part in (
            ("claims", self._claims(claims)),
            ("narratives", self._narratives(narratives)),
            ("clusters", self._texts(texts)),
            ("lookalikes", self._alike(alike)),
        ):
            rows += part if name in self.earlier.tables else []
        out = pd.DataFrame(rows, columns=list(_MADE))
        order = out["kind"].map(KINDS.index) * 100 + out["change"].map(CHANGES.index)
        size = out[["before", "after"]].max(axis=1)
        out = out.assign(order=order, size=size).sort_values(
            ["order", "size", "what"], ascending=[True, False, True], ignore_index=True
        )
        return out[list(COLUMNS)]

    def _groups(self, now: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
        members = {r.finding_id: set(r.members.split()) for r in now.itertuples()}
        self.groups = match(self.earlier.groups, members, least=self.jaccard)
        titles = {f["finding_id"]: f["title"] for f in self.earlier.findings} | dict(
            zip(now["finding_id"], now["title"], strict=True)
        )
        for r in self.groups.itertuples():
            if r.change != "same":
                note = f"{r.n_kept} stayed, {r.n_joined} joined, {r.n_left} left" if r.before and r.after else ""
                if note and titles.get(r.before, "") != titles.get(r.after, ""):
                    note += f"; before: {titles.get(r.before, '')}"
                what = titles.get(r.after or r.before, "")
                yield "group", r.change, what, r.n_before, r.n_after, r.before, r.after, note

    def _claims(self, now: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
        both = _joined(
            self.earlier.table("claims"), now, "claim_id", ["n_posts", "n_accounts", "kind", "asserted", "differs"]
        )
        for r in both.itertuples():
            # What one account says once, with nothing to compare it with, comes and goes every week.
            if r.differs == "yes" or max(r.n_accounts, r.n_accounts_before) >= 2:
                change = changed(r.n_posts_before, self.days[0], r.n_posts, self.days[1], self.alpha)
                if change != "same":
                    what = f"{r.kind}: {r.asserted}"[:160]
                    yield "claim", change, what, r.n_posts_before, r.n_posts, *_ids(r, "claim_id"), ""

    def _narratives(self, now: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
        both = _joined(self.earlier.table("narratives"), now, "name", ["n_posts", "n_accounts", "title"])
        for r in both.itertuples():
            change = changed(r.n_posts_before, self.days[0], r.n_posts, self.days[1], self.alpha, self.least)
            if change != "same":
                per_day = (
                    f"{r.n_posts_before / self.days[0]:.1f} posts a day before, {r.n_posts / self.days[1]:.1f} now"
                )
                yield "narrative", change, r.title, r.n_posts_before, r.n_posts, *_ids(r, "name"), per_day

    def _texts(self, now: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
        """Families of texts; two runs' families are one where their representatives are nearly equal."""
        before = self.earlier.table("clusters")
        texts = [*before["representative"], *now["representative"]]
        found = text_families(texts)
        family = dict(zip(found.texts.to_pylist(), found.names.to_pylist(), strict=True))
        columns = {"n_posts": "sum", "example": "first", "cluster_id": "first"}
        old, new = (
            p.assign(family=p["representative"].map(family)).groupby("family", as_index=False).agg(columns)
            for p in (before, now)
        )
        for r in _joined(old, new, "family", [*columns]).itertuples():
            change = changed(r.n_posts_before, self.days[0], r.n_posts, self.days[1], self.alpha, self.least)
            if change != "same":
                ids = r.cluster_id if r.n_posts_before else "", r.cluster_id if r.n_posts else ""
                yield "text", change, str(r.example)[:160], r.n_posts_before, r.n_posts, *ids, ""

    def _alike(self, now: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
        before = self.earlier.table("lookalikes")
        old, new = (t.assign(key=t["protected"] + "\x1f" + t["account_id"]) for t in (before, now))
        for r in _joined(old, new, "key", ["n_posts", "account_id", "protected", "label"]).itertuples():
            seen = r.key in set(old["key"]), r.key in set(new["key"])
            if seen[0] != seen[1] and not r.label:
                what = f"{r.account_id}, like {r.protected}"
                change = "new" if seen[1] else "gone"
                yield (
                    "look-alike",
                    change,
                    what,
                    r.n_posts_before,
                    r.n_posts,
                    *(r.account_id if s else "" for s in seen),
                    "",
                )


def _joined(before: pd.DataFrame, now: pd.DataFrame, key: str, columns: list[str]) -> pd.DataFrame:
    """Both tables side by side: this run's columns, filled from before; counts of before end in `_before`."""
    old, new = (t.reindex(columns=[key, *columns]).drop_duplicates(key) for t in (before, now))
    both = old.merge(new, on=key, how="outer", suffixes=("_before", ""), sort=True)
    for column in columns:
        if column.startswith("n_"):
            for name in (column, f"{column}_before"):
                both[name] = both[name].fillna(0).astype(int)
        else:
            both[column] = both[column].where(both[column].notna(), both[f"{column}_before"])
    return both


def _ids(row: Any, key: str) -> tuple[str, str]:
    name = getattr(row, key)
    return name if row.n_posts_before else "", name if row.n_posts else ""


def follow_up(
    earlier: Previous, groups: pd.DataFrame, tables: Mapping[str, pd.DataFrame], as_of: pd.Timestamp
) -> pd.DataFrame:
    """What was proposed in the run before, whether its date has passed, and what became of the group it was about.

    Returns
    -------
    DataFrame
        action, owner, review_by, due (yes where the date has passed), about, decision (what people decided then), now.
    """
    state = (
        {r.before: (r.change, r.n_before, r.n_after) for r in groups.itertuples() if r.before} if len(groups) else {}
    )
    rows = []
    for f in earlier.findings:
        if f["finding_id"] in state:
            change, n_before, n_after = state[f["finding_id"]]
            now = (
                "no longer seen"
                if change == "gone"
                else f"still there ({change}): {n_before} accounts before, {n_after} now"
            )
        else:
            now = _state(f["impact"], tables)
        for action in f["recommended"]:
            rows.append((action, f["title"], f["status"], now))
    rows += [(p, "the whole market", "", "see the tables of this run") for p in earlier.study.get("proposals", ())]
    day = as_of.date().isoformat()
    return pd.DataFrame(
        [
            (
                a.get("action", ""),
                a.get("owner", ""),
                a.get("review_by", ""),
                "yes" if a.get("review_by") and a["review_by"] <= day else "no",
                about,
                decision,
                now,
            )
            for a, about, decision, now in rows
        ],
        columns=["action", "owner", "review_by", "due", "about", "decision", "now"],
    )


def _state(impact: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> str:
    """What this run sees of what an earlier finding was about, where that was no group."""
    for key, name, column in (("claim", "claims", "claim_id"), ("text", "clusters", "cluster_id")):
        if key in impact:
            rows = tables[name][tables[name][column] == impact[key]]
            return f"still there: {int(rows['n_posts'].iloc[0])} posts now" if len(rows) else "no longer seen"
    if "series" in impact:
        both = pd.concat([tables["narratives"], tables["mentions"]])
        rows = both[both["name"] == impact["series"]]
        return (
            f"{int(rows['n_posts'].iloc[0])} posts now, {int(rows['n_above'].iloc[0])} bins above the forecast"
            if len(rows)
            else ""
        )
    return "see the tables of this run"
