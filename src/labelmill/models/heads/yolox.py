"""YOLOX (Ge et al. 2021, arXiv 2107.08430): one box a cell of three grids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmill.core.annotation import Prediction
from labelmill.models.heads.answers import Answers
from labelmill.models.keys import YoloxKeys
from labelmill.models.prepare import Frame


class Yolox:
    """Rows cx, cy, w, h, objectness, class scores; grids by stride, row-major; scores already 0 to 1."""

    def __init__(self, keys: YoloxKeys, answers: Answers, size: tuple[int, int] | None) -> None:
        self._answers = answers
        self.outputs: tuple[str, ...] = (keys.output,) if keys.output else ()
        width, height = size or (0, 0)
        grids = []
        for stride in keys.strides:
            y, x = np.mgrid[: height // stride, : width // stride]
            grids.append(np.stack([x.ravel(), y.ravel(), np.full(x.size, stride)], axis=1))
        self._cells = np.concatenate(grids).astype(np.float32)

    def misfit(self, shapes: Sequence[tuple[int, ...]]) -> str | None:
        """(cells, 5 + concepts)."""
        wanted = (len(self._cells), 5 + len(self._answers.names))
        return None if shapes[0] == wanted else f"is {shapes[0]}, but the card's size and concepts make {wanted}"

    def decode(self, outputs: Sequence[NDArray[Any]], frame: Frame) -> list[Prediction]:
        """Boxes; score = objectness * best class score."""
        (rows,) = outputs
        # class scores are at most 1: no row below the floor's objectness can reach the floor
        (likely,) = np.nonzero(self._answers.sound(rows[:, 4]) >= self._answers.floor)
        rows = rows[likely]
        classes = rows[:, 5:].argmax(axis=1)
        scores = self._answers.sound(rows[:, 4] * rows[np.arange(len(rows)), 5 + classes])
        (strong,) = np.nonzero(scores >= self._answers.floor)
        rows, cells = rows[strong], self._cells[likely[strong]]
        centre = (rows[:, :2] + cells[:, :2]) * cells[:, 2:]
        with np.errstate(over="ignore"):  # infinite sizes are told of as such
            half = np.exp(rows[:, 2:4]) * cells[:, 2:] / 2
        boxes = np.concatenate([centre - half, centre + half], axis=1)
        return self._answers.boxes(boxes, scores[strong], classes[strong], frame)
