"""What a run looks at: the posts of the period with what they match, and what came before to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import pandas as pd

from ._election_emerging import term_counts
from ._election_previous import Previous
from ._election_text import ELECTION, Lexicon, matches, read_posts
from ._election_volume import counted, width_for

BEFORE, RUN, HALF = "earlier data of the case", "the run before", "the first half of the period"


@dataclass(frozen=True)
class Watched:
    """The posts of one period and the baseline.

    Attributes
    ----------
    posts, matched : DataFrame
        Of `_election_text.read_posts` and `matches`.
    start, end : Timestamp
        The period: as the case is restricted, else the hour of the first and after the last post; UTC.
    past, past_matched : DataFrame
        The same of what the case holds from before; empty where it holds nothing.
    baseline : str
        `BEFORE`, `RUN` or `HALF`.
    """

    posts: pd.DataFrame
    matched: pd.DataFrame
    start: pd.Timestamp
    end: pd.Timestamp
    past: pd.DataFrame
    past_matched: pd.DataFrame
    baseline: str
    earlier: Previous | None
    resolution_s: float = 1.0

    @property
    def days(self) -> float:
        return (self.end - self.start) / pd.Timedelta(days=1)

    @property
    def first(self) -> pd.Timestamp:
        """Where the series begin: with the baseline's first post."""
        return self.past["created_at"].min() if len(self.past) else self.start

    @property
    def width(self) -> str:
        return width_for(self.first, self.end, self.resolution_s)

    @property
    def n_election(self) -> int:
        return int((self.matched["name"] == ELECTION).sum())

    @property
    def election_ids(self) -> set[str]:
        """Contents of the period that match the profile."""
        return set(self.matched.loc[self.matched["name"] == ELECTION, "content_id"])

    def compared(self, posts: pd.DataFrame) -> pd.DataFrame:
        """The posts that are compared with the baseline: those of the second half where the first half is the baseline."""
        return posts[posts["created_at"] >= self.middle] if self.baseline == HALF else posts

    @property
    def middle(self) -> pd.Timestamp:
        return self.start + (self.end - self.start) / 2

    def _election(self, posts: pd.DataFrame, matched: pd.DataFrame) -> pd.DataFrame:
        return posts[posts["content_id"].isin(set(matched.loc[matched["name"] == ELECTION, "content_id"]))]

    def history(self, width: str) -> dict[str, pd.Series]:
        """Counts per bin before the period, by name; from the case, else from the run before."""
        if self.baseline == BEFORE:
            names = sorted(self.matched["name"].unique())
            return counted(self.past_matched, names, self.first.floor(width), self.start, width)
        if self.baseline == RUN and self.earlier is not None:
            table = self.earlier.table("volume")
            if len(table):
                # Bins of another width cannot stand in one series.
                own = {n: t.set_index("at")["observed"].sort_index() for n, t in table.groupby("name")}
                wide = pd.Timedelta(width)
                return {n: s for n, s in own.items() if len(s) > 1 and s.index[1] - s.index[0] == wide}
        return {}

    def earlier_texts(self) -> pd.DataFrame | None:
        """text, n: election texts from before; None where nothing earlier is known."""
        if self.baseline == BEFORE:
            return (
                self._election(self.past, self.past_matched)
                .groupby("text", as_index=False)
                .size()
                .rename(columns={"size": "n"})
            )
        if self.baseline == RUN and self.earlier is not None and "clusters" in self.earlier.tables:
            return self.earlier.table("clusters")[["representative", "n_posts"]].set_axis(["text", "n"], axis=1)
        return None

    def earlier_terms(self, con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
        """term, n_posts of the baseline's election posts."""
        if self.baseline == BEFORE:
            return term_counts(con, self._election(self.past, self.past_matched))
        if self.baseline == RUN and self.earlier is not None and "terms" in self.earlier.tables:
            return self.earlier.table("terms")[["term", "n_posts"]]
        own = self._election(self.posts, self.matched)
        return term_counts(con, own[own["created_at"] < self.middle])

    @property
    def n_earlier(self) -> int:
        """Election posts of the baseline."""
        if self.baseline == BEFORE:
            return int((self.past_matched["name"] == ELECTION).sum())
        if self.baseline == RUN and self.earlier is not None and "terms" in self.earlier.tables:
            return int(self.earlier.facts["n_term_posts"])
        own = self.matched[self.matched["name"] == ELECTION]
        return int((own["created_at"] < self.middle).sum())


def watched(case: Any, words: Lexicon, earlier: Previous | None) -> Watched:
    """The posts of the case's period with what they match, and the baseline: earlier data, else the run before, else none."""
    posts = read_posts(case.connection())
    matched = matches(case.connection(), posts, words)
    held = case.period
    start = pd.Timestamp(held.start) if held.start else posts["created_at"].min().floor("1h") if len(posts) else pd.NaT
    end = pd.Timestamp(held.end) if held.end else posts["created_at"].max().ceil("1h") if len(posts) else pd.NaT
    past, past_matched = posts.iloc[:0], matched.iloc[:0]
    if (before := case.before()) is not None:
        with before as con:
            past = read_posts(con)
            past_matched = matches(con, past, words)
    baseline = BEFORE if len(past) else RUN if earlier is not None else HALF
    if start == end:
        end = start + pd.Timedelta("1h")
    return Watched(posts, matched, start, end, past, past_matched, baseline, earlier, case.resolution_s)
