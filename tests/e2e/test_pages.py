"""The other pages: accounts, projects, members, models and tasks, as a person goes through them."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from walk import Enter, Shown, Site, Walk

from labelmill import Client

PASSWORD = "an open gate"


def test_the_printed_link_lets_in_once(enter: Enter, site: Site, signed_in: object) -> None:
    walk = enter(known=False)
    walk.page.goto(site.link)
    expect(walk.page.get_by_role("alert")).to_be_visible()
    assert "token" not in walk.page.url
    walk.go("/projects")
    walk.page.wait_for_url("**/sign-in?to=*")


def test_a_password_lets_in_and_leads_where_one_wanted_to_go(enter: Enter, client: Client, shown: Shown) -> None:
    invited = client.members.add(shown.id, "Ben", "reviewer")
    ben = enter(known=False)
    ben.go(f"/sign-in#token={invited['token']}")
    ben.page.wait_for_url("**/projects")
    ben.button("Ben: account").click()
    ben.page.get_by_role("menuitem", name="Password and access tokens").click()
    ben.page.get_by_label("New password").fill(PASSWORD)
    ben.button("Set password").click()
    ben.told("The new password is set.")
    ben.button("New token").click()
    ben.dialog().get_by_label("Name").fill("script")
    ben.button("Create token").click()
    ben.told("not shown again")
    ben.button("Revoke script").click()
    ben.button("Revoke", ben.dialog()).click()
    expect(ben.button("Revoke script")).to_have_count(0)
    ben.button("Ben: account").click()
    ben.page.get_by_role("menuitem", name="Sign out").click()
    ben.page.wait_for_url("**/sign-in")

    ben.go(f"/projects/{shown.id}/models")
    for password in ("wrong", PASSWORD):
        ben.page.get_by_label("Name").fill("Ben")
        ben.page.get_by_role("textbox", name="Password").fill(password)
        ben.button("Sign in").click()
        if password == "wrong":
            expect(ben.page.get_by_role("alert")).to_be_visible()
    ben.page.wait_for_url(f"**/projects/{shown.id}/models")
    # a reviewer looks, and is offered nothing that the server would refuse
    expect(ben.button("Add model")).to_have_count(0)
    ben.go(f"/projects/{shown.id}/inputs")
    expect(ben.page.locator(".tile").first).to_be_visible()
    expect(ben.button("Upload")).to_have_count(0)


def test_projects_are_made_renamed_archived_and_restored(walk: Walk) -> None:
    page = walk.page
    walk.new_project("Passing")
    walk.go("/projects")
    for now, action, button, then in [("Passing", "Rename", "Rename", "Lasting")]:
        walk.button(f"Actions for {now}").click()
        page.get_by_role("menuitem", name=action).click()
        walk.dialog().get_by_label("Name").fill(then)
        walk.button(button, walk.dialog()).click()
    expect(walk.link("Lasting")).to_be_visible()
    walk.button("Actions for Lasting").click()
    page.get_by_role("menuitem", name="Archive").click()
    expect(walk.link("Lasting")).to_have_count(0)
    page.get_by_text("Archived", exact=True).click()
    walk.button("Actions for Lasting").click()
    page.get_by_role("menuitem", name="Take out of the archive").click()
    expect(walk.link("Lasting")).to_have_count(0)
    page.get_by_text("Open", exact=True).click()
    expect(walk.link("Lasting")).to_be_visible()


def test_keys_and_the_palette_lead_everywhere(walk: Walk, shown: Shown) -> None:
    page = walk.page
    walk.go(f"/projects/{shown.id}/inputs")
    expect(page.locator(".tile").first).to_be_visible()
    for keys, where in (("gm", "models"), ("gt", "tasks"), ("gn", "tasks/new"), ("gi", "inputs")):
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_url(f"**/projects/{shown.id}/{where}")
    page.keyboard.press("Control+k")
    page.get_by_label("Search commands").fill("find words")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tasks/{shown.words}")
    expect(walk.dialog()).to_have_count(0)
    page.keyboard.press("[")
    expect(page.get_by_text("Labelmill", exact=True)).to_have_count(0)
    page.keyboard.press("[")
    expect(page.get_by_text("Labelmill", exact=True)).to_be_visible()
    page.keyboard.press("?")
    expect(walk.dialog()).to_contain_text("Fit to window")


def test_members_come_change_and_go(walk: Walk) -> None:
    project = walk.new_project("Together")
    walk.go(f"/projects/{project}/members")
    walk.button("Add member").click()
    walk.dialog().get_by_label("Name").fill("Carla")
    walk.button("Add member", walk.dialog()).click()
    expect(walk.dialog().get_by_role("alert")).to_contain_text("/sign-in#token=")
    walk.page.keyboard.press("Escape")
    role = walk.page.get_by_role("combobox", name="Role of Carla").or_(
        walk.page.get_by_role("textbox", name="Role of Carla")
    )
    expect(role).to_have_value("reviewer")
    role.click()
    walk.page.get_by_role("option", name="admin").click()
    expect(role).to_have_value("admin")
    walk.button("Remove Carla").click()
    walk.button("Remove", walk.dialog()).click()
    expect(role).to_have_count(0)


def test_a_model_is_tried_on_an_input_and_a_broken_card_is_refused(walk: Walk, shown: Shown, tmp_path: Path) -> None:
    walk.go(f"/projects/{shown.id}/models")
    walk.button("Try on an input: shapes").click()
    walk.dialog().locator("button.choice").first.click()
    expect(walk.dialog()).to_contain_text("0.95", timeout=60_000)
    walk.page.keyboard.press("Escape")

    card = tmp_path / "torn.yaml"
    card.write_text("name: torn\nruntime: onnx\n")
    walk.button("Add model").first.click()
    walk.dialog().locator("input[type=file]").set_input_files([card])
    walk.button("Add model", walk.dialog()).click()
    expect(walk.dialog().get_by_role("alert")).to_contain_text("torn.yaml")


def test_a_task_has_limits_of_its_own_for_a_concept_and_a_menu(walk: Walk, shown: Shown) -> None:
    page = walk.page
    walk.go(f"/projects/{shown.id}/tasks/new")
    chooser = page.get_by_role("combobox", name="Dataset").or_(page.get_by_role("textbox", name="Dataset"))
    chooser.click()
    page.get_by_role("option", name=re.compile("pictures")).click()
    page.get_by_role("radio", name=re.compile("^shapes")).click()
    page.get_by_text("Per concept", exact=True).click()
    block = walk.dialog().get_by_role("region", name="block")
    block.locator("input").first.fill("0.1")
    block.locator("input").first.blur()
    walk.button("Save Changes").click()
    walk.told("1 concept has limits of their own.")
    walk.button("Try on 20 inputs").click()
    walk.told(re.compile("24 predictions on 8 inputs"))
    page.get_by_role("textbox", name="Name", exact=True).fill("Own limits")
    walk.button("Create Labeling Task").click()
    row = page.get_by_role("row").filter(has_text="Own limits")
    expect(row).to_contain_text("Complete", timeout=60_000)

    walk.button("Actions for Own limits").click()
    page.get_by_role("menuitem", name="Rename").click()
    walk.dialog().get_by_label("Name").fill("Renamed")
    walk.button("Rename", walk.dialog()).click()
    walk.link("Renamed").click()
    scores = walk.region("Scores and thresholds")
    expect(scores.get_by_role("row").filter(has_text="block")).to_contain_text("16")
    walk.button("Actions for Renamed").click()
    page.get_by_role("menuitem", name="Delete").click()
    walk.dialog().get_by_label("are deleted with it").check()
    walk.button("Delete task").click()
    page.wait_for_url(f"**/projects/{shown.id}/tasks")
    expect(walk.link("Renamed")).to_have_count(0)


def test_a_task_tells_what_failed_and_runs_it_again(walk: Walk, shown: Shown) -> None:
    walk.go(f"/projects/{shown.id}/tasks/{shown.words}")
    failures = walk.region("Failures")
    expect(failures).to_contain_text("poison.txt")
    expect(failures).to_contain_text("predicting")
    walk.button(re.compile("^Retry 1 failed input"), failures).click()
    walk.told("The failed inputs run again.")
    expect(walk.heading("Find words").locator("xpath=../..")).to_contain_text("Complete")
    walk.button(re.compile("^thing")).click()
    walk.told("Around the lower limit")
    expect(walk.page.locator(".sample").first).to_contain_text("0.97")


_FITS = """() => [document.documentElement, document.querySelector('.main')]
  .every(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)"""


@pytest.mark.parametrize("width", [1024, 1280, 1920])
def test_no_page_is_wider_than_the_window(enter: Enter, shown: Shown, width: int) -> None:
    walk = enter(width=width, height=768)
    for place in (
        "inputs",
        f"inputs/{shown.images[0]}",
        "models",
        "tasks",
        "tasks/new",
        f"tasks/{shown.shapes}",
        "members",
    ):
        walk.go(f"/projects/{shown.id}/{place}")
        walk.page.get_by_role("heading", level=1).wait_for()
        assert walk.page.evaluate(_FITS), place
