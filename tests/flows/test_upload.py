"""Uploads: what is sent lands in project and dataset; what cannot be read is told of, file by file."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from mill import rows
from PIL import Image

from labelmill.flows import upload
from labelmill.flows.upload import Sent
from labelmill.store import projects
from labelmill.store.database import Database
from labelmill.store.media import Media

SCREENSHOT = "Screenshot 9.41\u202fAM \N{GRINNING FACE}.png"
"""As a Mac names them: with a narrow space that does not break lines."""


def png(red: int, side: int = 9) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), (red, 0, 0)).save(out, "PNG")
    return out.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


class Place:
    """A project with a dataset, into which is sent."""

    def __init__(self, database: Database, tmp_path: Path) -> None:
        self.database = database
        self.home = tmp_path / "home"
        self.media = Media(self.home / "media", max_bytes=10_000)
        with database.begin() as conn:
            self.person_id = projects.owner(conn)
            self.project_id = projects.project(conn, "p", self.person_id)
            self.dataset_id = projects.dataset(conn, self.project_id, "d")

    def send(self, *files: tuple[str, bytes], into: bool = True) -> upload.Received:
        sent = [Sent(name, io.BytesIO(data)) for name, data in files]
        return upload.receive(self.database, self.media, sent, **self.where(into=into), folder=self.home / "uploads")

    def where(self, *, into: bool = True) -> dict[str, Any]:
        dataset_id = self.dataset_id if into else None
        return {"project_id": self.project_id, "dataset_id": dataset_id, "person_id": self.person_id}

    def acts(self) -> list[tuple[str, str | None, int]]:
        return rows(self.database, """
            SELECT operation, detail ->> 'dataset', (detail ->> 'inputs')::int FROM activity ORDER BY id
        """)  # fmt: skip

    def held(self) -> list[tuple[str, str]]:
        return rows(self.database, """
            SELECT s.name, i.kind FROM dataset_source d JOIN source s ON s.id = d.source_id
            JOIN input i ON i.id = d.input_id ORDER BY s.name
        """)  # fmt: skip


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Place:
    return Place(database, tmp_path)


def test_files_of_every_kind_land_in_the_dataset(place: Place) -> None:
    came = place.send(
        ("photos/a.png", png(1)),
        ("note.txt", b"a note"),
        (SCREENSHOT, png(5)),
        ("more.zip", zipped({"in/b.png": png(2), "c.txt": b"in a zip"})),
        ("rows.csv", b"id,text\n7,first\n,second\n"),
        ("lines.jsonl", b'{"id": "x", "text": "third"}\n'),
    )
    assert came.failures == []
    assert (came.taken.read, came.taken.refused) == (8, 0)
    assert place.held() == [
        ("7", "text"), (SCREENSHOT, "image"), ("c.txt", "text"),
        ("in/b.png", "image"), ("note.txt", "text"), ("photos/a.png", "image"),
        ("rows.csv#row=3", "text"), ("x", "text"),
    ]  # fmt: skip
    assert all(
        location.startswith("media:")
        for location in rows(place.database, "SELECT location FROM input WHERE kind = 'image'")
    )
    assert list((place.home / "uploads").iterdir()) == []


def test_each_failure_is_told_and_recorded(place: Place) -> None:
    came = place.send(
        ("good.png", png(1)),
        ("empty.png", b""),
        ("page.html", b"<script>alert(1)</script>"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
        ("../../out.png", png(2)),
        ("/etc/out.png", png(3)),
        ("two\nlines.png", png(3)),
        ("large.png", png(4) + b"x" * 20_000),
        ("broken.zip", b"PK no zip"),
        ("no-text.csv", b"a,b\n1,2\n"),
        (".DS_Store", b"x"),
    )
    kinds = {one.name: one.kind for one in came.failures}
    assert kinds == {
        "empty.png": "empty", "page.html": "unsupported", "picture.svg": "unsupported", "../../out.png": "unsafe",
        "/etc/out.png": "unsafe", "two\nlines.png": "encoding",
        "large.png": "too-large", "broken.zip": "unsupported", "no-text.csv": "unsupported",
    }  # fmt: skip
    assert place.held() == [("good.png", "image")]
    assert not any(str(place.home) in one.message for one in came.failures)
    assert rows(place.database, "SELECT count(*) FROM rejection") == [9]


@pytest.mark.parametrize("name", [".", "./.", "/", ""])
@pytest.mark.parametrize("exact", [True, False])
def test_a_file_without_a_name_is_refused(place: Place, name: str, exact: bool) -> None:
    sent = [Sent(name, io.BytesIO(png(1)), exact)]
    came = upload.receive(place.database, place.media, sent, **place.where(), folder=place.home / "uploads")
    (refused,) = came.failures
    assert (refused.kind, refused.message) == ("unsafe", "the file has no name")
    assert place.held() == []


def test_the_same_name_may_hold_other_content_and_the_same_content_is_one_input(place: Place) -> None:
    place.send(("a.png", png(1)))
    place.send(("a.png", png(2)), ("copy/a.png", png(1)))
    place.send(("a.png", png(1)))
    assert rows(place.database, "SELECT count(*) FROM input") == [2]
    assert place.held() == [("a.png", "image"), ("a.png", "image"), ("copy/a.png", "image")]


def test_a_file_that_is_mended_is_no_failure_any_more(place: Place) -> None:
    place.send(("a.png", b""), ("b.png", b""))
    place.send(("a.png", png(1)))
    assert rows(place.database, "SELECT name FROM rejection") == ["b.png"]


def test_without_a_dataset_it_is_in_the_project_alone(place: Place) -> None:
    came = place.send(("a.png", png(1)), ("b.png", b""), into=False)
    assert (came.taken.read, came.taken.refused) == (2, 1)
    assert rows(place.database, "SELECT count(*) FROM source") == [1]
    assert place.held() == []


def test_a_text_is_pasted_as_it_is(place: Place) -> None:
    text = "  two\r\nlines \N{GRINNING FACE} "
    came = upload.paste(place.database, place.media, text, "pasted", **place.where())
    assert came.failures == []
    assert rows(place.database, "SELECT text FROM input") == [text]
    (refused,) = upload.paste(place.database, place.media, "a\0b", "bad", **place.where()).failures
    assert refused.kind == "encoding"


def test_what_is_sent_in_many_requests_is_one_act(place: Place) -> None:
    place.send(("a.png", png(1)), ("b.png", b""))
    place.send(("c.png", b""))
    place.send(("d.png", png(2)), into=False)
    place.send(("rows.csv", b"text\none\ntwo\n"))
    assert place.acts() == [("add_inputs", "d", 3), ("add_inputs", None, 1)]
    with place.database.begin() as conn:
        conn.execute(sa.text("UPDATE dataset SET name = 'e'"))
    upload.paste(place.database, place.media, "a text", "pasted", **place.where())
    assert place.acts()[2:] == [("add_inputs", "e", 1)]


def test_an_act_goes_on_for_minutes_after_its_last_request(place: Place) -> None:
    place.send(("a.png", png(1)))
    place.send(("b.png", png(2)))
    hour = sa.text("UPDATE activity SET at = at - interval '1 hour'")
    until = sa.text("""
        UPDATE activity SET detail = detail || jsonb_build_object('until', now() - CAST(:ago AS interval)) WHERE id = 1
    """)
    for ago, acts in (("9 minutes", [3]), ("11 minutes", [3, 1])):
        with place.database.begin() as conn:
            conn.execute(hour)
            conn.execute(until, {"ago": ago})
        place.send(("c.png", png(3)))
        assert [inputs for _, _, inputs in place.acts()] == acts


def test_another_person_has_an_act_of_their_own(place: Place) -> None:
    place.send(("a.png", png(1)))
    with place.database.begin() as conn:
        place.person_id = projects.owner(conn, "Ben")
    place.send(("b.png", png(2)))
    assert [inputs for _, _, inputs in place.acts()] == [1, 1]
