"""Where copies are hosted and where people are sent: link hubs; and media that a hash list knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError, InvestigateError
from ..objects import host_of, is_shared_service, is_shortener
from ..similar.media import as_words, most_bits, parse_hash
from ..store import frame
from ._crisis_aid import site

MESSENGERS = frozenset(
    [
        "t.me",
        "telegram.me",
        "telegram.org",
        "wa.me",
        "whatsapp.com",
        "discord.gg",
        "discord.com",
        "signal.me",
        "signal.group",
    ]
)

_LINKS = """
select a.object_type, a.object_id, a.content_id, c.account_id, c.created_at
from actions a join event_contents using (content_id) join content c using (content_id)
where a.object_type in ('url', 'domain', 'landing_domain') order by all"""


def hubs(con: Any, contents: pd.DataFrame, seen: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Domains and links of the contents about the event, most accounts first; and links nobody could follow.

    Returns
    -------
    DataFrame
        kind (domain, url), object_id, leads_to ('site', 'platform or service', 'messenger or channel'), n_contents, n_accounts,
        n_families (variant families among the contents), first_at, last_at.
    int
        Distinct short links whose target is not known; they are in no row of a domain.
    """
    con.register("event_contents", contents[["content_id"]])
    try:
        links = frame(con, _LINKS)
    finally:
        con.unregister("event_contents")
    columns = ["kind", "object_id", "leads_to", "n_contents", "n_accounts", "n_families", "first_at", "last_at"]
    if links.empty:
        return pd.DataFrame(columns=columns), 0
    family = seen[["content_id", "family"]].drop_duplicates()
    links["kind"] = links["object_type"].replace({"landing_domain": "domain"})
    # Reserved names and bare addresses have no registrable domain, so the domain of every link is taken from its host.
    hosts = links[links["kind"] == "url"].assign(kind="domain")
    hosts["object_id"] = [site(host_of(u) or "") for u in hosts["object_id"]]
    links = pd.concat([links, hosts[~hosts["object_id"].map(is_shortener) & (hosts["object_id"] != "")]])
    by = links.drop_duplicates(["kind", "object_id", "content_id"]).groupby(["kind", "object_id"], sort=True)
    table = by.agg(
        n_contents=("content_id", "size"),
        n_accounts=("account_id", "nunique"),
        first_at=("created_at", "min"),
        last_at=("created_at", "max"),
    )
    per = links.merge(family, on="content_id").groupby(["kind", "object_id"])["family"].nunique()
    table["n_families"] = per.reindex(table.index).fillna(0).astype("int64")
    table = table.reset_index()
    hosts = [
        o.partition("://")[2].partition("/")[0] if k == "url" else o
        for k, o in zip(table["kind"], table["object_id"], strict=True)
    ]
    table["leads_to"] = [_leads_to(h.removeprefix("www.")) for h in hosts]
    short = (table["leads_to"] == "short link, target unknown") & (table["kind"] == "url")
    table = table.sort_values(["n_accounts", "n_contents", "kind", "object_id"], ascending=[False, False, True, True])
    return table[columns].reset_index(drop=True), int(short.sum())


def _leads_to(host: str) -> str:
    if host in MESSENGERS:
        return "messenger or channel"
    if is_shortener(host):
        return "short link, target unknown"
    return "platform or service" if is_shared_service("landing_domain", host) else "site"


def hash_list(path: str | Path) -> pd.DataFrame:
    """Hashes that people supplied: hash, label; one per line as `hash` or `hash,label`; `#` starts a comment.

    Raises
    ------
    InputError
        The file cannot be read, or a line holds no hash; every such line is named, up to ten.
    """
    if not path:
        return pd.DataFrame({"hash": [], "label": []}, dtype="str")
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "the hash list cannot be read", str(path), "give a UTF-8 text file, one hash per line"
        ) from error
    rows, problems = [], []
    for number, line in enumerate(lines, 1):
        value, _, label = line.partition("#")[0].strip().partition(",")
        value = value.strip().lower()
        if not value or (number == 1 and value == "hash"):
            continue
        try:
            parse_hash(value if ":" in value else f"exact:{value}")
            rows.append((value, label.strip()))
        except InvestigateError:
            problems.append(f"line {number}: '{value[:40]}' is no hash")
    if problems:
        more = f"; and {len(problems) - 10} more" if len(problems) > 10 else ""
        raise InputError(
            "; ".join(problems[:10]) + more, str(path), "write one hash per line: pdq:f8f8..., or a SHA-256"
        )
    return pd.DataFrame(rows, columns=["hash", "label"], dtype="str").drop_duplicates("hash", ignore_index=True)


def matches(con: Any, known: pd.DataFrame) -> pd.DataFrame:
    """Media of the case that a list knows: hash, listed, label, distance (bits; 0 is the same), limit, n_contents, n_accounts,
    first_at; nearest first. Exact hashes match only themselves."""
    columns = ["hash", "listed", "label", "distance", "limit", "n_contents", "n_accounts", "first_at"]
    held = frame(
        con,
        """select object_id as hash, count(distinct a.content_id) as n_contents, count(distinct a.account_id) as n_accounts,
                  min(acted_at) as first_at from actions a where object_type = 'media' group by 1 order by 1""",
    )
    if held.empty or known.empty:
        return pd.DataFrame(columns=columns)
    rows = []
    listed = known.set_index("hash")
    for value in sorted(set(held["hash"]) & set(known["hash"])):
        rows.append((value, value, 0, 0))
    for (algorithm, size), part in known[known["hash"].str.contains(":")].groupby(
        [known["hash"].str.partition(":")[0], known["hash"].str.len()]
    ):
        own = held.loc[held["hash"].str.startswith(f"{algorithm}:") & (held["hash"].str.len() == size), "hash"].tolist()
        if not own:
            continue
        limit = most_bits(str(algorithm), 4 * (int(size) - len(str(algorithm)) - 1))
        words = as_words(own)
        for value in part["hash"]:
            apart = np.bitwise_count(words ^ as_words([value])).sum(axis=1)
            rows += [(own[i], value, int(apart[i]), limit) for i in np.flatnonzero((apart <= limit) & (apart > 0))]
    found = pd.DataFrame(rows, columns=["hash", "listed", "distance", "limit"])
    found = found.sort_values(["distance", "hash", "listed"]).drop_duplicates("hash").merge(held, on="hash")
    found["label"] = found["listed"].map(listed["label"])
    return found[columns].reset_index(drop=True)
