"""Innocent explanations, checked on the data for each community: what was looked at, what came out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from .errors import InputError
from .findings import Alternative
from .store import frame

EXPLAINS, PARTLY, NOT, UNCHECKED = "explains", "partly", "does not explain", "not checked"
# Outlets: nearly all joint posts repeat headline and link, and a tenth of the linked posts are an account's own. In simulated
# newsrooms the shares are 1.0 and 0.27 to 0.35; planted groups push other things besides: at most half of
# their acts repeat both, by design (0.32 to 0.53 measured), so less than SAME_WORDS explains nothing, not even in part.
SAME_STORY, SAME_WORDS, OWN_STORIES = 0.9, 0.75, 0.1
# Channels that print agency texts without a link: most of what they publish stands nowhere else, and each text is carried by few
# of them. Measured where texts are nearly all that is joint: 24 Telegram news channels 0.92 to 0.95 own texts, carried by 0.21 to 0.34 of the
# other members; supported groups of the tweet slices at most 0.57 own; planted groups 0.78 to 0.90 own, carried by 0.66 to 0.86.
OWN_TEXTS, CARRIED_BY = 0.75, 0.5
TEXTS = frozenset({"text", "text_family"})
KNOWN_GROUP_COLUMNS = ("account_id", "group_name", "relation", "source")


@dataclass(frozen=True)
class Group:
    """What the checks look at: one community's members, joint contents, objects and sensitivity rows."""

    members: pd.DataFrame
    joint: pd.DataFrame
    objects: pd.DataFrame
    sensitivity: pd.DataFrame

    def survived(self, check: str) -> bool:
        rows = self.sensitivity[self.sensitivity["check"] == check]
        return bool((rows["verdict"] == "survives").any())


def read_known_groups(path: str | Path) -> pd.DataFrame:
    """The table of known groups: account_id, group_name, relation (same_owner, newsroom, party, ...), source.

    Raises
    ------
    InputError
        The file is missing or lacks account_id or group_name.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError(
            "the file of known groups does not exist", str(file), "give a CSV with account_id and group_name"
        )
    table = pd.read_csv(file, dtype=str, keep_default_na=False)
    missing = [c for c in KNOWN_GROUP_COLUMNS[:2] if c not in table.columns]
    if missing:
        raise InputError(
            f"the file of known groups lacks {', '.join(missing)}",
            f"{file}: columns {', '.join(table.columns)}",
            "add the columns",
        )
    return table.reindex(columns=list(KNOWN_GROUP_COLUMNS), fill_value="")


def known_group(group: Group, known: pd.DataFrame | None) -> Alternative:
    """Members of one newsroom, owner, party, agency or campaign act together by design."""
    name = "One known group (newsroom, owner, party, agency, campaign)"
    if known is None:
        return Alternative(name, "give a list with known_groups=FILE", "no list of known groups was given", UNCHECKED)
    ids = group.members["account_id"]
    # A list may name accounts as the platform does or as this package does ("platform:name").
    native = ids.str.split(":", n=1).str[-1]
    by = (
        pd.concat(
            [
                known.set_index("account_id")["group_name"].reindex(ids).reset_index(drop=True),
                known.set_index("account_id")["group_name"].reindex(native).reset_index(drop=True),
            ],
            axis=1,
        )
        .bfill(axis=1)
        .iloc[:, 0]
    )
    listed = by.dropna().value_counts()
    checked = f"{len(ids)} members against {known['group_name'].nunique()} known groups"
    if listed.empty:
        return Alternative(name, checked, "no member is listed", NOT)
    share = listed.iloc[0] / len(ids)
    result = f"{listed.iloc[0]} of {len(ids)} members belong to '{listed.index[0]}'"
    return Alternative(name, checked, result, EXPLAINS if share >= 0.5 else PARTLY)


def popular_object(group: Group) -> Alternative:
    """Something many people share brings strangers into the same minute."""
    top = group.objects.head(5)
    inside, outside = int(top["n_contents"].sum()), int(top["n_outside_contents"].sum())
    share = outside / max(inside + outside, 1)
    stays = group.survived("without the top object")
    result = (
        f"accounts outside the group made {outside} of {inside + outside} contents on its {len(top)} main objects ({share:.0%}); "
        f"the group {'is still found' if stays else 'is no longer found'} without the first of them"
    )
    verdict = EXPLAINS if share >= 0.5 and not stays else PARTLY if share >= 0.5 or not stays else NOT
    return Alternative(
        "A popular link, tag or text that crowds share",
        "who else used the same objects; the group without its main object",
        result,
        verdict,
    )


def shared_event(group: Group, hours: pd.Series) -> Alternative:
    """A public event makes everybody active in the same hours."""
    name, checked = (
        "An event that made everybody active at once",
        "activity of all other accounts in the group's three busiest hours",
    )
    at = group.joint.drop_duplicates("content_id")["created_at"].dt.floor("h")
    busiest = at.value_counts().sort_index().nlargest(3)
    inside = group.members["account_id"]
    outside = hours[~hours.index.get_level_values(0).isin(inside)].groupby(level=1).sum()
    if outside.sum() == 0:
        return Alternative(name, checked, "the data holds no other accounts to compare with", UNCHECKED)
    span = pd.date_range(outside.index.min(), outside.index.max(), freq="h")
    typical = float(outside.reindex(span, fill_value=0).mean())
    then = float(outside.reindex(busiest.index, fill_value=0).mean())
    times = then / max(typical, 1e-9)
    result = (
        f"{busiest.sum() / len(at):.0%} of the joint contents fall into three hours; the other accounts then published "
        f"{times:.1f} times their hourly average ({then:.0f} against {typical:.0f})"
    )
    return Alternative(name, checked, result, PARTLY if times >= 2 else NOT)


def one_account(group: Group) -> Alternative:
    """One hyperactive account meets everybody by itself."""
    top = group.members.sort_values(["n_acts", "account_id"], ascending=[False, True]).iloc[0]
    share = top["n_acts"] / max(int(group.members["n_acts"].sum()), 1)
    stays = group.survived("without the top account")
    result = f"the most active account made {share:.0%} of the joint contents; the group {'is still found' if stays else 'is no longer found'} without it"
    return Alternative(
        "One very active account",
        "the group without its most active account",
        result,
        NOT if stays else EXPLAINS if share >= 0.3 else PARTLY,
    )


def syndication(group: Group, own: pd.DataFrame) -> Alternative:
    """Share buttons and syndicated headlines put the same words and the same link into many hands.

    Outlets that carry an agency's stories are told from accounts that only pass things on by what else they do: nearly
    everything they do together repeats a headline with its link, and most of them publish linked stories of their own.
    Where there are no links, nearly everything joint is a text that few of the members carry, and most of the texts of most
    members are their own; that explains in part, because a group that takes turns looks the same.
    """
    kinds = group.joint.groupby("content_id")["object_type"].agg(set)
    texts, links = kinds.map(lambda k: bool(k & TEXTS)), kinds.map(lambda k: "url" in k)
    both, linked, said = float((texts & links).mean()), float(links.mean()), float(texts.mean())
    members = own.reindex(group.members["account_id"]).fillna(0)
    outlets = float((members["n_own"] >= OWN_STORIES * members["n_linked"].clip(lower=1)).mean())
    own_texts = float((members["n_own_texts"] / members["n_texts"].clip(lower=1)).median())
    partners = group.joint[group.joint["object_type"].isin(TEXTS)].groupby("content_id")["n_partners"].max()
    carried = float(partners.mean()) / max(len(group.members) - 1, 1) if len(partners) else 0.0
    result = (
        f"{linked:.0%} of the joint contents share a link, {said:.0%} a text, {both:.0%} both; {outlets:.0%} of the members "
        f"also publish links that nobody else in the data shares; half of the members have {own_texts:.0%} or more texts of "
        f"their own; a joint text is carried by {carried:.0%} of the other members"
    )
    explains = both >= SAME_STORY and outlets >= 0.5
    agency = said >= SAME_STORY and own_texts >= OWN_TEXTS and carried <= CARRIED_BY
    return Alternative(
        "Syndication or share buttons (same headline, same link)",
        "joint contents that repeat a text, a link or both; members with stories and texts of their own",
        result,
        EXPLAINS if explains else PARTLY if both >= SAME_WORDS or agency else NOT,
    )


def check(group: Group, known: pd.DataFrame | None, hours: pd.Series, own: pd.DataFrame) -> list[Alternative]:
    """All innocent explanations for one community, in a fixed order."""
    return [
        known_group(group, known),
        popular_object(group),
        shared_event(group, hours),
        one_account(group),
        syndication(group, own),
    ]


def check_untimed(
    group: Group, known: pd.DataFrame | None, edges: pd.DataFrame, around: pd.DataFrame
) -> list[Alternative]:
    """The innocent explanations for a group that shares identifiers instead of acting together.

    Parameters
    ----------
    edges : DataFrame
        The group's edges.
    around : DataFrame
        `investigate.relations.identifiers.collateral` of these edges: who else carries the same identifiers.
    """
    outside = around["account_id"].nunique()
    served = int(around.drop_duplicates(["object_type", "object_id"])["capped"].ne("").sum())
    most = int(edges["n_objects"].max())
    return [
        known_group(group, known),
        Alternative(
            "An agency, host, reseller or template that serves all of them",
            "who else in the data carries the identifiers that link the group",
            f"{outside:,} other accounts carry identifiers of the group; {served:,} of its identifiers belong to known services or "
            "to too many accounts to link anybody",
            PARTLY if outside else NOT,
        ),
        Alternative(
            "Copied along: a page, tag or file taken from elsewhere with the identifier in it",
            "how many different identifiers tie the closest pair",
            f"the closest pair shares {most:,} identifier{'' if most == 1 else 's'}",
            PARTLY if most < 2 else NOT,
        ),
    ]


def own_stories(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """What each account publishes that nobody else in the data does.

    Returns
    -------
    DataFrame
        account_id (index), n_linked (contents with a link), n_own (those whose links no other account posted), n_texts
        (contents with a text of six words or more), n_own_texts (those whose text no other account posted).
    """
    table = frame(
        con,
        """
        with act as (select * from action_us where object_type in ('url', 'text')),
        held as (select object_type, object_id, count(distinct account_id) as n from act group by 1, 2),
        post as (select a.account_id, a.content_id, a.object_type, max(h.n) as n
                 from act a join held h using (object_type, object_id) group by 1, 2, 3)
        select account_id, count(*) filter (object_type = 'url') as n_linked,
               count(*) filter (object_type = 'url' and n = 1) as n_own,
               count(*) filter (object_type = 'text') as n_texts,
               count(*) filter (object_type = 'text' and n = 1) as n_own_texts
        from post group by 1 order by 1""",
    )
    return table.set_index("account_id")


def contents_per_hour(con: duckdb.DuckDBPyConnection) -> pd.Series:
    """Contents per account and hour (UTC), for the comparison with everybody else."""
    table = frame(
        con,
        "select account_id, time_bucket(interval 1 hour, created_at) as hour, count(*) as n from content group by 1, 2 order by 1, 2",
    )
    return table.set_index(["account_id", "hour"])["n"]
