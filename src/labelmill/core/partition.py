"""Who gets which input: nobody gets an input that another has, and loads differ by one at most."""

from __future__ import annotations

import heapq
from collections.abc import Mapping


def spread(count: int, loads: Mapping[int, int]) -> list[int]:
    """Reviewers for `count` inputs, each to the one who has the fewest (ties: the smallest id).

    `loads` gives the inputs each reviewer already has. Greedy by least load keeps loads that differ by one at most
    within one. Returns `count` reviewer ids, or [] when there are no reviewers.
    """
    heap = [(load, reviewer) for reviewer, load in loads.items()]
    heapq.heapify(heap)
    chosen = []
    for _ in range(count if heap else 0):
        load, reviewer = heap[0]
        chosen.append(reviewer)
        heapq.heapreplace(heap, (load + 1, reviewer))
    return chosen
