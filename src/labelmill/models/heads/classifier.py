"""One score a concept for the whole input, picture or text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelmill.core.annotation import Prediction
from labelmill.models.heads.answers import Answers, Floats
from labelmill.models.keys import ClassifierKeys
from labelmill.models.prepare import Frame


class Classifier:
    """Logits or probabilities, plain or quantised, as tags."""

    def __init__(self, keys: ClassifierKeys, answers: Answers) -> None:
        self._keys = keys
        self._answers = answers
        self.outputs: tuple[str, ...] = (keys.output,) if keys.output else ()

    def misfit(self, shapes: Sequence[tuple[int, ...]]) -> str | None:
        """One number a concept, whatever axes of length 1 are around them."""
        count, names = int(np.prod(shapes[0])), len(self._answers.names)
        return None if count == names else f"has {count} numbers for {names} concepts"

    def decode(self, outputs: Sequence[NDArray[Any]], frame: Frame) -> list[Prediction]:  # noqa: ARG002 # tags lie nowhere
        """Tags of at least the floor's score, best first, each concept once."""
        numbers = (outputs[0].ravel().astype(np.float32) - self._keys.zero_point) * self._keys.scale
        scores = _activate(self._answers.sound(numbers), self._keys.activation)
        (strong,) = np.nonzero((scores >= self._answers.floor) & self._answers.wanted)
        order = strong[np.argsort(-scores[strong], kind="stable")]
        best: dict[int, float] = {}
        for number, score in zip(self._answers.concept[order].tolist(), scores[order].tolist(), strict=True):
            best.setdefault(number, score)
        return [Prediction(self._answers.names[n], score) for n, score in list(best.items())[: self._keys.top_k]]


def _activate(numbers: Floats, activation: str) -> Floats:
    if activation == "softmax":
        powers = np.exp(numbers - numbers.max())
        return np.asarray(powers / powers.sum())
    # the logistic function written so that it cannot overflow
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * numbers)) if activation == "sigmoid" else numbers
