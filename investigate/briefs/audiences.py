"""Who a brief is for: what that reader asks, and whether accounts may be named to them."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import unknown


@dataclass(frozen=True)
class Audience:
    """One kind of reader.

    Attributes
    ----------
    names : bool
        Accounts, addresses and tags may be named. False masks accounts.
    free_text : bool
        Sentences made from the data may be shown. False leaves counts only.
    asks : tuple of str
        Headings of the reader's own part.
    own_first : bool
        That part stands before what is known.
    items, words : int
        So many items a part, and words an item, at most.
    """

    name: str
    title: str
    asks: tuple[str, ...]
    names: bool = True
    free_text: bool = True
    own_first: bool = False
    items: int = 6
    words: int = 60


_ALL = (
    Audience("legal", "Legal", ("Policies and law", "Preservation", "Deadlines and risk")),
    Audience(
        "public_policy",
        "Public Policy",
        ("Public sensitivity", "Expected questions", "Lines to take (draft)"),
        names=False,
    ),
    Audience("core_policy", "Core Policy", ("Policy gap and edge cases", "Precedent", "Options")),
    Audience(
        "sales",
        "Sales and partners",
        ("Business impact", "What may be told to the client"),
        names=False,
        free_text=False,
    ),
    Audience("product", "Product and Engineering", ("Mechanism", "Steps to reproduce", "Signal idea")),
    Audience(
        "leadership", "Leadership", ("Severity", "Decision needed"), names=False, own_first=True, items=3, words=32
    ),
)
AUDIENCES: dict[str, Audience] = {a.name: a for a in _ALL}


def audience(name: str) -> Audience:
    """The audience of that name; UnknownNameError with the nearest one."""
    key = name.strip().lower().replace("-", "_").replace(" ", "_")
    if key not in AUDIENCES:
        raise unknown("audience", name, AUDIENCES)
    return AUDIENCES[key]
