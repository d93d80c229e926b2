"""Inputs go with all that hangs on them; what counts them stays true, and files go when nobody needs them."""

from pathlib import Path

import pytest
from made import check_sums, make_task, work
from mill import rows, write_card
from PIL import Image

from labelmill.core.annotation import Prediction
from labelmill.core.threshold import Limits, Thresholds
from labelmill.flows import apply, remove
from labelmill.flows.annotate import Answers, save
from labelmill.flows.ingest import ingest
from labelmill.flows.read import read
from labelmill.models.base import Model
from labelmill.models.cards import read_card
from labelmill.models.catalog import load
from labelmill.store import annotations, counts, locks, projects, shards, tasks
from labelmill.store.database import Database
from labelmill.store.media import Media

OF_INPUTS = ("input", "source", "dataset_source", "ledger", "prediction", "annotation", "annotation_event", "region",
             "assignment")  # fmt: skip


def ids_of(database: Database, task_id: int) -> list[int]:
    return rows(database, "SELECT input_id FROM ledger WHERE task_id = :t ORDER BY input_id", t=task_id)


def gone(database: Database, media: Media, home: Path, project_id: int, ids: list[int]) -> int:
    with database.begin() as conn:
        owner = projects.owner(conn)
    return remove.remove_inputs(database, media, home, project_id, ids, person_id=owner)


@pytest.fixture
def media(tmp_path: Path) -> Media:
    return Media(tmp_path / "home" / "media", max_bytes=10**6)


def spans(tmp_path: Path) -> Model:
    said = [{"concept": c, "score": s, "span": [0, 2]} for c, s in (("a", 0.95), ("a", 0.7), ("b", 0.3))]
    return load(read_card(write_card(tmp_path / "m.yaml", concepts=["a", "b"], makes="span", predictions=said)))


def test_all_that_hangs_on_an_input_goes_and_sums_stay_true(database: Database, media: Media, tmp_path: Path) -> None:
    card = read_card(write_card(tmp_path / "c.yaml", concepts=["a", "b"], makes="span", predictions=[
        {"concept": "a", "score": 0.95, "span": [0, 2]}, {"concept": "b", "score": 0.6, "span": [0, 2]},
    ]))  # fmt: skip
    task = make_task(database, 40, reviewers=2, card=card)
    other = make_task(database, 5, card=card)
    for one in (task, other):
        work(database, one.id, load(card))
    with database.begin() as conn:
        apply.set_thresholds(conn, task.id, Thresholds(Limits(0.5, 0.7)), task.reviewers[0])
    with database.session() as conn:
        apply.redecide_all(conn, task.id, 0.5)
    ids = ids_of(database, task.id)
    foreign = ids_of(database, other.id)
    assert gone(database, media, tmp_path, task.project_id, [*ids[:7], ids[20], *foreign, 10**12]) == 8
    check_sums(database, task.id)
    check_sums(database, other.id)
    for table in OF_INPUTS:
        column = "id" if table == "input" else "input_id"
        left = rows(database, f"SELECT DISTINCT {column} FROM {table} ORDER BY 1")
        assert not set(left) & {*ids[:7], ids[20]}, table
        assert set(foreign) <= set(left) or table == "annotation_event"
    with database.begin() as conn:
        ledger = counts.ledger(conn, task.id)
        assert (ledger.inputs, ledger.annotated, ledger.predictions) == (32, 32, 64)
        assert counts.bands(conn, task.id) == {
            "a": {"approved": 32, "review": 0, "discarded": 0}, "b": {"approved": 0, "review": 32, "discarded": 0},
        }  # fmt: skip
        assert {name: int(h.sum()) for name, h in counts.histograms(conn, task.id).items()} == {"a": 32, "b": 32}
    shares = rows(database, "SELECT sum(inputs)::int FROM share WHERE task_id = :t", t=task.id)
    assert shares == rows(database, "SELECT count(*)::int FROM assignment WHERE task_id = :t", t=task.id)


def test_removed_while_a_model_works_on_it_leaves_no_orphan(database: Database, media: Media, tmp_path: Path) -> None:
    task = make_task(database, 3)  # one shard an input
    with database.session() as conn:
        claim = shards.claim(conn, task.id)
        assert claim is not None
        (item,) = shards.items(conn, task.id, claim.no)
        conn.commit()
        assert gone(database, media, tmp_path, task.project_id, [item.input_id]) == 1
        answers = Answers([(item.input_id, [Prediction("null-1", 0.9)])])
        with conn.begin():
            save(conn, claim, tasks.terms(conn, task.id), ["null-1", "null-2"], 0.5, answers)
        shards.release(conn, task.id, claim.no)
    assert rows(database, "SELECT count(*) FROM prediction") == [0]
    assert rows(database, "SELECT count(*) FROM annotation") == [0]
    work(database, task.id)
    check_sums(database, task.id)
    with database.begin() as conn:
        assert (counts.ledger(conn, task.id).inputs, counts.ledger(conn, task.id).annotated) == (2, 2)
        assert not shards.unfinished(conn, task.id)


def test_a_task_of_which_all_inputs_went_is_complete(database: Database, media: Media, tmp_path: Path) -> None:
    task = make_task(database, 4)
    assert gone(database, media, tmp_path, task.project_id, ids_of(database, task.id)) == 4
    with database.begin() as conn:
        assert not shards.unfinished(conn, task.id)
        assert not shards.unfinished(conn, task.id, outdated=True)
        assert counts.ledger(conn, task.id).inputs == 0


def stored(database: Database, media: Media, tmp_path: Path, project: str) -> tuple[int, list[int]]:
    """Two pictures that came in an archive, and so are stored; with a thumbnail each."""
    import zipfile

    archive = tmp_path / "photos.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for i in range(2):
            Image.new("RGB", (9, 9), (i * 90, 0, 0)).save(tmp_path / "p.png")
            out.write(tmp_path / "p.png", f"{i}.png")
    with database.begin() as conn:
        project_id = projects.project(conn, project, projects.owner(conn))
        dataset_id = projects.dataset(conn, project_id, "d")
    ingest(database, archive, read(archive, media), project_id=project_id, dataset_id=dataset_id)
    found = rows(database, "SELECT id, hash FROM input WHERE project_id = :p ORDER BY id", p=project_id)
    for _, digest in found:
        media.put_view(digest, "160.jpg", b"small")
    return project_id, [input_id for input_id, _ in found]


def files(media: Media) -> int:
    return sum(path.is_file() for path in media.path("media:00").parents[1].rglob("*"))


def test_files_go_with_their_last_input(database: Database, media: Media, tmp_path: Path) -> None:
    one, ids = stored(database, media, tmp_path, "one")
    other, others = stored(database, media, tmp_path, "other")
    assert files(media) == 4
    gone(database, media, tmp_path, one, ids)
    assert files(media) == 4  # the other project has the same content
    gone(database, media, tmp_path, other, others[:1])
    assert files(media) == 2
    assert rows(database, "SELECT count(*) FROM leftover") == [0]


def test_files_stay_while_somebody_stores_and_go_at_the_next_call(
    database: Database, media: Media, tmp_path: Path
) -> None:
    project_id, ids = stored(database, media, tmp_path, "p")
    with locks.storing(database):
        gone(database, media, tmp_path, project_id, ids)
        assert files(media) == 4
        assert rows(database, "SELECT count(*) FROM leftover") == [2]
    _, again = stored(database, media, tmp_path, "p")  # the same content came back in between
    remove.remove_leftovers(database, media)
    assert files(media) == 4
    gone(database, media, tmp_path, project_id, again)
    assert files(media) == 0


def test_predictions_of_removed_inputs_go(database: Database, media: Media, tmp_path: Path) -> None:
    task = make_task(database, 6)
    work(database, task.id)
    ids = ids_of(database, task.id)
    gone(database, media, tmp_path, task.project_id, ids[:2])
    with database.begin() as conn:
        said = annotations.predictions(conn, tasks.terms(conn, task.id).run_id, ["a"] * 5, ids)
    assert sorted(said) == ids[2:]
