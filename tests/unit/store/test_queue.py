"""What waits for a reviewer comes in the order that was asked for, and only what was asked for."""

from collections.abc import Sequence

import pytest
from made import NULL, Made, make_task, work
from mill import rows

from labelmill.core.annotation import Prediction
from labelmill.core.threshold import Limits
from labelmill.models.base import Input
from labelmill.models.catalog import load
from labelmill.store import queue
from labelmill.store.database import Database
from labelmill.store.queue import Order, Wanted

FIRST, SECOND, THIRD = NULL.concepts[:3]
SAID = {
    "sure": [(SECOND, 0.88)],
    "torn": [(THIRD, 0.51)],
    "low": [(FIRST, 0.2)],
    "both": [(THIRD, 0.7), (FIRST, 0.55)],  # the more doubtful one speaks for it
    "half": [(SECOND, 0.45)],
}


class Says:
    """Says of each text what stands in `SAID`."""

    def __init__(self) -> None:
        self.info = load(NULL, floor=0.05).info

    def predict(self, batch: Sequence[Input]) -> list[list[Prediction]]:
        return [[Prediction(concept, score) for concept, score in SAID[str(text)]] for text in batch]


@pytest.fixture
def task(database: Database) -> Made:
    """A task of which all waits for one reviewer."""
    made = make_task(database, list(SAID), limits=Limits(0.05, None))
    work(database, made.id, Says())
    return made


def texts(database: Database, task: Made, order: Order, wanted: Wanted | None = None, limit: int = 10) -> list[str]:
    """What waits, a page after the other."""
    names = dict(rows(database, "SELECT id, text FROM input"))
    found: list[str] = []
    after = None
    with database.begin() as conn:
        while some := queue.page(
            conn, task.id, task.reviewers[0], order=order, after=after, limit=limit, wanted=wanted
        ):
            found += [names[input_id] for input_id, _ in some]
            after = some[-1][1]
    return found


@pytest.mark.parametrize("limit", [1, 2, 10])
@pytest.mark.parametrize(
    "order, expected",
    [
        ("id", ["sure", "torn", "low", "both", "half"]),
        ("uncertain", ["torn", "both", "half", "low", "sure"]),
        ("concept", ["low", "both", "sure", "half", "torn"]),
    ],
)
def test_each_order_is_one(database: Database, task: Made, order: Order, expected: list[str], limit: int) -> None:
    assert texts(database, task, order, limit=limit) == expected


@pytest.mark.parametrize(
    "wanted, expected",
    [
        (Wanted(lowest=0.5), ["sure", "torn", "both"]),
        (Wanted(highest=0.5), ["low", "half"]),
        (Wanted(lowest=0.45, highest=0.55), ["torn", "both", "half"]),  # both ends are in it
        (Wanted(concept=THIRD), ["torn", "both"]),
        (Wanted(concept=THIRD, highest=0.55), ["torn"]),  # one annotation has to be all of it
        (Wanted(labeler=NULL.name), list(SAID)),
        (Wanted(labeler="nobody"), []),
    ],
)
def test_only_what_fits_comes(database: Database, task: Made, wanted: Wanted, expected: list[str]) -> None:
    assert texts(database, task, "id", wanted) == expected
