"""Accounts whose names could be taken for those of protected people and bodies; parody and fan accounts kept apart."""

from __future__ import annotations

import pandas as pd

from ..packs.market import MarketProfile
from ..relations._impersonation import impersonation_candidates
from ._election_text import fold, spoken

LEAST_SIMILARITY = 0.88
"""Of names after confusable letters are folded; the default of the impersonation template."""
NEW_DAYS = 180
"""Days since its creation within which an account counts as new."""
COLUMNS = (
    *("protected", "role", "account_id", "handle", "display_name", "likeness", "similarity", "p", "label", "is_new"),
    *("signals", "created_at", "n_posts", "first_at"),
)


def lookalikes(
    accounts: pd.DataFrame, posts: pd.DataFrame, profile: MarketProfile, as_of: pd.Timestamp
) -> pd.DataFrame:
    """`COLUMNS`: accounts like a protected name, the most alike first; the accounts that the profile itself names left out.

    label says which word of the profile's `parody` list the account carries in its name, else it is empty. signals
    counts: the name, and a young account.

    Notes
    -----
    Namesakes, relatives and staff use such names openly. A look-alike by picture, or by words of the biography, is missed.
    """
    protected = [
        {"identity": p.name, "display_name": name, "handle": handle}
        for p in profile.protected
        for name, handle in _pairs(p.name, p.also, p.accounts)
    ]
    if not protected or accounts.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    found = impersonation_candidates(accounts, pd.DataFrame(protected))
    listed = list(profile.official.accounts)
    listed += [a for party in profile.parties for a in party.accounts]
    listed += [a for person in profile.protected for a in person.accounts]
    own = {fold(a.removeprefix("@")) for a in listed}
    words = [fold(w).strip() for w in spoken(profile.parody)]
    found["label"] = [_label(words, h, d) for h, d in zip(found["handle"], found["display_name"], strict=True)]
    close = (found["similarity"] >= LEAST_SIMILARITY) | (found["label"] != "")
    named = pd.Series([fold(str(h)) in own for h in found["handle"]], index=found.index, dtype=bool)
    found = found[close & ~named]
    roles = {p.name: p.role for p in profile.protected}
    by = posts.groupby("account_id")["created_at"].agg(["size", "min"])
    created = accounts.set_index("account_id")["created_at"]
    out = found.assign(
        role=found["protected"].map(roles),
        created_at=pd.to_datetime(found["account_id"].map(created), utc=True),
        n_posts=found["account_id"].map(by["size"]).fillna(0).astype(int),
        first_at=pd.to_datetime(found["account_id"].map(by["min"]), utc=True),
    )
    out["is_new"] = (as_of - out["created_at"]) <= pd.Timedelta(days=NEW_DAYS)
    out["signals"] = 1 + out["is_new"].astype(int)
    return out.sort_values(
        ["signals", "similarity", "n_posts", "account_id"], ascending=[False, False, False, True], ignore_index=True
    ).reindex(columns=list(COLUMNS))


def _pairs(name: str, also: list[str], accounts: list[str]) -> list[tuple[str, str | None]]:
    names, handles = [name, *also], list(accounts)
    size = max(len(names), len(handles))
    return [(names[min(i, len(names) - 1)], handles[i] if i < len(handles) else None) for i in range(size)]


def _label(words: list[str], handle: object, display_name: object) -> str:
    """The first parody word that the name carries; in a handle, words stand without spaces."""
    folded = fold(f"{display_name or ''} {handle or ''}")
    joined = folded.replace(" ", "")
    return next((w for w in words if f" {w} " in folded or (len(w) >= 5 and w.replace(" ", "") in joined)), "")
