"""Pictures that the format tests build themselves, and the photos they find beside the project."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

PHOTOS = Path(__file__).parents[4] / "shared" / "data" / "coco-mini" / "images"


@cache
def photos(count: int) -> list[bytes]:
    """The first photos of coco-mini; the test is skipped where they are not."""
    paths = sorted(PHOTOS.glob("*.jpg"))[:count]
    if not paths:
        pytest.skip(f"NO PHOTOS AT {PHOTOS}: the tests on real photos did not run")
    return [path.read_bytes() for path in paths]


def scene(width: int = 48, height: int = 32) -> Image.Image:
    """A smooth picture without any symmetry, so that every turn shows."""
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 255 // width, y * 255 // height, (x + 2 * y) * 255 // (width + 2 * height)], axis=2)
    return Image.fromarray(pixels.astype(np.uint8))


def saved(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The image as a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def noise(width: int = 160, height: int = 120) -> Image.Image:
    """A picture with much detail: its JPEG has many bytes to damage."""
    pixels = np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)
