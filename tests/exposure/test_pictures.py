"""Pictures: what leaves the kernel is blurred and grey until two steps were asked for; counts are private."""

from __future__ import annotations

import io
import json
import stat
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from PIL import Image

from investigate.errors import InputError
from investigate.exposure import Counter, Exposure, Policy, blurred


def pixels(png: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG" and not image.info.get("exif")
    return np.asarray(image.convert("RGB")).astype(int)


def edges(png: bytes) -> int:
    """The largest step from one pixel to the next, in green."""
    return int(np.abs(np.diff(pixels(png)[..., 1], axis=1)).max())


def coloured(png: bytes) -> bool:
    found = pixels(png)
    return bool((found.max(axis=2) - found.min(axis=2)).max() > 0)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 5, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_blurred_picture_has_no_edges_and_no_colour(stripes):
    """Stripes eight pixels apart are gone from the bytes, and so is the colour; a stronger setting keeps less."""
    png = blurred(stripes, Policy.load())
    assert edges(stripes) > 100 and edges(png) < 12 and not coloured(png)
    assert stripes[100:400] not in png


def test_blurring_keeps_no_more_than_the_squares(stripes):
    """Two pictures with the same squares give the same bytes: what was inside a square is not in the result."""
    policy = Policy.load()
    base = np.asarray(Image.open(io.BytesIO(stripes)).convert("L")).astype(np.uint8)
    side = base.shape[1] // policy.detail
    flat = np.full((side * 8, side * policy.detail), 128, dtype=np.uint8)
    fine = flat.copy()
    fine[:, ::2], fine[:, 1::2] = 100, 156
    made = []
    for array in (flat, fine):
        out = io.BytesIO()
        Image.fromarray(array).save(out, "PNG")
        made.append(blurred(out.getvalue(), policy))
    assert made[0] == made[1]


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_formats(stripes, kind):
    """The usual formats are read."""
    out = io.BytesIO()
    Image.open(io.BytesIO(stripes)).convert("RGB").save(out, kind)
    assert edges(blurred(out.getvalue(), Policy.load())) < 12


def test_two_steps_and_back(stripes):
    """Blurred, sharp without colour, sharp in colour: each a step of its own; covering goes back to blurred."""
    shown = Exposure(Policy.load())
    assert shown.media("it", stripes, "sexual").step == "blurred"
    assert edges(shown.shown("it")) < 12
    grey = shown.reveal("it")
    assert (shown.about("it").step, shown.about("it").next) == ("grey", "colour")
    assert edges(grey) > 60 and not coloured(grey)
    assert coloured(shown.reveal("it")) and shown.about("it").next == ""
    assert shown.cover("it") == "blurred" and edges(shown.shown("it")) < 12


def test_a_hidden_class_shows_nothing_first(stripes):
    """Graphic violence: nothing, then blurred; the blurred step is not counted, the sharp one is, once."""
    shown = Exposure(Policy.load())
    about = shown.media("it", stripes, "gore", "A street after an accident")
    assert (about.step, about.caption, shown.shown("it")) == ("covered", "A street after an accident", b"")
    assert edges(shown.reveal("it")) < 12 and shown.counter.today() == {}
    shown.reveal("it")
    shown.reveal("it")
    assert shown.counter.today() == {"graphic_violence": 1}


def test_never_shown_keeps_a_hash_only(stripes):
    """Intimate images: caption, size and hash; no picture in the object, no reveal, and nothing decoded."""
    shown = Exposure(Policy.load())
    about = shown.media("it", stripes, "ncii", "reported by the person in it")
    assert (about.bytes, len(about.sha256), about.next, about.width) == (len(stripes), 64, "", 0)
    assert about.caption == "reported by the person in it" and shown.shown("it") == b""
    assert shown._media["it"][0] == b""
    with pytest.raises(InputError, match="never shown"):
        shown.reveal("it")
    assert shown.counter.today() == {}


def test_the_gravest_class_is_not_even_read(tmp_path):
    """Suspected sexual abuse of children: a reference only; the file is not opened, hashed or described."""
    shown = Exposure(Policy.load())
    about = shown.media("it", tmp_path / "never-opened.jpg", "csam", "words about it")
    assert (about.sha256, about.bytes, about.next) == ("", 0, "")
    assert "words about it" not in about.caption
    with pytest.raises(InputError, match="never shown"):
        shown.reveal("it")


def test_what_is_no_picture_is_named_by_its_hash():
    """A film or a damaged file: hash and size, no error, no reveal."""
    shown = Exposure(Policy.load())
    about = shown.media("it", b"\x00\x00\x00\x18ftypmp42 not a picture")
    assert about.bytes == 26 and "no picture" in about.hidden.reason and about.next == ""


@pytest.mark.parametrize("source", ["https://example.com/a.png", "data:image/png;base64,AAAA", "absent.png"])
def test_addresses_are_never_loaded(source):
    """Only local files and bytes: a fetch would tell the other side who is looking."""
    with pytest.raises(InputError):
        Exposure(Policy.load()).media("it", source)


def test_very_large_pictures_are_refused():
    """A small file that would unpack to very many pixels is not unpacked."""
    out = io.BytesIO()
    Image.new("1", (20_000, 8_000)).save(out, "PNG")
    with pytest.raises(InputError, match="160,000,000 pixels"):
        blurred(out.getvalue(), Policy.load())


def test_a_never_shown_text_stays_hidden():
    """No reveal of a text either."""
    shown = Exposure(Policy.load())
    assert shown.text("t", "secret", "csam").endswith("never shown here]")
    with pytest.raises(InputError):
        shown.reveal("t")
    with pytest.raises(InputError, match="nothing called"):
        shown.reveal("unknown")


def test_the_counter_holds_counts_only(private):
    """The file: days, harms, numbers, and the times since the last break; readable by its owner alone."""
    shown = Exposure(Policy.load(), Counter(Policy.load(), now=Clock()))
    shown.text("content:4711", "about somebody", "gore")
    shown.reveal("content:4711")
    shown.reveal("content:4711")
    path = private / "exposure_counts.json"
    held = json.loads(path.read_text(encoding="utf-8"))
    assert held["days"] == {"2026-03-05": {"graphic_violence": 1}}
    assert set(held) == {"days", "since_break", "first", "last"}
    assert "4711" not in path.read_text(encoding="utf-8")
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    shown.counter.forget()
    assert not path.exists() and shown.counter.days() == {}


def test_a_break_is_suggested_and_a_pause_counts_as_one(private):
    """After so many reveals, in whichever notebook; after a pause the count starts again; by time once per period."""
    policy, clock = Policy.load(), Clock()
    said = []
    for _ in range(20):
        said.append(Counter(policy, now=clock).add("hate"))
        clock.now += timedelta(seconds=30)
    assert said[:-1] == [""] * 19 and said[-1].startswith("20 reveals in 9 minutes")
    clock.now += timedelta(minutes=policy.pause_minutes)
    assert Counter(policy, now=clock).add("hate") == ""
    for _ in range(6):
        clock.now += timedelta(minutes=9)
        said.append(Counter(policy, now=clock).add("hate"))
    assert [bool(text) for text in said[20:]] == [False, False, False, False, True, False]
    assert Counter(policy, now=clock).today() == {"hate": 27}


def test_old_days_are_forgotten_and_a_damaged_file_is_no_obstacle(private):
    """Ninety days are kept; counts that cannot be read start again, and it is said."""
    clock = Clock()
    Counter(Policy.load(), now=clock).add("hate")
    clock.now += timedelta(days=91)
    counter = Counter(Policy.load(), now=clock)
    counter.add("hate")
    assert list(counter.days()) == ["2026-06-04"]
    counter.path.write_text("{", encoding="utf-8")
    again = Counter(Policy.load(), now=clock)
    assert again.today() == {} and "starts again" in again.problem
    assert again.add("hate") == "" and again.today() == {"hate": 1}


def test_counting_can_be_switched_off(private, tmp_path):
    """No file is made then."""
    own = tmp_path / "own.toml"
    own.write_text("[breaks]\ncount = false\n", encoding="utf-8")
    assert Counter(Policy.load(personal=own)).add("hate") == ""
    assert not (private / "exposure_counts.json").exists()
