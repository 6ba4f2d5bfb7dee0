"""What the tests of briefs and hand-overs are made from: five accounts, hostile names, contact data of people, two findings."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from investigate.findings import Alternative, Evidence
from investigate.proposals import propose
from investigate.studies._making import make_finding
from investigate.study import Answer, Study

AS_OF = datetime(2026, 3, 6, 12, tzinfo=UTC)
ACCOUNTS = ["maria_lopez77", "1234567890123456789", "@late_night_owl", "Jane Q. Doe", "=cmd|calc"]
PERSONAL = [
    "jane.doe@mail.example",
    "+49 30 1234567",
    "DE89370400440532013000",
    "4111 1111 1111 1111",
    "@late_night_owl",
    "https://victims.example/jane",
]


def write_export(path: Path) -> Path:
    rows = [
        (
            a,
            datetime(2026, 3, 5, 10, i, j, tzinfo=UTC).strftime("%Y-%m-%d %H:%M:%S"),
            f"see https://one.example/{i} now",
        )
        for i in range(12)
        for j, a in enumerate(ACCOUNTS)
    ]
    frame = pd.DataFrame(rows, columns=["who", "when", "what"])
    frame.to_csv(path, index=False)
    return path


def _finding(grade: str, title: str, statement: str, members: list[str], at: datetime = AS_OF):
    return make_finding(
        "shift",
        "cluster",
        title,
        statement,
        members=members,
        evidence=[Evidence("co_url", "same link within 60 s", 31.0, 0.4, 0.001, 60, "tables/posts.csv", "timing")],
        alternatives=[
            Alternative("A newsroom", "known groups", "no member is listed", "does not explain"),
            Alternative("A shared feed", "half of the links", "half of them are in one feed", "partly"),
        ],
        grade=grade,
        confidence="moderate: one family of evidence only",
        limits=["Nothing here says who is behind an account."],
        policy=[
            {
                "policy_id": "CIB-1",
                "title": "Coordinated behaviour",
                "clause": "2.1",
                "version": "2026-01",
                "fit": "possible",
            }
        ],
        recommended=[propose("Review a sample of members", owner="investigations", as_of=at, needs="E2", grade=grade)],
    )


def study() -> Study:
    said = f"{PERSONAL[0]} and {PERSONAL[4]}"
    return Study(
        name="shift",
        bottom_line=f"Five accounts post the same links within a minute; maria_lopez77 leads, reachable at {said}.",
        numbers=(("Accounts", 5), ("Contents", 60), ("Severity", "S2")),
        tables={"posts": pd.DataFrame({"account_id": ACCOUNTS, "n": range(5)})},
        answers=(
            Answer("How many accounts are involved?", answer="5 accounts with 60 contents."),
            Answer("Who paid for it?", because="the file holds no payments; the ads team could supply them"),
        ),
        limits=("Deleted posts are not in the file.",),
        proposals=(propose("Ask the ads team for payers", owner="ads integrity", as_of=AS_OF),),
        facts={"severity": "S2"},
    )


def findings() -> list:
    return [
        _finding(
            "E2",
            "5 accounts post the same links",
            f"Jane Q. Doe and others post within 60 s; contact {', '.join(PERSONAL[:4])}.",
            ACCOUNTS,
        ),
        _finding(
            "E1",
            "2 accounts share a name",
            "Two accounts share a name, see https://victims.example/jane and #JaneWasThere.",
            ACCOUNTS[:2],
        ),
    ]
