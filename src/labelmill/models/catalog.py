"""Models by runtime: loaders are named here and imported only when a model is loaded."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import TypeAlias

from labelmill.core.errors import BadCall, ModelUnusable, NotFound
from labelmill.models.base import Model, ModelInfo
from labelmill.models.cards import Card
from labelmill.models.complaints import suggest
from labelmill.models.keys import ImageInput

Loader: TypeAlias = Callable[..., Model]
"""`loader(card, *, threads: int, floor: float) -> Model`; it raises ModelUnusable with a sentence."""

RUNTIMES = MappingProxyType(
    {
        "onnx": "labelmill.models.onnx:load",
        "null": "labelmill.models.null:load",
        "fake": "labelmill.models.fake:load",
        "workflow": "labelmill.models.workflow:load",
    }
)
"""Runtime -> "module:loader". Others come from entry points of the group `labelmill.models`."""

GROUP = "labelmill.models"

BUILTIN = MappingProxyType(
    {
        "null": Card(
            name="null",
            runtime="null",
            licence="Apache-2.0",
            description="Answers the same five tags for every input, at once",
            makes="class",
            reads=("image", "text"),
            concepts=("null-1", "null-2", "null-3", "null-4", "null-5"),
            input=ImageInput(size=(1, 1)),
            batch=256,
        )
    }
)
"""Cards that need no file, by name."""


def built_in(name: str) -> Card:
    """A card that needs no file, by its name. Raises NotFound."""
    if name not in BUILTIN:
        raise NotFound(f"there is no model {name!r} built in; there are {', '.join(BUILTIN)}")
    return BUILTIN[name]


def is_built_in(card: Card) -> bool:
    """Whether a card needs no file."""
    return BUILTIN.get(card.name) == card


_PACKAGES = {"cv2": "opencv-python-headless"}


def describe(card: Card) -> ModelInfo:
    """What a model of this card says of itself; loads nothing."""
    return ModelInfo(
        name=card.name,
        reads=frozenset(card.reads),
        makes=card.makes,
        concepts=card.offered,
        wants=_wants(card),
        batch=card.batch,
        overlap=card.suppression,
    )


def _wants(card: Card) -> tuple[int, int] | None:
    """Of a workflow: what its models want at most; all there is where some look into regions."""
    if card.graph is None:
        return card.input.size if isinstance(card.input, ImageInput) else None
    wants = [None if card.graph.nodes[name].of else _wants(model) for name, model in card.models.items()]
    sizes = [size for size in wants if size is not None]
    return (max(w for w, _ in sizes), max(h for _, h in sizes)) if len(sizes) == len(wants) else None


def load(card: Card, *, threads: int = 1, floor: float | None = None) -> Model:
    """Load a card's model for use by one thread of this process.

    `threads`: how many threads it may compute with. `floor`: the score (0 to 1) below which nothing is predicted;
    None: the card's. Raises BadCall for a floor outside 0 to 1, ModelUnusable when the runtime is unknown, a package
    is missing, or the weights and the card do not fit each other.
    """
    floor = card.floor if floor is None else floor
    if not 0 <= floor <= 1:
        raise BadCall(f"a floor lies between 0 and 1, got {floor:g}")
    return _loader(card)(card, threads=threads, floor=floor)


def find_runtime(card: Card) -> EntryPoint:
    """Where the loader of a card's runtime is; imports nothing. Raises ModelUnusable, which names those there are."""
    if card.runtime in RUNTIMES:
        return EntryPoint(card.runtime, RUNTIMES[card.runtime], GROUP)
    outside = {point.name: point for point in entry_points(group=GROUP)}
    if card.runtime in outside:
        return outside[card.runtime]
    known = [*RUNTIMES, *outside]
    raise ModelUnusable(
        f"model {card.name}: there is no runtime {card.runtime!r}{suggest(card.runtime, known)} "
        f"(there are {', '.join(known)}; a package may add its own as an entry point of the group {GROUP})"
    )


def _loader(card: Card) -> Loader:
    point = find_runtime(card)
    try:
        found: Loader = point.load()
    except ImportError as error:
        package = (error.name or "").partition(".")[0]
        install = f": pip install {_PACKAGES.get(package, package)}" if package else ""
        raise ModelUnusable(f"model {card.name}: runtime {card.runtime} cannot start ({error}){install}") from error
    return found
