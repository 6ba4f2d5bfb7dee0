"""Tags, handles, links and normal forms of texts, published through `investigate.objects`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from html import unescape

from ._links import SHORTENERS, canonical_host, canonical_url, registrable_domain

MIN_WORDS = 6
"""Words a text needs before two equal texts say anything; shorter ones are greetings and slogans."""

MIN_LETTERS = 20
"""The same floor for scripts written without spaces; about a dozen Chinese words or four Thai ones."""

# A link ends at white space, at quotes and brackets that never stand in one, and at CJK punctuation.
_URL_START = r"(?:https?://|(?<![\w.@/-])www\.)"
_URL = re.compile(_URL_START + r"[^\s<>\"“”„«»「」『』【】（），。、！？；：\x00-\x1f]+", re.IGNORECASE)
_URL_FAST = re.compile(_URL.pattern.replace(_URL_START, "https?://"))
# A t.co key is ASCII, so that text written right behind it does not belong to it.
_T_CO = re.compile(r"(https?://t\.co/[a-z0-9]*)", re.IGNORECASE)
_TRAILING = ".,;:!?'’‘`*_~|\\"
_APOSTROPHES = re.compile("['’‘`]+")
# Zero-width, direction and variation characters.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\U000e0001\U000e0020-\U000e007f]"
)
# Where combining marks can stand. Texts without these (Latin, Cyrillic, Chinese) take the faster patterns.
_MARKED = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u1dff\u200c\u200d\u20d0-\u20ff\u2cef-\u2cf1\u2d7f\u2de0-\u2dff\u302a-\u302f"
    "\u3099\u309a\ua66f-\uabff\ufb1e\ufe20-\ufe2f\U00010000-\U0001efff]"
)
# Scripts written without spaces between words: Thai, Lao, Tibetan, Burmese, Khmer, kana, Han.
UNSPACED = re.compile(
    "[\u0e01-\u0e4e\u0e80-\u0eff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uaa60-\uaa7f\uf900-\ufaff\U00020000-\U0003ffff]"
)
_LETTER = re.compile(r"[^\W\d_]")
_NOT_ASCII_WORD = re.compile(r"[^a-z0-9#]+")
_LEADING_RT = re.compile(r"^(?:rt )+")


@dataclass(frozen=True)
class _Patterns:
    hashtag: re.Pattern[str]
    mention: re.Pattern[str]
    not_word: re.Pattern[str]
    lone_hash: re.Pattern[str]


def _compile(marks: str) -> _Patterns:
    word = rf"\w{marks}"
    return _Patterns(
        hashtag=re.compile(rf"(?<![\w&/#＃])[#＃]([{word}]+)"),
        mention=re.compile(rf"(?<![\w@＠.+/#-])[@＠]([{word}]+(?:@[a-z0-9-]+(?:\.[a-z0-9-]+)+)?)", re.IGNORECASE),
        # A mark with nothing before it to stand on is no part of a word either.
        not_word=re.compile(rf"^[{marks}]+|[^{word}#](?:[^{word}#]|[{marks}])*" if marks else r"[^\w#]+"),
        lone_hash=re.compile(
            rf"#+(?!\w)[{marks}]*|(?<=[^ #])#+[{marks}]*|(?<=#)#+" if marks else r"#+(?!\w)|(?<=[^ #])#+|(?<=#)#+"
        ),
    )


@cache
def _plain() -> _Patterns:
    return _compile("")


@cache
def _with_marks() -> _Patterns:
    """Patterns that take combining marks for parts of words.

    Python's ``\\w`` leaves them out, which would cut Burmese, Thai or Hindi words at the first vowel sign.
    """
    ranges: list[list[int]] = []
    for code in range(0x300, 0x1F000):
        # Variation selectors are marks too, but they dress an emoji and never belong to a word.
        if unicodedata.category(chr(code)) in ("Mn", "Mc") and not 0xFE00 <= code <= 0xFE0F:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return _compile("".join(f"{chr(a)}-{chr(b)}" for a, b in ranges) + "\u200c\u200d")


def _for(text: str) -> _Patterns:
    return _plain() if text.isascii() or not _MARKED.search(text) else _with_marks()


def fold(text: str) -> str:
    """`text` in NFKC and without case, stable under repetition; invisible format characters are dropped.

    Zero-width and direction characters are invisible and are used to make equal words unequal.
    """
    if text.isascii():
        return text.lower()
    while True:
        # Folding can undo the normalisation (the Greek iota subscript), and dropping a joiner can bring two
        # characters together that then combine: repeat until nothing changes.
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        folded = _INVISIBLE.sub("", folded)
        if folded == text:
            return text
        text = folded


def hashtag(value: str) -> str | None:
    """A tag in normal form: without the sign, case-folded; None when nothing is left of it."""
    return fold(value).strip("# \t\r\n") or None


def mention(value: str) -> str | None:
    """A handle in normal form: without the sign, case-folded; None when nothing is left of it."""
    return fold(value).strip("@ \t\r\n") or None


def _unique(values: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(v for v in values if v))


def _whole(text: str) -> str:
    """`text` without its last word when an ellipsis cut it: half a tag or half a link is not an object."""
    if text.endswith("…") and not text.endswith((" …", "\n…")):
        return text[: max(text.rfind(" "), text.rfind("\n")) + 1]
    return text


def _url_pattern(text: str) -> re.Pattern[str] | None:
    """The pattern that finds the links of `text`, or None; the common spelling has a much faster one."""
    schemes = text.count("://")
    lower = text.lower()
    if "www." not in lower or text.count("://www.") == lower.count("www."):
        if not schemes:
            return None
        if schemes == text.count("http://") + text.count("https://"):
            return _URL_FAST
    return _URL


def _plain_text(text: str, links: re.Pattern[str] | None) -> str:
    """`text` without links and without character references."""
    if links:
        text = links.sub(" ", text)
    return unescape(text) if "&" in text else text


def hashtags(text: str) -> list[str]:
    """The tags in a text, in any script, case-folded and without the sign, each once, in order.

    A tag needs a letter ("#1" is a rank). A tag cut by a final ellipsis is left out. Tags inside a link do
    not count.
    """
    return _hashtags(_plain_text(text, _url_pattern(text)))


def _hashtags(text: str) -> list[str]:
    if "#" not in text and "＃" not in text:
        return []
    text = _whole(text)
    return _unique(hashtag(t) for t in _for(text).hashtag.findall(text) if _LETTER.search(t))


def mentions(text: str) -> list[str]:
    """The handles addressed in a text, case-folded and without the sign, each once, in order.

    `@name` and the federated `@name@host.example`. E-mail addresses do not count. A handle with dots is cut
    at the first dot, because a sentence may end there.
    """
    return _mentions(_plain_text(text, _url_pattern(text)))


def _mentions(text: str) -> list[str]:
    if "@" not in text and "＠" not in text:
        return []
    text = _whole(text)
    return _unique(mention(m) for m in _for(text).mention.findall(text))


def _trim(url: str) -> str:
    """A link without the punctuation of the sentence around it."""
    while url:
        last = url[-1]
        closes = last in ")]}" and url.count(last) > url.count("([{"[")]}".index(last)])
        if last not in _TRAILING and not closes:
            break
        url = url[:-1]
    return url


def urls(text: str) -> list[str]:
    """The links in a text, as written but without the sentence's punctuation, each once, in order.

    Links begin with http://, https:// or www. A link cut by an ellipsis is left out.
    """
    pattern = _url_pattern(text)
    return _urls(text, pattern) if pattern else []


def _urls(text: str, pattern: re.Pattern[str]) -> list[str]:
    found = []
    for raw in pattern.findall(text):
        if short := _T_CO.match(raw):
            raw = short.group(1) + ("…" if raw.startswith("…", short.end()) else "")
        if "…" not in raw:
            found.append(_trim(unescape(raw) if "&" in raw else raw))
    return _unique(found)


def normal_text(text: str) -> str | None:
    """A text in normal form, or None when it is too short to say anything.

    NFKC and case-fold; links, mentions and leading "rt" go; punctuation, symbols and emoji become single
    spaces; letters and marks of every script, digits and #tags stay. Apostrophes go without leaving a gap.

    Returns None under `MIN_WORDS` words that are not mere numbers. Scripts written without spaces have no
    words to count, so a text with `MIN_LETTERS` characters or more of these scripts (Thai, Lao, Tibetan,
    Burmese, Khmer, kana, Han) passes too.

    Notes
    -----
    It misleads for quotes, slogans, petitions and headlines that a site's share button fills in: equal words
    there come from one innocent source.
    """
    return _normal_text(_plain_text(text, _url_pattern(text)))


def _normal_text(text: str) -> str | None:
    if "@" in text or "＠" in text:
        text = _for(text).mention.sub(" ", text)
    text = fold(text)
    if _APOSTROPHES.search(text):
        # What stood on both sides may combine now.
        text = fold(_APOSTROPHES.sub("", text))
    if "_" in text:
        text = text.replace("_", " ")
    patterns = _for(text)
    text = (_NOT_ASCII_WORD if text.isascii() else patterns.not_word).sub(" ", text).strip()
    if "#" in text and ("##" in text or f" {text} ".count(" #") != text.count("#") or "# " in f"{text} "):
        text = " ".join(patterns.lone_hash.sub(" ", text).split())
    text = _LEADING_RT.sub("", text)
    if text.count(" ") >= MIN_WORDS - 1:
        n = 0
        for word in text.split(" "):
            n += word.isalpha() or _LETTER.search(word) is not None
            if n == MIN_WORDS:
                return text
    return text if not text.isascii() and len(UNSPACED.findall(text)) >= MIN_LETTERS else None


def text_objects(text: str) -> list[tuple[str, str]]:
    """Every object in one text, as (object type, object id), each once.

    Hashtags, mentions, links in canonical form, the registrable domains of those links (shorteners left
    out: their domain says nothing), and the text itself in normal form.
    """
    if not text:
        return []
    pattern = _url_pattern(text)
    plain = _plain_text(text, pattern)
    out = [("hashtag", t) for t in _hashtags(plain)]
    out += [("mention", m) for m in _mentions(plain)]
    if pattern and (links := _unique(map(canonical_url, _urls(text, pattern)))):
        out += [("url", u) for u in links]
        hosts = _unique(canonical_host(u) for u in links)
        domains = _unique(registrable_domain(h) for h in hosts if h not in SHORTENERS)
        out += [("domain", d) for d in domains if d not in SHORTENERS]
    if (normal := _normal_text(plain)) is not None:
        out.append(("text", normal))
    return out
