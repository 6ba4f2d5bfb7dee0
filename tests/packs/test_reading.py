"""Files that people write: every problem at its line, in TOML and in YAML, and nothing read that was not meant."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from pydantic import Field

from investigate.errors import InputError
from investigate.packs import Part, Problem, bundled, read
from investigate.packs._located import located
from investigate.packs._toml_lines import toml_lines
from investigate.packs.reading import WrittenWrong


class Place(Part):
    country: str
    opens: str = ""
    voting: date | None = None


class Book(Part):
    title: str
    places: list[Place] = Field(default_factory=list)
    named: dict[str, Place] = Field(default_factory=dict)

    def problems(self):
        for number, place in enumerate(self.places):
            if len(place.country) != 2:
                yield Problem(("places", number, "country"), f"'{place.country}' has not two letters", "write NO")


@pytest.fixture
def written(tmp_path):
    """A function that writes a text to a file of the given name."""

    def make(name, text):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return make


def wrong(path, model=Book):
    with pytest.raises(WrittenWrong) as caught:
        read(path, model)
    return [(p.line, p.key, p.what, p.do) for p in caught.value.problems], caught.value


TOML = """# a comment with title = "x"
title = "one"

[[places]]
country = "NO"

[[places]]
contry = "SE"
opens = 6
[named.first]
country = "DK"
colour = "red"
"""
YAML = """title: one
places:
  - country: NO
  - contry: SE
    opens: 6
named:
  first:
    country: DK
    colour: red
"""


@pytest.mark.parametrize(("name", "text", "lines"), [("a.toml", TOML, [7, 8, 9, 12]), ("a.yaml", YAML, [4, 4, 5, 9])])
def test_every_problem_is_listed_with_its_line_and_the_nearest_key(written, name, text, lines):
    """One error names all four problems, each at its line, in both languages; the nearest valid key stands in the advice."""
    problems, error = wrong(written(name, text))
    assert [p[0] for p in problems] == lines
    assert {p[1] for p in problems} == {
        ("places", 1, "country"),
        ("places", 1, "contry"),
        ("places", 1, "opens"),
        ("named", "first", "colour"),
    }
    advice = {p[1][-1]: p[3] for p in problems}
    assert advice["contry"].startswith("did you mean 'country'?")
    assert advice["opens"] == 'put it in quotes: "6"'
    assert "known: country, opens, voting" in advice["colour"]
    assert name in error.where and "4 problems" in error.what and "places #2 > contry" in error.what


def test_one_problem_reads_as_a_sentence_with_file_and_line(written):
    """A single problem is no numbered list."""
    path = written("b.toml", 'title = "one"\nplaces = [\n  { country = "NO" },\n  { country = "Sweden" },\n]\n')
    with pytest.raises(InputError) as caught:
        read(path, Book)
    assert caught.value.what == "'Sweden' has not two letters"
    assert caught.value.where == f"{path}, line 4, places #2 > country"


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("c.toml", 'title = "one"\nplaces = [\n', 3),
        ("c.toml", 'title = "one"\ntitle = "two"\n', 2),
        ("c.toml", "title = one\n", 1),
        ("c.yaml", "title: one\n\tplaces: 1\n", 2),
        ("c.yaml", "title: [one\nplaces: 2\n", 2),
        ("c.yml", "title: &a one\nplaces: *a\n", 2),
        ("c.yml", "- one\n", 1),
        ("c.toml", b'title = "one"\n# caf\xe9\n', 2),
    ],
)
def test_broken_syntax_names_the_line(written, name, text, line):
    """What cannot be read at all says where it breaks off."""
    path = written(name, text)
    with pytest.raises(InputError, match=f"line {line}") as caught:
        read(path, Book)
    assert str(path) in caught.value.where and caught.value.do


def test_yaml_keeps_norway_times_and_dates_as_they_are_written(written):
    """`NO` is a country, `06:00` a time of day, and a date becomes a date because the model says so."""
    book = read(written("d.yaml", "title: yes\nplaces:\n  - {country: NO, opens: 06:00, voting: 2026-11-03}\n"), Book)
    assert book.title == "yes"
    assert (book.places[0].country, book.places[0].opens) == ("NO", "06:00")
    assert book.places[0].voting == date(2026, 11, 3)


def test_a_yaml_key_given_twice_is_a_problem(written):
    """YAML readers take the last of two equal keys silently; here it is said."""
    problems, _ = wrong(written("e.yaml", "title: one\nplaces: []\ntitle: two\n"))
    assert problems == [(3, ("title",), "'title' is given twice, first on line 1", "keep one of them")]


def test_missing_large_and_foreign_files_are_refused(written, tmp_path):
    """A file that is not there, far too large, or of another kind is named."""
    with pytest.raises(InputError, match="does not exist"):
        read(tmp_path / "none.toml", Book)
    with pytest.raises(InputError, match="is a folder"):
        read(tmp_path, Book)
    with pytest.raises(InputError, match="larger than 4 MB"):
        read(written("big.toml", "# " + "x" * 4_000_001), Book)
    with pytest.raises(InputError, match="no ending this can read"):
        read(written("plan.csv", "title\n"), Book)


def paths(value, at=()):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*at, key)
            yield from paths(inner, (*at, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield (*at, number)
            yield from paths(inner, (*at, number))


TRICKY = '''a."b.c".d = """
[not_a_table]
x = "\\""
"""
'single # quoted' = 'it = [ {'
numbers = [ 1, # one
  [2, 3], { k = "]", deep.er = 5 },
  """two
lines""" ] # end
when = 1979-05-27 07:32:00
[[run]]
name = "x\\"y = 1"
[run.inner]
z = {a = 1, b = [1,
 2]}
[[run]]
[[run.more]]
q = """ends with a quote""""
[last."key\\u0020two"]
v = true
'''


@pytest.mark.parametrize("text", [TOML.replace("contry", "country"), TRICKY, TRICKY.replace("\n", "\r\n")])
def test_every_toml_value_has_its_line(text):
    """Whatever `tomllib` finds has a line, and the last name of its path stands on that line."""
    rows = text.splitlines()
    found, lines = list(paths(tomllib.loads(text))), toml_lines(text)
    assert found and set(found) <= set(lines)
    for path in found:
        if isinstance(path[-1], str) and path[-1] != "key two":
            assert path[-1] in rows[lines[path] - 1], path
    if "numbers" in text:
        assert [lines[("numbers", n)] for n in range(4)] == [6, 7, 7, 8]
        assert lines[("run", 1, "more", 0, "q")] == 18


@pytest.mark.parametrize("name", ["policy_pack.toml"])
def test_the_lines_of_the_samples_are_right(name):
    """On every bundled file the key of each value stands on the line that would be named."""
    path = bundled(name)
    text = path.read_text(encoding="utf-8")
    values, lines, problems = located(path, text)
    rows = text.splitlines()
    assert problems == []
    for key in paths(values):
        if isinstance(key[-1], str):
            assert key[-1] in rows[lines[key] - 1], key
