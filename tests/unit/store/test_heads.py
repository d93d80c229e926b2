"""Tasks as pages list them: how fast they go."""

import pytest
import sqlalchemy as sa
from made import make_task, work

from labelmill.core.errors import NotFound
from labelmill.store import heads, tasks
from labelmill.store.database import Database


def done_ago(database: Database, task_id: int, seconds: list[float]) -> None:
    """Shards, in their order, as if they had been done so long ago."""
    query = sa.text("""
        UPDATE shard SET done_at = now() - make_interval(secs => :ago) WHERE task_id = :task AND no = :no
    """)
    with database.begin() as conn:
        for no, ago in enumerate(seconds):
            conn.execute(query, {"task": task_id, "no": no, "ago": ago})


@pytest.mark.parametrize(
    "ago, rate",
    [
        ([30, 20, 10, 0], 0.1),  # an input each ten seconds
        ([300, 200, 10, 0], 0.1),  # what was done long ago tells nothing
        ([300, 200, 100, 0], None),
        ([300, 200, 100, 90], None),
    ],
)
def test_the_rate_is_that_of_the_last_minute(database: Database, ago: list[float], rate: float | None) -> None:
    task = make_task(database, 6)
    work(database, task.id, at_most=4)
    done_ago(database, task.id, ago)
    with database.begin() as conn:
        head = heads.one(conn, task.id)
    assert head.waiting == 2
    assert head.rate == (None if rate is None else pytest.approx(rate, rel=0.02))


def test_a_task_is_of_its_project_until_it_is_deleted(database: Database) -> None:
    task, other = make_task(database, 1), make_task(database, 1)
    with database.begin() as conn:
        heads.check(conn, task.project_id, task.id)
        for project_id, task_id in ((other.project_id, task.id), (task.project_id, 10**6)):
            with pytest.raises(NotFound):
                heads.check(conn, project_id, task_id)
        tasks.delete(conn, task.id, keep_annotations=True)
        assert not tasks.exists(conn, task.id)
        assert heads.page(conn, task.project_id, limit=5) == []
        for ask in (lambda: heads.check(conn, task.project_id, task.id), lambda: heads.one(conn, task.id)):
            with pytest.raises(NotFound):
                ask()
