"""Real models: the values their descriptions give, and AP beside an independent decoder's."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from reference import SHARED, average_precision, coco_mini, detections, shared

from labelmill.core.annotation import Prediction
from labelmill.core.errors import ModelFault
from labelmill.core.geometry import Box, Polygon, to_shapely
from labelmill.models.base import Input, Model, Picture, check_predictions
from labelmill.models.cards import read_card
from labelmill.models.catalog import load
from labelmill.models.keep import store_copy

CARDS = Path(__file__).parents[2] / "cards"
EMBEDDING = "mobilenet-v1-embedding"  # it answers with numbers that mean nothing by themselves
HORSES = "data/coco-mini/images/000000214753.jpg"


def model(name: str, floor: float | None = None) -> Model:
    shared(f"models/{name}")
    return load(read_card(CARDS / f"{name}.yaml"), floor=floor)


def photo(path: Path) -> Picture:
    pixels = cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    return Picture(np.asarray(pixels, np.uint8), pixels.shape[1], pixels.shape[0])


def predictions(of: Model, item: Input) -> list[Prediction]:
    """The answer for one input; a broken contract fails the test."""
    (checked,) = check_predictions(of.info, [item], of.predict([item]))
    if isinstance(checked, ModelFault):
        raise checked
    return checked


def in_pixels(found: list[Prediction], picture: Picture) -> list[tuple[str, float, list[int]]]:
    sides = (picture.width, picture.height) * 2
    return [
        (p.concept, round(p.score, 2), [round(v * side) for v, side in zip(corners(p.region), sides, strict=True)])
        for p in found
    ]


def corners(region: Any) -> tuple[float, float, float, float]:
    assert isinstance(region, Box)
    return region.x1, region.y1, region.x2, region.y2


def test_every_shared_model_that_predicts_has_a_card() -> None:
    there = {path.parent.name for path in shared("models").glob("*/*.onnx")}
    assert there
    assert there - {path.stem for path in CARDS.glob("*.yaml")} <= {EMBEDDING}


@pytest.mark.parametrize("path", sorted(CARDS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_card_is_sound_and_can_be_copied(path: Path, tmp_path: Path) -> None:
    shared(f"models/{path.stem}")
    card = read_card(path)
    assert card.name == path.stem
    assert read_card(store_copy(card, tmp_path / "copy")).version == card.version


@pytest.mark.parametrize(
    ("name", "floor", "expected"),
    [
        (
            "yolox-nano",
            0.3,
            [
                ("horse", 0.88, [323, 160, 477, 319]),
                ("person", 0.81, [240, 130, 301, 250]),
                ("horse", 0.81, [230, 178, 316, 306]),
                ("person", 0.79, [370, 119, 424, 239]),
            ],
        ),
        (
            "fastestdet",
            0.65,
            [
                ("horse", 0.9, [340, 174, 484, 320]),
                ("horse", 0.82, [237, 159, 318, 312]),
                ("person", 0.8, [368, 114, 423, 236]),
                ("person", 0.72, [321, 163, 369, 231]),
                ("person", 0.72, [244, 129, 296, 223]),
            ],
        ),
        (
            "ssd-mobilenet-v1",
            0.51,
            [
                ("horse", 0.73, [348, 181, 477, 320]),
                ("horse", 0.72, [233, 159, 320, 306]),
                ("person", 0.68, [241, 137, 316, 269]),
                ("person", 0.59, [363, 118, 424, 223]),
                ("cow", 0.54, [235, 165, 322, 308]),
            ],
        ),
    ],
)
def test_detectors_find_what_their_descriptions_say(name: str, floor: float, expected: Any) -> None:
    picture = photo(shared(HORSES))
    assert in_pixels(predictions(model(name, floor), picture), picture) == expected


@cache
def results(name: str) -> tuple[dict[str, Any], ...]:
    """COCO results of a model on coco-mini, as `reference.detections` gives them."""
    truth, detector = coco_mini(), model(name, floor=0.01)
    category = {entry["name"]: entry["id"] for entry in truth["categories"]}
    made = []
    for image in truth["images"]:
        for p in predictions(detector, photo(SHARED / "data/coco-mini" / image["file_name"])):
            x1, y1, x2, y2 = np.asarray(corners(p.region)) * ((image["width"], image["height"]) * 2)
            box = [float(v) for v in (x1, y1, x2 - x1, y2 - y1)]
            made.append({"image_id": image["id"], "category_id": category[p.concept], "bbox": box, "score": p.score})
    return tuple(made)


@pytest.mark.parametrize(("name", "ap", "ap50"), [("yolox-nano", 0.317, 0.507), ("fastestdet", 0.19, 0.33)])
def test_average_precision_is_the_reference_decoders(name: str, ap: float, ap50: float) -> None:
    truth = shared("data/coco-mini/annotations.json")
    ours = average_precision(truth, list(results(name)))
    theirs = average_precision(truth, list(detections(name)))
    assert ours == pytest.approx(theirs, abs=0.002)
    assert ours == pytest.approx((ap, ap50), abs=0.01)


@pytest.mark.parametrize("name", ["yolox-nano", "fastestdet"])
def test_boxes_are_the_reference_decoders(name: str) -> None:
    def rounded(found: tuple[dict[str, Any], ...]) -> set[tuple[Any, ...]]:
        sure = [f for f in found if f["score"] >= 0.3]
        return {(f["image_id"], f["category_id"], round(f["score"], 2), *(round(v) for v in f["bbox"])) for f in sure}

    ours, theirs = rounded(results(name)), rounded(detections(name))
    # numbers that lie just between two roundings may fall either way
    assert len(ours ^ theirs) <= 0.02 * len(theirs)
    assert len(theirs) > 300


def test_a_batch_answers_as_its_photos_do() -> None:
    detector = model("yolox-nano")
    photos = [photo(path) for path in sorted(shared("data/coco-mini/images").glob("*.jpg"))[:3]]
    assert detector.predict(photos) == [detector.predict([one])[0] for one in photos]


def test_the_classifier_knows_a_sandal() -> None:
    path = "data/clothing-small/images/shoes/07d88b75-85a4-407b-aa73-12294a2ff9a8.jpg"
    found = predictions(model("mobilenet-v2-imagenet"), photo(shared(path)))
    assert [(p.concept, round(p.score, 2)) for p in found] == [("sandal", 0.98)]


def test_the_classifier_offers_each_name_once_and_no_background() -> None:
    shared("models/mobilenet-v2-imagenet")
    offered = read_card(CARDS / "mobilenet-v2-imagenet.yaml").offered
    assert len(offered) == len(set(offered)) == 998  # 1,000 of which two names stand twice
    assert "background" not in offered


@pytest.mark.parametrize(
    ("text", "concept", "score"),
    [
        ("This movie was wonderful, I loved every minute", "positive", 0.708),
        ("The food was terrible and the service was even worse", "negative", 0.850),
        ("I received the parcel on Monday", "positive", 0.534),
    ],
)
def test_sentiment_is_what_its_description_says(text: str, concept: str, score: float) -> None:
    best = predictions(model("sentiment-avgword"), text)[0]
    assert (best.concept, round(best.score, 3)) == (concept, score)


def test_sentiment_is_right_as_often_as_its_description_says() -> None:
    rows = [json.loads(line) for line in shared("data/sentiment-sentences/sentences.jsonl").read_text().splitlines()]
    classifier = model("sentiment-avgword")
    right: dict[str, list[bool]] = {}
    for row in rows:
        right.setdefault(row["source"], []).append(predictions(classifier, row["text"])[0].concept == row["label"])
    assert {source: round(float(np.mean(hits)), 2) for source, hits in right.items()} == {
        "amazon": 0.76,
        "imdb": 0.85,
        "yelp": 0.78,
    }
    assert round(sum(map(sum, right.values())) / len(rows), 3) == 0.797


def test_cells_have_no_faces() -> None:
    detector = model("yunet-face", floor=0.6)
    photos = sorted(shared("data/bccd").rglob("*.jpg"))
    assert len(photos) == 60
    assert sum(len(predictions(detector, photo(path))) for path in photos) == 6


def test_segmentation_agrees_with_the_truth() -> None:
    """People of coco-mini: IoU of the polygons' pixels with those of the truth, 0.63 by the description."""
    truth = coco_mini()
    person = next(c["id"] for c in truth["categories"] if c["name"] == "person")
    segmenter = model("deeplabv3-mobilenet", floor=0.0)
    both = either = 0
    for image in truth["images"]:
        size = image["height"], image["width"]
        said = np.zeros(size, np.uint8)
        meant, crowd = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
        found = predictions(segmenter, photo(SHARED / "data/coco-mini" / image["file_name"]))
        for region in (p.region for p in found if p.concept == "person"):
            assert isinstance(region, Polygon)
            assert to_shapely(region).area > 0
            for part in region.parts:
                for ring, value in [(part.outer, 1), *((hole, 0) for hole in part.holes)]:
                    cv2.fillPoly(said, [np.round(np.asarray(ring) * size[::-1]).astype(np.int32)], value)
        for entry in (a for a in truth["annotations"] if a["image_id"] == image["id"]):
            if entry["iscrowd"]:
                counts = entry["segmentation"]["counts"]
                values = np.repeat(np.arange(len(counts)) % 2, counts).astype(np.uint8)
                crowd |= values.reshape(size[::-1]).T
            elif entry["category_id"] == person:
                for ring in entry["segmentation"]:
                    cv2.fillPoly(meant, [np.round(np.reshape(ring, (-1, 2))).astype(np.int32)], 1)
        said[crowd > 0] = meant[crowd > 0] = 0
        both += int((said & meant).sum())
        either += int((said | meant).sum())
    assert both / either == pytest.approx(0.63, abs=0.02)
