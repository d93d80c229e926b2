"""A card as one writes it, with the files that it names: what tests of cards read, change and copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

CARD: dict[str, Any] = {
    "name": "pets",
    "runtime": "onnx",
    "weights": "pets.onnx",
    "licence": "MIT",
    "makes": "box",
    "reads": "image",
    "concepts": "classes.txt",
    "input": {"size": [416, 416], "colour": "bgr", "resize": "letterbox", "fill": 114},
    "head": {"type": "yolox"},
}
TEXT_CARD = CARD | {
    "makes": "class",
    "reads": "text",
    "input": {"words": "words.txt", "length": 8},
    "head": {"type": "classifier", "activation": "none"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pets.onnx").write_bytes(b"weights")
    (tmp_path / "classes.txt").write_text("cat\ndog\n")
    (tmp_path / "words.txt").write_text("good 1\nbad 2\n")
    return tmp_path


def write(folder: Path, said: dict[str, Any] | str | bytes) -> Path:
    path = folder / "pets.yaml"
    text = yaml.safe_dump(said, sort_keys=False) if isinstance(said, dict) else said
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
