"""What the walks of review and labeling share: real photographs with two shirts and a coat found on each, and texts."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from e2e.conftest import Enter
from e2e.walk import Walk
from mill import until, write_texts
from playwright.sync_api import Locator, expect

from labelmill import Client

COAT, SHIRT, HAT = [0.1, 0.1, 0.4, 0.5], [0.5, 0.2, 0.8, 0.6], [0.3, 0.55, 0.6, 0.9]
CONCEPTS = ["coat", "shirt", "hat", "shoe"]
_FOUND = [
    {"concept": "coat", "score": 0.95, "box": COAT},
    {"concept": "shirt", "score": 0.72, "box": SHIRT},
    {"concept": "hat", "score": 0.58, "box": HAT},
]
_CARDS: dict[str, dict[str, Any]] = {
    "wearables": {"makes": "box", "reads": "image", "concepts": CONCEPTS, "script": {"predictions": _FOUND}},
    "blind": {"makes": "box", "reads": "image", "concepts": CONCEPTS, "script": {"predictions": []}},
    "kinds": {
        "makes": "class", "reads": "image", "concepts": CONCEPTS,
        "script": {"predictions": [{"concept": "coat", "score": 0.7}]},
    },
    "speechless": {"makes": "class", "reads": "image", "concepts": CONCEPTS, "script": {"predictions": []}},
    "words": {
        "makes": "span", "reads": "text", "concepts": ["thing", "praise"],
        "script": {"predictions": [{"concept": "thing", "score": 0.7, "span": [4, 8]}]},
    },
}  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """A project of photographs and texts, and who may make tasks in it."""

    client: Client
    project: int
    me: int

    def task(self, model: str | None, dataset: str = "photos", **more: Any) -> int:
        """A task that its owner reviews and labels, as soon as the model has looked at everything; its id."""
        dataset_id = self.client.datasets.named(self.project, dataset, make=False)["id"]
        more = {"reviewers": [self.me], **more}
        task = self.client.tasks.create(self.project, model, dataset_id=dataset_id, **more)["id"]
        if model is not None:
            until(lambda: self.client.tasks.get(self.project, task)["status"] == "complete")
        return task

    def said(self, task: int, input_id: int) -> list[tuple[str, str, list[Any]]]:
        """Concept, status and the region's numbers, rounded, of what a task says of an input."""
        found = self.client.inputs.get(self.project, input_id, task_id=task)["annotations"]
        return [(one["concept"], one["status"], _rounded(one["region"])) for one in found if one["task_id"] == task]

    def inputs(self, dataset: str = "photos") -> list[int]:
        """Ids in the order in which they come."""
        dataset_id = self.client.datasets.named(self.project, dataset, make=False)["id"]
        return sorted(one["id"] for one in self.client.inputs.list(self.project, dataset_id=dataset_id))


def make_desk(client: Client, photos: Path, folder: Path, texts: Sequence[str]) -> Desk:
    """A project with six photographs, some texts and the models that find something on each, or nothing."""
    project = client.projects.create(f"Wardrobe {folder.name}")["id"]
    (folder / "photos").mkdir(parents=True)
    for photo in islice(sorted(photos.glob("*.jpg")), 6):
        shutil.copy(photo, folder / "photos")
    client.inputs.upload(project, folder / "photos", dataset="photos")
    (folder / "texts").mkdir()
    client.inputs.upload(project, write_texts(folder / "texts", list(texts)), dataset="texts")
    for name, card in _CARDS.items():
        path = folder / f"{name}.yaml"
        path.write_text(
            json.dumps({"name": name, "runtime": "fake", "licence": "Apache-2.0", "description": name, **card})
        )
        client.models.add(path, project_id=project)
    (me,) = [one["id"] for one in client.members.list(project)]
    return Desk(client, project, me)


def begin(walk: Walk, desk: Desk, model: str = "wearables") -> None:
    """Be at a new task of which the dataset and the model are chosen."""
    walk.go(f"/projects/{desk.project}/tasks/new")
    walk.page.get_by_role("combobox", name="Dataset").click()
    walk.page.get_by_role("option", name=re.compile("photos")).click()
    walk.page.get_by_role("radio", name=re.compile(f"^{model}")).click()


def _rounded(region: Any) -> list[Any]:
    if region is None:
        return []
    if region["kind"] == "polygon":
        return [[[round(x, 2), round(y, 2)] for x, y in ring] for part in region["value"] for ring in part]
    return [round(value, 2) for value in region["value"]]


def stage(walk: Walk) -> Locator:
    """The picture, once all on it is painted; not the one before, which a key has just put behind it."""
    walk.page.locator("canvas.stage[data-painted=all]:not([data-behind] *)").wait_for()
    return walk.page.locator("canvas.stage")


def at(walk: Walk, size: tuple[int, int], x: float, y: float) -> tuple[float, float]:
    """Where on the screen a place of a picture lies (shares of it) that is fitted with a margin; `size` in pixels."""
    box = stage(walk).bounding_box()
    assert box is not None
    scale = min((box["width"] - 32) / size[0], (box["height"] - 32) / size[1], 8)
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return middle[0] + (x - 0.5) * size[0] * scale, middle[1] + (y - 0.5) * size[1] * scale


_THERE = """() => {
  const pictures = [...document.querySelectorAll('.crop img')]
  return pictures.every(({ complete, naturalWidth }) => complete && naturalWidth > 0)
}"""


def crops(walk: Walk, concept: str, count: int) -> Locator:
    """So many regions of a concept in a grid, once their pictures are there."""
    found = walk.page.get_by_role("group", name=f"Regions of {concept}").get_by_role("button")
    expect(found).to_have_count(count)
    there(walk)
    return found


def there(walk: Walk) -> None:
    """Wait for the pictures of all regions in a grid, but for those that the page says do not come."""
    walk.page.wait_for_function(_THERE)


def rows(walk: Walk, section: str) -> Locator:
    """What the list shows under a heading."""
    return (
        walk.page.get_by_role("complementary", name="Annotations")
        .get_by_role("region", name=section)
        .locator(".annotation")
    )


# a key shows first what comes next, and with the frames after that it is decided
_FOLLOWED = """() => new Promise((go) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => setTimeout(go)))))"""
_SAVED = "() => Object.keys(localStorage).every((name) => !name.startsWith('labelmill-unsaved'))"


def saved(walk: Walk) -> None:
    """Wait until the server has every decision, and the page shows so."""
    walk.page.evaluate(_FOLLOWED)
    walk.page.wait_for_function(_SAVED)
    expect(walk.page.get_by_text("unsaved")).to_have_count(0)


def come_in(enter: Enter, invited: Mapping[str, Any]) -> Walk:
    """Somebody who was invited, at a browser of their own."""
    theirs = enter(known=False)
    theirs.go(f"/sign-in#token={invited['token']}")
    theirs.page.wait_for_url(re.compile("/projects$"))
    return theirs
