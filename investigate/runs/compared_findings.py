"""Which findings of one run are which of another, and what is said of them differently."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..matching import CHANGES, match

Record = dict[str, Any]

ONE_TO_ONE = ("same", "grown", "shrunk", "changed")
_PLAIN = ("title", "statement", "status", "evidence_grade", "ceiling", "confidence", "likelihood", "n_core")
# What names an entry of a list inside a finding, and what is compared of it. Times and numbers of log entries are not.
_LISTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "evidence": (("kind", "test"), ("observed", "expected", "q", "n", "note")),
    "alternatives": (("name",), ("verdict", "result", "checked")),
    "policy": (("policy_id", "clause"), ("fit", "version", "title")),
    "recommended": (("action",), ("horizon", "owner", "effect", "risk", "reversible", "ceiling_ok", "review_by")),
    "judgements": (("by", "second"), ("decision", "grade", "reason")),
}


def findings(before: Sequence[Record], after: Sequence[Record]) -> list[Record]:
    """One record per relation between findings, by `investigate.matching.match` inside each type of finding.

    Findings that speak of no accounts are the same where their identifier is, else where type and subject are: the
    texts of `impact` (a series, a narrative), or the title where it has none.

    Returns
    -------
    list of dict
        `change`, `type`, `title`, `before`, `after` (identifiers or empty), `jaccard`, `n_before`, `n_after`, `n_kept`,
        `n_joined`, `n_left`, `joined`, `left` (accounts), `fields`: what else differs, see `differences`. A relation
        `same` with fields comes out as `changed`.
    """
    out = []
    for kind in sorted({f["type"] for f in (*before, *after)}):
        sides = [{f["finding_id"]: f for f in side if f["type"] == kind} for side in (before, after)]
        pairs: list[tuple[str, str, str, Record]] = []
        with_members = [{i: set(f["members"]) for i, f in side.items() if f["members"]} for side in sides]
        for i in sorted({*with_members[0]} & {*with_members[1]}):
            if with_members[0][i] == with_members[1][i]:  # of several with the same accounts, each with itself
                n = len(with_members[0][i])
                pairs.append(("same", i, i, _counts(1.0, n, n, n)))
                for side in with_members:
                    del side[i]
        for r in match(*with_members).to_dict("records"):
            counts = _counts(float(r["jaccard"]), int(r["n_before"]), int(r["n_after"]), int(r["n_kept"]))
            pairs.append((r["change"], r["before"], r["after"], counts))
        without = [{i: f for i, f in side.items() if not f["members"]} for side in sides]
        pairs += [(change, a, b, _counts(float(change == "same"), 0, 0, 0)) for change, a, b in _by_subject(*without)]
        for change, a, b, counts in pairs:
            old, new = sides[0].get(a), sides[1].get(b)
            fields = differences(old, new) if old and new and change in ONE_TO_ONE else []
            members = [set(f["members"]) if f else set() for f in (old, new)]
            both = old is not None and new is not None
            out.append(
                {
                    "change": "changed" if change == "same" and fields else change,
                    "type": kind,
                    "title": (new or old or {})["title"],
                    "before": a,
                    "after": b,
                    **counts,
                    "joined": sorted(members[1] - members[0]) if both else [],
                    "left": sorted(members[0] - members[1]) if both else [],
                    "fields": fields,
                }
            )
    return sorted(
        out, key=lambda r: (CHANGES.index(r["change"]), -max(r["n_before"], r["n_after"]), r["title"], r["before"])
    )


def differences(before: Record, after: Record) -> list[Record]:
    """What two records of a finding say differently: `field`, `before`, `after` (None where it is not said), `difference`."""
    old, new = flat(before), flat(after)
    names = [*old, *(n for n in new if n not in old)]
    return [difference("field", n, old.get(n), new.get(n)) for n in names if not alike(old.get(n), new.get(n))]


def difference(called: str, name: str, before: Any, after: Any) -> Record:
    """One value that changed; `difference` is after less before, for numbers."""
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (before, after))
    return {called: name, "before": before, "after": after, "difference": after - before if numbers else None}


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same; numbers may differ in their last digits, as other versions make them."""
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in (one, other)):
        return math.isclose(one, other, rel_tol=1e-9) or (math.isnan(one) and math.isnan(other))
    return bool(one == other)


def flat(finding: Mapping[str, Any]) -> dict[str, Any]:
    """A finding as names and plain values: what was observed in each piece of evidence, each verdict, each action."""
    out: dict[str, Any] = {name: finding.get(name) for name in _PLAIN}
    for part, (named_by, told) in _LISTS.items():
        seen: Counter[str] = Counter()
        for entry in finding.get(part) or ():
            name = f"{part}: " + ", ".join(str(entry[n]) for n in named_by if entry.get(n) not in ("", None, False))
            seen[name] += 1
            name += f" ({seen[name]})" if seen[name] > 1 else ""
            out |= {f"{name}: {t}": entry.get(t) for t in told if entry.get(t) not in ("", None)}
    for name, value in sorted((finding.get("impact") or {}).items()):
        out[f"impact: {name}"] = value if isinstance(value, str | int | float | None) else json.dumps(value)
    out.pop("impact: community", None)  # a number given by size: it says nothing of the group
    for limit in finding.get("limits") or ():
        out[f"limit: {limit}"] = "stated"
    return out


def _by_subject(before: dict[str, Record], after: dict[str, Record]) -> Iterator[tuple[str, str, str]]:
    left, right = dict(before), dict(after)
    for subject in (lambda f: f["finding_id"], _impact, lambda f: "" if _impact(f) else f["title"]):
        sides = [Counter(subject(f) for f in side.values()) for side in (left, right)]
        where = {subject(f): i for i, f in right.items()}
        for i, f in sorted(left.items()):
            name = subject(f)
            if name and sides[0][name] == sides[1][name] == 1:
                yield "same", i, where[name]
                del left[i], right[where[name]]
    yield from (("gone", i, "") for i in sorted(left))
    yield from (("new", "", i) for i in sorted(right))


def _impact(finding: Record) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((k, v) for k, v in (finding.get("impact") or {}).items() if isinstance(v, str) and v))


def _counts(jaccard: float, before: int, after: int, kept: int) -> Record:
    return {
        "jaccard": jaccard,
        "n_before": before,
        "n_after": after,
        "n_kept": kept,
        "n_joined": after - kept,
        "n_left": before - kept,
    }
