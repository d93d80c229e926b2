"""The drawn scenes: the same for the same seed, and their ground truth lies where things are drawn."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from labelmill.core.geometry import Polygon, area, bounds, fault, iou
from labelmill.demo.canvas import Canvas
from labelmill.demo.cloth import Sprite
from labelmill.demo.scenes import CONCEPTS, Scene, jpeg, scene
from training import drawn as training
from training.frozen import FROZEN, fingerprint


@pytest.fixture(scope="module")
def some() -> list[Scene]:
    return [scene(7, number, 0.5) for number in range(10)]


def test_a_seed_and_a_number_make_the_same_scene(some: list[Scene]) -> None:
    again = scene(7, 3, 0.5)
    assert np.array_equal(again.picture, some[3].picture)
    assert again.garments == some[3].garments
    assert not np.array_equal(scene(8, 3, 0.5).picture[:99, :99], again.picture[:99, :99])


def test_what_is_drawn_is_a_region_of_a_concept(some: list[Scene]) -> None:
    garments = [garment for made in some for garment in made.garments]
    assert {garment.concept for garment in garments} == set(CONCEPTS)
    for garment in garments:
        assert fault(garment.box) is None
        assert fault(garment.outline) is None
        assert bounds(garment.outline) == garment.box


def test_garments_hide_one_another_and_never_overlap(some: list[Scene]) -> None:
    for made in some:
        for n, garment in enumerate(made.garments):
            for other in made.garments[n + 1 :]:
                assert iou(garment.outline, other.outline) < 0.02  # holes' corners are cut by half a pixel


def sprite(size: int) -> Sprite:
    return Sprite(np.full((size, size, 3), 200, np.float32), np.ones((size, size), np.float32), (0, 0))


def test_an_outline_is_exactly_what_can_be_seen() -> None:
    canvas = Canvas(np.zeros((100, 200, 3), np.float32), least=0.3)
    assert canvas.put(sprite(40), (20, 30), concept="shirt")
    assert canvas.put(sprite(40), (40, 30))  # hides the right half of it
    (garment,) = canvas.garments()
    assert area(garment.outline) == pytest.approx(20 * 40 / (100 * 200))
    assert bounds(garment.outline).x2 == pytest.approx(0.2)
    assert isinstance(garment.outline, Polygon)


def test_what_would_hide_too_much_or_lie_outside_is_refused() -> None:
    canvas = Canvas(np.zeros((100, 200, 3), np.float32), least=0.6)
    assert canvas.put(sprite(40), (20, 30), concept="shirt")
    before = canvas.picture.copy()
    assert not canvas.put(sprite(40), (30, 30))
    assert not canvas.put(sprite(40), (185, 30), concept="skirt")
    assert np.array_equal(canvas.picture, before)


def test_a_jpeg_shows_the_picture(some: list[Scene]) -> None:
    read = cv2.imdecode(np.frombuffer(jpeg(some[0]), np.uint8), cv2.IMREAD_COLOR_RGB)
    assert read.shape == some[0].picture.shape
    assert np.abs(read.astype(int) - some[0].picture).mean() < 6


def test_the_frozen_scenes_are_what_they_were() -> None:
    frozen = json.loads(FROZEN.read_text(encoding="utf-8"))
    drawn = [scene(frozen["seed"], number, frozen["difficulty"]) for number in range(frozen["first"])]
    assert fingerprint(drawn) == frozen["sha256_first"]
    assert fingerprint(drawn[:-1]) != frozen["sha256_first"]


def test_the_frozen_scenes_are_never_trained_on() -> None:
    frozen = json.loads(FROZEN.read_text(encoding="utf-8"))
    assert frozen["seed"] not in (training.TRAINING_SEED, training.VALIDATION_SEED, training.TEMPERATURE_SEED)
