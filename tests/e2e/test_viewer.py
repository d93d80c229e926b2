"""The viewer: what the pointer is on, what is selected, where one goes from here; addresses that lead nowhere."""

import re

import pytest
from e2e.conftest import Shown
from e2e.walk import Walk
from playwright.sync_api import Route, expect


def test_outlines_have_holes_and_the_address_keeps_what_is_selected(walk: Walk, shown: Shown) -> None:
    page = walk.page
    first, second = shown.images[:2]
    walk.go(f"/projects/{shown.id}/inputs/{first}?task_id={shown.shapes}")
    listed = walk.annotations()
    expect(listed).to_have_text([re.compile("ring.*0.95.*approved"), re.compile("block.*0.70.*to review")])
    page.locator("canvas[data-painted=all]").wait_for()
    stage = page.locator("canvas.stage").bounding_box()
    assert stage is not None
    scale = min((stage["width"] - 32) / 480, (stage["height"] - 32) / 300)  # the picture is fitted with a margin

    def at(x: float, y: float) -> tuple[float, float]:
        middle = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
        return middle[0] + (x - 0.5) * 480 * scale, middle[1] + (y - 0.5) * 300 * scale

    page.mouse.move(*at(0.2, 0.5))
    expect(listed.first).to_have_attribute("data-on", "true")
    page.mouse.move(*at(0.33, 0.5))  # the hole
    expect(listed.first).not_to_have_attribute("data-on", "true")
    page.mouse.move(*at(0.89, 0.5))
    expect(listed.last).to_have_attribute("data-on", "true")
    page.keyboard.press("Control+Shift+ArrowRight")  # the block goes to the left
    left, y = at(0.89, 0.5)
    page.mouse.move(left + 1, y)
    expect(listed.last).not_to_have_attribute("data-on", "true")
    page.mouse.move(left - 80, y)
    expect(listed.last).to_have_attribute("data-on", "true")
    page.keyboard.press("f")
    page.mouse.click(*at(0.75, 0.5))
    expect(listed.last).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(r"annotation=\d+"))
    page.reload()
    expect(listed.last).to_have_attribute("aria-pressed", "true")

    walk.button(re.compile("^block 1")).click()
    expect(listed).to_have_count(1)
    page.mouse.move(*at(0.5, 0.5))
    expect(page.get_by_role("tooltip")).to_have_count(0)  # Escape would close that first
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(rf"/inputs/{second}\?"))
    expect(page.get_by_role("heading", name="1.png")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile(rf"/inputs/{first}\?"))
    expect(page.get_by_role("heading", name="0.png")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(rf"/inputs\?task_id={shown.shapes}$"))


def test_what_the_pointer_is_on_outlives_a_sharper_picture(walk: Walk, shown: Shown) -> None:
    page = walk.page
    held: list[Route] = []
    page.route("**/file", lambda route: held.append(route))
    walk.go(f"/projects/{shown.id}/inputs/{shown.images[0]}?task_id={shown.shapes}")
    page.locator("canvas[data-painted=all]").wait_for()  # over the thumbnail
    stage = page.locator("canvas.stage").bounding_box()
    assert stage is not None
    scale = min((stage["width"] - 32) / 480, (stage["height"] - 32) / 300)
    ring = stage["x"] + stage["width"] / 2 - 0.3 * 480 * scale, stage["y"] + stage["height"] / 2
    page.mouse.move(*ring)
    first = walk.annotations().first
    expect(first).to_have_attribute("data-on", "true")
    with page.expect_response("**/file"):
        held[0].continue_()
    page.locator("canvas[data-painted=all]").wait_for()
    page.mouse.move(stage["x"] + 2, stage["y"] + 2)
    expect(first).not_to_have_attribute("data-on", "true")


def test_words_are_marked(walk: Walk, shown: Shown) -> None:
    walk.go(f"/projects/{shown.id}/inputs/{shown.texts[0]}")
    marks = walk.page.locator("mark")
    expect(marks).to_have_text(["coat", "warm"])
    marks.first.hover()
    expect(walk.annotations().filter(has_text="thing")).to_have_attribute("data-on", "true")


def test_samples_near_a_limit_are_shown_where_they_lie(walk: Walk, shown: Shown) -> None:
    walk.go(f"/projects/{shown.id}/tasks/{shown.shapes}")
    walk.button(re.compile("^block")).click()
    expect(walk.page.get_by_text("Around the lower limit")).to_be_visible()
    expect(walk.page.locator(".sample").first).to_contain_text("0.20")
    walk.page.locator(".sample").first.click()
    expect(walk.page).to_have_url(re.compile(rf"/inputs/\d+\?task_id={shown.shapes}"))


@pytest.mark.parametrize("place", ["/projects/999999/inputs", "/nowhere", "inputs/999999", "tasks/999999"])
def test_an_address_that_leads_nowhere_says_so_and_leads_back(walk: Walk, shown: Shown, place: str) -> None:
    walk.go(place if place.startswith("/") else f"/projects/{shown.id}/{place}")
    page = walk.page.get_by_role("main")
    expect(page.get_by_text(re.compile("There is no|could not be loaded")).first).to_be_visible()
    expect(page.get_by_role("link").or_(page.get_by_role("button")).first).to_be_visible()
