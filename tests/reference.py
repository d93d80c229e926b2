"""What the detectors should answer, decoded step by step from their descriptions, and the AP of any detections.

Written apart from the product's decoders and as plainly as can be, so that the two can be held against each other.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from functools import cache
from math import exp, tanh
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pytest

SHARED = Path(__file__).parents[1] / "../shared"

# x1, y1, x2, y2 in pixels of the photo, score, class number
Found = tuple[float, float, float, float, float, int]


def shared(name: str) -> Path:
    """A file or folder of the shared models and data; skips the test, saying so, where there is none."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"SKIPPED FOR WANT OF DATA: {path} is not there, so this was not tested")
    return path


def yolox_nano(session: Any, photo: np.ndarray, floor: float) -> list[Found]:
    """Boxes of a BGR photo: letterbox of 416, three grids, score = objectness * class score; suppression at 0.65."""
    height, width = photo.shape[:2]
    ratio = min(416 / height, 416 / width)
    inner = cv2.resize(photo, (int(width * ratio), int(height * ratio)), interpolation=cv2.INTER_LINEAR)
    padded = np.full((416, 416, 3), 114, np.uint8)
    padded[: inner.shape[0], : inner.shape[1]] = inner
    (rows,) = session.run(None, {"images": padded.transpose(2, 0, 1)[None].astype(np.float32)})[0]
    found: list[Found] = []
    row = 0
    for stride in (8, 16, 32):
        for y in range(416 // stride):
            for x in range(416 // stride):
                cx, cy, w, h, objectness = (float(v) for v in rows[row, :5])
                classes = rows[row, 5:]
                row += 1
                if objectness < floor:  # no class makes the product more than that
                    continue
                number = int(np.argmax(classes))
                score = objectness * float(classes[number])
                if score >= floor:
                    mx, my = (cx + x) * stride / ratio, (cy + y) * stride / ratio
                    half_w, half_h = exp(w) * stride / ratio / 2, exp(h) * stride / ratio / 2
                    found.append((mx - half_w, my - half_h, mx + half_w, my + half_h, score, number))
    return _suppress(found, 0.65)


def fastestdet(session: Any, photo: np.ndarray, floor: float) -> list[Found]:
    """Boxes of a BGR photo: stretched to 352, one grid of 22, objectness^0.6 * class^0.4; suppression at 0.45."""
    height, width = photo.shape[:2]
    stretched = cv2.resize(photo, (352, 352), interpolation=cv2.INTER_LINEAR)
    tensor = stretched.transpose(2, 0, 1)[None].astype(np.float32) / 255
    (grid,) = session.run(None, {"input.1": tensor})[0]
    found: list[Found] = []
    for y in range(22):
        for x in range(22):
            if float(grid[0, y, x]) ** 0.6 < floor:  # no class makes the product more than that
                continue
            cell = [float(v) for v in grid[:, y, x]]
            number = int(np.argmax(cell[5:]))
            score = cell[0] ** 0.6 * cell[5 + number] ** 0.4
            if score >= floor:
                mx, my = (tanh(cell[1]) + x) / 22 * width, (tanh(cell[2]) + y) / 22 * height
                half_w, half_h = width / (1 + exp(-cell[3])) / 2, height / (1 + exp(-cell[4])) / 2
                found.append((mx - half_w, my - half_h, mx + half_w, my + half_h, score, number))
    return _suppress(found, 0.45)


DETECTORS: dict[str, tuple[str, Callable[[Any, np.ndarray, float], list[Found]]]] = {
    "yolox-nano": ("models/yolox-nano/yolox_nano.onnx", yolox_nano),
    "fastestdet": ("models/fastestdet/FastestDet.onnx", fastestdet),
}


@cache
def detections(model: str, floor: float = 0.01) -> tuple[dict[str, Any], ...]:
    """COCO results (image_id, category_id, bbox as x, y, w, h in pixels, score) of a detector on coco-mini."""
    weights, detect = DETECTORS[model]
    names = shared(f"models/{model}/classes.txt").read_text().split("\n")
    truth = coco_mini()
    category = {entry["name"]: entry["id"] for entry in truth["categories"]}
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(shared(weights)), options, providers=["CPUExecutionProvider"])
    results = []
    for image in truth["images"]:
        photo = cv2.imread(str(SHARED / "data/coco-mini" / image["file_name"]), cv2.IMREAD_COLOR)
        for x1, y1, x2, y2, score, number in detect(session, photo, floor):
            left, top = max(0.0, x1), max(0.0, y1)
            right, bottom = min(image["width"], x2), min(image["height"], y2)
            box = [left, top, right - left, bottom - top]
            results.append(
                {"image_id": image["id"], "category_id": category[names[number]], "bbox": box, "score": score}
            )
    return tuple(results)


def coco_mini() -> dict[str, Any]:
    """The truth of coco-mini, as its COCO json says it."""
    truth: dict[str, Any] = json.loads(shared("data/coco-mini/annotations.json").read_text())
    return truth


def average_precision(annotations: Path, results: list[dict[str, Any]]) -> tuple[float, float]:
    """AP (IoU 0.50 to 0.95) and AP50 of COCO results against a COCO json, as pycocotools measures them."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(annotations))
        evaluation = COCOeval(truth, truth.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return float(evaluation.stats[0]), float(evaluation.stats[1])


def _suppress(found: list[Found], overlap: float) -> list[Found]:
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: -f[4]):
        if all(one[5] != other[5] or _iou(one, other) <= overlap for other in kept):
            kept.append(one)
    return kept


def _iou(a: Found, b: Found) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(f[2] - f[0]) * (f[3] - f[1]) for f in (a, b)]
    return width * height / (sum(areas) - width * height)
