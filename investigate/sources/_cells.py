"""Objects from texts and from mapped columns, computed once for each distinct value."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ..objects import (
    IDENTIFIERS,
    NORMAL_FORMS,
    canonical_url,
    hashtag,
    identifier,
    identifiers,
    is_shortener,
    mention,
    registrable_domain,
    text_objects,
)

Objects = list[tuple[str, str]]


@dataclass(frozen=True)
class Found:
    """Objects and the position of the row each belongs to."""

    position: np.ndarray
    object_type: pa.Array
    object_id: pa.Array


_SPLIT_ANY = re.compile(r"[|;,\s]+")
# A comma may stand inside a link, so it separates only where the next link begins.
_SPLIT_URL = re.compile(r"[|;\s]+|,(?=https?://|www\.)", re.IGNORECASE)
_KEYS = ("expanded_url", "unwound_url", "url", "tag", "hashtag", "username", "screen_name", "text", "id", "value")


def cell_values(cell: str, split: re.Pattern[str] | None) -> list[str]:
    """The values in one cell: a JSON list, a list without quotation marks, or separated values."""
    cell = cell.strip()
    if cell.startswith("[") and cell.endswith("]"):
        try:
            items = json.loads(cell, parse_int=str, parse_float=str)
        except ValueError:
            items = [i.strip().strip("'\"") for i in cell[1:-1].split(",")]
        out = []
        for item in items:
            if isinstance(item, dict):
                item = next((item[k] for k in _KEYS if item.get(k)), None)
            if isinstance(item, str) and item.strip():
                out.append(item.strip())
        return out
    return [v for v in split.split(cell) if v] if split else [cell] if cell else []


def _links(values: Iterable[str]) -> Objects:
    out: Objects = []
    for url in filter(None, map(canonical_url, values)):
        out.append(("url", url))
        domain = registrable_domain(url)
        if domain and not is_shortener(domain):
            out.append(("domain", domain))
    return out


def url_cell(cell: str) -> Objects:
    return _links(cell_values(cell, _SPLIT_URL))


def domain_cell(cell: str) -> Objects:
    found = filter(None, map(registrable_domain, cell_values(cell, _SPLIT_ANY)))
    return [("domain", d) for d in found if not is_shortener(d)]


def hashtag_cell(cell: str) -> Objects:
    return [("hashtag", t) for t in filter(None, map(hashtag, cell_values(cell, _SPLIT_ANY)))]


def mention_cell(cell: str) -> Objects:
    return [("mention", m) for m in filter(None, map(mention, cell_values(cell, _SPLIT_ANY)))]


def media_cell(cell: str) -> Objects:
    return [("media", m.lower()) for m in cell_values(cell, _SPLIT_ANY)]


def native_cell(object_type: str) -> Callable[[str], Objects]:
    """A reader of cells whose values keep the form the platform gave them."""
    return lambda cell: [(object_type, v) for v in cell_values(cell, None)]


def native_cells(object_type: str) -> Callable[[str], Objects]:
    """The same for cells that hold several values."""
    return lambda cell: [(object_type, v) for v in cell_values(cell, _SPLIT_ANY)]


def typed_object(object_type: str, value: str) -> Objects:
    """One object of a stated type; known types are put in normal form."""
    normal = NORMAL_FORMS.get(object_type)
    if object_type in IDENTIFIERS:
        found = identifier(object_type, value)
    else:
        found = normal(value) if normal else value.strip()
    return [(object_type, found)] if found else []


def identifier_cell(name: str) -> Callable[[str], Objects]:
    """A reader of cells with identifiers of one type, in normal form or, if personal, as hashes."""
    return lambda cell: [(name, i) for i in identifiers(name, cell)]


CELLS: dict[str, Callable[[str], Objects]] = {
    "url": url_cell,
    "domain": domain_cell,
    "hashtag": hashtag_cell,
    "mention": mention_cell,
    "media": media_cell,
    "repost_of": native_cell("repost"),
    "reply_to": native_cell("reply"),
    "quote_of": native_cell("quote"),
    "follows": native_cells("follow"),
    "reports": native_cells("report"),
    **{name: identifier_cell(name) for name in IDENTIFIERS},
}
"""Field of a mapping -> the objects in one of its cells."""


def objects_of_texts(
    texts: pa.Array, leave_out: frozenset[str], find: Callable[[str], Objects] = text_objects
) -> Found:
    """Objects of every text, without the types that columns of the file already give."""
    if not leave_out:
        return objects_of(texts, find)
    return objects_of(texts, lambda text: [o for o in find(text) if o[0] not in leave_out])


def objects_of(values: pa.Array, find: Callable[[str], Objects]) -> Found:
    """Apply `find` to each distinct value and lay the results out over the rows.

    Every (type, id) comes once per row; rows keep their order.
    """
    encoded = values.dictionary_encode()
    kinds: dict[str, int] = {}
    kind, ids, counts = list[int](), list[str](), np.zeros(len(encoded.dictionary) + 1, dtype=np.int64)
    for i, value in enumerate(encoded.dictionary):
        found = dict.fromkeys(find(value.as_py()))
        counts[i + 1] = len(found)
        for object_type, object_id in found:
            kind.append(kinds.setdefault(object_type, len(kinds)))
            ids.append(object_id)
    start = np.cumsum(counts)
    index = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    per_row = np.diff(start)[index] if len(start) > 1 else np.zeros(len(index), dtype=np.int64)
    per_row = np.where(encoded.indices.is_valid().to_numpy(zero_copy_only=False), per_row, 0)
    position = np.repeat(np.arange(len(index)), per_row)
    within = np.arange(len(position)) - np.repeat(np.cumsum(per_row) - per_row, per_row)
    take = pa.array(np.repeat(start[index] if len(start) > 1 else index, per_row) + within)
    names = pa.array(list(kinds) or [""], pa.string())
    types = names.take(pa.array(kind, pa.int64()).take(take))
    return Found(position, types, pa.array(ids, pa.string()).take(take))
