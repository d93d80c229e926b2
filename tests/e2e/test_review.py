"""Review and Grid review as a person walks them: by keys alone, by mouse, on a broken line, with somebody else."""

import re
from pathlib import Path

import pytest
from e2e.desk import COAT, HAT, SHIRT, Desk, at, crops, make_desk, rows, saved, stage
from e2e.walk import Walk
from mill import until
from playwright.sync_api import APIResponse, Route, expect

from labelmill import Client
from labelmill.core.likeness import glimpse, of_images
from labelmill.formats import image

_BEYOND = """() => {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement
  return [scrollWidth - clientWidth, scrollHeight - clientHeight]
}"""
TEXTS = ["The coat is warm 🎉 and fits.", "The hat is too small."]


@pytest.fixture(scope="module")
def desk(client: Client, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Photographs and texts with models that find something on each."""
    return make_desk(client, shared_data / "coco-mini/images", tmp_path_factory.mktemp("desk"), TEXTS)


def start(walk: Walk, desk: Desk, task: int) -> None:
    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    stage(walk)


def progress(walk: Walk, words: str) -> None:
    expect(walk.page.get_by_text(words)).to_be_visible()


def test_all_of_it_by_keys(walk: Walk, desk: Desk) -> None:
    task, ids, page = desk.task("wearables"), desk.inputs(), walk.page
    walk.go(f"/projects/{desk.project}/tasks/{task}/review")
    expect(page.get_by_text("6 inputs wait for")).to_be_visible()
    expect(walk.button("Start reviewing")).to_be_focused()
    page.keyboard.press("Enter")
    stage(walk)
    progress(walk, "0 of 6 reviewed · you 0 of 6")
    expect(rows(walk, "To decide")).to_have_text([re.compile("shirt.*0.72"), re.compile("hat.*0.58")])
    expect(rows(walk, "Approved")).to_have_text([re.compile("coat.*0.95")])

    for key in ("Tab", "Shift+ArrowRight", "Shift+ArrowRight", "Control+ArrowDown", "Tab", "Space"):
        page.keyboard.press(key)
    expect(rows(walk, "To decide").last.get_by_role("checkbox")).not_to_be_checked()
    page.keyboard.press("Control+z")
    expect(rows(walk, "To decide").last.get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("Control+Shift+z")
    expect(rows(walk, "To decide").last.get_by_role("checkbox")).not_to_be_checked()
    page.keyboard.press("Enter")
    progress(walk, "1 of 6 reviewed · you 1 of 6")
    saved(walk)
    coat, shirt, hat = desk.said(task, ids[0])
    assert (coat, hat) == (("coat", "success", COAT), ("hat", "rejected", HAT))
    assert shirt[:2] == ("shirt", "success")
    assert shirt[2][0] > SHIRT[0] and shirt[2][3] > SHIRT[3]

    # another concept, a duplicate, a box of one's own, and the approved one deleted
    for key in ("Tab", "4", "d"):
        page.keyboard.press(key)
    page.keyboard.type("hat")
    page.keyboard.press("Enter")
    expect(walk.dialog()).to_have_count(0)
    for key in ("b", "b", "Shift+ArrowUp", "v", "j", "Delete", "Escape"):
        page.keyboard.press(key)
    expect(rows(walk, "New")).to_have_count(2)
    page.keyboard.press("Enter")
    saved(walk)
    done = desk.said(task, ids[1])
    assert sorted(one[:2] for one in done if one[2] == SHIRT) == [("hat", "success"), ("shoe", "success")]
    assert [one[:2] for one in done if one[2] == HAT] == [("hat", "success")]

    page.keyboard.press("u")
    progress(walk, "1 of 6 reviewed · you 1 of 6")
    assert [status for _, status, _ in desk.said(task, ids[1])] == ["success", "awaiting_review", "awaiting_review"]
    stage(walk)
    page.keyboard.press("r")
    stage(walk)
    saved(walk)
    assert {status for _, status, _ in desk.said(task, ids[1])} == {"rejected"}

    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="Request changes")
    expect(dialog.get_by_role("button", name="Request changes")).to_be_disabled()
    page.keyboard.press("Control+Enter")  # nothing is said yet
    page.keyboard.type("The hat is a cap")
    page.keyboard.press("Control+Enter")
    saved(walk)
    assert {status for _, status, _ in desk.said(task, ids[2])} == {"pending"}
    page.keyboard.press("s")
    for _ in range(3):
        stage(walk)
        page.keyboard.press("Enter")
    expect(page.get_by_text("All that waited for you is reviewed")).to_be_visible()
    saved(walk)
    assert {status for i in ids[3:] for _, status, _ in desk.said(task, i)} == {"success"}
    expect(walk.button("To the task")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/tasks/{task}$"))


def test_regions_by_mouse(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    first = desk.inputs()[0]
    photo = desk.client.inputs.get(desk.project, first)
    size = (photo["width"] or 1, photo["height"] or 1)
    start(walk, desk, task)

    def drag(a: tuple[float, float], b: tuple[float, float]) -> None:
        page.mouse.move(*at(walk, size, *a))
        page.mouse.down()
        page.mouse.move(*at(walk, size, *b), steps=5)
        page.mouse.up()
        stage(walk)

    page.mouse.click(*at(walk, size, 0.65, 0.4))
    expect(rows(walk, "To decide").first.get_by_role("button")).to_have_attribute("aria-pressed", "true")
    drag((0.65, 0.4), (0.7, 0.4))  # all of it
    drag((0.85, 0.6), (0.9, 0.7))  # its corner
    walk.button("Draw a box; twice: in the middle").click()
    drag((0.05, 0.6), (0.2, 1.3))  # as far as the picture reaches
    page.get_by_role("group", name="Concepts").get_by_role("button", name="shoe").click()
    walk.button("Draw a polygon; twice: in the middle").click()
    for corner in ((0.1, 0.1), (0.3, 0.1), (0.3, 0.3)):
        page.mouse.click(*at(walk, size, *corner))
    page.mouse.dblclick(*at(walk, size, 0.1, 0.3))
    expect(rows(walk, "New")).to_have_count(2)
    walk.button("Select and change").click()
    drag((0.3, 0.2), (0.35, 0.2))  # a side gives a point
    walk.button("Undo").click()
    walk.button("Redo").click()
    rows(walk, "To decide").last.get_by_role("checkbox").click()
    rows(walk, "Approved").first.get_by_role("button").click()
    walk.button("Delete it, or the point").click()
    walk.button("Approve selected").click()
    saved(walk)
    done = desk.said(task, first)
    assert [one for one in done if one[0] == "shirt"] == [("shirt", "success", [0.55, 0.2, 0.9, 0.7])]
    assert [one[1] for one in done if one[0] in ("coat", "hat")] == ["rejected", "rejected"]
    box, polygon = [region for concept, _, region in done if concept == "shoe"]
    assert box == [0.05, 0.6, 0.2, 1.0]
    assert polygon == [[[0.1, 0.1], [0.3, 0.1], [0.35, 0.2], [0.3, 0.3], [0.1, 0.3]]]


def test_what_is_not_saved_outlives_a_reload(walk: Walk, desk: Desk) -> None:
    task, ids, page = desk.task("wearables"), desk.inputs(), walk.page
    busy = re.compile(r"/review/\d+$")

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=429, json={"error": {"kind": "busy", "message": "Too much at once."}})
        else:
            route.continue_()

    page.route(busy, refuse)
    start(walk, desk, task)
    page.keyboard.press("Enter")
    stage(walk)
    page.keyboard.press("Enter")
    stage(walk)
    expect(page.get_by_text("2 unsaved")).to_be_visible()
    expect(page.get_by_text("2 decisions not saved yet")).to_be_visible()
    progress(walk, "0 of 6 reviewed · you 2 of 6")
    page.keyboard.press("u")  # was not sent: it comes back as it was
    expect(page.get_by_text("1 unsaved")).to_be_visible()
    page.reload()
    stage(walk)
    expect(page.get_by_text("1 unsaved")).to_be_visible()
    assert [status for _, status, _ in desk.said(task, ids[0])][1:] == ["awaiting_review"] * 2
    page.unroute(busy)
    saved(walk)
    assert {status for _, status, _ in desk.said(task, ids[0])} == {"success"}
    progress(walk, "1 of 6 reviewed · you 1 of 6")


def test_somebody_in_between_is_told_and_nothing_is_lost(walk: Walk, desk: Desk) -> None:
    task, ids, page, client = desk.task("wearables"), desk.inputs(), walk.page, desk.client
    start(walk, desk, task)
    one = client.review.get(desk.project, task, ids[0])
    client.review.decide(desk.project, task, one, "reject")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your decision on")).to_be_visible()
    assert {status for _, status, _ in desk.said(task, ids[0])} == {"rejected"}
    stage(walk)
    page.keyboard.press("Enter")
    saved(walk)
    assert {status for _, status, _ in desk.said(task, ids[1])} == {"success"}


def test_all_of_a_concept_at_once_and_filters(walk: Walk, desk: Desk) -> None:
    task, ids, page = desk.task("wearables"), desk.inputs(), walk.page
    start(walk, desk, task)
    page.keyboard.press("a")
    walk.dialog().get_by_label("The concept hat (6)").check()
    walk.button("Reject all", walk.dialog()).click()
    expect(walk.dialog().get_by_text("Reject 6 annotations: the concept hat?")).to_be_visible()
    walk.button("Reject 6", walk.dialog()).click()
    expect(page.get_by_text("6 annotations rejected.")).to_be_visible()
    expect(rows(walk, "To decide")).to_have_text([re.compile("shirt")])
    assert {one[1] for i in ids for one in desk.said(task, i) if one[0] == "hat"} == {"rejected"}

    page.keyboard.press("/")
    walk.dialog().get_by_role("combobox", name="Concept").click()
    page.get_by_role("option", name="shirt").click()
    with page.expect_response(re.compile(r"/review\?concept=shirt")):  # what is shown before has no keys any more
        walk.button("Show these").click()
    expect(page).to_have_url(re.compile("concept=shirt"))
    stage(walk)
    page.keyboard.press("Enter")
    saved(walk)
    assert desk.said(task, ids[0])[1][1] == "success"


def test_alike_inputs_follow_one_another(walk: Walk, desk: Desk, shared_data: Path) -> None:
    task, page = desk.task("wearables"), walk.page
    photos = sorted((shared_data / "coco-mini/images").glob("*.jpg"))[:6]
    alike = sorted(photos, key=lambda photo: of_images([glimpse(image.decode(photo.read_bytes()))]))
    strip = page.get_by_role("group", name="Next inputs").get_by_role("button")

    def follows(names: list[str]) -> None:
        expect(strip).to_have_count(len(names))
        for i, name in enumerate(names):
            expect(strip.nth(i)).to_have_attribute("aria-label", name)

    start(walk, desk, task)
    follows([photo.name for photo in photos])

    page.keyboard.press("/")
    walk.dialog().get_by_role("combobox", name="Order").click()
    page.get_by_role("option", name="Alike together").click()
    walk.button("Show these").click()
    expect(page).to_have_url(re.compile("order=likeness"))
    assert alike != photos
    follows([photo.name for photo in alike])
    stage(walk)
    page.keyboard.press("Enter")
    saved(walk)
    follows([photo.name for photo in alike[1:]])


def test_words_are_marked_anew(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("words", "texts"), walk.page
    first = desk.inputs("texts")[0]
    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    expect(page.locator(".face:not([data-behind]) mark")).to_have_text(["coat"])
    for key in (".", ".", ".", ".", "Shift+ArrowRight", "Control+ArrowRight", "2"):
        page.keyboard.press(key)
    expect(page.locator(".face:not([data-behind]) mark")).to_have_text(["coat", "warm 🎉 and "])
    assert walk.faults() == []
    page.keyboard.press("Enter")
    saved(walk)
    assert desk.said(task, first) == [("thing", "success", [4, 8]), ("praise", "success", [12, 23])]


def test_grid_by_keys_and_by_mouse(walk: Walk, desk: Desk) -> None:
    task, ids, page = desk.task("wearables"), desk.inputs(), walk.page
    walk.go(f"/projects/{desk.project}/tasks/{task}/review/grid?concept=hat")
    hats = crops(walk, "hat", 6)
    for key in ("ArrowRight", "Space"):
        page.keyboard.press(key)
    expect(hats.nth(1)).to_have_attribute("aria-pressed", "true")
    hats.nth(3).click()
    expect(walk.button("Approve 4, reject 2")).to_be_visible()
    page.keyboard.press("Enter")
    shirts = crops(walk, "shirt", 6)
    saved(walk)
    said = [status for i in ids for concept, status, _ in desk.said(task, i) if concept == "hat"]
    assert said == ["success", "rejected", "success", "rejected", "success", "success"]

    shirts.nth(5).click()
    walk.button("Approve 5, reject 1").click()
    expect(page.get_by_text("Nothing waits for you here")).to_be_visible()
    saved(walk)
    assert [desk.said(task, i)[1][1] for i in ids] == ["success"] * 5 + ["rejected"]
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/tasks/{task}$"))


def test_what_the_grid_saves_while_the_desk_opens_leaves_it_its_progress(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    sent: list[Route] = []
    read: list[tuple[Route, APIResponse]] = []
    page.route("**/api/**", lambda r: sent.append(r) if r.request.method == "POST" else r.fallback())
    walk.go(f"/projects/{desk.project}/tasks/{task}/review/grid?concept=hat")
    crops(walk, "hat", 6)
    page.keyboard.press("Enter")
    until(lambda: page.title() and sent)
    page.route(re.compile(r"/api/.*/review\?"), lambda r: read.append((r, r.fetch())))
    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    until(lambda: page.title() and len(sent) == 2 and read)
    sent[1].continue_()
    saved(walk)
    route, answer = read.pop()
    route.fulfill(response=answer)
    expect(page.get_by_text("0 of 6 reviewed · you 0 of 6")).to_be_visible()


def test_the_last_screen_of_the_grid_is_taken_back(walk: Walk, desk: Desk) -> None:
    task, ids, page = desk.task("wearables", concepts=["shirt", "hat"]), desk.inputs(), walk.page
    walk.go(f"/projects/{desk.project}/tasks/{task}/review/grid?concept=hat")
    hats = crops(walk, "hat", 6)
    held: list[Route] = []
    page.route("**/review/groups", lambda route: held.append(route))  # the next concept lets itself be waited for
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(hats).to_have_count(0)
    saved(walk)
    page.keyboard.press("u")
    expect(hats).to_have_count(6)
    expect(hats.first).to_have_attribute("aria-pressed", "true")
    for route in held:
        route.continue_()
    assert {status for i in ids for concept, status, _ in desk.said(task, i) if concept == "hat"} == {"awaiting_review"}


def test_they_keep_nobody_out_and_fit_the_window(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    faults = []
    for place, ready in (
        ("review", "text=Start reviewing"),
        ("review?on=1", "canvas[data-painted=all]"),
        ("review/grid", ".crop"),
    ):
        walk.go(f"/projects/{desk.project}/tasks/{task}/{place}")
        page.locator(ready).first.wait_for()
        if place == "review?on=1":
            page.keyboard.press("Tab")
            page.keyboard.press("i")
        walk.settle()
        faults += [f"{place}: {fault}" for fault in walk.faults()]
        for width in (1024, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            beyond = page.evaluate(_BEYOND)
            assert beyond == [0, 0], f"{place} at {width}"
    assert faults == []
