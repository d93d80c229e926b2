"""The demo as a newcomer meets it; with `--pictures` the pictures of the documents are taken on the way."""

import json
import re
import shlex
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import httpx2
import pytest
from e2e.walk import Walk, scratch
from mill import Mill, bands, checked, ended, until
from playwright.sync_api import Browser, expect
from scratch import furnish
from yard import gone

import labelmill.demo
from labelmill.flows.demo import MESSAGES, PHOTOS

DOCS = Path(__file__).parents[2] / "docs"
IMAGES = DOCS / "images"
TUTORIAL = (DOCS / "tutorial.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)
STEPS = [step for block in BLOCKS for step in block.removeprefix("$ ").split("\n$ ") if step.startswith("labelmill ")]
Take = Callable[[Walk, str], None]
NOTE_LABELS = """bar => {
    const seen = []
    new MutationObserver(() => seen.push(bar.ariaLabel)).observe(bar, { attributeFilter: ['aria-label'] })
    return seen
}"""
"""Keeps all labels that an element has had since."""
_LOADED = """() => [...document.images]
  .filter((image) => image.getBoundingClientRect().top < innerHeight)
  .every(({ complete, naturalWidth }) => complete && naturalWidth > 0)"""


@pytest.fixture
def take(request: pytest.FixtureRequest) -> Take:
    """Takes a picture for the documents when that was asked for."""

    def taken(walk: Walk, name: str) -> None:
        if request.config.getoption("--pictures"):
            IMAGES.mkdir(exist_ok=True)
            walk.page.wait_for_function(_LOADED)
            shot = IMAGES / f"{name}.png"
            walk.page.screenshot(path=shot)
            picture = cv2.imread(str(shot))
            assert picture is not None
            shot.unlink()
            cv2.imwrite(str(IMAGES / f"{name}.webp"), picture, [cv2.IMWRITE_WEBP_QUALITY, 82])

    return taken


@dataclass(frozen=True)
class Demo:
    """A running `labelmill demo`: the home it was given, the address that signs in."""

    mill: Mill
    link: str

    def tasks(self) -> list[dict[str, Any]]:
        """Its tasks, when all of them are done."""
        page, token = self.link.partition("/sign-in")[0], self.link.partition("#token=")[2]
        said = httpx2.post(f"{page}/api/v1/session", json={"token": token})
        assert said.status_code in (200, 401)  # its tasks begin when somebody signs in, who may have done so already
        until(lambda: {task["status"] for task in self._list()} == {"complete"}, 180, every=0.5)
        return self._list()

    def _list(self) -> list[dict[str, Any]]:
        return list(self.mill("tasks", "list", "--json", "--home", self.mill.home / "demo").json)


@pytest.fixture(scope="module")
def demo(prepared_database: Path) -> Iterator[Demo]:
    """One for all who look at it: drawing its photos takes the longest."""
    place = scratch()
    mill = Mill(place / "home")
    furnish(mill.home / "demo", prepared_database)
    process = mill.start("demo", "--port", "0")
    assert process.stdout is not None
    try:
        said = process.stdout.readline() + process.stdout.readline()
        yield Demo(mill, re.findall(r"http://\S+", said)[1])
        process.send_signal(signal.SIGINT)
        assert ended(process, 130).line == "stopped."
        until(lambda: gone(mill.home / "demo"))
    finally:
        mill.clear()
        shutil.rmtree(place, ignore_errors=True)


def test_the_demo_shows_what_labelmill_does(browser: Browser, demo: Demo, take: Take) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    walk = Walk(context.new_page(), demo.link.partition("/sign-in")[0])
    walk.page.goto(demo.link)
    expect(walk.page.get_by_role("heading", name="Outline the garments")).to_be_visible()
    task = walk.page.url.rpartition("/tasks/")[2]
    inputs = walk.page.get_by_role("region", name="Inputs of this task").get_by_role("img")
    expect(inputs).to_have_attribute("aria-label", re.compile(" 120 waiting, of 120 inputs"))
    seen = inputs.evaluate_handle(NOTE_LABELS)
    expect(inputs).to_have_attribute("aria-label", re.compile(" 0 waiting, of 120 inputs"), timeout=60_000)
    assert [label for label in seen.json_value() if not re.search(" (0|120) waiting", label)], "it moved as one looked"
    bar = walk.page.get_by_role("region", name="Scores and thresholds").get_by_role("img").first
    expect(bar).to_have_attribute("aria-label", re.compile(r"[1-9]\d* discarded, [1-9]\d* to .*, [1-9]\d* approved"))
    take(walk, "task")
    walk.page.get_by_role("link", name="Labeling Tasks").first.click()
    walk.page.get_by_role("link", name="New Labeling Task").first.click()
    walk.page.get_by_role("combobox", name="Dataset").click()
    walk.page.get_by_role("option", name=re.compile("^Wardrobe")).click()
    walk.page.get_by_role("radio", name=re.compile("^wardrobe-outlines")).click()
    expect(walk.page.get_by_role("complementary", name="Summary")).to_contain_text("Wardrobe · 120 inputs")
    expect(walk.button("Create Labeling Task")).to_be_enabled()
    take(walk, "new-task")
    walk.page.get_by_role("link", name="Inputs", exact=True).first.click()
    expect(walk.page.get_by_role("gridcell").locator("svg")).not_to_have_count(0)
    walk.page.wait_for_load_state("networkidle")
    take(walk, "inputs")
    walk.page.goto(f"{walk.page.url}?task_id={task}")  # with what one task says alone
    walk.page.get_by_role("link", name="Open wardrobe-004.jpg").click()
    expect(walk.page.get_by_role("complementary", name="Annotations")).to_contain_text("wardrobe-outlines")
    walk.page.wait_for_load_state("networkidle")
    walk.page.emulate_media(color_scheme="dark")
    take(walk, "viewer")
    walk.page.emulate_media(color_scheme="light")
    walk.page.get_by_role("link", name="Labeling Tasks").first.click()
    expect(walk.page.get_by_role("row").filter(has_text="Complete")).to_have_count(3, timeout=60_000)
    take(walk, "tasks")
    walk.page.get_by_role("row").filter(has_text="Outline the garments").get_by_role("link", name="Review").click()
    walk.button("Start reviewing").click()
    walk.page.locator("canvas.stage[data-painted=all]").wait_for()
    walk.page.keyboard.press("Tab")
    expect(walk.page.get_by_role("button", name=re.compile("^Find a concept to give")).first).to_be_visible()
    walk.page.wait_for_load_state("networkidle")
    take(walk, "review")
    walk.button("Grid review").click()
    expect(walk.page.get_by_text(re.compile("^Mark what is no "))).to_be_visible()
    walk.page.locator(".crop img").first.wait_for()
    walk.page.wait_for_load_state("networkidle")
    take(walk, "grid-review")
    assert walk.complaints == []
    context.close()


def test_every_band_of_its_tasks_has_much(demo: Demo) -> None:
    for task in demo.tasks():
        report = checked(demo.mill("tasks", "show", task["id"], "--json", "--home", demo.mill.home / "demo").json)
        inputs = {"Sort the messages": MESSAGES}.get(task["name"], PHOTOS)
        assert (report["inputs"], report["rejected"], report["failed"]) == (inputs, 0, 0)
        assert report["annotated"] > 0.9 * inputs
        assert min(bands(report).values()) > 20
        assert all(sum(counts.values()) > 0 for counts in report["concepts"].values())


def test_the_commands_of_the_tutorial(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What docs/tutorial.md has one type works in the order it is told, and says what the page shows."""
    monkeypatch.chdir(tmp_path)
    lies = Path(labelmill.demo.__file__).parent
    places = {"~/.labelmill/demo": str(demo.mill.home / "demo"), "src/labelmill/demo": str(lies)}
    assert demo.tasks()
    assert len(STEPS) > 5
    for step in STEPS:
        line, *shown = step.splitlines()
        for place, here in places.items():
            line = line.replace(place, here)
        said = demo.mill(*shlex.split(line)[1:])
        assert shown in ([], (said.out + said.err).splitlines())
    coco = json.loads((tmp_path / "garments.json").read_text())
    assert len(coco["images"]) == PHOTOS
    assert len(coco["annotations"]) > 100
    assert all(one["segmentation"] for one in coco["annotations"])
    texts = [json.loads(line) for line in (tmp_path / "messages.jsonl").read_text().splitlines()]
    assert {said["status"] for one in texts for said in one["annotations"]} == {"success", "awaiting_review"}
