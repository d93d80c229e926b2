"""How the pages move: panning 5,000 regions, scrolling a grid of 200,000 inputs, deciding on input after input."""

import json
import shutil
from bisect import bisect
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.stage import CROWDED, CROWDED_TASK, INPUTS, REGIONS, stage
from bench.table import Row

FRAME = 16.0
TASK = 100.0
KEY = 50.0
DECISIONS = 60
PACE = 150.0
"""Between two keys, milliseconds: nobody is quicker. Asking a page sooner whether it has painted takes its time."""
SMOOTH = 16.0
"""A browser tells of no key that took less; milliseconds."""
_WATCH = """() => {
  window.took = []
  const pressed = new Map()
  addEventListener('keydown', ({ timeStamp, key }) => pressed.set(timeStamp, key), true)
  const keys = (list) => list.getEntries().filter(({ name }) => name === 'keydown')
  const note = (list) => took.push(...keys(list).map(({ startTime, duration }) => [pressed.get(startTime), duration]))
  new PerformanceObserver(note).observe({ type: 'event', durationThreshold: 16 })
}"""
_BARE = """<div class=face><canvas data-painted=all width=1570 height=900></canvas></div><script>
  const pen = document.querySelector('canvas').getContext('2d', { alpha: false })
  let turn = 0
  addEventListener('keydown', () => {
    pen.fillStyle = `hsl(${(turn += 40)} 50% 50%)`
    pen.fillRect(0, 0, 1570, 900)
  })
</script>"""
"""A page that only fills a stage with a key: what the browser and the machine need for themselves."""
_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_SCROLL = """async (until) => {
  const scroller = document.querySelector('.grid-scroller')
  const tile = () => Math.max(0, ...[...document.querySelectorAll('.tile')].map(({ dataset }) => Number(dataset.index)))
  while (tile() < until) {
    scroller.scrollBy(0, scroller.clientHeight * 0.7)
    await new Promise(requestAnimationFrame)
  }
  return tile()
}"""


def measure(place: Path) -> list[Row]:
    """Rows for all of them; one that says so where there is no browser, which is no success."""
    browser = shutil.which("chromium") or shutil.which("chromium-headless-shell")
    if browser is None:
        return [Row("pages", "not measured: there is no Chromium here, install one and run this again", reached=False)]
    with stage() as address, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        frames = _frames(_busy(_traced(chromium, f"{address}/projects/1/inputs/{CROWDED}", _pan, place)))
        crowded = f"{address}/projects/1/tasks/{CROWDED_TASK}/review?on=1"
        desk = _frames(_busy(_traced(chromium, crowded, _pan, place, keys=("Tab", "f"))))  # one of them is in hand
        reviewing = f"{address}/projects/1/tasks/1/review?on=1"
        keys: dict[str, list[float]] = {}
        _review(keys, _open(chromium, reviewing))  # not traced: noting all that happens takes a share of every key
        bare: dict[str, list[float]] = {}
        _review(bare, _bare(chromium))
        acts = _busy(_traced(chromium, reviewing, partial(_review, {}), place))
        tasks = [task.work for task in _busy(_traced(chromium, f"{address}/projects/1/inputs", _scroll, place))]
        chromium.close()
    longest, act = max(tasks), max(task.work for task in acts)
    return [
        _slowest(f"{REGIONS:,} regions panned in the viewer, work of a frame", frames, FRAME, 1),
        _slowest(f"{REGIONS:,} regions panned in the review desk, work of a frame", desk, FRAME, 1),
        Row(
            f"grid of {INPUTS:,} scrolled, longest task",
            f"{longest:.0f} ms",
            f"{sum(task > TASK / 2 for task in tasks)} over {TASK / 2:.0f} ms of {len(tasks)}",
            f"< {TASK:.0f} ms",
            longest < TASK,
        ),
        _slowest("reviewing, from Enter to painted decision", keys["Enter"], KEY),
        _slowest("reviewing, from Tab or Space to painted change", keys["Tab"] + keys[" "], KEY),
        _slowest("a page that only fills a stage, from Enter to paint", bare["Enter"]),
        Row(
            "reviewing, longest task",
            f"{act:.0f} ms",
            f"{sum(task.work > TASK / 2 for task in acts)} over {TASK / 2:.0f} ms of {len(acts)}",
            f"< {TASK:.0f} ms",
            act < TASK,
        ),
    ]


def _slowest(what: str, took: list[float], target: float | None = None, digits: int = 0) -> Row:
    """The 95th percentile of what something took (milliseconds), which may have to stay under a target."""
    slow = quantiles(took, n=20)[-1]
    said = (f"{what} (p95)", f"{slow:.{digits}f} ms", f"median {median(took):.{digits}f} ms of {len(took)}")
    return Row(*said) if target is None else Row(*said, f"< {target:.0f} ms", slow < target)


@dataclass(frozen=True, slots=True)
class _Task:
    """What the page's own thread did in one go; `draws`: it made a frame. Milliseconds of processor time."""

    work: float
    draws: bool


def _open(browser: Browser, address: str) -> Page:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(address)
    page.locator("canvas[data-painted=all], .tile").first.wait_for()
    return page


def _bare(browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.set_content(_BARE)
    return page


def _traced(
    browser: Browser, address: str, act: Callable[[Page], None], place: Path, keys: tuple[str, ...] = ()
) -> list[dict[str, Any]]:
    """What happened while somebody acts on a page, with some keys pressed before."""
    page = _open(browser, address)
    for key in keys:
        page.keyboard.press(key)
        _painted(page)
    trace = place / "trace.json"
    browser.start_tracing(page=page, path=trace)
    act(page)
    browser.stop_tracing()
    page.close()
    events: list[dict[str, Any]] = json.loads(trace.read_text())["traceEvents"]
    return events


def _pan(page: Page) -> None:
    page.mouse.move(700, 500)
    page.mouse.down()
    for turn in range(6):
        page.mouse.move(300 + 700 * (turn % 2), 300 + 60 * turn, steps=60)
    page.mouse.up()


def _scroll(page: Page) -> None:
    page.evaluate(_SCROLL, 6000)


def _painted(page: Page) -> None:
    page.locator(".face:not([data-behind]) :is(canvas[data-painted=all], .text-stage):visible").first.wait_for()
    page.evaluate(_FRAMES)


def _review(keys: dict[str, list[float]], page: Page) -> None:
    """Approve one input after another; what each key took until it was painted goes into `keys` (milliseconds)."""
    page.evaluate(_WATCH)
    for _ in range(DECISIONS):
        for key in ("Tab", "Space", "Enter"):
            page.keyboard.press(key)
            page.wait_for_timeout(PACE)
            _painted(page)
    noted: list[tuple[str, float]] = page.evaluate("took")
    for name in ("Tab", " ", "Enter"):
        took = [duration for key, duration in noted if key == name]
        keys[name] = took + [SMOOTH] * (DECISIONS - len(took))


def _busy(events: list[dict[str, Any]]) -> list[_Task]:
    """The tasks of the page's own thread. The first one only starts the trace."""
    frames = [event for event in events if event["name"] == "FireAnimationFrame"]
    (thread, _), *_ = Counter((event["pid"], event["tid"]) for event in frames).most_common(1)
    ours = [event for event in events if event["ph"] == "X" and (event["pid"], event["tid"]) == thread]
    starts = sorted(event["ts"] for event in ours if event["name"] == "FireAnimationFrame")
    tasks = sorted((event for event in ours if event["name"] == "RunTask"), key=lambda event: float(event["ts"]))
    return [
        _Task(event.get("tdur", 0) / 1000, bisect(starts, event["ts"]) < bisect(starts, event["ts"] + event["dur"]))
        for event in tasks
        if event["ts"] > starts[0]
    ]


def _frames(tasks: list[_Task]) -> list[float]:
    """What each frame cost: the task that made it with all since the one before."""
    costs = [0.0]
    for task in tasks:
        costs[-1] += task.work
        if task.draws:
            costs.append(0.0)
    return costs[1:-1]
