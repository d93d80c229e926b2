"""A model on a few inputs, nothing stored: in a process of its own, which may hang or die without harm to others."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection

import psutil

from labelmill.core.errors import LabelmillError, ModelFault, ModelUnusable, TooOften, Unreadable
from labelmill.engine import nursery
from labelmill.engine.worker import die_with, prefer_me_to_the_database
from labelmill.flows.annotate import ask, read
from labelmill.flows.catalog import load_model
from labelmill.models.base import Checked
from labelmill.models.cards import Card
from labelmill.store.media import Media
from labelmill.store.shards import Item

AT_ONCE = 2
"""Trials that run at the same time; who comes in between is asked to come again."""

PATIENCE = 3.0
"""Seconds that one waits for a place."""

_TICK = 0.1
_places = threading.BoundedSemaphore(AT_ONCE)

Answer = Checked | Unreadable


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a trial may take: seconds in all, loading included; bytes of memory."""

    seconds: float
    memory: int


@dataclass(slots=True)
class Tried:
    """One answer an input, in order: predictions, or why there are none; seconds they took once the model was there."""

    answers: list[Answer]
    seconds: float = 0.0


def try_on(card: Card, media: Media, items: Sequence[Item], bounds: Bounds) -> Tried:
    """Have a model look at inputs.

    What hangs, dies or takes too much memory fails alone; the others are tried again without it while time is left.
    Raises ModelUnusable when the model cannot be loaded, TooOften when others try models now.
    """
    if not _places.acquire(timeout=PATIENCE):
        raise TooOften("Others are trying models at this moment: try again shortly.", 5)
    try:
        return _tried(card, media, items, bounds)
    finally:
        _places.release()


def try_to_load(card: Card, media: Media, bounds: Bounds) -> None:
    """Load a model and let it go. Raises ModelUnusable when it cannot be loaded, or hangs or dies of it."""
    with _Process(card, media, []) as process:
        fault = process.listen([], time.monotonic() + bounds.seconds, bounds)
    if fault is not None:
        raise _not_loaded(fault)


def _not_loaded(fault: ModelFault) -> ModelUnusable:
    return ModelUnusable(f"The model cannot be loaded: {fault}.")


def _tried(card: Card, media: Media, items: Sequence[Item], bounds: Bounds) -> Tried:
    ends = time.monotonic() + bounds.seconds
    tried = Tried([])
    answers = tried.answers
    while len(answers) < len(items):
        if time.monotonic() > ends:
            late = ModelFault("hung", f"it was not reached within {bounds.seconds:g} s")
            answers += [late] * (len(items) - len(answers))
            break
        with _Process(card, media, items[len(answers) :]) as process:
            fault = process.listen(answers, ends, bounds)
            tried.seconds += 0.0 if process.loaded is None else time.monotonic() - process.loaded
        if fault is not None:
            if process.loaded is None:
                raise _not_loaded(fault)
            answers.append(fault)
    return tried


class _Process:
    def __init__(self, card: Card, media: Media, items: Sequence[Item]) -> None:
        nursery.prepare()
        context = multiprocessing.get_context("forkserver")
        self._line, theirs = context.Pipe()
        self._life, watched = context.Pipe()
        self._process = context.Process(target=_work, args=(card, media, items, theirs, watched), daemon=True)
        self._process.start()
        theirs.close()
        watched.close()
        self.loaded: float | None = None

    def __enter__(self) -> "_Process":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()
        self._line.close()
        self._life.close()

    def listen(self, answers: list[Answer], ends: float, bounds: Bounds) -> ModelFault | None:
        """Add what it answers until it is done (None) or has to be given up (why)."""
        while True:
            if self._line.poll(_TICK):
                try:
                    said = self._line.recv()
                except (EOFError, ConnectionResetError):
                    self._process.join()
                    return ModelFault("crashed", f"its process ended with {self._process.exitcode}")
                match said:
                    case "loaded":
                        self.loaded = time.monotonic()
                    case "done":
                        return None
                    case ModelUnusable():
                        raise said
                    case _:
                        answers.append(said)
            elif time.monotonic() > ends:
                return ModelFault("hung", f"no answer within {bounds.seconds:g} s")
            elif (size := self._memory()) > bounds.memory:
                return ModelFault("memory", f"its process took {size >> 20:,} MiB, more than it may")

    def _memory(self) -> int:
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.NoSuchProcess:
            return 0  # its line tells how it ended


def _work(card: Card, media: Media, items: Sequence[Item], line: Connection, life: Connection) -> None:
    """The process's main function; it answers item by item, so that what it died on is known."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the caller's to hear
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=die_with, args=(life,), daemon=True).start()
    os.dup2(2, 1)  # whatever a model prints is not the caller's answer
    prefer_me_to_the_database()
    with closing(line):
        try:
            model = load_model(card)
        except LabelmillError as error:
            line.send(ModelUnusable(str(error)))
            return
        line.send("loaded")
        for item in items:
            try:
                line.send(ask(model, [read(item, model, media)])[0])
            except (Unreadable, ModelFault) as error:
                line.send(error)
        line.send("done")
