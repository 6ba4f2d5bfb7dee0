"""Four kinds of world for each template, on seeds that no threshold was chosen on: what is planted is found, an innocent twin
of the same volume stays at E1, noise stays a lead, damaged data support nothing.

Run `python -m benchmarks --only four_worlds`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from investigate import Case, studies
from investigate.findings import Finding
from investigate.series import wilson
from investigate.simulate import broken_queue, make_world, plant_fast, queue_world
from investigate.simulate.ads import make_ads
from investigate.simulate.crisis import EVENT_TIME, TERMS, broken_crisis, crisis_world
from investigate.simulate.crisis import MAPPING as CRISIS
from investigate.simulate.election import broken_election, election_world
from investigate.simulate.queue import MAPPING as QUEUE

from .measure import in_processes, solve

FIRST_SEED = 1_000
POSITIVE, TWIN, NOISE, BROKEN = "positive", "innocent twin", "noise", "broken data"
PASS = {
    POSITIVE: "what is planted is found",
    TWIN: "no finding above E1",
    NOISE: "no finding above lead",
    BROKEN: "no finding above E1",
}
PLAIN = {"account_id": "account", "content_id": "post_id", "created_at": "time", "text": "text"}
WEEKS = {1: ("2026-09-14", "2026-09-21"), 2: ("2026-09-21", "2026-09-28")}
LEAST = 0.95
KINDS = {POSITIVE: "positive", TWIN: "twin", NOISE: "noise", BROKEN: "positive"}
"""How the worlds of elections and crises call them; damaged data are a positive world's."""


def _table(folder: Path, rows: pd.DataFrame, mapping: dict[str, str], source: str = "csv") -> Case:
    rows.to_csv(folder / "rows.csv", index=False)
    case = Case.create(folder / "case")
    case.load(folder / "rows.csv", source, mapping={k: v for k, v in mapping.items() if v in rows})
    return case


def _calm(seed: int, **more: Any) -> Any:
    quiet = {"groups": (), "newsrooms": 0, "fans": 0, "viral": 0, "weather": 0}
    return make_world(seed, accounts=240, days=3, **{**quiet, **more})


def _supported(found: list[Finding], kind: str = "") -> list[Finding]:
    return [f for f in found if f.status == "supported" and kind in ("", f.type)]


def _same(found: list[Finding], planted: set[str]) -> str:
    """Empty where the supported groups are the planted one, both ways at least 19 of 20; else what is wrong."""
    members = {m for f in found for m in f.members}
    hit = len(members & planted)
    if members and hit >= LEAST * len(members) and hit >= LEAST * len(planted):
        return ""
    return f"{len(members)} members reported, {hit} of {len(planted)} planted among them"


def _days(rows: pd.DataFrame) -> pd.DataFrame:
    """Days instead of times, one row in ten twice, and every twentieth without an account."""
    out = rows.assign(time=rows["time"].str[:10])
    out.loc[out.index[::20], "account"] = ""
    return pd.concat([out, out.iloc[::10]], ignore_index=True)


def triage(kind: str, seed: int, folder: Path) -> tuple[list[Finding], str]:
    """`rapid_triage`: the crisis template is among those suggested; a newsroom's syndication is no more than a lead."""
    if kind == POSITIVE:
        case = _table(folder, crisis_world(seed).rows, CRISIS)
        study = studies.rapid_triage(case)
        suggested = study.facts["suggested"]
        return case.findings, "" if "breaking_crisis" in suggested else f"suggested: {suggested}"
    rows = _calm(seed, newsrooms=int(kind == TWIN)).rows
    case = _table(folder, _days(rows) if kind == BROKEN else rows, PLAIN)
    study = studies.rapid_triage(case)
    said = study.facts["verdict"] if kind == NOISE and study.facts["verdict"] != "insufficient evidence" else ""
    return case.findings, said


def coordinated(kind: str, seed: int, folder: Path) -> tuple[list[Finding], str]:
    """`coordinated_behaviour`: a fast group; a newsroom that nobody listed."""
    world = _calm(seed, groups=(plant_fast(),) if kind in (POSITIVE, BROKEN) else (), newsrooms=int(kind == TWIN))
    case = _table(folder, _days(world.rows) if kind == BROKEN else world.rows, PLAIN)
    found = solve(case, "auto")
    if kind != POSITIVE:
        return found, ""
    planted = set(world.truth.loc[world.truth["kind"].str.startswith("planted"), "account"])
    return found, _same(_supported(found, "cluster"), planted)


def election(kind: str, seed: int, folder: Path) -> tuple[list[Finding], str]:
    """`election_watch`: a pushed false date, new against the week before; an official campaign of the same size."""
    made = election_world(seed, KINDS[kind])
    world = broken_election(made) if kind == BROKEN else made
    world.save(folder)
    case = Case.create(folder / "case")
    for week in WEEKS:
        case.load(folder / f"week{week}.csv.gz", "csv", mapping=folder / "world.toml")
    case.between(*WEEKS[2])
    files = {"market_profile": str(folder / "profile.toml"), "known_groups": str(folder / "known_groups.csv")}
    study = studies.election_watch(case, **files)
    if kind != POSITIVE:
        return case.findings, ""
    claims = study.table("claims")
    told = len(claims) > 0 and claims.iloc[0]["differs"] == "yes"
    return case.findings, _same(_supported(case.findings, "cluster"), set(world.planted)) or (
        "" if told else "no claim"
    )


def crisis(kind: str, seed: int, folder: Path) -> tuple[list[Finding], str]:
    """`breaking_crisis`: a false fundraiser and a group that pushes a hoax; solidarity and an honest appeal."""
    made = crisis_world(seed, KINDS[kind])
    world = broken_crisis(made) if kind == BROKEN else made
    case = _table(folder, world.rows, CRISIS)
    about = {
        "event_name": "Tolvik bridge",
        "event_time": EVENT_TIME,
        "event_terms": TERMS,
        "charities": [world.charity],
    }
    studies.breaking_crisis(case, **about)
    if kind != POSITIVE:
        return case.findings, ""
    aid = [f.n_members for f in _supported(case.findings, "link")]
    pushed = world.truth.loc[world.truth["part"] == "pushed", "post_id"]
    pushers = {f"quay:{a}" for a in world.rows.loc[world.rows["post_id"].isin(pushed), "account"]}
    wrong = _same(_supported(case.findings, "cluster"), pushers)
    return case.findings, wrong or ("" if aid == [4] else f"fundraisers: {aid}")


def ads(kind: str, seed: int, folder: Path) -> tuple[list[Finding], str]:
    """`scam_ads`: eight pages tied by pixels and cards; an agency with thirty honest clients."""
    name = {POSITIVE: "network", TWIN: "agency", NOISE: "noise", BROKEN: "broken"}[kind]
    world = make_ads(name, seed, **({"honest": 24, "planted": 6} if kind == TWIN else {}))
    case = Case.create(folder / "case")
    case.load(world.save(folder), "ad_library")
    studies.scam_ads(case, brands=str(folder / "brands.csv"))
    if kind != POSITIVE:
        return case.findings, ""
    plain = {m for f in _supported(case.findings, "cluster") for m in f.members}
    prefix = next(iter(plain), ":").partition(":")[0]
    return case.findings, _same(_supported(case.findings, "cluster"), {f"{prefix}:{p}" for p in world.planted})


def queue(kind: str, seed: int, folder: Path) -> tuple[list[Finding], str]:
    """`escalation_trends`: one category with four times its arrivals on a day; a form that delivers what it held back."""
    world = queue_world({POSITIVE: "spike", TWIN: "form_outage", NOISE: "noise", BROKEN: "spike"}[kind], seed)
    case = _table(folder, broken_queue(world) if kind == BROKEN else world.rows, QUEUE, "queue_csv")
    studies.escalation_trends(case)
    if kind != POSITIVE:
        return case.findings, ""
    named = [f.title for f in case.findings if f.type == "trend" and f.title.startswith(f"{world.day:%Y-%m-%d}")]
    return case.findings, "" if any(f"policy_area {world.category}" in t for t in named) else f"named: {named}"


TEMPLATES: dict[str, Callable[[str, int, Path], tuple[list[Finding], str]]] = {
    "rapid_triage": triage,
    "coordinated_behaviour": coordinated,
    "election_watch": election,
    "breaking_crisis": crisis,
    "scam_ads": ads,
    "escalation_trends": queue,
}


def one(template: str, kind: str, seed: int) -> dict[str, Any]:
    """One world: the highest grade, what is supported, and what is wrong, empty where it passes."""
    with tempfile.TemporaryDirectory() as name:
        try:
            found, wrong = TEMPLATES[template](kind, seed, Path(name))
        except Exception as error:  # noqa: BLE001 - a study that ends in an error has not passed, whatever the error
            found, wrong = [], f"{type(error).__name__}: {error}"
    above = _supported(found)
    too_high = {NOISE: above, POSITIVE: []}.get(kind, [f for f in found if f.evidence_grade > "E1"])
    if not wrong and too_high:
        wrong = f"{too_high[0].evidence_grade} {too_high[0].type}: {too_high[0].title}"
    return {
        "template": template,
        "world": kind,
        "seed": seed,
        "grade": max((f.evidence_grade for f in found), default="none"),
        "supported": len(above),
        "wrong": wrong,
    }


def measured(seeds: int, workers: int) -> pd.DataFrame:
    """One row per world."""
    jobs = [(t, kind, FIRST_SEED + n) for t in TEMPLATES for kind in PASS for n in range(seeds)]
    out = []
    for done, result in enumerate(in_processes(one, jobs, workers), 1):
        out.append(result)
        if result["wrong"]:
            print(f"  {result['template']}, {result['world']}, seed {result['seed']}: {result['wrong']}", flush=True)
        if done % 20 == 0 or done == len(jobs):
            print(f"  {done} of {len(jobs)} worlds", flush=True)
    table = pd.DataFrame(out)
    order = {name: n for n, name in enumerate([*TEMPLATES, *PASS])}
    return table.sort_values(
        ["template", "world", "seed"], key=lambda c: c.map(order) if c.name != "seed" else c, ignore_index=True
    )


def summary(worlds: pd.DataFrame) -> pd.DataFrame:
    """Per template and kind: worlds, those that pass, the interval of their share, the highest grade, what went wrong first."""
    rows = []
    for (template, kind), part in worlds.groupby(["template", "world"], sort=False):
        passed = int(part["wrong"].eq("").sum())
        _, low, high = wilson(passed, len(part))
        first = part.loc[part["wrong"].ne("")].head(1)
        rows.append(
            {
                "template": template,
                "world": kind,
                "passes where": PASS[str(kind)],
                "worlds": len(part),
                "passed": passed,
                "share, low": low,
                "share, high": high,
                "highest grade": part["grade"].max(),
                "first that did not": "" if first.empty else f"seed {first['seed'].item()}: {first['wrong'].item()}",
            }
        )
    return pd.DataFrame(rows)
