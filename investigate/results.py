"""The results of a case on disk: tables as Parquet, the rest as JSON, so that they outlive the process that made them.

Every state is a folder of its own under `results/`; `results/current.json` names the one that counts and is replaced last.
A crash leaves the old state or the new one.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from .analysis import Settings
from .errors import InvestigateError
from .files import read_json, replacing, sha256, write_json
from .findings import Alternative, Evidence, Finding
from .study import Study

CURRENT = "current.json"


def keep(
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    *,
    settings: Settings | None,
    findings: Sequence[Finding],
    studies: Sequence[Study] = (),
    datasets: Sequence[str],
    more: Mapping[str, Any],
) -> str:
    """Write the results, and return the SHA-256 of the record that names every file with its own.

    Parameters
    ----------
    folder : Path
        `CASE/results`.
    datasets : sequence of str
        The datasets they were made from; results of other data are not taken up again.
    """
    name = uuid.uuid4().hex[:12]
    files = {}
    beside = {f"{study.name}.{table}": frame for study in studies for table, frame in study.tables.items()}
    for table, frame in (dict(tables) | beside).items():
        if len(frame.columns):
            path = folder / name / f"{table}.parquet"
            with replacing(path) as temporary:
                frame.to_parquet(temporary)
            files[table] = sha256(path)
    record = {
        "datasets": sorted(datasets),
        "settings": asdict(settings) if settings else None,
        "findings": [f.to_dict() for f in findings],
        "studies": [s.record() for s in studies],
        "tables": files,
        "more": dict(more),
    }
    write_json(folder / name / "record.json", record)
    digest = sha256(folder / name / "record.json")
    write_json(folder / CURRENT, {"state": name, "sha256": digest})
    for old in folder.iterdir():
        if old.is_dir() and old.name != name:
            shutil.rmtree(old, ignore_errors=True)
    return digest


def restore(folder: Path, datasets: Sequence[str]) -> tuple[dict[str, pd.DataFrame], dict[str, Any]] | None:
    """The tables and the record that `keep` wrote; None where there are none, or they are damaged or of other data.

    The record holds `settings` as Settings (None where no accounts were related), `findings` as a list of Finding and
    `studies` as a list of Study. `problems` says what is damaged.
    """
    if not (folder / CURRENT).is_file():
        return None
    try:
        return _read(folder, datasets)
    except (InvestigateError, OSError, ValueError, KeyError, TypeError):
        return None  # the case opens all the same, and the results can be made again


def study(folder: Path, name: str) -> Study | None:
    """A study that `keep` wrote, of whatever data: to go on from after more was loaded, never to show; None where there is none.

    A template that compares what it kept with the data of now can leave alone what did not change.
    """
    if not (folder / CURRENT).is_file() or problems(folder):
        return None
    state = folder / read_json(folder / CURRENT)["state"]
    record = read_json(state / "record.json")
    own = {n.partition(".")[2]: n for n in record["tables"] if n.startswith(f"{name}.")}
    tables = {short: pd.read_parquet(state / f"{full}.parquet") for short, full in own.items()}
    return next((Study.of(s, tables) for s in record.get("studies", ()) if s["name"] == name), None)


def _read(folder: Path, datasets: Sequence[str]) -> tuple[dict[str, pd.DataFrame], dict[str, Any]] | None:
    state = folder / read_json(folder / CURRENT)["state"]
    record = read_json(state / "record.json")
    if record["datasets"] != sorted(datasets):
        return None
    tables = {name: pd.read_parquet(state / f"{name}.parquet") for name in record["tables"]}
    if settings := record["settings"]:
        record["settings"] = Settings(**{**settings, "relations": tuple(settings["relations"])})
    record["findings"] = [_finding(f) for f in record["findings"]]
    beside = {name: tables.pop(name) for name in list(tables) if "." in name}
    record["studies"] = [
        Study.of(s, {n.partition(".")[2]: t for n, t in beside.items() if n.partition(".")[0] == s["name"]})
        for s in record.get("studies", ())
    ]
    return tables, record


def problems(folder: Path) -> list[str]:
    """What does not match the hashes; empty when whole, or when nothing was kept."""
    if not (folder / CURRENT).is_file():
        return []
    try:
        current = read_json(folder / CURRENT)
        state = folder / current["state"]
        if sha256(state / "record.json") != current["sha256"]:
            return [f"results/{state.name}/record.json: changed after it was written"]
        wrong = []
        for name, digest in read_json(state / "record.json")["tables"].items():
            path = state / f"{name}.parquet"
            if not path.is_file():
                wrong.append(f"results/{state.name}/{name}.parquet: missing")
            elif sha256(path) != digest:
                wrong.append(f"results/{state.name}/{name}.parquet: changed after it was written")
        return wrong
    except (InvestigateError, OSError, KeyError) as error:
        return [f"results: cannot be read ({error}); make them again"]


def _finding(record: dict[str, Any]) -> Finding:
    return Finding(
        **{
            **record,
            "evidence": [Evidence(**e) for e in record["evidence"]],
            "alternatives": [Alternative(**a) for a in record["alternatives"]],
        }
    )
