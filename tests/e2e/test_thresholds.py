"""The decision threshold of a new task: for all concepts or for each."""

from pathlib import Path

import pytest
from e2e.desk import Desk, begin, make_desk
from e2e.walk import Walk
from playwright.sync_api import expect

from labelmill import Client


@pytest.fixture(scope="module")
def desk(client: Client, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Photographs and models that find something on each."""
    return make_desk(client, shared_data / "coco-mini/images", tmp_path_factory.mktemp("limits"), ["a text"])


def test_limits_of_single_concepts_are_kept_while_those_for_all_count(walk: Walk, desk: Desk) -> None:
    page = walk.page
    begin(walk, desk)
    step = page.get_by_role("region", name="Decision threshold")
    which = step.get_by_role("radiogroup", name="For which concepts")
    dialog = page.get_by_role("dialog", name="Thresholds per concept")
    expect(walk.button("Set thresholds")).to_have_count(0)
    which.get_by_text("Per concept").click()
    walk.button("Save Changes", dialog).click()
    expect(which.get_by_role("radio", name="Per concept")).to_be_checked()
    expect(step).to_contain_text("No concept has limits of its own yet.")

    walk.button("Set thresholds").click()
    dialog.get_by_role("textbox", name="hat: reviewer from").fill("0.6")
    page.keyboard.press("Tab")
    walk.button("Save Changes", dialog).click()
    expect(step).to_contain_text("1 concept has limits of their own.")
    summary = page.get_by_role("complementary", name="Summary")
    expect(summary).to_contain_text("1 concept otherwise")
    which.get_by_text("Globally").click()
    expect(walk.button("Set thresholds")).to_have_count(0)
    expect(summary).not_to_contain_text("otherwise")
    which.get_by_text("Per concept").click()
    expect(dialog.get_by_role("textbox", name="hat: reviewer from")).to_have_value("0.6")
    page.keyboard.press("Escape")
    expect(step).to_contain_text("1 concept has limits of their own.")

    which.get_by_text("Globally").click()
    walk.button("Create Labeling Task").click()
    page.wait_for_url("**/tasks")
    made = next(iter(desk.client.tasks.list(desk.project)))
    assert made["thresholds"] == {"lower": 0.5, "upper": 0.9, "by_concept": {}}
