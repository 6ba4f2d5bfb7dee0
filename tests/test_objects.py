"""Normal forms: what counts as the same object, in any script, and that a normal form is its own normal form."""

from __future__ import annotations

import socket

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from investigate.objects import (
    SHORTENERS,
    canonical_url,
    fold,
    hashtag,
    hashtags,
    is_shortener,
    mention,
    mentions,
    normal_text,
    registrable_domain,
    text_objects,
    urls,
)

TEXTS = st.text(max_size=120) | st.text(alphabet="aA bß #@＃＠_.…:/'’‘&;1６İǆͅ\u200d\u0301က္ไก่中مّ😀🏽rRtT\n", max_size=80)
LINKS = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["http://", "HTTPS://", "//", "", "https:/", "http://u:p@"]),
        st.sampled_from(
            [
                "www.example.com",
                "WWW.www.Example.COM.",
                "münchen.de",
                "t.co",
                "example.com:443",
                "l.facebook.com",
                "[::1]:80",
            ]
        ),
        st.text(alphabet="/aA%2fF~é?&=#!;. ", max_size=30),
        st.sampled_from(
            [
                "",
                "?utm_source=x&b=2&a=1&A=3&a=0",
                "#top",
                "#!/x",
                "?fbclid=1",
                "/l.php?u=https%3A%2F%2Fexample.org%2Fa",
                "%E2%80%A6",
                "&amp;amp;x=1",
            ]
        ),
    ),
)


class TestLinks:
    @pytest.mark.parametrize(
        "url",
        [
            "https://example.com/News?a=1&b=2",
            "HTTP://WWW.Example.COM:80/News/?b=2&a=1#top",
            "https://example.com:443/News?utm_source=x&utm_medium=y&a=1&b=2&fbclid=abc",
            "//example.com/News?a=1&amp;b=2&gclid=1&igshid=2&UTM_Campaign=z",
            "example.com/%4eews?a=1&b=2",
            "https://someone:secret@example.com/News?a=1&b=2",
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.example.com%2FNews%3Fa%3D1%26b%3D2&h=AT0",
            "https://www.google.com/url?sa=t&url=http%3A%2F%2Fexample.com%2FNews%3Fb%3D2%26a%3D1",
        ],
    )
    def test_the_same_page(self, url: str) -> None:
        """Case of the host, scheme, port, login, trackers, order, fragment and redirect pages do not matter."""
        assert canonical_url(url) == "https://example.com/News?a=1&b=2"

    @pytest.mark.parametrize(
        ("one", "two"),
        [
            ("https://example.com/a", "https://example.com/A"),
            ("https://example.com/?id=1", "https://example.com/?id=2"),
            ("https://example.com/?id=aB", "https://example.com/?id=ab"),
            ("https://a.example.com/", "https://b.example.com/"),
            ("https://example.com:8080/", "https://example.com/"),
            ("https://example.com/#!/one", "https://example.com/#!/two"),
            ("https://t.co/aBc", "https://t.co/abc"),
            ("https://example.com/a?x=1&x=2", "https://example.com/a?x=2&x=1"),
        ],
    )
    def test_different_pages(self, one: str, two: str) -> None:
        """What chooses the page stays."""
        assert canonical_url(one) != canonical_url(two)

    def test_other_alphabets(self) -> None:
        """A host in another alphabet is its punycode, and an escaped path is the written one."""
        assert canonical_url("https://MÜNCHEN.de/Straße") == canonical_url("http://xn--mnchen-3ya.de/Stra%c3%9fe/")
        assert registrable_domain("https://www.пример.рф/x") == "xn--e1afmkfd.xn--p1ai"

    @pytest.mark.parametrize(
        "url",
        [
            "",
            " ",
            "javascript:alert(1)",
            "mailto:a@example.com",
            "data:text/html,x",
            "https://",
            "http://localhost/",
            "word",
            "http://exa mple.com",
            "https://example.com:port/",
        ],
    )
    def test_not_a_web_link(self, url: str) -> None:
        """What is no web address gives no object."""
        assert canonical_url(url) is None

    def test_short_links_stay(self) -> None:
        """Nothing is looked up: a shortener's link is its own object."""
        assert canonical_url("http://t.co/AbC123") == "https://t.co/AbC123"
        assert "t.co" in SHORTENERS and is_shortener("bit.ly") and not is_shortener("example.com")

    @pytest.mark.parametrize(
        ("url", "domain"),
        [
            ("https://news.bbc.co.uk/x", "bbc.co.uk"),
            ("a.b.example.com", "example.com"),
            ("https://one.blogspot.com/", "one.blogspot.com"),
            ("https://192.168.0.1/x", None),
            ("https://[2001:db8::1]/x", None),
            ("co.uk", None),
            ("no link", None),
        ],
    )
    def test_registrable_domains(self, url: str, domain: str | None) -> None:
        """By the public-suffix list, with the suffixes under which anybody can have a page."""
        assert registrable_domain(url) == domain

    def test_no_network_is_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The suffix list is the package's own copy."""
        monkeypatch.setattr(socket, "socket", lambda *a, **k: pytest.fail("a connection was opened"))
        assert registrable_domain("https://x.never-seen-before-here.org.uk/") == "never-seen-before-here.org.uk"

    @settings(max_examples=600, deadline=None)
    @given(LINKS)
    @example(
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fexample.com"
    )
    @example("http://www.www.example.com//?&&a&=&utm_x=1#!")
    def test_canonical_twice_is_canonical_once(self, url: str) -> None:
        """A canonical link is its own canonical form, ASCII, without spaces."""
        once = canonical_url(url)
        if once is not None:
            assert canonical_url(once) == once
            assert once.isascii() and " " not in once and once.startswith("https://")


class TestTags:
    @pytest.mark.parametrize(
        ("text", "tags"),
        [
            ("#MerkelMussBleiben und #MERKELmussbleiben", ["merkelmussbleiben"]),
            ("ယနေ့ #မြန်မာနိုင်ငံ။", ["မြန်မာนိုင်ငံ".replace("น", "န")]),
            ("#ไทยแลนด์ สวัสดี", ["ไทยแลนด์"]),
            ("看 #中国，#日本語。", ["中国", "日本語"]),
            ("#العربية، #مصر", ["العربية", "مصر"]),
            ("#हिन्दी!", ["हिन्दी"]),
            ("#McGregor😀 #a_b2", ["mcgregor", "a_b2"]),
            ("＃ＦＵＬＬ ﬁne", ["full"]),
            ("#Straße #STRASSE", ["strasse"]),
            ("#1 #2016 &#39; a#b C# https://example.com/#frag #", []),
            ("cut off #Merkelmu…", []),
            ("not cut #whole …", ["whole"]),
            ("#one#two", ["one"]),
        ],
    )
    def test_tags(self, text: str, tags: list[str]) -> None:
        """Tags of any script are whole words; ranks, references, anchors and cut tags are none."""
        assert hashtags(text) == tags

    def test_invisible_characters_do_not_make_another_tag(self) -> None:
        """A zero-width space inside a tag is invisible, so the tag is the same."""
        assert hashtag("#Vo\u200bte") == hashtag("#vote") == "vote"

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("@Jack and @jack, (@Jill_2)", ["jack", "jill_2"]),
            ("RT @名字: x", ["名字"]),
            ("@anna@Social.Example.org hi", ["anna@social.example.org"]),
            ("mail me@example.com or https://example.com/@path", []),
            ("@ alone", []),
            ("cut @jac…", []),
        ],
    )
    def test_mentions(self, text: str, found: list[str]) -> None:
        """Handles, also federated ones; mail addresses and paths are none."""
        assert mentions(text) == found

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            (
                "see https://example.com/a, and (http://example.org/b_(c)).",
                ["https://example.com/a", "http://example.org/b_(c)"],
            ),
            ("https://t.co/abc123、です https://t.co/def456です", ["https://t.co/abc123", "https://t.co/def456"]),
            ("WWW.Example.com/x! x.www.example.com", ["WWW.Example.com/x"]),
            ("HTTP://EXAMPLE.COM/A http://example.com/b", ["HTTP://EXAMPLE.COM/A", "http://example.com/b"]),
            ("cut https://t.co/ab…", []),
            ('"https://example.com/?a=1&amp;b=2"', ["https://example.com/?a=1&b=2"]),
            ("«https://example.com/x»", ["https://example.com/x"]),
        ],
    )
    def test_links_in_texts(self, text: str, found: list[str]) -> None:
        """Links without the sentence around them; cut links are none."""
        assert urls(text) == found

    @settings(max_examples=300, deadline=None)
    @given(TEXTS)
    def test_tags_and_handles_are_their_own_normal_form(self, text: str) -> None:
        """Normalising what was found changes nothing."""
        assert all(hashtag(t) == t for t in hashtags(text))
        assert all(mention(m) == m for m in mentions(text))
        assert fold(fold(text)) == fold(text)


class TestTexts:
    def test_what_does_not_matter(self) -> None:
        """Case, links, mentions, leading RT, punctuation, emoji and width are no difference."""
        plain = normal_text("The same six words stand here #Tag")
        assert plain == "the same six words stand here #tag"
        for text in (
            "RT @someone: The same, six words; stand HERE! #tag https://t.co/abc",
            "rt RT @a @b the same six words stand here 😀🏽 #TAG",
            "Ｔｈｅ ｓａｍｅ six — words\nstand\there &amp; #tag",
            "th\u200be same six words stand here #tag",
        ):
            assert normal_text(text) == plain

    def test_what_does_matter(self) -> None:
        """Words, numbers and tags do."""
        assert normal_text("one two three four five six") != normal_text("one two three four five seven")
        assert normal_text("one two three four five six 7") != normal_text("one two three four five six 8")
        assert normal_text("one two three four five #six") != normal_text("one two three four five six")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "five words are too few",
            "1 2 3 4 5 6 7",
            "😀 😀 😀 😀 😀 😀 😀",
            "@a @b @c @d @e @f @g",
            "# # # # # # #",
            "今天天气很好",
            "https://example.com/one-two-three-four-five-six-seven",
        ],
    )
    def test_too_short(self, text: str) -> None:
        """Under six words with letters, or under twenty characters of a script without spaces: nothing."""
        assert normal_text(text) is None

    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("ရွေးကောက်ပွဲကို မဲပေးကြပါစို့ အားလုံးပဲ", True),
            ("สวัสดีครับวันนี้อากาศดีมากจริงๆ", True),
            ("今天天气很好我们去公园散步吧大家一起来参加活动", True),
            ("مرحبا بكم في هذا المكان الجميل جدا", True),
            ("이것은 여섯 개 이상의 단어 가 있는 문장", True),
            ("Привет это шесть слов на русском", True),
            ("مرحبا بكم", False),
        ],
    )
    def test_scripts(self, text: str, kept: bool) -> None:
        """Each script is measured by its own rule, and its letters and marks survive."""
        normal = normal_text(text)
        assert (normal is not None) == kept
        if normal:
            assert normal == " ".join(fold(text).split())

    @settings(max_examples=600, deadline=None)
    @given(TEXTS | st.lists(TEXTS, min_size=6, max_size=9).map(" ".join))
    @example("rt rt a b c d e f")
    @example("!rt one two three four five six")
    @example("#rt rt’ one two three four five six")
    @example("A:_:_´ b c d e f g")
    @example("a’\u0301 b c d e f g")
    @example("\u0301rt a b c d e f g")
    @example("a & # 6 # b&amp;lt; one two three four five")
    def test_normal_twice_is_normal_once(self, text: str) -> None:
        """A normal form is its own normal form."""
        once = normal_text(text)
        if once is not None:
            assert normal_text(once) == once

    @settings(max_examples=300, deadline=None)
    @given(TEXTS)
    def test_all_objects_agree_with_the_single_functions(self, text: str) -> None:
        """The one-pass function that readers use gives what the separate ones give."""
        links = list(dict.fromkeys(u for u in map(canonical_url, urls(text)) if u))
        expected = [("hashtag", t) for t in hashtags(text)] + [("mention", m) for m in mentions(text)]
        expected += [("url", u) for u in links]
        domains = dict.fromkeys(d for d in map(registrable_domain, links) if d and not is_shortener(d))
        expected += [("domain", d) for d in domains]
        if (normal := normal_text(text)) is not None:
            expected.append(("text", normal))
        assert text_objects(text) == expected
