"""The catalog of models."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from io import BytesIO
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
        """Add a card (.yaml) with its files, by default those that it names, wherever they lie; they are streamed.

        For a project alone, or for all, which takes an operator of the server. A name that is there means this version
        from now on. Raises BadCard for a card that is wrong.
        """
        card = Path(card)
        text, named = _flat(card)
        sent = named if files is None else {Path(file).name: Path(file) for file in files}
        with ExitStack() as opened:
            try:
                parts = [(name, opened.enter_context(path.open("rb"))) for name, path in sent.items()]
                said: Model = self._wire.send(_at(project_id), {}, [(card.name, BytesIO(text)), *parts])
            except OSError as error:
                raise BadCard(f"model card {card}: {error.filename} cannot be read ({error.strerror})") from error
        return said

    def mapping(self, project_id: int, name: str) -> dict[str, str]:
        """What a model's concepts were taken for in a project, as last chosen: model concept to project concept."""
        said: dict[str, str] = self._wire.get(f"{_at(project_id)}/{segment(name)}/mapping")["mapping"]
        return said

    def speed(self, project_id: int, name: str) -> float | None:
        """Inputs a second that a model did in its last tasks on the server; None: it was in none yet."""
        said: float | None = self._wire.get(f"{_at(project_id)}/{segment(name)}/speed")["inputs_per_second"]
        return said

    def try_(
        self,
        project_id: int,
        name: str,
        *,
        inputs: Sequence[int] = (),
        text: str | None = None,
        concepts: Sequence[str] = (),
        mapping: Mapping[str, str] | None = None,
    ) -> Answers:
        """Run a model on a few inputs of a project, or on a text; nothing is stored.

        `concepts`: of the model's, by default all; with a `mapping` the answers are in the project's, as a task's.
        """
        said: dict[str, Any] = {"model": name, "inputs": list(inputs), "concepts": list(concepts)}
        said |= {"mapping": dict(mapping or {}), **({} if text is None else {"text": text})}
        answers: Answers = self._wire.post(f"/projects/{project_id}/trials", said)
        return answers

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


def _flat(card: Path) -> tuple[bytes, dict[str, Path]]:
    """A card as if all that it names lay beside it, and its files by the names that they have then."""
    try:
        text = card.read_bytes()
        said = yaml.safe_load(text)
    except OSError as error:
        raise BadCard(f"model card {card}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise BadCard(f"model card {card}: is not YAML") from error
    files: dict[str, Path] = {}
    moved = False
    for *above, last in _NAME_FILES:
        part = said
        for key in above:
            part = part.get(key) if isinstance(part, dict) else None
        if isinstance(part, dict) and isinstance(name := part.get(last), str):
            sent = Path(name).name
            sent = sent if sent not in {card.name, *files} else f"{len(files)}-{sent}"
            files[sent], part[last], moved = card.parent / name, sent, moved or sent != name
    return yaml.safe_dump(said, sort_keys=False, allow_unicode=True).encode() if moved else text, files
