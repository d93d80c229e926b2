"""The demo: pictures that are the same each time, and a task in which every band has something to show."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from mill import Mill, bands, rows, until
from mill import mill as mill
from yard import gone

from labelmill.core.geometry import Box, iou
from labelmill.engine import jobs
from labelmill.flows import demo
from labelmill.store.database import Database
from labelmill.store.media import Media


def test_a_seed_gives_the_same_pictures_and_others_give_others() -> None:
    first = [demo.draw(scene) for scene in demo.scenes(1, 3)]
    assert first == [demo.draw(scene) for scene in demo.scenes(1, 3)]
    assert len({*first, *(demo.draw(scene) for scene in demo.scenes(2, 3))}) == 6


@pytest.mark.parametrize("scene", demo.scenes(5, 8))
def test_shapes_are_where_the_scene_says(scene: demo.Scene) -> None:
    picture = cv2.imdecode(np.frombuffer(demo.draw(scene), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    for shape in scene.shapes:
        x, y = shape.outline.mean(axis=0).round().astype(int)
        assert np.abs(picture[y, x].astype(int) - shape.ink).max() < 12
        assert (shape.outline >= 0).all()
        assert (shape.outline < picture.shape[1::-1]).all()


def test_what_the_model_is_sure_of_lies_on_a_shape() -> None:
    drawn = demo.scenes(3, 20)
    for scene, rule in zip(drawn, demo.card(drawn, 3)["script"]["rules"], strict=True):
        places = {(shape.concept, _bounds(shape, scene)) for shape in scene.shapes}
        for said in rule["predictions"]:
            if said["score"] > 0.8:
                assert max(iou(Box(*said["box"]), box) for name, box in places if name == said["concept"]) > 0.8


def _bounds(shape: demo.Shape, scene: demo.Scene) -> Box:
    shares = shape.outline / (720, scene.height)
    return Box(*map(float, (*shares.min(axis=0), *shares.max(axis=0))))


def test_the_project_is_made_once_and_every_band_has_much(mill: Mill, database: Database) -> None:
    for _ in range(2):
        demo.make(database, Media(mill.home / "media", max_bytes=10_000_000), mill.home, jobs.enqueue)
    mill("worker", "--until-idle")
    report = mill.show()
    assert report["annotated"] == report["inputs"] == demo.PICTURES
    assert min(bands(report).values()) > 50
    assert rows(database, "SELECT name FROM project") == ["Demo"]
    assert rows(database, "SELECT count(*) FROM task") == [1]


def test_the_command_has_a_home_of_its_own_and_begins_again_when_told_to(home: Path) -> None:
    mill = Mill(home, settings={"LABELMILL_DATABASE_URL": "postgresql://nobody@nowhere.invalid/of-something-else"})
    try:
        for again in ([], ["--reset"]):
            process = mill.start("demo", "--port", "0", *again)
            assert process.stdout is not None
            process.stdout.readline()
            assert "#token=" in process.stdout.readline()
            assert [path.name for path in home.iterdir()] == ["demo"]
            kept = home / "demo" / "kept"
            assert not kept.exists()
            kept.touch()
            assert "stop it first" in mill("demo", "--reset", status=2).line
            process.terminate()
            process.communicate(timeout=30)
            until(lambda: gone(home / "demo"))
    finally:
        mill.clear()
