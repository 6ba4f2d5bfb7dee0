"""A supplied table of short links and their destinations: the option `redirects` of sources that hold links.

Nothing is looked up. Whoever has expanded the links of an export hands the result over as a table of two columns.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from ..files import sha256
from ..objects import canonical_url, is_shortener, registrable_domain
from ..objects import follow_redirects as follow
from ._cells import Objects
from ._rows import read_delimited

OPTION = "a table of two columns, short link and destination; links are replaced by where they lead"

EXAMPLES = 3


class Redirects:
    """The table, in canonical form, and what came of each link that was looked up in it."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        raw = read_delimited(self.path)
        if len(raw.columns) < 2:
            raise InputError(
                "the table of redirects has one column", str(self.path), "give two: short link and destination"
            )
        rows = [tuple(raw.columns[:2])] if canonical_url(raw.columns[0]) else []
        rows += zip(raw.table[raw.columns[0]].to_pylist(), raw.table[raw.columns[1]].to_pylist(), strict=True)
        self.table: dict[str, str] = {}
        self.unusable, doubtful = len(raw.asides), set[str]()
        for short, long in rows:
            start, end = canonical_url(short or ""), canonical_url(long or "")
            if start is None or end is None:
                self.unusable += 1
            elif start != end and self.table.setdefault(start, end) != end:
                doubtful.add(start)
        for start in doubtful:
            del self.table[start]
        self.n_doubtful = len(doubtful)
        if not self.table:
            raise InputError(
                f"none of {len(rows):,} rows of the table of redirects holds two links",
                str(self.path),
                "first column: short link; second: destination",
            )
        self.found: dict[str, tuple[str, str]] = {}

    def _target(self, url: str) -> str:
        if url not in self.found:
            self.found[url] = follow(url, self.table)
        return self.found[url][0]

    def after(self, find: Callable[[str], Objects], *, domains: bool = True) -> Callable[[str], Objects]:
        """The same finder of objects, with each link, and its domain, replaced by where it leads."""

        def found(value: str) -> Objects:
            before = find(value)
            urls = [i for kind, i in before if kind == "url"]
            if not any(self._target(u) != u for u in urls):
                return before
            gone = {registrable_domain(u) for u in urls if self._target(u) != u}
            gone -= {registrable_domain(u) for u in urls if self._target(u) == u}
            kept = [o for o in before if o[0] != "url" and not (o[0] == "domain" and o[1] in gone)]
            targets = [self._target(u) for u in urls]
            led_to = [registrable_domain(t) for t in targets] if domains else []
            return [
                *(("url", t) for t in targets),
                *kept,
                *(("domain", d) for d in led_to if d and not is_shortener(d)),
            ]

        return found

    def notes(self) -> list[str]:
        """What the table did, in words."""
        by_end: dict[str, list[str]] = {}
        for url, (_, end) in sorted(self.found.items()):
            by_end.setdefault(end, []).append(url)
        n = len(by_end.get("followed", []))
        told = f"{self.path.name} ({len(self.table):,} entries, SHA-256 {sha256(self.path)})"
        out = [f"Redirects: {n:,} distinct links replaced by their destination from {told}."]
        if self.unusable:
            out.append(f"Redirects: {self.unusable:,} rows of the table do not hold two links.")
        if self.n_doubtful:
            out.append(
                f"Redirects: {self.n_doubtful:,} links have several destinations in the table and stay as they are."
            )
        for end, said in (("loop", "lead back to themselves"), ("too long", "lead on for more than ten steps")):
            if held := by_end.get(end, []):
                some = ", ".join(held[:EXAMPLES]) + (", ..." if len(held) > EXAMPLES else "")
                out.append(f"Redirects: {len(held):,} links {said} and stay as they are: {some}.")
        return out


def redirects(path: str | Path | None) -> Redirects | None:
    """The table of an option, or None where none is given."""
    return None if path is None else Redirects(path)


def short_links_note(actions: pa.Table) -> list[str]:
    """How many distinct links are short links whose destination is not known; nothing where there is none."""
    urls = pc.unique(actions["object_id"].filter(pc.equal(actions["object_type"], "url")))
    hosts = pc.struct_field(pc.extract_regex(urls, r"^https://(?P<host>[^/?#]+)"), "host").to_pylist()
    short = sum(host is not None and is_shortener(host) for host in hosts)
    if not short:
        return []
    return [f"{short:,} of {len(urls):,} distinct links are short links whose destination is not known."]
