"""Personal data in a text: what looks like it, what stands for a known account, and counts too small to print.

The patterns find what has a shape (addresses, numbers, handles). A name written out in a sentence has none: a person reads
every brief before it leaves the team.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

MASKS = {
    "e-mail": "[e-mail]",
    "IBAN": "[account number]",
    "card": "[card number]",
    "phone": "[phone]",
    "address": "[link]",
    "handle": "[account]",
    "tag": "[tag]",
    "quote": "[text]",
    "account": "[account]",
}
_PATTERNS = {
    "e-mail": re.compile(r"[\w.+-]+(?:@|\s?\[at\]\s?)[\w-]+(?:(?:\.|\[\.\])[\w-]+)+", re.IGNORECASE),
    "address": re.compile(
        r"\b(?:h(?:tt|xx)ps?|fxps?|ftp)://\S+|\bwww\S+|(?<![\w@.])(?:[\w-]+(?:\.|\[\.\]))+[a-z]{2,24}(?:/\S*)?(?![\w.])",
        re.IGNORECASE,
    ),
    "IBAN": re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"),
    "card": re.compile(r"\b(?:\d[ -]?){13,19}\b"),
    "phone": re.compile(
        r"(?<![\w.,:])(?:\+|00)\d[\d ()/-]{6,17}\d(?![\w-])|(?<![\w.,:-])0\d{2,4}[ /-]\d[\d -]{4,10}\d(?![\w-])"
    ),
    "handle": re.compile(r"(?<![\w.])@[\w.-]{2,}"),
    "tag": re.compile(r"(?<!\w)#\w+"),
    "quote": re.compile(r"“[^”]*”|\"[^\"\n]*\"|«[^»]*»"),
}
# File names of a run, versions and abbreviations look like host names.
_NO_ADDRESS = re.compile(
    r"(?:e\.g|i\.e|[\w-]+(?:\.[\w-]+)*\.(?:csv|tsv|parquet|json|jsonl|html|ipynb|gz|txt|svg|xlsx|pdf|md|toml|docx|graphml))\.?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[\w@.:-]+")


@dataclass(frozen=True)
class Hit:
    """Something that may be personal data, and its place in the text."""

    kind: str
    found: str
    start: int
    end: int


def _luhn(digits: str) -> bool:
    total = 0
    for i, d in enumerate(reversed(digits)):
        n = int(d) * (2 if i % 2 else 1)
        total += n - 9 if n > 9 else n
    return total % 10 == 0


def scan(text: str, accounts: Collection[str] = (), *, kinds: Collection[str] = tuple(MASKS)) -> list[Hit]:
    """What in `text` has the shape of personal data, or stands for one of the `accounts`, in order.

    Parameters
    ----------
    accounts : collection of str
        Identifiers and names of accounts; those shorter than four characters, and lower-case words without a digit
        or `_`, are passed over unless they stand alone in quotes.
    kinds : collection of str
        Those of `MASKS` that are looked for.
    """
    hits: list[Hit] = []
    for kind, pattern in _PATTERNS.items():
        if kind not in kinds:
            continue
        for m in pattern.finditer(text):
            if kind == "card" and not _luhn(re.sub(r"\D", "", m[0])):
                continue
            if kind == "address" and _NO_ADDRESS.fullmatch(m[0]):
                continue
            hits.append(Hit(kind, m[0].rstrip(), m.start(), m.start() + len(m[0].rstrip())))
    if "account" in kinds and accounts:
        hits += _known(text, accounts)
    hits.sort(key=lambda h: (h.start, -(h.end - h.start)))
    kept: list[Hit] = []
    for hit in hits:
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def _known(text: str, accounts: Collection[str]) -> list[Hit]:
    known = accounts if isinstance(accounts, (set, frozenset)) else set(accounts)
    out = []
    for m in _WORD.finditer(text):
        word = m[0].rstrip(".:,-")
        if word in known and _telling(word):
            out.append(Hit("account", word, m.start(), m.start() + len(word)))
    for name in known:
        if " " in name and len(name) >= 5 and name in text:
            out += [
                Hit("account", name, m.start(), m.end()) for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)
            ]
    return out


def _telling(word: str) -> bool:
    return len(word) >= 4 and not (word.isalpha() and (word.islower() or word.istitle()) and len(word) < 8)


def mask(text: str, accounts: Collection[str] = (), *, kinds: Collection[str] = tuple(MASKS)) -> str:
    """The text with everything `scan` finds exchanged for a word in brackets."""
    out, at = [], 0
    for hit in scan(text, accounts, kinds=kinds):
        out += [text[at : hit.start], MASKS[hit.kind]]
        at = hit.end
    return "".join([*out, text[at:]])


def small_cells(counts: Mapping[str, int], min_cell: int = 5, *, total_shown: bool = True) -> dict[str, str]:
    """Counts as they may be shared: "<5" for 1 to 4, and none that the others and the total give away.

    Parameters
    ----------
    counts : mapping of str to int
        Parts of one total.
    min_cell : int
        Smallest count that is printed, 3 to 50.
    total_shown : bool
        The total is printed as well: where only one part is held back, the next smallest is held back, too.

    Notes
    -----
    Zero is printed: it speaks of nobody. With all parts below the limit the total has to be held back by the caller.
    """
    hidden = {k for k, n in counts.items() if 0 < n < min_cell}
    shown = [k for k, n in counts.items() if n >= min_cell]
    if total_shown and len(hidden) == 1 and shown:
        hidden.add(min(shown, key=lambda k: (counts[k], k)))
    return {
        k: f"<{min_cell}" if 0 < n < min_cell else "withheld" if k in hidden else f"{n:,}" for k, n in counts.items()
    }
