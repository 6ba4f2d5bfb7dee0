"""The canonical tables, declared once: the checks, the data dictionary and the messages all read this.

Every source writes these tables and every stage reads only these. Identifiers are strings, so that a
19-digit number keeps its digits; times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

TEXT = pa.string()
TIME = pa.timestamp("us", tz="UTC")
COUNT = pa.int64()
FLAG = pa.bool_()
REAL = pa.float64()


@dataclass(frozen=True)
class Column:
    """One column: its name, Arrow type, meaning, and whether a row without it is set aside."""

    name: str
    type: pa.DataType
    meaning: str
    required: bool = False


@dataclass(frozen=True)
class Table:
    """One canonical table."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.type) for c in self.columns])

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.required)

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)


ACCOUNTS = Table(
    "accounts",
    "One actor identity on one platform: a profile, page, group, channel or advertiser.",
    (
        Column(
            "account_id",
            TEXT,
            "platform and native identifier, 'twitter:jack'; the native one where no platform is known",
            True,
        ),
        Column("platform", TEXT, "the platform's name, lower case"),
        Column("handle", TEXT, "the name the account is addressed by, as exported"),
        Column("display_name", TEXT, "the name the account shows"),
        Column("created_at", TIME, "when the account was created"),
        Column("followers", COUNT, "followers at the latest observation"),
        Column("following", COUNT, "accounts followed at the latest observation"),
        Column("language", TEXT, "the language the source states for the account"),
        Column("region", TEXT, "the region the source states for the account"),
        Column("source_label", TEXT, "a label the source attaches to the account; never used to link or to score"),
    ),
    ("account_id",),
)

CONTENT = Table(
    "content",
    "One post, comment, ad, listing or message.",
    (
        Column("content_id", TEXT, "the source's identifier, or 'row-<n>' (the file's row) where it has none", True),
        Column("account_id", TEXT, "who published it", True),
        Column("created_at", TIME, "when it was published, UTC", True),
        Column("text", TEXT, "the text as exported"),
        Column("language", TEXT, "the language the source states"),
        Column("content_type", TEXT, "post, repost, reply, quote, ad, ... ; 'post' where the source does not say"),
        Column(
            "sensitivity",
            TEXT,
            "labels of the source that say what the content shows; they only decide what is covered",
        ),
        Column("source_row", COUNT, "the row of the source file it came from, counted from 1 without the header"),
    ),
    ("content_id",),
)

ACTIONS = Table(
    "actions",
    "One account did one thing to one object at one time: the row everything starts from.",
    (
        Column("account_id", TEXT, "who acted", True),
        Column("content_id", TEXT, "the content it was done with", True),
        Column("object_type", TEXT, "url, domain, hashtag, mention, repost, reply, text, media, ...", True),
        Column("object_id", TEXT, "the object in its normal form", True),
        Column("acted_at", TIME, "when, UTC", True),
        Column("source_row", COUNT, "the row of the source file it came from"),
    ),
    ("object_type", "object_id", "content_id"),
)

SET_ASIDE = Table(
    "set_aside",
    "Rows of the source file that could not be used, with the reason and the text of the row.",
    (
        Column("source_row", COUNT, "row or line of the source file", False),
        Column(
            "reason",
            TEXT,
            "a short code: missing_time, bad_time, missing_account, bad_columns, bad_encoding, duplicate, ...",
            True,
        ),
        Column("detail", TEXT, "what exactly was found"),
        Column("raw", TEXT, "the row as it stood, cut at 2,000 characters"),
    ),
    ("source_row", "reason"),
)

ADS = Table(
    "ads",
    "What is known of an ad beside its content: who paid, how much, where it led, how often it was shown.",
    (
        Column("content_id", TEXT, "the ad; the same identifier as in `content`", True),
        Column(
            "account_id",
            TEXT,
            "the page or advertiser it belongs to, or what it leads to where no page is named; empty where neither is",
        ),
        Column("page_name", TEXT, "the page's name as stated with the ad; several for one page are a change of name"),
        Column("payer", TEXT, "who paid, as stated"),
        Column("beneficiary", TEXT, "on whose behalf, as stated"),
        Column("currency", TEXT, "ISO 4217 code as exported; amounts of two currencies are never added"),
        Column("spend_low", REAL, "amount spent, lower bound, in `currency`; equal to the upper one where exact"),
        Column("spend_high", REAL, "amount spent, upper bound"),
        Column("impressions_low", COUNT, "times shown, lower bound; 0 where it was never shown"),
        Column("impressions_high", COUNT, "times shown, upper bound"),
        Column("clicks", COUNT, "clicks"),
        Column("started_at", TIME, "when delivery began"),
        Column("ended_at", TIME, "when delivery ended; empty while it runs, or where the source does not say"),
        Column("landing_url", TEXT, "where it leads, in canonical form"),
        Column("landing_domain", TEXT, "the registrable domain of `landing_url`"),
        Column("disclaimer", TEXT, "the disclaimer shown with it"),
        Column("status", TEXT, "active, ended, removed, ... as exported"),
        Column("source_row", COUNT, "the row of the source file it came from"),
    ),
    ("content_id",),
)

ESCALATIONS = Table(
    "escalations",
    "One case of a queue: when it came, who handled it, when it was answered.",
    (
        Column("escalation_id", TEXT, "the queue's identifier", True),
        Column("opened_at", TIME, "when it was opened, UTC", True),
        Column("requester_type", TEXT, "user, regulator, advertiser, business, internal, media, ...; as exported"),
        Column("market", TEXT, "country or market"),
        Column("language", TEXT, "the language of the case"),
        Column("surface", TEXT, "where it happened, or how the case came in"),
        Column("policy_area", TEXT, "policy area, category or subject"),
        Column("severity", TEXT, "severity, impact"),
        Column("priority", TEXT, "priority"),
        Column("status", TEXT, "the latest status"),
        Column("owner", TEXT, "who holds it; a pseudonym in the public sets"),
        Column("team", TEXT, "the group that holds it"),
        Column("vendor", TEXT, "the vendor that handles it"),
        Column("first_ack_at", TIME, "first acknowledgement"),
        Column("first_action_at", TIME, "first action"),
        Column("resolved_at", TIME, "last resolution; empty while open"),
        Column("closed_at", TIME, "when it was closed"),
        Column("last_seen_at", TIME, "the last time the export says anything of it: where an open case is cut off"),
        Column("due_at", TIME, "the deadline"),
        Column("sla_met", FLAG, "whether the source says that the deadline was kept; empty where it does not say"),
        Column("is_open", FLAG, "whether it was still open when the export ends"),
        Column("reopened_count", COUNT, "times reopened"),
        Column("reassigned_count", COUNT, "times handed on"),
        Column("hold_seconds", REAL, "seconds on hold"),
        Column("outcome", TEXT, "how it ended, as exported"),
        Column("source_row", COUNT, "the first row of the source file it came from"),
    ),
    ("escalation_id",),
)

COUNTS = Table(
    "counts",
    "A published series of counts: notices, requests, appeals per day, week, month or half-year.",
    (
        Column("series", TEXT, "what was counted", True),
        Column("period_start", TIME, "start of the period, UTC", True),
        Column("period", TEXT, "day, week, month, quarter, half_year or year", True),
        Column("value", REAL, "the count", True),
        Column("detail", TEXT, "a part of the series (country, kind), where it has parts"),
        Column("source_row", COUNT, "the row of the source file it came from"),
    ),
    ("series", "detail", "period_start"),
)

TABLES: dict[str, Table] = {t.name: t for t in (ACCOUNTS, CONTENT, ACTIONS, SET_ASIDE)}
"""The tables that every source writes."""
OPTIONAL: dict[str, Table] = {t.name: t for t in (ADS, ESCALATIONS, COUNTS)}
"""The tables that only some sources write; in a case they always exist, empty where no source wrote them."""
CLOCKS = {"content": "created_at", "escalations": "opened_at", "counts": "period_start"}
"""The time of a row, for the tables that hold rows of their own."""

OBJECT_TYPES: dict[str, str] = {
    "url": "a link in canonical form",
    "domain": "the registrable domain of a link (public-suffix list)",
    "hashtag": "a tag, case-folded, without the sign",
    "mention": "an account addressed in the text, case-folded",
    "text": "a text in normal form, six words or more",
    "repost": "the content that was reposted",
    "reply": "the content that was replied to",
    "quote": "the content that was quoted",
    "follow": "the account that was followed, by identifier or handle",
    "report": "the content or account that was reported, by identifier or handle",
    "media": "a file's hash; a perceptual one names its algorithm: 'pdq:<digits>', 'phash:<digits>'",
    "payment": "a payment instrument; a hash",
    "bank_account": "a bank account; a hash",
    "device": "a device's identifier; a hash",
    "phone": "a telephone number; a hash",
    "email": "an e-mail address; a hash",
    "business_id": "a company's, tax or VAT number",
    "wallet": "a crypto-currency address whose checksum holds",
    "pixel": "an advertising pixel",
    "analytics": "the account part of a measurement or tag-manager identifier",
    "ad_publisher": "the publisher number under which a site sells advertising space",
    "verification": "a site-verification tag, name=token",
    "certificate": "a certificate's SHA-256",
    "certificate_name": "a registrable domain that the site's certificate names",
    "landing_domain": "the registrable domain that an ad or an account sends people to or runs",
    "profile": "a profile on a known platform, site/name",
    "audience": "an audience that an advertiser keeps: the followers of a page, an uploaded list",
    "payer": "who pays for an ad, as stated",
    "app": "an app's identifier in a store",
    "file_hash": "the hash of a program or document",
    "ip": "an internet address, which counts only within 24 hours; a hash",
    "ip_prefix": "the /24 or /48 of an internet address; a hash",
    "nameserver": "the registrable domain of the name servers of the account's site",
    "resource_domain": "a registrable domain from which a site loads parts of its pages",
    "user_agent": "the browser or client as it names itself",
}


def data_dictionary() -> str:
    """The tables as Markdown, for the documentation."""
    out = []
    for table in (TABLES | OPTIONAL).values():
        out += [
            f"### {table.name}",
            "",
            table.meaning,
            "",
            "| column | type | required | meaning |",
            "|---|---|---|---|",
        ]
        out += [f"| `{c.name}` | {c.type} | {'yes' if c.required else ''} | {c.meaning} |" for c in table.columns]
        out.append("")
    out += ["### Object types", "", "| object type | meaning |", "|---|---|"]
    out += [f"| `{name}` | {meaning} |" for name, meaning in OBJECT_TYPES.items()]
    return "\n".join(out) + "\n"
