"""A proposed column mapping, from the columns' names and some of their values. Never used unless confirmed."""

from __future__ import annotations

import re
from typing import NamedTuple

import pyarrow as pa

from ..errors import InputError
from ._times import parse_times

# Names seen in exports of platforms and research tools, best first; compared without case, spaces and signs.
_NAMES: dict[str, str] = {
    "account_id": """account_id userid user_id author_id actor_id page_id channel_id profile_id owner_id from_id author
        screen_name user_screen_name username user_name account user handle post_owner_id author_username page_name
        group_name channel chat sender advertiser_id seller_id from""",
    "created_at": """created_at tweet_time timestamp_share post_created publish_date published_at publishedat creation_time
        create_time created_time createdat created_utc timestamp datetime date_time post_created_date unix_timestamp
        date_unixtime ad_creation_time date posted_at time created""",
    "text": """text tweet_text full_text content body message post_text caption description video_description tweet
        ad_creative_bodies title comment""",
    "content_id": """content_id tweetid tweet_id post_id message_id status_id video_id videoid comment_id ad_id listing_id
        id id_str uri facebook_id""",
    "language": "language lang tweet_language post_language",
    "sensitivity": "sensitivity sensitivity_label possibly_sensitive is_sensitive sensitive content_warning nsfw",
    "handle": "screen_name user_screen_name username handle author_username user_name",
    "display_name": "display_name user_display_name displayname author_name page_name name author_full",
    "account_created_at": "account_creation_date account_created_at user_created_at author_created_at page_created",
    "followers": "followers follower_count followers_count author_followers followers_at_posting user_followers_count",
    "following": "following following_count follows_count friends_count",
    "account_language": "account_language user_lang",
    "region": "region location user_reported_location page_admin_top_country country author_location region_code",
    "url": "urls url expanded_urls final_link link links link_url landing_url link_attached entities_linked",
    "hashtag": "hashtags hashtag tags hashtag_names entities_hashtags",
    "mention": "user_mentions mentions mentioned_users entities_mentioned video_mention_list",
    "media": "media_hash image_hash sha256 md5 phash media_id",
    "repost_of": """repost_of retweet_tweetid retweeted_status_id referenced_tweets_retweeted_id shared_post_id repost_id
        retweet_id quoted_post""",
    "reply_to": "reply_to in_reply_to_tweetid in_reply_to_status_id in_reply_to_id reply_id replied_to_post parent_id reply_to_message_id",
    "object_id": "object_id",
    "object_type": "object_type",
    "platform": "platform",
}


class Proposed(NamedTuple):
    """One proposed entry of a mapping: the column, and why."""

    column: str
    reason: str


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def guess(sample: pa.Table) -> dict[str, Proposed]:
    """Propose a mapping for a file from its first rows.

    Parameters
    ----------
    sample : pyarrow.Table
        The file's columns as strings, some rows of them.

    Returns
    -------
    dict of str to Proposed
        Field -> column and reason. A field with no likely column is missing.
    """
    by_plain = {_plain(c): c for c in reversed(sample.column_names)}
    found: dict[str, Proposed] = {}
    taken: set[str] = set()
    for field, names in _NAMES.items():
        for name in names.split():
            column = by_plain.get(_plain(name))
            if column is None or (column in taken and field not in ("handle", "display_name")):
                continue
            says = _says(field, sample[column])
            if says is None:
                continue
            if field in ("handle", "display_name") and column in taken:
                break
            found[field] = Proposed(column, f"its name; {says}")
            taken.add(column)
            break
    if "created_at" not in found:
        for column in sample.column_names:
            if column not in taken and (says := _says("created_at", sample[column])):
                found["created_at"] = Proposed(column, f"its values; {says}")
                taken.add(column)
                break
    if "text" not in found and (longest := _longest(sample, taken)):
        found["text"] = longest
    if "object_id" in found and "object_type" not in found:
        found["object_type"] = Proposed("constant:repost", "object_id needs a type: check it")
    return found


def _says(field: str, column: pa.ChunkedArray) -> str | None:
    """What the values say in favour of the field, or None when they speak against it."""
    values = [v for v in column.to_pylist() if v and v.strip()]
    if not values:
        return None
    if field in ("created_at", "account_created_at"):
        try:
            times = parse_times(pa.chunked_array([pa.array(values, pa.string())]), name="", where="")
        except InputError:
            return None
        good = len(values) - times.at.null_count
        return f"{good} of {len(values)} values are times" if good * 2 > len(values) else None
    if field == "content_id":
        # A few repeats are copies; many mean that the column names something else.
        n = len(set(values))
        return f"{n} different values in {len(values)}" if n * 5 >= len(values) * 4 else None
    if field in ("followers", "following"):
        return "numbers" if all(v.replace(",", "").replace(".", "").isdigit() for v in values) else None
    if field == "url":
        n = sum("://" in v or "www." in v or re.search(r"\w\.\w", v) is not None for v in values)
        return f"{n} of {len(values)} values are links" if n * 2 > len(values) else None
    shown = values[0][:30].replace("\n", " ")
    return f"{len(set(values))} different values in {len(values)}, the first '{shown}'"


def _longest(sample: pa.Table, taken: set[str]) -> Proposed | None:
    best, length = None, 25.0
    for column in sample.column_names:
        values = [v for v in sample[column].to_pylist() if v]
        mean = sum(map(len, values)) / len(values) if values else 0.0
        if column not in taken and mean > length:
            best, length = column, mean
    return Proposed(best, f"its values are the longest, {length:.0f} characters on average") if best else None
