"""A workflow of models, from its card to what it is sure of and what is left to a reviewer."""

import re
from pathlib import Path

import pytest
from e2e.desk import HAT, SHIRT, Desk, make_desk, rows, saved, stage
from e2e.walk import Walk
from mill import write_card, write_workflow
from playwright.sync_api import expect

from labelmill import Client


@pytest.fixture(scope="module")
def desk(client: Client, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Photographs and models that find something on each; one of them says of whatever it sees that it is worn."""
    folder = tmp_path_factory.mktemp("workflow")
    desk = make_desk(client, shared_data / "coco-mini/images", folder, ["a text"])
    worn = [{"concept": "worn", "score": 0.98}]
    client.models.add(
        write_card(folder / "wear.yaml", concepts=["worn", "new"], predictions=worn), project_id=desk.project
    )
    return desk


def test_a_workflow_is_added_chosen_tried_and_reviewed(walk: Walk, desk: Desk, tmp_path: Path) -> None:
    page, at = walk.page, f"/projects/{desk.project}"
    garments = {"model": "wearables", "concepts": ["shirt", "hat", "coat"], "hidden": True}
    nodes = {"garments": garments, "state": {"model": "wear", "of": "garments"}}
    walk.go(f"{at}/models")
    walk.add_card([write_workflow(tmp_path / "used-clothes.yaml", nodes)], "used-clothes")
    card = page.get_by_role("region", name="used-clothes")
    expect(card).to_contain_text("Reads images, draws boxes. Workflow of wearables and wear, version")
    page.get_by_role("textbox", name="Search models").fill("workflow")
    expect(page.get_by_role("heading", level=2)).to_have_text(["used-clothes"])
    assert walk.faults() == []

    walk.go(f"{at}/tasks/new")
    page.get_by_role("combobox", name="Dataset").click()
    page.get_by_role("option", name=re.compile("photos")).click()
    page.get_by_role("textbox", name="Search models and workflows").fill("workflow")
    choices = page.get_by_role("radiogroup", name="Model or workflow").get_by_role("radio")
    expect(choices).to_have_count(1)
    for said in ("this project", "Workflow of wearables and wear", "Reads images, draws boxes, 2 concepts"):
        expect(choices).to_contain_text(said)
    choices.click()
    expect(page.get_by_role("complementary", name="Summary")).to_contain_text("Workflowused-clothes")
    walk.button("Try on 20 inputs").click()
    expect(page.get_by_text("18 predictions on 6 inputs from all over the dataset")).to_be_visible(timeout=60_000)
    assert walk.faults() == []
    walk.button("Create Labeling Task").click()
    page.wait_for_url(re.compile("/tasks$"))
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("used-clothes")
    expect(row).to_contain_text("Complete", timeout=60_000)

    made = next(iter(desk.client.tasks.list(desk.project)))
    first = desk.inputs()[0]
    assert desk.said(made["id"], first) == [  # the coat's 0.95 times 0.98 is enough, the hat's 0.58 times 0.98 is not
        ("worn", "success", [0.1, 0.1, 0.4, 0.5]), ("worn", "awaiting_review", SHIRT), ("worn", "awaiting_review", HAT),
    ]  # fmt: skip
    walk.go(f"{at}/tasks/{made['id']}/review?on=1")
    stage(walk)
    expect(rows(walk, "To decide")).to_have_text([re.compile("worn.*0.71"), re.compile("worn.*0.57")])
    walk.button("Approve selected").click()
    saved(walk)
    assert {status for _, status, _ in desk.said(made["id"], first)} == {"success"}
