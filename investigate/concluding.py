"""The part of a case that keeps what came out: findings, studies, tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from . import results
from .analysis import Settings
from .findings import Finding, check
from .log import Log
from .period import Period
from .study import Study

if TYPE_CHECKING:
    from .store import Dataset

# Tables of results: attributes of the case, files under results/.
KEPT = ("edges", "exposure", "communities", "crowds", "joint", "objects", "sensitivity", "kept", "signals")


class Concluding:
    """Mixed into `Case`, which holds the attributes."""

    path: Path
    log: Log
    settings: Settings | None
    known_groups: pd.DataFrame | None
    findings: list[Finding]
    studies: dict[str, Study]
    pairs_found: dict[str, int]
    period: Period

    @property
    def datasets(self) -> list[Dataset]:
        raise NotImplementedError

    def conclude(self, study: Study, findings: Sequence[Finding] = (), *, add: bool = False) -> list[Finding]:
        """Keep what a template found out; findings of the same template are replaced, or added to with `add`.

        Parameters
        ----------
        add : bool
            Keep the findings that `find(template=...)` made for the same template, and add these.
        """
        self.log.check_open()
        self.studies[study.name] = study
        before = [f for f in self.findings if add and f.template == study.name]
        return self._found(study.name, [*before, *findings])

    def earlier(self, name: str) -> Study | None:
        """The study as it was last concluded, also where data were loaded since: to go on from, not to show."""
        return self.studies.get(name) or results.study(self.path / "results", name)

    def _found(self, template: str, found: Sequence[Finding]) -> list[Finding]:
        """Take up a template's findings beside those of others, write them down, and return them."""
        own = [check(replace(f, template=template)) for f in found]
        stale = {f.finding_id for f in own}
        others = [f for f in self.findings if f.template != template and f.finding_id not in stale]
        self.findings = [*others, *own]
        made = [f.finding_id for f in own]
        self.log.append("findings_made", template=template, findings=made, results_sha256=self.keep())
        return own

    def keep(self) -> str:
        """Write the results into the case, so that it opens with them; called by `group`, `find` and `conclude`."""
        tables = {name: getattr(self, name) for name in KEPT}
        if self.known_groups is not None:
            tables["known_groups"] = self.known_groups
        return results.keep(
            self.path / "results",
            tables,
            settings=self.settings,
            findings=self.findings,
            studies=[self.studies[name] for name in sorted(self.studies)],
            datasets=[d.dataset_id for d in self.datasets],
            more={"pairs_found": self.pairs_found, "period": [self.period.start, self.period.end]},
        )
