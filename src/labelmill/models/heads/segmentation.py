"""Semantic segmentation: the connected parts of each concept as polygons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmill.core.annotation import Prediction
from labelmill.core.geometry import Part, Polygon, Ring
from labelmill.models.heads.answers import Answers, Floats
from labelmill.models.keys import SegmentationKeys
from labelmill.models.prepare import Frame

MAX_SIDE = 1024
"""Longer pictures are outlined at this length: 1024 x 768 x 21 float32 are 66 MB, and models see far less."""


class Segmentation:
    """One number a pixel and concept, (height, width, concepts), or (concepts, height, width) for nchw."""

    def __init__(self, keys: SegmentationKeys, answers: Answers, *, channels_last: bool) -> None:
        self._keys = keys
        self._answers = answers
        self._channels_last = channels_last
        self.outputs: tuple[str, ...] = (keys.output,) if keys.output else ()

    def misfit(self, shapes: Sequence[tuple[int, ...]]) -> str | None:
        """Three axes, one of them the concepts'."""
        shape, names = shapes[0], len(self._answers.names)
        fits = len(shape) == 3 and shape[-1 if self._channels_last else 0] == names
        wanted = f"(height, width, {names})" if self._channels_last else f"({names}, height, width)"
        return None if fits else f"is {shape}, but the card's layout and concepts make {wanted}"

    def decode(self, outputs: Sequence[NDArray[Any]], frame: Frame) -> list[Prediction]:
        """Polygons, one a connected part, best first; score = the concept's mean probability over the part."""
        best, sure = self._best(self._answers.sound(outputs[0]), outline_size(frame.picture))
        found = [
            Prediction(self._answers.names[number], score, polygon)
            for number in np.unique(best).tolist()
            if self._answers.wanted[number]
            for score, polygon in self._parts((best == number).view(np.uint8), sure)
        ]
        return sorted(found, key=lambda prediction: -prediction.score)

    def _best(self, numbers: Floats, size: tuple[int, int]) -> tuple[NDArray[np.uint16], Floats]:
        """The best concept of each pixel and its probability, at `size` (width, height)."""
        last = numbers if self._channels_last else numbers.transpose(1, 2, 0)
        resized = cv2.resize(np.ascontiguousarray(last, np.float32), size, interpolation=cv2.INTER_LINEAR)
        numbers = resized.reshape(size[1], size[0], -1).astype(
            np.float32, copy=False
        )  # OpenCV drops the axis of a single concept
        number = numbers.argmax(axis=-1)
        top = np.take_along_axis(numbers, number[:, :, np.newaxis], axis=-1)
        best = self._answers.concept.astype(np.uint16)[number]
        if self._keys.activation == "none":
            return best, top[:, :, 0]
        numbers -= top
        np.exp(numbers, out=numbers)
        return best, 1 / (numbers @ np.ones(numbers.shape[-1], np.float32))  # a sum, five times as fast as sum()

    def _parts(self, mask: NDArray[np.uint8], sure: Floats) -> Iterator[tuple[float, Polygon]]:
        count, labels, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        least = self._keys.min_area * mask.size
        for label in range(1, count):
            x, y, width, height, pixels = boxes[label].tolist()
            if pixels < least:
                continue
            part = labels[y : y + height, x : x + width] == label
            score = float(sure[y : y + height, x : x + width][part].mean(dtype=np.float64))
            if score < self._answers.floor:
                continue
            tolerance = self._keys.tolerance * max(mask.shape)
            yield score, outline(part, (x, y), mask.shape, tolerance=tolerance, least=least)


def outline(
    part: NDArray[np.bool_], corner: tuple[int, int], shape: tuple[int, ...], *, tolerance: float, least: float = 0.0
) -> Polygon:
    """The outline of one connected part, with its holes, along the edges of its pixels, in shares of the picture.

    Corners that point into the part are cut by half a pixel.

    `part`: (h, w); it lies at `corner` (x, y) of a picture of `shape` (height, width). Outlines are simplified
    (Douglas-Peucker) by at most `tolerance` pixels; holes smaller than `least` pixels are filled.
    """
    import shapely  # not at the top: a run over boxes need not pay for it

    # a contour runs through the middles of pixels; through the pixels' corners it takes in all of the part
    corners = cv2.dilate(np.pad(part.view(np.uint8), 1), np.ones((2, 2), np.uint8), anchor=(1, 1))
    rings, tree = cv2.findContours(corners[1:, 1:], cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE, offset=corner)
    tops = [n for n, (_, _, _, above) in enumerate(tree[0]) if above < 0]
    holes = [r for r, (_, _, _, above) in zip(rings, tree[0], strict=True) if above >= 0 and len(r) > 2]
    holes = [hole[:, 0] for hole in holes if cv2.contourArea(hole) >= least]
    exact = shapely.Polygon(rings[tops[0]][:, 0], holes)
    simple = exact.simplify(tolerance)
    # pixels that meet in a corner make a ring that touches itself
    whole = simple if simple.is_valid and not simple.is_empty else shapely.make_valid(exact)
    pieces = [piece for piece in shapely.get_parts(whole) if piece.geom_type == "Polygon"]
    scale = np.asarray([shape[1], shape[0]], np.float64)

    def ring(line: shapely.LinearRing) -> Ring:
        points: list[list[float]] = (shapely.get_coordinates(line)[:-1] / scale).tolist()
        return tuple((x, y) for x, y in points)

    return Polygon(tuple(Part(ring(p.exterior), tuple(ring(hole) for hole in p.interiors)) for p in pieces))


def outline_size(picture: tuple[int, int]) -> tuple[int, int]:
    """(width, height) in pixels at which a picture of that size is outlined."""
    ratio = min(1.0, MAX_SIDE / max(picture))
    return max(1, round(picture[0] * ratio)), max(1, round(picture[1] * ratio))
