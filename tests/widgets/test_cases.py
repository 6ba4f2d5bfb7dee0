"""The case panel, driven through its controls and buttons: no browser, the same handlers."""

from __future__ import annotations

import gzip
import multiprocessing
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from investigate import Case, progress
from investigate.errors import InputError
from investigate.lock import Lock
from investigate.sources._guess_source import guess_source

pytest.importorskip("ipywidgets")

from investigate.widgets import Cases, _places
from investigate.widgets._file import put
from investigate.widgets._panel import Job, Stopped, call, literal, three_parts

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
HOSTILE = '<img src=x onerror="alert(1)">\u202egnp.exe'


@pytest.fixture
def desk(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder laid out like the repository, and `notebooks/` in it as the working folder."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "data" / "cases").mkdir(parents=True)
    (tmp_path / "data" / "samples").symlink_to(repository / "data" / "samples")
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path


@pytest.fixture
def panel(desk: Path) -> Iterator[Cases]:
    made = Cases()
    yield made
    made.stop()
    if made.case is not None:
        made.case.close()
        made.case.release()


def export(path: Path, rows: int = 60, author: str = "author") -> Path:
    """A small export in which two accounts post the same links in the same seconds."""
    times = pd.date_range("2026-01-01", periods=rows // 2, freq="37min", tz="UTC").strftime("%Y-%m-%dT%H:%M:%SZ")
    table = [
        {author: name, "posted_at": at, "body": f"text {n} https://example.org/{n}"}
        for n, at in enumerate(times)
        for name in ("a", HOSTILE)
    ]
    pd.DataFrame(table).to_csv(path, index=False)
    return path


def html_of(widget: Any) -> str:
    """All the HTML a panel would put into the page."""
    found = str(widget.value) if type(widget).__name__ in ("HTML", "Message", "Call") else ""
    return found + "".join(html_of(child) for child in getattr(widget, "children", ()))


def test_from_a_notebook_the_cases_beside_its_folder_are_found(panel: Cases) -> None:
    """`data/cases` is looked for in the working folder and in the one above."""
    assert panel.choice.folder.value == str(Path("../data/cases"))
    assert panel.choice.form.layout.display is None, "without a case the form for a new one is open"


def test_the_whole_way_by_buttons(panel: Cases) -> None:
    """New case, sample file, check, load, find groups: each by a click, and the case holds what the calls would make."""
    panel.choice.create_button.click()
    assert panel.case is not None and panel.said.error is None
    panel.file.found.value = dict(panel.file.found.options)["world.csv.gz"]
    assert panel.file.source.value == "csv"
    assert panel.file.options == {
        "mapping": {"account_id": "account", "content_id": "post_id", "created_at": "time", "text": "text"}
    }
    panel.check_button.click()
    panel.wait()
    assert panel.file.report_data is not None and panel.file.report_data.rows_read == 9797
    assert "9,797" in panel.file.report.value
    assert panel.case.datasets == [], "checking writes nothing"
    panel.load_button.click()
    panel.wait()
    assert [d.rows_read for d in panel.case.datasets] == [9797]
    panel.method.all_button.click()
    panel.wait()
    assert panel.method.said.error is None, panel.method.said.error
    assert sorted(f.status for f in panel.case.findings) == ["lead", "supported", "supported"]
    assert "3 findings" in panel.method.said.value
    held = Case.open(panel.case.path)
    assert [f.finding_id for f in held.findings] == [f.finding_id for f in panel.case.findings]
    assert panel.case.verify() == []


def test_as_code_makes_the_same_case(panel: Cases, desk: Path) -> None:
    """The calls shown under the buttons are the calls that were made."""
    panel.create("mine", title="Mine", purpose="a purpose of more than twenty characters")
    panel.choose(export(desk / "data" / "export.csv"))
    panel.load()
    panel.wait()
    panel.method.settings["min_shared"].control.value = "3"
    panel.method.settings["window"].control.value = "2m"
    panel.relate()
    panel.wait()
    code = panel.as_code()
    assert "case.relate(window='2m', min_shared=3)" in code
    names: dict[str, Any] = {}
    twin = code.replace(repr(str(panel.case.path)), repr(str(desk / "twin"))).replace("Case.open", "Case.create")
    exec(twin, names)  # noqa: S102 - our own text: that it runs is what is shown
    pd.testing.assert_frame_equal(
        names["case"].edges[["account_a", "account_b", "n_objects"]],
        panel.case.edges[["account_a", "account_b", "n_objects"]],
    )


def test_a_guess_is_shown_with_its_reasons_and_can_be_changed(panel: Cases, desk: Path) -> None:
    """Columns are proposed by name and values; another column, another field and a constant are taken over."""
    panel.create()
    panel.choose(export(desk / "data" / "export.csv"))
    mapping = panel.file.mapping
    assert {name: menu.value for name, menu in mapping.menus.items()} == {
        "account_id": "author",
        "created_at": "posted_at",
        "text": "body",
    }
    mapping.menus["text"].value = "(not used)"
    mapping.add_field.value, mapping.add_column.value = "platform", "constant:twitter"
    mapping.add()
    assert panel.file.options == {
        "mapping": {"account_id": "author", "created_at": "posted_at", "platform": "constant:twitter"}
    }
    mapping.add_field.value, mapping.add_column.value = "url", "bodi"
    mapping.add()
    assert "did you mean &#x27;body&#x27;" in mapping._problem.value
    assert "url" not in mapping.menus


def test_a_missing_column_is_said_and_nothing_is_read(panel: Cases, desk: Path) -> None:
    """A required field without a column is named; the file is not loaded."""
    panel.create()
    (desk / "odd.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    panel.choose(desk / "odd.csv")
    assert panel.file.mapping.menus["account_id"].value == "(not used)"
    panel.load()
    panel.wait()
    assert isinstance(panel.file.said.error, InputError)
    assert panel.case.datasets == []


@pytest.mark.parametrize("path", ["", "nowhere.csv", "../data"])
def test_a_file_that_is_not_there(panel: Cases, path: str) -> None:
    """Nothing, a wrong path and a folder are each said in three parts; the buttons work afterwards."""
    panel.create()
    panel.file.path.value = path
    panel.check()
    panel.load()
    assert isinstance(panel.file.said.error, InputError)
    assert "What to do" in panel.file.said.value
    assert "Traceback" not in panel.file.said.value
    assert not panel.load_button.disabled


def test_a_cut_file_is_said_in_the_panel(panel: Cases, desk: Path) -> None:
    """A gzip that ends early is an error in the panel, and no dataset."""
    whole = gzip.compress(export(desk / "data" / "export.csv").read_bytes())
    (desk / "cut.csv.gz").write_bytes(whole[:-40])
    panel.create()
    panel.choose(desk / "cut.csv.gz", "csv", {"account_id": "author", "created_at": "posted_at"})
    panel.load()
    panel.wait()
    assert panel.file.said.error is not None
    assert "a bug in this program" not in panel.file.said.value
    assert panel.case.datasets == []


def test_hostile_names_are_text_everywhere(panel: Cases, desk: Path) -> None:
    """A title, a file, a column and a text written by somebody hostile make no element and hide nothing."""
    panel.create("hostile", title=HOSTILE, purpose=f"because {HOSTILE} was seen there, and there")
    folder = desk / "data" / "raw"
    folder.mkdir()
    name = "<svg onload=alert(1)>.csv"
    export(folder / name, author='"><script>alert(1)</script>')
    panel.file.folder.value = str(folder)
    panel.file.list()
    panel.choose(folder / name)
    panel.file.mapping.menus["account_id"].value = '"><script>alert(1)</script>'
    panel.check()
    panel.wait()
    panel.load()
    panel.wait()
    page = html_of(panel)
    assert panel.case.datasets, panel.file.said.value
    assert "<script" not in page and "<img" not in page and "<svg" not in page
    assert "\u202e" not in page
    assert "[U+202E]" in page


def test_the_folders_name_is_a_name(panel: Cases, desk: Path) -> None:
    """No way leads out of the cases' folder; a name in use and a purpose that is too short are refused."""
    for name in ("../out", "a/b", ".hidden", "a\\b"):
        panel.create(name)
        assert panel.case is None and isinstance(panel.said.error, InputError)
    panel.create("first", purpose="short")
    assert panel.case is None
    assert "20 characters or more" in panel.choice.purpose.said.value
    panel.create("first", purpose="a purpose of more than twenty characters")
    path = panel.case.path
    panel.create("first")
    assert panel.case.path == path and "already" in panel.said.value
    assert not (desk / "out").exists()


def test_settings_say_what_is_wrong_beside_the_field(panel: Cases, desk: Path) -> None:
    """A window that is none stops the steps before they begin, opens the settings and says how to write it."""
    panel.create()
    panel.choose(export(desk / "data" / "export.csv"))
    panel.load()
    panel.wait()
    panel.method.settings["window"].control.value = "6 parsecs"
    panel.relate()
    assert "60s, 5m or 1h" in panel.method.settings["window"].said.value
    assert panel.method.settings.layout.display is None
    assert panel.case.settings is None


def test_an_upload_lands_in_the_inbox(panel: Cases, desk: Path) -> None:
    """The bytes are in CASE/inbox under a plain name, the form is filled, and the widget holds nothing of them."""
    panel.create()
    content = export(desk / "export.csv").read_bytes()
    panel.file.upload.value = (
        {
            "name": "../../evil<b>.csv",
            "type": "text/csv",
            "size": len(content),
            "content": memoryview(content),
            "last_modified": WHEN,
        },
    )
    inbox = panel.case.path / "inbox"
    assert [p.name for p in inbox.iterdir()] == ["evil_b_.csv"]
    assert (inbox / "evil_b_.csv").read_bytes() == content
    assert panel.file.upload.value == ()
    assert panel.file.path.value == str(inbox / "evil_b_.csv")
    panel.load()
    panel.wait()
    assert [d.rows_read for d in panel.case.datasets] == [60]
    assert panel.case.verify() == []


def test_an_upload_needs_a_case(panel: Cases) -> None:
    """Without a case there is no inbox: the button is off, and a value is refused."""
    assert panel.file.upload.disabled
    panel.file.upload.value = (
        {"name": "x.csv", "type": "", "size": 1, "content": memoryview(b"x"), "last_modified": WHEN},
    )
    assert isinstance(panel.file.said.error, InputError)


def test_nothing_in_the_inbox_is_written_over(tmp_path: Path) -> None:
    """The same bytes are one file; others of the same name are another; empty ones are refused."""
    first = put(tmp_path, "a.csv", b"1")
    assert put(tmp_path, "a.csv", b"1") == first
    second = put(tmp_path, "a.csv", b"2")
    assert (first.read_bytes(), second.read_bytes(), second.name) == (b"1", b"2", "a-2.csv")
    for name, content in (("a.csv", b""), ("../", b"1"), ("...", b"1")):
        with pytest.raises(InputError):
            put(tmp_path, name, content)


def test_stop_ends_the_steps_and_the_case_stays_whole(panel: Cases, desk: Path, repository: Path) -> None:
    """Stop is heard where a computation reports; what was half made is gone, and the case opens."""
    panel.create()
    panel.choose(export(desk / "data" / "export.csv"))
    panel.load()
    panel.wait()
    real = panel.case.relate

    def stopped_in_the_middle(**arguments: Any) -> Any:
        panel.job.stop_button.click()
        progress.report(1, 2, "comparisons", "comparing")
        return real(**arguments)

    panel.case.relate = stopped_in_the_middle  # type: ignore[method-assign]
    before = panel.case
    panel.run_all()
    panel.wait()
    assert isinstance(panel.method.said.error, Stopped)
    assert panel.case is not before and panel.case.settings is None and panel.case.verify() == []
    panel.run_all()
    panel.wait()
    assert panel.method.said.error is None and panel.case.settings is not None


def test_a_listener_leaves_other_work_alone() -> None:
    """A job that is to stop does not stop what runs in the main thread, such as a cell."""
    job = Job()
    job._asked.set()
    with progress.listening(job._heard):
        progress.report(1, 2, "things", "another cell's work")


def test_one_thing_at_a_time(panel: Cases, desk: Path) -> None:
    """While something runs the buttons are off, and a call says what runs."""
    panel.create()
    panel.choose(export(desk / "data" / "export.csv"))
    told: list[Any] = []
    real = panel.case.load

    def slow(*given: Any, **options: Any) -> Any:
        told.append(panel.method.all_button.disabled and panel.choice.open_button.disabled)
        panel.check()
        told.append(panel.file.said.error)
        return real(*given, **options)

    panel.case.load = slow  # type: ignore[method-assign]
    panel.load()
    panel.wait()
    assert told[0] and isinstance(told[1], Stopped)
    assert not panel.method.all_button.disabled


def _hold(folder: str, ready: Any, done: Any) -> None:
    lock = Lock(Path(folder))  # it goes with its last reference
    assert lock.take("somebody else", "workbench") is None
    ready.set()
    done.wait(60)
    lock.release()


def test_a_case_held_elsewhere_opens_read_only(panel: Cases, desk: Path) -> None:
    """The panel says who has the case, and loading is refused in the panel."""
    folder = desk / "data" / "cases" / "held"
    Case.create(folder)
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(str(folder), ready, done))
    other.start()
    try:
        assert ready.wait(60)
        panel.refresh()
        panel.open_case(folder)
        assert "somebody else" in panel.said.value and "read-only" in panel.said.value
        assert "somebody else" in panel.holds.value
        panel.choose(export(desk / "data" / "export.csv"))
        panel.load()
        panel.wait()
        assert panel.file.said.error is not None and panel.case.datasets == []
    finally:
        done.set()
        other.join()


def test_what_a_crash_left_is_named(panel: Cases, desk: Path) -> None:
    """An unfinished load stands in the panel when the case is opened."""
    case = Case.create(desk / "data" / "cases" / "left")
    case.log.append("run_started", run="coordinated_behaviour-0001", template="coordinated_behaviour", parameters={})
    panel.refresh()
    panel.open_case(case.path)
    assert "Unfinished" in panel.holds.value and "coordinated_behaviour-0001" in panel.holds.value


def test_a_damaged_case_is_listed_and_its_trouble_said(panel: Cases, desk: Path) -> None:
    """A case.json that is none keeps neither the list nor the panel from working."""
    folder = desk / "data" / "cases" / "broken"
    folder.mkdir()
    (folder / "case.json").write_text("{", encoding="utf-8")
    panel.refresh()
    assert [label for label, _ in panel.choice.chooser.options] == ["cannot be opened (broken)"]
    panel.open_case()
    assert panel.case is None and "not valid JSON" in panel.said.value


def test_panels_are_asked_for_by_name(panel: Cases, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The buttons to go on build the panel on the open case, and say what goes wrong in it."""
    import ipywidgets

    from investigate import widgets

    asked: list[Any] = []

    def make(case: Case) -> Any:
        asked.append(case)
        return ipywidgets.HTML("")

    def fail(case: Case) -> Any:
        raise ValueError(f"no {HOSTILE}")

    monkeypatch.setattr(widgets, "Workbench", make, raising=False)
    monkeypatch.setattr(widgets, "Review", fail, raising=False)
    panel.create()
    panel.workbench_button.click()
    assert asked == [panel.case] and len(panel.stage.children) == 1
    panel.review_button.click()
    assert "a bug in this program: ValueError" in panel._onward_said.value
    assert "<img" not in panel._onward_said.value and "Traceback" not in panel._onward_said.value


def test_after_a_run_the_panel_shows_what_the_run_left(panel: Cases, desk: Path) -> None:
    """The run is another process: when it has ended the case is opened again, with its results."""
    from investigate.runs.background import ended

    panel.create()
    panel.choose(export(desk / "data" / "export.csv"))
    panel.load()
    panel.wait()
    panel.run_button.click()
    before, form = panel.case, panel.stage.children[0]
    other = Case.open(before.path)
    other.relate()
    other.score()
    other.group()
    form._heard(ended("cancelled", 130, error={"what": "it was cancelled", "where": "", "do": ""}))
    assert panel.case is not before and panel.case.settings is not None
    assert "edges" in panel.holds.value and panel.stage.children == (form,)
    assert not panel.case.read_only


def test_a_source_is_guessed_by_its_columns(tmp_path: Path, repository: Path) -> None:
    """A header with all columns of a source names it; any other table is for `csv`; a file nobody reads gets nothing."""
    from investigate.sources.ira_tweets import COLUMNS

    known = tmp_path / "slice.csv"
    known.write_text(",".join(COLUMNS) + "\n" + ",".join("x" for _ in COLUMNS) + "\n", encoding="utf-8")
    assert [fit.name for fit in guess_source(known)] == ["ira_tweets", "csv"]
    assert [fit.name for fit in guess_source(repository / "data" / "samples" / "world.csv.gz")] == ["csv"]
    assert guess_source(tmp_path / "picture.png") == []


def test_lists_say_where_they_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with more files than are listed says so; hidden folders are not looked into."""
    monkeypatch.setattr(_places, "MAX_LISTED", 3)
    for n in range(5):
        (tmp_path / f"{n}.csv").touch()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.csv").touch()
    found, more = _places.files_in([tmp_path], (".csv",))
    assert [Path(f).name for f in found] == ["0.csv", "1.csv", "2.csv"] and more
    monkeypatch.setattr(_places, "MAX_LISTED", 5)
    assert _places.files_in([tmp_path], (".csv",))[1] is False


def test_an_address_needs_the_server_that_serves_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link is made for what lies under the server's root and is not hidden, with every part quoted; else none."""
    monkeypatch.setattr(_places, "_server", lambda: (tmp_path, "/user/a/"))
    assert _places.address(tmp_path / 'x"><b>' / "r.html") == "/user/a/files/x%22%3E%3Cb%3E/r.html"
    assert _places.address(tmp_path / ".hidden" / "r.html") is None
    assert _places.address(tmp_path.parent / "r.html") is None
    monkeypatch.setattr(_places, "_server", lambda: None)
    assert _places.address(tmp_path / "r.html") is None


@pytest.mark.parametrize("value", ["a'b\"c", "\u202egnp", {"a": ["b", 1]}, Path("x y"), None, 0.5, True, ["a"]])
def test_calls_are_python(value: Any) -> None:
    """What is shown under a button can be read back, and hides nothing."""
    text = literal(value)
    assert eval(text) == (str(value) if isinstance(value, Path) else value)  # our own text, read back
    assert "\u202e" not in text
    assert call("f", value, x=value) == f"f({text}, x={text})"


def test_errors_have_three_parts() -> None:
    """Ours as they are, the system's with its file, any other as a bug in this program."""
    assert three_parts(InputError("a", "b", "c")) == ("a", "b", "c")
    assert three_parts(FileNotFoundError(2, "No such file", "x"))[:2] == ("No such file", "x")
    what, _, do = three_parts(KeyError("k"))
    assert what.startswith("a bug in this program: KeyError") and do


def test_no_widget_method_is_written_over() -> None:
    """The panels add names of their own and take none from ipywidgets: its `open` and `close` carry the connection."""
    import ipywidgets

    from investigate.widgets import RunForm
    from investigate.widgets._fields import Field, Fields
    from investigate.widgets._file import FileChoice
    from investigate.widgets._mapping_form import MappingForm

    base = set(dir(ipywidgets.VBox))
    for panel in (Cases, RunForm, Field, Fields, FileChoice, MappingForm, Job):
        own = {name for name in vars(panel) if not name.startswith("_")}
        assert own & base == set(), panel.__name__
