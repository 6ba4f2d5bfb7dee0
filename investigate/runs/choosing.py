"""Which cells of a run that stopped half-way are executed again, and which are not.

What a cell of the build did can be had back in one way only: the case keeps its results, whole, whenever a stage ends.
So the cells up to the last one that left results may be skipped, if none of the others needs anything else from them.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .templates import ISOLATED

Cell = Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """What is executed.

    Attributes
    ----------
    execute : tuple of int
        Positions of the cells, in order; empty where nothing is left to do.
    whole : str
        Why everything is, in words; empty where it is not.
    """

    execute: tuple[int, ...]
    whole: str = ""


@dataclass(frozen=True)
class _Code:
    """The names a cell gives and takes, and the functions it calls."""

    gives: frozenset[str]
    takes: frozenset[str]
    calls: frozenset[str]

    @classmethod
    def of(cls, cell: Cell) -> _Code:
        gives, takes, calls = set[str](), set[str](), set[str]()
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.Name):
                (takes if isinstance(node.ctx, ast.Load) else gives).add(node.id)
            elif isinstance(node, ast.alias):
                gives.add((node.asname or node.name).partition(".")[0])
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                gives.add(node.name)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                calls.add(node.func.attr)
        return cls(frozenset(gives), frozenset(takes), frozenset(calls))


def choose(cells: Sequence[Cell], good: Collection[str], after: str, lost: str) -> Choice:
    """The cells to execute.

    Parameters
    ----------
    cells : sequence of cells
        The template's code cells without its parameters.
    good : collection of str
        Identifiers of those that ended well, as they stand now, and whose files are whole.
    after : str
        The last cell whose results the case still holds; empty where it holds none of this run.
    lost : str
        Why it holds none, in words, for the answer.

    Notes
    -----
    Always executed are the cells up to `investigate.begin`. Everything is executed where results are needed and lost,
    where a cell before `after` did not end well (it would see the state of a later stage), and where a name is needed
    that only a skipped stage gives. `run.finish` is executed again when any stage is.
    """
    everything = tuple(range(len(cells)))
    try:
        code = [_Code.of(cell) for cell in cells]
    except SyntaxError:
        return Choice(everything, "a cell is not plain Python, so nobody can tell what depends on it")
    begin = next((i for i, c in enumerate(code) if "begin" in c.calls), None)
    if begin is None:
        return Choice(everything, "no cell begins the run")
    ids = [str(cell.get("id", "")) for cell in cells]
    last = ids.index(after) if after in ids else begin
    closing = [i for i, c in enumerate(code) if "finish" in c.calls]
    stages = [i for i in everything if i > begin and not _isolated(cells[i]) and i not in closing]
    if stages and last == begin:
        return Choice(everything, lost)
    chosen = {i for i in everything if i <= begin or ids[i] not in good or (i in stages and i > last)}
    chosen |= set(closing) if chosen & set(stages) else set()
    if any(begin < i <= last for i in chosen):
        return Choice(everything, f"'{ids[min(i for i in chosen if i > begin)]}' comes before results that are kept")
    if name := _close(chosen, code, stages, begin):
        return Choice(everything, f"'{name}' is needed again, which the case does not keep")
    return Choice(tuple(sorted(chosen)) if any(i > begin for i in chosen) else ())


def _close(chosen: set[int], code: Sequence[_Code], stages: Sequence[int], begin: int) -> str:
    """Add the isolated cells that give a name which a chosen one takes; the name, where a skipped stage gives it."""
    open_ = sorted(chosen)
    while open_:
        i = open_.pop()
        for name in sorted(code[i].takes):
            giver = next((j for j in range(i - 1, -1, -1) if name in code[j].gives), begin)
            if giver > begin and giver not in chosen:
                if giver in stages:
                    return name
                chosen.add(giver)
                open_.append(giver)
    return ""


def _isolated(cell: Cell) -> bool:
    return ISOLATED in cell.get("metadata", {}).get("tags", [])
