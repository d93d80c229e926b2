"""Fabrics and the folds in them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from labelmill.demo.cloth import Cloth, Colour, Grey, blurred, clouds

COLOURS: tuple[Colour, ...] = (
    (236, 232, 222), (248, 246, 240), (214, 196, 168), (178, 148, 112), (122, 92, 70), (62, 58, 60), (40, 44, 56),
    (44, 62, 98), (78, 112, 158), (140, 174, 206), (62, 128, 130), (120, 168, 150), (84, 110, 78), (146, 152, 94),
    (226, 190, 88), (222, 144, 74), (204, 94, 72), (176, 52, 58), (122, 40, 58), (226, 150, 160), (208, 112, 142),
    (150, 112, 164), (96, 74, 128), (150, 152, 158), (98, 104, 112),
)  # fmt: skip
"""RGB, 0 to 255."""


def some_colour(chance: np.random.Generator) -> Colour:
    """One of COLOURS, a little off."""
    base = np.asarray(COLOURS[chance.integers(len(COLOURS))]) + chance.normal(0, 6, 3)
    red, green, blue = np.clip(base, 12, 250).tolist()
    return red, green, blue


def tint(colour: Colour, factor: float) -> Colour:
    """Darker (below 1) or lighter (above)."""
    red, green, blue = (min(255.0, value * factor) for value in colour)
    return red, green, blue


def denim(chance: np.random.Generator, shape: tuple[int, ...], unit: float) -> Grey:
    """Blue, grey or black twill, worn in places; (h, w, 3) RGB 0 to 255."""
    base = np.asarray(((58, 84, 128), (92, 124, 168), (44, 56, 84), (128, 150, 178), (66, 68, 74))[chance.integers(5)])
    y, x = np.indices(shape[:2], np.float32)
    twill = 0.05 * np.sin((x + y) * (2 * np.pi / max(3.0, 0.025 * unit)))
    worn = 0.16 * clouds(chance, shape, 0.4 * unit) + chance.normal(0, 0.05, shape[:2])
    return np.asarray(base * (1 + twill + worn)[:, :, None], np.float32)


def fabric(chance: np.random.Generator, shape: tuple[int, ...], unit: float) -> Grey:
    """Any fabric, plain ones most often; (h, w, 3) RGB 0 to 255; `unit`: pixels a unit."""
    first, second = some_colour(chance), some_colour(chance)
    while sum(abs(a - b) for a, b in zip(first, second, strict=True)) < 120:
        second = some_colour(chance)
    makers: tuple[Callable[..., Grey], ...] = (_stripes, _checks, _dots, _knit, _flowers)
    kind, ground = chance.random(), np.asarray(first, np.float32)
    if kind < 0.4:
        made = np.broadcast_to(ground, (*shape[:2], 3))
    elif kind < 0.45:
        made = _herringbone(_wavy(chance, shape, unit), unit, ground)
    else:
        maker = makers[chance.choice(len(makers), p=(0.34, 0.23, 0.14, 0.18, 0.11))]
        made = maker(chance, _wavy(chance, shape, unit), unit, ground, np.asarray(second, np.float32))
    weave = 1 + chance.normal(0, 0.02, shape[:2]) + 0.03 * clouds(chance, shape, 0.5 * unit)
    return np.asarray(made * weave[:, :, None], np.float32)


def drape(cloth: Cloth, chance: np.random.Generator, *, hanging: bool, amount: float = 1.0) -> None:
    """Folds: soft ridges, mostly downwards on what hangs, any way on what lies."""
    height, width = cloth.mask.shape
    folds = np.zeros((height, width), np.float32)
    for _ in range(int(chance.integers(5, 11))):
        start = np.asarray([chance.uniform(0.1, 0.9) * width, chance.uniform(0, 0.8) * height])
        heading = np.pi / 2 + chance.normal(0, 0.2) if hanging else chance.uniform(0, 2 * np.pi)
        steps = np.arange(6)
        turn = heading + chance.normal(0, 0.12) * steps
        length = chance.uniform(0.06, 0.2) * max(height, width)
        line = start + np.cumsum(np.stack([np.cos(turn), np.sin(turn)], axis=1) * length, axis=0)
        ridge = np.zeros((height, width), np.uint8)
        thick = max(1, round(chance.uniform(0.02, 0.09) * cloth.unit))
        cv2.polylines(ridge, [np.round(line).astype(np.int32)], False, 255, thick, cv2.LINE_AA)
        folds += np.float32(chance.choice((-1, 1)) * chance.uniform(0.3, 1) / 255) * ridge
    cloth.relief += amount * blurred(folds, 0.045 * cloth.unit) * 1.5
    cloth.relief += amount * 1.3 * clouds(chance, cloth.mask.shape, 0.35 * cloth.unit)


def _wavy(chance: np.random.Generator, shape: tuple[int, ...], unit: float) -> tuple[Grey, Grey]:
    """Coordinates in units, turned a little or by a quarter, and bent as cloth lies."""
    y, x = np.indices(shape[:2], np.float32) / np.float32(unit)
    x = x + 0.035 * clouds(chance, shape, 0.5 * unit)
    y = y + 0.035 * clouds(chance, shape, 0.5 * unit)
    turn = chance.normal(0, 0.05) + (np.pi / 4 if chance.random() < 0.1 else 0)
    return (
        np.asarray(x * np.cos(turn) - y * np.sin(turn), np.float32),
        np.asarray(x * np.sin(turn) + y * np.cos(turn), np.float32),
    )


def _edge(wave: Grey, sharp: float = 6.0) -> Grey:
    """A wave of -1 to 1 as steps of 0 to 1 with soft edges."""
    return np.asarray(np.clip(0.5 + sharp * wave, 0, 1), np.float32)


def _mix(first: Grey, second: Grey, share: Grey) -> Grey:
    return first + (second - first) * share[:, :, None]


def _stripes(chance: np.random.Generator, place: tuple[Grey, Grey], unit: float, first: Grey, second: Grey) -> Grey:
    along = place[int(chance.random() < 0.65)]
    pitch, share = max(chance.uniform(0.05, 0.3), 6 / unit), chance.uniform(-0.7, 0.5)
    return _mix(first, second, _edge(np.sin(along * (2 * np.pi / pitch)) + share, 0.15 * pitch * unit))


def _checks(chance: np.random.Generator, place: tuple[Grey, Grey], unit: float, first: Grey, second: Grey) -> Grey:
    pitch, share = max(chance.uniform(0.1, 0.32), 8 / unit), chance.uniform(-0.5, 0.3)
    across, down = (_edge(np.sin(axis * (2 * np.pi / pitch)) + share, 0.15 * pitch * unit) for axis in place)
    made = _mix(first, second, (across + down) * 0.5)
    if chance.random() < 0.5:
        thin = _edge(np.sin(place[0] * (2 * np.pi / pitch) + 1) - 0.97, 20) + _edge(
            np.sin(place[1] * (2 * np.pi / pitch) + 1) - 0.97, 20
        )
        made = _mix(made, np.asarray(some_colour(chance)), np.clip(thin, 0, 1) * 0.8)
    return made


def _dots(chance: np.random.Generator, place: tuple[Grey, Grey], unit: float, first: Grey, second: Grey) -> Grey:
    pitch = max(chance.uniform(0.1, 0.26), 8 / unit)
    row = np.floor(place[1] / pitch)
    x = (place[0] / pitch + 0.5 * (row % 2)) % 1 - 0.5
    y = place[1] / pitch - row - 0.5
    return _mix(first, second, _edge(chance.uniform(0.2, 0.33) - np.hypot(x, y), pitch * unit))


def _knit(chance: np.random.Generator, place: tuple[Grey, Grey], unit: float, first: Grey, second: Grey) -> Grey:
    pitch = max(0.055, 5 / unit)
    x = np.abs((place[0] / pitch) % 1 - 0.5)
    stitches = np.sin(2 * np.pi * (place[1] / pitch * 1.2 - x))
    rib = np.cos(2 * np.pi * place[0] / (pitch * chance.choice((1, 4))))
    made = first * (0.92 + 0.1 * stitches + 0.07 * rib)[:, :, None]
    if chance.random() < 0.35:
        bands = _edge(np.sin(place[1] * (2 * np.pi / chance.uniform(0.3, 0.7))) - 0.6)
        made = _mix(made, second * (0.92 + 0.1 * stitches)[:, :, None], bands)
    return np.asarray(made, np.float32)


def _flowers(chance: np.random.Generator, place: tuple[Grey, Grey], unit: float, first: Grey, second: Grey) -> Grey:
    height, width = place[0].shape
    made = np.ascontiguousarray(np.broadcast_to(first, (height, width, 3)), np.float32)
    third = some_colour(chance)
    size = max(2, round(chance.uniform(0.025, 0.05) * unit))
    for _ in range(int(height * width / (12 * size) ** 2 * 2.2)):
        x, y = (int(v) for v in chance.integers(0, (width, height)))
        cv2.circle(made, (x + 2 * size, y + size), max(1, size // 2), (90, 120, 80), -1, cv2.LINE_AA)
        for turn in chance.uniform(0, 7) + np.arange(5) * (2 * np.pi / 5):
            spot = (int(x + size * np.cos(turn)), int(y + size * np.sin(turn)))
            cv2.circle(made, spot, max(1, round(0.7 * size)), second.tolist(), -1, cv2.LINE_AA)
        cv2.circle(made, (x, y), max(1, size // 2), third, -1, cv2.LINE_AA)
    return made


def _herringbone(place: tuple[Grey, Grey], unit: float, first: Grey) -> Grey:
    pitch = max(0.16, 12 / unit)
    zigzag = np.abs((place[0] / pitch) % 1 - 0.5) * 2
    return np.asarray(first * (1 + 0.1 * np.sin(2 * np.pi * (place[1] / pitch * 2 + zigzag)))[:, :, None], np.float32)
