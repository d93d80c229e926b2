"""Regions for the laws of core: any that models or people may give."""

from __future__ import annotations

from hypothesis import strategies as st

from labelmill.core.geometry import TOLERANCE, Box, Part, Polygon, Span

SHARES = st.floats(0, 1)
NEARLY = st.floats(-TOLERANCE, 1 + TOLERANCE)


def boxes(numbers=SHARES) -> st.SearchStrategy[Box]:
    pair = st.lists(numbers, min_size=2, max_size=2, unique=True).map(sorted)
    return st.builds(lambda x, y: Box(x[0], y[0], x[1], y[1]), pair, pair)


def polygons(numbers=SHARES) -> st.SearchStrategy[Polygon]:
    ring = st.lists(st.tuples(numbers, numbers), min_size=3, max_size=6).map(tuple)
    part = st.builds(Part, ring, st.lists(ring, max_size=2).map(tuple))
    return st.lists(part, min_size=1, max_size=3).map(lambda parts: Polygon(tuple(parts)))


def spans(length: int = 50) -> st.SearchStrategy[Span]:
    pair = st.lists(st.integers(0, length), min_size=2, max_size=2, unique=True).map(sorted)
    return pair.map(lambda pair: Span(*pair))


REGIONS = boxes() | polygons() | spans()
