"""Eight reviewers at once over the API: none missed, none done twice, though one is removed and one is killed."""

import subprocess
import sys
import threading
from pathlib import Path

from live import listening
from made import make_task, work
from mill import rows, until

from labelmill import Client
from labelmill.core.errors import BadCall, Conflict
from labelmill.core.role import Role
from labelmill.flows import sign_in
from labelmill.store import members
from labelmill.store.database import Database

INPUTS, REVIEWERS = 2000, 8
HALF = INPUTS // REVIEWERS // 2
REVIEW = """
import sys
from itertools import islice
from labelmill import Client
from labelmill.core.errors import Conflict

address, token, project, task = sys.argv[1:]
with Client(address, token) as client:
    where = int(project), int(task)
    while batch := list(islice(client.review.list(*where), 10)):
        for one in batch:
            try:
                client.review.decide(*where, one, "approve")
            except Conflict:
                pass  # it went to somebody else
"""


def test_eight_at_once_finish_everything_once(database: Database, tmp_path: Path) -> None:
    made = make_task(database, INPUTS, reviewers=REVIEWERS)
    work(database, made.id)
    tokens = {}
    with database.begin() as conn:
        for person in made.reviewers:
            members.put(conn, made.project_id, person, Role.OWNER if person == made.reviewers[0] else Role.REVIEWER)
            tokens[person] = sign_in.access_token(conn, person, "tests", None)[0]
    removed, killed = made.reviewers[-2:]
    where = (made.project_id, made.id)
    with listening(database, tmp_path / "home") as address, Client(address, tokens[made.reviewers[0]]) as owner:
        threads = [
            threading.Thread(target=review, args=(address, tokens[person], where))
            for person in made.reviewers
            if person != killed
        ]
        told = [address, tokens[killed], *map(str, where)]
        process = subprocess.Popen([sys.executable, "-c", REVIEW, *told])
        for thread in threads:
            thread.start()
        until(lambda: decided(database, killed) >= HALF, 120)
        process.kill()
        process.wait()
        owner.tasks.change(*where, {"reviewers": [one for one in made.reviewers if one != killed]})
        until(lambda: decided(database, removed) >= HALF, 120)
        owner.members.remove(made.project_id, removed)
        for thread in threads:
            thread.join()
    assert rows(database, "SELECT DISTINCT work::text FROM ledger") == ["reviewed"]
    acts = "SELECT count(*), count(DISTINCT input_id) FROM activity WHERE operation = 'approve'"
    assert rows(database, acts) == [(INPUTS, INPUTS)]
    accepted = "SELECT count(*), count(DISTINCT annotation_id) FROM annotation_event WHERE operation = 'accept'"
    assert rows(database, accepted) == [(2 * INPUTS, 2 * INPUTS)]
    assert rows(database, "SELECT count(*), count(done_at) FROM assignment") == [(INPUTS, INPUTS)]
    assert rows(database, "SELECT sum(inputs), sum(done) FROM share") == [(INPUTS, INPUTS)]
    assert rows(database, "SELECT sum(entered), sum(reviewed) FROM shard") == [(INPUTS, INPUTS)]


def review(address: str, token: str, where: tuple[int, int]) -> None:
    """Review until the task is done or one is a member no more; inputs that others leave come in between."""
    with Client(address, token) as client:

        def waiting() -> bool:
            now = client.tasks.get(*where)
            return now["can_review"] or now["reviewed"] == now["entered"]

        try:
            while until(waiting, 120, every=0.3) and (batch := client.review.list(*where)):
                seen = False
                for one in batch:
                    seen = True
                    try:
                        client.review.decide(*where, one, "approve")
                    except Conflict:
                        continue  # it went to somebody else
                if not seen:
                    return
        except BadCall:  # removed: there is no such project for them any more
            return


def decided(database: Database, person: int) -> int:
    """How many inputs a person has decided."""
    query = "SELECT count(*) FROM activity WHERE person_id = :p AND input_id IS NOT NULL"
    return int(rows(database, query, p=person)[0])
