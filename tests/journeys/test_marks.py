"""Hands that stay on the keyboard while many items are marked and done; the same with boxes and without script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from evidence_tracker.instance import Instance
from tests.cast import Cast
from tests.factories.exhibits import photo
from tests.journeys.conftest import Visit
from tests.journeys.served import Served, furnish, serving


@pytest.fixture(autouse=True)  # before the pages: it has to be there until they are closed
def served(instance: Instance, cast: Cast) -> Iterator[Served]:
    furnish(instance, cast)
    with instance.transaction() as session:
        for number in range(4):
            photo(session, instance.vault, cast, number, title=f"photo {number}")
    with serving(instance) as house:
        yield house


def test_rows_are_marked_and_set_as_graphic_by_the_keyboard(served: Served, page: Page):
    served.sign_in(page, "amina").goto(f"{served.address}/evidence/?sort=title")
    bar = page.get_by_role("group", name="What is done to the marked ones")
    expect(bar).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("what to do with the marked ones")
    page.keyboard.press("Escape")
    for key in ("j", "x", "j", "j", "x"):
        page.keyboard.press(key)
    expect(bar.locator("[data-bulk-count]")).to_have_text("2")
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Change what is stated")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 evidence items will be marked graphic")).to_be_visible()
    expect(page.get_by_role("row", name="photo 1")).to_have_count(0)
    button = page.get_by_role("button", name="Set as graphic (2)")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("2 evidence items are marked graphic now.")
    assert page.url.endswith("/evidence/?sort=title")
    page.goto(f"{served.address}/evidence/?is_graphic=yes&sort=title")
    expect(page.locator("td.main")).to_have_text(["photo 0", "photo 2"])


def test_without_script_boxes_and_buttons_do_the_same(served: Served, visit: Visit):
    page = visit(java_script_enabled=False)
    served.sign_in(page, "amina").goto(f"{served.address}/evidence/?sort=title&columns=title")
    page.get_by_role("checkbox", name="Mark KYI-E-0001").check()
    page.get_by_role("checkbox", name="Mark KYI-E-0004").check()
    page.get_by_role("button", name="Set as graphic").click()
    page.get_by_role("button", name="Set as graphic (2)").click()
    assert page.url.endswith("/evidence/?sort=title&columns=title")
    page.locator("summary", has_text="Keep this view").click()
    page.get_by_label("Name of the view").fill("Titles")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("link", name="Titles", exact=True)).to_have_attribute("aria-current", "page")
