"""The process in which a model runs. It takes shards until none is left, and tells its supervisor what it is at.

Messages to the supervisor: ("ready",) the model is loaded; ("batch", shard, input ids) about to read these and call
the model, without ids: through with the model, about to save; ("rest",) the shard is saved; ("end",) nothing left to
do; ("unusable", sentence); ("store", sentence); ("bug", sentence, traceback). From it: one (url, task id).
"""

import os
import signal
import threading
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from labelmill.core.errors import LabelmillError, ModelUnusable, NotFound, StoreFault
from labelmill.flows.annotate import annotate_shard
from labelmill.flows.blame import DEFAULT_TRIES, blame
from labelmill.flows.catalog import load_model, open_card
from labelmill.models.base import Model
from labelmill.store import shards
from labelmill.store.database import Database
from labelmill.store.media import Media

LOOK_AGAIN = 0.3
"""Seconds between looks for a shard that another worker may have lost."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker needs before it knows its task: the stored card, the run's floor, where bytes lie."""

    home: Path
    card: str
    floor: float
    max_bytes: int
    max_pixels: int


def work(order: Order, line: Connection, life: Connection) -> None:
    """The process's main function. `life` closes when the supervisor dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to hear
    threading.Thread(target=_die_with, args=(life,), daemon=True).start()
    os.dup2(2, 1)  # whatever a model prints is not the command's answer
    _prefer_me_to_the_database()
    try:
        model = load_model(open_card(order.home, order.card), floor=order.floor)
        line.send(("ready",))
        media = Media(order.home / "media", max_bytes=order.max_bytes, max_pixels=order.max_pixels)
        url, task_id = line.recv()
        _work_on(Database(url), task_id, model, media, line)
        line.send(("end",))
    except (EOFError, BrokenPipeError):
        return  # the supervisor is gone; the lock on the shard goes with this process
    except ModelUnusable as error:
        line.send(("unusable", str(error)))
    except StoreFault as error:
        line.send(("store", str(error)))
    except NotFound:
        line.send(("end",))  # the task was deleted
    except LabelmillError as error:
        line.send(("unusable", str(error)))
    except Exception as error:  # noqa: BLE001 - a bug must reach the supervisor, whatever it is
        line.send(("bug", f"{type(error).__name__}: {error}", traceback.format_exc()))


def _work_on(database: Database, task_id: int, model: Model, media: Media, line: Connection) -> None:
    with database.session() as conn:
        shards.show_alive(conn, task_id)
        while True:
            claim = shards.claim(conn, task_id)
            if claim is None:
                if not _wait_for_more(conn, task_id, line):
                    return
                continue
            if claim.attempts > DEFAULT_TRIES:
                everything = [item.input_id for item in shards.items(conn, task_id, claim.no)]
                conn.commit()
                blame(conn, task_id, claim.no, everything, "crashed", "its process died each time it was tried")
            else:
                annotate_shard(conn, claim, model, media, _Teller(line, claim.no))
            line.send(("rest",))
            shards.release(conn, task_id, claim.no)


def _wait_for_more(conn: sa.Connection, task_id: int, line: Connection) -> bool:
    with conn.begin():
        more = shards.unfinished(conn, task_id)
    if more and line.poll(LOOK_AGAIN):  # the supervisor says nothing more: readable means that it is gone
        line.recv()
    return more


class _Teller:
    def __init__(self, line: Connection, no: int) -> None:
        self._line = line
        self._no = no

    def __call__(self, input_ids: Any) -> None:
        self._line.send(("batch", self._no, list(input_ids)))


def _prefer_me_to_the_database() -> None:
    """Let the kernel that runs out of memory end this process rather than PostgreSQL; Linux only."""
    score = Path("/proc/self/oom_score_adj")
    if score.exists():
        score.write_text("800")


def _die_with(life: Connection) -> None:
    life.poll(None)  # nothing is ever sent: readable means closed
    os._exit(1)
