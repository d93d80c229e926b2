"""The null model: what everything around a model costs."""

from __future__ import annotations

from collections.abc import Sequence

from labelmill.core.annotation import Prediction
from labelmill.models.base import Input, ModelInfo
from labelmill.models.cards import Card
from labelmill.models.catalog import describe

SCORES = (0.95, 0.8, 0.6, 0.4, 0.2)


class NullModel:
    """Answers the same tags for every input: the card's first five concepts with falling scores."""

    def __init__(self, info: ModelInfo, floor: float) -> None:
        self.info = info
        pairs = zip(info.concepts, SCORES, strict=False)
        self._tags = tuple(Prediction(concept, score) for concept, score in pairs if score >= floor)

    def predict(self, batch: Sequence[Input]) -> list[tuple[Prediction, ...]]:
        """One and the same tuple of tags for each input."""
        return [self._tags] * len(batch)


def load(card: Card, *, threads: int, floor: float) -> NullModel:  # noqa: ARG001 # every loader takes threads
    """A null model; nothing can go wrong."""
    return NullModel(describe(card), floor)
