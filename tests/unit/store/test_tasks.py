"""Tasks: deleted without a trace, counted without a counter."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from made import make_task, work
from mill import rows, write_card

from labelmill.core.errors import BadCall, NotFound
from labelmill.core.geometry import Box
from labelmill.core.threshold import Limits, Thresholds, bands
from labelmill.flows import apply
from labelmill.models.cards import Card, read_card
from labelmill.models.catalog import load
from labelmill.store import annotations, counts, projects, tasks
from labelmill.store import schema as t
from labelmill.store.annotations import NewAnnotation, Status, Update
from labelmill.store.database import Database
from labelmill.store.schema import metadata

KEPT = {
    "person", "project", "member", "concept", "input", "source", "dataset", "dataset_source", "model_version",
    "catalog", "labeler", "rejection", "import", "session", "one_time_token", "access_token", "sign_in_failure",
    "leftover", "activity", "mapped_concept", "dataset_version", "version_input", "version_annotation",
}  # fmt: skip
"""What a task refers to, and what outlives it."""


def boxes(tmp_path: Path) -> Card:
    said = [{"concept": "a", "score": s, "box": [0.1, 0.1, 0.2 + s / 2, 0.9]} for s in (0.95, 0.7, 0.3)]
    spans = [{key: value for key, value in one.items() if key != "box"} | {"span": [0, 2]} for one in said]
    return read_card(write_card(tmp_path / "m.yaml", concepts=["a", "b"], makes="span", predictions=spans))


def sizes(database: Database) -> dict[str, int]:
    with database.begin() as conn:
        return {
            name: conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


@pytest.mark.parametrize("keep", [False, True])
def test_who_deletes_what_another_has_just_deleted_is_told(database: Database, keep: bool) -> None:
    task = make_task(database, 3)
    with database.begin() as conn:
        tasks.delete(conn, task.id, keep_annotations=keep)
    with database.begin() as conn, pytest.raises(NotFound, match="was deleted"):
        tasks.delete(conn, task.id, keep_annotations=keep)


def test_delete_leaves_no_orphans(database: Database, tmp_path: Path) -> None:
    card = boxes(tmp_path)
    kept = make_task(database, 20, reviewers=2, card=card)
    work(database, kept.id, load(card))
    before = sizes(database)
    task = make_task(database, [f"other {i}" for i in range(20)], reviewers=2, card=card)
    work(database, task.id, load(card))
    with database.begin() as conn:
        edit(conn, task.id, task.reviewers[0])
        team(conn, task.id, task.reviewers[0])
    with database.begin() as conn:
        apply.set_thresholds(conn, task.id, Thresholds(Limits(0.8, 0.96)), task.reviewers[0])
    with database.session() as conn:
        apply.redecide_all(conn, task.id, 0.5)
    grown = sizes(database)
    bulk = set(metadata.tables) - KEPT
    assert {name for name in bulk if grown[name] == before[name]} == set()  # each has something to lose
    with database.begin() as conn:
        tasks.delete(conn, task.id)
    after = sizes(database)
    assert {name: after[name] for name in bulk} == {name: before[name] for name in bulk}
    assert {name: after[name] for name in KEPT} == {name: grown[name] for name in KEPT}
    assert rows(database, "SELECT relname FROM pg_class WHERE relname ~ '^prediction_[0-9]+$'") == ["prediction_1"]


def team(conn: sa.Connection, task_id: int, person_id: int) -> None:
    """Rows of what people do in a task while they are at it."""
    who = {"task_id": task_id, "person_id": person_id}
    conn.execute(sa.insert(t.notification).values(**who, kind="assigned"))
    conn.execute(sa.insert(t.lease).values(**who, input_id=1, expires_at=sa.func.now()))
    conn.execute(sa.insert(t.vote).values(**who, input_id=1, annotation_id=1, accepts=True, activity_id=1))


def edit(conn: sa.Connection, task_id: int, person_id: int) -> None:
    """What a person does: move one region, add another annotation, and have a third dropped."""
    actor = projects.person_labeler(conn, person_id)
    ids = conn.execute(
        sa.text("SELECT id, input_id, concept_id FROM annotation WHERE task_id = :t"), {"t": task_id}
    ).all()
    annotations.change(conn, actor, [Update(ids[0].id, "move", region=Box(0.1, 0.1, 0.5, 0.5))])
    mine = NewAnnotation(
        ids[1].input_id, ids[1].concept_id, actor, Status.SUCCESS, Box(0.2, 0.2, 0.4, 0.4), touched=True
    )
    annotations.record_new(conn, actor, annotations.put(conn, task_id, [mine]), "add")
    annotations.drop(conn, actor, [ids[2].id], "delete")


def test_a_moved_region_keeps_its_story(database: Database, tmp_path: Path) -> None:
    card = boxes(tmp_path)
    task = make_task(database, 2, card=card)
    work(database, task.id, load(card))
    with database.begin() as conn:
        edit(conn, task.id, task.reviewers[0])
    moved, added, dropped = rows(database, "SELECT operation, before, after FROM annotation_event ORDER BY id")
    assert (moved[0], added[0], dropped[0]) == ("move", "add", "delete")
    told = dict(rows(database, "SELECT id, value FROM region"))
    assert told[moved[1]["region"]] == [0, 2]
    assert told[moved[2]["region"]] == [0.1, 0.1, 0.5, 0.5]
    assert (added[1], dropped[2]) == (None, None)
    assert dropped[1]["region"] in told


def test_find(database: Database) -> None:
    one, other, third = (make_task(database, 1, name=name) for name in ("a", "b", "a"))
    with database.begin() as conn:
        assert tasks.find(conn, "b") == tasks.find(conn, str(other.id)) == other.id
        with pytest.raises(BadCall, match=f"2 tasks are named 'a': use an id \\({one.id}, {third.id}\\)"):
            tasks.find(conn, "a")
        for key in ("c", "99", "-1", str(2**31), "²", ""):
            with pytest.raises(NotFound):
                tasks.find(conn, key)


def test_a_task_named_like_a_number_that_is_no_id(database: Database) -> None:
    task = make_task(database, 1, name="77")
    with database.begin() as conn:
        assert tasks.find(conn, "77") == task.id


def test_thresholds_come_back_as_they_went(database: Database) -> None:
    wanted = Thresholds(Limits(0.123456789, None), {"null-1": Limits(0.2, 0.9), 'it\'s "ü"': Limits(0.0, 1.0)})
    task = make_task(database, 1)
    with database.begin() as conn:
        tasks.set_thresholds(conn, task.id, wanted, task.reviewers[0])
        terms = tasks.terms(conn, task.id)
        assert (terms.thresholds, terms.revision) == (wanted, 2)


def test_histograms_answer_what_apply_would_do(database: Database) -> None:
    task = make_task(database, 40)
    work(database, task.id)
    for limits in (Limits(0.5, 0.9), Limits(0.0, 0.95), Limits(0.4, None), Limits(0.601, 0.95), Limits(0.2, 0.2)):
        with database.begin() as conn:
            asked = {name: bands(found, limits) for name, found in counts.histograms(conn, task.id).items()}
            tasks.set_thresholds(conn, task.id, Thresholds(limits), task.reviewers[0])
        with database.session() as conn:
            apply.redecide_all(conn, task.id, 0.5)
        with database.begin() as conn:
            assert counts.bands(conn, task.id) == asked
            assert counts.ledger(conn, task.id).outdated == 0
