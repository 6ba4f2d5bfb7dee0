"""What the contents of an issue hold: who and what takes most of it, texts that repeat, new words, who is addressed.

Every function reads `triage_content`, which `_triage_volume.scope` makes: the contents with three marks, `focus` (of the
issue), `peak` (of its loudest stretch) and `before` (what the peak is compared with). Contents are counted, never words: a
post that says a word ten times counts once.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pandas as pd

from ..series import gini, log_odds
from ..similar import text_families
from ..store import frame

KINDS = ("hashtag", "url", "domain", "text", "mention", "media", "repost", "reply")
TERMS_KEPT = 40_000
PRIOR = 1_000.0
"""How many contents the prior of the log-odds weighs: as many as decide nothing about a word on their own."""
LEAST_ACCOUNTS = 3

_TERMS = r"""
with bare as (
    select content_id, account_id, peak,
           regexp_replace(lower(nfc_normalize(text)), '(https?://|www\.)\S+|[@＠][\w.]+', ' ', 'g') as t
    from triage_content where peak or before),
tag as (
    select b.content_id, b.account_id, b.peak, '#' || a.object_id as term
    from triage_content b join actions a using (content_id) where a.object_type = 'hashtag' and (b.peak or b.before)),
run as (
    select content_id, account_id, peak,
           unnest(regexp_extract_all(regexp_replace(t, '[#＃][\p{L}\p{M}\p{N}_]+', ' ', 'g'), '[\p{L}\p{M}]+')) as w
    from bare),
word as (
    select content_id, account_id, peak, w as term from run where length(w) between 3 and 40
        and not regexp_matches(w, '[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]')
    union all
    select content_id, account_id, peak, unnest(list_transform(range(1, length(w)), lambda i: substr(w, i, 2))) as term
    from run where length(w) >= 2
        and regexp_matches(w, '[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]'))
select term, count(distinct content_id) filter (peak) as n_peak, count(distinct content_id) filter (not peak) as n_before,
       count(distinct account_id) filter (peak) as n_accounts
from (select * from word union all select * from tag) group by term having count(distinct content_id) >= 3
order by n_peak + n_before desc, term limit {kept}"""


def tops(con: duckdb.DuckDBPyConnection, most: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What takes most of the issue, and how concentrated each kind is.

    Returns
    -------
    tuple of DataFrame
        `top`: kind, name, n_contents, share (of the issue's contents), n_accounts, n_peak (contents of the peak), first_at, last_at, at most `most` of a
        kind. `concentration`: kind, n_distinct, n_contents, top_share (of the contents that have that kind), gini.
    """
    total = int(con.execute("select count(*) from triage_content where focus").fetchall()[0][0])
    counted = frame(
        con,
        f"""
        with held as (
            select 'account' as kind, account_id as name, content_id, account_id, created_at, peak from triage_content where focus
            union all
            select a.object_type, a.object_id, c.content_id, c.account_id, c.created_at, c.peak
            from actions a join triage_content c using (content_id)
            where c.focus and a.object_type in {KINDS})
        select kind, name, count(distinct content_id) as n_contents, count(distinct account_id) as n_accounts,
               count(distinct content_id) filter (peak) as n_peak,
               min(created_at) as first_at, max(created_at) as last_at
        from held group by 1, 2 order by kind, n_contents desc, name""",
    )
    if counted.empty:
        return counted.assign(share=[]), pd.DataFrame(columns=["kind", "n_distinct", "n_contents", "top_share", "gini"])
    top = counted.groupby("kind", sort=False).head(most).reset_index(drop=True)
    top.insert(3, "share", (top["n_contents"] / max(total, 1)).round(4))
    rows = [
        (kind, len(part), int(part["n_contents"].sum()), _share(part["n_contents"]), round(gini(part["n_contents"]), 3))
        for kind, part in counted.groupby("kind")
    ]
    return top, pd.DataFrame(rows, columns=["kind", "n_distinct", "n_contents", "top_share", "gini"])


def _share(counts: pd.Series) -> float:
    return round(float(counts.max() / counts.sum()), 4)


def repeated(con: duckdb.DuckDBPyConnection, threshold: float, most: int) -> tuple[pd.DataFrame, dict[str, object]]:
    """Families of nearly equal texts that several contents hold.

    Parameters
    ----------
    threshold : float
        Least Jaccard similarity of two texts; see `investigate.similar`.
    most : int
        Families listed.

    Returns
    -------
    tuple
        DataFrame (text: the family's representative, n_texts, n_contents, n_accounts, share of the issue's texts, first_at,
        last_at) and facts: n_texts (contents with a text long enough), n_families, n_contents, share, shared (contents whose
        text `LEAST_ACCOUNTS` accounts or more hold), notes. A chain of texts, each like the next, is one family.
    """
    held = frame(
        con,
        """select a.content_id, a.account_id, a.object_id as text, c.created_at
           from actions a join triage_content c using (content_id)
           where a.object_type = 'text' and c.focus order by a.content_id, a.object_id""",
    )
    columns = ["text", "n_texts", "n_contents", "n_accounts", "share", "first_at", "last_at"]
    nothing: dict[str, object] = {
        "n_texts": 0,
        "n_families": 0,
        "n_contents": 0,
        "share": 0.0,
        "shared": 0.0,
        "notes": (),
    }
    if held.empty:
        return pd.DataFrame(columns=columns), nothing
    found = text_families(held["text"].unique().tolist(), threshold)
    named = pd.Series(found.names.to_pandas().to_numpy(), index=found.texts.to_pandas().to_numpy())
    held["family"] = held["text"].map(named)
    table = held.groupby("family", as_index=False).agg(
        n_texts=("text", "nunique"),
        n_contents=("content_id", "nunique"),
        n_accounts=("account_id", "nunique"),
        first_at=("created_at", "min"),
        last_at=("created_at", "max"),
    )
    table = table[table["n_contents"] >= 2].rename(columns={"family": "text"})
    table = table.sort_values(["n_contents", "text"], ascending=[False, True], ignore_index=True)
    n_texts = held["content_id"].nunique()
    table["share"] = (table["n_contents"] / n_texts).round(4)
    many = table[table["n_accounts"] >= LEAST_ACCOUNTS]
    facts: dict[str, object] = {
        "n_texts": int(n_texts),
        "n_families": len(table),
        "n_contents": int(table["n_contents"].sum()),
        "share": round(float(table["n_contents"].sum() / n_texts), 4),
        "shared": round(float(many["n_contents"].sum() / n_texts), 4),
        "notes": found.notes(),
    }
    return table[columns].head(most), facts


def novel(con: duckdb.DuckDBPyConnection, most: int, least_z: float = 4.0) -> pd.DataFrame:
    """Words and tags that are more frequent in the peak than in the part it is compared with.

    Log-odds ratio with an informative Dirichlet prior, counted in contents; the prior is the frequency in both parts, with
    the weight of `PRIOR` contents, and z is the ratio over its standard error. Words are runs of letters of three or more;
    in scripts written without spaces, pairs of neighbouring characters.

    Returns
    -------
    DataFrame
        term, n_peak, n_before, expected (contents of the peak, at the other part's rate), n_accounts (of the peak),
        log_odds, z, new (never seen before); terms by `LEAST_ACCOUNTS` accounts or more with z of at least `least_z`,
        largest z first. Empty where there is nothing to compare with.

    Notes
    -----
    It misleads where contents repeat one another: a text copied a hundred times makes each of its words new. z is a rank
    here, not a test.

    References
    ----------
    Monroe, Colaresi & Quinn (2008), doi:10.1093/pan/mpn018
    """
    columns = ["term", "n_peak", "n_before", "expected", "n_accounts", "log_odds", "z", "new"]
    sizes = con.execute("select count(*) filter (peak), count(*) filter (before) from triage_content").fetchall()[0]
    inside, before = (int(n) for n in sizes)
    if not inside or not before:
        return pd.DataFrame(columns=columns)
    table = frame(con, _TERMS.replace("{kept}", str(TERMS_KEPT)))
    y_in, y_out = table["n_peak"].to_numpy(float), table["n_before"].to_numpy(float)
    ratio, z = log_odds(y_in, inside, y_out, before, weight=PRIOR)
    table["log_odds"], table["z"] = ratio.round(3), z.round(2)
    table["expected"] = (y_out / before * inside).round(1)
    table["new"] = y_out == 0
    kept = table[(table["z"] >= least_z) & (table["n_accounts"] >= LEAST_ACCOUNTS)]
    return kept.sort_values(["z", "term"], ascending=[False, True], ignore_index=True)[columns].head(most)


def addressed(con: duckdb.DuckDBPyConnection, most: int) -> pd.DataFrame:
    """Accounts that the issue's contents mention, reply to or report.

    Returns
    -------
    DataFrame
        target, how (object types), n_contents, n_accounts, per_account (contents for each account that addresses it), share
        (of the issue's contents); most addressed first.
    """
    table = frame(
        con,
        """select a.object_id as target, string_agg(distinct a.object_type, ', ' order by a.object_type) as how,
                  count(distinct a.content_id) as n_contents, count(distinct a.account_id) as n_accounts
           from actions a join triage_content c using (content_id)
           where c.focus and a.object_type in ('mention', 'report') group by 1 order by 3 desc, 1""",
    )
    total = int(con.execute("select count(*) from triage_content where focus").fetchall()[0][0])
    table["per_account"] = (table["n_contents"] / table["n_accounts"]).round(2)
    table["share"] = (table["n_contents"] / max(total, 1)).round(4)
    return table.head(most)


def seeded(con: duckdb.DuckDBPyConnection, terms: Sequence[str]) -> pd.DataFrame:
    """How often each supplied term stands in the issue's texts, and in what the peak is compared with.

    Returns
    -------
    DataFrame
        term, n_contents, n_accounts, n_before, example (content_id of the first); in the order given.
    """
    rows = []
    for term in dict.fromkeys(t.strip() for t in terms if t.strip()):
        found = con.execute(
            """select count(*) filter (focus), count(distinct account_id) filter (focus), count(*) filter (before),
                      min(content_id) filter (focus)
               from triage_content where contains(lower(nfc_normalize(text)), lower(nfc_normalize(?)))""",
            [term],
        ).fetchall()[0]
        rows.append((term, int(found[0]), int(found[1]), int(found[2]), found[3] or ""))
    return pd.DataFrame(rows, columns=["term", "n_contents", "n_accounts", "n_before", "example"])


def places(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Languages, regions, platforms and kinds of content, as the source states them.

    Returns
    -------
    DataFrame
        kind (language, region, platform, content_type), name ('' where not stated), n_contents, n_accounts, share.
    """
    table = frame(
        con,
        """with held as (
               select coalesce(c.language, a.language, '') as language, coalesce(a.region, '') as region,
                      coalesce(a.platform, '') as platform, coalesce(c.content_type, '') as content_type, c.account_id
               from triage_content c left join accounts a using (account_id) where c.focus)
           select kind, name, count(*) as n_contents, count(distinct account_id) as n_accounts
           from held unpivot (name for kind in (language, region, platform, content_type))
           group by 1, 2 order by 1, 3 desc, 2""",
    )
    table["share"] = (table["n_contents"] / table.groupby("kind")["n_contents"].transform("sum")).round(4)
    return table


def creation(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """When the issue's accounts were created, by age at their first content.

    Returns
    -------
    DataFrame
        age ('under 7 days', ..., 'not stated'), n_accounts, n_contents, share (of the accounts).
    """
    table = frame(
        con,
        """with first as (select account_id, min(created_at) as at, count(*) as n from triage_content where focus group by 1),
                aged as (select f.n, date_diff('day', a.created_at, f.at) as days
                         from first f left join accounts a using (account_id)),
                named as (select n, case when days is null then 5 when days < 7 then 0 when days < 30 then 1
                                         when days < 365 then 2 when days < 1825 then 3 else 4 end as step from aged)
           select step, count(*) as n_accounts, sum(n)::bigint as n_contents from named group by 1 order by 1""",
    )
    names = ("under 7 days", "7 to 29 days", "30 days to a year", "1 to 5 years", "over 5 years", "not stated")
    table.insert(0, "age", [names[i] for i in table.pop("step")])
    table["share"] = (table["n_accounts"] / max(int(table["n_accounts"].sum()), 1)).round(4)
    return table
