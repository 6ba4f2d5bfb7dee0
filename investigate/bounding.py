"""The part of a case that restricts it to a period: what every stage, view and template then reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from . import results
from .analysis import Settings
from .concluding import KEPT
from .errors import InputError
from .findings import Finding
from .log import Log
from .period import Period, period
from .store import Store
from .study import Study
from .tables import CLOCKS

if TYPE_CHECKING:
    from .store import Dataset


class Bounding:
    """Mixed into `Case`, which holds the attributes."""

    path: Path
    log: Log
    store: Store
    period: Period
    settings: Settings | None
    findings: list[Finding]
    studies: dict[str, Study]
    pairs_found: dict[str, int]

    @property
    def datasets(self) -> list[Dataset]:
        raise NotImplementedError

    def _forget(self) -> None:
        raise NotImplementedError

    def between(self, start: str = "", end: str = "") -> Period:
        """Restrict the case to what happened from `start` up to but not including `end`; without both, lift it.

        Every stage and view then reads only contents, actions, ads, queue cases and counts of the period; accounts and
        rows set aside stay whole. Results of another period are let go (runs keep theirs), and those that the case last kept
        are taken up again where they are of this period. It is written into the log and kept with the results.

        Parameters
        ----------
        start, end : str
            ISO 8601; without a zone, UTC. A date alone is its midnight.

        Raises
        ------
        InputError
            No time, an end before the start, or nothing in the data falls into the period.
        """
        wanted = period(start, end)
        if wanted == self.period:
            return wanted
        self.log.check_open()
        self._refuse_empty(wanted)
        self._forget()
        for name in KEPT:
            setattr(self, name, pd.DataFrame())
        self.settings, self.findings, self.studies, self.pairs_found = None, [], {}, {}
        self.period = wanted
        self._restore(wanted)
        self.log.append("period_set", start=wanted.start, end=wanted.end)
        return wanted

    def before(self) -> duckdb.DuckDBPyConnection | None:
        """A connection to what the case holds from before its period: the baseline; None where the period is open there.

        Close it after use.
        """
        return self.store.connect(Period("", self.period.start)) if self.period.start else None

    def _restore(self, only: Period | None = None) -> None:
        """Take up the results that the case last kept, with their period; none where that is not `only`."""
        held = results.restore(self.path / "results", [d.dataset_id for d in self.datasets])
        if held is None:
            return
        tables, record = held
        made_over = Period(*record["more"].get("period", ("", "")))
        if only is not None and made_over != only:
            return
        for name, table in tables.items():
            setattr(self, name, table)
        self.settings, self.findings = record["settings"], record["findings"]
        self.studies = {study.name: study for study in record["studies"]}
        self.pairs_found, self.period = record["more"]["pairs_found"], made_over

    def _refuse_empty(self, wanted: Period) -> None:
        held = self.datasets
        if not wanted or not held:
            return
        first, last = min(d.first_at for d in held), max(d.last_at for d in held)
        rows = " + ".join(f"(select count(*) from {table})" for table in CLOCKS)
        if not int(self.store.sql(f"select {rows} as n", wanted)["n"].iloc[0]):
            raise InputError(
                f"nothing in the data falls into the period {wanted}",
                f"{self.path}: the data reach from {first[:16]} to {last[:16]} UTC",
                "choose window_start and window_end inside it",
            )
