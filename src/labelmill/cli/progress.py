"""What a person sees while it runs and when it is done."""

import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self

from labelmill.cli.shared import tell

EVERY = 0.5
"""Seconds between looks at a task; ten times as long as the look took, if that is longer."""

LINE_EVERY = 10.0
"""Seconds between lines, and looks, where stderr is no terminal."""

WORTH_TELLING = 32 * 2**20


class Numbers(NamedTuple):
    """How far a task is: inputs, those of them that wait or failed, and predictions by band."""

    inputs: int
    waiting: int
    failed: int
    bands: Mapping[str, int]


class Progress:
    """A live line on a terminal, a line now and then in a file; always on stderr."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._shown = False
        self._look: Callable[[], Numbers] | None = None
        self._next = 0.0
        self._next_line = 0.0
        self._started = 0.0
        self._done_before = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._shown:
            print(file=sys.stderr)

    def reading(self, count: int) -> None:
        """So many items of the source are read."""
        self._show(f"Reading: {count:,} files or rows")

    def drawing(self, count: int, total: int) -> None:
        """So many of the demo's photos are drawn."""
        self._show(f"Drawing: {count:,} of {total:,} photos")

    def sending(self, count: int) -> None:
        """So many bytes have left for a server that has not answered yet; little is not worth a line."""
        if count >= WORTH_TELLING:
            self._show(f"Sending: {count >> 20:,} MiB")

    def follow(self, look: Callable[[], Numbers]) -> None:
        """From now on the ticks tell of a task; `look` says how far it is."""
        self._look, self._started = look, time.monotonic()
        now = look()
        self._done_before = now.inputs - now.waiting
        self._next_line = time.monotonic() + LINE_EVERY
        self._next = 0.0 if self._live else self._next_line

    def tick(self) -> None:
        """Look at the task and show it, when it is time."""
        now = time.monotonic()
        if self._look is None or now < self._next:
            return
        seen = self._look()
        took = time.monotonic() - now
        self._show(_line(seen, now - self._started, self._done_before))
        self._next = now + max(EVERY, 10 * took) if self._live else self._next_line

    def _show(self, line: str) -> None:
        now = time.monotonic()
        if self._live:
            print(f"\r\x1b[2K{line}", end="", file=sys.stderr, flush=True)
            self._shown = True
        elif now >= self._next_line:
            self._next_line = now + LINE_EVERY
            tell(line)


def _line(seen: Numbers, seconds: float, done_before: int) -> str:
    done = seen.inputs - seen.waiting
    speed = (done - done_before) / seconds if seconds > 0 else 0.0
    left = f"about {_time(seen.waiting / speed)} left" if speed > 0 else "starting"
    triaged = " · ".join(f"{band} {count:,}" for band, count in seen.bands.items())
    failed = f" · failed {seen.failed:,}" if seen.failed else ""
    return f"{done:,} of {seen.inputs:,} inputs · {speed:,.1f}/s · {left} · {triaged}{failed}"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def summary(said: dict[str, Any]) -> None:
    """A task's report as tables on stdout."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    table = Table("Concept", box=None)
    for band, colour in (("approved", "green"), ("review", "yellow"), ("discarded", "bright_black")):
        table.add_column(band, justify="right", style=colour)
    seen = [(name, n) for name, n in said["concepts"].items() if any(n.values())]
    for name, n in seen:
        table.add_row(Text(name), *(f"{n[band]:,}" for band in ("approved", "review", "discarded")))
    if seen:
        console.print(table)
    if silent := len(said["concepts"]) - len(seen):
        console.print(f"{silent} concepts were not seen." if seen else "No concept was seen.")
    for failure in said["failures"][:10]:
        console.print(Text("{source}: {message} ({stage}, {kind})".format(**failure), style="red"))
    if said["failures_total"] > 10:
        console.print(f"... {said['failures_total']:,} failures in all: labelmill tasks show {said['task']} --json")
    console.print(Text(_ledger(said)))


def _ledger(said: dict[str, Any]) -> str:
    read = f"{said['sources']:,} sources: {said['inputs']:,} inputs, {said['duplicates']:,} duplicates, "
    made = ", ".join(f"{said[outcome]:,} {outcome}" for outcome in ("annotated", "empty", "failed", "waiting"))
    task = f"Task {said['task']} ({said['status']}): {made} in {said['seconds']:.1f} s"
    return f"{read}{said['rejected']:,} rejected\n{task}"
