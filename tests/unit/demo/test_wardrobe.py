"""The bundled model finds what is drawn, on frozen scenes that it was never shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import labelmill.demo
from labelmill.core.geometry import Box, Polygon
from labelmill.demo.scenes import CONCEPTS, Scene, scene
from labelmill.models import catalog
from labelmill.models.base import Model, Picture, check_predictions
from labelmill.models.cards import read_card
from training import measure
from training.frozen import FROZEN

FOLDER = Path(labelmill.demo.__file__).parent


def model(makes: str) -> Model:
    return catalog.load(read_card(FOLDER / f"wardrobe-{makes}.yaml"))


@pytest.fixture(scope="module")
def frozen() -> list[Scene]:
    said = json.loads(FROZEN.read_text(encoding="utf-8"))
    return [scene(said["seed"], number, said["difficulty"]) for number in range(24)]


def test_boxes_are_found_and_fill_all_three_bands(frozen: list[Scene]) -> None:
    found = measure.judged(model("boxes"), frozen)
    assert measure.average_precision(found, frozen) >= 0.8
    assert min(measure.bands(found)) > 0.05
    assert measure.precision(found, 0.9) >= 0.94
    assert measure.calibration_error(found) < 0.1


def test_outlines_follow_what_is_drawn(frozen: list[Scene]) -> None:
    assert measure.mean_overlap(measure.judged(model("outlines"), frozen), 0.3) >= 0.75


def test_both_cards_say_the_same_of_the_same_garments(frozen: list[Scene]) -> None:
    height, width = frozen[0].picture.shape[:2]
    batch = [Picture(frozen[0].picture, width, height)]
    for makes, kind in (("boxes", Box), ("outlines", Polygon)):
        loaded = model(makes)
        assert loaded.info.concepts == CONCEPTS
        (answer,) = check_predictions(loaded.info, batch, loaded.predict(batch))
        assert isinstance(answer, list)
        assert answer
        assert all(isinstance(prediction.region, kind) for prediction in answer)
    boxes, outlines = (model(makes).predict(batch)[0] for makes in ("boxes", "outlines"))
    sure = [[(p.concept, p.score) for p in answer if p.score >= 0.5] for answer in (boxes, outlines)]
    assert sure[0] == sure[1]


def test_a_picture_and_its_mirror_image_are_read_alike(frozen: list[Scene]) -> None:
    loaded = model("boxes")
    height, width = frozen[1].picture.shape[:2]
    both = [Picture(picture, width, height) for picture in (frozen[1].picture, frozen[1].picture[:, ::-1].copy())]
    plain, mirrored = (sorted(answer, key=lambda said: -said.score)[:5] for answer in loaded.predict(both))
    for one, other in zip(plain, mirrored, strict=True):
        assert isinstance(one.region, Box)
        assert isinstance(other.region, Box)
        there = 1 - other.region.x2, other.region.y1, 1 - other.region.x1, other.region.y2
        assert (one.region.x1, one.region.y1, one.region.x2, one.region.y2) == pytest.approx(there, abs=1e-3)
        assert (one.concept, one.score) == (other.concept, pytest.approx(other.score, abs=1e-3))


def test_the_cards_say_that_drawings_are_all_they_know() -> None:
    for makes in ("boxes", "outlines"):
        card = read_card(FOLDER / f"wardrobe-{makes}.yaml")
        assert "drawings only" in card.description
        assert card.licence == "Apache-2.0"


def test_all_weights_together_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.onnx")) < 3_000_000
