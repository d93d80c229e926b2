"""What a browser gets: upright pictures of every kind, small ones of the size that was asked for."""

import io

import numpy as np
import pytest
from PIL import Image
from unit.formats.pictures import saved, scene

from labelmill.core.errors import Unreadable
from labelmill.formats import view


def opened(data: bytes) -> Image.Image:
    """As a program that does not turn pictures shows it."""
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert 0x0112 not in image.getexif()
    return image


def turned(kind: str, orientation: int, image: Image.Image | None = None) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(image or scene(96, 64), kind, exif=exif)


def near(image: Image.Image, other: Image.Image) -> bool:
    assert image.size == other.size
    return float(np.abs(np.asarray(image, float) - np.asarray(other, float)).mean()) < 6


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "TIFF"])
def test_small_pictures_stand_upright(kind: str) -> None:
    upright = scene(96, 64).transpose(Image.Transpose.ROTATE_270)  # orientation 6: turn it clockwise
    assert near(opened(view.small(turned(kind, 6), 96)), upright)
    assert opened(view.small(turned(kind, 6), 48)).size == (32, 48)


def test_small_pictures_are_never_larger_than_their_original() -> None:
    assert opened(view.small(saved(scene(48, 32)), 160)).size == (48, 32)
    assert opened(view.small(saved(scene(1000, 3)), 160)).size == (160, 1)


@pytest.mark.parametrize(
    "data, media_type",
    [
        (saved(scene()), "image/jpeg"),
        (turned("JPEG", 6), "image/jpeg"),  # browsers turn these by themselves
        (saved(scene(), "PNG"), "image/png"),
        (saved(scene(), "GIF"), "image/gif"),
        (saved(scene(), "WebP"), "image/webp"),
        (saved(scene(), "BMP"), "image/bmp"),
        (turned("PNG", 6), None),
        (turned("WebP", 6), None),
        (saved(scene(), "TIFF"), None),
        (saved(scene().convert("CMYK")), None),
        (saved(Image.fromarray(np.full((8, 8), 40_000, np.uint16)), "PNG"), None),
    ],
)
def test_what_browsers_show_goes_as_it_is_and_the_rest_as_jpeg(data: bytes, media_type: str | None) -> None:
    assert view.shown_as(data) == media_type
    assert opened(view.whole(data))


def test_a_picture_above_the_limit_or_damaged_is_refused() -> None:
    with pytest.raises(Unreadable, match="more than the limit"):
        view.small(saved(scene(100, 100)), 160, max_pixels=9_999)
    with pytest.raises(Unreadable):
        view.small(saved(scene(100, 100), "PNG")[:-40], 160)
    with pytest.raises(Unreadable):
        view.whole(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
