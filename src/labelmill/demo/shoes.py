"""Shoes, from the side and from above. A shoe is about one unit long, its toe to the right or upwards."""

from __future__ import annotations

import numpy as np

from labelmill.demo.cloth import Cloth, Colour, Grey, Points, Sprite, mirrored
from labelmill.demo.fabrics import denim, drape, fabric, some_colour, tint
from labelmill.demo.garments import Brush

_BLACK: Colour = (42, 40, 42)
_WHITE: Colour = (240, 238, 232)
_LEATHERS: tuple[Colour, ...] = (
    (120, 74, 44),
    (82, 52, 38),
    (46, 42, 44),
    (158, 106, 66),
    (130, 40, 44),
    (196, 160, 120),
)


def shoe(brush: Brush) -> Sprite:
    """One shoe: what stands shows its side, what lies shows itself from above as often, or is knitted where odd."""
    if not brush.hanging:
        if brush.happens(0.3 * brush.odd):
            return knitted(brush, sole=brush.between(0.015, 0.045))
        if brush.happens(0.5):
            return _from_above(brush)
    kinds = (_sneaker, _boot, _pump, _loafer)
    return kinds[int(brush.chance.choice(4, p=(0.42, 0.24, 0.18, 0.16)))](brush)


def _leather(brush: Brush, cloth: Cloth) -> Grey:
    """What the upper is made of: leather, canvas, denim or any fabric."""
    kind = brush.chance.random()
    if kind < 0.2:
        return fabric(brush.chance, cloth.mask.shape, brush.unit)
    if kind < 0.25:
        return denim(brush.chance, cloth.mask.shape, brush.unit)
    base = _LEATHERS[brush.chance.integers(len(_LEATHERS))] if kind < 0.6 else some_colour(brush.chance)
    grain = 1 + brush.chance.normal(0, 0.02, cloth.mask.shape)
    return np.asarray(np.asarray(base) * grain[:, :, None], np.float32)


def _laces(cloth: Cloth, rows: list[tuple[tuple[float, float], tuple[float, float]]], colour: Colour) -> None:
    for start, stop in rows:
        lace = cloth.stroke([start, stop], 0.03) * cloth.mask
        cloth.relief += 0.5 * lace
        cloth.paint(lace, colour)


def _sole(cloth: Cloth, outline: list[tuple[float, float]], colour: Colour) -> None:
    sole = cloth.area(outline)
    cloth.add(sole, colour)
    cloth.relief += 0.8 * sole


def _sneaker(brush: Brush) -> Sprite:
    high = brush.between(0.0, 0.2) if brush.happens(0.4) else 0.0
    cloth = Cloth(brush.unit, 0.6, 0.6)
    cloth.add(
        cloth.area(
            [
                (-0.48, 0.1 - high), (-0.34, 0.06 - high), (-0.14, 0.05 - high), (-0.06, 0.12 - high / 2), (0.12, 0.23),
                (0.34, 0.29), (0.48, 0.35), (0.51, 0.46), (-0.49, 0.46), (-0.5, 0.28),
            ]
        ),
        _leather(brush, cloth),
    )  # fmt: skip
    sole = _WHITE if brush.happens(0.7) else some_colour(brush.chance)
    trim = some_colour(brush.chance)
    if brush.happens(0.5):
        cloth.paint(cloth.area([(0.3, 0.28), (0.52, 0.32), (0.53, 0.47), (0.34, 0.47)]) * cloth.mask, tint(sole, 0.97))
    cloth.darken(cloth.area([(-0.44, 0.1 - high), (-0.14, 0.06 - high), (-0.16, 0.12 - high)]) * cloth.mask, 0.45)
    for shift in range(int(brush.chance.integers(0, 4))):
        x = -0.2 + 0.09 * shift
        cloth.paint(cloth.stroke([(x, 0.42), (x + 0.12, 0.2)], 0.035) * cloth.mask, trim)
    cloth.seam([(0.28, 0.28), (0.26, 0.38), (0.33, 0.46)])
    cloth.seam([(-0.34, 0.1 - high), (-0.36, 0.3), (-0.46, 0.42)])
    rows = [((-0.1 + 0.085 * n, 0.1 + 0.05 * n), (-0.02 + 0.085 * n, 0.21 + 0.035 * n)) for n in range(4)]
    _laces(cloth, rows, _WHITE if brush.happens(0.7) else trim)
    _sole(cloth, [(-0.53, 0.41), (0.3, 0.43), (0.53, 0.4), (0.55, 0.5), (0.5, 0.54), (-0.51, 0.54)], sole)
    cloth.paint(cloth.stroke([(-0.5, 0.475), (0.52, 0.475)], 0.015) * cloth.mask, tint(trim, 0.9))
    return cloth.finish(brush.turned)


def _boot(brush: Brush) -> Sprite:
    shaft, heel = brush.between(0.2, 0.75), brush.between(0.05, 0.14)
    cloth = Cloth(brush.unit, 0.6, 0.65 + shaft)
    foot = shaft + 0.12
    cloth.add(
        cloth.area(
            [
                (-0.46, 0.0), (-0.05, 0.02), (-0.03, foot - 0.1), (0.06, foot + 0.07), (0.36, foot + 0.16),
                (0.48, foot + 0.24), (0.5, foot + 0.36), (-0.45, foot + 0.36), (-0.47, foot + 0.1),
            ]
        ),
        _leather(brush, cloth),
    )  # fmt: skip
    cloth.darken(cloth.area([(-0.46, 0.0), (-0.05, 0.0), (-0.05, 0.05), (-0.46, 0.06)]) * cloth.mask, 0.5)
    cloth.seam([(-0.1, foot + 0.1), (0.0, foot + 0.24), (-0.02, foot + 0.36)])
    cloth.seam([(0.24, foot + 0.14), (0.27, foot + 0.25), (0.36, foot + 0.35)], 0.8)
    if brush.happens(0.5):
        count = 3 + int(shaft / 0.12)
        rows = [((-0.1, foot + 0.04 - 0.1 * n), (-0.0, foot + 0.08 - 0.1 * n)) for n in range(count)]
        _laces(cloth, rows, tint(some_colour(brush.chance), 1.1))
    else:
        cloth.seam([(-0.24, 0.05), (-0.25, foot + 0.2)], 1.2)
    sole = foot + 0.34
    _sole(cloth, [(-0.48, sole), (0.52, sole), (0.53, sole + 0.07), (-0.48, sole + 0.07)], (50, 40, 34))
    _sole(cloth, [(-0.48, sole), (-0.2, sole), (-0.22, sole + 0.06 + heel), (-0.48, sole + 0.06 + heel)], (44, 36, 32))
    return cloth.finish(brush.turned)


def _pump(brush: Brush) -> Sprite:
    heel = brush.between(0.08, 0.34)
    cloth = Cloth(brush.unit, 0.6, 0.75)
    lift = 0.5 - heel
    made = _leather(brush, cloth)
    _sole(cloth, [(-0.47, lift - 0.05), (-0.3, lift + 0.02), (-0.38, 0.54), (-0.45, 0.54)], _BLACK)
    cloth.add(
        cloth.area(
            [
                (-0.5, lift - 0.26), (-0.4, lift - 0.16), (-0.2, lift + 0.02), (0.08, 0.4 - 0.25 * heel), (0.26, 0.36),
                (0.46, 0.42), (0.54, 0.51), (0.18, 0.53), (-0.1, 0.52 - 0.4 * heel), (-0.34, lift + 0.03),
                (-0.5, lift + 0.02),
            ]
        ),
        made,
    )  # fmt: skip
    cloth.seam([(-0.46, lift - 0.22), (-0.2, lift + 0.03), (0.08, 0.42 - 0.25 * heel), (0.24, 0.38)], 1.2)
    if brush.happens(0.4):
        cloth.paint(cloth.disc(0.3, 0.39, 0.045), some_colour(brush.chance))
    cloth.paint(cloth.stroke([(0.5, 0.53), (0.16, 0.545), (-0.1, 0.54 - 0.4 * heel)], 0.03), _BLACK)
    return cloth.finish(brush.turned)


def _loafer(brush: Brush) -> Sprite:
    cloth = Cloth(brush.unit, 0.6, 0.6)
    cloth.add(
        cloth.area(
            [
                (-0.48, 0.2), (-0.36, 0.2), (-0.16, 0.24), (0.02, 0.2), (0.16, 0.26), (0.4, 0.33), (0.52, 0.42),
                (0.5, 0.5), (-0.48, 0.5), (-0.5, 0.36),
            ]
        ),
        _leather(brush, cloth),
    )  # fmt: skip
    cloth.darken(cloth.area([(-0.46, 0.21), (-0.16, 0.25), (0.0, 0.22), (-0.16, 0.3)]) * cloth.mask, 0.5)
    cloth.seam([(0.02, 0.22), (0.06, 0.32), (0.24, 0.36), (0.44, 0.4)], 1.1)
    strap = cloth.stroke([(-0.06, 0.34), (0.1, 0.24)], 0.08) * cloth.mask
    cloth.darken(strap, 0.15)
    cloth.relief += 0.6 * strap
    _sole(cloth, [(-0.5, 0.47), (0.52, 0.47), (0.53, 0.53), (-0.5, 0.54)], (58, 44, 34))
    return cloth.finish(brush.turned)


def knitted(brush: Brush, *, sole: float) -> Sprite:
    """A sock or, with a sole so many units thick, a knitted house boot."""
    shaft = brush.between(0.2, 0.7)
    foot = shaft + 0.12
    cloth = Cloth(brush.unit, 0.6, 0.65 + shaft)
    made = fabric(brush.chance, cloth.mask.shape, brush.unit)
    cloth.add(
        cloth.area(
            [
                (-0.44, 0.0), (-0.08, 0.0), (-0.07, foot - 0.08), (0.06, foot + 0.06), (0.36, foot + 0.12),
                (0.5, foot + 0.2), (0.5, foot + 0.36), (-0.4, foot + 0.36), (-0.47, foot + 0.16),
            ]
        ),
        made,
    )  # fmt: skip
    cuff = cloth.area([(-0.46, 0.0), (-0.06, 0.0), (-0.06, 0.12), (-0.46, 0.12)], soft=False) * cloth.mask
    cloth.paint(cuff, made * np.float32(0.85) if brush.happens(0.6) else some_colour(brush.chance))
    for x in np.linspace(-0.44, -0.08, 8)[1:-1]:
        cloth.seam([(float(x), 0.0), (float(x), 0.12)], 0.6)
    if brush.happens(0.5):  # heel and toe of another wool
        wool = some_colour(brush.chance)
        for left, right in ((-0.5, -0.26), (0.34, 0.52)):
            patch = cloth.area([(left, foot + 0.1), (right, foot + 0.1), (right, foot + 0.38), (left, foot + 0.38)])
            cloth.paint(patch * cloth.mask, wool)
    drape(cloth, brush.chance, hanging=False, amount=0.4)
    if sole:
        rim = cloth.area(
            [(-0.46, foot + 0.36 - sole), (0.52, foot + 0.36 - sole), (0.5, foot + 0.37), (-0.44, foot + 0.37)]
        )
        cloth.paint(rim * cloth.mask, made * np.float32(0.6))
    return cloth.finish(brush.turned)


def _from_above(brush: Brush) -> Sprite:
    """Toe upwards."""
    wide = brush.between(0.17, 0.22)
    cloth = Cloth(brush.unit, 0.35, 1.0)
    outline: Points = mirrored(
        [
            (0.0, 0.0),
            (0.62 * wide, 0.03),
            (wide, 0.22),
            (0.92 * wide, 0.5),
            (0.8 * wide, 0.85),
            (0.4 * wide, 1.0),
            (0, 1),
        ]
    )
    outline[: len(outline) // 2, 0] += 0.02
    sole = _WHITE if brush.happens(0.5) else _BLACK
    cloth.add(cloth.area(outline * 1.0), sole)
    upper = cloth.area((outline - (0, 0.5)) * (0.88, 0.95) + (0, 0.5))
    made = _leather(brush, cloth)
    cloth.paint(upper, made)
    cloth.relief += 1.2 * upper
    opening = cloth.area(mirrored([(0, 0.46), (0.5 * wide, 0.5), (0.6 * wide, 0.8), (0.3 * wide, 0.92), (0, 0.93)]))
    cloth.paint(opening, tint(some_colour(brush.chance), 0.55))
    cloth.relief -= 1.5 * opening
    if brush.happens(0.75):
        tongue = cloth.area(mirrored([(0, 0.24), (0.36 * wide, 0.27), (0.42 * wide, 0.56), (0, 0.6)]))
        cloth.paint(tongue, made * np.float32(0.82))
        rows = [((-0.5 * wide, 0.28 + 0.065 * n), (0.5 * wide, 0.28 + 0.065 * n)) for n in range(4)]
        _laces(cloth, rows, _WHITE if brush.happens(0.7) else some_colour(brush.chance))
    cloth.seam([(-0.8 * wide, 0.22), (0, 0.17), (0.8 * wide, 0.22)], 1.0)
    return cloth.finish(brush.turned)
