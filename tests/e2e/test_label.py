"""Label as a person walks it: boxes and polygons, words, tags, predictions, and what was submitted before."""

import re
from pathlib import Path

import pytest
from e2e.desk import COAT, HAT, SHIRT, Desk, at, make_desk, rows, saved, stage
from e2e.walk import Walk
from playwright.sync_api import APIResponse, Route, expect

from labelmill import Client

TEXTS = ["The coat is warm 🎉 and fits.", "The hat is too small."]


@pytest.fixture(scope="module")
def desk(client: Client, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Photographs and texts, and models that find something on each, or nothing."""
    return make_desk(client, shared_data / "coco-mini/images", tmp_path_factory.mktemp("label"), TEXTS)


def start(walk: Walk, desk: Desk, task: int) -> None:
    walk.go(f"/projects/{desk.project}/tasks/{task}/label")


def test_boxes_by_keys_and_by_mouse(walk: Walk, desk: Desk) -> None:
    task, ids, page = (
        desk.task("blind", labelers=[desk.me], instructions="Shoes come in pairs."),
        desk.inputs(),
        walk.page,
    )
    start(walk, desk, task)
    stage(walk)
    expect(page.get_by_text("6 inputs wait for a person")).to_be_visible()
    expect(page.get_by_text("Shoes come in pairs.")).to_be_visible()
    expect(walk.button("Submit: nothing here")).to_be_visible()
    for key in ("4", "b", "b", "Shift+ArrowLeft", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("5 inputs wait for a person")).to_be_visible()
    saved(walk)
    ((concept, status, (x1, y1, x2, y2)),) = desk.said(task, ids[0])
    assert (concept, status) == ("shoe", "success")
    assert (y1, y2) == (0.38, 0.62) and 0.3 < x1 < 0.375 and x2 - x1 == pytest.approx(0.25, abs=0.011)

    photo = desk.client.inputs.get(desk.project, ids[1])
    size = (photo["width"] or 1, photo["height"] or 1)
    page.mouse.move(*at(walk, size, 0.2, 0.2))  # the box tool is still in hand
    page.mouse.down()
    page.mouse.move(*at(walk, size, 0.5, 0.6), steps=4)
    page.mouse.up()
    page.get_by_role("group", name="Concepts").get_by_role("button", name="coat").click()
    expect(rows(walk, "On this input")).to_have_text([re.compile("coat")])
    walk.button("Submit").click()
    saved(walk)
    assert desk.said(task, ids[1]) == [("coat", "success", [0.2, 0.2, 0.5, 0.6])]

    stage(walk)
    page.keyboard.press("Enter")  # nothing here
    saved(walk)
    assert desk.said(task, ids[2]) == []
    assert desk.client.tasks.get(desk.project, task)["empty"] == 4

    # what was submitted before is looked at, and submitted again
    stage(walk)
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
        expect(page.get_by_text("submitted before")).to_be_visible()
    expect(rows(walk, "On this input")).to_have_text([re.compile("coat")])
    rows(walk, "On this input").get_by_role("button").click()
    page.keyboard.press("3")
    expect(rows(walk, "On this input")).to_have_text([re.compile("hat")])
    stage(walk)
    page.keyboard.press("Enter")
    saved(walk)
    assert desk.said(task, ids[1]) == [("hat", "success", [0.2, 0.2, 0.5, 0.6])]
    expect(page.get_by_text("3 inputs wait for a person")).to_be_visible()

    page.keyboard.press("u")
    saved(walk)
    expect(rows(walk, "On this input")).to_have_text([re.compile("coat")])
    assert desk.said(task, ids[1]) == [("coat", "success", [0.2, 0.2, 0.5, 0.6])]


def test_predictions_are_offered_by_their_scores(walk: Walk, desk: Desk) -> None:
    desk.task("wearables")
    task, ids, page = desk.task("blind"), desk.inputs(), walk.page
    start(walk, desk, task)
    stage(walk)
    page.keyboard.press("q")
    panel = page.get_by_role("region", name="Predictions")
    panel.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="wearables").click()
    expect(panel.get_by_text("Predictions (3)")).to_be_visible()
    lowest = panel.get_by_role("slider", name="Lowest score")
    lowest.focus()
    for _ in range(35):
        page.keyboard.press("ArrowRight")
    expect(panel.get_by_text("Scores from 0.65 to 1.00")).to_be_visible()
    expect(panel.get_by_text("Predictions (2)")).to_be_visible()
    panel.get_by_role("button", name="shirt").click()
    walk.button("Accept", panel).click()
    expect(rows(walk, "On this input")).to_have_text([re.compile("shirt")])
    walk.button("Accept all 1", panel).click()
    expect(panel.get_by_text("Predictions (0)")).to_be_visible()
    page.locator("canvas.stage").focus()
    page.keyboard.press("Enter")
    saved(walk)
    assert sorted(desk.said(task, ids[0])) == [("coat", "success", COAT), ("shirt", "success", SHIRT)]
    expect(panel.get_by_text("Predictions (2)")).to_be_visible()  # the choice of scores stays
    assert HAT not in [one[2] for one in desk.said(task, ids[0])]


def test_words_by_mouse_and_by_keys(walk: Walk, desk: Desk) -> None:
    task, ids, page = (
        desk.task(None, "texts", makes="span", concepts=["thing", "praise"]),
        desk.inputs("texts"),
        walk.page,
    )
    start(walk, desk, task)
    words = page.get_by_role("group", name="Text")
    expect(words).to_have_text(TEXTS[0])
    box = words.bounding_box()
    assert box is not None
    found = page.evaluate(
        """() => {
          const node = document.querySelector('.text [data-from]').firstChild
          const range = document.createRange()
          range.setStart(node, 12)
          range.setEnd(node, 19)
          const { left, right, top, bottom } = range.getBoundingClientRect()
          return [left, right, (top + bottom) / 2]
        }"""
    )
    page.mouse.move(found[0] + 1, found[2])
    page.mouse.down()
    page.mouse.move(found[1] - 1, found[2], steps=4)
    page.mouse.up()
    expect(page.locator("[data-marked]")).to_have_text("warm 🎉")
    page.get_by_role("group", name="Concepts").get_by_role("button", name="praise").click()
    expect(page.locator("mark")).to_have_text("warm 🎉")
    walk.button("Submit").click()
    saved(walk)
    assert desk.said(task, ids[0]) == [("praise", "success", [12, 18])]

    expect(words).to_have_text(TEXTS[1])
    for key in (".", ".", "1", "."):
        page.keyboard.press(key)
    expect(page.locator("[data-marked]")).to_have_text("is")
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "2", "Control+z", "Control+Shift+z", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("Nothing waits for a person here")).to_be_visible()
    saved(walk)
    assert desk.said(task, ids[1]) == [("thing", "success", [4, 7]), ("praise", "success", [8, 20])]


@pytest.mark.parametrize("model", [None, "speechless"])
def test_tags_by_number_keys(walk: Walk, desk: Desk, model: str | None) -> None:
    rules = {"makes": "class", "concepts": ["indoors", "outdoors"]} if model is None else {}
    task, ids, page = desk.task(model, **rules), desk.inputs(), walk.page
    second = "outdoors" if model is None else "shirt"
    start(walk, desk, task)
    stage(walk)
    tags = page.get_by_role("group", name="Said of the whole input").get_by_role("button")
    expect(page.get_by_role("toolbar", name="Tools").get_by_role("button", name=re.compile("^Draw a"))).to_have_count(0)
    for key in ("b", "b", "p", "1", "2", "1"):
        page.keyboard.press(key)
    expect(tags).to_have_text([second])
    page.keyboard.press("Enter")
    saved(walk)
    assert desk.said(task, ids[0]) == [(second, "success", [])]
    expect(tags).to_have_count(0)
    page.get_by_role("link", name="Back to the task").click()
    if model is None:
        counted = page.get_by_role("region", name="Annotations by concept")
        expect(counted.get_by_role("row").filter(has_text="outdoors").get_by_role("cell")).to_have_text(
            ["outdoors", "1", "0", "0", "0"]
        )
        expect(counted.get_by_role("row").filter(has_text="indoors").get_by_role("cell").nth(1)).to_have_text("0")
    assert walk.faults() == []


def test_two_labelers_never_get_the_same_and_what_is_skipped_is_free(walk: Walk, desk: Desk) -> None:
    task, ids, page = desk.task("blind"), desk.inputs(), walk.page
    start(walk, desk, task)
    stage(walk)
    names = {i: desk.client.inputs.get(desk.project, i)["name"] for i in ids}
    expect(page.get_by_role("img", name=names[ids[0]])).to_be_visible()
    with page.expect_response(re.compile("/label/next$")):  # the one after the next is fetched, too
        page.keyboard.press("s")
    expect(page.get_by_role("img", name=names[ids[1]])).to_be_visible()
    leases = [re.compile(f"/label/{i}/lease$") for i in ids[1:3]]
    with page.expect_response(leases[0]), page.expect_response(leases[1]):
        page.get_by_role("link", name="Back to the task").click()
    expect(page).to_have_url(re.compile(rf"/tasks/{task}$"))
    start(walk, desk, task)
    expect(page.get_by_role("img", name=names[ids[0]])).to_be_visible()


def test_who_leaves_and_comes_back_at_once_gets_the_same(walk: Walk, desk: Desk) -> None:
    """The input beyond it was being taken meanwhile: it goes back before the first is asked for again."""
    task, ids, page = desk.task("blind"), desk.inputs(), walk.page
    name = desk.client.inputs.get(desk.project, ids[0])["name"]
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if "after" in (route.request.post_data_json or {}) and not held:
            held.append((route, route.fetch()))
        else:
            route.continue_()

    page.route("**/label/next", hold)
    with page.expect_request(lambda request: "after" in (request.post_data or "")):
        start(walk, desk, task)
    expect(page.get_by_role("img", name=name)).to_be_visible()
    page.get_by_role("link", name="Back to the task").click()
    page.get_by_role("link", name="Label", exact=True).click()
    expect(page).to_have_url(re.compile("/label$"))
    ((route, response),) = held
    route.fulfill(response=response)
    expect(page.get_by_role("img", name=name)).to_be_visible()


def test_it_keeps_nobody_out(walk: Walk, desk: Desk) -> None:
    task = desk.task("blind", instructions="Look twice.")
    words = desk.task(None, "texts", makes="span", concepts=["thing"])
    start(walk, desk, task)
    stage(walk)
    for key in ("b", "b", "v", "q"):
        walk.page.keyboard.press(key)
    walk.page.get_by_role("region", name="Predictions").get_by_role("combobox").wait_for()
    walk.settle()
    faults = walk.faults()
    start(walk, desk, words)
    walk.page.get_by_role("group", name="Text").wait_for()
    walk.page.keyboard.press(".")
    walk.settle()
    assert faults + walk.faults() == []
