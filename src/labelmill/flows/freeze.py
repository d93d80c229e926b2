"""A task's dataset as it is now, frozen: what is approved becomes a version, which stays as it is."""

import sqlalchemy as sa

from labelmill.core.errors import BadCall, Conflict
from labelmill.flows.export import Content, Format
from labelmill.flows.remove import remove_leftovers
from labelmill.store import activity, heads, versions
from labelmill.store.database import Database
from labelmill.store.media import Media
from labelmill.store.versions import Version


def freeze(conn: sa.Connection, task_id: int, person_id: int) -> Version:
    """Make a version of a task's dataset. Raises NotFound, Conflict while nothing of the task could be in one."""
    task = heads.one(conn, task_id)
    version_id, inputs = versions.freeze(conn, task_id, task.dataset_id, person_id)
    if not inputs:
        raise Conflict(
            f"Nothing of {task.name} is through yet, so a version would hold nothing: label and review first."
        )
    made = versions.one(conn, task.project_id, task.dataset_id, version_id)
    told = {"dataset": task.dataset, "number": made.number, "inputs": made.inputs, "annotations": made.annotations}
    activity.record(conn, task.project_id, person_id, "create_version", task_id=task_id, detail=told)
    return made


def content(conn: sa.Connection, version_id: int, form: Format) -> Content:
    """What the file of a version is made of. Raises BadCall when the format cannot hold it."""
    if form == "coco" and (texts := versions.count_texts(conn, version_id)):
        raise BadCall(f"COCO holds images, this version has {texts:,} texts: use the format jsonl.")
    return Content(
        lambda conn: versions.count(conn, version_id),
        lambda conn: versions.concepts_of(conn, version_id),
        lambda conn: versions.finished(conn, version_id),
    )


def delete(database: Database, media: Media, project_id: int, dataset_id: int, version_id: int, person_id: int) -> None:
    """Delete a version, and the files that only it needed. Raises NotFound."""
    with database.begin() as conn:
        gone = versions.one(conn, project_id, dataset_id, version_id)
        versions.delete(conn, version_id)
        told = {"dataset_id": dataset_id, "number": gone.number}
        activity.record(conn, project_id, person_id, "delete_version", task_id=gone.task_id, detail=told)
    remove_leftovers(database, media)
