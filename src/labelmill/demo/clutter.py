"""What lies about between garments: boxes, books, plants, bags, towels, hats, baskets, and a cat."""

from __future__ import annotations

import numpy as np

from labelmill.demo.cloth import Cloth, Sprite, arc
from labelmill.demo.fabrics import drape, fabric, some_colour, tint
from labelmill.demo.garments import Brush


def standing(brush: Brush) -> Sprite:
    """A thing that stands on a floor or a shelf; its origin is the middle of its upper edge, it is one unit high."""
    makers = (_box, _books, _plant, _bag, _basket, _cat)
    return makers[int(brush.chance.choice(6, p=(0.24, 0.2, 0.2, 0.16, 0.13, 0.07)))](brush)


def lying(brush: Brush) -> Sprite:
    """A thing seen from above, about one unit high."""
    makers = (_book, _towel, _hat, _cup, _cat)
    return makers[int(brush.chance.choice(5, p=(0.3, 0.26, 0.18, 0.18, 0.08)))](brush)


def towel_stack(brush: Brush) -> Sprite:
    """Folded towels and blankets, one unit high."""
    cloth = Cloth(brush.unit, 0.7, 1.0)
    layers = int(brush.chance.integers(3, 6))
    for layer in range(layers):
        half = brush.between(0.52, 0.62)
        top, bottom = layer / layers, (layer + 1) / layers
        band = cloth.area([(-half, top), (half, top), (half + 0.02, bottom), (-half - 0.02, bottom)])
        cloth.add(band, fabric(brush.chance, cloth.mask.shape, brush.unit))
        cloth.relief += 1.2 * band
        cloth.seam([(-half, bottom - 0.01), (half, bottom - 0.01)], 1.6)
    return cloth.finish(brush.turned)


def _box(brush: Brush) -> Sprite:
    half = brush.between(0.45, 0.9)
    cloth = Cloth(brush.unit, 1.0, 1.0)
    colour = (188, 150, 108) if brush.happens(0.4) else some_colour(brush.chance)
    cloth.add(cloth.area([(-half, 0.1), (half, 0.1), (half, 1), (-half, 1)], soft=False), colour)
    lid = cloth.area([(-half - 0.03, 0.0), (half + 0.03, 0), (half + 0.03, 0.27), (-half - 0.03, 0.27)], soft=False)
    cloth.add(lid, tint(colour, 1.12))
    cloth.seam([(-half, 0.28), (half, 0.28)], 1.5)
    label = cloth.area([(-0.2, 0.48), (0.2, 0.48), (0.2, 0.72), (-0.2, 0.72)], soft=False)
    cloth.paint(label, (244, 240, 230))
    cloth.seam([(-0.13, 0.57), (0.13, 0.57)], 0.8)
    cloth.seam([(-0.13, 0.64), (0.06, 0.64)], 0.8)
    return cloth.finish(brush.turned)


def _books(brush: Brush) -> Sprite:
    cloth = Cloth(brush.unit, 0.9, 1.0)
    x = -0.8
    while x < 0.62:
        wide, top = brush.between(0.1, 0.22), brush.between(0.0, 0.25)
        spine = cloth.area([(x, top), (x + wide, top), (x + wide, 1), (x, 1)], soft=False)
        colour = some_colour(brush.chance)
        cloth.add(spine, colour)
        cloth.relief += 1.4 * spine
        for y in (top + 0.1, 0.86):
            cloth.paint(cloth.stroke([(x + 0.01, y), (x + wide - 0.01, y)], 0.03), tint(colour, 1.35))
        cloth.seam([(x, top), (x, 1)])
        x += wide + 0.005
    return cloth.finish(brush.turned)


def _plant(brush: Brush) -> Sprite:
    cloth = Cloth(brush.unit, 0.8, 1.0)
    green = ((86, 128, 78), (62, 104, 70), (120, 150, 84), (88, 130, 112))[brush.chance.integers(4)]
    for angle in np.linspace(-2.7, -0.45, int(brush.chance.integers(7, 12))) + brush.chance.normal(0, 0.1):
        length = brush.between(0.4, 0.62)
        tip = np.asarray([np.cos(angle), np.sin(angle) * 0.95]) * length + (0, 0.66)
        side = np.asarray([-np.sin(angle), np.cos(angle)]) * brush.between(0.06, 0.11)
        root, middle = np.asarray([0, 0.68]), (np.asarray([0, 0.66]) * 0.45 + tip * 0.55)
        leaf = cloth.area(np.stack([root, middle + side, tip, middle - side]))
        cloth.add(leaf, tint(green, brush.between(0.8, 1.2)))
        cloth.relief += 0.6 * leaf
        cloth.seam(np.stack([root, tip]), 0.7)
    pot = some_colour(brush.chance) if brush.happens(0.5) else (196, 112, 78)
    cloth.add(cloth.area([(-0.24, 0.66), (0.24, 0.66), (0.17, 1), (-0.17, 1)], soft=False), pot)
    rim = cloth.area([(-0.27, 0.62), (0.27, 0.62), (0.26, 0.72), (-0.26, 0.72)], soft=False)
    cloth.add(rim, tint(pot, 1.1))
    cloth.relief += rim
    return cloth.finish(brush.turned)


def _bag(brush: Brush) -> Sprite:
    cloth = Cloth(brush.unit, 0.7, 1.0)
    made = fabric(brush.chance, cloth.mask.shape, brush.unit)
    cloth.add(cloth.stroke(arc(0, 0.4, 0.25, 0.37, np.pi, 2 * np.pi), 0.06), made * np.float32(0.7))
    cloth.add(cloth.area([(-0.45, 0.36), (0.45, 0.36), (0.55, 0.98), (-0.55, 0.98)]), made)
    drape(cloth, brush.chance, hanging=False, amount=0.6)
    cloth.seam([(-0.46, 0.46), (0.46, 0.46)])
    cloth.paint(cloth.disc(0, 0.5, 0.05), (214, 180, 96))
    return cloth.finish(brush.turned)


def _basket(brush: Brush) -> Sprite:
    cloth = Cloth(brush.unit, 0.8, 1.0)
    straw = tint((196, 154, 100), brush.between(0.8, 1.15))
    cloth.add(cloth.area([(-0.62, 0.2), (0.62, 0.2), (0.5, 1), (-0.5, 1)]), straw)
    for row in range(7):
        y = 0.26 + row * 0.11
        for column in range(-6, 7):
            x = (column + 0.5 * (row % 2)) * 0.1
            knot = cloth.stroke([(x - 0.035, y), (x + 0.035, y)], 0.07) * cloth.mask
            cloth.relief += 0.9 * knot
    rim = cloth.stroke([(-0.62, 0.2), (0.62, 0.2)], 0.09)
    cloth.add(rim, tint(straw, 1.1))
    cloth.relief += rim
    return cloth.finish(brush.turned)


def _cat(brush: Brush) -> Sprite:
    """Asleep, curled up."""
    cloth = Cloth(brush.unit, 0.9, 0.95)
    fur = ((226, 150, 84), (70, 66, 68), (206, 196, 182), (140, 128, 118))[brush.chance.integers(4)]
    dark = tint(fur, 0.72)
    body = cloth.area(arc(0, 0.6, 0.72, 0.38, 0, 1.93 * np.pi))
    cloth.add(body, fur)
    cloth.relief += 1.5 * body
    for shift in np.linspace(-0.3, 0.4, 6):
        cloth.paint(cloth.stroke([(shift, 0.24), (shift + 0.07, 0.36), (shift + 0.03, 0.46)], 0.05) * cloth.mask, dark)
    cloth.paint(cloth.stroke(arc(0.02, 0.62, 0.62, 0.3, 0.1, 0.75 * np.pi), 0.15) * cloth.mask, dark)
    head = cloth.area(arc(-0.4, 0.5, 0.27, 0.23, 0, 1.93 * np.pi))
    ears = [[(-0.64, 0.44), (-0.6, 0.16), (-0.44, 0.3)], [(-0.36, 0.3), (-0.2, 0.16), (-0.17, 0.44)]]
    for ear in ears:
        cloth.add(cloth.area(ear, soft=False), tint(fur, 0.9))
    cloth.add(head, tint(fur, 1.05))
    cloth.relief += head
    for x in (-0.5, -0.3):
        cloth.paint(cloth.stroke(arc(x, 0.5, 0.055, 0.03, 0, np.pi), 0.02), (50, 40, 40))
    cloth.paint(cloth.area([(-0.43, 0.56), (-0.37, 0.56), (-0.4, 0.6)], soft=False), (206, 120, 120))
    return cloth.finish(brush.turned)


def _book(brush: Brush) -> Sprite:
    cloth = Cloth(brush.unit, 0.5, 1.0)
    colour = some_colour(brush.chance)
    cloth.add(cloth.area([(-0.34, 0.02), (0.36, 0.02), (0.36, 1), (-0.34, 1)], soft=False), (240, 236, 224))
    cover = cloth.area([(-0.36, 0), (0.34, 0), (0.34, 0.98), (-0.36, 0.98)], soft=False)
    cloth.add(cover, colour)
    cloth.relief += cover
    cloth.seam([(-0.28, 0), (-0.28, 0.98)], 1.2)
    cloth.paint(cloth.stroke([(-0.14, 0.25), (0.22, 0.25)], 0.06), tint(colour, 1.5))
    cloth.paint(cloth.stroke([(-0.05, 0.36), (0.13, 0.36)], 0.03), tint(colour, 1.4))
    cloth.paint(cloth.disc(0.04, 0.65, 0.12), some_colour(brush.chance))
    return cloth.finish(brush.turned)


def _towel(brush: Brush) -> Sprite:
    half = brush.between(0.35, 0.6)
    cloth = Cloth(brush.unit, 0.7, 1.0, brush.pose())
    made = fabric(brush.chance, cloth.mask.shape, brush.unit)
    cloth.add(cloth.area([(-half, 0), (half, 0), (half, 1), (-half, 1)]), made)
    drape(cloth, brush.chance, hanging=False, amount=0.8)
    for y in (0.08, 0.14, 0.86, 0.92):
        cloth.seam([(-half, y), (half, y)], 0.9)
    return cloth.finish(brush.turned)


def _hat(brush: Brush) -> Sprite:
    cloth = Cloth(brush.unit, 0.6, 1.0)
    colour = (222, 190, 130) if brush.happens(0.5) else some_colour(brush.chance)
    brim = cloth.disc(0, 0.5, 0.5)
    cloth.add(brim, colour)
    crown = cloth.disc(0, 0.5, 0.28)
    cloth.relief += 4 * crown + 0.02 * np.float32(brush.unit) * brim
    for radius in np.arange(0.08, 0.5, 0.06):
        cloth.seam(arc(0, 0.5, float(radius), float(radius), 0, 2 * np.pi), 0.5)
    cloth.paint(cloth.stroke(arc(0, 0.5, 0.3, 0.3, 0, 2 * np.pi), 0.06), some_colour(brush.chance))
    return cloth.finish(brush.turned)


def _cup(brush: Brush) -> Sprite:
    cloth = Cloth(brush.unit, 0.6, 1.0)
    colour = some_colour(brush.chance)
    cloth.add(cloth.disc(0, 0.5, 0.48), (238, 234, 226))
    cloth.seam(arc(0, 0.5, 0.36, 0.36, 0, 2 * np.pi), 0.8)
    cloth.add(cloth.stroke(arc(0.26, 0.5, 0.17, 0.11, -np.pi / 2, np.pi / 2), 0.07), colour)
    cup = cloth.disc(0, 0.5, 0.27)
    cloth.paint(cup, colour)
    cloth.relief += 3 * cup
    cloth.paint(cloth.disc(0, 0.5, 0.22), (92, 58, 38))
    return cloth.finish(brush.turned)
