"""COCO's run-length masks: runs of zeros and ones in turn, zeros first, down the columns of a mask (h, w)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labelmill.core.geometry import Part, Polygon, Ring


def from_polygon(polygon: Polygon, width: int, height: int) -> list[int]:
    """Uncompressed counts of the pixels whose centre lies in the polygon (even-odd rule per part, parts united)."""
    mask = np.zeros((height, width), dtype=np.uint8)
    for part in polygon.parts:
        flips = np.zeros((height, width + 1), dtype=np.uint8)
        for ring in (part.outer, *part.holes):
            _flip_at_edges(flips, ring)
        mask |= np.bitwise_xor.accumulate(flips, axis=1)[:, :width]
    return from_mask(mask)


def from_mask(mask: NDArray[np.uint8]) -> list[int]:
    """Uncompressed counts of a mask (h, w) of 0 and 1."""
    flat = mask.ravel(order="F")
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    counts = np.diff(np.concatenate([[0], edges, [flat.size]])).tolist()
    return [0, *counts] if flat.size and flat[0] else counts


def to_mask(counts: Sequence[int], width: int, height: int) -> NDArray[np.uint8]:
    """The mask (h, w) of counts. Raises ValueError when they do not add up to its size."""
    if sum(counts) != width * height or min(counts, default=0) < 0:
        raise ValueError(f"a mask of {width} x {height} has {width * height} pixels, its runs have {sum(counts)}")
    values = np.arange(len(counts), dtype=np.uint8) % 2
    return np.repeat(values, counts).reshape((height, width), order="F")


def to_polygon(counts: Sequence[int], width: int, height: int) -> Polygon | None:
    """The outline of a mask's pixels, holes included, in shares of the image; None for an empty mask.

    Runs become upright boxes one pixel wide, and these are united, so the outline is exact to the pixel.
    Raises ValueError when the counts do not fit the size.
    """
    import shapely  # not at the top: 0.15 s that an export need not pay

    mask = to_mask(counts, width, height)
    padded = np.pad(mask, ((1, 1), (0, 0))).astype(np.int8)
    steps = np.diff(padded, axis=0)
    columns, tops = np.nonzero(steps.T == 1)
    _, bottoms = np.nonzero(steps.T == -1)
    if not columns.size:
        return None
    whole = shapely.union_all(shapely.box(columns, tops, columns + 1, bottoms)).simplify(0)
    pieces = getattr(whole, "geoms", [whole])
    scale = np.array([width, height], dtype=np.float64)
    return Polygon(tuple(Part(_ring(p.exterior, scale), tuple(_ring(i, scale) for i in p.interiors)) for p in pieces))


def unpack(counts: str | bytes) -> list[int]:
    """Counts from COCO's compressed string (maskApi.c, rleFrString): 5 bits a character, differences to two before."""
    found: list[int] = []
    value = shift = 0
    for code in counts.encode("ascii") if isinstance(counts, str) else counts:
        bits = code - 48
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits & 0x20:
            continue
        if bits & 0x10:
            value -= 1 << shift
        found.append(value + (found[-2] if len(found) > 2 else 0))
        value = shift = 0
    return found


def _flip_at_edges(flips: NDArray[np.uint8], ring: Ring) -> None:
    """Flip, in (h, w + 1), the first pixel right of each crossing of the ring with a row's centre line."""
    height, width = flips.shape[0], flips.shape[1] - 1
    points = np.asarray(ring, dtype=np.float64) * (width, height)
    after = np.roll(points, -1, axis=0)
    low, high = np.minimum(points, after), np.maximum(points, after)
    # row r is crossed when low <= r + 0.5 < high: half open, so that a corner on the line counts once
    first = np.clip(np.ceil(low[:, 1] - 0.5), 0, height).astype(np.intp)
    last = np.clip(np.ceil(high[:, 1] - 0.5), 0, height).astype(np.intp)
    edges = np.repeat(np.arange(len(points)), last - first)
    starts = np.repeat(np.cumsum(last - first) - (last - first), last - first)
    rows = np.arange(len(edges)) - starts + first[edges]
    run = (rows + 0.5 - points[edges, 1]) / (after[edges, 1] - points[edges, 1])
    crossings = points[edges, 0] + run * (after[edges, 0] - points[edges, 0])
    columns = np.clip(np.ceil(crossings - 0.5), 0, width).astype(np.intp)
    np.bitwise_xor.at(flips, (rows, columns), 1)


def _ring(line: object, scale: NDArray[np.float64]) -> Ring:
    points = np.asarray(line.coords)[:-1] / scale  # type: ignore[attr-defined] # shapely's LinearRing
    return tuple((float(x), float(y)) for x, y in points)
