"""Likeness as a place on a line: inputs that look or read alike get numbers that lie near each other.

A number says nothing by itself, and two that are far apart may belong to inputs that are alike: a line has only so many
neighbours. Images lie before texts. What the numbers are made of is measured in docs/adr/0011.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

LAST = 2**63 - 1
"""The place of inputs of which nothing is known: behind all others, and the largest number that a bigint holds."""

_SAMPLES = 32
"""Pixels that are looked at along each side: four for each cell of the grid of 8 x 8."""

_BITS = 6
"""Of each coordinate."""

_COORDINATES = ((0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 2, 0), (0, 1, 1), (0, 0, 2), (1, 0, 0), (2, 0, 0))
"""Of the layout (channel, down, across) in the zigzag of JPEG: six of the light, and the mean of both colours."""

_SPREAD = (200.0, 56.0, 56.0)
"""Per channel how far a mean may lie from the middle until it is cut off; of finer frequencies a half, a third."""

_TEXTS = 1 << 62
"""From here on lie the texts."""

_LETTERS = (7, 3, 2)
"""Of a text's longest word so many letters count, of the second, of the third."""


def _frequencies() -> NDArray[np.float32]:
    """(3, _SAMPLES): the mean of each of eight parts of a line, and its DCT's first three coefficients, at once."""
    cosines = [[math.cos(math.pi * (2 * part + 1) * k / 16) for part in range(8)] for k in range(3)]
    orthonormal = np.array(cosines) * np.array([[1.0], [math.sqrt(2)], [math.sqrt(2)]]) / 8
    return np.repeat(orthonormal / (_SAMPLES // 8), _SAMPLES // 8, axis=1).astype(np.float32)


_LAYOUT = _frequencies()

# ITU-R BT.601, as in JPEG: light, blueness and redness of red, green, blue
_COLOURS = np.array(
    [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], dtype=np.float32
).T


def glimpse(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What the place of an image is made of: some of its pixels (height, width, 3), RGB, as (_SAMPLES, _SAMPLES, 3)."""
    height, width, _ = pixels.shape
    # whole rows first: that many times nearer in memory than single pixels of all over the image
    return pixels[_places(height)].take(_places(width), axis=1)


def of_images(glimpses: Sequence[NDArray[np.uint8]]) -> list[int]:
    """The places of images, of their glimpses: alike are those of like colours in like places.

    Hardly any of an image's size, of compression or of a little more light is in it. 0 to 2**48 - 1. Of many at once it
    takes a third of the time of one by one.
    """
    if not glimpses:
        return []
    layout = _layout(np.stack(glimpses))
    found = []
    for channel, down, across in _COORDINATES:
        centred = layout[:, down, across, channel] - (128.0 if channel == down == across == 0 else 0.0)
        share = 0.5 + centred * (1 + down + across) / (2 * _SPREAD[channel])
        found.append((share * (1 << _BITS)).astype(np.int64).clip(0, (1 << _BITS) - 1))
    places: list[int] = hilbert(np.stack(found), _BITS).tolist()
    return places


def _layout(samples: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Colour layouts (MPEG-7: the DCT of a grid of 8 x 8 mean colours): (n, down, across, channel), three each."""
    count = len(samples)
    down = _LAYOUT @ samples.astype(np.float32).reshape(count, _SAMPLES, -1)
    return (_LAYOUT @ down.reshape(count, -1, _SAMPLES, 3) @ _COLOURS).astype(np.float64)


@lru_cache(maxsize=256)
def _places(length: int) -> NDArray[np.intp]:
    """Where along a side of so many pixels those lie that are looked at."""
    return (np.arange(_SAMPLES) * 2 + 1) * length // (2 * _SAMPLES)


def hilbert(points: NDArray[np.int64], bits: int) -> NDArray[np.int64]:
    """How far along the Hilbert curve points lie, (coordinates, n) to (n,); each coordinate is 0 to 2**bits - 1.

    Points that follow each other on the curve differ by one in one coordinate. J. Skilling, "Programming the Hilbert
    curve", 2004.
    """
    x = points.copy()
    for level in range(bits - 1, 0, -1):
        below = (1 << level) - 1
        for row in x:
            swap = np.where(row >> level & 1, 0, (x[0] ^ row) & below)
            x[0] ^= np.where(row >> level & 1, below, swap)
            row ^= swap
    x = np.bitwise_xor.accumulate(x)
    turn = np.zeros_like(x[0])
    for level in range(bits - 1, 0, -1):
        turn ^= (x[-1] >> level & 1) * ((1 << level) - 1)
    levels = np.arange(bits)[::-1, np.newaxis, np.newaxis]
    digits = ((x ^ turn) >> levels & 1).reshape(bits * len(x), -1)
    place: NDArray[np.int64] = (1 << np.arange(len(digits))[::-1]) @ digits
    return place


_words = re.compile(r"[^\W\d_]+").findall


def of_text(text: str) -> int | None:
    """The place of a text: as a dictionary has them that lists texts by their longest word, then the next longest.

    Long words are the rare ones, which tell what a text is about. Equal words in another order, another case or with
    other numbers and signs between them make no difference. 2**62 to 2**62 + 2**60 - 1; None for a text without words.
    """
    longest = sorted(set(_words(text.lower())))
    if not longest:
        return None
    longest.sort(key=len, reverse=True)
    letters = "".join(word[:count].ljust(count, "`") for word, count in zip(longest, _LETTERS, strict=False))
    place = 0
    for letter in letters.ljust(sum(_LETTERS), "`"):
        place = place << 5 | ord(letter) & 31  # a to z are 1 to 26; 32 letters of most other scripts differ, too
    return _TEXTS + place
