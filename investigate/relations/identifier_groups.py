"""Identifiers inside a group that was found by other means: evidence of another family, with what chance would give.

One identifier that two accounts share is never surprising among all pairs. Among the few pairs of one group it can be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb
import numpy as np
import pandas as pd

from ..chance import at_least_poisson
from ..store import frame
from .identifiers import FAMILIES, MAX_IDENTIFIER_DEGREE, _held, _pairs


def shared_inside(
    con: duckdb.DuckDBPyConnection,
    members: Iterable[str],
    *,
    max_degree: int = MAX_IDENTIFIER_DEGREE,
    families: Mapping[str, tuple[str, ...]] = FAMILIES,
) -> pd.DataFrame:
    """How many identifiers two or more members share, per family of identifiers, and how many by chance.

    Parameters
    ----------
    members : iterable of str
        Accounts of one group. It must have been found without these identifiers, or p is meaningless.
    families : mapping of str to tuple of str
        The families to look at: whoever asks for many groups leaves out those that the data do not hold at all.

    Returns
    -------
    DataFrame
        relation, n_members, n_carrying (members that carry any identifier of the family), n_identifiers (carried by two or
        more members, capped ones left out), n_linked (members that share one), expected, p; one row per family that any
        member carries, in the order of `FAMILIES`.

    Notes
    -----
    The configuration model of `identifiers.shared_identifiers`: of the M_t acts of carrying of a type, K_t are the
    members', and an identifier with d carriers draws d of them. It is shared inside with the hypergeometric probability of
    two or more hits; `expected` sums these over all identifiers that may make edges, and `p` is the Poisson tail, which is
    too large rather than too small for counts above the mean by one (Hoeffding 1956, doi:10.1214/aoms/1177728178). Two
    hits by one member count as well, which makes `expected` a little too large, and the 24-hour rule for addresses is left
    out of it. Misleads where identifiers come together: the sites of one agency share all of them at once.
    """
    names = pd.DataFrame({"account_id": sorted(set(members))}, dtype="str")
    con.register("member_rows", names)
    try:
        rows = [_family(con, name, types, len(names), max_degree) for name, types in families.items()]
    finally:
        con.unregister("member_rows")
    columns = ["relation", "n_members", "n_carrying", "n_identifiers", "n_linked", "expected", "p"]
    return pd.DataFrame([row for row in rows if row], columns=columns)


def _family(
    con: duckdb.DuckDBPyConnection, name: str, types: tuple[str, ...], n_members: int, max_degree: int
) -> tuple | None:
    carrying = frame(
        con,
        f"""
        with {_held(types, max_degree)}
        select object_type, count(*) as carried, count(*) filter (m.account_id is not null) as inside
        from carried left join member_rows m using (account_id) group by all order by object_type""",
    )
    if not carrying["inside"].sum():
        return None
    accounts = frame(
        con,
        f"""
        with {_held(types, max_degree)}
        select distinct account_id from carried semi join member_rows using (account_id)""",
    )
    degrees = frame(
        con,
        f"""
        with {_held(types, max_degree)}
        select object_type, degree, count(*) as n from degree where capped = '' and degree >= 2 group by all
        order by object_type, degree""",
    ).merge(carrying, on="object_type")
    inside = " and ".join(f"{side}.account_id in (select account_id from member_rows)" for side in "lr")
    found = frame(
        con,
        f"with {_held(types, max_degree)}, {_pairs('and ' + inside)} select object_type, object_id, account_a, account_b from pair",
    )
    expected = 0.0
    if len(degrees):
        from scipy.stats import hypergeom

        hit = hypergeom.sf(1, degrees["carried"], degrees["inside"], degrees["degree"])
        expected = float(np.dot(hit, degrees["n"]))
    n = len(found[["object_type", "object_id"]].drop_duplicates())
    linked = len({*found["account_a"], *found["account_b"]})
    return name, n_members, len(accounts), n, linked, expected, float(at_least_poisson(n, expected))
