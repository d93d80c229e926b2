"""One real `labelmill up` for all walks of a worker process, and a browser with somebody signed in."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from e2e.walk import Walk, scratch
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass(frozen=True)
class Up:
    """Where it is, the address that signs its owner in once, and the folder that may be imported from."""

    site: str
    link: str
    imports: Path


@pytest.fixture(scope="session")
def up() -> Iterator[Up]:
    """Everything, as the command starts it; stopped at the end, with no fault on the way."""
    place = scratch()
    (place / "imports").mkdir()
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
    """Debian's Chromium; without one the walks are skipped, and say so."""
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


@pytest.fixture
def walk(up: Up, browser: Browser, signed_in: Any) -> Iterator[Walk]:
    """A person who is signed in; nothing that happens may make the browser complain."""
    context = browser.new_context(storage_state=signed_in, viewport={"width": 1280, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(20_000)
    walk = Walk(context.new_page(), up.site)
    yield walk
    assert walk.complaints == []
    context.close()
