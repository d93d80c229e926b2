"""Things under the brush: areas, strokes, relief, and the light on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Grey: TypeAlias = NDArray[np.float32]
Points: TypeAlias = NDArray[np.float64]
Colour: TypeAlias = tuple[float, float, float]
Pose: TypeAlias = Callable[[Points], Points]

_BITS = 4
"""Of a fraction of a pixel, in OpenCV's fixed-point coordinates."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """A finished thing: `colour` (h, w, 3) RGB 0 to 255, `alpha` (h, w) 0 to 1; `origin` is the pixel (x, y) that
    places it."""

    colour: Grey
    alpha: Grey
    origin: tuple[float, float]


class Cloth:
    """A thing being drawn, in units of its own: x to the right, y down, (0, 0) in the middle of its upper edge.

    `unit`: pixels a unit; `half`, `height`: the room it has, in units; `pose` bends all that is drawn alike.
    """

    def __init__(self, unit: float, half: float, height: float, pose: Pose = lambda points: points) -> None:
        self.unit, self.pose = unit, pose
        self._margin = 0.2
        self.origin = ((half + self._margin) * unit, self._margin * unit)
        shape = round((height + 2 * self._margin) * unit), round(2 * (half + self._margin) * unit)
        self.colour = np.zeros((*shape, 3), np.float32)
        self.mask = np.zeros(shape, np.float32)
        self.relief = np.zeros(shape, np.float32)

    def area(self, points: Sequence[tuple[float, float]] | Points, *, soft: bool = True) -> Grey:
        """The inside of a closed outline, (h, w) 0 to 1; `soft`: with corners rounded as cloth has them."""
        found = np.zeros(self.mask.shape, np.uint8)
        outline = np.asarray(points, np.float64)
        cv2.fillPoly(found, [self._pixels(soften(outline) if soft else outline)], 255, cv2.LINE_AA, _BITS)
        return found.astype(np.float32) / np.float32(255)

    def stroke(self, points: Sequence[tuple[float, float]] | Points, width: float, *, closed: bool = False) -> Grey:
        """A line `width` units wide (at least a pixel), (h, w) 0 to 1."""
        found = np.zeros(self.mask.shape, np.uint8)
        thick = max(1, round(width * self.unit))
        line = self._pixels(_resampled(np.asarray(points, np.float64), 0.1, closed=closed))
        cv2.polylines(found, [line], closed, 255, thick, cv2.LINE_AA, _BITS)
        return found.astype(np.float32) / np.float32(255)

    def disc(self, x: float, y: float, radius: float) -> Grey:
        """A round spot, (h, w) 0 to 1."""
        turn = np.linspace(0, 2 * np.pi, 25)[:-1]
        return self.area(np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], axis=1), soft=False)

    def add(self, mask: Grey, colour: Grey | Colour) -> None:
        """Cover an area, which becomes part of the thing."""
        self.paint(mask, colour)
        np.maximum(self.mask, mask, out=self.mask)

    def paint(self, mask: Grey, colour: Grey | Colour, strength: float = 1.0) -> None:
        """Colour an area without making it part of the thing."""
        spot = window(mask)
        paint = colour[spot] if isinstance(colour, np.ndarray) else np.asarray(colour, np.float32)
        self.colour[spot] += (mask[spot] * np.float32(strength))[:, :, None] * (paint - self.colour[spot])

    def darken(self, mask: Grey, strength: float) -> None:
        """Multiply an area's colour: 1 makes it black, below 0 brighter."""
        spot = window(mask)
        self.colour[spot] *= 1 - (mask[spot] * np.float32(strength))[:, :, None]

    def seam(self, points: Sequence[tuple[float, float]] | Points, depth: float = 1.0) -> None:
        """A line that lies deeper than what is around it."""
        line = self.stroke(points, 0.015)
        spot = window(line, margin=round(0.06 * self.unit) + 1)
        line[spot] *= self.mask[spot]
        self.darken(line, 0.28 * min(depth, 1.6))
        self.relief[spot] -= np.float32(0.5 * depth) * blurred(line[spot], 0.018 * self.unit)

    def stitch(self, points: Sequence[tuple[float, float]] | Points, colour: Colour) -> None:
        """A broken line of thread."""
        line = _resampled(np.asarray(points, np.float64), 0.035, closed=False)
        for start in range(0, len(line) - 1, 2):
            self.paint(self.stroke(line[start : start + 2], 0.01) * self.mask, colour, 0.7)

    def finish(self, turned: float) -> Sprite:
        """Light from the picture's upper left on a thing that will be turned by `turned` radians."""
        relief = self.relief + 1.5 * blurred(self.mask, 0.035 * self.unit)
        slope_x = cv2.Sobel(relief, cv2.CV_32F, 1, 0, ksize=3)
        slope_y = cv2.Sobel(relief, cv2.CV_32F, 0, 1, ksize=3)
        x, y = np.cos(0.95 + turned), np.sin(0.95 + turned)
        slope = (slope_x * np.float32(x) + slope_y * np.float32(y)) * np.float32(self.unit / 320)
        self.colour *= (1 + np.float32(0.34) * slope / np.sqrt(1 + slope * slope))[:, :, None]
        np.clip(self.colour, 0, 255, out=self.colour)
        return Sprite(self.colour, self.mask, self.origin)

    def _pixels(self, points: Points) -> NDArray[np.int32]:
        return np.asarray(np.round((self.pose(points) * self.unit + self.origin) * 2**_BITS), np.int32)


def window(mask: Grey, margin: int = 0) -> tuple[slice, slice]:
    """The rows and columns outside of which a mask is 0, and `margin` pixels more: work is done only there."""
    x, y, width, height = cv2.boundingRect((mask > 0).view(np.uint8))
    return slice(max(0, y - margin), y + height + margin), slice(max(0, x - margin), x + width + margin)


def soften(points: Points, step: float = 0.14) -> Points:
    """A closed outline with its corners cut three times over (Chaikin 1974), each within `step` of the corner."""
    fine = _resampled(points, step, closed=True)
    for _ in range(3):
        after = np.roll(fine, -1, axis=0)
        fine = np.stack([0.75 * fine + 0.25 * after, 0.25 * fine + 0.75 * after], axis=1).reshape(-1, 2)
    return fine


def mirrored(points: Sequence[tuple[float, float]]) -> Points:
    """The right half of an outline, from top to bottom, with its mirror image."""
    right = np.asarray(points, np.float64)
    return np.concatenate([right, right[::-1] * (-1, 1)])


def arc(x: float, y: float, across: float, down: float, start: float = 0.0, stop: float = np.pi) -> Points:
    """A piece of an ellipse round (x, y), angles in radians, clockwise from the right."""
    turn = np.linspace(start, stop, 13)
    return np.stack([x + across * np.cos(turn), y + down * np.sin(turn)], axis=1)


def blurred(mask: Grey, sigma: float) -> Grey:
    """A softer copy; sigma in pixels."""
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(sigma, 0.3)), np.float32)


def clouds(chance: np.random.Generator, shape: tuple[int, ...], cell: float) -> Grey:
    """Smooth noise, (h, w), mean about 0 and mostly within -1 to 1; `cell`: the size of its waves in pixels."""
    rows, columns = (max(2, int(side / max(cell, 1)) + 2) for side in shape[:2])
    coarse = chance.normal(0, 0.6, (rows, columns)).astype(np.float32)
    quarter = shape[1] // 4 + 1, shape[0] // 4 + 1  # smooth enough, and a third of the time
    waves = cv2.resize(coarse, quarter, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.resize(waves, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)


def _resampled(points: Points, step: float, *, closed: bool) -> Points:
    ends = np.concatenate([points, points[:1]]) if closed else points
    pieces = []
    for start, stop in pairwise(ends):
        count = max(1, int(np.ceil(np.hypot(*(stop - start)) / step)))
        pieces.append(start + (stop - start) * (np.arange(count) / count)[:, None])
    return np.concatenate(pieces if closed else [*pieces, ends[-1:]])
