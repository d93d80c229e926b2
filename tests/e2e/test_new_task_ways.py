"""Ways through New Labeling Task: people alone, the keyboard alone, names, what is left out, and none at all."""

import json
import re
from pathlib import Path

import pytest
from e2e.desk import Desk, begin, make_desk
from e2e.walk import Walk
from mill import until
from playwright.sync_api import Locator, expect

from labelmill import Client


@pytest.fixture(scope="module")
def desk(client: Client, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Photographs, two texts and models that find something on each."""
    return make_desk(client, shared_data / "coco-mini/images", tmp_path_factory.mktemp("ways"), ["one", "two"])


def choose_dataset(walk: Walk, name: str) -> None:
    walk.page.get_by_role("combobox", name="Dataset").click()
    walk.page.get_by_role("option", name=re.compile(name)).click()


def test_models_are_searched_and_say_what_they_are(walk: Walk, desk: Desk, tmp_path: Path) -> None:
    page = walk.page
    for name, makes in (("embedder", "embedding"), ("writer", "text")):
        card = {"name": name, "runtime": "fake", "licence": "MIT", "makes": makes, "reads": "text"}
        path = tmp_path / f"{name}.yaml"
        path.write_text(json.dumps({**card, "script": {"predictions": []}}))
        desk.client.models.add(path, project_id=desk.project)
    begin(walk, desk, "null")
    models = page.get_by_role("radiogroup", name="Model or workflow").get_by_role("radio")
    expect(models.filter(has_text="null")).to_contain_text("server")
    page.get_by_role("textbox", name="Search models").fill("embed")
    expect(models).to_have_count(1)
    for said in ("this project", "MIT", "Reads texts, measures likeness, 0 concepts", "Cannot be chosen: It offers no"):
        expect(models).to_contain_text(said)
    expect(models).to_be_disabled()
    page.get_by_role("textbox", name="Search models").fill("writer")
    expect(models).to_contain_text("Reads texts, writes text, 0 concepts")
    expect(models).to_be_disabled()
    page.get_by_role("textbox", name="Search models").fill("no such thing")
    expect(page.get_by_text("No model or workflow is like that.")).to_be_visible()


def test_concepts_are_searched_everybody_is_added_and_what_is_urgent_comes_first(walk: Walk, desk: Desk) -> None:
    page, added = walk.page, [desk.client.members.add(desk.project, name, "reviewer")["id"] for name in ("Rita", "Sam")]
    begin(walk, desk)
    concepts = page.get_by_role("region", name="Concepts")
    walk.button("None", concepts).click()
    expect(walk.button("Create Labeling Task")).to_be_disabled()
    concepts.get_by_role("combobox", name="Concepts").fill("SH")
    expect(page.get_by_role("option")).to_have_text(["shirt", "shoe"])
    page.get_by_role("option", name="shirt").click()
    page.keyboard.press("Escape")
    summary = page.get_by_role("complementary", name="Summary")
    expect(summary).to_contain_text("1 conceptshirt")
    walk.button("All 4", concepts).click()
    expect(summary).to_contain_text("4 conceptscoat, shirt, hat and 1 more")
    walk.button("Add all to reviewers").click()
    expect(summary).to_contain_text("ReviewersRita, Sam, owner: 33 % each")
    page.get_by_role("radiogroup", name="Priority").get_by_text("High").click()
    walk.button("Create Labeling Task").click()
    page.wait_for_url("**/tasks")
    made = next(iter(desk.client.tasks.list(desk.project)))
    assert (made["priority"], len(made["concepts"])) == ("high", 4)
    assert {one["id"] for one in made["reviewers"]} == {desk.me, *added}


def test_people_label_texts(walk: Walk, desk: Desk) -> None:
    page = walk.page
    lea = desk.client.members.add(desk.project, "Lea", "labeler")["id"]
    begin(walk, desk)
    choose_dataset(walk, "texts")
    summary = page.get_by_role("complementary", name="Summary")
    only = "this dataset has only texts"
    expect(summary).to_contain_text(f"wearables reads images, and {only}: choose another model.")
    expect(walk.button("Create Labeling Task")).to_be_disabled()

    page.get_by_role("radiogroup", name="Enable auto-annotation").get_by_text("No").click()
    types = page.get_by_role("radiogroup", name="Annotation type")
    expect(types.get_by_role("radio", name="Classification")).to_be_checked()
    expect(types.get_by_role("radio", name="Boxes")).to_be_disabled()
    types.get_by_text("Spans").click()
    choose_dataset(walk, "photos")
    page.get_by_role("combobox", name="Concepts").fill("thing")
    page.keyboard.press("Enter")
    expect(summary).to_contain_text("People draw spans on texts, and this dataset has only images")
    expect(walk.button("Create Labeling Task")).to_be_disabled()
    choose_dataset(walk, "texts")
    expect(summary).to_contain_text("Timeas long as people need: they label all 2")
    page.get_by_label("Instructions").fill("Mark every thing.")
    page.get_by_role("radiogroup", name="Review", exact=True).get_by_text("No review").click()
    expect(page.get_by_text("What people submit counts at once.")).to_be_visible()
    page.get_by_role("combobox", name="Labelers").fill("Lea")
    page.get_by_role("option", name="Lea").click()
    expect(summary).to_contain_text("LabelersLea, owner")
    expect(summary).to_contain_text("Reviewersnobody")
    walk.button("Create Labeling Task").click()
    page.wait_for_url("**/tasks")
    expect(page.get_by_role("row").nth(1)).to_contain_text("texts, spans by people")
    made = desk.client.tasks.get(desk.project, next(iter(desk.client.tasks.list(desk.project)))["id"])
    assert (made["model"], made["makes"], made["review"]) == (None, "span", "none")
    assert (made["instructions"], made["concepts"]) == ("Mark every thing.", ["thing"])
    assert sorted(one["id"] for one in made["labelers"]) == sorted([desk.me, lea])
    assert made["reviewers"] == []


def test_a_name_follows_the_dataset_until_it_is_typed_and_cancel_makes_nothing(walk: Walk, desk: Desk) -> None:
    page = walk.page
    before = len(list(desk.client.tasks.list(desk.project)))
    begin(walk, desk)
    name = page.get_by_role("textbox", name="Name", exact=True)
    expect(name).to_have_attribute("placeholder", "photos by wearables")
    choose_dataset(walk, "texts")
    expect(name).to_have_attribute("placeholder", "texts by wearables")
    name.fill("Mine")
    choose_dataset(walk, "photos")
    expect(name).to_have_value("Mine")
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/tasks")
    assert len(list(desk.client.tasks.list(desk.project))) == before


def test_a_new_dataset_gets_a_free_name(walk: Walk, desk: Desk) -> None:
    page = walk.page
    desk.client.datasets.create(desk.project, "All inputs")
    begin(walk, desk)
    page.get_by_text("Create new Dataset with all inputs").click()
    name = page.get_by_label("Name of the new dataset")
    expect(name).to_have_value("All inputs 2")
    name.fill("photos")
    expect(page.get_by_text("A dataset is called so already: choose another name.")).to_be_visible()
    expect(walk.button("Create Labeling Task")).to_be_disabled()
    name.fill("Photos")
    expect(walk.button("Create Labeling Task")).to_be_enabled()


def test_what_earlier_tasks_left_goes_with_the_box_ticked(walk: Walk, desk: Desk) -> None:
    page, earlier, first = walk.page, desk.task("wearables"), desk.inputs()[0]
    assert len(desk.said(earlier, first)) == 3
    begin(walk, desk)
    page.get_by_role("radiogroup", name="Review", exact=True).get_by_text("No review").click()
    page.get_by_role("checkbox", name=re.compile("^Delete what earlier")).check()
    walk.button("Create Labeling Task").click()
    page.wait_for_url("**/tasks")
    made = next(iter(desk.client.tasks.list(desk.project)))["id"]
    until(lambda: desk.client.tasks.get(desk.project, made)["status"] == "complete")
    assert desk.said(earlier, first) == []
    assert len(desk.said(made, first)) == 3
    assert desk.client.tasks.get(desk.project, made)["reviewers"] == []


def tab_to(walk: Walk, there: Locator) -> None:
    """Press Tab until something has the keys."""
    there.wait_for(state="attached")
    for _ in range(80):
        if there.evaluate("(one) => one === document.activeElement"):
            return
        walk.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {there}")


def test_a_task_is_made_by_the_keyboard_alone(walk: Walk, desk: Desk) -> None:
    page = walk.page
    press, radio = page.keyboard.press, page.get_by_role
    walk.go(f"/projects/{desk.project}/tasks")
    tab_to(walk, page.get_by_role("link", name="New Labeling Task").first)
    press("Enter")
    tab_to(walk, page.get_by_role("combobox", name="Dataset"))
    page.keyboard.type("phot")
    press("ArrowDown")
    press("Enter")
    tab_to(walk, page.get_by_role("textbox", name="Search models"))
    page.keyboard.type("shoe")
    tab_to(walk, radio("radio", name=re.compile("^blind")))
    while radio("radio", name=re.compile("^wearables")).get_attribute("aria-checked") != "true":
        press("ArrowDown")
    tab_to(walk, radio("radio", name="Globally"))
    press("ArrowRight")
    dialog = page.get_by_role("dialog", name="Thresholds per concept")
    tab_to(walk, dialog.get_by_role("slider", name="hat: to a reviewer from"))
    press("ArrowRight")
    tab_to(walk, walk.button("Save Changes", dialog))
    press("Enter")
    expect(dialog).to_have_count(0)
    tab_to(walk, page.get_by_role("slider", name="Other concepts: approved from"))
    press("ArrowLeft")
    tab_to(walk, radio("radio", name="Evenly distributed"))
    press("ArrowRight")
    tab_to(walk, page.get_by_role("textbox", name="Name", exact=True))
    page.keyboard.type("By keys")
    tab_to(walk, page.get_by_role("checkbox", name=re.compile("^Delete what earlier")))
    press("Space")
    tab_to(walk, walk.button("Create Labeling Task"))
    press("Enter")
    page.wait_for_url("**/tasks")
    expect(page.get_by_role("row").nth(1)).to_contain_text("By keys")
    made = next(iter(desk.client.tasks.list(desk.project)))
    assert (made["name"], made["review"], made["dataset"]) == ("By keys", "stacked", "photos")
    assert made["thresholds"] == {"lower": 0.5, "upper": 0.89, "by_concept": {"hat": {"lower": 0.51, "upper": 0.9}}}
