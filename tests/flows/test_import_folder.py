"""Imports of folders of the server's machine: below the named roots, and nowhere else."""

import os
from pathlib import Path

import pytest
from mill import Mill, rows, until
from mill import mill as mill
from PIL import Image

from labelmill.core.errors import NotFound
from labelmill.engine import jobs
from labelmill.flows import import_folder
from labelmill.store import imports, projects
from labelmill.store.database import Database
from labelmill.store.imports import Import
from labelmill.store.media import Media


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """What may be imported, beside what may not."""
    secret = tmp_path / "secret"
    root = tmp_path / "root"
    for folder in (secret, root / "photos" / "deep", root / ".hidden", root / "empty"):
        folder.mkdir(parents=True)
    (secret / "password.txt").write_text("hunter2")
    for i, path in enumerate((root / "photos" / "a.png", root / "photos" / "deep" / "b.png")):
        Image.new("RGB", (9, 9), (i * 90, 0, 0)).save(path)
    (root / "photos" / "broken.png").write_bytes(b"")
    (root / "texts.csv").write_text("text\none\n")
    (root / "my\u00a0photos").mkdir()
    (root / "two\nlines").mkdir()
    Path(os.fsdecode(os.fsencode(root) + b"/no-utf8-\xff")).mkdir()
    (root / "note.md").write_text("no source")
    (root / "out").symlink_to(secret)
    (root / "photos" / "out").symlink_to(secret)
    (root / "photos" / "out.txt").symlink_to(secret / "password.txt")
    (root / "photos" / "in.png").symlink_to(root / "photos" / "a.png")
    (root / "loop").symlink_to(root / "loop")
    return root


def start(database: Database, root: Path, folder: Path, **more: object) -> int:
    with database.begin() as conn:
        owner = projects.owner(conn)
        project_id = projects.project(conn, "p", owner)
        return import_folder.start_import(
            conn, str(folder), [root], project_id=project_id, dataset_id=None, person_id=owner,
            enqueue=jobs.enqueue_import,
        )  # fmt: skip


def state(database: Database, import_id: int) -> Import:
    with database.begin() as conn:
        found = imports.by_id(conn, import_id)
    assert found is not None
    return found


def run(database: Database, tmp_path: Path, root: Path, import_id: int) -> Import:
    media = Media(tmp_path / "home" / "media", max_bytes=10**6)
    import_folder.run_import(database, media, [root], import_id, lambda conn, task_id: None)
    return state(database, import_id)


def test_lists_what_may_be_imported(root: Path, tmp_path: Path) -> None:
    assert import_folder.listing(None, [root, tmp_path / "nowhere"]) == [str(root)]
    assert import_folder.listing(str(root), [root]) == [
        str(root / name) for name in ("empty", "my\u00a0photos", "photos", "texts.csv")
    ]
    assert import_folder.listing(str(root / "photos"), [root]) == [str(root / "photos" / "deep")]
    assert import_folder.listing(None, []) == []


@pytest.mark.parametrize(
    "folder", ["..", "photos/../../secret", "out", "photos/out", "nowhere", "loop", "a\0b", "photos/../../root2"]
)
def test_nothing_else_is_there(root: Path, folder: str) -> None:
    (root.parent / "root2").mkdir()
    for asked in (f"{root}/{folder}", folder):
        with pytest.raises(NotFound, match="not below a folder that may be imported"):
            import_folder.listing(asked, [root])
        with pytest.raises(NotFound):
            import_folder.allowed(asked, [root])
    with pytest.raises(NotFound):
        import_folder.allowed(str(root), [])


def test_imports_what_lies_there_and_no_link_leads_out(database: Database, root: Path, tmp_path: Path) -> None:
    done = run(database, tmp_path, root, start(database, root, root / "photos"))
    assert (done.read, done.accepted, done.error) == (6, 3, None)
    assert done.ended_at is not None
    names = rows(database, "SELECT name FROM source ORDER BY name")
    assert names == ["a.png", "deep/b.png", "in.png"]
    refused = rows(database, "SELECT name, kind FROM rejection ORDER BY name")
    assert refused == [("broken.png", "empty"), ("out", "unsafe"), ("out.txt", "unsafe")]
    assert rows(database, "SELECT name FROM dataset") == ["photos"]
    (dataset,) = rows(database, "SELECT id FROM dataset")
    assert rows(database, "SELECT operation, detail FROM activity") == [("import_inputs", {
        "name": "photos", "dataset": "photos", "dataset_id": dataset, "inputs": 3, "refused": 3, "failed": False,
    })]  # fmt: skip


def test_why_it_could_not_be_done_is_recorded(database: Database, root: Path, tmp_path: Path) -> None:
    nothing = run(database, tmp_path, root, start(database, root, root / "empty"))
    assert nothing.ended_at is not None
    assert "holds no files" in (nothing.error or "")
    import_id = start(database, root, root / "photos")
    done = run(database, tmp_path, tmp_path / "another", import_id)  # the roots were changed in between
    assert "not below a folder" in (done.error or "")
    failed = rows(database, "SELECT detail ->> 'name', (detail -> 'failed')::bool FROM activity ORDER BY id")
    assert failed == [("empty", True), ("photos", True)]


def test_a_worker_imports_and_a_standing_task_gets_it(mill: Mill, database: Database, root: Path) -> None:
    mill.annotate(root / "photos" / "a.png", "null", "--standing", "--dataset", "photos", "--project", "p")
    with database.begin() as conn:
        owner = projects.owner(conn)
        project_id = projects.project(conn, "p", owner)
        import_id = import_folder.start_import(
            conn, str(root / "photos"), [root], project_id=project_id, person_id=owner,
            dataset_id=projects.dataset(conn, project_id, "photos"), enqueue=jobs.enqueue_import,
        )  # fmt: skip
    mill.start("worker", import_roots=root)
    until(lambda: state(database, import_id).ended_at)
    until(lambda: rows(database, "SELECT sum(annotated)::int FROM shard") == [2])
