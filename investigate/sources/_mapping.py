"""Column mappings: which column of a file plays which part, given as a dict or a small TOML file.

account_id = "screen_name"
created_at = "created_at"
text       = "text"
url        = ["Final Link", "Link"]      # the first of these that is not empty
platform   = "constant:twitter"          # the same value in every row

[options]                                # optional: options of the source 'csv'
time_format = "%d/%m/%Y %H:%M"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError, nearest

CONSTANT = "constant:"

FIELDS: dict[str, str] = {
    "account_id": "who acted (required); a stable identifier rather than a name, where there is one",
    "created_at": "when it was published (required)",
    "content_id": "the content's own identifier; 'row-<n>' where there is none",
    "text": "the text; tags, links, domains, mentions and the text itself become objects",
    "language": "the language of the content",
    "content_type": "post, repost, reply, ...; else it follows from repost_of, quote_of and reply_to",
    "sensitivity": "labels that say what the content shows, several by ';' or commas, or true and false; they cover it on screen",
    "platform": "the platform's name; put in front of account identifiers ('twitter:jack')",
    "handle": "the name the account is addressed by",
    "display_name": "the name the account shows",
    "account_created_at": "when the account was created",
    "followers": "followers of the account",
    "following": "accounts followed by the account",
    "account_language": "the language stated for the account",
    "region": "the region stated for the account",
    "source_label": "a label the source attaches to the account; never used to link",
    "url": "links; several in one cell may stand as a JSON list or be separated by '|', ';' or spaces",
    "domain": "domains, several as above",
    "hashtag": "tags, several as above or by commas",
    "mention": "accounts addressed, several as above or by commas",
    "media": "hashes of files, several as above or by commas",
    "payment": "payment instruments, several by '|' or ';', as below; kept as hashes",
    "bank_account": "bank accounts; kept as hashes",
    "device": "identifiers of devices; kept as hashes",
    "phone": "telephone numbers, best with country code; kept as hashes",
    "email": "e-mail addresses; kept as hashes",
    "business_id": "company, tax or VAT numbers",
    "wallet": "crypto-currency addresses",
    "pixel": "advertising pixels",
    "analytics": "measurement identifiers: UA-12345-1, G-..., GTM-..., AW-..., YM-...",
    "ad_publisher": "publisher numbers: pub-...",
    "verification": "site-verification tags, name=token",
    "certificate": "certificates (PEM) or their fingerprints",
    "certificate_name": "names in a certificate",
    "landing_domain": "links or domains that an ad or account leads to",
    "profile": "links to profiles on platforms",
    "audience": "audiences an advertiser keeps",
    "payer": "who pays for an ad; one in a cell",
    "app": "identifiers of apps",
    "file_hash": "hashes of programs or documents",
    "ip": "internet addresses; kept as hashes",
    "ip_prefix": "internet addresses or networks of which the /24 or /48 counts; kept as hashes",
    "nameserver": "name servers",
    "resource_domain": "hosts from which a site loads parts of its pages",
    "user_agent": "the browser or client; one in a cell",
    "repost_of": "the identifier of the content that was reposted",
    "reply_to": "the identifier of the content that was replied to",
    "quote_of": "the identifier of the content that was quoted",
    "follows": "accounts followed, by identifier or handle; several by '|', ';' or commas",
    "reports": "contents or accounts reported, by identifier or handle; several as above",
    "object_id": "any other object acted on; needs object_type",
    "object_type": "the kind of object_id: a column, or constant:<type>",
}
"""Every field a mapping may name, and what it means."""

REQUIRED = ("account_id", "created_at")
Columns = str | tuple[str, ...]


def load_mapping(
    given: Mapping[str, Any] | str | Path, known: Mapping[str, str] = FIELDS, required: tuple[str, ...] = REQUIRED
) -> tuple[dict[str, Columns], dict[str, Any]]:
    """A mapping and its options, from a dict or a TOML file; the names of its fields are checked.

    Returns
    -------
    tuple
        (field -> column, tuple of columns, or "constant:<value>"; options of the source).

    Raises
    ------
    InputError
        The file cannot be read, or names fields that do not exist; all problems are listed.
    """
    where = "option mapping"
    if isinstance(given, (str, Path)):
        path = Path(given)
        where = str(path)
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise InputError(f"the mapping file cannot be read: {error.strerror}", where, "check the path") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(
                f"the mapping file is not TOML: {error}", where, 'write lines like account_id = "screen_name"'
            ) from error
    entries = dict(given)
    options = dict(entries.pop("options", {}) or {})
    entries.update(entries.pop("columns", {}) or {})
    problems: list[str] = []
    mapping: dict[str, Columns] = {}
    for field, column in entries.items():
        if field not in known:
            hint = nearest(field, known)
            problems.append(f"unknown field '{field}'" + (f" (nearest: '{hint}')" if hint else ""))
        elif isinstance(column, str) and column:
            mapping[field] = column
        elif isinstance(column, (list, tuple)) and column and all(isinstance(c, str) and c for c in column):
            mapping[field] = tuple(column) if len(column) > 1 else column[0]
        else:
            problems.append(f"field '{field}' needs the name of a column, not {column!r}")
    problems += [f"field '{field}' is required" for field in required if field not in mapping]
    if "object_id" in mapping and "object_type" not in mapping:
        problems.append("object_id needs object_type, for example object_type='constant:repost'")
    if problems:
        raise InputError("; ".join(problems), where, f"fields: {', '.join(known)}")
    return mapping, options


def columns_of(column: Columns) -> tuple[str, ...]:
    """The columns a mapping entry names; none for a constant."""
    names = (column,) if isinstance(column, str) else column
    return tuple(n for n in names if not n.startswith(CONSTANT))


def check_columns(mapping: Mapping[str, Columns], columns: Iterable[str], where: str) -> None:
    """Refuse a mapping that names columns the file does not have; every one with its nearest."""
    columns = list(columns)
    problems = []
    for field, column in mapping.items():
        for name in columns_of(column):
            if name not in columns:
                hint = nearest(name, columns)
                problems.append(f"'{name}' for {field}" + (f" (nearest: '{hint}')" if hint else ""))
    if problems:
        raise InputError(
            f"{len(problems)} mapped columns are not in the file: {', '.join(problems)}",
            where,
            f"its columns: {', '.join(columns)[:500]}",
        )


def as_flags(mapping: Mapping[str, Columns]) -> str:
    """A mapping as command-line flags, ready to paste."""
    flags = []
    for field, column in mapping.items():
        for name in (column,) if isinstance(column, str) else column:
            plain = name.replace("_", "").replace(".", "").replace("-", "").replace(":", "").isalnum()
            flags.append(f"--map {field}={name}" if plain else f'--map "{field}={name}"')
    return " ".join(flags)
