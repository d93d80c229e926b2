"""What a model said of an input is read as it was stored."""

import json

import pytest
import sqlalchemy as sa
from made import make_task

from labelmill.core.annotation import Prediction
from labelmill.core.geometry import Box, Part, Polygon, Region, Span, encode, kind_of
from labelmill.store import annotations, tasks
from labelmill.store.database import Database

NAMES = ["a", "b"]
BOX = Box(0.125, 0.25, 0.5, 0.75)
RING = Polygon((Part(((0.1, 0.1), (0.9, 0.1), (0.5, 0.9)), (((0.4, 0.2), (0.6, 0.2), (0.5, 0.4)),)),))


@pytest.mark.parametrize("parents", [False, True])
@pytest.mark.parametrize(
    "regions",
    [[], [None], [None, None], [BOX, BOX], [BOX, None], [RING, BOX, None], [RING] * 50, [Span(0, 3), Span(2, 9)]],
)
def test_predictions_come_back_as_they_were_stored(
    database: Database, regions: list[Region | None], parents: bool
) -> None:
    task = make_task(database, 1)
    said = [
        Prediction(NAMES[i % 2], 1 / (i + 1), region, parent=0 if parents and i == 1 else None)
        for i, region in enumerate(regions)
    ]
    with database.begin() as conn:
        run_id = tasks.terms(conn, task.id).run_id
        annotations.put_predictions(conn, run_id, {"a": 0, "b": 1}, [(7, said)])
        assert annotations.predictions(conn, run_id, NAMES, [7]) == {7: said}


def test_outlines_take_a_fraction_of_their_json_and_those_stored_before_are_read(database: Database) -> None:
    task = make_task(database, 1)
    said = [Prediction("a", 0.9, RING)] * 100
    told = json.dumps([{kind_of(RING): encode(RING)}] * 100).encode()
    with database.begin() as conn:
        run_id = tasks.terms(conn, task.id).run_id
        annotations.put_predictions(conn, run_id, {"a": 0}, [(7, said)])
        size = conn.execute(sa.text("SELECT pg_column_size(regions) FROM prediction WHERE input_id = 7")).scalar_one()
        assert size < len(told) / 10
        conn.execute(sa.text("UPDATE prediction SET regions = :told WHERE input_id = 7"), {"told": b"J" + told})
        assert annotations.predictions(conn, run_id, NAMES, [7]) == {7: said}
