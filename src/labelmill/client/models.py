"""The catalog of models."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from labelmill.client.answers import Answers, Model
from labelmill.client.wire import Wire, segment
from labelmill.core.errors import BadCall, BadCard

_NAME_FILES = (("weights",), ("concepts",), ("input", "words"))
"""Keys of a card that name a file beside it, see docs/cards.md."""


class Models:
    """The models that can be named."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self, project_id: int | None = None) -> Iterator[Model]:
        """By name: those that are there for all; with `project_id` a project's own, too, which go before others."""
        return self._wire.pages(_at(project_id))

    def get(self, name: str, project_id: int | None = None) -> Model:
        """One model, as everybody or as a project knows it."""
        said: Model = self._wire.get(f"{_at(project_id)}/{segment(name)}")
        return said

    def add(
        self, card: str | Path, files: Sequence[str | Path] | None = None, *, project_id: int | None = None
    ) -> Model:
        """Add a card (.yaml) with its files, by default those that it names; they are streamed from the disk.

        For a project alone, or for all, which takes an operator of the server. A name that is there means this version
        from now on. Raises BadCard for a card that is wrong.
        """
        card = Path(card)
        paths = [card, *(_files_of(card) if files is None else map(Path, files))]
        opened: list[Any] = []
        try:
            for path in paths:
                opened.append(path.open("rb"))
            parts = [(path.name, file) for path, file in zip(paths, opened, strict=True)]
            said: Model = self._wire.send(_at(project_id), {}, parts)
        except OSError as error:
            raise BadCard(f"model card {card}: {error.filename} cannot be read ({error.strerror})") from error
        finally:
            for file in opened:
                file.close()
        return said

    def mapping(self, project_id: int, name: str) -> dict[str, str]:
        """What a model's concepts were taken for in a project, as last chosen: model concept to project concept."""
        said: dict[str, str] = self._wire.get(f"{_at(project_id)}/{segment(name)}/mapping")["mapping"]
        return said

    def speed(self, project_id: int, name: str) -> float | None:
        """Inputs a second that a model did in its last tasks on the server; None: it was in none yet."""
        said: float | None = self._wire.get(f"{_at(project_id)}/{segment(name)}/speed")["inputs_per_second"]
        return said

    def try_(self, project_id: int, name: str, *, inputs: Sequence[int] = (), text: str | None = None) -> Answers:
        """Run a model on a few inputs of a project, or on a text; nothing is stored."""
        body = {"model": name, "inputs": list(inputs), **({} if text is None else {"text": text})}
        said: Answers = self._wire.post(f"/projects/{project_id}/trials", body)
        return said

    def check(self, name: str, subject: str | Path) -> Answers:
        """Run a model on a file (Path) or a text (str) of one's own; nothing is stored."""
        if isinstance(subject, str):
            said: Answers = self._wire.send("/trials", {"model": name, "text": subject}, [])
            return said
        try:
            with subject.open("rb") as file:
                said = self._wire.send("/trials", {"model": name}, [(subject.name, file)])
        except OSError as error:
            raise BadCall(f"{subject} cannot be read ({error.strerror})") from error
        return said


def _at(project_id: int | None) -> str:
    return "/models" if project_id is None else f"/projects/{project_id}/models"


def _files_of(card: Path) -> Iterator[Path]:
    try:
        said = yaml.safe_load(card.read_bytes())
    except OSError as error:
        raise BadCard(f"model card {card}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise BadCard(f"model card {card}: is not YAML") from error
    for keys in _NAME_FILES:
        named = said
        for key in keys:
            named = named.get(key) if isinstance(named, dict) else None
        if isinstance(named, str):
            yield card.parent / named
