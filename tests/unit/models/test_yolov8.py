"""The YOLOv8 layouts on tensors made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from labelmill.core.annotation import Prediction
from labelmill.core.errors import ModelFault
from labelmill.core.geometry import Box, Polygon, area, bounds, fault
from labelmill.models.cards import Card
from labelmill.models.heads import head_of
from labelmill.models.heads.answers import Head
from labelmill.models.prepare import Frame

WHOLE = Frame(0, 0, 64, 64, (64, 64), (64, 64))
OUTLINES = {"type": "yolov8-outlines", "output": "o", "prototypes": "p", "tolerance": 0}


def head(keys: dict[str, Any], floor: float = 0.25, **more: Any) -> Head:
    said = {"name": "m", "runtime": "onnx", "weights": "w", "licence": "MIT", "reads": "image", "concepts": ("a", "b")}
    makes = "polygon" if keys["type"] == "yolov8-outlines" else "box"
    return head_of(
        Card.model_validate(said | {"makes": makes, "head": keys, "input": {"size": [64, 64]}} | more), floor
    )


def candidates(*columns: list[float], coefficients: int = 0) -> NDArray[np.float32]:
    """(4 + 2 + coefficients, 8): the given columns, and others that say nothing."""
    made = np.zeros((6 + coefficients, 8), np.float32)
    for number, column in enumerate(columns):
        made[: len(column), number + 1] = column
    return made


def said(found: list[Prediction]) -> list[tuple[str, float, tuple[float, ...]]]:
    return [
        (p.concept, round(p.score, 3), (p.region.x1, p.region.y1, p.region.x2, p.region.y2))
        for p in found
        if isinstance(p.region, Box)
    ]


def test_boxes_are_taken_as_they_are() -> None:
    output = candidates([32, 16, 32, 16, 0.9, 0], [8, 48, 16, 32, 0, 0.5])
    assert said(head({"type": "yolov8"}).decode([output], WHOLE)) == [
        ("a", 0.9, (0.25, 0.125, 0.75, 0.375)),
        ("b", 0.5, (0.0, 0.5, 0.25, 1.0)),
    ]


def test_boxes_of_a_letterboxed_picture_are_shares_of_the_picture() -> None:
    frame = Frame(0, 16, 64, 32, (64, 64), (640, 320))
    assert said(head({"type": "yolov8"}).decode([candidates([32, 32, 32, 32, 0.9, 0])], frame)) == [
        ("a", 0.9, (0.25, 0.0, 0.75, 1.0))
    ]


def test_a_candidate_speaks_for_each_concept_that_reaches_the_floor() -> None:
    output = candidates([32, 32, 32, 32, 0.6, 0.3], [8, 8, 8, 8, 0.2, 0.24])
    assert [(c, s) for c, s, _ in said(head({"type": "yolov8"}).decode([output], WHOLE))] == [("a", 0.6), ("b", 0.3)]


def test_the_weaker_of_two_candidates_for_one_thing_goes() -> None:
    output = candidates([32, 32, 32, 32, 0.6, 0], [33, 32, 32, 32, 0.9, 0], [32, 32, 32, 32, 0, 0.5])
    assert [(c, s) for c, s, _ in said(head({"type": "yolov8"}).decode([output], WHOLE))] == [("a", 0.9), ("b", 0.5)]


def test_mask_coefficients_are_not_looked_at_by_boxes() -> None:
    output = candidates([32, 32, 32, 32, 0.6, 0, 99, np.nan], coefficients=2)
    ours = head({"type": "yolov8", "masks": 2})
    assert ours.misfit([output.shape]) is None
    assert [c for c, _, _ in said(ours.decode([output], WHOLE))] == ["a"]


@pytest.mark.parametrize(
    ("keys", "shapes", "complaint"),
    [
        (
            {"type": "yolov8"},
            [(84, 8400)],
            r"is \(84, 8400\), but the card's concepts and its masks make \(6, candidates\)",
        ),
        ({"type": "yolov8", "masks": 32}, [(6, 8)], r"make \(38, candidates\)"),
        ({"type": "yolov8"}, [(6, 8, 8)], r"make \(6, candidates\)"),
        (OUTLINES, [(7, 8), (2, 16, 16)], r"is \(7, 8\), but .* make \(8, candidates\)"),
        (OUTLINES, [(8, 8), (2, 256)], "prototypes are"),
    ],
)
def test_outputs_that_do_not_fit_are_told_of(keys: Any, shapes: Any, complaint: str) -> None:
    wrong = head(keys).misfit(shapes)
    assert wrong is not None
    with pytest.raises(AssertionError, match=complaint):
        raise AssertionError(wrong)


@pytest.mark.parametrize("place", [0, 4])
def test_numbers_that_are_none_are_a_fault(place: int) -> None:
    column: list[float] = [32, 32, 32, 32, 0.9, 0]
    column[place] = float("nan")
    with pytest.raises(ModelFault, match="NaN or infinite"):
        head({"type": "yolov8"}).decode([candidates(column)], WHOLE)


def prototypes(*shown: tuple[slice, slice]) -> NDArray[np.float32]:
    """(2, 64, 64), a cell a pixel: the first is 8 where it is shown and -8 elsewhere, the second is nothing."""
    made = np.zeros((2, 64, 64), np.float32)
    made[0] = -8
    for place in shown:
        made[0, *place] = 8
    return made


def outlined(column: list[float], masks: NDArray[np.float32], frame: Frame = WHOLE, **keys: Any) -> list[Prediction]:
    ours = head(OUTLINES | keys)
    output = candidates(column, coefficients=2)
    assert ours.misfit([output.shape, masks.shape]) is None
    return ours.decode([output, masks], frame)


def only(found: list[Prediction]) -> Polygon:
    (prediction,) = found
    assert isinstance(prediction.region, Polygon)
    assert fault(prediction.region) is None
    return prediction.region


def test_a_mask_becomes_the_outline_of_its_pixels() -> None:
    found = outlined([32, 32, 48, 48, 0.9, 0, 1, 5], prototypes((slice(16, 32), slice(20, 52))))
    assert [(p.concept, p.score) for p in found] == [("a", 0.9)]
    assert only(found).parts[0].holes == ()
    assert bounds(only(found)) == Box(20 / 64, 16 / 64, 52 / 64, 32 / 64)
    assert area(only(found)) == pytest.approx(32 * 16 / 64**2)


def test_a_mask_is_cut_off_at_its_box() -> None:
    found = outlined([32, 32, 16, 32, 0.9, 0, 1, 0], prototypes((slice(0, 64), slice(0, 64))))
    assert bounds(only(found)) == Box(24 / 64, 16 / 64, 40 / 64, 48 / 64)


def test_coefficients_turn_a_prototype_round() -> None:
    found = outlined([32, 32, 64, 64, 0.9, 0, -1, 0], prototypes((slice(16, 48), slice(16, 48))))
    (part,) = only(found).parts
    assert len(part.holes) == 1
    assert area(only(found)) == pytest.approx(
        1 - (32 * 32 - 4 * 0.5) / 64**2
    )  # a hole's corners are cut by half a pixel


def test_small_holes_and_parts_go_but_never_the_largest_part() -> None:
    ring = prototypes((slice(8, 40), slice(8, 40)), (slice(50, 52), slice(50, 52)))
    ring[0, 20:23, 20:23] = -8
    everything = only(outlined([32, 32, 64, 64, 0.9, 0, 1, 0], ring, min_area=0.0))
    assert [len(part.holes) for part in everything.parts] == [1, 0]
    coarse = only(outlined([32, 32, 64, 64, 0.9, 0, 1, 0], ring, min_area=0.01))
    assert [len(part.holes) for part in coarse.parts] == [0]
    assert bounds(only(outlined([51, 51, 8, 8, 0.9, 0, 1, 0], ring, min_area=0.01))) == Box(
        *[50 / 64] * 2, *[52 / 64] * 2
    )


def test_a_mask_without_a_pixel_is_no_prediction() -> None:
    assert outlined([32, 32, 32, 32, 0.9, 0, 1, 0], prototypes()) == []


def test_suppression_and_the_floor_hold_for_outlines() -> None:
    ours = head(OUTLINES)
    shown = prototypes((slice(0, 64), slice(0, 64)))
    output = candidates(
        [32, 32, 32, 32, 0.6, 0, 1, 0], [33, 32, 32, 32, 0.9, 0.3, 1, 0], [8, 8, 8, 8, 0.2, 0, 1, 0], coefficients=2
    )
    assert [(p.concept, round(p.score, 3)) for p in ours.decode([output, shown], WHOLE)] == [("a", 0.9), ("b", 0.3)]


def test_outlines_of_a_letterboxed_picture_lie_where_they_belong() -> None:
    frame = Frame(8, 16, 48, 32, (64, 64), (96, 64))
    small = np.full((2, 16, 16), -8, np.float32)  # a cell is 4 pixels of the tensor, 8 of the picture
    small[0, 4:8, 4:10] = 8
    found = outlined([32, 32, 64, 64, 0.9, 0, 1, 0], small, frame)
    box = bounds(only(found))
    expected = Box((16 - 8) / 48, 0.0, (40 - 8) / 48, (32 - 16) / 32)
    for side in ("x1", "y1", "x2", "y2"):
        assert getattr(box, side) == pytest.approx(getattr(expected, side), abs=1 / 64)


def test_masks_that_are_no_numbers_are_a_fault() -> None:
    shown = prototypes((slice(0, 64), slice(0, 64)))
    with pytest.raises(ModelFault, match="NaN or infinite"):
        outlined([32, 32, 32, 32, 0.9, 0, np.nan, 0], shown)
    shown[1, 5, 5] = np.inf
    with pytest.raises(ModelFault, match="NaN or infinite"):
        outlined([32, 32, 32, 32, 0.9, 0, 1, 0], shown)
