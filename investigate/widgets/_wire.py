"""How data travel to the browser: one block of bytes that holds JSON and typed arrays, read without copying.

Layout: `IVW1`, the length of the header (uint32, little-endian), the header (JSON, padded with spaces to a multiple of eight), the arrays,
each aligned to eight bytes. In the header an array is `{"$a": [type, offset, length]}`, offsets counted from the end of the header, and a
column of repeated texts is `{"$c": [codes, texts]}`. `js/wire.js` reads it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

MAGIC = b"IVW1"
_ALIGN = 8
_SHORT = 16  # lists of numbers shorter than this stay in the JSON
_TYPES = {"f4": "<f4", "f8": "<f8", "i1": "<i1", "i2": "<i2", "i4": "<i4", "u1": "<u1", "u2": "<u2", "u4": "<u4"}
_LARGEST = 2**53  # above it a number in the browser is no longer exact


def pack(value: Mapping[str, Any]) -> bytes:
    """A mapping as bytes; arrays and long lists of numbers travel as typed arrays.

    Parameters
    ----------
    value : mapping
        JSON values, numpy arrays and pandas columns, nested at will. Floats of an array travel in double precision unless they are
        float32. Not-a-number stays in arrays and becomes null in JSON.
    """
    blocks: list[bytes] = []
    header = json.dumps(_encode(value, blocks), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    head = header.encode("utf-8", "replace")
    head += b" " * (-(len(MAGIC) + 4 + len(head)) % _ALIGN)
    return b"".join([MAGIC, struct.pack("<I", len(head)), head, *blocks])


def unpack(data: bytes) -> dict[str, Any]:
    """What `pack` was given, with arrays as numpy arrays and texts as lists: for tests and other readers."""
    if data[:4] != MAGIC:
        raise ValueError("these bytes do not start as a packed block does")
    (length,) = struct.unpack_from("<I", data, 4)
    return _decode(json.loads(data[8 : 8 + length]), memoryview(data)[8 + length :])


def _encode(value: Any, blocks: list[bytes]) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _encode(v, blocks) for k, v in value.items()}
    if isinstance(value, (np.ndarray, pd.Series, pd.Index)):
        return _column(pd.Series(value), blocks)
    if isinstance(value, (list, tuple)):
        if len(value) >= _SHORT and _all_numbers(value):
            return _array(np.asarray(value), blocks)
        if all(type(v) is str for v in value):  # columns of names: most of what is sent
            return list(value)
        return [_encode(v, blocks) for v in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (np.bool_,)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    return None if pd.isna(value) else str(value)


def _all_numbers(values: Sequence[Any]) -> bool:
    return all(isinstance(v, (int, float, np.number)) and not isinstance(v, bool) for v in values)


def _column(column: pd.Series, blocks: list[bytes]) -> Any:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        times = column.dt.tz_localize(None) if column.dt.tz is not None else column
        millis = times.astype("datetime64[ms]").astype("int64").to_numpy().astype("<f8")
        return _array(np.where(column.isna().to_numpy(), np.nan, millis), blocks)
    if pd.api.types.is_bool_dtype(column.dtype):
        return _array(column.fillna(False).to_numpy(dtype="<u1"), blocks)
    if pd.api.types.is_numeric_dtype(column.dtype):
        values = column.to_numpy(dtype="<f8", na_value=np.nan) if column.hasnans else column.to_numpy()
        return _array(np.asarray(values), blocks)
    texts = column.astype(object).where(column.notna(), None)
    codes, kinds = pd.factorize(texts)
    if len(kinds) * 2 <= len(texts):
        return {"$c": [_array(codes.astype("<i4"), blocks), [_scalar(k) for k in kinds]]}
    return [_scalar(v) for v in texts]


def _array(values: np.ndarray, blocks: list[bytes]) -> dict[str, Any]:
    if values.ndim != 1:
        raise ValueError(f"arrays travel in one dimension, this one has {values.ndim}")
    kind = f"{values.dtype.kind}{values.dtype.itemsize}"
    if values.dtype.kind in "iu" and kind not in _TYPES:
        low, high = (int(values.min()), int(values.max())) if len(values) else (0, 0)
        if max(abs(low), abs(high)) > _LARGEST:
            raise ValueError("whole numbers above 2^53 lose digits in the browser; send them as texts")
        kind = "i4" if -(2**31) <= low and high < 2**31 else "f8"
    elif values.dtype.kind == "b":
        kind = "u1"
    elif kind not in _TYPES:
        kind = "f8"
    data = np.ascontiguousarray(values.astype(_TYPES[kind])).tobytes()
    offset = sum(len(b) for b in blocks)
    blocks.append(data + b"\0" * (-len(data) % _ALIGN))
    return {"$a": [kind, offset, len(values)]}


def _decode(value: Any, body: memoryview) -> Any:
    if isinstance(value, list):
        return [_decode(v, body) for v in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"$a"}:
        kind, offset, length = value["$a"]
        return np.frombuffer(body, _TYPES[kind], length, offset)
    if set(value) == {"$c"}:
        codes, texts = value["$c"]
        return [texts[c] if c >= 0 else None for c in _decode(codes, body)]
    return {k: _decode(v, body) for k, v in value.items()}
