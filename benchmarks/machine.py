"""Where and when a table was measured, and how tables are written."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from investigate.files import write_text

RESULTS = Path(__file__).parent / "results"
PACKAGES = (
    "investigate", "duckdb", "graspologic-native", "networkx", "numba", "numpy", "pandas", "pyarrow", "pyspark", "scipy",
)  # fmt: skip


def processor() -> str:
    """The processor's name where the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def machine() -> dict[str, Any]:
    """Processor, cores, memory, load at this moment, system and versions."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (ValueError, OSError, AttributeError):
        memory = math.nan
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "processor": processor(),
        "cores": cores,
        "memory_gib": round(memory, 1),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: version for name in PACKAGES if (version := _version(name))},
        "measured_on": datetime.now(UTC).date().isoformat(),
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def cell(value: object) -> str:
    """A value as the tables show it: three decimals below ten, fewer above, thousands separated, nothing for none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value).replace("|", "\\|")


def markdown(table: pd.DataFrame | list[dict[str, Any]]) -> str:
    """A table, or its rows as the JSON files hold them, in Markdown."""
    if isinstance(table, list):
        table = pd.DataFrame(table, dtype=object)
    head = "| " + " | ".join(map(str, table.columns)) + " |\n|" + "---|" * len(table.columns)
    rows = table.astype(object).itertuples(index=False, name=None)
    return "\n".join([head, *("| " + " | ".join(cell(_plain(v)) for v in row) + " |" for row in rows)])


def _plain(value: Any) -> Any:
    """A number of numpy's as Python's."""
    return value.item() if hasattr(value, "item") else value


def write(name: str, title: str, parts: Iterable[tuple[str, str, pd.DataFrame]]) -> str:
    """Write results/NAME.md for people and results/NAME.json for programs; the Markdown.

    Parameters
    ----------
    parts : iterable of (heading, text, table)
    """
    parts, where = list(parts), machine()
    about = (
        f"Measured {where['measured_on']}: {where['processor']}, {where['cores']} cores, {where['memory_gib']} GiB,"
        f" {where['system']}, load {where['load']} at the end. Python {where['python']}, "
        + ", ".join(f"{k} {v}" for k, v in where["versions"].items())
        + "."
    )
    body = [
        (f"## {heading}\n\n" if heading else "") + (f"{text}\n\n" if text else "") + markdown(table)
        for heading, text, table in parts
    ]
    whole = "\n\n".join([f"# {title}", about, *body]) + "\n"
    write_text(RESULTS / f"{name}.md", whole)
    tables = [
        {
            "heading": heading,
            "text": text,
            "rows": [{k: _json(v) for k, v in r.items()} for r in table.to_dict("records")],
        }
        for heading, text, table in parts
    ]
    write_text(RESULTS / f"{name}.json", json.dumps({"machine": where, "tables": tables}, indent=1) + "\n")
    return whole


def _json(value: Any) -> Any:
    value = _plain(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value
