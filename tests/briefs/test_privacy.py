"""What has the shape of personal data is found, what has not is left, and small counts cannot be recovered."""

from __future__ import annotations

import random

import pytest

from investigate.briefs import mask, scan, small_cells


def _card(pick: random.Random) -> str:
    digits = "4" + "".join(str(pick.randrange(10)) for _ in range(14))
    total = sum(n - 9 if (n := int(d) * (1 if i % 2 else 2)) > 9 else n for i, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def _planted(seed: int) -> list[tuple[str, str]]:
    """Two hundred pieces of personal data of known kinds, in forms that people write."""
    pick = random.Random(seed)
    letters = "abcdefghijklmnop"

    def word(n: int = 6) -> str:
        return "".join(pick.choice(letters) for _ in range(n))

    def number(n: int) -> str:
        return str(pick.randrange(10 ** (n - 1), 10**n))

    made: list[tuple[str, str]] = []
    for _ in range(40):
        made.append(
            (
                "e-mail",
                pick.choice(
                    [
                        f"{word()}.{word()}@{word()}.example",
                        f"{word()}+x@{word()}.co.example",
                        f"{word()}[at]{word()}[.]example",
                    ]
                ),
            )
        )
        made.append(
            (
                "phone",
                pick.choice(
                    [
                        f"+{number(2)} {number(3)} {number(7)}",
                        f"+1 ({number(3)}) {number(3)}-{number(4)}",
                        f"0{number(3)}/{number(7)}",
                        f"0049{number(10)}",
                    ]
                ),
            )
        )
        made.append(
            (
                "IBAN",
                pick.choice(
                    [
                        f"DE{number(2)}{number(8)}{number(10)}",
                        f"GB{number(2)} ABCD {number(4)} {number(4)} {number(4)} {number(2)}",
                    ]
                ),
            )
        )
        card = _card(pick)
        made.append(
            (
                "card",
                pick.choice(
                    [
                        card,
                        " ".join(card[i : i + 4] for i in range(0, 16, 4)),
                        "-".join(card[i : i + 4] for i in range(0, 16, 4)),
                    ]
                ),
            )
        )
        made.append(("handle", f"@{word()}_{number(2)}"))
    return made


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_patterns_are_found(seed):
    """Of two hundred seeded pieces at least 95 in 100 are masked whole, of each kind at least 90."""
    planted = _planted(seed)
    gone = {kind: 0 for kind, _ in planted}
    for kind, text in planted:
        gone[kind] += text not in mask(f"Reported by {text}, who asked for help on 3 May.")
    assert sum(gone.values()) >= 0.95 * len(planted)
    assert all(n >= 0.9 * 40 for n in gone.values()), gone


@pytest.mark.parametrize(
    "text",
    [
        "9,797 rows of 1 file were read; 0 rows were set aside.",
        "SHA-256 baa9e9f49eebffcb, seed 0, window 60 s, q = 0.01.",
        "From 2026-03-05 00:00 to 2026-03-08 23:56 UTC, 5,822,554.92 RUB.",
        "Rows in tables/posts.csv; see report.html and manifest.json.",
        "Finding F-3d24703da4fd, grade E2, exhibit E-3.",
        "1234567 views and 14,000 tickets, 46.9 %.",
    ],
)
def test_numbers_and_files_of_a_report_are_left(text):
    """Counts, dates, hashes and file names of a run are not taken for personal data."""
    assert scan(text) == []


def test_known_accounts_are_found_by_name():
    """Identifiers, handles and names with spaces are found as whole words; a common word that is a handle is not."""
    known = {"maria_lopez77", "1234567890123456789", "Jane Q. Doe", "news"}
    text = "maria_lopez77, 1234567890123456789 and Jane Q. Doe read the news; maria_lopez771 does not."
    assert mask(text, known) == "[account], [account] and [account] read the news; maria_lopez771 does not."


@pytest.mark.parametrize("seed", range(30))
def test_small_cells_cannot_be_recovered_by_subtraction(seed):
    """Whatever the parts, with the total known no part below the limit can be worked out: never exactly one is held back."""
    pick = random.Random(seed)
    counts = {f"part {i}": pick.choice([0, 1, 2, 3, 4, 5, 9, 40]) for i in range(pick.randrange(2, 6))}
    shown = small_cells(counts)
    hidden = [k for k, v in shown.items() if v in ("<5", "withheld")]
    assert all(shown[k] == "<5" for k, n in counts.items() if 0 < n < 5)
    assert all(shown[k] == f"{n:,}" for k, n in counts.items() if k not in hidden)
    if any(n >= 5 for n in counts.values()):
        assert len(hidden) != 1


def test_without_a_total_nothing_more_is_held_back():
    """Where no total is printed, only the small count itself is covered."""
    assert small_cells({"a": 3, "b": 40}, total_shown=False) == {"a": "<5", "b": "40"}
    assert small_cells({"a": 3, "b": 40}) == {"a": "<5", "b": "withheld"}
