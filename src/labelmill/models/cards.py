"""Model cards: short YAML that says what a model file is, what it reads and what its numbers mean."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, PositiveInt, PrivateAttr, ValidationError, model_validator

from labelmill.core.errors import BadCard
from labelmill.models.base import Kind
from labelmill.models.complaints import sentence, suggest
from labelmill.models.keys import HeadKeys, ImageInput, InputKeys, Keys, Script, SegmentationKeys, Share, TextInput

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
        if not _is_plain(name):
            raise ValueError(f"entry {index + 1} is {name!r}: take out the control characters")
    if len(set(value)) < len(value):
        raise ValueError(f"{next(n for n in value if list(value).count(n) > 1)!r} is there twice")
    return value


def _plain(value: str) -> str:
    if not _is_plain(value):
        raise ValueError(f"holds control characters ({value!r}): take them out")
    return value


def _addressable(value: str) -> str:
    if "/" in value or value in (".", ".."):
        raise ValueError(f"is {value!r}, which no address on the server can hold: give another, without '/'")
    return value


def _is_plain(name: str) -> bool:
    """False for what no name holds: control characters such as NUL, and halves of surrogate pairs."""
    return name.isprintable() or not any(unicodedata.category(c) in ("Cc", "Cs") for c in name)


class Card(Keys):
    """A model card. Paths in it are relative to the folder it lies in; `at` says which.

    `suppression` is the IoU (0 to 1) above which the weaker of two regions of one concept is left out; `floor` the
    score below which nothing is predicted; `batch` how many inputs one call may hold.
    """

    name: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain), AfterValidator(_addressable)]
    runtime: Annotated[str, Field(min_length=1), AfterValidator(_plain)]
    licence: Annotated[str, Field(min_length=1), AfterValidator(_plain)]
    description: str = ""
    makes: Literal["class", "box", "polygon", "span", "embedding"]
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

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if not self.concepts and self.makes != "embedding":
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

    @property
    def folder(self) -> Path:
        """Where the card lies."""
        return self._folder

    @property
    def files(self) -> tuple[Path, ...]:
        """The files the card depends on: weights, word list, list of concepts; those it has."""
        return tuple(self._folder / name for name in _references(self.model_dump()).values())

    @property
    def size(self) -> int | None:
        """Bytes of the weights; None: it has none. Raises OSError when they cannot be read."""
        return None if self.weights is None else (self._folder / self.weights).stat().st_size

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

        Keys that hold their default are left out, so a card keeps its version when the format gains a key. Raises
        OSError when a file cannot be read.
        """
        said = self._said(_hash)
        canonical = json.dumps(said, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def _said(self, rename: Callable[[Path], str]) -> dict[str, Any]:
        said = self.model_dump(mode="json", exclude_defaults=True)
        for keys, name in _references(said).items():
            part = said if len(keys) == 1 else said[keys[0]]
            part[keys[-1]] = rename(self._folder / name)
        return said


def read_card(path: Path, *, beside: bool = False) -> Card:
    """Read a card and check it against the files beside it; weights are not loaded.

    With `beside` it may name no files but those in its own folder: a card of somebody who shall not read others.
    Raises BadCard, whose one sentence names the card, the key, what is wrong and what to do.
    """
    try:
        said = _load(path.read_bytes())
        if not isinstance(said, dict):
            raise BadCard("is not a list of keys and values; start it with `name: ...`")
        card = Card.model_validate(said).at(path.parent)
        if beside:
            _check_beside(card)
        _check_files(card)
    except OSError as error:
        raise BadCard(f"model card {path}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        raise BadCard(f"model card {path}: {sentence(error, Card)}") from error
    except BadCard as error:
        raise BadCard(f"model card {path}: {error}") from error
    return card


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


def store_copy(card: Card, folder: Path) -> Path:
    """Copy a card and its files flat into `folder`, which appears whole or not at all; returns its card.yaml.

    A folder that already holds this version is left as it is. Raises BadCard when the folder holds anything else, when
    a file of the card changed meanwhile, or when it cannot be copied.
    """
    try:
        return _stored(card, folder)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadCard(f"model {card.name} cannot be copied to {folder}: {reason}") from error


def _stored(card: Card, folder: Path) -> Path:
    target = folder / "card.yaml"
    if folder.exists():
        if not target.exists() or read_card(target).version != card.version:
            raise BadCard(f"{folder} holds something else than model {card.name}: name another folder")
        return target
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _copy_into(card, draft)
        if read_card(draft / "card.yaml").version != card.version:
            raise BadCard(f"a file of model {card.name} changed while it was copied: try again")
        _move(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _copy_into(card: Card, folder: Path) -> None:
    names: dict[Path, str] = {}
    for path in card.files:
        taken = {"card.yaml", *names.values()}
        names[path] = path.name if path.name not in taken else f"{len(names)}-{path.name}"
        shutil.copyfile(path, folder / names[path])
    text = yaml.safe_dump(card._said(names.__getitem__), sort_keys=False, allow_unicode=True)
    (folder / "card.yaml").write_text(text, encoding="utf-8")
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _move(draft: Path, folder: Path) -> None:
    try:
        draft.rename(folder)
    except OSError:
        # another process was first: its copy was checked as ours was
        if not (folder / "card.yaml").exists():
            raise


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
        if not _is_plain(name):
            raise BadCard(f"'concepts': line {number} of {path} is {name!r}: take out the control characters")
    return names


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _yaml_fault(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    return f"is not YAML{where}: {getattr(error, 'problem', None) or str(error).splitlines()[0]}"
