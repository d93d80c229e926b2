"""Datasets with their versions, concepts, and the settings of a project, as a person walks them."""

import json
import re
from pathlib import Path

import pytest
from e2e.desk import Desk, make_desk
from e2e.walk import Walk
from mill import write_texts
from playwright.sync_api import expect

from labelmill import Client


@pytest.fixture(scope="module")
def desk(client: Client, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Photographs and models that find something on each."""
    return make_desk(client, shared_data / "coco-mini/images", tmp_path_factory.mktemp("lists"), ["a text"])


@pytest.mark.parametrize("noun", ["dataset", "concept"])
def test_a_name_is_made_changed_and_deleted(walk: Walk, desk: Desk, noun: str) -> None:
    page = walk.page
    walk.go(f"/projects/{desk.project}/inputs")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=f"{noun.title()}s", exact=True).click()
    page.get_by_role("heading", name=f"{noun.title()}s").wait_for()
    walk.button(f"New {noun}").first.click()
    walk.dialog().get_by_label("Name").fill("Spring")
    walk.button(f"Create {noun}", walk.dialog()).click()
    walk.button("Actions for Spring").click()
    page.get_by_role("menuitem", name="Rename").click()
    walk.dialog().get_by_label("Name").fill("Summer")
    walk.button("Rename", walk.dialog()).click()
    expect(page.get_by_role("row").filter(has_text="Summer")).to_be_visible()
    assert walk.faults() == []
    walk.button("Actions for Summer").click()
    page.get_by_role("menuitem", name="Delete").click()
    walk.button(f"Delete {noun}", walk.dialog()).click()
    expect(page.get_by_role("row").filter(has_text="Summer")).to_have_count(0)
    walk.go(f"/projects/{desk.project}/settings")
    happened = page.get_by_role("region", name="What happened")
    for said in (f"made the {noun} Spring", f"renamed a {noun} to Summer", f"deleted the {noun} Summer"):
        expect(happened.get_by_text(f"owner {said}")).to_be_visible()
    assert walk.faults() == []


def test_all_of_a_long_list_can_be_found_and_chosen(walk: Walk, desk: Desk) -> None:
    page, project = walk.page, desk.client.projects.create("Many things")["id"]
    for i in range(230):
        desk.client.concepts.create(project, f"thing {i}")
    walk.go(f"/projects/{project}/concepts")
    things = page.get_by_role("row").filter(has_text="thing ")
    expect(things).to_have_count(100)
    walk.button("Show more").click()
    walk.button("Show more").click()
    expect(things.last).to_contain_text("thing 229")
    page.get_by_label("Search concepts").fill("Thing 22")
    expect(page.get_by_role("status").filter(has_text="concepts")).to_have_text("11 of 230 concepts")
    expect(things).to_have_count(11)
    assert walk.faults() == []
    walk.button("Actions for thing 229").click()
    page.get_by_role("menuitem", name="Rename").click()
    walk.dialog().get_by_label("Name").fill("Last of all")
    walk.button("Rename", walk.dialog()).click()
    expect(page.get_by_text("10 of 230 concepts")).to_be_visible()
    page.get_by_label("Search concepts").fill("nothing like it")
    expect(page.get_by_text("No concept is called that.")).to_be_visible()


def test_versions_of_a_dataset_are_listed_and_taken_home(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    one = next(iter(desk.client.review.list(desk.project, task)))
    desk.client.review.decide(desk.project, task, one, "approve")
    desk.client.versions.create(desk.project, task)
    walk.go(f"/projects/{desk.project}/datasets")
    walk.button("Versions of photos").click()
    versions = page.get_by_role("region", name="Versions of photos")
    expect(versions).to_contain_text("Version 1 · 3 annotations on 1 input")
    expect(versions).to_contain_text(
        re.compile("left out: 5 inputs .*; annotations: 5 approved on inputs still under review, 10 to review")
    )
    expect(page.get_by_role("row").filter(has_text="photos").get_by_role("cell").nth(3)).to_have_text("1")
    assert walk.faults() == []
    with page.expect_download() as taken:
        versions.get_by_role("link", name="Version 1 as COCO").click()
    coco = json.loads(Path(taken.value.path()).read_text())
    assert (len(coco["images"]), len(coco["annotations"])) == (1, 3)
    walk.button("Delete version 1").click()
    walk.button("Delete version", walk.dialog()).click()
    expect(versions).to_contain_text("None yet")
    page.get_by_role("link", name="New Labeling Task with photos").click()
    expect(page.get_by_role("complementary", name="Summary")).to_contain_text("photos · 6 inputs")


def test_older_versions_are_shown_when_asked_for(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("kinds"), walk.page
    one = next(iter(desk.client.review.list(desk.project, task)))
    desk.client.review.decide(desk.project, task, one, "approve")
    for _ in range(51):
        desk.client.versions.create(desk.project, task)
    walk.go(f"/projects/{desk.project}/datasets")
    walk.button("Versions of photos").click()
    versions = page.get_by_role("region", name="Versions of photos")
    each = versions.get_by_role("button", name=re.compile("^Delete version"))
    expect(each).to_have_count(50)
    walk.button("Show older versions").click()
    expect(each).to_have_count(51)
    expect(walk.button("Show older versions")).to_have_count(0)


def test_what_comes_into_a_project_and_leaves_it_is_told(walk: Walk, client: Client, tmp_path: Path) -> None:
    page, project = walk.page, walk.new_project("Comings and goings")
    client.members.add(project, "Cleo", "viewer")
    walk.upload(sorted(write_texts(tmp_path / "texts", ["one", "two", "three"]).iterdir()), 3)
    page.get_by_role("gridcell").first.hover()
    walk.button(re.compile("^Delete ")).first.click()
    walk.dialog().get_by_role("button", name=re.compile("^Delete")).click()
    expect(page.get_by_role("gridcell")).to_have_count(2)
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Settings", exact=True).click()
    happened = page.get_by_role("region", name="What happened")
    acts = happened.get_by_role("listitem")
    expect(acts).to_have_text([re.compile(f"^owner {did}") for did in ("deleted 1 input", "added 3 inputs", "invited")])
    walk.button("Rename").click()
    walk.dialog().get_by_label("Name").fill("Goings")
    walk.button("Rename", walk.dialog()).click()
    expect(acts.first).to_contain_text("owner renamed the project to Goings")
    who = happened.get_by_role("combobox", name="Person")
    who.click()
    page.get_by_role("option", name="Cleo").click()
    expect(happened).to_contain_text("This person did nothing here so far.")
    assert walk.faults() == []
    page.reload()  # the address says whose
    expect(happened).to_contain_text("This person did nothing here so far.")
    who.fill("own")
    page.get_by_role("option", name="owner").click()
    expect(acts).to_have_count(4)
    assert walk.faults() == []
