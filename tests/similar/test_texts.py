"""Families of nearly equal texts: against exact comparison, under reordering, in large buckets, in many scripts."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.near_duplicates import planted
from investigate.errors import InputError
from investigate.objects import normal_text
from investigate.similar import jaccard, shingles, text_families
from investigate.similar import texts as module
from investigate.similar.texts import rows_and_bands, shingle_arrays

WORDS = [
    *["river", "bridge", "council", "market", "winter", "station", "garden", "letter", "mountain", "silver"],
    *["мост", "совет", "рынок", "зима", "вокзал"],
]
SENTENCE = "the council will close the old bridge over the river for repairs next monday morning and nobody was asked"
texts_of_words = st.lists(st.sampled_from(WORDS), min_size=6, max_size=14).map(" ".join)


def family_of(texts, **options) -> dict[str, str]:
    found = text_families(texts, **options)
    return dict(zip(found.texts.to_pylist(), found.names.to_pylist(), strict=True))


def components(texts: list[str], threshold: float) -> dict[str, str]:
    """The families by comparing everything with everything, in plain Python."""
    texts = sorted(set(texts), key=str.encode)
    name = {t: t for t in texts}
    for i, a in enumerate(texts):
        for b in texts[i + 1 :]:
            if jaccard(a, b) >= threshold and name[a] != name[b]:
                old, new = sorted((name[a], name[b]), key=str.encode, reverse=True)
                name = {t: new if n == old else n for t, n in name.items()}
    return name


@st.composite
def edited(draw) -> list[str]:
    """Texts, and some of them with a word replaced, dropped or added."""
    base = draw(st.lists(texts_of_words, min_size=1, max_size=6))
    out = list(base)
    for text in draw(st.lists(st.sampled_from(base), max_size=10)):
        words = text.split()
        at = draw(st.integers(0, len(words) - 1))
        words[at : at + draw(st.integers(0, 1))] = draw(st.lists(st.sampled_from(WORDS), max_size=1))
        out.append(" ".join(words))
    return out


@settings(max_examples=60, deadline=None)
@given(edited(), st.sampled_from([0.6, 0.8]))
def test_families_are_components_of_exact_pairs(texts, threshold):
    """Nothing is joined that exact comparison would not join, and nothing clearly similar stays apart."""
    found, exact = family_of(texts, threshold=threshold), components(texts, threshold)
    assert set(found) == set(exact)
    members: dict[str, set[str]] = {}
    for text, name in found.items():
        members.setdefault(name, set()).add(text)
    for name, group in members.items():
        assert name == min(group, key=str.encode)
        assert len({exact[t] for t in group}) == 1
    for a in exact:
        for b in exact:
            if jaccard(a, b) >= 0.95:
                assert found[a] == found[b]


@settings(max_examples=40, deadline=None)
@given(edited(), st.randoms(use_true_random=False))
def test_order_repetition_and_unrelated_texts_change_nothing(texts, chance):
    """The same texts shuffled, repeated and beside a stranger are in the same families."""
    before = family_of(texts)
    more = texts * 2 + ["zwölf boxkämpfer jagen viktor quer über den großen sylter deich", None, ""]
    chance.shuffle(more)
    after = family_of(more)
    assert {t: after[t] for t in before} == before


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(min_size=0, max_size=30), min_size=2, max_size=5))
def test_the_compiled_similarity_is_the_plain_one(texts):
    """Any Unicode: shingles and Jaccard of the compiled loops are those of Python sets."""
    from investigate.similar import _kernels

    flat, start = shingle_arrays(pa.array(texts, pa.large_string()))
    assert np.diff(start).tolist() == [len(shingles(t)) for t in texts]
    for i in range(len(texts)):
        got = _kernels.similarities(flat, start, np.full(len(texts), i), np.arange(len(texts)))
        assert got.tolist() == pytest.approx([jaccard(texts[i], t) for t in texts], abs=0)


SETS = st.sets(st.integers(0, 60), min_size=1, max_size=50)


@settings(max_examples=300, deadline=None)
@example(set(range(28)), set(range(41)), 1.0, True)  # 28 / 41, times 41, is more than 28 in floating point
@given(SETS, SETS, st.floats(0.31, 1), st.booleans())
def test_the_threshold_is_met_exactly(one, other, threshold, level):
    """The comparison that stops early agrees with the division, also where a pair lies exactly on the threshold."""
    from investigate.similar import _kernels

    other = other | one if level else other
    similarity = len(one & other) / len(one | other)
    flat = np.array([*sorted(one), *sorted(other)], np.uint64)
    start = np.array([0, len(one), len(flat)], np.int64)
    for least in (threshold, max(similarity, 0.31), min(np.nextafter(max(similarity, 0.31), 2), 1.0)):
        assert _kernels.at_least(flat, start, 0, 1, least) == (similarity >= least)


def test_planted_edits_are_found():
    """Of planted pairs whose exact similarity is 0.8 or more at least 98 in 100 are in one family."""
    texts, copies, originals = planted(6_000)
    family = family_of(texts)
    near = [(texts[a], texts[b]) for a, b in zip(copies, originals, strict=True) if jaccard(texts[a], texts[b]) >= 0.8]
    assert len(near) > 150
    assert sum(family[a] == family[b] for a, b in near) >= 0.98 * len(near)
    # Invented texts that nobody edited stay alone.
    touched = {texts[i] for i in (*copies, *originals)}
    assert all(family[t] == t for t in texts if t not in touched)


def test_one_word_may_change_in_an_ordinary_post():
    """One word replaced, dropped, added or mistyped in a post of 20 words keeps it in the family."""
    edits = [
        SENTENCE.replace("monday", "friday"),
        SENTENCE.replace("old ", ""),
        SENTENCE + " #bridge",
        SENTENCE.replace("council", "cuoncil"),
    ]
    assert set(family_of([SENTENCE, *edits]).values()) == {min([SENTENCE, *edits])}
    assert all(jaccard(SENTENCE, e) >= 0.8 for e in edits)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "我们今天下午三点在市中心广场集合要求政府立即公布调查结果",
            "我们今天下午四点在市中心广场集合要求政府立即公布调查结果",
        ),
        ("ประชาชนเรียกร้องให้รัฐบาลเปิดเผยผลการสอบสวนเหตุการณ์โดยเร็ว", "ประชาชนเรียกร้องให้รัฐบาลเปิดเผยผลการสอบสวนเหตุการณ์โดยทันที"),
    ],
)
def test_scripts_without_spaces(one, other):
    """Chinese and Thai texts with one word changed are one family; pieces are two characters there."""
    one, other = normal_text(one), normal_text(other)
    assert {len(s) for s in shingles(one)} == {2}
    assert family_of([one, other])[other] == family_of([one, other])[one]


def test_a_chain_ties_texts_under_the_threshold():
    """As documented: neighbours are alike, the ends are not, and all are one family."""
    words = SENTENCE.split()
    chain = [" ".join([f"x{i}y" for i in range(k)] + words[k:]) for k in range(6)]
    assert all(jaccard(a, b) >= 0.8 for a, b in pairwise(chain))
    assert jaccard(chain[0], chain[-1]) < 0.8
    assert len(set(family_of(chain).values())) == 1


def test_a_large_family_costs_few_comparisons():
    """Three thousand copies with another number each are one family, found without comparing all pairs."""
    found = text_families([f"{SENTENCE} {n}" for n in range(3000)])
    assert found.sizes.tolist() == [3000]
    assert found.n_compared < 10 * 3000 and found.n_not_compared == 0 and found.notes() == ()


def test_a_common_bucket_is_cut_and_says_so(monkeypatch):
    """Alike but not alike enough: with a small limit pairs are left out, counted and told; nothing wrong is joined."""
    monkeypatch.setattr(module, "ALL_PAIRS", 10)
    monkeypatch.setattr(module, "REACH", 1)
    chance = random.Random(0)
    tail = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=24)) for _ in range(400)]
    texts = [f"{SENTENCE} {t}" for t in tail]
    found = text_families(texts)
    assert found.n_not_compared > 1000 and found.n_large_buckets > 0
    assert f"{found.n_not_compared:,}" in found.notes()[0]
    assert all(jaccard(a, b) < 0.8 for a, b in pairwise(texts)) and len(found.sizes) == 0


def test_bands_follow_the_threshold():
    """At every threshold a pair exactly there is offered with the stated probability, within the hashes allowed."""
    for threshold in (0.5, 0.7, 0.8, 0.9, 1.0):
        rows, bands = rows_and_bands(threshold)
        assert rows * bands <= module.HASHES
        assert 1 - (1 - threshold**rows) ** bands >= module.LEAST_RECALL


@pytest.mark.parametrize("threshold", [0, 0.3, 1.01, -1])
def test_refuses_a_threshold_that_means_nothing(threshold):
    with pytest.raises(InputError, match="threshold"):
        text_families([SENTENCE], threshold)


def test_nothing_and_one_text():
    assert text_families([]).table().empty and len(text_families([]).sizes) == 0
    assert family_of([SENTENCE, None, SENTENCE]) == {SENTENCE: SENTENCE}
