"""Shirts: T-shirts, tops, polos, blouses, jumpers and hoodies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmill.demo.cloth import Cloth, Grey, Points, Sprite, arc, mirrored
from labelmill.demo.fabrics import drape, fabric, some_colour, tint
from labelmill.demo.garments import Brush

_COLLARS = ("crew", "v", "polo", "shirt", "hood")


@dataclass(frozen=True, slots=True)
class _Cut:
    """Half widths at neck, shoulder, chest and hem; the neck's depth, the arm's depth, the whole length."""

    neck: float
    shoulder: float
    chest: float
    hem: float
    opening: float
    armpit: float
    length: float

    def outline(self) -> Points:
        """The body without its sleeves."""
        return mirrored(
            [
                (0.0, 0.05),
                (self.neck, 0.0),
                (self.shoulder, 0.13),
                (self.chest, self.armpit),
                (self.chest - 0.03, 0.6 * self.length),
                (self.hem, self.length),
                (0.0, self.length + 0.02),
            ]
        )


def shirt(brush: Brush) -> Sprite:
    """Any of them, with its sleeves hanging, spread or folded in."""
    collar = str(brush.chance.choice(_COLLARS, p=(0.36, 0.14, 0.13, 0.25, 0.12)))
    chest = brush.between(0.48, 0.62)
    cut = _Cut(
        neck=brush.between(0.15, 0.22), shoulder=chest - brush.between(-0.02, 0.06), chest=chest,
        hem=chest + brush.between(-0.05, 0.08), opening=brush.between(0.1, 0.22), armpit=brush.between(0.44, 0.56),
        length=brush.between(1.25, 1.75),
    )  # fmt: skip
    long = brush.happens(0.85 if collar == "hood" else 0.4)
    cloth = Cloth(brush.unit, (1.3 if brush.hanging else 1.75) if long else 1.15, cut.length + 0.2, brush.pose())
    made = fabric(brush.chance, cloth.mask.shape, brush.unit)
    bare = collar in ("crew", "v") and brush.happens(0.15)
    if collar == "hood":
        cloth.add(cloth.area(mirrored([(0, -0.17), (0.22, -0.12), (0.27, 0.05), (0.16, 0.16)])), made * np.float32(0.8))
    if not bare:
        for side in (-1, 1):
            _sleeve(cloth, brush, cut, side, made, long=long)
    cloth.add(cloth.area(cut.outline()), made)
    drape(cloth, brush.chance, hanging=brush.hanging)
    _seams(cloth, cut, bare=bare)
    if collar in ("crew", "hood") and brush.happens(0.45):
        _print(cloth, brush)
    _neck(cloth, brush, cut, collar, made)
    return cloth.finish(brush.turned)


def _sleeve(cloth: Cloth, brush: Brush, cut: _Cut, side: int, made: Grey, *, long: bool) -> None:
    """From the shoulder at an angle; a long one bends at the elbow. What is behind the body is drawn first."""
    length = brush.between(1.05, 1.3) if long else brush.between(0.28, 0.6)
    down = brush.between(1.0, 1.35) if brush.hanging else brush.between(0.25, 1.2)
    bend = 0.1 if brush.hanging else float(brush.chance.normal(0.15, 0.4))
    wide, narrow = 0.5 * (cut.armpit - 0.08), brush.between(0.1, 0.13) if long else brush.between(0.16, 0.23)
    start = np.asarray([cut.shoulder - 0.1, 0.13 + wide * 0.7])
    heading = np.asarray([np.cos(down), np.sin(down)])
    lower = np.asarray([np.cos(down + bend), np.sin(down + bend)])
    elbow = start + heading * length * 0.5
    end = elbow + lower * length * 0.5
    across, over = np.asarray([heading[1], -heading[0]]), np.asarray([lower[1], -lower[0]])
    middle = 0.5 * (wide + narrow)
    ring = [
        start + across * wide, elbow + across * middle, end + over * narrow, end - over * narrow,
        elbow - across * middle, start - across * wide,
    ]  # fmt: skip
    at = (side, 1)
    sleeve = cloth.area(np.asarray(ring) * at)
    cloth.add(sleeve, made * np.float32(0.95))
    cloth.relief += 0.6 * sleeve
    rim = np.asarray([end + over * narrow - lower * 0.08, end - over * narrow - lower * 0.08]) * at
    cloth.seam(rim, 1.2 if long else 0.8)


def _seams(cloth: Cloth, cut: _Cut, *, bare: bool) -> None:
    for side in (-1, 1):
        inner = cut.shoulder - (0.02 if bare else 0.05)
        cloth.seam([(side * cut.shoulder, 0.12), (side * inner, 0.3), (side * (cut.chest - 0.01), cut.armpit)], 1.4)
    cloth.seam([(-cut.hem, cut.length - 0.07), (0, cut.length - 0.05), (cut.hem, cut.length - 0.07)], 0.8)


def _print(cloth: Cloth, brush: Brush) -> None:
    """A picture on the chest."""
    colour, y, size = some_colour(brush.chance), brush.between(0.5, 0.68), brush.between(0.13, 0.24)
    kind = int(brush.chance.integers(5))
    turn = np.linspace(0, 2 * np.pi, 41)[:-1]
    if kind == 0:  # a heart
        x, down = 16 * np.sin(turn) ** 3, 13 * np.cos(turn) - 5 * np.cos(2 * turn) - 2 * np.cos(3 * turn)
        cloth.paint(cloth.area(np.stack([x / 16 * size, y - down / 16 * size], axis=1), soft=False), colour)
    elif kind == 1:  # a star
        radius = np.where(np.arange(40) // 4 % 2, 0.45, 1.0)[::4] * size
        spikes = turn[::4] - np.pi / 2
        star = np.stack([radius * np.cos(spikes), y + radius * np.sin(spikes)], axis=1)
        cloth.paint(cloth.area(star, soft=False), colour)
    elif kind == 2:  # a sun over the sea
        cloth.paint(cloth.disc(0, y - 0.03, size), colour)
        for row in range(3):
            line = [(-size, y + 0.05 + 0.06 * row), (size, y + 0.05 + 0.06 * row)]
            cloth.paint(cloth.stroke(line, 0.03), tint(colour, 0.6))
    elif kind == 3:  # words
        for row in range(int(brush.chance.integers(1, 4))):
            left = -size * brush.between(0.7, 1.4)
            while left < size:
                right = left + brush.between(0.05, 0.16)
                cloth.paint(cloth.stroke([(left, y + 0.1 * row), (right, y + 0.1 * row)], 0.045), colour)
                left = right + 0.05
    else:  # bands across
        for row in range(3):
            band = cloth.stroke([(-1, y + 0.1 * row), (1, y + 0.1 * row)], 0.055) * cloth.mask
            cloth.paint(band, tint(colour, 1 - 0.15 * row))


def _neck(cloth: Cloth, brush: Brush, cut: _Cut, collar: str, made: Grey) -> None:
    rib: Grey | tuple[float, float, float] = made * np.float32(0.85)
    if brush.happens(0.25):
        rib = some_colour(brush.chance)
    dark = made * np.float32(0.5)
    deep = cut.opening + (0.18 if collar == "v" else 0.0)
    if collar == "v":
        edge = np.asarray([(-cut.neck, 0.01), (0.0, deep), (cut.neck, 0.01)])
    else:
        edge = arc(0, 0.01, cut.neck, deep)[::-1]
    hollow = cloth.area(np.concatenate([edge, arc(0, 0.03, cut.neck, -0.02)]), soft=False)
    cloth.paint(hollow * cloth.mask, dark)
    if collar in ("crew", "v", "hood"):
        ring = cloth.stroke(edge, 0.06) * cloth.mask
        cloth.paint(ring, rib)
        cloth.relief += 0.7 * ring
        if collar == "hood":
            _pouch(cloth, cut)
        return
    _placket(cloth, brush, cut, made, deep, whole=collar == "shirt")
    for side in (-1, 1):
        wing = [(0.0, deep + 0.02), (side * (cut.neck + 0.02), -0.03), (side * (cut.neck + 0.1), 0.09)]
        wing.append((side * 0.17, deep + 0.12))
        flap = cloth.area(wing, soft=False)
        cloth.add(flap, rib if collar == "polo" else made * np.float32(1.04))
        cloth.relief += 0.9 * flap
        cloth.seam([wing[0], wing[3], wing[2]], 1.3)


def _pouch(cloth: Cloth, cut: _Cut) -> None:
    pouch = [(-0.2, 0.62 * cut.length), (0.2, 0.62 * cut.length), (0.33, 0.9 * cut.length), (-0.33, 0.9 * cut.length)]
    patch = cloth.area(pouch, soft=False) * cloth.mask
    cloth.relief += 0.8 * patch
    cloth.seam([*pouch, pouch[0]], 1.2)
    for x in (-0.08, 0.08):
        cloth.paint(cloth.stroke([(x, cut.opening), (1.2 * x, cut.opening + 0.3)], 0.022), (240, 238, 230))


def _placket(cloth: Cloth, brush: Brush, cut: _Cut, made: Grey, top: float, *, whole: bool) -> None:
    bottom = cut.length if whole else top + 0.3
    strip = cloth.stroke([(0, top), (0, bottom)], 0.1) * cloth.mask
    cloth.paint(strip, made * np.float32(0.97))
    cloth.relief += 0.6 * strip
    cloth.seam([(0.05, top), (0.05, bottom)], 0.9)
    cloth.seam([(-0.05, top), (-0.05, bottom)], 0.6)
    button = (244, 242, 236) if brush.happens(0.6) else some_colour(brush.chance)
    for y in np.arange(top + 0.1, bottom - 0.04, 0.2 if whole else 0.12):
        cloth.paint(cloth.disc(0, float(y), 0.026), button)
        cloth.darken(cloth.disc(0, float(y), 0.01), 0.5)
    if whole and brush.happens(0.6):
        x, y = 0.3, 0.52
        pocket = [(x - 0.12, y), (x + 0.12, y), (x + 0.12, y + 0.24), (x, y + 0.3), (x - 0.12, y + 0.24)]
        cloth.relief += 0.4 * cloth.area(pocket, soft=False)
        cloth.seam([*pocket, pocket[0]], 1.0)
