"""Charts as data: histograms, bars, dots with intervals, heat maps, survival curves, series. `_plot` draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..errors import InputError
from ._format import duration, format_value
from ._html import plain

NEEDS = {
    "histogram": ("left", "right", "n"),
    "bars": ("label", "value"),
    "intervals": ("label", "value", "low", "high"),
    "heat_map": ("x", "y", "n"),
    "step_curves": ("time", "value"),
    "lines": ("at", "value"),
}
# Widths people can name, in seconds; a time histogram uses the first that gives few enough bars.
_WIDTHS = (1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800, 2592000, 31536000)


@dataclass(frozen=True)
class Chart:
    """A chart as values; make it with the functions below, or with `heat_map`, `step_curves`, `lines` (`_chart_kinds`).

    Attributes
    ----------
    kind : "histogram", "bars", "intervals", "heat_map", "step_curves" or "lines"
    data : pandas.DataFrame
        histogram: `left, right, n`, optional `series`; bars: `label, value`, optional `expected`;
        intervals: `label, value, low, high`; heat_map: `x, y, n`; step_curves: `time, value`, optional
        `series, low, high, censored`; lines: `at, value`, optional `series, expected, low, high, alarm`.
        `value` and `n` may be missing where nothing could be measured.
    title, x_label, y_label, note : str
        `note` is one sentence saying what is to be seen: caption and text alternative.
    reference : float, optional
        A value to compare with, drawn as a line: "no effect", "expected by chance".
    marks : tuple of (position, label)
        Moments or values to point at.
    log : bool
        A logarithmic value axis, for values that span orders of magnitude (all must be > 0).
    """

    kind: Literal["histogram", "bars", "intervals", "heat_map", "step_curves", "lines"]
    data: pd.DataFrame
    title: str
    x_label: str = ""
    y_label: str = ""
    note: str = ""
    reference: float | None = None
    reference_label: str = ""
    marks: tuple[tuple[object, str], ...] = ()
    log: bool = False

    def __post_init__(self) -> None:
        missing = [c for c in NEEDS[self.kind] if c not in self.data.columns]
        if missing:
            raise InputError(
                f"a chart of kind '{self.kind}' lacks {', '.join(missing)}", f"chart '{plain(self.title)}'"
            )

    @property
    def summary(self) -> str:
        """The chart in words, made from its data: the text alternative when `note` is empty."""
        if self.note:
            return self.note
        d = self.data
        if d.empty:
            return f"{self.title}: no data."
        if self.kind in ("heat_map", "step_curves", "lines"):
            from ._chart_kinds import in_words

            return in_words(self)
        if self.kind == "histogram":
            peak = d.groupby("left", sort=True)["n"].sum().idxmax()
            low, high = format_value(d["left"].min()), format_value(d["right"].max())
            total = format_value(int(d["n"].sum()))
            return f"{total} in all, from {low} to {high}; highest in the bar that starts at {format_value(peak)}."
        known = d.dropna(subset=["value"])
        if known.empty:
            return f"{self.title}: nothing could be measured."
        top = known.loc[known["value"].idxmax()]
        return f"{len(d):,} entries; the largest is {plain(top['label'])} with {format_value(top['value'])}."

    def to_svg(self, width: int = 640) -> str:
        """The chart as one inline SVG that follows light and dark; the same chart gives the same text."""
        from ._plot import chart_svg

        return chart_svg(self, width)

    def to_png(self, width: int = 640, scale: float = 2.0) -> bytes:
        """The same picture as PNG in the light colours, for documents and slides; drawn offline."""
        from ._vega import to_png

        return to_png(self.to_svg(width), scale)

    def to_altair(self) -> Any:
        """An Altair chart with the same data, to change by hand in a notebook; `.to_dict()` is its Vega-Lite form."""
        import altair

        from ._vega import vega_lite

        return altair.Chart.from_dict(vega_lite(self))


def timeline(
    times: pd.Series,
    *,
    series: pd.Series | None = None,
    width: str | None = None,
    title: str = "Activity over time",
    y_label: str = "Actions",
    note: str = "",
    marks: Sequence[tuple[object, str]] = (),
    max_bars: int = 96,
) -> Chart:
    """A stacked histogram of events over time (UTC).

    Parameters
    ----------
    times : pandas.Series
        Timezone-aware times, one per event.
    series : pandas.Series, optional
        A name per event ("group", "all others"); bars are stacked in order of first appearance.
    width : str, optional
        Bar width such as "15min"; else the smallest round width that gives at most `max_bars` bars.
    """
    at = pd.to_datetime(times, utc=True)
    keep = at.notna()
    names = pd.Series("", index=at.index) if series is None else series.fillna("").astype(str)
    at, names = at[keep], names[keep]
    if at.empty:
        empty = pd.DataFrame({"left": at, "right": at, "n": [], "series": []})
        return Chart("histogram", empty, title, "Time (UTC)", y_label, note, marks=tuple(marks))
    span = (at.max() - at.min()).total_seconds()
    seconds = (
        pd.Timedelta(width).total_seconds() if width else next((w for w in _WIDTHS if span / w < max_bars), _WIDTHS[-1])
    )
    step = pd.Timedelta(seconds=seconds)
    order = list(dict.fromkeys(names))
    frame = pd.DataFrame({"left": at.dt.floor(step), "series": names})
    data = frame.groupby(["left", "series"], as_index=False).size().rename(columns={"size": "n"})
    data["right"] = data["left"] + step
    data["series"] = pd.Categorical(data["series"], categories=order, ordered=True)
    data = data.sort_values(["left", "series"], ignore_index=True)
    label = f"{y_label} per {duration(seconds)}"
    return Chart("histogram", data, title, "Time (UTC)", label, note, marks=tuple(marks))


def histogram(
    values: pd.Series,
    *,
    bins: int | Sequence[float] = 30,
    title: str,
    x_label: str,
    y_label: str = "Pairs",
    note: str = "",
    marks: Sequence[tuple[object, str]] = (),
) -> Chart:
    """A histogram of numbers: lags in seconds, weights."""
    numbers = pd.to_numeric(values, errors="coerce").dropna().to_numpy(float)
    counts, edges = np.histogram(numbers, bins=bins if len(numbers) or not isinstance(bins, int) else 1)
    data = pd.DataFrame({"left": edges[:-1], "right": edges[1:], "n": counts})
    return Chart(
        "histogram", data[data["n"] > 0].reset_index(drop=True), title, x_label, y_label, note, marks=tuple(marks)
    )


def bars(
    data: pd.DataFrame,
    *,
    title: str,
    x_label: str = "",
    note: str = "",
    reference: float | None = None,
    reference_label: str = "",
    log: bool = False,
) -> Chart:
    """Horizontal bars: `label`, `value`, and where given a tick at `expected`."""
    return Chart("bars", data, title, x_label, "", note, reference, reference_label, log=log)


def intervals(
    data: pd.DataFrame,
    *,
    title: str,
    x_label: str = "",
    note: str = "",
    reference: float | None = None,
    reference_label: str = "",
    log: bool = False,
) -> Chart:
    """A dot with an interval per row: `label`, `value`, `low`, `high`."""
    return Chart("intervals", data, title, x_label, "", note, reference, reference_label, log=log)
