"""A project to look at: pictures of shapes, drawn from a seed, and a task whose model finds the shapes in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import cv2
import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from labelmill.core.threshold import Limits, Thresholds
from labelmill.flows import catalog
from labelmill.flows.ingest import take_in
from labelmill.flows.new_task import Wish, create
from labelmill.formats.found import Found
from labelmill.store import projects
from labelmill.store.database import Database
from labelmill.store.media import Media

PROJECT = "Demo"
PICTURES = 60
CONCEPTS = ("circle", "square", "triangle", "star")
THRESHOLDS = Thresholds(Limits(0.4, 0.8), {})

_SEED = 7
_WIDTH = 720
_LEAST_HEIGHT = 420
_PAPERS = ((238, 241, 245), (228, 236, 240), (232, 240, 232), (240, 234, 230), (222, 233, 244))  # colours are BGR
_INKS = ((92, 106, 224), (150, 148, 62), (78, 176, 236), (122, 82, 70), (140, 92, 150), (112, 158, 104))
_SECONDS_AN_INPUT = 0.05
"""What the model takes over each, so that one can watch the task."""

Points: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shape:
    """What is drawn: its outline in pixels, n x 2, and its colour."""

    concept: str
    outline: Points
    ink: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture before it is drawn. Its height is its own among the scenes of a seed: by it the model knows it."""

    height: int
    paper: tuple[int, int, int]
    shapes: tuple[Shape, ...]


def make(database: Database, media: Media, home: Path, enqueue: Callable[[sa.Connection, int], None]) -> None:
    """Make the project of the machine's owner and queue its task; what is there already stays as it is."""
    with database.begin() as conn:
        person_id = projects.owner(conn)
        project_id = projects.project(conn, PROJECT, person_id)
        if projects.of_member(conn, project_id, person_id).tasks:
            return
        dataset_id = projects.dataset(conn, project_id, "Shapes")
    drawn = scenes(_SEED, PICTURES)
    pictures = (
        Found(f"shapes-{number:02}.jpg", f"demo:{number}", "image", draw(scene))
        for number, scene in enumerate(drawn, start=1)
    )
    take_in(database, media, pictures, project_id=project_id, dataset_id=dataset_id)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "shapes.yaml"
        path.write_text(json.dumps(card(drawn, _SEED)), encoding="utf-8")  # JSON is YAML
        catalog.add(database, home, path, project_id=project_id)
    wish = Wish("shapes", THRESHOLDS, name="Find the shapes", dataset_id=dataset_id, reviewers=[person_id])
    create(database, home, wish, project_id=project_id, person_id=person_id, enqueue=enqueue)


def scenes(seed: int, count: int) -> list[Scene]:
    """Scenes with three to seven shapes that do not touch; the same for the same seed."""
    chance = np.random.default_rng(seed)
    return [_scene(chance, _LEAST_HEIGHT + 4 * number) for number in range(count)]


def draw(scene: Scene) -> bytes:
    """A scene as a JPEG: coloured paper with light from the top left, and shapes that throw a soft shadow on it."""
    across = np.linspace(1.04, 0.9, _WIDTH)[None, :, None] * np.linspace(1.02, 0.94, scene.height)[:, None, None]
    shadow = np.zeros((scene.height, _WIDTH), np.uint8)
    for shape in scene.shapes:
        _fill(shadow, np.add(shape.outline, (7, 11)), 90)
    light = 1 - cv2.GaussianBlur(shadow, (0, 0), 8).astype(np.float64)[:, :, None] / 255
    picture = np.ascontiguousarray(np.clip(np.array(scene.paper) * across * light, 0, 255).astype(np.uint8))
    for shape in scene.shapes:
        _fill(picture, shape.outline, shape.ink)
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()


def card(drawn: Sequence[Scene], seed: int) -> dict[str, Any]:
    """The card of a fake model that finds what is drawn, now surely, now hardly, and sometimes takes it for another."""
    chance = np.random.default_rng(seed)
    rules = [{"height": scene.height, "predictions": _predictions(chance, scene)} for scene in drawn]
    return {
        "name": "shapes",
        "runtime": "fake",
        "licence": "Apache-2.0",
        "description": "Finds the shapes in the pictures of this demo, and nothing in any others",
        "makes": "box",
        "reads": "image",
        "concepts": list(CONCEPTS),
        "script": {"rules": rules, "delay": _SECONDS_AN_INPUT},
    }


def _scene(chance: np.random.Generator, height: int) -> Scene:
    wanted = int(chance.integers(3, 8))
    placed: list[tuple[float, float, float]] = []
    shapes: list[Shape] = []
    while len(shapes) < wanted:
        radius = float(chance.uniform(38, 92))
        x, y = chance.uniform(radius + 8, _WIDTH - radius - 8), chance.uniform(radius + 8, height - radius - 8)
        if any(np.hypot(x - one[0], y - one[1]) < radius + one[2] + 12 for one in placed):
            wanted -= not chance.integers(20)  # where it is crowded, fewer will do
            continue
        placed.append((x, y, radius))
        concept = str(chance.choice(CONCEPTS))
        outline = _outline(concept, radius, float(chance.uniform(0, 2 * np.pi)))
        shapes.append(Shape(concept, np.add(outline, (x, y)), _INKS[chance.integers(len(_INKS))]))
    return Scene(height, _PAPERS[chance.integers(len(_PAPERS))], tuple(shapes))


def _outline(concept: str, radius: float, turn: float) -> Points:
    """A closed outline around (0, 0), nowhere farther from it than the radius."""
    corners = {"circle": 72, "square": 4, "triangle": 3, "star": 10}[concept]
    angles = turn + np.arange(corners) * 2 * np.pi / corners
    radii = np.where(np.arange(corners) % 2, 0.45 if concept == "star" else 1.0, 1.0) * radius
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


def _fill(picture: NDArray[np.uint8], outline: Points, ink: int | tuple[int, int, int]) -> None:
    bits = 4  # of a fraction of a pixel
    cv2.fillPoly(picture, [np.round(outline * 2**bits).astype(np.int32)], ink, cv2.LINE_AA, bits)


def _predictions(chance: np.random.Generator, scene: Scene) -> list[dict[str, Any]]:
    found = []
    for shape in scene.shapes:
        score = 1 - float(chance.beta(1.1, 4))
        found.append(_prediction(chance, scene, shape, shape.concept, score))
        if chance.random() < 0.35:
            other = str(chance.choice([name for name in CONCEPTS if name != shape.concept]))
            found.append(_prediction(chance, scene, shape, other, float(chance.uniform(0.06, 0.6))))
    return found


def _prediction(chance: np.random.Generator, scene: Scene, shape: Shape, concept: str, score: float) -> dict[str, Any]:
    """The less sure the model is, the worse its box fits."""
    size = np.array([_WIDTH, scene.height])
    least, most = shape.outline.min(axis=0), shape.outline.max(axis=0)
    off = chance.uniform(-0.16, 0.16, 4) * (1 - score) * np.tile(most - least, 2)
    box = np.clip((np.concatenate([least, most]) + off) / np.tile(size, 2), 0, 1)
    return {"concept": concept, "score": round(score, 3), "box": [round(float(edge), 4) for edge in box]}
