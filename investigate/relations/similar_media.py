"""Similar media: accounts that post nearly the same picture or video within the window, by perceptual hashes."""

from __future__ import annotations

import duckdb
import pandas as pd
import pyarrow as pa

from ..errors import InputError
from ..similar import DISTANCES, distance, hash_families, parse_hash
from ..store import frame
from . import RELATIONS, Relation, _families, derived
from .co_action import REFERENCES, acts_on
from .co_action import evidence as co_action_evidence

NAME, OBJECT_TYPE, BASE = "similar_media", "media_family", "media"


def comparable(value: str) -> bool:
    """Whether a media object is a perceptual hash whose algorithm and length have a known distance."""
    try:
        algorithm, digits = parse_hash(value)
    except InputError:
        return False
    return (algorithm, 4 * len(digits)) in DISTANCES


def coverage(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The media objects of the data by kind, and whether this relation can compare them.

    Returns
    -------
    DataFrame
        algorithm (empty where an object states none), bits, n_hashes, n_contents, compared; most contents first.
    """
    table = frame(
        con,
        f"select object_id, count(distinct content_id) as n_contents from actions where object_type = '{BASE}' group by 1",
    )
    kinds = []
    for value in table["object_id"]:
        try:
            algorithm, digits = parse_hash(value)
            kinds.append((algorithm, 4 * len(digits)))
        except InputError:
            kinds.append(("", 0))
    table = table.assign(
        algorithm=[k[0] for k in kinds], bits=[k[1] for k in kinds], compared=[k in DISTANCES for k in kinds]
    )
    counted = table.groupby(["algorithm", "bits", "compared"], as_index=False).agg(
        n_hashes=("object_id", "size"), n_contents=("n_contents", "sum")
    )
    order = ["algorithm", "bits", "n_hashes", "n_contents", "compared"]
    return counted[order].sort_values(
        ["n_contents", "algorithm", "bits"], ascending=[False, True, True], ignore_index=True
    )


def derive(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """Derived actions of the type 'media_family': every content with a perceptual hash acts on that hash's family.

    Returns
    -------
    pyarrow.Table
        The columns of `actions`. The object is the family's first hash in order. Exact hashes, and perceptual ones
        without a known distance, are left out and counted in `notes`.
    """
    values = [
        r[0] for r in con.execute(f"select distinct object_id from actions where object_type = '{BASE}'").fetchall()
    ]
    usable = [value for value in values if comparable(value)]
    found = hash_families(usable)
    said = list(found.notes())
    if left := len(values) - len(usable):
        said.append(f"{left:,} of {len(values):,} media objects state no perceptual hash that can be compared.")
    members = pa.table({"member": pa.array(found.hashes, pa.string()), "family": pa.array(found.names, pa.string())})
    _families.keep(con, OBJECT_TYPE, members, said)
    return _families.actions(con, OBJECT_TYPE, BASE)


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Find the families of the connection's perceptual hashes, once."""
    derived.ensure(con, OBJECT_TYPE, derive)


def holds(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether any media object of the data is a perceptual hash that can be compared."""
    stated = con.execute(
        f"select distinct object_id from actions where object_type = '{BASE}' and contains(object_id, ':')"
    ).fetchall()
    return any(comparable(row[0]) for row in stated)


def notes(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """What was not compared, and what chance alone would give, in words."""
    prepare(con)
    return _families.notes(con, OBJECT_TYPE)


def evidence(con: duckdb.DuckDBPyConnection, window_s: float, account_a: str, account_b: str) -> pd.DataFrame:
    """The rows behind one edge, with `distance` (bits), `hash_a` and `hash_b`: the nearest two of the row's family.

    A family is a chain, so the distance of two of its hashes may exceed the default of their algorithm.
    """
    prepare(con)
    rows = co_action_evidence(con, window_s, account_a, account_b, acts=acts_on(OBJECT_TYPE), name=NAME)
    found = [_families.nearest(a, b, distance, min) for a, b in _families.with_members(con, rows, OBJECT_TYPE, BASE)]
    return rows.assign(
        distance=pd.Series([f[0] for f in found], index=rows.index, dtype="int64"),
        hash_a=pd.Series([f[1] for f in found], index=rows.index, dtype="str"),
        hash_b=pd.Series([f[2] for f in found], index=rows.index, dtype="str"),
    )


RELATIONS.add(
    Relation(
        name=NAME,
        title="Similar picture",
        summary="Links accounts that posted nearly the same picture or video (perceptual hash) within the window; "
        "weight: distinct families of hashes.",
        caveat="Memes, stock pictures and press photographs travel on their own, and one template makes unlike memes "
        "alike. Turned, mirrored and strongly cropped copies are not found. Families are chains.",
        needs=(BASE,),
        holds=holds,
        object_type=OBJECT_TYPE,
        acts=acts_on(OBJECT_TYPE),
        evidence=evidence,
        prepare=prepare,
        family="timing",
        by_default=False,
        defaults={"window": "60s", "min_shared": 2},
        references=(
            *REFERENCES,
            "Davis & Rosen (2019), The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm",
        ),
    )
)
