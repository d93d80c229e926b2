"""From nothing to labels one has looked at, by the pages alone: photos with a detector, texts with a classifier."""

import json
import re
import shutil
from itertools import islice
from pathlib import Path

from e2e.walk import Walk, card_files
from playwright.sync_api import expect

SLOW = 60_000
"""Milliseconds that a model may take to load and to label what a journey gives it."""


def set_limit(walk: Walk, label: str, to: str) -> None:
    """Type a limit beside the slider of all concepts, key by key: what is on the way is no limit."""
    field = walk.page.get_by_role("textbox", name=f"All concepts: {label}")
    field.press("Control+a")
    field.press_sequentially(to)
    field.press("Enter")
    thumb = walk.page.get_by_role("slider", name=re.compile(f"^All concepts: .*{label}$"))
    expect(thumb).to_have_attribute("aria-valuenow", to.replace(",", "."))


def new_task(walk: Walk, model: str, lower: str, upper: str) -> int:
    """Make a task over all inputs with the page of its name; its id. One lands on the list, where it completes."""
    walk.page.get_by_role("link", name="Labeling Tasks").first.click()
    walk.page.get_by_role("link", name="New Labeling Task").first.click()
    walk.page.get_by_text("Create new Dataset with all inputs").click()
    walk.page.get_by_label("Name of the new dataset").fill("everything")
    expect(walk.page.get_by_role("radio", name=re.compile("^embedder"))).to_be_disabled()
    walk.page.get_by_role("radio", name=re.compile(f"^{model}")).click()
    every = walk.page.get_by_role("region", name="Concepts").get_by_role("button", name=re.compile(r"^(All \d|None)"))
    if every.inner_text() != "None":  # few concepts are all chosen already
        every.click()
    thumb = walk.page.get_by_role("slider", name="All concepts: approved from")
    thumb.press("ArrowLeft")
    expect(thumb).to_have_attribute("aria-valuenow", "0.89")
    set_limit(walk, "approved from", upper)
    set_limit(walk, "reviewer from", lower)
    walk.button("Try on 20 inputs").click()
    expect(walk.page.get_by_text(re.compile(r"^[1-9][\d,]* predictions on \d+ inputs"))).to_be_visible(timeout=SLOW)
    walk.button("Create Labeling Task").click()
    walk.page.wait_for_url(re.compile(r"/tasks$"))
    row = walk.page.get_by_role("row").filter(has_text="everything")
    expect(row).to_contain_text("Complete", timeout=SLOW)
    row.get_by_role("link").first.click()
    walk.page.wait_for_url(re.compile(r"/tasks/\d+$"))
    return int(walk.page.url.split("/")[-1])


def band(walk: Walk, name: str) -> int:
    """How many predictions the page of a task counts in a band."""
    said = walk.page.get_by_role("region", name="Scores and thresholds").get_by_role("img").first
    expect(said).to_have_attribute("aria-label", re.compile("[1-9]"))
    found = re.search(rf"([\d,]+) {name}", said.get_attribute("aria-label") or "")
    assert found
    return int(found[1].replace(",", ""))


def move_limits(walk: Walk) -> None:
    """Lower the upper limit: the counts follow at once, and Apply makes them so."""
    approved, review = band(walk, "approved"), band(walk, "to a reviewer")
    set_limit(walk, "approved from", "0.4")
    expect(walk.button("Apply")).to_be_visible()
    assert band(walk, "approved") > approved
    moved = band(walk, "approved"), band(walk, "to a reviewer")
    assert sum(moved) == approved + review
    walk.button("Apply").click()
    expect(walk.button("Apply")).to_be_hidden(timeout=SLOW)
    expect(walk.page.get_by_text("applying the new thresholds")).to_be_hidden(timeout=SLOW)
    walk.page.reload()
    expect(walk.page.get_by_role("region", name="Scores and thresholds")).to_be_visible()
    assert (band(walk, "approved"), band(walk, "to a reviewer")) == moved


def no_concepts(folder: Path) -> list[Path]:
    """A card whose model outputs no concepts: it is listed, and cannot label."""
    card = {"name": "embedder", "runtime": "fake", "licence": "none", "makes": "embedding", "reads": "text"}
    card |= {"script": {"predictions": []}}
    path = folder / "embedder.yaml"
    path.write_text(json.dumps(card))
    return [path]


def test_photos_with_a_detector(walk: Walk, shared_data: Path, shared_models: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for photo in islice(sorted((shared_data / "coco-mini/images").glob("*.jpg")), 16):
        shutil.copy(photo, photos)
    project = walk.new_project("Photos")
    walk.page.get_by_label("Folder", exact=True).set_input_files(photos)
    expect(walk.page.get_by_text("16 inputs from 16 files")).to_be_visible(timeout=SLOW)
    walk.button("Close").click()
    walk.page.get_by_role("link", name="Models").click()
    walk.add_card(card_files("yolox-nano", shared_models, tmp_path), "yolox-nano")
    walk.add_card(no_concepts(tmp_path), "embedder")
    task = new_task(walk, "yolox-nano", "0.3", "0.8")
    expect(walk.page.get_by_role("region", name="Inputs of this task")).to_contain_text("16 inputs")
    expect(walk.page.get_by_role("slider", name=re.compile("^person: approved from"))).to_be_visible()
    move_limits(walk)
    walk.go(f"/projects/{project}/inputs?task_id={task}")
    walk.page.get_by_role("link", name=re.compile("^Open ")).first.click()
    walk.page.wait_for_url(re.compile(rf"/projects/{project}/inputs/\d+"))
    panel = walk.page.get_by_role("complementary", name="Annotations")
    expect(panel.get_by_text("yolox-nano").first).to_be_visible()
    picture = walk.page.locator(".viewer-picture")
    with_boxes = picture.screenshot()
    walk.page.keyboard.press("Shift+h")
    expect(panel.get_by_text("All its concepts are hidden.")).to_be_visible()
    without = picture.screenshot()
    assert with_boxes != without
    walk.page.keyboard.press("Shift+h")
    expect(panel.get_by_text("yolox-nano").first).to_be_visible()
    assert picture.screenshot() == with_boxes


def test_texts_with_a_classifier(walk: Walk, shared_data: Path, shared_models: Path, tmp_path: Path) -> None:
    (table,) = islice((shared_data / "sentiment-sentences").glob("*.jsonl"), 1)
    some = tmp_path / "sentences.jsonl"
    with table.open(encoding="utf-8") as lines:
        some.write_text("".join(islice(lines, 120)), encoding="utf-8")
    project = walk.new_project("Sentences")
    walk.page.get_by_label("Files", exact=True).set_input_files(some)
    expect(walk.page.get_by_text(re.compile(r"^\d+ inputs from 1 file"))).to_be_visible(timeout=SLOW)
    walk.button("Close").click()
    walk.page.get_by_role("link", name="Models").click()
    walk.add_card(card_files("sentiment-avgword", shared_models, tmp_path), "sentiment-avgword")
    walk.add_card(no_concepts(tmp_path), "embedder")
    task = new_task(walk, "sentiment-avgword", "0,2", "0.95")
    move_limits(walk)
    walk.go(f"/projects/{project}/inputs?task_id={task}")
    walk.page.get_by_role("link", name=re.compile("^Open ")).first.click()
    walk.page.wait_for_url(re.compile(rf"/projects/{project}/inputs/\d+"))
    expect(walk.page.get_by_role("group", name="Said of the whole input")).to_contain_text(re.compile(r"\d\.\d\d"))
    address = walk.page.url
    walk.page.keyboard.press("ArrowRight")
    expect(walk.page).not_to_have_url(address)
