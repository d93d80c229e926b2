"""Trousers, shorts and skirts. A unit is about 40 cm: a waist is one unit wide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelmill.demo.cloth import Cloth, Colour, Grey, Points, Pose, Sprite
from labelmill.demo.fabrics import denim, drape, fabric, some_colour, tint


@dataclass(frozen=True, slots=True)
class Brush:
    """How a garment is to be drawn.

    `unit`: pixels a unit; `turned`: radians by which it will be turned; `hanging`: else it lies; `odd`: 0 to 1, how
    often its cut comes near another garment's.
    """

    chance: np.random.Generator
    unit: float
    turned: float
    hanging: bool
    odd: float

    def between(self, low: float, high: float) -> float:
        """Any number of a range."""
        return float(self.chance.uniform(low, high))

    def happens(self, share: float) -> bool:
        """True so often."""
        return bool(self.chance.random() < share)

    def pose(self) -> Pose:
        """A sway: gentle on what hangs, more on what lies."""
        much = 0.02 if self.hanging else 0.05
        a, b = self.chance.normal(0, much, 2)
        p, q = self.chance.uniform(0, 7, 2)
        f, g = self.chance.uniform(1.2, 2.6, 2)

        def bent(points: Points) -> Points:
            x, y = points[:, 0], points[:, 1]
            return np.stack([x + a * np.sin(f * y + p), y + b * np.sin(g * x + q)], axis=1)

        return bent


def pants(brush: Brush) -> Sprite:
    """Long trousers, from skinny to wide; short ones (7/8, capri) where cuts are odd."""
    short = brush.happens(0.1 + 0.5 * brush.odd)
    return _trousers(brush, brush.between(1.3, 1.75) if short else brush.between(2.0, 2.6))


def shorts(brush: Brush) -> Sprite:
    """Short trousers; knee-long ones where cuts are odd."""
    long = brush.happens(0.1 + 0.5 * brush.odd)
    return _trousers(brush, brush.between(1.25, 1.65) if long else brush.between(0.85, 1.2))


@dataclass(frozen=True, slots=True)
class _Leg:
    """Half of a pair of trousers to the right of its middle: x at hip, knee and hem, outer and inner."""

    waist: float
    hip: float
    rise: float
    length: float
    knee: tuple[float, float]
    hem: tuple[float, float]

    def outline(self) -> list[tuple[float, float]]:
        """Clockwise from the middle of the waist to the crotch."""
        middle = (self.rise + self.length) / 2
        lift = 0.04 * (self.hem[1] - self.hem[0])
        return [
            (0, 0.02), (self.waist, 0), (self.hip, 0.42), (self.knee[1], middle), (self.hem[1], self.length - lift),
            (self.hem[0], self.length), (self.knee[0], middle), (0.0, self.rise),
        ]  # fmt: skip


def _trousers(brush: Brush, length: float) -> Sprite:
    waist = brush.between(0.38, 0.5)
    hip = waist + brush.between(0.04, 0.13)
    rise = brush.between(0.6, 0.76)
    share = (length - rise) / 1.6
    wide = brush.between(0.12, 0.34) if length > 1.6 else brush.between(0.22, 0.4)
    knee_wide = max(0.13, 0.5 * (wide + 0.2) + 0.05) if length > 1.6 else 0.5 * (wide + 0.26)
    closed = length < 1.3 and brush.happens(0.5 * brush.odd)  # so wide that it looks like a skirt
    legs = []
    for _ in range(2):
        gap = (
            brush.between(0.0, 0.06 if brush.hanging else 0.16) * share + 0.05 - 0.05 * brush.odd * brush.between(0, 1)
        )
        gap = 0.0 if closed else gap
        bend = 0.0 if brush.hanging or closed else float(brush.chance.normal(0, 0.09)) * share
        inner = 0.5 * gap + bend + 0.01
        outer = inner + 1.6 * knee_wide if length > 1.6 else 0.5 * (hip + gap + 2 * wide)
        knee, hem = (inner, outer), (gap, gap + 2 * wide)
        legs.append(_Leg(waist, hip, rise, length, knee, hem))
    cloth = Cloth(brush.unit, 1.15, length, brush.pose())
    jeans = brush.happens(0.4)
    made = (denim if jeans else fabric)(brush.chance, cloth.mask.shape, brush.unit)
    for leg, side in zip(legs, (1, -1), strict=True):
        outline = np.asarray(leg.outline()) * (side, 1)
        cloth.add(cloth.area(outline), made)
        _finish_leg(cloth, leg, side, jeans=jeans)
    drape(cloth, brush.chance, hanging=brush.hanging)
    _waistband(cloth, brush, waist, made, jeans=jeans)
    _fly_and_pockets(cloth, brush, legs[0], jeans=jeans)
    return cloth.finish(brush.turned)


def _finish_leg(cloth: Cloth, leg: _Leg, side: int, *, jeans: bool) -> None:
    """The hem and the inner seam."""
    rim = 0.06
    at = (side, 1)
    hem = np.asarray([(leg.hem[0] + 0.02, leg.length - rim), (leg.hem[1] - 0.02, leg.length - rim)]) * at
    cloth.seam(hem, 0.7)
    if jeans:
        cloth.stitch(hem - (0, 0.02), (214, 164, 96))
    cloth.seam(np.asarray([(0.0, leg.rise - 0.05), (leg.knee[0] + 0.03, (leg.rise + leg.length) / 2)]) * at, 0.8)


def _waistband(cloth: Cloth, brush: Brush, waist: float, made: Grey, *, jeans: bool) -> None:
    deep = 0.11
    band = cloth.area([(-waist, 0), (waist, 0), (waist + 0.02, deep), (-waist - 0.02, deep)], soft=False) * cloth.mask
    cloth.paint(band, made * np.float32(0.9))
    cloth.relief += 0.5 * band
    cloth.seam([(-waist - 0.02, deep), (0, deep + 0.02), (waist + 0.02, deep)])
    if jeans or brush.happens(0.45):
        cloth.paint(cloth.disc(0, deep / 2, 0.035), (190, 160, 110) if jeans else some_colour(brush.chance))
        for x in (-0.7 * waist, -0.35 * waist, 0.35 * waist, 0.7 * waist):
            loop = cloth.stroke([(x, -0.01), (x, deep + 0.03)], 0.05) * cloth.mask
            cloth.paint(loop, made * np.float32(0.82))
            cloth.relief += 0.4 * loop
    else:  # elastic, with a cord
        for x in np.linspace(-waist, waist, 13)[1:-1]:
            cloth.seam([(float(x), 0.0), (float(x), deep)], 0.5)
        light = (238, 234, 224) if brush.happens(0.6) else (60, 60, 64)
        for x in (-0.07, 0.06):
            cloth.paint(cloth.stroke([(0.5 * x, deep), (x, deep + 0.16), (1.3 * x, deep + 0.28)], 0.02), light)


def _fly_and_pockets(cloth: Cloth, brush: Brush, leg: _Leg, *, jeans: bool) -> None:
    thread: Colour = (214, 164, 96) if jeans else (230, 226, 218)
    cloth.seam([(0, 0.11), (0, leg.rise)], 1.2)
    if jeans or brush.happens(0.6):
        cloth.seam([(0.08, 0.12), (0.085, 0.36), (0.03, 0.46), (0, 0.48)], 0.7)
    for side in (-1, 1):
        inner, outer = side * 0.45 * leg.waist, side * (leg.waist + 0.06)
        pocket = [(inner, 0.12), (inner + side * 0.07, 0.24), (outer, 0.31)]
        cloth.seam(pocket)
        if jeans:
            cloth.stitch([(x, y + 0.025) for x, y in pocket], thread)
    if not jeans and brush.happens(0.18):  # patch pockets on the sides
        for side in (-1, 1):
            x, y = side * leg.hip * 0.62, leg.rise + 0.02
            flap = [(x - 0.13, y), (x + 0.13, y), (x + 0.13, y + 0.26), (x - 0.13, y + 0.26)]
            cloth.relief += 0.5 * cloth.area(flap, soft=False) * cloth.mask
            cloth.seam([*flap, flap[0]], 0.9)
            cloth.seam([(x - 0.13, y + 0.08), (x + 0.13, y + 0.08)], 0.9)


def skirt(brush: Brush) -> Sprite:
    """From mini to maxi, from pencil to circle; pleated, tiered, buttoned or plain, and of denim now and then."""
    if brush.happens(0.12 * brush.odd):
        return _wrapped(brush)
    waist, length = brush.between(0.32, 0.46), brush.between(0.75, 1.95)
    cut = brush.happens(0.22 + 0.2 * brush.odd)
    flare = brush.between(0.05, 0.16) if cut else brush.between(0.25, 0.62)
    hip = waist + min(0.16, 0.06 + 0.4 * flare)
    hem = waist + flare * (0.55 + 0.45 * length)
    cloth = Cloth(brush.unit, 1.2, length + 0.15, brush.pose())
    jeans = brush.happens(0.15 + 0.1 * brush.odd)
    made = (denim if jeans else fabric)(brush.chance, cloth.mask.shape, brush.unit)
    waves = int(brush.chance.integers(3, 8))
    cloth.add(cloth.area(_skirt_outline(brush, (waist, hip, hem), length, waves=0 if cut else waves)), made)
    drape(cloth, brush.chance, hanging=True, amount=1.0 if cut else 0.6)
    _skirt_folds(cloth, brush, waist, hem, length, count=2 if cut else 2 * waves)
    style = brush.chance.random()
    if style < 0.2 and not jeans:
        for share in (0.38, 0.7):
            y, x = share * length, waist + (hem - waist) * share
            cloth.seam([(-x, y), (0, y + 0.05), (x, y)], 1.6)
    elif style < 0.4 or jeans:
        _skirt_front(cloth, brush, waist, length)
    elif style < 0.55:
        y, x = length - 0.12, waist + (hem - waist) * 0.93
        edge = cloth.stroke([(-x, y - 0.02), (0, y + 0.04), (x, y - 0.02)], 0.05) * cloth.mask
        cloth.paint(edge, some_colour(brush.chance))
    _skirt_band(cloth, brush, waist, made)
    return cloth.finish(brush.turned)


def _wrapped(brush: Brush) -> Sprite:
    """A wrap skirt, its overlap seen or turned away."""
    cloth, half, length = straight(brush)
    if brush.happens(0.5):
        cloth.seam([(0.3 * half, 0.08), (0.45 * half, length)], 1.4)
    return cloth.finish(brush.turned)


def straight(brush: Brush) -> tuple[Cloth, float, float]:
    """A straight piece of cloth that is bound round a waist: half its width at the waist and its length, in units."""
    half, length = brush.between(0.36, 0.5), brush.between(0.75, 1.3)
    hem = half + brush.between(0.04, 0.16)
    cloth = Cloth(brush.unit, 1.1, length, brush.pose())
    made = fabric(brush.chance, cloth.mask.shape, brush.unit)
    cloth.add(cloth.area([(-half, 0), (half, 0), (hem, length), (-hem, length)]), made)
    drape(cloth, brush.chance, hanging=brush.hanging, amount=0.7)
    deep = brush.between(0.06, 0.1)
    band = cloth.area([(-half, 0), (half, 0), (half + 0.01, deep), (-half - 0.01, deep)], soft=False) * cloth.mask
    cloth.paint(band, made * np.float32(0.88))
    cloth.relief += 0.5 * band
    cloth.seam([(-half, deep), (half, deep)])
    cloth.seam([(-hem, length - 0.06), (hem, length - 0.06)], 0.7)
    for side in (-1, 1):
        end, down = half + brush.between(0.08, 0.3), brush.between(0.2, 0.6)
        ribbon = [(side * (half - 0.03), 0.05), (side * end, 0.12 + 0.3 * down), (side * end, down)]
        cloth.add(cloth.stroke(ribbon, 0.035), made * np.float32(0.85))
    return cloth, half, length


def _skirt_outline(brush: Brush, widths: tuple[float, float, float], length: float, *, waves: int) -> Points:
    waist, hip, hem = widths
    sag, wave = brush.between(0.0, 0.09), brush.between(0.015, 0.05) if waves else 0.0
    share = np.linspace(-1, 1, 33)
    rim = length + sag * (1 - share**2) + wave * np.cos(share * np.pi * waves)
    lower = np.stack([share * hem, rim], axis=1)[::-1]
    right = [(0.0, 0.02), (waist, 0.0), (waist + 0.25 * (hip - waist), 0.12), (hip, 0.38)]
    left = [(-x, y) for x, y in right[:0:-1]]
    return np.concatenate([np.asarray(right), lower, np.asarray(left)])


def _skirt_folds(cloth: Cloth, brush: Brush, waist: float, hem: float, length: float, *, count: int) -> None:
    """Folds or pleats that run from the waist and open towards the hem."""
    pleated = count > 2 and brush.happens(0.3)
    number = 14 if pleated else count
    for share in np.linspace(-0.9, 0.9, number) + brush.chance.normal(0, 0.0 if pleated else 0.05, number):
        start = 0.12 if pleated else brush.between(0.12, 0.4) * length
        top = share * (waist + (hem - waist) * start / length)
        line = [(float(top), start), (float(share * hem * 0.98), length + 0.1)]
        if pleated:
            cloth.seam(line, 1.5)
        else:
            ridge = cloth.stroke(line, brush.between(0.03, 0.08)) * cloth.mask
            cloth.relief += brush.between(0.5, 1.3) * float(brush.chance.choice((-1, 1))) * ridge
            cloth.darken(ridge, 0.06)


def _skirt_front(cloth: Cloth, brush: Brush, waist: float, length: float) -> None:
    """A placket with buttons, or a seam with a slit; both look a little like a fly."""
    cloth.seam([(0, 0.1), (0, length + 0.1)], 1.2)
    if brush.happens(0.6):
        button = some_colour(brush.chance)
        for y in np.arange(0.2, length - 0.05, 0.19):
            cloth.paint(cloth.disc(0.04, float(y), 0.028), button)
    else:
        slit = cloth.area([(-0.01, 0.7 * length), (0.05, length + 0.2), (-0.05, length + 0.2)], soft=False)
        cloth.darken(slit * cloth.mask, 0.75)
    for side in (-1, 1):
        cloth.seam([(side * 0.45 * waist, 0.12), (side * 0.6 * waist, 0.24), (side * (waist + 0.06), 0.3)])


def _skirt_band(cloth: Cloth, brush: Brush, waist: float, made: Grey) -> None:
    deep = brush.between(0.07, 0.13)
    band = cloth.area([(-waist, 0), (waist, 0), (waist + 0.03, deep), (-waist - 0.03, deep)], soft=False) * cloth.mask
    colour: Colour | Grey = made * np.float32(0.88) if brush.happens(0.7) else tint(some_colour(brush.chance), 0.9)
    cloth.paint(band, colour)
    cloth.relief += 0.5 * band
    cloth.seam([(-waist - 0.02, deep), (0, deep + 0.02), (waist + 0.02, deep)])
