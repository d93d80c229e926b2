"""Laws of regions."""

from __future__ import annotations

import json
from math import inf, nan

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from unit.core.regions import NEARLY, REGIONS, SHARES, boxes, polygons, spans

from labelmill.core.geometry import Box, Part, Polygon, Span, area, bounds, clip, decode, encode, fault, iou, kind_of
from labelmill.core.geometry import to_shapely as shaped

SQUARE = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5))
INNER = ((0.1, 0.1), (0.4, 0.1), (0.4, 0.4), (0.1, 0.4))


@given(REGIONS)
def test_decode_is_the_inverse_of_encode_even_through_json(region):
    assert decode(kind_of(region), json.loads(json.dumps(encode(region)))) == region


@pytest.mark.parametrize("kind, value", [
    ("circle", [1, 2]), ("box", [1, 2, 3]), ("span", [1]), ("box", 3), ("polygon", [3]), ("polygon", [[]]),
    ("polygon", [[[1, 2]]]), ("span", None),
])  # fmt: skip
def test_decode_refuses_other_shapes(kind, value):
    with pytest.raises(ValueError, match=r".+"):
        decode(kind, value)


@settings(deadline=None, max_examples=200)
@given(REGIONS, REGIONS)
def test_iou_is_symmetric_and_lies_between_0_and_1(a, b):
    one, other = iou(a, b), iou(b, a)
    assert one == pytest.approx(other, abs=1e-9)
    assert 0 <= one <= 1 + 1e-12


@settings(deadline=None)
@given(REGIONS)
def test_iou_with_itself_is_1(region):
    assume(isinstance(region, Span) or shaped(region).area > 1e-9)
    assert iou(region, region) == pytest.approx(1)


@settings(deadline=None)
@given(boxes(), boxes())
def test_a_box_compares_like_the_polygon_of_its_corners(a, b):
    assume(min(area(a), area(b)) > 1e-6)
    assert iou(a, b) == pytest.approx(iou(_corners(a), b), abs=1e-6)


def _corners(box: Box) -> Polygon:
    return Polygon((Part(((box.x1, box.y1), (box.x2, box.y1), (box.x2, box.y2), (box.x1, box.y2))),))


@given(spans(), spans())
def test_iou_of_spans_counts_code_points(a, b):
    one, other = set(range(a.start, a.end)), set(range(b.start, b.end))
    assert iou(a, b) == pytest.approx(len(one & other) / len(one | other))


def test_rings_that_geos_cannot_mend_as_they_are_still_compare():
    point, hole = ((0.0, 0.0),) * 3, ((0.0, 1.0), (0.0, 0.5), (1.0, 0.0))
    mixed = Polygon((Part(point, (hole,)), Part(SQUARE)))
    assert iou(mixed, Box(0, 0, 0.5, 0.5)) == pytest.approx(1)


def test_overlapping_parts_are_united():
    twice = Polygon((Part(SQUARE), Part(INNER)))
    assert iou(twice, Box(0, 0, 0.5, 0.5)) == pytest.approx(1)


def test_boxes_too_small_for_their_area_do_not_divide_by_zero():
    speck = Box(0, 0, 1e-200, 1e-200)
    assert iou(speck, speck) == 0


def test_known_values():
    assert iou(Box(0, 0, 0.5, 1), Box(0.25, 0, 0.75, 1)) == pytest.approx(1 / 3)
    assert iou(Box(0, 0, 0.5, 0.5), Box(0.5, 0, 1, 0.5)) == 0, "touching is not overlapping"
    assert iou(Box(0, 0, 1, 1), Span(0, 1)) == 0
    ring = Polygon((Part(SQUARE, (INNER,)), Part(((0.9, 0.9), (1.0, 0.9), (1.0, 1.0)))))
    assert area(ring) == pytest.approx(0.25 - 0.09 + 0.005)
    assert iou(ring, Box(0.1, 0.1, 0.4, 0.4)) == pytest.approx(0)
    assert (area(Box(0.25, 0.5, 0.75, 1)), area(Span(3, 7))) == (0.25, 4)
    assert bounds(ring) == Box(0, 0, 1, 1)


@given(boxes(NEARLY) | polygons(NEARLY) | spans())
def test_clip_is_idempotent_and_stays_in_the_image(region):
    clipped = clip(region)
    assert clip(clipped) == clipped
    if not isinstance(clipped, Span):
        box = bounds(clipped)
        assert box.x1 >= 0 and box.y1 >= 0 and box.x2 <= 1 and box.y2 <= 1


@given(boxes(NEARLY) | polygons(NEARLY))
def test_what_has_no_fault_has_none_when_clipped(region):
    assume(fault(region) is None)
    assert fault(clip(region)) is None


@given(boxes())
def test_inside_the_image_clip_changes_nothing(box):
    assert clip(box) is box


def test_a_box_that_lies_on_the_rim_only_has_a_fault():
    assert fault(Box(-0.0009, 0.2, -0.0001, 0.4)) == "box (-0.0009, 0.2, -0.0001, 0.4) has no area"
    rim = Polygon((Part(((-0.0009, 0.1), (-0.0001, 0.1), (-0.0005, 0.9))),))
    assert fault(rim) == "polygon has no area"


@pytest.mark.parametrize("region, says", [
    (Box(0.5, 0, 0.5, 1), "no area"), (Box(0.6, 0, 0.5, 1), "no area"), (Box(nan, 0, 1, 1), "not a number"),
    (Box(0, 0, inf, 1), "not a number"), (Box(0, 0, 1.01, 1), "outside"), (Box(0, -0.01, 1, 1), "outside"),
    (Polygon(()), "without parts"), (Polygon((Part(SQUARE[:2]),)), "with 2 points"),
    (Polygon((Part(SQUARE, (SQUARE[:1],)),)), "with 1 points"), (Polygon((Part(SQUARE, (SQUARE,)),)), "no area"),
    (Polygon((Part(((0, 0), (1, 0), (2, 1))),)), "outside"),
    (Span(2, 2), "does not lie"), (Span(-1, 2), "does not lie"),
    (Span(1, 9), "of 8 does not lie"),
])  # fmt: skip
def test_faults_are_told(region, says):
    assert says in fault(region, length=8)


@given(st.integers(0, 5), st.integers(1, 5))
def test_a_span_may_reach_to_the_end(start, size):
    assert fault(Span(start, start + size), length=start + size) is None
    assert fault(Span(start, start + size)) is None


@settings(deadline=None)
@given(st.lists(st.tuples(SHARES, SHARES), min_size=3, max_size=7))
def test_self_crossing_rings_are_mended_to_areas(ring):
    mended = shaped(Polygon((Part(tuple(ring)),)))
    assert mended.is_valid
    assert {piece.geom_type for piece in getattr(mended, "geoms", [mended])} <= {"Polygon"}
