"""Checking a case folder against its own records: the log, the data, the runs, the exhibits."""

from __future__ import annotations

from pathlib import Path

from . import results
from .errors import InvestigateError
from .files import read_json, sha256
from .log import Log
from .records import exhibit
from .store import Store


def problems(folder: Path, log: Log, store: Store) -> list[str]:
    """Everything that was changed, dropped, added or reordered, each with its place."""
    found = log.verify()
    if found:
        return found + _guarded(store.verify)
    return (
        _datasets(folder, log)
        + _guarded(store.verify)
        + _runs(folder, log)
        + results.problems(folder / "results")
        + exhibit.problems(folder, log.entries(), store.connect)
    )


def incomplete(folder: Path, log: Log, store: Store) -> list[str]:
    """What was started and not ended, in words."""
    out = [
        f"data/{name}: a load was cut short; nothing of it is used; load the file again" for name in store.unfinished()
    ]
    if log.torn:
        out.append(f"{log.path.name}: the last line was cut short by a crash and does not count")
    logged = {e["data"]["dataset"] for e in _entries(log) if e["kind"] == "data_loaded"}
    for dataset in store.datasets():
        if dataset.dataset_id not in logged:
            out.append(
                f"data/{dataset.dataset_id}: stored, but a crash came before it was written down; load the same file again"
            )
    out += [f"{problem}; they are not used: run the analysis again" for problem in results.problems(folder / "results")]
    for run, entry in sorted(_last_of_runs(log).items()):
        if entry["kind"] != "run_finished":
            how = "started" if entry["kind"] == "run_started" else "resumed"
            out.append(
                f"runs/{run}: the run was {how} at {entry['at']} and did not end; its files may be partial; "
                f"`investigate resume` goes on with it"
            )
    return out


def _last_of_runs(log: Log) -> dict[str, dict]:
    """The last entry of the log about each run: whether it began, was gone on with, or ended."""
    kinds = ("run_started", "run_resumed", "run_finished")
    return {e["data"]["run"]: e for e in _entries(log) if e["kind"] in kinds}


def _entries(log: Log) -> list[dict]:
    try:
        return log.entries()
    except InvestigateError:
        return []


def _guarded(check) -> list[str]:
    try:
        return check()
    except InvestigateError as error:
        return [f"{error.where}: {error.what}"]


def _datasets(folder: Path, log: Log) -> list[str]:
    out = []
    for entry in log.entries():
        if entry["kind"] != "data_loaded":
            continue
        name = f"data/{entry['data']['dataset']}/dataset.json"
        record = folder / name
        if not record.is_file():
            out.append(f"{name}: loaded in log entry {entry['seq']}, now missing")
        elif sha256(record) != entry["data"]["record_sha256"]:
            out.append(f"{name}: changed after it was loaded (log entry {entry['seq']})")
    return out


def _runs(folder: Path, log: Log) -> list[str]:
    out = []
    # While a run is gone on with, its files change; `incomplete` names it until it has ended.
    last = {run: e for run, e in _last_of_runs(log).items() if e["kind"] == "run_finished"}
    for run, entry in sorted(last.items()):
        name, manifest = f"runs/{run}/manifest.json", folder / "runs" / run / "manifest.json"
        if not manifest.is_file():
            out.append(f"{name}: written in log entry {entry['seq']}, now missing")
            continue
        if sha256(manifest) != entry["data"]["manifest_sha256"]:
            out.append(f"{name}: changed after the run (log entry {entry['seq']})")
            continue
        for file, digest in sorted(read_json(manifest).get("outputs", {}).items()):
            path = manifest.parent / file
            if not path.is_file():
                out.append(f"runs/{run}/{file}: missing")
            elif sha256(path) != digest:
                out.append(f"runs/{run}/{file}: changed after the run")
    return out
