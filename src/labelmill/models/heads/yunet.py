"""YuNet (Wu, Peng, Yu 2023, doi 10.1007/s11633-023-1423-y): faces on three grids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmill.core.annotation import Prediction
from labelmill.models.heads.answers import Answers
from labelmill.models.keys import YunetKeys
from labelmill.models.prepare import Frame


class Yunet:
    """For each stride, one row a cell, row-major: face score, objectness (0 to 1), box."""

    def __init__(self, keys: YunetKeys, answers: Answers) -> None:
        self._strides = keys.strides
        self._answers = answers
        self.outputs = tuple(f"{kind}_{stride}" for stride in keys.strides for kind in ("cls", "obj", "bbox"))

    def misfit(self, shapes: Sequence[tuple[int, ...]]) -> str | None:
        """(cells, 1), (cells, 1), (cells, 4) for each stride."""
        widths = [shape[-1] for shape in shapes]
        return None if widths == [1, 1, 4] * len(self._strides) else f"have {widths} numbers a cell, not 1, 1 and 4"

    def decode(self, outputs: Sequence[NDArray[Any]], frame: Frame) -> list[Prediction]:
        """Boxes; score = sqrt(face score * objectness)."""
        width, _ = frame.size
        found = [
            self._decode_grid(outputs[3 * n : 3 * n + 3], stride, width // stride)
            for n, stride in enumerate(self._strides)
        ]
        scores = np.concatenate([scores for scores, _ in found])
        boxes = np.concatenate([boxes for _, boxes in found])
        return self._answers.boxes(boxes, scores, np.zeros(len(scores), np.int64), frame)

    def _decode_grid(self, outputs: Sequence[NDArray[Any]], stride: int, columns: int) -> tuple[NDArray[Any], ...]:
        faces, objects, boxes = outputs
        scores = np.sqrt(self._answers.sound(faces[:, 0] * objects[:, 0]))
        (likely,) = np.nonzero(scores >= self._answers.floor)
        cells = np.stack([likely % columns, likely // columns], axis=1)
        rows = boxes[likely]
        centre = (rows[:, :2] + cells) * stride
        with np.errstate(over="ignore"):  # infinite sizes are told of as such
            half = np.exp(rows[:, 2:]) * stride / 2
        return scores[likely], np.concatenate([centre - half, centre + half], axis=1)
