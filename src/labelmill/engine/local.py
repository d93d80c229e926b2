"""Worker processes on this machine: started early, watched, replaced when they die, never trusted."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from labelmill.core.errors import BadCard, LabelmillError, ModelUnusable, StoreFault
from labelmill.engine import nursery
from labelmill.engine.nursery import Hand
from labelmill.engine.worker import Order
from labelmill.flows.apply import redecide_all
from labelmill.flows.blame import blame
from labelmill.flows.catalog import open_card
from labelmill.models.catalog import describe
from labelmill.store import activity, counts, models, notifications, shards, tasks
from labelmill.store.database import Database

TICK = 0.2
"""Seconds between looks at clocks and memory."""

DEATHS_IN_A_ROW = 20
"""So many deaths of which each took what the model was shown first, with no shard done in between, mean that the model,
not an input, is at fault: halving a batch of 256 down to one culprit takes 8. When an input alone in its shard is tried
again, that is left out: it has been found already, and its tries come to an end by themselves."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may take: seconds for a batch, seconds to load the model, bytes of memory."""

    batch_seconds: float = 60.0
    load_seconds: float = 300.0
    memory: int = 0

    @property
    def most_memory(self) -> int:
        """The limit in bytes; by default four fifths of the machine's memory."""
        import psutil  # here and below: 8 ms that a command has when its workers load the model

        return self.memory or psutil.virtual_memory().total * 4 // 5


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine gives to a run: where its home is, how many workers, what each may take, what inputs may be."""

    home: Path
    workers: int
    limits: Limits
    max_bytes: int
    max_pixels: int


@dataclass(slots=True)
class _Worker:
    hand: Hand
    since: float
    state: str = "loading"
    shard: int = -1
    attempts: int = 0
    inputs: list[int] = field(default_factory=list)
    killed: tuple[str, str] | None = None

    @property
    def suspects(self) -> list[int]:
        """Ids of the inputs that it is reading or showing to the model now."""
        _, first, count = self.hand.place.get()
        return self.inputs[first : first + count] if self.state == "working" else []


def pool(machine: Machine, card: str, floor: float, inputs: int | None = None) -> "Pool":
    """Worker processes for a kept card (flows.catalog.keep); no more than there are inputs, where that is known."""
    size = machine.workers if inputs is None else max(1, min(machine.workers, inputs))
    return Pool(Order(machine.home, card, floor, machine.max_bytes, machine.max_pixels), size, machine.limits)


def run_task(database: Database, machine: Machine, task_id: int, on_tick: Callable[[], None]) -> None:
    """Do whatever a task still needs: shards to decide again, then inputs that wait. Raises as Pool.run does.

    A task that was deleted since needs nothing, nor does one that people label.
    """
    with database.begin() as conn:
        if tasks.priority(conn, task_id) is None:
            return
    redecide(database, machine.home, task_id)
    with database.begin() as conn:
        terms = tasks.terms(conn, task_id)
        card = models.by_id(conn, terms.model_version_id).card
        waiting = counts.ledger(conn, task_id).waiting if shards.unfinished(conn, task_id) else 0
    if waiting:
        workers = pool(machine, card, terms.floor, waiting)
        workers.start()
        workers.run(database, task_id, on_tick)
        redecide(database, machine.home, task_id)  # thresholds may have moved while the last shards were under way


def redecide(database: Database, home: Path, task_id: int) -> None:
    """Decide a task's shards again that were decided under older thresholds; the model is not run.

    Raises ModelUnusable when the kept card cannot be read (recorded on the task).
    """
    with database.session() as conn:
        version = models.by_id(conn, tasks.terms(conn, task_id).model_version_id)
        conn.commit()
        try:
            card = open_card(home, version.card)
        except BadCard as error:
            with conn.begin():
                fail(conn, task_id, str(error))
            raise ModelUnusable(str(error)) from error
        redecide_all(conn, task_id, describe(card).overlap)


def fail(conn: sa.Connection, task_id: int, message: str) -> None:
    """Record why a task's model cannot run, and tell who made it."""
    tasks.set_error(conn, task_id, message)
    activity.happened(conn, task_id, "fail_run", {"message": message})
    notifications.failed(conn, task_id)


def _begin(conn: sa.Connection, task_id: int) -> None:
    waiting = counts.ledger(conn, task_id).waiting
    activity.happened(conn, task_id, "start_run", {"waiting": waiting})


def _finish(conn: sa.Connection, task_id: int) -> None:
    """Tell that a task is complete, if it is: it may have been paused or cancelled."""
    found = counts.ledger(conn, task_id)
    if found.waiting == 0:
        told = {"annotated": found.annotated, "empty": found.empty, "failed": found.failed}
        activity.happened(conn, task_id, "finish_run", told)
    notifications.finished(conn, task_id)


class Pool:
    """A model in several processes. `start`, then `wait_ready`, then `run` one task, then `close`.

    Processes are forked from one that has imported the model's runtime already (nursery): a new one costs milliseconds.
    """

    def __init__(self, order: Order, size: int, limits: Limits) -> None:
        self._order = order
        self._size = size
        self._limits = limits
        self._workers: list[_Worker] = []
        self._hiring = threading.Thread()
        self._deaths = 0
        self._next_look = 0.0
        self._task: tuple[Database, int] | None = None

    def start(self) -> None:
        """Start the processes; they load the model while the caller goes on."""
        self._hiring = threading.Thread(target=self._hire_all)  # a fork may wait for the imports of the server
        self._hiring.start()

    def wait_ready(self) -> None:
        """Wait until every process has loaded the model. Raises ModelUnusable when it cannot be loaded."""
        self._hiring.join()
        if len(self._workers) < self._size:
            raise ModelUnusable("Worker processes cannot be started on this machine: is it out of memory or processes?")
        while any(w.state == "loading" for w in self._workers):
            self._listen()
            self._look()

    def run(self, database: Database, task_id: int, on_tick: Callable[[], None]) -> None:
        """Work on a task until its shards are done or it is cancelled; `on_tick` is called a few times a second.

        Raises ModelUnusable when the model cannot run (recorded on the task), StoreFault when the database cannot
        go on; both leave a task that can be resumed.
        """
        started = time.monotonic()
        try:
            with database.begin() as conn:
                _begin(conn, task_id)
            self.wait_ready()
            started = time.monotonic()
            self._task = (database, task_id)
            for worker in self._workers:
                self._give_task(worker)
            while self._workers:
                self._listen()
                self._look()
                on_tick()
            with database.begin() as conn:
                _finish(conn, task_id)
        except ModelUnusable as error:
            with database.begin() as conn:
                fail(conn, task_id, str(error))
            raise
        finally:
            self.close()
            _remember(database, task_id, time.monotonic() - started)

    def close(self) -> None:
        """End the processes at once; what a shard had not committed is done again by whoever comes next."""
        if self._hiring.is_alive():
            self._hiring.join()
        for worker in self._workers:
            worker.hand.process.kill()
            self._bury(worker)
        self._workers = []

    def _hire_all(self) -> None:
        for _ in range(self._size):
            self._hire()

    def _hire(self) -> None:
        worker = _Worker(nursery.hire(), time.monotonic())
        self._workers.append(worker)
        with suppress(OSError):  # it just died: _listen hears of it
            worker.hand.line.send(self._order)

    def _give_task(self, worker: _Worker) -> None:
        if self._task is not None:
            database, task_id = self._task
            worker.state = "resting"
            with suppress(OSError):  # it just died: _listen hears of it
                worker.hand.line.send((database.url, task_id))

    def _let_look(self) -> None:
        """One found nothing left to do: so will those that wait for what it might have lost."""
        for worker in self._workers:
            if worker.state == "resting":
                with suppress(OSError):  # it just died: _listen hears of it
                    worker.hand.line.send(("look",))

    def _listen(self) -> None:
        lines = {worker.hand.line: worker for worker in self._workers}
        for line in connection.wait(list(lines), timeout=TICK):
            worker = lines[line]  # type: ignore[index]  # wait gives back what it got
            try:
                message = worker.hand.line.recv()
            except (EOFError, ConnectionResetError):
                self._died(worker)
                continue
            self._heard(worker, message)

    def _heard(self, worker: _Worker, message: tuple[Any, ...]) -> None:
        match message:
            case ("ready",):
                worker.state = "ready"
                self._give_task(worker)
            case ("shard", shard, attempts, inputs):
                worker.state, worker.shard, worker.attempts, worker.inputs = "working", shard, attempts, inputs
            case ("rest",):
                worker.state, self._deaths = "resting", 0
            case ("end",):
                self._workers.remove(worker)
                self._bury(worker)
                self._let_look()
            case ("unusable", sentence):
                raise ModelUnusable(sentence)
            case ("store", sentence):
                raise StoreFault(sentence)
            case ("bug", sentence, trace):
                raise LabelmillError(f"A worker failed in a way that is a fault of Labelmill: {sentence}\n{trace}")

    def _look(self) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return  # looking at each message would cost more than what is looked for
        self._next_look = now + TICK
        for worker in list(self._workers):
            if worker.suspects and now - worker.hand.place.get()[0] > self._limits.batch_seconds:
                self._end(worker, "hung", f"no answer within {self._limits.batch_seconds:g} s")
            elif worker.state == "loading" and now - worker.since > self._limits.load_seconds:
                raise ModelUnusable(f"The model was not loaded within {self._limits.load_seconds:g} s.")
            elif (size := _memory(worker)) > self._limits.most_memory:
                self._end(worker, "memory", f"its process took {size >> 20:,} MiB, more than it may")

    def _end(self, worker: _Worker, kind: str, message: str) -> None:
        if worker.killed is None:
            worker.killed = (kind, message)
            worker.hand.process.kill()  # its line closes: _listen hears of the death

    def _died(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._bury(worker)
        kind, message = worker.killed or ("crashed", f"the model's process {_manner(worker.hand.process.exitcode)}")
        if worker.suspects and self._task is not None:  # first: who resumes a model that died too often comes further
            database, task_id = self._task
            with database.session() as conn:
                blame(conn, task_id, worker.shard, worker.suspects, kind, message)
        self._count(worker)
        if worker.state == "loading" and self._deaths >= 3:
            raise ModelUnusable(f"The model cannot be loaded: {message}.")
        if self._deaths >= DEATHS_IN_A_ROW:
            raise ModelUnusable(f"The model died {self._deaths} times in a row; at the last: {message}.")
        self._hire()

    def _count(self, worker: _Worker) -> None:
        _, answered, _ = worker.hand.place.get()
        if worker.state == "working" and answered:
            self._deaths = 0
        if not (worker.suspects and len(worker.inputs) == 1 and worker.attempts > 1):
            self._deaths += 1

    def _bury(self, worker: _Worker) -> None:
        worker.hand.line.close()
        worker.hand.life.close()
        worker.hand.process.join()


def _memory(worker: _Worker) -> int:
    import psutil

    try:
        return int(psutil.Process(worker.hand.process.pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0  # it just ended: the next message or the closed line tells how


def _manner(exitcode: int | None) -> str:
    if exitcode is None or exitcode >= 0:
        return f"ended with status {exitcode}"
    if exitcode == -9:
        return "was killed (signal 9), most often for lack of memory"
    return f"crashed with signal {-exitcode}"


def _remember(database: Database, task_id: int, seconds: float) -> None:
    try:
        with database.begin() as conn:
            tasks.add_seconds(conn, task_id, annotate=seconds)
    except StoreFault:
        return  # the fault that ended the run is already on its way; the seconds are only told, never relied on
