"""The bins of a crisis: what is worked out for each one once, kept in the case, and taken up again where nothing changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..exposure import Lexicon
from ..store import frame
from ..study import Study
from ._crisis_marks import APPEAL, PAYEES, marks
from ._crisis_scope import Event, _tagged, about, words

VERSION = 1
"""Raised when the work on a bin changes, so that nothing older is taken up."""

_PRINTS = """
with c as (select epoch_us(created_at) // $width as bin, count(*) as n,
                  bit_xor(hash(content_id, account_id, created_at, text, language, content_type)) as h
           from content where created_at >= $begin and created_at <= $end group by 1),
     a as (select epoch_us(acted_at) // $width as bin, bit_xor(hash(content_id, object_type, object_id)) as h
           from actions where acted_at >= $begin and acted_at <= $end group by 1)
select c.bin, c.n, printf('%x-%x-%d', c.h, coalesce(a.h, 0), c.n) as print from c left join a using (bin) order by 1"""


@dataclass(frozen=True)
class Read:
    """What the contents of the window hold.

    Attributes
    ----------
    bins : DataFrame
        at, n_contents, print; one row for each bin with any content.
    contents : DataFrame
        content_id, at: the contents that the terms find, and the bin each lies in.
    marks : DataFrame
        content_id, kind, value, at; see `_crisis_marks.marks`. Of all contents: a wording without the terms counts as well.
    n_bins, n_recomputed : int
        Bins with contents, and how many of them were read anew.
    because : str
        Why all of them were read: "" where earlier work was taken up.
    settings : str
        Hash of everything beside the data that decides the work on a bin.
    """

    bins: pd.DataFrame
    contents: pd.DataFrame
    marks: pd.DataFrame
    n_bins: int
    n_recomputed: int
    because: str
    settings: str


def read(case: Any, event: Event, phrases: Lexicon, suspects: tuple[str, ...], earlier: Study | None) -> Read:
    """The bins of the window; those whose rows are the ones an earlier run saw are taken from it.

    Notes
    -----
    Rows are compared by a fingerprint of each bin (identifiers, accounts, times, texts, languages, objects), not by the
    file they came from: a late row in an old bin is seen, and so is a row that is gone.
    """
    con, settings = case.connection(), _settings(event, phrases, suspects)
    width = int(event.step.total_seconds() * 1_000_000)
    prints = frame(con, _PRINTS, {"width": width, "begin": event.begin, "end": event.end})
    prints["at"] = pd.to_datetime(prints.pop("bin") * width, unit="us", utc=True)
    held, because = _kept(earlier, settings)
    known = dict(zip(held["kept_bins"]["at"], held["kept_bins"]["print"], strict=True)) if held else {}
    same = [known.get(at) == print_ for at, print_ in zip(prints["at"], prints["print"], strict=True)]
    changed = prints.loc[[not s for s in same], "at"]
    contents, found = _work(con, event, changed, phrases, suspects)
    if held and any(same):
        still = set(prints.loc[same, "at"])
        contents = pd.concat([held["kept_contents"][held["kept_contents"]["at"].isin(still)], contents])
        found = pd.concat([held["kept_marks"][held["kept_marks"]["at"].isin(still)], found])
    contents = contents.sort_values(["at", "content_id"], ignore_index=True)
    found = found.sort_values(["at", "content_id", "kind", "value"], ignore_index=True)
    bins = prints.rename(columns={"n": "n_contents"})[["at", "n_contents", "print"]]
    return Read(bins, contents, found, len(bins), len(changed), because, settings)


def _kept(earlier: Study | None, settings: str) -> tuple[Mapping[str, pd.DataFrame], str]:
    names = ("kept_bins", "kept_contents", "kept_marks")
    if earlier is None:
        return {}, "no earlier run is kept in this case"
    if earlier.facts.get("kept_with") != settings:
        return {}, "the earlier run had other parameters"
    if any(name not in earlier.tables for name in names):
        return {}, "the earlier run kept no bins"
    return earlier.tables, ""


def _settings(event: Event, phrases: Lexicon, suspects: tuple[str, ...]) -> str:
    said = [VERSION, event.begin.isoformat(), event.step.total_seconds(), event.terms, phrases.terms, suspects]
    return hashlib.sha256(json.dumps([*said, APPEAL, PAYEES]).encode()).hexdigest()[:16]


def _work(
    con: Any, event: Event, changed: pd.Series, phrases: Lexicon, suspects: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Contents that the terms find, and the marks of all contents, in the changed bins alone."""
    con.register("changed_bins", pd.DataFrame({"at": pd.DatetimeIndex(changed).tz_convert("UTC")}))
    step = f"interval '{int(event.step.total_seconds())} seconds'"
    try:
        rows = frame(
            con,
            f"""select c.content_id, c.text, b.at from content c join changed_bins b on time_bucket({step}, c.created_at) = b.at
                where c.created_at >= $begin and c.created_at <= $end order by b.at, c.content_id""",
            {"begin": event.begin, "end": event.end},
        )
    finally:
        con.unregister("changed_bins")
    rows["at"] = rows["at"].astype("datetime64[us, UTC]")
    names, out = words(suspects), []
    for content, text, at in zip(rows["content_id"], rows["text"].fillna(""), rows["at"], strict=True):
        out += [(*mark, at) for mark in marks(content, text, phrases, names)]
    found = pd.DataFrame(out, columns=["content_id", "kind", "value", "at"])
    found = found.astype({"content_id": "str", "kind": "str", "value": "str", "at": "datetime64[us, UTC]"})
    rows = rows[about(rows, _tagged(con, event.terms), event.terms)]
    return rows[["content_id", "at"]].reset_index(drop=True), found
