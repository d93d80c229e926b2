"""Decisions are never lost, never doubled, and never of what nobody saw."""

import re
from pathlib import Path

import pytest
from e2e.conftest import Enter
from e2e.desk import HAT, Desk, come_in, crops, make_desk, rows, saved, stage, there
from e2e.walk import Walk
from mill import until, write_texts
from playwright.sync_api import Route, expect

from labelmill import Client


@pytest.fixture(scope="module")
def desk(client: Client, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Photographs and models that find something on each, or nothing."""
    return make_desk(client, shared_data / "coco-mini/images", tmp_path_factory.mktemp("decisions"), ["A coat."])


LIMITS = {"lower": 0.5, "upper": 0.9}


def review(walk: Walk, desk: Desk, task: int) -> None:
    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    stage(walk)


def decided(walk: Walk, count: int) -> None:
    expect(walk.page.get_by_text(f"you {count} of 6")).to_be_visible()


def test_a_held_key_and_a_double_click_decide_once(walk: Walk, desk: Desk) -> None:
    task, ids, page = desk.task("wearables"), desk.inputs(), walk.page
    review(walk, desk, task)
    for _ in range(3):
        page.keyboard.down("Enter")  # from the second on it is the keyboard that repeats it
        stage(walk)
    page.keyboard.up("Enter")
    decided(walk, 1)
    walk.button("Approve selected").dblclick()
    stage(walk)
    decided(walk, 2)
    walk.button("Reject input").focus()
    for _ in range(3):
        page.keyboard.down("Enter")
        stage(walk)
    page.keyboard.up("Enter")
    decided(walk, 3)
    saved(walk)
    assert [desk.said(task, i)[1][1] for i in ids] == ["success"] * 2 + ["rejected"] + ["awaiting_review"] * 3


def test_nothing_is_decided_that_is_not_painted(walk: Walk, desk: Desk) -> None:
    task, ids, page = desk.task("wearables"), desk.inputs(), walk.page
    held: list[Route] = []
    page.route(f"**/inputs/{ids[1]}/thumbnail?size=1280", lambda route: held.append(route))
    review(walk, desk, task)
    page.keyboard.press("Enter")
    decided(walk, 1)
    for key in ("Enter", "r", "c"):
        page.keyboard.press(key)
    expect(walk.dialog()).to_have_count(0)
    decided(walk, 1)
    held.pop().continue_()
    stage(walk)
    page.keyboard.press("Enter")
    decided(walk, 2)
    saved(walk)
    assert [desk.said(task, i)[1][1] for i in ids[:3]] == ["success", "success", "awaiting_review"]


def test_a_picture_that_does_not_come_is_told_of_and_asked_for_again(walk: Walk, desk: Desk) -> None:
    task, ids, page = desk.task("wearables"), desk.inputs(), walk.page
    address = f"**/inputs/{ids[0]}/thumbnail?size=1280"
    page.route(address, lambda route: route.fulfill(status=429))
    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    expect(page.get_by_text("The picture does not come.")).to_be_visible()
    page.keyboard.press("Enter")
    decided(walk, 0)
    page.unroute(address)
    stage(walk)
    expect(page.get_by_text("The picture does not come.")).to_have_count(0)
    page.route(f"**/inputs/{ids[5]}/thumbnail?size=1280", lambda route: route.fulfill(status=422))
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        stage(walk)
    expect(page.get_by_text("This picture cannot be shown")).to_be_visible()
    page.keyboard.press("r")  # who has been told so may decide
    decided(walk, 1)
    saved(walk)
    assert desk.said(task, ids[5])[1][1] == "rejected"


def test_crops_are_decided_once_and_when_they_are_there(walk: Walk, desk: Desk) -> None:
    task, ids, page = desk.task("wearables", concepts=["shirt", "hat"]), desk.inputs(), walk.page
    held: list[Route] = []
    hold = held.append
    page.route(re.compile(f"/inputs/{ids[2]}/thumbnail"), lambda route: hold(route))
    walk.go(f"/projects/{desk.project}/tasks/{task}/review/grid?concept=hat")
    hats = page.get_by_role("group", name="Regions of hat").get_by_role("button")
    expect(hats).to_have_count(6)
    page.keyboard.press("Enter")
    expect(hats).to_have_count(6)
    expect(walk.button("Approve all 6")).to_be_visible()
    hold = Route.continue_  # what is asked for from here on, by the next concept too, comes at once
    while held:
        held.pop().continue_()
    crops(walk, "hat", 6)
    walk.button("Approve all 6").dblclick()
    crops(walk, "shirt", 6)
    saved(walk)
    said = [one[:2] for i in ids for one in desk.said(task, i) if one[0] in ("shirt", "hat")]
    assert sorted(set(said)) == [("hat", "success"), ("shirt", "awaiting_review")]


def test_crops_whose_pictures_do_not_come_are_not_decided(walk: Walk, desk: Desk) -> None:
    task, ids, page = desk.task("wearables", concepts=["shirt", "hat"]), desk.inputs(), walk.page
    every, one = re.compile("/thumbnail"), re.compile(f"/inputs/{ids[2]}/thumbnail")
    page.route(every, lambda route: route.fulfill(status=429))
    walk.go(f"/projects/{desk.project}/tasks/{task}/review/grid?concept=hat")
    expect(page.get_by_text("6 pictures do not come: their regions will not be decided.")).to_be_visible()
    expect(page.get_by_text("The picture does not come.")).to_have_count(6)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Approve 0")).to_be_disabled()
    assert _hats(desk, task) == ["awaiting_review"] * 6

    page.unroute(every)
    page.route(one, lambda route: route.fulfill(status=429))
    walk.button("Try again").click()
    expect(page.get_by_text("1 picture does not come: its region will not be decided.")).to_be_visible()
    there(walk)
    page.keyboard.press("Enter")  # those that are seen
    crops(walk, "hat", 1)
    saved(walk)
    assert _hats(desk, task) == ["success"] * 2 + ["awaiting_review"] + ["success"] * 3

    page.unroute(one)
    walk.button("Try again").focus()
    page.keyboard.press("Enter")
    expect(walk.button("Approve all 1")).to_be_enabled()
    crops(walk, "hat", 1)
    page.keyboard.press("Enter")
    crops(walk, "shirt", 6)
    saved(walk)
    assert _hats(desk, task) == ["success"] * 6


def _hats(desk: Desk, task: int) -> list[str]:
    return [status for i in desk.inputs() for concept, status, _ in desk.said(task, i) if concept == "hat"]


def test_a_double_click_submits_once(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("blind"), walk.page
    walk.go(f"/projects/{desk.project}/tasks/{task}/label")
    stage(walk)
    walk.button("Submit: nothing here").dblclick()
    stage(walk)
    saved(walk)
    for _ in range(3):
        page.keyboard.down("s")
        stage(walk)
    page.keyboard.up("s")
    expect(page.get_by_text("5 inputs wait for a person")).to_be_visible()
    assert rows(walk, "On this input").count() == 0


def test_what_was_drawn_outlives_somebody_in_between(walk: Walk, desk: Desk) -> None:
    task, ids, page, client = desk.task("wearables"), desk.inputs(), walk.page, desk.client
    review(walk, desk, task)
    for key in ("4", "b", "b", "v", "Escape", "Tab", "Tab", "Space"):  # a shoe of one's own, and no hat
        page.keyboard.press(key)
    expect(rows(walk, "New")).to_have_count(1)
    shirt = next(
        one["id"] for one in client.review.get(desk.project, task, ids[0])["annotations"] if one["concept"] == "shirt"
    )
    client.review.decide_regions(desk.project, task, reject=[shirt])
    stage(walk)
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is in front again, with what you changed")).to_be_visible()
    expect(rows(walk, "New")).to_have_text([re.compile("shoe")])
    expect(rows(walk, "To decide")).to_have_text([re.compile("hat")])
    expect(rows(walk, "To decide").get_by_role("checkbox")).not_to_be_checked()
    expect(rows(walk, "Rejected")).to_have_text([re.compile("shirt")])
    stage(walk)
    page.keyboard.press("Enter")
    saved(walk)
    decided(walk, 1)
    said = [one[:2] for one in desk.said(task, ids[0])]
    assert said == [("coat", "success"), ("shirt", "rejected"), ("hat", "rejected"), ("shoe", "success")]


def test_what_was_labeled_outlives_a_change_but_not_the_right_to_it(walk: Walk, desk: Desk) -> None:
    task, ids, page, client = desk.task("blind"), desk.inputs(), walk.page, desk.client
    walk.go(f"/projects/{desk.project}/tasks/{task}/label")
    stage(walk)
    for key in ("4", "b", "b"):
        page.keyboard.press(key)
    hat = {"concept": "hat", "region": {"kind": "box", "value": HAT}}
    client.label.submit(desk.project, task, client.label.get(desk.project, task, ids[0]), additions=[hat])
    stage(walk)
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is in front again, with what you drew")).to_be_visible()
    expect(rows(walk, "On this input")).to_have_text([re.compile("hat"), re.compile("shoe")])
    stage(walk)
    page.keyboard.press("Enter")
    saved(walk)
    assert [one[:2] for one in desk.said(task, ids[0])] == [("hat", "success"), ("shoe", "success")]

    expect(rows(walk, "On this input")).to_have_count(0)
    stage(walk)
    page.keyboard.press("b")  # it is in hand
    expect(rows(walk, "On this input")).to_have_count(1)
    client.tasks.change(desk.project, task, {"labelers": []})
    stage(walk)
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is not yours to label any more")).to_be_visible()
    assert desk.said(task, ids[1]) == []


def test_what_is_begun_stays_there(walk: Walk, desk: Desk) -> None:
    """Over a reload, and over a look at another page; nobody is asked whether to lose it."""
    task, page, asked = desk.task("wearables"), walk.page, []
    other = desk.task("blind")
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    for place, section in ((f"{task}/review?on=1", "New"), (f"{other}/label", "On this input")):
        walk.go(f"/projects/{desk.project}/tasks/{place}")
        stage(walk)
        for key in ("b", "b"):
            page.keyboard.press(key)
        expect(rows(walk, section)).to_have_count(1)
        page.reload()
        stage(walk)
        expect(rows(walk, section)).to_have_count(1)
        page.get_by_role("link", name="Back to the task").click()
        page.get_by_role("link", name="Review" if section == "New" else "Label", exact=True).click()
        if section == "New":
            walk.button("Start reviewing").click()
        stage(walk)
        expect(rows(walk, section)).to_have_count(1)
        page.keyboard.press("Control+z")
        expect(rows(walk, section)).to_have_count(0)
        page.reload()
        stage(walk)
        expect(rows(walk, section)).to_have_count(0)
    assert asked == []


def test_what_is_refused_after_a_reload_comes_back_as_it_was(walk: Walk, desk: Desk) -> None:
    task, page, status = desk.task("wearables"), walk.page, [429]

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=status[0], json={"error": {"kind": "conflict", "message": "Somebody was first."}})
        else:
            route.continue_()

    page.route(re.compile(r"/review/\d+$"), refuse)
    review(walk, desk, task)
    for key in ("b", "b", "c"):
        page.keyboard.press(key)
    page.keyboard.type("The hat is a cap.")
    page.keyboard.press("Control+Enter")
    stage(walk)
    expect(rows(walk, "New")).to_have_count(0)  # it is the next one
    page.reload()
    stage(walk)
    status[0] = 409  # when it is tried again
    expect(page.get_by_text("Somebody was first. It is in front again")).to_be_visible()
    expect(rows(walk, "New")).to_have_count(1)
    stage(walk)
    page.keyboard.press("c")
    expect(walk.dialog().get_by_role("textbox")).to_have_value("The hat is a cap.")


def test_what_is_saved_behind_ones_back_is_no_draft_any_more(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("blind"), walk.page
    held: list[Route] = []
    page.route(re.compile(r"/label/\d+$"), lambda r: held.append(r) if r.request.method == "POST" else r.continue_())
    walk.go(f"/projects/{desk.project}/tasks/{task}/label")
    stage(walk)
    for key in ("4", "b", "b", "Enter"):
        page.keyboard.press(key)
    stage(walk)
    page.get_by_role("link", name="Back to the task").click()
    expect(page.get_by_role("region", name="People of this task")).to_be_visible()
    until(lambda: held)
    held.pop().continue_()
    saved(walk)
    page.get_by_role("link", name="Label", exact=True).click()
    stage(walk)
    expect(walk.button("Previous input")).to_be_enabled()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("submitted before")).to_be_visible()
    stage(walk)
    expect(rows(walk, "On this input")).to_have_text([re.compile("shoe")])
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('labelmill-draft'))") == []


def test_a_full_storage_loses_no_decision(walk: Walk, desk: Desk) -> None:
    task, ids, page = desk.task("wearables"), desk.inputs(), walk.page
    review(walk, desk, task)
    page.evaluate("""() => {
      for (let size = 1 << 22, at = 0; size >= 1; size >>= 1)
        for (;;) { try { localStorage.setItem(`filler-${at++}`, 'x'.repeat(size)) } catch { break } }
    }""")
    page.keyboard.press("Enter")
    until(lambda: {status for _, status, _ in desk.said(task, ids[0])} == {"success"})


def test_what_waits_again_is_shown_again(walk: Walk, enter: Enter, desk: Desk) -> None:
    """Changes are asked for, somebody submits anew, and it waits for the same reviewer, who stayed where they were."""
    client, page = desk.client, walk.page
    ana = client.members.add(desk.project, "Ana", "labeler")
    task = desk.task("wearables", labelers=[ana["id"]], checked=True)
    review(walk, desk, task)
    page.keyboard.press("c")
    page.keyboard.type("Look again")
    page.keyboard.press("Control+Enter")
    for _ in range(5):
        stage(walk)
        page.keyboard.press("Enter")
    expect(page.get_by_text("All that waited for you is reviewed")).to_be_visible()
    saved(walk)
    theirs = come_in(enter, ana)
    theirs.go(f"/projects/{desk.project}/tasks/{task}/label")
    stage(theirs)
    theirs.page.keyboard.press("Enter")
    saved(theirs)
    stage(walk)
    expect(rows(walk, "To decide")).to_have_count(3)


def test_what_was_drawn_outlives_other_thresholds(walk: Walk, desk: Desk) -> None:
    """The input waits no more, as what was undecided is below the new limit; what one drew is not thrown away."""
    client, page = desk.client, walk.page
    task = desk.task("wearables")
    review(walk, desk, task)
    for key in ("4", "b", "b", "v", "Escape"):
        page.keyboard.press(key)
    expect(rows(walk, "New")).to_have_count(1)
    client.tasks.apply(desk.project, task, {"lower": 0.94, "upper": 0.945})
    until(lambda: client.tasks.get(desk.project, task)["deciding"] == 0)
    page.keyboard.press("Enter")
    expect(page.get_by_text("What you changed on it is there again")).to_be_visible()
    expect(page.get_by_text("All that waited for you is reviewed")).to_be_visible()
    client.tasks.apply(desk.project, task, LIMITS)
    stage(walk)
    expect(rows(walk, "New")).to_have_text([re.compile("shoe")])


def test_enter_approves_after_a_tick_by_mouse(walk: Walk, desk: Desk) -> None:
    task = desk.task("wearables")
    review(walk, desk, task)
    box = rows(walk, "To decide").last.get_by_role("checkbox")
    box.click()
    expect(box).not_to_be_checked()
    walk.page.keyboard.press("Enter")
    decided(walk, 1)


def test_pictures_and_texts_in_one_queue(walk: Walk, desk: Desk, shared_data: Path, tmp_path: Path) -> None:
    """The canvas waits out of sight while a text is shown, and has the keys again afterwards."""
    client, page = desk.client, walk.page
    one, other = sorted((shared_data / "coco-mini/images").glob("*.jpg"))[-2:]
    for source in (one, write_texts(tmp_path, ["It fits well."]), other):
        client.inputs.upload(desk.project, source, dataset="mixed")
    task = desk.task("null", "mixed", thresholds={"lower": 0.3, "upper": 1})
    review(walk, desk, task)
    words = page.get_by_role("group", name="Text", exact=True)
    page.keyboard.press("ArrowRight")
    expect(words).to_be_visible()
    expect(page.locator("canvas.stage")).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    expect(stage(walk)).to_be_focused()
    for text in (False, True, False):
        if text:
            expect(words).to_be_visible()
        else:
            stage(walk)
        page.keyboard.press("Tab")
        expect(page.locator(".desk-item[data-selected]")).to_have_count(1)
        page.keyboard.press("Enter")
    expect(page.get_by_text("All that waited for you is reviewed")).to_be_visible()
    saved(walk)
    assert client.tasks.get(desk.project, task)["reviewed"] == 3
