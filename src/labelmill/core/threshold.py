"""Two limits decide what becomes of a prediction: approved, before a reviewer, or discarded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain, pairwise
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from labelmill.core.errors import BadCall

BINS = 1001
"""Score histogram: one bin per thousandth, bin 1000 holds exactly 1.0; so limits in thousandths answer exactly."""


class Band(StrEnum):
    """What becomes of a prediction."""

    APPROVED = "approved"
    REVIEW = "review"
    DISCARDED = "discarded"


Kept: TypeAlias = Literal[Band.APPROVED, Band.REVIEW]
"""The bands of predictions that make annotations."""


@dataclass(frozen=True, slots=True)
class Limits:
    """0 <= lower <= upper <= 1; `upper` None means never: everything from `lower` on goes to a reviewer.

    Raises BadCall when the limits are out of order or out of range.
    """

    lower: float
    upper: float | None

    def __post_init__(self) -> None:
        if not 0 <= self.lower <= 1 or (self.upper is not None and not self.lower <= self.upper <= 1):
            upper = "never" if self.upper is None else f"{self.upper:g}"
            raise BadCall(f"thresholds must keep 0 <= lower <= upper <= 1, got lower {self.lower:g}, upper {upper}")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A task's limits: for all concepts, and overrides by concept name."""

    default: Limits
    by_concept: Mapping[str, Limits] = field(default_factory=dict)

    def of(self, concept: str) -> Limits:
        """The limits that hold for a concept."""
        return self.by_concept.get(concept, self.default)

    @property
    def lowest(self) -> float:
        """The smallest lower limit: a run's floor may not lie above it."""
        return min(limits.lower for limits in (self.default, *self.by_concept.values()))


def decide(score: float, limits: Limits) -> Band:
    """The band of a score, 0 to 1; a score equal to a limit belongs to the band above."""
    if limits.upper is not None and score >= limits.upper:
        return Band.APPROVED
    return Band.REVIEW if score >= limits.lower else Band.DISCARDED


def bands(counts: NDArray[np.int64], limits: Limits) -> dict[Band, int]:
    """How many of a histogram's predictions fall into each band; exact for limits in thousandths."""
    low, top = (int(at) for at in _bins(np.array([limits.lower, 0.0 if limits.upper is None else limits.upper])))
    high = BINS if limits.upper is None else top
    return {
        Band.APPROVED: int(counts[high:].sum()),
        Band.REVIEW: int(counts[low:high].sum()),
        Band.DISCARDED: int(counts[:low].sum()),
    }


def bin_of(score: float) -> int:
    """The bin that a score, or a limit, falls into."""
    nearest = round(score * 1000)
    return nearest - (score < nearest / 1000)


def pack_each(groups: Sequence[Sequence[float]]) -> list[bytes]:
    """For each group of scores its histogram, as `pack` writes it: all in one pass, because a shard has one for each
    of its concepts, and most of those are small."""
    sizes = [len(scores) for scores in groups]
    scores = np.fromiter(chain.from_iterable(groups), np.float64, sum(sizes))
    filled, counts = np.unique(np.repeat(np.arange(len(groups)), sizes) * BINS + _bins(scores), return_counts=True)
    pairs = np.stack([filled % BINS, counts], axis=1).astype("<u4")
    edges = np.searchsorted(filled, np.arange(len(groups) + 1) * BINS)
    return [pairs[first:last].tobytes() for first, last in pairwise(edges)]


def pack(counts: NDArray[np.int64]) -> bytes:
    """A histogram as bytes: little-endian uint32 pairs (bin, count) of the bins that are not empty."""
    (filled,) = np.nonzero(counts)
    return np.stack([filled, counts[filled]], axis=1).astype("<u4").tobytes()


def unpack(packed: Iterable[bytes]) -> NDArray[np.int64]:
    """The sum of packed histograms; shape (BINS,)."""
    pairs = np.frombuffer(b"".join(packed), dtype="<u4").reshape(-1, 2)
    return np.bincount(pairs[:, 0], weights=pairs[:, 1], minlength=BINS).astype(np.int64)


def _bins(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    # compared with the bin's own limit and not merely cut off: 0.29 * 1000 is 289.99999999999994, and a score a hair
    # below 0.29 gives the same
    nearest = np.rint(scores * 1000)
    return (nearest - (scores < nearest / 1000)).astype(np.int64)
