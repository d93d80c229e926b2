"""The picture being drawn, and what of each thing can be seen in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmill.core.geometry import Box, Part, Polygon, bounds
from labelmill.demo.cloth import Colour, Grey, Sprite, blurred, window

Mask: TypeAlias = NDArray[np.bool_]

_LEAST_PIXELS = 400
"""Of a garment; what shows less is not drawn."""
_LEAST_PIECE = 40
"""Of a garment's pieces, in pixels: smaller specks that show between other things are no part of its outline."""


@dataclass(frozen=True, slots=True)
class Garment:
    """One garment of a scene: its concept, its box and its outline as far as seen, in shares of the picture."""

    concept: str
    box: Box
    outline: Polygon


@dataclass(slots=True)
class _Drawn:
    concept: str
    visible: Mask
    whole: int


class Canvas:
    """A picture (height, width, 3) RGB, 0 to 255, and the garments in it; what comes later lies in front.

    `least`: the share of every garment (0 to 1) that stays to be seen; what would hide more is refused.
    """

    def __init__(self, picture: Grey, *, least: float) -> None:
        self.picture = picture
        self.least = least
        self._drawn: list[_Drawn] = []

    def put(
        self, sprite: Sprite, at: tuple[float, float], turned: float = 0.0, *, concept: str | None = None,
        shadow: tuple[float, float, float] = (4, 6, 5), mirrored: bool = False,
    ) -> bool:  # fmt: skip
        """Put a thing with its origin at a pixel (x, y), turned by radians clockwise; False when it cannot go there.

        `concept`: makes it a garment; `shadow`: how far to the right, down, and how soft, in pixels.
        """
        height, width = self.picture.shape[:2]
        matrix = _placing(sprite.origin, at, turned, mirrored=mirrored)
        alpha = _warped(sprite.alpha, matrix, (width, height))
        solid = alpha > 0.5
        if not self._fits(solid, float((sprite.alpha > 0.5).sum()), concept):
            return False
        self._shade(alpha, shadow)
        rows, columns = window(alpha)
        matrix[:, 2] -= columns.start, rows.start
        spot = self.picture[rows, columns]
        colour = _warped(sprite.colour, matrix, (spot.shape[1], spot.shape[0]))
        spot += alpha[rows, columns, None] * (colour - spot)
        for earlier in self._drawn:
            earlier.visible &= ~solid
        if concept is not None:
            self._drawn.append(_Drawn(concept, solid, int((sprite.alpha > 0.5).sum())))
        return True

    def garments(self) -> tuple[Garment, ...]:
        """All of them, in the order in which they were drawn."""
        found = []
        for thing in self._drawn:
            outline = _outline(thing.visible)
            found.append(Garment(thing.concept, bounds(outline), outline))
        return tuple(found)

    def rectangle(self, x: float, y: float, x2: float, y2: float, colour: Colour, *, strength: float = 1.0) -> None:
        """An upright rectangle of the background, in pixels."""
        height, width = self.picture.shape[:2]
        rows = slice(max(0, round(y)), min(height, max(0, round(y2))))
        columns = slice(max(0, round(x)), min(width, max(0, round(x2))))
        spot = self.picture[rows, columns]
        spot += strength * (np.asarray(colour, np.float32) - spot)

    def _fits(self, solid: Mask, whole: float, concept: str | None) -> bool:
        if concept is not None and solid.sum() < max(self.least * whole, _LEAST_PIXELS):
            return False
        for earlier in self._drawn:
            left = int((earlier.visible & ~solid).sum())
            if left < max(self.least * earlier.whole, _LEAST_PIXELS) and left < earlier.visible.sum():
                return False
        return True

    def _shade(self, alpha: Grey, shadow: tuple[float, float, float]) -> None:
        right, down, soft = shadow
        spot = window(alpha, margin=round(max(right, down) + 2 * soft))
        near = alpha[spot]
        moved = _warped(near, np.asarray([[1, 0, right], [0, 1, down]], np.float32), (near.shape[1], near.shape[0]))
        dark = 0.7 * blurred(moved, soft) + 0.3 * blurred(moved, 1.5)
        self.picture[spot] *= 1 - np.float32(0.42) * dark[:, :, None]


def _warped(values: Grey, matrix: Grey, size: tuple[int, int]) -> Grey:
    return np.asarray(cv2.warpAffine(values, matrix, size, flags=cv2.INTER_LINEAR), np.float32)


def _placing(origin: tuple[float, float], at: tuple[float, float], turned: float, *, mirrored: bool) -> Grey:
    cos, sin = np.cos(turned), np.sin(turned)
    turn = np.asarray([[cos, -sin], [sin, cos]]) @ np.diag([-1.0 if mirrored else 1.0, 1.0])
    shift = np.asarray(at) - turn @ np.asarray(origin)
    return np.concatenate([turn, shift[:, None]], axis=1).astype(np.float32)


def _outline(mask: Mask) -> Polygon:
    """Along the edges of the mask's pixels, every step of it, with its holes; specks are left out."""
    # a contour runs through the middles of pixels; through the pixels' corners it takes in all of the part
    corners = cv2.dilate(np.pad(mask.view(np.uint8), 1), np.ones((2, 2), np.uint8), anchor=(1, 1))[1:, 1:]
    rings, tree = cv2.findContours(corners, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    scale = np.asarray([mask.shape[1], mask.shape[0]], np.float64)
    parts = []
    largest = max(cv2.contourArea(ring) for ring in rings)
    for number, ring in enumerate(rings):
        if tree[0][number][3] >= 0 or cv2.contourArea(ring) < min(_LEAST_PIECE, largest):
            continue
        holes = [other for other, place in zip(rings, tree[0], strict=True) if place[3] == number]
        inner = tuple(_ring(hole, scale) for hole in holes if cv2.contourArea(hole) >= _LEAST_PIECE)
        parts.append(Part(_ring(ring, scale), inner))
    return Polygon(tuple(parts))


def _ring(ring: NDArray[Any], scale: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    points: list[list[float]] = (ring[:, 0] / scale).tolist()
    return tuple((x, y) for x, y in points)
