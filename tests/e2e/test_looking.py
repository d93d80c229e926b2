"""Looking closer at a desk: zoom, pan and fit, the hand, what is hidden or drawn anew, how a picture is shown."""

import re
from pathlib import Path

import pytest
from e2e.desk import HAT, Desk, at, make_desk, rows, saved, stage
from e2e.walk import Walk
from mill import until
from playwright.sync_api import APIResponse, Route, expect

from labelmill import Client

_LOOKS = """(stage) => {
  const copy = document.createElement('canvas')
  copy.width = stage.width
  copy.height = stage.height
  const pen = copy.getContext('2d')
  pen.drawImage(stage, 0, 0)
  const side = Math.round(Math.min(stage.width, stage.height) / 2)
  const from = [(stage.width - side) / 2, (stage.height - side) / 2].map(Math.round)
  const { data } = pen.getImageData(...from, side, side)
  let [light, squares, colour] = [0, 0, 0]
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = data.subarray(i, i + 3)
    light += (r + g + b) / 3
    squares += ((r + g + b) / 3) ** 2
    colour += Math.max(r, g, b) - Math.min(r, g, b)
  }
  const pixels = data.length / 4
  return [light / pixels, Math.sqrt(squares / pixels - (light / pixels) ** 2), colour / pixels]
}"""


@pytest.fixture(scope="module")
def desk(client: Client, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Photographs and models that find something on each, or nothing."""
    return make_desk(
        client,
        shared_data / "coco-mini/images",
        tmp_path_factory.mktemp("looking"),
        [f"A coat, {i}." for i in range(6)],
    )


def boxes(desk: Desk, task: int, concept: str) -> list[list[float]]:
    """Those of a concept on the first photograph, in the order in which they were drawn."""
    found = desk.client.inputs.get(desk.project, desk.inputs()[0], task_id=task)["annotations"]
    mine = sorted((one["id"], one["region"]) for one in found if one["task_id"] == task and one["concept"] == concept)
    return [region["value"] for _, region in mine if region is not None]


def scale(walk: Walk, desk: Desk) -> tuple[float, float]:
    """Pixels of the screen that the whole first photograph takes, each way, as it is fitted."""
    photo = desk.client.inputs.get(desk.project, desk.inputs()[0])
    size = (photo["width"] or 1, photo["height"] or 1)
    (x1, y1), (x2, y2) = at(walk, size, 0, 0), at(walk, size, 1, 1)
    return x2 - x1, y2 - y1


def middle(box: list[float]) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


@pytest.mark.parametrize(("model", "place"), [("wearables", "review?on=1"), ("blind", "label")])
def test_zoom_pan_and_fit_by_keys_alone(walk: Walk, desk: Desk, model: str, place: str) -> None:
    task, page = desk.task(model), walk.page
    walk.go(f"/projects/{desk.project}/tasks/{task}/{place}")
    wide, high = scale(walk, desk)
    zoomed = 1.25**4
    draw = ["b"]  # in the middle of what is seen
    look = ["Control+Shift+ArrowRight", "Control+Shift+ArrowRight", "Control+Shift+ArrowUp"]
    for key in ("4", "b", *"++++", *draw, *look, *draw, "-", *draw, "f", *draw, "Enter"):
        page.keyboard.press(key)
        stage(walk)
    saved(walk)
    near, moved, out, fitted = boxes(desk, task, "shoe")
    assert middle(near) == pytest.approx((0.5, 0.5), abs=1e-6)
    assert middle(moved) == pytest.approx((0.5 + 160 / wide / zoomed, 0.5 - 80 / high / zoomed), abs=1e-3)
    assert near[2] - near[0] == pytest.approx(moved[2] - moved[0], abs=1e-6)
    assert near[3] - near[1] < out[3] - out[1] < 0.25
    assert fitted == pytest.approx([0.375, 0.375, 0.625, 0.625])


def test_the_hand_moves_the_picture_and_picks_nothing(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    wide, high = scale(walk, desk)
    for _ in range(4):
        walk.button("Zoom in").click()
    page.keyboard.press("h")
    box = stage(walk).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 100, y - 60, steps=4)
    page.mouse.up()
    page.mouse.click(x, y)
    expect(page.locator(".annotation[data-selected]")).to_have_count(0)
    for key in ("4", "b", "b"):
        page.keyboard.press(key)
    expect(rows(walk, "New")).to_have_count(1)
    for button in ("Zoom out", "Fit to window"):
        walk.button(button).click()
        page.keyboard.press("b")
    page.keyboard.press("Enter")
    saved(walk)
    dragged, out, fitted = boxes(desk, task, "shoe")
    assert middle(dragged) == pytest.approx((0.5 + 100 / wide / 1.25**4, 0.5 + 60 / high / 1.25**4), abs=1e-3)
    assert dragged[3] - dragged[1] < out[3] - out[1] < 0.25
    assert fitted == pytest.approx([0.375, 0.375, 0.625, 0.625])


def test_one_is_hidden_and_shown_and_drawn_anew(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    shown = stage(walk)
    name = shown.get_attribute("aria-label") or ""
    assert name.endswith("with 3 annotations")
    for key, count in (("Tab", 3), ("x", 2), ("x", 3)):
        page.keyboard.press(key)
        expect(shown).to_have_attribute("aria-label", name.replace("3", str(count)))
    wide, high = scale(walk, desk)
    box = stage(walk).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.keyboard.press("w")
    page.mouse.move(x - wide / 4, y - high / 4)
    page.mouse.down()
    page.mouse.move(x, y + high / 4, steps=4)
    page.mouse.up()
    expect(rows(walk, "To decide")).to_have_count(2)
    expect(rows(walk, "New")).to_have_count(0)
    expect(walk.button("Select and change")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    saved(walk)
    assert boxes(desk, task, "shirt") == [pytest.approx([0.25, 0.25, 0.5, 0.75], abs=0.005)]
    assert boxes(desk, task, "hat") == [pytest.approx(HAT)]


def test_brightness_contrast_saturation_and_invert_are_seen(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    second = desk.client.inputs.get(desk.project, desk.inputs()[1])  # the first one is grey
    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    stage(walk)
    page.keyboard.press("ArrowRight")
    expect(stage(walk)).to_have_attribute("aria-label", f"{second['name']} with 3 annotations")
    page.keyboard.press("Shift+H")
    expect(stage(walk)).to_have_attribute("aria-label", f"{second['name']} with 0 annotations")

    def looks() -> tuple[float, float, float]:
        """How light it is, how much that differs, and how colourful; each of 255."""
        light, differs, colour = stage(walk).evaluate(_LOOKS)
        return light, differs, colour

    def as_at_first() -> bool:
        return looks() == pytest.approx(plain, abs=1)

    plain = looks()
    page.keyboard.press("i")
    panel = page.get_by_role("group", name="How the picture is shown")
    again = panel.get_by_role("button", name="As it is")
    for number, name in enumerate(("Brightness", "Contrast", "Saturation")):
        slider = panel.get_by_role("slider", name=name)
        slider.focus()
        for _ in range(10):
            page.keyboard.press("ArrowRight")
        expect(slider).to_have_attribute("aria-valuenow", "1.5")
        until(lambda at=number: looks()[at] > plain[at] * 1.1)
        slider.focus()
        page.keyboard.press("Home")
        until(lambda at=number: looks()[at] < plain[at] * 0.6)
        again.click()
        until(as_at_first)
    panel.get_by_role("switch", name="Invert").click()
    until(lambda: looks()[0] == pytest.approx(255 - plain[0], abs=2))
    page.keyboard.press("i")  # with the keys still at a slider
    expect(panel).to_have_count(0)
    assert not as_at_first()  # it stays as it was made
    page.keyboard.press("i")
    again.click()
    until(as_at_first)


def test_the_sliders_leave_what_is_said_of_the_whole_input_in_reach(walk: Walk, desk: Desk) -> None:
    walk.go(f"/projects/{desk.project}/tasks/{desk.task('kinds')}/review?on=1")
    stage(walk)
    walk.page.keyboard.press("i")
    expect(walk.page.get_by_role("group", name="How the picture is shown")).to_be_visible()
    said = walk.page.get_by_role("group", name="Said of the whole input").get_by_role("button", name="coat")
    said.click()
    expect(said).to_have_attribute("aria-pressed", "true")


def test_a_screen_of_another_density_is_painted_for_at_once(walk: Walk, desk: Desk) -> None:
    """And what is panned is the same pixels as what was painted, even where a margin would end within one."""
    ahead(walk, desk)
    page, shown = walk.page, stage(walk)
    session = page.context.new_cdp_session(page)
    for density in (2, 1.1, 1):
        screen = {"width": 1280, "height": 800, "deviceScaleFactor": density, "mobile": False}
        session.send("Emulation.setDeviceMetricsOverride", screen)
        page.keyboard.press("f")
        until(
            lambda d=density: (
                shown.evaluate("({ width, clientWidth }) => width / clientWidth") == pytest.approx(d, abs=0.01)
            )
        )
        walk.settle()
        stage(walk)
        shown.evaluate(_PIXELS)
        shown.hover(position={"x": 3, "y": 3})
        page.mouse.move(5, 5)
        walk.settle()
        stage(walk)
        assert shown.evaluate(_PIXELS) < 0.5


def test_the_next_picture_is_painted_before_it_is_asked_for(walk: Walk, desk: Desk) -> None:
    """A key only brings it to the front: nothing is painted on it any more, and it looks as it did behind."""
    first, second, third = ahead(walk, desk)
    page = walk.page
    front, behind = page.locator("canvas.stage"), page.locator("canvas.stage-behind")
    expect(front).to_have_attribute("aria-label", first)
    looked = behind.evaluate(_STROKES)
    page.keyboard.press("Enter")
    expect(front).to_have_attribute("aria-label", second)
    expect(behind).to_have_attribute("aria-label", third)
    saved(walk)
    assert front.evaluate("(stage) => [stage.strokes, stage.toDataURL()]") == [0, looked]


def ahead(walk: Walk, desk: Desk) -> list[str]:
    """At the desk, with the second picture painted behind the first; what the first three are called there."""
    task, page = desk.task("wearables"), walk.page
    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    stage(walk)
    names = [desk.client.inputs.get(desk.project, one)["name"] for one in desk.inputs()[:3]]
    labels = [f"{name} with 3 annotations" for name in names]
    expect(page.locator("canvas.stage-behind[data-painted=all]")).to_have_attribute("aria-label", labels[1])
    walk.settle()
    return labels


@pytest.mark.parametrize(("model", "dataset"), [("wearables", "photos"), ("words", "texts")])
def test_a_key_shows_what_comes_next_before_anything_else(walk: Walk, desk: Desk, model: str, dataset: str) -> None:
    """In the same breath: the list and the buttons follow, and a key that comes before them does not decide what is
    not seen yet."""
    task, page = desk.task(model, dataset), walk.page
    _, second, third = desk.inputs(dataset)[:3]
    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    front = page.locator(".face:not([data-behind])")
    for behind in (second, third):
        expect(page.locator(f".face[data-behind][data-input='{behind}'] {_PAINTED}")).to_have_count(1)
        walk.settle()
        assert page.evaluate(_TWO_AT_ONCE) == [str(behind)] * 2
        expect(front).to_have_attribute("data-input", str(behind))
    saved(walk)
    expect(page.get_by_text(re.compile("^2 of 6 reviewed"))).to_be_visible()


def test_who_leaves_with_the_key_that_decides_has_decided(walk: Walk, desk: Desk) -> None:
    _, second, _ = ahead(walk, desk)
    with walk.page.expect_navigation():
        walk.page.evaluate(f"() => {{ {_ENTER}; location.reload() }}")
    expect(walk.page.get_by_text("1 of 6 reviewed · you 1 of 6")).to_be_visible()
    expect(walk.page.locator("canvas.stage")).to_have_attribute("aria-label", second)


def test_what_is_saved_while_the_next_page_is_read_counts(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    sent: list[Route] = []
    read: list[tuple[Route, APIResponse]] = []
    page.route(re.compile(r"/review/\d+$"), lambda r: sent.append(r) if r.request.method == "POST" else r.continue_())
    walk.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    stage(walk)
    page.keyboard.press("Enter")
    until(lambda: page.title() and sent)
    page.route(
        re.compile(r"/api/.*/review\?"), lambda r: read.append((r, r.fetch()))
    )  # as it stood before it was saved
    page.reload()
    until(lambda: page.title() and len(sent) == 2 and read)
    sent[1].continue_()
    saved(walk)
    route, answer = read.pop()
    route.fulfill(response=answer)
    expect(page.get_by_text("1 of 6 reviewed · you 1 of 6")).to_be_visible()


def test_what_no_frame_has_shown_is_not_decided(walk: Walk, desk: Desk) -> None:
    _, second, third = ahead(walk, desk)
    page, front = walk.page, walk.page.locator("canvas.stage")
    page.evaluate(_NO_FRAMES)
    page.keyboard.press("Enter")
    expect(front).to_have_attribute("aria-label", second)
    page.keyboard.press("Enter")
    page.evaluate("frames()")
    saved(walk)
    expect(page.get_by_text("1 of 6 reviewed · you 1 of 6")).to_be_visible()
    expect(front).to_have_attribute("aria-label", second)
    page.keyboard.press("Enter")
    expect(front).to_have_attribute("aria-label", third)


def test_what_is_under_way_with_the_mouse_ends_with_its_picture(walk: Walk, desk: Desk) -> None:
    ahead(walk, desk)
    page, box = walk.page, stage(walk).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for tool in ("b", "h"):
        page.keyboard.press(tool)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 40, y + 40, steps=3)
        label = page.locator("canvas.stage").get_attribute("aria-label") or ""
        page.keyboard.press("Enter")
        expect(page.locator("canvas.stage")).not_to_have_attribute("aria-label", label)
        page.mouse.move(x + 90, y + 90, steps=3)
        page.mouse.up()
        stage(walk)
        expect(page.locator("canvas.stage")).to_have_attribute("aria-label", re.compile("with 3 annotations"))
        expect(page.get_by_role("region", name="New")).to_have_count(0)
        assert fitted(walk)


def test_each_picture_begins_fitted(walk: Walk, desk: Desk) -> None:
    labels = ahead(walk, desk)
    for label in labels[1:]:
        for key in ("+", "+", "Enter"):
            walk.page.keyboard.press(key)
        expect(walk.page.locator("canvas.stage")).to_have_attribute("aria-label", label)
        assert fitted(walk)


def test_a_button_keeps_the_keys_from_one_picture_to_the_next(walk: Walk, desk: Desk) -> None:
    for label in ahead(walk, desk)[1:]:
        walk.button(re.compile("^Reject input")).focus()
        walk.page.keyboard.press("Enter")
        expect(walk.page.locator("canvas.stage")).to_have_attribute("aria-label", label)
        expect(walk.button(re.compile("^Reject input"))).to_be_focused()


def fitted(walk: Walk) -> bool:
    """Whether the picture lies as Fit lays it."""
    front = stage(walk)
    walk.settle()
    before = front.evaluate("(stage) => stage.toDataURL()")
    walk.page.keyboard.press("f")
    walk.settle()
    return bool(stage(walk).evaluate("(stage) => stage.toDataURL()") == before)


_NO_FRAMES = """() => {
  const [ask, held] = [window.requestAnimationFrame, []]
  window.requestAnimationFrame = (then) => held.push(then)
  window.frames = () => {
    window.requestAnimationFrame = ask
    for (const then of held) ask(then)
  }
}"""
"""Nothing is drawn any more until `frames()`."""

_PIXELS = """(stage) => {
  const copy = new OffscreenCanvas(stage.width, stage.height).getContext('2d', { willReadFrequently: true })
  copy.drawImage(stage, 0, 0)
  const now = copy.getImageData(0, 0, stage.width, stage.height).data
  const before = stage.before ?? now
  stage.before = now
  return now.reduce((sum, value, at) => sum + Math.abs(value - before[at]), 0) / now.length
}"""
"""How far the pixels (0 to 255) are in the mean from what they were when this was asked last."""

_PAINTED = ":is(canvas[data-painted=all], .text-stage .text)"

_ENTER = "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))"

_TWO_AT_ONCE = f"""() => [1, 2].map(() => {{
  {_ENTER}
  return document.querySelector('.face:not([data-behind])').dataset.input
}})"""

_STROKES = """(canvas) => {
  const pen = canvas.getContext('2d')
  canvas.strokes = 0
  for (const name of ['fillRect', 'drawImage', 'stroke']) {
    const does = pen[name].bind(pen)
    pen[name] = (...how) => {
      canvas.strokes += 1
      return does(...how)
    }
  }
  return canvas.toDataURL()
}"""
"""Counts from now on what is painted on a canvas, and says how it looks."""
