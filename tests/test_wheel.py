"""The wheel carries what the main job needs, and does it in an empty environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout without fetching anything."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(repository)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (built,) = folder.glob("investigate-*.whl")
    return built


@pytest.fixture(scope="module")
def contents(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_carries_templates_sample_and_assets(contents: list[str], repository: Path) -> None:
    """Everything a run needs is inside: every template, the sample with its mapping, every asset of a view."""
    wanted = [f"investigate/_templates/{p.name}" for p in (repository / "templates").glob("*.ipynb")]
    wanted += [f"investigate/_samples/{name}" for name in ("world.csv.gz", "world.toml")]
    built = [p for kind in ("assets", "static") for p in (repository / "investigate").rglob(f"{kind}/*") if p.is_file()]
    wanted += [p.relative_to(repository).as_posix() for p in built]
    assert len(wanted) > 5 and sorted(set(wanted) - set(contents)) == []


def test_the_wheel_carries_nothing_else(contents: list[str]) -> None:
    """No tests, no cases, no downloads, no caches: only the package and its metadata."""
    assert {name.partition("/")[0] for name in contents} == {"investigate", "investigate-0.1.0.dist-info"}
    for forbidden in (
        "/tests/",
        "/js/",
        "node_modules",
        "/raw/",
        "/cases/",
        "__pycache__",
        ".ipynb_checkpoints",
        ".DS_Store",
    ):
        assert not [name for name in contents if forbidden in name]


def test_the_wheel_is_the_same_when_built_again(wheel: Path, repository: Path, tmp_path: Path) -> None:
    """Two builds of one checkout are byte-identical."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(repository)]
    subprocess.run(command, capture_output=True, check=True)
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def needed(requirements: list[str]) -> dict[str, metadata.Distribution]:
    """The distributions that some requirements lead to here, extras of this package left out."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [(Requirement(r), {""}) for r in requirements]
    while waiting:
        requirement, extras = waiting.pop()
        if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
            continue
        name = canonicalize_name(requirement.name)
        held = found.get(name) or metadata.distribution(name)
        assert requirement.specifier.contains(held.version, prereleases=True), f"{requirement}: {held.version} is here"
        if name not in found or requirement.extras:
            found[name] = held
            waiting += [(Requirement(r), {"", *requirement.extras}) for r in held.requires or ()]
    return found


@pytest.fixture(scope="module")
def empty_environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new environment with the wheel and its dependencies alone, as links to those that are installed; its folder of programs.

    What the wheel itself asks for decides: a package that only the extras or the tests need is not there.
    """
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    programs = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    command = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*command, str(wheel)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    (place,) = (folder / "env").glob("[Ll]ib/**/site-packages")
    (about,) = metadata.distributions(path=[str(place)], name="investigate")
    for name, one in needed(about.requires or []).items():
        tops = {Path(str(file)).parts[0] for file in one.files or () if not str(file).startswith("..")}
        assert tops, name
        for top in tops - {"__pycache__"}:
            if not (place / top).exists():
                (place / top).symlink_to(Path(str(one.locate_file(top))))
    yield programs
    shutil.rmtree(folder)


def clean(programs: Path) -> dict[str, str]:
    """This process's variables without those that would let the checkout's own packages in."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "JUPYTER"))}
    return kept | {"PATH": os.pathsep.join((str(programs), os.environ["PATH"])), "MPLBACKEND": "agg"}


@pytest.mark.slow
def test_the_main_job_runs_from_an_installed_wheel(empty_environment: Path, tmp_path: Path) -> None:
    """In an empty environment and another folder, the installed command turns the packaged sample into a report."""
    python, command = str(empty_environment / "python"), str(empty_environment / "investigate")
    where = "import importlib.resources, investigate; print(importlib.resources.files(investigate))"
    done = subprocess.run(
        [python, "-c", where], cwd=tmp_path, env=clean(empty_environment), capture_output=True, text=True
    )
    package = Path(done.stdout.strip())
    assert package.is_relative_to(empty_environment.parent.resolve()), done.stdout + done.stderr
    sample = package / "_samples"
    words = ["run", "coordinated_behaviour", "--data", str(sample / "world.csv.gz"), "--source", "csv"]
    words += ["--mapping", str(sample / "world.toml"), "--case", "first case"]
    done = subprocess.run([command, *words], cwd=tmp_path, env=clean(empty_environment), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    (report,) = (tmp_path / "first case").rglob("report.html")
    assert report.stat().st_size > 10_000
    checked = subprocess.run(
        [command, "verify", "first case"], cwd=tmp_path, env=clean(empty_environment), capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.slow
def test_the_lab_is_not_needed_to_run(empty_environment: Path) -> None:
    """The dependencies of a run leave out JupyterLab, widgets and test tools."""
    listing = subprocess.run(
        [str(empty_environment / "python"), "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"],
        capture_output=True,
        text=True,
        check=True,
    )
    installed = {line.partition("==")[0].lower() for line in listing.stdout.splitlines()}
    assert "investigate" in installed and not installed & {"jupyterlab", "ipywidgets", "pyvis", "pytest", "playwright"}
