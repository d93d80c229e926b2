"""The layout that YOLOv8 (Jocher et al. 2023, github.com/ultralytics/ultralytics) made common, with masks and without.

Boxes and scores come decoded. Masks are mixed from prototypes (YOLACT: Bolya et al. 2019, arXiv 1904.02689).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmill.core.annotation import Prediction
from labelmill.core.geometry import Polygon
from labelmill.models.heads.answers import Answers, Floats, Ints
from labelmill.models.heads.segmentation import outline, outline_size
from labelmill.models.keys import Yolov8Keys, Yolov8OutlinesKeys
from labelmill.models.prepare import Frame


class Yolov8:
    """Columns of centre x, y, width, height in pixels of the tensor, class scores (0 to 1), mask coefficients."""

    def __init__(self, keys: Yolov8Keys, answers: Answers) -> None:
        self._masks = keys.masks
        self._answers = answers
        self.outputs: tuple[str, ...] = (keys.output,) if keys.output else ()

    def misfit(self, shapes: Sequence[tuple[int, ...]]) -> str | None:
        """(4 + concepts + coefficients, candidates)."""
        return _misfit(shapes[0], len(self._answers.names), self._masks)

    def decode(self, outputs: Sequence[NDArray[Any]], frame: Frame) -> list[Prediction]:
        """Boxes; a candidate speaks for every concept whose score reaches the floor."""
        _, boxes, scores, classes = _candidates(outputs[0], self._answers)
        return self._answers.boxes(boxes, scores, classes, frame)


class Yolov8Outlines:
    """As `Yolov8`, with prototypes (coefficients, height, width), which cover the whole tensor."""

    def __init__(self, keys: Yolov8OutlinesKeys, answers: Answers) -> None:
        self._keys = keys
        self._answers = answers
        self.outputs: tuple[str, ...] = (keys.output, keys.prototypes)

    def misfit(self, shapes: Sequence[tuple[int, ...]]) -> str | None:
        """(4 + concepts + coefficients, candidates) and (coefficients, height, width)."""
        if len(shapes[1]) != 3:
            return f"are {shapes[0]} and {shapes[1]}; prototypes are (coefficients, height, width)"
        return _misfit(shapes[0], len(self._answers.names), shapes[1][0])

    def decode(self, outputs: Sequence[NDArray[Any]], frame: Frame) -> list[Prediction]:
        """Polygons of at least a pixel, best first; suppression goes by their boxes."""
        columns, boxes, scores, classes = _candidates(outputs[0], self._answers)
        chosen = self._answers.chosen(boxes, scores, classes)
        prototypes = self._answers.sound(outputs[1])
        coefficients = self._answers.sound(outputs[0][4 + len(self._answers.names) :, columns[chosen]].T)
        logits = np.tensordot(coefficients, prototypes, axes=1)
        found = []
        for row, mask in zip(chosen.tolist(), logits, strict=True):
            if polygon := self._outline(mask, boxes[row], frame):
                name = self._answers.names[self._answers.concept[classes[row]]]
                found.append(Prediction(name, round(float(scores[row]), 6), polygon))
        return found

    def _outline(self, logits: Floats, box: Floats, frame: Frame) -> Polygon | None:
        """Where the mask is above 0.5 within the box; parts below `min_area` go, but never the largest."""
        size = outline_size(frame.picture)
        (left, top), (right, bottom) = _in_picture(box, frame, size)
        if left >= right or top >= bottom:
            return None
        shown = (_resampled(logits, frame, size, (left, top, right, bottom)) > 0).view(np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(shown, connectivity=8)
        areas = stats[1:, cv2.CC_STAT_AREA]
        if count == 1:
            return None
        least = self._keys.min_area * size[0] * size[1]
        tolerance = self._keys.tolerance * max(size)
        parts = [
            outline(labels == label, (left, top), (size[1], size[0]), tolerance=tolerance, least=least)
            for label in 1 + np.flatnonzero(areas >= min(least, areas.max()))
        ]
        return Polygon(tuple(part for polygon in parts for part in polygon.parts))


def _misfit(shape: tuple[int, ...], names: int, masks: int) -> str | None:
    wanted = 4 + names + masks
    fits = len(shape) == 2 and shape[0] == wanted
    return None if fits else f"is {shape}, but the card's concepts and its masks make ({wanted}, candidates)"


def _candidates(output: NDArray[Any], answers: Answers) -> tuple[Ints, Floats, Floats, Ints]:
    """Columns, boxes (n, 4) x1, y1, x2, y2, scores and classes of all that reaches the floor."""
    all_scores = answers.sound(output[4 : 4 + len(answers.names)])
    classes, columns = np.nonzero(all_scores >= answers.floor)
    middle, half = output[:2, columns].T, output[2:4, columns].T / 2
    boxes = np.concatenate([middle - half, middle + half], axis=1)
    return columns, boxes, all_scores[classes, columns], classes


def _in_picture(box: Floats, frame: Frame, size: tuple[int, int]) -> tuple[list[int], list[int]]:
    """The corners of a box of the tensor in pixels of a picture of `size`, to whole pixels, cut off at its edges."""
    ratio = np.asarray(size) / (frame.width, frame.height)
    corners = (box.reshape(2, 2) - (frame.left, frame.top)) * ratio
    low, high = corners.round().clip(0, size).astype(int).tolist()
    return low, high


def _resampled(logits: Floats, frame: Frame, size: tuple[int, int], place: tuple[int, int, int, int]) -> Floats:
    """A mask of the whole tensor at the pixels `place` (x1, y1, x2, y2) of a picture of `size`, linearly."""
    cells = np.asarray(logits.shape[::-1]) / frame.size  # cells a pixel of the tensor
    step = np.asarray([frame.width, frame.height]) / size * cells
    first = np.asarray([frame.left, frame.top]) * cells + (np.asarray(place[:2]) + 0.5) * step - 0.5
    matrix = np.asarray([[step[0], 0, first[0]], [0, step[1], first[1]]])
    shape = place[2] - place[0], place[3] - place[1]
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    found = cv2.warpAffine(logits.astype(np.float32), matrix, shape, flags=how, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)
