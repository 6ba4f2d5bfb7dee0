"""Sites and pages whose names could be taken for a protected brand's: confusable letters, edits, additions, subdomains."""

from __future__ import annotations

import pandas as pd

from ..objects import fold_name, host_of, registrable_domain
from ..relations.similar_name import impersonation_candidates

CLOSE = 0.85
"""Likeness from which a name counts as a signal of deceiving; everything under it is listed for people to look at."""

COLUMNS = (
    *("brand", "brand_domain", "what", "value", "account_id", "likeness", "similarity", "close", "n_pages", "n_ads"),
)


def lookalikes(ads: pd.DataFrame, accounts: pd.DataFrame, shown: pd.DataFrame, brands: pd.DataFrame) -> pd.DataFrame:
    """Landing domains and page names that look like a brand's, the most alike first.

    Parameters
    ----------
    ads : DataFrame
        content_id, account_id, landing_url, landing_domain.
    accounts : DataFrame
        account_id, handle, display_name.
    shown : DataFrame
        content_id, domain: sites that an ad shows or names, other than the one it leads to.
    brands : DataFrame
        name, domain, account_id; see `read_brands`.

    Returns
    -------
    DataFrame
        brand, brand_domain, what ('landing domain', 'subdomain', 'shown site', 'page name'), value, account_id (a page that
        uses it; of several the first), likeness (in words), similarity (0 to 1), close (at or above `CLOSE`), n_pages,
        n_ads; one row per brand and value. A brand's own sites and pages are left out.

    Notes
    -----
    Names are compared by `investigate.relations.similar_name.impersonation_candidates` (Unicode TR39 confusables, one or two
    edits, additions), sites by the part before the public suffix, internationalised ones in their own letters. It misleads
    for resellers, fan pages, critics and namesakes; and a brand of everyday words is in everybody's names.
    """
    if brands.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    own = set(brands["domain"]) - {""}
    rows = [*_sites(ads, brands, own), *_shown(ads, shown, brands), *_page_names(ads, accounts, brands, own)]
    table = pd.DataFrame(
        rows, columns=["brand", "brand_domain", "what", "value", "likeness", "similarity", "accounts", "n_ads"]
    )
    table["account_id"] = [min(a, key=str.encode) if a else "" for a in table["accounts"]]
    table["n_pages"] = table["accounts"].map(len)
    table["close"] = table["similarity"] >= CLOSE
    table = table.sort_values(
        ["similarity", "n_ads", "brand", "what", "value"], ascending=[False, False, True, True, True], ignore_index=True
    )
    return table[list(COLUMNS)]


def pages_of(table: pd.DataFrame, ads: pd.DataFrame) -> dict[str, set[str]]:
    """Page -> the close likenesses it uses, in words."""
    out: dict[str, set[str]] = {}
    close = table[table["close"].astype(bool)] if len(table) else table
    for row in close.itertuples(index=False):
        said = f"{row.what} {row.value} like {row.brand}"
        used_by = [row.account_id] if row.what == "page name" else _pages_with(ads, row.what, row.value)
        for page in used_by:
            out.setdefault(page, set()).add(said)
    return out


def _pages_with(ads: pd.DataFrame, what: str, value: str) -> list[str]:
    if what == "landing domain":
        hit = ads["landing_domain"].eq(value)
    elif what == "subdomain":
        hit = ads["landing_url"].map(lambda u: host_of(u) if isinstance(u, str) else None).eq(value)
    else:
        hit = ads["shown"].map(lambda held: value in held if isinstance(held, (set, frozenset)) else False)
    return sorted(set(ads.loc[hit, "account_id"].dropna()))


def label(domain: str) -> str:
    """The part of a registrable domain before its suffix, in its own letters: 'xn--pypal-4ve.com' is 'pаypal'."""
    first = domain.split(".")[0]
    try:
        return first.encode("ascii").decode("idna") if first.startswith("xn--") else first
    except UnicodeError:
        return first


def _by(ads: pd.DataFrame, column: str) -> dict[str, tuple[set[str], int]]:
    held = ads.dropna(subset=[column])
    return {
        str(value): (set(part["account_id"].dropna()), len(part)) for value, part in held.groupby(column, sort=True)
    }


def _sites(ads: pd.DataFrame, brands: pd.DataFrame, own: set[str]) -> list[tuple]:
    used = {d: held for d, held in _by(ads, "landing_domain").items() if d not in own}
    known = brands[brands["domain"].ne("")]
    rows: list[tuple] = []
    domain_of = dict(zip(known["name"], known["domain"], strict=True))
    if used and len(known):
        # As display names: an equal label under another suffix is a look-alike here, not the brand itself.
        names = pd.DataFrame({"account_id": list(used), "display_name": [label(d) for d in used]})
        protected = pd.DataFrame({"identity": known["name"], "display_name": known["domain"].map(label)})
        found = impersonation_candidates(names, protected)
        for row in found.itertuples(index=False):
            likeness, similarity = _as_word(row.account_id, domain_of[row.protected]) or (row.likeness, row.similarity)
            likeness = "the same name under another suffix" if likeness == "the same name" else likeness
            pages, n = used[row.account_id]
            brand = (row.protected, domain_of[row.protected])
            rows.append((*brand, "landing domain", row.account_id, likeness, float(similarity), pages, n))
    hosts = ads.assign(host=ads["landing_url"].map(lambda u: host_of(u) if isinstance(u, str) else None))
    for host, (pages, n) in _by(hosts, "host").items():
        outer = registrable_domain(host) or ""
        front = host.removesuffix(outer).rstrip(".")
        for brand_name, domain in zip(known["name"], known["domain"], strict=True):
            if outer not in own and f".{domain}." in f".{front}.":
                rows.append((brand_name, domain, "subdomain", host, "the brand's site as a subdomain", 1.0, pages, n))
    return rows


def _as_word(domain: str, brand: str) -> tuple[str, float] | None:
    """A brand's label as a word of its own in a longer one: 'brand-login'; for brands of five letters or more."""
    wanted = fold_name(label(brand)).skeleton
    words = [fold_name(w).skeleton for w in label(domain).split("-")]
    return (
        ("the brand as a word of the site's name", 0.9)
        if len(words) > 1 and len(wanted) >= 5 and wanted in words
        else None
    )


def _shown(ads: pd.DataFrame, shown: pd.DataFrame, brands: pd.DataFrame) -> list[tuple]:
    """Ads that show a brand's site and lead elsewhere."""
    rows = []
    joined = shown.merge(ads[["content_id", "account_id", "landing_domain"]], on="content_id")
    joined = joined[joined["landing_domain"].notna()]
    for name, domain in zip(brands["name"], brands["domain"], strict=True):
        hit = joined[joined["domain"].eq(domain)] if domain else joined.head(0)
        if len(hit):
            pages = set(hit["account_id"].dropna())
            rows.append(
                (name, domain, "shown site", domain, "shows the brand's site, leads elsewhere", 1.0, pages, len(hit))
            )
    return rows


def _page_names(ads: pd.DataFrame, accounts: pd.DataFrame, brands: pd.DataFrame, own: set[str]) -> list[tuple]:
    """Pages named like a brand that lead anywhere but only to the brand's own sites."""
    by_page = ads.dropna(subset=["account_id"]).groupby("account_id")
    leads = by_page["landing_domain"].agg(lambda d: set(d.dropna()))
    counts = by_page.size()
    pages = accounts[accounts["account_id"].isin(leads.index)]
    official = {a for a, domains in leads.items() if domains and domains <= own} | (set(brands["account_id"]) - {""})
    pages = pages[~pages["account_id"].isin(official)]
    fields = [f for f in ("handle", "display_name") if pages[f].notna().any()]
    if pages.empty or not fields:
        return []
    protected = pd.DataFrame({"identity": brands["name"], "display_name": brands["name"]})
    found = impersonation_candidates(pages[["account_id", *fields]], protected)
    domain_of = dict(zip(brands["name"], brands["domain"], strict=True))
    return [
        (
            *(
                row.protected,
                domain_of[row.protected],
                "page name",
                row.account_name,
                row.likeness,
                float(row.similarity),
            ),
            *({row.account_id}, int(counts[row.account_id])),
        )
        for row in found.itertuples(index=False)
    ]
