"""Shards: held by one connection at a time, freed by its death, counted right whatever happens."""

import re
import threading
from collections import Counter
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made import add_texts, check_sums, make_task, work
from mill import rows, until

from labelmill.core.annotation import Outcome, Work
from labelmill.core.threshold import Limits
from labelmill.flows.blame import blame
from labelmill.store import counts, reviews, shards, tasks
from labelmill.store.database import Database, driver
from labelmill.store.shards import Failed, Settled

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


# --- who holds what ---------------------------------------------------------------------------------------------------


def test_two_connections_never_hold_one_shard(database: Database) -> None:
    task = make_task(database, 8)
    with ExitStack() as stack:
        held = {}
        for _ in range(8):
            conn = stack.enter_context(database.session())
            claim = shards.claim(conn, task.id)
            assert claim is not None
            assert claim.attempts == 1
            held[claim.no] = conn
        assert sorted(held) == sorted(rows(database, "SELECT no FROM shard"))
        last = stack.enter_context(database.session())
        assert shards.claim(last, task.id) is None
        shards.release(held[5], task.id, 5)
        again = shards.claim(last, task.id)
        assert again is not None
        assert (again.no, again.attempts) == (5, 2)


def test_many_connections_at_once_share_the_shards_out(database: Database) -> None:
    task = make_task(database, 256)
    taken: list[int] = []
    start = threading.Barrier(4)

    def take() -> None:
        with database.session() as conn:
            start.wait()
            while claim := shards.claim(conn, task.id):
                taken.append(claim.no)
                conn.execute(sa.text("UPDATE shard SET done = true WHERE no = :no"), {"no": claim.no})
                conn.commit()
                shards.release(conn, task.id, claim.no)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(rows(database, "SELECT no FROM shard"))


@pytest.mark.parametrize("death", ["closed", "terminated"])
def test_a_dead_connection_frees_its_shards(database: Database, database_url: str, death: str) -> None:
    task = make_task(database, 1)
    line = psycopg.connect(database_url)
    engine = sa.create_engine("postgresql+psycopg://", creator=lambda: line, poolclass=sa.StaticPool)
    conn = engine.connect()
    assert shards.claim(conn, task.id) is not None
    shards.show_alive(conn, task.id)
    with database.begin() as other:
        assert shards.alive(other) == {task.id}
    if death == "closed":
        line.close()
    else:
        rows(database, "SELECT pg_terminate_backend(:pid)", pid=line.info.backend_pid)
    with database.session() as other:
        claim = until(lambda: shards.claim(other, task.id))
        assert claim.attempts == 2
        until(lambda: shards.alive(other) == set())
    line.close()
    engine.dispose(close=False)


def test_an_attempt_is_on_record_before_the_work(database: Database) -> None:
    task = make_task(database, 3)
    with database.session() as conn:
        claim = shards.claim(conn, task.id)
        assert claim
        assert rows(database, "SELECT attempts FROM shard WHERE no = :no", no=claim.no) == [1]


@pytest.mark.parametrize("stop", ["cancel", "set_error"])
def test_nothing_is_taken_of_a_task_that_stands_still(database: Database, stop: str) -> None:
    task = make_task(database, 3)
    with database.session() as conn:
        with conn.begin():
            assert shards.unfinished(conn, task.id)
            tasks.cancel(conn, task.id) if stop == "cancel" else tasks.set_error(conn, task.id, "broken")
        assert shards.claim(conn, task.id) is None
        assert not shards.unfinished(conn, task.id)
        tasks.reopen(conn, task.id)
        conn.commit()
        assert shards.claim(conn, task.id) is not None


def test_a_shard_of_one_task_is_not_one_of_another(database: Database) -> None:
    one, other = make_task(database, 1), make_task(database, 1)
    with database.session() as conn, database.session() as second:
        assert shards.claim(conn, one.id)
        assert shards.claim(second, other.id)


# --- what it counts ---------------------------------------------------------------------------------------------------


def close_at_random(database: Database, task_id: int, outcomes: list[str]) -> Counter[str]:
    """Close every open shard, its inputs with these outcomes in turn."""
    seen: Counter[str] = Counter()
    with database.session() as conn:
        while claim := shards.claim(conn, task_id):
            items = shards.items(conn, task_id, claim.no)
            conn.commit()
            chosen = {item.input_id: outcomes[item.input_id % len(outcomes)] for item in items}
            seen.update(chosen.values())
            with conn.begin():
                shards.close(
                    conn, task_id, claim.no, revision=1, predictions=7,
                    settled=[Settled(i, o == "annotated", Work.NONE) for i, o in chosen.items() if o != "failed"],
                    failed=[Failed(i, "label", "predict", "raised", "x") for i, o in chosen.items() if o == "failed"],
                )  # fmt: skip
            shards.release(conn, task_id, claim.no)
    return seen


@QUICK
@given(
    count=st.integers(1, 90),
    rounds=st.lists(
        st.lists(st.sampled_from(["annotated", "empty", "failed"]), min_size=1, max_size=9), min_size=1, max_size=4
    ),
)
def test_retry_moves_failures_alone_into_shards_of_their_own(
    database: Database, count: int, rounds: list[list[str]]
) -> None:
    task = make_task(database, count)
    done = "SELECT input_id, outcome, annotated, shard, attempts FROM ledger WHERE task_id = :task AND outcome = 'done'"
    expected: Counter[str] = Counter()
    for outcomes in rounds:
        seen = close_at_random(database, task.id, outcomes)
        expected.update({"failed": -expected["failed"]})
        expected.update(seen)
        check_sums(database, task.id)
        before = set(rows(database, done, task=task.id))
        old = rows(database, "SELECT max(no) FROM shard WHERE task_id = :task", task=task.id)[0]
        with database.begin() as conn:
            stands = counts.ledger(conn, task.id)
            assert tasks.retry(conn, task.id) == seen["failed"] == stands.failed
            again = counts.ledger(conn, task.id)
            assert tasks.retry(conn, task.id) == 0
        assert (stands.annotated, stands.empty) == (expected["annotated"], expected["empty"])
        assert (again.waiting, again.failed) == (seen["failed"], 0)
        assert (again.inputs, again.annotated, again.empty) == (count, stands.annotated, stands.empty)
        check_sums(database, task.id)
        assert set(rows(database, done, task=task.id)) == before
        waiting = rows(
            database, "SELECT DISTINCT shard FROM ledger WHERE task_id = :t AND outcome = 'waiting'", t=task.id
        )
        assert all(no > old for no in waiting)


def test_some_failures_alone_are_tried_again(database: Database) -> None:
    task = make_task(database, 6)
    close_at_random(database, task.id, ["failed"])
    ids = rows(database, "SELECT input_id FROM ledger ORDER BY 1")
    with database.begin() as conn:
        assert tasks.retry(conn, task.id, [ids[0], ids[4], 10**9]) == 2
    assert rows(database, "SELECT input_id FROM ledger WHERE outcome = 'waiting' ORDER BY 1") == [ids[0], ids[4]]
    check_sums(database, task.id)


def test_what_a_person_labeled_is_not_tried_again(database: Database) -> None:
    task = make_task(database, 6)
    close_at_random(database, task.id, ["failed"])
    rows(
        database, "UPDATE ledger SET work = 'labeled' WHERE input_id IN (SELECT min(input_id) FROM ledger) RETURNING 1"
    )
    with database.begin() as conn:
        assert tasks.retry(conn, task.id) == 5
    check_sums(database, task.id)


@QUICK
@given(steps=st.lists(st.tuples(st.integers(0, 99), st.booleans()), min_size=1, max_size=6))
def test_extend_is_idempotent(database: Database, steps: list[tuple[int, bool]]) -> None:
    """Whatever is added and however often, each input is in the ledger once, and a finished one stays finished."""
    task = make_task(database, 1, standing=True)
    have = {"text 0"}
    for top, finish in steps:
        new = [f"text {i}" for i in range(top // 2, top)]
        add_texts(database, task.project_id, task.dataset_id, new) if new else None
        with database.begin() as conn:
            assert tasks.extend(conn, task.id) == len(set(new) - have)
            assert tasks.extend(conn, task.id) == 0
        have |= set(new)
        if finish:
            close_at_random(database, task.id, ["annotated", "empty"])
        check_sums(database, task.id)
        assert rows(database, "SELECT count(*) FROM ledger WHERE task_id = :task", task=task.id) == [len(have)]


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 63, 1000, 9000])
def test_shards_are_about_as_many_as_wanted_and_never_too_large(database: Database, count: int) -> None:
    task = make_task(database, count)
    sizes = rows(database, "SELECT inputs FROM shard ORDER BY no")
    assert sum(sizes) == count
    assert all(0 < size <= tasks.SHARD_LIMIT for size in sizes)
    assert sizes == sorted(sizes, reverse=True), "the small ones come last"
    assert not sizes or sizes[-1] <= max(1, sizes[0] // 4), "nobody waits for more than a quarter of a shard"
    assert len(sizes) <= max(2 * tasks.SHARDS_WANTED, count / tasks.SHARD_LIMIT + 8)
    check_sums(database, task.id)


@QUICK
@given(size=st.integers(1, 40), culprit=st.integers(0, 39), kind=st.sampled_from(["crashed", "hung", "memory"]))
def test_blame_finds_the_culprit_and_leaves_the_rest(database: Database, size: int, culprit: int, kind: str) -> None:
    """A model that dies of one input: whatever the size of its batch, just that input fails, after a few deaths."""
    task = make_task(database, [f"only shard {size} {i}" for i in range(size)])
    rows(database, "UPDATE ledger SET shard = 0 WHERE task_id = :t RETURNING 1", t=task.id)
    rows(database, "DELETE FROM shard WHERE task_id = :t AND no > 0 RETURNING 1", t=task.id)
    rows(database, "UPDATE shard SET inputs = :n WHERE task_id = :t RETURNING 1", t=task.id, n=size)
    ids = rows(database, "SELECT input_id FROM ledger WHERE task_id = :t ORDER BY 1", t=task.id)
    killer, deaths = ids[culprit % size], 0
    with database.session() as conn:
        while claim := shards.claim(conn, task.id):
            items = [item.input_id for item in shards.items(conn, task.id, claim.no)]
            conn.commit()
            shards.release(conn, task.id, claim.no)
            if killer in items:
                deaths += 1
                assert deaths <= 12
                blame(conn, task.id, claim.no, items, kind, "it died")
            else:
                with conn.begin():
                    settled = [Settled(i, True, Work.NONE) for i in items]
                    shards.close(conn, task.id, claim.no, revision=1, settled=settled, failed=[], predictions=0)
            check_sums(database, task.id)
    failed = "SELECT input_id, stage, kind, message FROM ledger WHERE task_id = :t AND outcome = 'failed'"
    assert rows(database, failed, t=task.id) == [(killer, "predict", kind, "it died")]


def test_blame_comes_late_for_a_shard_that_is_done(database: Database) -> None:
    task = make_task(database, 1)
    ids = rows(database, "SELECT input_id FROM ledger")
    work(database, task.id)
    with database.session() as conn:
        blame(conn, task.id, 0, ids, "crashed", "late")
    assert rows(database, "SELECT outcome::text FROM ledger") == ["done"]


@pytest.mark.parametrize("statement", [shards._SETTLE, shards._RESETTLE, shards._FAIL, reviews._WRITE])
def test_each_row_of_the_ledger_is_found_by_its_key(database: Database, statement: sa.TextClause) -> None:
    """Also in the plan that is kept for whatever comes, in a home with more than one task."""
    for no in range(9):
        make_task(database, [f"text {no} {i}" for i in range(200)])
    with database.begin() as conn:
        conn.execute(sa.text("ANALYZE ledger"))
        numbered = statement.text
        for place, name in enumerate(dict.fromkeys(re.findall(r"(?<!:):(\w+)", numbered)), 1):
            numbered = re.sub(rf"(?<!:):{name}\b", f"${place}", numbered)
        plan = list(driver(conn).execute(f"EXPLAIN (GENERIC_PLAN) {numbered}"))
    told = "\n".join(line for (line,) in plan)
    assert "Join Filter" not in told, told


# --- whose turn it is -------------------------------------------------------------------------------------------------

_WATCH = """
CREATE FUNCTION check_loads() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lowest int; highest int;
BEGIN
    SELECT min(n), max(n) INTO lowest, highest FROM (
        SELECT count(a.input_id) AS n FROM reviewer r
        LEFT JOIN assignment a ON a.task_id = r.task_id AND a.person_id = r.person_id
        WHERE r.task_id = NEW.task_id GROUP BY r.person_id) AS loads;
    IF highest - lowest > 1 THEN RAISE EXCEPTION 'loads from %% to %%', lowest, highest; END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER fair AFTER INSERT ON assignment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_loads();
"""


@pytest.mark.parametrize("reviewers", [1, 3, 7])
def test_loads_differ_by_one_at_most_at_every_commit(database: Database, reviewers: int) -> None:
    """PostgreSQL itself looks, at the end of every transaction of two workers at once."""
    with database.begin() as conn:
        conn.exec_driver_sql(_WATCH)
    task = make_task(database, 200, reviewers=reviewers, limits=Limits(0.5, None))
    faults: list[BaseException] = []
    start = threading.Barrier(2)

    def run() -> None:
        try:
            start.wait()
            work(database, task.id)
        except BaseException as error:  # noqa: BLE001 - shown below
            faults.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    given = rows(database, "SELECT input_id, person_id FROM assignment")
    assert len(given) == len({input_id for input_id, _ in given}) == 200
    loads = Counter(person for _, person in given)
    assert set(loads) == set(task.reviewers)
    assert max(loads.values()) - min(loads.values()) <= 1
    shared = rows(database, "SELECT person_id, sum(inputs) FROM share GROUP BY 1")
    assert {person: int(n) for person, n in shared} == loads


def test_the_watch_would_see_an_unfair_share(database: Database) -> None:
    with database.begin() as conn:
        conn.exec_driver_sql(_WATCH)
    task = make_task(database, 4, reviewers=2)
    unfair = "INSERT INTO assignment SELECT task_id, input_id, :p, NULL FROM ledger RETURNING 1"
    with pytest.raises(sa.exc.DBAPIError, match="loads from 0 to 4"):
        rows(database, unfair, p=task.reviewers[0])


def test_nobody_to_review(database: Database) -> None:
    task = make_task(database, 5, reviewers=0, limits=Limits(0.97, None))
    work(database, task.id)
    assert rows(database, "SELECT count(*) FROM assignment") == [0]
    assert set(rows(database, "SELECT work::text FROM ledger")) == {"none"}
    check_sums(database, task.id)


def test_what_is_empty_or_failed_goes_to_people_where_there_are_some(database: Database) -> None:
    task = make_task(database, 5, reviewers=1, limits=Limits(0.97, None))
    work(database, task.id)
    assert set(rows(database, "SELECT work::text FROM ledger")) == {"label"}
    with database.begin() as conn:
        assert counts.ledger(conn, task.id).empty == 5
        assert set(shards.works(conn, task.id, 0, Outcome.DONE).values()) == {Work.LABEL}


def test_a_later_task_starts_its_counts_anew(database: Database) -> None:
    for _ in range(2):
        task = make_task(database, 5, reviewers=2, limits=Limits(0.5, None))
        work(database, task.id)
        loads: list[Any] = rows(
            database, "SELECT count(*) FROM assignment WHERE task_id = :t GROUP BY person_id", t=task.id
        )
        assert sorted(loads) == [2, 3]
