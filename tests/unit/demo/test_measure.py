"""The figures, on predictions whose figures are known."""

from __future__ import annotations

import numpy as np
import pytest

from labelmill.core.annotation import Prediction
from labelmill.core.geometry import Box, Part, Polygon
from labelmill.demo.canvas import Garment
from labelmill.demo.scenes import CONCEPTS, Scene
from labelmill.models.base import ModelInfo
from training import measure
from training.measure import Judged

LEFT, RIGHT = Box(0.0, 0.0, 0.4, 1.0), Box(0.6, 0.0, 1.0, 1.0)


def outline(box: Box) -> Polygon:
    return Polygon((Part(((box.x1, box.y1), (box.x2, box.y1), (box.x2, box.y2), (box.x1, box.y2))),))


class Told:
    """A model that says what it is told to."""

    info = ModelInfo("told", frozenset({"image"}), "box", CONCEPTS)

    def __init__(self, *said: Prediction) -> None:
        self._said = said

    def predict(self, batch: object) -> list[list[Prediction]]:
        return [list(self._said)]


def made(*garments: tuple[str, Box]) -> Scene:
    shown = tuple(Garment(concept, box, outline(box)) for concept, box in garments)
    return Scene(np.zeros((10, 10, 3), np.uint8), shown)


def test_a_garment_is_found_once_and_by_its_own_concept() -> None:
    model = Told(
        Prediction("shirt", 0.6, LEFT), Prediction("shirt", 0.9, LEFT), Prediction("skirt", 0.8, RIGHT),
        Prediction("shirt", 0.5, Box(0.0, 0.0, 1.0, 1.0)),
    )  # fmt: skip
    found = measure.judged(model, [made(("shirt", LEFT), ("shirt", RIGHT))])
    assert [(one.concept, one.score, one.right) for one in found] == [
        ("shirt", 0.9, True), ("skirt", 0.8, False), ("shirt", 0.6, False), ("shirt", 0.5, False),
    ]  # fmt: skip


def test_outlines_are_found_by_their_boxes_and_told_by_their_areas() -> None:
    half = Polygon((Part(((0.0, 0.0), (0.4, 0.0), (0.0, 1.0))),))
    (one,) = measure.judged(Told(Prediction("shirt", 0.9, half)), [made(("shirt", LEFT))])
    assert one.right
    assert one.overlap == pytest.approx(0.5)


def test_average_precision_is_that_of_the_curve() -> None:
    scenes = [made(*((concept, LEFT) for concept in CONCEPTS), *((concept, RIGHT) for concept in CONCEPTS))]
    perfect = [Judged(concept, score, True, 1.0) for concept in CONCEPTS for score in (0.9, 0.8)]
    assert measure.average_precision(perfect, scenes) == 1.0
    assert measure.average_precision([one for one in perfect if one.score == 0.9], scenes) == pytest.approx(51 / 101)
    wrong_first = [Judged(concept, 0.95, False, 0.0) for concept in CONCEPTS] + perfect
    assert measure.average_precision(wrong_first, scenes) == pytest.approx(2 / 3)
    assert measure.average_precision(perfect[:2], scenes) == pytest.approx(1 / len(CONCEPTS))


def test_calibration_bands_and_precision() -> None:
    found = [Judged("shirt", 0.95, right, 0.0) for right in [True] * 9 + [False]]
    found += [Judged("shirt", 0.4, right, 0.0) for right in [True] * 4 + [False] * 6]
    assert measure.calibration_error(found) == pytest.approx(0.5 * 0.05)
    assert measure.reliability(found) == [pytest.approx((0.4, 0.4, 10)), pytest.approx((0.95, 0.9, 10))]
    assert measure.bands(found) == (0.5, 0.0, 0.5)
    assert measure.bands([*found, Judged("shirt", 0.1, False, 0.0)]) == (0.5, 0.0, 0.5)
    assert measure.precision(found, 0.9) == pytest.approx(0.9)


def test_overlaps_are_averaged_over_what_is_right_and_sure_enough() -> None:
    found = [Judged("shirt", 0.9, True, 0.8), Judged("shirt", 0.5, True, 0.6), Judged("shirt", 0.9, False, 0.0)]
    assert measure.mean_overlap([*found, Judged("shirt", 0.1, True, 0.1)], 0.3) == pytest.approx(0.7)
