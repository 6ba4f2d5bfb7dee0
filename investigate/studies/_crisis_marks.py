"""What single texts hold that a crisis desk must see: ways to pay, appeals for money, listed phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..exposure import Lexicon
from ..objects import fold, host_of, identifier, refang, urls
from ._crisis_scope import words

# Appeals for money in ten languages: whole words after folding. They only choose which texts are read for ways to pay.
APPEAL = (
    *("donate", "donation", "donations", "fundraiser", "fundraising", "relief fund", "crowdfunding", "chip in"),
    *("dona", "donar", "donativo", "donativos", "donaciones", "donación", "spende", "spenden", "spendenkonto"),
    *("faire un don", "dons", "cagnotte", "donazione", "donazioni", "doe", "doação", "doações", "vaquinha"),
    *(
        "doneer",
        "doneren",
        "пожертвовать",
        "пожертвования",
        "пожертвование",
        "донат",
        "сбор средств",
        "δωρεά",
        "δωρεές",
    ),
    *("تبرع", "تبرعات", "募金", "寄付", "捐款"),
)
PAYEES = (
    *("paypal.me", "cash.app", "venmo.com", "ko-fi.com", "buymeacoffee.com", "gofundme.com", "gofund.me", "revolut.me"),
    *("donorbox.org", "justgiving.com", "patreon.com", "wise.com", "monobank.ua", "leetchi.com", "betterplace.org"),
    *("chuffed.org", "givesendgo.com", "tikkie.me", "paypal.com"),
)
"""Sites on which the path names who is paid."""

_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])")
_WALLET = re.compile(
    r"(?<![0-9A-Za-z])(?:0x[0-9a-fA-F]{40}|(?:bc1|ltc1|tb1)[0-9a-z]{11,87}|[1-9A-HJ-NP-Za-km-z]{26,36})(?![0-9A-Za-z])"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CASHTAG = re.compile(r"cash\s?app\W{0,4}(\$[a-z]\w{1,19})", re.IGNORECASE)
_BY_PHONE = re.compile(
    r"\b(?:m-?pesa|zelle|bizum|twint|swish|mobilepay|vipps|pix)\b\D{0,12}(\+?\d[\d \-]{6,16}\d)", re.IGNORECASE
)
_APPEAL = words(fold(t) for t in APPEAL)


def is_appeal(text: str) -> bool:
    """Whether a text asks for money, by the words in `APPEAL`; coarse, in ten languages."""
    return _APPEAL.search(fold(text)) is not None


def payments(text: str) -> list[tuple[str, str]]:
    """(type, identifier) of every way to pay in a text, each once: what belongs to a person is a hash.

    Wallets need their checksum, account numbers (IBAN) their check digits. Pages on `PAYEES` count by their path, and
    e-mail addresses, since several services take them for an account. A page that asks for card data is not seen.
    """
    text = refang(text)
    found: list[tuple[str, str | None]] = [("wallet", identifier("wallet", m)) for m in _WALLET.findall(text)]
    found += [("bank_account", identifier("bank_account", m)) for m in _IBAN.findall(text) if iban(m)]
    for url in urls(text):
        host, path = host_of(url) or "", url.partition("://")[2].partition("/")[2].split("?")[0].strip("/").casefold()
        if any(host == p or host.endswith("." + p) for p in PAYEES) and path:
            value = identifier("payment", f"{host.removeprefix('www.')}/{path}")
            found.append(("payment", f"{value} ({host.removeprefix('www.')})" if value else None))
    found += [("payment", identifier("payment", f"cash.app/{m.casefold()}")) for m in _CASHTAG.findall(text)]
    found += [("phone", identifier("phone", m)) for m in _BY_PHONE.findall(text)]
    found += [("email", identifier("email", m)) for m in _EMAIL.findall(text)]
    return list(dict.fromkeys((kind, value) for kind, value in found if value))


def iban(value: str) -> bool:
    """Whether the two check digits of an account number hold (ISO 7064, MOD 97-10)."""
    code = value.replace(" ", "")
    if not 15 <= len(code) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1


def marks(content_id: str, text: str, phrases: Lexicon, suspects: re.Pattern[str]) -> Iterable[tuple[str, str, str]]:
    """(content_id, kind, value) of everything in one text: appeal, the ways to pay in it, phrases, supplied names."""
    if not text:
        return
    if is_appeal(text):
        yield content_id, "appeal", ""
        for kind, value in payments(text):
            yield content_id, f"pay:{kind}", value
    for harm in phrases.harms(text):
        yield content_id, "phrase", harm
    if suspects.pattern != r"(?!)":
        for name in sorted(set(suspects.findall(fold(text)))):
            yield content_id, "named", name
