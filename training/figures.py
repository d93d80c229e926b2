"""The wardrobe model's figures on the frozen test scenes, as a Markdown table: `python -m training.figures`

Draws the reliability diagram to docs/images/reliability.webp as well.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

import labelmill.demo
from labelmill.demo.scenes import Scene
from labelmill.models import catalog
from labelmill.models.base import Model, Picture
from labelmill.models.cards import read_card
from training import drawn, measure
from training.frozen import fingerprint
from training.measure import Judged

FOLDER = Path(labelmill.demo.__file__).parent
DIAGRAM = Path(__file__).parents[1] / "docs" / "images" / "reliability.webp"
SHOWN = 0.3
"""The score from which predictions are counted in bands and held against outlines."""


def main() -> None:
    """Print the table and draw the diagram."""
    frozen = json.loads((FOLDER / "frozen.json").read_text(encoding="utf-8"))
    difficulties = [frozen["difficulty"]] * frozen["count"]
    scenes = drawn.scenes(frozen["seed"], difficulties, processes=len(os.sched_getaffinity(0)))
    if fingerprint(scenes) != frozen["sha256"]:
        sys.exit("These are not the frozen scenes: what draws them has changed, so figures would say something else.")
    boxes, outlines = (catalog.load(read_card(FOLDER / f"wardrobe-{kind}.yaml")) for kind in ("boxes", "outlines"))
    found = measure.judged(boxes, scenes)
    print(f"{len(scenes)} frozen scenes, {sum(len(made.garments) for made in scenes)} garments, {len(found)} answers\n")
    print("| figure | value | target |\n|---|---|---|")
    for name, value, target in _rows(found, scenes, boxes, outlines):
        print(f"| {name} | {value} | {target} |")
    DIAGRAM.write_bytes(_diagram(found))


def _rows(
    found: Sequence[Judged], scenes: Sequence[Scene], boxes: Model, outlines: Model
) -> list[tuple[str, str, str]]:
    low, middle, high = measure.bands(found)
    outlined = measure.judged(outlines, scenes)
    shown = [one for one in found if one.score >= SHOWN]
    return [
        ("AP50 of boxes", f"{measure.average_precision(found, scenes):.3f}", "0.85"),
        ("mean IoU of outlines", f"{measure.mean_overlap(outlined, SHOWN):.3f}", "0.75"),
        ("expected calibration error, 15 bins", f"{measure.calibration_error(found):.3f}", "below 0.05"),
        (f"the same, of scores from {SHOWN}", f"{measure.calibration_error(shown):.3f}", ""),
        ("share of scores 0.3 to 0.5", f"{low:.1%}", "15 %"),
        ("share of scores 0.5 to 0.9", f"{middle:.1%}", "15 %"),
        ("share of scores from 0.9", f"{high:.1%}", "15 %"),
        ("precision from 0.9", f"{measure.precision(found, 0.9):.1%}", "97 %"),
        ("boxes, inferences a second on one core", f"{_speed(boxes, scenes):.0f}", "15"),
        ("outlines, inferences a second on one core", f"{_speed(outlines, scenes):.0f}", "15"),
    ]


def _speed(model: Model, scenes: Sequence[Scene]) -> float:
    """Inferences a second of this process's own time, which other work on the machine does not lengthen."""
    pictures = [Picture(made.picture, made.picture.shape[1], made.picture.shape[0]) for made in scenes]
    model.predict(pictures[:1])
    start = time.process_time()
    for picture in pictures:
        model.predict([picture])
    return len(pictures) / (time.process_time() - start)


def _diagram(found: Sequence[Judged]) -> bytes:
    """Share that is right over mean score, a point a bin; its area tells how many predictions are in it."""
    side, edge = 480, 56
    page = np.full((side + 2 * edge, side + 2 * edge, 3), 255, np.uint8)
    ink, grey, blue = (60, 50, 40), (224, 220, 214), (180, 110, 40)  # BGR

    def at(x: float, y: float) -> tuple[int, int]:
        return round(edge + x * side), round(edge + (1 - y) * side)

    for line in np.linspace(0, 1, 6):
        cv2.line(page, at(line, 0), at(line, 1), grey, 1, cv2.LINE_AA)
        cv2.line(page, at(0, line), at(1, line), grey, 1, cv2.LINE_AA)
        _write(page, f"{line:.1f}", (at(line, 0)[0] - 10, at(0, 0)[1] + 20))
        _write(page, f"{line:.1f}", (at(0, 0)[0] - 34, at(0, line)[1] + 5))
    cv2.line(page, at(0, 0), at(1, 1), ink, 1, cv2.LINE_AA)
    points = measure.reliability(found)
    most = max(count for _, _, count in points)
    for score, right, count in points:
        cv2.circle(page, at(score, right), round(4 + 14 * (count / most) ** 0.5), blue, -1, cv2.LINE_AA)
    for (score, right, _), (next_score, next_right, _) in pairwise(points):
        cv2.line(page, at(score, right), at(next_score, next_right), blue, 2, cv2.LINE_AA)
    _write(
        page,
        f"share that is right, over score   (calibration error {measure.calibration_error(found):.3f})",
        (edge, 32),
    )
    return cv2.imencode(".webp", page, [cv2.IMWRITE_WEBP_QUALITY, 90])[1].tobytes()


def _write(page: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], text: str, place: tuple[int, int]) -> None:
    cv2.putText(page, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (60, 50, 40), 1, cv2.LINE_AA)


if __name__ == "__main__":
    main()
