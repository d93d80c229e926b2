"""Records of every kind, for the laws that all export formats keep."""

from __future__ import annotations

from hypothesis import strategies as st

from labelmill.core.annotation import Status
from labelmill.core.geometry import Box, Part, Polygon, Span
from labelmill.formats.record import Record, RecordAnnotation

NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
SHARES = st.floats(0, 1)
SCORES = st.none() | SHARES
BOTH = st.booleans()
STATUSES = st.none() | st.sampled_from(Status)


@st.composite
def boxes(draw) -> Box:
    x1, y1 = draw(st.floats(0, 0.8)), draw(st.floats(0, 0.8))
    return Box(x1, y1, draw(st.floats(x1 + 0.1, 1)), draw(st.floats(y1 + 0.1, 1)))


@st.composite
def rings(draw):
    return tuple(draw(st.lists(st.tuples(SHARES, SHARES), min_size=3, max_size=6)))


def polygons(holes: int = 2) -> st.SearchStrategy[Polygon]:
    part = st.builds(Part, rings(), st.lists(rings(), max_size=holes).map(tuple))
    return st.lists(part, min_size=1, max_size=3).map(lambda parts: Polygon(tuple(parts)))


def spans(length: int = 100) -> st.SearchStrategy[Span]:
    pairs = st.lists(st.integers(0, length), min_size=2, max_size=2, unique=True)
    return pairs.map(lambda pair: Span(min(pair), max(pair)))


def annotations(regions, present=BOTH) -> st.SearchStrategy[RecordAnnotation]:
    return st.builds(RecordAnnotation, NAMES, regions, SCORES, STATUSES, st.none() | NAMES, present)


def images(regions, present=BOTH) -> st.SearchStrategy[Record]:
    side = st.integers(1, 5000)
    told = st.lists(annotations(regions, present), max_size=4).map(tuple)
    return st.builds(Record, NAMES, st.just("image"), side, side, annotations=told)


def texts() -> st.SearchStrategy[Record]:
    told = st.lists(annotations(st.none() | spans()), max_size=4).map(tuple)
    return st.builds(Record, NAMES, st.just("text"), id=st.none() | NAMES, text=NAMES, annotations=told)
