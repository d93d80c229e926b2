"""Files that cannot be read, among good ones: each is on record with its stage, kind and reason, the rest goes on."""

import os
import resource
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from made import NULL, check_sums
from mill import Mill, bands, checked, rows, until, write_texts
from mill import mill as mill
from PIL import Image

from labelmill.core.threshold import Limits, Thresholds
from labelmill.flows.annotate import annotate_shard
from labelmill.flows.ingest import ingest
from labelmill.flows.read import read
from labelmill.flows.report import report
from labelmill.flows.start_task import Plan, start_task
from labelmill.models.base import ModelInfo
from labelmill.models.catalog import load
from labelmill.store import projects, shards
from labelmill.store.database import Database
from labelmill.store.media import Media


def picture(path: Path, seed: int, size: tuple[int, int] = (96, 64)) -> Path:
    """A picture of noise, so that damage anywhere in it shows."""
    noise = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), np.uint8)
    Image.fromarray(noise).save(path)
    return path


def cut(path: Path, share: float) -> None:
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


def hole(path: Path) -> None:
    data = path.read_bytes()
    middle = len(data) // 2
    path.write_bytes(data[:middle] + data[middle + 400 :])


def bomb(path: Path) -> None:
    """A PNG of few bytes that would be 400 million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")
    )


def unix_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        folder = os.open(path.parent, os.O_RDONLY)
        line.bind(f"/proc/self/fd/{folder}/{path.name}")
        os.close(folder)


BROKEN: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "empty.jpg": (lambda p: p.write_bytes(b""), "ingest", "empty"),
    "empty.txt": (lambda p: p.write_bytes(b""), "ingest", "empty"),
    "only its first bytes.jpg": (lambda p: p.write_bytes(b"\xff\xd8\xff\xe0"), "ingest", "truncated"),
    "cut.jpg": (lambda p: cut(picture(p, 1), 0.6), "read", "truncated"),
    "a hole.jpg": (lambda p: hole(picture(p, 2, (320, 240))), "read", "damaged"),
    "cut.png": (lambda p: cut(picture(p, 3), 0.6), "ingest", "truncated"),
    "a hole.png": (lambda p: hole(picture(p, 4)), "", ""),
    "cut.webp": (lambda p: cut(picture(p, 5), 0.6), "", ""),
    "cut.bmp": (lambda p: cut(picture(p, 6), 0.6), "", ""),
    "cut.tiff": (lambda p: cut(picture(p, 7), 0.6), "", ""),
    "cut.gif": (lambda p: cut(picture(p, 8), 0.6), "", ""),
    "a text.jpg": (lambda p: p.write_text("I am no photo"), "ingest", "unsupported"),
    "a film.mp4": (lambda p: p.write_bytes(b"\0\0\0\x18ftypmp42" * 9), "ingest", "unsupported"),
    "a source of its own.zip": (lambda p: p.write_bytes(b"PK\x05\x06" + bytes(18)), "ingest", "unsupported"),
    "to nowhere.png": (lambda p: p.symlink_to("nowhere"), "ingest", "vanished"),
    "to itself.png": (lambda p: p.symlink_to(p.name), "ingest", "unsupported"),
    "a pipe.png": (lambda p: os.mkfifo(p), "ingest", "unsupported"),
    "a socket.png": (unix_socket, "ingest", "unsupported"),
    "too many bytes.png": (lambda p: picture(p, 9, (800, 600)), "ingest", "too-large"),
    "too many pixels.png": (bomb, "ingest", "too-large"),
    "NUL.txt": (lambda p: p.write_bytes(b"a\0b"), "ingest", "encoding"),
    "latin-1.txt": (lambda p: p.write_bytes("zwölf".encode("latin-1")), "ingest", "encoding"),
    "half a surrogate.txt": (lambda p: p.write_bytes(b"a\xed\xa0\x80b"), "ingest", "encoding"),
    "a link back": (lambda p: p.symlink_to("."), "ingest", "unsupported"),
}


def test_broken_files_of_every_kind_among_good_ones(mill: Mill, tmp_path: Path) -> None:
    source = write_texts(tmp_path / "mixed", [f"text {i}" for i in range(10)])
    for i in range(10):
        picture(source / f"good {i}.{('jpg', 'png', 'webp', 'tiff', 'bmp')[i % 5]}", 100 + i)
    for name, (make, _, _) in BROKEN.items():
        make(source / name)
    said = mill("annotate", source, "--model", "null", "--json", status=1, max_file_mb=1, max_megapixels=100)
    found = checked(said.json)
    assert (found["annotated"], found["empty"]) == (20, 0)
    assert bands(found)["approved"] == 20
    assert found["failures_total"] == len(BROKEN)
    told = {failure["source"]: failure for failure in found["failures"]}
    assert set(told) == set(BROKEN)
    for name, (_, stage, kind) in BROKEN.items():
        failure = told[name]
        assert len(failure["message"]) > 15, failure
        assert failure["stage"] in ("ingest", "read")
        if stage:
            assert (name, failure["stage"], failure["kind"]) == (name, stage, kind)
        else:
            assert failure["kind"] in ("truncated", "damaged")
    assert len(mill.export(tmp_path / "out")) == 20


def test_rows_that_cannot_be_read(mill: Mill, tmp_path: Path) -> None:
    table = tmp_path / "rows.jsonl"
    lines = [
        b'{"id": "good", "text": "fine"}',
        b'{"id": "nul", "text": "a\\u0000b"}',
        b'{"id": "half", "text": "\\ud800"}',
    ]
    lines += [b'{"id": "none"}', b'{"id": "number", "text": 3}', b"no json", b'{"id": "void", "text": ""}', b'"text"']
    lines += [b'{"id": "latin", "text": "zw\xf6lf"}', b'{"id": "last", "text": "also fine"}']
    table.write_bytes(b"\n".join(lines) + b"\n")
    found = mill.annotate(table, status=1)
    assert (found["annotated"], found["rejected"]) == (2, 8)
    assert all(failure["stage"] == "ingest" for failure in found["failures"])
    text = str(found["failures"])
    for row in ("2", "3", "4", "5", "6", "7", "8", "9"):
        assert f"row={row}" in text or f"row {row}" in text or f"line {row}" in text, (row, text)
    assert {line["id"] for line in mill.export(tmp_path / "out")} == {"good", "last"}


# --- between the import and the run -----------------------------------------------------------------------------------


def vanish(path: Path) -> None:
    path.unlink()


def change(path: Path) -> None:
    picture(path, 999)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def become_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(bytes(3 * 2**20))


AFTER = {
    vanish: "vanished", change: "changed", empty: "changed", become_a_folder: "damaged", become_a_pipe: "unsupported",
    grow: "too-large",
}  # fmt: skip


@pytest.fixture
def imported(database: Database, tmp_path: Path) -> Iterator[tuple[int, Path, Media]]:
    """A task over nine pictures, not run yet."""
    source = tmp_path / "photos"
    source.mkdir()
    for i in range(9):
        picture(source / f"{i}.png", i)
    media = Media(tmp_path / "home", max_bytes=2**20)
    yield task_over(database, source, media), source, media


def task_over(database: Database, source: Path, media: Media) -> int:
    """A task over what a folder holds."""
    with database.begin() as conn:
        person_id = projects.owner(conn)
        project_id = projects.project(conn, "p", person_id)
        dataset_id = projects.dataset(conn, project_id, "d")
    where = {"project_id": project_id, "dataset_id": dataset_id}
    assert ingest(database, source, read(source, media), **where).read == len([*source.iterdir()])
    plan = Plan("t", person_id=person_id, thresholds=Thresholds(Limits(0.5, 0.9)), floor=0.05, **where)
    with database.begin() as conn:
        return start_task(conn, NULL, "builtin:null", plan, lambda conn, task_id: None)


@pytest.mark.parametrize("spoil", AFTER, ids=lambda spoil: spoil.__name__)
def test_what_became_of_a_file_after_its_import(
    database: Database, imported: tuple[int, Path, Media], spoil: Callable[[Path], None]
) -> None:
    task_id, source, media = imported
    spoil(source / "3.png")
    run(database, task_id, media)
    with database.begin() as conn:
        found = checked(report(conn, task_id))
    assert (found["status"], found["annotated"], found["failed"]) == ("complete", 8, 1)
    (failure,) = found["failures"]
    assert (failure["source"], failure["stage"], failure["kind"]) == ("3.png", "read", AFTER[spoil])
    assert len(failure["message"]) > 15
    check_sums(database, task_id)


def test_a_picture_for_which_there_is_not_the_memory(database: Database, tmp_path: Path) -> None:
    source = tmp_path / "photos"
    source.mkdir()
    picture(source / "good.png", 1)
    Image.new("F", (4000, 4000), 0.5).save(source / "large.tiff", compression="tiff_deflate")
    media = Media(tmp_path / "home", max_bytes=2**20)
    task_id = task_over(database, source, media)
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + 100 * 2**20, most))
    try:
        run(database, task_id, media)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    with database.begin() as conn:
        found = checked(report(conn, task_id))
    assert (found["status"], found["annotated"], found["failed"]) == ("complete", 1, 1)
    (failure,) = found["failures"]
    assert (failure["source"], failure["stage"], failure["kind"]) == ("large.tiff", "read", "memory")


def run(database: Database, task_id: int, media: Media) -> None:
    model = load(NULL, floor=0.05)
    with database.session() as conn:
        while claim := shards.claim(conn, task_id):
            annotate_shard(conn, claim, model, media, lambda ids: lambda first, count: None)
            shards.release(conn, task_id, claim.no)


def test_an_unlucky_model_sees_the_good_ones_only(database: Database, imported: tuple[int, Path, Media]) -> None:
    """A file that cannot be read never reaches the model; it is told of before it is read, as the others are."""
    task_id, source, media = imported
    for name in ("0.png", "4.png", "8.png"):
        vanish(source / name)
    null = load(NULL, floor=0.05)
    seen: list[int] = []

    class Watcher:
        info: ModelInfo = null.info

        def predict(self, batch: list[object]) -> object:
            seen.append(len(batch))
            return null.predict(batch)  # type: ignore[arg-type]

    rows(database, "UPDATE ledger SET shard = 0 RETURNING 1")
    rows(database, "DELETE FROM shard WHERE no > 0 RETURNING 1")
    rows(database, "UPDATE shard SET inputs = 9 RETURNING 1")
    with database.session() as conn:
        claim = until(lambda: shards.claim(conn, task_id))
        annotate_shard(conn, claim, Watcher(), media, lambda ids: lambda first, count: seen.append(-count))  # type: ignore[arg-type]
    assert seen == [-9, 6, 0]
    check_sums(database, task_id)
    failed = rows(database, "SELECT kind, count(*) FROM ledger WHERE outcome = 'failed' GROUP BY 1")
    assert failed == [("vanished", 3)]
