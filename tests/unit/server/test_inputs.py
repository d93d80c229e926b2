"""Inputs over HTTP: pages, one alone, bytes and thumbnails, uploads, deletion."""

import io
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from made import work
from PIL import Image
from world import Ids, World

from labelmill.core.role import Role
from labelmill.models.catalog import BUILTIN, load


def picture(width: int = 64, height: int = 32, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(out, kind, **options)
    return out.getvalue()


def upload(world: World, ids: Ids, *files: tuple[str, bytes], **fields: object) -> Any:
    sent = [("files", file) for file in files]
    said = world.call(Role.ADMIN, "POST", f"{at(ids)}/inputs", files=sent, data=fields)
    assert said.status_code == 201, said.text
    return said.json()


def at(ids: Ids) -> str:
    return f"/api/v1/projects/{ids['project_id']}"


def get(world: World, path: str, status: int = 200, **headers: str) -> Any:
    said = world.call(Role.VIEWER, "GET", path, headers=headers)
    assert said.status_code == status, said.text
    return said


def page(world: World, ids: Ids, **query: object) -> Any:
    return get(world, f"{at(ids)}/inputs?" + "&".join(f"{k}={v}" for k, v in query.items())).json()


def walk(world: World, ids: Ids, **query: object) -> list[Any]:
    """All pages, two inputs each."""
    found, after = [], "0"
    while after is not None:
        said = page(world, ids, **query, limit=2, after=after)
        assert 0 < len(said["items"]) <= 2 or not found
        found, after = found + said["items"], said["next"]
    return found


@pytest.fixture
def filled(world: World) -> Ids:
    """A project with images and texts, in two datasets, of which one was annotated by two tasks."""
    ids = world.fresh()
    upload(world, ids, *((f"{i}.png", picture(64 + i)) for i in range(3)), dataset="photos")
    upload(world, ids, ("rows.csv", b"text\n" + b"".join(b"row %d\n" % i for i in range(4))), dataset="rows")
    upload(world, ids, ("again.png", picture(64)), dataset="rows")
    with world.database.begin() as conn:
        names = {row.name: row.id for row in conn.execute(sa.text("SELECT id, name FROM dataset"))}
    ids["photos"], ids["rows"] = names["photos"], names["rows"]
    for name in ("one", "two"):
        task = {"model": "null", "dataset_id": ids["rows"], "name": name, "thresholds": {"lower": 0.5, "upper": 0.9}}
        ids[name] = world.call(Role.ADMIN, "POST", f"{at(ids)}/tasks", json=task).json()["id"]
        work(world.database, ids[name], load(BUILTIN["null"], floor=0.05))
    return ids


def test_filters_choose_and_pages_join(world: World, filled: Ids) -> None:
    ids = filled
    everything = walk(world, ids)
    assert [one["id"] for one in everything] == sorted({one["id"] for one in everything})
    expected = {
        (): 7, (("kind", "image"),): 3, (("kind", "text"),): 4, (("dataset_id", ids["photos"]),): 3,
        (("dataset_id", ids["rows"]),): 5, (("dataset_id", ids["rows"]), ("kind", "image")): 1,
        (("task_id", ids["one"]),): 5, (("task_id", ids["one"]), ("kind", "text")): 4,
        (("task_id", ids["one"]), ("dataset_id", ids["photos"])): 1,
    }  # fmt: skip
    for wanted, count in expected.items():
        query = dict(wanted)
        found = walk(world, ids, **query)
        assert len(found) == count, query
        counted = get(world, f"{at(ids)}/inputs/count?" + "&".join(f"{k}={v}" for k, v in query.items())).json()
        assert counted == {"count": count}
        for before, one, behind in zip([None, *found], found, [*found[1:], None], strict=False):
            alone = get(world, f"{at(ids)}/inputs/{one['id']}?" + "&".join(f"{k}={v}" for k, v in query.items())).json()
            assert (alone["previous"], alone["next"]) == (before and before["id"], behind and behind["id"])


def test_an_input_shows_what_every_task_said_and_with_a_task_only_that(world: World, filled: Ids) -> None:
    ids = filled
    (text, *_) = page(world, ids, dataset_id=ids["rows"], kind="text")["items"]
    assert (text["name"], text["text"], text["length"], text["width"]) == ("rows.csv#row=2", "row 0", 5, None)
    assert {one["task_id"] for one in text["annotations"]} == {ids["one"], ids["two"]}
    found = page(world, ids, task_id=ids["one"])["items"]
    assert {a["task_id"] for one in found for a in one["annotations"]} == {ids["one"]}


def test_an_input_tells_all_names_it_came_under(world: World, filled: Ids) -> None:
    (first, *_) = page(world, filled, dataset_id=filled["photos"])["items"]
    alone = get(world, f"{at(filled)}/inputs/{first['id']}").json()
    assert [source["name"] for source in alone["sources"]] == ["0.png", "again.png"]
    assert (alone["name"], alone["width"], alone["height"]) == ("0.png", 64, 32)


def only(world: World, ids: Ids, name: str, data: bytes) -> str:
    """The path of an input that was just uploaded."""
    said = upload(world, ids, (name, data), dataset=f"only {name}")
    assert said["failures"] == []
    (one,) = page(world, ids, dataset_id=said["dataset_id"])["items"]
    return f"{at(ids)}/inputs/{one['id']}"


def test_a_thumbnail_is_made_once_and_may_be_kept_for_ever(shared_world: World) -> None:
    world = shared_world
    exif = Image.Exif()
    exif[0x0112] = 6
    place = only(world, world.fresh(), "turned.jpg", picture(640, 320, "JPEG", exif=exif))
    made = get(world, f"{place}/thumbnail?size=160")
    image = Image.open(io.BytesIO(made.content))
    assert (image.format, image.size) == ("JPEG", (80, 160))
    assert made.headers["content-type"] == "image/jpeg"
    assert "immutable" in made.headers["cache-control"] and "private" in made.headers["cache-control"]
    assert get(world, f"{place}/thumbnail?size=160").content == made.content
    tag = made.headers["etag"]
    assert get(world, f"{place}/thumbnail?size=160", 304, **{"If-None-Match": f'"x", W/{tag}'}).content == b""
    assert get(world, f"{place}/thumbnail?size=320").headers["etag"] != tag
    assert get(world, f"{place}/thumbnail?size=161", 422)


def test_files_come_with_their_type_and_nothing_in_them_runs(shared_world: World) -> None:
    world, ids = shared_world, shared_world.fresh()
    jpeg, tiff = picture(kind="JPEG"), picture(kind="TIFF")
    for name, data, media_type in (
        ("a.jpg", jpeg, "image/jpeg"), ("b.tiff", tiff, "image/jpeg"), ("c.html", picture(9), "image/png"),
        ("d.txt", b"<script>alert(1)</script>", "text/plain; charset=utf-8"),
    ):  # fmt: skip
        said = get(world, f"{only(world, ids, name, data)}/file")
        assert said.headers["content-type"] == media_type, name
        assert said.headers["x-content-type-options"] == "nosniff"
        assert said.headers["content-security-policy"].startswith("sandbox")
        assert (said.content == data) == (name != "b.tiff")
        if name == "b.tiff":
            assert Image.open(io.BytesIO(said.content)).size == (64, 32)
    part = get(world, f"{only(world, ids, 'e.jpg', jpeg + b' ')}/file", 206, Range="bytes=0-9")
    assert part.content == jpeg[:10]


def test_what_cannot_be_decoded_is_told_and_the_server_goes_on(shared_world: World) -> None:
    world, ids = shared_world, shared_world.fresh()
    data = picture(300, 300)
    broken = data[:60] + bytes(len(data) - 100) + data[-40:]
    place = only(world, ids, "broken.png", broken)
    said = get(world, f"{place}/thumbnail", 422)
    assert said.json()["error"]["kind"] == "unreadable"
    assert get(world, f"{place}/file").content == broken


def test_a_removed_file_is_told_of(world: World, tmp_path: Path) -> None:
    ids = world.fresh()
    place = only(world, ids, "a.png", picture())
    for path in (world.site.home / "media").rglob("*"):
        if path.is_file():
            path.unlink()
    assert "no longer there" in get(world, f"{place}/thumbnail", 422).json()["error"]["message"]


def test_deleting_one_and_many(world: World, filled: Ids) -> None:
    everything = [one["id"] for one in walk(world, filled)]
    theirs = world.fresh("theirs")["input_id"]
    gone = world.call(Role.ADMIN, "POST", f"{at(filled)}/inputs/delete", json={"ids": [*everything[:2], theirs]})
    assert gone.json() == {"count": 2}
    assert world.call(Role.ADMIN, "DELETE", f"{at(filled)}/inputs/{everything[2]}").status_code == 204
    assert world.call(Role.ADMIN, "DELETE", f"{at(filled)}/inputs/{everything[2]}").status_code == 404
    assert [one["id"] for one in walk(world, filled)] == everything[3:]
    report = get(world, f"{at(filled)}/tasks/{filled['one']}/report").json()
    assert report["inputs"] == report["waiting"] + report["annotated"] + report["empty"] + report["failed"] == 4
    assert report["sources"] == report["inputs"] + report["duplicates"] + report["rejected"]


def test_an_upload_is_refused_before_it_is_read_and_above_the_limit(world: World) -> None:
    ids = world.fresh()
    sent = {"files": [("files", ("a.txt", b"x" * 100))]}
    for data in ({"dataset_id": "x"}, {"dataset_id": "1", "dataset": "both"}, {"dataset": "a\nb"}):
        assert world.call(Role.ADMIN, "POST", f"{at(ids)}/inputs", data=data, **sent).status_code == 422
    foreign = {"dataset_id": str(world.fresh("theirs")["dataset_id"])}
    assert world.call(Role.ADMIN, "POST", f"{at(ids)}/inputs", data=foreign, **sent).status_code == 404
    assert world.call(Role.ADMIN, "POST", f"{at(ids)}/inputs", json={}).status_code == 422
    said = world.call(Role.VIEWER, "POST", f"{at(ids)}/inputs", **sent)
    assert (said.status_code, said.json()["error"]["kind"]) == (403, "not-allowed")


def test_a_standing_task_gets_what_is_uploaded(world: World) -> None:
    ids = world.fresh()
    task = {
        "model": "null",
        "dataset_id": ids["dataset_id"],
        "standing": True,
        "thresholds": {"lower": 0.5, "upper": 0.9},
    }
    made = world.call(Role.ADMIN, "POST", f"{at(ids)}/tasks", json=task).json()
    assert (made["inputs"], made["status"]) == (0, "complete")
    upload(world, ids, ("a.txt", b"one"), ("b.txt", b"two"), dataset_id=ids["dataset_id"])
    world.call(Role.ADMIN, "POST", f"{at(ids)}/texts", json={"text": "three", "dataset_id": ids["dataset_id"]})
    assert get(world, f"{at(ids)}/tasks/{made['id']}").json()["waiting"] == 3


def test_inputs_from_all_over_a_list(world: World) -> None:
    """Between the inputs of a dataset lie those of others; whatever the gaps, so many are there and none twice."""
    ids = world.fresh()

    def rows(name: str, many: int) -> None:
        upload(
            world,
            ids,
            (f"{name}.csv", b"text\n" + b"".join(b"%s %d\n" % (name.encode(), i) for i in range(many))),
            dataset=name,
        )

    rows("first", 30)
    rows("other", 200)
    upload(world, ids, ("more.csv", b"text\n" + b"".join(b"more %d\n" % i for i in range(30))), dataset="first")
    datasets = {one["name"]: one["id"] for one in get(world, f"{at(ids)}/datasets").json()["items"]}

    def spread(limit: int, **query: object) -> list[int]:
        said = page(world, ids, spread="true", limit=limit, **query)
        assert said["next"] is None
        return [one["id"] for one in said["items"]]

    all_ = [one["id"] for one in page(world, ids, limit=200, dataset_id=datasets["first"])["items"]]
    found = spread(10, dataset_id=datasets["first"])
    assert found == sorted(set(found))
    assert len(found) == 10
    places = [all_.index(one) for one in found]
    assert sum(place < 30 for place in places) == 5
    assert max(b - a for a, b in pairwise(places)) <= 12
    assert spread(10, dataset_id=datasets["first"]) == found
    assert spread(60, dataset_id=datasets["first"]) == spread(200, dataset_id=datasets["first"]) == all_
    assert spread(20, dataset_id=datasets["first"], kind="image") == []
    assert len(spread(20)) == 20
    get(world, f"{at(ids)}/inputs?spread=true&after=3", 422)
