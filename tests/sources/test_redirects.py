"""A supplied table of redirects: chains, loops, what stays, and what is said about it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from investigate.errors import InputError
from investigate.objects import follow_redirects
from investigate.quality import quality_report
from investigate.sources import read

MAPPING = {"account_id": "who", "created_at": "at", "text": "text"}


def written(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def posts(folder: Path, *texts: str) -> Path:
    return written(
        folder, "posts.csv", "who,at,text", *(f"a{i},2024-03-01T10:0{i}:00Z,{t}" for i, t in enumerate(texts))
    )


def objects(reading, object_type: str) -> list[str]:
    rows = reading.tables["actions"].to_pylist()
    return [r["object_id"] for r in rows if r["object_type"] == object_type]


def test_chains_are_followed_and_loops_are_not():
    """A chain ends at its last link; a loop, and a chain over the limit, leave the link as it is and say so."""
    chain = {f"l{i}": f"l{i + 1}" for i in range(12)}
    assert follow_redirects("l2", chain) == ("l12", "followed")
    assert follow_redirects("l1", chain) == ("l1", "too long")
    assert follow_redirects("l9", chain, limit=2) == ("l9", "too long")
    assert follow_redirects("a", {"a": "b", "b": "c", "c": "b"}) == ("a", "loop")
    assert follow_redirects("x", chain) == ("x", "")


def test_short_links_become_their_targets(tmp_path):
    """Two short links to one page become one link in canonical form, without tracking, and give its domain."""
    table = written(
        tmp_path,
        "redirects.csv",
        "short,destination",
        "https://t.co/aaa,http://www.Example.co.uk/News/?utm_source=x&id=7",
        "t.co/bbb,https://bit.ly/mid",
        "https://bit.ly/mid,https://example.co.uk/News?id=7#top",
        "https://t.co/loop,https://t.co/loop2",
        "https://t.co/loop2,https://t.co/loop",
        "no link,at all",
        "https://t.co/two,https://one.example",
        "https://t.co/two,https://two.example",
    )
    file = posts(
        tmp_path,
        "see https://t.co/aaa",
        "look https://t.co/bbb now",
        "https://t.co/loop",
        "https://t.co/two https://t.co/none",
        "https://nyti.ms/x and https://plain.org/page",
    )
    found = read(file, "csv", mapping=MAPPING, redirects=str(table))
    links = objects(found, "url")
    assert links.count("https://example.co.uk/News?id=7") == 2
    assert {"https://t.co/loop", "https://t.co/two", "https://t.co/none", "https://plain.org/page"} <= set(links)
    assert objects(found, "domain").count("example.co.uk") == 2 and "plain.org" in objects(found, "domain")
    notes = "\n".join(found.notes)
    assert "2 distinct links replaced by their destination from redirects.csv (5 entries, SHA-256 " in notes
    assert "1 rows of the table do not hold two links" in notes
    assert "1 links have several destinations" in notes
    assert "1 links lead back to themselves and stay as they are: https://t.co/loop." in notes
    assert "3 of 6 distinct links are short links whose destination is not known" in notes
    assert "short links whose destination is not known" in str(quality_report(found))


def test_a_replaced_link_takes_its_domain_along(tmp_path):
    """The domain of a link that the table replaces goes, unless another link of the text has it."""
    table = written(
        tmp_path, "r.csv", "https://nyti.ms/z,https://nytimes.com/a", "https://nyti.ms/x,https://nytimes.com/story"
    )
    found = read(
        posts(tmp_path, "https://nyti.ms/x", "https://nyti.ms/x https://nyti.ms/y"),
        "csv",
        mapping=MAPPING,
        redirects=table,
    )
    assert sorted(objects(found, "domain")) == ["nyti.ms", "nytimes.com", "nytimes.com"]


def test_every_source_of_links_takes_the_table(tmp_path):
    """The option works for link columns, for the tweet archive's samples and for co-action tables; without it all stays."""
    data = Path(__file__).parent / "data"
    plain = read(data / "ira_tweets.csv", "ira_tweets")
    short = [u for u in objects(plain, "url") if u.startswith("https://t.co/")]
    table = written(tmp_path, "r.csv", "a,b", *(f"{u},https://example.com/page" for u in short))
    assert set(objects(read(data / "ira_tweets.csv", "ira_tweets", redirects=table), "url")) == {
        "https://example.com/page"
    }
    acts = written(
        tmp_path, "acts.csv", "object_id,account_id,content_id,timestamp_share", f"{short[0]},a,c,1700000000"
    )
    found = read(acts, "coortweet", object_type="url", redirects=table)
    assert objects(found, "url") == ["https://example.com/page"] and objects(found, "domain") == []
    columns = written(tmp_path, "l.csv", "who,at,link", f"a,2024-03-01T10:00:00Z,{short[0]}")
    mapping = {"account_id": "who", "created_at": "at", "url": "link"}
    found = read(columns, "csv", mapping=mapping, redirects=table)
    assert objects(found, "url") == ["https://example.com/page"] and objects(found, "domain") == ["example.com"]


def test_a_bad_table_is_refused(tmp_path):
    """A missing table, one column, or no links at all are input errors that name the file."""
    file = posts(tmp_path, "x https://t.co/aaa")
    for lines in (["only"], ["short,long", "no,links"]):
        with pytest.raises(InputError, match="table of redirects") as caught:
            read(
                file,
                "csv",
                mapping=MAPPING,
                redirects=written(tmp_path, "bad.csv", *lines, "https://t.co/a" * (len(lines) < 2)),
            )
        assert "bad.csv" in caught.value.where
    with pytest.raises(InputError):
        read(file, "csv", mapping=MAPPING, redirects=tmp_path / "absent.csv")
    packed = tmp_path / "r.csv.gz"
    packed.write_bytes(gzip.compress(b"a,b\nhttps://t.co/aaa,https://example.com\n"))
    assert objects(read(file, "csv", mapping=MAPPING, redirects=packed), "url") == ["https://example.com"]


def test_quotes_follows_and_reports_are_read(tmp_path):
    """The mapping's fields quote_of, follows and reports become objects; a quote is a quote by content type."""
    file = written(tmp_path, "f.csv", "who,at,q,f,r", "a,2024-03-01T10:00:00Z,c9,b;c,", "b,2024-03-01T10:01:00Z,,,a")
    mapping = {"account_id": "who", "created_at": "at", "quote_of": "q", "follows": "f", "reports": "r"}
    found = read(file, "csv", mapping=mapping)
    assert (
        objects(found, "quote") == ["c9"]
        and objects(found, "follow") == ["b", "c"]
        and objects(found, "report") == ["a"]
    )
    assert found.tables["content"]["content_type"].to_pylist() == ["quote", "post"]
