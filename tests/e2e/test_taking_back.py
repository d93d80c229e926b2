"""What was decided at once: after what was decided one by one, and taken back by the same key."""

import re
from pathlib import Path

import pytest
from e2e.conftest import Enter
from e2e.desk import Desk, come_in, crops, make_desk, rows, saved, stage
from e2e.walk import Walk
from mill import until
from playwright.sync_api import APIResponse, Route, expect

from labelmill import Client


@pytest.fixture(scope="module")
def desk(client: Client, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Photographs and a model that finds something on each."""
    return make_desk(client, shared_data / "coco-mini/images", tmp_path_factory.mktemp("back"), ["A coat."])


def review(walk: Walk, desk: Desk, task: int) -> None:
    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    stage(walk)


def statuses(desk: Desk, task: int, concept: str) -> list[str]:
    return [status for i in desk.inputs() for name, status, _ in desk.said(task, i) if name == concept]


def test_what_is_not_saved_yet_comes_before_all_at_once(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    busy = re.compile(r"/review/\d+$")

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=429, json={"error": {"kind": "busy", "message": "Too much at once."}})
        else:
            route.continue_()

    page.route(busy, refuse)
    review(walk, desk, task)
    page.keyboard.press("r")
    stage(walk)
    page.keyboard.press("a")
    expect(walk.dialog().get_by_text("1 decision of yours is still on the way")).to_be_visible()
    expect(walk.button("Approve all", walk.dialog())).to_have_count(0)
    page.unroute(busy)
    first = walk.dialog().get_by_label("Everything that waits for you (10)")
    expect(first).to_be_focused()
    walk.button("Approve all", walk.dialog()).dblclick()  # asks once all the same
    walk.button("Approve 10", walk.dialog()).click()
    expect(page.get_by_text("10 annotations approved.")).to_be_visible()
    assert statuses(desk, task, "shirt") == ["rejected"] + ["success"] * 5


def test_all_at_once_leaves_alone_what_is_begun(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    review(walk, desk, task)
    for key in ("Tab", "Space", "a"):  # the first annotation of the first input shall not stand
        page.keyboard.press(key)
    walk.button("Approve all", walk.dialog()).click()
    expect(walk.dialog()).to_contain_text("and not 1 input that you have begun to change")
    expect(walk.button("Approve 10", walk.dialog())).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("10 annotations approved.")).to_be_visible()
    expect(page.get_by_text("you 5 of 6")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("All that waited for you is reviewed")).to_be_visible()
    saved(walk)
    assert sorted(statuses(desk, task, "hat") + statuses(desk, task, "shirt")) == ["rejected"] + ["success"] * 11


def test_what_was_decided_before_a_reload_is_taken_back(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    review(walk, desk, task)
    for key in ("r", "Enter"):
        page.keyboard.press(key)
        stage(walk)
    saved(walk)
    page.reload()
    stage(walk)
    for left in (1, 0):
        page.keyboard.press("u")
        expect(page.get_by_text(f"you {left} of 6")).to_be_visible()
        stage(walk)
    expect(walk.button("Take the last decision back")).to_be_disabled()
    assert statuses(desk, task, "hat") == ["awaiting_review"] * 6


def test_what_is_taken_back_while_a_page_is_read_counts(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    review(walk, desk, task)
    page.keyboard.press("Enter")
    stage(walk)
    saved(walk)
    asked: list[Route] = []
    held: list[tuple[Route, APIResponse]] = []

    def answer(route: Route) -> None:
        asked.append(route)
        if len(asked) == 1:  # made short, so that there is a second page, which is asked for at once
            route.continue_(url=f"{route.request.url}&limit=2")
        elif len(asked) == 2:
            held.append((route, route.fetch()))  # as it stands before anything is taken back
        else:
            route.continue_()

    page.route(re.compile(r"/api/.*/review\?"), answer)
    page.reload()
    until(lambda: page.title() and held)
    walk.button("Take the last decision back").click()
    expect(page.get_by_text("0 of 6 reviewed · you 0 of 6")).to_be_visible()
    ((route, response),) = held
    route.fulfill(response=response)
    expect(page.get_by_role("group", name="Next inputs").get_by_role("button")).to_have_count(6)
    expect(page.get_by_text("0 of 6 reviewed · you 0 of 6")).to_be_visible()


def test_all_at_once_is_taken_back(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    review(walk, desk, task)
    page.keyboard.press("r")
    stage(walk)
    saved(walk)
    page.keyboard.press("a")
    walk.dialog().get_by_label("The concept hat (5)").check()
    walk.button("Approve all", walk.dialog()).focus()
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")  # held down it goes no further than the question
    page.keyboard.up("Enter")
    expect(walk.button("Approve 5", walk.dialog())).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows(walk, "To decide")).to_have_text([re.compile("shirt")])
    expect(stage(walk)).to_be_focused()
    page.keyboard.press("u")
    expect(page.get_by_text("5 inputs wait as before.")).to_be_visible()
    expect(rows(walk, "To decide")).to_have_count(2)
    assert statuses(desk, task, "hat") == ["rejected"] + ["awaiting_review"] * 5
    stage(walk)
    page.keyboard.press("u")  # and then what came before it
    expect(page.get_by_text("you 0 of 6")).to_be_visible()
    assert statuses(desk, task, "hat") == ["awaiting_review"] * 6

    page.keyboard.press("a")
    walk.button("Approve all", walk.dialog()).click()
    walk.button("Approve 12", walk.dialog()).click()
    expect(page.get_by_text("All that waited for you is reviewed")).to_be_visible()
    expect(walk.dialog()).to_be_hidden()  # while it goes it has the keys
    page.keyboard.press("u")
    stage(walk)
    assert statuses(desk, task, "hat") == ["awaiting_review"] * 6


def test_screens_are_taken_back_over_all_concepts(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables", concepts=["shirt", "hat"]), walk.page
    walk.go(f"/projects/{desk.project}/tasks/{task}/review/grid?concept=hat")
    hats = crops(walk, "hat", 6)
    expect(page.get_by_text("0 of 6 reviewed")).to_be_visible()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    crops(walk, "shirt", 6)
    saved(walk)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing waits for you here")).to_be_visible()
    saved(walk)
    expect(page.get_by_text("6 of 6 reviewed")).to_be_visible()
    page.keyboard.press("u")
    crops(walk, "shirt", 6)
    page.keyboard.press("u")
    crops(walk, "hat", 6)
    expect(hats.first).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("0 of 6 reviewed")).to_be_visible()
    assert set(statuses(desk, task, "hat") + statuses(desk, task, "shirt")) == {"awaiting_review"}

    page.keyboard.press("a")
    walk.button("Reject all", walk.dialog()).click()
    walk.button("Reject 12", walk.dialog()).click()
    expect(page.get_by_text("Nothing waits for you here")).to_be_visible()
    page.keyboard.press("u")
    crops(walk, "hat", 6)
    assert set(statuses(desk, task, "hat") + statuses(desk, task, "shirt")) == {"awaiting_review"}


def test_who_is_to_settle_a_tie_sees_it(walk: Walk, enter: Enter, desk: Desk) -> None:
    """The owner votes and stays where they are, another one votes otherwise: all of it comes back to the owner."""
    client, page = desk.client, walk.page
    bea = client.members.add(desk.project, "Bea", "reviewer")
    task = desk.task("wearables", concepts=["hat"], reviewers=[desk.me, bea["id"]], review="stacked", agree=2)
    there = f"/projects/{desk.project}/tasks/{task}/review/grid?concept=hat"
    walk.go(there)
    crops(walk, "hat", 6)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing waits for you here")).to_be_visible()
    saved(walk)
    theirs = come_in(enter, bea)
    theirs.go(there)
    crops(theirs, "hat", 6)
    theirs.page.keyboard.press("a")
    walk.button("Reject all", theirs.dialog()).click()
    walk.button("Reject 6", theirs.dialog()).click()
    expect(theirs.page.get_by_text("Nothing waits for you here")).to_be_visible()
    crops(walk, "hat", 6)
    page.keyboard.press("Enter")
    expect(page.get_by_text("6 of 6 reviewed")).to_be_visible()
    saved(walk)
    assert statuses(desk, task, "hat") == ["success"] * 6
