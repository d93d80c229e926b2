"""Inputs: every way in, looking, and deleting."""

import base64
import re
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect
from walk import Shown, Site, Walk

_DROP = """({ files }) => {
  const transfer = new DataTransfer()
  for (const [name, content] of files)
    transfer.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name))
  const frame = document.querySelector('.frame')
  for (const kind of ['dragenter', 'dragover', 'drop'])
    frame.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }))
}"""


def drawn(path: Path, shade: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), np.full((60, 90, 3), (shade, 120, 255 - shade), np.uint8))
    return path


def test_files_come_in_by_drop_folder_archive_table_paste_and_from_the_server(
    walk: Walk, site: Site, tmp_path: Path
) -> None:
    page = walk.page
    walk.new_project("Ways in")
    tiles = page.locator(".tile")

    good, bad = drawn(tmp_path / "good.png", 10), tmp_path / "bad.png"
    bad.write_bytes(good.read_bytes()[:40])
    files = [(path.name, base64.b64encode(path.read_bytes()).decode()) for path in (good, bad)]
    page.evaluate(_DROP, {"files": files})
    walk.told("1 input from 2 files")
    panel = page.get_by_role("status").filter(has_text="could not be read")
    expect(panel).to_contain_text("bad.png")
    expect(tiles).to_have_count(1)
    walk.button("Close", panel).click()

    for number in range(3):
        drawn(tmp_path / f"folder/deep/{number}.png", 40 + number)
    page.get_by_label("Folder", exact=True).set_input_files(tmp_path / "folder")
    expect(tiles).to_have_count(4)

    with zipfile.ZipFile(tmp_path / "more.zip", "w") as packed:
        packed.write(drawn(tmp_path / "zipped.png", 90), "zipped.png")
    (tmp_path / "rows.csv").write_text("id,text\n1,first\n2,second\n")
    page.get_by_label("Files", exact=True).set_input_files([tmp_path / "more.zip", tmp_path / "rows.csv"])
    expect(tiles).to_have_count(7)

    walk.button("Paste text").click()
    walk.dialog().get_by_label("Text").fill("Pasted by hand.")
    walk.button("Add text").click()
    expect(tiles).to_have_count(8)
    walk.told("Pasted by hand.")

    drawn(site.importable / "photos/a.png", 130)
    (site.importable / "photos/broken.jpg").write_bytes(b"no picture")
    walk.button("Upload").click()
    page.get_by_role("menuitem", name="From a folder of the server").click()
    walk.button(str(site.importable), walk.dialog()).click()
    walk.button("photos", walk.dialog()).click()
    walk.button("Import photos").click()
    expect(tiles).to_have_count(9)
    expect(page.get_by_role("alert").filter(has_text="could not be read")).to_contain_text("broken.jpg")
    expect(walk.heading("Inputs").locator("xpath=..")).to_contain_text("9")


def test_a_person_filters_selects_and_deletes(walk: Walk, tmp_path: Path) -> None:
    page = walk.page
    walk.new_project("Too many")
    walk.upload([drawn(tmp_path / f"{number}.png", 20 * number) for number in range(6)], 6)
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(6)

    page.get_by_text("Texts", exact=True).click()
    walk.told("No input is like that")
    assert page.url.endswith("kind=text")
    walk.button("Show all inputs").click()
    expect(tiles).to_have_count(6)

    tiles.nth(1).hover()
    walk.button("Delete 1.png").click()
    walk.button("Cancel", walk.dialog()).click()
    expect(tiles).to_have_count(6)
    walk.button("Delete 1.png").click()
    walk.button("Delete", walk.dialog()).click()
    expect(tiles).to_have_count(5)

    grid = page.get_by_role("grid", name="Inputs")
    grid.focus()
    for key in ("Home", "Space", "ArrowRight", "Space"):
        page.keyboard.press(key)
    walk.told("2 selected")
    page.keyboard.press("Escape")
    expect(page.get_by_text("2 selected")).to_have_count(0)
    page.keyboard.press("Control+a")
    walk.told("5 selected")
    page.keyboard.press("Delete")
    walk.button("Delete", walk.dialog()).click()
    walk.told("Drop your pictures and texts here")


def test_the_viewer_shows_outlines_with_holes_and_keeps_its_address(walk: Walk, shown: Shown) -> None:
    page = walk.page
    first, second = shown.images[:2]
    walk.go(f"/projects/{shown.id}/inputs/{first}?task_id={shown.shapes}")
    listed = walk.annotations()
    expect(listed).to_have_count(2)
    expect(listed.first).to_contain_text("ring")
    expect(listed.first).to_contain_text("approved")
    expect(listed.last).to_contain_text("to review")

    # the pointer on the ring lights its line in the list, in its hole it does not
    page.locator("canvas[data-painted=all]").wait_for()
    stage = page.locator("canvas.stage").bounding_box()
    assert stage is not None
    picture = page.evaluate("(stage) => Math.min((stage.width - 32) / 480, (stage.height - 32) / 300)", stage)
    left, top = stage["x"] + (stage["width"] - 480 * picture) / 2, stage["y"] + (stage["height"] - 300 * picture) / 2

    def at(x: float, y: float) -> tuple[float, float]:
        return left + x * 480 * picture, top + y * 300 * picture

    page.mouse.move(*at(0.2, 0.5))
    expect(listed.first).to_have_attribute("data-on", "true")
    page.mouse.move(*at(0.33, 0.5))
    expect(listed.first).not_to_have_attribute("data-on", "true")
    page.mouse.click(*at(0.75, 0.5))
    expect(listed.last).to_have_attribute("aria-pressed", "true")
    assert re.search(r"annotation=\d+", page.url)
    page.reload()
    expect(listed.last).to_have_attribute("aria-pressed", "true")

    walk.button(re.compile("^block 1")).click()
    expect(listed).to_have_count(1)
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile(rf"/inputs/{second}\?"))
    expect(walk.heading("1.png")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile(rf"/inputs/{first}\?"))
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile(rf"/inputs\?task_id={shown.shapes}$"))


def test_the_viewer_marks_words(walk: Walk, shown: Shown) -> None:
    walk.go(f"/projects/{shown.id}/inputs/{shown.texts[0]}")
    marks = walk.page.locator("mark")
    expect(marks).to_have_text(["coat", "warm"])
    marks.first.hover()
    expect(walk.annotations().filter(has_text="thing")).to_have_attribute("data-on", "true")


@pytest.mark.parametrize(
    "address", ["/projects/999999/inputs", "/nowhere", "/projects/{id}/inputs/999999", "/projects/{id}/tasks/999999"]
)
def test_a_wrong_address_says_so_and_leads_back(walk: Walk, shown: Shown, address: str) -> None:
    walk.go(address.format(id=shown.id))
    expect(walk.page.get_by_text(re.compile("There is no|could not be loaded|is no such")).first).to_be_visible()
    expect(
        walk.page.get_by_role("main").get_by_role("link").or_(walk.page.get_by_role("main").get_by_role("button")).first
    ).to_be_visible()
