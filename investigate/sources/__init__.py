"""Sources: export formats that can be read into the canonical tables.

To add one, write a module here with one function under `@source(...)` and put a sample beside the tests;
the command line, the documentation and the contract tests find it by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..registry import Registry


@dataclass(frozen=True)
class Reading:
    """What a source function returns: canonical tables and what was learned on the way.

    Attributes
    ----------
    tables : dict of str to pyarrow.Table
        `accounts`, `content`, `actions`, `set_aside`, each with the schema declared in `investigate.tables`.
    rows_read : int
        Rows of the file, without the header; every one is in `content` or in `set_aside`.
    resolution_s : float
        The source's time resolution in seconds: 60 where times are to the minute.
    notes : tuple of str
        What is missing or odd in this source, in words, printed wherever totals are shown.
    columns_used, columns_dropped : tuple of str
        The file's columns that were read, and those that were left out.
    """

    tables: dict[str, pa.Table]
    rows_read: int
    resolution_s: float
    notes: tuple[str, ...] = ()
    columns_used: tuple[str, ...] = ()
    columns_dropped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """An export format that can be read."""

    name: str
    title: str
    summary: str
    caveat: str
    needs: tuple[str, ...]
    read: Callable[..., Reading]
    suffixes: tuple[str, ...] = (".csv",)
    options: dict[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()


SOURCES: Registry[Source] = Registry("source", __name__)


def source(**declared: Any) -> Callable[[Callable[..., Reading]], Callable[..., Reading]]:
    """Register a reader: ``read(path: Path, **options) -> Reading``."""

    def register(read: Callable[..., Reading]) -> Callable[..., Reading]:
        SOURCES.add(Source(read=read, **declared))
        return read

    return register


def read(path: str | Path, source: str, **options: Any) -> Reading:
    """Read a file with a named source; see `Reading`."""
    return SOURCES.get(source).read(Path(path), **options)
