"""Data sets that come as an archive: the files inside a tar, gzipped or not, read in memory and never unpacked to disk."""

from __future__ import annotations

import csv
import gzip
import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from ..errors import InputError, TooFewRowsError
from ._files import _GZIP, peek, whole

LARGEST = 1 << 30
"""Bytes of an archive after decompression beyond which it is refused: the known ones have a few million."""

SUFFIXES = (".tar.gz", ".tgz", ".tar")

NO_TIMES_S = 366 * 86_400.0
"""The resolution declared for data without times, whose rows carry a stand-in: it keeps every timed relation away."""


@dataclass(frozen=True)
class Member:
    """A file inside an archive: its path, its bytes, and when it was last changed, as the archive says."""

    path: str
    data: bytes
    changed_at: datetime

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name


def unpacked(path: Path) -> bytes:
    """A file's bytes, after gzip where it is gzipped.

    Raises
    ------
    InputError
        The file is missing, a folder, empty, cut off or damaged, or larger than `LARGEST`.
    """
    if not path.is_file() or not path.stat().st_size:
        peek(path)  # says what is wrong
    with whole(path), path.open("rb") as raw:
        stream = gzip.GzipFile(fileobj=raw) if raw.read(2) == _GZIP else raw
        raw.seek(0)
        data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"more than {LARGEST:,} bytes after unpacking", str(path), "check that this is the right file")
    return data


def members(path: Path, patterns: tuple[str, ...], source: str) -> tuple[list[Member], list[str]]:
    """The files of an archive that match one of the patterns, by path, and the paths of the others.

    Raises
    ------
    InputError
        As `unpacked`; or the file is no tar archive, is cut, or holds no such file.
    """
    data = unpacked(path)
    found, others = [], []
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for info in archive:
                if not info.isfile():
                    continue
                stream = archive.extractfile(info)
                if stream is None or not any(fnmatch(info.name, pattern) for pattern in patterns):
                    others.append(info.name)
                    continue
                content = stream.read()
                if len(content) != info.size:
                    raise tarfile.ReadError("unexpected end of data")
                found.append(Member(info.name, content, datetime.fromtimestamp(info.mtime, UTC)))
    except (tarfile.TarError, EOFError, OverflowError, ValueError) as error:
        raise InputError(
            f"not a whole tar archive: {error}", str(path), f"'{source}' reads the archive as it was downloaded"
        ) from error
    if not found:
        raise InputError(
            f"the archive holds none of the files that '{source}' reads ({', '.join(patterns)})",
            f"{path}; it holds {', '.join(sorted(others)[:5]) or 'nothing'}",
            "check that this is the right archive",
        )
    return sorted(found, key=lambda m: m.path), sorted(others)


def rows_of(member: Member, where: str) -> Iterator[list[str]]:
    """The records of a delimited file inside an archive, its header first.

    Raises
    ------
    InputError
        It is not UTF-8, or its quotation marks do not match: nothing after that can be told apart.
    """
    try:
        text = member.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"'{member.path}' is not UTF-8: {error.reason}", where, "check the archive") from error
    if not text.strip():
        raise TooFewRowsError(f"'{member.path}' is empty", where, "check the archive")
    try:
        yield from csv.reader(io.StringIO(text, newline=""), strict=True)
    except csv.Error as error:
        raise InputError(f"'{member.path}' cannot be read: {error}", where, "check its quotation marks") from error
