"""Datasets with their versions, concepts, and the settings of a project, as a person walks them."""

import json
import re
from pathlib import Path

import pytest
from e2e.desk import Desk, make_desk
from e2e.walk import Walk
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


def test_a_list_of_versions_says_that_there_are_more(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("kinds"), walk.page
    one = next(iter(desk.client.review.list(desk.project, task)))
    desk.client.review.decide(desk.project, task, one, "approve")
    for _ in range(51):
        desk.client.versions.create(desk.project, task)
    walk.go(f"/projects/{desk.project}/datasets")
    walk.button("Versions of photos").click()
    versions = page.get_by_role("region", name="Versions of photos")
    expect(versions).to_contain_text("These are the newest 50 of 51.")
    expect(versions.get_by_role("button", name=re.compile("^Delete version"))).to_have_count(50)
