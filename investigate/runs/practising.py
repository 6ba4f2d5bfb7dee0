"""A case to practise on: the bundled invented world, or a real public slice where its file is here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .. import datasets
from ..case import Case
from ..errors import InputError, unknown
from ..packs import bundled

SAMPLE = "sample"
REAL = {
    "koch": ("ira_koch", "two weeks of November 2015, in which a group pushed #KochFarms"),
    "merkel": ("ira_merkel", "a week of July 2016, in which a group pushed #MerkelMussBleiben"),
}
INVENTED = "an invented world: two planted groups, a newsroom, a fan community, viral posts"
CASES = Path("data/cases")


@dataclass(frozen=True)
class Practice:
    """Something to practise on: its name, what it is, and its file; None where the file is not here."""

    name: str
    about: str
    file: Path | None


def samples() -> Path:
    """Where the bundled samples lie: in the installed package, else beside it in a checkout."""
    return bundled("")


def available() -> list[Practice]:
    """Everything there is to practise on. Real slices are looked for in INVESTIGATE_DATA, data/raw and ../shared/data."""
    real = [Practice(name, about, _slice(entry)) for name, (entry, about) in REAL.items()]
    return [Practice(SAMPLE, INVENTED, samples() / "world.csv.gz"), *real]


def practice(name: str = SAMPLE, otherwise: str | Case | None = None, folder: str | Path | None = None) -> Case:
    """A case that has been through the method once; opened as it was left where it has been made before.

    Parameters
    ----------
    name : str
        "sample", "koch" or "merkel".
    otherwise : str or Case, optional
        What to take instead, and say so, where the file of a real slice is not here.
    folder : path, optional
        The case's folder; by default `practice_<name>` in `data/cases`, here or one folder up.

    Raises
    ------
    InputError
        The slice's file is not here; the message says how to get it.

    Examples
    --------
    >>> case = practice("koch", otherwise="sample")                     # doctest: +SKIP
    """
    known = {one.name: one for one in available()}
    if name not in known:
        raise unknown("practice case", name, known)
    file = known[name].file
    if file is None:
        missing = datasets.find(REAL[name][0])
        if otherwise is None:
            raise InputError(
                f"the file of '{missing.name}' is not here",
                "INVESTIGATE_DATA, data/raw, ../shared/data",
                f"fetch it with `investigate data get {missing.name}`, or practise on the bundled sample",
            )
        instead = practice(otherwise, folder=folder) if isinstance(otherwise, str) else otherwise
        print(
            f"'{missing.name}' is not here (`investigate data get {missing.name}` fetches it): '{instead.title}' instead."
        )
        return instead
    place = Path(folder) if folder is not None else _beside(CASES) / f"practice_{name}"
    if (place / "case.json").is_file():
        case = Case.open(place)
        if case.findings:
            return case
    else:
        case = Case.create(place, title=f"Practice: {name}", purpose=f"Training on {known[name].about}.")
    return _through(case, name, file)


def _through(case: Case, name: str, file: Path) -> Case:
    if name == SAMPLE:
        case.load(file, "csv", mapping=file.with_name("world.toml"))
    else:
        case.load(file, "ira_tweets")
    case.relate()
    case.score(known_groups=file.with_name("known_groups.csv") if name == SAMPLE else None)
    case.group()
    case.find()
    return case


def _beside(folder: Path) -> Path:
    """A folder here or one up: notebooks lie in `notebooks/`, and `data/` lies beside that."""
    above = Path("..") / folder.parts[0]
    return Path("..") / folder if not Path(folder.parts[0]).exists() and above.exists() else folder


def _slice(entry: str) -> Path | None:
    named = os.environ.get("INVESTIGATE_DATA")
    places = [Path(named)] if named else []
    places += [up / below for up in (Path(), Path("..")) for below in (Path("data/raw"), Path("../shared/data"))]
    files = [place / datasets.find(entry).files[0].name for place in places]
    return next((file for file in files if file.is_file()), None)
