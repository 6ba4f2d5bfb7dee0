"""What a run was made from, and what of it is different now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..case import Case
from ..errors import InputError
from ..files import sha256
from .journal import held_data, ingredients
from .patching import Notebook, code_cells, tags
from .templates import ISOLATED, Template


@dataclass(frozen=True)
class Reasons:
    """Changes in words: those after which everything is made again, and those of the template, taken cell by cell."""

    whole: tuple[str, ...] = ()
    template: tuple[str, ...] = ()


def data(record: Mapping[str, Any], values: Mapping[str, Any], case: Case) -> list[str]:
    """How the data differ from those the run began with; empty where they do not.

    Parameters
    ----------
    record : mapping
        The run's marker or manifest.
    """
    out = []
    file = Path(values.get("data") or "")
    before = {record["data_sha256"]} if record.get("data_sha256") else {i["sha256"] for i in record.get("inputs", ())}
    if values.get("data") and before:
        now = sha256(file)
        if now not in before:
            was = ", ".join(sorted(b[:12] for b in before))
            out.append(f"{file.name} had SHA-256 {was}..., now it has {now[:12]}...")
    kept, held = (record.get("kept") or {}).get("datasets"), held_data(case.path)
    if kept is None and record.get("inputs"):
        kept = sorted(i["dataset_id"] for i in record["inputs"])
    if kept is not None and kept != held:
        more, fewer = sorted({*held} - {*kept}), sorted({*kept} - {*held})
        out += [f"the case has got {', '.join(more)}"] if more else []
        out += [f"the case has lost {', '.join(fewer)}"] if fewer else []
    return out


def rest(record: Mapping[str, Any], template: Template, values: Mapping[str, Any], *, complete: bool) -> Reasons:
    """What else changed: files beside the data, parameters, versions, the template.

    A complete run is not made again because a package has another version now.
    """
    now, whole = ingredients(template, {**values, "data": ""}), []
    before = record.get("side_files") or {}
    for name in sorted({*before, *now["side_files"]}):
        if before.get(name) != now["side_files"].get(name):
            whole.append(f"the file of the parameter '{name}' changed")
    fresh = sorted(k for k in values if k not in record["parameters"] and k not in ("case", "run_dir"))
    whole += [f"the template takes more parameters now: {', '.join(fresh)}"] if fresh else []
    versions = record.get("versions") or {}
    moved = [f"{k} {versions[k]} is {v} now" for k, v in sorted(now["versions"].items()) if versions.get(k, v) != v]
    whole += moved if not complete else []
    was = record.get("template_sha256") or (record.get("template") or {}).get("sha256")
    changed = () if was == now["template_sha256"] else (f"the template {template.path.name} changed",)
    return Reasons(tuple(whole), changed)


def without_lost_data(given: dict[str, Any], case: Case) -> dict[str, Any]:
    """The parameters of a run, without its data file where that is gone and the case holds what was in it."""
    named = given.get("data") or ""
    if not named or Path(named).is_file():
        return given
    if any(d.file == Path(named).name for d in case.datasets):
        return {**given, "data": ""}
    raise InputError(
        "the data file of the run is gone, and the case does not hold it", str(named), "put the file back, then resume"
    )


def stages(notebook: Notebook, last: str) -> list[tuple[str, str]]:
    """The cells that build the case, up to `last`: identifier and code. Two builds are the same where these are."""
    out: list[tuple[str, str]] = []
    for cell in code_cells(notebook):
        if ISOLATED not in tags(cell):
            out.append((str(cell.get("id", "")), "".join(cell["source"])))
        if cell.get("id") == last:
            break
    return out


def free_case(case: Case) -> Path:
    """A folder beside the case for a new one: its name with the next free number."""
    number = 2
    while (path := case.path.parent / f"{case.path.name}-{number}").exists():
        number += 1
    return path
