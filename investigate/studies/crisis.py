"""Breaking crisis: what circulates about an event, in which variants, who asks for money, what is claimed, whether it slows.

scope -> bins (kept) -> variants, earliest observed -> hubs, lists, claims, threats, appeals -> groups -> decay -> report
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError
from ..exposure import Lexicon
from ..findings import Finding
from ..objects import fold
from ..packs import policy_pack as read_pack
from ..relations import defaults, object_types
from ..study import Study
from . import _crisis_claims as claims_
from . import _crisis_first as first_
from . import _crisis_hubs as hubs_
from . import _crisis_pace as pace_
from . import _crisis_story as story
from . import _crisis_variants as variants_
from ._crisis_aid import appeals
from ._crisis_aid import charities as parsed
from ._crisis_answers import Picture, answers
from ._crisis_bins import read
from ._crisis_findings import NAME, false_appeals, listed, spreading
from ._crisis_groups import from_pack, groups_about
from ._crisis_scope import event as scope


def breaking_crisis(
    case: Any,
    *,
    event_name: str = "",
    event_time: str = "",
    event_place: str = "",
    event_type: str = "other",
    event_terms: Sequence[str] = (),
    step_minutes: int = 15,
    lookback_h: int = 6,
    hash_list: str | Path = "",
    variant_growth_alert: int = 10,
    charities: Sequence[str] = (),
    threat_phrases: str | Path = "",
    withheld_names: str | Path = "",
    as_of: str = "",
    policy_pack: str = "",
    window: str | float = "auto",
    known_groups: Any = "",
    seed: int = 0,
    groups: bool = True,
) -> Study:
    """What circulates about an event in its first hours, and what people should look at first.

    Parameters
    ----------
    event_name, event_place : str
        For the report.
    event_time : str
        When it happened; empty: the first content that the terms find.
    event_type : str
        One of `EVENT_TYPES`.
    event_terms : sequence of str
        Words and hashtags that mean the event; a content is about it when it is tagged with one or holds it as whole words.
        Empty: every content in the window.
    step_minutes : int
        Width of a bin; at least twice the data's time resolution.
    lookback_h : int
        Hours before the event that belong to the window.
    hash_list : path
        Known hashes, one per line as `hash` or `hash,label`; nothing is displayed.
    variant_growth_alert : int
        Contents of one family within an hour from which it is called fast.
    charities : sequence of str
        Protected names, each with its own handles and domains: "Orrin Bay Relief @orrinbayrelief orrinbayrelief.example".
    threat_phrases : path
        Phrases that go to the priority queue, one per line, `harm: phrase` or `phrase`.
    withheld_names : path
        Names that people give as suspects, one per line: counted, and never shown.
    as_of : str
        The run's clock; empty for the last time in the data. Later contents are left out.
    groups : bool
        Whether to look for accounts that act together, over the whole case; the slowest step.

    Returns
    -------
    Study
        Kept in the case with its findings. Bins whose rows did not change since the case's last run are taken from it;
        `facts["refresh"]` says how many were worked out anew. The result is that of a computation from nothing.

    Raises
    ------
    InputError
        A parameter cannot be used, or the data cannot carry the question: no contents, times too coarse, no content after
        the event, neither texts nor links nor media.

    Notes
    -----
    It misleads where the export is a sample: "first" and "how many" hold for the rows of the file. Similar texts spread
    for good reasons too, mourning, warnings and agency news among them.
    """
    event = scope(
        case, event_name=event_name, event_time=event_time, event_place=event_place, event_type=event_type,
        step_minutes=step_minutes, lookback_h=lookback_h, terms=event_terms, as_of=as_of,
    )  # fmt: skip
    con, pack, earlier = case.connection(), read_pack(policy_pack), case.earlier(NAME)
    kinds = object_types(con)
    if not kinds & {"text", "url", "domain", "hashtag", "media"}:
        raise InputError(
            "the data hold neither texts, links, tags nor media: nothing can be traced",
            str(case.path),
            "map a column to text, url, hashtag or media when loading the file",
        )
    phrases, names = _phrases(threat_phrases), _names(withheld_names)
    known, protected = hubs_.hash_list(hash_list), parsed(charities)
    held = read(case, event, phrases, names, earlier)
    seen, contents, notes = variants_.sightings(con, held.contents, event)
    marked = held.marks[held.marks["content_id"].isin(set(contents["content_id"]))]
    silent = first_.gaps(con)
    table, reused = variants_.families(seen, event, variant_growth_alert, earlier)
    cards = first_.earliest(case, seen, event, silent) if len(seen) else _no_cards()
    table = table.merge(cards, on="family", how="left")
    line = pace_.timeline(held, contents, event, silent)
    fast = pace_.speed(line, event, seen)
    hubs, n_short = hubs_.hubs(con, contents, seen)
    queue, left_out = claims_.queue(case, table, seen, names)
    aid = appeals(case, contents, marked, event, protected)
    found_media = hubs_.matches(con, known)
    n_media = con.execute("select count(distinct object_id) from actions where object_type = 'media'").fetchall()[0][0]
    found, grouped, because = (
        _groups(case, contents, names, pack, event.end, window, known_groups, seed, silent)
        if groups
        else ([], pd.DataFrame(), "it was not asked for")
    )
    findings = [
        *found,
        *false_appeals(aid, event, pack),
        *listed(found_media, len(known), n_media, event, pack),
        *spreading(case, table, seen, event, variant_growth_alert, pack),
    ]
    last_at = max(pd.Timestamp(d.last_at) for d in case.datasets)
    picture = Picture(
        event=event, read=held, line=line, fast=fast, variants=table, claims=queue, threats=claims_.threats(case, marked, names),
        named=claims_.named(con, marked, names), matches=found_media, hubs=hubs, n_short=n_short, aid=aid,
        tongues=pace_.tongues(con, contents), exits=pace_.exits(line, table, fast, event, variant_growth_alert, last_at),
        groups=grouped, silent=silent, findings=findings, has_media="media" in kinds, has_text="text" in kinds, groups_because=because,
        given={"hash_list": bool(hash_list), "threat_phrases": bool(threat_phrases), "withheld_names": bool(withheld_names), "charities": bool(charities)},
    )  # fmt: skip
    study = _study(picture, pack, reused, variant_growth_alert, notes, left_out)
    case.conclude(study, findings)
    return study


def _phrases(path: str | Path) -> Lexicon:
    return Lexicon.read(Path(path)) if path else Lexicon()


def _names(path: str | Path) -> tuple[str, ...]:
    """Folded names from a file, one per line; `#` starts a comment."""
    if not path:
        return ()
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "the list of names cannot be read", str(path), "give a UTF-8 text file, one name per line"
        ) from error
    return tuple(dict.fromkeys(n for line in lines if (n := fold(line.partition("#")[0]).strip())))


def _no_cards() -> pd.DataFrame:
    columns = "family first_content first_at second_at n_before_event n_claimed n_same_time n_missing_origin raised coverage deletions clock"
    return pd.DataFrame(columns=columns.split())


def _groups(
    case: Any,
    contents: pd.DataFrame,
    withheld: tuple[str, ...],
    pack: Any,
    as_of: Any,
    window: str | float,
    known_groups: Any,
    seed: int,
    silent: pd.DataFrame,
) -> tuple[list[Finding], pd.DataFrame, str]:
    """Findings about groups, their table, and why there are none to look for."""
    if not defaults(case.connection()):
        return [], pd.DataFrame(), "the data hold no object on which accounts could act together"
    case.relate(window=window)
    case.score(known_groups=known_groups or None)
    case.group(seed=seed)
    found, table = groups_about(case, case.find(template=NAME), contents, withheld, pack, as_of, silent)
    return found, table, ""


def _study(p: Picture, pack: Any, reused: int, alert: int, notes: Sequence[str], left_out: int) -> Study:
    numbers = (
        ("Contents about the event", p.fast["n_event"]),
        (
            "Fullest bin (UTC)",
            pd.Timestamp(p.fast["peak_at"]).strftime("%Y-%m-%d %H:%M") if p.fast["peak_at"] else "none",
        ),
        ("Contents in it", p.fast["peak_n"]),
        ("Doubling time (h)", p.fast["doubling_h"] if p.fast["doubling_h"] is not None else "not fitted"),
        ("Variant families", len(p.variants)),
        ("Claims to assess", len(p.claims)),
        ("Texts with listed phrases", len(p.threats)),
        ("Pace now", p.fast["pace"]),
    )
    facts = {
        "event": {"name": p.event.name, "place": p.event.place, "type": p.event.kind, "at": p.event.at.isoformat(), "given": p.event.given, "terms": list(p.event.terms)},
        "window": [p.event.begin.isoformat(), p.event.end.isoformat()],
        "step_minutes": p.event.step.total_seconds() / 60,
        "alert": alert,
        "speed": p.fast,
        "kept_with": p.read.settings,
        "refresh": {"bins": p.read.n_bins, "recomputed": p.read.n_recomputed, "variants": len(p.variants), "variants_reused": reused, "because": p.read.because},
        "short_links": p.n_short,
    }  # fmt: skip
    best = max((f.evidence_grade for f in p.findings), default="E0")
    return Study(
        NAME,
        story.bottom_line(p),
        numbers,
        {
            "timeline": p.line,
            "variants": p.variants,
            "new_variants": pace_.new_variants(p.variants, p.event),
            "hubs": p.hubs,
            "matches": p.matches,
            "claims": p.claims,
            "threats": p.threats,
            "named": p.named,
            "fundraisers": p.aid.accounts,
            "ways_to_pay": p.aid.ways,
            "appeal_sites": p.aid.domains,
            "languages": p.tongues,
            "decay": p.exits,
            "groups": p.groups,
            "gaps": p.silent,
            "situation": story.situation(p),
            "preserve": story.preserve(p),
            "kept_bins": p.read.bins,
            "kept_contents": p.read.contents,
            "kept_marks": p.read.marks,
        },
        answers(p),
        story.limits(p, notes, left_out),
        (*story.proposals(p, best), *from_pack(pack, "", best, p.event.end)),
        facts,
    )
