"""The demo as a newcomer meets it; with `--pictures` the pictures of the documents are taken on the way."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest
from e2e.walk import Walk, scratch
from playwright.sync_api import Browser, expect

IMAGES = Path(__file__).parents[2] / "docs/images"
Take = Callable[[Walk, str], None]
NOTE_LABELS = """bar => {
    const seen = []
    new MutationObserver(() => seen.push(bar.ariaLabel)).observe(bar, { attributeFilter: ['aria-label'] })
    return seen
}"""
"""Keeps all labels that an element has had since."""


@pytest.fixture
def take(request: pytest.FixtureRequest) -> Take:
    """Takes a picture for the documents when that was asked for."""

    def taken(walk: Walk, name: str) -> None:
        if request.config.getoption("--pictures"):
            IMAGES.mkdir(exist_ok=True)
            shot = IMAGES / f"{name}.png"
            walk.page.screenshot(path=shot)
            picture = cv2.imread(str(shot))
            assert picture is not None
            shot.unlink()
            cv2.imwrite(str(IMAGES / f"{name}.webp"), picture, [cv2.IMWRITE_WEBP_QUALITY, 82])

    return taken


@pytest.fixture
def link() -> Iterator[str]:
    """The address that `labelmill demo` prints to sign in with."""
    home = scratch() / "home"
    command = [sys.executable, "-m", "labelmill", "demo", "--port", "0", "--home", str(home)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("LABELMILL_")}
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield re.findall(r"http://\S+", process.stdout.readline() + process.stdout.readline())[1]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    finally:
        process.kill()
        process.communicate()


def test_the_demo_shows_what_labelmill_does(browser: Browser, link: str, take: Take) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    walk = Walk(context.new_page(), link.partition("/sign-in")[0])
    walk.page.goto(link)
    expect(walk.page.get_by_role("heading", name="Outline the garments")).to_be_visible()
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
    walk.page.get_by_role("link", name=re.compile("^Open ")).first.click()
    expect(walk.page.get_by_role("complementary", name="Annotations")).to_contain_text("wardrobe-")
    walk.page.wait_for_load_state("networkidle")
    walk.page.emulate_media(color_scheme="dark")
    take(walk, "viewer")
    assert walk.complaints == []
    context.close()
