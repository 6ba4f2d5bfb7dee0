"""One process works in a case, everybody else is told who; runs exclude each other; the log takes writers one by one."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from investigate.case import Case, remove_unfinished
from investigate.errors import CaseError
from investigate.lock import Holder, Lock
from investigate.log import Log
from investigate.runs.run import one_at_a_time


def start(code: str, *args: object, actor: str = "ben") -> subprocess.Popen:
    """Another process that says "ready" when it has come that far, and ends when its input ends."""
    env = {**os.environ, "INVESTIGATE_ACTOR": actor}
    words = [sys.executable, "-c", textwrap.dedent(code), *map(str, args)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    return process


def end(process: subprocess.Popen) -> None:
    process.communicate(timeout=60)
    assert process.returncode == 0


HOLD = """
    import sys
    from pathlib import Path
    from investigate.lock import Lock
    lock = Lock(Path(sys.argv[1]), sys.argv[2])
    assert lock.take("ben", "workbench") is None
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_told_who_and_reads_only(case):
    """Name, machine, since when, what for; nothing is written; once the first has gone, the second can take it."""
    first = start(HOLD, case.path, "case")
    entries = len(case.log.entries())
    assert not case.hold() and case.read_only
    assert isinstance(case.holder, Holder) and (case.holder.name, case.holder.pid) == ("ben", first.pid)
    assert "it is open with ben on " in case.read_only_because and "(workbench)" in case.read_only_because
    for write in (
        lambda: case.tag("p0", "seed"),
        lambda: case.same("p0", "p1", "r"),
        lambda: case.exhibit("account", "p0"),
        lambda: case.judge(case.findings[0].finding_id, "rejected", "r"),
        lambda: case.load("nothing.csv", "csv"),
        case.group,
        case.find,
        lambda: remove_unfinished(case),
    ):
        with pytest.raises(CaseError, match="read-only: it is open with ben"):
            write()
    assert len(case.log.entries()) == entries
    assert len(case.evidence(("p0", "p1"))) and case.verify() == []  # reading goes on
    end(first)
    assert case.hold() and not case.read_only and case.holder is None
    case.tag("p0", "seed")
    case.release()


def test_the_lock_of_a_killed_process_is_taken_over(case):
    """What it wrote about itself may still lie there; the lock is gone with it."""
    first = start(HOLD, case.path, "case")
    assert not case.hold()
    first.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    first.wait(timeout=60)
    first.communicate()
    assert (case.path / ".case.holder.json").exists()
    assert case.holder is None and case.hold() and not case.read_only


def test_one_process_is_one_person(case):
    """The same case opened again in a notebook is no second person; the lock goes when the last has let go."""
    again = Case.open(case.path)
    assert case.hold() and again.hold() and case.holder is None
    case.release()
    assert again._lock is not None and again._lock.held
    other = start(TELL, case.path)
    assert "anna" in other.communicate(timeout=60)[0]
    del again
    gc.collect()
    other = start(TELL, case.path)
    assert other.communicate(timeout=60)[0].strip() == "True False"


TELL = """
    import sys
    print("ready", flush=True)
    from investigate.case import Case
    case = Case.open(sys.argv[1])
    print(case.hold(), case.read_only, *([case.holder] if case.holder else []))
"""


def test_the_same_person_may_write_from_the_command_line(case, becomes):
    """A terminal beside one's own workbench writes; another person's does not."""
    first = start(HOLD, case.path, "case")
    with pytest.raises(CaseError, match="is open with ben"):
        case.refuse_if_held()
    becomes("ben")
    case.refuse_if_held()
    end(first)


def test_two_runs_on_one_case_exclude_each_other(case):
    """Between processes and inside one; the lock is given back when a run fails."""
    other = start(HOLD, case.path, "run")
    with pytest.raises(CaseError, match="another run is under way: ben"), one_at_a_time(case, "run"):
        pass
    end(other)
    with (
        pytest.raises(CaseError, match="another run is under way: anna"),
        one_at_a_time(case, "run of x"),
        one_at_a_time(Case.open(case.path), "run of y"),
    ):
        pass
    with pytest.raises(ZeroDivisionError), one_at_a_time(case, "run"):
        raise ZeroDivisionError
    with one_at_a_time(case, "run"):
        pass


def test_the_log_takes_entries_of_two_processes_one_by_one(tmp_path: Path):
    """Both write at once: every entry is there, numbered in order, and the chain holds."""
    code = """
        import sys
        from pathlib import Path
        from investigate.log import Log
        log = Log(Path(sys.argv[1]))
        print("ready", flush=True)
        sys.stdin.readline()
        for n in range(20):
            log.append("step", number=n)
    """
    writers = [start(code, tmp_path / "log.jsonl", actor=name) for name in ("anna", "ben")]
    for process in writers:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in writers:
        end(process)
    log = Log(tmp_path / "log.jsonl")
    assert log.verify() == []
    for name in ("anna", "ben"):
        assert [e["data"]["number"] for e in log.entries() if e["actor"] == name] == list(range(20))


def test_a_check_sees_the_entries_that_are_there(tmp_path: Path):
    """What it refuses is not written; the log goes on after it."""
    log = Log(tmp_path / "log.jsonl")
    log.append("one")

    def refuse(entries):
        assert [e["kind"] for e in entries] == ["one"]
        raise CaseError("no", "", "")

    with pytest.raises(CaseError):
        log.append("two", refuse)
    assert [e["kind"] for e in log.entries()] == ["one"] and log.append("three")["seq"] == 2


def test_a_folder_that_cannot_be_written_makes_a_case_that_can_be_read(case, monkeypatch):
    """A case on a read-only medium opens for reading and says why."""

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    assert not case.hold() and case.read_only_because == "cannot write: Permission denied"
    assert case.exhibits() == [] and case.holder is None
    with pytest.raises(CaseError, match="read-only: cannot write"):
        case.tag("p0", "seed")


def test_what_a_holder_calls_itself_cannot_fool_a_terminal():
    """Control characters and text that turns around are not printed; the line has an end."""
    text = str(Holder("x\x1b[2J\u202ey\n" + "z" * 500, "h", 1, "2026-11-22T10:00:00+00:00", "d"))
    assert text.isprintable() and len(text) <= 200


def test_a_damaged_note_of_the_holder_is_no_obstacle(case):
    """The lock says that somebody is there, even where it cannot be read who."""
    first = start(HOLD, case.path, "case")
    (case.path / ".case.holder.json").write_text("{")
    assert not case.hold() and "somebody" in case.read_only_because
    assert Lock(case.path).holder() is not None
    end(first)
