"""One real `labelmill up` for all walks of a worker process, and a browser with somebody signed in."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from e2e.walk import Walk, scratch
from mill import until
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright
from scratch import furnish

from labelmill import Client

# the shell is Chromium without windows, which are a third of the work of a walk
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--renderer-process-limit=1",
]  # fmt: skip

expect.set_options(timeout=20_000)


@dataclass(frozen=True)
class Up:
    """Where it is, the address that signs its owner in once, and the folder that may be imported from."""

    site: str
    link: str
    imports: Path


@pytest.fixture(scope="session")
def up(prepared_database: Path) -> Iterator[Up]:
    """Everything, as the command starts it; stopped at the end, with no fault on the way."""
    place = scratch()
    (place / "imports").mkdir()
    furnish(place / "home", prepared_database)
    env = {name: value for name, value in os.environ.items() if not name.startswith("LABELMILL_")}
    env |= {"LABELMILL_HOME": str(place / "home"), "LABELMILL_IMPORT_ROOTS": str(place / "imports")}
    command = [sys.executable, "-m", "labelmill", "up", "--port", "0"]
    log = (place / "log").open("w")
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout is not None
    try:
        said = process.stdout.readline() + process.stdout.readline()
        site, link = re.findall(r"http://\S+", said)
        yield Up(site, link, place / "imports")
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert "Traceback" not in (place / "log").read_text()
    finally:
        process.kill()
        process.communicate()
        log.close()
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, its shell where that is; without one the walks are skipped, and say so."""
    if CHROMIUM is None:
        pytest.skip("SKIPPED FOR WANT OF A BROWSER: there is no chromium, so the pages were not walked")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def signed_in(up: Up, browser: Browser) -> Any:
    """The state of a browser in which the owner came in by the printed address."""
    context = browser.new_context()
    walk = Walk(context.new_page(), up.site)
    walk.page.goto(up.link)
    walk.page.get_by_role("heading", name="Projects").first.wait_for()
    assert "token" not in walk.page.url
    assert walk.complaints == []
    state = context.storage_state()
    context.close()
    return state


def _opened(browser: Browser, state: Any) -> BrowserContext:
    # without movement: what is aimed at lies still, and is where it will be clicked
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce", storage_state=state)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(20_000)
    return context


Enter = Callable[..., Walk]


@pytest.fixture
def enter(up: Up, browser: Browser, signed_in: Any) -> Iterator[Enter]:
    """Opens a browser of one's own, signed in unless told otherwise; nothing that happens may make it complain."""
    walks: list[Walk] = []

    def open_(*, known: bool = True) -> Walk:
        walks.append(Walk(_opened(browser, signed_in if known else None).new_page(), up.site))
        return walks[-1]

    yield open_
    for walk in walks:
        walk.page.context.close()
    assert [complaint for walk in walks for complaint in walk.complaints] == []


@pytest.fixture(scope="session")
def window(browser: Browser, signed_in: Any) -> BrowserContext:
    """The owner's browser. It keeps the scripts of the pages: to read them anew took a tenth of all walks' time."""
    window = _opened(browser, signed_in)
    window.new_page()  # it stays, and clears what walks leave
    return window


@pytest.fixture
def walk(up: Up, window: BrowserContext) -> Iterator[Walk]:
    """A person who is signed in, on a page of their own; what they leave behind in the browser is cleared."""
    walk = Walk(window.new_page(), up.site)
    yield walk
    stays, *others = window.pages
    for page in others:
        page.close()  # now, because it writes down what is unsaved
    left = {"origin": up.site, "storageTypes": "local_storage"}
    session = window.new_cdp_session(stays)
    session.send("Storage.clearDataForOrigin", left)
    session.send("HeapProfiler.collectGarbage")  # all walks share a heap, and the fuller it is, the slower they are
    session.detach()
    assert walk.complaints == []


@pytest.fixture(scope="session")
def client(up: Up, browser: Browser, signed_in: Any) -> Iterator[Client]:
    """The owner's way past the pages, to make what a walk starts from."""
    context = browser.new_context(storage_state=signed_in)
    api = f"{up.site}/api/v1"
    csrf = context.request.get(f"{api}/session").json()["csrf"]
    made = context.request.post(f"{api}/tokens", headers={"X-Labelmill-CSRF": csrf}, data={"name": "walks-" * 30})
    token = made.json()["token"]
    context.close()
    with Client(up.site, token) as client:
        yield client


@dataclass(frozen=True)
class Shown:
    """A project with a bit of everything: ids of itself, its pictures, its texts and its two tasks, all done."""

    id: int
    images: list[int]
    texts: list[int]
    shapes: int
    words: int


@pytest.fixture(scope="session")
def shown(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """Outlines with a hole on drawn pictures, marked words in texts, and one text that failed."""
    folder = tmp_path_factory.mktemp("shown")
    project = client.projects.create("Bit of everything")["id"]
    client.inputs.upload(project, _pictures(folder / "pictures"), dataset="pictures")
    for name, text in {"good.txt": "The coat is warm and fits.", "poison.txt": "poison"}.items():
        client.inputs.paste(project, text, name=name, dataset="words")
    tasks = {}
    for name, dataset, card in (("shapes", "pictures", _SHAPES), ("words", "words", _WORDS)):
        path = folder / f"{name}.yaml"
        path.write_text(json.dumps({"name": name, "runtime": "fake", "licence": "Apache-2.0", **card}))
        client.models.add(path, project_id=project)
        dataset_id = client.datasets.named(project, dataset, make=False)["id"]
        tasks[name] = client.tasks.create(project, name, dataset_id=dataset_id, name=f"Find {name}")["id"]
    until(lambda: all(client.tasks.get(project, task)["status"] == "complete" for task in tasks.values()))
    found = list(client.inputs.list(project))
    images, texts = ([one["id"] for one in found if one["kind"] == kind] for kind in ("image", "text"))
    return Shown(project, images, texts, **tasks)


def _pictures(folder: Path) -> Path:
    folder.mkdir()
    for number in range(6):
        paper = np.full((300 + 20 * number, 480, 3), (90 + 15 * number, 160, 200), np.uint8)
        cv2.circle(paper, (160, 150), 90, (60, 60, 220), 50)
        cv2.rectangle(paper, (300, 90), (430, 220), (200, 90, 40), -1)
        assert cv2.imwrite(str(folder / f"{number}.png"), paper)
    return folder


def _square(x1: float, y1: float, x2: float, y2: float) -> list[list[float]]:
    return [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]


_RING = [[_square(0.15, 0.2, 0.52, 0.8), _square(0.25, 0.35, 0.42, 0.65)]]
_SHAPES = {
    "makes": "polygon", "reads": "image", "concepts": ["ring", "block"], "description": "Outlines rings and blocks",
    "script": {"predictions": [
        {"concept": "ring", "score": 0.95, "polygon": _RING},
        {"concept": "block", "score": 0.7, "polygon": [[_square(0.62, 0.3, 0.9, 0.74)]]},
        {"concept": "block", "score": 0.2, "polygon": [[_square(0.05, 0.05, 0.1, 0.1)]]},
    ]},
}  # fmt: skip
_WORDS = {
    "makes": "span", "reads": "text", "concepts": ["thing", "praise"], "description": "Marks words",
    "script": {"rules": [
        {"text": "poison", "do": "raise"},
        {"text": "coat", "predictions": [{"concept": "thing", "score": 0.97, "span": [4, 8]},
                                         {"concept": "praise", "score": 0.6, "span": [12, 16]}]},
    ]},
}  # fmt: skip
