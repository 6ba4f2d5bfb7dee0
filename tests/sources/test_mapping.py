"""Column mappings: how they are given, what is refused, and what is proposed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from investigate.errors import InputError
from investigate.sources import Reading, read
from investigate.sources._cells import cell_values, hashtag_cell, url_cell
from investigate.sources.csv_file import FIELDS, guess_mapping, load_mapping

EXPORT = "tweetid,userid,tweet_time,tweet_text,hashtags,urls,is_retweet\n" + "".join(
    f"{9007199254740993000 + i},u{i % 3},2031-05-01 08:{i:02},some text number {i},[One],https://example.com/{i},false\n"
    for i in range(8)
)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(EXPORT, encoding="utf-8")
    return path


def objects(reading: Reading, kind: str) -> list[str]:
    return [a["object_id"] for a in reading.tables["actions"].to_pylist() if a["object_type"] == kind]


def one_row(tmp_path: Path, cells: dict[str, str], mapping: dict[str, Any]) -> Reading:
    path = tmp_path / "one.csv"
    header = ["who", "when", *cells]
    quoted = ['"' + v.replace('"', '""') + '"' for v in ["anna", "2031-05-01 08:00:01", *cells.values()]]
    path.write_text(",".join(header) + "\n" + ",".join(quoted) + "\n", encoding="utf-8")
    return read(path, "csv", mapping={"account_id": "who", "created_at": "when"} | mapping)


class TestGuess:
    def test_a_read_without_mapping_proposes_one_and_reads_nothing(self, export: Path) -> None:
        """The message holds flags that can be pasted; the guess is never used by itself."""
        with pytest.raises(InputError, match="needs a column mapping") as caught:
            read(export, "csv")
        assert "--map account_id=userid --map created_at=tweet_time --map text=tweet_text" in caught.value.do
        assert "8 of 8 values are times" in caught.value.what

    def test_the_proposed_mapping_reads_the_file(self, export: Path) -> None:
        """What is proposed can be passed back as it is."""
        proposed = guess_mapping(export)
        reading = read(export, "csv", mapping={field: p.column for field, p in proposed.items()})
        assert reading.tables["content"].num_rows == 8 and reading.resolution_s == 60
        assert objects(reading, "hashtag") == ["one"] * 8

    def test_every_entry_has_a_reason(self, export: Path) -> None:
        """A person confirms on reasons: name and values."""
        proposed = guess_mapping(export)
        assert proposed["content_id"].column == "tweetid" and "8 different values in 8" in proposed["content_id"].reason
        assert all(p.reason and f in FIELDS for f, p in proposed.items())

    def test_values_speak_against_a_name(self, tmp_path: Path) -> None:
        """A column called 'date' without dates is not proposed, and the values of another one are."""
        path = tmp_path / "export.csv"
        path.write_text("author,date,x\nanna,soon,2031-05-01\nbert,later,2031-05-02\n", encoding="utf-8")
        assert guess_mapping(path)["created_at"].column == "x"

    def test_what_is_not_recognised_is_said(self, tmp_path: Path) -> None:
        """A file without anything known still gets flags to fill in."""
        path = tmp_path / "export.csv"
        path.write_text("a,b\n1,2\n", encoding="utf-8")
        with pytest.raises(InputError, match="No column was recognised for account_id, created_at") as caught:
            read(path, "csv")
        assert "--map account_id=COLUMN" in caught.value.do


class TestMapping:
    def test_toml_with_options(self, tmp_path: Path, export: Path) -> None:
        """A mapping file may carry the options of the read; options given in the call win."""
        toml = tmp_path / "map.toml"
        toml.write_text(
            'account_id = "userid"\ncreated_at = "tweet_time"\n[options]\nresolution_s = 60\n', encoding="utf-8"
        )
        assert load_mapping(toml)[1] == {"resolution_s": 60}
        assert read(export, "csv", mapping=toml).resolution_s == 60
        assert read(export, "csv", mapping=str(toml), resolution_s="3600").resolution_s == 3600

    def test_all_problems_at_once(self) -> None:
        """Unknown fields with the nearest name, missing required ones, wrong kinds, in one message."""
        with pytest.raises(InputError) as caught:
            load_mapping({"acount_id": "a", "text": 5, "object_id": "o"})
        for said in ("'acount_id' (nearest: 'account_id')", "'created_at' is required", "'text' needs", "object_type"):
            assert said in caught.value.what

    def test_a_broken_file(self, tmp_path: Path) -> None:
        """A file that is missing or not TOML says so, with its path."""
        with pytest.raises(InputError, match="cannot be read"):
            load_mapping(tmp_path / "none.toml")
        broken = tmp_path / "broken.toml"
        broken.write_text("account_id = userid", encoding="utf-8")
        with pytest.raises(InputError, match="not TOML"):
            load_mapping(broken)

    @pytest.mark.parametrize("options", [{"duplicates": "drop"}, {"resolution_s": "often"}, {"resolution_s": 0}])
    def test_wrong_values_of_options(self, export: Path, options: dict[str, Any]) -> None:
        """A value that an option cannot have is refused."""
        with pytest.raises(InputError, match=next(iter(options))):
            read(export, "csv", mapping={"account_id": "userid", "created_at": "tweet_time"}, **options)

    def test_unknown_option_in_the_file(self, export: Path) -> None:
        """A misspelt option in the mapping file is not ignored."""
        mapping = {"account_id": "userid", "created_at": "tweet_time", "options": {"time_formt": "x"}}
        with pytest.raises(InputError, match=r"'time_formt' \(nearest: 'time_format'\)"):
            read(export, "csv", mapping=mapping)

    def test_first_column_that_is_not_empty(self, tmp_path: Path) -> None:
        """Several columns for one field are tried in order in every row."""
        reading = one_row(tmp_path, {"final": " ", "link": "https://a.example.org/x"}, {"url": ["final", "link"]})
        assert objects(reading, "url") == ["https://a.example.org/x"]
        assert reading.columns_used == ("who", "when", "final", "link")


class TestObjects:
    def test_reposts_and_replies(self, tmp_path: Path) -> None:
        """The target is an object in its native form, and says what kind of content it is."""
        reading = one_row(tmp_path, {"of": "9007199254740993001"}, {"repost_of": "of"})
        assert objects(reading, "repost") == ["9007199254740993001"]
        assert reading.tables["content"]["content_type"].to_pylist() == ["repost"]
        reading = one_row(tmp_path, {"to": "A|b;c"}, {"reply_to": "to"})
        assert objects(reading, "reply") == ["A|b;c"]
        assert reading.tables["content"]["content_type"].to_pylist() == ["reply"]

    def test_an_object_of_any_type(self, tmp_path: Path) -> None:
        """A typed object takes its type's normal form; an unknown type keeps the value."""
        mapping = {"object_id": "o", "object_type": "t"}
        assert objects(one_row(tmp_path, {"o": "#One", "t": "hashtag"}, mapping), "hashtag") == ["one"]
        assert objects(one_row(tmp_path, {"o": "#One", "t": "sound"}, mapping), "sound") == ["#One"]

    def test_a_column_replaces_the_search_in_the_text(self, tmp_path: Path) -> None:
        """The platform's own list of tags is better than a search; links are still taken from the text."""
        reading = one_row(
            tmp_path, {"text": "#a https://example.com/x", "tags": "b"}, {"text": "text", "hashtag": "tags"}
        )
        assert objects(reading, "hashtag") == ["b"] and objects(reading, "url") == ["https://example.com/x"]

    def test_accounts_keep_their_latest_attributes(self, tmp_path: Path) -> None:
        """Followers and names are those of the latest content that states them; numbers that are none are noted."""
        path = tmp_path / "export.csv"
        rows = ["a,2031-05-02,20,New,", "a,2031-05-01,10,Old,2020-01-01", "a,2031-05-03,many,,"]
        path.write_text("who,when,n,name,born\n" + "\n".join(rows) + "\n", encoding="utf-8")
        mapping = {
            "account_id": "who",
            "created_at": "when",
            "followers": "n",
            "display_name": "name",
            "account_created_at": "born",
        }
        reading = read(path, "csv", mapping=mapping)
        account = reading.tables["accounts"].to_pylist()[0]
        assert account["display_name"] == "New" and account["created_at"].year == 2020
        assert account["followers"] is None and any("1 accounts have a number of followers" in n for n in reading.notes)

    @pytest.mark.parametrize(
        ("cell", "found"),
        [
            ('["a", "B"]', ["a", "B"]),
            ("[a, b]", ["a", "b"]),
            ("['a', 'b']", ["a", "b"]),
            ('[{"tag": "a"}, {"tag": "b"}]', ["a", "b"]),
            ("a|b;c d,e", ["a", "b", "c", "d", "e"]),
            ("[]", []),
            ("  ", []),
        ],
    )
    def test_cells_with_several_values(self, cell: str, found: list[str]) -> None:
        """The ways in which exports write lists."""
        assert [t for _, t in hashtag_cell(cell)] == [f.lower() for f in found]

    def test_a_comma_belongs_to_a_link(self) -> None:
        """Splitting links at commas would invent objects; a comma before the next link separates."""
        found = [u for kind, u in url_cell("https://example.com/a,b,https://example.org/c") if kind == "url"]
        assert found == ["https://example.com/a,b", "https://example.org/c"]
        assert cell_values("a,b", None) == ["a,b"]
