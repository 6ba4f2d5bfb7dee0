"""Lists that people hand to the study: protected brands, and what was removed before. Every problem is named at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..errors import InputError, nearest
from ..objects import IDENTIFIERS, identifier, registrable_domain

BRAND_COLUMNS = ("name", "domain", "account_id")
REMOVED_COLUMNS = ("object_type", "object_id", "removed_at", "reference")
PAGE = "page"


def _table(path: str, what: str, columns: tuple[str, ...], needed: tuple[str, ...]) -> pd.DataFrame:
    try:
        table = pd.read_csv(Path(path), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(f"the file of {what} cannot be read: {error}", path, "give a CSV in UTF-8") from error
    if not set(needed) & set(table.columns) if what == "brands" else set(needed) - set(table.columns):
        hints = [f"'{h}'" for n in needed if (h := nearest(n, table.columns))]
        raise InputError(
            f"the file of {what} lacks the columns {', '.join(n for n in needed if n not in table.columns)}"
            + (f" (nearest: {', '.join(hints)})" if hints else ""),
            f"{path}; its columns: {', '.join(table.columns)}",
            f"columns: {', '.join(columns)}",
        )
    held = {name: table[name].str.strip() if name in table else "" for name in columns}
    return pd.DataFrame(held, index=table.index, columns=list(columns))


def read_brands(path: str) -> pd.DataFrame:
    """Protected names and sites: name, domain (registrable), account_id (the brand's own page); '' where not given.

    Raises
    ------
    InputError
        The file cannot be read, holds no name and no domain, or gives domains that are none.
    """
    if not path:
        return pd.DataFrame(columns=list(BRAND_COLUMNS))
    table = _table(path, "brands", BRAND_COLUMNS, ("name", "domain"))
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
    table = _table(path, "removed identifiers", REMOVED_COLUMNS, ("object_type", "object_id"))
    problems: list[str] = []
    normal: list[str] = []
    for row, (kind, value) in enumerate(zip(table["object_type"], table["object_id"], strict=True), 1):
        if kind != PAGE and kind not in IDENTIFIERS:
            hint = nearest(kind, [PAGE, *IDENTIFIERS])
            problems.append(f"row {row}: no type '{kind}'" + (f" (nearest: '{hint}')" if hint else ""))
            normal.append("")
            continue
        # Hashes of personal identifiers may be handed on in place of the identifiers themselves.
        found = value if kind == PAGE or value.startswith("sha256:") else identifier(kind, value) or ""
        if not found:
            problems.append(f"row {row}: '{value}' is no {kind}")
        normal.append(found)
    at = pd.to_datetime(table["removed_at"].replace("", None), utc=True, errors="coerce", format="ISO8601")
    lost = table["removed_at"].ne("") & at.isna()
    problems += [f"row {i + 1}: '{table['removed_at'][i]}' is no date" for i in table.index[lost]]
    if problems:
        raise InputError(
            f"{len(problems)} rows cannot be used: {'; '.join(problems[:8])}", path, "mend the rows, or take them out"
        )
    return table.assign(object_id=normal, removed_at=at).drop_duplicates(ignore_index=True)
