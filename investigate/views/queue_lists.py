"""A queue with lists beside it: the days to come, agreement of reviewers, confused labels, errors, appeals."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ._chart import Chart, intervals
from ._chart_kinds import lines
from ._view import View, view
from .contract import studied
from .queue import STUDY, answer_of, some


def _shares(table: pd.DataFrame, columns: tuple[str, str, str], title: str) -> Chart | None:
    """A dot with its interval for the whole and for each value of a dimension; None where no share is known."""
    known = table[table[columns[0]].notna()] if len(table) else table
    if known.empty:
        return None
    data = known[list(columns)].set_axis(["value", "low", "high"], axis="columns")
    data = data.assign(label=known["value"].where(known["dimension"] != "all", "the whole"))
    return intervals(data, title=title, x_label="Share")


@view(
    title="Outlook",
    summary="Draws the arrivals expected in the days to come with their interval, and tells how earlier forecasts did.",
    caveat="It goes on as before: what is known to come and was never there before is not in it.",
)
def queue_outlook(case: Any) -> View:
    study = studied(case, STUDY)
    table, tries = study.table("outlook"), study.table("tries")
    figure = None
    if len(table):
        whole = study.table("series")
        past = whole[whole["dimension"] == "all"].tail(4 * len(table))
        data = pd.concat(
            [
                pd.DataFrame({"at": past["at"], "value": past["observed"]}),
                table[["at", "expected", "low", "high"]],
            ],
            ignore_index=True,
        )
        figure = lines(data, title="Arrivals so far, and expected with the interval of each day", y_label="Per day")
    worked = tries.tail(8)
    earlier = "; ".join(
        f"{r.at:%Y-%m-%d}: {r.observed:,.0f} came, {r.expected:,.0f} expected ({r.low:,.0f} to {r.high:,.0f})"
        for r in worked.itertuples()
    )
    return View(
        name="queue_outlook",
        title="What comes next",
        question="What comes in the next days, and does the present pace carry it?",
        lead=answer_of(study, "What comes next"),
        figure=figure,
        table=some(table.assign(at=table["at"].dt.strftime("%Y-%m-%d")) if len(table) else table),
        labels={"at": "Day (UTC)", "expected": "Expected", "low": "Low", "high": "High"},
        caveats=("The interval of the sum is not the sum of the days' intervals.", *([f"Forecasts of the same length made earlier: {earlier}."] if earlier else ())),
        max_rows=31,
    )  # fmt: skip


@view(
    title="Agreement of reviewers",
    summary="Shows how far reviewers gave one label without sight of each other's, with intervals, as a whole and by team.",
    caveat="Agreement says nothing of who is right.",
)
def queue_reviews(case: Any) -> View:
    study = studied(case, STUDY)
    table = study.table("agreement")
    figure = _shares(table, ("share", "low", "high"), "Tickets on which all reviewers gave one label")
    return View(
        name="queue_reviews",
        title="Agreement of reviewers",
        question="Do reviewers agree?",
        lead=answer_of(study, "Do reviewers agree"),
        figure=figure,
        table=some(table),
        labels={"dimension": "Kind", "value": "Name", "n": "Reviewed twice", "agree": "One label", "share": "Share", "low": "Low", "high": "High", "alpha": "Krippendorff's alpha", "alpha_low": "Alpha, low", "alpha_high": "Alpha, high", "verdict": "By custom"},
        caveats=("By custom: reliable from 0.80, no conclusions under 0.667, each with the whole interval. In the order of names: nothing is ranked.",),
        max_rows=30,
    )  # fmt: skip


@view(
    title="Labels that are confused",
    summary="Counts the pairs of labels that reviewers of one ticket gave.",
    caveat="Which of the two was right is not in the data.",
)
def queue_confusions(case: Any) -> View:
    table = studied(case, STUDY).table("confusions")
    return View(
        name="queue_confusions",
        title="Where reviewers differ",
        question="Which labels are confused?",
        lead="" if len(table) else "No ticket got two labels, or no reviews were given.",
        table=some(table),
        labels={
            "label_a": "Label",
            "label_b": "Other label",
            "n": "Pairs of reviews",
            "share": "Share of all differences",
        },
        max_rows=20,
    )


@view(
    title="Errors named by reviewers",
    summary="Counts the kinds of error that quality reviewers named, as shares of the tickets reviewed.",
    caveat="A share holds for the sample that was reviewed.",
)
def queue_errors(case: Any) -> View:
    table, figure = studied(case, STUDY).table("errors"), None
    if len(table):
        figure = intervals(table.rename(columns={"error_type": "label", "share": "value"})[["label", "value", "low", "high"]], title="Tickets with an error of this kind", x_label="Share")  # fmt: skip
    return View(
        name="queue_errors",
        title="Errors",
        question="Where do errors come from?",
        lead="" if len(table) else "No error was named, or no reviews were given.",
        figure=figure,
        table=some(table),
        labels={"error_type": "Kind of error", "n": "Tickets", "share": "Share", "low": "Low", "high": "High"},
        max_rows=20,
    )


@view(
    title="Appeals",
    summary="Shows how many decisions are appealed and how many appeals are overturned, with intervals.",
    caveat="Who appeals differs by group and country: few appeals are no proof of right decisions.",
)
def queue_appeals(case: Any) -> View:
    study = studied(case, STUDY)
    table = study.table("appeals")
    columns = ("overturned", "overturned_low", "overturned_high")
    figure = _shares(table, columns, "Appeals decided that were overturned, in whole or in part")
    return View(
        name="queue_appeals",
        title="Appeals",
        question="How many decisions are appealed and overturned?",
        lead=answer_of(study, "How many decisions"),
        figure=figure,
        table=some(table),
        labels={"dimension": "Kind", "value": "Name", "n": "Ended tickets", "n_appealed": "Appealed", "share": "Share appealed", "low": "Low", "high": "High", "n_judged": "Appeals decided", "n_overturned": "Overturned", "overturned": "Share overturned", "overturned_low": "Low (overturned)", "overturned_high": "High (overturned)", "verdict": "Against the whole"},
        caveats=("Partly overturned counts as overturned. In the order of names: nothing is ranked.",),
        max_rows=30,
    )  # fmt: skip
