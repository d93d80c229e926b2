"""The runtime of workflows: asks the models of a graph, each about inputs or about the regions another one found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import ceil, floor

from labelmill.core.annotation import Prediction
from labelmill.core.errors import ModelFault, ModelUnusable
from labelmill.core.geometry import Box, Polygon, Region, Span, bounds
from labelmill.core.workflow import Found, answer, found
from labelmill.models import catalog
from labelmill.models.base import Input, Model, ModelInfo, Picture, check_predictions, raised
from labelmill.models.cards import Card
from labelmill.models.keys import NodeKeys, WorkflowKeys


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a node looks at: an input of the batch by its place, or a part of it.

    `frame`: where in the whole input it lies; `within`: what was found there. None: it is the whole.
    """

    row: int
    seen: Input
    frame: Region | None = None
    within: Found | None = None


class WorkflowModel:
    """The models of a graph as one. `models`: by node, those that find regions before those that look into them."""

    def __init__(self, info: ModelInfo, graph: WorkflowKeys, models: dict[str, Model], floor: float) -> None:
        self.info = info
        self._graph = graph
        self._models = models
        self._floor = floor
        self._hidden = [name for name, node in graph.nodes.items() if node.hidden]

    def predict(self, batch: Sequence[Input]) -> list[list[Prediction]]:
        """Predictions for each input. Raises ModelFault, which names the node, when a model's answer is no good."""
        every: list[list[Found]] = [[] for _ in batch]
        for name, model in self._models.items():
            node = self._graph.nodes[name]
            subjects = self._subjects(node, batch, every)
            while some := list(islice(subjects, model.info.batch)):
                for subject, said in zip(some, _asked(name, model, some), strict=True):
                    every[subject.row] += [
                        one
                        for one in found(name, said, self._graph.score, subject.within, subject.frame)
                        if not node.concepts or one.concept in node.concepts
                    ]
        overlap = self._graph.suppression
        return [answer(one, hidden=self._hidden, floor=self._floor, overlap=overlap) for one in every]

    def _subjects(self, node: NodeKeys, batch: Sequence[Input], every: list[list[Found]]) -> Iterator[_Subject]:
        for row, item in enumerate(batch):
            if node.of is None:
                yield _Subject(row, item)
                continue
            for one in [one for one in every[row] if one.node == node.of]:
                yield _Subject(row, *part(item, one.region), one)


def load(card: Card, *, threads: int, floor: float) -> WorkflowModel:
    """Load the models of a workflow. Raises ModelUnusable with the node whose model cannot be loaded."""
    if card.graph is None:
        raise ModelUnusable(f"model {card.name}: the card has no 'nodes'")
    models = {}
    for name, model in card.models.items():
        try:
            models[name] = catalog.load(model, threads=threads, floor=_floor_of(name, card.graph, model, floor))
        except ModelUnusable as error:
            raise ModelUnusable(f"model {card.name}: node {name}: {error}") from error
    return WorkflowModel(catalog.describe(card), card.graph, models, floor)


def _floor_of(name: str, graph: WorkflowKeys, model: Card, floor: float) -> float:
    """A node's own; else the run's. What is looked into may count for more than it scores: then its card's."""
    if (own := graph.nodes[name].floor) is not None:
        return own
    counts_for_more = graph.score == "own" and any(node.of == name for node in graph.nodes.values())
    return model.floor if counts_for_more else floor


def part(item: Input, region: Region | None) -> tuple[Input, Region | None]:
    """What lies in a region of an input, and the frame that it fills of the whole; without a region all of it.

    Of a text the stretch; of a picture the pixels that the box round the region touches, one at least.
    """
    if isinstance(item, str):
        return (item[region.start : region.end], region) if isinstance(region, Span) else (item, None)
    if not isinstance(region, Box | Polygon):
        return item, None
    box = bounds(region)
    height, width = item.pixels.shape[:2]
    left, right = _pixels(box.x1, box.x2, width)
    top, bottom = _pixels(box.y1, box.y2, height)
    pixels = item.pixels[top:bottom, left:right]  # no copy: a crowded photo's regions would take many times its size
    frame = Box(left / width, top / height, right / width, bottom / height)
    across, down = round((frame.x2 - frame.x1) * item.width), round((frame.y2 - frame.y1) * item.height)
    return Picture(pixels, max(across, 1), max(down, 1)), frame


def _pixels(start: float, end: float, length: int) -> tuple[int, int]:
    first = min(floor(start * length), length - 1)
    return first, max(min(ceil(end * length), length), first + 1)


def _asked(name: str, model: Model, some: Sequence[_Subject]) -> list[list[Prediction]]:
    batch = [subject.seen for subject in some]
    try:
        checked = check_predictions(model.info, batch, model.predict(batch))
    except Exception as error:
        fault = raised(model.info.name, error)
        raise ModelFault(fault.kind, f"node {name}: {fault}") from error
    said = []
    for one in checked:
        if isinstance(one, ModelFault):
            raise ModelFault(one.kind, f"node {name}: {one}")
        said.append(one)
    return said
