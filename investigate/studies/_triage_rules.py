"""Which template next: a table of rules, each with the number that made it fire or not. Points rank, they prove nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pandas as pd

ENOUGH = 3
"""Points below which no template is fitting enough to call the issue anything: insufficient evidence."""

# Words of voting as they stand at the start of a word, in the languages that elections teams meet most; whoever works in
# another language gives `seed_terms`. They choose a template and nothing else.
VOTING = (
    "elect(?:ion|oral|orate)", "ballot", "polling (?:station|place|day)", "voter", "voting", "vote", "voto", "votar", "votaci",
    "elecci", "eleiç", "élection", "elezion", "wahl", "stimmzettel", "stimmabgabe", "verkiezing", "wybor", "głosowa", "alegeri",
    "seçim", "pemilu", "halalan", "uchaguzi", "bầu cử", "выбор", "голосова", "вибор", "εκλογ", "ψηφοφορ", "चुनाव", "मतदान",
    "নির্বাচন", "தேர்தல்",
)  # fmt: skip
# Scripts that join words or write none apart: anywhere in the text.
VOTING_INSIDE = ("انتخاب", "תוצאות הבחירות", "בחירות", "เลือกตั้ง", "选举", "選挙", "投票", "선거", "투표")

RULE_COLUMNS = ("template", "rule", "measured", "needs", "fired", "points")


@dataclass(frozen=True)
class Rule:
    """One rule: the template it speaks for, the condition in words, the measure, its least value, and its points.

    `at_most` turns the comparison round.
    """

    template: str
    says: str
    measure: str
    value: float
    points: int
    at_most: bool = False

    def holds(self, measures: Mapping[str, float]) -> bool:
        got = measures.get(self.measure, math.nan)
        return not math.isnan(got) and (got <= self.value if self.at_most else got >= self.value)


RULES = (
    Rule(
        "coordinated_behaviour", "groups act together beyond chance and the checks, supported", "groups_supported", 1, 4
    ),
    Rule("coordinated_behaviour", "groups act together beyond chance, supported or not", "groups", 1, 2),
    Rule(
        "coordinated_behaviour",
        "few accounts carry a main thread of a tenth or more: contents for each account",
        "thread_per_account",
        5,
        2,
    ),
    Rule(
        "coordinated_behaviour", "share of texts that three or more accounts hold nearly alike", "texts_shared", 0.1, 1
    ),
    Rule("election_watch", "share of contents with words of voting", "voting", 0.05, 4),
    Rule("election_watch", "share of contents with words of voting, a tenth or more", "voting", 0.1, 2),
    Rule("breaking_crisis", "the loudest hour over the expected one", "peak_ratio", 3, 2),
    Rule("breaking_crisis", "accounts on a main thread that each add little (1.5 contents or fewer)", "crowd", 50, 2),
    Rule("breaking_crisis", "share of the peak with one word or tag never seen before it", "new_share", 0.1, 1),
    Rule("breaking_crisis", "hours in which the volume doubled", "doubling_h", 6, 1, at_most=True),
    Rule("breaking_crisis", "share of contents with a term given in seed_terms", "seeded", 0.01, 1),
    Rule("scam_ads", "ads in the data", "ads", 1, 4),
    Rule("scam_ads", "payers, landing domains, pixels or payment details in the data", "commerce", 1, 1),
    Rule("escalation_trends", "escalations, or published counts, in the data", "queue", 1, 4),
    Rule("escalation_trends", "contents for each escalation or count", "contents_per_case", 1, 1, at_most=True),
)


def held(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """What kinds of records the data hold, and how much of it speaks of voting."""
    row = con.execute(
        """select (select count(*) from ads), (select count(*) from escalations) + (select count(*) from counts),
                  (select count(*) from actions where object_type in
                      ('payer', 'landing_domain', 'pixel', 'payment', 'bank_account', 'wallet', 'ad_publisher')),
                  (select count(*) from content)"""
    ).fetchall()[0]
    ads, queue, commerce, contents = (float(n) for n in row)
    pattern = rf"(?:^|[^\p{{L}}])(?:{'|'.join(VOTING)})|{'|'.join(VOTING_INSIDE)}"
    said, n_issue = con.execute(
        "select count(*) filter (regexp_matches(lower(text), $1)), count(*) from triage_content where focus",
        [pattern],
    ).fetchall()[0]
    return {
        "ads": ads,
        "queue": queue,
        "commerce": commerce,
        "contents_per_case": contents / queue if queue else math.nan,
        "voting": said / n_issue if n_issue else math.nan,
    }


def judge(measures: Mapping[str, float]) -> pd.DataFrame:
    """Every rule with what was measured.

    Returns
    -------
    DataFrame
        `RULE_COLUMNS`; `measured` NaN where the data cannot say, `needs` in words, `points` 0 where it did not fire.
    """
    rows = [
        (
            rule.template,
            rule.says,
            round(float(measures.get(rule.measure, math.nan)), 3),
            f"{'at most' if rule.at_most else 'at least'} {rule.value:g}",
            rule.holds(measures),
            rule.points if rule.holds(measures) else 0,
        )
        for rule in RULES
    ]
    return pd.DataFrame(rows, columns=list(RULE_COLUMNS))


def suggest(judged: pd.DataFrame, most: int = 2) -> pd.DataFrame:
    """The templates with most points.

    Returns
    -------
    DataFrame
        template, points, why (the rules that fired, with their numbers), enough (whether the points are `ENOUGH`); at most
        `most` rows, those with no points left out; ties in the order of the rules.
    """
    rows = []
    for template, part in judged.groupby("template", sort=False):
        fired = part[part["fired"]]
        why = "; ".join(f"{r.rule}: {r.measured:g} ({r.needs})" for r in fired.itertuples())
        rows.append((template, int(part["points"].sum()), why))
    table = pd.DataFrame(rows, columns=["template", "points", "why"])
    table = table[table["points"] > 0].sort_values("points", ascending=False, kind="stable", ignore_index=True)
    return table.head(most).assign(enough=table["points"].head(most) >= ENOUGH)
