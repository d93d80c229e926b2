"""The frozen test setting: which scenes figures are measured on, and how to see that they are still the same.

`python -m training.frozen SEED COUNT DIFFICULTY` writes it anew, which makes all earlier figures worthless.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import cv2

import labelmill.demo
from labelmill.demo.scenes import Scene
from training import drawn

FROZEN = Path(labelmill.demo.__file__).parent / "frozen.json"
FIRST = 8
"""Scenes whose hash a test can afford to look at."""


def main() -> None:
    """Draw all of the scenes and write their setting with their hashes."""
    seed, count, difficulty = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    scenes = drawn.scenes(seed, [difficulty] * count, processes=len(os.sched_getaffinity(0)))
    said: dict[str, object] = {"seed": seed, "count": count, "difficulty": difficulty, "first": FIRST}
    said |= {"sha256_first": fingerprint(scenes[:FIRST]), "sha256": fingerprint(scenes)}
    FROZEN.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


def fingerprint(scenes: Iterable[Scene]) -> str:
    """SHA-256, hex, of what is in the scenes and roughly where, and of their pixels seen from far away.

    Rounded coarsely, since processors differ in the last bits of a floating-point number.
    """
    digest = hashlib.sha256()
    for made in scenes:
        far = cv2.resize(made.picture, (4, 3), interpolation=cv2.INTER_AREA) // 32
        places = [[round(20 * side) for side in (g.box.x1, g.box.y1, g.box.x2, g.box.y2)] for g in made.garments]
        truth = [[g.concept, *place] for g, place in zip(made.garments, places, strict=True)]
        digest.update(json.dumps([made.picture.shape, far.tolist(), truth]).encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
