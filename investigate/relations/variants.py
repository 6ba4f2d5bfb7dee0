"""Variants of contents: who had a text or a picture first, and how it changed on the way. Contents, not accounts."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from ..errors import InputError, unknown
from ..similar import THRESHOLD
from ..similar.media import as_words
from ..similar.texts import shingle_arrays
from ..store import frame
from . import similar_media, similar_text

if TYPE_CHECKING:
    import networkx as nx

COLUMNS: dict[str, str] = {
    "family": "the representative of the family: its first text, or hash, in order",
    "link": "'nearest': content_a is the nearest earlier variant; 'first': content_a is the first of the family",
    "content_a": "the earlier content",
    "content_b": "the later content; level times are ordered by identifier",
    "account_a": "who published content_a",
    "account_b": "who published content_b",
    "at_a": "when content_a was published, UTC",
    "at_b": "when content_b was published, UTC",
    "lag_s": "seconds from the one to the other",
    "similarity": "texts: Jaccard similarity of the two; pictures: empty",
    "distance": "pictures: bits in which the two hashes differ; texts: empty",
    "object_a": "the text in normal form, or the hash, of content_a",
    "object_b": "the text in normal form, or the hash, of content_b",
    "text_a": "the text of content_a as exported",
    "text_b": "the text of content_b as exported",
    "change": "texts: what was taken out [-so-] and put in {+so+}, word by word",
}

LOOK_BACK = 500
"""Earlier variants of a family that each later one is compared with: the first, and this many before it."""

DIFF_WORDS = 600
"""Words of each text that the word-by-word comparison looks at."""

_PAIRS = 4_000_000
_RELATIONS = {"text": similar_text, "media": similar_media}


def variants(
    con: duckdb.DuckDBPyConnection,
    kind: str = "text",
    *,
    least: float | None = None,
    most: float | None = None,
    changes: bool = True,
) -> pd.DataFrame:
    """Contents that are variants of earlier ones.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        With the views of `Store.connect`.
    kind : 'text' or 'media'
    least, most : float, optional
        Bounds of a variant's similarity (texts, default 0.8 to 1) or distance in bits (pictures, default 0 up to whatever
        the family was made with) to its nearest earlier one. ``most=0.999`` leaves exact copies of texts out, ``least=1``
        those of pictures.
    changes : bool
        Whether to write the column `change`, which takes most of the time.

    Returns
    -------
    DataFrame
        `COLUMNS`, in the order of family, time and identifier. Each content but the first of its family stands once
        with its nearest earlier variant (of equally near ones the earliest), and once more with the first of the family
        where that is another one. Never all pairs. ``attrs['notes']`` says what was not compared.

    Notes
    -----
    A repeat of the very same text or hash points to the first content that had it. A new variant is compared with the first of
    the family and with the `LOOK_BACK` variants before it.

    It misleads where the collection does not hold the origin: the first here is the first in the data. The nearest
    earlier one need not be the one that was copied. Similarity to the first may lie under the threshold.
    """
    if kind not in _RELATIONS:
        raise unknown("kind of variant", kind, _RELATIONS)
    low, high = _bounds(kind, least, most)
    _RELATIONS[kind].prepare(con)
    notes = list(_RELATIONS[kind].notes(con))
    carried = _carried(con, kind)
    if carried.empty:
        return _finish(con, carried, [], kind, changes, notes)
    # One entry per distinct text or hash, in the order in which a family's members appeared.
    first = carried.drop_duplicates(["family", "member"], ignore_index=True)
    earlier, measure, skipped = _nearest_earlier(first, kind)
    if skipped:
        notes.append(
            f"{skipped:,} variants have more than {LOOK_BACK:,} earlier ones in their family; each was compared with the "
            f"first and the {LOOK_BACK:,} before it."
        )
    return _finish(con, carried, _links(carried, first, earlier, measure, kind, low, high), kind, changes, notes)


def _bounds(kind: str, least: float | None, most: float | None) -> tuple[float, float]:
    low = least if least is not None else (THRESHOLD if kind == "text" else 0)
    high = most if most is not None else (1.0 if kind == "text" else np.inf)
    if not 0 <= low <= high or (kind == "text" and high > 1):
        raise InputError(
            f"nothing lies between {low} and {high}", "options least, most", "0 to 1 for texts, bits for pictures"
        )
    return low, high


def _carried(con: duckdb.DuckDBPyConnection, kind: str) -> pd.DataFrame:
    """Contents of families with two or more contents: family, member, content_id, moment, oldest first."""
    held = _RELATIONS[kind]
    return frame(
        con,
        f"""with c as (select distinct m.family, m.member, a.content_id, min(a.acted_at) over (partition by a.content_id) as moment
                       from actions a join {held.OBJECT_TYPE}_member m on a.object_id = m.member
                       where a.object_type = '{held.BASE}')
            select family, member, content_id, moment from c
            qualify count(distinct content_id) over (partition by family) > 1
            order by family, moment, content_id, member""",
    )


def _nearest_earlier(first: pd.DataFrame, kind: str) -> tuple[np.ndarray, np.ndarray, int]:
    """For each distinct member the position of its nearest earlier one (-1 for the first), and how near; and how many
    were not compared with all earlier ones."""
    begins = np.flatnonzero(~first["family"].duplicated().to_numpy())
    begin = np.repeat(begins, np.diff([*begins, len(first)]))
    place = np.arange(len(first))
    low = np.maximum(begin, place - LOOK_BACK)
    counts = place - low + (low > begin)
    earlier, best = np.full(len(first), -1), np.zeros(len(first))
    ends = np.cumsum(counts)
    compare = _comparer(first, kind)
    start = 0
    while start < len(first):
        stop = max(int(np.searchsorted(ends, (ends[start - 1] if start else 0) + _PAIRS)), start + 1)
        later = np.repeat(np.arange(start, stop), counts[start:stop])
        within = np.arange(len(later)) - np.repeat(
            np.cumsum(counts[start:stop]) - counts[start:stop], counts[start:stop]
        )
        # The family's first comes before the window where the window does not reach back to it.
        reaches = low[later] == begin[later]
        before = np.where(reaches, low[later] + within, np.where(within == 0, begin[later], low[later] + within - 1))
        cost = compare(before, later)
        order = np.lexsort((before, cost, later))
        chosen = order[~pd.Series(later[order]).duplicated().to_numpy()] if len(order) else order
        earlier[later[chosen]], best[later[chosen]] = before[chosen], cost[chosen]
        start = stop
    return earlier, best, int((low > begin + 1).sum())


def _comparer(first: pd.DataFrame, kind: str):
    """A function from two arrays of positions to what is small where two members are near."""
    if kind == "text":
        from ..similar import _kernels

        flat, start = shingle_arrays(pa.array(first["member"], pa.large_string()))
        return lambda a, b: -_kernels.similarities(flat, start, a, b)
    words = np.zeros((len(first), 4), np.uint64)
    width = first["member"].str.len().to_numpy()
    for size in np.unique(width):
        held = as_words(first["member"][width == size].tolist())
        words[width == size, : held.shape[1]] = held
    return lambda a, b: np.bitwise_count(words[a] ^ words[b]).sum(axis=1).astype(float)


def _links(
    carried: pd.DataFrame,
    first: pd.DataFrame,
    earlier: np.ndarray,
    cost: np.ndarray,
    kind: str,
    low: float,
    high: float,
) -> list[tuple]:
    """(family, link, content_a, content_b, member_a, member_b, near) of every link; `near` is similarity or distance."""
    sign = -1.0 if kind == "text" else 1.0
    place = {key: i for i, key in enumerate(zip(first["family"], first["member"], strict=True))}
    origin = {f: i for i, f in reversed(list(enumerate(first["family"])))}
    compare = _comparer(first, kind)
    to_first = sign * compare(np.array([origin[f] for f in first["family"]]), np.arange(len(first)))
    contents, members = first["content_id"].tolist(), first["member"].tolist()
    out, seen = [], set()
    for family, member, content in zip(carried["family"], carried["member"], carried["content_id"], strict=True):
        i, o = place[family, member], origin[family]
        a = i if content != contents[i] else int(earlier[i])
        # A content may carry several members of one family; it is no variant of itself.
        if a < 0 or contents[a] == content or content == contents[o]:
            continue
        near = (1.0 if kind == "text" else 0.0) if a == i else sign * cost[i]
        if not low <= near <= high or (family, content) in seen:
            continue
        seen.add((family, content))
        out.append((family, "nearest", contents[a], content, members[a], member, near))
        if contents[a] != contents[o]:
            out.append((family, "first", contents[o], content, members[o], member, to_first[i]))
    return out


def _finish(
    con: duckdb.DuckDBPyConnection,
    carried: pd.DataFrame,
    links: list[tuple],
    kind: str,
    changes: bool,
    notes: list[str],
) -> pd.DataFrame:
    names = ["family", "link", "content_a", "content_b", "object_a", "object_b", "near"]
    pairs = pd.DataFrame(links, columns=names).astype({n: "str" for n in names[:-1]} | {"near": "float64"})
    con.register("variant_rows", pa.Table.from_pandas(pairs.assign(number=np.arange(len(pairs))), preserve_index=False))
    try:
        table = frame(
            con,
            """select v.*, ca.account_id as account_a, cb.account_id as account_b, ca.created_at as at_a, cb.created_at as at_b,
                      (epoch_us(cb.created_at) - epoch_us(ca.created_at)) / 1e6 as lag_s, ca.text as text_a, cb.text as text_b
               from variant_rows v left join content ca on ca.content_id = v.content_a
               left join content cb on cb.content_id = v.content_b order by number""",
        )
    finally:
        con.unregister("variant_rows")
    near = table["near"]
    table["similarity"] = near if kind == "text" else np.nan
    table["distance"] = near if kind == "media" else np.nan
    told = kind == "text" and changes
    table["change"] = pd.Series(
        [changed(a, b) if told else "" for a, b in zip(table["text_a"], table["text_b"], strict=True)], dtype="str"
    )
    table = table[list(COLUMNS)]
    table.attrs["notes"] = notes
    return table


def changed(before: str | None, after: str | None) -> str:
    """How one text became the other, word by word: 'same [-taken out-] same {+put in+}'; empty where nothing changed.

    Looks at the first `DIFF_WORDS` words of each and says so where there are more. Plain text, to be escaped like any.
    """
    a, b = (before or "").split(), (after or "").split()
    if a == b:
        return ""
    cut = len(a) > DIFF_WORDS or len(b) > DIFF_WORDS
    a, b = a[:DIFF_WORDS], b[:DIFF_WORDS]
    out = []
    for what, a0, a1, b0, b1 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if what == "equal":
            out += a[a0:a1]
        if what in ("delete", "replace"):
            out.append(f"[-{' '.join(a[a0:a1])}-]")
        if what in ("insert", "replace"):
            out.append(f"{{+{' '.join(b[b0:b1])}+}}")
    return " ".join(out) + (f" ... (first {DIFF_WORDS} words compared)" if cut else "")


def variant_graph(table: pd.DataFrame) -> nx.DiGraph:
    """The table of `variants` as a plain directed graph of contents, from the earlier to the later.

    Nodes carry account_id, at (ISO 8601) and text; edges link, family, lag_s, change, and similarity or distance. Where
    a content's nearest earlier variant is the first of the family, there is the one edge.
    """
    import networkx as nx

    graph = nx.DiGraph()
    for row in table.to_dict("records"):
        for side in "ab":
            at, text = row[f"at_{side}"], row[f"text_{side}"]
            graph.add_node(
                row[f"content_{side}"],
                account_id=row[f"account_{side}"] if isinstance(row[f"account_{side}"], str) else "",
                at="" if pd.isna(at) else at.isoformat(),
                text=text if isinstance(text, str) else "",
            )
        near = {n: row[n] for n in ("similarity", "distance") if not pd.isna(row[n])}
        more = {"link": row["link"], "family": row["family"], "lag_s": row["lag_s"], "change": row["change"]}
        graph.add_edge(row["content_a"], row["content_b"], **more, **near)
    return graph
