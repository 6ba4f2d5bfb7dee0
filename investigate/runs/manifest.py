"""The manifest: what went into a run, what came out, and with which versions; and the mark of a run under way."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import CaseError
from ..files import read_json, sha256, write_json
from ..packs import bundled
from ..packs.policy import SAMPLE
from .parameters import VOCABULARY
from .templates import Template

MANIFEST = "manifest.json"
MARKER = "INCOMPLETE.json"
MADE_LATER = (
    "briefs",
    "report.pdf",
    "tables_all.xlsx",
)  # made from a run by command, as often as people like: no part of what it left
PACKAGES = (
    "duckdb",
    "graspologic-native",
    "ipykernel",
    "nbclient",
    "networkx",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
    "scipy",
)
_INPUT_FIELDS = (
    "dataset_id",
    "source",
    "file",
    "sha256",
    "bytes",
    "options",
    "rows_read",
    "n_accounts",
    "n_content",
    "n_actions",
    "first_at",
    "last_at",
    "resolution_s",
    "set_aside",
    "notes",
)


@dataclass(frozen=True)
class Section:
    """How one section of a run went: `ok`, `failed` or `not run`, in seconds, with the reason in words."""

    name: str
    status: str
    seconds: float | None = None
    error: str = ""


def new_folder(runs: Path, template: str) -> Path:
    """Make the next free folder `<template>-0001`, `-0002`, ... for a run."""
    runs.mkdir(parents=True, exist_ok=True)
    taken = [int(p.name.rpartition("-")[2]) for p in runs.glob(f"{template}-*") if p.name.rpartition("-")[2].isdigit()]
    number = max(taken, default=0) + 1
    while True:
        folder = runs / f"{template}-{number:04d}"
        try:
            folder.mkdir()
            return folder
        except FileExistsError:  # another run took the number meanwhile
            number += 1


def mark(folder: Path, template: str, owner: str, parameters: dict[str, Any], **more: Any) -> Path:
    """Leave the marker that stays behind when a run is killed; `more` is what a resumed run needs to know."""
    return write_marker(folder, {"template": template, "owner": owner, "parameters": parameters, **more})


def write_marker(folder: Path, record: Mapping[str, Any]) -> Path:
    return write_json(folder / MARKER, dict(record))


def marker(folder: Path) -> dict[str, Any]:
    """What the marker says; empty where there is none."""
    return dict(read_json(folder / MARKER)) if (folder / MARKER).exists() else {}


def marked_by(folder: Path) -> str:
    """Who marked the folder as incomplete: "runner", "notebook", or empty where nobody did."""
    return str(marker(folder).get("owner", ""))


def carried(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a marker or an earlier manifest hands on to the next manifest of the run, for a later `resume`."""
    return {key: record[key] for key in ("kept", "resumed", "template_file") if record.get(key)}


def unmark(folder: Path) -> None:
    (folder / MARKER).unlink(missing_ok=True)


def versions() -> dict[str, str]:
    """Versions of the packages that a result can depend on, and of Python."""
    out = {"python": platform.python_version(), "investigate": __version__}
    for name in PACKAGES:
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            out[name] = "not installed"
    return out


def inputs(datasets: Iterable[Any]) -> list[dict[str, Any]]:
    """The loaded files of a case: hashes, counts, and the rows set aside by reason."""
    rows = [asdict(d) if is_dataclass(d) and not isinstance(d, type) else vars(d) for d in datasets]
    return [{k: row[k] for k in _INPUT_FIELDS if k in row} for row in rows]


def side_files(parameters: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of every file that a parameter names beside the data, by the parameter's name.

    An empty `policy_pack` stands for the bundled sample, whose hash is kept all the same. Of an earlier run that is
    named, it is the hash of its findings.
    """
    named = {
        name: str(value or "")
        for name, value in parameters.items()
        if name != "data" and name in VOCABULARY and VOCABULARY[name].kind in ("path", "mapping")
    }
    if "policy_pack" in named:
        named["policy_pack"] = named["policy_pack"] or str(bundled(SAMPLE))
    if earlier := parameters.get("previous_run"):
        named["previous_run"] = str(Path(str(earlier)) / "findings.json")
    return {name: sha256(Path(value)) for name, value in named.items() if value and Path(value).is_file()}


def outputs(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a run, but of the manifest, the marker and what is made later (`MADE_LATER`)."""
    files = (
        p
        for p in folder.rglob("*")
        if p.is_file()
        and p.name not in (MANIFEST, MARKER)
        and p.relative_to(folder).parts[0] not in MADE_LATER
        and not p.name.startswith(".")
    )
    return {p.relative_to(folder).as_posix(): sha256(p) for p in sorted(files)}


def write(
    folder: Path,
    template: Template | None,
    parameters: dict[str, Any],
    datasets: Iterable[Any],
    *,
    status: str,
    exit_code: int | None = None,
    sections: Iterable[Section] = (),
    times: dict[str, Any] | None = None,
    more: Mapping[str, Any] | None = None,
) -> Path:
    """Write `manifest.json` of the run in `folder`.

    Parameters
    ----------
    status : str
        `complete`, `partial` (some sections failed), `failed`, or `unchecked` for a run made without the runner.
    times : dict, optional
        `started_at`, `ended_at` (UTC) and `duration_s`; the manifest is the only output that holds a clock.
    more : mapping, optional
        See `carried`: `kept`, the last cell that left its results in the case, and their hash; `resumed`, one entry for
        each time the run was gone on with.
    """
    return write_json(
        folder / MANIFEST,
        {
            "schema": 1,
            "run": folder.name,
            "status": status,
            "exit_code": exit_code,
            "template": {
                "name": template.name,
                "title": template.title,
                "file": template.path.name,
                "sha256": sha256(template.path),
            }
            if template
            else None,
            "parameters": parameters,
            "seed": parameters.get("seed"),
            "inputs": inputs(datasets),
            "side_files": side_files(parameters),
            "sections": [asdict(s) for s in sections],
            "versions": versions(),
            "platform": platform.platform(),
            "times": times or {},
            "outputs": outputs(folder),
            **(more or {}),
        },
    )


def run_folders(case: Path) -> list[Path]:
    """The run folders of a case, by name."""
    runs = case / "runs"
    return sorted(p for p in runs.iterdir() if p.is_dir() and not p.name.startswith(".")) if runs.is_dir() else []


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a run; CaseError where the folder holds none."""
    if not (folder / MANIFEST).is_file():
        raise CaseError(
            "this is not a finished run", str(folder), "give a folder under CASE/runs that holds manifest.json"
        )
    return read_json(folder / MANIFEST)
