"""Where things lie: folders beside the notebook, files to suggest, the address under which the notebook server shows one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

MAX_LISTED = 200
MAX_DEPTH = 3
MAX_SEEN = 20_000  # entries of the file system looked at for one list


def beside(folder: str | Path) -> Path:
    """A relative folder, looked for from the working folder and from the one above it.

    Notebooks lie in `notebooks/`, and `data/` lies beside that folder.
    """
    path = Path(folder).expanduser()
    if not path.is_absolute() and not path.exists():
        above = Path("..") / path
        if above.exists():
            return above
    return path


def files_in(folders: Iterable[Path], suffixes: Sequence[str]) -> tuple[list[str], bool]:
    """Files with one of the suffixes under the folders, at most three levels deep, and whether some were left out."""
    found: list[str] = []
    seen = 0
    for folder in folders:
        for root, inner, names in os.walk(folder):
            inner[:] = sorted(n for n in inner if not n.startswith("."))
            if len(Path(root).relative_to(folder).parts) >= MAX_DEPTH - 1:
                inner.clear()
            seen += len(names)
            found += [
                str(Path(root) / n)
                for n in sorted(names)
                if not n.startswith(".") and n.lower().endswith(tuple(suffixes))
            ]
            if len(found) > MAX_LISTED or seen > MAX_SEEN:
                return found[:MAX_LISTED], True
    return list(dict.fromkeys(found)), False


def cases_in(folder: Path) -> tuple[list[Path], bool]:
    """The case folders in a folder, the one used last first, and whether some were left out."""
    if not folder.is_dir():
        return [], False
    with os.scandir(folder) as entries:
        found = [Path(e.path) for e in entries if e.is_dir() and (Path(e.path) / "case.json").is_file()]
    found.sort(key=lambda p: (-_used(p), p.name))
    return found[:MAX_LISTED], len(found) > MAX_LISTED


def _used(case: Path) -> float:
    log = case / "log.jsonl"
    return log.stat().st_mtime if log.exists() else 0.0


def address(path: Path) -> str | None:
    """The address of a file on the notebook server, from its root; None where the server does not serve it.

    The server this kernel belongs to is known by its process number. What it serves is under its root folder, and no
    part of the way may be hidden.
    """
    about = _server()
    if about is None:
        return None
    root, base = about
    try:
        way = path.resolve().relative_to(root)
    except ValueError:
        return None
    if any(part.startswith(".") for part in way.parts):
        return None
    return f"{base}files/" + "/".join(quote(part, safe="") for part in way.parts)


def _server() -> tuple[Path, str] | None:
    """Root folder and base address of the notebook server that started this kernel."""
    parent = os.environ.get("JPY_PARENT_PID", "")
    if not parent.isdigit():
        return None
    try:
        from ipykernel.connect import get_connection_file

        folder = Path(get_connection_file()).parent
        about = json.loads((folder / f"jpserver-{parent}.json").read_text(encoding="utf-8"))
        return Path(about["root_dir"]).resolve(), str(about["base_url"])
    except (RuntimeError, OSError, ValueError, KeyError):
        return None  # another kind of notebook, or none: the path is shown instead
