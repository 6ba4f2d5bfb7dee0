"""Families of perceptual hashes: exact search, real PDQ values of one photograph's copies, what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from investigate.errors import InputError
from investigate.similar import distance, hash_families, media, parse_hash
from investigate.similar.media import as_words, joined, most_bits

# PDQ values of Meta's bridge photograph and its edited copies (BSD), computed from the pictures with pdqhash 0.2.8.
with (Path(__file__).parent / "bridge_pdq.csv").open(encoding="utf-8") as handle:
    BRIDGE = {row["file"]: row["hash"] for row in csv.DictReader(handle)}


def brute(values: list[int], most: int) -> list[int]:
    """For each value the first position of its component, by comparing everything with everything."""
    label = list(range(len(values)))
    for i, a in enumerate(values):
        for j in range(i):
            if (a ^ values[j]).bit_count() <= most and label[i] != label[j]:
                old, new = max(label[i], label[j]), min(label[i], label[j])
                label = [new if x == old else x for x in label]
    return label


@st.composite
def near_hashes(draw, bits: int) -> list[int]:
    base = draw(st.lists(st.integers(0, 2**bits - 1), min_size=1, max_size=5))
    out = list(base)
    for value in draw(st.lists(st.sampled_from(base), max_size=12)):
        for bit in draw(st.lists(st.integers(0, bits - 1), max_size=bits // 5, unique=True)):
            value ^= 1 << bit
        out.append(value)
    return out


@pytest.mark.parametrize("chunks", [False, True])
@pytest.mark.parametrize(("bits", "most"), [(64, 8), (256, 31), (144, 17), (40, 3)])
def test_the_search_is_exact(bits, most, chunks):
    """Both ways of searching find the components of all pairs within the distance."""

    @settings(max_examples=30, deadline=None)
    @given(near_hashes(bits))
    def check(values):
        words = as_words([f"x:{v:0{bits // 4}x}" for v in values])
        with pytest.MonkeyPatch.context() as patch:
            if chunks:
                patch.setattr(media, "_BRUTE", 0)
                patch.setattr(media, "_probes", lambda values, masks: 0.0)
            assert joined(words, bits, most).tolist() == brute(values, most)

    check()


def test_every_edited_copy_of_the_photograph_is_found():
    """Blurred, sharpened, shrunk, squared, recoloured: at most 16 of 256 bits. Turned and mirrored: 106 and more."""
    original = BRIDGE["aaa-orig.jpg"]
    edited = [name for name in BRIDGE if not name.startswith("bridge-")]
    turned = [name for name in BRIDGE if name.startswith("bridge-") and "original" not in name]
    assert len(edited) == 12 and max(distance(original, BRIDGE[n]) for n in edited) == 16
    assert len(turned) == 7 and min(distance(original, BRIDGE[n]) for n in turned) == 106
    found = hash_families(BRIDGE.values())
    family = dict(zip(found.hashes, found.names, strict=True))
    assert len({family[BRIDGE[n]] for n in edited}) == 1
    assert len({family[v] for v in BRIDGE.values()}) == 1 + 7


def test_order_and_strangers_change_nothing():
    values = sorted(BRIDGE.values())
    before = hash_families(values)
    stranger = "pdq:" + "0123456789abcdef" * 4
    after = hash_families([stranger, *reversed(values), *values])
    names = dict(zip(after.hashes, after.names, strict=True))
    assert [names[h] for h in before.hashes] == before.names


def test_the_distance_is_inclusive_and_can_be_given():
    zero = "phash:" + "0f" * 8
    eight, nine = (f"phash:{int('0f' * 8, 16) ^ (2**n - 1) << 20:016x}" for n in (8, 9))
    assert (distance(zero, eight), distance(zero, nine)) == (8, 9)
    assert hash_families([zero, eight]).sizes.tolist() == [2]
    assert hash_families([zero, nine]).sizes.tolist() == []
    assert hash_families([zero, nine], distance=9).sizes.tolist() == [2]
    assert hash_families([zero, nine], distance={"phash": 9}).sizes.tolist() == [2]


def test_algorithms_are_never_compared():
    found = hash_families(["phash:" + "3c" * 8, "dhash:" + "3c" * 8])
    assert found.sizes.tolist() == [] and len(found.hashes) == 2


def test_blank_pictures_and_low_quality_are_set_aside_and_counted():
    """All black, all white, one line: they would tie everybody who posted a blank picture."""
    bridge = BRIDGE["aaa-orig.jpg"]
    blank = ["pdq:" + "0" * 64, "pdq:" + "f" * 64, "phash:" + "0" * 15 + "7"]
    found = hash_families([*blank, bridge, BRIDGE["blur-a-lot.jpg"]], quality=[None, None, None, 100, 49])
    assert dict(zip(found.set_aside["hash"], found.set_aside["reason"], strict=True)) == {
        **dict.fromkeys(blank, "featureless"),
        BRIDGE["blur-a-lot.jpg"]: "low_quality",
    }
    assert found.hashes == [bridge]
    assert any("3 hashes" in note and "featureless" in note for note in found.notes())


def test_chance_pairs_are_told():
    """A hundred thousand 64-bit hashes hold a pair or so within 8 bits by chance alone."""
    rng = np.random.default_rng(0)
    found = hash_families([f"phash:{v:016x}" for v in rng.integers(0, 2**64, 100_000, dtype=np.uint64)])
    assert 1 < found.expected_by_chance < 2 and any("by chance" in note for note in found.notes())
    assert len(found.sizes) <= 8


@pytest.mark.parametrize("value", ["f" * 64, "pdq", "pdq:", "pdq:xyz", "", "pdq:12 34"])
def test_refuses_a_hash_without_an_algorithm(value):
    """A bare 64-digit hash may be a SHA-256."""
    with pytest.raises(InputError, match="algorithm"):
        parse_hash(value)
    with pytest.raises(InputError):
        hash_families([value])


def test_refuses_other_lengths_unless_a_distance_is_given():
    with pytest.raises(InputError, match="no distance is known for 'phash' with 256 bits"):
        hash_families(["phash:" + "a5" * 32])
    assert hash_families(["phash:" + "a5" * 32], distance={"phash": 20}).hashes
    with pytest.raises(InputError, match="cannot be compared"):
        distance("pdq:" + "a5" * 32, "phash:" + "a5" * 8)


@pytest.mark.parametrize("given_distance", [-1, 33, 2.5, True])
def test_refuses_a_distance_that_means_nothing(given_distance):
    with pytest.raises(InputError, match="distance"):
        most_bits("phash", 64, given_distance)
