"""The command for market profiles: check one, and say what a run will make of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError
from . import show
from .arguments import Json

At = Annotated[
    str,
    typer.Option(
        "--at", help="The moment to tell the phase for, like 2026-10-03T06:00Z; now by default.", metavar="TIME"
    ),
]


def register(app: typer.Typer) -> None:
    app.command("check-profile")(check_profile)


def check_profile(
    profile: Annotated[Path, typer.Argument(help="A market profile, TOML or YAML.", metavar="FILE")],
    at: At = "",
    json: Json = False,
) -> None:
    """Check a market profile, and say phases, terms and routes.

    Every problem is listed with its line and the nearest valid key. What a run could not answer for want of an entry is said,
    too. data/samples/market_profile.toml explains every key."""
    from ..packs.market import market_profile
    from ..packs.phases import CADENCE, calendar, phase_at

    moment = _moment(at)
    held = market_profile(profile)
    now = phase_at(held, moment)
    about = {
        "name": held.name,
        "country": held.country,
        "time_zone": held.time_zone,
        "election": held.election.name,
        "day": now.day.isoformat(),
        "phase": now.name,
        "next_phase": now.follows,
        "phase_ends_at": now.ends_at.isoformat() if now.ends_at else "",
        "run": now.cadence,
        "phases": [{"from": day.isoformat(), "phase": name, "run": CADENCE[name]} for day, name in calendar(held)],
        "narratives": [
            {"id": n.id, "claim": n.claim, "terms": sum(map(len, n.terms.values())), "languages": sorted(n.terms)}
            for n in held.narratives
        ],
        "protected": len(held.protected),
        "wanting": wanting(held),
    }
    if json:
        show.as_json(about)
        return
    show.pairs((k.replace("_", " "), v) for k, v in about.items() if not isinstance(v, list))
    for key in ("phases", "narratives"):
        rows: list[dict[str, Any]] = about[key]  # type: ignore[assignment]
        show.say("")
        show.table(list(rows[0]), [[_plain(v) for v in row.values()] for row in rows])
    if about["wanting"]:
        show.say("", "What a run cannot answer with this profile:", *(f"  {line}" for line in wanting(held)))


def wanting(held: Any) -> list[str]:
    """What a run would answer if the profile said more."""
    from ..packs.market import VOTING, Topic

    topics = list(Topic.__args__)  # type: ignore[attr-defined]
    routed = {r.topic for r in held.routes}
    out = []
    if missing := [t for t in topics if t not in routed]:
        out.append(f"no route for {', '.join(missing)}: proposals name a function instead of a team")
    if not held.protected:
        out.append("nobody is protected: look-alikes and mentions are not watched")
    if not held.official.accounts:
        out.append("no official account: the authority's own posts explain nothing")
    if not any(n.claim in VOTING for n in held.narratives):
        out.append("no narrative about voting itself: the queue of claims stays empty")
    if all(m.offered for m in held.methods):
        out.append("no way of voting that is not offered: claims about the way of voting are not found")
    if not held.dates.silence_start:
        out.append("no silence period: ads in it are not looked for")
    return out


def _moment(text: str) -> datetime:
    if not text:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"'{text}' is no date or time", "option --at", "write it like 2026-10-03T06:00Z") from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
