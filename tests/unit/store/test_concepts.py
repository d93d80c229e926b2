"""Concepts: another name is another name everywhere."""

import pytest
from made import make_task

from labelmill.core.errors import Conflict, NotFound
from labelmill.core.threshold import Limits, Thresholds
from labelmill.store import concepts, projects, tasks
from labelmill.store.database import Database


def test_a_renamed_concept_keeps_the_limits_that_tasks_have_for_it(database: Database) -> None:
    task, untouched = make_task(database, 1), make_task(database, 1)
    own = Thresholds(Limits(0.5, 0.9), {"null-1": Limits(0.2, 0.3), "null-2": Limits(0.6, None)})
    with database.begin() as conn:
        tasks.set_thresholds(conn, task.id, own, task.reviewers[0])
        before = tasks.terms(conn, untouched.id).thresholds
        ids = projects.concepts(conn, task.project_id, ["null-1"])
        assert concepts.rename(conn, task.project_id, ids["null-1"], "sunny").name == "sunny"
        terms = tasks.terms(conn, task.id)
        assert terms.thresholds.by_concept == {"sunny": Limits(0.2, 0.3), "null-2": Limits(0.6, None)}
        assert "sunny" in terms.ids and "null-1" not in terms.ids
        assert tasks.terms(conn, untouched.id).thresholds == before


def test_a_concept_that_is_not_there_or_a_name_that_is_taken_is_refused(database: Database) -> None:
    task = make_task(database, 1)
    with database.begin() as conn, pytest.raises(NotFound):
        concepts.rename(conn, task.project_id, 10**9, "sunny")
    with pytest.raises(Conflict, match="already"), database.begin() as conn:
        ids = projects.concepts(conn, task.project_id, ["null-1", "null-2"])
        concepts.rename(conn, task.project_id, ids["null-1"], "null-2")
