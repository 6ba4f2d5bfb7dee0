"""Links and their domains in canonical form, published through `investigate.objects`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, unquote

SHORTENERS = frozenset(
    [
        "adf.ly",
        "amzn.to",
        "bit.do",
        "bit.ly",
        "bitly.com",
        "bl.ink",
        "buff.ly",
        "cutt.ly",
        "db.tt",
        "dlvr.it",
        "fb.me",
        "goo.gl",
        "hubs.ly",
        "ht.ly",
        "ift.tt",
        "is.gd",
        "j.mp",
        "lnkd.in",
        "mcaf.ee",
        "ow.ly",
        "po.st",
        "qr.ae",
        "rb.gy",
        "rebrand.ly",
        "rebrandly.com",
        "shorturl.at",
        "smarturl.it",
        "snip.ly",
        "su.pr",
        "t.co",
        "t2m.io",
        "tiny.cc",
        "tinyurl.com",
        "tmblr.co",
        "tr.im",
        "trib.al",
        "urlz.fr",
        "v.gd",
        "wp.me",
        "x.co",
        "yourls.org",
    ]
)
"""Hosts whose links may lead anywhere, so that sharing the host says nothing about the destination."""

# Parameters that record who clicked where and never choose what is shown. Names are the platforms' own.
_TRACKING = frozenset(
    [
        "fbclid",
        "gclid",
        "gclsrc",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "yclid",
        "ysclid",
        "twclid",
        "ttclid",
        "li_fat_id",
        "igshid",
        "igsh",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "_hsenc",
        "_hsmi",
        "vero_id",
        "vero_conv",
        "oly_anon_id",
        "oly_enc_id",
        "wickedid",
        "s_cid",
        "ncid",
        "cmpid",
        "_ga",
        "_gl",
        "spm",
        "scm",
        "ref_src",
        "ref_url",
        "fb_action_ids",
        "fb_action_types",
        "fb_source",
        "fb_ref",
        "__twitter_impression",
        "__tn__",
        "__cft__",
        "__xts__",
        "xtor",
        "at_medium",
        "at_campaign",
        "guccounter",
        "guce_referrer",
        "guce_referrer_sig",
        "wt_mc",
        "wt_zmc",
        "smid",
        "smtyp",
        "echobox",
    ]
)
_TRACKING_PREFIXES = ("utm_", "pk_", "piwik_", "mtm_", "hsa_", "__cft__[")
# Pages whose only work is to send the reader on, with the parameter that holds the destination.
_REDIRECTORS = {
    ("l.facebook.com", "/l.php"): ("u",),
    ("lm.facebook.com", "/l.php"): ("u",),
    ("l.instagram.com", ""): ("u",),
    ("google.com", "/url"): ("q", "url"),
    ("youtube.com", "/redirect"): ("q",),
    ("away.vk.com", "/away.php"): ("to",),
    ("vk.com", "/away.php"): ("to",),
    ("t.umblr.com", "/redirect"): ("z",),
    ("out.reddit.com", ""): ("url",),
}
_SCHEME = re.compile(r"^(https?):/*", re.IGNORECASE)
_SIMPLE = re.compile(r"^https?://t\.co/([A-Za-z0-9]+)$")
_OTHER_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_PERCENT = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_SAFE = "".join(chr(c) for c in range(0x21, 0x7F))
_HOST = re.compile(r"^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$")


def _ascii_host(host: str) -> str | None:
    """A host in lower case and ASCII (punycode), or None when it cannot be one."""
    host = host.strip().rstrip(".").lower()
    if not host.isascii():
        import idna  # only for the few hosts that need it

        try:
            host = idna.encode(host, uts46=True, transitional=False).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    if host.startswith("["):
        try:
            return f"[{ip_address(host.strip('[]')).compressed}]"
        except ValueError:
            return None
    while host.startswith("www.") and host.count(".") >= 2:
        host = host[4:]
    return host if len(host) <= 253 and _HOST.match(host) else None


def _split(url: str) -> tuple[str, str, str, str, str] | None:
    """(host, port, path, query, fragment) of a web link, or None."""
    url = url.strip().strip("<>").strip()
    scheme = _SCHEME.match(url)
    if scheme:
        rest, default = url[scheme.end() :], "443" if scheme.group(1).lower() == "https" else "80"
    elif url.startswith("//"):
        rest, default = url.lstrip("/"), "443"
    elif _OTHER_SCHEME.match(url):
        return None
    else:
        rest, default = url, "443"
    cut = min((i for i in (rest.find(c) for c in "/?#\\") if i >= 0), default=len(rest))
    authority, tail = rest[:cut], rest[cut:].replace("\\", "/", 1) if rest[cut : cut + 1] == "\\" else rest[cut:]
    # What stands before '@' is a login, used to dress up the address; the host is what is visited.
    authority = authority.rpartition("@")[2]
    literal = re.match(r"^(\[[^\]]*\])(?::(\d*))?$", authority)
    if literal:
        name, port = literal.group(1), literal.group(2) or ""
    else:
        name, _, port = authority.partition(":")
    host = _ascii_host(name)
    if host is None or (port and not (port.isascii() and port.isdigit())):
        return None
    tail, _, fragment = tail.partition("#")
    path, _, query = tail.partition("?")
    port = port.lstrip("0")
    return host, "" if port in ("", default, "80", "443") else port, path, query, fragment


def host_of(url: str) -> str | None:
    """The host of a link, or of a bare host name: lower case, punycode, without `www.`; None for anything else."""
    parts = _split(url)
    return parts[0] if parts else None


def canonical_host(url: str) -> str:
    """The host of a link that is in canonical form already."""
    rest = url[8:]
    return re.split(r"[/?#]|:\d+(?=$|[/?#])", rest, maxsplit=1)[0]


def _percent(text: str) -> str:
    """`text` with one spelling for each escaped byte: needless escapes undone, the others in upper case."""

    def one(match: re.Match[str]) -> str:
        char = chr(int(match.group(1), 16))
        return char if char in _UNRESERVED else f"%{match.group(1).upper()}"

    text = _PERCENT.sub(one, text)
    return text if text.isascii() and " " not in text else quote(text, safe=_SAFE, errors="replace")


def _keep(pair: str) -> bool:
    name = unquote(pair.partition("=")[0]).lower()
    return bool(pair) and name not in _TRACKING and not name.startswith(_TRACKING_PREFIXES)


def canonical_url(url: str) -> str | None:
    """A link in the form under which two links count as the same; None when it is not a web link.

    The scheme becomes https, the host lower case and punycode without `www.`, login and default port go, the
    fragment goes unless it is a route (`#!`), tracking parameters go, the other parameters are sorted by name,
    escapes get one spelling, and a trailing slash goes. Path and parameters keep their case. Known redirect
    pages are replaced by the destination they carry; shortened links (t.co) stay, because nothing is fetched.

    Notes
    -----
    It misleads where a page chooses its content by the fragment, by the scheme, or by a parameter that bears
    a tracker's name. `http` and `https`, `www.` and none, are taken as the same page.

    Examples
    --------
    >>> canonical_url("HTTP://WWW.Example.com:80/News/?utm_source=x&b=2&a=1#top")
    'https://example.com/News?a=1&b=2'
    """
    if simple := _SIMPLE.match(url):
        return f"https://t.co/{simple.group(1)}"
    while True:
        while "&amp;" in url:
            url = url.replace("&amp;", "&")
        parts = _split(url)
        if parts is None:
            return None
        host, port, path, query, fragment = parts
        pairs = query.split("&") if query else []
        onward = _REDIRECTORS.get((host, path.rstrip("/")))
        if not onward:
            break
        values = {k: v for k, _, v in (p.partition("=") for p in pairs) if k in onward and v}
        target = next((unquote(values[k]) for k in onward if k in values), "")
        if not _SCHEME.match(target):
            break
        url = target
    kept = sorted((_percent(p) for p in pairs if _keep(p)), key=lambda p: p.partition("=")[0])
    kept = [p for p in kept if _keep(p)]
    out = f"https://{host}{':' + port if port else ''}{_percent(path).rstrip('/')}"
    if kept:
        out += "?" + "&".join(kept)
    if fragment.startswith("!"):
        out += "#" + _percent(fragment)
    return out


@cache
def _suffixes() -> Any:
    import tldextract  # loading the list takes tens of milliseconds; most readers of this module need none

    return tldextract.TLDExtract(
        suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True, include_psl_private_domains=True
    )


@lru_cache(maxsize=100_000)
def _registrable(host: str) -> str | None:
    found = _suffixes().extract_str(host)
    return f"{found.domain}.{found.suffix}" if found.domain and found.suffix else None


def registrable_domain(url: str) -> str | None:
    """The registrable domain of a link or host, by the public-suffix list inside the package.

    Private suffixes count: `a.blogspot.com` and `b.blogspot.com` belong to two people. An address given as
    numbers, or a host without a known suffix, has no registrable domain: None.
    """
    host = host_of(url)
    return _registrable(host) if host else None


def is_shortener(domain: str) -> bool:
    """Whether a domain is a known link shortener, whose links may lead anywhere."""
    return domain in SHORTENERS


MAX_REDIRECTS = 10
"""Steps after which a chain of redirects is given up."""


def follow_redirects(url: str, table: Mapping[str, str], limit: int = MAX_REDIRECTS) -> tuple[str, str]:
    """Where a link leads by a table of redirects, and how that ended.

    Parameters
    ----------
    url : str
        In canonical form, like both sides of the table.
    table : mapping of str to str
        Link -> where it leads.

    Returns
    -------
    tuple of str
        The destination and 'followed'; or the link itself and '' (not in the table), 'loop' (the chain comes back to a
        link it has passed) or 'too long' (more than `limit` steps).

    Examples
    --------
    >>> follow_redirects("https://t.co/a", {"https://t.co/a": "https://bit.ly/b", "https://bit.ly/b": "https://example.com"})
    ('https://example.com', 'followed')
    """
    if url not in table:
        return url, ""
    passed, at = {url}, url
    while at in table:
        at = table[at]
        if at in passed:
            return url, "loop"
        if len(passed) > limit:
            return url, "too long"
        passed.add(at)
    return at, "followed"
