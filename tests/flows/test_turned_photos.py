"""Photos that a camera stored turned, by the command and into COCO: what stands there is of the upright picture."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mill import CARDS, Mill, write_card
from mill import mill as mill
from PIL import Image
from pycocotools import mask as masks

HORSES = "coco-mini/images/000000214753.jpg"
TURNS = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
"""By their EXIF orientation: how a camera turned what it stored."""


def store(photo: Image.Image, path: Path, orientation: int, **options: Any) -> None:
    """Store an upright photo as a camera does that was held so: turned, with a note of it."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo.transpose(TURNS[orientation]).save(path, exif=exif, **options)


def in_coco(mill: Mill, source: Path, card: Path, to: Path) -> dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]:
    """By file name: an image of the COCO export of what a model says with 0.5 and more, and its annotations."""
    report = mill.annotate(source, card, "--lower", "0.5", "--upper", "0.5")
    mill("export", report["task"], "--format", "coco", "--to", to)
    said = json.loads(to.read_text())
    names = {entry["id"]: entry["name"] for entry in said["categories"]}
    found = [{**one, "concept": names[one["category_id"]]} for one in said["annotations"]]
    return {
        image["file_name"]: (image, [one for one in found if one["image_id"] == image["id"]])
        for image in said["images"]
    }


def test_a_photo_that_was_stored_turned_has_the_boxes_of_the_upright_one(
    mill: Mill, tmp_path: Path, shared_data: Path, shared_models: Path
) -> None:
    source = tmp_path / "photos"
    source.mkdir()
    with Image.open(shared_data / HORSES) as photo:
        photo.save(source / "upright.png", compress_level=1)
        store(photo, source / "turned.png", 6, compress_level=1)
        store(photo, source / "turned.jpg", 8, quality=100, subsampling=0)
        size = photo.size
    images = in_coco(mill, source, CARDS / "yolox-nano.yaml", tmp_path / "out.json")
    assert size[0] > size[1]
    assert {name: (image["width"], image["height"]) for name, (image, _) in images.items()} == dict.fromkeys(
        ("upright.png", "turned.png", "turned.jpg"), size
    )
    boxes = {
        name: sorted((one["concept"], one["bbox"], one["score"]) for one in found)
        for name, (_, found) in images.items()
    }
    upright, by_jpeg = boxes["upright.png"], boxes["turned.jpg"]
    assert [concept for concept, _, _ in upright] == ["horse", "horse", "person", "person"]
    assert boxes["turned.png"] == upright  # the same pixels, so the same to the last digit
    assert [concept for concept, _, _ in by_jpeg] == [concept for concept, _, _ in upright]
    for (_, box, score), (_, expected, sure) in zip(by_jpeg, upright, strict=True):
        assert box == pytest.approx(expected, abs=2)  # pixels
        assert score == pytest.approx(sure, abs=0.02)


# pycocotools has not heard of NumPy 2's copy keyword
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_polygon_with_a_hole_is_a_mask_that_leaves_it_out(mill: Mill, tmp_path: Path) -> None:
    """In a photo that was stored turned, so that mask and polygon have to lie in the upright one."""

    def corners(left: float, top: float, right: float, bottom: float) -> list[list[float]]:
        return [[left, top], [right, top], [right, bottom], [left, bottom]]

    ring = [[corners(0.1, 0.1, 0.9, 0.6), corners(0.2, 0.2, 0.4, 0.4)]]
    plain = [[corners(0.1, 0.1, 0.9, 0.6)], [corners(0.5, 0.75, 0.75, 1)]]
    told = [{"concept": "ring", "polygon": ring}, {"concept": "plain", "polygon": plain}]
    upright = {"width": 40, "height": 20, "predictions": told}
    card = write_card(tmp_path / "outlines.yaml", upright, concepts=["ring", "plain"], predictions=[], makes="polygon")
    source = tmp_path / "photos"
    source.mkdir()
    store(Image.new("RGB", (40, 20)), source / "a.png", 6)

    image, found = in_coco(mill, source, card, tmp_path / "out.json")["a.png"]
    assert (image["width"], image["height"]) == (40, 20)
    said = {one["concept"]: one for one in found}
    assert said["plain"]["segmentation"] == [[4, 2, 36, 2, 36, 12, 4, 12], [20, 15, 30, 15, 30, 20, 20, 20]]
    expected = np.zeros((20, 40), np.uint8)
    expected[2:12, 4:36] = 1
    expected[4:8, 8:16] = 0
    assert said["ring"]["segmentation"]["size"] == [20, 40]
    assert np.array_equal(masks.decode(masks.frPyObjects(said["ring"]["segmentation"], 20, 40)), expected)
    assert (said["ring"]["bbox"], said["ring"]["area"]) == ([4, 2, 32, 10], expected.sum())
