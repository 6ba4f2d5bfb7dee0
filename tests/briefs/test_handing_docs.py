"""docs/briefs-and-handover.md says what the code does."""

from __future__ import annotations

import re

from investigate.briefs import AUDIENCES
from investigate.briefs.brief import DEFAULT_LABEL, MAX_LINES, MAX_WORDS
from investigate.briefs.handover import MAX_WORDS as HANDOVER_WORDS
from investigate.briefs.handover import MOST_FINDINGS, SHIFT_HOURS
from investigate.report import ROWS_IN_A_RUN
from investigate.wording import TERMS


def test_the_page_states_the_codes_numbers(repository):
    """Limits, the label, the audiences with their parts, and the likelihood table are those of the code."""
    text = (repository / "docs/briefs-and-handover.md").read_text(encoding="utf-8")
    for said in (
        f"at most {MAX_WORDS} words and {MAX_LINES} lines",
        f"{DEFAULT_LABEL} where nothing is said",
        f"({HANDOVER_WORDS} words)",
        f"`--since {SHIFT_HOURS:g}` hours",
        f"first {ROWS_IN_A_RUN:,} rows",
    ):
        assert said in text, said
    assert MOST_FINDINGS == 8 and "Beyond eight" in text
    for a in AUDIENCES.values():
        accounts = "counts only" if not a.free_text else "named" if a.names else "masked"
        assert f"| {a.title} | `{a.name}` | {'; '.join(a.asks)} | {accounts} |" in text
    assert dict(re.findall(r"^\| ([a-z ]+) \| (\d+–\d+) \|$", text, re.MULTILINE)) == {
        t: f"{a}–{b}" for t, (a, b) in TERMS.items()
    }
