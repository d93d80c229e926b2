"""Inputs of a project: read them page by page, bring new ones, remove them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from labelmill.client.answers import Import, ImportAlone, Input, InputAlone, Kind, Received
from labelmill.client.upload import Sent, Upload
from labelmill.client.wire import Wire


class Inputs:
    """The inputs of a project. Filters: those of a dataset, of a task, of a kind."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(
        self, project_id: int, *, dataset_id: int | None = None, task_id: int | None = None, kind: Kind | None = None
    ) -> Iterator[Input]:
        """With their annotations, by id; pages are fetched as they are needed."""
        path = f"/projects/{project_id}/inputs"
        return self._wire.pages(path, dataset_id=dataset_id, task_id=task_id, kind=kind, limit=200)

    def sample(
        self,
        project_id: int,
        many: int,
        *,
        dataset_id: int | None = None,
        task_id: int | None = None,
        kind: Kind | None = None,
    ) -> Sequence[Input]:
        """So many (200 at most) from all over the list, the same ones each time."""
        filters = {"dataset_id": dataset_id, "task_id": task_id, "kind": kind}
        found: Sequence[Input] = self._wire.get(f"/projects/{project_id}/inputs", **filters, limit=many, spread=True)[
            "items"
        ]
        return found

    def count(
        self, project_id: int, *, dataset_id: int | None = None, task_id: int | None = None, kind: Kind | None = None
    ) -> int:
        """How many there are."""
        path = f"/projects/{project_id}/inputs/count"
        return int(self._wire.get(path, dataset_id=dataset_id, task_id=task_id, kind=kind)["count"])

    def get(
        self,
        project_id: int,
        input_id: int,
        *,
        dataset_id: int | None = None,
        task_id: int | None = None,
        kind: Kind | None = None,
    ) -> InputAlone:
        """One input with all of its text; the filters choose its neighbours."""
        path = f"/projects/{project_id}/inputs/{input_id}"
        said: InputAlone = self._wire.get(path, dataset_id=dataset_id, task_id=task_id, kind=kind)
        return said

    def file(self, project_id: int, input_id: int, to: BinaryIO) -> None:
        """Write the bytes of an image as they came, or a text as UTF-8."""
        with self._wire.stream(f"/projects/{project_id}/inputs/{input_id}/file") as answer:
            for data in answer.iter_bytes():
                to.write(data)

    def thumbnail(self, project_id: int, input_id: int, to: BinaryIO, *, size: int = 320) -> None:
        """Write an image made small, upright, as JPEG; `size` of the longer side: 160, 320, 640, 1280 or 2560."""
        with self._wire.stream(f"/projects/{project_id}/inputs/{input_id}/thumbnail", size=size) as answer:
            for data in answer.iter_bytes():
                to.write(data)

    def delete(self, project_id: int, *input_ids: int) -> int:
        """Remove inputs with all that is said of them; how many there were."""
        said = self._wire.post(f"/projects/{project_id}/inputs/delete", {"ids": list(input_ids)})
        return int(said["count"])

    def paste(
        self,
        project_id: int,
        text: str,
        *,
        name: str = "pasted",
        dataset_id: int | None = None,
        dataset: str | None = None,
    ) -> Received:
        """Add one text, into a dataset by id, or by a name that is made when it is not there."""
        body = {"text": text, "name": name, "dataset_id": dataset_id, "dataset": dataset}
        said: Received = self._wire.post(
            f"/projects/{project_id}/texts", {key: value for key, value in body.items() if value is not None}
        )
        return said

    def upload(
        self,
        project_id: int,
        source: str | Path | Sequence[str | Path],
        *,
        dataset_id: int | None = None,
        dataset: str | None = None,
        limit: int | None = None,
        on_progress: Callable[[Sent], None] = lambda _: None,
    ) -> Received:
        """Send a folder, a file, a `.zip`, or a `.csv`, `.tsv` or `.jsonl` with a column `text`; or several files.

        Into a dataset by id, or by a name that is made when it is not there. The same again adds only what is new.
        `limit`: only the first so many items of a single source. What cannot be read is among the failures, and the
        rest goes on; they are streamed from the disk. Raises BadCall when there is nothing to send.
        """
        upload = Upload(self._wire, project_id, dataset_id, dataset, on_progress)
        if isinstance(source, str | Path):
            return upload.send(Path(source), limit)
        return upload.send_files([Path(one) for one in source])


class Imports:
    """Imports of folders that lie on the server's machine, below roots that its operator allows."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def folders(self, project_id: int, folder: str | None = None) -> list[str]:
        """The folders, archives and tables in a folder that may be imported; the roots when none is given."""
        return [str(one) for one in self._wire.get(f"/projects/{project_id}/import-folders", folder=folder)["items"]]

    def list(self, project_id: int) -> Iterator[Import]:
        """Newest first."""
        return self._wire.pages(f"/projects/{project_id}/imports")

    def start(
        self, project_id: int, folder: str, *, dataset_id: int | None = None, dataset: str | None = None
    ) -> Import:
        """Have a worker import a folder; its files stay where they are and are referred to."""
        body = {"folder": folder, "dataset_id": dataset_id, "dataset": dataset}
        said: Import = self._wire.post(f"/projects/{project_id}/imports", body)
        return said

    def get(self, project_id: int, import_id: int) -> ImportAlone:
        """One import, with the first of the sources that could not be read."""
        said: ImportAlone = self._wire.get(f"/projects/{project_id}/imports/{import_id}")
        return said
