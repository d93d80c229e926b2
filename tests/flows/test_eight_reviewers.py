"""Eight reviewers at once over the API: none missed, none done twice, though one is removed and one is killed."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from live import listening
from made import make_task, work
from mill import rows, until

from labelmill import Client
from labelmill.core.role import Role
from labelmill.flows import sign_in
from labelmill.store import members
from labelmill.store.database import Database

INPUTS, REVIEWERS = 800, 8
HALF = INPUTS // REVIEWERS // 2
# a process of their own, as it is where people work: what they do takes the server none of its time
REVIEW = """
import sys
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from labelmill import Client
from labelmill.core.errors import BadCall, Conflict

address, project, task, *tokens = sys.argv[1:]
where = int(project), int(task)


def waits(client):
    now = client.tasks.get(*where)
    return now["can_review"] or now["reviewed"] == now["entered"]


def review(token):
    # until the task is done or one is a member no more; inputs that others leave come in between
    with Client(address, token) as client:
        try:
            while True:
                deadline = monotonic() + 120
                while not waits(client):
                    assert monotonic() < deadline, "waited in vain"
                    sleep(0.3)
                seen = False
                for one in client.review.list(*where):
                    seen = True
                    try:
                        client.review.decide(*where, one, "approve")
                    except Conflict:
                        pass  # it went to somebody else
                if not seen:
                    return
        except BadCall:  # removed: there is no such project for them any more
            return


with ThreadPoolExecutor(len(tokens)) as pool:
    list(pool.map(review, tokens))  # raises what one of them raised
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
        alone = reviewing(address, where, [tokens.pop(killed)])
        others = reviewing(address, where, tokens.values())
        until(lambda: decided(database, killed) >= HALF, 120)
        alone.kill()
        alone.wait()
        owner.tasks.change(*where, {"reviewers": [one for one in made.reviewers if one != killed]})
        until(lambda: decided(database, removed) >= HALF, 120)
        owner.members.remove(made.project_id, removed)
        assert others.wait() == 0
    assert rows(database, "SELECT DISTINCT work::text FROM ledger") == ["reviewed"]
    acts = "SELECT count(*), count(DISTINCT input_id) FROM activity WHERE operation = 'approve'"
    assert rows(database, acts) == [(INPUTS, INPUTS)]
    accepted = "SELECT count(*), count(DISTINCT annotation_id) FROM annotation_event WHERE operation = 'accept'"
    assert rows(database, accepted) == [(2 * INPUTS, 2 * INPUTS)]
    assert rows(database, "SELECT count(*), count(done_at) FROM assignment") == [(INPUTS, INPUTS)]
    assert rows(database, "SELECT sum(inputs), sum(done) FROM share") == [(INPUTS, INPUTS)]
    assert rows(database, "SELECT sum(entered), sum(reviewed) FROM shard") == [(INPUTS, INPUTS)]


def reviewing(address: str, where: tuple[int, int], tokens: Iterable[str]) -> subprocess.Popen[bytes]:
    """People who review until the task is done, in a process."""
    return subprocess.Popen([sys.executable, "-c", REVIEW, address, *map(str, where), *tokens])


def decided(database: Database, person: int) -> int:
    """How many inputs a person has decided."""
    query = "SELECT count(*) FROM activity WHERE person_id = :p AND input_id IS NOT NULL"
    return int(rows(database, query, p=person)[0])
