"""Runs of the election watch on simulated markets, in process: what the tests of the study share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from investigate import studies, views
from investigate.case import Case
from investigate.files import write_json
from investigate.runs.run import findings_record

WEEKS = {1: ("2026-09-14", "2026-09-21"), 2: ("2026-09-21", "2026-09-28")}
KEPT_VIEWS = ("election_narratives", "election_volume", "new_texts", "election_terms", "voting_claims", "look_alikes")
"""The views whose tables a later run compares with."""


def keep(case: Case, run: Path) -> None:
    """Leave in `run` what a run leaves for the next one: its findings and the tables of its views."""
    write_json(run / "findings.json", findings_record("election_watch", case))
    for name in KEPT_VIEWS:
        getattr(views, name)(case).save(run)


@dataclass
class Watch:
    """One watched week: the case, the study, and the folder a later run compares with."""

    case: Case
    study: Any
    folder: Path
    findings: list[Any]

    def of_type(self, kind: str) -> list[Any]:
        return [f for f in self.findings if f.type == kind]


def case_of(world: Any, folder: Path, weeks: tuple[int, ...] = (1, 2)) -> Case:
    """A case with some weeks of a world."""
    world.save(folder)
    case = Case.create(folder / f"case{''.join(map(str, weeks))}")
    for week in weeks:
        case.load(folder / f"week{week}.csv.gz", "csv", mapping=folder / "world.toml")
    return case


def watch(case: Case, folder: Path, week: int, *, keep_it: bool = False, **options: Any) -> Watch:
    """Watch one week; with `keep_it`, leave what a run leaves, for the next one to compare with."""
    case.between(*WEEKS[week])
    given = {
        "market_profile": str(folder / "profile.toml"),
        "known_groups": str(folder / "known_groups.csv"),
        **options,
    }
    study = studies.election_watch(case, **given)
    run = folder / f"run-{case.path.name}-{week}-{len(options)}"
    if keep_it:
        keep(case, run)
    return Watch(case, study, run, list(case.findings))
