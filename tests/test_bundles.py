"""The built browser files belong to the sources beside them, carry their licences, and name no place to fetch from."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

STAMP = re.compile(r"/\* made by \"make widgets\"; sources sha256 ([0-9a-f]{64}): (.+?); packages: (.+?) \*/")


def built(repository: Path) -> list[Path]:
    """Every file of the front end that `make widgets` writes."""
    static = (repository / "investigate" / "widgets" / "static").glob("*")
    found = [p for p in static if p.suffix in {".js", ".css"}]
    return sorted([*found, *(repository / "investigate" / "views" / "assets").glob("*.bundle.*")])


def stamp_of(path: Path) -> tuple[str, list[str], list[str]]:
    """Digest, sources and packages that a built file names in its first line."""
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    match = STAMP.fullmatch(first)
    assert match, f"{path.name} has no stamp: {first[:80]}"
    return match[1], match[2].split(" "), match[3].split(" ")


@pytest.fixture(scope="module")
def lock(repository: Path) -> dict[str, dict]:
    return json.loads((repository / "js" / "package-lock.json").read_text(encoding="utf-8"))["packages"]


def test_there_are_bundles(repository: Path) -> None:
    """The report's graph is one of them, script and style."""
    assert {"graph.bundle.js", "graph.bundle.css"} <= {p.name for p in built(repository)}


def test_every_bundle_is_built_from_the_sources_beside_it(repository: Path, lock: dict) -> None:
    """The digest in its first line is that of the sources and package versions it names: nobody forgot `make widgets`."""
    stale = []
    for path in built(repository):
        digest, sources, packages = stamp_of(path)
        count = hashlib.sha256()
        for name in [*sources, "build.mjs"]:
            text = (repository / "js" / name).read_text(encoding="utf-8").replace("\r\n", "\n")
            count.update(f"{name}\n{text}\n".encode())
        for name in packages:
            entry = lock[f"node_modules/{name}"]
            count.update(f"node_modules/{name} {entry['version']} {entry['integrity']}\n".encode())
        if count.hexdigest() != digest:
            stale.append(path.name)
    assert stale == [], "run `make widgets` and commit what it wrote"


def test_a_fresh_build_writes_the_same(repository: Path) -> None:
    """Where node and the packages are at hand: building again gives every byte of what is committed."""
    if not shutil.which("node") or not (repository / "js" / "node_modules" / "esbuild").is_dir():
        pytest.skip("no node, or `make widgets` has not been run here")
    done = subprocess.run(["node", "build.mjs", "--check"], cwd=repository / "js", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_bundled_libraries_keep_their_licences(repository: Path, lock: dict) -> None:
    """Every library inside a bundle is permissive, and its licence text stands in the LICENSES file beside it."""
    folder = repository / "investigate" / "widgets" / "static"
    inside = {name for path in built(repository) for name in stamp_of(path)[2]} - {"esbuild"}
    texts = (folder / "LICENSES.txt").read_text(encoding="utf-8") if inside else ""
    for name in inside:
        entry = lock[f"node_modules/{name}"]
        assert entry["license"] in {"MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"}, name
        assert f"\n{name} {entry['version']} ({entry['license']})\n" in texts


def test_the_lock_of_the_front_end_names_no_registry(repository: Path, lock: dict) -> None:
    """Versions and hashes, no address: whoever installs decides where from."""
    text = (repository / "js" / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in re.sub(r'"funding": \{[^}]*\}|"url": "[^"]*"', "", text)
    assert all("resolved" not in entry for entry in lock.values())
    assert all(entry.get("integrity", "").startswith("sha512-") for name, entry in lock.items() if name)


def test_sources_set_text_as_text(repository: Path) -> None:
    """Our own sources write no markup, run no text and name no address to fetch from."""
    forbidden = (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "fetch(",
        "http:",
        "https:",
    )
    found = []
    for path in sorted((repository / "js").rglob("*")):
        if path.suffix in {".js", ".css"} and "node_modules" not in path.parts:
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")  # a name, not an address
            found += [f"{path.name}: {word}" for word in (*forbidden, "@import") if word in text]
    assert found == []
