"""Walls and floors, beds and rails: what garments hang from and lie on."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from labelmill.demo.canvas import Canvas
from labelmill.demo.cloth import Cloth, Colour, Grey, Sprite, arc, clouds
from labelmill.demo.fabrics import fabric, some_colour, tint
from labelmill.demo.garments import Brush

_WALLS: tuple[Colour, ...] = (
    (232, 226, 214), (214, 220, 222), (222, 208, 196), (198, 210, 200), (226, 214, 186), (188, 198, 210),
    (238, 236, 232), (206, 176, 164), (150, 164, 158), (120, 132, 148),
)  # fmt: skip
_WOODS: tuple[Colour, ...] = ((196, 152, 104), (168, 122, 82), (216, 182, 138), (122, 86, 60), (150, 138, 124))


def wall(chance: np.random.Generator, shape: tuple[int, int]) -> Grey:
    """Paint, wallpaper with stripes or sprigs, or panels; (h, w, 3) RGB."""
    height, width = shape
    colour = np.asarray(_WALLS[chance.integers(len(_WALLS))], np.float32)
    made = colour * (1 + 0.015 * clouds(chance, shape, 120) + chance.normal(0, 0.006, shape))[:, :, None]
    kind, pitch = chance.random(), int(chance.integers(26, 60))
    if kind < 0.2:
        made *= np.where(np.arange(width) // pitch % 2, 0.955, 1.0)[None, :, None]
    elif kind < 0.35:
        for row in range(0, height, pitch):
            for column in range(pitch // 2 * (row // pitch % 2), width, pitch):
                cv2.circle(made, (column, row), 3, (colour * 0.88).tolist(), -1, cv2.LINE_AA)
                cv2.circle(made, (column + 5, row - 5), 2, (colour * 0.84).tolist(), -1, cv2.LINE_AA)
    elif kind < 0.5:
        for column in range(int(chance.integers(pitch)), width, 2 * pitch):
            made[:, column : column + 2] *= 0.88
            made[:, column + 2 : column + 3] *= 1.05
    return np.asarray(made, np.float32)


def floor(chance: np.random.Generator, shape: tuple[int, int]) -> Grey:
    """Wooden boards, tiles or carpet, seen from above; (h, w, 3) RGB."""
    return (boards, _tiles, _carpet)[int(chance.choice(3, p=(0.45, 0.25, 0.3)))](chance, shape)


def boards(chance: np.random.Generator, shape: tuple[int, int]) -> Grey:
    """Wooden boards from left to right, with grain."""
    height, width = shape
    wood = np.asarray(_WOODS[chance.integers(len(_WOODS))], np.float32)
    made = np.zeros((height, width, 3), np.float32)
    deep = int(chance.integers(34, 76))
    for top in range(0, height, deep):
        rows = min(deep, height - top)
        cuts = [0, *sorted(chance.integers(0, width, int(chance.integers(1, 3))).tolist()), width]
        for left, right in pairwise(cuts):
            made[top : top + rows, left:right] = wood * chance.normal(1, 0.06)
            made[top : top + rows, max(0, left - 1) : left + 1] *= 0.7
        grain = clouds(chance, (rows, max(2, width // 40)), 2.5)
        made[top : top + rows] *= (
            1 + 0.075 * cv2.resize(grain, (width, rows), interpolation=cv2.INTER_LINEAR)[:, :, None]
        )
        made[top : top + 2] *= 0.68
    return made


def _tiles(chance: np.random.Generator, shape: tuple[int, int]) -> Grey:
    pitch = int(chance.integers(58, 120))
    first = np.asarray(_WALLS[chance.integers(len(_WALLS))], np.float32)
    second = first * chance.choice((1.0, 0.82, 0.55))
    y, x = np.indices(shape) // pitch
    tone = chance.normal(1, 0.03, (y.max() + 1, x.max() + 1))[y, x]
    made = np.where(((x + y) % 2)[:, :, None], first, second) * tone[:, :, None]
    y, x = np.indices(shape) % pitch
    made *= np.where((x < 3) | (y < 3), 0.78, 1.0)[:, :, None]
    made *= np.where((x == 3) | (y == 3), 1.06, 1.0)[:, :, None]
    return np.asarray(made * (1 + 0.03 * clouds(chance, shape, 30))[:, :, None], np.float32)


def _carpet(chance: np.random.Generator, shape: tuple[int, int]) -> Grey:
    height, width = shape
    colour = np.asarray(some_colour(chance)) * 0.6 + 70
    made = np.asarray(colour * (1 + chance.normal(0, 0.06, shape) + 0.04 * clouds(chance, shape, 40))[:, :, None])
    if chance.random() < 0.6:
        second = np.asarray(some_colour(chance)) * 0.6 + 60
        for inset, thick in ((22, 10), (42, 4)):
            ring = np.zeros(shape, np.float32)
            cv2.rectangle(ring, (inset, inset), (width - inset, height - inset), 1.0, thick)
            made += 0.8 * ring[:, :, None] * (second - made)
    return np.asarray(made, np.float32)


def bed(chance: np.random.Generator, shape: tuple[int, int]) -> Grey:
    """A bedspread with soft waves."""
    made = fabric(chance, shape, float(chance.uniform(110, 190)))
    waves = clouds(chance, shape, 70)
    slope = cv2.Sobel(waves, cv2.CV_32F, 1, 1, ksize=5)
    pale = 0.62 * made + 0.38 * np.float32(228)
    return np.asarray(pale * (1 + 0.1 * np.tanh(slope * 3) + 0.06 * waves)[:, :, None], np.float32)


def wood(chance: np.random.Generator) -> Colour:
    """The colour of some furniture."""
    return tint(_WOODS[chance.integers(len(_WOODS))], float(chance.uniform(0.85, 1.25)))


def ground(canvas: Canvas, chance: np.random.Generator, top: int) -> None:
    """A floor below a wall, from the row `top` down, with a skirting board."""
    height, width = canvas.picture.shape[:2]
    canvas.picture[top:] = floor(chance, (height - top, width))
    canvas.rectangle(0, top - 12, width, top, (240, 238, 232))
    canvas.rectangle(0, top, width, top + 3, (30, 26, 24), strength=0.4)
    canvas.picture[top:] *= np.linspace(0.82, 1.04, height - top, dtype=np.float32)[:, None, None]


def rail(canvas: Canvas, brush: Brush, y: float, left: float, right: float) -> None:
    """A rail of metal or wood with its ends."""
    cloth = Cloth(1.0, (right - left) / 2 + 8, 12)
    colour = (168, 170, 174) if brush.happens(0.6) else wood(brush.chance)
    bar = cloth.stroke([(-(right - left) / 2, 5), ((right - left) / 2, 5)], 7)
    cloth.add(bar, colour)
    cloth.paint(cloth.stroke([(-(right - left) / 2, 3), ((right - left) / 2, 3)], 2), tint(colour, 1.3))
    canvas.put(Sprite(cloth.colour, cloth.mask, cloth.origin), ((left + right) / 2, y - 5), shadow=(3, 14, 6))


def hanger(brush: Brush, *, clips: bool) -> Sprite:
    """A hanger with its hook; its origin is where the garment's upper edge goes, in units of garments."""
    cloth = Cloth(brush.unit, 0.7, 0.6)
    metal: Colour = (150, 152, 158)
    cloth.add(cloth.stroke([*map(tuple, arc(0, 0.1, 0.07, 0.08, -np.pi, 0.5 * np.pi)), (0, 0.32)], 0.022), metal)
    colour = wood(brush.chance) if brush.happens(0.7) else some_colour(brush.chance)
    if clips:
        cloth.add(cloth.stroke([(-0.42, 0.34), (0.42, 0.34)], 0.035), metal)
        for x in (-0.34, 0.34):
            cloth.add(cloth.area([(x - 0.03, 0.3), (x + 0.03, 0.3), (x + 0.04, 0.46), (x - 0.04, 0.46)]), colour)
    else:
        cloth.add(cloth.stroke([(-0.46, 0.44), (0, 0.32), (0.46, 0.44)], 0.05), colour)
    x, y = cloth.origin
    made = cloth.finish(0.0)
    return Sprite(made.colour, made.alpha, (x, y + 0.38 * brush.unit))
