"""More charts as data: heat maps, survival curves, and series over time with what was expected."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..errors import InputError
from ._chart import Chart
from ._format import format_value
from ._html import plain

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MAX_CELLS = 1200  # a heat map with more is a texture, not a picture
MAX_SERIES = 8  # as many as there are colours


def heat_map(
    data: pd.DataFrame,
    *,
    title: str,
    x_label: str = "",
    y_label: str = "",
    note: str = "",
    log: bool = False,
) -> Chart:
    """A grid whose cells are the darker the larger their number.

    Parameters
    ----------
    data : DataFrame
        Columns `x`, `y` (names of columns and rows, drawn in the order of their categories, else of first
        appearance) and `n` (a number >= 0; missing: could not be measured, drawn as a dash).
    log : bool
        Shades by orders of magnitude: for numbers of very different size.

    Raises
    ------
    InputError
        A cell occurs twice, a number is negative, or there are more than `MAX_CELLS` cells.

    Notes
    -----
    Shades are shares of the largest cell: one very large cell makes all others look empty; then use `log`.
    """
    chart = Chart("heat_map", data, title, x_label, y_label, note, log=log)
    problems = []
    if twice := int(data.duplicated(["x", "y"]).sum()):
        problems.append(f"{twice} cells occur twice")
    if len(data) and (pd.to_numeric(data["n"]) < 0).any():
        problems.append("a number is negative")
    if (cells := data["x"].nunique() * data["y"].nunique()) > MAX_CELLS:
        problems.append(f"{cells:,} cells are more than {MAX_CELLS:,}")
    _stop(problems, title)
    return chart


def week_hours(
    times: pd.Series, *, zone: str = "UTC", title: str = "Hours of the week", y_label: str = "Actions", note: str = ""
) -> Chart:
    """A heat map of the hour of the day by the day of the week, with empty hours shown as zero.

    Parameters
    ----------
    times : Series
        Timezone-aware times, one per event; rows without a time are left out.
    zone : str
        IANA name of the zone the hours are counted in.

    Notes
    -----
    Hours of activity say nothing about where somebody is: posts are scheduled, and people work at night.
    """
    at = pd.to_datetime(times, utc=True).dropna().dt.tz_convert(zone)
    counts = pd.crosstab(at.dt.day_of_week, at.dt.hour).reindex(index=range(7), columns=range(24), fill_value=0)
    rows = [(f"{hour:02d}", _DAYS[day], int(counts.loc[day, hour])) for day in range(7) for hour in range(24)]
    data = pd.DataFrame(rows if len(at) else [], columns=["x", "y", "n"])
    return heat_map(data, title=title, x_label=f"Hour of the day ({zone})", y_label=y_label, note=note)


def step_curves(
    data: pd.DataFrame,
    *,
    title: str,
    x_label: str,
    y_label: str = "Share still open",
    note: str = "",
    reference: float | None = None,
    reference_label: str = "",
    marks: Sequence[tuple[object, str]] = (),
) -> Chart:
    """Survival curves: the share for which something has not happened yet, by the time that went by.

    Parameters
    ----------
    data : DataFrame
        `time` (a number >= 0, unit in `x_label`) and `value` (share, 0 to 1), one row per step; optional `series`,
        `low` and `high` (interval), `censored` (number or yes/no: cases whose end is not known at that time, marked
        on the curve). Curves begin at 1 at time 0, whether or not `data` has that row.
    reference : float, optional
        A share drawn as a level line, such as 0.5 for the median.
    marks : sequence of (time, label)
        Times drawn as upright lines, such as a deadline.
    """
    chart = Chart("step_curves", data, title, x_label, y_label, note, reference, reference_label, tuple(marks))
    value = pd.to_numeric(data["value"]).dropna()
    problems = ["a share lies outside 0 to 1"] if ((value < -1e-9) | (value > 1 + 1e-9)).any() else []
    if len(data) and (pd.to_numeric(data["time"]) < 0).any():
        problems.append("a time is negative")
    _stop([*problems, *_too_many(data)], title)
    return chart


def lines(
    data: pd.DataFrame,
    *,
    title: str,
    x_label: str = "Time (UTC)",
    y_label: str = "",
    note: str = "",
    reference: float | None = None,
    reference_label: str = "",
    marks: Sequence[tuple[object, str]] = (),
) -> Chart:
    """Series over time, with what was expected, the range it may take, and the alarms.

    Parameters
    ----------
    data : DataFrame
        `at` (timezone-aware times, or numbers) and `value`; optional `series`, `expected`, `low` and `high` (the band
        in which values are no surprise; a missing `low` counts as 0), `alarm` (yes/no). A missing value leaves a gap.

    Notes
    -----
    The value axis begins at 0 unless a value is negative.
    """
    chart = Chart("lines", data, title, x_label, y_label, note, reference, reference_label, tuple(marks))
    _stop(_too_many(data), title)
    return chart


def series_of(data: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The rows of each series, in the order of its categories, else of first appearance."""
    if "series" not in data:
        return {"": data}
    names = data["series"].astype(str)
    order = list(dict.fromkeys(names))
    if isinstance(data["series"].dtype, pd.CategoricalDtype):
        order = [str(c) for c in data["series"].cat.categories if str(c) in set(order)]
    return {name: data[names == name] for name in order}


def in_words(chart: Chart) -> str:
    """What is to be seen in a chart of these kinds: its text alternative."""
    data = chart.data
    if chart.kind == "heat_map":
        known = data.dropna(subset=["n"])
        if known.empty:
            return f"{chart.title}: nothing could be measured."
        top = known.loc[known["n"].idxmax()]
        total = format_value(known["n"].sum())
        return f"{total} in all; the most at {plain(top['y'])}, {plain(top['x'])}: {format_value(top['n'])}."
    said = [
        _curve(name, rows) if chart.kind == "step_curves" else _line(name, rows)
        for name, rows in series_of(data).items()
    ]
    return " ".join(said)


def _curve(name: str, rows: pd.DataFrame) -> str:
    known = rows.dropna(subset=["value"]).sort_values("time")
    if known.empty:
        return f"{plain(name) or 'The curve'}: nothing could be measured."
    half = known.loc[known["value"] <= 0.5, "time"]
    middle = f"half are through by {format_value(half.iloc[0])}" if len(half) else "fewer than half are through"
    last = known.iloc[-1]
    return f"{_of(name)}{middle}; {last['value']:.0%} are left at {format_value(last['time'])}."


def _line(name: str, rows: pd.DataFrame) -> str:
    known = rows.dropna(subset=["value"])
    if known.empty:
        return f"{plain(name) or 'The series'}: nothing could be measured."
    top = known.loc[known["value"].idxmax()]
    out = f"{_of(name)}highest {format_value(top['value'])} at {format_value(top['at'])}"
    if "alarm" in rows:
        n = int(rows["alarm"].fillna(False).astype(bool).sum())
        out += f"; {n:,} alarm{'' if n == 1 else 's'}"
    return out + "."


def _of(name: str) -> str:
    return f"{plain(name)}: " if name else ""


def _too_many(data: pd.DataFrame) -> list[str]:
    n = data["series"].nunique() if "series" in data else 1
    return [f"{n} series are more than {MAX_SERIES}"] if n > MAX_SERIES else []


def _stop(problems: Sequence[str], title: str) -> None:
    if problems:
        raise InputError(
            "; ".join(problems), f"chart '{plain(title)}'", "show fewer, or mend the table it is made from"
        )
