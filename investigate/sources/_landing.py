"""Where ads lead, from links that were read from scans: which page, event, profile or site."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from ..objects import canonical_url, host_of, is_shared_service, registrable_domain
from ._ocr import best_spellings, nearest_number, skeleton, without_last_slash

_LINK = re.compile(r"^https?://+(?:www\.)?(.+)$", re.IGNORECASE)
_NUMBERED = re.compile(r"^(?:(.*)-)?(\d{8,20})$")
_KNOWN = ("facebook.com", "instagram.com", "youtube.com")
# What stands behind a host in these scans: a slash, or a letter that was read for '/' or for '/V'.
_AFTER = {"/": "/", "?": "?", "l": "/", "N": "/V", "": ""}
# The first part of a path on Facebook that is no page.
_FUNCTIONS = frozenset(skeleton(w) for w in ("login", "commerce", "photo.php", "permalink.php", "story.php", "sharer"))


@dataclass(frozen=True)
class Landing:
    """Where one ad leads; everything is None where the link says nothing.

    `page` names the account on its `platform`; `name` is what is shown; `number` the page's number where there is one.
    """

    link: str | None = None
    domain: str | None = None
    platform: str | None = None
    page: str | None = None
    name: str | None = None
    number: str | None = None


def landings(links: list[str], *, repair: bool, notes: list[str]) -> list[Landing]:
    """One `Landing` per link, in order; what was joined is added to `notes`."""
    hosts = _hosts(links) if repair else {}
    found = [_landing(_mended(link, hosts)) for link in links]
    if repair:
        before = len({(p.platform, p.page) for p in found if p.page})
        found = _joined(found)
        after = len({(p.platform, p.page) for p in found if p.page})
        mended = sum(1 for link in links if _mended(link, hosts) != link)
        notes.append(
            f"{mended:,} links had a misread host; after that, {before:,} spellings of landing places became {after:,}."
        )
    missing = sum(1 for p in found if not p.page)
    notes.append(f"{missing:,} ads name no landing place and are set aside.")
    return found


def _hosts(links: list[str]) -> dict[str, str]:
    """Skeleton of a host -> the host, from those that can be hosts at all."""
    seen: Counter[str] = Counter()
    for link in links:
        if match := _LINK.match(link.strip()):
            host = match.group(1).split("/")[0].lower()
            for spelled in dict.fromkeys((host, host.replace("|", "l"))):
                if host_of(spelled) == spelled and registrable_domain(spelled):
                    seen[spelled] += 1
    seen.update({name: len(links) + 1 for name in _KNOWN})
    return best_spellings(seen.elements())


def _mended(link: str, hosts: dict[str, str]) -> str:
    """The link with its host as it must have been."""
    link = link.strip()
    match = _LINK.match(link)
    if not match or not hosts:
        return link
    rest = match.group(1)
    folded = skeleton(rest)
    for shape in sorted(hosts, key=len, reverse=True):
        tail = rest[len(shape) :]
        if folded.startswith(shape) and tail[:1] in _AFTER:
            mended = f"https://{hosts[shape]}{_AFTER[tail[:1]]}{tail[1:]}"
            return link if canonical_url(mended) == canonical_url(link) else mended
    return link


def _landing(link: str) -> Landing:
    url = canonical_url(link)
    domain = registrable_domain(link) if url else None
    if not url or not domain:
        return Landing()
    path = re.sub(r"^https://[^/?#]*", "", url).partition("?")[0].strip("/")
    parts = [p for p in path.replace("%E2%80%94", "-").replace("%7C", "|").split("/") if p]
    here = Landing(url, domain)
    if domain == "facebook.com":
        return _facebook(here, parts)
    if domain == "instagram.com" and parts and skeleton(parts[0]) != "p":
        return replace(here, platform="instagram", page=parts[0], name=parts[0])
    host = host_of(url)
    shared = is_shared_service("landing_domain", domain)
    place = "/".join([host or domain, *parts[:2]]) if shared else domain
    if shared and "?" in url and not parts[1:]:
        place += "?" + url.partition("?")[2]
    return replace(here, platform="web", page=place, name=place)


def _facebook(here: Landing, parts: list[str]) -> Landing:
    here = replace(here, platform="facebook")
    first = skeleton(parts[0]) if parts else ""
    if glued := re.match(r"^eve[nh]tsl(\d+)", parts[0] if parts else ""):  # the second slash read as an l
        parts, first = ["events", glued.group(1)], skeleton("events")
    if first == skeleton("events") and len(parts) > 1:
        number = re.sub(r"\D.*$", "", parts[1])
        return (
            replace(here, page=f"event/{number}", name=f"event {number}") if number else Landing(here.link, here.domain)
        )
    if not parts or first in _FUNCTIONS:
        return Landing(here.link, here.domain)
    if first == skeleton("pages") and len(parts) > 2:
        parts = ["-".join(parts[1:3])]
    numbered = _NUMBERED.match(parts[0])
    if numbered:
        return replace(here, page=numbered.group(2), name=numbered.group(1) or None, number=numbered.group(2))
    return replace(here, page=parts[0], name=parts[0])


def _joined(found: list[Landing]) -> list[Landing]:
    """The same places under one name each: by number, else by the skeleton of the name."""
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    for place in found:
        if place.number:
            numbers[skeleton(place.name or "")][place.number] += 1
    same = {(shape, n): to for shape, held in numbers.items() for n, to in nearest_number(held).items()}
    found = [_renumbered(place, numbers, same) for place in found]
    for platform in ("facebook", "instagram", "web"):
        shown = best_spellings(p.page for p in found if p.platform == platform and p.page and not p.number)
        slashes = without_last_slash(shown) if platform != "web" else {}
        for i, place in enumerate(found):
            if place.platform == platform and place.page and not place.number:
                shape = skeleton(place.page)
                name = shown[slashes.get(shape, shape)]
                found[i] = replace(place, page=name, name=name)
    names = best_spellings(p.name for p in found if p.name)
    return [replace(p, name=names[skeleton(p.name)]) if p.name else p for p in found]


def _renumbered(place: Landing, numbers: dict[str, Counter[str]], same: dict[tuple[str, str], str]) -> Landing:
    """A page under its number: a digit misread, or a number that is no number any more under a name that has one."""
    if place.number:
        number = same.get((skeleton(place.name or ""), place.number), place.number)
        return replace(place, page=number, number=number)
    broken = re.match(r"^(.*)-\S*\d{6,}\S*$", place.page or "") if place.platform == "facebook" else None
    held = numbers.get(skeleton(broken.group(1))) if broken else None
    if not broken or not held:
        return place
    number = max(held, key=lambda n: (held[n], n))
    return replace(place, page=number, number=number, name=broken.group(1))
