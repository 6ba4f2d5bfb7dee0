"""Identifiers in normal form: what is one, what is none, and that personal ones never leave as they are."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from investigate.objects import IDENTIFIERS, STRENGTHS, identifier, identifiers, refang
from investigate.objects._identifiers import hashed
from investigate.sources._cells import CELLS, typed_object
from investigate.sources._mapping import FIELDS
from investigate.tables import OBJECT_TYPES

SAME = [
    ("phone", ["+49 (0)170 123-4567", "0049 170 1234567", "tel:+49170/1234567", "+49.170.1234567 ext. 12"]),
    ("email", ["Ab.C+x@Example.COM", " <ab.c+x@example.com> ", "mailto:ab.c+x@example.com", "ab.c+x[at]example[.]com"]),
    ("ip", ["8.8.8.8", "::ffff:8.8.8.8", "8.8.8.8:443", "8[.]8[.]8[.]8"]),
    ("ip", ["2001:4860:4860::8888", "[2001:4860:4860:0:0:0:0:8888]:443"]),
    ("ip_prefix", ["8.8.8.77", "8.8.8.0/24", "8.8.8"]),
    ("bank_account", ["DE89 3704 0044 0532 0130 00", "de89370400440532013000"]),
    ("analytics", ["UA-12345-1", "ua-12345-27", "UA-12345"]),
    ("analytics", ["ym(10970266", "YM-10970266"]),
    ("ad_publisher", ["ca-pub-1234567890123456", "google.com, pub-1234567890123456, DIRECT", "pub-1234567890123456"]),
    ("pixel", ["1234567890123456", "fbq('init', '1234567890123456');"]),
    ("verification", ["google-site-verification|abcDEF12", 'Google-Site-Verification: "abcDEF12"']),
    ("landing_domain", ["https://www.shop.example.co.uk/a?b", "hxxp://example[.]co[.]uk", "*.example.co.uk"]),
    ("profile", ["https://twitter[.]com/Some_One/status/1", "twitter.com/some_one"]),
    ("profile", ["https://t.me/s/channel/12", "https://t.me/Channel"]),
    ("payer", ["Agency  GmbH ", "AGENCY GMBH"]),
    (
        "wallet",
        ["BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4?amount=1"],
    ),
    ("certificate", ["AB:" * 31 + "AB", "ab" * 32]),
    ("nameserver", ["NS1.EXAMPLE.COM.", "ns2.example.com"]),
]


@pytest.mark.parametrize(("name", "spellings"), SAME)
def test_spellings_of_one_identifier_are_one(name: str, spellings: list[str]) -> None:
    found = {identifier(name, s) for s in spellings}
    assert len(found) == 1 and None not in found


DIFFERENT = [
    ("phone", "+49 170 1234567", "0170 1234567"),  # a number without its country may be anywhere
    ("email", "ab.c@gmail.com", "abc@gmail.com"),  # that providers ignore dots is true of one of them
    ("email", "a+x@example.com", "a@example.com"),
    ("verification", "yandex-verification|abcdef12", "yandex-verification|ABCDEF12"),
    ("analytics", "UA-12345-1", "UA-12346-1"),
    ("ip_prefix", "8.8.8.8", "8.8.4.4"),
    ("profile", "https://www.youtube.com/channel/UCabc", "https://www.youtube.com/channel/UCABC"),
    ("landing_domain", "a.blogspot.com", "b.blogspot.com"),
]


@pytest.mark.parametrize(("name", "one", "other"), DIFFERENT)
def test_what_may_differ_stays_apart(name: str, one: str, other: str) -> None:
    assert identifier(name, one) and identifier(name, other) and identifier(name, one) != identifier(name, other)


NONE = [
    ("phone", "call me"),
    ("phone", "12345"),
    ("phone", "+1234567890123456"),
    ("email", "nobody"),
    ("email", "a@b"),
    ("ip", "10.0.0.1"),
    ("ip", "127.0.0.1"),
    ("ip", "::1"),
    ("ip", "999.1.1.1"),
    ("wallet", "1d1ffcb3b1fc38c54e266ed85e22145a"),
    ("wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"),
    ("wallet", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"),
    ("analytics", "G-uX8RVyy5C6EY3"),
    ("analytics", "hello"),
    ("pixel", "12345"),
    ("certificate", "-----BEGIN CERTIFICATE-----\n***\n-----END CERTIFICATE-----"),
    ("profile", "https://example.com/someone"),
    ("profile", "https://twitter.com/hashtag/x"),
    ("landing_domain", "localhost"),
    ("file_hash", "xyz"),
    ("payer", "   "),
]


@pytest.mark.parametrize(("name", "value"), NONE)
def test_what_is_no_identifier_is_none(name: str, value: str) -> None:
    assert identifier(name, value) is None


@pytest.mark.parametrize(
    "address",
    [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",  # the first Bitcoin block
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",  # BIP 350
        "0x52908400098527886e0f7030069857d2e4169ee7",
    ],
)
def test_published_wallets_pass_their_checksum(address: str) -> None:
    assert identifier("wallet", address) == address


def test_personal_identifiers_are_hashes_with_a_hint_that_says_little() -> None:
    """The hash is the documented one; the hint names a mail provider of millions, or the kind of address."""
    digest = hashlib.sha256(b"email:someone@gmail.com").hexdigest()[:20]
    assert identifier("email", "Someone@gmail.com") == f"sha256:{digest} (gmail.com)"
    assert identifier("email", "someone@small-firm.com") == hashed("email", "someone@small-firm.com")
    assert "(" not in hashed("email", "someone@small-firm.com")
    assert identifier("ip", "8.8.8.8").endswith("(IPv4)")  # type: ignore[union-attr]
    assert hashed("phone", "1234567") != hashed("device", "1234567"), "one number, two meanings"


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([n for n, i in IDENTIFIERS.items() if i.personal]), st.text(max_size=40))
def test_nothing_personal_comes_through(name: str, value: str) -> None:
    """Whatever is given, a personal identifier leaves as a hash or not at all."""
    found = identifier(name, value)
    assert found is None or re.fullmatch(r"sha256:[0-9a-f]{20}( \([a-z0-9.-]+\)| \(IPv[46]\))?", found)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([n for n, i in IDENTIFIERS.items() if not i.personal]), st.text(max_size=60))
def test_normal_forms_are_fixed_points(name: str, value: str) -> None:
    """The normal form of a normal form is itself."""
    if found := identifier(name, value):
        assert identifier(name, found) == found


def test_cells_hold_several_values() -> None:
    """Phone numbers keep their spaces, payers their commas; copies are one."""
    assert len(identifiers("phone", "+49 170 1234567; +49 170 7654321")) == 2
    assert identifiers("payer", "Smith, Jones; Sons") == ["smith, jones; sons"]
    assert identifiers(
        "wallet", "none, 0x52908400098527886E0F7030069857D2E4169EE7 0x52908400098527886e0f7030069857d2e4169ee7"
    ) == ["0x52908400098527886e0f7030069857d2e4169ee7"]


def test_one_declaration_everywhere() -> None:
    """Every type has a meaning, a field of a mapping, a reader of cells, a strength; object_type takes it too."""
    for name, kind in IDENTIFIERS.items():
        assert kind.meaning == OBJECT_TYPES[name] and name in FIELDS and name in CELLS
        assert kind.value == STRENGTHS[kind.strength]
        assert ("hash" in FIELDS[name] and "hash" in OBJECT_TYPES[name]) >= kind.personal
    assert typed_object("phone", "+49 170 1234567") == [("phone", identifier("phone", "+49 170 1234567"))]
    assert typed_object("phone", "none") == []


def test_refang_undoes_the_usual_forms() -> None:
    assert refang("hxxps[://]www[.]a(dot)com{.}uk") == "https://www.a.com.uk"
    assert refang("me[at]a[.]com") == "me@a.com" and refang("plain text, (a) [b]") == "plain text, (a) [b]"
