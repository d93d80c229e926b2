"""Masks as runs, against pycocotools."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as masks
from unit.formats.records import polygons

from labelmill.core.geometry import Part, Polygon, to_shapely
from labelmill.formats import rle

# pycocotools has not heard of NumPy 2's copy keyword
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

MASKS = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
    lambda s: arrays(np.uint8, s, elements=st.integers(0, 1))
)


@given(MASKS)
def test_counts_are_those_of_pycocotools(mask):
    height, width = mask.shape
    counts = rle.from_mask(mask)
    assert np.array_equal(rle.to_mask(counts, width, height), mask)
    theirs = masks.encode(np.asfortranarray(mask))
    assert np.array_equal(
        masks.decode(masks.frPyObjects({"size": [height, width], "counts": counts}, height, width)), mask
    )
    assert rle.unpack(theirs["counts"]) == counts
    assert rle.unpack(theirs["counts"].decode()) == counts


@settings(deadline=None)
@given(MASKS)
def test_the_outline_of_a_mask_covers_its_pixels_and_gives_it_back(mask):
    height, width = mask.shape
    counts = rle.from_mask(mask)
    polygon = rle.to_polygon(counts, width, height)
    if polygon is None:
        assert not mask.any()
    else:
        assert rle.from_polygon(polygon, width, height) == counts
        assert to_shapely(polygon).area * width * height == pytest.approx(mask.sum())


@settings(deadline=None, max_examples=60)
@given(polygons(), st.integers(1, 30), st.integers(1, 30))
def test_a_pixel_is_in_when_its_centre_lies_in_an_odd_number_of_rings(polygon, width, height):
    got = rle.to_mask(rle.from_polygon(polygon, width, height), width, height).astype(bool)
    wanted, near = np.zeros_like(got), np.zeros_like(got)
    for part in polygon.parts:
        odd = np.zeros_like(got)
        for ring in (part.outer, *part.holes):
            inside, close = crossed(ring, width, height)
            odd ^= inside
            near |= close
        wanted |= odd
    assert np.array_equal(got[~near], wanted[~near])


def crossed(ring, width, height):
    """Pixels (h, w) whose centre lies in the ring, and those so close to it that rounding decides; the plain way."""
    inside, close = np.zeros((height, width), dtype=bool), np.zeros((height, width), dtype=bool)
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        for row in range(height):
            y = (row + 0.5) / height
            close[row] |= min(abs(y - y1), abs(y - y2)) < 1e-9
            if (y1 > y) != (y2 > y):
                run = x1 + (y - y1) / (y2 - y1) * (x2 - x1) - (np.arange(width) + 0.5) / width
                inside[row] ^= run > 0
                close[row] |= np.abs(run) < 1e-9
    return inside, close


def test_a_polygon_that_reaches_over_the_edge_is_cut_there():
    beyond = Polygon((Part(((-0.001, -0.001), (1.001, -0.001), (1.001, 1.001), (-0.001, 1.001))),))
    assert rle.from_polygon(beyond, 4, 3) == [0, 12]
    assert rle.from_mask(np.zeros((3, 4), dtype=np.uint8)) == [12]


@pytest.mark.parametrize("counts", [[3], [10, 3], [13, -1], []])
def test_counts_that_do_not_fit_are_refused(counts):
    with pytest.raises(ValueError, match="pixels"):
        rle.to_mask(counts, 4, 3)
