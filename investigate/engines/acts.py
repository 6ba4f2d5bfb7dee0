"""Actions as whole-number columns, sorted by relation, object and time: what the kernel sweeps over."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError

MOST_ROWS = 2**31 - 1
AT_ONCE = 1 << 16  # strings numbered in one call


@dataclass(frozen=True)
class Layer:
    """One relation's stretch of the rows, and its objects' names.

    Attributes
    ----------
    start, stop : int
        Rows of the layer, stop exclusive.
    first_object : int
        Code of `objects[0]`.
    """

    name: str
    start: int
    stop: int
    first_object: int
    objects: pa.Array


@dataclass(frozen=True)
class Acts:
    """Actions of one or several relations.

    Attributes
    ----------
    account, obj : array of int32, shape (rows,)
        Codes; accounts in the order of their identifiers' UTF-8 bytes.
    content : array of int32, shape (rows,)
        Codes of contents, one for each pair of content and account.
    identity : array of int32, shape (rows,)
        Codes of content identifiers: `content` itself, unless one identifier stands under two accounts.
    at : array of int64, shape (rows,)
        Microseconds since 1970, UTC.
    accounts : pyarrow.Array of string
        Identifiers by code.
    layers : tuple of Layer
    """

    account: np.ndarray
    content: np.ndarray
    identity: np.ndarray
    obj: np.ndarray
    at: np.ndarray
    accounts: pa.Array
    n_contents: int
    layers: tuple[Layer, ...]

    def __len__(self) -> int:
        return len(self.at)

    def layer(self, name: str) -> Layer:
        return next(layer for layer in self.layers if layer.name == name)

    def keep(self, mask: np.ndarray) -> Acts:
        """The rows where `mask` holds; codes stay as they are."""
        kept = np.concatenate([[0], np.cumsum(mask)])
        layers = tuple(
            replace(layer, start=int(kept[layer.start]), stop=int(kept[layer.stop])) for layer in self.layers
        )
        same = self.identity is self.content
        content = self.content[mask]
        return replace(
            self,
            account=self.account[mask],
            content=content,
            identity=content if same else self.identity[mask],
            obj=self.obj[mask],
            at=self.at[mask],
            layers=layers,
        )

    def codes_of(self, accounts: Sequence[str]) -> np.ndarray:
        """The codes of account identifiers; those without any action are left out."""
        found = pc.index_in(pa.array(list(accounts), pa.string()), value_set=self.accounts)
        return found.drop_null().to_numpy().astype(np.int32)


def build(tables: Sequence[tuple[str, Any]], accounts: pa.Array | None = None) -> Acts:
    """Actions from tables of identifiers.

    Parameters
    ----------
    tables : sequence of (str, pyarrow.Table)
        Each relation's name and actions: account_id, content_id, object_id (string, or dictionary of string), at_us
        (int64). Rows without one of them are refused.
    accounts : pyarrow.Array of string, optional
        Further accounts to give codes to.

    Raises
    ------
    InputError
        A null in a column, or more than 2**31 - 1 rows.
    """
    n = sum(table.num_rows for _, table in tables)
    if n > MOST_ROWS:
        raise InputError(
            f"{n:,} actions are more than this engine numbers ({MOST_ROWS:,})", "engine sweep", "use --engine spark"
        )
    for name, table in tables:
        for column in ("account_id", "content_id", "object_id", "at_us"):
            if table[column].null_count:
                raise InputError(
                    f"{table[column].null_count:,} actions have no {column}", f"relation {name}", "leave these rows out"
                )
    with ThreadPoolExecutor(2) as pool:  # what takes long in here lets other threads run
        sorting = pool.submit(_by_object, tables)
        contents = pool.submit(_content_codes, [table["content_id"] for _, table in tables])
        account, names = _account_codes([table["account_id"] for _, table in tables], accounts)
        identity, n_contents = contents.result()
        content, n_contents = _owned(identity, account, n_contents)
        order, obj, at, layers = sorting.result()
        # Contents are numbered as they come: neighbours in time lie close in memory.
        moved = pool.submit(account.take, order)
        if n_contents == n:  # each stands in one row
            numbered = np.arange(n, dtype=np.int32)
        else:
            from . import _kernel as kernel

            numbered = kernel.renumber(content.take(order), n_contents)
        same = identity is content
        return Acts(
            moved.result(), numbered, numbered if same else identity.take(order), obj, at, names, n_contents, layers
        )


def _by_object(tables: Sequence[tuple[str, Any]]) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[Layer, ...]]:
    """The rows' positions in the order of object and time, their objects and times in that order, and the layers."""
    from . import _kernel as kernel

    objs, layers, start, first = [], [], 0, 0
    for name, table in tables:
        codes, objects = _encode(table["object_id"])
        objs.append(codes + np.int32(first) if first else codes)
        layers.append(Layer(name, start, start + table.num_rows, first, objects))
        start, first = start + table.num_rows, first + len(objects)
    order, counts = kernel.by_key(_joined(objs, np.int32), first)
    at = _joined([table["at_us"].to_numpy() for _, table in tables], np.int64).take(order)
    kernel.by_time(order, at, counts)
    return order, np.repeat(np.arange(first, dtype=np.int32), counts), at, tuple(layers)


def _joined(parts: list[np.ndarray], kind: type) -> np.ndarray:
    if len(parts) == 1:
        return parts[0].astype(kind, copy=False)
    return np.concatenate([np.zeros(0, kind), *parts]).astype(kind, copy=False)


def _encode(column: Any) -> tuple[np.ndarray, pa.Array]:
    """Codes and the values they stand for, in the order of first appearance.

    Arrow's own encoding is exact as well, and takes several times as long where many strings differ.
    """
    if isinstance(column, pa.Array):
        column = pa.chunked_array([column])
    if not len(column):
        return np.zeros(0, np.int32), pa.array([], pa.string())
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
        codes = np.concatenate([chunk.indices.to_numpy() for chunk in column.chunks])
        return codes.astype(np.int32, copy=False), column.chunk(0).dictionary
    from . import _strings as strings

    codes, start, n, used = np.empty(len(column), np.int32), 0, 0, 1  # place 0 would look like an empty entry
    table, pool = np.zeros(0, np.uint64), np.zeros(1, np.uint64)
    for chunk in (whole.slice(i, AT_ONCE) for whole in column.chunks for i in range(0, len(whole), AT_ONCE)):
        offsets, data = _buffers(chunk)
        if 2 * (n + len(chunk)) > len(table):
            table = np.zeros(1 << (2 * (n + len(chunk))).bit_length(), np.uint64)
            strings.place_again(table, pool, used)
        pool = _roomy(pool, used, 2 * len(chunk) + (int(offsets[-1]) - int(offsets[0])) // 8)
        used, n = strings.number_strings(offsets, data, codes[start : start + len(chunk)], table, pool, used, n)
        start += len(chunk)
    ends = np.zeros(n + 1, np.int64)
    strings.lengths_of(pool, ends)
    held = np.empty(ends[-1], np.uint8)
    strings.bytes_of(pool, ends, held)
    if len(held) < MOST_ROWS:
        return codes, pa.StringArray.from_buffers(n, pa.py_buffer(ends.astype(np.int32)), pa.py_buffer(held))
    return codes, pa.LargeStringArray.from_buffers(n, pa.py_buffer(ends), pa.py_buffer(held))


def _roomy(array: np.ndarray, used: int, more: int) -> np.ndarray:
    """The array, or a copy of what is used of it, with room for `more`."""
    if used + more <= len(array):
        return array
    out = np.empty(max(2 * len(array), used + more), array.dtype)
    out[:used] = array[:used]
    return out


def _buffers(chunk: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Where the strings of an array without nulls begin and end, and their bytes."""
    width = np.int64 if pa.types.is_large_string(chunk.type) else np.int32
    if not len(chunk):
        return np.zeros(1, width), np.zeros(0, np.uint8)
    _, offsets, data = chunk.buffers()
    starts = np.frombuffer(offsets, width, len(chunk) + 1, np.dtype(width).itemsize * chunk.offset)
    return starts, np.frombuffer(data, np.uint8) if data else np.zeros(0, np.uint8)


def _hashes(column: Any) -> np.ndarray:
    """64-bit hashes of strings; equal strings have equal ones."""
    from . import _strings as strings

    return np.concatenate(
        [np.zeros(0, np.uint64), *(strings.hash_strings(*_buffers(chunk)) for chunk in column.chunks)]
    )


def _account_codes(columns: list[Any], more: pa.Array | None) -> tuple[np.ndarray, pa.Array]:
    """Codes in the order of the identifiers' bytes, and the identifiers: those in the columns and `more`."""
    if len(columns) == 1 and more is None:
        codes, names = _encode(columns[0])
        return _in_order(codes, names)
    strings = [_plain(column) for column in columns]
    n = sum(len(column) for column in strings)
    chunks = [chunk for column in strings for chunk in column.chunks] + (
        [more.cast(pa.string())] if more is not None else []
    )
    codes, names = _encode(pa.chunked_array(chunks, pa.string()))
    return _in_order(codes[:n], names)


def _in_order(codes: np.ndarray, names: pa.Array) -> tuple[np.ndarray, pa.Array]:
    """The codes and names in the order of the names' bytes."""
    names = names.cast(pa.string())
    order = pc.sort_indices(names).to_numpy()  # Arrow orders strings by their bytes
    place = np.empty(len(names), np.int32)
    place[order] = np.arange(len(names), dtype=np.int32)
    return place[codes] if len(codes) else np.zeros(0, np.int32), names.take(pa.array(order))


def _plain(column: Any) -> Any:
    """A column as chunks of plain strings."""
    if isinstance(column, pa.Array):
        column = pa.chunked_array([column])
    return column if column.type == pa.string() else column.cast(pa.string())


def _content_codes(columns: list[Any]) -> tuple[np.ndarray, int]:
    """Codes for content identifiers: equal where the identifiers are, in no particular order.

    Most identifiers stand in one row. Those whose hash is their own are told apart without being compared; only the
    others are encoded.
    """
    chunks = [c for column in columns for c in (column.chunks if isinstance(column, pa.ChunkedArray) else [column])]
    if not chunks:
        return np.zeros(0, np.int32), 0
    whole = pa.chunked_array(chunks)
    if pa.types.is_dictionary(whole.type):
        codes, values = _encode(whole)
        return codes, len(values)
    from . import _strings as strings

    hashes = _hashes(whole)
    again = strings.repeated(hashes)
    if not len(again):
        return np.arange(len(hashes), dtype=np.int32), len(hashes)
    repeated = again[np.minimum(np.searchsorted(again, hashes), len(again) - 1)] == hashes
    out = np.empty(len(hashes), np.int32)
    codes, values = _encode(whole.filter(pa.array(repeated)))
    out[repeated] = codes
    alone = int((~repeated).sum())
    out[~repeated] = np.arange(len(values), len(values) + alone, dtype=np.int32)
    return out, len(values) + alone


def _owned(identity: np.ndarray, account: np.ndarray, n_contents: int) -> tuple[np.ndarray, int]:
    """One code for each pair of content and account: the same array unless an identifier stands under two accounts."""
    if n_contents == len(account):  # each stands in one row
        return identity, n_contents
    owner = np.full(n_contents, -1, np.int32)
    owner[identity] = account
    if bool((owner[identity] == account).all()):
        return identity, n_contents
    pairs = identity.astype(np.int64) << 32 | account.astype(np.int64)
    values, codes = np.unique(pairs, return_inverse=True)
    return codes.astype(np.int32), len(values)
