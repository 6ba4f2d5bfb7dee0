"""Batches: one bad row leaves the others alone, nothing complete is run twice, and whatever cuts a batch short it goes on."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from plans import posts, write_plan

from investigate.case import Case
from investigate.cli import main
from investigate.errors import CaseError, InputError, OutsideError
from investigate.files import write_json, write_text
from investigate.lock import Lock
from investigate.runs import batch, batching
from investigate.runs.background import ended
from investigate.runs.status import RowState, State, earlier, relative, results_of, worst_first

pytestmark = pytest.mark.slow


@pytest.fixture
def no_process(monkeypatch):
    """Fails the test where a row is started."""

    def refuse(*_, **__):
        raise AssertionError("a row was started")

    monkeypatch.setattr(batching, "Background", refuse)


def held(folder: Path) -> dict:
    return json.loads((folder / "status.json").read_text(encoding="utf-8"))


def rows_of(folder: Path) -> dict[str, dict]:
    return {row["name"]: row for row in held(folder)["rows"]}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """A batch with a row that works, one that fails in part, a bad profile, and two rows on one case."""
    folder = tmp_path_factory.mktemp("mixed")
    plan = write_plan(
        folder,
        "bad;parameters = { market_profile = 'wrong.toml' }",
        "half;parameters = { min_shared = 3 }",
        'twin-1;case = "cases/twin"',
        'twin-2;case = "cases/twin"\nparameters = { min_shared = 5 }',
    )
    (folder / "wrong.toml").write_text('contry = "NO"\n', encoding="utf-8")
    seen: list[dict] = []
    result = batch(plan, jobs=2, listener=lambda state: seen.append({r.name: r.status for r in state.rows}))
    return plan, result, seen


def test_one_bad_row_leaves_the_others_alone(mixed):
    """The bad profile fails with its own message, the half row is partial, all else is complete: exit code 4."""
    plan, result, _ = mixed
    rows = rows_of(plan.with_name("plan-batch"))
    assert result.exit_code == 4 and held(result.state.folder)["exit_code"] == 4
    assert {name: row["status"] for name, row in rows.items()} == {
        "bad": "failed", "half": "partial", "twin-1": "complete", "twin-2": "complete",
    }  # fmt: skip
    assert "did you mean 'country'" in rows["bad"]["error"]["do"] and "wrong.toml" in rows["bad"]["error"]["where"]
    assert rows["bad"]["exit_code"] == 2 and rows["bad"]["run"] == "" and rows["bad"]["tries"] == 0
    assert rows["half"]["failed_sections"] == ["quality"] and rows["half"]["exit_code"] == 4


def test_rows_on_one_case_run_one_after_the_other(mixed):
    """Rows with the same case folder never ran at the same time, while others did."""
    _, _, seen = mixed
    assert not [s for s in seen if (s["twin-1"], s["twin-2"]) == ("running", "running")]
    assert [s for s in seen if (s["half"], s["twin-1"]) == ("running", "running")]


def test_the_index_links_every_report_and_shows_the_worst_first(mixed):
    """Failed, partial, complete; every link leads to a file; the title is text; nothing is loaded from anywhere."""
    import re

    _, result, _ = mixed
    page = result.index.read_text(encoding="utf-8")
    assert re.findall(r'<tr id="([^"]+)"', page) == ["bad", "half", "twin-1", "twin-2"]
    links = re.findall(r'href="([^"]+)"', page)
    assert len(links) == 3 and all((result.index.parent / link).is_file() for link in links)
    assert "A &lt;b&gt;test&lt;/b&gt;" in page and "<script" not in page and "default-src &#x27;none&#x27;" in page
    assert "did you mean &#x27;country&#x27;" in page
    assert not re.search(r"""(?:src|href)=["'](?:https?:)?//|@import|url\(""", page)


def instantly(monkeypatch) -> list[str]:
    """From now on rows end at once, well; the names of the cases that were started."""
    started: list[str] = []

    class Instant:
        def __init__(self, template, parameters, tell, *, tied):
            run = Path(parameters["case"]) / "runs" / f"instant-{len(started)}"
            for name in ("report.html", "manifest.json"):
                write_text(run / name, "")
            started.append(Path(parameters["case"]).name)
            tell(ended("complete", 0, folder=str(run), report=str(run / "report.html"), seconds=0.1))

    monkeypatch.setattr(batching, "Background", Instant)
    return started


@pytest.fixture
def instant(monkeypatch):
    return instantly(monkeypatch)


def test_complete_rows_are_kept_and_changed_ones_run_again(instant, tmp_path):
    """The same call starts only what is not complete or has changed; `again` starts everything; lost reports are made again."""
    plan = write_plan(tmp_path, "a", "b", "c;parameters = { market_profile = 'no.toml' }", "d")
    assert batch(plan).exit_code == 4 and instant == ["a", "b", "d"]
    instant.clear()
    posts(tmp_path, "a", 9)
    (tmp_path / "b.csv").write_bytes((tmp_path / "b.csv").read_bytes())  # touched, not changed
    text = plan.read_text(encoding="utf-8")
    text = text.replace("market_profile = 'no.toml'", "min_shared = 4").split('[[run]]\nname = "d"')[0]
    plan.write_text(text, encoding="utf-8")
    result = batch(plan)
    assert instant == ["a", "c"] and result.exit_code == 0 and result.state.dropped == ["d"]
    assert [(r.name, r.kept, r.tries) for r in result.state.rows] == [("a", False, 2), ("b", True, 1), ("c", False, 1)]
    assert "no longer in the plan: d" in result.index.read_text(encoding="utf-8")
    instant.clear()
    (result.state.folder / result.state.rows[1].report).unlink()
    assert [r.kept for r in batch(plan).state.rows] == [True, False, True] and instant == ["b"]
    instant.clear()
    assert batch(plan, again=True).exit_code == 0 and instant == ["a", "b", "c"]


def wait_for(what, seconds=300.0):
    """Ask until it is true; the limit only keeps a broken test from hanging."""
    for _ in range(int(seconds / 0.05)):
        if what():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen")


def is_running(folder: Path, name: str, batch_pid: int) -> bool:
    """Whether this very batch has the row in its section 'wait': a batch that was killed has left the same words."""
    if not (folder / "status.json").is_file() or (held(folder)["process"] or {}).get("pid") != batch_pid:
        return False
    row = rows_of(folder)[name]
    return (row["status"], row["section"]) == ("running", "wait")


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_batch_that_is_killed_and_then_stopped_goes_on(tmp_path):
    """A row is killed and fails alone; then the batch is killed, and its rows end with it; then Ctrl-C. Each time the
    same command goes on, and what was complete is run once."""
    plan = write_plan(tmp_path, "quick", "long")
    hold, out = tmp_path / "long.csv.hold", tmp_path / "out"
    hold.touch()
    command = [sys.executable, "-m", "investigate", "batch", str(plan), "--out", str(out), "--jobs", "2"]

    def start() -> subprocess.Popen:
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )

    process = start()
    wait_for(lambda: is_running(out, "long", process.pid))
    wait_for(lambda: rows_of(out)["quick"]["status"] == "complete")
    [only] = psutil.Process(process.pid).children()
    only.kill()
    assert process.wait(timeout=300) == 4
    rows = rows_of(out)
    assert (rows["quick"]["status"], rows["long"]["status"], rows["long"]["exit_code"]) == ("complete", "failed", 3)
    assert rows["long"]["error"]["what"] == "the run was killed" and "memory" in rows["long"]["error"]["do"]

    process = start()
    wait_for(lambda: is_running(out, "long", process.pid))
    below = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(below, timeout=300)
    assert len(below) >= 2 and alive == []
    assert held(out)["state"] == "running" and rows_of(out)["long"]["status"] == "running"
    assert (out / "index.html").is_file()

    process = start()
    wait_for(lambda: is_running(out, "long", process.pid))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 130 and "it goes on with what is not complete" in err
    assert held(out)["state"] == "stopped" and rows_of(out)["long"]["status"] == "stopped"
    assert "This batch was stopped" in (out / "index.html").read_text(encoding="utf-8")

    hold.unlink()
    process = start()
    assert process.wait(timeout=300) == 0
    rows = rows_of(out)
    assert {name: (row["status"], row["kept"], row["tries"]) for name, row in rows.items()} == {
        "quick": ("complete", True, 1),
        "long": ("complete", False, 4),
    }
    assert len(list((tmp_path / "cases/quick/runs").iterdir())) == 1


def test_two_batches_do_not_share_a_folder(no_process, tmp_path):
    """The second batch on one folder is refused, and told who works there; nothing of the first one is touched."""
    plan = write_plan(tmp_path, "a")
    out = tmp_path / "out"
    out.mkdir()
    lock = Lock(out, "batch", alone=True)
    lock.take("somebody", "batch of other.toml")
    with pytest.raises(CaseError, match=r"another batch works in this folder: somebody.*batch of other\.toml"):
        batch(plan, out=out)
    assert not (out / "status.json").exists()
    lock.release()


def test_a_bad_plan_starts_nothing(no_process, tmp_path, capsys):
    """Exit code 2 with the line of the mistake, before anything is made."""
    plan = write_plan(tmp_path, "a;parameters = { min_share = 3 }")
    assert main(["batch", str(plan)]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and "line 10" in shown.err and "did you mean 'min_shared'" in shown.err
    assert not (tmp_path / "plan-batch").exists()
    with pytest.raises(InputError, match="0 jobs"):
        batch(plan, jobs=0)


def test_check_starts_nothing_and_names_rows_that_cannot_run(no_process, tmp_path, capsys):
    """`--check` lists rows and their problems for people and for programs, exit code 4 where one has any."""
    plan = write_plan(tmp_path, "a", "b")
    assert main(["batch", str(plan), "--check"]) == 0
    (tmp_path / "b.csv").unlink()
    assert main(["batch", str(plan), "--check"]) == 4
    assert "there is no file" in capsys.readouterr().out
    assert main(["batch", str(plan), "--check", "--json"]) == 4
    told = json.loads(capsys.readouterr().out)
    assert [bool(row["error"]) for row in told["rows"]] == [False, True] and not (tmp_path / "plan-batch").exists()


def test_a_damaged_status_file_is_not_taken_for_an_empty_one(no_process, tmp_path):
    """Half a file, or one of another version, stops the batch and says what to do."""
    plan = write_plan(tmp_path, "a")
    out = tmp_path / "out"
    out.mkdir()
    for text in ('{"schema": 1, "rows": [', '{"schema": 99, "rows": []}', '{"schema": 1, "rows": [{"name": "a"}]}'):
        (out / "status.json").write_text(text)
        with pytest.raises(InputError) as caught:
            batch(plan, out=out)
        assert "status.json" in caught.value.where and "every row is then run again" in caught.value.do
        assert (out / "status.json").read_text() == text


@pytest.fixture
def small_disk(tmp_path):
    """A disk of three megabytes; skips where none can be made."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can make a small disk")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"no small disk: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path: Path) -> None:
    """Write a file until the disk holds not one byte more."""
    with path.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(b"0" * 4096)


def test_a_full_disk_loses_nothing(instant, small_disk, tmp_path):
    """Where nothing can be written the batch says so with exit code 3 and what was complete stays; with space it goes on."""
    plan = write_plan(tmp_path, "a;case = 'disk/cases/a'", "b;case = 'disk/cases/b'")
    out, ballast = small_disk / "out", small_disk / "ballast"
    one = tmp_path / "one.toml"
    one.write_text(plan.read_text(encoding="utf-8").split('[[run]]\nname = "b"')[0], encoding="utf-8")
    assert batch(one, out=out).exit_code == 0
    before = (out / "status.json").read_bytes()
    fill(ballast)
    with pytest.raises(OutsideError, match="No space left") as caught:
        batch(plan, out=out)
    assert caught.value.exit_code == 3 and "free space" in caught.value.do
    assert (out / "status.json").read_bytes() == before and not (small_disk / "cases/b").exists()
    ballast.unlink()
    result = batch(plan, out=out)
    assert [(r.status, r.kept) for r in result.state.rows] == [("complete", True), ("complete", False)]


def test_a_disk_that_fills_up_in_the_middle(small_disk, tmp_path, monkeypatch):
    """A row that meets a full disk fails; nothing more is started, exit code 3, the case is whole; later the batch goes on."""
    plan = write_plan(tmp_path, "a;case = 'disk/cases/a'", "b;case = 'disk/cases/b'")
    out, ballast = small_disk / "out", small_disk / "ballast"
    (tmp_path / "a.csv.hold").touch()

    def full(state: State) -> None:
        if state.rows[0].section == "wait" and not ballast.exists():
            fill(ballast)
            (tmp_path / "a.csv.hold").unlink()

    with pytest.raises(OutsideError, match=r"cannot be written, 0 of 2 rows are complete.*No space left") as caught:
        batch(plan, out=out, jobs=1, listener=full)
    assert "it goes on with what is not complete" in caught.value.do
    assert set(rows_of(out)) == {"a", "b"}
    assert not (small_disk / "cases/b").exists() and Case.open(small_disk / "cases/a").verify() == []
    ballast.unlink()
    started = instantly(monkeypatch)
    assert batch(plan, out=out, jobs=1).exit_code == 0 and started == ["a", "b"]


# -- the state ----------------------------------------------------------------------------------------------------


def row(name: str, status: str = "complete", **grades: int) -> RowState:
    return RowState(name, "t", "c", status=status, grades=grades)


def test_the_worst_comes_first():
    """Failed, partial, not run, then one E3 before many E2, more E2 before fewer, E1 last, names to settle ties."""
    rows = [
        row("none"), row("one-e1", E1=1), row("many-e2", E2=9), row("e3", E3=1), row("more-e2", E2=9, E1=1),
        row("waits", "waiting"), row("b-half", "partial"), row("a-half", "partial"), row("broke", "failed"),
    ]  # fmt: skip
    assert [r.name for r in worst_first(rows)] == [
        "broke", "a-half", "b-half", "waits", "e3", "more-e2", "many-e2", "one-e1", "none",
    ]  # fmt: skip
    assert row("x", E1=1, E3=2).findings == "2 at E3, 1 at E1"


def test_the_state_reads_back(tmp_path):
    """What status.json holds gives the same rows again; paths in it start at its folder."""
    state = State(tmp_path, "p.toml", "0", "t", 2, [row("a", E2=1), row("b", "failed")])
    state.write()
    assert earlier(tmp_path) == {r.name: r for r in state.rows} and earlier(tmp_path / "none") == {}
    assert held(tmp_path)["counts"]["failed"] == 1 and held(tmp_path)["process"]["pid"] == os.getpid()
    assert relative(tmp_path.parent / "x y" / "z", tmp_path) == "../x y/z" and relative(None, tmp_path) == ""


def test_results_are_counted_by_grade(tmp_path):
    """Grades, supported and the strongest finding come from findings.json; a rejected one counts as neither supported."""
    found = [
        {"finding_id": "F-1", "evidence_grade": "E1", "status": "lead", "title": "one", "n_members": 9},
        {"finding_id": "F-2", "evidence_grade": "E2", "status": "supported", "title": "two", "n_members": 3},
        {"finding_id": "F-3", "evidence_grade": "E2", "status": "rejected", "title": "three", "n_members": 5},
    ]
    write_json(tmp_path / "findings.json", {"findings": found, "study": {"bottom_line": "In short."}})
    assert results_of(tmp_path) == {
        "grades": {"E1": 1, "E2": 2}, "supported": 1, "leads": 2, "strongest": "three", "bottom_line": "In short.",
    }  # fmt: skip
    assert results_of(tmp_path / "none") == {}


def test_the_table_follows_the_rows_and_keeps_the_urgent_ones_on_a_low_terminal(tmp_path):
    """Every row with its section and findings; where there is no room, complete rows are left out first, and counted."""
    from rich.console import Console

    from investigate._cli.batching import progress_table

    rows = [row(f"done-{n}", E2=n) for n in range(5)]
    rows += [
        RowState("now", "t", "c", status="running", section="build", cells_done=3, cells_total=9),
        RowState("broke\x1b[2J", "t", "c", status="failed", error={"what": "no file", "where": "", "do": ""}),
    ]
    state = State(tmp_path, "p.toml", "0", "t", 2, rows)

    def shown(height: int) -> str:
        console = Console(width=100, file=(text := io.StringIO()))
        console.print(progress_table(state, height))
        return text.getvalue()

    tall, low = shown(40), shown(7)
    assert "3/9" in tall and "build" in tall and "4 at E2" in tall and "no file" in tall and "\x1b" not in tall
    assert "5 complete" in tall and "more rows" not in tall
    assert "now" in low and "broke" in low and "4 more rows" in low and low.count("done-") == 1


def test_elsewhere_a_line_is_said_as_each_row_ends(instant, tmp_path, capsys):
    """Without a terminal each row gives one line on stderr, once, and stdout keeps the result."""
    plan = write_plan(tmp_path, "a", "b")
    (tmp_path / "b.csv").unlink()
    assert main(["batch", str(plan)]) == 4
    shown = capsys.readouterr()
    assert [line for line in shown.err.splitlines() if line.startswith(("a: ", "b: "))] == [
        "b: failed",
        "a: complete, no findings",
    ]
    assert "1 complete, 1 failed" in shown.out and "error: row 'b' failed: there is no file" in shown.err
    assert main(["batch", str(plan), "--json"]) == 4
    told = json.loads(capsys.readouterr().out)
    assert [(r["status"], r["kept"]) for r in told["rows"]] == [("complete", True), ("failed", False)]


def test_the_index_shows_hostile_text_as_text(tmp_path):
    """Titles, bottom lines and errors come from data: no markup, no working address, no path that leaves the folder as a
    scheme."""
    nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> https://evil.example/x \u202e"
    rows = [
        RowState("a", nasty, "c", "complete", run="r", report="javascript:alert(1)/report.html", strongest=nasty),
        RowState("b", "t", "c", "failed", error={"what": nasty, "where": nasty, "do": nasty}, failed_sections=(nasty,)),
        RowState("c", "t", "c", "partial", report="../my cases/100%/report.html", bottom_line=nasty),
    ]
    state = State(tmp_path, nasty.replace("/", ""), "0", nasty, 1, rows, dropped=[nasty])
    page = batching.write_index(state).read_text(encoding="utf-8")
    assert "<script" not in page and "<img" not in page and "https://evil" not in page and "\u202e" not in page
    assert "hxxps://evil[.]example" in page
    assert 'href="javascript%3Aalert%281%29/report.html"' in page and 'href="../my%20cases/100%25/report.html"' in page
