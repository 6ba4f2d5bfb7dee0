"""Lists that people hand to the study: protected brands, and what was removed before. Every problem is named at once."""

from __future__ import annotations

import pandas as pd

from ..errors import InputError, nearest
from ..objects import IDENTIFIERS, identifier, registrable_domain
from ._lists import listed, refuse, times

BRAND_COLUMNS = ("name", "domain", "account_id")
REMOVED_COLUMNS = ("object_type", "object_id", "removed_at", "reference")
REPORT_COLUMNS = ("object_type", "object_id", "reported_at", "reference")
PAGE, AD = "page", "ad"


def read_brands(path: str) -> pd.DataFrame:
    """Protected names and sites: name, domain (registrable), account_id (the brand's own page); '' where not given.

    Raises
    ------
    InputError
        The file cannot be read, holds no name and no domain, or gives domains that are none.
    """
    if not path:
        return pd.DataFrame(columns=list(BRAND_COLUMNS))
    table = listed(path, "brands", BRAND_COLUMNS, ("name", "domain"), either=True)
    domains = table["domain"].map(lambda v: (registrable_domain(v) or "") if v else "")
    bad = [f"row {i + 1}: '{v}'" for i, (v, d) in enumerate(zip(table["domain"], domains, strict=True)) if v and not d]
    empty = (table["name"].eq("") & domains.eq("")).all()
    if bad or empty:
        what = f"{len(bad)} domains are none: {', '.join(bad[:5])}" if bad else "no row names a brand or a domain"
        raise InputError(f"the file of brands cannot be used: {what}", path, "write domains like example.com")
    table["domain"] = domains
    table.loc[table["name"].eq(""), "name"] = table["domain"]
    return table[table["name"].ne("")].drop_duplicates(ignore_index=True)


def read_removed(path: str) -> pd.DataFrame:
    """What was removed before: object_type (a type of identifier, or 'page'), object_id in normal form, removed_at, reference.

    Raises
    ------
    InputError
        The file cannot be read, or rows hold no known type, no such identifier, or no time; all rows are named.
    """
    if not path:
        return pd.DataFrame(columns=list(REMOVED_COLUMNS))
    return _objects(path, "removed identifiers", REMOVED_COLUMNS, (PAGE,)).drop_duplicates(ignore_index=True)


def read_reports(path: str) -> pd.DataFrame:
    """Victim reports: object_type ('ad', 'page' or a type of identifier), object_id in normal form, reported_at, reference.

    One row is one report.

    Raises
    ------
    InputError
        The file cannot be read, or rows hold no known type, no such identifier, or no time; all rows are named.
    """
    if not path:
        return pd.DataFrame(columns=list(REPORT_COLUMNS))
    return _objects(path, "victim reports", REPORT_COLUMNS, (PAGE, AD))


def _objects(path: str, what: str, columns: tuple[str, ...], named: tuple[str, ...]) -> pd.DataFrame:
    """A list of things by type and identifier, with a time in the third column; `named` are types taken as they stand."""
    table = listed(path, what, columns, columns[:2])
    problems: list[str] = []
    normal: list[str] = []
    for row, (kind, value) in enumerate(zip(table["object_type"], table["object_id"], strict=True), 1):
        if kind not in named and kind not in IDENTIFIERS:
            hint = nearest(kind, [*named, *IDENTIFIERS])
            problems.append(f"row {row}: no type '{kind}'" + (f" (nearest: '{hint}')" if hint else ""))
            normal.append("")
            continue
        # Hashes of personal identifiers may be handed on in place of the identifiers themselves.
        found = value if kind in named or value.startswith("sha256:") else identifier(kind, value) or ""
        if not found:
            problems.append(f"row {row}: '{value}' is no {kind}")
        normal.append(found)
    at, lost = times(table[columns[2]])
    refuse([*problems, *lost], "rows", path)
    return table.assign(object_id=normal).assign(**{columns[2]: at})
