"""`investigate relate` on bare tables and cases, with every engine."""

from __future__ import annotations

import builtins
import json

import pandas as pd
import pytest

from investigate import Case
from investigate.cli import main
from investigate.engines import spark as engine_spark
from investigate.errors import OutsideError

LINES = ["account_id,content_id,object_id,acted_at,object_type"] + [
    f"{who},{who}{n}{kind},https://site.example/{n},2024-03-01T0{n}:00:{second:02}Z,{kind}"
    for kind in ("url", "media")
    for n in range(3)
    for who, second in (("ann", 0), ("bob", 30), ("cy", 59))
]


@pytest.fixture
def run(capsys):
    def call(*words):
        code = main([str(w) for w in words])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


@pytest.fixture
def bare(tmp_path):
    path = tmp_path / "actions.csv"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("engine", ["sweep", "duckdb"])
def test_a_bare_table_and_several_windows(run, bare, tmp_path, engine):
    """One object type of the table, a file for each window, what was found and what it cost."""
    words = ("relate", bare, "--source", "actions", "-r", "co_url", "-e", engine, "-o", tmp_path / "e.parquet")
    code, out, _ = run(*words, "-w", "30s", "-w", "1m", "--json")
    first, second = json.loads(out)
    assert code == 0 and (first["edges"], second["edges"], second["matches"], second["rows_read"]) == (2, 3, 9, 18)
    assert first["pairs_found"] == 2 and set(first["seconds"]) == {"read", "relate", "write"}
    assert sorted(p.name for p in tmp_path.glob("e*")) == ["e-30s.parquet", "e-60s.parquet"]
    assert pd.read_parquet(tmp_path / "e-30s.parquet")["mean_lag_s"].tolist() == [30.0, 29.0]
    code, out, _ = run(*words, "-w", "1m")
    assert code == 0 and "3 pairs of accounts met, in 9 pairs of actions" in out and f"{engine}: read" in out


def test_the_engines_and_a_case_agree(run, bare, tmp_path):
    """The same edges from either engine, from the table and from a case that holds it."""
    case = Case.create(tmp_path / "case")
    mapping = {"account_id": "account_id", "created_at": "acted_at", "content_id": "content_id", "url": "object_id"}
    case.load(bare, "csv", mapping=mapping)
    for n, (source, engine) in enumerate(
        [(bare, "sweep"), (bare, "duckdb"), (case.path, "sweep"), (case.path, "duckdb")]
    ):
        code, _, err = run(
            "relate", source, "-s", "actions", "-r", "co_url", "-w", "1m", "-e", engine, "-o", tmp_path / f"{n}.parquet"
        )
        assert code == 0, err
    tables = [pd.read_parquet(tmp_path / f"{n}.parquet") for n in range(4)]
    pd.testing.assert_frame_equal(tables[0], tables[1])
    pd.testing.assert_frame_equal(tables[2], tables[3])
    assert len(tables[0]) == len(tables[2]) == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-e", "sparc"], "did you mean 'spark'"),
        (["-e", "spark", "-o", "e.csv"], "Spark does not write '.csv'"),
        (["-r", "fast_repost"], "more than a bare table"),
        (["-r", "co_hashtag"], "no action on hashtag"),
        (["--map", "account_id=who"], "its own column names"),
        (["-w", "1s"], "too narrow"),
    ],
)
def test_refused(run, bare, tmp_path, monkeypatch, words, message):
    """What cannot be done is said before anything is written."""
    monkeypatch.chdir(tmp_path)
    standard = {"-r": "co_url", "-o": "e.parquet", "-s": "actions"}
    for name, value in standard.items():
        if name not in words:
            words = [*words, name, value]
    code, out, err = run("relate", bare, *words)
    assert (code, out) == (2, "") and message in err and not list(tmp_path.glob("e.*"))


def test_without_java_or_pyspark(monkeypatch, tmp_path):
    """What to install is said."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    pytest.importorskip("pyspark")
    with pytest.raises(OutsideError, match="openjdk-17"), engine_spark.session(tmp_path):
        pass
    real = builtins.__import__

    def without(name, *more, **named):
        if name.startswith("pyspark"):
            raise ImportError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(OutsideError, match=r"investigate\[spark\]"), engine_spark.session(tmp_path):
        pass


@pytest.mark.slow
def test_on_spark(spark, run, bare, tmp_path):
    """The command with --engine spark: the same file as the sweep's, and nothing left beside it."""
    del spark  # only to skip where there is none; the command's session joins it
    folder = tmp_path / "out"
    words = ("relate", bare, "-s", "actions", "-r", "co_url", "-w", "1m", "-o")
    assert run(*words, folder / "sweep.parquet")[0] == 0
    code, out, err = run(*words, folder / "spark.parquet", "-e", "spark", "--master", "local[2]", "--conf", "spark.sql.shuffle.partitions=3", "--json")  # fmt: skip
    assert code == 0, err
    assert json.loads(out)["edges"] == 3
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "spark.parquet"), pd.read_parquet(folder / "sweep.parquet"))
    assert sorted(p.name for p in folder.iterdir()) == ["spark.parquet", "sweep.parquet"]
