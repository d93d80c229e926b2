"""What the heads share: names for class numbers, suppression, boxes in shares of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmill.core.annotation import Prediction
from labelmill.core.errors import ModelFault
from labelmill.core.geometry import Box
from labelmill.models.cards import Card
from labelmill.models.prepare import Frame

Floats: TypeAlias = NDArray[np.floating[Any]]
Ints: TypeAlias = NDArray[np.integer[Any]]


class Head(Protocol):
    """Turns the tensors of one input into predictions.

    `outputs`: the graph's outputs it wants, in its order; empty: the only one there is.
    """

    outputs: tuple[str, ...]

    def misfit(self, shapes: Sequence[tuple[int, ...]]) -> str | None:
        """Why outputs of these shapes (without the batch) cannot be this head's, or None."""
        ...

    def decode(self, outputs: Sequence[NDArray[Any]], frame: Frame) -> list[Prediction]:
        """Predictions from the outputs (without the batch). Raises ModelFault when they are no numbers."""
        ...


class Answers:
    """Builds predictions for a card: leaves out ignored concepts and what lies below the floor."""

    def __init__(self, card: Card, floor: float) -> None:
        self.model = card.name
        self.names = card.names
        self.floor = floor
        self._overlap = card.suppression
        first = {name: index for index, name in reversed(list(enumerate(card.names)))}
        # lines of a list that hold the same name are one concept (ImageNet has two cranes)
        self.concept = np.asarray([first[name] for name in card.names], np.int32)
        self.wanted = np.asarray([name not in card.ignore for name in card.names])

    def sound(self, numbers: Floats) -> Floats:
        """The numbers, if they are numbers; raises ModelFault when one is NaN or infinite."""
        # a model that answers NaN has failed: comparing with the floor would make that "found nothing"
        if not np.isfinite(numbers).all():
            raise ModelFault("rubbish", f"{self.model} answered numbers that are NaN or infinite")
        return numbers

    def boxes(
        self, boxes: Floats, scores: Floats, classes: Ints, frame: Frame, *, suppress: bool = True
    ) -> list[Prediction]:
        """Boxes of at least the floor's score as predictions, best first.

        `boxes`: (n, 4) x1, y1, x2, y2 in pixels of the tensor; `scores`: (n,) 0 to 1; `classes`: (n,) numbers of
        names; `frame`: where the picture lies in the tensor. What lies outside the picture is cut off. Raises
        ModelFault for numbers that are none, and for a class without a name.
        """
        order = self.chosen(boxes, scores, classes, suppress=suppress)
        corner = np.asarray([frame.left, frame.top] * 2)
        shares = np.clip((boxes[order] - corner) / ([frame.width, frame.height] * 2), 0.0, 1.0)
        # as check_predictions rounds them: it then passes predictions on as they are
        rounded = scores[order].astype(np.float64).round(6)
        found = zip(self.concept[classes[order]].tolist(), rounded.tolist(), shares.tolist(), strict=True)
        return [
            Prediction(self.names[number], score, Box(x1, y1, x2, y2))
            for number, score, (x1, y1, x2, y2) in found
            if x1 < x2 and y1 < y2
        ]

    def chosen(self, boxes: Floats, scores: Floats, classes: Ints, *, suppress: bool = True) -> Ints:
        """Numbers of the boxes that are answered, best first; what is taken and raised is as for `boxes`."""
        if classes.size and not 0 <= classes.min() <= classes.max() < len(self.names):
            raise ModelFault("rubbish", f"{self.model} answered a class that its card has no name for")
        (keep,) = np.nonzero(self.wanted[classes] & (scores >= self.floor))
        boxes, scores, classes = self.sound(boxes[keep]), scores[keep], self.concept[classes[keep]]
        order = self._suppressed(boxes, scores, classes) if suppress else np.argsort(-scores, kind="stable")
        return np.asarray(keep[order], np.int64)

    def _suppressed(self, boxes: Floats, scores: Floats, classes: Ints) -> Ints:
        """Greedy non-maximum suppression per class: numbers of the boxes that stay, best first."""
        if not len(boxes):
            return np.empty(0, np.int64)
        # OpenCV tells classes apart by moving them away from one another, which fails for coordinates below 0
        corners = boxes - boxes.min(axis=0)[[0, 1, 0, 1]].clip(max=0)
        corners[:, 2:] -= corners[:, :2]
        kept = cv2.dnn.NMSBoxesBatched(corners, scores, classes, -1.0, self._overlap)  # type: ignore[arg-type] # takes arrays
        return np.asarray(kept, np.int64)
