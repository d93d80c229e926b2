"""What Labelmill is for, from the first sign-in to the annotations, as a person does it, with real models."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from walk import Walk, card_files

from labelmill import Client

PHOTOS = 24
SENTENCES = 80


def start_task(walk: Walk, project: int, model: str, *, approved: str) -> int:
    """Make a task over all inputs with the slider, and watch it finish; its id."""
    page = walk.page
    walk.go(f"/projects/{project}/tasks/new")
    page.get_by_role("radio", name=re.compile(f"^{model}")).click()
    if (every := walk.button(re.compile(r"^All \d+$"))).count():
        every.click()
    lower = page.get_by_role("slider", name="All concepts: to a reviewer from")
    for _ in range(2):
        lower.press("PageDown")
    expect(lower).to_have_attribute("aria-valuenow", "0.3")
    page.get_by_label("All concepts: approved from").and_(page.locator("input")).fill(approved)
    summary = page.get_by_role("complementary", name="Summary")
    expect(summary).to_contain_text(f"approved from {approved}, to a reviewer from 0.3")
    walk.button("Create Labeling Task").click()
    page.wait_for_url(f"**/projects/{project}/tasks")
    expect(page.get_by_role("row").filter(has_text=model)).to_contain_text("Complete", timeout=180_000)
    walk.link(f"All inputs by {model}").click()
    page.wait_for_url(re.compile(r"/tasks/\d+$"))
    return int(page.url.rpartition("/")[2])


def test_photos(
    walk: Walk, client: Client, shared_data: Path, shared_models: Path, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    page, shots = walk.page, pytestconfig.getoption("--shots")
    project = walk.new_project("Street")
    walk.upload(sorted((shared_data / "coco-mini/images").glob("*.jpg"))[:PHOTOS], PHOTOS)
    expect(page.locator(".tile")).to_have_count(PHOTOS)
    walk.link("Models").click()
    walk.add_card(card_files("yolox-nano", shared_models, tmp_path), "yolox-nano")

    task = start_task(walk, project, "yolox-nano", approved="0.7")
    ledger = client.tasks.get(project, task)
    assert ledger["inputs"] == PHOTOS == ledger["annotated"] + ledger["empty"]
    assert ledger["annotations"]["success"] > 0 < ledger["annotations"]["awaiting_review"]

    # the limits move: what would become of the scores is told at once, and done with Apply
    scores = walk.region("Scores and thresholds")
    for _ in range(2):
        page.get_by_role("slider", name="All concepts: approved from").press("PageDown")
    expect(scores).to_contain_text("instead of")
    promised = int(re.search(r"approved [\d,]+ → ([\d,]+)", scores.inner_text())[1].replace(",", ""))  # type: ignore[index]
    assert promised > ledger["annotations"]["success"]
    if shots:
        walk.shot("task")
    walk.button("Apply").click()
    expect(walk.button("Apply")).to_have_count(0)
    expect(walk.heading("All inputs by yolox-nano").locator("xpath=../..")).to_contain_text("Complete")
    decided = client.tasks.get(project, task)
    assert decided["thresholds"]["upper"] == 0.5
    assert decided["annotations"]["success"] == promised

    # a photo, with the boxes that the server has
    most = max(client.inputs.list(project), key=lambda one: len(one["annotations"]))
    walk.link("Inputs").click()
    page.get_by_role("link", name=f"Open {most['name']}").click()
    page.wait_for_url(re.compile(rf"/inputs/{most['id']}"))
    listed = walk.annotations()
    expect(listed).to_have_count(len(most["annotations"]))
    said = [(one["concept"], f"{one['score']:.2f}") for one in most["annotations"]]
    assert all(
        concept in line and score in line for (concept, score), line in zip(said, listed.all_inner_texts(), strict=True)
    )
    colour = listed.first.locator(".swatch").evaluate("(one) => getComputedStyle(one).backgroundColor")
    drawn = walk.of_colour(colour)
    if shots:
        walk.shot("viewer")
    page.keyboard.press("h")
    expect(listed).to_have_count(0)
    assert drawn > walk.of_colour(colour) + 200


def test_sentences(walk: Walk, client: Client, shared_data: Path, shared_models: Path, tmp_path: Path) -> None:
    page = walk.page
    project = walk.new_project("Reviews")
    rows = (shared_data / "sentiment-sentences/sentences.jsonl").read_text(encoding="utf-8").splitlines()
    table = tmp_path / "sentences.jsonl"
    table.write_text("\n".join(rows[:SENTENCES]), encoding="utf-8")
    page.get_by_label("Files", exact=True).set_input_files([table])
    walk.told(f"{SENTENCES} inputs from 1 file")
    walk.link("Models").click()
    walk.add_card(card_files("sentiment-avgword", shared_models, tmp_path), "sentiment-avgword")

    task = start_task(walk, project, "sentiment-avgword", approved="0.9")
    ledger = client.tasks.get(project, task)
    assert ledger["annotated"] == SENTENCES
    assert {"success", "awaiting_review"} <= ledger["annotations"].keys()

    walk.button("Look at its inputs").or_(walk.link("Look at its inputs")).click()
    first = next(iter(client.inputs.list(project)))
    page.locator(".tile-link").first.click()
    expect(page.locator(".text-stage")).to_contain_text(first["text"] or "")
    (said,) = [one for one in first["annotations"] if one["status"] in ("success", "awaiting_review")]
    tag = page.get_by_role("group", name="Said of the whole input").get_by_role(
        "button", name=re.compile(said["concept"])
    )
    expect(tag).to_contain_text(f"{said['score']:.2f}")
