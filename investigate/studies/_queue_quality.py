"""Decisions of a queue under review: how far reviewers agree, where they differ, what is appealed and overturned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

import pandas as pd

from .. import series
from ..findings import Alternative, Evidence, Finding
from ..proposals import propose
from ..records.reliability import agreement_of, krippendorff_alpha
from ._lists import listed, refuse, times
from ._making import make_finding
from ._queue_data import NONE
from ._queue_kpis import shrunk

REVIEW_COLUMNS = ("escalation_id", "reviewer", "label", "error_type", "blind")
APPEAL_COLUMNS = ("escalation_id", "filed_at", "decided_at", "outcome")
OUTCOMES = ("upheld", "overturned", "partly", "withdrawn")
BY = ("team", "vendor", "policy_area")
TENTATIVE, RELIABLE = 0.667, 0.80
"""Krippendorff's customary bounds: below the first no conclusions, from the second on reliable."""
NO, YES = ("false", "no", "0"), ("true", "yes", "1", "")


@dataclass(frozen=True)
class Reviewed:
    """Double reviews of a queue's tickets.

    Attributes
    ----------
    units : dict of str to list of str
        Ticket -> the labels its reviewers gave without sight of each other; two or more.
    said : dict
        What `agreement_of` says of all units.
    agreement : DataFrame
        dimension, value, n, agree, share, low, high, alpha, alpha_low, alpha_high, verdict; the whole first.
    confusions : DataFrame
        label_a, label_b, n (pairs of reviews of one ticket that gave these two), share (of all that differ).
    errors : DataFrame
        error_type, n (tickets), share (of all tickets reviewed), low, high.
    left_out : dict of str to int
        Why reviews do not count -> how many.
    """

    units: dict[str, list[str]]
    said: dict[str, Any]
    agreement: pd.DataFrame
    confusions: pd.DataFrame
    errors: pd.DataFrame
    left_out: dict[str, int]


@dataclass(frozen=True)
class Appealed:
    """Appeals against a queue's decisions: the table (dimension, value, n, n_appealed, ...), and counts of the whole."""

    table: pd.DataFrame
    n_decisions: int
    outcomes: dict[str, int]
    left_out: dict[str, int]

    @property
    def n(self) -> int:
        """Appeals of known decisions."""
        return sum(self.outcomes.values())

    @property
    def n_judged(self) -> int:
        """Those upheld, overturned or partly overturned."""
        return sum(self.outcomes.get(k, 0) for k in ("upheld", "overturned", "partly"))


def read_reviews(path: str) -> pd.DataFrame:
    """Quality reviews: escalation_id, reviewer, label, error_type, blind.

    One row per review; `blind` says whether the reviewer did not see another's label (empty: yes).

    Raises
    ------
    InputError
        The file cannot be read, or rows lack a ticket, a reviewer or a label, or `blind` is neither yes nor no.
    """
    table = listed(path, "quality reviews", REVIEW_COLUMNS, ("escalation_id", "reviewer", "label"))
    problems = [
        f"row {i + 1}: no {name}"
        for name in ("escalation_id", "reviewer", "label")
        for i in table.index[table[name].eq("")]
    ]
    blind = table["blind"].str.lower()
    problems += [f"row {i + 1}: blind is '{table['blind'][i]}'" for i in table.index[~blind.isin([*NO, *YES])]]
    refuse(problems, "rows of quality reviews", path)
    return table.assign(blind=blind.isin(YES))


def read_appeals(path: str) -> pd.DataFrame:
    """Appeals: escalation_id, filed_at, decided_at (UTC, missing where not known), outcome ('' while it is pending).

    Raises
    ------
    InputError
        The file cannot be read, or rows lack a ticket, hold a time that is none, or an outcome other than upheld,
        overturned, partly, withdrawn.
    """
    table = listed(path, "appeals", APPEAL_COLUMNS, ("escalation_id", "outcome"))
    outcome = table["outcome"].str.lower()
    problems = [f"row {i + 1}: no escalation_id" for i in table.index[table["escalation_id"].eq("")]]
    problems += [f"row {i + 1}: outcome '{table['outcome'][i]}'" for i in table.index[~outcome.isin([*OUTCOMES, ""])]]
    held = {}
    for name in ("filed_at", "decided_at"):
        held[name], lost = times(table[name])
        problems += lost
    refuse(problems, "rows of appeals", path, f"outcomes are {', '.join(OUTCOMES)}, or empty while pending")
    return table.assign(outcome=outcome, **held)


def reviewed(reviews: pd.DataFrame, tickets: pd.DataFrame, least: int) -> Reviewed:
    """Agreement on the tickets that several people reviewed without sight of each other, as a whole and by `BY`."""
    known = reviews["escalation_id"].isin(set(tickets["escalation_id"]))
    again = reviews.duplicated(["escalation_id", "reviewer"])
    left_out = {
        "of tickets that the queue does not hold": int((~known).sum()),
        "that saw another's label": int((known & ~reviews["blind"]).sum()),
        "by a reviewer who had labelled the ticket before": int((known & reviews["blind"] & again).sum()),
    }
    used = reviews[known & reviews["blind"] & ~again]
    labels = used.groupby("escalation_id", sort=True)["label"].agg(list)
    units = {str(k): v for k, v in labels.items() if len(v) > 1}
    of = tickets.set_index("escalation_id")
    rows = [_agreed("all", "all", list(units.values()), least)]
    for name in BY:
        if name not in of or of[name].nunique() < 2:
            continue
        where = of.loc[list(units), name].fillna(NONE).astype(str)
        rows += [_agreed(name, v, [units[k] for k in where.index[where == v]], least) for v in sorted(where.unique())]
    pairs = Counter(
        tuple(sorted(pair)) for held in units.values() for pair in combinations(held, 2) if pair[0] != pair[1]
    )
    differ = sum(pairs.values())
    confusions = [(a, b, n, n / differ) for (a, b), n in sorted(pairs.items(), key=lambda p: (-p[1], p[0]))]
    n_reviewed = used["escalation_id"].nunique()
    wrong = used[used["error_type"] != ""].groupby("error_type")["escalation_id"].nunique()
    errors = [(str(k), int(n), *series.wilson(int(n), n_reviewed)) for k, n in wrong.items()]
    return Reviewed(
        units,
        agreement_of(list(units.values())),
        pd.DataFrame(rows),
        pd.DataFrame(confusions, columns=["label_a", "label_b", "n", "share"]),
        pd.DataFrame(errors, columns=["error_type", "n", "share", "low", "high"]).sort_values(
            ["n", "error_type"], ascending=[False, True], ignore_index=True
        ),
        {k: n for k, n in left_out.items() if n},
    )


def _agreed(dimension: str, value: str, units: list[list[str]], least: int) -> dict[str, Any]:
    said = agreement_of(units)
    share: tuple[Any, Any] = said["agreement_interval"] or (None, None)
    ends: tuple[Any, Any] = said["alpha_interval"] or (None, None)
    few = len(units) < least
    verdict = (
        f"too few to say (under {least})" if few
        else "no interval" if ends[0] is None
        else "reliable" if ends[0] >= RELIABLE
        else "not reliable" if ends[1] < TENTATIVE
        else "tentative"
    )  # fmt: skip
    return {
        "dimension": dimension, "value": value, "n": len(units), "agree": said["agree"], "share": said["agreement"],
        "low": share[0], "high": share[1], "alpha": said["alpha"], "alpha_low": ends[0], "alpha_high": ends[1], "verdict": verdict,
    }  # fmt: skip


def appealed(appeals: pd.DataFrame, tickets: pd.DataFrame, least: int, at: pd.Timestamp) -> Appealed:
    """How many ended tickets were appealed by then, how many appeals were overturned; as a whole and by `BY`.

    An appeal decided after `at` is pending; of a ticket with several the last one filed counts.
    """
    ended = tickets[~tickets["is_open_now"]]
    known = appeals["escalation_id"].isin(set(ended["escalation_id"]))
    later = known & (appeals["filed_at"] > at)
    used = appeals[known & ~later].sort_values("filed_at", kind="stable", na_position="first")
    again = used.duplicated("escalation_id", keep="last")
    left_out = {
        "of tickets that have not ended or are not held": int((~known).sum()),
        "filed after the clock": int(later.sum()),
        "followed by another of the same ticket": int(again.sum()),
    }
    used = used[~again]
    outcome = used["outcome"].mask(used["decided_at"] > at, "").replace("", "pending")
    of = ended.assign(
        appeal=ended["escalation_id"].map(dict(zip(used["escalation_id"], outcome, strict=True))).fillna("none")
    )
    rows = [_outcomes("all", "all", of, least)]
    for name in BY:
        if of[name].nunique() > 1:
            values = of[name].fillna(NONE).astype(str)
            rows += [_outcomes(name, v, of[values == v], least) for v in sorted(values.unique())]
    table = pd.DataFrame(rows)
    for name in (n for n in BY if (table["dimension"] == n).any()):
        part = table[table["dimension"] == name]
        table.loc[part.index, "verdict"] = shrunk(part["n_judged"], part["n_overturned"], least)["verdict"].to_numpy()
    counts = Counter(outcome)
    return Appealed(table, len(ended), dict(sorted(counts.items())), {k: n for k, n in left_out.items() if n})


def _outcomes(dimension: str, value: str, tickets: pd.DataFrame, least: int) -> dict[str, Any]:
    n, filed = len(tickets), int((tickets["appeal"] != "none").sum())
    overturned = int(tickets["appeal"].isin(["overturned", "partly"]).sum())
    judged = overturned + int((tickets["appeal"] == "upheld").sum())
    rate, low, high = series.wilson(filed, n)
    lost, lost_low, lost_high = series.wilson(overturned, judged)
    return {
        "dimension": dimension, "value": value, "n": n, "n_appealed": filed, "share": rate, "low": low, "high": high,
        "n_judged": judged, "n_overturned": overturned, "overturned": lost, "overturned_low": lost_low,
        "overturned_high": lost_high, "verdict": f"too few to say (under {least})" if judged < least else "the whole",
    }  # fmt: skip


def agreement_finding(held: Reviewed | None, tickets: pd.DataFrame, as_of: datetime) -> list[Finding]:
    """Reviewers who agree too little to build on, with the whole interval below the bound: a gap, grade E1."""
    ends = held.said["alpha_interval"] if held else None
    if held is None or ends is None or ends[1] >= TENTATIVE:
        return []
    units, n, alpha = list(held.units.values()), len(held.units), float(held.said["alpha"])
    agreed = int(held.said["agree"])
    by_chance = (agreed / n - alpha) / (1 - alpha) * n
    top = held.confusions.iloc[0]
    pair = {top["label_a"], top["label_b"]}
    without = krippendorff_alpha([u for u in units if not pair <= set(u)])
    teams = held.agreement[(held.agreement["dimension"] == "team") & held.agreement["alpha"].notna()]
    worst = teams.sort_values(["share", "value"]).iloc[0] if len(teams) else None
    rest = _without_team(held, tickets, str(worst["value"])) if worst is not None else None
    return [
        make_finding(
            "escalation_trends",
            "gap",
            f"Reviewers agree little: alpha {alpha:.2f} on {n:,} tickets",
            f"{agreed:,} of {n:,} tickets reviewed by two people or more without sight of each other got one label; Krippendorff's alpha is "
            f"{alpha:.2f} (95 % interval {ends[0]:.2f} to {ends[1]:.2f}), below {TENTATIVE:g}, under which no conclusion is usually drawn. "
            f"The labels confused most are {top['label_a']} and {top['label_b']} ({top['share']:.0%} of all differences).",
            key="agreement",
            window=f"{as_of:%Y-%m-%d}",
            evidence=[Evidence("agreement", "tickets with one label, against those that the same labels would give by chance (Krippendorff's alpha)", float(agreed), round(float(by_chance), 2), None, n, "tables/queue_reviews.csv", "quality")],
            alternatives=[
                Alternative("two labels that mean nearly the same", "alpha without the tickets that got both of the most confused labels", "not defined" if without is None else f"alpha {without:.2f}", "explains" if without is not None and without >= TENTATIVE else "does not explain"),
                Alternative("one team's cases", "alpha without the team whose reviewers agree least", "no team is named" if worst is None else f"without {worst['value']}: {'not defined' if rest is None else f'alpha {rest:.2f}'}", "not checked" if worst is None else "explains" if rest is not None and rest >= TENTATIVE else "does not explain"),
                Alternative("hard cases were picked for review", "how the sample was drawn", "the file does not say", "not checked"),
            ],
            grade="E1",
            confidence="moderate: the interval as a whole lies below the bound",
            limits=("Agreement says nothing of who is right.", "Reviewers may have talked; the file says only that they did not see the label."),
            recommended=[propose(f"Read the tickets that got both {top['label_a']} and {top['label_b']}, and mend the guidance before it is trained again", owner="policy", as_of=as_of, horizon="mid-term")],
        )
    ]  # fmt: skip


def _without_team(held: Reviewed, tickets: pd.DataFrame, team: str) -> float | None:
    of = tickets.set_index("escalation_id")["team"].fillna(NONE).astype(str)
    return krippendorff_alpha([labels for ticket, labels in held.units.items() if of.get(ticket) != team])


def quality_answer(held: Reviewed | None) -> str:
    """The answer to whether reviewers agree; empty where there are no double reviews."""
    if held is None or not held.units:
        return ""
    said, low_high = held.said, held.said["agreement_interval"]
    alpha = f"{said['alpha']:.2f}" if said["alpha"] is not None else "not defined"
    ends = said["alpha_interval"]
    interval = f" ({ends[0]:.2f} to {ends[1]:.2f})" if ends else ""
    text = f"{said['agree']:,} of {len(held.units):,} tickets reviewed twice got one label ({low_high[0]:.0%} to {low_high[1]:.0%}); Krippendorff's alpha {alpha}{interval}."
    if len(held.confusions):
        top = held.confusions.iloc[0]
        text += f" Confused most: {top['label_a']} and {top['label_b']} ({top['share']:.0%} of the differences)."
    if len(held.errors):
        top = held.errors.iloc[0]
        text += f" Error named most: {top['error_type']} ({top['share']:.1%} of the tickets reviewed)."
    return text


def appeals_answer(held: Appealed | None) -> str:
    """The answer to how much is appealed and overturned; empty where no appeals were given."""
    if held is None or not held.n_decisions:
        return ""
    whole = held.table.iloc[0]
    text = (
        f"{held.n:,} of {held.n_decisions:,} ended tickets were appealed ({whole['low']:.1%} to {whole['high']:.1%})."
    )
    if held.n_judged:
        text += f" Of {held.n_judged:,} appeals decided, {whole['n_overturned']:,} were overturned in whole or in part ({whole['overturned_low']:.0%} to {whole['overturned_high']:.0%})."
    pending = held.outcomes.get("pending", 0)
    return text + (f" {pending:,} are pending." if pending else "")


def left_out(held: Mapping[str, int], what: str) -> list[str]:
    """A limit that says which rows of a list do not count, and why."""
    return [f"{what} left out: " + "; ".join(f"{n:,} {why}" for why, n in held.items()) + "."] if held else []
