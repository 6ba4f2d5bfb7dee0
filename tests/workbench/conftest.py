"""The bundled sample through all stages, once; each test works on a copy of the folder."""

from __future__ import annotations

import shutil

import pytest

from investigate import Case
from investigate.workbench import Workbench


@pytest.fixture(scope="session")
def solved(repository, tmp_path_factory):
    """The sample, through all stages."""
    samples = repository / "data" / "samples"
    case = Case.create(
        tmp_path_factory.mktemp("workbench") / "sample", title="sample", purpose="tests of the workbench"
    )
    case.load(samples / "world.csv.gz", "csv", mapping=str(samples / "world.toml"))
    case.relate()
    case.score(known_groups=samples / "known_groups.csv")
    case.group()
    case.find()
    return case


@pytest.fixture
def case(solved, tmp_path):
    """A copy of the sample's case."""
    shutil.copytree(solved.path, tmp_path / "case", ignore=shutil.ignore_patterns(".*"))
    return Case.open(tmp_path / "case")


@pytest.fixture
def wb(case):
    """The workbench on its first view."""
    return Workbench(case)
