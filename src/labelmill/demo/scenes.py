"""Wardrobe scenes, drawn from a seed: pictures, and where in them garments are.

A scene of a seed and a number is the same every time. Nothing here is a photo, and nothing is random but by the seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmill.demo import clutter, garments, lookalikes, rooms, shirts, shoes
from labelmill.demo.canvas import Canvas, Garment
from labelmill.demo.cloth import Grey, Sprite, blurred, clouds
from labelmill.demo.garments import Brush

CONCEPTS = ("pants", "shirt", "shoe", "shorts", "skirt")
"""What the scenes show, in the order of the bundled model's classes."""

_MAKERS: MappingProxyType[str, Callable[[Brush], Sprite]] = MappingProxyType(
    {
        "pants": garments.pants,
        "shirt": shirts.shirt,
        "shoe": shoes.shoe,
        "shorts": garments.shorts,
        "skirt": garments.skirt,
    }
)
_CLOTHES = ("pants", "shirt", "shorts", "skirt")
_SIZES = ((640, 480), (640, 480), (640, 448), (480, 640), (512, 640))
"""(width, height) in pixels."""


@dataclass(frozen=True, slots=True)
class Scene:
    """`picture`: (height, width, 3) uint8 RGB; `garments`: all that is to be seen of the concepts."""

    picture: NDArray[np.uint8]
    garments: tuple[Garment, ...]


def scene(seed: int, number: int, difficulty: float) -> Scene:
    """Draw one scene. `difficulty`, 0 to 1: how much is hidden, dim, blurred, noisy or of an odd cut."""
    chance = np.random.default_rng([seed, number])
    width, height = _SIZES[chance.integers(len(_SIZES))]
    layouts = (_on_the_floor, _on_a_rail, _on_shelves)
    layout = layouts[int(chance.choice(3, p=(0.46, 0.32, 0.22)))]
    canvas = layout(chance, (height, width), difficulty)
    return Scene(_photographed(chance, canvas.picture, difficulty), canvas.garments())


def jpeg(scene: Scene) -> bytes:
    """The picture as a file."""
    bgr = cv2.cvtColor(scene.picture, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


def _least(chance: np.random.Generator, difficulty: float) -> float:
    """The share of each garment that stays to be seen."""
    return float(chance.uniform(0.85 - 0.4 * difficulty, 0.95 - 0.1 * difficulty))


def _on_the_floor(chance: np.random.Generator, shape: tuple[int, int], difficulty: float) -> Canvas:
    """Garments laid out, or thrown, on a floor or a bed, seen from above."""
    height, width = shape
    back = rooms.bed(chance, shape) if chance.random() < 0.35 else rooms.floor(chance, shape)
    canvas = Canvas(back, least=_least(chance, difficulty))
    neat = chance.random() < 0.4
    unit = float(chance.uniform(100, 150)) * min(shape) / 480
    wanted, tries = int(chance.integers(4, 8 + round(4 * difficulty))), 0
    while wanted > 0 and tries < 18:
        tries += 1
        turned = float(chance.normal(0, 0.12) if neat else chance.uniform(-np.pi, np.pi))
        brush = Brush(chance, unit * float(chance.uniform(0.85, 1.15)), turned, hanging=False, odd=difficulty)
        middle = float(chance.uniform(0.1, 0.9) * width), float(chance.uniform(0.12, 0.88) * height)
        kind = chance.random()
        if kind < 0.16:
            wanted -= _lay(canvas, clutter.lying(brush), middle, turned, None)
        elif kind < 0.34:
            wanted -= _lay_pair(canvas, brush, shoes.shoe(brush), middle, "shoe")
        elif kind < 0.34 + 0.08 * difficulty:
            wanted -= _lay_pair(canvas, brush, lookalikes.sock(brush), middle, None)
        elif kind < 0.34 + 0.16 * difficulty:
            wanted -= _lay(canvas, lookalikes.lying(brush), middle, turned, None)
        else:
            concept = str(chance.choice(_CLOTHES))
            wanted -= _lay(canvas, _MAKERS[concept](brush), middle, turned, concept)
    return canvas


def _lay(canvas: Canvas, sprite: Sprite, middle: tuple[float, float], turned: float, concept: str | None) -> bool:
    """Put a sprite with its middle on a point."""
    return canvas.put(_centred(sprite), middle, turned, concept=concept)


def _centred(sprite: Sprite) -> Sprite:
    height, width = sprite.alpha.shape
    return Sprite(sprite.colour, sprite.alpha, (width / 2, height / 2))


def _lay_pair(canvas: Canvas, brush: Brush, sprite: Sprite, middle: tuple[float, float], concept: str | None) -> bool:
    """Two shoes or socks, a little askew: side by side when seen from above, else one before the other."""
    sprite = _centred(sprite)
    height, width = sprite.alpha.shape
    from_above = width < height
    along, down = (0.4 * width, 0.0) if from_above else (0.24 * width, 0.24 * width)
    cos, sin = np.cos(brush.turned), np.sin(brush.turned)
    placed = False
    for side in (-1, 1):
        at = middle[0] + side * (along * cos - down * sin), middle[1] + side * (along * sin + down * cos)
        askew = brush.turned + float(brush.chance.normal(0, 0.12))
        placed |= canvas.put(sprite, at, askew, concept=concept, mirrored=side > 0 and from_above)
    return placed


def _on_a_rail(chance: np.random.Generator, shape: tuple[int, int], difficulty: float) -> Canvas:
    """Garments on hangers before a wall, shoes and things on the floor below."""
    height, width = shape
    canvas = Canvas(rooms.wall(chance, shape), least=_least(chance, difficulty))
    top = round(height * chance.uniform(0.74, 0.84))
    rooms.ground(canvas, chance, top)
    unit = float(chance.uniform(0.225, 0.28)) * min(height, width)
    brush = Brush(chance, unit, 0.0, hanging=True, odd=difficulty)
    y = height * float(chance.uniform(0.06, 0.12))
    rooms.rail(canvas, brush, y, width * 0.03, width * 0.97)
    x = width * 0.03 + unit * float(chance.uniform(0.4, 0.8))
    while x < width - 0.4 * unit:
        x += _hang(canvas, brush, (x, y))
        x += unit * float(chance.uniform(0.35, 0.75) * (1.0 - 0.45 * difficulty))
    _line_up(canvas, brush, (0.04 * width, 0.96 * width), float(chance.uniform(top + 24, height - 8)), 0.78 * unit)
    return canvas


def _hang(canvas: Canvas, brush: Brush, at: tuple[float, float]) -> float:
    """Hang a garment, or what looks like one, on its hanger; the room it took in pixels, 0 when it found none."""
    concept = None if brush.happens(0.12 * brush.odd) else str(brush.chance.choice(_CLOTHES))
    own = Brush(brush.chance, brush.unit * brush.between(0.88, 1.05), 0.0, hanging=True, odd=brush.odd)
    sprite, sway = (_MAKERS[concept] if concept else lookalikes.hanging)(own), float(brush.chance.normal(0, 0.03))
    taken = float((sprite.alpha.max(axis=0) > 0.5).sum())
    place = at[0] + taken / 2, at[1] + 0.36 * own.unit
    hook = rooms.hanger(own, clips=concept != "shirt")
    if not canvas.put(sprite, place, sway, concept=concept, shadow=(7, 9, 8)):
        return 0.0
    canvas.put(_above(hook), place, sway, shadow=(7, 9, 8))
    return taken


def _above(hook: Sprite) -> Sprite:
    """Only what a hanger shows over the edge of its garment."""
    alpha = hook.alpha.copy()
    alpha[round(hook.origin[1]) + 2 :] *= 0
    return Sprite(hook.colour, alpha, hook.origin)


def _on_shelves(chance: np.random.Generator, shape: tuple[int, int], difficulty: float) -> Canvas:
    """An open wardrobe: rails with garments, and below them shelves with shoes, boxes and towels."""
    height, width = shape
    timber = rooms.wood(chance)
    back = (np.float32(0.55) * np.asarray(timber, np.float32)) * (1 + 0.05 * clouds(chance, shape, 60))[:, :, None]
    canvas = Canvas(np.asarray(back, np.float32), least=_least(chance, difficulty))
    brush = Brush(chance, 0.215 * min(height, width), 0.0, hanging=True, odd=difficulty)
    low, shelves = height * float(chance.uniform(0.58, 0.64)), 1 if chance.random() < 0.5 else 2
    room = (height - 10 - low) / shelves
    post = width * float(chance.uniform(0.35, 0.65))
    _hang_between(canvas, brush, (12, post - 8), 18)
    _hang_between(canvas, brush, (post + 8, width - 12), 18)
    for shelf in range(1, shelves + 1):
        base = low + shelf * room
        _line_up(canvas, brush, (18, width - 18), base - 3, min(0.8 * room, 0.9 * brush.unit))
        _plank(canvas, 0, base - 4, width, base + 8, timber)
    _plank(canvas, 0, low - 5, width, low + 7, timber)
    _plank(canvas, 0, 0, width, 12, timber)
    _plank(canvas, post - 6, 0, post + 6, low, timber)
    return canvas


def _plank(canvas: Canvas, x: float, y: float, x2: float, y2: float, timber: tuple[float, float, float]) -> None:
    """A board of the wardrobe, in front of what is in it."""
    across, down = x2 - x, y2 - y
    colour = np.empty((max(1, round(down)), max(1, round(across)), 3), np.float32)
    colour[:] = timber
    colour[:2] *= 1.12
    colour[-3:] *= 0.8
    canvas.put(Sprite(colour, np.ones(colour.shape[:2], np.float32), (0, 0)), (x, y), shadow=(0, 10, 7))


def _hang_between(canvas: Canvas, brush: Brush, across: tuple[float, float], top: float) -> None:
    left, right = across
    if right - left < brush.unit:
        return
    y = top + 0.1 * brush.unit
    rooms.rail(canvas, brush, y, left, right)
    x = left + 0.1 * brush.unit
    for _ in range(40):  # where nothing more finds room, a step may lead back
        if x >= right - 0.9 * brush.unit:
            break
        x += max(_hang(canvas, brush, (x, y)), 0.2 * brush.unit)
        x -= brush.unit * brush.between(-0.1, 0.55 * brush.odd)


def _line_up(canvas: Canvas, brush: Brush, across: tuple[float, float], base: float, high: float) -> None:
    """Shoes and things side by side, standing on the row `base`; nothing is higher than `high` pixels."""
    x, right = across
    while x < right - high:
        own = Brush(brush.chance, high * brush.between(0.8, 1.0), 0.0, hanging=True, odd=brush.odd)
        kind = brush.chance.random()
        if kind < 0.45:
            sprite, concept = shoes.shoe(own), "shoe"
        else:
            sprite, concept = (clutter.towel_stack if kind < 0.55 else clutter.standing)(own), None
        for _ in range(2 if concept else 1):
            x += _stand(canvas, sprite, (x, base + float(brush.chance.uniform(-2, 3))), concept)
            x += high * brush.between(-0.05, 0.1) - (0.25 * high * brush.odd if concept else 0)
        x += high * brush.between(0.1, 0.9)


def _stand(canvas: Canvas, sprite: Sprite, at: tuple[float, float], concept: str | None) -> float:
    """Put a sprite's lower left corner on a point; its width in pixels."""
    columns = np.flatnonzero(sprite.alpha.max(axis=0) > 0.5)
    rows = np.flatnonzero(sprite.alpha.max(axis=1) > 0.5)
    corner = Sprite(sprite.colour, sprite.alpha, (float(columns[0]), float(rows[-1])))
    canvas.put(corner, at, concept=concept, shadow=(5, 2, 5))
    return float(columns[-1] - columns[0])


def _photographed(chance: np.random.Generator, picture: Grey, difficulty: float) -> NDArray[np.uint8]:
    """Light from a window, white balance, exposure, a lens and a sensor."""
    height, width = picture.shape[:2]
    y, x = (np.arange(side, dtype=np.float32) / max(height, width) for side in (height, width))
    turn = float(chance.uniform(0, 2 * np.pi))
    fall = ((x[None, :] - 0.5) * np.cos(turn) + (y[:, None] - 0.4) * np.sin(turn)).astype(np.float32)
    light = 1 + float(chance.uniform(0.05, 0.25 + 0.5 * difficulty)) * fall
    if chance.random() < 0.25 + 0.2 * difficulty:
        light = light * _window_light(chance, (height, width), difficulty)
    warm = float(chance.normal(0, 0.03 + 0.07 * difficulty))
    balance = np.asarray([1 + warm, 1 + float(chance.normal(0, 0.02)), 1 - warm], np.float32)
    exposure = float(np.exp(chance.normal(0.02, 0.06 + 0.28 * difficulty)))
    made = np.asarray(picture * light[:, :, None] * (balance * np.float32(exposure)), np.float32)
    if chance.random() < 0.15 + 0.4 * difficulty:
        sigma = float(chance.uniform(0.5, 0.7 + 2.2 * difficulty))
        made = np.asarray(cv2.GaussianBlur(made, (0, 0), sigma), np.float32)
    made *= 1.18 - made * np.float32(0.18 / 255)  # highlights are pressed together, as film does
    noise = float(chance.uniform(0.5, 2 + 12 * difficulty * chance.random()))
    made += chance.standard_normal((height, width, 1), np.float32) * np.float32(noise)
    return np.clip(made, 0, 255).astype(np.uint8)


def _window_light(chance: np.random.Generator, shape: tuple[int, int], difficulty: float) -> Grey:
    """Panes of sunlight that fall aslant on everything."""
    height, width = shape
    mask = np.zeros(shape, np.float32)
    x, y = float(chance.uniform(0, 0.6) * width), float(chance.uniform(0, 0.5) * height)
    wide, high, slant = (float(chance.uniform(a, b)) * width for a, b in ((0.14, 0.26), (0.2, 0.4), (-0.25, 0.25)))
    for pane in range(2):
        left = x + pane * (wide + 12)
        corners = [(left, y), (left + wide, y), (left + wide + slant, y + high), (left + slant, y + high)]
        cv2.fillPoly(mask, [np.round(corners).astype(np.int32)], 1.0)
    return 1 + float(chance.uniform(0.1, 0.2 + 0.25 * difficulty)) * (blurred(mask, 5) - 0.3)
