"""Everything that was measured for a triage, in one value: what the story is told from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from ..findings import Finding
from ._triage_volume import Scope


@dataclass(frozen=True)
class Picture:
    """What was measured. Tables are those of the modules that make them; `no_groups` says why no group could be looked for."""

    as_of: datetime
    scope: Scope
    measures: Mapping[str, float]
    findings: list[Finding]
    no_groups: str
    top: pd.DataFrame
    concentration: pd.DataFrame
    texts: pd.DataFrame
    text_facts: Mapping[str, object]
    threads: pd.DataFrame
    thread_facts: Mapping[str, object]
    thread_verdict: str
    terms: pd.DataFrame
    affected: pd.DataFrame
    seeded: pd.DataFrame
    places: pd.DataFrame
    ages: pd.DataFrame
    rules: pd.DataFrame
    suggestions: pd.DataFrame
    priority: pd.DataFrame
    score: float
    band: str
    severity: str

    @property
    def supported(self) -> list[Finding]:
        return [f for f in self.findings if f.status == "supported"]

    @property
    def enough(self) -> bool:
        """Whether any template fits well enough to say what the issue is."""
        return bool(len(self.suggestions) and self.suggestions["enough"].iloc[0])

    def first(self, kind: str) -> pd.Series | None:
        """The most frequent object of a kind in the issue."""
        part = self.top[self.top["kind"] == kind] if len(self.top) else self.top
        return part.iloc[0] if len(part) else None

    def stated(self, kind: str) -> pd.DataFrame:
        """Languages, regions, platforms or kinds of content that the source states."""
        part = self.places[self.places["kind"] == kind]
        return part[~part["name"].str.lower().isin(("", "unknown"))]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        return {
            "hours": self.scope.hours,
            "top": self.top,
            "concentration": self.concentration,
            "texts": self.texts,
            "terms": self.terms,
            "affected": self.affected,
            "seeded": self.seeded,
            "places": self.places,
            "ages": self.ages,
            "threads": self.threads,
            "rules": self.rules,
            "suggestions": self.suggestions,
            "priority": self.priority,
        }
