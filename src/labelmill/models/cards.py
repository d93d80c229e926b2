"""Model cards: short YAML that says what a model file is, what it reads and what its numbers mean."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Self, TypeAlias

import yaml
from pydantic import BeforeValidator, Field, PositiveInt, PrivateAttr, ValidationError, model_validator

from labelmill.core.errors import BadCall, BadCard, NotFound
from labelmill.core.workflow import Node, shape
from labelmill.models.base import Kind, Makes
from labelmill.models.complaints import sentence, suggest
from labelmill.models.keys import (
    MOST_MODELS,
    HeadKeys,
    ImageInput,
    InputKeys,
    Keys,
    Name,
    NodeKeys,
    Plain,
    Script,
    SegmentationKeys,
    Share,
    TextInput,
    WorkflowKeys,
    is_plain,
)  # fmt: skip

CARDS = (".yaml", ".yml")
"""How files of cards end."""

MOST_BYTES = 4 * 2**20
"""Of a card itself, its list of concepts included."""


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _names_or_file(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("should be a list of names or the name of a file with one name a line")
    for index, name in enumerate(value):
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"entry {index + 1} is {name!r}, not a name: put it in quotes")
        if not is_plain(name):
            raise ValueError(f"entry {index + 1} is {name!r}: take out the control characters")
    if len(set(value)) < len(value):
        raise ValueError(f"{next(n for n in value if list(value).count(n) > 1)!r} is there twice")
    return value


class Card(Keys):
    """A model card. Paths in it are relative to the folder it lies in; `at` says which.

    That of a workflow (runtime: workflow) is made when it is read: `graph` is what is written, `models` the card of
    each of its nodes. `suppression` is the IoU (0 to 1) above which the weaker of two regions of one concept is left
    out; `floor` the score below which nothing is predicted; `batch` how many inputs one call may hold.
    """

    name: Name
    runtime: Plain
    licence: Plain
    description: str = ""
    makes: Makes
    reads: Annotated[tuple[Kind, ...], Field(min_length=1), BeforeValidator(_listed)]
    weights: str | None = None
    concepts: Annotated[tuple[str, ...] | str, BeforeValidator(_names_or_file)] = ()
    ignore: tuple[str, ...] = ()
    input: InputKeys | None = None
    head: HeadKeys | None = None
    script: Script | None = None
    suppression: Share = 0.5
    floor: Share = 0.05
    batch: PositiveInt = 1

    _folder: Path = PrivateAttr(default_factory=Path)
    _graph: WorkflowKeys | None = PrivateAttr(None)
    _models: dict[str, Card] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if not self.concepts and self.makes not in ("embedding", "text"):
            raise ValueError("'concepts' is missing: a list of names or a file with one name a line")
        if self.runtime == "onnx":
            self._check_onnx()
        if (self.runtime == "fake") != (self.script is not None):
            raise ValueError("'script' belongs to runtime: fake, and runtime: fake needs it")
        return self

    def _check_onnx(self) -> None:
        for key in ("weights", "input", "head"):
            if getattr(self, key) is None:
                raise ValueError(f"'{key}' is missing: runtime: onnx needs it")
        assert self.head is not None  # noqa: S101 # the loop above has seen to it
        if self.head.makes != self.makes:
            raise ValueError(f"'makes' is {self.makes}, but a {self.head.type} head makes {self.head.makes}")
        reads = "text" if isinstance(self.input, TextInput) else "image"
        if self.reads != (reads,):
            raise ValueError(f"'reads' is {', '.join(self.reads)}, but 'input' has the keys of {reads}")
        if reads == "text" and self.makes != "class":
            raise ValueError(f"a {self.head.type} head reads images")
        stretched = isinstance(self.input, ImageInput) and self.input.resize == "stretch"
        if isinstance(self.head, SegmentationKeys) and not stretched:
            raise ValueError("a segmentation head needs resize: stretch")

    def at(self, folder: Path) -> Card:
        """The same card as lying in `folder`: that is where its files are looked for."""
        placed = self.model_copy()
        placed.__dict__.pop("names", None)
        placed.__dict__.pop("version", None)
        placed._folder = folder
        return placed

    @classmethod
    def told(cls, version: str, facts: Mapping[str, Any]) -> Card:
        """A card of which others tell these keys and its version: it can be named, but not loaded."""
        told = {key: tuple(value) if isinstance(value, list) else value for key, value in facts.items()}
        return cls.model_construct(None, **told).known_as(version)

    def known_as(self, version: str) -> Card:
        """The same card, whose version is known: no file is read for it."""
        known = self.model_copy()
        known.__dict__["version"] = version
        return known

    @property
    def folder(self) -> Path:
        """Where the card lies."""
        return self._folder

    @property
    def files(self) -> tuple[Path, ...]:
        """The files the card depends on: weights, word list, list of concepts; those it has."""
        return tuple(self._folder / name for name in _references(self.model_dump()).values())

    @property
    def graph(self) -> WorkflowKeys | None:
        """What a workflow says of its nodes; None: this is a model of its own."""
        return self._graph

    @property
    def models(self) -> Mapping[str, Card]:
        """By the names of a workflow's nodes, in the order in which they look; of other models none."""
        return self._models

    @property
    def size(self) -> int | None:
        """Bytes of the weights; None: it has none. Raises OSError when they cannot be read."""
        if self.weights is not None:
            return (self._folder / self.weights).stat().st_size
        once = {id(one): one for one in self._models.values()}
        sizes = [size for one in once.values() if (size := one.size) is not None]
        return sum(sizes) if sizes else None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each output of the model is called, in its order, with the ignored and the repeated ones.

        Raises BadCard when the list of concepts cannot be read or has an empty line.
        """
        return self.concepts if isinstance(self.concepts, tuple) else _read_names(self._folder / self.concepts)

    @property
    def offered(self) -> tuple[str, ...]:
        """The concepts the model may answer: `names` without the ignored, each once."""
        ignored = frozenset(self.ignore)
        return tuple(name for name in dict.fromkeys(self.names) if name not in ignored)

    @cached_property
    def version(self) -> str:
        """SHA-256, hex, of what the card says and of the bytes of its files, wherever they lie and are called.

        Of a workflow: of what it says and of the versions of its models.

        Keys that hold their default are left out, so a card keeps its version when the format gains a key. Raises
        OSError when a file cannot be read.
        """
        said = self.said(_hash, lambda model: model.version)
        canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def said(self, rename: Callable[[Path], str], refer: Callable[[Card], str]) -> dict[str, Any]:
        """What is written on the card, its files by the names that `rename` gives them, models as `refer` does."""
        if self._graph is not None:
            said = self._graph.model_dump(mode="json", exclude_defaults=True)
            for name, model in self._models.items():
                said["nodes"][name]["model"] = refer(model)
            return said
        said = self.model_dump(mode="json", exclude_defaults=True)
        for keys, name in _references(said).items():
            part = said if len(keys) == 1 else said[keys[0]]
            part[keys[-1]] = rename(self._folder / name)
        return said


Find: TypeAlias = Callable[[str], Card]
"""The card of a model by its name in the catalog. It raises NotFound for an unknown name."""


def _unknown(name: str) -> Card:
    raise NotFound(f"{name!r} is a name of the catalog, which is not known here")


def read_card(path: Path, *, beside: bool = False, find: Find = _unknown) -> Card:
    """Read a card and check it against the files beside it; weights are not loaded. `find` knows a workflow's models.

    With `beside` it may name no files but those in its own folder: a card of somebody who shall not read others.
    Raises BadCard, whose one sentence names the card, the key, what is wrong and what to do.
    """
    return _read(path, beside, find, ())


def _read(path: Path, beside: bool, find: Find, above: tuple[Path, ...]) -> Card:
    form: type[Keys] = Card
    try:
        said = _load(path.read_bytes())
        if not isinstance(said, dict):
            raise BadCard("is not a list of keys and values; start it with `name: ...`")
        if said.get("runtime") == "workflow":
            form = WorkflowKeys
            return _workflow(WorkflowKeys.model_validate(said), path, beside, find, above)
        card = Card.model_validate(said).at(path.parent)
        if beside:
            _check_beside(card)
        _check_files(card)
    except OSError as error:
        raise BadCard(f"model card {path}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        raise BadCard(f"model card {path}: {sentence(error, form)}") from error
    except BadCall as error:
        raise BadCard(f"model card {path}: {error}") from error
    return card


def _workflow(keys: WorkflowKeys, path: Path, beside: bool, find: Find, above: tuple[Path, ...]) -> Card:
    """A workflow's card: what it reads, makes and offers follows from its nodes. Raises BadCall."""
    here = (*above, path.resolve())

    def model_of(named: str) -> Card:
        if beside or not named.endswith(CARDS):
            return find(named)
        there = (path.parent / named).resolve()
        if there in here:
            raise BadCard(f"names {named!r}, which leads back to itself")
        return _read(there, beside, find, here)

    named = {name: model_of(name) for name in {node.model for node in keys.nodes.values()}}
    models = {name: _suited(name, node, named[node.model]) for name, node in keys.nodes.items()}
    if sum(map(_count, models.values())) > MOST_MODELS:
        raise BadCard(f"has more than {MOST_MODELS} models, workflows in it and theirs included")
    nodes = {
        name: Node(frozenset(models[name].reads), models[name].makes, node.of, node.hidden)
        for name, node in keys.nodes.items()
    }
    whole = shape(nodes)
    answers = (keys.nodes[name].concepts or models[name].offered for name in whole.order if not nodes[name].hidden)
    alone = any(node.of for node in nodes.values())  # regions are many: what one input takes is time enough for a batch
    card = Card.model_validate(
        keys.model_dump(exclude={"nodes", "score"})
        | {"makes": whole.makes, "reads": sorted(whole.reads), "concepts": list(dict.fromkeys(chain(*answers)))}
        | {"batch": 1 if alone else max(model.batch for model in models.values())}
    ).at(path.parent)
    card._graph, card._models = keys, {name: models[name] for name in whole.order}
    return card


def _suited(name: str, node: NodeKeys, model: Card) -> Card:
    if not model.offered:
        raise BadCard(f"node {name}: {model.name} offers no concepts ({model.makes})")
    for concept in node.concepts:
        if concept not in model.offered:
            raise BadCard(f"node {name}: {model.name} has no concept {concept!r}{suggest(concept, model.offered)}")
    return model


def _count(card: Card) -> int:
    return 1 + sum(map(_count, card.models.values()))


class _Loader(yaml.SafeLoader):
    """YAML's plain values, without aliases: a few hundred bytes of those stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse an alias wherever one may stand."""
        if self.check_event(yaml.AliasEvent):
            raise BadCard("has an alias (*name): write out what it stands for")
        return super().compose_node(parent, index)


def _load(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise BadCard(f"is larger than {MOST_BYTES >> 20} MiB: put its concepts into a file of their own")
    try:
        return yaml.load(data, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadCard(_yaml_fault(error)) from error
    except RecursionError as error:
        raise BadCard("is not YAML that can be read: it is nested too deeply") from error
    except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError) as error:  # of YAML's constructors
        raise BadCard(f"holds a value that YAML takes for a date or a number ({error}): put it in quotes") from error


def _references(said: dict[str, Any]) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    if said.get("weights") is not None:
        found["weights",] = said["weights"]
    if "words" in (said.get("input") or {}):
        found["input", "words"] = said["input"]["words"]
    if isinstance(said.get("concepts"), str):
        found["concepts",] = said["concepts"]
    return found


def _check_beside(card: Card) -> None:
    for keys, name in _references(card.model_dump()).items():
        if Path(name).name != name or name == "..":
            raise BadCard(f"'{'.'.join(keys)}' names {name!r}: name a file that comes with the card, without a folder")


def _check_files(card: Card) -> None:
    for keys, name in _references(card.model_dump()).items():
        path = card.folder / name
        if not path.is_file():
            raise BadCard(f"'{'.'.join(keys)}' names {name}, but there is no file {path}")
    for name in card.ignore:
        if name not in card.names:
            raise BadCard(f"'ignore' names {name!r}, which is not among the concepts{suggest(name, card.names)}")
    if card.concepts and not card.offered:
        raise BadCard("'ignore' leaves no concept to answer")
    if card.head is not None and card.head.type == "yunet" and len(card.names) != 1:
        raise BadCard(f"'concepts' has {len(card.names)} names, but a yunet head knows one: faces")
    for said in _scripted(card):
        if said not in card.offered:
            raise BadCard(f"'script' answers {said!r}, which is not among the concepts{suggest(said, card.offered)}")


def _scripted(card: Card) -> list[str]:
    script = card.script or Script()
    every = (*script.predictions, *(said for rule in script.rules for said in rule.predictions))
    return [said.concept for said in every]


def _read_names(path: Path) -> tuple[str, ...]:
    try:
        lines = path.read_text(encoding="utf-8-sig").rstrip().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadCard(f"'concepts': {path} cannot be read as UTF-8 text ({error})") from error
    names = tuple(line.strip() for line in lines)
    if not all(names) or not names:
        raise BadCard(f"'concepts': line {[*names, ''].index('') + 1} of {path} is empty; each line is one concept")
    for number, name in enumerate(names, start=1):
        if not is_plain(name):
            raise BadCard(f"'concepts': line {number} of {path} is {name!r}: take out the control characters")
    return names


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _yaml_fault(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return f"is not YAML{where}: {getattr(error, 'problem', None) or str(error).splitlines()[0]}"
