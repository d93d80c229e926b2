"""A task's page for a team: who is how far, what happened, a frozen version; and what one is told."""

import re
from pathlib import Path

import pytest
from e2e.desk import Desk, make_desk
from e2e.walk import Walk
from playwright.sync_api import expect

from labelmill import Client


@pytest.fixture(scope="module")
def desk(client: Client, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Photographs and models that find something on each."""
    return make_desk(client, shared_data / "coco-mini/images", tmp_path_factory.mktemp("team"), ["a text"])


def test_the_page_of_a_task_tells_who_is_how_far_and_what_happened(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    for one in list(desk.client.review.list(desk.project, task))[:2]:
        desk.client.review.decide(desk.project, task, one, "approve")
    walk.go(f"/projects/{desk.project}/tasks/{task}")
    people = page.get_by_role("region", name="People of this task")
    expect(people).to_contain_text("2 of 6 inputs reviewed (33 %)")
    expect(people.get_by_role("progressbar")).to_have_attribute("aria-label", "owner: 2 of 6 reviewed")
    happened = page.get_by_role("region", name="What happened").get_by_role("listitem")
    expect(happened.filter(has_text=re.compile(r"^owner approved \S+\.jpg"))).to_have_count(2)
    expect(happened.filter(has_text="wearables started on 6 inputs")).to_have_count(1)
    expect(happened.filter(has_text="wearables finished: 6 annotated, 0 empty, 0 failed")).to_have_count(1)
    expect(page.get_by_role("link", name="Review", exact=True)).to_have_attribute(
        "href", f"/projects/{desk.project}/tasks/{task}/review"
    )
    expect(walk.button("Label")).to_be_disabled()
    assert walk.faults() == []
    walk.button("Actions for photos · wearables").click()
    page.get_by_role("menuitem", name="Create new dataset version").click()
    expect(
        page.get_by_text("Version 1 of photos: 6 annotations on 2 inputs. Left out: 4 inputs not through or rejected;")
    ).to_be_visible()


def test_an_act_leads_to_its_input(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    one = next(iter(desk.client.review.list(desk.project, task)))
    desk.client.review.decide(desk.project, task, one, "reject")
    desk.client.tasks.change(desk.project, task, {"instructions": "Look.", "priority": "high"})
    walk.go(f"/projects/{desk.project}/tasks/{task}")
    happened = page.get_by_role("region", name="What happened")
    expect(happened).to_contain_text("owner changed the task photos · wearables: priority, instructions")
    happened.get_by_role("link", name=one["name"]).click()
    page.wait_for_url(re.compile(rf"/inputs/{one['id']}\?task_id={task}$"))
    expect(page.get_by_role("complementary", name="Annotations")).to_be_visible()


def test_what_one_is_told_is_read(walk: Walk, desk: Desk) -> None:
    desk.task("wearables")
    walk.go("/notifications")
    page = walk.page
    page.get_by_role("link", name="photos · wearables").first.wait_for()
    assert walk.faults() == []
    walk.button("Mark all as read").click()
    expect(page.get_by_role("link", name="Notifications", exact=True)).to_be_visible()
    expect(walk.button("Mark all as read")).to_have_count(0)
    page.get_by_role("link", name="photos · wearables").first.click()
    expect(page.get_by_role("region", name="People of this task")).to_be_visible()


def test_the_viewer_tells_the_story_of_an_annotation(walk: Walk, desk: Desk) -> None:
    task, page = desk.task("wearables"), walk.page
    one = next(iter(desk.client.review.list(desk.project, task)))
    desk.client.review.decide(desk.project, task, one, "approve")
    shirt = next(annotation["id"] for annotation in one["annotations"] if annotation["concept"] == "shirt")
    walk.go(f"/projects/{desk.project}/inputs/{one['id']}?task_id={task}&annotation={shirt}")
    story = page.get_by_role("region", name="History").get_by_role("listitem")
    expect(story).to_have_count(2)
    expect(story.first).to_contain_text("wearables predicted it · score 0.72 · shirt")
    expect(story.last).to_contain_text("owner accepted it")
    assert walk.faults() == []


def test_one_says_what_one_wants_to_hear(walk: Walk, desk: Desk) -> None:
    walk.go("/account")
    wanted = walk.page.get_by_role("region", name="Notifications").get_by_label("has finished")
    for muted in (["finished"], []):
        with walk.page.expect_response(re.compile("/session/muted$")):
            wanted.click()
        walk.page.reload()
        expect(wanted).to_be_checked(checked=not muted)
        assert desk.client.me()["muted"] == muted
    assert walk.faults() == []
