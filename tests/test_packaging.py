"""pyproject.toml, the lock and environment.yml describe one environment."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

NAMED_BY_THE_TEAM = {"jupyterlab", "ipywidgets", "networkx", "pandas", "pyvis", "papermill", "pytest"}


@pytest.fixture(scope="module")
def project(repository: Path) -> dict:
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def lock(repository: Path) -> str:
    return (repository / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pinned(lock: str) -> dict[str, list[Requirement]]:
    return pinned_in(lock)


def pinned_in(lock: str) -> dict[str, list[Requirement]]:
    """A lock's requirements by name; a name may stand twice, for different Python versions."""
    found: dict[str, list[Requirement]] = {}
    for line in lock.splitlines():
        if line and not line.startswith((" ", "#")):
            requirement = Requirement(line.rstrip("\\").strip())
            found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


@pytest.fixture(scope="module")
def environment(repository: Path) -> dict:
    return yaml.safe_load((repository / "environment.yml").read_text(encoding="utf-8"))


def pins(requirements: list[Requirement]) -> list[Version]:
    return [Version(next(iter(r.specifier)).version) for r in requirements]


def direct(project: dict) -> list[Requirement]:
    """Everything but Spark, which has a lock of its own: half a gigabyte that few need."""
    extras = [line for name, extra in project["optional-dependencies"].items() if name != "spark" for line in extra]
    return [Requirement(line) for line in project["dependencies"] + extras]


def test_every_direct_dependency_is_in_the_lock_at_an_allowed_version(project: dict, pinned: dict) -> None:
    """Installing the lock satisfies pyproject with all its extras."""
    wrong = []
    for requirement in direct(project):
        found = pins(pinned.get(canonicalize_name(requirement.name), []))
        if not found or not all(version in requirement.specifier for version in found):
            wrong.append(f"{requirement}: {[str(v) for v in found] or 'not in the lock'}")
    assert wrong == []


def test_spark_has_a_lock_of_its_own(project: dict, repository: Path, pinned: dict) -> None:
    """The extra's packages are pinned with hashes, from no named place, and do not fight with the main lock."""
    lock = (repository / "requirements-spark.lock").read_text(encoding="utf-8")
    spark = pinned_in(lock)
    for line in project["optional-dependencies"]["spark"]:
        requirement = Requirement(line)
        assert all(v in requirement.specifier for v in pins(spark[canonicalize_name(requirement.name)]))
    assert not set(spark) & set(pinned)
    assert "://" not in lock and lock.count("--hash=sha256:") >= len(spark)
    assert "requirements-spark.lock" in (repository / "Makefile").read_text(encoding="utf-8")


def test_the_lock_pins_every_package_with_hashes(lock: str, pinned: dict) -> None:
    """Every entry is an exact version, and each has at least one SHA-256."""
    blocks = re.split(r"\n(?=\S)", lock.strip())
    assert len(blocks) == sum(len(r) for r in pinned.values()) > 100
    for block in blocks:
        assert re.match(r"\S+==\S+", block), block.splitlines()[0]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), block.splitlines()[0]


def test_the_lock_names_no_registry(lock: str) -> None:
    """No address, no option that points to one, no local path: whoever installs decides where from."""
    for forbidden in ("://", "file:", " @ "):
        assert forbidden not in lock, forbidden
    assert re.findall(r"(?m)^\s*-(?!-hash=)\S*", lock) == []


def test_the_lock_serves_linux_macos_and_windows(pinned: dict) -> None:
    """Packages only one system needs carry that system's marker instead of being left out."""
    assert "win32" in str(pinned["colorama"][0].marker)
    assert "darwin" in str(pinned["appnope"][0].marker)
    assert "nt" in str(pinned["pywinpty"][0].marker)


def test_environment_yml_takes_the_same_python_and_the_same_lock(environment: dict, project: dict) -> None:
    """Conda gives a Python that pyproject allows, from conda-forge alone, and pip takes the lock with its hashes."""
    assert environment["channels"][0] == "conda-forge" and "defaults" not in environment["channels"]
    python = next(d for d in environment["dependencies"] if isinstance(d, str) and d.startswith("python="))
    assert Version(python.removeprefix("python=")) in SpecifierSet(project["requires-python"])
    others = [d for d in environment["dependencies"] if isinstance(d, str) and not d.startswith("python=")]
    assert others == ["pip"]
    by_pip = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    assert by_pip == ["--require-hashes", "-r requirements.lock"]


def test_the_same_python_everywhere(project: dict, repository: Path) -> None:
    """pyproject, ruff, mypy, the classifiers and the lock's command name the same lowest Python."""
    settings = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert settings["ruff"]["target-version"] == "py311" and settings["mypy"]["python_version"] == "3.11"
    assert "--python-version 3.11" in (repository / "Makefile").read_text(encoding="utf-8")
    offered = {c.rpartition(" ")[2] for c in project["classifiers"] if re.search(r":: 3\.\d+$", c)}
    assert offered == {"3.11", "3.12", "3.13"}


def test_the_tools_the_team_named_are_there(project: dict, pinned: dict) -> None:
    """The packages the team works with are direct dependencies, not accidents of another package."""
    assert NAMED_BY_THE_TEAM <= {canonicalize_name(r.name) for r in direct(project)}
    assert NAMED_BY_THE_TEAM <= set(pinned)
    assert {"lab", "dev"} <= set(project["optional-dependencies"])


def test_every_dependency_has_its_reason_written_down(project: dict, repository: Path) -> None:
    """A direct dependency without a line in the decision note is one nobody decided on."""
    notes = "\n".join(p.read_text(encoding="utf-8") for p in (repository / "docs" / "decisions").glob("*.md"))
    spark = [Requirement(line) for line in project["optional-dependencies"]["spark"]]
    missing = [r.name for r in direct(project) + spark if not re.search(rf"`{re.escape(r.name)}`", notes)]
    assert missing == []


def test_copyleft_packages_stay_out(pinned: dict) -> None:
    """The GPL graph packages the design rules out are not pulled in by anything."""
    assert not {"igraph", "python-igraph", "leidenalg", "fa2", "neo4j-viz"} & set(pinned)


def test_make_help_lists_every_target(repository: Path) -> None:
    """Every target a person may call explains itself."""
    text = (repository / "Makefile").read_text(encoding="utf-8")
    declared = set(re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE).group(1).split())
    assert declared == set(re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE))
    assert {"demo", "lab", "test", "check", "bench", "lock", "samples", "clean"} <= declared
