"""Inputs through the client: sent, listed, read, removed; what cannot be sent is told and recorded."""

import io
import os
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from live import Live
from mill import write_texts

from labelmill import Client
from labelmill.client import Sent, upload
from labelmill.core import errors


def picture(shade: int) -> bytes:
    _, data = cv2.imencode(".png", np.full((30, 40, 3), shade, np.uint8))
    return data.tobytes()


def test_a_folder_with_all_that_can_be_odd(client: Client, project: int, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "s", {"a.txt": "one", "b/c.txt": "two", 'it\'s "q" %22\n.txt': "three"})
    (source / "p.png").write_bytes(picture(9))
    (source / "empty.png").write_bytes(b"")
    (source / "table.csv").write_text("text\nx\n")
    (source / "gone.txt").symlink_to(source / "nowhere")
    os.mkfifo(source / "pipe.txt")
    told: list[Sent] = []
    got = client.inputs.upload(project, source, dataset="d", on_progress=told.append)
    assert (got["read"], got["accepted"]) == (8, 5)
    assert {(one["source"], one["kind"]) for one in got["failures"]} == {
        ("empty.png", "empty"), ("gone.txt", "vanished"), ("pipe.txt", "unsupported"),
    }  # fmt: skip
    assert told[-1].items == 8
    (dataset,) = client.datasets.list(project)
    assert (dataset["id"], dataset["name"]) == (got["dataset_id"], "d")
    assert (dataset["inputs"], dataset["images"], dataset["rejected"]) == (5, 1, 3)
    found = list(client.inputs.list(project, dataset_id=dataset["id"]))
    assert {one["name"] for one in found} == {"a.txt", "b/c.txt", 'it\'s "q" %22\n.txt', "p.png", "table.csv#row=2"}
    assert client.inputs.count(project) == 5
    assert client.inputs.count(project, kind="image") == 1
    assert list(client.inputs.sample(project, 5)) == list(client.inputs.list(project))
    assert [one["name"] for one in client.inputs.sample(project, 5, kind="image")] == ["p.png"]


def test_a_limit_counts_the_rows_of_tables(client: Client, project: int, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "s", {"a.txt": "one", "z.txt": "last"})
    (source / "b.csv").write_text("text\ntwo\nthree\nfour\n")
    got = client.inputs.upload(project, source, limit=3)
    assert (got["read"], client.inputs.count(project)) == (3, 3)


def test_the_same_again_adds_what_is_new_and_forgives_what_is_mended(
    client: Client, project: int, tmp_path: Path
) -> None:
    source = write_texts(tmp_path / "s", {"a.txt": "one", "b.txt": "two"})
    (source / "bad.png").write_bytes(b"none")
    client.inputs.upload(project, source, dataset="d")
    (source / "bad.png").write_bytes(picture(1))
    (source / "b.txt").write_text("another")
    client.inputs.upload(project, source, dataset="d")
    (dataset,) = client.datasets.list(project)
    assert (dataset["inputs"], dataset["rejected"]) == (3, 0)
    texts = {one["text"] for one in client.inputs.list(project, dataset_id=dataset["id"], kind="text")}
    assert texts == {"one", "another"}


def test_large_files_go_alone_and_are_counted_while_they_leave(
    client: Client, project: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "BATCH_BYTES", 1000)
    monkeypatch.setattr(upload, "BATCH_FILES", 3)
    source = write_texts(tmp_path / "s", {f"{n}.txt": f"{n}" * (5000 if n == 4 else 10) for n in range(9)})
    told: list[Sent] = []
    got = client.inputs.upload(project, source, on_progress=told.append)
    assert (got["read"], got["accepted"], got["dataset_id"]) == (9, 9, None)
    assert told[-1] == (9, 5080)
    assert [one.bytes for one in told] == sorted(one.bytes for one in told)
    assert len(told) > 4


def test_archives_tables_and_files(client: Client, project: int, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("in/a.png", picture(5))
        archive.writestr("in/b.txt", "text")
    table = tmp_path / "t.jsonl"
    table.write_text('{"id": "r1", "text": "one"}\n{"id": "r2", "text": "two"}\n{"id": "r3", "text": "three"}\n')
    assert client.inputs.upload(project, tmp_path / "z.zip", dataset="z")["accepted"] == 2
    assert client.inputs.upload(project, table, dataset="t", limit=2)["read"] == 2
    assert [one["name"] for one in client.inputs.list(project, kind="text")] == ["in/b.txt", "r1", "r2"]
    single = write_texts(tmp_path / "s", {"x/one.txt": "x", "y/one.txt": "y"})
    files = [single / "x/one.txt", single / "y/one.txt"]
    assert client.inputs.upload(project, files, dataset="files")["accepted"] == 2


def test_what_is_no_source(client: Client, project: int, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.zip").write_text("no zip")
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    for name, part in (("empty", "holds no files"), ("bad.zip", "bad.zip"), ("bad.csv", "text")):
        with pytest.raises(errors.BadCall, match=part):
            client.inputs.upload(project, tmp_path / name, dataset="d")
    with pytest.raises(errors.NotFound, match="nowhere"):
        client.inputs.upload(project, tmp_path / "nowhere")


def test_one_input_alone(client: Client, project: int, tmp_path: Path) -> None:
    long = "long " * 3000
    client.inputs.paste(project, long, name="first", dataset="d")
    (tmp_path / "p.png").write_bytes(picture(77))
    client.inputs.upload(project, tmp_path / "p.png", dataset="d")
    text, image = client.inputs.list(project)
    alone = client.inputs.get(project, text["id"])
    assert (alone["text"], alone["next"], alone["previous"]) == (long, image["id"], None)
    data, small = io.BytesIO(), io.BytesIO()
    client.inputs.file(project, image["id"], data)
    client.inputs.thumbnail(project, image["id"], small, size=160)
    assert data.getvalue() == picture(77)
    assert small.getvalue()[:2] == b"\xff\xd8"
    assert client.inputs.delete(project, text["id"], image["id"]) == 2
    with pytest.raises(errors.NotFound):
        client.inputs.get(project, text["id"])


def test_folders_of_the_server_are_not_open_unless_somebody_opened_them(
    client: Client, project: int, tmp_path: Path
) -> None:
    assert client.imports.folders(project) == []
    with pytest.raises(errors.NotFound):
        client.imports.start(project, str(tmp_path), dataset="d")
    assert list(client.imports.list(project)) == []


def test_who_may_not(client: Client, project: int, served: Live, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "s", ["a"])
    with Client(served.address, served.other) as other:
        with pytest.raises(errors.NotFound):
            other.inputs.upload(project, source)
        client.members.add(project, "somebody else", "viewer")
        with pytest.raises(errors.NotAllowed, match="viewer"):
            other.inputs.upload(project, source)
