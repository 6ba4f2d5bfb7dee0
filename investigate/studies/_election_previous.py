"""The run before this one, read from its folder: findings, the study, and the tables its views kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError, InvestigateError
from ..files import read_json
from . import _election_claims, _election_emerging, _election_people, _election_volume

FINDINGS = "findings.json"
# The tables a later run compares with: the view that keeps them, and the columns of an empty one, which no view keeps.
KEPT_BY: dict[str, tuple[str, tuple[str, ...]]] = {
    "narratives": ("election_narratives", ("name", "title", "n_posts", "n_accounts")),
    "volume": ("election_volume", _election_volume.BINS),
    "clusters": ("new_texts", _election_emerging.CLUSTERS),
    "terms": ("election_terms", _election_emerging.TERMS),
    "claims": ("voting_claims", _election_claims.COLUMNS),
    "lookalikes": ("look_alikes", _election_people.COLUMNS),
}


@dataclass(frozen=True)
class Previous:
    """What an earlier run of the same market left.

    Attributes
    ----------
    name : str
        The folder's name.
    findings : list of dict
    study : mapping
        The study's record: facts, proposals, answers.
    tables : mapping of str to DataFrame
    missing : tuple of str
        Tables that the folder does not hold: that part is not compared.
    """

    name: str
    findings: list[dict[str, Any]]
    study: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.study.get("facts", {})

    @property
    def groups(self) -> dict[str, set[str]]:
        """Members of the groups that acted together, by finding."""
        return {f["finding_id"]: set(f["members"]) for f in self.findings if "community" in f["impact"]}

    def table(self, name: str) -> pd.DataFrame:
        return self.tables.get(name, pd.DataFrame())


LATEST = "latest"


def previous(folder: str | Path, market: str, before: str) -> Previous | None:
    """The earlier run in `folder`; None where no folder is named.

    Parameters
    ----------
    folder : str or Path
        A run's folder, or CASE/runs/latest: the last finished run in CASE of the same market over an earlier period, and
        none where there is no such run yet.
    market : str
        What the run must have watched.
    before : str
        ISO 8601, UTC: the start of this run's period, for `latest`.

    Raises
    ------
    InputError
        The folder holds no finished run of `election_watch`, or one of another market.
    """
    if not str(folder):
        return None
    path = Path(folder)
    if path.name == LATEST and not path.exists():
        found = _latest(path.parent, market, before)
        if found is None:
            return None
        path = found
    where = f"parameter previous_run: {path}"
    if not (path / FINDINGS).is_file():
        raise InputError(
            f"there is no {FINDINGS}", where, "name the folder of a finished run, CASE/runs/..., or leave it empty"
        )
    try:
        record = read_json(path / FINDINGS)
        template, findings, study = record["template"], record["findings"], record.get("study")
        held = study["facts"]["market"] if study else ""
    except (InvestigateError, KeyError, TypeError) as error:
        raise InputError(f"{FINDINGS} cannot be read: {error}", where, "name another run, or leave it empty") from error
    if template != "election_watch" or not study:
        raise InputError(f"it is a run of '{template}'", where, "name a run of election_watch, or leave it empty")
    if held != market:
        raise InputError(
            f"it watched '{held}', this run watches '{market}'",
            where,
            "name a run of the same market, or leave it empty",
        )
    tables = {}
    for name, (view, columns) in KEPT_BY.items():
        file = path / "tables" / f"{view}.parquet"
        if file.is_file():
            tables[name] = pd.read_parquet(file)
        elif not study["facts"].get("n_rows", {}).get(name, -1):
            tables[name] = pd.DataFrame(columns=list(columns))
    return Previous(path.name, findings, study, tables, tuple(sorted(set(KEPT_BY) - set(tables))))


def _latest(runs: Path, market: str, before: str) -> Path | None:
    """The last run of the same market whose period ended by `before`."""
    found = []
    for path in sorted(runs.glob(f"*/{FINDINGS}")):
        try:
            record = read_json(path)
            facts = record["study"]["facts"]
            if record["template"] == "election_watch" and facts["market"] == market and facts["window"][1] <= before:
                found.append((facts["window"][1], path.parent.name, path.parent))
        except (InvestigateError, KeyError, TypeError, IndexError):
            continue  # another template's run, or one that was cut short
    return max(found)[2] if found else None
