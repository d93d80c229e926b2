"""COCO: what training code reads, and what comes back."""

from __future__ import annotations

import contextlib
import io
import json
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycocotools import mask as masks
from pycocotools.coco import COCO
from unit.formats.records import boxes, images, polygons, texts

from labelmill.core.annotation import Status
from labelmill.core.errors import BadCall
from labelmill.core.geometry import Box, Part, Polygon, Span, area, encode, iou
from labelmill.formats import coco
from labelmill.formats.record import Record, RecordAnnotation

SQUARE = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))
HOLE = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6))
RING = Polygon((Part(SQUARE, (HOLE,)),))
TRIANGLES = Polygon((Part(((0.0, 0.0), (0.25, 0.0), (0.0, 0.25))), Part(((1.0, 1.0), (0.75, 1.0), (1.0, 0.75)))))
TOLD = (
    RecordAnnotation("pants", Box(0.1, 0.2, 0.3, 0.6), 0.9, Status.SUCCESS, "model:a@1"),
    RecordAnnotation("pants", TRIANGLES, 0.5, Status.AWAITING_REVIEW, "model:a@1"),
    RecordAnnotation("hat", RING, None, Status.SUCCESS, "ana@example.org"),
    RecordAnnotation("indoor"),
    RecordAnnotation("shoe", None, 0.97, Status.SUCCESS, "ben", present=False),
)
RECORD = Record("ü/a.jpg", "image", 200, 100, annotations=TOLD)


def write(path, records, concepts=("hat", "pants")):
    with path.open("wb") as out:
        assert coco.write(iter(records), concepts, out) == len(records)
    return path


def test_the_file_is_as_coco_documents_it(tmp_path):
    content = json.loads(write(tmp_path / "c.json", [RECORD, Record("b.jpg", "image", 5, 5)]).read_bytes())
    assert [c["name"] for c in content["categories"]] == ["hat", "pants", "indoor", "shoe"]
    first, second = content["images"]
    assert second == {"id": 2, "file_name": "b.jpg", "width": 5, "height": 5}
    assert first["file_name"] == "ü/a.jpg" and first["neg_category_ids"] == [4]
    box, parts, ring, whole = content["annotations"]
    assert box == {
        "id": 1, "image_id": 1, "category_id": 2, "bbox": [20, 20, 40, 40], "area": 1600, "iscrowd": 0,
        "segmentation": [], "score": 0.9, "attributes": {"status": "success", "labeler": "model:a@1"},
    }  # fmt: skip
    assert parts["segmentation"] == [[0, 0, 50, 0, 0, 25], [200, 100, 150, 100, 200, 75]]
    assert (parts["bbox"], parts["area"]) == ([0, 0, 200, 100], 1250)
    assert ring["segmentation"]["size"] == [100, 200] and "score" not in ring
    assert whole["bbox"] == [0, 0, 200, 100] and whole["attributes"] == {"whole_image": True}


# pycocotools has not heard of NumPy 2's copy keyword
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_pycocotools_loads_it_and_sees_the_same_masks(tmp_path):
    path = write(tmp_path / "c.json", [RECORD])
    with contextlib.redirect_stdout(io.StringIO()):
        loaded = COCO(str(path))
    assert len(loaded.getAnnIds(catIds=loaded.getCatIds(["pants"]))) == 2
    parts, ring = loaded.loadAnns([2, 3])
    assert loaded.annToMask(parts).sum() == pytest.approx(1250, rel=0.05)
    assert loaded.annToMask(ring).sum() == ring["area"] == (100 * 50 - 40 * 20)
    rle = loaded.annToRLE(ring)
    assert masks.toBbox(rle).tolist() == ring["bbox"]


def test_reading_gives_back_regions_scores_and_statuses(tmp_path):
    (record,) = coco.read(write(tmp_path / "c.json", [RECORD]))
    ring = record.annotations[2].region
    assert isinstance(ring, Polygon) and len(ring.parts[0].holes) == 1
    assert iou(ring, RING) == pytest.approx(1)
    kept = replace(record, annotations=tuple(replace(a, region=None) for a in record.annotations))
    assert kept == replace(RECORD, annotations=tuple(replace(a, region=None) for a in TOLD))


def nearly(got: RecordAnnotation, wanted: RecordAnnotation, record: Record) -> bool:
    """Equal, with coordinates within a thousandth of a pixel."""
    assert replace(got, region=None) == replace(wanted, region=None)
    if wanted.region is None or got.region is None:
        return got.region is wanted.region
    flat = [np.array(list(_numbers(encode(a.region)))).reshape(-1, 2) for a in (got, wanted)]
    return bool(np.all(np.abs(flat[0] - flat[1]) * (record.width, record.height) <= 0.0011))


def _numbers(value):
    if isinstance(value, list):
        for inner in value:
            yield from _numbers(inner)
    else:
        yield value


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(images(st.none() | boxes() | polygons(holes=0), present=st.just(True))))
def test_boxes_and_polygons_come_back_exact_to_rounding(tmp_path, records):
    found = list(coco.read(write(tmp_path / "c.json", records)))
    assert [replace(r, annotations=()) for r in found] == [replace(r, annotations=()) for r in records]
    for got, wanted in zip(found, records, strict=True):
        for one, other in zip(got.annotations, wanted.annotations, strict=True):
            assert nearly(one, other, wanted)
            assert one.region is None or type(one.region) is type(other.region)


@pytest.mark.parametrize("record, says", [
    (Record("a", "text", text="x"), "a text"),
    (Record("a", "image"), "no size"),
    (Record("a", "image", 5, 5, annotations=(RecordAnnotation("x", Span(0, 1)),)), "a span"),
    (Record("a", "image", 5, 5, annotations=(RecordAnnotation("x", RING, present=False),)), "absent from a region"),
])  # fmt: skip
def test_what_coco_cannot_hold_is_a_bad_call(record, says):
    with pytest.raises(BadCall, match=says):
        coco.write([record], [], io.BytesIO())


@given(texts())
def test_no_text_ever_gets_into_coco(record):
    with pytest.raises(BadCall):
        coco.write([record], [], io.BytesIO())


def foreign(tmp_path, **annotation):
    content = {
        "images": [{"id": "x", "file_name": "a.jpg", "width": 40, "height": 20}],
        "categories": [{"id": 7, "name": "cat"}],
        "annotations": [{"image_id": "x", "category_id": 7, "bbox": [4, 2, 8, 4], **annotation}],
    }
    (tmp_path / "c.json").write_text(json.dumps(content))
    return [a.region for record in coco.read(tmp_path / "c.json") for a in record.annotations]


def test_files_of_other_tools_are_read(tmp_path):
    box = Box(0.1, 0.1, pytest.approx(0.3), pytest.approx(0.3))
    assert foreign(tmp_path) == foreign(tmp_path, segmentation=[[1, 2, 3, 4]]) == [box]
    assert foreign(tmp_path, iscrowd=1) == []
    mask = np.zeros((20, 40), dtype=np.uint8, order="F")
    mask[2:12, 4:24] = 1
    packed = masks.encode(mask)
    (region,) = foreign(tmp_path, segmentation={"size": [20, 40], "counts": packed["counts"].decode()})
    assert area(region) == pytest.approx(0.25)
    empty = {"size": [20, 40], "counts": [800]}
    assert foreign(tmp_path, segmentation=empty) == [box], "an empty mask leaves the box"


@pytest.mark.parametrize("change", [
    {"category_id": 8}, {"bbox": [1, 2]}, {"attributes": {"status": "great"}},
    {"segmentation": {"size": [20, 40], "counts": [3]}}, {"segmentation": [[1, 2, 3, 4, 5, 6, 7]]},
])  # fmt: skip
def test_an_annotation_that_cannot_be_understood_names_its_image(tmp_path, change):
    with pytest.raises(BadCall, match=r"image a\.jpg"):
        foreign(tmp_path, **change)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"images": [], "annotations": [3], "categories": []}'])
def test_what_is_no_coco_file_is_a_bad_call(tmp_path, content):
    (tmp_path / "c.json").write_text(content)
    with pytest.raises(BadCall, match="no COCO file"):
        coco.read(tmp_path / "c.json")


def test_memory_does_not_grow_with_the_dataset(tmp_path, monkeypatch):
    monkeypatch.setattr(coco, "_SPOOL", 2**16)
    record = replace(RECORD, annotations=TOLD[:2] * 3)
    tracemalloc.start()
    try:
        with (tmp_path / "c.json").open("wb") as out:
            count = coco.write((record for _ in range(1500)), ["pants"], out)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 1500 and (tmp_path / "c.json").stat().st_size > 1_200_000
    assert peak < 900_000
    assert sum(len(record.annotations) for record in coco.read(tmp_path / "c.json")) == 1500 * 6
