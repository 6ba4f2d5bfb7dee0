"""Sites of concern and the identifiers found on them (The Disinformation Laundromat)."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa

from ..errors import InputError
from ..objects import host_of, identifier, identifiers
from . import Reading, source
from ._archives import NO_TIMES_S, SUFFIXES, Member, members, rows_of
from ._options import refuse_unknown
from ._reading import Plan, build
from ._rows import Aside, Raw

INDICATORS = ("indicator_type", "indicator_content", "domain_name")
SITES = ("Threat Actor", "Domain", "Name", "Source")
_COLUMNS = ("file", *INDICATORS, *SITES)
_FIELDS = (
    "ip",
    "ip_prefix",
    "email",
    "nameserver",
    "certificate",
    "certificate_name",
    "resource_domain",
    "analytics",
    "wallet",
    "verification",
    "profile",
)
_SITE, _AT, _TEXT, _LABEL, _DOMAIN = "site", "stand-in time", "what was found", "list", "site's domain"
_DERIVED = (_SITE, _AT, _TEXT, _LABEL, _DOMAIN, *(f"found {name}" for name in _FIELDS))
_PLAIN = {
    "ip": "ip",
    "subnet": "ip_prefix",
    "certificate": "certificate",
    "cert-domain": "certificate_name",
    "cdn-domain": "resource_domain",
    "ga_id": "analytics",
    "yandex_tag_id": "analytics",
    "crypto-wallet": "wallet",
    "verification_id": "verification",
}
# Addresses of registrars and privacy services stand in thousands of records and belong to none of the sites.
_NOT_THE_OWNERS = re.compile(r"abuse|whoisproxy|regprivate|privacy|proxy|redacted|registrar", re.IGNORECASE)


@source(
    name="disinfo_laundromat",
    title="Sites and their identifiers (Disinformation Laundromat)",
    summary="Reads indicators.csv and sites_of_concern.csv from the archive: each site an account, each row a content.",
    caveat="A site is on the list because somebody named it; a shared identifier often is a host's or a copied page's.",
    needs=(*INDICATORS, *SITES),
    suffixes=SUFFIXES,
    options={
        "observed_at": "the day the sites were looked at, which the data do not say (default: the file's own date)"
    },
    references=("https://github.com/pbenzoni/disinfo-laundromat",),
)
def read(path: Path, *, observed_at: str | None = None, **unknown: Any) -> Reading:
    """The archive as canonical tables; rows are counted through indicators.csv and then sites_of_concern.csv.

    Accounts are 'web:<host>'. An indicator becomes an identifier only where it has the form of one: a wallet must pass
    its checksum, an analytics number have its length, a record of registration hold something. Registrars' addresses
    are not their customers'. Lists of style classes, UUIDs and the site's own name stay contents without an identifier.

    Notes
    -----
    The data hold no times. Every row carries one stand-in, so nothing timed means anything; shared identifiers do.
    """
    refuse_unknown(unknown, "disinfo_laundromat", ("observed_at",))
    found, others = members(path, ("*indicators.csv", "*sites_of_concern.csv"), "disinfo_laundromat")
    indicators, sites = _one(found, "indicators.csv", path), _one(found, "sites_of_concern.csv", path)
    at = observed_at or indicators.changed_at.date().isoformat()
    notes = [
        f"The data hold no times: every row is dated {at}, "
        + ("as the option says." if observed_at else "the date of the file in the archive."),
        f"Rows are counted through {indicators.path} and then {sites.path}.",
    ]
    if others:
        notes.append(f"Not read: {len(others):,} other files of the archive, {', '.join(others[:3])}, ...")
    table, asides, rows_read = _Rows(at, notes).all(indicators, sites, str(path))
    raw = Raw(path, table, table["row"].combine_chunks(), asides, rows_read, [], (*_DERIVED, "row"))
    mapping = {
        "account_id": _SITE,
        "created_at": _AT,
        "text": _TEXT,
        "platform": "constant:web",
        "handle": _SITE,
        "display_name": "Name",
        "source_label": _LABEL,
        "domain": _DOMAIN,
        **{name: f"found {name}" for name in _FIELDS},
    }
    # Two rows that agree in everything are one statement made twice.
    plan = Plan(
        mapping, resolution_s=NO_TIMES_S, identity=_COLUMNS, columns_used=(*INDICATORS, *SITES[1:]), notes=tuple(notes)
    )
    return build(raw, plan)


def _one(found: list[Member], name: str, path: Path) -> Member:
    these = [m for m in found if m.name == name]
    if len(these) != 1:
        said = ", ".join(m.path for m in these) or "none"
        raise InputError(f"the archive must hold one {name}, and holds {said}", str(path), "check the archive")
    return these[0]


class _Rows:
    """The rows of both files in one form."""

    def __init__(self, at: str, notes: list[str]) -> None:
        self.at, self.notes = at, notes
        self.counts: Counter[str] = Counter()

    def all(self, indicators: Member, sites: Member, where: str) -> tuple[pa.Table, list[Aside], int]:
        out: list[dict[str, Any]] = []
        asides: list[Aside] = []
        shared: dict[tuple[Any, Any], set[Any]] = {}
        telling: set[tuple[Any, Any]] = set()
        number = 0
        for member, columns in ((indicators, INDICATORS), (sites, SITES)):
            records = rows_of(member, where)
            header = [h.strip() for h in next(records)]
            if missing := [c for c in columns if c not in header]:
                raise InputError(
                    f"'{member.path}' lacks the columns {', '.join(missing)}",
                    where,
                    f"its columns: {', '.join(header)}",
                )
            for record in records:
                if not record:
                    continue
                number += 1
                if len(record) != len(header):
                    detail = f"{len(record)} columns where the header has {len(header)}"
                    asides.append(Aside(number, "bad_columns", detail, ",".join(record)[:2000]))
                    continue
                cells = {h: c or None for h, c in zip(header, record, strict=True)}
                row = {"row": number, "file": member.name, **{c: cells[c] for c in columns}}
                made = self.indicator(row) if member is indicators else self.site(row)
                out.append(row | made)
                if member is indicators and made[_SITE] and row["indicator_content"]:
                    key = (row["indicator_type"], row["indicator_content"])
                    shared.setdefault(key, set()).add(made[_SITE])
                    found = {n.removeprefix("found "): c for n, c in made.items() if n.startswith("found ")}
                    telling |= {key} if any(identifiers(name, cell) for name, cell in found.items()) else set()
        for said, n in sorted(self.counts.items()):
            self.notes.append(f"{n:,} {said}.")
        several = {key for key, held in shared.items() if len(held) > 1}
        if several:
            self.notes.append(
                f"{len(several):,} indicators, as they are written, stand beside several sites; {len(several - telling):,} of "
                "them do not even have the form of an identifier."
            )
        if not out:
            raise InputError("no row has the columns of its header", where, "check the archive")
        names = [*_COLUMNS, *_DERIVED]
        arrays = [pa.array([r.get(n) for r in out], pa.string()) for n in names]
        table = pa.Table.from_arrays([*arrays, pa.array([r["row"] for r in out], pa.int64())], names=[*names, "row"])
        return table, asides, number

    def site(self, row: dict[str, Any]) -> dict[str, Any]:
        host = host_of(row["Domain"] or "")
        return {_SITE: host, _AT: self.at, _TEXT: row["Name"], _LABEL: row["Source"], _DOMAIN: host}

    def indicator(self, row: dict[str, Any]) -> dict[str, Any]:
        kind, value = (row["indicator_type"] or "").strip(), (row["indicator_content"] or "").strip()
        site = host_of(row["domain_name"] or "")
        text = f"{kind}: {value}" if len(value) <= 200 and kind != "css-class" else kind
        out = {_SITE: site, _AT: self.at, _TEXT: text}
        if not site:
            self.counts["indicators name no site (all addresses and networks do) and are set aside"] += 1
            return out
        found = self.registration(value) if kind == "whois" else self.plain(kind, value)
        return out | {f"found {name}": cell for name, cell in found.items() if cell}

    def plain(self, kind: str, value: str) -> dict[str, str]:
        if kind == "meta_social":
            handle = value.partition("|")[2]
            return {"profile": f"twitter.com/{handle[1:]}" if handle.startswith("@") else handle}
        if kind == "ga_tag_id":
            name, value = "analytics", f"G-{value}"
        elif kind in _PLAIN:
            name = _PLAIN[kind]
        else:
            return {}
        if value and not identifier(name, value):
            self.counts[f"values given as {kind} do not have the form of one and identify nothing"] += 1
        return {name: value}

    def registration(self, value: str) -> dict[str, str]:
        try:
            record = json.loads(value)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            self.counts["records of registration cannot be read"] += 1
            return {}
        if not any(v for v in record.values()):
            self.counts["records of registration hold nothing at all"] += 1
        emails, servers = _listed(record.get("emails")), _listed(record.get("name_servers"))
        theirs = [e for e in emails if not _NOT_THE_OWNERS.search(e)]
        if n := len(emails) - len(theirs):
            self.counts["e-mail addresses of registrars and privacy services are left out"] += n
        return {"email": ";".join(theirs), "nameserver": ";".join(servers)}


def _listed(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [v for v in values if isinstance(v, str) and v.strip()]
