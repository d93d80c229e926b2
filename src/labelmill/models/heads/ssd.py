"""Detectors that suppress by themselves: TensorFlow Lite's SSD post-processing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmill.core.annotation import Prediction
from labelmill.models.heads.answers import Answers
from labelmill.models.keys import SsdKeys
from labelmill.models.prepare import Frame


class Ssd:
    """Boxes (ymin, xmin, ymax, xmax) in shares of the tensor, class numbers, scores, and how many of them count."""

    def __init__(self, keys: SsdKeys, answers: Answers) -> None:
        self._answers = answers
        self.outputs: tuple[str, ...] = (keys.boxes, keys.classes, keys.scores, keys.count)

    def misfit(self, shapes: Sequence[tuple[int, ...]]) -> str | None:
        """(n, 4), (n,), (n,), one number."""
        boxes, classes, scores, count = shapes
        fits = boxes == (*classes, 4) and classes == scores and len(classes) == 1 and int(np.prod(count)) == 1
        return None if fits else f"are {shapes}, not (n, 4), (n,), (n,) and one number"

    def decode(self, outputs: Sequence[NDArray[Any]], frame: Frame) -> list[Prediction]:
        """The valid rows as they are."""
        valid = int(self._answers.sound(outputs[3]).item())
        boxes, classes, scores = (self._answers.sound(output[:valid]) for output in outputs[:3])
        width, height = frame.size
        pixels = boxes[:, [1, 0, 3, 2]] * [width, height, width, height]
        return self._answers.boxes(pixels, scores, classes.astype(np.int64), frame, suppress=False)
