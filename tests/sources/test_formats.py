"""What each sample means once it is read, source by source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from investigate.sources import Reading, read

DATA = Path(__file__).parent / "data"


def reasons(reading: Reading) -> dict[int, str]:
    return {r["source_row"]: r["reason"] for r in reading.tables["set_aside"].to_pylist()}


def objects(reading: Reading, content_id: str) -> set[tuple[str, str]]:
    rows = reading.tables["actions"].to_pylist()
    return {(r["object_type"], r["object_id"]) for r in rows if r["content_id"] == content_id}


class TestArchiveTweets:
    def test_a_wrapped_text_is_unwrapped(self) -> None:
        """The export puts single quotes around texts that start with @; they are not part of the text."""
        reading = read(DATA / "ira_tweets.csv", "ira_tweets")
        first = reading.tables["content"].to_pylist()[0]
        assert first["text"] == "@bert_b Das ist ein Versuch mit genug Worten #EinTag"
        normal = "das ist ein versuch mit genug worten #eintag"
        assert objects(reading, "row-1") == {("hashtag", "eintag"), ("mention", "bert_b"), ("text", normal)}

    def test_a_short_link_gives_no_domain(self) -> None:
        """t.co may lead anywhere, so two t.co links share no domain."""
        found = objects(read(DATA / "ira_tweets.csv", "ira_tweets"), "row-2")
        assert ("url", "https://t.co/aaaaaaaaaa") in found
        assert not any(kind == "domain" for kind, _ in found)

    def test_a_whole_copy_is_set_aside_and_a_second_tweet_is_not(self) -> None:
        """Equal in all columns is a copy; equal but for the running number of tweets is a second tweet."""
        reading = read(DATA / "ira_tweets.csv", "ira_tweets")
        assert reasons(reading) == {3: "duplicate", 6: "missing_time", 7: "missing_account"}
        assert {"row-2", "row-4"} < set(reading.tables["content"]["content_id"].to_pylist())

    def test_copies_can_be_kept(self) -> None:
        """Published work on the archive counts rows; the option does so too."""
        reading = read(DATA / "ira_tweets.csv", "ira_tweets", duplicates="keep")
        assert reasons(reading) == {6: "missing_time", 7: "missing_account"}

    def test_kinds_labels_and_limits(self) -> None:
        """Reposts are marked, the label stays a label, minutes are the resolution, lost characters are counted."""
        reading = read(DATA / "ira_tweets.csv", "ira_tweets")
        assert reading.tables["content"]["content_type"].to_pylist() == ["post", "repost", "repost", "repost"]
        account = reading.tables["accounts"].to_pylist()[1]
        assert account["account_id"] == "twitter:BERT_B" and account["source_label"] == "German"
        assert account["handle"] == "BERT_B" and account["followers"] == 21
        assert reading.resolution_s == 60
        notes = " ".join(reading.notes)
        for said in ("to the minute", "no tweet identifiers", "reposted", "t.co", "17 largest", "1 texts hold U+FFFD"):
            assert said in notes

    def test_the_set_aside_row_is_shown_as_it_stood(self) -> None:
        """Evidence of a set-aside row is the row, not what the reader made of it."""
        row = read(DATA / "ira_tweets.csv", "ira_tweets").tables["set_aside"].to_pylist()[0]
        line = (DATA / "ira_tweets.csv").read_text(encoding="utf-8").splitlines()[3]
        assert row["raw"] == line


class TestCoActions:
    def test_a_content_with_two_objects_keeps_both(self) -> None:
        """One content row, two actions; the exact copy and the conflict are set aside with their reasons."""
        reading = read(DATA / "coortweet.csv", "coortweet")
        two = objects(reading, "2000000000000000002")
        assert two == {("repost", "9007199254740993001"), ("repost", "9007199254740993002")}
        assert reasons(reading) == {4: "duplicate", 5: "conflicting_id", 6: "empty_object", 7: "bad_time"}
        assert any("1 rows share their content id" in n for n in reading.notes)

    def test_the_first_row_of_each_content_can_be_told(self) -> None:
        """An action of a content's first row has that content's source_row, which is one peer's view of the file."""
        reading = read(DATA / "coortweet.csv", "coortweet")
        first = {r["content_id"]: r["source_row"] for r in reading.tables["content"].to_pylist()}
        kept = [a for a in reading.tables["actions"].to_pylist() if first[a["content_id"]] == a["source_row"]]
        assert [a["source_row"] for a in kept] == [1, 2]

    def test_fractions_of_seconds_stay(self) -> None:
        """60.5 s apart is not 60 s apart."""
        at = read(DATA / "coortweet.csv", "coortweet").tables["content"]["created_at"].to_pylist()
        assert at[1] - at[0] == timedelta(seconds=60.5)

    def test_the_object_type_is_the_callers(self) -> None:
        """The file does not say what its objects are."""
        reading = read(DATA / "coortweet.csv", "coortweet", object_type="media")
        assert set(reading.tables["actions"]["object_type"].to_pylist()) == {"media"}


class TestMappedTable:
    def test_objects_come_from_columns_and_text(self) -> None:
        """Links are taken from their column, tags and texts from the text; links that differ in tracking are one."""
        reading = read(DATA / "csv.csv", "csv", mapping=DATA / "csv.toml")
        link = {("url", "https://example.com/a"), ("domain", "example.com")}
        assert objects(reading, "9007199254740993001") == link | {
            ("hashtag", "onetag"),
            ("text", "two lines of one text with #onetag"),
        }
        second = objects(reading, "9007199254740993002")
        assert link | {("url", "https://news.example.org/b"), ("domain", "example.org"), ("hashtag", "မြန်မာ")} <= second

    def test_zones_become_utc(self) -> None:
        """10:00 at +02:00 is 08:00 UTC; a time without zone is taken as UTC, and both facts are noted."""
        reading = read(DATA / "csv.csv", "csv", mapping=DATA / "csv.toml")
        at = reading.tables["content"]["created_at"].to_pylist()
        assert at == [
            datetime(2031, 5, 1, 8, 0, 0, tzinfo=UTC),
            datetime(2031, 5, 1, 8, 0, 30, tzinfo=UTC),
            datetime(2031, 5, 1, 8, 1, 10, tzinfo=UTC),
        ]
        assert any("mixes 2 times with a zone" in n for n in reading.notes)

    def test_the_platform_is_part_of_the_identifier(self) -> None:
        """The same name on two platforms is two accounts."""
        account = read(DATA / "csv.csv", "csv", mapping=DATA / "csv.toml").tables["accounts"].to_pylist()[0]
        assert account["account_id"] == "example:anna" and account["platform"] == "example"
        assert account["followers"] == 1200

    def test_what_was_set_aside_and_left_out(self) -> None:
        """Rows that do not fit are named with reason and content; unused columns are listed."""
        reading = read(DATA / "csv.csv", "csv", mapping=DATA / "csv.toml")
        assert reasons(reading) == {4: "duplicate", 5: "bad_time", 6: "bad_columns"}
        by_row = {r["source_row"]: r for r in reading.tables["set_aside"].to_pylist()}
        assert by_row[5]["detail"] == "'31/05/2031 08:00' is not a time"
        assert by_row[6]["raw"] == "9007199254740993005,dora,2031-05-01 08:02:00,too,many,,columns"
        assert reading.columns_dropped == ()
