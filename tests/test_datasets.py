"""Public data: whole files with the right hash, or none."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from investigate import datasets
from investigate.datasets import PublicData, PublicFile
from investigate.errors import InputError, OutsideError, UnknownNameError

BODY = bytes(range(256)) * 4000


class Server:
    """A web server on this machine that can be told to misbehave."""

    def __init__(self) -> None:
        self.body = BODY
        self.tag = '"one"'
        self.cuts: list[int] = []  # for each coming answer: after how many bytes the connection is cut
        self.status = 200
        self.ranges: list[str | None] = []
        self.redirect = ""
        self.address = ""

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        wanted = handler.headers.get("Range")
        self.ranges.append(wanted)
        if self.redirect:
            handler.send_response(302)
            handler.send_header("Location", self.redirect)
            handler.end_headers()
            return
        if self.status != 200:
            handler.send_error(self.status)
            return
        start = 0
        if wanted and handler.headers.get("If-Range") == self.tag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        if start and start >= len(self.body):
            handler.send_response(416)
            handler.send_header("Content-Range", f"bytes */{len(self.body)}")
            handler.end_headers()
            return
        handler.send_response(206 if start else 200)
        handler.send_header("ETag", self.tag)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(self.body) - 1}/{len(self.body)}")
        payload = self.body[start:]
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload[: self.cuts.pop(0)] if self.cuts else payload)


@contextmanager
def serving() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_port}/file.bin"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving() as state:
        yield state


def described(address: str, size: int | None = None, sha256: str | None = None) -> PublicData:
    return PublicData("set", "A set", "CC0", "nobody", (PublicFile("file.bin", address, size, sha256),))


def right(address: str) -> PublicData:
    return described(address, len(BODY), hashlib.sha256(BODY).hexdigest())


def test_a_file_arrives_whole_with_its_licence_beside_it(server: Server, tmp_path: Path) -> None:
    """The bytes are the server's, and licence, citation and hash are written next to them."""
    seen: list[tuple[int, int | None]] = []
    (got,) = datasets.get(
        right(server.address), tmp_path, progress=lambda name, done, total: seen.append((done, total))
    )
    assert got.path.read_bytes() == BODY and got.verified and not got.was_there
    note = json.loads((tmp_path / "file.bin.source.json").read_text(encoding="utf-8"))
    assert (note["licence"], note["cite"], note["sha256"]) == ("CC0", "nobody", got.sha256)
    assert seen[-1] == (len(BODY), len(BODY)) and seen == sorted(seen)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file.bin", "file.bin.source.json"]


def test_a_second_call_asks_nobody(server: Server, tmp_path: Path) -> None:
    """A file that is there and right is not fetched again."""
    datasets.get(right(server.address), tmp_path)
    (again,) = datasets.get(right(server.address), tmp_path)
    assert again.was_there and len(server.ranges) == 1


def test_a_cut_connection_goes_on_where_it_ended(server: Server, tmp_path: Path) -> None:
    """After a cut only the missing bytes are asked for, within one call."""
    server.cuts = [300_000]
    (got,) = datasets.get(right(server.address), tmp_path)
    assert got.path.read_bytes() == BODY
    assert server.ranges == [None, "bytes=300000-"]


def test_a_later_call_goes_on_after_the_network_was_lost(server: Server, tmp_path: Path) -> None:
    """When every attempt is cut the part is kept, the message says how to go on, and the next call does."""
    server.cuts = [300_000, 100_000, 100_000]
    with pytest.raises(OutsideError, match="run the same command again") as error:
        datasets.get(right(server.address), tmp_path)
    assert "500,000 bytes" in str(error.value)
    assert not (tmp_path / "file.bin").exists()
    (got,) = datasets.get(right(server.address), tmp_path)
    assert got.path.read_bytes() == BODY and server.ranges[-1] == "bytes=500000-"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file.bin", "file.bin.source.json"]


def test_two_versions_are_never_joined(server: Server, tmp_path: Path) -> None:
    """A file that changed on the server between two calls is fetched from its first byte."""
    server.cuts = [300_000, 0, 0]
    with pytest.raises(OutsideError):
        datasets.get(described(server.address), tmp_path)
    server.body, server.tag = BODY[::-1], '"two"'
    (got,) = datasets.get(described(server.address), tmp_path)
    assert got.path.read_bytes() == BODY[::-1]


def test_a_part_that_is_already_whole_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    """A run killed between the last byte and the check costs one question, no bytes."""
    (tmp_path / "file.bin.part").write_bytes(BODY)
    (tmp_path / "file.bin.part.version").write_text(server.tag, encoding="utf-8")
    (got,) = datasets.get(right(server.address), tmp_path)
    assert got.path.read_bytes() == BODY and server.ranges == [f"bytes={len(BODY)}-"]


@pytest.mark.parametrize("size, digest", [(None, "0" * 64), (7, None)])
def test_a_file_that_is_not_the_named_one_is_refused(
    server: Server, tmp_path: Path, size: int | None, digest: str | None
) -> None:
    """A wrong hash or size leaves the folder empty."""
    with pytest.raises(InputError, match="not the file the catalogue names"):
        datasets.get(described(server.address, size, digest), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_hash_is_said_to_be_unverified(server: Server, tmp_path: Path) -> None:
    """Without a hash known beforehand the file comes, marked as not verified, and its hash is recorded."""
    (got,) = datasets.get(described(server.address), tmp_path)
    assert not got.verified and got.sha256 == hashlib.sha256(BODY).hexdigest()
    (again,) = datasets.get(described(server.address), tmp_path)
    assert again.was_there and not again.verified


def test_another_file_in_the_way_is_never_overwritten(server: Server, tmp_path: Path) -> None:
    """A file of that name with other bytes stays, whether the right hash is known or not."""
    (tmp_path / "file.bin").write_bytes(b"mine")
    for data in (right(server.address), described(server.address)):
        with pytest.raises(InputError, match="in the way"):
            datasets.get(data, tmp_path)
    assert (tmp_path / "file.bin").read_bytes() == b"mine" and server.ranges == []


def test_a_missing_page_is_reported_at_once(server: Server, tmp_path: Path) -> None:
    """404 is not tried again: it will not get better."""
    server.status = 404
    with pytest.raises(OutsideError, match="404"):
        datasets.get(right(server.address), tmp_path)
    assert len(server.ranges) == 1 and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["http://example.org/x", "ftp://example.org/x", "file:///etc/hosts", ""])
def test_only_https_is_used(tmp_path: Path, address: str) -> None:
    """Plain HTTP, FTP and local files are refused before anything is sent."""
    with pytest.raises((OutsideError, InputError), match="HTTPS|no.* address|not published"):
        datasets.get(described(address), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_redirect_cannot_lead_away_from_https(server: Server, tmp_path: Path) -> None:
    """A server that answers with a redirect to plain HTTP is not followed."""
    server.redirect = "http://example.org/file.bin"
    with pytest.raises(OutsideError, match="only HTTPS"):
        datasets.get(right(server.address), tmp_path)


def test_a_local_copy_needs_no_network(tmp_path: Path) -> None:
    """A folder or the file itself serves as well, under the same checks."""
    copies = tmp_path / "copies"
    copies.mkdir()
    (copies / "file.bin").write_bytes(BODY)
    data = right("https://invalid.invalid/file.bin")
    for number, given in enumerate((copies, copies / "file.bin")):
        (got,) = datasets.get(data, tmp_path / str(number), from_=given)
        assert got.path.read_bytes() == BODY and got.verified
    (copies / "file.bin").write_bytes(BODY[:-1])
    with pytest.raises(InputError, match="expected"):
        datasets.get(data, tmp_path / "damaged", from_=copies)
    assert list((tmp_path / "damaged").iterdir()) == []


def test_a_local_copy_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The message names the file that was looked for."""
    with pytest.raises(InputError, match="no local copy of file.bin"):
        datasets.get(right("https://invalid.invalid/x"), tmp_path / "out", from_=tmp_path)


def test_a_misspelt_name_gets_the_nearest_one() -> None:
    """`ira_kosh` is answered with `ira_koch`."""
    with pytest.raises(UnknownNameError, match="ira_koch"):
        datasets.get("ira_kosh")


def test_a_slice_without_an_address_says_where_the_whole_is(tmp_path: Path) -> None:
    """A slice cannot be downloaded; the message names the set it was cut from."""
    with pytest.raises(InputError, match="data get ira_tweets"):
        datasets.get("ira_koch", tmp_path)


def test_the_catalogue_is_complete_and_honest() -> None:
    """Every entry has a licence and a citation; hashes are well formed; publishers' files use HTTPS."""
    known = datasets.catalogue()
    assert list(known) == sorted(known) and len(known) >= 15
    for entry in known.values():
        assert entry.title and entry.licence and entry.cite and entry.files
        assert not entry.part_of or entry.part_of in known
        for file in entry.files:
            assert file.address.startswith("https://") or (not file.address and file.sha256 and file.size)
            assert file.sha256 is None or (len(file.sha256) == 64 and int(file.sha256, 16))
            assert Path(file.name).name == file.name
        json.dumps(entry.to_dict())


@pytest.mark.parametrize("name", [n for n, d in datasets.catalogue().items() if not any(f.address for f in d.files)])
def test_the_slices_here_are_the_ones_the_catalogue_names(name: str, shared_data, tmp_path: Path) -> None:
    """Size and SHA-256 of every slice are those of the real file."""
    (file,) = datasets.find(name).files
    (got,) = datasets.get(name, tmp_path, from_=shared_data(file.name).parent)
    assert got.verified and got.size == file.size
