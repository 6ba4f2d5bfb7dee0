"""Shared identifiers: two accounts carry the same wallet, phone number, pixel, landing domain, ... at any time.

One relation per family of identifiers. An identifier with many carriers (an agency's pixel, a host) makes no edges: it
is reported by `capped`. Nothing here is quadratic in the carriers of an identifier beyond the cap.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import duckdb
import pandas as pd

from ..chance import at_least_poisson
from ..errors import InputError
from ..objects import IDENTIFIERS, service_sql
from ..store import frame
from . import EDGE_COLUMNS, RELATIONS, Relation

MAX_IDENTIFIER_DEGREE = 50
"""Carriers above which an identifier makes no edges: the field's default. 50 carriers already are 1,225 pairs."""

IP_WINDOW_US = 24 * 3600 * 1_000_000
"""Addresses are handed on: the same one means something only when both accounts used it within 24 hours."""

REFERENCES = (
    "Saracco et al. (2017), Inferring monopartite projections of bipartite networks, doi:10.1088/1367-2630/aa6b38",
    "Tumminello et al. (2011), Statistically validated networks, doi:10.1371/journal.pone.0017994",
    "Hoeffding (1956), On the distribution of the number of successes in independent trials, doi:10.1214/aoms/1177728178",
)


def _list(names: Sequence[str]) -> str:
    return ", ".join("'" + name.replace("'", "''") + "'" for name in names)


def _held(types: Sequence[str], max_degree: int) -> str:
    """Common table expressions: who carries what, the degree of each identifier, and what may make edges."""
    if max_degree < 2:
        raise InputError(
            f"a cap of {max_degree} carriers leaves no identifier", "max_identifier_degree", "2 or more; default 50"
        )
    if unknown := [t for t in types if t not in IDENTIFIERS]:
        raise InputError(f"no type of identifier: {', '.join(unknown)}", "types", f"of {', '.join(IDENTIFIERS)}")
    strengths = ", ".join(f"('{t}', {IDENTIFIERS[t].value}::double)" for t in types)
    return f"""
        strength(object_type, strength) as (values {strengths}),
        carried as materialized (
          select object_type, object_id, account_id, count(*) as n_rows, count(distinct content_id) as n_content,
                 min(at_us) as first_us, max(at_us) as last_us
          from action_us where object_type in ({_list(types)}) group by all),
        degree as materialized (
          select object_type, object_id, count(*) as degree, sum(n_rows)::bigint as n_rows, strength,
                 case when {service_sql()} then 'known shared service'
                      when degree > {int(max_degree)} then 'more than {int(max_degree)} carriers' else '' end as capped
          from carried join strength using (object_type) group by object_type, object_id, strength),
        held as materialized (
          select c.*, d.degree, d.strength from carried c join degree d using (object_type, object_id)
          where d.degree >= 2 and d.capped = '')"""


def _pairs(among: str = "") -> str:
    """Common table expressions: each pair of carriers of each identifier that may make edges."""
    return f"""
        slot as materialized (
          select x.object_id, x.account_id, x.at_us // {IP_WINDOW_US} as slot, min(x.at_us) as lo, max(x.at_us) as hi
          from action_us x join held h on h.object_type = 'ip' and h.object_id = x.object_id
               and h.account_id = x.account_id
          where x.object_type = 'ip' group by all),
        met as materialized (
          select distinct l.object_id, l.account_id as account_a, r.account_id as account_b
          from slot l join slot r on l.object_id = r.object_id and l.account_id < r.account_id
               and abs(r.slot - l.slot) <= 1
          where l.slot = r.slot or greatest(r.lo - l.hi, l.lo - r.hi) <= {IP_WINDOW_US}),
        pair as materialized (
          select l.account_id as account_a, r.account_id as account_b, l.object_type, l.object_id, l.degree,
                 l.strength, l.strength / log2(1 + l.degree) as weight, l.n_rows as n_rows_a, r.n_rows as n_rows_b,
                 l.n_content as n_content_a, r.n_content as n_content_b,
                 l.first_us as first_a, l.last_us as last_a, r.first_us as first_b, r.last_us as last_b
          from held l join held r on l.object_type = r.object_type and l.object_id = r.object_id
               and l.account_id < r.account_id {among}
          where l.object_type <> 'ip' or exists (
            select 1 from met m where m.object_id = l.object_id and m.account_a = l.account_id
                                  and m.account_b = r.account_id))"""


def shared_identifiers(
    con: duckdb.DuckDBPyConnection,
    types: Sequence[str],
    *,
    relation: str = "shared_identifier",
    max_degree: int = MAX_IDENTIFIER_DEGREE,
) -> pd.DataFrame:
    """The pairs of accounts that carry the same identifiers.

    Parameters
    ----------
    types : sequence of str
        Types of identifiers; see `investigate.objects.IDENTIFIERS`.
    max_degree : int
        Identifiers with more carriers make no edges; see `capped`.

    Returns
    -------
    DataFrame
        `EDGE_COLUMNS`, `expected` and `p`; sorted by the two accounts. `n_objects`: identifiers both carry; `weight`:
        the sum of strength / log2(1 + degree) over them, degree = accounts that carry the identifier; `n_pairs`: the
        products of both sides' rows; `n_content_a`, `n_content_b`: contents with such an identifier; `first_at`,
        `last_at`: the first and last use by either side.

    Notes
    -----
    `expected` is that of the bipartite configuration model: of all M_t acts of carrying of a type of identifier, every
    account keeps its number k and every identifier its degree d, and who carries what is drawn at random. Two draws hit
    the same identifier with d (d - 1) / (M_t (M_t - 1)), so

        expected = sum over types t of k_a k_b  sum over identifiers i that may make edges  d_i (d_i - 1) / (M_t (M_t - 1))

    `p` is the Poisson tail at `expected`: too large rather than too small wherever n_objects exceeds expected by one.

    Both mislead where identifiers come together (a certificate and its names, a pixel and the agency's analytics):
    they are drawn as if independent, and p is too small. In a small file p is large whatever is shared: with two
    accounts and one wallet in all the data, nobody else could have shared it. And p knows nothing of what kind the
    identifier is. One shared wallet with two carriers is a fact to look at, not a coincidence to test: read the
    strength and the degree first, p where several identifiers coincide. The 24-hour rule for addresses is left out of
    `expected`, which is then too large.
    """
    query = f"""
        with {_held(types, max_degree)}, {_pairs()},
        k as (select object_type, account_id, count(*) as k from carried group by all),
        m as (select object_type, count(*)::double as m from carried group by all),
        chance as (
          select object_type, sum(degree * (degree - 1))::double / (any_value(m) * (any_value(m) - 1)) as chance
          from degree join m using (object_type) where capped = '' and degree >= 2 group by all),
        linked as materialized (
          select account_a, account_b, count(*) as n_objects, sum(n_rows_a * n_rows_b)::bigint as n_pairs,
                 sum(weight order by object_type, object_id) as weight, max(n_content_a) as most_a,
                 max(n_content_b) as most_b,
                 make_timestamptz(min(least(first_a, first_b))) as first_at,
                 make_timestamptz(max(greatest(last_a, last_b))) as last_at
          from pair group by all),
        several as materialized (
          select p.* from pair p semi join (from linked where n_objects > 1) l using (account_a, account_b)),
        content_a as (
          select p.account_a, p.account_b, count(distinct x.content_id) as n from several p join action_us x
            on x.account_id = p.account_a and x.object_type = p.object_type and x.object_id = p.object_id group by all),
        content_b as (
          select p.account_a, p.account_b, count(distinct x.content_id) as n from several p join action_us x
            on x.account_id = p.account_b and x.object_type = p.object_type and x.object_id = p.object_id group by all),
        drawn as (
          select l.account_a, l.account_b, sum(ka.k * kb.k * c.chance order by c.object_type) as expected
          from linked l join k ka on ka.account_id = l.account_a
               join k kb on kb.account_id = l.account_b and kb.object_type = ka.object_type
               join chance c on c.object_type = ka.object_type group by all)
        select '{relation}' as relation, l.account_a, l.account_b, l.n_objects, l.n_pairs,
               coalesce(a.n, l.most_a) as n_content_a, coalesce(b.n, l.most_b) as n_content_b, l.weight, l.first_at, l.last_at, 'nan'::double as mean_lag_s, 0::bigint as n_ordered,
               'nan'::double as share_a_first, d.expected
        from linked l join drawn d using (account_a, account_b)
             left join content_a a using (account_a, account_b) left join content_b b using (account_a, account_b)
        order by l.account_a, l.account_b"""
    table = frame(con, query)
    table["p"] = at_least_poisson(table["n_objects"].to_numpy(), table["expected"].to_numpy())
    return table[[*EDGE_COLUMNS, "expected", "p"]]


def evidence(
    con: duckdb.DuckDBPyConnection,
    window_s: float,
    account_a: str,
    account_b: str,
    *,
    types: Sequence[str],
    name: str,
    max_degree: int = MAX_IDENTIFIER_DEGREE,
) -> pd.DataFrame:
    """One row per identifier that both accounts carry and that makes their edge, the weightiest first.

    Besides the columns of every relation: object_type, strength, degree, weight, n_rows_a, n_rows_b (rows of the data),
    first_at_a, last_at_a, first_at_b, last_at_b, and `overlap`, whether the two spans of use overlap. Contents, texts
    and rows are those of each side's first use.
    """
    a, b = sorted((account_a, account_b), key=lambda s: s.encode())
    return frame(
        con,
        f"""
        with {_held(types, max_degree)}, {_pairs("and l.account_id = $a and r.account_id = $b")},
        first as (
          select x.account_id, x.object_type, x.object_id, arg_min(x.content_id, (x.at_us, x.content_id)) as content_id
          from action_us x join held h using (object_type, object_id, account_id)
          where x.account_id in ($a, $b) group by all)
        select '{name}' as relation, p.object_type, p.object_id, p.account_a, p.account_b,
               make_timestamptz(p.first_a) as at_a, make_timestamptz(p.first_b) as at_b, 'nan'::double as lag_s,
               fa.content_id as content_a, fb.content_id as content_b, ca.text as text_a, cb.text as text_b,
               ca.source_row as row_a, cb.source_row as row_b, p.strength, p.degree, p.weight, p.n_rows_a, p.n_rows_b,
               make_timestamptz(p.first_a) as first_at_a, make_timestamptz(p.last_a) as last_at_a,
               make_timestamptz(p.first_b) as first_at_b, make_timestamptz(p.last_b) as last_at_b,
               p.first_a <= p.last_b and p.first_b <= p.last_a as overlap
        from pair p
        join first fa on fa.account_id = p.account_a and fa.object_type = p.object_type and fa.object_id = p.object_id
        join first fb on fb.account_id = p.account_b and fb.object_type = p.object_type and fb.object_id = p.object_id
        left join content ca on ca.content_id = fa.content_id left join content cb on cb.content_id = fb.content_id
        order by p.weight desc, p.object_type, p.object_id""",
        {"a": a, "b": b},
    )


def capped(
    con: duckdb.DuckDBPyConnection,
    types: Sequence[str] | None = None,
    *,
    max_degree: int = MAX_IDENTIFIER_DEGREE,
) -> pd.DataFrame:
    """The identifiers that make no edges because too many carry them, and what they would have made.

    Returns
    -------
    DataFrame
        object_type, object_id, degree (accounts), n_rows, n_edges (pairs of accounts it would have linked), capped (the
        reason: known shared service, or more than `max_degree` carriers); highest degree first.
    """
    return frame(
        con,
        f"""
        with {_held(types or tuple(IDENTIFIERS), max_degree)}
        select object_type, object_id, degree, n_rows, degree * (degree - 1) // 2 as n_edges, capped
        from degree where capped <> '' and degree >= 2 order by degree desc, object_type, object_id""",
    )


def collateral(
    con: duckdb.DuckDBPyConnection,
    edges: pd.DataFrame,
    types: Sequence[str] | None = None,
    *,
    max_degree: int = MAX_IDENTIFIER_DEGREE,
) -> pd.DataFrame:
    """Who else carries what links these accounts: everybody that would come along if the identifiers were acted upon.

    Parameters
    ----------
    edges : DataFrame
        account_a and account_b; usually the edges of one group.

    Returns
    -------
    DataFrame
        account_id (not among those of `edges`), object_type, object_id, degree, n_inside (accounts of `edges` that carry
        it, two or more), n_rows, first_at, last_at, capped (a reason where it made no edge); sorted by account and
        identifier. Identifiers above the cap are listed too: acting upon them would reach the most bystanders.
    """
    inside = pd.DataFrame({"account_id": sorted({*edges["account_a"], *edges["account_b"]})}, dtype="str")
    con.register("inside_rows", inside)
    try:
        return frame(
            con,
            f"""
            with {_held(types or tuple(IDENTIFIERS), max_degree)},
            shared as (
              select object_type, object_id, count(*) as n_inside
              from carried semi join inside_rows using (account_id) group by all having count(*) >= 2)
            select c.account_id, c.object_type, c.object_id, d.degree, s.n_inside, c.n_rows,
                   make_timestamptz(c.first_us) as first_at, make_timestamptz(c.last_us) as last_at, d.capped
            from carried c join shared s using (object_type, object_id) join degree d using (object_type, object_id)
            anti join inside_rows i on i.account_id = c.account_id
            order by c.account_id, c.object_type, c.object_id""",
        )
    finally:
        con.unregister("inside_rows")


def _edges(con: duckdb.DuckDBPyConnection, window_s: float, *, types: Sequence[str], name: str) -> pd.DataFrame:
    return shared_identifiers(con, types, relation=name)


def _any_of(types: Sequence[str]) -> Callable[[duckdb.DuckDBPyConnection], bool]:
    def holds(con: duckdb.DuckDBPyConnection) -> bool:
        return bool(con.execute(f"select 1 from actions where object_type in ({_list(types)}) limit 1").fetchall())

    return holds


FAMILIES: dict[str, tuple[str, ...]] = {
    "shared_payment": ("payment", "bank_account", "wallet", "payer"),
    "shared_contact": ("phone", "email", "business_id"),
    "shared_device": ("device",),
    "shared_address": ("ip", "ip_prefix", "user_agent"),
    "shared_infrastructure": (
        "pixel",
        "analytics",
        "ad_publisher",
        "verification",
        "certificate",
        "certificate_name",
        "audience",
        "app",
        "file_hash",
        "nameserver",
        "resource_domain",
    ),
    "shared_landing": ("landing_domain", "profile"),
}
"""Relation -> the types of identifiers it reads."""

_WORDS = {
    "shared_payment": (
        "Same payment",
        "Links accounts that pay or are paid the same way; weight: strength over degree.",
        "Agencies and resellers pay for many clients, families share a card, and a payer's name is as somebody typed it.",
    ),
    "shared_contact": (
        "Same contact",
        "Links accounts with the same phone number, e-mail address or company number; weight: strength over degree.",
        "Offices, shops and lawyers give one number for many; numbers are handed on to strangers.",
    ),
    "shared_device": (
        "Same device",
        "Links accounts that were used on the same device; weight: strength over degree.",
        "Phones are lent, sold and shared in families, schools and shops; some identifiers stand for a whole model.",
    ),
    "shared_address": (
        "Same internet address",
        "Links accounts that used the same address within 24 hours, or network or client; weight: strength over degree.",
        "Mobile networks, offices and VPNs put thousands of strangers behind one address: it never links by itself.",
    ),
    "shared_infrastructure": (
        "Same site infrastructure",
        "Links accounts by pixels, analytics, verification tags, certificates, audiences; weight: strength over degree.",
        "Agencies, templates, tag managers and hosts put one identifier on many honest sites; copied pages carry it along.",
    ),
    "shared_landing": (
        "Same landing place",
        "Links accounts that lead to the same site or profile; weight: strength over degree.",
        "Shops, petitions, charities and news sites are linked to by many who do not know each other.",
    ),
}

for _name, _types in FAMILIES.items():
    RELATIONS.add(
        Relation(
            name=_name,
            title=_WORDS[_name][0],
            summary=_WORDS[_name][1],
            caveat=_WORDS[_name][2],
            needs=_types,
            holds=_any_of(_types),
            edges=partial(_edges, types=_types, name=_name),
            evidence=partial(evidence, types=_types, name=_name),
            family="identifier",
            untimed=True,
            never_alone=_name == "shared_address",
            defaults={"max_identifier_degree": MAX_IDENTIFIER_DEGREE},
            references=REFERENCES,
        )
    )
