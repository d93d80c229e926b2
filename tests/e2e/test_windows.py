"""Pages fit their window, and what opens over them keeps nobody out; keys act on what is seen."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

from e2e.conftest import Shown
from e2e.walk import Walk
from mill import write_texts
from playwright.sync_api import expect

from labelmill import Client

_FITS = """() => [document.documentElement, document.querySelector('.main')]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  .map(({ scrollWidth, clientWidth }) => `${scrollWidth} in ${clientWidth}`)"""

_DROP = """(files) => {
  const transfer = new DataTransfer()
  for (const [name, content] of files)
    transfer.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name))
  const frame = document.querySelector('.frame')
  for (const kind of ['dragenter', 'dragover', 'drop'])
    frame.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }))
}"""


def test_no_page_is_wider_than_the_window(walk: Walk, client: Client, shown: Shown) -> None:
    assert max(len(token["name"]) for token in client.tokens.list()) > 100
    places = ["inputs", f"inputs/{shown.images[0]}", "datasets", "concepts", "models", "members", "settings"]
    places += ["tasks", "tasks/new", f"tasks/{shown.shapes}"]
    wide = {}
    for place in ["/account", "/notifications", *(f"/projects/{shown.id}/{place}" for place in places)]:
        walk.go(place)
        walk.page.get_by_role("heading", level=1).wait_for()
        walk.page.get_by_role("status", name="Loading").wait_for(state="detached")
        for width in (820, 1280, 1920):
            walk.page.set_viewport_size({"width": width, "height": 768})
            walk.settle()
            wide[place, width] = walk.page.evaluate(_FITS)
    assert {place: by for place, by in wide.items() if by} == {}


def test_all_columns_of_tasks_are_seen(walk: Walk, shown: Shown) -> None:
    for width in (1280, 1920):
        walk.page.set_viewport_size({"width": width, "height": 768})
        walk.go(f"/projects/{shown.id}/tasks")
        table = walk.page.get_by_role("region", name="Tasks")
        table.get_by_role("link", name="Find shapes").wait_for()
        heads = table.get_by_role("columnheader")
        expect(heads.filter(has_text="Date")).to_be_in_viewport(ratio=1)
        said = " ".join(heads.all_inner_texts())
        for name in ("Name", "Labeling Status", "% Reviewed", "Dataset", "Annotation type", "Concepts", "Labeled by",
                     "Reviewers", "Inputs", "Priority"):  # fmt: skip
            assert name in said
        assert table.evaluate("({ scrollWidth, clientWidth }) => scrollWidth - clientWidth") == 0


def test_what_opens_over_a_page_keeps_nobody_out(walk: Walk, shown: Shown) -> None:
    page, at = walk.page, f"/projects/{shown.id}"
    tile = page.locator(".tile").first

    def pressed(key: str) -> None:
        tile.wait_for()
        page.keyboard.press(key)

    def per_concept() -> None:
        page.get_by_role("radio", name=re.compile("^shapes")).click()
        page.get_by_text("Per concept", exact=True).click()

    opened: list[tuple[str, Callable[[], None], str]] = [
        (f"{at}/inputs", lambda: pressed("Control+k"), "[role=dialog] input"),
        (f"{at}/inputs", lambda: pressed("Control+a"), "[role=toolbar]"),
        (f"{at}/inputs", lambda: pressed("?"), "[role=dialog] kbd"),
        (f"{at}/inputs/{shown.images[0]}", lambda: None, "canvas[data-painted=all]"),
        (f"{at}/inputs/{shown.texts[0]}", lambda: None, "mark"),
        (f"{at}/tasks/new", per_concept, "[role=dialog] [role=slider]"),
        (f"{at}/models", lambda: walk.button("Add model").first.click(), "[role=dialog] .dropzone"),
        (f"{at}/tasks/{shown.words}", lambda: walk.button(re.compile("^thing")).click(), ".sample"),
    ]
    faults = []
    for place, open_, shows in opened:
        walk.go(place)
        open_()
        page.locator(shows).first.wait_for()
        faults += [f"{place}, {shows}: {fault}" for fault in walk.faults()]
    assert faults == []


def test_files_are_dropped_selected_by_keys_and_deleted(walk: Walk, tmp_path: Path) -> None:
    page = walk.page
    walk.new_project("Dropped")
    walk.button("Choose files").wait_for()
    texts = sorted(write_texts(tmp_path, ["one", "two", "three"]).iterdir())
    page.evaluate(_DROP, [(path.name, base64.b64encode(path.read_bytes()).decode()) for path in texts])
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(3)

    page.get_by_role("grid", name="Inputs").focus()
    for key in ("Home", "Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("Delete")
    walk.button("Cancel", walk.dialog()).click()
    expect(walk.dialog()).to_have_count(0)
    page.keyboard.press("Control+a")
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.keyboard.press("Delete")
    walk.button("Delete", walk.dialog()).click()
    expect(page.get_by_text("Drop your pictures and texts here")).to_be_visible()
