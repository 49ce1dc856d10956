"""The main job, done by clicking: from a camera's files to a bundle that a stranger verifies."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyrage
import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from evidence_tracker.instance import Instance
from evidence_tracker.integrity.bundle import verify_bundle
from tests.casework.submissions.scene import decrypted
from tests.cast import MISSION, Cast
from tests.factories import exhibits, parties
from tests.journeys.served import LISTEN, SECRET, Served, furnish, serving

PLACE = f"{MISSION}-C"
NAME = "Небувалько Оксана"
LATIN = "Nebuvalko"
TITLE = "Cellar of the school in Vyhadane"
HANDED = "Confinement in Vyhadane"
CATEGORY = "rome-statute:8(2)(a)(vii)-2"
BASIS = "Fictional Data Protection Act, section 12"
PICTURES = {"door.png": exhibits.png(101), "bolt.png": exhibits.png(102)}
#: Nothing of this may ever reach somebody who was let in nowhere.
PLANTED = (NAME, LATIN, "Cellar of the school", HANDED, *PICTURES)
LISTS = (
    "people",
    "evidence",
    "incidents",
    "allegations",
    "submissions",
    "interviews",
    "captures",
    "missions",
    "tasks",
)


@pytest.fixture(autouse=True)  # before the pages: it has to be there until they are closed
def served(instance: Instance, cast: Cast) -> Iterator[Served]:
    furnish(instance, cast)
    with serving(instance) as house:
        yield house


@dataclass
class Story:
    """Who sits at which browser, and what came to be."""

    served: Served
    visit: Any
    width: int
    pages: dict[str, Page] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, login: str) -> Page:
        """Return the browser of somebody, signed in."""
        if login not in self.pages:
            self.pages[login] = self.served.sign_in(self.visit(self.width), login)
        return self.pages[login]

    def at(self, login: str, path: str) -> Page:
        """Return somebody's browser at an address that they kept."""
        page = self[login]
        page.goto(self.served.address + path)
        return page


def labelled(page: Page | Locator, label: str) -> Locator:
    """Return the field with exactly this label; what is optional says so behind it."""
    return page.get_by_label(re.compile(rf"^{re.escape(label)}( optional)?$"))


def go(page: Page, room: str) -> None:
    """Go to a room by the navigation, which is a drawer on a narrow screen."""
    menu = page.get_by_role("button", name="Menu")
    if menu.is_visible():
        menu.click()
    page.get_by_role("navigation", name="Parts of the house").get_by_role(
        "link", name=room, exact=True
    ).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(room)


def press(page: Page, name: str) -> None:
    """Press the button of a form."""
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """Follow a link of the page, out of a menu if it is in one."""
    link = page.locator("main").get_by_role("link", name=name, exact=True).first
    if not link.is_visible():
        page.locator("main").get_by_text("Do", exact=True).click()
    link.click()


def do(page: Page, name: str) -> None:
    """Follow what the opened step of a guided path offers."""
    page.locator(".path-body .page-acts").get_by_role("link", name=name, exact=True).click()


def finished(page: Page, end: str) -> None:
    """Wait for long work, and see what came of it."""
    expect(page.get_by_role("status").or_(page.get_by_role("alert")).first).to_be_visible()
    expect(
        page.locator(".path-body")
        .or_(page.locator(".form-errors"))
        .or_(page.get_by_text("See what came of it"))
    ).to_be_visible(timeout=60_000)
    if page.get_by_text("See what came of it").is_visible():
        page.get_by_text("See what came of it").click()
    expect(page.locator("main")).to_contain_text(end)


# --------------------------------------------------------------------------- the job, in its steps


def is_let_in(story: Story, login: str) -> None:
    """Let an analyst in, with one's own secret: the lead does it on the page of the compartment."""
    page = story["olena"]
    go(page, "Compartments")
    page.locator("main").get_by_role("link", name=PLACE).click()
    follow(page, "Let somebody in")
    labelled(page, "Login").fill(login)
    labelled(page, "Role").select_option("analyst")
    labelled(page, "Up to which level").select_option("RESTRICTED")
    labelled(page, "What the access is for").fill("analysis of the spring mission")
    press(page, "Let somebody in")
    expect(page.get_by_role("alert")).to_be_visible()
    labelled(page, "Your own secret, again").fill(SECRET)
    press(page, "Let somebody in")
    expect(page.locator("#grants")).to_contain_text(login.title())


def person_is_registered(story: Story) -> None:
    """Register a witness, whose name is sealed the moment it is saved."""
    page = story["amina"]
    go(page, "People")
    page.locator("main").get_by_role("link", name="Register a person").first.click()
    labelled(page, "Kept in").select_option(PLACE)
    page.get_by_label("Witness", exact=True).check()
    labelled(page, "Age in years").select_option("25-39")
    labelled(page, "Name, in its own script").fill(NAME)
    labelled(page, "Name in Latin letters").fill(LATIN)
    labelled(page, "Legal basis of the processing").fill(BASIS)
    press(page, "Register a person")
    code = page.locator(".record-ref .ref")
    expect(code).to_have_text(re.compile("^PN-"))
    story.made["person"] = code.inner_text()
    assert NAME not in page.content()
    assert NAME not in page.title()


def consent_is_recorded(story: Story) -> None:
    """Record what the witness allows, by a package whose words were read out."""
    page = story["amina"]
    follow(page, "Record consent")
    page.get_by_role("radio", name=re.compile("^Prosecutors, with my name")).check()
    press(page, "Record consent")
    expect(page.get_by_role("navigation", name="Pages of this record")).to_contain_text("Consent")
    expect(page.locator(".consent-state")).to_contain_text("may be used")


def files_are_taken_in(story: Story) -> None:
    """Take two files in, whose digests are those of their bytes."""
    page = story["amina"]
    go(page, "Evidence")
    page.locator("main").get_by_role("link", name="Take in").first.click()
    labelled(page, "Kept in").select_option(PLACE)
    labelled(page, "Kind of source").select_option("person")
    page.get_by_text("More: source person").click()
    labelled(page, "The source, if a person (code)").fill(story.made["person"])
    page.get_by_text("Protection and lawfulness:").click()
    labelled(page, "Legal basis of the processing").fill(BASIS)
    payloads: list[FilePayload] = [
        {"name": name, "mimeType": "image/png", "buffer": data} for name, data in PICTURES.items()
    ]
    with page.expect_file_chooser() as asked:
        page.get_by_text("Files", exact=True).click()
    asked.value.set_files(payloads)
    expect(page.locator(".intake-item.is-done")).to_have_count(2)
    for name, data in PICTURES.items():
        shown = page.locator(".intake-item", has_text=name)
        expect(shown).to_contain_text(hashlib.sha256(data).hexdigest())
        story.made[name] = shown.get_by_role("link").inner_text()
    assert re.fullmatch("KYI-E-[0-9]+", story.made["door.png"])


def incident_is_recorded(story: Story) -> None:
    """Record what is said to have happened."""
    page = story["erika"]
    go(page, "Incidents")
    page.locator("main").get_by_role("link", name="Record an incident").first.click()
    labelled(page, "Title").fill(TITLE)
    labelled(page, "What sort of thing").select_option("confinement")
    labelled(page, "When").fill("2022-03-12/2022-03-24")
    labelled(page, "What is said to have happened").fill("People were kept behind a bolted door.")
    labelled(page, "How it is known").fill("Two pictures.")
    labelled(page, "Legal basis of the processing").fill(BASIS)
    press(page, "Record an incident")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    story.made["incident"] = page.locator(".record-ref .ref").inner_text()


def crime_is_alleged(story: Story) -> None:
    """Read the incident under a crime category."""
    page = story["erika"]
    follow(page, "Read it under a crime category")
    page.locator("#category").fill(CATEGORY)
    labelled(page, "Why the incident may be read so").fill("Thirty people, twelve days, a bolted door.")
    press(page, "Read it under a crime category")
    expect(page.locator(".record-ref .ref")).to_have_text(re.compile("^KYI-A-"))
    story.made["allegation"] = page.locator(".record-ref .ref").inner_text()


def picture_is_cited(story: Story) -> None:
    """Cite a picture for the first element, in the matrix."""
    page = story["erika"]
    page.get_by_role("navigation", name="Pages of this record").get_by_role("link", name="Matrix").click()
    page.get_by_role("link", name="Cite evidence for element 1").click()
    page.get_by_role("radio", name=re.compile(story.made["door.png"])).check()
    labelled(page, "What the passage says about the element").fill("The bolt is on the outside.")
    press(page, "Cite it")
    expect(page.locator(".cite", has_text=story.made["door.png"])).to_be_visible()


def submission_is_opened(story: Story) -> None:
    """Open a submission by the guided path, and put the records in."""
    page = story["daria"]
    go(page, "Submissions")
    page.locator("main").get_by_role("link", name="Open a submission").first.click()
    labelled(page, "Recipient (reference)").fill("KYI-P-0001")
    labelled(page, "What they will use it for").select_option("investigation")
    labelled(page, "Title").fill(HANDED)
    labelled(page, "Statement").fill("Two pictures and a reading of them.")
    labelled(page, "Kept in").select_option(PLACE)
    labelled(page, "Legal basis of the processing").fill(BASIS)
    press(page, "Open a submission")
    expect(page.locator(".path-step[aria-current=step]")).to_contain_text("Choose")
    story.made["submission"] = page.locator(".record-ref .ref").inner_text()
    follow(page, "Put records in")
    records = [story.made[one] for one in ("door.png", "bolt.png", "incident", "allegation")]
    labelled(page, "References").fill("\n".join(records))
    press(page, "Put records in")
    expect(page.locator(".path-body")).to_contain_text("EX-0002")


def identities_are_lent(story: Story) -> None:
    """Lend the identities, so that names can be looked for: a custodian does it with their own secret."""
    page = story["bohdan"]
    go(page, "Custody")
    page.locator("main").get_by_role("link", name="Identity vault").click()
    labelled(page, "Your own secret").fill(SECRET)
    press(page, "Lend for 15 minutes")
    expect(page.locator("main")).to_contain_text("Open: lent by bohdan")


def gates_are_looked_at(story: Story, login: str) -> None:
    """Ask every gate, as whoever prepares or approves does."""
    page = story.at(login, f"/submissions/{story.made['submission']}")
    page.get_by_role("navigation", name="Pages of this record").get_by_role("link", name="Guide").click()
    page.locator(".path-steps").get_by_role("link", name="Gates").click()
    do(page, "Ask every gate, and look for names")
    press(page, "Ask every gate, and look for names")
    finished(page, "Gates")
    expect(page.locator(".path-body")).not_to_contain_text("Nobody looked for names")
    expect(page.locator(".gate-refused")).to_have_count(0)


def submission_is_approved(story: Story) -> None:
    """Approve it as somebody who prepared none of it."""
    gates_are_looked_at(story, "chen")
    page = story["chen"]
    page.locator(".path-steps").get_by_role("link", name="Review").click()
    expect(page.locator("main")).to_contain_text("Front page")
    assert NAME not in page.content()
    page.locator(".path-steps").get_by_role("link", name="Approval").click()
    do(page, "Approve it as it stands")
    labelled(page, "Your own secret, again").fill(SECRET)
    press(page, "Approve it as it stands")
    finished(page, "Approved by Chen as it stands")


def bundle_leaves(story: Story, folder: Path) -> tuple[Path, Path]:
    """Seal, build and release it, and download what the recipient gets; returns bundle and receipt."""
    page = story.at("daria", f"/submissions/{story.made['submission']}/guide")
    for step, said in (("Seal", "is sealed"), ("Build the bundle", "is written")):
        page.locator(".path-steps").get_by_role("link", name=step.split(maxsplit=1)[0]).click()
        do(page, step)
        press(page, step)
        finished(page, said)
    page.locator(".path-steps").get_by_role("link", name="Release").click()
    do(page, "Release")
    labelled(page, "How it is handed over").fill("courier")
    labelled(page, "Your own secret, again").fill(SECRET)
    press(page, "Release")
    finished(page, "Receipt file")
    saved = []
    for name in (re.compile(r"^KYI-B-[^.]*$"), re.compile(r"\.receipt$")):
        with page.expect_download() as download:
            page.locator(".path-body").get_by_role("link", name=name).click()
        saved.append(folder / download.value.suggested_filename)
        download.value.save_as(saved[-1])
    return saved[0], saved[1]


def log_is_verified(story: Story) -> None:
    """Verify the log as the security officer, who finds the denial, too."""
    page = story["olena"]
    go(page, "Custody")
    press(page, "Verify the log and the records")
    see = page.get_by_text("See what came of it").or_(page.get_by_text("as it was recorded"))
    expect(see).to_be_visible(timeout=60_000)
    if page.get_by_text("See what came of it").is_visible():
        page.get_by_text("See what came of it").click()
    expect(page.locator(".seal-sealed")).to_contain_text("as it was recorded")
    page.get_by_role("link", name="Who looked at what").click()
    page.get_by_role("button", name="Denied").click()
    expect(page.get_by_role("row", name=re.compile("Farid.*approve submissions")).first).to_be_visible()


# --------------------------------------------------------------------------- who may not


def second_analyst_may_not_approve(story: Story) -> None:
    """Look as an analyst, who may read everything here and approve nothing."""
    page = story.at("farid", f"/submissions/{story.made['submission']}/guide?step=approve")
    expect(page.locator("main")).to_contain_text("Somebody who prepared none of it")
    expect(page.get_by_role("link", name="Approve it as it stands")).to_have_count(0)
    answer = page.goto(f"{story.served.address}/submissions/{story.made['submission']}/do/approve")
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("main")).to_contain_text("may not approve submissions")
    page = story.at("farid", f"/people/{story.made['person']}")
    expect(page.get_by_role("link", name="Reveal")).to_have_count(0)
    expect(page.get_by_role("link", name="Record consent")).to_have_count(0)


def outsider_finds_nothing(story: Story) -> None:
    """Look everywhere as somebody who was let in nowhere; what they were told is examined in the end."""
    page = story["outsider"]
    for path in ("/", "/notices", "/search?q=school", "/search?q=Небув", "/custody/"):
        page.goto(story.served.address + path)
    for room in LISTS:
        page.goto(f"{story.served.address}/{room}/")
        expect(page.locator("[data-row]")).to_have_count(0)
    rooms = {"person": "people", "incident": "incidents", "allegation": "allegations"}
    rooms |= {"door.png": "evidence", "submission": "submissions"}
    for what, room in rooms.items():
        if what not in story.made:
            continue
        known = absent(page, f"{story.served.address}/{room}/", story.made[what])
        unknown = "PN-7KQ2MX" if what == "person" else re.sub("[0-9]+$", "9999", story.made[what])
        other = absent(page, f"{story.served.address}/{room}/", unknown)
        assert known == other, "what exists is answered like what does not"


def absent(page: Page, room: str, reference: str) -> str:
    """Return what is answered where something is not found, without its reference and the token of the page."""
    answer = page.goto(room + reference)
    assert answer is not None
    assert answer.status == 404
    return re.sub(r'(name="csrf-token" content|name="csrf_token" value)="[^"]*"', "", page.content()).replace(
        reference, "X"
    )


@pytest.mark.parametrize("width", [1440, 390])
def test_a_camera_s_files_become_a_bundle_that_a_stranger_verifies_and_nobody_else_sees_them(
    width: int, served: Served, visit, watch, cast: Cast, tmp_path: Path
):
    watch.allow(
        "status of 403", "status of 404", "status of 422"
    )  # what is refused here is refused on purpose
    key = pyrage.x25519.Identity.generate()
    with served.instance.transaction() as session:
        told = {"age_recipients": [str(key.to_public())], "keys_checked_how": "read aloud on the telephone"}
        parties.prosecutor(session, cast.olena, **told)
    story = Story(served, visit, width)
    story.pages["outsider"] = served.sign_in(visit(width, extra_http_headers=LISTEN), "outsider")
    outsider_finds_nothing(story)
    is_let_in(story, "erika")
    person_is_registered(story)
    consent_is_recorded(story)
    files_are_taken_in(story)
    outsider_finds_nothing(story)
    incident_is_recorded(story)
    crime_is_alleged(story)
    picture_is_cited(story)
    submission_is_opened(story)
    outsider_finds_nothing(story)
    second_analyst_may_not_approve(story)
    identities_are_lent(story)
    gates_are_looked_at(story, "daria")
    submission_is_approved(story)
    bundle, receipt = bundle_leaves(story, tmp_path)
    plain = decrypted(bundle, key, tmp_path / f"{receipt.stem}.zip")
    vkey = served.instance.signer.signer("evidence.example/kyiv/1").vkey
    report = verify_bundle(plain, vkey=vkey, receipt=receipt)
    assert report.status == 0, report.text()
    log_is_verified(story)
    outsider_finds_nothing(story)
    assert len(served.heard.answers) > len(LISTS)
    assert served.heard.told(*PLANTED, *story.made.values()) == []
