"""The package's shape: one-way imports, small modules, nothing done at import time."""

from __future__ import annotations

import ast
import os
import statistics
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

BANNED_MODULE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}


@pytest.fixture(scope="module")
def modules(repository: Path) -> list[Path]:
    return sorted((repository / "investigate").rglob("*.py"))


def run(code: str, repository: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_imports_go_one_way(repository: Path) -> None:
    """import-linter finds no import against the layers, and every module has its layer."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "4 kept, 0 broken" in done.stdout


def test_importing_the_package_loads_no_runner_widget_or_network_code(repository: Path) -> None:
    """`import investigate` stays light: heavy libraries are loaded by the stage that needs them."""
    heavy = [
        "papermill",
        "ipywidgets",
        "anywidget",
        "nbclient",
        "matplotlib",
        "IPython",
        "investigate.datasets.download",
    ]
    loaded = run(f"import sys, investigate; print([m for m in {heavy!r} if m in sys.modules])", repository)
    assert loaded.strip() == "[]"


def test_importing_the_package_writes_and_prints_nothing(repository: Path, tmp_path: Path) -> None:
    """Importing does no work: no output, no file, no thread left behind."""
    code = f"import os, threading; os.chdir({str(tmp_path)!r}); import investigate; print(threading.active_count())"
    assert run(code, repository).strip() == "1"
    assert list(tmp_path.iterdir()) == []


def test_the_package_offers_few_names(repository: Path) -> None:
    """At most 20 public names, each of which exists."""
    code = "import investigate; print(len(investigate.__all__)); [getattr(investigate, n) for n in investigate.__all__]"
    assert 0 < int(run(code, repository)) <= 20


def test_modules_stay_small(modules: list[Path]) -> None:
    """No module above 400 lines; the median is that of a text one reads in one sitting."""
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules}
    assert {str(p): n for p, n in lines.items() if n > 400} == {}
    assert statistics.median(n for p, n in lines.items() if p.name != "__init__.py") <= 200


def test_no_module_is_named_after_nothing(modules: list[Path]) -> None:
    """A module called utils or common says nothing about what it holds."""
    assert [str(p) for p in modules if p.stem.strip("_") in BANNED_MODULE_NAMES] == []


def test_every_module_says_what_it_is_for(modules: list[Path]) -> None:
    """The first line of every module is a sentence about it."""
    without = [
        str(p)
        for p in modules
        if (text := p.read_text(encoding="utf-8")).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert without == []


def test_inheritance_is_at_most_one_deep(modules: list[Path]) -> None:
    """A class of this package extends another of its classes only where that one extends none (errors aside)."""
    bases: dict[str, list[str]] = {}
    for path in modules:
        if path.name == "errors.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = [ast.unparse(base).rpartition(".")[2] for base in node.bases]
    deep = [name for name, of in bases.items() for base in of if any(grand in bases for grand in bases.get(base, []))]
    assert deep == []


@pytest.fixture(scope="module")
def imported(modules: list[Path]) -> list[tuple[Path, set[str]]]:
    """For each module, the packages from outside that it imports, by the names pip knows them under."""
    provided_by = packages_distributions()
    found = []
    for path in modules:
        owners: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for top in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"investigate"}:
                owners |= {canonicalize_name(owner) for owner in provided_by.get(top, [top])}
        found.append((path, owners))
    return found


@pytest.fixture(scope="module")
def declared(repository: Path) -> dict[str, set[str]]:
    """The dependencies pyproject declares: `core`, and each extra by its name."""
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"core": project["dependencies"], **project["optional-dependencies"]}
    return {name: {canonicalize_name(Requirement(line).name) for line in lines} for name, lines in groups.items()}


def test_every_directly_imported_package_is_a_declared_dependency(
    imported: list[tuple[Path, set[str]]], declared: dict[str, set[str]]
) -> None:
    """What the package imports is in pyproject's dependencies, not merely somebody else's; widgets and Spark have extras."""
    missing = {
        f"{path.name}: {owner}"
        for path, owners in imported
        for owner in owners
        - declared["core"]
        - (declared["lab"] if "widgets" in path.parts or path.name == "_pyvis.py" else set())
        - (declared["spark"] if path.name == "spark.py" else set())
    }
    assert missing == set()


def test_every_declared_dependency_is_used(
    imported: list[tuple[Path, set[str]]], declared: dict[str, set[str]]
) -> None:
    """A dependency nobody imports is weight for nothing."""
    used = set().union(*(owners for _, owners in imported))
    assert declared["core"] - used == set()
