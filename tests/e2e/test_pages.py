"""Each page for itself: what one can do there, by mouse and by keyboard, and whether it keeps anybody out."""

import re
from pathlib import Path
from typing import Any

import pytest
from e2e.conftest import Shown, Up
from e2e.walk import Walk
from mill import write_card, write_texts
from playwright.sync_api import Locator, expect

from labelmill import Client
from labelmill.core.errors import NotSignedIn

SAYS = {"predictions": [{"concept": "good", "score": 0.95}]}


def test_projects_are_made_renamed_archived_and_restored(walk: Walk) -> None:
    walk.new_project("Garden")
    walk.go("/projects")
    walk.button("Actions for Garden").click()
    walk.page.get_by_role("menuitem", name="Rename").click()
    walk.dialog().get_by_label("Name").fill("Meadow")
    walk.button("Rename", walk.dialog()).click()
    walk.button("Actions for Meadow").click()
    walk.page.get_by_role("menuitem", name="Archive").click()
    expect(walk.page.get_by_role("link", name="Meadow")).to_be_hidden()
    walk.page.get_by_text("Archived", exact=True).click()
    walk.button("Actions for Meadow").click()
    walk.page.get_by_role("menuitem", name="Take out of the archive").click()
    walk.page.get_by_text("Open", exact=True).click()
    expect(walk.page.get_by_role("link", name="Meadow")).to_be_visible()


def test_what_cannot_be_read_is_told_with_its_reason_and_the_rest_is_there(walk: Walk, tmp_path: Path) -> None:
    walk.new_project("Broken")
    good = write_texts(tmp_path, {"a.txt": "a text"}) / "a.txt"
    broken = tmp_path / "b.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 no picture")
    walk.page.get_by_label("Files", exact=True).set_input_files([good, broken])
    expect(walk.page.get_by_text("1 input from 2 files")).to_be_visible()
    expect(walk.page.get_by_text("1 file could not be read")).to_be_visible()
    expect(walk.page.get_by_role("status").get_by_text("b.jpg")).to_be_visible()


def test_text_is_pasted_opened_and_deleted(walk: Walk) -> None:
    walk.new_project("Notes")
    walk.button("Paste text").click()
    walk.dialog().get_by_role("textbox").last.fill("It fits well.")
    walk.dialog().get_by_role("button", name=re.compile("^(Add|Paste)")).last.click()
    walk.page.get_by_role("link", name=re.compile("^Open ")).first.click()
    expect(walk.page.get_by_text("It fits well.")).to_be_visible()
    expect(walk.page.get_by_text("Nothing is said of this input yet")).to_be_visible()
    walk.page.go_back()
    walk.page.get_by_role("gridcell").first.hover()
    walk.button(re.compile("^Delete ")).first.click()
    walk.dialog().get_by_role("button", name=re.compile("^Delete")).click()
    expect(walk.page.get_by_text("Drop your pictures and texts here")).to_be_visible()


def made(walk: Walk, tmp_path: Path, name: str, *rules: dict[str, Any]) -> int:
    """A project with three texts and a model of its own, by the pages; its id."""
    project = walk.new_project(name)
    walk.upload(sorted(write_texts(tmp_path / "texts", ["one", "two", "three"]).iterdir()), 3)
    walk.page.get_by_role("link", name="Models").click()
    walk.add_card([write_card(tmp_path / "fits.yaml", *rules)], "fits")
    return project


def test_limits_of_their_own_and_the_menu_of_a_task(walk: Walk, tmp_path: Path) -> None:
    project = made(walk, tmp_path, "Limits")
    walk.button("Try on an input: fits").click()
    walk.dialog().get_by_label("A text").fill("It fits well.")
    walk.button("Try", walk.dialog()).click()
    expect(walk.dialog()).to_contain_text("good", timeout=60_000)
    walk.button("Close", walk.dialog()).click()
    walk.go(f"/projects/{project}/tasks/new")
    walk.page.get_by_text("Create new Dataset with all inputs").click()
    walk.page.get_by_label("Name of the new dataset").fill("all three")
    walk.page.get_by_role("radio", name=re.compile("^fits")).click()
    walk.page.get_by_text("Per concept", exact=True).click()
    walk.dialog().get_by_role("textbox", name="bad: approved from").fill("0.55")
    walk.button("Save Changes").click()
    expect(walk.page.get_by_text("1 concept has limits of their own.")).to_be_visible()
    walk.page.get_by_role("textbox", name="Name", exact=True).fill("Does it fit?")
    walk.button("Create Labeling Task").click()
    row = walk.page.get_by_role("row").filter(has_text="Does it fit?")
    expect(row).to_contain_text("Complete", timeout=60_000)
    walk.button("Actions for Does it fit?").click()
    walk.page.get_by_role("menuitem", name="Copy task ID").click()
    expect(walk.page.get_by_text("is on the clipboard")).to_be_visible()
    assert walk.page.evaluate("navigator.clipboard.readText()").isdecimal()
    walk.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as without encryption
    told = walk.page.get_by_text("is on the clipboard")
    expect(told).to_have_count(0, timeout=20_000)
    choose(walk, row, "Copy task ID")
    expect(told).to_be_visible()
    walk.page.get_by_label("Search tasks").focus()
    walk.page.keyboard.press("Control+V")
    expect(walk.page.get_by_label("Search tasks")).to_have_value(re.compile(r"^\d+$"))
    walk.page.get_by_label("Search tasks").fill("fits")
    for name, none, some in (("Status", "Paused", "Complete"), ("Priority", "High", "Medium")):
        for choice in (none, some):
            walk.page.get_by_role("combobox", name=name).click()
            walk.page.get_by_role("option", name=choice).click()
            expect(row).to_have_count(int(choice == some))
    kept = set(walk.page.url.partition("?")[2].split("&"))  # so it stays with a reload
    assert kept == {"text=fits", "status=complete", "priority=medium"}
    walk.button("Actions for Does it fit?").click()
    walk.page.get_by_role("menuitem", name="Edit").click()
    walk.dialog().get_by_label("Name").fill("It fits")
    walk.button("Save Changes", walk.dialog()).click()
    walk.page.get_by_role("link", name="It fits").click()
    expect(walk.page.get_by_label("Scores and thresholds").get_by_role("img").first).to_have_attribute(
        "aria-label", "0 discarded, 0 to a reviewer, 6 approved"
    )
    walk.button("Actions for It fits").click()
    walk.page.get_by_role("menuitem", name="Delete").click()
    walk.dialog().get_by_label("are deleted with it").click()
    expect(walk.dialog()).to_contain_text("Nobody has reviewed or labeled anything in it so far.")
    assert walk.faults() == []
    walk.button("Delete task").click()
    expect(walk.page.get_by_text("No labeling task yet")).to_be_visible()


def started(walk: Walk, project: int, dataset: str) -> Locator:
    """Have the model of `made` label everything; the row of the task."""
    walk.go(f"/projects/{project}/tasks/new")
    walk.page.get_by_text("Create new Dataset with all inputs").click()
    walk.page.get_by_label("Name of the new dataset").fill(dataset)
    walk.page.get_by_role("radio", name=re.compile("^fits")).click()
    walk.button("Create Labeling Task").click()
    return walk.page.get_by_role("row").filter(has_text=dataset)


def choose(walk: Walk, row: Locator, item: str) -> None:
    """An item of a row's menu."""
    row.get_by_role("button", name=re.compile("^Actions for ")).click()
    walk.page.get_by_role("menuitem", name=item, exact=True).click()


def test_failures_are_told_with_their_reasons_and_run_again(walk: Walk, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    first = {"text": "two", "do": "raise"}
    project = made(walk, tmp_path, "Failures", first, {"text": "three", "wait_for": str(gate)})
    row = started(walk, project, "all of it")
    gate.touch()
    expect(row).to_contain_text("1 failed", timeout=60_000)
    expect(row).to_contain_text("Complete", timeout=60_000)
    choose(walk, row, "Retry 1 failed input")
    expect(walk.page.get_by_text("The failed inputs run again.")).to_be_visible()
    expect(row).to_contain_text("1 failed", timeout=60_000)
    row.get_by_role("link").first.click()
    failures = walk.page.get_by_role("region", name="Failures")
    expect(failures.get_by_text("the script says so")).to_be_visible(timeout=60_000)
    walk.button("Retry 0001.txt").click()
    expect(walk.page.get_by_text("The input runs again.")).to_be_visible()
    failures.get_by_role("link").first.click(timeout=60_000)  # it is gone from here while it runs
    expect(walk.page.get_by_text("two", exact=True)).to_be_visible()


def test_a_running_task_is_cancelled_and_goes_on(walk: Walk, tmp_path: Path) -> None:
    """The model waits for a file, so what is seen while it runs does not depend on how fast anything is."""
    gate = tmp_path / "gate"
    project = made(walk, tmp_path, "Running", {"wait_for": str(gate), **SAYS})
    row = started(walk, project, "all of it")
    expect(row.get_by_text(re.compile(r"^0 %"))).to_be_visible(timeout=60_000)
    choose(walk, row, "Cancel")
    expect(row).to_contain_text("Cancelled at 0 %")
    gate.touch()
    choose(walk, row, "Resume")
    expect(row).to_contain_text("Complete", timeout=60_000)


def test_a_token_is_made_shown_once_and_revoked(walk: Walk) -> None:
    walk.go("/account")
    tokens = walk.page.get_by_role("region", name="Access tokens")
    walk.button("New token").click()
    walk.dialog().get_by_label("Name").fill("script")
    walk.button("Create token").click()
    token = tokens.locator("code").inner_text()
    with Client(walk.site, token) as client:
        assert client.me()["name"] == "owner"
    walk.page.reload()
    expect(tokens.get_by_text("script", exact=True)).to_be_visible()
    assert token not in walk.page.content()
    walk.button("Revoke script").click()
    walk.button("Revoke", walk.dialog()).click()
    expect(tokens.get_by_text("script", exact=True)).to_be_hidden()
    with Client(walk.site, token) as client, pytest.raises(NotSignedIn):
        client.me()


def test_a_folder_of_the_server_is_imported(walk: Walk, up: Up) -> None:
    write_texts(up.imports / "letters", ["dear", "sir"])
    walk.new_project("Letters")
    walk.button("Import from the server").click()
    walk.dialog().get_by_text(str(up.imports)).click()
    walk.dialog().get_by_text("letters", exact=True).click()
    walk.dialog().get_by_role("button", name=re.compile("^Import")).last.click()
    expect(walk.page.get_by_role("link", name=re.compile("^Open "))).to_have_count(2, timeout=60_000)


def test_everything_is_reached_by_keyboard(walk: Walk, shown: Shown) -> None:
    project = walk.new_project("Keys")
    expect(walk.page.get_by_role("heading", name="Inputs", exact=True)).to_be_visible()
    walk.page.keyboard.press("Control+k")
    walk.page.get_by_label("Search commands").fill("models")
    walk.page.keyboard.press("Enter")
    walk.page.wait_for_url(re.compile(rf"/projects/{project}/models$"))

    walk.go(f"/projects/{shown.id}/inputs")
    tiles = walk.page.locator(".tile")
    tiles.first.wait_for()
    walk.page.locator(".grid-body").focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        walk.page.keyboard.press(key)
    walk.page.wait_for_url(re.compile(r"/inputs/\d+"))
    walk.page.locator("canvas[data-painted=all], .text-stage").first.wait_for()
    walk.page.keyboard.press("Escape")  # back where one was
    expect(tiles.nth(2)).to_have_class(re.compile("focused"))
    walk.page.keyboard.press("Space")
    expect(walk.page.get_by_role("checkbox", checked=True)).to_have_count(1)
    expect(tiles.nth(2).get_by_role("checkbox")).to_be_checked()
    walk.page.keyboard.press("Delete")
    expect(walk.dialog()).to_contain_text("This cannot be undone.")
    walk.page.keyboard.press("Escape")
    expect(walk.dialog()).to_have_count(0)


def test_no_page_keeps_anybody_out(walk: Walk, tmp_path: Path) -> None:
    """No serious fault that axe knows of, with data and without, in the light and in the dark."""
    empty = walk.new_project("Nothing")
    project = made(walk, tmp_path, "Everything")
    row = started(walk, project, "full")
    expect(row).to_contain_text("Complete", timeout=60_000)
    task = (row.get_by_role("link").first.get_attribute("href") or "").rpartition("/")[2]
    walk.go(f"/projects/{project}/inputs")
    viewer = walk.page.get_by_role("link", name=re.compile("^Open ")).first.get_attribute("href") or ""
    pages = ["/projects", "/account", f"/projects/{project}/tasks/{task}", viewer]
    pages += [f"/projects/{one}/{page}" for one in (empty, project) for page in PAGES]
    faults = []
    heading = walk.page.get_by_role("heading", level=1)
    for page in pages:
        before = heading.inner_text()
        walk.turn(page)
        expect(heading).not_to_have_text(before)
        walk.page.get_by_role("status", name="Loading").wait_for(state="detached")
        faults += [f"{page}: {fault}" for fault in walk.faults()]
        expect(walk.page).to_have_title(f"{heading.inner_text()} · Labelmill")
    walk.go("/nowhere")
    walk.page.get_by_role("link", name="Go to the projects").wait_for()
    faults += walk.faults()
    assert faults == []


PAGES = ["inputs", "datasets", "concepts", "models", "members", "tasks", "tasks/new", "settings"]


def test_a_page_reads_what_it_shows_once_and_again_when_it_moves(walk: Walk, shown: Shown, client: Client) -> None:
    walk.go(f"/projects/{shown.id}/tasks/{shown.shapes}")
    for times, name in enumerate(("Find shapes", "Moved", "Find shapes"), start=1):
        client.tasks.change(shown.id, shown.shapes, {"name": name})
        expect(walk.page.get_by_role("heading", name=name)).to_be_visible()
        for _ in range(2):  # the second comes a second later: until then the page has read what the first told
            walk.page.evaluate(_TOLD, f"/api/v1/projects/{shown.id}/events")
        assert walk.page.evaluate(_READ, f"/tasks/{shown.shapes}/concepts") == times


def test_a_page_that_is_open_shows_what_a_later_task_brings(walk: Walk, shown: Shown, client: Client) -> None:
    walk.go(f"/projects/{shown.id}/concepts")
    expect(walk.page.get_by_role("row", name="ring")).to_be_visible()
    for _ in range(3):
        walk.page.evaluate(_TOLD, f"/api/v1/projects/{shown.id}/events")
    words = client.tasks.get(shown.id, shown.words)["dataset_id"]
    (me,) = [one["id"] for one in client.members.list(shown.id)]
    said: dict[str, Any] = {"makes": "class", "concepts": ["brought later"], "labelers": [me]}
    late = client.tasks.create(shown.id, None, dataset_id=words, **said)["id"]
    expect(walk.page.get_by_role("row", name="brought later")).to_be_visible()
    client.tasks.delete(shown.id, late, annotations="delete")
    (brought,) = [one["id"] for one in client.concepts.list(shown.id) if one["name"] == "brought later"]
    client.concepts.delete(shown.id, brought)


_TOLD = """(address) => new Promise((told) => {
  const source = new EventSource(address)
  source.addEventListener('task', () => told(source.close()))
})"""
_READ = "(end) => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith(end)).length"


def test_an_address_that_says_nothing_leads_on(walk: Walk, shown: Shown) -> None:
    for filters in ("task_id=nothing", "dataset_id=999999"):
        walk.go(f"/projects/{shown.id}/inputs?{filters}")
        expect(walk.page.get_by_text("The inputs cannot be found")).to_be_visible()
        expect(walk.page).to_have_title("The inputs cannot be found · Labelmill")
        walk.page.get_by_role("link", name="Show all inputs").click()
        expect(walk.page.locator(".tile").first).to_be_visible()
