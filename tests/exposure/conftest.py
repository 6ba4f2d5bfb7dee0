"""A private settings folder per test, and pictures that blurring must destroy."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(autouse=True)
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Nobody's own settings or counts are read or written, and no organisation's."""
    folder = tmp_path / "settings"
    monkeypatch.setenv("INVESTIGATE_CONFIG", str(folder))
    empty = tmp_path / "organisation.toml"
    empty.write_text("", encoding="utf-8")
    monkeypatch.setenv("INVESTIGATE_EXPOSURE", str(empty))
    yield folder


@pytest.fixture(scope="session")
def stripes() -> bytes:
    """A picture of fine stripes in colour, 640 by 420."""
    pixels = np.full((420, 640, 3), 250, dtype=np.uint8)
    pixels[:, ::8] = [220, 30, 40]
    pixels[::12] = [30, 90, 220]
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue()
