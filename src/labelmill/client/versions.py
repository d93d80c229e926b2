"""Dataset versions: a task's approved annotations, frozen."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from labelmill.client.answers import Form, Version
from labelmill.client.tasks import whole
from labelmill.client.wire import Wire
from labelmill.core.errors import BadCall


class Versions:
    """The versions of datasets."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(self, project_id: int, task_id: int) -> Version:
        """Freeze what is approved of a task as a new version of its dataset. Raises Conflict while nothing is."""
        said: Version = self._wire.post(f"/projects/{project_id}/tasks/{task_id}/versions", {})
        return said

    def list(self, project_id: int, dataset_id: int) -> Iterator[Version]:
        """Newest first."""
        return self._wire.pages(_at(project_id, dataset_id), limit=200)

    def delete(self, project_id: int, dataset_id: int, version_id: int) -> None:
        """Delete a version; inputs, annotations and tasks stay."""
        self._wire.delete(f"{_at(project_id, dataset_id)}/{version_id}")

    def export(
        self, project_id: int, dataset_id: int, version_id: int, to: str | Path | BinaryIO, form: Form = "jsonl"
    ) -> int:
        """Write a version as a file; how many records there are, one for each source.

        `to` is a file, which appears when it is complete, or something that is open for bytes. COCO holds images only.
        """

        def write(out: BinaryIO) -> int:
            with self._wire.stream(f"{_at(project_id, dataset_id)}/{version_id}/export", format=form) as answer:
                for data in answer.iter_bytes():
                    out.write(data)
                return int(answer.headers["x-labelmill-records"])

        if not isinstance(to, str | Path):
            return write(to)
        try:
            return whole(Path(to), write)
        except OSError as error:
            raise BadCall(f"Cannot write {to}: {error.strerror}.") from error


def _at(project_id: int, dataset_id: int) -> str:
    return f"/projects/{project_id}/datasets/{dataset_id}/versions"
