"""What the work costs: clicks that are counted, hands that stay on the keyboard, browsers without script."""

import io
import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect
from sqlalchemy import select

from evidence_tracker.casework.persons.models import Person
from evidence_tracker.cli.demonstration.recordings import film
from evidence_tracker.instance import Instance
from tests.casework.submissions.scene import LAWFUL, stage
from tests.cast import MISSION, Cast
from tests.factories import consent, exhibits, persons
from tests.journeys.served import SECRET, Served, furnish, serving
from tests.journeys.test_main_job import labelled

SIZE = (32, 24)


@pytest.fixture(autouse=True)  # before the pages: it has to be there until they are closed
def served(instance: Instance, cast: Cast) -> Iterator[Served]:
    furnish(instance, cast)
    with serving(instance) as house:
        yield house


@pytest.fixture
def witness(instance: Instance, cast: Cast) -> str:
    with instance.transaction() as session:
        return persons.person(session, cast.amina, cast.mission, governance=LAWFUL).code


class Hand:
    """A hand that counts its clicks."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, what: Locator) -> None:
        """Click once."""
        what.click()
        self.clicks += 1


def long_film(seconds: int) -> bytes:
    """Return a film of one drawing a second."""
    drawn = io.BytesIO()
    Image.new("RGB", SIZE, (80, 90, 100)).save(drawn, "JPEG")
    taken = datetime.fromisoformat("2022-03-12T14:30:00+02:00")
    return film([drawn.getvalue()] * seconds, SIZE, per_second=1, taken=taken, place="+50.0123+030.0456/")


# --------------------------------------------------------------------------- clicks


def test_consent_is_logged_with_three_clicks_from_the_page_of_the_person(
    served: Served, page: Page, witness: str
):
    served.sign_in(page, "amina").goto(f"{served.address}/people/{witness}")
    hand = Hand()
    hand.click(page.get_by_role("link", name="Record consent").first)
    hand.click(page.get_by_role("radio", name=re.compile("^Prosecutors, with my name")))
    hand.click(page.get_by_role("button", name="Record consent"))
    expect(page.locator(".consent-state").first).to_contain_text("may be used")
    assert hand.clicks <= 3


def test_thirty_photos_are_taken_in_with_three_clicks_from_the_list(
    served: Served, page: Page, instance: Instance, cast: Cast
):
    served.sign_in(page, "amina").goto(f"{served.address}/evidence/")
    photos: list[FilePayload] = [
        {"name": f"IMG_{n:04}.png", "mimeType": "image/png", "buffer": exhibits.png(n)} for n in range(30)
    ]
    hand = Hand()
    hand.click(page.locator("main").get_by_role("link", name="Take in").first)
    labelled(page, "Kept in").select_option(f"{MISSION}-C")
    hand.clicks += 1
    with page.expect_file_chooser() as asked:
        hand.click(page.get_by_text("Files", exact=True))
    asked.value.set_files(photos)
    expect(page.locator(".intake-item.is-done")).to_have_count(30, timeout=60_000)
    assert hand.clicks <= 3


def test_a_film_is_cited_at_two_minutes_fourteen_with_four_clicks_from_the_matrix(
    served: Served, page: Page, instance: Instance, cast: Cast
):
    stage(instance, cast)
    with instance.transaction() as session:
        video = exhibits.receive(
            session, instance.vault, cast, long_film(140), name="phone.mov", governance=LAWFUL
        ).reference
    served.sign_in(page, "chen").goto(f"{served.address}/allegations/KYI-A-0001/matrix")
    hand = Hand()
    hand.click(page.get_by_role("link", name="Cite evidence for element 3"))
    hand.click(page.get_by_role("radio", name=re.compile(video)))
    player = page.locator(".passage-player, video.player").first
    player.wait_for(state="attached")
    # Not every browser decodes a film of drawings; each keeps the position that somebody chose in it.
    player.evaluate("one => { one.currentTime = 134 }")
    hand.click(page.get_by_role("button", name="Position of the player"))
    expect(labelled(page, "Passage")).to_have_value(re.compile("02:14"))
    labelled(page, "What the passage says about the element").fill("A hand slides the bolt.")
    hand.click(page.get_by_role("button", name="Cite it"))
    expect(page.locator("#element-3 .cite", has_text=video)).to_contain_text("02:14")
    assert hand.clicks <= 4


def test_why_a_submission_is_blocked_is_one_click_from_its_page(
    served: Served, page: Page, instance: Instance, cast: Cast
):
    scene = stage(instance, cast)
    with instance.transaction() as session:
        person = session.get_one(Person, scene.witness)
        consent.take_back(session, cast.amina, person)
    served.sign_in(page, "daria").goto(f"{served.address}/submissions/{scene.submission}")
    page.get_by_role("navigation", name="Pages of this record").get_by_role("link", name="Guide").click()
    expect(page.locator(".gate-refused").first).to_be_visible()
    expect(page.locator(".gate-refused .gate-advice").first).to_contain_text("Can be lifted by")


# --------------------------------------------------------------------------- the keyboard


def tab_to(page: Page, what: Locator, most: int = 80) -> None:
    """Press Tab until something has the focus, as somebody without a mouse does."""
    for _ in range(most):
        if what.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{what} is not reached with {most} tabs")


def test_hands_stay_on_the_keyboard_from_the_sign_in_to_a_recorded_consent(
    served: Served, page: Page, witness: str
):
    page.goto(f"{served.address}/sign-in")
    tab_to(page, page.get_by_label("Login"))
    page.keyboard.type("amina")
    page.keyboard.press("Tab")
    page.keyboard.type(SECRET)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
    tab_to(page, page.get_by_role("navigation", name="Parts of the house").get_by_role("link", name="People"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("People")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.locator(".record-ref .ref")).to_have_text(witness)
    tab_to(page, page.locator("main").get_by_role("link", name="Record consent").first)
    page.keyboard.press("Enter")
    chosen = page.locator("input[name=package]").first
    tab_to(page, page.locator("input[name=package]:checked"))
    while not chosen.is_checked():
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    tab_to(page, page.locator("main").get_by_role("button", name="Record consent"))
    page.keyboard.press("Enter")
    expect(page.locator(".consent-state").first).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("main").evaluate("one => one.focus()")
    page.keyboard.press("n")
    expect(page.locator("[data-new] a").first).to_be_visible()


# --------------------------------------------------------------------------- without script


def test_without_script_everything_can_be_read_and_every_kind_of_form_be_sent(
    served: Served, visit, watch, instance: Instance, cast: Cast
):
    watch.allow("status of 422")  # the form that is refused on purpose
    scene = stage(instance, cast)
    with instance.reading() as session:
        code = session.scalars(select(Person.code).where(Person.id == scene.witness)).one()
    page = served.sign_in(visit(java_script_enabled=False), "amina")
    for path in (
        "/",
        "/people/",
        f"/people/{code}/consent",
        "/evidence/KYI-E-0001",
        "/allegations/KYI-A-0001/matrix",
    ):
        answer = page.goto(served.address + path)
        assert answer is not None
        assert answer.status == 200, path
    makes_a_record(page, served)
    takes_a_file_in(page, served)
    adds_to_a_record_and_is_told_what_is_missing(page, served, code)


def makes_a_record(page: Page, served: Served) -> None:
    """Register a person, the form of something new."""
    page.goto(f"{served.address}/people/new/register")
    labelled(page, "Kept in").select_option(f"{MISSION}-C")
    labelled(page, "Age in years").select_option("25-39")
    page.get_by_role("button", name="Register a person").click()
    expect(page.locator(".record-ref .ref")).to_have_text(re.compile("^PN-"))


def takes_a_file_in(page: Page, served: Served) -> None:
    """Take in one file, the form with bytes in it."""
    page.goto(f"{served.address}/evidence/receive")
    labelled(page, "Kept in").select_option(f"{MISSION}-C")
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "list.txt", "mimeType": "text/plain", "buffer": b"A list of streets."}
    )
    page.get_by_role("button", name="Take in").click()
    expect(page.locator("main")).to_contain_text("Received as KYI-E-")


def adds_to_a_record_and_is_told_what_is_missing(page: Page, served: Served, code: str) -> None:
    """Withdraw a consent, the form of something that cannot be undone; it is refused until it is meant."""
    page.goto(f"{served.address}/people/{code}/consent")
    page.get_by_role("link", name="Withdrawal").click()
    page.get_by_role("button", name="Withdrawal").click()
    expect(page.get_by_role("alert").first).to_contain_text("typed")
    page.locator("#_typed").fill(code)
    page.get_by_role("button", name="Withdrawal").click()
    expect(page.locator(".custody").first).to_contain_text("Withdrawn")
