"""Time windows: "60s", "5m", "1h", and what a source's clock can carry."""

from __future__ import annotations

import re

from .errors import InputError, ResolutionError

_UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
DEFAULT_WINDOW_S = 60.0


def seconds(window: str | float) -> float:
    """A window in seconds; InputError names the forms that are understood."""
    if isinstance(window, int | float) and not isinstance(window, bool):
        value = float(window)
    else:
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|m|min|h|d)?\s*", str(window))
        if not found:
            raise InputError(f"'{window}' is not a time window", "parameter window", "write it as 60s, 5m or 1h")
        value = float(found[1]) * _UNITS[found[2] or "s"]
    if not value > 0:
        raise InputError(f"a window of {window} holds nothing", "parameter window", "write it as 60s, 5m or 1h")
    return value


def say(value_s: float) -> str:
    """Seconds as people write them: '90 s', '5 min', '2 h'."""
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if value_s >= 2 * size and value_s % size == 0:
            return f"{value_s / size:g} {unit}"
    return f"{value_s:g} s"


def resolve(window: str | float, resolution_s: float) -> float:
    """The window to use for data of a time resolution, in seconds.

    "auto" is 60 s, or twice the resolution where the clock is coarser: two actions in one window must be able to
    stand in neighbouring ticks of the clock.

    Raises
    ------
    ResolutionError
        The window is below twice the resolution: which accounts match would be decided by rounding.
    """
    least = 2 * resolution_s
    if window == "auto":
        return max(DEFAULT_WINDOW_S, least)
    value = seconds(window)
    if value < least:
        raise ResolutionError(
            f"a window of {say(value)} is too narrow for times recorded to {say(resolution_s)}: rounding alone would decide who matches",
            "parameter window",
            f"use {say(least)} or more, or 'auto'",
        )
    return value
