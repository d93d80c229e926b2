"""FastestDet (github.com/dog-qiuqiu/FastestDet): one box a cell of one grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmill.core.annotation import Prediction
from labelmill.models.heads.answers import Answers
from labelmill.models.keys import FastestDetKeys
from labelmill.models.prepare import Frame


class FastestDet:
    """Channels (objectness, x, y, w, h, class scores) over a grid; objectness and class scores already 0 to 1."""

    def __init__(self, keys: FastestDetKeys, answers: Answers) -> None:
        self._answers = answers
        self.outputs: tuple[str, ...] = (keys.output,) if keys.output else ()
        # score = objectness^0.6 * class^0.4, and a class score is at most 1; a little less, for rounding
        self._least = answers.floor ** (1 / 0.6) * (1 - 1e-5)

    def misfit(self, shapes: Sequence[tuple[int, ...]]) -> str | None:
        """(5 + concepts, rows, columns)."""
        channels = 5 + len(self._answers.names)
        fits = len(shapes[0]) == 3 and shapes[0][0] == channels
        return None if fits else f"is {shapes[0]}, but the card's concepts make ({channels}, rows, columns)"

    def decode(self, outputs: Sequence[NDArray[Any]], frame: Frame) -> list[Prediction]:
        """Boxes; score = objectness^0.6 * best class score^0.4."""
        channels, rows, columns = outputs[0].shape
        grid = outputs[0].reshape(channels, rows * columns)
        (likely,) = np.nonzero(self._answers.sound(grid[0]) >= self._least)
        cells = grid[:, likely]
        classes = cells[5:].argmax(axis=0)
        best = cells[5 + classes, np.arange(len(likely))]
        scores = self._answers.sound(cells[0] ** 0.6 * best**0.4)
        width, height = frame.size
        x = (np.tanh(cells[1]) + likely % columns) * (width / columns)
        y = (np.tanh(cells[2]) + likely // columns) * (height / rows)
        half_width, half_height = (0.25 + 0.25 * np.tanh(cells[3:5] / 2)) * [[width], [height]]  # half a sigmoid
        boxes = np.stack([x - half_width, y - half_height, x + half_width, y + half_height], axis=1)
        return self._answers.boxes(boxes, scores, classes, frame)
