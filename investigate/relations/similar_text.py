"""Similar text: accounts that post nearly the same text within the window."""

from __future__ import annotations

from functools import lru_cache

import duckdb
import pandas as pd
import pyarrow as pa

from ..similar import THRESHOLD, jaccard, text_families
from . import RELATIONS, Relation, _families, derived
from .co_action import REFERENCES, acts_on
from .co_action import evidence as co_action_evidence

NAME, OBJECT_TYPE, BASE = "similar_text", "text_family", "text"


def derive(con: duckdb.DuckDBPyConnection, threshold: float = THRESHOLD) -> pa.Table:
    """Derived actions of the type 'text_family': every content with a text acts on the family of that text.

    Parameters
    ----------
    threshold : float
        See `investigate.similar.text_families`.

    Returns
    -------
    pyarrow.Table
        The columns of `actions`. The object is the family's first member in the order of its UTF-8 bytes; a text like
        no other is its own family, so that equal texts match here as they do in `co_text`.
    """
    texts = con.sql(f"select distinct object_id from actions where object_type = '{BASE}'").to_arrow_table()
    found = text_families(texts["object_id"], threshold)
    members = pa.table({"member": found.texts.cast(pa.string()), "family": found.names.cast(pa.string())})
    _families.keep(con, OBJECT_TYPE, members, found.notes())
    return _families.actions(con, OBJECT_TYPE, BASE)


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Find the families of the connection's texts, once."""
    derived.ensure(con, OBJECT_TYPE, derive)


def notes(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """What was not compared, in words; empty where everything was."""
    prepare(con)
    return _families.notes(con, OBJECT_TYPE)


def evidence(con: duckdb.DuckDBPyConnection, window_s: float, account_a: str, account_b: str) -> pd.DataFrame:
    """The rows behind one edge, with `similarity`: the Jaccard similarity of the two texts themselves.

    A family is a chain, so the similarity of two of its texts may lie under the threshold.
    """
    prepare(con)
    rows = co_action_evidence(con, window_s, account_a, account_b, acts=acts_on(OBJECT_TYPE), name=NAME)
    members = _families.with_members(con, rows, OBJECT_TYPE, BASE)
    measure = lru_cache(maxsize=100_000)(jaccard)
    found = [_families.nearest(a, b, measure, max)[0] for a, b in members]
    return rows.assign(similarity=pd.Series(found, index=rows.index, dtype="float64"))


RELATIONS.add(
    Relation(
        name=NAME,
        title="Similar text",
        summary="Links accounts that posted the same or nearly the same text (six words or more) within the window; "
        "weight: distinct families of texts.",
        caveat="Headlines, petitions and share-button texts are repeated and edited in good faith; scores, prices and "
        "weather differ in a number only. Families are chains: two texts of one may be less alike than the threshold.",
        needs=(BASE,),
        object_type=OBJECT_TYPE,
        acts=acts_on(OBJECT_TYPE),
        evidence=evidence,
        prepare=prepare,
        family="timing",
        by_default=False,
        defaults={"window": "60s", "min_shared": 2, "threshold": THRESHOLD},
        references=(
            *REFERENCES,
            "Broder (1997), On the resemblance and containment of documents, doi:10.1109/SEQUEN.1997.666900",
        ),
    )
)
