"""Account-quality signals of groups: what their accounts have in common beside what they do together.

    table(con, communities)   ->   one row per group and signal: observed, expected in the data at large, p, q
    unanswered(con)           ->   the signals these data cannot carry, and why

Each signal compares the members of a group with all other accounts of the same data, never with a platform: where the data
were gathered by a list of suspects, the others are suspects too, and nothing stands out. q is adjusted over all groups and
signals. Only a signal with `counts` may support a group beside the timing of its acts (`investigate.corroboration`).
"""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd

from ..scoring import benjamini_hochberg
from . import creation, life, names, rhythm
from ._scan import LEAST_OTHERS, SIGNAL_COLUMNS, Signal

__all__ = ["LEAST_OTHERS", "SIGNAL_COLUMNS", "Signal", "supports", "table", "unanswered"]

MODULES = (creation, names, life, rhythm)
OPEN_NAMES = ("handle_series", "shown_name")


def table(con: duckdb.DuckDBPyConnection, communities: pd.DataFrame) -> pd.DataFrame:
    """Every signal of every group.

    Parameters
    ----------
    communities : DataFrame
        community and account_id; other columns are not read.

    Returns
    -------
    DataFrame
        `SIGNAL_COLUMNS`, by community, then in the order of the signals.

    Notes
    -----
    q is adjusted by Benjamini-Hochberg over all rows. Signals of one group depend on each other (a name made by a rule has
    a shape), for which the adjustment holds as long as the dependence is positive.
    """
    found: list[Signal] = []
    if len(communities):
        groups = {int(n): part["account_id"].tolist() for n, part in communities.groupby("community")}
        for module in MODULES:
            found += module.signals(con, groups)
    out = pd.DataFrame([s.row() for s in found], columns=[c for c in SIGNAL_COLUMNS if c != "q"])
    out.insert(out.columns.get_loc("p") + 1, "q", benjamini_hochberg(out["p"].to_numpy(float), max(len(out), 1)))
    order = {s: i for i, s in enumerate(dict.fromkeys(out["signal"]))}
    return out.sort_values(
        ["community", "signal"], key=lambda c: c.map(order) if c.name == "signal" else c, ignore_index=True
    )


def unanswered(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Signals that these data cannot carry for any group: (signal, because)."""
    return [pair for module in MODULES for pair in module.unanswered(con)]


def supports(signals: pd.DataFrame, size: int, fdr_q: float) -> pd.DataFrame:
    """The signals of one group that may stand beside its timing.

    Those that count, with q of at most `fdr_q`, and that at least half of the group's `size` members carry. Nothing counts
    where that many members carry one name openly, as handles in series or one shown name: the branches of an office or a
    company are opened in one go too, and say so.
    """
    if signals.empty:
        return signals
    carried = (signals["q"] <= fdr_q) & (signals["observed"] >= max(3, np.ceil(size / 2)))
    openly = bool((carried & signals["signal"].isin(OPEN_NAMES)).any())
    return signals[carried & signals["counts"].astype(bool) & (not openly)]
