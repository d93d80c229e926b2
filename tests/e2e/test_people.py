"""Who comes in and how: links that let in once, passwords, tokens, members and what each is offered."""

import re
from pathlib import Path

from e2e.conftest import Enter, Shown, Up
from e2e.desk import come_in, make_desk, saved, stage
from e2e.walk import Walk
from playwright.sync_api import expect

from labelmill import Client

PASSWORD = "an open gate"


def test_the_printed_link_lets_in_once(enter: Enter, up: Up) -> None:
    walk = enter(known=False)
    walk.page.goto(up.link)
    expect(walk.page.get_by_role("alert")).to_contain_text("ask who invited you for a new link")
    assert "token" not in walk.page.url
    walk.go("/projects")
    expect(walk.page).to_have_url(re.compile(r"/sign-in\?to="))


def test_a_member_sets_a_password_and_is_offered_only_what_they_may_do(
    enter: Enter, client: Client, shown: Shown
) -> None:
    token = client.members.add(shown.id, "Ben", "reviewer")["token"]
    ben = enter(known=False)
    refused: list[str] = []
    ben.page.on("response", lambda response: refused.append(response.url) if response.status == 403 else None)
    ben.go(f"/sign-in#token={token}")
    expect(ben.page).to_have_url(re.compile("/projects$"))
    ben.go(f"/projects/{shown.id}/inputs")
    missing = ben.page.get_by_role("status").filter(has_text="You have no password yet")
    expect(missing).to_be_visible()
    missing.get_by_role("link", name="Set a password").click()
    expect(ben.page.get_by_role("heading", name="Profile")).to_be_visible()
    assert ben.faults() == []
    ben.page.get_by_label("New password").fill(PASSWORD)
    ben.button("Set password").click()
    expect(ben.page.get_by_text("The new password is set.")).to_be_visible()
    expect(missing).to_have_count(0)
    ben.page.reload()
    expect(ben.page.get_by_label("Password now")).to_be_visible()
    expect(missing).to_have_count(0)
    ben.button("New token").click()
    ben.dialog().get_by_label("Name").fill("script")
    ben.button("Create token").click()
    expect(ben.page.get_by_text("not shown again")).to_be_visible()
    ben.button("Revoke script").click()
    ben.button("Revoke", ben.dialog()).click()
    expect(ben.button("Revoke script")).to_have_count(0)
    ben.go("/projects")
    ben.menu("Ben: profile", "Profile")
    expect(ben.page).to_have_url(re.compile("/account$"))
    ben.menu("Ben: profile", "Sign out")
    expect(ben.page).to_have_url(re.compile("/sign-in$"))

    ben.go(f"/projects/{shown.id}/models")
    ben.page.get_by_label("Name").fill("Ben")
    ben.page.get_by_role("textbox", name="Password").fill("wrong")
    ben.button("Sign in").click()
    expect(ben.page.get_by_role("alert")).to_be_visible()
    ben.page.get_by_role("textbox", name="Password").fill(PASSWORD)
    ben.button("Sign in").click()
    expect(ben.page).to_have_url(re.compile(f"/projects/{shown.id}/models$"))
    expect(ben.page.get_by_role("region", name="shapes")).to_be_visible()
    expect(ben.button("Add model")).to_have_count(0)
    ben.go(f"/projects/{shown.id}/inputs")
    expect(ben.page.locator(".tile").first).to_be_visible()
    expect(ben.button("Upload")).to_have_count(0)

    for key in ("g", "n"):  # not for him
        ben.page.keyboard.press(key)
    ben.page.keyboard.press("Control+k")
    commands = ben.dialog()
    commands.get_by_placeholder("What do you want to do?").fill("labeling task")
    expect(commands.get_by_text("Labeling Tasks")).to_be_visible()
    expect(commands.get_by_text("New Labeling Task")).to_have_count(0)
    ben.page.keyboard.press("Escape")
    ben.go(f"/projects/{shown.id}/tasks/new")
    expect(ben.page.get_by_role("heading", name="Owners and admins make labeling tasks")).to_be_visible()
    expect(ben.page.get_by_text("You are reviewer of this project.")).to_be_visible()
    ben.page.get_by_role("link", name="To the labeling tasks").click()
    expect(ben.page).to_have_url(re.compile(f"/projects/{shown.id}/tasks$"))
    assert refused == []


def test_who_is_removed_while_they_review_is_told_at_once(
    enter: Enter, client: Client, shared_data: Path, tmp_path: Path
) -> None:
    desk = make_desk(client, shared_data / "coco-mini/images", tmp_path, ["A coat."])
    invited = client.members.add(desk.project, "Gone Soon", "reviewer")
    task, ids = desk.task("wearables", reviewers=[invited["id"]]), desk.inputs()
    theirs = come_in(enter, invited)
    theirs.go(f"/projects/{desk.project}/tasks/{task}/review?on=1")
    stage(theirs)
    theirs.page.keyboard.press("Enter")
    saved(theirs)
    stage(theirs)
    client.tasks.change(desk.project, task, {"reviewers": [invited["id"], desk.me]})
    client.members.remove(desk.project, invited["id"])
    theirs.page.keyboard.press("Enter")
    expect(theirs.page.get_by_text(re.compile("Your decision on .* was not kept: There is no project"))).to_be_visible()
    expect(theirs.page.get_by_text("you are no member of it")).not_to_have_count(0)
    saved(theirs)

    assert [desk.said(task, i)[1][1] for i in ids] == ["success"] + ["awaiting_review"] * 5
    parts = {one["id"]: (one["done"], one["open"]) for one in client.tasks.people(desk.project, task)}
    assert parts == {invited["id"]: (1, 0), desk.me: (0, 5)}
    theirs.go("/projects")
    expect(theirs.page.get_by_text(re.compile("^Wardrobe"))).to_have_count(0)


def test_the_owner_of_the_machine_is_let_in_by_printed_links_and_not_urged(walk: Walk) -> None:
    walk.go("/account")
    expect(walk.page.get_by_text("only links that the server prints let you in")).to_be_visible()
    expect(walk.page.get_by_text("You have no password yet")).to_have_count(0)


def test_an_invitation_that_was_lost_is_given_anew(enter: Enter, walk: Walk, client: Client) -> None:
    project = client.projects.create("Lost letters")["id"]
    first = client.members.add(project, "Dora", "labeler")["token"]
    walk.go(f"/projects/{project}/members")
    row = walk.page.get_by_role("row").filter(has_text="Dora")
    expect(row).to_contain_text("invited, has not used the link yet")
    expect(walk.button(re.compile("^New link for"))).to_have_count(1)  # and none for oneself
    assert walk.faults() == []
    walk.button("New link for Dora").press("Enter")
    expect(walk.dialog().get_by_role("alert")).to_contain_text("Send Dora this link")
    link = walk.dialog().locator("code").inner_text()
    assert walk.faults() == []
    walk.button("Done", walk.dialog()).click()

    dora = enter(known=False)
    dora.go(f"/sign-in#token={first}")
    expect(dora.page.get_by_role("alert")).to_contain_text("ask who invited you for a new link")
    dora.page.goto(link)
    expect(dora.page).to_have_url(re.compile("/projects$"))
    dora.go(f"/projects/{project}/members")
    expect(dora.page.get_by_role("row").filter(has_text="Dora")).to_contain_text("came by a link, has no password yet")
    expect(dora.button(re.compile("^New link for"))).to_have_count(0)  # labelers invite nobody
    walk.page.reload()
    expect(row).to_contain_text("came by a link, has no password yet")
    expect(row.get_by_label("Role of Dora", exact=True).first).to_have_value("labeler")


def test_members_come_change_and_go(walk: Walk) -> None:
    project = walk.new_project("Together")
    walk.go(f"/projects/{project}/members")
    walk.button("New collaborator").click()
    walk.dialog().get_by_label("Name").fill("Carla")
    walk.button("Add collaborator", walk.dialog()).click()
    expect(walk.dialog().get_by_role("alert")).to_contain_text("/sign-in#token=")
    expect(walk.button("Copy", walk.dialog())).to_be_in_viewport(ratio=1)
    walk.page.keyboard.press("Escape")
    role = walk.page.locator("input[aria-label='Role of Carla']")
    expect(role).to_have_value("reviewer")
    role.click()
    walk.page.get_by_role("option", name="admin").click()
    expect(role).to_have_value("admin")
    walk.button("Remove Carla").click()
    walk.button("Remove", walk.dialog()).click()
    expect(role).to_have_count(0)
