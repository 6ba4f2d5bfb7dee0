"""Fetch one file over HTTPS, going on where an earlier attempt ended. The package's only network code."""

from __future__ import annotations

import http.client
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import OutsideError
from ._entry import PublicFile

CHUNK = 1 << 18
ATTEMPTS = 3
TIMEOUT_S = 60


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follow redirects only to addresses that are allowed in the first place."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        _allowed(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def download(file: PublicFile, part: Path, progress: Callable[[str, int, int | None], None]) -> None:
    """Bring the whole of `file` into `part`, going on from what is there.

    Raises
    ------
    OutsideError
        The network or the disk failed. `part` keeps what came, and the next call goes on from there.
    """
    _allowed(file.address)
    _make_room(file, part)
    problem = "the connection ended early"
    for _ in range(ATTEMPTS):
        try:
            if _transfer(file, part, progress):
                _mark(part).unlink(missing_ok=True)
                return
        except urllib.error.HTTPError as error:
            problem = f"the server answered {error.code} {error.reason}"
            if error.code < 500:
                break
        except (OSError, http.client.HTTPException) as error:
            problem = f"no connection: {getattr(error, 'reason', None) or error}"
    have = part.stat().st_size if part.exists() else 0
    so_far = f" after {have:,} bytes" if have else ""
    do = (
        "run the same command again; it goes on from there"
        if have
        else "check the connection, or give a copy with --from"
    )
    raise OutsideError(f"{file.name} could not be fetched{so_far}: {problem}", file.address, do)


def _allowed(address: str) -> None:
    """Only HTTPS, and plain HTTP to this very machine."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}):
        return
    raise OutsideError(f"refused to fetch over '{parts.scheme}'", address, "only HTTPS addresses are used")


def _make_room(file: PublicFile, part: Path) -> None:
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(part.parent).free
    except OSError as error:
        raise OutsideError(f"cannot write: {error.strerror}", str(part.parent), "choose another folder") from error
    if file.size is not None and free < file.size:
        raise OutsideError(
            f"{file.size:,} bytes are needed, {free:,} are free", str(part.parent), "choose another folder"
        )


def _mark(part: Path) -> Path:
    """Where the server's mark of the version in `part` is kept, so that two versions are never joined."""
    return part.with_name(part.name + ".version")


def _transfer(file: PublicFile, part: Path, progress: Callable[[str, int, int | None], None]) -> bool:
    """One request; whether `part` now holds every byte the server announced."""
    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "investigate", "Accept-Encoding": "identity"}
    if have and _mark(part).exists():
        headers |= {"Range": f"bytes={have}-", "If-Range": _mark(part).read_text(encoding="utf-8")}
    try:
        request = urllib.request.Request(file.address, headers=headers)
        response = urllib.request.build_opener(_Redirects).open(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        whole = error.headers.get("Content-Range") == f"bytes */{have}"
        if not whole:
            _forget(part)
        return whole
    with response:
        goes_on = response.status == http.HTTPStatus.PARTIAL_CONTENT
        if goes_on and _first_byte(response) != have:
            _forget(part)
            return False
        done = have if goes_on else 0
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdigit() else None
        _remember(part, _version(response))
        with _disk(part):
            writer = part.open("ab" if goes_on else "wb")
        with writer:
            while chunk := response.read(CHUNK):
                with _disk(part):
                    writer.write(chunk)
                    writer.flush()
                done += len(chunk)
                progress(file.name, done, total or file.size)
    return total is None or done == total


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    """The disk's failures told apart from the network's: a full disk is not a lost connection."""
    try:
        yield
    except OSError as error:
        raise OutsideError(f"cannot write: {error.strerror}", str(path), "free space, then run it again") from error


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _mark(part).unlink(missing_ok=True)


def _remember(part: Path, version: str) -> None:
    if version:
        _mark(part).write_text(version, encoding="utf-8")
    else:
        _mark(part).unlink(missing_ok=True)


def _first_byte(response: Any) -> int | None:
    """Where a partial answer starts, from `Content-Range: bytes 100-199/200`."""
    first = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdigit() else None


def _version(response: Any) -> str:
    """The server's strong mark of what it serves; If-Range takes no weak entity tag."""
    tag = response.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")
