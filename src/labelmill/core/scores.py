"""The score histograms of a task's concepts in one: any thresholds are answered in one pass over concepts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from labelmill.core.threshold import BINS, Band, Limits, Thresholds, bin_of

_STEP = BINS + 1


class Scores:
    """How many predictions of each concept lie in each bin; holds only bins that are not empty.

    Kept as one sorted array of places, concept * _STEP + bin, with the counts summed up to each: what lies between two
    limits is the difference of two of those sums, found by bisection.
    """

    def __init__(self, packed: Mapping[str, bytes]) -> None:
        """`packed`: by concept its histograms as core.threshold.pack writes them, any number of them end to end."""
        self.concepts = list(packed)
        places, counts = [], []
        for number, name in enumerate(self.concepts):
            pairs = np.frombuffer(packed[name], dtype="<u4").reshape(-1, 2).astype(np.int64)
            summed = np.bincount(pairs[:, 0], weights=pairs[:, 1], minlength=BINS).astype(np.int64)
            (filled,) = np.nonzero(summed)
            places.append(filled + number * _STEP)
            counts.append(summed[filled])
        self._places = np.concatenate(places) if places else np.zeros(0, np.int64)
        self._counts = np.concatenate(counts) if counts else np.zeros(0, np.int64)
        self._sums = np.concatenate(([0], np.cumsum(self._counts)))

    @property
    def size(self) -> int:
        """Bins that are not empty, over all concepts: what it takes in memory, times 24 bytes."""
        return len(self._places)

    def bands(self, thresholds: Thresholds) -> dict[str, dict[Band, int]]:
        """By concept how many predictions fall into each band; exact for limits in thousandths."""
        limits = [thresholds.of(name) for name in self.concepts]
        low = self._below(bin_of(one.lower) for one in limits)
        high = self._below(_top(one) for one in limits)
        first, last = self._below(0 for _ in limits), self._below(BINS for _ in limits)
        columns = zip((last - high).tolist(), (high - low).tolist(), (low - first).tolist(), strict=True)
        return {
            name: {Band.APPROVED: approved, Band.REVIEW: review, Band.DISCARDED: discarded}
            for name, (approved, review, discarded) in zip(self.concepts, columns, strict=True)
        }

    def filled(self) -> dict[str, list[tuple[int, int]]]:
        """By concept the bins that are not empty, as (bin, count)."""
        edges = np.searchsorted(self._places, np.arange(len(self.concepts) + 1) * _STEP)
        bins, counts = (self._places % _STEP).tolist(), self._counts.tolist()
        pairs = list(zip(bins, counts, strict=True))
        return {name: pairs[edges[i] : edges[i + 1]] for i, name in enumerate(self.concepts)}

    def _below(self, bins: Iterable[int]) -> NDArray[np.int64]:
        """Per concept how many predictions lie below a bin, those of all concepts before it included."""
        ends = np.arange(len(self.concepts)) * _STEP + np.fromiter(bins, np.int64, len(self.concepts))
        return np.asarray(self._sums[np.searchsorted(self._places, ends)], dtype=np.int64)


def _top(limits: Limits) -> int:
    return BINS if limits.upper is None else bin_of(limits.upper)
