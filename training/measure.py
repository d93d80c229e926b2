"""How good predictions on drawn scenes are, as Labelmill's own runtime makes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelmill.core.annotation import Prediction
from labelmill.core.geometry import Box, Polygon, bounds, iou
from labelmill.demo.scenes import CONCEPTS, Scene
from labelmill.models.base import Model, Picture

BINS = 15
"""Of the reliability diagram, equally wide."""
ENOUGH = 0.5
"""The overlap of boxes from which a prediction is right."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A prediction held against a scene: `right` when it is the best of its concept for a garment of which its box
    covers enough; `overlap` is the intersection over union of its region with that garment's, 0 when it is wrong."""

    concept: str
    score: float
    right: bool
    overlap: float


def judged(model: Model, scenes: Sequence[Scene]) -> list[Judged]:
    """What the model says of the scenes, all in one list."""
    found: list[Judged] = []
    for made in scenes:
        height, width = made.picture.shape[:2]
        (answer,) = model.predict([Picture(made.picture, width, height)])
        found += _held_against(answer, made)
    return found


def _held_against(answer: Sequence[Prediction], made: Scene) -> list[Judged]:
    """Greedily, the best score first; a garment is found once."""
    free = list(made.garments)
    found = []
    for said in sorted(answer, key=lambda prediction: -prediction.score):
        assert isinstance(said.region, Box | Polygon)
        box = bounds(said.region)
        best = max((g for g in free if g.concept == said.concept), key=lambda g: iou(g.box, box), default=None)
        if best is None or iou(best.box, box) < ENOUGH:
            found.append(Judged(said.concept, said.score, False, 0.0))
            continue
        free.remove(best)
        truth = best.box if isinstance(said.region, Box) else best.outline
        found.append(Judged(said.concept, said.score, True, iou(truth, said.region)))
    return found


def average_precision(found: Sequence[Judged], scenes: Sequence[Scene]) -> float:
    """AP50, 0 to 1: precision averaged over 101 recalls and over the concepts, as COCO does."""
    return float(np.mean([_of_concept(concept, found, scenes) for concept in CONCEPTS]))


def _of_concept(concept: str, found: Sequence[Judged], scenes: Sequence[Scene]) -> float:
    there = sum(garment.concept == concept for made in scenes for garment in made.garments)
    ranked = sorted((one for one in found if one.concept == concept), key=lambda one: -one.score)
    right = np.cumsum([one.right for one in ranked])
    recall, precision = right / there, right / np.arange(1, len(ranked) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    place = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
    return float(np.append(envelope, 0.0)[np.minimum(place, len(envelope))].mean())


def mean_overlap(found: Sequence[Judged], least: float) -> float:
    """The mean intersection over union of the predictions that are right, of those scored `least` or more."""
    return float(np.mean([one.overlap for one in found if one.right and one.score >= least]))


def reliability(found: Sequence[Judged]) -> list[tuple[float, float, int]]:
    """For each bin of scores that is not empty: mean score, share that is right, and how many they are."""
    scores, right = _columns(found)
    number = np.minimum((scores * BINS).astype(int), BINS - 1)
    return [
        (float(scores[number == n].mean()), float(right[number == n].mean()), int((number == n).sum()))
        for n in range(BINS)
        if (number == n).any()
    ]


def calibration_error(found: Sequence[Judged]) -> float:
    """Expected calibration error, 0 to 1 (Guo et al. 2017, arXiv 1706.04599)."""
    return sum(abs(score - right) * count for score, right, count in reliability(found)) / len(found)


def bands(found: Sequence[Judged], limits: tuple[float, float, float] = (0.3, 0.5, 0.9)) -> tuple[float, float, float]:
    """Of the predictions at or above the first limit, the share in each band that the limits bound from below."""
    floor, lower, upper = limits
    scores = np.asarray([one.score for one in found if one.score >= floor])
    return (
        float((scores < lower).mean()),
        float(((scores >= lower) & (scores < upper)).mean()),
        float((scores >= upper).mean()),
    )


def precision(found: Sequence[Judged], least: float) -> float:
    """The share of predictions scored `least` or more that are right."""
    return float(np.mean([one.right for one in found if one.score >= least]))


def _columns(found: Sequence[Judged]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.asarray([one.score for one in found]), np.asarray([one.right for one in found], np.float64)
