"""Writing files so that a crash leaves the old one or the new one, never half of either."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import InputError, OutsideError

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HARMLESS = re.compile(r"[+-]?[\d., ]+|@\w+")  # numbers, such as negative channel ids, and handles


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path in the folder of `path` that takes its place when the block ends well.

    Raises
    ------
    OutsideError
        The disk is full or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise OutsideError(
            f"cannot write: {error.strerror}", str(path), "free space or choose another folder"
        ) from error
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        os.replace(temporary, path)
    except OSError as error:
        raise OutsideError(
            f"cannot write: {error.strerror or error}", str(path), "free space or choose another folder"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8 text with Unix line ends, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return path


def to_json(value: Any) -> str:
    """JSON with sorted keys: the same value gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False) + "\n"


def write_json(path: Path, value: Any) -> Path:
    return write_text(path, to_json(value))


def read_json(path: Path) -> Any:
    """Read a JSON file this package wrote; InputError where it is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError("a file of the case is missing", str(path), "run `investigate verify` on the case") from error
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError(f"not valid JSON: {error}", str(path), "run `investigate verify` on the case") from error


def same_zip(archive: bytes) -> bytes:
    """A ZIP archive (DOCX, XLSX) with its entries sorted and without times: the same content gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            new.writestr(entry, old.read(name))
    return out.getvalue()


def no_formula(value: Any) -> Any:
    """The same value, with an apostrophe in front of a text that a spreadsheet would run."""
    risky = isinstance(value, str) and value.startswith(_FORMULA) and not _HARMLESS.fullmatch(value)
    return "'" + value if risky else value


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
