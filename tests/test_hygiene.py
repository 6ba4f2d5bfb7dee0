"""What must not be in the repository, and the rules every notebook, template and module keeps."""

from __future__ import annotations

import ast
import io
import json
import re
import subprocess
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".yml",
    ".yaml",
    ".lock",
    ".ipynb",
    ".js",
    ".css",
    ".html",
    ".svg",
    ".json",
    ".txt",
    ".sh",
    "",
}

# Written so that this file does not contain what it looks for.
MACHINE_PATH = re.compile(r"(?:^|[^A-Za-z0-9_.~>}])/(?:work|farm|root|tmp|home(?!/someone/))/\w")
REGISTRY = re.compile(
    "|".join(
        (
            "py" + r"pi\.org",
            "python" + "hosted",
            "index" + "-url",
            "extra" + "-index",
            "find" + "-links",
            "conda" + r"\.anaconda",
        )
    )
)

NETWORK = {
    "http",
    "socket",
    "ssl",
    "ftplib",
    "smtplib",
    "requests",
    "httpx",
    "aiohttp",
    "urllib3",
    "websocket",
    "websockets",
}
NETWORK_PARTS = {"urllib.request", "urllib.error", "asyncio.open_connection"}
NETWORK_MODULE = "investigate/datasets/download.py"

# Accounts are never called these; a source's own name, or an address, may carry the word.
NEVER = {"bot", "bots", "troll", "trolls"}
NEVER_IN_CODE = NEVER | {"user", "users"}
NAMES_OF_LIBRARIES = {"user_config_path"}  # platformdirs: a person's own settings
ALLOWED_PHRASES = ("russian-troll-tweets",)

NOT_IN_TEMPLATES = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.AsyncFor, ast.While, ast.If, ast.IfExp, ast.Try,
    ast.TryStar, ast.With, ast.AsyncWith, ast.Match, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
    ast.Global, ast.Delete, ast.Assert, ast.Raise,
)  # fmt: skip


def files() -> list[Path]:
    """The files that are or would be committed."""
    done = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    return sorted(path for name in set(done.stdout.split("\0")) - {""} if (path := ROOT / name).is_file())


def texts() -> list[tuple[str, str]]:
    found = []
    for path in files():
        if path.suffix in TEXT and path.name != "LICENSE":
            try:
                found.append((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                continue
    return found


def notebooks(folder: str = "") -> list[Path]:
    return [path for path in files() if path.suffix == ".ipynb" and path.is_relative_to(ROOT / folder)]


def package() -> list[tuple[str, str]]:
    return [(name, text) for name, text in texts() if name.startswith("investigate/") and name.endswith(".py")]


def names(paths: list[Path]) -> list[str]:
    return [path.stem for path in paths]


# --- the repository --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what, pattern", [("machine path", MACHINE_PATH), ("package registry", REGISTRY)])
def test_nothing_names_a_machine_or_a_registry(what: str, pattern: re.Pattern[str]) -> None:
    """A path or host of one machine works on no other."""
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == [], what


def test_the_patterns_find_what_they_look_for() -> None:
    """The two patterns match the lines they exist for, and leave ordinary ones alone."""
    assert MACHINE_PATH.search("open('/" + "root/x.csv')")
    assert not MACHINE_PATH.search("see docs/work/x and network/homepage, or an invented /home/someone/x")
    assert REGISTRY.search("--index" + "-url x") and not REGISTRY.search("reindex the case")


def test_no_file_is_large() -> None:
    """Data stays outside: no file above 2 MB."""
    assert [(str(p), p.stat().st_size) for p in files() if p.stat().st_size > 2_000_000] == []


def test_no_real_data_is_committed() -> None:
    """Nothing under data/ but the invented samples, and no slice of the catalogue anywhere."""
    from investigate.datasets import catalogue

    real = {file.name for entry in catalogue().values() for file in entry.files}
    tracked = [path.relative_to(ROOT) for path in files()]
    assert [str(p) for p in tracked if p.name in real] == []
    assert [str(p) for p in tracked if p.parts[0] == "data" and p.parts[1] != "samples"] == []


def test_text_files_have_unix_line_ends() -> None:
    """One kind of line end, and a last line that ends."""
    assert [name for name, text in texts() if "\r" in text or (text and not text.endswith("\n"))] == []


# --- the package -----------------------------------------------------------------------------------------------------


def test_only_the_download_module_can_reach_the_network() -> None:
    """No other module imports anything that opens a connection; urllib.parse only takes addresses apart."""
    found = []
    for name, text in package():
        for node in ast.walk(ast.parse(text)):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                imported = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for module in imported:
                if module in NETWORK_PARTS or module.partition(".")[0] in NETWORK or module == "urllib":
                    found.append((name, module))
    assert {name for name, _ in found} == {NETWORK_MODULE}, found


def test_libraries_that_fetch_by_themselves_are_told_not_to() -> None:
    """tldextract gets no list to download and DuckDB may not install extensions."""
    wrong = []
    for name, text in package():
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            given = {k.arg: ast.unparse(k.value) for k in node.keywords}
            if called.endswith("TLDExtract") and given.get("suffix_list_urls") != "()":
                wrong.append(f"{name}: {called}")
            if called in {"tldextract.extract", "extract_tld"}:
                wrong.append(f"{name}: {called}")
            if called == "duckdb.connect" and "'autoinstall_known_extensions': False" not in given.get("config", ""):
                wrong.append(f"{name}: {called}")
            if called.startswith("duckdb.") and called.partition(".")[2] in {
                "sql",
                "query",
                "execute",
                "read_parquet",
                "read_csv",
            }:
                wrong.append(f"{name}: {called} uses the shared connection")
    assert wrong == []


def words(identifier: str) -> set[str]:
    return {w.lower() for w in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", identifier)}


def test_accounts_are_called_accounts() -> None:
    """No identifier calls an account a user, a bot or a troll, and no text of the package does the latter two."""
    found = []
    for name, text in package():
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if (
                token.type == tokenize.NAME
                and words(token.string) & NEVER_IN_CODE
                and token.string not in NAMES_OF_LIBRARIES
            ):
                found.append(f"{name}:{token.start[0]}: {token.string}")
            elif token.type == tokenize.STRING:
                string = token.string
                for phrase in ALLOWED_PHRASES:
                    string = string.replace(phrase, "")
                if set(re.findall(r"[a-z]+", string.lower())) & NEVER:
                    found.append(f"{name}:{token.start[0]}: {string[:80]}")
    for path in notebooks():
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if set(re.findall(r"[a-z]+", "".join(cell["source"]).lower())) & NEVER:
                found.append(f"{path.name}: {''.join(cell['source'])[:80]}")
    assert found == []


def test_identifiers_are_taken_apart_into_words() -> None:
    """snake_case and CamelCase are both understood, and longer words are left alone."""
    assert words("is_bot") & NEVER and words("BotScore") & NEVER and words("trollCount") & NEVER
    assert (
        not words("bottom_line") & NEVER and not words("controlled") & NEVER and not words("expanduser") & NEVER_IN_CODE
    )


# --- notebooks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", notebooks(), ids=names(notebooks()))
def test_notebooks_are_stripped(path: Path) -> None:
    """No output, no execution count, no trace of a run; every cell keeps its own id."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert notebook["nbformat"] == 4 and notebook["nbformat_minor"] >= 5
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info", "investigate"}
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    ids = [cell["id"] for cell in notebook["cells"]]
    assert all(ids) and len(ids) == len(set(ids))
    for cell in notebook["cells"]:
        assert set(cell["metadata"]) <= {"tags", "investigate", "jupyter", "slideshow"}, cell["id"]
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None, cell["id"]


@pytest.mark.parametrize("path", notebooks("templates"), ids=names(notebooks("templates")))
def test_templates_hold_no_logic(path: Path) -> None:
    """A template calls the package; what needs a loop or a condition belongs into the package."""
    problems = template_problems(json.loads(path.read_text(encoding="utf-8")))
    assert problems == []


def template_problems(notebook: dict) -> list[str]:
    problems, parameters = [], 0
    for number, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        is_parameters = "parameters" in cell["metadata"].get("tags", [])
        parameters += is_parameters
        if len(source.strip().splitlines()) > 6 and not is_parameters:
            problems.append(f"cell {number}: more than six lines")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, NOT_IN_TEMPLATES):
                problems.append(f"cell {number}: {type(node).__name__}")
            if isinstance(node, ast.Import):
                problems += [
                    f"cell {number}: import {a.name}" for a in node.names if a.name.partition(".")[0] != "investigate"
                ]
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] != "investigate":
                problems.append(f"cell {number}: from {node.module} import")
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "exec",
                "eval",
                "open",
                "__import__",
                "compile",
            }:
                problems.append(f"cell {number}: {ast.unparse(node.func)}()")
    if parameters != 1:
        problems.append(f"{parameters} cells are tagged 'parameters', expected one")
    return problems


@pytest.mark.parametrize(
    "source, problem",
    [
        ("for x in case: pass", "For"),
        ("rows = [x for x in case]", "ListComp"),
        ("pick = lambda x: x", "Lambda"),
        ("if case: pass", "If"),
        ("import pandas", "import pandas"),
        ("from os import path", "from os import"),
        ("a = 1\n" * 7, "more than six lines"),
        ("open('x')", "open()"),
    ],
)
def test_the_template_rules_catch_logic(source: str, problem: str) -> None:
    """Each ban is alive: a template that breaks it is named."""
    cells = [
        {"cell_type": "code", "source": "a = 1", "metadata": {"tags": ["parameters"]}},
        {"cell_type": "code", "source": source, "metadata": {}},
    ]
    assert any(problem in found for found in template_problems({"cells": cells}))
    assert template_problems({"cells": cells[:1]}) == []


@pytest.mark.parametrize("path", notebooks("templates"), ids=names(notebooks("templates")))
def test_given_parameters_win_over_the_defaults(path: Path) -> None:
    """Papermill puts the given values behind the first cell tagged `parameters`: that must be the defaults' cell."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    tagged = [cell["cell_type"] for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    assert tagged == ["code"]
