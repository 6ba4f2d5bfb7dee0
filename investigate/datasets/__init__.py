"""Public data sets: where they are, under which licence, and how to fetch them whole or not at all.

`download` in here is the only module of the package that may use the network, and only when somebody asks for
a data set by name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError, unknown
from ..files import replacing, sha256, write_json
from ._catalogue import DATA
from ._entry import PublicData, PublicFile

__all__ = ["Fetched", "PublicData", "PublicFile", "catalogue", "find", "get"]

Progress = Callable[[str, int, int | None], None]
CHUNK = 1 << 18


@dataclass(frozen=True)
class Fetched:
    """One file that is now on disk. `verified` is False where no hash was known beforehand."""

    path: Path
    size: int
    sha256: str
    verified: bool
    was_there: bool = False


def catalogue() -> dict[str, PublicData]:
    """Every known public data set by name, sorted."""
    return {entry.name: entry for entry in sorted(DATA, key=lambda entry: entry.name)}


def find(name: str) -> PublicData:
    """The data set called `name`; UnknownNameError with the nearest name otherwise."""
    known = catalogue()
    if name not in known:
        raise unknown("data set", name, known)
    return known[name]


def get(
    name: str | PublicData,
    to: str | Path = "data/raw",
    from_: str | Path | None = None,
    progress: Progress | None = None,
) -> list[Fetched]:
    """Bring a public data set into a folder; a file already there and right is left alone.

    Parameters
    ----------
    name : str or PublicData
        A name of the catalogue, or a data set of your own description.
    to : path
        The folder the files go to; each gets a `.source.json` beside it with licence, citation and hash.
    from_ : path, optional
        A local file, or a folder that holds the files under their names. No network is used then.
    progress : callable, optional
        Called with the file's name, the bytes so far and the bytes in all (None where unknown).

    Returns
    -------
    list of Fetched
        One per file, in the catalogue's order.

    Raises
    ------
    UnknownNameError
        No data set has that name.
    InputError
        A hash or size that does not match, a local copy that is not there, or another file in the way.
    OutsideError
        The network or the disk failed; what was downloaded stays in a `.part` file, and the same call goes on from there.

    Notes
    -----
    Where the publisher's hash is not known beforehand (`verified` is False), this proves only that the file
    arrived whole. Compare the recorded hash with a colleague's before you rely on it.
    """
    data = name if isinstance(name, PublicData) else find(name)
    folder = Path(to)
    return [_bring(data, file, folder, from_, progress or _silent) for file in data.files]


def _silent(name: str, done: int, total: int | None) -> None:
    """No progress."""


def _bring(data: PublicData, file: PublicFile, folder: Path, from_: str | Path | None, progress: Progress) -> Fetched:
    target = folder / file.name
    note = folder / f"{file.name}.source.json"
    if target.exists():
        return _already(file, target, note)
    if from_ is not None:
        origin = _local(data, file, Path(from_))
        with replacing(target) as temporary:
            _copy(origin, temporary, file, progress)
            digest = _check(file, temporary, str(origin))
    else:
        origin = None
        part = folder / f"{file.name}.part"
        _published(data, file)
        from .download import download  # the network's modules are loaded only where they are needed

        download(file, part, progress)
        try:
            digest = _check(file, part, file.address)
        except InputError:
            part.unlink()
            raise
        os.replace(part, target)
    fetched = Fetched(target, target.stat().st_size, digest, verified=file.sha256 is not None)
    where = {"address": file.address, "from": "a local copy" if origin else "the address"}
    about = {"name": data.name, "title": data.title, "licence": data.licence, "cite": data.cite}
    write_json(note, about | where | {"size": fetched.size, "sha256": digest, "verified": fetched.verified})
    return fetched


def _already(file: PublicFile, target: Path, note: Path) -> Fetched:
    """Accept a file that is there where its hash is the known one, or the one recorded when it came."""
    digest = sha256(target)
    expected = file.sha256
    if expected is None and note.exists():
        try:
            expected = json.loads(note.read_text(encoding="utf-8")).get("sha256")
        except (ValueError, AttributeError):
            expected = None
    if digest != expected:
        raise InputError(
            f"another file is in the way: its SHA-256 is {digest[:16]}..., expected {(expected or 'none recorded')[:16]}",
            str(target),
            "move it away, or choose another folder with --to",
        )
    return Fetched(target, target.stat().st_size, digest, verified=file.sha256 is not None, was_there=True)


def _local(data: PublicData, file: PublicFile, given: Path) -> Path:
    """The local copy of `file`: `given` itself for a set of one file, else the file of that name in the folder."""
    if given.is_file() and (len(data.files) == 1 or given.name == file.name):
        return given
    if given.is_dir() and (given / file.name).is_file():
        return given / file.name
    do = (
        f"give the folder that holds {', '.join(f.name for f in data.files[:3])}{' ...' if len(data.files) > 3 else ''}"
    )
    raise InputError(f"no local copy of {file.name}", str(given), do)


def _copy(origin: Path, target: Path, file: PublicFile, progress: Progress) -> None:
    total, done = origin.stat().st_size, 0
    with origin.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(CHUNK):
            writer.write(chunk)
            done += len(chunk)
            progress(file.name, done, total)


def _check(file: PublicFile, path: Path, where: str) -> str:
    """The SHA-256 of `path`; InputError where it or the size is not the declared one."""
    size, digest = path.stat().st_size, sha256(path)
    problems = []
    if file.size is not None and size != file.size:
        problems.append(f"{size:,} bytes, expected {file.size:,}")
    if file.sha256 is not None and digest != file.sha256:
        problems.append(f"SHA-256 {digest}, expected {file.sha256}")
    if problems:
        raise InputError(
            f"{file.name} is not the file the catalogue names: {'; '.join(problems)}",
            where,
            "nothing was kept; the publisher may have changed it, or the copy is damaged",
        )
    return digest


def _published(data: PublicData, file: PublicFile) -> None:
    """InputError where the file can only be had as somebody's copy."""
    if file.address:
        return
    origin = f"fetch the whole with `investigate data get {data.part_of}`, or " if data.part_of else ""
    do = f"{origin}give a local copy with --from FILE_OR_FOLDER"
    raise InputError(f"{file.name} is not published under an address of its own", f"data set '{data.name}'", do)
