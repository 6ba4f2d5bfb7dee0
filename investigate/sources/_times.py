"""Times as exported to UTC: one column at a time, so that its unit is judged from the whole of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError

EARLIEST = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp())
LATEST = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
UNITS = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
_EPOCH_FORMATS = {
    "epoch_s": "seconds",
    "epoch_ms": "milliseconds",
    "epoch_us": "microseconds",
    "epoch_ns": "nanoseconds",
}
_TWITTER = "%a %b %d %H:%M:%S %z %Y"
_FEW = 3
"""Distinct times needed before round values mean a coarse clock; fewer can be round by chance."""


@dataclass
class Times:
    """A column of times.

    `at` is microseconds since 1970 UTC, null where `reason` says why not; `resolution_s` is the clock's step; `naive`
    counts the times without a zone, which are taken as UTC.
    """

    at: pa.Array
    reason: pa.Array
    detail: pa.Array
    resolution_s: float
    notes: list[str] = field(default_factory=list)
    naive: int = 0


def parse_times(column: pa.ChunkedArray, *, name: str, where: str, time_format: str | None = None) -> Times:
    """Parse one column of times.

    Parameters
    ----------
    column : pyarrow.ChunkedArray
        Strings. ISO 8601 with or without zone, seconds, milliseconds, microseconds or nanoseconds since 1970,
        "Mon Jul 18 00:00:00 +0000 2016" and mail dates are known.
    name, where : str
        The column and the file, for messages.
    time_format : str, optional
        A `strptime` pattern, or epoch_s, epoch_ms, epoch_us, epoch_ns. Needed for dates like 18/07/2016, whose
        order no program can know.

    Raises
    ------
    InputError
        No value of the column is a time.
    """
    encoded = pa.chunked_array([c for c in column.chunks] or [pa.array([], pa.string())]).combine_chunks()
    encoded = encoded.dictionary_encode()
    values: list[str] = [v.strip() for v in encoded.dictionary.to_pylist()]
    weights = np.bincount(encoded.indices.drop_null().to_numpy(), minlength=len(values))
    parsed = _Parser(values, weights, time_format)
    parsed.run()
    if len(values) and not any(v is not None for v in parsed.micros):
        raise InputError(
            f"no value of column '{name}' is a time; the first is '{values[0][:60]}': {parsed.detail[0]}",
            where,
            "name the pattern, for example time_format='%d/%m/%Y %H:%M' (day first) or '%m/%d/%Y %H:%M' (month first)",
        )
    take = encoded.indices
    reason = pc.fill_null(pc.take(pa.array([*parsed.reason], pa.string()), take), "")
    reason = pc.if_else(pc.is_null(column.combine_chunks()), "missing_time", reason)
    detail = pc.if_else(
        pc.is_null(take), f"column '{name}' is empty", pc.take(pa.array([*parsed.detail], pa.string()), take)
    )
    at = pc.take(pa.array([*parsed.micros], pa.int64()), take)
    notes = parsed.notes(name)
    return Times(at, reason, detail, parsed.resolution(), notes, parsed.naive)


class _Parser:
    def __init__(self, values: list[str], weights: np.ndarray, time_format: str | None) -> None:
        self.values, self.weights, self.format = values, weights, time_format
        self.micros: list[int | None] = [None] * len(values)
        self.reason: list[str] = [""] * len(values)
        self.detail: list[str] = [""] * len(values)
        self.unit = "seconds"
        self.numeric = False
        self.naive = self.zoned = 0
        self.coarse = 1.0

    def run(self) -> None:
        numbers = [_number(v) for v in self.values]
        n_numeric = int(sum(w for w, n in zip(self.weights, numbers, strict=True) if n is not None))
        fixed = _EPOCH_FORMATS.get(self.format or "")
        self.numeric = bool(fixed) or (self.format is None and n_numeric * 2 > int(self.weights.sum()))
        if self.numeric:
            self.unit = fixed or self._unit(numbers)
        for i, (value, number) in enumerate(zip(self.values, numbers, strict=True)):
            if self.numeric:
                self._epoch(i, value, number)
            else:
                self._written(i, value, number)
        for i, micros in enumerate(self.micros):
            if micros is not None and not EARLIEST <= micros // 10**6 < LATEST:
                self._fail(i, "implausible_time", f"'{self.values[i][:60]}' lies before 1990 or after 2100")

    def _fail(self, i: int, reason: str, detail: str) -> None:
        self.micros[i], self.reason[i], self.detail[i] = None, reason, detail

    def _unit(self, numbers: list[float | None]) -> str:
        counts = dict.fromkeys(UNITS, 0)
        for number, weight in zip(numbers, self.weights, strict=True):
            if number is not None and (unit := _unit_of(number)):
                counts[unit] += int(weight)
        return max(counts, key=lambda unit: counts[unit])

    def _epoch(self, i: int, value: str, number: float | None) -> None:
        if number is None:
            self._fail(i, "bad_time", f"'{value[:60]}' in a column of {self.unit} since 1970")
            return
        unit = _unit_of(number)
        if unit is not None and unit != self.unit:
            self._fail(i, "implausible_time", f"'{value[:60]}' looks like {unit} in a column of {self.unit}")
            return
        per = UNITS[self.unit]
        text = value.removesuffix(".0")
        if text.isdigit():
            self.micros[i] = int(text) * 10**6 // per
        elif abs(number) < 1e20:
            self.micros[i] = round(number * (10**6 / per))
        else:
            self._fail(i, "implausible_time", f"'{value[:60]}' lies before 1990 or after 2100")

    def _written(self, i: int, value: str, number: float | None) -> None:
        try:
            moment = self._moment(value, number)
        except (ValueError, OverflowError, TypeError, IndexError):
            pattern = f" with time_format '{self.format}'" if self.format else ""
            self._fail(i, "bad_time", f"'{value[:60]}' is not a time{pattern}")
            return
        if moment.tzinfo is None:
            self.naive += int(self.weights[i])
            moment = moment.replace(tzinfo=UTC)
        else:
            self.zoned += int(self.weights[i])
        try:
            since = moment - datetime(1970, 1, 1, tzinfo=UTC)
        except OverflowError:
            self._fail(i, "implausible_time", f"'{value[:60]}' lies before 1990 or after 2100")
            return
        self.micros[i] = (since.days * 86400 + since.seconds) * 10**6 + since.microseconds

    def _moment(self, value: str, number: float | None) -> datetime:
        if self.format:
            return datetime.strptime(value, self.format)
        if number is not None:
            raise ValueError("a number in a column of written times")
        text = value[:-4] + "+00:00" if value.endswith((" UTC", " GMT")) else value
        if len(text) > 10 and text[4:5] == "/" and text[7:8] == "/":
            text = text.replace("/", "-", 2)
        try:
            # The week and basic forms of ISO 8601 are left out: '20160718' is more often a number.
            if text[4:5] == "-" and text[7:8] == "-":
                return datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-"))
        except ValueError:
            pass
        if not value[:1].isalpha():
            raise ValueError(value)
        try:
            return datetime.strptime(value, _TWITTER)
        except ValueError:
            return parsedate_to_datetime(value)

    def resolution(self) -> float:
        """The step of the clock in seconds: 1, 60, 3600 or 86400."""
        at = np.array([m for m in self.micros if m is not None], dtype=np.int64)
        if len(at) == 0:
            return 1.0
        if len(np.unique(at)) >= _FEW:
            for step in (86400, 3600, 60):
                if not (at % (step * 10**6)).any():
                    return float(step)
            return 1.0
        good = [v for v, m in zip(self.values, self.micros, strict=True) if m is not None]
        if not self.numeric and not self.format:
            if all(":" not in v for v in good):
                return 86400.0
            if all(v.count(":") == 1 and "+" not in v for v in good):
                return 60.0
        return 1.0

    def notes(self, name: str) -> list[str]:
        out = []
        if self.numeric and self.unit != "seconds":
            out.append(f"'{name}' holds {self.unit} since 1970; all of it was converted.")
        if self.naive and self.zoned:
            out.append(
                f"'{name}' mixes {self.zoned:,} times with a zone and {self.naive:,} without; the latter are taken as UTC."
            )
        elif self.naive:
            out.append(f"'{name}' carries no time zone; times are taken as UTC.")
        if self.numeric is False and any(
            d.startswith("'") and _number(v) is not None for d, v in zip(self.detail, self.values, strict=True)
        ):
            out.append(f"'{name}' mixes written times and numbers; the numbers were set aside.")
        return out


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if np.isfinite(number) and value[:1] in "-+.0123456789" else None


def _unit_of(number: float) -> str | None:
    """The unit in which `number` lies between 1990 and 2100; the ranges do not overlap."""
    return next((u for u, per in UNITS.items() if EARLIEST * per <= number < LATEST * per), None)
