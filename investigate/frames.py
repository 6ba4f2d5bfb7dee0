"""From a DataFrame with one action per row to what an engine reads: nothing guessed, nothing dropped unsaid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from . import objects
from .errors import InputError, nearest
from .sources._guess import guess
from .sources._times import EARLIEST, LATEST, parse_times

if TYPE_CHECKING:
    from .engines.finish import Links

EXACT = 2**53  # from here on a float no longer tells neighbouring whole numbers apart
SAMPLE = 500  # rows that a proposal looks at
# Object types that the source 'csv' has a field of its own for.
OBJECT_FIELDS = {"url": "url", "domain": "domain", "hashtag": "hashtag", "mention": "mention", "media": "media"}
OBJECT_FIELDS |= {"repost": "repost_of", "reply": "reply_to"}
_ROLES: dict[str, tuple[str, ...]] = {
    "account": ("account_id",),
    "time": ("created_at",),
    "content": ("content_id",),
    "object": (*OBJECT_FIELDS.values(), "object_id"),
}


@dataclass(frozen=True)
class Prepared:
    """A DataFrame's rows as actions.

    Attributes
    ----------
    acts : pyarrow.Table
        account_id, content_id, object_id, at_us: one row per action.
    contents : Series of int
        Contents per account, those without an object included: the expectation counts on them.
    left_out : dict of str to int
        Rows by reason; rows without an object still count as contents.
    """

    acts: pa.Table
    contents: pd.Series
    relation: str
    resolution_s: float
    n_rows: int
    left_out: dict[str, int]

    def links(self, window_s: float, min_shared: int) -> Links:
        """The edges by the embedded engine."""
        from .engines import acts, sweep

        accounts = pa.array(self.contents.index.astype(object), pa.string())
        return sweep.co_action(acts.build([(self.relation, self.acts)], accounts), self.relation, window_s, min_shared)


def prepare(
    frame: pd.DataFrame,
    *,
    account: str | None,
    time: str | None,
    object: str | None,
    content: str | None = None,
    object_type: str | None = None,
    tz: str | None = None,
) -> Prepared:
    """A DataFrame's rows as actions; see `Investigate` for the parameters."""
    named = {"account": account, "time": time, "object": object, "content": content}
    used = columns(frame, named, needed=("account", "time", "object"))
    left_out: dict[str, int] = {}
    at, resolution_s = times(frame[used["time"]], used["time"], tz)
    whole = pd.DataFrame(
        {
            "account_id": identifiers(frame[used["account"]], used["account"]).to_numpy(),
            "at_us": at.to_numpy(),
            "object": frame[used["object"]].array,
            "content_id": identifiers(frame[content], content).to_numpy()
            if content
            else [f"row-{n}" for n in range(1, len(frame) + 1)],
        }
    )
    copies = pd.Series(_comparable(frame).duplicated().to_numpy())
    for reason, bad in (
        ("copies of another row", copies),
        ("without an account", whole["account_id"].isna()),
        ("without a time that can be read", whole["at_us"].isna()),
        ("without a content", whole["content_id"].isna()),
    ):
        bad = bad.reindex(whole.index, fill_value=False)
        if bad.any():
            left_out[reason] = int(bad.sum())
            whole = whole[~bad]
    contents = whole.drop_duplicates(["account_id", "content_id"]).groupby("account_id").size().sort_index()
    if _is_object(whole["object"]) and any(isinstance(v, (list, tuple, set, np.ndarray)) for v in whole["object"]):
        whole = whole.explode("object", ignore_index=True)
    values = identifiers(whole["object"], used["object"])
    empty = values.isna()
    values = _normal(values, object_type)
    for reason, bad in (
        ("without an object (counted as contents)", empty),
        (f"whose object is no {object_type} (counted as contents)", values.isna() & ~empty),
    ):
        if bad.any():
            left_out[reason] = int(bad.sum())
    whole = whole.assign(object_id=values.to_numpy())[values.notna().to_numpy()]
    again = whole.duplicated(["account_id", "content_id", "object_id"])
    if again.any():
        left_out["that repeat a content's object"] = int(again.sum())
    whole = whole[~again]
    itself = whole["object_id"] == whole["content_id"]
    if itself.any():
        left_out["that act on themselves"] = int(itself.sum())
        whole = whole[~itself]
    texts = {name: _texts(whole[name]) for name in ("account_id", "content_id", "object_id")}
    acts = pa.table({**texts, "at_us": pa.array(whole["at_us"].astype("int64"), pa.int64())})
    return Prepared(acts, contents, f"co_{object_type or 'object'}", resolution_s, len(frame), left_out)


def column(frame: pd.DataFrame, role: str, name: Any) -> pd.Series:
    """One column; InputError names the columns there are."""
    held = [str(c) for c in frame.columns]
    if name not in frame.columns:
        hint = nearest(str(name), held)
        raise InputError(
            f"the DataFrame has no column '{name}'",
            f"parameter {role}",
            (f"did you mean '{hint}'? " if hint else "") + f"its columns: {', '.join(held)[:500] or 'none'}",
        )
    found = frame[name]
    if isinstance(found, pd.DataFrame):
        raise InputError(f"the DataFrame has {found.shape[1]} columns '{name}'", f"parameter {role}", "rename one")
    return found


def columns(
    frame: pd.DataFrame, named: Mapping[str, Any], needed: tuple[str, ...] = ("account", "time")
) -> dict[str, Any]:
    """The named columns, each of which is there; InputError with a proposal where one that is needed has no name."""
    missing = [role for role in needed if named[role] is None]
    if missing:
        proposed = propose(frame)
        call = ", ".join(f"{role}={(named[role] or proposed.get(role) or 'COLUMN')!r}" for role in needed)
        held = ", ".join(str(c) for c in frame.columns)[:500]
        raise InputError(
            f"no column is named for {', '.join(missing)}",
            f"the DataFrame has the columns {held or 'none'}",
            f"proposed, to be confirmed: {call}",
        )
    for role, name in named.items():
        if name is not None:
            column(frame, role, name)
    return dict(named)


def propose(frame: pd.DataFrame) -> dict[str, str]:
    """Likely columns by their names and values: account, time, content, object; those not recognised are missing."""
    sample = frame.head(SAMPLE)
    cells: dict[str, pa.Array] = {}
    for position, name in enumerate(sample.columns):
        if isinstance(name, str) and name not in cells:
            values = [_cell(value) for value in sample.iloc[:, position]]
            cells[name] = pa.array(values, pa.string())
    found = guess(pa.table(cells))
    out = {}
    for role, fields in _ROLES.items():
        field = next((f for f in fields if f in found and found[f].column in cells), None)
        if field:
            out[role] = found[field].column
    return out


def identifiers(values: pd.Series, name: str) -> pd.Series:
    """Identifiers as text, missing where empty; InputError where digits are lost already."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    if not (isinstance(values.dtype, pd.StringDtype) or pd.api.types.is_integer_dtype(values.dtype)):
        # A list rather than Series.map, which would make a text column of what is not text yet.
        cells = values.astype("object").to_numpy(dtype=object)
        values = pd.Series(
            [cell if isinstance(cell, str) else _identifier(cell, name) for cell in cells], values.index, dtype=object
        )
    try:
        texts = pa.array(values.astype("object"), pa.string()) if _is_object(values) else _arrow(values)
    except UnicodeEncodeError as error:
        raise InputError(
            f"{error.object!r} holds bytes that are no text (a lone surrogate)",
            f"column {name}",
            "read the file with its own encoding",
        ) from error
    empty = pc.equal(pc.utf8_trim_whitespace(texts), "")
    out = pc.if_else(empty, pa.scalar(None, pa.string()), texts)
    return pd.Series(out.to_numpy(zero_copy_only=False), index=values.index, dtype=object)


def _is_object(values: pd.Series) -> bool:
    return values.dtype == np.dtype(object)


def _arrow(values: pd.Series) -> pa.Array:
    found = pa.Array.from_pandas(values)
    found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    return found.cast(pa.string())


def times(values: pd.Series, name: str, tz: str | None) -> tuple[pd.Series, float]:
    """Microseconds since 1970 UTC, missing where a time cannot be read, and the clock's step in seconds.

    Raises
    ------
    InputError
        Times carry no zone and `tz` names none; or no value is a time.
    """
    if pd.api.types.is_bool_dtype(values.dtype):
        raise InputError("the column holds true and false, not times", f"column {name}", "name another column")
    if isinstance(values.dtype, pd.ArrowDtype):
        values = values.astype("object")
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        if values.dt.tz is None:
            values = _localised(values, name, tz)
        at = values.dt.tz_convert("UTC").dt.as_unit("us")
        plausible = at.notna() & (at >= pd.Timestamp(EARLIEST, unit="s", tz="UTC"))
        plausible &= at < pd.Timestamp(LATEST, unit="s", tz="UTC")
        out = at.astype("int64").astype("Int64").mask(~plausible)
        return out, _step(out.dropna().to_numpy(np.int64))
    texts = pa.chunked_array([pa.array([_cell(value) for value in values], pa.string())])
    if texts.null_count == len(texts):
        raise InputError("no value of the column is a time: it is empty", f"column {name}", "name another column")
    read = parse_times(texts, name=name, where="DataFrame")
    out = pd.Series(pd.array(read.at.to_pylist(), dtype="Int64"), index=values.index)
    if read.naive:
        if tz is not None and tz.upper() != "UTC" and read.naive < int(out.notna().sum()):
            raise InputError(
                f"{read.naive:,} of {int(out.notna().sum()):,} times carry no zone",
                f"column {name}",
                "give every time its zone before",
            )
        # Read as UTC so far; the zone says what these clock times mean.
        local = _localised(pd.to_datetime(out.astype("float64"), unit="us"), name, tz) if tz != "UTC" else None
        if local is not None:
            micros = local.dt.tz_convert("UTC").dt.as_unit("us")
            out = micros.astype("int64").astype("Int64").mask(micros.isna())
    return out, read.resolution_s


def _localised(values: pd.Series, name: str, tz: str | None) -> pd.Series:
    """Times without a zone in the zone given; hours that a clock change skips or repeats become missing."""
    if tz is None:
        raise InputError(
            "the times carry no zone: what they mean is not in the data",
            f"column {name}",
            "pass tz='UTC' or the zone they were recorded in, such as tz='Europe/Berlin'",
        )
    try:
        return values.dt.tz_localize(tz, ambiguous="NaT", nonexistent="NaT")
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"'{tz}' is no time zone", "parameter tz", "write it as UTC or Europe/Berlin") from error


def _step(at: np.ndarray) -> float:
    """The step of the clock in seconds; few distinct times can be round by chance."""
    step = next((s for s in (86400, 3600, 60) if not (at % (s * 10**6)).any()), 1)
    return float(step) if step > 1 and len(np.unique(at)) >= 3 else 1.0


def _identifier(value: Any, name: str) -> str | None:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_, bytes)):
        raise InputError(
            f"{value!r} is no identifier", f"column {name}", "name a column of text or whole numbers, or decode it"
        )
    if isinstance(value, (float, np.floating)):
        value = float(value)
        if np.isnan(value):
            return None
        if abs(value) >= EXACT:
            raise InputError(
                f"identifiers were read as floats, and {value:.0f} has lost its last digits",
                f"column {name}",
                f"read the file again with dtype={{{name!r}: str}}",
            )
        if value != int(value):
            raise InputError(f"{value!r} is no whole number", f"column {name}", "name a column of identifiers")
        return str(int(value))
    return str(value)


def _normal(values: pd.Series, object_type: str | None) -> pd.Series:
    """Objects in the normal form of their type, missing where a value has none; each distinct value is looked at once."""
    form: Callable[[str], str | None] | None = objects.NORMAL_FORMS.get(object_type or "")
    if form is None and object_type in objects.IDENTIFIERS:
        kind = str(object_type)

        def form(value: str) -> str | None:
            return objects.identifier(kind, value)

    if form is None:
        return values
    return values.map({value: form(value) for value in values.dropna().unique()})


def _texts(values: pd.Series) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.string())] if len(values) else [], pa.string())


def _comparable(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every cell hashable."""
    out = {}
    for position in range(frame.shape[1]):
        values = frame.iloc[:, position]
        out[position] = values.map(repr) if values.dtype == np.dtype(object) else values
    return pd.DataFrame(out)


def _cell(value: Any) -> str | None:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text.encode("utf-8", "replace").decode("utf-8") if text.strip() else None
