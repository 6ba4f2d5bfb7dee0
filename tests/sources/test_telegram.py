"""Telegram posts as a table, as JSON and as the archive: the same posts, and what a broken file does."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tarfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from investigate.errors import InputError, TooFewRowsError
from investigate.sources import Reading, read

Find = Callable[[str], Path]
TABLE = Path(__file__).parent / "data" / "telegram_news.csv"


def posts() -> list[dict[str, Any]]:
    """The sample's rows as the channels' JSON files hold them: numbers as numbers, an empty cell as an empty text."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [{k: int(v) if k.endswith("_id") and v else v for k, v in row.items()} for row in rows]


def archive(path: Path, files: dict[str, Any]) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return path


def plain(reading: Reading, table: str) -> Counter[str]:
    """The rows of a table without their numbers, which follow the order of the files."""
    return Counter(
        json.dumps({k: v for k, v in row.items() if k not in ("source_row", "raw")}, default=str, sort_keys=True)
        for row in reading.tables[table].to_pylist()
    )


def test_one_json_file_reads_as_the_table(tmp_path: Path) -> None:
    """The same tables to the last row number, packed or not."""
    path = tmp_path / "all_messages.json"
    path.write_text(json.dumps(posts(), ensure_ascii=False), encoding="utf-8")
    zipped = tmp_path / "all_messages.json.gz"
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    table = read(TABLE, "telegram_news")
    for file in (path, zipped):
        reading = read(file, "telegram_news")
        assert reading.rows_read == table.rows_read == 6
        for name in ("accounts", "content", "actions"):
            assert reading.tables[name].equals(table.tables[name]), name


def test_the_archive_reads_as_the_table(tmp_path: Path) -> None:
    """One file per channel gives the same accounts, contents and actions; rows are counted on through the files."""
    by_channel: dict[str, list[dict[str, Any]]] = {}
    for post in posts():
        by_channel.setdefault(f"t/data/raw/{abs(post['sender_id'] or 0)}_messages.json", []).append(post)
    files = dict(reversed(by_channel.items())) | {"t/data/README.md": b"#", "t/data/all_channel_posts.csv": b"x"}
    reading = read(archive(tmp_path / "t.tar.gz", files), "telegram_news")
    table = read(TABLE, "telegram_news")
    assert len(by_channel) > 1 and reading.rows_read == table.rows_read
    for name in ("accounts", "content", "actions", "set_aside"):
        assert plain(reading, name) == plain(table, name), name
    numbers = [r["source_row"] for t in ("content", "set_aside") for r in reading.tables[t].to_pylist()]
    assert sorted(numbers) == list(range(1, reading.rows_read + 1))
    assert any(f"through {len(by_channel)} files" in note for note in reading.notes)
    assert any("Not read, t/data/all_channel_posts.csv" in note for note in reading.notes)


def test_what_is_no_post_is_set_aside(tmp_path: Path) -> None:
    """A number in the list, a post without a time, half a surrogate pair: none stops the reading, none is lost."""
    good = posts()[0]
    odd = {**good, "message_id": 2, "text": "half \ud83d a pair of signs stands in this text"}
    path = tmp_path / "a_messages.json"
    path.write_text(json.dumps([good, 17, {**good, "message_id": 3, "date": None}, odd]), encoding="utf-8")
    reading = read(path, "telegram_news")
    aside = {r["source_row"]: r["reason"] for r in reading.tables["set_aside"].to_pylist()}
    assert reading.rows_read == 4 and aside == {2: "bad_columns", 3: "missing_time"}
    texts = [r["text"] for r in reading.tables["content"].to_pylist()]
    assert "half \\ud83d a pair of signs stands in this text" in texts


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'[{"message_id": 1', "not whole JSON"),
        (b"\xff\xfe[]", "not whole JSON"),
        (b'{"messages": []}', "not a list of posts"),
        (b"[" * 200_000, "not whole JSON"),
        (b'[{"id": 1, "message_idd": 2}]', "6 of 6 columns that 'telegram_news' needs are missing"),
    ],
)
def test_broken_json_is_named(content: bytes, said: str, tmp_path: Path) -> None:
    """A cut, foreign or hostile file is refused with its place, alone and inside an archive."""
    path = tmp_path / "1_messages.json"
    path.write_bytes(content)
    packed = archive(tmp_path / "t.tar.gz", {"raw/1_messages.json": content})
    for file in (path, packed):
        with pytest.raises(InputError, match=said) as caught:
            read(file, "telegram_news")
        assert str(file) in caught.value.where and caught.value.do


def test_empty_lists_and_options_for_tables_are_refused(tmp_path: Path) -> None:
    """No post is too few rows; a delimiter means nothing for JSON."""
    path = archive(tmp_path / "t.tar.gz", {"raw/1_messages.json": [], "raw/2_messages.json": []})
    with pytest.raises(TooFewRowsError, match="no post"):
        read(path, "telegram_news")
    with pytest.raises(InputError, match="for tables"):
        read(path, "telegram_news", delimiter=";")
    with pytest.raises(InputError, match="holds none of the files"):
        read(archive(tmp_path / "o.tar.gz", {"raw/readme.md": b"hello"}), "telegram_news")


def test_real_archive(shared_data: Find) -> None:
    """24 channels, 22,099 posts, as counted without this package; every post is used."""
    path = shared_data("telegram_news.tar.gz")
    held: list[dict[str, Any]] = []
    with tarfile.open(path) as packed:
        for member in packed:
            if member.name.endswith("_messages.json"):
                stream = packed.extractfile(member)
                assert stream is not None
                held += json.load(stream)
    reading = read(path, "telegram_news")
    assert reading.rows_read == reading.tables["content"].num_rows == len(held) == 22_099
    assert reading.tables["accounts"].num_rows == 24 and reading.tables["set_aside"].num_rows == 0
    texts = Counter(post["text"] for post in held)
    assert Counter(reading.tables["content"]["text"].to_pylist()) == texts
