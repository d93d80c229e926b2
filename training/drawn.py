"""Drawn scenes as arrays to train on."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmill.demo.scenes import CONCEPTS, Scene, scene

TRAINING_SEED, VALIDATION_SEED, TEMPERATURE_SEED = 1, 2, 3
"""Of scenes; the frozen test scenes have another."""
SIDE = 192
"""Of the network's square input, in pixels: pictures are stretched to it."""
MARGIN = 16
"""More pixels than that are kept of a scene, so that training can cut out one place or another."""
MOST = 20
"""Garments kept of a scene."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Scenes, n of them, at `side` x `side` pixels.

    `pictures`: (n, side, side, 3) uint8 RGB; `owners`: (n, side, side) uint8, which garment a pixel shows, counted
    from 1, or 0; `boxes`: (n, MOST, 4) float32 x1, y1, x2, y2 in pixels; `classes`: (n, MOST) int64, -1 for none.
    """

    pictures: NDArray[np.uint8]
    owners: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    classes: NDArray[np.int64]


def draw(seed: int, difficulties: list[float], *, side: int, processes: int) -> Drawn:
    """The scenes of a seed with these difficulties, drawn by as many processes."""
    work = [(seed, number, difficulty, side) for number, difficulty in enumerate(difficulties)]
    with ProcessPoolExecutor(processes) as pool:
        rows = list(pool.map(_row, work, chunksize=20))
    pictures, owners, boxes, classes = (np.stack(column) for column in zip(*rows, strict=True))
    return Drawn(pictures, owners, boxes, classes)


def scenes(seed: int, difficulties: list[float], *, processes: int) -> list[Scene]:
    """The same scenes as they are."""
    with ProcessPoolExecutor(processes) as pool:
        return list(pool.map(scene, repeat(seed), range(len(difficulties)), difficulties, chunksize=10))


def _row(work: tuple[int, int, float, int]) -> tuple[NDArray[np.generic], ...]:
    seed, number, difficulty, side = work
    cv2.setNumThreads(1)
    made = scene(seed, number, difficulty)
    picture = cv2.resize(made.picture, (side, side), interpolation=cv2.INTER_AREA)
    owners = np.zeros((side, side), np.uint8)
    boxes = np.zeros((MOST, 4), np.float32)
    classes = np.full(MOST, -1, np.int64)
    for index, garment in enumerate(made.garments[:MOST]):
        rings = [ring for part in garment.outline.parts for ring in (part.outer, *part.holes)]
        corners = [np.round(np.asarray(ring) * side * 16 - 8).astype(np.int32) for ring in rings]
        cv2.fillPoly(owners, corners, index + 1, shift=4)
        box = garment.box
        boxes[index] = np.asarray([box.x1, box.y1, box.x2, box.y2]) * side
        classes[index] = CONCEPTS.index(garment.concept)
    return picture, owners, boxes, classes
