"""A table of files' hashes: who posted which picture or video when, by exact or perceptual hash."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ..errors import InputError
from ..similar.media import LEAST_QUALITY, parse_hash
from . import Reading, source
from ._options import refuse_unknown
from ._reading import Plan, build
from ._rows import RAW_LIMIT, Aside, Raw, as_line, read_delimited, require_columns

COLUMNS = ("account_id", "content_id", "created_at", "hash")
OPTIONAL = ("algorithm", "quality", "text", "platform")
EXACT = frozenset({"md5", "sha1", "sha-1", "sha256", "sha-256", "sha512", "sha-512"})
_HASH = "hash with its algorithm"


@source(
    name="media_hashes",
    title="Hashes of files",
    summary="Reads account_id, content_id, created_at, hash and, where given, algorithm, quality, text, platform.",
    caveat="A perceptual hash is near those of its edited copies, and of other pictures on the same template.",
    needs=COLUMNS,
    suffixes=(".csv", ".csv.gz", ".tsv"),
    options={
        "algorithm": "what made the hashes of rows that do not say: pdq, phash, dhash, ahash, whash, sha256, md5, ...",
        "delimiter": "the character between columns, or its name (default: comma; tab for .tsv)",
        "encoding": "the text's encoding (default: UTF-8, or as the file's mark says)",
    },
    references=("https://github.com/facebook/ThreatExchange/tree/main/pdq",),
)
def read(
    path: Path,
    *,
    algorithm: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    **unknown: Any,
) -> Reading:
    """A table of hashes as canonical tables; each hash becomes an object of the type 'media'.

    A perceptual hash is called '<algorithm>:<digits>', from its own cell ('pdq:f8f8...'), the column `algorithm` or the
    option. Cryptographic hashes stay bare. A hash that states no algorithm is taken for a cryptographic one: 64
    digits may be either, and a wrong guess would compare what cannot be compared.

    Notes
    -----
    Rows whose hash is not hexadecimal are set aside (bad_hash). Where `quality` is under 50 of 100, as PDQ gives for blank or
    blurred frames, the content stays and loses its hash; a note counts them. A content with several files has several rows.
    """
    refuse_unknown(unknown, "media_hashes", ("algorithm", "delimiter", "encoding"))
    raw = read_delimited(path, delimiter=delimiter, encoding=encoding)
    require_columns(raw, COLUMNS, "media_hashes")
    prepared, notes = _prepared(raw, (algorithm or "").strip().lower())
    mapping: dict[str, Any] = {
        "account_id": "account_id",
        "content_id": "content_id",
        "created_at": "created_at",
        "media": _HASH,
        **{name: name for name in ("text", "platform") if name in raw.columns},
    }
    used = tuple(c for c in (*COLUMNS, *OPTIONAL) if c in raw.columns)
    return build(prepared, Plan(mapping, columns_used=used, notes=tuple(notes)))


def _prepared(raw: Raw, algorithm: str) -> tuple[Raw, list[str]]:
    """The rows with each hash in its stated form, and without those that hold none."""
    table, n = raw.table, raw.table.num_rows
    made = table["algorithm"].to_pylist() if "algorithm" in raw.columns else [None] * n
    quality = table["quality"].to_pylist() if "quality" in raw.columns else [None] * n
    asides, keep, stated = list(raw.asides), np.ones(n, bool), list[str | None]()
    low = bare = unread = 0
    for i, value in enumerate(table["hash"].to_pylist()):
        try:
            form = _stated(value, (made[i] or algorithm).strip().lower())
        except InputError as error:
            line = as_line([c[i].as_py() for c in table.select(raw.columns).columns])[:RAW_LIMIT]
            asides.append(Aside(raw.row[i].as_py(), "bad_hash", error.what, line))
            keep[i] = False
            stated.append(None)
            continue
        number = _number(quality[i])
        unread += bool(quality[i]) and number is None
        if form and number is not None and number < LEAST_QUALITY:
            low, form = low + 1, None
        bare += bool(form) and ":" not in str(form)
        stated.append(form)
    notes = []
    if low:
        notes.append(f"{low:,} hashes of a quality under {LEAST_QUALITY} of 100 are left out; their contents stay.")
    if unread:
        notes.append(f"{unread:,} qualities are no numbers and were passed over.")
    if bare:
        notes.append(f"{bare:,} hashes state no perceptual algorithm: only exactly the same file matches there.")
    table = table.append_column(_HASH, pa.array(stated, pa.string())).filter(pa.array(keep))
    asides.sort(key=lambda a: a.row)
    return replace(raw, table=table, row=raw.row.filter(pa.array(keep)), asides=asides, derived=(_HASH,)), notes


def _stated(value: str | None, algorithm: str) -> str | None:
    """A hash in its stated form, None where the cell is empty; InputError where it is not hexadecimal."""
    if not value or not value.strip():
        return None
    value = value.strip().lower()
    if ":" not in value:
        value = f"{algorithm or 'sha256'}:{value}"
    name, digits = parse_hash(value)
    return digits if name in EXACT else f"{name}:{digits}"


def _number(cell: str | None) -> float | None:
    try:
        number = float(cell or "nan")
    except ValueError:
        return None
    return number if math.isfinite(number) else None
