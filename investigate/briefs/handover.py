"""The hand-over: what the case knows and what a person adds, checked before the next shift relies on it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..case import Case
from ..errors import InputError, nearest
from ..packs import read
from ..wording import Problem, check_wording
from .shift import BANDS, OpenItem, Shift, is_day, moment

SEVERITIES = ("P0", "P1", "P2", "P3")
TRENDS = ("better", "worse", "flat")
CHECKPOINT_P0 = timedelta(hours=1)
MAX_WORDS = 600
SHIFT_HOURS = 12.0
MOST_FINDINGS = 8  # further ones are one item together: a page cannot hold them, and none is lost
_PLACEHOLDERS = frozenset(
    ["", "?", "-", "tbd", "tba", "todo", "unknown", "n/a", "na", "nobody", "none", "someone", "somebody"]
)
_IDS = re.compile(r"\b(F-[0-9a-f]{12}|E-\d+)\b")
_SAID = {"confirmed_by_human": "confirmed", "rejected": "rejected", "inconclusive": "left open as inconclusive"}


class NotReady(InputError):
    """A hand-over that the next shift could not work with; `problems` holds what is wrong one by one."""

    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Handover:
    """A checked hand-over: the person's fields, completed from the case.

    Attributes
    ----------
    log : tuple of (kind, number)
        What the case log holds of the shift, by kind of entry.
    due_soon : tuple of (time, text)
        Everything due within 24 hours, legal deadlines first.
    notes : tuple of Problem
        What the wording check found in the texts; people write them, so it does not refuse them.
    """

    case: str
    run: str
    shift: Shift
    at: datetime
    evidence: tuple[str, ...]
    log: tuple[tuple[str, int], ...]
    due_soon: tuple[tuple[datetime, str], ...]
    notes: tuple[Problem, ...] = field(default=())

    @property
    def times(self) -> list[tuple[str, str]]:
        """The time of the hand-over in UTC and in the two zones."""
        zones = [("UTC", self.at), *((z, self.at.astimezone(ZoneInfo(z))) for z in self.shift.zones)]
        return [(name, at.strftime("%Y-%m-%d %H:%M")) for name, at in zones]


def read_shift(path: Path) -> Shift:
    """The fields in a TOML, YAML or JSON file; InputError listing every problem with its line."""
    if path.suffix.lower() == ".json":
        import json

        from pydantic import ValidationError

        try:
            return Shift.model_validate(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise InputError("the file is missing", str(path), "check the path") from error
        except ValidationError as error:
            found = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise InputError(found, str(path), f"known: {', '.join(Shift.model_fields)}") from error
        except ValueError as error:
            raise InputError(f"not valid JSON: {error}", str(path), "mend it, or use TOML") from error
    return read(path, Shift)


def proposed(case: Case, run: str = "") -> Shift:
    """What the case can fill in by itself: open findings as items, judgements as decisions.

    Parameters
    ----------
    run : str
        Only findings of that run's template; all of the case by default.
    """
    template = run.rpartition("-")[0]
    stand = case.standings()
    items, decisions = [], []
    for f in sorted(case.findings, key=lambda f: (f.evidence_grade, f.n_members, f.finding_id), reverse=True):
        if template and f.template not in (template, ""):
            continue
        judged = stand.get(f.finding_id)
        if judged is not None and judged.status in _SAID:
            last = judged.judgements[-1]
            decisions.append(f"{f.finding_id} {_SAID[judged.status]} by {last.by}: {last.reason}")
            if judged.status != "inconclusive":
                continue
        first = next((p for p in f.recommended if p.get("horizon") == "now"), next(iter(f.recommended), {}))
        items.append(
            OpenItem(
                id=f.finding_id,
                what=f.title,
                owner=str(first.get("owner", "")),
                next_action=str(first.get("action", "")),
                due=str(first.get("review_by", "") or ""),
            )
        )
    if len(items) > MOST_FINDINGS:
        n = len(items) - MOST_FINDINGS
        rest = OpenItem(
            id="rest", what=f"{n} further findings that nobody has judged, of grade {_next_grade(case, items)} or less"
        )
        items = [*items[:MOST_FINDINGS], rest]
    for name in sorted(case.studies):
        if template and name != template:
            continue
        for p in case.studies[name].proposals:
            if p.get("horizon") == "now":
                what = f"Proposed by {name}"
                due = str(p.get("review_by", "") or "")
                items.append(
                    OpenItem(
                        id=_action_id(name, p["action"]),
                        what=what,
                        owner=str(p["owner"]),
                        next_action=str(p["action"]),
                        due=due,
                    )
                )
    return Shift(open_items=items, decisions=decisions)


def _next_grade(case: Case, items: list[OpenItem]) -> str:
    """The grade of the first finding that has no item of its own."""
    grades = {f.finding_id: f.evidence_grade for f in case.findings}
    return grades[items[MOST_FINDINGS].id]


def _action_id(study: str, action: str) -> str:
    """A name for a proposal that stays the same, so that the form's item fills that of the case."""
    return "P-" + hashlib.sha256(f"{study}\x1f{action}".encode()).hexdigest()[:8]


def merged(known: Shift, given: Shift) -> Shift:
    """What a person wrote over what the case knows: lists are joined, an item with a known `id` fills its gaps."""
    values: dict[str, Any] = {}
    for name in Shift.model_fields:
        mine, theirs = getattr(known, name), getattr(given, name)
        if name == "open_items":
            values[name] = _items(mine, theirs)
        elif isinstance(mine, list) and name != "zones":
            values[name] = [*mine, *(t for t in theirs if t not in mine)]
        else:
            values[name] = theirs if name in given.model_fields_set or theirs else mine
    return Shift(**values)


def _items(known: Iterable[OpenItem], given: Iterable[OpenItem]) -> list[OpenItem]:
    by_id = {i.id: i for i in known if i.id}
    rest = [i for i in known if not i.id]
    more = []
    for item in given:
        if item.id in by_id:
            before = by_id[item.id]
            by_id[item.id] = before.model_copy(
                update={k: getattr(item, k) for k in item.model_fields_set if getattr(item, k)}
            )
        else:
            more.append(item)
    return [*by_id.values(), *rest, *more]


def make_handover(case: Case, given: Shift, *, run: str = "", since_hours: float = SHIFT_HOURS) -> Handover:
    """The hand-over of a case, or of one of its runs.

    Parameters
    ----------
    given : Shift
        What a person filled in; `at` is needed: the case has no clock.
    since_hours : float
        How long the shift was; that much of the case log is counted.

    Raises
    ------
    NotReady
        Anything that the next shift could not work with; one error lists everything.
    """
    shift = merged(proposed(case, run), given)
    problems = [*_people(shift), *_times(shift), *_open(shift), *_resolvable(case, shift)]
    words = len(" ".join(_texts(shift)).split())
    if words > MAX_WORDS:
        problems.append(f"{words} words are more than one page holds ({MAX_WORDS}): shorten the texts, or close items")
    if problems:
        error = NotReady(
            f"the hand-over has {len(problems)} problem{'' if len(problems) == 1 else 's'}:\n- "
            + "\n- ".join(problems),
            str(case.path),
            "fill the fields in a file and give it with --fill; --draft writes one that holds what the case knows",
        )
        error.problems = tuple(problems)
        raise error
    at = moment(shift.at)
    assert at is not None  # checked by _times
    entries = case.log.entries()
    start = at - timedelta(hours=since_hours)
    kinds: dict[str, int] = {}
    for entry in entries:
        if start <= datetime.fromisoformat(entry["at"]) <= at + timedelta(minutes=1):
            kinds[entry["kind"]] = kinds.get(entry["kind"], 0) + 1
    pinned = [f"{e.number}: {e.title} ({e.n_rows:,} rows)" for e in case.exhibits() if not e.retracted]
    notes = tuple(p for text in _texts(shift) for p in check_wording(text))
    return Handover(case.title, run, shift, at, tuple(pinned), tuple(sorted(kinds.items())), _soon(shift, at), notes)


def _blank(value: str) -> bool:
    return value.strip().lower() in _PLACEHOLDERS


def _people(shift: Shift) -> list[str]:
    out = [f"{name} is not named" for name in ("outgoing", "incoming") if _blank(getattr(shift, name))]
    if not _blank(shift.outgoing) and shift.outgoing == shift.incoming:
        out.append("outgoing and incoming are the same person")
    out += _word("severity", shift.severity, SEVERITIES) + _word("trend", shift.trend, TRENDS)
    out += _word("graphic_items", shift.graphic_items, BANDS)
    if shift.severity in ("P0", "P1"):
        if _blank(shift.backup):
            out.append(f"no backup is named, and {shift.severity} needs one")
        elif shift.backup == shift.incoming:
            out.append("the backup is the incoming person")
    if not [s for s in shift.situation if s.strip()]:
        out.append("the situation is not described: one to three lines")
    elif len(shift.situation) > 3:
        out.append(f"the situation has {len(shift.situation)} lines: three at most")
    return out


def _word(name: str, value: str, known: tuple[str, ...]) -> list[str]:
    if value in known:
        return []
    hint = nearest(value, known) if value else None
    return [f"{name} '{value}' is not one of {', '.join(known)}" + (f" (did you mean '{hint}'?)" if hint else "")]


def _times(shift: Shift) -> list[str]:
    out = []
    at, check = moment(shift.at), moment(shift.next_checkpoint)
    if at is None or is_day(shift.at):
        out.append("the time of the hand-over (at) is missing or has no time of day")
    if check is None or is_day(shift.next_checkpoint):
        out.append("the next checkpoint is missing or has no time of day")
    elif at is not None and check <= at:
        out.append("the next checkpoint is not after the hand-over")
    elif at is not None and shift.severity == "P0" and check > at + CHECKPOINT_P0:
        out.append("the next checkpoint of a P0 is more than 1 hour away")
    if len(shift.zones) != 2:
        out.append(f"{len(shift.zones)} zones are given beside UTC: name two")
    for zone in shift.zones:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            out.append(f"'{zone}' is no time zone: write it like Europe/Berlin")
    for name, entries in (("deadline", shift.deadlines), ("contact", shift.people)):
        for entry in entries:
            label = getattr(entry, "what", "") or getattr(entry, "who", "")
            if moment(entry.due) is None and (name == "deadline" or str(entry.due).strip()):
                out.append(f"{name} '{label}': '{entry.due}' is no time")
    return out


def _open(shift: Shift) -> list[str]:
    out, at = [], moment(shift.at)
    for i, item in enumerate(shift.open_items, start=1):
        name = f"open item {i} ('{(item.what or item.id)[:60]}')"
        missing = [k for k in ("what", "owner", "next_action") if _blank(getattr(item, k))]
        due = moment(item.due)
        if due is None:
            missing.append("due")
        elif at is not None and due < at:
            out.append(f"{name} was due {due:%Y-%m-%d %H:%M} UTC, before the hand-over: set a new time")
        elif is_day(item.due) and shift.severity in ("P0", "P1"):
            out.append(f"{name} is due on a day: {shift.severity} needs a time")
        if missing:
            out.append(f"{name} has no {', no '.join(m.replace('_', ' ') for m in missing)}")
    return out


def _texts(shift: Shift) -> list[str]:
    out = [*shift.situation, *shift.changed, *shift.decisions, *shift.did_not_help, *shift.do_not, *shift.links]
    out += [f"{i.what} {i.owner} {i.next_action} {i.trigger}".strip() for i in shift.open_items]
    out += [f"{h.claim}. {h.because}".strip() for h in shift.hypotheses]
    out += [d.what for d in shift.deadlines] + [f"{c.who} {c.promised}".strip() for c in shift.people]
    return [t for t in out if t]


def _resolvable(case: Case, shift: Shift) -> list[str]:
    known = {f.finding_id for f in case.findings} | {e.number for e in case.exhibits()}
    known |= {e["data"].get("finding_id", "") for e in case.log.entries()}
    named = [i.id for i in shift.open_items if i.id] + [m for text in _texts(shift) for m in _IDS.findall(text)]
    out = []
    for name in dict.fromkeys(named):
        if _IDS.fullmatch(name) and name not in known:
            hint = nearest(name, known)
            out.append(
                f"'{name}' is no finding and no exhibit of this case" + (f" (did you mean {hint}?)" if hint else "")
            )
    return out


def _soon(shift: Shift, at: datetime) -> tuple[tuple[datetime, str], ...]:
    dated = [(d.due, not d.legal, f"{'legal: ' if d.legal else ''}{d.what}") for d in shift.deadlines]
    dated += [(i.due, True, f"{i.next_action} ({i.owner})") for i in shift.open_items]
    dated += [(c.due, True, f"update promised to {c.who}") for c in shift.people if str(c.due).strip()]
    found = [
        (later, when, text) for due, later, text in dated if (when := moment(due)) and when <= at + timedelta(hours=24)
    ]
    return tuple((when, text) for _, when, text in sorted(found))


def acknowledge(case: Case, record: Mapping[str, Any], sha256: str, *, by: str, questions: str = "") -> dict[str, Any]:
    """Write into the case log that the incoming person has read the hand-over, and return the entry.

    Raises
    ------
    InputError
        The name is missing, or not one of those the hand-over was made for.
    """
    expected = [str(record["shift"][k]) for k in ("incoming", "backup") if record["shift"].get(k)]
    if _blank(by) or by not in expected:
        raise InputError(
            f"'{by}' is not who this hand-over was made for",
            "acknowledgement",
            f"it was made for {' or '.join(expected)}",
        )
    return case.log.append("handover_acknowledged", by=by, at=record["at"], handover_sha256=sha256, questions=questions)
