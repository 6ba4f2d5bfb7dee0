"""The command line: what each command prints, where, and with which exit code."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from investigate import cli
from investigate.cli import app, main

COMMANDS = [
    "new",
    "load",
    "verify",
    "judge",
    "exhibits",
    "check",
    "relate",
    "expand",
    "run",
    "batch",
    "schedule",
    "check-profile",
    "wording",
    "workbook",
    "handover",
    "brief",
    "compare",
    "resume",
    "report",
    "templates",
    "sources",
    "relations",
    "describe",
    "data",
]


@pytest.fixture
def posts(tmp_path) -> Path:
    """Three accounts; two of them post the same three links within half a minute."""
    path = tmp_path / "posts.csv"
    rows = [["who", "when", "what"]]
    for n in range(3):
        rows.append(["ann", f"2024-03-01 1{n}:00:00", f"see https://news.example/{n} today"])
        rows.append(["bob", f"2024-03-01 1{n}:00:30", f"look https://news.example/{n} please"])
        rows.append(["cy", f"2024-03-01 1{n}:40:00", f"late https://news.example/{n} again"])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


MAP = ["--map", "account_id=who", "--map", "created_at=when", "--map", "text=what"]


@pytest.fixture
def run(capsys):
    """A function that runs one command in this process: exit code, stdout, stderr."""

    def call(*words):
        code = main([str(w) for w in words])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


def three_lines(err: str) -> list[str]:
    lines = err.strip().splitlines()
    assert lines[0].startswith("error: ") and lines[-1].startswith("do:") and len(lines) <= 3, err
    assert "Traceback" not in err
    return lines


def test_every_command_is_there():
    """The command line has the commands of its documentation, and each says what it does."""
    commands = typer.main.get_command(app).commands
    assert sorted(n for n, c in commands.items() if not c.hidden) == sorted(COMMANDS)
    assert all(c.help for c in commands.values())


def test_docs_equal_code(run, repository):
    """docs/command-line.md is what the program says about itself; `investigate reference` writes it."""
    code, out, _ = run("reference")
    assert code == 0
    assert (repository / "docs/command-line.md").read_text(encoding="utf-8") == out


def test_python_m_is_the_same():
    """`python -m investigate` runs the same program, and loads nothing heavy to print its help."""
    code = (
        "import sys, investigate.cli as c; c.main(['--help']);"
        "print([m for m in ('pandas', 'duckdb', 'papermill', 'networkx', 'pydantic') if m in sys.modules])"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True).stdout
    assert out.strip().endswith("[]")
    done = subprocess.run([sys.executable, "-m", "investigate", "nonsense"], capture_output=True, text=True, env=env)
    assert done.returncode == 2 and done.stdout == ""
    three_lines(done.stderr)


def test_help_version_and_no_command(run):
    """No command prints the help; --version prints the version."""
    code, out, _ = run()
    assert code == 0 and "Usage:" in out
    code, out, _ = run("--version")
    assert code == 0 and out.startswith("investigate 0.")


@pytest.mark.parametrize("command", ["templates", "sources", "relations"])
def test_lists(run, command):
    """The lists are for people, or with --json for programs: the same names."""
    code, out, _ = run(command)
    rows = json.loads(run(command, "--json")[1])
    assert code == 0 and rows
    for row in rows:
        assert row["name"] in out and row["summary"] and row["title"]


def names() -> list[str]:
    from investigate.relations import RELATIONS
    from investigate.runs.parameters import VOCABULARY
    from investigate.runs.templates import names as template_names
    from investigate.sources import SOURCES
    from investigate.views import VIEWS

    parameters = [p.name for p in VOCABULARY.values() if not p.internal]
    return sorted({*SOURCES.names(), *RELATIONS.names(), *VIEWS.names(), *template_names(), *parameters})


def test_describe_everything(run):
    """Whatever is registered can be described, for people and for programs."""
    for name in names():
        code, out, err = run("describe", name)
        assert code == 0 and name in out and not err
        described = json.loads(run("describe", name, "--json")[1])
        assert all(d["name"] == name for d in described)


def test_describe_a_template_lists_its_parameters(run):
    """A template's description says type, default, range and meaning of each parameter."""
    about = json.loads(run("describe", "coordinated_behaviour", "--json")[1])[0]
    by_name = {p["name"]: p for p in about["parameters"]}
    assert by_name["fdr_q"]["range"] == "0.0001 to 0.2" and by_name["fdr_q"]["default"] == "0.01"
    assert "run_dir" not in by_name


def test_describe_an_unknown_name(run):
    """A misspelt name is refused with the nearest one."""
    code, out, err = run("describe", "co_ulr")
    assert code == 2 and out == "" and "did you mean 'co_url'" in three_lines(err)[-1]


def test_check(run, posts):
    """`check` says what is in a file and writes nothing."""
    before = sorted(posts.parent.iterdir())
    code, out, _ = run("check", posts, *MAP)
    assert code == 0 and "rows read" in out and "url" in out
    report = json.loads(run("check", posts, *MAP, "--json")[1])
    assert (report["rows_read"], report["accounts"], report["source"]) == (9, 3, "csv")
    assert sorted(posts.parent.iterdir()) == before


def test_check_counts_what_is_set_aside(run, posts):
    """Rows that cannot be used are counted by reason, with an example."""
    posts.write_text(posts.read_text(encoding="utf-8") + "dee,not a time,words\n", encoding="utf-8")
    report = json.loads(run("check", posts, *MAP, "--json")[1])
    assert report["rows_read"] == 10 and sum(report["set_aside"].values()) == 1


def test_check_proposes_a_mapping(run, posts):
    """Without a mapping nothing is read: the proposal is shown, ready to paste."""
    code, out, err = run("check", posts)
    assert code == 2 and out == "" and "--map " in three_lines(err)[-1]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "graphml", "gexf"])
def test_relate(run, posts, tmp_path, suffix):
    """`relate` writes the edges in the format of the suffix and says how many, the window and the resolution."""
    target = tmp_path / f"edges.{suffix}"
    code, out, err = run("relate", posts, *MAP, "--relation", "co_url", "--window", "60s", "--out", target)
    assert code == 0 and target.stat().st_size > 0
    assert "1 edges between 2 accounts" in out and "1 min" in out.replace("60 s", "1 min") and "1 s" in out
    assert "not yet unusual" in err


def test_relate_json(run, posts, tmp_path):
    """With --json the numbers come as one document; the minimum of shared objects is applied."""
    words = ("relate", posts, *MAP, "-r", "co_url", "-o", tmp_path / "e.csv", "--json")
    assert json.loads(run(*words)[1])["edges"] == 1
    assert json.loads(run(*words, "--min-shared", 4)[1])["edges"] == 0
    assert json.loads(run(*words, "--window", "1h")[1])["edges"] == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--relation", "co_ulr"], "co_url"),
        (["--window", "1s"], "too narrow"),
        (["--window", "soon"], "not a time window"),
        (["--relation", "co_media"], "media"),
        (["--out", "edges.xls"], "cannot be written"),
        (["--source", "cvs"], "did you mean 'csv'"),
        (["--map", "nonsense"], "not field=column"),
        (["--mapping", "none.toml"], "none.toml"),
        (["--min-shared", "0"], "min-shared"),
    ],
)
def test_relate_refuses(run, posts, tmp_path, monkeypatch, words, message):
    """What cannot be done is said in three lines with exit code 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    standard = {"--relation": "co_url", "--out": "edges.csv"}
    for name, value in standard.items():
        if name not in words:
            words = [*words, name, value]
    code, out, err = run("relate", posts, *MAP, *words)
    assert (code, out) == (2, "") and message in err
    three_lines(err)
    assert not (tmp_path / "edges.csv").exists()


def test_new_load_verify(run, posts, tmp_path):
    """A case is made, loaded and verified; each says so, for people and for programs."""
    case = tmp_path / "case"
    assert run("new", case, "--title", "A title")[0] == 0
    code, out, _ = run("load", case, posts, *MAP)
    assert code == 0 and "9 rows read" in out
    assert json.loads(run("load", case, posts, *MAP, "--json")[1])["n_accounts"] == 3
    code, out, _ = run("verify", case)
    assert code == 0 and "whole" in out
    assert json.loads(run("verify", case, "--json")[1])["ok"] is True


def test_a_queue_is_loaded_as_tickets(run, tmp_path):
    """What was loaded is said in the words of its table: no word of accounts and contents that a queue does not have."""
    (tmp_path / "queue.csv").write_text("id,at\n1,2026-01-05T10:00:00Z\n2,2026-01-06T11:00:00Z\n", encoding="utf-8")
    assert run("new", tmp_path / "case")[0] == 0
    fields = ("--source", "queue_csv", "--map", "escalation_id=id", "--map", "opened_at=at")
    code, out, _ = run("load", tmp_path / "case", tmp_path / "queue.csv", *fields)
    assert code == 0 and "\n2 escalations\n" in out and "contents" not in out


def test_verify_names_what_was_changed(run, posts, tmp_path):
    """One flipped byte in the data: verify names the file, with exit code 2."""
    case = tmp_path / "case"
    run("new", case)
    run("load", case, posts, *MAP)
    data = next((case / "data").rglob("actions.parquet"))
    raw = bytearray(data.read_bytes())
    raw[len(raw) // 2] ^= 1
    data.chmod(0o644)
    data.write_bytes(raw)
    code, out, err = run("verify", case)
    assert code == 2 and "actions.parquet" in out and "actions.parquet" in three_lines(err)[0]
    code, out, _ = run("verify", case, "--json")
    assert code == 2 and json.loads(out)["ok"] is False


def test_verify_names_a_dropped_log_line(run, posts, tmp_path):
    """A line cut out of the log: verify says where."""
    case = tmp_path / "case"
    run("new", case)
    run("load", case, posts, *MAP)
    log = case / "log.jsonl"
    log.write_text("".join(log.read_text(encoding="utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")
    code, out, _ = run("verify", case)
    assert code == 2 and "log.jsonl, line 1" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["verify", "nowhere"], "no case here"),
        (["load", "nowhere", "posts.csv"], "no case here"),
        (["check", "none.csv"], "does not exist"),
        (["check", "."], "is a folder"),
        (["run", "coordinated_behavior", "--case", "c"], "did you mean 'coordinated_behaviour'"),
        (["run", "coordinated_behaviour", "--case", "c", "-p", "min_share=3"], "did you mean 'min_shared'"),
        (["run", "coordinated_behaviour", "--case", "c", "-p", "seed"], "not name=value"),
        (["run", "coordinated_behaviour", "--case", "c", "-p", "case=d"], "given twice"),
        (["run", "coordinated_behaviour", "--case", "c", "-p", "seed=1", "-p", "seed=2"], "given twice"),
        (["run", "coordinated_behaviour", "--case", "c", "--data", "none.csv"], "no file 'none.csv'"),
        (["run", "coordinated_behaviour"], "--case"),
        (["report", "nowhere"], "not a finished run"),
        (["data", "get", "nothing"], "unknown data set"),
        (["relat"], "relat"),
        (["check", "posts.csv", "--sorce", "csv"], "--sorce"),
    ],
)
def test_mistakes_get_three_lines(run, posts, tmp_path, monkeypatch, words, message):
    """Every mistake of the caller: what, where, what to do, on stderr; nothing on stdout; exit code 2."""
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*words)
    assert (code, out) == (2, "") and message in err
    three_lines(err)
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 50, b"who,when,what\n", b"PK\x03\x04 not a sheet"])
def test_unusable_files(run, tmp_path, content):
    """An empty file, another format, a header without rows: a plain message, never a traceback."""
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    code, out, err = run("check", path, *MAP)
    assert (code, out) == (2, "")
    three_lines(err)


def test_a_bug_is_called_one(run, monkeypatch):
    """An error nobody foresaw is exit code 1 and named as a bug; --debug shows where it was raised."""

    def broken(*_, **__):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("investigate._cli.catalogue._list", broken)
    code, _, err = run("sources")
    assert code == 1 and "ZeroDivisionError" in three_lines(err)[0]
    code, _, err = run("sources", "--debug")
    assert code == 1 and "Traceback" in err


def test_a_full_disk_is_outside(run, monkeypatch):
    """A disk that is full is nobody's bug: exit code 3."""

    def full(*_, **__):
        raise OSError(28, "No space left on device", "edges.csv")

    monkeypatch.setattr("investigate._cli.catalogue._list", full)
    code, _, err = run("sources")
    assert code == 3 and "No space left" in three_lines(err)[0]


def test_data_list(run):
    """The public data sets are listed with licence; nothing is fetched."""
    code, out, _ = run("data", "list")
    rows = json.loads(run("data", "list", "--json")[1])
    assert code == 0 and rows and all(r["licence"] for r in rows) and rows[0]["name"] in out


def test_data_get_from_a_copy(run, shared_data, tmp_path):
    """A local copy takes the place of the network; its hash is checked and its licence said."""
    rows = json.loads(run("data", "list", "--json")[1])
    entry = next(r for r in rows if len(r["files"]) == 1 and (r["size"] or 0) < 5_000_000 and r["verified"])
    copy = shared_data(entry["files"][0]["name"])
    code, out, err = run("data", "get", entry["name"], "--to", tmp_path, "--from", copy)
    assert code == 0 and entry["files"][0]["sha256"] in out and entry["licence"] in err


def test_hostile_text_stays_text(run, tmp_path, posts):
    """Terminal commands and markup in data are shown, not obeyed."""
    posts.write_text(
        posts.read_text(encoding="utf-8") + "[red]x[/],\x1b[31mnot a time\x1b[0m,words\n", encoding="utf-8"
    )
    code, out, _ = run("check", posts, *MAP)
    assert code == 0 and "\x1b[31mnot" not in out


def test_exit_codes_agree_with_the_errors():
    """The page's table of exit codes and the errors' own are the same numbers."""
    from investigate._cli.reference import INTRO
    from investigate.errors import EXIT_BUG, EXIT_INPUT, EXIT_OUTSIDE, EXIT_PARTIAL

    assert all(f"| {code} | " in INTRO for code in (0, EXIT_BUG, EXIT_INPUT, EXIT_OUTSIDE, EXIT_PARTIAL))
    assert cli.EXIT_INPUT == 2


def test_expand_lists_newcomers_with_reasons(run, posts, tmp_path):
    """Ranked newcomers with reasons and what was touched; the same in JSON and in a file; the case is not changed."""
    case, listed = tmp_path / "case", tmp_path / "list.csv"
    assert run("new", case)[0] == run("load", case, posts, *MAP)[0] == 0
    entries = (case / "log.jsonl").read_bytes()
    code, out, _ = run("expand", case, "--seed", "ann", "--out", listed)
    assert code == 0 and "bob" in out and "3 of its 3 contents match 1 of the 1 seeds within 60 s" in out
    assert "touched: hop 1, co_url:" in out and "cy" not in [
        line.split()[1] for line in out.splitlines()[1:] if line.strip()[:1].isdigit()
    ]
    with listed.open(encoding="utf-8", newline="") as file:
        assert [row["account_id"] for row in csv.DictReader(file)] == ["bob"]
    document = json.loads(run("expand", case, "--seed", "ann", "--window", "1h", "-r", "co_url", "--json")[1])
    assert document["window_s"] == 3600 and [n["account_id"] for n in document["newcomers"]] == ["bob", "cy"]
    assert document["reasons"][0]["seeds"] == ["ann"] and 0 < document["newcomers"][0]["p"] <= 1
    assert document["touched"][0]["rows_touched"] <= document["touched"][0]["rows_all"]
    assert (case / "log.jsonl").read_bytes() == entries


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seed", "nobody"], "not in the data"),
        (["--seed", "ann", "--rank", "size"], "unknown ranking"),
        (["--seed", "ann", "--relation", "co_ulr"], "co_ulr"),
        (["--seed", "ann", "--out", "list.xlsx"], "list.xlsx"),
        (["--seed", "ann", "--window", "soon"], "not a time window"),
        ([], "--seed"),
    ],
)
def test_expand_says_what_is_wrong(run, posts, tmp_path, words, said):
    case = tmp_path / "case"
    run("new", case)
    run("load", case, posts, *MAP)
    code, out, err = run("expand", case, *words)
    assert code == 2 and out == "" and said in three_lines(err)[0]


def test_relations_say_what_kind_they_are(run):
    """Family, use without being named, and what is special about a relation, for people and for programs."""
    out = " ".join(run("relations")[1].split())
    rows = {row["name"]: row for row in json.loads(run("relations", "--json")[1])}
    assert rows["co_url"] | {"family": "timing", "by_default": True, "untimed": False} == rows["co_url"]
    assert rows["interaction"]["directed"] and rows["interaction"]["untimed"] and not rows["interaction"]["by_default"]
    assert rows["shared_address"]["never_alone"] and rows["shared_address"]["family"] == "identifier"
    for word in ("[only when named", "never alone", "no window", "has a direction"):
        assert word in out
