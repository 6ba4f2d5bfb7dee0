"""Tags: words that people put on accounts, contents and objects."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..errors import InputError
from .entries import Entry, living

TAG, UNTAG = "tagged", "untagged"
LONGEST_TAG = 60
COLUMNS = ("node", "tag", "reason", "by", "at", "seq")


def tag_name(name: object) -> str:
    """The tag's name with single blanks; InputError where it is empty or long."""
    text = " ".join(str(name or "").split())
    if not text or len(text) > LONGEST_TAG:
        raise InputError(
            f"a tag has 1 to {LONGEST_TAG} characters, this one {len(text)}", "parameter name", "choose a short word"
        )
    return text


def tags(entries: Sequence[Entry]) -> pd.DataFrame:
    """The tags that stand, one row per node and tag, in the order in which they were given.

    Returns
    -------
    DataFrame
        node, tag, reason, by, at, seq (the log entry that put it there).
    """
    held: dict[tuple[str, str], tuple[str, str, str, int]] = {}
    for entry in living(entries, (TAG, UNTAG)):
        data = entry["data"]
        for node in data["nodes"]:
            key = (node, data["name"])
            if entry["kind"] == UNTAG:
                held.pop(key, None)
            elif key not in held:
                held[key] = (data["reason"], entry["actor"], entry["at"], entry["seq"])
    rows = [(node, name, *rest) for (node, name), rest in held.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"seq": "int64"})
