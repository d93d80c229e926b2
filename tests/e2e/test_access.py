"""Everybody can use the pages: axe finds no serious or critical fault, in light and in dark, dialogs included."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from walk import Enter, Shown, Walk


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_nothing_against_any_page(enter: Enter, shown: Shown, scheme: str) -> None:
    walk = enter(color_scheme=scheme)
    page = walk.page
    at = f"/projects/{shown.id}"
    tile, mark = page.locator(".tile").first, page.locator("mark").first
    places: list[tuple[str, Callable[[], None]]] = [
        ("/projects", lambda: walk.link("Bit of everything").wait_for()),
        ("/account", lambda: walk.heading("Access tokens").wait_for()),
        (f"{at}/inputs", tile.wait_for),
        (f"{at}/inputs?kind=text&task_id={shown.shapes}", lambda: walk.told("No input is like that")),
        (f"{at}/inputs/{shown.images[0]}", page.locator("canvas[data-painted=all]").wait_for),
        (f"{at}/inputs/{shown.texts[0]}", mark.wait_for),
        (f"{at}/models", lambda: walk.region("shapes").wait_for()),
        (f"{at}/members", lambda: walk.button("Add member").wait_for()),
        (f"{at}/tasks", lambda: walk.link("Find words").wait_for()),
        (f"{at}/tasks/{shown.words}", lambda: walk.region("Failures").wait_for()),
        (f"{at}/tasks/new", lambda: choose(walk)),
        (f"{at}/tasks/new", lambda: per_concept(walk)),
        (f"{at}/inputs", lambda: palette(walk)),
        (f"{at}/inputs", lambda: select(walk)),
        (f"{at}/models", lambda: walk.button("Add model").first.click()),
        (f"{at}/nowhere", lambda: walk.told("There is no such page")),
    ]
    found: dict[str, list[str]] = {}
    for number, (place, ready) in enumerate(places):
        walk.go(place)
        ready()
        walk.settle()
        if faults := walk.faults():
            found[f"{number} {place}"] = faults
    stranger = enter(known=False, color_scheme=scheme)
    stranger.go("/sign-in")
    stranger.button("Sign in").wait_for()
    found |= {"/sign-in": faults} if (faults := stranger.faults()) else {}
    assert not found, "\n".join(f"{place}: {fault}" for place, faults in found.items() for fault in faults)


def choose(walk: Walk) -> None:
    walk.page.get_by_role("radio", name=re.compile("^shapes")).click()
    expect(walk.page.get_by_role("complementary", name="Summary")).to_contain_text("shapes")


def per_concept(walk: Walk) -> None:
    choose(walk)
    walk.page.get_by_text("Per concept", exact=True).click()
    walk.button("Save Changes").wait_for()


def palette(walk: Walk) -> None:
    walk.page.locator(".tile").first.wait_for()
    walk.page.keyboard.press("Control+k")
    walk.page.get_by_label("Search commands").wait_for()


def select(walk: Walk) -> None:
    walk.page.locator(".tile").first.wait_for()
    walk.page.keyboard.press("Control+a")
    walk.told("selected")
