"""Which source a file may be for, from its name and its columns. A proposal, to be confirmed like the mapping."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..errors import InvestigateError
from . import SOURCES, Source
from ._formats import SUFFIXES, read_rows

LIKELY = 0.4
"""Share of a source's columns that must be there: some sources read two generations of one export."""


class Fitting(NamedTuple):
    """A source that may fit a file, how much of what it needs is there (0 to 1), and that in words."""

    name: str
    share: float
    reason: str


def guess_source(path: str | Path) -> list[Fitting]:
    """Sources that may read a file, the best first; `csv`, which takes a mapping, is last.

    Parameters
    ----------
    path : str or Path
        Its name and its header are looked at, not its rows.

    Notes
    -----
    A format of which only one source knows the suffix is proposed by the suffix alone. Two exports with the same columns
    and different meanings cannot be told apart: look at the data-quality report.
    """
    file = Path(path)
    columns = _columns(file)
    found = []
    for source in SOURCES:
        if source.name == "csv":
            continue
        if source.name in file.name.lower():
            found.append(Fitting(source.name, 1.0, "the file is called like it"))
            continue
        if not _takes(source, file):
            continue
        there = [name for name in source.needs if name.lower() in columns]
        share = len(there) / max(len(source.needs), 1)
        if share >= LIKELY:
            found.append(Fitting(source.name, share, f"{len(there)} of its {len(source.needs)} columns are there"))
        elif not columns and sum(_takes(other, file) for other in SOURCES) == 1:
            found.append(Fitting(source.name, 0.0, "the only source for files of this kind"))
    found.sort(key=lambda fit: (-fit.share, fit.name))
    if file.name.lower().endswith(SUFFIXES):
        found.append(Fitting("csv", 0.0, "any table, with a column mapping"))
    return found


def _takes(source: Source, file: Path) -> bool:
    return file.name.lower().endswith(tuple(source.suffixes))


def _columns(file: Path) -> set[str]:
    if not file.name.lower().endswith(SUFFIXES):
        return set()
    try:
        return {name.strip().lower() for name in read_rows(file, limit=1).columns}
    except InvestigateError:
        return set()  # the check of the file says what is wrong with it
