"""Which posts speak of what: a profile's terms, matched against folded texts inside DuckDB."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb
import pandas as pd
import pyarrow as pa

from ..objects import UNSPACED
from ..packs.market import MarketProfile, Terms
from ..store import frame

ELECTION = "election"
"""The name under which a post counts as election content, whatever term made it so."""

_WORD = re.compile(r"[#@]|\w+")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`]")


@dataclass(frozen=True)
class Lexicon:
    """Names with their terms; `kind` says what a name is: narrative, method, party, person, election."""

    terms: Mapping[str, tuple[str, ...]]
    kind: Mapping[str, str]


def fold(text: str) -> str:
    """A text as terms are compared with it: NFKC, case-folded, words and the signs # and @ between single spaces.

    Examples
    --------
    >>> fold("Don't #Vote\\u2014vote")
    ' dont # vote vote '
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return f" {' '.join(_WORD.findall(_APOSTROPHES.sub('', plain.casefold())))} "


def needle(part: str) -> str:
    """What a folded text must contain where one part of a term holds.

    Examples
    --------
    >>> needle("vote*") in fold("I voted"), needle("vote") in fold("I voted"), needle("#vote") in fold("Go #vote!")
    (True, False, True)
    """
    word = fold(part)
    if UNSPACED.search(word):
        return word.strip()
    return word.removesuffix(" ") if part.strip().endswith("*") else word


def parts(term: str) -> list[str]:
    """The needles of a term: `dead + vote` has two, and both must be there."""
    return [needle(p) for p in re.split(r"\s\+\s", term) if p.strip()]


def condition(terms: Iterable[str]) -> str:
    """The SQL condition on `folded` that any of the terms holds."""
    found = [" and ".join(_contains(p) for p in parts(term)) for term in sorted(set(terms))]
    return " or ".join(f"({c})" for c in found if c) or "false"


def holds(folded: str, terms: Iterable[str]) -> bool:
    """Whether any of the terms holds in a folded text."""
    return any(all(p in folded for p in parts(term)) for term in terms)


def _contains(needle: str) -> str:
    return "contains(folded, '" + needle.replace("'", "''") + "')"


def lexicon(profile: MarketProfile) -> Lexicon:
    """Everything the profile names, with the terms by which it is found."""
    terms: dict[str, tuple[str, ...]] = {}
    kind: dict[str, str] = {}

    def add(name: str, what: str, words: Iterable[str]) -> None:
        if held := tuple(sorted(set(words))):
            terms[name], kind[name] = held, what

    for n in profile.narratives:
        add(f"narrative:{n.id}", "narrative", spoken(n.terms))
    for m in profile.methods:
        add(f"method:{m.name}", "method", spoken(m.terms))
    for party in profile.parties:
        add(f"party:{party.name}", "party", [*spoken(party.terms), *(f"@{a}" for a in party.accounts)])
    for p in profile.protected:
        add(f"person:{p.name}", "person", [p.name, *p.also, *(f"@{a}" for a in p.accounts)])
    own = spoken(profile.election.terms)
    add(ELECTION, "election", [w for words in terms.values() for w in words] + own)
    return Lexicon(terms, kind)


def spoken(terms: Terms) -> list[str]:
    """All terms, whatever the language: posts rarely say which one they are in."""
    return [word for words in terms.values() for word in words]


def read_posts(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """content_id, account_id, created_at, language, text, folded (see `fold`), sorted by time and identifier."""
    posts = frame(
        con,
        "select content_id, account_id, created_at, language, coalesce(text, '') as text from content "
        "order by created_at, content_id",
    )
    return posts.assign(folded=[fold(t) for t in posts["text"]])


def matches(con: duckdb.DuckDBPyConnection, posts: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    """content_id, account_id, created_at, name: one row per post and name of the lexicon that it matches."""
    texts = {c: pa.array(posts[c], pa.string()) for c in ("content_id", "account_id", "folded")}
    table = pa.table({**texts, "created_at": pa.array(posts["created_at"], pa.timestamp("us", tz="UTC"))})
    con.register("election_posts", table)
    try:
        # What matches nothing at all is left out by one pass before the names are tried one by one.
        con.execute(
            "create or replace temp table election_content as "
            f"select * from election_posts where {condition(lexicon.terms.get(ELECTION, ()))}"
        )
        union = " union all ".join(
            f"select content_id, account_id, created_at, '{name.replace(chr(39), chr(39) * 2)}' as name "
            f"from election_content where {'true' if name == ELECTION else condition(words)}"
            for name, words in lexicon.terms.items()
        )
        found = frame(con, f"select * from ({union}) order by created_at, content_id, name")
        con.execute("drop table election_content")
        return found
    finally:
        con.unregister("election_posts")
