"""Normal forms of the things accounts act on: links, domains, hashtags, mentions and texts.

Two accounts did the same thing only if both things have the same normal form, so each rule here is a claim
that a difference does not matter. The rules are few and stated. Nothing is looked up: a shortened link stays
the shortened link unless a table of redirects is supplied, and the public-suffix list is the copy inside the installed package.
"""

from collections.abc import Callable

from ._identifiers import IDENTIFIERS, STRENGTHS, Identifier, identifier, identifiers, refang
from ._links import SHORTENERS, canonical_url, follow_redirects, host_of, is_shortener, registrable_domain
from ._names import FoldedName, fold_name, name_distance, name_shape, near_names
from ._services import is_shared_service, service_sql
from ._texts import (
    MIN_LETTERS,
    MIN_WORDS,
    UNSPACED,
    fold,
    hashtag,
    hashtags,
    mention,
    mentions,
    normal_text,
    text_objects,
    urls,
)

__all__ = [
    "IDENTIFIERS",
    "MIN_LETTERS",
    "MIN_WORDS",
    "NORMAL_FORMS",
    "SHORTENERS",
    "STRENGTHS",
    "UNSPACED",
    "FoldedName",
    "Identifier",
    "canonical_url",
    "fold",
    "fold_name",
    "follow_redirects",
    "hashtag",
    "hashtags",
    "host_of",
    "identifier",
    "identifiers",
    "is_shared_service",
    "is_shortener",
    "mention",
    "mentions",
    "name_distance",
    "name_shape",
    "near_names",
    "normal_text",
    "refang",
    "registrable_domain",
    "service_sql",
    "text_objects",
    "urls",
]

NORMAL_FORMS: dict[str, Callable[[str], str | None]] = {
    "url": canonical_url,
    "domain": registrable_domain,
    "hashtag": hashtag,
    "mention": mention,
    "text": normal_text,
}
"""Object type -> the function that brings a value into the form the data holds it in, None for what is none."""
