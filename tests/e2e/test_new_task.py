"""New Labeling Task as whoever has a team walks it, and what reviewers who all see all make of it."""

import re
from pathlib import Path

import pytest
from e2e.conftest import Enter
from e2e.desk import CONCEPTS, HAT, Desk, begin, come_in, make_desk, rows, saved, stage
from e2e.walk import Walk
from playwright.sync_api import expect

from labelmill import Client


@pytest.fixture(scope="module")
def desk(client: Client, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Photographs and models that find something on each."""
    return make_desk(client, shared_data / "coco-mini/images", tmp_path_factory.mktemp("new"), ["a text"])


def test_a_team_is_chosen_and_what_the_model_says_is_mapped(walk: Walk, desk: Desk) -> None:
    page = walk.page
    begin(walk, desk)
    mapping = page.get_by_role("region", name="Mapping")
    expect(mapping).to_contain_text("All 4 are new to this project and are made with the task.")
    walk.button("Map to the project’s concepts").click()
    for concept in ("coat", "shirt"):
        mapping.get_by_label(f"{concept} in this project").fill("garment")
        mapping.get_by_label(f"{concept} in this project").press("Tab")
    expect(mapping).to_contain_text("2 concepts are called otherwise in this project. All 3 are new to this project")

    told = page.get_by_text("0.90 to 1.00 approved, 0.50 to 0.90 to a reviewer, below 0.50 discarded", exact=True)
    expect(told).to_be_visible()
    page.get_by_role("slider", name="All concepts: to a reviewer from").press("ArrowLeft")
    expect(page.get_by_text("0.90 to 1.00 approved, 0.49 to 0.90 to a reviewer, below 0.49 discarded")).to_be_visible()

    walk.button("New collaborator").click()
    walk.dialog().get_by_label("Name").fill("Rita")
    walk.button("Add collaborator", walk.dialog()).click()
    expect(walk.dialog()).to_contain_text("Send Rita this link")
    walk.button("Done", walk.dialog()).click()
    page.get_by_role("radiogroup", name="Review", exact=True).get_by_text("Stacked").click()
    expect(page.get_by_label("How many must agree")).to_have_value("2")
    summary = page.get_by_role("complementary", name="Summary")
    expect(summary).to_contain_text("Rita, owner: all see all, 2 of 2 must agree")
    expect(summary).to_contain_text("LabelersRita, owner")
    expect(summary).to_contain_text("New to the projectgarment, hat, shoe")
    page.get_by_role("checkbox", name="Somebody else reviews what they label").check()
    assert walk.faults() == []
    walk.button("Create Labeling Task").click()
    page.wait_for_url(re.compile("/tasks$"))
    made = next(iter(desk.client.tasks.list(desk.project)))
    assert (made["review"], made["agree"], made["checked"]) == ("stacked", 2, True)
    assert sorted(one["name"] for one in made["reviewers"]) == ["Rita", "owner"]
    assert sorted(made["concepts"]) == ["garment", "hat", "shoe"]

    begin(walk, desk)  # what was mapped is remembered
    expect(mapping).to_contain_text("2 concepts are called otherwise in this project. The project has all 3 already.")


def bring_in(walk: Walk, name: str, role: str = "reviewer") -> None:
    """Add a collaborator by the dialog, which stays open."""
    dialog = walk.dialog()
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("combobox", name="Role").click()
    walk.page.get_by_role("option", name=role, exact=True).click()
    walk.button("Add collaborator", dialog).click()
    expect(dialog).to_contain_text(f"Send {name} this link")


def test_all_who_are_added_from_one_dialog_join_the_task(walk: Walk, desk: Desk) -> None:
    begin(walk, desk)
    summary = walk.page.get_by_role("complementary", name="Summary")
    walk.button("New collaborator").click()
    bring_in(walk, "Ann")
    bring_in(walk, "Bob")
    bring_in(walk, "Lea", "labeler")
    walk.button("Done", walk.dialog()).click()
    expect(summary).to_contain_text("ReviewersAnn, Bob, owner: 33 % each")
    expect(summary).to_contain_text("LabelersAnn, Bob, Lea and 1 more")
    walk.button("Create Labeling Task").click()
    walk.page.wait_for_url(re.compile("/tasks$"))
    made = next(iter(desk.client.tasks.list(desk.project)))
    assert sorted(one["name"] for one in made["reviewers"]) == ["Ann", "Bob", "owner"]
    parts = {one["name"]: one["labeler"] for one in desk.client.tasks.people(desk.project, made["id"])}
    assert parts == dict.fromkeys(["owner", "Ann", "Bob", "Lea"], True)


def test_reviewers_who_do_not_agree_leave_it_to_the_owner(walk: Walk, enter: Enter, desk: Desk) -> None:
    invited = desk.client.members.add(desk.project, "Sam", "reviewer")
    task = desk.task("wearables", reviewers=[desk.me, invited["id"]], review="stacked", agree=2)
    there = f"/projects/{desk.project}/tasks/{task}/review?on=1"
    sam = come_in(enter, invited)
    first = desk.inputs()[0]

    for person, ticks in ((walk, True), (sam, False)):
        person.go(there)
        stage(person)
        expect(rows(person, "To decide")).to_have_text([re.compile("shirt"), re.compile("hat")])
        if not ticks:
            rows(person, "To decide").last.get_by_role("checkbox").click()
        person.button("Approve selected").click()
        saved(person)
    expect(sam.page.get_by_text("you 1 of 6")).to_be_visible()
    assert {concept: status for concept, status, _ in desk.said(task, first)} == {
        "coat": "success", "shirt": "success", "hat": "awaiting_consensus_review",
    }  # fmt: skip

    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    stage(walk)
    while not walk.page.get_by_text("The reviewers do not agree: you decide.").is_visible():
        walk.button("Skip").click()
        stage(walk)
    tied = rows(walk, "To decide")
    expect(tied).to_have_text([re.compile("hat.*1 for it, 1 against")])
    tied.get_by_role("checkbox").click()
    walk.button("Approve selected").click()
    saved(walk)
    assert ("hat", "rejected", HAT) in desk.said(task, first)
    assert set(CONCEPTS) >= {concept for concept, _, _ in desk.said(task, first)}
