"""From a network to its grade: two independent families, no bridge, a sign of deceiving, and nothing innocent that explains it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..series import adjust
from ._ads_chance import second_family
from ._ads_innocent import About, alternatives
from ._ads_picture import Judged
from ._ads_ties import Network


def judge(
    networks: Sequence[Network],
    table: pd.DataFrame,
    ads: pd.DataFrame,
    pages: pd.DataFrame,
    known: pd.DataFrame | None,
    fdr_q: float,
) -> list[Judged]:
    """The networks with their second family, explanations and grade, in the order of their numbers.

    Notes
    -----
    E2, the ceiling of this study, needs all of: two independent families of identifiers, each of which keeps half of the
    pages together alone; a network that no single page or identifier can cut; a second family that comes together more
    often than chance (q at most `fdr_q` over all networks), or by what one person only can hold; a sign of deceiving on a
    third of the pages; and no innocent explanation that accounts for it. Everything else is a lead.
    """
    seconds = [second_family(n, table) for n in networks]
    tested = [i for i, s in enumerate(seconds) if s is not None]
    q = dict(zip(tested, adjust([seconds[i].p for i in tested]), strict=True)) if tested else {}  # type: ignore[union-attr]
    out = []
    for i, network in enumerate(networks):
        inside = pages[pages["account_id"].isin(network.pages)]
        about = About(network, inside, ads[ads["account_id"].isin(network.pages)])
        others = alternatives(about, known)
        second, chance = seconds[i], float(q.get(i, 1.0))
        lacking = []
        if not network.robust:
            lacking.append("it falls apart when a single page or identifier is taken away")
        if len(network.families) < 2:
            lacking.append("only one family of identifiers ties it")
        elif second is None or not (chance <= fdr_q or second.strong):
            lacking.append("the second family could have come together by chance in these data")
        if not about.deceiving():
            lacking.append("no sign of deceiving is seen on a third of its pages")
        if explained := [a.name for a in others if a.verdict == "explains"]:
            lacking.append(f"explained by: {'; '.join(explained)}")
        grade = "E1" if lacking else "E2"
        out.append(Judged(network, about, second, chance, tuple(others), grade, tuple(lacking)))
    return out
