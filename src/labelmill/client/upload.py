"""A SOURCE to a server: many small files to a request, large ones alone and streamed from the disk."""

import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Any, NamedTuple

from labelmill.client.answers import Failure, Received
from labelmill.client.walk import File, Refused, files_of, here
from labelmill.client.wire import Wire
from labelmill.core.errors import BadCall, TooLarge
from labelmill.core.rejection import nothing_in, own_source, reason_of

MIB = 2**20
BATCH_FILES = 64
BATCH_BYTES = 16 * MIB
"""A larger file goes alone; smaller ones are in memory while they are sent."""


class Sent(NamedTuple):
    """How far an upload is: `items` that the server has read, and `bytes` that have left."""

    items: int
    bytes: int


@dataclass(slots=True)
class Upload:
    """One upload into a dataset: by id, or by a name that is made when it is not there; without either into none."""

    wire: Wire
    project_id: int
    dataset_id: int | None
    dataset: str | None
    on_progress: Callable[[Sent], None]
    _got: Received = field(init=False)
    _limit: int | None = None
    _bytes: int = 0

    def __post_init__(self) -> None:
        self._got = {"read": 0, "accepted": 0, "failures": [], "dataset_id": self.dataset_id, "grown": {}}

    def send(self, source: Path, limit: int | None) -> Received:
        """Send what a source holds, or the first `limit` items of it. Raises BadCall when that is nothing."""
        self._limit = limit
        if not source.is_dir():
            self._send_alone(source)
        else:
            place = here(source.resolve())
            for batch in _batches(islice(files_of(source), limit)):
                self._send_batch(batch, place)
        if not self._got["read"]:
            raise BadCall(nothing_in(source))
        return self._got

    def send_files(self, paths: Iterable[Path]) -> Received:
        """Send single files under their own names."""
        for folder, those in groupby(paths, lambda path: path.resolve().parent):
            for batch in _batches(one for path in those for one in files_of(path)):
                self._send_batch(batch, here(folder))
        return self._got

    def _send_alone(self, source: Path) -> None:
        """A file that is the whole source. Raises BadCall for an archive or a table that is none."""
        (one,) = files_of(source)
        place = here(source.resolve().parent)
        if isinstance(one, File):
            try:
                with self._opened(one.path) as file:
                    self._post([(one.name, file)], [], place)
            except OSError as error:
                one = Refused(one.name, *reason_of(error))
        if isinstance(one, Refused):
            if own_source(one.name):
                raise BadCall(f"{source} cannot be opened: {one.message}")
            self._post([], [one], place)
        elif own_source(one.name) and self._got["accepted"] == 0 and self._got["read"] == 1:
            (failure,) = self._got["failures"]
            if failure["source"] == one.name:
                raise BadCall(failure["message"])

    def _send_batch(self, batch: list[File | Refused], place: str) -> None:
        refused = [one for one in batch if isinstance(one, Refused)]
        parts: list[tuple[str, Any]] = []
        for one in batch:
            if isinstance(one, File) and one.size <= BATCH_BYTES:
                try:
                    parts.append((one.name, one.path.read_bytes()))
                except OSError as error:
                    refused.append(Refused(one.name, *reason_of(error)))
            elif isinstance(one, File):
                self._send_large(one, place)
        if parts or refused:
            self._post(parts, refused, place)

    def _send_large(self, one: File, place: str) -> None:
        try:
            with self._opened(one.path) as file:
                self._post([(one.name, file)], [], place)
        except OSError as error:
            self._post([], [Refused(one.name, *reason_of(error))], place)
        except TooLarge as error:  # one file of a folder ends no upload
            self._post([], [Refused(one.name, "too-large", str(error))], place)

    def _post(self, parts: list[tuple[str, Any]], refused: list[Refused], place: str) -> None:
        left = None if self._limit is None else self._limit - self._got["read"]  # an archive or a table holds many
        if left == 0:
            return
        fields: dict[str, Any] = {"place": place, "limit": left}
        if parts:
            fields["names"] = json.dumps([name for name, _ in parts], ensure_ascii=False)
        if refused:
            told = [Failure(source=one.name, kind=one.kind, message=one.message) for one in refused]
            fields["refused"] = json.dumps(told, ensure_ascii=False)
        if self._got["dataset_id"] is not None:
            fields["dataset_id"] = self._got["dataset_id"]
        elif self.dataset is not None:
            fields["dataset"] = self.dataset
        got: Received = self.wire.send(f"/projects/{self.project_id}/inputs", fields, parts)
        self._add(got)
        self._bytes += sum(len(content) for _, content in parts if isinstance(content, bytes))
        self.on_progress(Sent(self._got["read"], self._bytes))

    def _add(self, got: Received) -> None:
        ours = self._got
        ours["read"] += got["read"]
        ours["accepted"] += got["accepted"]
        ours["failures"] += got["failures"]
        ours["dataset_id"] = got["dataset_id"]
        for task_id, count in got["grown"].items():
            ours["grown"][task_id] = ours["grown"].get(task_id, 0) + count

    def _opened(self, path: Path) -> "_Counted":
        return _Counted(path, self._left)

    def _left(self, count: int) -> None:
        self._bytes += count
        self.on_progress(Sent(self._got["read"], self._bytes))


class _Counted(io.FileIO):
    """A file that tells of what is read from it."""

    def __init__(self, path: Path, on_read: Callable[[int], None]) -> None:
        super().__init__(path)
        self._on_read = on_read

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(MIB if size is None or size < 0 else size) or b""
        self._on_read(len(data))
        return data


def _batches(found: Iterable[File | Refused]) -> Iterator[list[File | Refused]]:
    batch: list[File | Refused] = []
    size = 0
    for one in found:
        batch.append(one)
        size += one.size if isinstance(one, File) and one.size <= BATCH_BYTES else 0
        if len(batch) == BATCH_FILES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
