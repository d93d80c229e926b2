"""The process in which a model runs. It takes shards until none is left, and tells its supervisor what it is at.

Messages to the supervisor: ("ready",) the model is loaded; ("shard", no, attempts, input ids) a shard is begun;
("rest",) it is saved; ("end",) nothing left to do; ("unusable", sentence); ("store", sentence); ("bug", sentence,
traceback). Where in its shard it is, is told in memory that both see: a message for each batch would cost a fast model
a tenth of its time.
From the supervisor: its Order, one (url, task id), then ("look",) when there may be nothing left to wait for.
"""

import gc
import os
import signal
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import RawArray
from pathlib import Path

import sqlalchemy as sa

from labelmill.core.errors import LabelmillError, ModelUnusable, NotFound, StoreFault
from labelmill.flows.annotate import Tell, annotate_shard
from labelmill.flows.blame import DEFAULT_TRIES, blame
from labelmill.flows.catalog import load_model, open_card
from labelmill.models.base import Model
from labelmill.store import shards
from labelmill.store.database import Database
from labelmill.store.media import Media
from labelmill.store.shards import Claim

RUNTIME = "labelmill.models.onnx"
"""What nearly every model needs, and what takes longest to import."""

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


class Place:
    """Where a worker is in its shard, in memory shared with its supervisor.

    `since`: when it came there (time.monotonic(), seconds); `first`, `count`: the inputs that are being read and shown
    to the model, by place in the shard; none before and after.
    """

    def __init__(self) -> None:
        self._numbers = RawArray("d", 3)

    def set(self, first: int, count: int) -> None:
        """The worker is there from now on."""
        self._numbers[:] = (time.monotonic(), first, count)

    def get(self) -> tuple[float, int, int]:
        """`since`, `first`, `count`."""
        since, first, count = self._numbers[:]
        return since, int(first), int(count)


def work(line: Connection, life: Connection, place: Place) -> None:
    """The process's main function. `life` closes when the supervisor dies."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the supervisor's to hear, also when the whole group is told
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=die_with, args=(life,), daemon=True).start()
    os.dup2(2, 1)  # whatever a model prints is not the command's answer
    prefer_me_to_the_database()
    try:
        import_module(RUNTIME)  # now: while the supervisor opens its database nobody else needs the time
        order: Order = line.recv()
        model = load_model(open_card(order.home, order.card), floor=order.floor)
        _look_for_garbage_seldom()
        line.send(("ready",))
        media = Media(order.home / "media", max_bytes=order.max_bytes, max_pixels=order.max_pixels)
        url, task_id = line.recv()
        _work_on(Database(url), task_id, model, media, line, place)
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


def _work_on(database: Database, task_id: int, model: Model, media: Media, line: Connection, place: Place) -> None:
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
                annotate_shard(conn, claim, model, media, partial(_begin, line, place, claim))
            line.send(("rest",))
            shards.release(conn, task_id, claim.no)


def _wait_for_more(conn: sa.Connection, task_id: int, line: Connection) -> bool:
    with conn.begin():
        more = shards.unfinished(conn, task_id)
    if more and line.poll(LOOK_AGAIN):
        line.recv()  # it says to look now, or is gone
    return more


def _begin(line: Connection, place: Place, claim: Claim, input_ids: Sequence[int]) -> Tell:
    place.set(0, 0)
    line.send(("shard", claim.no, claim.attempts, list(input_ids)))
    return place.set


def _look_for_garbage_seldom() -> None:
    """A shard's predictions are ten thousands of objects that all stay until it is saved: looking through them for
    garbage again and again finds none and takes a fiftieth of the time."""
    gc.freeze()  # the model and all modules stay to the end
    gc.set_threshold(50_000)


def prefer_me_to_the_database() -> None:
    """Let the kernel that runs out of memory end this process rather than PostgreSQL; Linux only."""
    score = Path("/proc/self/oom_score_adj")
    if score.exists():
        score.write_text("800")


def die_with(life: Connection) -> None:
    """End this process when the other end of a line is closed: its supervisor died."""
    life.poll(None)  # nothing is ever sent: readable means closed
    os._exit(1)
