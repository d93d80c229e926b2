"""How the pages move: frames while panning 5,000 regions, tasks while scrolling a grid of 200,000 inputs."""

import shutil
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.stage import CROWDED, INPUTS, stage
from bench.table import Row

FRAME = 16.0
TASK = 100.0
# a frame takes what it takes: without a limit to 60 a second the time between two is the cost of one
FLAGS = ["--disable-frame-rate-limit", "--disable-gpu-vsync"]

_WATCH_FRAMES = """() => {
  const canvas = document.querySelector('canvas.stage')
  const frames = (window.frames_ = [])
  let moved = false, before = performance.now()
  canvas.addEventListener('pointermove', () => (moved = true))
  const tick = (now) => {
    if (moved) frames.push(now - before)
    moved = false
    before = now
    requestAnimationFrame(tick)
  }
  requestAnimationFrame(tick)
}"""

_WATCH_TASKS = """() => {
  window.tasks_ = []
  new PerformanceObserver((list) => window.tasks_.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' })
}"""

_SCROLL = """async (until) => {
  const scroller = document.querySelector('.grid-scroller')
  const tile = () => Math.max(0, ...[...document.querySelectorAll('.tile')].map(({ dataset }) => Number(dataset.index)))
  while (tile() < until) {
    scroller.scrollBy(0, scroller.clientHeight * 0.7)
    await new Promise(requestAnimationFrame)
  }
  return tile()
}"""


def measure(_place: Path) -> list[Row]:
    """Rows for both; none where there is no browser."""
    browser = shutil.which("chromium")
    if browser is None:
        return [Row("pages", "not measured: there is no chromium")]
    with stage() as address, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox", *FLAGS])
        page = chromium.new_page(viewport={"width": 1920, "height": 1080})
        frames = _pan(page, address)
        tasks, reached = _scroll(page, address)
        chromium.close()
    typical, slow = median(frames), quantiles(frames, n=20)[-1]
    longest = max(tasks, default=0.0)
    return [
        Row("5,000 regions panned, a frame", f"{typical:.1f} ms", f"p95 {slow:.1f} ms of {len(frames)}", f"< {FRAME:.0f} ms", slow < FRAME),  # noqa: E501
        Row(
            f"grid of {INPUTS:,} scrolled, longest task",
            f"{longest:.0f} ms" if tasks else "< 50 ms",
            f"{len(tasks)} over 50 ms, {reached:,} inputs past",
            f"< {TASK:.0f} ms",
            longest < TASK,
        ),
    ]


def _pan(page: Page, address: str) -> list[float]:
    page.goto(f"{address}/projects/1/inputs/{CROWDED}")
    page.get_by_role("img", name="with 5000 annotations").wait_for()
    page.wait_for_function("document.querySelector('canvas.stage').dataset.painted === 'all'")
    page.evaluate(_WATCH_FRAMES)
    page.mouse.move(700, 500)
    page.mouse.down()
    for turn in range(6):
        page.mouse.move(300 + 700 * (turn % 2), 300 + 60 * turn, steps=60)
    page.mouse.up()
    return _numbers(page.evaluate("window.frames_"))


def _scroll(page: Page, address: str) -> tuple[list[float], int]:
    page.goto(f"{address}/projects/1/inputs")
    page.locator(".tile").first.wait_for()
    page.evaluate(_WATCH_TASKS)
    reached = page.evaluate(_SCROLL, 20_000)
    return _numbers(page.evaluate("window.tasks_")), int(reached)


def _numbers(said: Any) -> list[float]:
    return [float(one) for one in said]
