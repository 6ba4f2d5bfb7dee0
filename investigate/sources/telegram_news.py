"""Posts of Telegram channels, in the columns of the public data set of Russian news channels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from . import Reading, source
from ._options import refuse_unknown
from ._reading import Plan, build
from ._rows import Raw, read_delimited, require_columns

COLUMNS = ("message_id", "sender_id", "text", "date", "channel", "category")
_CONTENT = "channel and message"
_NOTES = (
    "Pictures, views, reactions and forwards are not in this export: a post of a picture alone has no text and no object.",
    "Texts carry Telegram's marks for bold and links, and most channels sign every post.",
)


@source(
    name="telegram_news",
    title="Telegram news channels",
    summary="Reads message_id, sender_id, text, date, channel, category: one row per post of a channel.",
    caveat="News channels print the same agency texts within minutes: equal and similar texts are syndication first.",
    needs=COLUMNS,
    suffixes=(".csv", ".csv.gz"),
    options={
        "delimiter": "the character between columns, or its name (default: comma)",
        "encoding": "the text's encoding (default: UTF-8, or as the file's mark says)",
    },
    references=("https://github.com/NKTKLN/news-telegram-dataset",),
)
def read(path: Path, *, delimiter: str | None = None, encoding: str | None = None, **unknown: Any) -> Reading:
    """Posts of channels as canonical tables.

    Accounts are 'telegram:<sender_id>', contents '<sender_id>/<message_id>', because messages are numbered per channel.
    The category was put on by a language model and is left out.
    """
    refuse_unknown(unknown, "telegram_news", ("delimiter", "encoding"))
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
    plan = Plan(mapping, columns_used=COLUMNS[:-1], notes=_NOTES)
    return build(_prepared(raw), plan)


def _prepared(raw: Raw) -> Raw:
    """The rows with the content's identifier, which takes the channel's and the message's."""
    sender, message = (pc.utf8_trim_whitespace(raw.table[c].combine_chunks()) for c in ("sender_id", "message_id"))
    # A row without a message number has no identifier of its own; it is called after its row.
    named: pa.Array = pc.binary_join_element_wise(sender, message, "/")
    return replace(raw, table=raw.table.append_column(_CONTENT, named), derived=(_CONTENT,))
