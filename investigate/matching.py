"""Which groups of one run are which groups of another: the same, grown, shrunk, merged, split, new or gone."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from .errors import InputError

CHANGES = ("new", "grown", "merged", "split", "changed", "shrunk", "gone", "same")
COLUMNS = ("change", "before", "after", "jaccard", "n_before", "n_after", "n_kept", "n_joined", "n_left")
_TIE = 1e-9  # far below any difference of Jaccard indices that matters, far above rounding

Pair = tuple[int, int]


def match(
    before: Mapping[str, Iterable[str]], after: Mapping[str, Iterable[str]], *, least: float = 0.5
) -> pd.DataFrame:
    """How the groups of `before` relate to the groups of `after`, one row per relation.

    Two groups can be counterparts where they share at least `least` of the smaller one. Counterparts are chosen so
    that the sum of their Jaccard indices is largest; ties fall the same way whatever the groups are called. Then

    - `merged`: a new group that took in, beside the members of its counterpart, at least `least` of the members of
      one or more other old groups; one row for each old group in it, the counterpart too;
    - `split`: the same seen backwards: an old group from which, beside its counterpart, one or more other new groups
      drew at least `least` of their members; one row for each new group;
    - other counterparts: `same` (identical members), `grown` (more joined than left), `shrunk` (more left than
      joined), `changed` (as many joined as left);
    - `gone` and `new`: groups in none of these rows.

    Parameters
    ----------
    before, after : mapping of str to iterable of str
        Members by group. Groups may overlap. Groups without members are counterparts of each other.
    least : float
        Above 0, at most 1.

    Returns
    -------
    DataFrame
        `change`; `before` and `after`, the groups' names, empty where there is none; `jaccard` (0 to 1); counts of
        members `n_before`, `n_after`, `n_kept` (in both), `n_joined`, `n_left`. Sorted by change in the order of
        `CHANGES`, then by size, largest first, then by name.

    Raises
    ------
    InputError
        `least` is out of range.

    Notes
    -----
    A pair can be `merged` and `split` at once (half of a group went elsewhere, another group came in): it then has
    two rows. Swapping the arguments swaps new with gone, grown with shrunk and merged with split. It misleads where
    groups are tiny: one of two members makes a counterpart. Time grows with the cube of the largest set of groups
    that hang together by shared members.

    References
    ----------
    Crouse (2016), On implementing 2D rectangular assignment algorithms, doi:10.1109/TAES.2016.140952.

    Examples
    --------
    >>> match({"a": {"1", "2", "3"}}, {"b": {"1", "2", "3", "4"}})[["change", "before", "after"]].values.tolist()
    [['grown', 'a', 'b']]
    """
    if not 0 < least <= 1:
        raise InputError(f"least is {least}", "match", "give a share above 0 and at most 1")
    old, new = _Side(before), _Side(after)
    shared = _shared(old.sets, new.sets)
    pairs = _counterparts(old, new, shared, least)
    merged = _taken_in(old.sets, new.sets, {j: i for i, j in pairs}, shared, least)
    swapped = {(j, i): n for (i, j), n in shared.items()}
    split = {(i, j) for j, i in _taken_in(new.sets, old.sets, dict(pairs), swapped, least)}
    rows = [("merged", i, j) for i, j in merged] + [("split", i, j) for i, j in split]
    for i, j in pairs - merged - split:
        joined, left = len(new.sets[j] - old.sets[i]), len(old.sets[i] - new.sets[j])
        kind = ("changed" if joined else "same") if joined == left else "grown" if joined > left else "shrunk"
        rows.append((kind, i, j))
    rows += [("gone", i, -1) for i in sorted({*range(len(old.sets))} - {i for _, i, _ in rows})]
    rows += [("new", -1, j) for j in sorted({*range(len(new.sets))} - {j for _, _, j in rows})]
    return _table(rows, old, new)


class _Side:
    """The groups of one side in an order that their names decide only between groups of identical members."""

    def __init__(self, groups: Mapping[str, Iterable[str]]) -> None:
        held = sorted((sorted({str(m) for m in members}), str(name)) for name, members in groups.items())
        self.names = [name for _, name in held]
        self.sets = [set(members) for members, _ in held]
        self.marks = [hashlib.sha256("\x1f".join(members).encode()).digest() for members, _ in held]


def _shared(old: Sequence[set[str]], new: Sequence[set[str]]) -> dict[Pair, int]:
    """How many members two groups share, for the pairs that share any."""
    where: dict[str, list[int]] = defaultdict(list)
    for j, members in enumerate(new):
        for member in members:
            where[member].append(j)
    out: dict[Pair, int] = defaultdict(int)
    for i, members in enumerate(old):
        for member in members:
            for j in where.get(member, ()):
                out[i, j] += 1
    return dict(sorted(out.items()))


def _counterparts(old: _Side, new: _Side, shared: dict[Pair, int], least: float) -> set[Pair]:
    """The optimal assignment; each set of groups that hang together is solved by itself."""
    empty = [[i for i, members in enumerate(side.sets) if not members] for side in (old, new)]
    found = set(zip(*empty, strict=False))
    weights = {
        (i, j): n / (len(old.sets[i]) + len(new.sets[j]) - n) + _TIE * _tie(old.marks[i], new.marks[j])
        for (i, j), n in shared.items()
        if n >= least * min(len(old.sets[i]), len(new.sets[j]))
    }
    if not weights:
        return found
    ends = np.array(list(weights))
    size = len(old.sets) + len(new.sets)
    links = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1] + len(old.sets))), shape=(size, size))
    part = connected_components(links, directed=False)[1]
    parts: dict[int, list[Pair]] = defaultdict(list)
    for i, j in weights:
        parts[int(part[i])].append((i, j))
    for inside in parts.values():
        rows, columns = sorted({i for i, _ in inside}), sorted({j for _, j in inside})
        at = {i: k for k, i in enumerate(rows)}, {j: k for k, j in enumerate(columns)}
        matrix = np.zeros((len(rows), len(columns)))
        for i, j in inside:
            matrix[at[0][i], at[1][j]] = weights[i, j]
        chosen = zip(*linear_sum_assignment(matrix, maximize=True), strict=True)
        found |= {(rows[r], columns[c]) for r, c in chosen if matrix[r, c] > 0}
    return found


def _tie(one: bytes, other: bytes) -> float:
    """A number in [0, 1) that depends on the members of two groups, in either order, and on nothing else."""
    return int.from_bytes(hashlib.sha256(min(one, other) + max(one, other)).digest()[:6], "big") / 2**48


def _taken_in(
    old: Sequence[set[str]], new: Sequence[set[str]], partner: dict[int, int], shared: dict[Pair, int], least: float
) -> set[Pair]:
    """The pairs of old groups with the new group that took in two or more of them."""
    sources: dict[int, list[int]] = defaultdict(list)
    for (i, j), n in shared.items():
        if n >= least * len(old[i]):
            sources[j].append(i)
    out: set[Pair] = set()
    for j, inside in sources.items():
        # Members that came with the counterpart are no sign of a merger: groups of one run may lie in each other.
        first = partner.get(j, max(inside, key=lambda i: (shared[i, j], -i)))
        others = [i for i in inside if i != first and len((old[i] & new[j]) - old[first]) >= least * len(old[i])]
        out |= {(i, j) for i in (first, *others)} if others else set()
    return out


def _table(rows: Iterable[tuple[str, int, int]], old: _Side, new: _Side) -> pd.DataFrame:
    nobody: set[str] = set()
    records = []
    for change, i, j in rows:
        was, now = old.sets[i] if i >= 0 else nobody, new.sets[j] if j >= 0 else nobody
        kept, both = len(was & now), len(was | now)
        jaccard = kept / both if both else float(i >= 0 and j >= 0)
        names = old.names[i] if i >= 0 else "", new.names[j] if j >= 0 else ""
        records.append((change, *names, jaccard, len(was), len(now), kept, len(now) - kept, len(was) - kept))
    records.sort(key=lambda r: (CHANGES.index(r[0]), -max(r[4], r[5]), r[1], r[2]))
    table = pd.DataFrame(records, columns=[*COLUMNS])
    counts = {name: "int64" for name in COLUMNS if name.startswith("n_")}
    return table.astype({"change": "str", "before": "str", "after": "str", "jaccard": "float64", **counts})
