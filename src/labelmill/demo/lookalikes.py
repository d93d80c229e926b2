"""What looks like a garment of the five concepts and is none: aprons, scarves, towels and socks."""

from __future__ import annotations

import numpy as np

from labelmill.demo import shoes
from labelmill.demo.cloth import Cloth, Sprite
from labelmill.demo.fabrics import drape, fabric, some_colour, tint
from labelmill.demo.garments import Brush, straight


def lying(brush: Brush) -> Sprite:
    """A thing seen from above, in units of garments."""
    return apron(brush) if brush.happens(0.7) else _scarf(brush)


def hanging(brush: Brush) -> Sprite:
    """A thing that hangs from clips; its origin is the middle of its upper edge."""
    makers = (apron, _scarf, _towel)
    return makers[int(brush.chance.choice(3, p=(0.6, 0.2, 0.2)))](brush)


def sock(brush: Brush) -> Sprite:
    """A sock, its toe to the right; it is about one unit long, as a shoe is."""
    return shoes.knitted(brush, sole=0.0)


def apron(brush: Brush) -> Sprite:
    """An apron without a bib: a straight piece of cloth with a pocket, and a band that ends in strings."""
    cloth, _, _ = straight(brush)
    if brush.happens(0.4):
        pocket = [(-0.2, 0.36), (0.2, 0.36), (0.2, 0.66), (-0.2, 0.66)]
        cloth.relief += 0.5 * cloth.area(pocket, soft=False)
        cloth.seam([*pocket, pocket[0]], 1.0)
    return cloth.finish(brush.turned)


def _scarf(brush: Brush) -> Sprite:
    """Folded in the middle: two long ends with fringes, side by side."""
    wide, length = brush.between(0.2, 0.34), brush.between(1.3, 2.3)
    cloth = Cloth(brush.unit, 0.9, length + 0.2, brush.pose())
    made = fabric(brush.chance, cloth.mask.shape, brush.unit)
    wool = tint(some_colour(brush.chance), 0.95)
    for side in (-1, 1):
        end = length * brush.between(0.88, 1.0)
        near, far = side * brush.between(-0.04, 0.02), side * 2 * wide
        cloth.add(cloth.area([(near, 0), (0.9 * far, 0), (far, 0.3), (far, end), (near, end)]), made)
        for x in np.linspace(near, far, 9):
            cloth.add(cloth.stroke([(float(x), end - 0.02), (float(x), end + 0.12)], 0.02), wool)
        cloth.seam([(near, end - 0.03), (far, end - 0.03)], 0.8)
    drape(cloth, brush.chance, hanging=brush.hanging)
    return cloth.finish(brush.turned)


def _towel(brush: Brush) -> Sprite:
    half, length = brush.between(0.34, 0.55), brush.between(0.8, 1.7)
    cloth = Cloth(brush.unit, 0.8, length, brush.pose())
    made = fabric(brush.chance, cloth.mask.shape, brush.unit)
    cloth.add(cloth.area([(-half, 0), (half, 0), (half, length), (-half, length)]), made)
    drape(cloth, brush.chance, hanging=brush.hanging)
    for y in (length - 0.2, length - 0.14, length - 0.06):
        cloth.seam([(-half, y), (half, y)], 0.9)
    return cloth.finish(brush.turned)
