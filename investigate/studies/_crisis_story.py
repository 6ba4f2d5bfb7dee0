"""What a crisis study says in words beside its answers: situation report, what to preserve, proposals, limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ..proposals import propose
from ._crisis_answers import SENTENCE, Picture, answers, moment
from ._making import counted


def situation(p: Picture) -> pd.DataFrame:
    """The situation report: heading (known, not known, assessed, next update), text."""
    said = answers(p)
    known = [sentence for a in said if a.answer for sentence in SENTENCE.split(a.answer)]
    unknown = [f"{a.question.rstrip('?')}: {a.because}." for a in said if a.because]
    unknown += ["Whether any claim is true, who published first outside these data, and who is behind an account."]
    if len(p.silent):
        hours = float(p.silent["hours"].sum())
        unknown.append(f"What was published in {hours:g} silent hours of the data ({counted(len(p.silent), 'gap')}).")
    assessed = [
        f"{f.title}: grade {f.evidence_grade}, {f.status}."
        for f in sorted(p.findings, key=lambda f: (f.evidence_grade, f.n_members, f.finding_id), reverse=True)[:6]
    ]
    assessed.append(
        f"Pace: {p.fast['pace']}. "
        + (
            "All exit criteria hold; a person decides whether crisis mode ends."
            if bool((p.exits["met"] == "yes").all())
            else "Crisis mode should stay on: not all exit criteria hold."
        )
    )
    hours = 1 if p.fast["pace"] in ("growing", "steady") or len(p.threats) else 6
    due = p.event.end + pd.Timedelta(hours=hours)
    rows = [("Known", t) for t in known] + [("Not known", t) for t in unknown] + [("Assessed", t) for t in assessed]
    rows.append(
        (
            "Next update",
            f"{due:%Y-%m-%d %H:%M} UTC, {hours} h after this one, on data loaded since; sooner when a threat is confirmed.",
        )
    )
    return pd.DataFrame(rows, columns=["heading", "text"])


def preserve(p: Picture) -> pd.DataFrame:
    """What may be needed by law before it is deleted: kind (content, media, account), ref, why; identifiers only."""
    rows = [("content", c, "a listed phrase stands in it") for c in p.threats["content_id"]]
    rows += [("media", h, "on the hash list") for h in p.matches["hash"]]
    fast = p.variants[p.variants["alert"].astype(bool)] if len(p.variants) else p.variants
    rows += [
        ("content", r.first_content, f"earliest observed of the fast family {r.family}") for r in fast.itertuples()
    ]
    for finding in p.findings:
        if finding.type == "link":
            rows += [("account", a, f"appeals in finding {finding.finding_id}") for a in finding.members]
    return pd.DataFrame(rows, columns=["kind", "ref", "why"]).drop_duplicates(["kind", "ref"], ignore_index=True)


def bottom_line(p: Picture) -> str:
    """Two or three sentences for somebody who reads nothing else."""
    if not p.fast["n_event"]:
        return f"No content in the window is about {p.event.label}. Nothing was compared."
    place = f" in {p.event.place}" if p.event.place else ""
    supported = sum(f.status == "supported" for f in p.findings)
    return (
        f"{counted(p.fast['n_event'], 'content')} about {p.event.label}{place}; the fullest bin begins {moment(p.fast['peak_at'])} with {p.fast['peak_n']:,}, and the pace is now {p.fast['pace']}. "
        f"{counted(len(p.variants), 'family')} of variants, {counted(len(p.claims), 'claim')} for human assessment, {counted(len(p.threats), 'text')} with a listed phrase, {counted(supported, 'supported finding')}. "
        "What is true, and who is behind an account, is not assessed."
    )


def proposals(p: Picture, grade: str) -> tuple[dict[str, Any], ...]:
    """Actions for the whole issue, now and mid-term."""
    out = []
    if len(p.threats):
        out.append(
            propose(
                "Have a trained person read the priority queue and use the emergency disclosure route where life is at risk",
                owner="safety response",
                as_of=p.event.end,
                effect="minutes count",
                risk="joking or quoted words are reported",
                reversible=False,
            )
        )
    out += [
        propose(
            "Decide whether the crisis protocol is on, and write the decision down",
            owner="crisis lead",
            as_of=p.event.end,
            effect="one owner, one clock",
        ),
        propose(
            "Assess the first ten claims of the queue",
            owner="fact-checking and policy",
            as_of=p.event.end,
            effect="labels rest on people's judgement",
            risk="a true warning is slowed down",
        ),
        propose(
            "Preserve what may be needed by law, under the identifiers in the tables",
            owner="legal",
            as_of=p.event.end,
            effect="evidence outlives deletions",
        ),
        propose(
            "Add confirmed variants to the hash and text banks",
            owner="content review",
            as_of=p.event.end,
            needs="E1",
            grade=grade,
            risk="news and counter-speech are caught as well",
        ),
        propose(
            "Debrief: what was late, what was missed, which terms were missing",
            owner="crisis lead",
            as_of=p.event.end,
            horizon="mid-term",
        ),
    ]
    return tuple(out)  # fmt: skip


def limits(p: Picture, notes: Sequence[str], left_out: int) -> tuple[str, ...]:
    """What the data and the method cannot show."""
    out = ["'First' means earliest observed in this data set, never the source."]
    if not p.event.given:
        out.append(
            f"No event time was given: {p.event.at:%Y-%m-%d %H:%M} UTC, the first content about it, stands in for it, so nothing can be dated before the event."
        )
    if not p.event.terms:
        out.append("No terms were given: every content in the window counts as being about the event.")
    out += [
        "Variants are texts of six words or more, or media with hashes; paraphrases and translations are families of their own.",
        "Appeals, ways to pay and phrases are found by form and by lists; pictures, voice and linked pages are not read.",
    ]
    if not p.has_media:
        out.append("The data hold no hashes of media: copies of pictures and videos are not seen.")
    if len(p.silent):
        out.append(
            f"The data are silent for {float(p.silent['hours'].sum()):g} h in {counted(len(p.silent), 'gap')}: counts there are not low, they are missing."
        )
    if left_out:
        out.append(f"{left_out:,} small families were left out of the claims queue.")
    return (*out, *notes)
