"""The script that most people write first: OpenCV, one session as it comes, one photo after another.

`python -m bench.plain yolox-nano|fastestdet CARD FOLDER`
"""

import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from labelmill.models.cards import read_card

FLOOR = 0.05
Array = NDArray[Any]


def yolox_input(photo: Array) -> Array:
    ratio = min(416 / photo.shape[0], 416 / photo.shape[1])
    small = cv2.resize(photo, (int(photo.shape[1] * ratio), int(photo.shape[0] * ratio)))
    canvas = np.full((416, 416, 3), 114, np.uint8)
    canvas[: small.shape[0], : small.shape[1]] = small
    return canvas.transpose(2, 0, 1)[None].astype(np.float32)


def yolox_boxes(output: Array) -> tuple[Array, Array]:
    grids, strides = [], []
    for stride in (8, 16, 32):
        ys, xs = np.mgrid[: 416 // stride, : 416 // stride]
        grids.append(np.stack([xs.ravel(), ys.ravel()], 1))
        strides.append(np.full((grids[-1].shape[0], 1), stride))
    grid, stride_of = np.concatenate(grids), np.concatenate(strides)
    rows = output[0]
    centres, sizes = (rows[:, :2] + grid) * stride_of, np.exp(rows[:, 2:4]) * stride_of
    return np.concatenate([centres - sizes / 2, sizes], 1), rows[:, 4:5] * rows[:, 5:]


def fastestdet_input(photo: Array) -> Array:
    return cv2.resize(photo, (352, 352)).transpose(2, 0, 1)[None].astype(np.float32) / 255


def fastestdet_boxes(output: Array) -> tuple[Array, Array]:
    rows = output[0].reshape(85, -1).T
    ys, xs = np.mgrid[:22, :22]
    centres = (np.tanh(rows[:, 1:3]) + np.stack([xs.ravel(), ys.ravel()], 1)) / 22
    sizes = 1 / (1 + np.exp(-rows[:, 3:5]))
    return np.concatenate([centres - sizes / 2, sizes], 1) * 352, rows[:, :1] ** 0.6 * rows[:, 5:] ** 0.4


HOW = {"yolox-nano": (yolox_input, yolox_boxes), "fastestdet": (fastestdet_input, fastestdet_boxes)}


def main() -> None:
    name, card_path, folder = sys.argv[1:]
    prepare, boxes_of = HOW[name]
    card = read_card(Path(card_path))
    assert card.weights is not None
    session = onnxruntime.InferenceSession(card.folder / card.weights)
    feed = session.get_inputs()[0].name
    for file in sorted(Path(folder).iterdir()):
        photo = cv2.imread(str(file))
        assert photo is not None
        boxes, scores = boxes_of(session.run(None, {feed: prepare(photo)})[0])
        best, classes = scores.max(1), scores.argmax(1)
        cv2.dnn.NMSBoxesBatched(boxes.tolist(), best.tolist(), classes.tolist(), FLOOR, 0.5)


if __name__ == "__main__":
    main()
