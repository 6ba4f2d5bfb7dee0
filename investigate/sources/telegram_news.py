"""Posts of Telegram channels, in the columns of the public data set of Russian news channels."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError, TooFewRowsError
from . import Reading, source
from ._archives import SUFFIXES, members, unpacked
from ._options import refuse_unknown
from ._reading import Plan, build
from ._rows import RAW_LIMIT, Aside, Raw, read_delimited, require_columns

COLUMNS = ("message_id", "sender_id", "text", "date", "channel", "category")
PATTERN = "*_messages.json"
"""The files of the archive that are read: one per channel. The table of all channels, where it is there, holds the same."""

_JSON = (".json", ".json.gz")
_CONTENT = "channel and message"
_NOTES = (
    "Pictures, views, reactions and forwards are not in this export: a post of a picture alone has no text and no object.",
    "Texts carry Telegram's marks for bold and links, and most channels sign every post.",
)


@source(
    name="telegram_news",
    title="Telegram news channels",
    summary="Reads message_id, sender_id, text, date, channel, category: as CSV, as JSON, or the archive of a JSON file per channel.",
    caveat="News channels print the same agency texts within minutes: equal and similar texts are syndication first.",
    needs=COLUMNS,
    suffixes=(".csv", ".csv.gz", *_JSON, *SUFFIXES),
    options={
        "delimiter": "CSV only: the character between columns, or its name (default: comma)",
        "encoding": "CSV only: the text's encoding (default: UTF-8, or as the file's mark says)",
    },
    references=("https://github.com/NKTKLN/news-telegram-dataset",),
)
def read(path: Path, *, delimiter: str | None = None, encoding: str | None = None, **unknown: Any) -> Reading:
    """Posts of channels as canonical tables.

    Accounts are 'telegram:<sender_id>', contents '<sender_id>/<message_id>', because messages are numbered per channel.
    The category was put on by a language model and is left out.

    The file is the table of all channels, one channel's JSON file, or the archive with the folder of JSON files; of an
    archive, rows are counted through the JSON files by path.

    Raises
    ------
    InputError
        The file as a whole cannot be used; or `delimiter` or `encoding` is given for something other than a table.
    """
    refuse_unknown(unknown, "telegram_news", ("delimiter", "encoding"))
    path = Path(path)
    if path.name.lower().endswith((*_JSON, *SUFFIXES)):
        if delimiter or encoding:
            raise InputError(
                "'delimiter' and 'encoding' are for tables", str(path), "leave them out: JSON is UTF-8 and has neither"
            )
        raw = _read_json(path)
    else:
        raw = read_delimited(path, delimiter=delimiter, encoding=encoding)
    require_columns(raw, COLUMNS, "telegram_news")
    mapping = {
        "account_id": "sender_id",
        "content_id": _CONTENT,
        "created_at": "date",
        "text": "text",
        "display_name": "channel",
        "platform": "constant:telegram",
    }
    plan = Plan(mapping, columns_used=COLUMNS[:-1], notes=(*_NOTES, *raw.notes))
    return build(_prepared(raw), plan)


def _read_json(path: Path) -> Raw:
    """The posts of one JSON file, or of all the channels' files in an archive."""
    notes: list[str] = []
    if path.name.lower().endswith(SUFFIXES):
        found, others = members(path, (PATTERN,), "telegram_news")
        notes.append(f"Rows are counted through {len(found)} files, from {found[0].path} to {found[-1].path}.")
        if tables := [o for o in others if PurePosixPath(o).suffix in (".csv", ".json")]:
            notes.append(f"Not read, {', '.join(tables[:3])}: the channels' own files hold the posts.")
        parts = [(f"{path}, {member.path}", _posts(member.data, f"{path}, {member.path}")) for member in found]
    else:
        parts = [(str(path), _posts(unpacked(path), str(path)))]
    rows: list[tuple[str | None, ...]] = []
    numbers: list[int] = []
    asides: list[Aside] = []
    seen: set[str] = set()
    number = 0
    for where, posts in parts:
        for position, post in enumerate(posts, 1):
            number += 1
            if not isinstance(post, dict):
                shown = json.dumps(post)[:RAW_LIMIT]
                asides.append(Aside(number, "bad_columns", f"no object with columns: {where}, item {position}", shown))
                continue
            seen |= post.keys()
            rows.append(tuple(_cell(post.get(name)) for name in COLUMNS))
            numbers.append(number)
    if not number:
        raise TooFewRowsError("there is no post in it", str(path), "export it again")
    names = [name for name in COLUMNS if name in seen]
    columns = {name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(COLUMNS) if name in seen}
    table = pa.table([columns[name] for name in names], names=names)
    return Raw(path, table, pa.array(numbers, pa.int64()), asides, number, notes)


def _posts(data: bytes, where: str) -> list[Any]:
    """The items of one JSON list; whole numbers and fractions keep their digits."""
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_int=str, parse_float=str)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(f"not whole JSON in UTF-8: {error}", where, "fetch the file again") from error
    if not isinstance(found, list):
        raise InputError("the JSON is not a list of posts", where, "check that this is the right file")
    return found


def _cell(value: Any) -> str | None:
    """A value as delimited text would hold it; an empty one is none."""
    if value is None or value == "":
        return None
    return _whole_text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _whole_text(text: str) -> str:
    """`text` with halves of surrogate pairs, which JSON can hold and Arrow cannot, written as \\uNNNN."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _prepared(raw: Raw) -> Raw:
    """The rows with the content's identifier, which takes the channel's and the message's."""
    sender, message = (pc.utf8_trim_whitespace(raw.table[c].combine_chunks()) for c in ("sender_id", "message_id"))
    # A row without a message number has no identifier of its own; it is called after its row.
    named: pa.Array = pc.binary_join_element_wise(sender, message, "/")
    return replace(raw, table=raw.table.append_column(_CONTENT, named), derived=(_CONTENT,))
