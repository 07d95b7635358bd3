"""Pictures that people send, made anew: upright, of a bounded size, and with nothing but what is seen.

What a camera writes beside a picture, such as where it was taken, is left behind, and so is what a file hides behind
its picture. Decoding takes long: never on the event loop, never in a transaction.
"""

from __future__ import annotations

import io
import warnings
import zlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bulq.domain.errors import Invalid

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 50_000_000  # as many as phones make; a small file may claim far more
LONGEST_SIDE, THUMBNAIL_SIDE = 2400, 320  # pixels
QUALITY, THUMBNAIL_QUALITY = 82, 72
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
# What Pillow and its decoders raise on broken input. Anything else is a mistake of ours.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, RuntimeError, MemoryError, zlib.error)


@dataclass(frozen=True, slots=True)
class Picture:
    """Both are JPEG; width and height are those of the large one, in pixels."""

    large: bytes
    small: bytes
    width: int
    height: int


def remade(data: bytes) -> Picture:
    """The picture in a JPEG, PNG, WebP or HEIC file. Raises Invalid for one that is broken or has too many pixels."""
    _know_formats()
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own bound is higher than ours
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise _too_large()
                return _remade(image)
    except Image.DecompressionBombError:
        raise _too_large() from None
    except BROKEN:
        raise Invalid("photo_broken", field="file") from None


def _too_large() -> Invalid:
    return Invalid("photo_too_many_pixels", field="file", megapixels=MAX_PIXELS // 1_000_000)


def _remade(image: Image) -> Picture:
    from PIL import Image as images
    from PIL import ImageOps

    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG is decoded at half the size or less where that will do
    if image.mode in ("1", "P", "PA"):  # their pixels can't be averaged
        image = image.convert("RGBA")
    elif image.mode.startswith("I"):  # 16 bits of grey
        image = image.point(lambda grey: grey / 256).convert("L")
    if (times := max(image.size) // LONGEST_SIDE) > 1:  # by whole pixels first, which is quick
        image = image.reduce(times)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), images.Resampling.LANCZOS)
    image = _on_white(ImageOps.exif_transpose(image))
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), images.Resampling.LANCZOS)
    return Picture(_jpeg(image, QUALITY), _jpeg(small, THUMBNAIL_QUALITY), image.width, image.height)


def _on_white(image: Image) -> Image:
    """Without transparency, which JPEG doesn't know."""
    from PIL import Image as images

    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    paper = images.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _jpeg(image: Image, quality: int) -> bytes:
    """Only the pixels: what came along with the picture is not written."""
    out = io.BytesIO()
    image.info.clear()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


@cache
def _know_formats() -> None:
    """Loaded with the first picture: the decoders take some megabytes of memory."""
    from PIL import JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401  # pyright: ignore[reportUnusedImport]
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)
