"""From what was reported to the pages around it: hop by hop over identifiers that may tie, with the way that led there."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from ..seeds import Seeds

COLUMNS = ("account_id", "hops", "object_type", "object_id", "degree", "from_account")


def reach(table: pd.DataFrame, seeds: Seeds, owners: dict[str, str], limit: int) -> tuple[pd.DataFrame, list[str]]:
    """The pages within `limit` hops of the seeds.

    A hop leads from a page over an identifier that it carries to another page that carries it as well; identifiers that
    are held back (too many carriers, known services, too weak) lead nowhere.

    Parameters
    ----------
    table : DataFrame
        What `carried` returned.
    owners : dict of str to str
        Content identifier -> its account, for seeds that are ads.

    Returns
    -------
    DataFrame
        account_id, hops (0: a seed, or it carries one), object_type, object_id, degree, from_account: the identifier that
        led there, and the page it came from; the nearest first. Of several ways the one with the rarest identifier.
    list of str
        Seeds that lead nowhere because they are held back.
    """
    ties = table[(table["held_back"] == "") & (table["degree"] >= 2)]
    place = pd.DataFrame({"account_id": [*seeds.accounts, *(owners[c] for c in seeds.contents if c in owners)]})
    place = place.assign(object_type="", object_id="", degree=0, from_account="")
    notes, held = [], table.set_index(["object_type", "object_id"]).sort_index()
    parts = [place]
    for key in seeds.objects:
        if key not in held.index:
            continue
        rows = held.loc[[key]]
        why = str(rows["held_back"].iloc[0])
        if why:
            notes.append(f"the seed {key[0]}:{key[1]} leads nowhere: {why}")
            continue
        parts.append(rows.reset_index()[["account_id", "object_type", "object_id", "degree"]].assign(from_account=""))
    found = [pd.concat(parts, ignore_index=True).drop_duplicates("account_id").assign(hops=0)]
    seen: set[str] = set(found[0]["account_id"])
    for hop in range(1, limit + 1):
        new = _next(ties, found[-1]["account_id"], seen)
        if new.empty:
            break
        found.append(new.assign(hops=hop))
        seen |= set(new["account_id"])
    out = pd.concat(found, ignore_index=True)[list(COLUMNS)]
    return out.sort_values(["hops", "account_id"], ignore_index=True), notes


def _next(ties: pd.DataFrame, pages: Collection[str], seen: set[str]) -> pd.DataFrame:
    """The pages one hop on that were not seen before, with the rarest identifier that leads there."""
    keys = ["object_type", "object_id"]
    carried = ties[ties["account_id"].isin(set(pages))][[*keys, "account_id"]].rename(
        columns={"account_id": "from_account"}
    )
    onward = ties[~ties["account_id"].isin(seen)][[*keys, "account_id", "degree"]]
    ways = onward.merge(carried, on=keys).sort_values(["account_id", "degree", *keys, "from_account"])
    return ways.drop_duplicates("account_id", ignore_index=True)
