"""The decision threshold of a new task: for all concepts or for each, and tried on some inputs."""

import re
from pathlib import Path

import pytest
from e2e.desk import COAT, CONCEPTS, HAT, SHIRT, Desk, begin, make_desk
from e2e.walk import Walk
from mill import write_card
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


_NAMES = "(all) => all.flatMap(({ ariaLabel }) => ariaLabel ?? [])"
_BARS = """(svg, band) =>
  [...svg.querySelectorAll(`[fill*=${band}]`)].filter(({ height }) => height.baseVal.value > 0).length"""


def test_a_trial_shows_what_would_fall_into_each_band(walk: Walk, desk: Desk, tmp_path: Path) -> None:
    page = walk.page
    found = [("coat", 0.95, COAT), ("shirt", 0.72, SHIRT), ("hat", 0.58, HAT)]
    predictions = [{"concept": concept, "score": score, "box": box} for concept, score, box in found]
    card = write_card(tmp_path / "eager.yaml", makes="box", reads="image", concepts=CONCEPTS, predictions=predictions)
    desk.client.models.add(card, project_id=desk.project)
    begin(walk, desk, "eager")
    summary = page.get_by_role("complementary", name="Summary")
    expect(summary).to_contain_text("Timenot known yet: trying the model on some inputs tells")
    walk.button("Try on 20 inputs").click()
    expect(page.get_by_text("18 predictions on 6 inputs from all over the dataset")).to_be_visible(timeout=60_000)
    expect(summary).to_contain_text("a few seconds for the model, a rough guess from the inputs tried")
    expect(summary).to_contain_text("about 6 of 6 inputs for a reviewer, 6 with something approved")

    step = page.get_by_role("region", name="Decision threshold")
    bands = {band: step.get_by_role("region", name=band) for band in ("approved", "to a reviewer", "discarded")}

    def pictures(band: str) -> list[str]:
        """Their concepts in order."""
        return [one.split()[1].strip(",") for one in bands[band].get_by_role("button").evaluate_all(_NAMES)]

    expect(bands["approved"]).to_contain_text("approved 6")
    expect(bands["to a reviewer"]).to_contain_text("to a reviewer 12")
    expect(bands["discarded"]).to_contain_text("discarded 0")
    assert pictures("to a reviewer") == ["hat"] * 6 + ["shirt"] * 4
    walk.button("Show more", bands["to a reviewer"]).click()
    assert pictures("to a reviewer") == ["hat"] * 6 + ["shirt"] * 6
    assert walk.faults() == []
    bands["to a reviewer"].get_by_role("button", name=re.compile("^0.58 hat")).first.click()
    expect(walk.dialog()).to_contain_text("hat, 0.58: to a reviewer.")
    page.locator("canvas.stage[data-painted=all]").wait_for()
    page.keyboard.press("Escape")

    step.get_by_role("textbox", name="All concepts: reviewer from").fill("0.6")
    page.keyboard.press("Tab")
    expect(bands["discarded"]).to_contain_text("discarded 6")
    assert (pictures("to a reviewer"), pictures("discarded")) == (["shirt"] * 6, ["hat"] * 6)
    bars = step.get_by_role("img", name="Scores of the inputs tried")
    assert [bars.evaluate(_BARS, band) for band in ("approved", "review", "discarded")] == [1, 1, 1]
    step.get_by_text("Per concept").click()
    dialog = page.get_by_role("dialog", name="Thresholds per concept")
    dialog.get_by_role("textbox", name="hat: reviewer from").fill("0.5")
    page.keyboard.press("Tab")
    walk.button("Save Changes", dialog).click()
    expect(bands["discarded"]).to_contain_text("discarded 0")
    assert [bars.evaluate(_BARS, band) for band in ("approved", "review", "discarded")] == [1, 2, 0]
    expect(summary).to_contain_text("about 6 of 6 inputs for a reviewer")
