"""Regions: plain values, and free functions over them.

Image coordinates are shares of the upright image: x grows rightwards, y downwards, both 0 to 1.
Text offsets count Unicode code points, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from operator import index
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Point: TypeAlias = tuple[float, float]
Ring: TypeAlias = tuple[Point, ...]

TOLERANCE = 1e-3
"""How far outside 0..1 a coordinate may lie and still count as rounding (a share of the image's side)."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle; x1 < x2 and y1 < y2, shares of the image."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Part:
    """One connected piece of a polygon: an outer ring and the holes in it. Rings are not closed (no repeated point)."""

    outer: Ring
    holes: tuple[Ring, ...] = ()


@dataclass(frozen=True, slots=True)
class Polygon:
    """One or more parts."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: 0 <= start < end <= length in code points."""

    start: int
    end: int


Region: TypeAlias = Box | Polygon | Span


def kind_of(region: Region) -> str:
    """`box`, `polygon` or `span`."""
    return type(region).__name__.lower()


def area(region: Region) -> float:
    """Share of the image for boxes and polygons (0 to 1), code points for spans."""
    match region:
        case Box(x1, y1, x2, y2):
            return (x2 - x1) * (y2 - y1)
        case Span(start, end):
            return float(end - start)
        case Polygon(parts):
            return sum(_ring_area(p.outer) - sum(map(_ring_area, p.holes)) for p in parts)


def bounds(region: Box | Polygon) -> Box:
    """The smallest box that holds the region."""
    if isinstance(region, Box):
        return region
    xs = [x for part in region.parts for x, _ in part.outer]
    ys = [y for part in region.parts for _, y in part.outer]
    return Box(min(xs), min(ys), max(xs), max(ys))


def iou(a: Region, b: Region) -> float:
    """Intersection over union, 0 to 1. Regions of an image compare with one another, spans with spans; else 0."""
    if isinstance(a, Span) or isinstance(b, Span):
        return _span_iou(a, b) if isinstance(a, Span) and isinstance(b, Span) else 0.0
    if isinstance(a, Box) and isinstance(b, Box):
        return _box_iou(a, b)
    if _box_iou(bounds(a), bounds(b)) == 0:
        return 0.0
    one, other = to_shapely(a), to_shapely(b)
    union = one.union(other).area
    return float(one.intersection(other).area / union) if union > 0 else 0.0


def fault(region: Region, *, length: int | None = None) -> str | None:
    """Why the region is not a region, or None. `length` is the text's, in code points, for spans.

    Coordinates up to TOLERANCE outside the image are no fault: `clip` puts them on its edge. What has no area left
    then is one.
    """
    match region:
        case Span(start, end):
            whole = f" of {length}" if length is not None else ""
            inside = 0 <= start < end and (length is None or end <= length)
            return None if inside else f"span {start} to {end}{whole} does not lie in the text"
        case Box(x1, y1, x2, y2):
            return _points_fault(((x1, y1), (x2, y2))) or (
                None if _has_sides(region) else f"box {_short((x1, y1, x2, y2))} has no area"
            )
        case Polygon(parts):
            if not parts:
                return "polygon without parts"
            for ring in (ring for part in parts for ring in (part.outer, *part.holes)):
                if len(ring) < 3:
                    return f"polygon ring with {len(ring)} points"
                if wrong := _points_fault(ring):
                    return wrong
            return None if area(clip(region)) > 0 else "polygon has no area"


def is_exact(box: Box) -> bool:
    """True for a box that is as it should be: Python's own floats, within the image, with sides."""
    x1, y1, x2, y2 = box.x1, box.y1, box.x2, box.y2
    return 0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1 and type(x1) is type(y1) is type(x2) is type(y2) is float


def clip(region: Region) -> Region:
    """Put coordinates that rounding left just outside the image on its edge, and make them Python's own numbers.

    Raises TypeError for a span whose offsets are no whole numbers.
    """
    match region:
        case Box(x1, y1, x2, y2):
            return region if is_exact(region) else Box(*(min(max(float(v), 0.0), 1.0) for v in (x1, y1, x2, y2)))
        case Polygon(parts):
            return Polygon(tuple(Part(_clip_ring(p.outer), tuple(map(_clip_ring, p.holes))) for p in parts))
        case Span(start, end):
            return Span(index(start), index(end))


def to_shapely(region: Box | Polygon) -> BaseGeometry:
    """The region as a shapely geometry in shares of the image; self-crossing rings are mended."""
    import shapely  # not at the top: 0.15 s that a run over boxes need not pay

    if isinstance(region, Box):
        return shapely.MultiPolygon([shapely.box(region.x1, region.y1, region.x2, region.y2)])
    whole = shapely.MultiPolygon([(p.outer, p.holes) for p in region.parts])
    if whole.is_valid:
        return whole
    # on a grid far finer than any pixel: without it GEOS cannot mend some rings whose points all but coincide
    whole = shapely.transform(whole, lambda points: points.round(9))
    pieces = shapely.get_parts(shapely.make_valid(whole, method="structure", keep_collapsed=False))
    # lines may be left beside the areas all the same, and shapely cannot unite a mixture
    areas = pieces[shapely.get_dimensions(pieces) == 2]
    return shapely.union_all(areas) if areas.size else shapely.MultiPolygon()


def encode(region: Region) -> list[Any]:
    """As JSON: `[x1, y1, x2, y2]`, `[[outer, hole, ...], ...]` with rings as `[[x, y], ...]`, or `[start, end]`."""
    match region:
        case Box(x1, y1, x2, y2):
            return [x1, y1, x2, y2]
        case Span(start, end):
            return [start, end]
        case Polygon(parts):
            return [[[list(pt) for pt in ring] for ring in (p.outer, *p.holes)] for p in parts]


def decode(kind: str, value: list[Any]) -> Region:
    """The inverse of `encode`. Raises ValueError for an unknown kind or a value of another shape."""
    try:
        return _decode(kind, value)
    except TypeError as error:  # a number where a list belongs
        raise ValueError(f"this is no {kind}: {error}") from error


def _decode(kind: str, value: list[Any]) -> Region:
    if kind == "box":
        x1, y1, x2, y2 = value
        return Box(x1, y1, x2, y2)
    if kind == "span":
        start, end = value
        return Span(start, end)
    if kind == "polygon":
        parts = [[tuple((x, y) for x, y in ring) for ring in rings] for rings in value]
        return Polygon(tuple(Part(outer, tuple(holes)) for outer, *holes in parts))
    raise ValueError(f"no such kind of region: {kind}")


def _has_sides(box: Box) -> bool:
    """True when width and height are left within the image."""
    return max(box.x1, 0.0) < min(box.x2, 1.0) and max(box.y1, 0.0) < min(box.y2, 1.0)


def _ring_area(ring: Ring) -> float:
    pairs = zip(ring, (*ring[1:], ring[0]), strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def _clip_ring(ring: Ring) -> Ring:
    return tuple((min(max(float(x), 0.0), 1.0), min(max(float(y), 0.0), 1.0)) for x, y in ring)


def _points_fault(points: tuple[Point, ...]) -> str | None:
    for x, y in points:
        if not (isfinite(x) and isfinite(y)):
            return f"coordinate {_short((x, y))} is not a number"
        if not (-TOLERANCE <= x <= 1 + TOLERANCE and -TOLERANCE <= y <= 1 + TOLERANCE):
            return f"coordinate {_short((x, y))} lies outside the image"
    return None


def _short(values: tuple[float, ...]) -> str:
    return "(" + ", ".join(f"{v:.4g}" for v in values) + ")"


def _box_iou(a: Box, b: Box) -> float:
    width = min(a.x2, b.x2) - max(a.x1, b.x1)
    height = min(a.y2, b.y2) - max(a.y1, b.y1)
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    union = area(a) + area(b) - both
    return both / union if union > 0 else 0.0  # 0: sides so small that their product is


def _span_iou(a: Span, b: Span) -> float:
    both = min(a.end, b.end) - max(a.start, b.start)
    return both / (max(a.end, b.end) - min(a.start, b.start)) if both > 0 else 0.0
