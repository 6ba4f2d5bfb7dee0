"""The wording check: thirty sentences it refuses, thirty it lets through, and the table of likelihood terms."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from investigate.errors import InputError
from investigate.wording import OTHER_ROW, TERMS, check_all, check_wording, likelihood

SENTENCES = tomllib.loads((Path(__file__).parent / "sentences.toml").read_text(encoding="utf-8"))


def test_there_are_thirty_of_each() -> None:
    """The fixture holds thirty sentences of each kind, and every rule is broken by at least two."""
    assert (len(SENTENCES["bad"]), len(SENTENCES["good"])) == (30, 30)
    rules = [s["rule"] for s in SENTENCES["bad"]]
    assert all(
        rules.count(r) >= 2 for r in ("certainty", "mixed", "likelihood", "confidence", "attribution", "p-value")
    )


@pytest.mark.parametrize("sentence", SENTENCES["bad"], ids=lambda s: s["text"][:40])
def test_bad_sentences_are_refused(sentence: dict[str, str]) -> None:
    """Each is refused for the rule it breaks, at the place where the words stand, with a suggestion."""
    found = check_wording(sentence["text"])
    hits = [p for p in found if p.rule == sentence["rule"]]
    assert hits, [str(p) for p in found]
    for p in found:
        assert " ".join(sentence["text"][p.start : p.end].split()) == p.found
        assert p.do and p.why


@pytest.mark.parametrize("sentence", SENTENCES["good"], ids=lambda s: s["text"][:40])
def test_good_sentences_pass(sentence: dict[str, str]) -> None:
    """Nothing is found in a sentence that says what was observed."""
    assert [str(p) for p in check_wording(sentence["text"])] == []


def test_the_good_pass_together_and_the_bad_are_all_found_together() -> None:
    """In one text of thirty lines the lines with problems are those of the bad sentences, and no good one becomes bad."""
    assert check_wording("\n".join(s["text"] for s in SENTENCES["good"])) == []
    found = check_wording("\n".join(s["text"] for s in SENTENCES["bad"]))
    assert {p.line for p in found} == set(range(1, 31))


def test_every_percentage_has_one_term() -> None:
    """From 1 to 99 each percentage has the term whose range holds it; 0 and 100 have none."""
    for percent in range(1, 100):
        term = likelihood(percent)
        low, high = TERMS[term.partition(" (")[0]]
        assert low <= percent <= high
        assert check_wording(f"It is {term}.") == []
    assert [likelihood(p) for p in (5, 20, 45, 55, 80, 95)] == [
        f"{t} ({a}–{b} %)" for t, (a, b) in list(TERMS.items())[1:]
    ]
    for percent in (0, 100, -3, 99.5):
        with pytest.raises(InputError, match="has no term"):
            likelihood(percent)
    assert list(TERMS.values()) == list(OTHER_ROW.values())


def test_a_term_with_another_range_is_named() -> None:
    """'unlikely (60 %)' is refused with the range the word stands for."""
    (found,) = check_wording("A shared feed is unlikely (60 %).")
    assert found.rule == "likelihood" and "20–45 %" in found.why


def test_quoted_words_of_others_are_exempt_wherever_they_stand() -> None:
    """Quotes, code and quoted blocks may say anything; the same words outside are refused."""
    claim = "Russia is definitely behind it"
    for quoted in (
        f"One post: “{claim}”.",
        f'One post: "{claim}".',
        f"One post: `{claim}`.",
        f"Texts:\n\n> {claim}\n",
        f"```\n{claim}\n```",
    ):
        assert check_wording(quoted) == [], quoted
    assert {p.rule for p in check_wording(claim)} == {"certainty", "attribution"}


def test_places_are_problems_only_as_authors() -> None:
    """For each of many states: as audience or market it passes, as the one who acts it does not."""
    for place, people in (
        ("Russia", "Russian"),
        ("the United States", "American"),
        ("Saudi Arabia", "Saudi"),
        ("Türkiye", "Turkish"),
        ("Côte d'Ivoire", "Ivorian"),
    ):
        for fine in (f"Shown to people in {place}.", f"The {people} market saw 12 ads.", f"Posts in {people} rose."):
            assert check_wording(fine) == [], fine
        for wrong in (
            f"This was organised by {place}.",
            f"{people} operatives wrote the posts.",
            f"The money comes from {place}.",
        ):
            assert [p.rule for p in check_wording(wrong)] == ["attribution"], wrong


def test_problems_come_in_order_with_their_lines() -> None:
    """Problems are sorted by place, and the line is counted from one."""
    found = check_wording("Fine.\nObviously fake.\n\nHigh confidence.")
    assert [(p.line, p.rule) for p in found] == [(2, "certainty"), (2, "certainty"), (4, "confidence")]
    assert [name for name, _ in check_all({"title": "Fine.", "statement": "Obviously."})] == ["statement"]
