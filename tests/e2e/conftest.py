"""A real `labelmill up` for all walks of one test process, and a browser that somebody is signed in with."""

import json
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from mill import Mill, kill_group, until
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright
from scratch import Scratch
from walk import Enter, Shown, Site, Walk, scratch

import labelmill
from labelmill import Client

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's browser, driven; skips where there is none."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("SKIPPED FOR WANT OF A BROWSER: there is no chromium, so the pages were not walked")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(_scratch: Scratch) -> Iterator[Site]:
    """The command `up`, with its server and its worker."""
    pages = Path(labelmill.__file__).parent / "pages/index.html"
    assert pages.is_file(), "the pages are not built: make pages"
    folder = scratch()
    importable = folder / "importable"
    with _scratch.database() as url:
        mill = Mill(folder / "home", url, {"LABELMILL_IMPORT_ROOTS": str(importable)})
        up = mill.start("up", "--port", "0")
        assert up.stdout is not None
        told = ""
        while not (found := re.search(r"(http://[\w.:]+)/sign-in#token=\S+", told)):
            line = up.stdout.readline()
            assert line, f"up ended:\n{told}\n{up.communicate()[1]}"
            told += line
        yield Site(found[1], found[0], importable)
        up.terminate()
        try:
            assert up.wait(30) == 128 + signal.SIGTERM
        finally:
            kill_group(up)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def signed_in(site: Site, chromium: Browser) -> Any:
    """What a browser keeps of somebody who signed in by the printed link."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(site.link)
    page.wait_for_url("**/projects")
    assert "token" not in page.url
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture(scope="session")
def client(site: Site, signed_in: Any, chromium: Browser) -> Iterator[Client]:
    """The same person's way past the pages, to make what a walk starts from."""
    context = chromium.new_context(storage_state=signed_in)
    api = f"{site.address}/api/v1"
    csrf = context.request.get(f"{api}/session").json()["csrf"]
    made = context.request.post(f"{api}/tokens", headers={"X-Labelmill-CSRF": csrf}, data={"name": "walks"})
    token = made.json()["token"]
    context.close()
    with Client(site.address, token) as client:
        yield client


@pytest.fixture
def enter(site: Site, signed_in: Any, chromium: Browser) -> Iterator[Enter]:
    """Opens a browser of one's own, signed in unless told otherwise. What it complains of fails the test."""
    opened: list[tuple[BrowserContext, Walk]] = []

    def open_(*, known: bool = True, width: int = 1280, height: int = 800, **more: Any) -> Walk:
        more |= {"storage_state": signed_in} if known else {}
        context = chromium.new_context(viewport={"width": width, "height": height}, **more)
        context.set_default_timeout(20_000)
        opened.append((context, Walk(context.new_page(), site.address)))
        return opened[-1][1]

    yield open_
    for context, _ in opened:
        context.close()
    assert [complaint for _, walk in opened for complaint in walk.complaints] == []


@pytest.fixture
def walk(enter: Enter) -> Walk:
    """One such browser."""
    return enter()


@pytest.fixture(scope="session")
def shown(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """Drawn pictures and texts, with two tasks done: outlines with a hole, and words; one input failed."""
    folder = tmp_path_factory.mktemp("shown")
    project = client.projects.create("Bit of everything")["id"]
    client.inputs.upload(project, _pictures(folder / "pictures"), dataset="pictures")
    texts = {"good.txt": "The coat is warm and fits.", "long.txt": "So cold. " * 200, "poison.txt": "poison"}
    for name, text in texts.items():
        client.inputs.paste(project, text, name=name, dataset="words")
    tasks = {}
    for name, dataset, card in (("shapes", "pictures", _SHAPES), ("words", "words", _WORDS)):
        path = folder / f"{name}.yaml"
        path.write_text(json.dumps({"name": name, "runtime": "fake", "licence": "Apache-2.0", **card}))
        client.models.add(path, project_id=project)
        datasets = {one["name"]: one["id"] for one in client.datasets.list(project)}
        made = client.tasks.create(project, name, dataset_id=datasets[dataset], name=f"Find {name}")
        tasks[name] = made["id"]
    until(lambda: all(client.tasks.get(project, task)["status"] == "complete" for task in tasks.values()))
    found = list(client.inputs.list(project))
    images, words = ([one["id"] for one in found if one["kind"] == kind] for kind in ("image", "text"))
    return Shown(project, images, words, **tasks)


def _pictures(folder: Path) -> Path:
    folder.mkdir()
    for number in range(8):
        paper = np.full((300 + 20 * number, 480, 3), (90 + 15 * number, 160, 200), np.uint8)
        cv2.circle(paper, (160, 150), 90, (60, 60, 220), -1)
        cv2.circle(paper, (160, 150), 40, (90 + 15 * number, 160, 200), -1)
        cv2.rectangle(paper, (300, 90), (430, 220), (200, 90, 40), -1)
        assert cv2.imwrite(str(folder / f"{number}.png"), paper)
    return folder


def _square(x1: float, y1: float, x2: float, y2: float) -> list[list[float]]:
    return [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]


_SHAPES = {
    "makes": "polygon", "reads": "image", "concepts": ["ring", "block"], "description": "Outlines rings and blocks",
    "script": {"predictions": [
        {"concept": "ring", "score": 0.95,
         "polygon": [[_square(0.15, 0.2, 0.52, 0.8), _square(0.25, 0.35, 0.42, 0.65)]]},
        {"concept": "block", "score": 0.7, "polygon": [[_square(0.62, 0.3, 0.9, 0.74)]]},
        {"concept": "block", "score": 0.2, "polygon": [[_square(0.05, 0.05, 0.1, 0.1)]]},
    ]},
}  # fmt: skip
_WORDS = {
    "makes": "span", "reads": "text", "concepts": ["thing", "praise"], "description": "Marks words",
    "script": {
        "predictions": [],
        "rules": [
            {"text": "poison", "do": "raise"},
            {"text": "coat", "predictions": [{"concept": "thing", "score": 0.97, "span": [4, 8]},
                                             {"concept": "praise", "score": 0.6, "span": [12, 16]}]},
        ],
    },
}  # fmt: skip
