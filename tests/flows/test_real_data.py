"""The command on real photographs and texts with real models: the ledger adds up, exports hold what is stored."""

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from mill import CARDS, Mill, bands, checked, rows
from mill import embedded_mill as embedded_mill
from mill import mill as mill
from reference import average_precision, coco_mini, detections

from labelmill.core.geometry import Box
from labelmill.formats import coco, jsonl
from labelmill.formats.record import Record
from labelmill.store.database import Database

ALL = "success,awaiting_review"


def stored(database: Database) -> list[tuple[Any, ...]]:
    """What the database says of a task, as (source, concept, region or None, score, status) sorted."""
    return sorted(
        rows(
            database,
            "SELECT s.name, c.name, coalesce(r.value::text, ''), a.score, a.status::text, l.name FROM annotation a "
            "JOIN concept c ON c.id = a.concept_id JOIN source s ON s.input_id = a.input_id "
            "JOIN labeler l ON l.id = a.labeler_id LEFT JOIN region r ON r.id = a.region_id",
        )
    )


def exported(records: list[Record]) -> list[tuple[Any, ...]]:
    return sorted(
        (record.source, a.concept, _json(a.region), a.score, a.status.value if a.status else None, a.labeler)
        for record in records
        for a in record.annotations
    )


def _json(region: object) -> str:
    return json.dumps([region.x1, region.y1, region.x2, region.y2]) if isinstance(region, Box) else ""


def close(one: list[tuple[Any, ...]], other: list[tuple[Any, ...]]) -> None:
    """The same annotations; COCO rounds pixels to thousandths, so boxes are compared to a thousandth of the image."""
    assert len(one) == len(other)
    for a, b in zip(sorted(one, key=_key), sorted(other, key=_key), strict=True):
        assert (a[0], a[1], a[3:]) == (b[0], b[1], b[3:])
        assert json.loads(a[2] or "[]") == pytest.approx(json.loads(b[2] or "[]"), abs=1e-4)


def _key(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (row[0], row[1], row[3], [round(v, 3) for v in json.loads(row[2] or "[]")])


def test_photos_with_yolox(
    mill: Mill, database: Database, tmp_path: Path, shared_data: Path, shared_models: Path
) -> None:
    source = shared_data / "coco-mini/images"
    report = mill.annotate(source, CARDS / "yolox-nano.yaml", "--upper", "0.8", "--lower", "0.3", workers=2)
    assert (report["status"], report["sources"], report["inputs"], report["failures"]) == ("complete", 77, 77, [])
    counted = bands(report)
    assert report["predictions"] == sum(counted.values())
    assert report["annotations"] == {"success": counted["approved"], "awaiting_review": counted["review"]}
    assert counted["approved"] == pytest.approx(79, abs=8)  # as measured with another program
    assert counted["review"] == pytest.approx(304, abs=30)
    assert len(report["concepts"]) == 80

    to = tmp_path / "out.json"
    mill("export", report["task"], "--format", "coco", "--to", to, "--status", ALL)
    close(exported(list(coco.read(to))), stored(database))
    truth = {image["file_name"].rpartition("/")[2]: image for image in coco_mini()["images"]}
    raw = json.loads(to.read_text())
    for image in raw["images"]:
        known = truth[image["file_name"]]
        assert (image["width"], image["height"]) == (known["width"], known["height"])
    assert all(
        set(one["attributes"]) == {"status", "labeler"} and 0.3 <= one["score"] <= 1 for one in raw["annotations"]
    )
    from pycocotools.coco import COCO

    with contextlib.redirect_stdout(io.StringIO()):
        read = COCO(str(to))
    assert len(read.getAnnIds()) == counted["approved"] + counted["review"]
    assert len(read.getImgIds()) == 77

    lines = tmp_path / "out.jsonl"
    mill("export", report["task"], "--format", "jsonl", "--to", lines, "--status", ALL)
    with lines.open("rb") as file:
        records = list(jsonl.read(file))
    assert len(records) == 77
    assert exported(records) == stored(database)
    mill("export", report["task"], "--format", "coco", "--to", to)
    assert len(json.loads(to.read_text())["annotations"]) == counted["approved"]


def test_texts_with_a_sentiment_model(
    embedded_mill: Mill, tmp_path: Path, shared_data: Path, shared_models: Path
) -> None:
    mill, table = embedded_mill, shared_data / "sentiment-sentences/sentences.jsonl"
    report = mill.annotate(table, CARDS / "sentiment-avgword.yaml", "--upper", "0.8", "--lower", "0.3", workers=2)
    assert (report["status"], report["sources"], report["failures"]) == ("complete", 1020, [])
    counted = bands(report)
    assert report["predictions"] == sum(counted.values())
    assert report["annotations"] == {"success": counted["approved"], "awaiting_review": counted["review"]}
    lines = tmp_path / "out.jsonl"
    mill("export", report["task"], "--format", "jsonl", "--to", lines, "--status", ALL)
    with lines.open("rb") as file:
        records = list(jsonl.read(file))
    truth = {row["id"]: row for row in map(json.loads, table.read_text().splitlines())}
    assert len(records) == len(truth) == 1020
    assert sum(len(record.annotations) for record in records) == counted["approved"] + counted["review"]
    right = 0
    for record in records:
        assert record.text == truth[record.id]["text"]
        best = max(record.annotations, key=lambda a: a.score or 0)
        right += best.concept == truth[record.id]["label"]
    assert right / 1020 == pytest.approx(0.797, abs=0.01)


@pytest.mark.parametrize(("model", "ap", "ap50"), [("yolox-nano", 0.317, 0.507), ("fastestdet", 0.19, 0.33)])
def test_average_precision_through_the_command(
    mill: Mill, tmp_path: Path, shared_data: Path, shared_models: Path, model: str, ap: float, ap50: float
) -> None:
    """Nothing between the photo and the export costs precision."""
    card, everything = CARDS / f"{model}.yaml", ("--floor", "0.01", "--lower", "0.01", "--upper", "never")
    report = checked(mill.annotate(shared_data / "coco-mini/images", card, *everything, workers=2))
    to = tmp_path / "out.json"
    mill("export", report["task"], "--format", "coco", "--to", to, "--status", ALL)
    said, truth = json.loads(to.read_text()), coco_mini()
    images = {image["file_name"].rpartition("/")[2]: image["id"] for image in truth["images"]}
    names = {image["id"]: image["file_name"] for image in said["images"]}
    category = {entry["name"]: entry["id"] for entry in truth["categories"]}
    concepts = {entry["id"]: entry["name"] for entry in said["categories"]}
    ours = [
        {
            "image_id": images[names[one["image_id"]]],
            "category_id": category[concepts[one["category_id"]]],
            "bbox": one["bbox"],
            "score": one["score"],
        }
        for one in said["annotations"]
    ]
    assert len(ours) == report["predictions"]
    annotations = shared_data / "coco-mini/annotations.json"
    got = average_precision(annotations, ours)
    assert got == pytest.approx(average_precision(annotations, list(detections(model))), abs=0.01)
    assert got == pytest.approx((ap, ap50), abs=0.01)
