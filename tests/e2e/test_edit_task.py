"""A task is changed while people and workers are at it: shared out anew, paused, and gone on with."""

import json
import re
from pathlib import Path

import pytest
from e2e.conftest import Enter
from e2e.desk import Desk, come_in, make_desk, rows, saved, stage
from e2e.walk import Walk
from mill import until
from playwright.sync_api import expect

from labelmill import Client


@pytest.fixture(scope="module")
def desk(client: Client, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Photographs and a model that finds something on each; a dozen texts."""
    texts = [f"Coat number {i}." for i in range(12)]
    return make_desk(client, shared_data / "coco-mini/images", tmp_path_factory.mktemp("edit"), texts)


def test_edit_shares_out_anew_what_is_open(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    sam = desk.client.members.add(desk.project, "Sam", "reviewer")["id"]
    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    stage(walk)
    page.keyboard.press("Enter")
    saved(walk)

    walk.go(f"/projects/{desk.project}/tasks/{task}")
    walk.menu("Actions for photos · wearables", "Edit")
    dialog = page.get_by_role("dialog", name="Edit task")
    dialog.get_by_label("Name").fill("Clothes")
    walk.button("Add all to reviewers", dialog).click()
    dialog.get_by_role("radio", name="High").locator("..").click()
    dialog.get_by_text("Per concept").click()
    single = page.get_by_role("dialog", name="Thresholds per concept")
    single.wait_for()
    page.keyboard.press("Escape")
    expect(single).to_have_count(0)
    expect(dialog.get_by_label("Name")).to_have_value("Clothes")
    walk.button("Set thresholds", dialog).click()
    single.get_by_role("textbox", name="hat: reviewer from").fill("0.6")  # hats are at 0.58
    page.keyboard.press("Tab")
    walk.button("Save Changes", single).click()
    expect(dialog.get_by_text("1 concept has limits of their own.")).to_be_visible()
    dialog.get_by_role("textbox", name="Other concepts: reviewer from").fill("0.55")
    page.keyboard.press("Tab")
    walk.button("Save Changes", dialog).click()
    expect(page.get_by_text("Clothes is changed.")).to_be_visible()

    people = page.get_by_role("region", name="People of this task").get_by_role("row")
    expect(people.filter(has_text="Sam")).to_contain_text(re.compile("0 of [23]"))
    now = desk.client.tasks.get(desk.project, task)
    assert (now["name"], now["priority"], now["thresholds"]["lower"]) == ("Clothes", "high", 0.55)
    assert {concept: limits["lower"] for concept, limits in now["thresholds"]["by_concept"].items()} == {"hat": 0.6}
    open_ = {one["id"]: one["open"] for one in desk.client.tasks.people(desk.project, task)}
    assert sorted(open_.values()) == [2, 3]
    assert open_.keys() == {desk.me, sam}
    first, *others = desk.inputs()
    until(lambda: desk.client.tasks.get(desk.project, task)["deciding"] == 0)
    assert [concept for concept, status, _ in desk.said(task, first) if status == "success"] == ["coat", "shirt", "hat"]
    assert all([concept for concept, _, _ in desk.said(task, one)] == ["coat", "shirt"] for one in others)

    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    stage(walk)
    expect(rows(walk, "To decide")).to_have_text([re.compile("shirt")])
    expect(page.get_by_text(f"1 of 6 reviewed · you 1 of {1 + open_[desk.me]}")).to_be_visible()


_BOTH = """() => {
    [...document.querySelectorAll('[role=option]')].find((one) => one.textContent === 'Paused').click()
    document.querySelector('[aria-label="Which tasks"] input[value=assigned]').click()
}"""
"""At once, so that nothing is drawn between the two."""


def test_a_list_is_narrowed_to_ones_own(walk: Walk, enter: Enter, desk: Desk) -> None:
    rita = desk.client.members.add(desk.project, "Rita", "reviewer")
    desk.task("wearables", name="To check", reviewers=[rita["id"]])
    desk.task("blind", name="To label", reviewers=[rita["id"]])
    desk.task("wearables", name="Of others")
    theirs = come_in(enter, rita)
    theirs.go(f"/projects/{desk.project}/tasks")
    mine = theirs.page.get_by_role("radiogroup", name="Which tasks")
    listed = theirs.page.get_by_role("row").filter(has_text=re.compile("To check|To label|Of others"))
    for choice, names in (
        ("All", ["Of others", "To label", "To check"]), ("Assigned to me", ["To label", "To check"]),
        ("For review", ["To check"]), ("For labeling", ["To label"]),
    ):  # fmt: skip
        mine.get_by_text(choice, exact=True).click()
        expect(listed).to_have_text([re.compile(name) for name in names])
    assert theirs.faults() == []
    theirs.page.get_by_role("combobox", name="Status").click()
    expect(theirs.page.get_by_role("option", name="Paused")).to_be_visible()
    theirs.page.evaluate(_BOTH)
    theirs.page.wait_for_url(re.compile(r"\?(?=.*mine=assigned)(?=.*status=paused)"))


def test_pause_and_resume(walk: Walk, desk: Desk, tmp_path: Path) -> None:
    page, gate = walk.page, tmp_path / "go"
    card = tmp_path / "patient.yaml"
    coat = [{"concept": "coat", "score": 1}]
    # a shard has one of so few; those without the gate tell when workers stand before it
    script = {
        "rules": [{"matches": r"number ([4-9]|1\d)", "wait_for": str(gate), "predictions": coat}],
        "predictions": coat,
    }
    facts = {"name": "patient", "runtime": "fake", "licence": "none", "makes": "class", "reads": "text"}
    card.write_text(json.dumps({**facts, "concepts": ["coat"], "script": script}))
    desk.client.models.add(card, project_id=desk.project)
    dataset = desk.client.datasets.named(desk.project, "texts", make=False)["id"]
    task = desk.client.tasks.create(desk.project, "patient", dataset_id=dataset, name="Slowly")["id"]
    until(lambda: desk.client.tasks.get(desk.project, task)["annotated"] == 4)

    walk.go(f"/projects/{desk.project}/tasks")
    row = page.get_by_role("row").filter(has_text="Slowly")
    walk.menu("Actions for Slowly", "Pause")
    expect(page.get_by_text("Paused. What is under way is finished first.")).to_be_visible()
    expect(row).to_contain_text("Paused")
    gate.touch()
    until(lambda: desk.client.tasks.get(desk.project, task)["annotated"] > 4)
    assert desk.client.tasks.get(desk.project, task)["waiting"] > 0
    walk.menu("Actions for Slowly", "Resume")
    expect(page.get_by_text("Slowly goes on.")).to_be_visible()
    expect(row).to_contain_text("Complete")
    now = desk.client.tasks.get(desk.project, task)
    assert (now["annotated"], now["waiting"], now["failed"]) == (12, 0, 0)
