"""docs/relations.md against the program: every relation has an entry, every command runs and finds what the page says."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from investigate.cli import main
from investigate.relations import RELATIONS

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "relations.md").read_text(encoding="utf-8")
FOUND = re.compile(r"\*\*([\d,]+) edges? between ([\d,]+) accounts\*\*")
DATA = re.compile(r"\$INVESTIGATE_DATA/([\w./-]+)")
FAMILY_OF_ONE = {
    # Cheap, and one of each family and kind: these run even with -m "not slow".
    "co_hashtag",
    "co_repost",
    "co_reply",
    "interaction",
    "fast_repost",
    "shared_infrastructure",
    "shared_device",
    "similar_media",
    "similar_name",
}


@dataclass(frozen=True)
class Entry:
    """One section of the page: its heading, its shell commands, and what it says was found."""

    name: str
    text: str

    @property
    def commands(self) -> list[list[str]]:
        block = re.search(r"```sh\n(.*?)```", self.text, re.DOTALL)
        return [shlex.split(line) for line in block[1].splitlines()] if block else []

    @property
    def relates(self) -> list[list[str]]:
        return [words for words in self.commands if words[:2] == ["investigate", "relate"]]

    @property
    def found(self) -> list[tuple[int, int]]:
        return [(int(a.replace(",", "")), int(b.replace(",", ""))) for a, b in FOUND.findall(self.text)]

    def value(self, option: str) -> str:
        (words,) = self.relates
        return words[words.index(option) + 1]


def entries() -> dict[str, Entry]:
    parts = re.split(r"^### (.+)$", PAGE, flags=re.MULTILINE)[1:]
    return {name.strip("`"): Entry(name.strip("`"), text) for name, text in zip(parts[::2], parts[1::2], strict=True)}


ENTRIES = entries()
BLOCKS = {
    name: (code[1], code[2])
    for name, entry in ENTRIES.items()
    if (code := re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", entry.text, re.DOTALL))
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path, shared_data: Callable[[str], Path]):
    """A function from a text with commands to nothing: an empty folder to run it in, with the data sets it names."""

    def go(text: str) -> None:
        names = sorted({*DATA.findall(text), *re.findall(r'INVESTIGATE_DATA"\] \+ "/([\w./-]+)"', text)})
        folder = {shared_data(name).parents[name.count("/")] for name in names}
        if folder:
            monkeypatch.setenv("INVESTIGATE_DATA", str(folder.pop()))
        assert not folder and "INVESTIGATE_DATA" in text or not names
        (tmp_path / "tests" / "similar").mkdir(parents=True)
        shutil.copy(repository / "tests" / "similar" / "bridge_pdq.csv", tmp_path / "tests" / "similar")
        monkeypatch.chdir(tmp_path)

    return go


def run(words: list[str], capsys: pytest.CaptureFixture[str], data: str) -> list[dict]:
    """What one command of the page answers, as JSON; `tar` is done without a shell."""
    words = [word.replace("$INVESTIGATE_DATA", data) for word in words]
    if words[:2] == ["tar", "xzf"]:
        with tarfile.open(words[2]) as packed:
            for name in words[3:]:
                packed.extract(name, filter="data")
        return []
    assert words[0] == "investigate"
    capsys.readouterr()
    code = main([*words[1:], "--json"])
    said = capsys.readouterr()
    assert code == 0, said.err
    answer = json.loads(said.out)
    return answer if isinstance(answer, list) else [answer]


def test_every_relation_has_an_entry_with_one_command():
    """Nothing registered is missing, each command names its own relation and its edges' file, each says what it found."""
    assert [name for name in RELATIONS.names() if name not in ENTRIES] == []
    for name in RELATIONS.names():
        entry = ENTRIES[name]
        assert len(entry.relates) == 1 and entry.value("--relation") == name, name
        assert entry.value("--out") == f"{name}.csv" and len(entry.found) == 1, name
        assert "Misleads" in entry.text and "Found" in entry.text, name
        assert ("--window" in entry.relates[0]) <= (not RELATIONS.get(name).untimed), name


def test_every_set_the_page_names_is_in_the_catalogue():
    """A reader can fetch each file, or is told in words where it comes from."""
    from investigate.datasets import catalogue

    held = {file.name for entry in catalogue().values() for file in entry.files}
    named = {name for name in DATA.findall(PAGE) if not name.startswith("peer_results/")}
    assert len(named) >= 6 and named <= held


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in FAMILY_OF_ONE else pytest.mark.slow)
        for name, entry in ENTRIES.items()
        if entry.relates
    ],
)
def test_command_finds_what_the_page_says(name, place, capsys):
    """The commands of one entry, word for word, in an empty folder: edges and accounts are those on the page."""
    entry = ENTRIES[name]
    place(" ".join(word for words in entry.commands for word in words))
    data = os.environ.get("INVESTIGATE_DATA", "")
    said = [answer for words in entry.commands for answer in run(words, capsys, data)]
    assert [(answer["edges"], answer["accounts"]) for answer in said] == entry.found
    assert all(Path(answer["out"]).is_file() for answer in said)


@pytest.mark.slow
@pytest.mark.parametrize("name", BLOCKS)
def test_python_block_prints_what_the_page_says(name, place, capsys):
    """The Python of one entry, word for word, in an empty folder: it prints the lines that follow it."""
    code, expected = BLOCKS[name]
    place(code)
    capsys.readouterr()
    exec(compile(code, f"docs/relations.md, {name}", "exec"), {"__name__": "__page__"})  # noqa: S102
    assert capsys.readouterr().out.strip() == expected.strip()


def test_python_blocks_are_there():
    """Five entries beyond pairs of accounts."""
    assert len(BLOCKS) == 5
