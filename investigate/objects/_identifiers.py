"""Identifiers in normal form: what two accounts may share without acting on anything together.

Public infrastructure (a pixel, a wallet, a landing domain) stays readable. What belongs to a person or a household (a
phone number, an e-mail address, a payment instrument, an address on the internet) is kept as a hash only.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from ..tables import OBJECT_TYPES
from ._links import host_of, registrable_domain
from ._services import is_platform
from ._wallets import wallet

STRENGTHS: dict[str, float] = {"strong": 1.0, "strong-medium": 0.8, "medium": 0.5, "medium-weak": 0.3, "weak": 0.1}
"""What sharing one identifier is worth in a weight. The order is the field's (what can only be one person's, what one
operator reuses, what strangers share by chance); the numbers are a convention of this package and were not measured."""

HASH_DIGITS = 20
"""Hexadecimal digits kept of a personal identifier's SHA-256: 80 bits, so that a million of them do not collide."""

_DEFANGED = (
    (re.compile(r"[\[({]\s*(?:\.|dot)\s*[\])}]", re.IGNORECASE), "."),
    (re.compile(r"[\[({]\s*(?:@|at)\s*[\])}]", re.IGNORECASE), "@"),
    (re.compile(r"\[(://|:|/)\]"), r"\1"),
    (re.compile(r"\bhxxp(s?)\b", re.IGNORECASE), r"http\1"),
)
_EMAIL = re.compile(r"^[^\s@\"<>(),:;\[\]\\]+@[^\s@]+$")
_EXTENSION = re.compile(r"\s*(?:ext\.?|x|#)\s*\d+$", re.IGNORECASE)
_ANALYTICS = (
    (re.compile(r"^UA-?(\d{4,10})(?:-\d{1,4})?$", re.IGNORECASE), "UA-{}"),
    (re.compile(r"^G-?([A-Z0-9]{10})$"), "G-{}"),
    (re.compile(r"^GTM-([A-Z0-9]{4,10})$", re.IGNORECASE), "GTM-{}"),
    (re.compile(r"^AW-(\d{6,12})$", re.IGNORECASE), "AW-{}"),
    (re.compile(r"^YM[-(]?(\d{4,10})\)?$", re.IGNORECASE), "YM-{}"),
)
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
_PUBLISHER = re.compile(r"(?:^|[-,\s])(pub-\d{10,20})\b", re.IGNORECASE)


def refang(text: str) -> str:
    """Text in which links and addresses were made harmless (`hxxps://example[.]com`) as it was before."""
    for pattern, plain in _DEFANGED:
        text = pattern.sub(plain, text)
    return text


def _folded(value: str) -> str | None:
    """NFKC, case-folded, white space as single spaces."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split()) or None


def _token(value: str) -> str | None:
    """As it is, without white space around it."""
    return value.strip() or None


def _code(least: int) -> Callable[[str], str | None]:
    """Letters and digits in upper case, without spaces and signs; None under `least` of them."""

    def normal(value: str) -> str | None:
        kept = "".join(c for c in unicodedata.normalize("NFKC", value).upper() if c.isalnum())
        return kept if len(kept) >= least else None

    return normal


def phone(value: str) -> str | None:
    """`+` and digits; a number without a country code stays apart, because its country is not known."""
    value = unicodedata.normalize("NFKC", value).strip().removeprefix("tel:")
    value = _EXTENSION.sub("", value)
    plus = value.startswith(("+", "00"))
    if plus:
        value = value.replace("(0)", "").removeprefix("00")
    if re.search(r"[^\d\s()+./-]", value):
        return None
    digits = "".join(str(unicodedata.digit(c)) for c in value if c.isdigit())
    return f"{'+' if plus else 'national '}{digits}" if 7 <= len(digits) <= 15 else None


def email(value: str) -> str | None:
    """Lower case, host in punycode. Dots and `+tags` stay: that providers ignore them is true of some only."""
    value = refang(unicodedata.normalize("NFKC", value)).strip().removeprefix("mailto:").strip("<>").lower()
    local, _, domain = value.rpartition("@")
    host = host_of(domain) if domain else None
    return f"{local}@{host}" if host and _EMAIL.match(value) else None


def _address(value: str) -> str | None:
    value = refang(value).strip().strip("[]")
    for candidate in (value, value.rpartition(":")[0].strip("[]")):  # an address with a port behind it
        try:
            found = ip_address(candidate)
        except ValueError:
            continue
        if isinstance(found, IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        return found.compressed if found.is_global and not found.is_multicast else None
    return None


def ip(value: str) -> str | None:
    """An address in its short form; private, loopback and reserved addresses are everybody's and give none."""
    return _address(value)


def ip_prefix(value: str) -> str | None:
    """The /24 (IPv4) or /48 (IPv6) of an address, also of one given as a network or cut after three numbers."""
    value = refang(value).strip().partition("/")[0]
    if re.fullmatch(r"\d{1,3}(\.\d{1,3}){2}\.?", value):
        value = value.rstrip(".") + ".0"
    found = _address(value)
    if found is None:
        return None
    return ip_network(f"{found}/{48 if ':' in found else 24}", strict=False).compressed


def analytics(value: str) -> str | None:
    """The account part of a measurement identifier: `UA-12345-1` is `UA-12345`, for one account has many properties."""
    value = value.strip()
    for pattern, form in _ANALYTICS:
        if match := pattern.match(value):
            return form.format(match.group(1).upper())
    return None


def ad_publisher(value: str) -> str | None:
    """`pub-` and digits, out of `ca-pub-...` or a line of ads.txt."""
    match = _PUBLISHER.search(value)
    return match.group(1).lower() if match else None


def pixel(value: str) -> str | None:
    """The number of a pixel (10 to 20 digits), also out of `fbq('init', '...')`; 20 letters and digits as well."""
    if match := re.search(r"(?<!\d)(\d{10,20})(?!\d)", value):
        return match.group(1)
    return value.strip() if re.fullmatch(r"[A-Z0-9]{18,22}", value.strip()) else None


def verification(value: str) -> str | None:
    """`name=token` of a verification tag; the token keeps its case."""
    match = re.match(r"^\s*([\w.-]+)\s*[=|:]\s*[\"']?([^\s\"']{6,200})[\"']?\s*$", value)
    return f"{match.group(1).lower()}={match.group(2)}" if match else None


def certificate(value: str) -> str | None:
    """The SHA-256 of a certificate (PEM), or a fingerprint as given, in lower case without colons."""
    if match := _PEM.search(value):  # of a chain, the site's own comes first
        try:
            body = base64.b64decode("".join(match.group(1).split()), validate=True)
        except ValueError:
            return None
        return hashlib.sha256(body).hexdigest() if body else None
    return file_hash(value.replace(":", ""))


def file_hash(value: str) -> str | None:
    """An MD5, SHA-1 or SHA-256 in lower case."""
    value = value.strip().lower()
    return value if len(value) in (32, 40, 64) and re.fullmatch(r"[0-9a-f]+", value) else None


def profile(value: str) -> str | None:
    """`site/name` of a profile on a known platform, lower case; None for other links and for a platform's own pages."""
    link = refang(value).strip()
    site = registrable_domain(link)
    if not site or not is_platform(site):
        return None
    path = re.sub(r"^(?:https?:)?/*[^/?#]*", "", link)
    parts = [p for p in re.split(r"[?#]", path)[0].split("/") if p]
    kept = _BEFORE_NAMES.get((site, parts[0].lower())) if parts else None
    name = "/".join(parts[:2] if kept else parts[1:2] if kept is False else parts[:1])
    if not name.startswith("channel/"):  # YouTube's channel identifiers are told apart by case
        name = name.lower()
    return f"{site}/{name}" if name and name not in _NO_PROFILE else None


# What stands before a profile's name on some platforms, and whether it is a part of the name.
_BEFORE_NAMES = {
    ("youtube.com", "channel"): True,
    ("youtube.com", "c"): False,
    ("youtube.com", "user"): False,
    ("t.me", "s"): False,
    ("facebook.com", "groups"): True,
    ("facebook.com", "pages"): True,
    ("linkedin.com", "in"): True,
    ("linkedin.com", "company"): True,
    ("reddit.com", "r"): True,
    ("reddit.com", "user"): True,
}
_OWN_PAGES = (
    "watch share sharer sharer.php hashtag search login events video videos status i intent p reel playlist results "
    "embed home explore tag l.php photo.php photo story.php profile.php permalink.php joinchat shorts about"
)
_NO_PROFILE = frozenset(_OWN_PAGES.split())


def _domain(value: str) -> str | None:
    return registrable_domain(refang(value).strip().removeprefix("*."))


@dataclass(frozen=True)
class Identifier:
    """One type of identifier.

    Attributes
    ----------
    strength : str
        A class of `STRENGTHS`.
    normal : callable
        ``normal(value) -> str or None``: the normal form, None for what is no such identifier.
    personal : bool
        Kept as a hash.
    split : str
        Characters that separate several values in one cell ("" for none).
    """

    name: str
    strength: str
    normal: Callable[[str], str | None]
    personal: bool = False
    split: str = "|;"

    @property
    def meaning(self) -> str:
        return OBJECT_TYPES[self.name]

    @property
    def value(self) -> float:
        """The strength as a number."""
        return STRENGTHS[self.strength]

    def object_id(self, value: str) -> str | None:
        """The object's name for a value as exported: its normal form, or the hash of that."""
        normal = self.normal(value)
        return hashed(self.name, normal) if normal and self.personal else normal


def hashed(name: str, normal: str) -> str:
    """A personal identifier as `sha256:<20 digits>` of its normal form, with a hint where one gives nothing away.

    Notes
    -----
    The hash has no key, so that two cases can be compared. It hides nothing from somebody who tries all phone numbers
    or all addresses one after the other: treat a hash as the personal identifier it is.
    """
    digest = hashlib.sha256(f"{name}:{normal}".encode()).hexdigest()[:HASH_DIGITS]
    if name == "email" and (site := normal.rpartition("@")[2]) in _MAIL_PROVIDERS:
        return f"sha256:{digest} ({site})"
    if name in ("ip", "ip_prefix"):
        return f"sha256:{digest} (IPv{6 if ':' in normal else 4})"
    return f"sha256:{digest}"


# With millions of users each, the provider says nothing about who it is; a small domain would.
_PROVIDERS = (
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com aol.com gmx.net gmx.de web.de "
    "mail.ru yandex.ru qq.com 163.com 126.com proton.me protonmail.com naver.com"
)
_MAIL_PROVIDERS = frozenset(_PROVIDERS.split())

IDENTIFIERS: dict[str, Identifier] = {
    i.name: i
    for i in (
        Identifier("payment", "strong", _code(4), personal=True),
        Identifier("bank_account", "strong", _code(6), personal=True),
        Identifier("device", "strong", _code(6), personal=True),
        Identifier("phone", "strong-medium", phone, personal=True),
        Identifier("email", "strong-medium", email, personal=True, split="|;, "),
        Identifier("business_id", "strong-medium", _code(5)),
        Identifier("wallet", "medium", wallet, split="|;, "),
        Identifier("pixel", "medium", pixel),
        Identifier("analytics", "medium", analytics, split="|;, "),
        Identifier("ad_publisher", "medium", ad_publisher),
        Identifier("verification", "medium", verification, split=";"),
        Identifier("certificate", "medium", certificate),
        Identifier("certificate_name", "medium", _domain, split="|;, "),
        Identifier("landing_domain", "medium", _domain, split="|;, "),
        Identifier("profile", "medium", profile, split="|; "),
        Identifier("audience", "medium", _folded),
        Identifier("payer", "medium", _folded, split=""),
        Identifier("app", "medium", _token),
        Identifier("file_hash", "medium", file_hash, split="|;, "),
        Identifier("ip", "medium-weak", ip, personal=True, split="|;, "),
        Identifier("ip_prefix", "weak", ip_prefix, personal=True, split="|;, "),
        Identifier("nameserver", "weak", _domain, split="|;, "),
        Identifier("resource_domain", "weak", _domain, split="|;, "),
        Identifier("user_agent", "weak", _token, split=""),
    )
}
"""Every type of identifier by name; the meanings stand in `investigate.tables.OBJECT_TYPES`."""


def identifier(name: str, value: str) -> str | None:
    """The object id of one value of a type of identifier; None when it is no such identifier."""
    return IDENTIFIERS[name].object_id(value)


def identifiers(name: str, cell: str) -> list[str]:
    """The object ids in one cell, which may hold several values."""
    kind = IDENTIFIERS[name]
    values = re.split(f"[{re.escape(kind.split)}]+", cell) if kind.split else [cell]
    return list(dict.fromkeys(o for v in values if v.strip() and (o := kind.object_id(v))))
