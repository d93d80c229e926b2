"""What the commands talk to: a home on this machine (local.py) or a server (remote.py). Both do and say the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

from labelmill.core.annotation import Status
from labelmill.core.threshold import Thresholds

Report = dict[str, Any]
"""A task's report, with the keys that docs/command.md promises."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What `annotate` is asked for; `dataset` None: the one of this source's own, `name` None: dataset and model."""

    source: Path
    model: str
    concepts: Sequence[str]
    thresholds: Thresholds
    floor: float
    project: str
    dataset: str | None
    name: str | None
    limit: int | None
    standing: bool

    @property
    def origin(self) -> tuple[str, str]:
        """Place and name of the dataset of this source alone: a part of a folder is not the folder."""
        place = self.source.resolve()
        if self.limit is None:
            return str(place), place.name
        return f"{place}#limit={self.limit}", f"{place.name}, first {self.limit}"


class Said(NamedTuple):
    """What a model said of one file or text, best first; nothing below `floor`."""

    model: str
    floor: float
    predictions: list[dict[str, Any]]


class Mill(Protocol):
    """`task` is an id or a name. All raise errors of the tree in core.errors."""

    def annotate(self, asked: Asked) -> Report:
        """Read the source, make the task, run it to its end."""

    def tasks(self) -> list[dict[str, Any]]:
        """All tasks, newest first."""

    def show(self, task: str) -> Report:
        """How a task stands."""

    def apply(self, task: str, move: Callable[[Thresholds], Thresholds]) -> Report:
        """Give a task the thresholds that `move` makes of those it has, and decide again."""

    def retry(self, task: str) -> Report:
        """Run the failed inputs again."""

    def resume(self, task: str) -> Report:
        """Go on with a task to its end."""

    def pause(self, task: str) -> Report:
        """Let a task rest until it is resumed."""

    def cancel(self, task: str) -> Report:
        """Stop a task."""

    def delete(self, task: str) -> tuple[int, str]:
        """Delete a task with its annotations; its id and name."""

    def export(self, task: str, form: Literal["coco", "jsonl"], to: Path, statuses: Sequence[Status]) -> int:
        """Write a task's finished inputs to a file; how many records."""

    def models(self) -> list[dict[str, Any]]:
        """The catalog, by name; one whose card is broken has only `name` and `error`."""

    def model(self, name: str) -> dict[str, Any]:
        """A model's card as facts."""

    def add_model(self, card: Path) -> str:
        """Put a card with its files into the catalog; its name."""

    def check(self, name: str, subject: str) -> Said:
        """Run a model on a file, or on `subject` itself where there is none of this name."""
