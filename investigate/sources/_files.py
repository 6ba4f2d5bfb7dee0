"""Opening a file somebody exported: what it really is, whether it is whole, and how its text is encoded."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..errors import InputError, TooFewRowsError

# The first bytes of formats that people hand over under a text file's name.
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "xlsx or zip", "unpack the archive; a spreadsheet is read when its name ends in .xlsx"),
    (b"PAR1", "parquet", "name the file .parquet and read it with the source 'csv'"),
    (b"SQLite format 3\x00", "SQLite database", "export the table as CSV"),
    (b"%PDF", "PDF", "ask for the table itself"),
    (b"\xd0\xcf\x11\xe0", "old Excel (.xls)", "save it as .xlsx or CSV"),
    (b"BZh", "bzip2", "unpack it"),
    (b"\xfd7zXZ", "xz", "unpack it"),
    (b"7z\xbc\xaf", "7-Zip", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "Zstandard", "unpack it"),
    (b"Rar!", "RAR", "unpack it"),
    (b"ARROW1", "Arrow/Feather", "save it as Parquet"),
    (b"RDX", "R data", "export the table as CSV"),
    (b"\x89PNG", "PNG picture", "ask for the table itself"),
    (b"\xff\xd8\xff", "JPEG picture", "ask for the table itself"),
)
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Peek:
    """The first look at a file: its head after decompression, and what that says."""

    head: bytes
    gzipped: bool
    encoding: str

    @property
    def text(self) -> str:
        return self.head.decode(self.encoding, errors="replace")


# Text of any encoding hardly holds these; one byte in ten of compressed or random data is among them.
_CONTROL = [bytes([b]) for b in range(32) if b not in b"\t\n\v\f\r\x1b"]
_MOST_CONTROL = 0.02


def kind_of(head: bytes) -> tuple[str, str] | None:
    """(format, advice) of a binary format by its first bytes, or None."""
    for magic, kind, advice in _MAGIC:
        if head.startswith(magic):
            return kind, advice
    if head[257:262] == b"ustar":
        return "tar archive", "unpack it and read the file inside"
    return None


def peek(path: Path, encoding: str | None = None) -> Peek:
    """Look at the beginning of a text file.

    Raises
    ------
    InputError
        The file is missing, a folder, empty, not whole, or of a binary format.
    """
    _check_encoding(encoding)
    if not path.exists():
        near = sorted(p.name for p in path.parent.glob("*") if p.suffix == path.suffix) if path.parent.is_dir() else []
        raise InputError(
            f"there is no file '{path.name}'",
            str(path),
            f"check the path; the folder holds {', '.join(near[:5])}" if near else "check the path",
        )
    if path.is_dir():
        raise InputError(f"'{path.name}' is a folder", str(path), "name one file in it")
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    if not head:
        raise TooFewRowsError("the file is empty: 0 bytes", str(path), "export it again")
    gzipped = head.startswith(_GZIP)
    if gzipped:
        with whole(path), gzip.open(path) as unpacked:
            head = unpacked.read(1 << 16)
        if not head:
            raise TooFewRowsError("the file is empty after unpacking", str(path), "export it again")
    if known := kind_of(head):
        inside = "inside gzip there is" if gzipped else "this is"
        raise InputError(f"not a text file: {inside} {known[0]}", str(path), known[1])
    found = _encoding(head)
    control = sum(head.count(byte) for byte in _CONTROL)
    if found == "utf-8-sig" and control > len(head) * _MOST_CONTROL:
        raise InputError(
            f"not a text file: {control} of its first {len(head)} bytes are control characters",
            str(path),
            "export it as CSV in UTF-8",
        )
    return Peek(head, gzipped, encoding or found)


def _check_encoding(encoding: str | None) -> None:
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError as error:
        do = "use a codec's name: utf-8, utf-16, cp1252 (Western Windows), latin-1, gb18030, shift_jis"
        raise InputError(f"unknown encoding '{encoding}'", "option encoding", do) from error


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = head[:4096]
    # UTF-16 without a mark: every second byte of mostly Latin text is zero.
    if len(sample) >= 8 and sample[1::2].count(0) > len(sample) // 3 and sample[0::2].count(0) == 0:
        return "utf-16-le"
    if len(sample) >= 8 and sample[0::2].count(0) > len(sample) // 3 and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return "utf-8-sig"


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """Turn the ways in which reading a cut or damaged file fails into one clear error."""
    try:
        yield
    except EOFError as error:
        raise InputError(
            "the gzip file is cut off: it ends before its end mark",
            str(path),
            "copy or download it again and compare sizes; a part of an export is not read",
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"the gzip file is damaged: {error}", str(path), "copy or download it again") from error
    except PermissionError as error:
        raise InputError("the file may not be read", str(path), "ask for read permission") from error


@contextmanager
def open_text(path: Path, seen: Peek) -> Iterator[io.TextIOBase]:
    """The file's text, decompressed and decoded; bytes that are not valid become lone surrogates."""
    with whole(path), _bytes(path, seen) as raw:
        yield io.TextIOWrapper(raw, encoding=seen.encoding, errors=_errors(seen.encoding), newline="")


def _bytes(path: Path, seen: Peek) -> IO[bytes]:
    return gzip.GzipFile(path, "rb") if seen.gzipped else path.open("rb")  # type: ignore[return-value]


def _errors(encoding: str) -> str:
    # Surrogate escapes keep the very bytes, but exist only for encodings that extend ASCII.
    return "replace" if encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32")) else "surrogateescape"
