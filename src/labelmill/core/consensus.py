"""Several reviewers, one input: which of their words mean the same, and what the votes come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from labelmill.core.geometry import Box, Polygon, Region, iou

OVERLAP = 0.5
"""Intersection over union from which two regions of one concept are the same word."""


@dataclass(frozen=True, slots=True)
class Said:
    """A concept on a region, or (None) on the whole input."""

    concept: str
    region: Region | None = None


class Verdict(StrEnum):
    """What the votes on one annotation come to; `tied`: no further vote can decide it."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    TIED = "tied"


def verdict(accepts: int, rejects: int, *, voters: int, agree: int) -> Verdict:
    """What `accepts` and `rejects` of `voters` come to, where `agree` equal votes decide (1 <= agree <= voters).

    Where both sides have enough, which takes `agree` of half the voters or fewer, accepting wins.
    """
    if accepts >= agree:
        return Verdict.ACCEPTED
    if rejects >= agree:
        return Verdict.REJECTED
    to_come = max(0, voters - accepts - rejects)
    return Verdict.OPEN if max(accepts, rejects) + to_come >= agree else Verdict.TIED


def match(proposals: Mapping[int, Said], said: Sequence[Said]) -> dict[int, int]:
    """Which of `said` (by index) is the same as which proposal (by id), one to one; those that match nothing lack.

    Same: the same concept and, for boxes and polygons, an intersection over union of OVERLAP or more; spans and whole
    inputs are equal or not. Pairs are taken greedily, the best overlap first, ties by the older proposal.
    """
    pairs = [
        (-likeness, id_, index)
        for index, one in enumerate(said)
        for id_, proposal in proposals.items()
        if (likeness := _likeness(one, proposal)) >= OVERLAP
    ]
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for _, id_, index in sorted(pairs):
        if index not in matched and id_ not in taken:
            matched[index] = id_
            taken.add(id_)
    return matched


def _likeness(a: Said, b: Said) -> float:
    """0 to 1."""
    if a.concept != b.concept:
        return 0.0
    if isinstance(a.region, Box | Polygon) and isinstance(b.region, Box | Polygon):
        return iou(a.region, b.region)
    return float(a.region == b.region)
