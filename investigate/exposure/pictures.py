"""Pictures made unreadable before they leave the kernel: few squares, blurred, grey. Pillow does the work, in Python."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    from PIL.Image import Image

    from .policy import Policy

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
MOST_PIXELS = 80_000_000
_SHOWN = 420  # pixels of the longer side of a blurred picture


def blurred(image: bytes, policy: Policy) -> bytes:
    """A blurred grey PNG of a picture.

    The picture is first reduced to `policy.detail` squares along its longer side. What is thrown away there is not in
    the file, so no filter brings it back; a plain Gaussian blur could be undone in part. Colours always go.

    Raises
    ------
    InputError
        The bytes are no picture of a known kind, or a very large one.
    """
    from PIL import Image as images
    from PIL import ImageFilter

    source = _opened(image).convert("L")
    small = source.resize(_scaled(source, policy.detail), images.Resampling.BOX)
    small = small.filter(ImageFilter.GaussianBlur(0.7))
    return _png(small.resize(_scaled(source, _SHOWN), images.Resampling.BICUBIC))


def picture(image: bytes, policy: Policy, *, grey: bool) -> bytes:
    """The picture itself as PNG, sharp, at most `policy.longest_side` pixels; its first frame, without metadata."""
    found = _opened(image)
    found.thumbnail((policy.longest_side, policy.longest_side))
    return _png(found.convert("L") if grey else found)


def shown_width(image: bytes, policy: Policy) -> int:
    """The width of `picture`, in pixels; 0 where the bytes are no picture that can be blurred."""
    try:
        found = _opened(image)
    except InputError:
        return 0
    found.thumbnail((policy.longest_side, policy.longest_side))
    return found.width


def _opened(image: bytes) -> Image:
    """The first frame, upright, on white."""
    from PIL import Image as images
    from PIL import ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", images.DecompressionBombWarning)
            found = images.open(io.BytesIO(image), formats=FORMATS)
        if found.width * found.height > MOST_PIXELS:
            raise InputError(
                f"the picture has {found.width * found.height:,} pixels",
                "the media viewer",
                f"reduce it to {MOST_PIXELS:,} or fewer outside the notebook",
            )
        upright = ImageOps.exif_transpose(found).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, images.DecompressionBombError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            "the file is not a picture that can be shown", "the media viewer", f"give {', '.join(FORMATS)}"
        ) from error
    ground = images.new("RGBA", upright.size, "white")
    return images.alpha_composite(ground, upright).convert("RGB")


def _scaled(image: Image, longer: int) -> tuple[int, int]:
    """The picture's size where its longer side has so many pixels."""
    share = longer / max(image.size)
    return max(1, round(image.width * share)), max(1, round(image.height * share))


def _png(image: Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=False)
    return out.getvalue()
