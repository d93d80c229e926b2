"""Who gets which input: nobody gets an input that another has, and loads differ by one at most."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping


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


def repartition(
    holders: Mapping[int, int | None], done: Mapping[int, int], reviewers: Collection[int], added: Collection[int]
) -> dict[int, int]:
    """Who gets which open inputs when a task gets other reviewers: the new reviewer of each input that moves.

    `holders`: who has each open input until now (None: nobody); `done`: how many inputs each reviewer is through with;
    `added`: those of `reviewers` who were none before. Inputs of nobody, and of those who review no more, go to whoever
    has the fewest. Then who was added takes open inputs from whoever has the most, until the two differ by one at most.
    Everything else stays where it is. Without reviewers nothing moves.
    """
    held: dict[int, list[int]] = {reviewer: [] for reviewer in sorted(reviewers)}
    loose = []
    for number, holder in sorted(holders.items()):
        held[holder].append(number) if holder in held else loose.append(number)
    loads = {reviewer: done.get(reviewer, 0) + len(inputs) for reviewer, inputs in held.items()}
    moved = dict(zip(loose, spread(len(loose), loads), strict=False))
    for number, reviewer in moved.items():
        held[reviewer].append(number)
        loads[reviewer] += 1
    return moved | _equalised(held, loads, added)


def _equalised(held: dict[int, list[int]], loads: dict[int, int], added: Collection[int]) -> dict[int, int]:
    """What the added take from the others; of each the inputs that come last: they are nearest to the first."""
    takers = [(loads[reviewer], reviewer) for reviewer in held if reviewer in added]
    givers = [(-loads[reviewer], reviewer) for reviewer, inputs in held.items() if inputs and reviewer not in added]
    heapq.heapify(takers)
    heapq.heapify(givers)
    moved = {}
    while takers and givers and -givers[0][0] - takers[0][0] > 1:
        most, giver = givers[0]
        fewest, taker = takers[0]
        moved[held[giver].pop()] = taker
        heapq.heapreplace(takers, (fewest + 1, taker))
        heapq.heapreplace(givers, (most + 1, giver)) if held[giver] else heapq.heappop(givers)
    return moved
