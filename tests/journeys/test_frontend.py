"""The islands of script and the style sheet, on the sample page, in a real browser and under the real policy."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.journeys.sample import Sample, served

PAGES = {
    "/inline": "<!doctype html><title>x</title><script>document.title = 'ran'</script>",
    "/elsewhere": "<!doctype html><title>x</title><link rel=stylesheet href='http://evidence.example/a.css'>",
    "/parts": """<!doctype html><html lang="en"><meta name="csrf-token" content="sample-token"><title>Parts</title>
        <script src="/static/app.js" defer></script><main>
        <button id="part" hx-put="/drafts/part" hx-target="#there" hx-push-url="/parts?step=2">Swap</button>
        <button id="evil" hx-get="/done" hx-on:click="document.title = 'evaluated'">Evil</button>
        <p id="there">Before</p></main>""",
}


@pytest.fixture(autouse=True)  # before the page: it has to be there until the page is closed
def sample() -> Iterator[Sample]:
    with served(PAGES) as house:
        yield house


@pytest.fixture
def opened(page: Page, sample: Sample) -> Page:
    page.goto(sample.address)
    return page


# ------------------------------------------------------------------------------ what watches


@pytest.mark.parametrize(
    ("path", "seen"), [("/inline", "Content Security Policy"), ("/elsewhere", "another host")]
)
def test_a_page_that_breaks_its_policy_or_asks_another_host_is_seen(page, watch, sample, path, seen):
    page.goto(sample.address + path)

    assert any(seen in fault for fault in watch.faults())
    assert page.title() == "x"
    watch.allow("")


def test_an_error_of_script_is_seen(opened, watch):
    opened.evaluate("setTimeout(() => { throw new Error('on purpose') })")
    opened.wait_for_timeout(100)

    assert any("on purpose" in fault for fault in watch.faults())
    watch.allow("on purpose")


# ------------------------------------------------------------------------------ how it looks


@pytest.mark.parametrize(
    ("width", "scheme", "contrast"),
    [
        (1440, "light", "no-preference"),
        (390, "dark", "no-preference"),
        (1440, "dark", "more"),
        (390, "light", "more"),
    ],
)
def test_no_component_has_a_serious_fault_of_access(visit, sample, axe, width, scheme, contrast):
    page = visit(width, color_scheme=scheme, contrast=contrast)
    page.goto(sample.address)
    page.keyboard.press("j")
    page.keyboard.press("x")

    assert axe(page) == []


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_nothing_is_wider_than_the_window(opened, direction):
    opened.evaluate("way => document.documentElement.dir = way", direction)

    for width in (1440, 1024, 768, 390, 320):
        opened.set_viewport_size({"width": width, "height": 900})
        assert opened.evaluate("document.documentElement.scrollWidth") == width


def test_the_letters_of_every_script_come_from_the_packaged_font(opened, sample):
    loaded = opened.evaluate(
        """async (words) => {
            await Promise.all(words.map((word) => document.fonts.load('15px "House Sans"', word)));
            return words.map((word) => document.fonts.check('15px "House Sans"', word));
        }""",
        ["Wort", "свідок", "მოწმე", "վկա", "شاهد", "ł"],
    )

    assert loaded == [True] * 6
    faces = opened.evaluate("[...document.fonts].filter(face => face.status === 'loaded').length")
    assert faces >= 6


def test_dark_and_light_follow_the_page_and_else_the_system(visit, sample):
    page = visit(color_scheme="dark")
    page.goto(sample.address)
    ground = "getComputedStyle(document.body).backgroundColor"
    by_system = page.evaluate(ground)
    page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
    light = page.evaluate(ground)
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")

    assert page.evaluate(ground) == by_system != light


def test_on_a_phone_the_navigation_is_a_drawer_that_needs_no_script(visit, sample):
    page = visit(390, java_script_enabled=False)
    page.goto(sample.address)
    missions = page.get_by_role("link", name="Missions", exact=True)
    expect(missions).to_be_hidden()

    page.get_by_role("button", name="Menu").click()

    expect(missions).to_be_visible()


def test_on_a_small_screen_the_labels_of_the_rail_come_with_the_focus(visit, sample):
    page = visit(1024)
    page.goto(sample.address)
    nav = page.locator(".house-nav")
    narrow = nav.evaluate("nav => nav.offsetWidth")

    page.get_by_role("link", name="Missions", exact=True).focus()
    page.wait_for_timeout(400)

    assert narrow < 70
    assert nav.evaluate("nav => nav.offsetWidth") > 200


def test_on_paper_there_is_nothing_to_press_and_no_revealed_name(opened):
    opened.emulate_media(media="print")

    for tool in (".house-nav", ".topbar", ".filters", ".form-acts", ".btn >> nth=0", ".tabs", ".revealed"):
        expect(opened.locator(tool).first).to_be_hidden()
    expect(opened.locator(".custody").first).to_be_visible()
    assert (
        opened.locator(".level-sealed").first.evaluate("mark => getComputedStyle(mark).color")
        == "rgb(0, 0, 0)"
    )


def test_graphic_content_is_blurred_until_asked_for(opened):
    picture = opened.locator(".exhibit-view.is-graphic > img")

    assert "blur" in picture.evaluate("image => getComputedStyle(image).filter")
    expect(opened.get_by_role("button", name="Show")).to_be_visible()


# ------------------------------------------------------------------------------ keys


def test_the_keys_walk_through_a_list_mark_and_open(opened):
    for key in ("j", "j", "x", "k", "x"):
        opened.keyboard.press(key)

    expect(opened.locator("tr.is-at")).to_contain_text("KYI-E-0036")
    expect(opened.locator("tr.is-marked")).to_have_count(2)
    expect(opened.locator("[data-bulk]")).to_contain_text("2 marked")
    assert opened.evaluate("document.activeElement.textContent") == "KYI-E-0036"

    opened.keyboard.press("Enter")
    assert opened.url.endswith("#record")


def test_the_keys_work_on_a_cyrillic_keyboard(opened):
    opened.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'о', code: 'KeyJ', bubbles: true}))"
    )

    expect(opened.locator("tr.is-at")).to_contain_text("KYI-E-0036")


def test_keys_are_letters_where_somebody_types(opened):
    opened.locator("#what").fill("")
    opened.locator("#what").press_sequentially("jx?n/")

    assert opened.locator("#what").input_value() == "jx?n/"
    expect(opened.locator("tr.is-at")).to_have_count(0)
    expect(opened.get_by_role("dialog")).to_have_count(0)


def test_single_keys_can_be_switched_off(opened):
    opened.evaluate("document.documentElement.dataset.keys = 'off'")

    opened.keyboard.press("j")
    opened.keyboard.press("?")

    expect(opened.locator("tr.is-at")).to_have_count(0)
    expect(opened.get_by_role("dialog")).to_have_count(0)


def test_search_new_and_help_have_their_keys(opened):
    opened.keyboard.press("/")
    assert opened.evaluate("document.activeElement.matches('[data-search]')")
    opened.keyboard.press("Escape")

    opened.keyboard.press("n")
    assert opened.evaluate("document.activeElement.textContent") == "Evidence item"
    opened.keyboard.press("ArrowDown")
    assert opened.evaluate("document.activeElement.textContent") == "Interview"
    opened.keyboard.press("Escape")
    expect(opened.locator("[data-new]")).not_to_have_attribute("open", "")

    opened.keyboard.press("?")
    expect(opened.get_by_role("dialog", name="Keys")).to_be_visible()
    opened.keyboard.press("Escape")
    expect(opened.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_one_mark_marks_all(opened):
    opened.get_by_label("Mark all").check()

    expect(opened.locator("[data-bulk-count]")).to_have_text("5")
    opened.get_by_label("Mark all").uncheck()
    expect(opened.locator("[data-bulk]")).to_be_hidden()


def test_a_menu_closes_when_something_else_is_clicked(opened):
    opened.locator(".topbar-scope > summary").click()
    opened.locator("[data-new] > summary").click()

    expect(opened.locator("details.menu[open]")).to_have_count(1)
    opened.locator("h1").first.click()
    expect(opened.locator("details.menu[open]")).to_have_count(0)


# ------------------------------------------------------------------------------ drafts, guard, offline


def test_what_is_typed_is_kept_without_secrets_and_files(opened, sample):
    opened.locator("#secret").fill("my own secret")
    opened.locator("#what").fill("Близько восьмої ранку")

    expect(opened.locator("[data-draft-state]")).to_have_text(re.compile(r"kept at \d\d:\d\d"))
    kept = sample.drafts()[-1]
    assert kept.path == "/drafts/incident"
    assert kept.headers["X-CSRFToken"] == "sample-token"
    assert kept.fields["what"] == ["Близько восьмої ранку"]
    assert "secret" not in kept.fields


def test_fast_typing_is_not_a_request_for_every_letter(opened, sample):
    opened.locator("#what").press_sequentially("a sentence that somebody types", delay=20)
    expect(opened.locator("[data-draft-state]")).to_contain_text("kept at")

    assert len(sample.drafts()) == 1


def test_without_a_connection_it_says_so_and_keeps_when_it_is_back(opened, sample, watch):
    watch.allow("net::ERR_INTERNET_DISCONNECTED")
    opened.context.set_offline(True)
    opened.locator("#what").fill("typed without a connection")

    expect(opened.locator("[data-draft-state]")).to_have_text("not kept: no connection")
    expect(opened.locator("[data-offline]")).to_be_visible()
    assert sample.drafts() == []

    opened.context.set_offline(False)
    expect(opened.locator("[data-draft-state]")).to_contain_text("kept at")
    expect(opened.locator("[data-offline]")).to_be_hidden()
    assert sample.drafts()[-1].fields["what"] == ["typed without a connection"]


def test_a_draft_that_the_server_refuses_is_said(opened, sample, watch):
    watch.allow("status of 401")
    sample.answers = lambda put: (401, {}) if put.path.startswith("/drafts/") else None

    opened.locator("#what").fill("typed after the session ended")

    expect(opened.locator("[data-draft-state]")).to_contain_text("you are signed out")
    assert opened.locator("#what").input_value() == "typed after the session ended"


def test_a_form_that_was_sent_is_not_kept_as_a_draft_afterwards(opened, sample):
    opened.locator("#title").fill("Shelling of a school")
    opened.get_by_role("button", name="Record", exact=True).click()
    opened.wait_for_url("**/done")
    opened.wait_for_timeout(1500)

    assert sample.drafts() == []
    assert len(sample.posts) == 1


def leaves(page: Page) -> bool:
    """Say whether the page lets itself be left without a question."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.evaluate("setTimeout(() => location.assign('/done'))")
    for _ in range(40):
        page.wait_for_timeout(50)
        if asked or page.url.endswith("/done"):
            break
    assert bool(asked) != page.url.endswith("/done")
    return not asked


def test_words_that_are_nowhere_else_are_not_left_without_a_question(opened, watch):
    watch.allow("net::ERR_INTERNET_DISCONNECTED")
    opened.context.set_offline(True)
    opened.locator("#what").press_sequentially("unkept")

    assert not leaves(opened)


def test_words_that_are_kept_can_be_left(opened):
    opened.locator("#what").press_sequentially("kept")
    expect(opened.locator("[data-draft-state]")).to_contain_text("kept at")

    assert leaves(opened)


# ------------------------------------------------------------------------------ small ones


def test_revealed_words_go_by_themselves(opened):
    revealed = opened.locator(".revealed")
    revealed.evaluate("words => words.dataset.fade = '1'")
    opened.evaluate(
        "document.querySelector('.revealed').replaceWith(document.querySelector('.revealed').cloneNode(true))"
    )

    expect(revealed).to_have_text("hidden again")
    assert "Olha" not in opened.content()


def test_revealed_words_are_not_there_when_somebody_comes_back(opened, sample):
    opened.goto(f"{sample.address}/done")
    opened.go_back()

    # A page that the browser kept has lost them; one that it asked for anew shows what the server says.
    was_kept = opened.evaluate("performance.getEntriesByType('navigation')[0].type !== 'back_forward'")
    expect(opened.locator(".revealed")).to_have_text("hidden again" if was_kept else "Olha Vymyshlena")


def test_leaving_takes_revealed_words_out_of_the_page(opened):
    opened.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")

    expect(opened.locator(".revealed")).to_have_text("hidden again")


def test_a_reference_is_copied(opened):
    opened.context.grant_permissions(["clipboard-read", "clipboard-write"])

    opened.get_by_role("button", name="Copy the reference").click()

    expect(opened.locator("[data-copy].is-copied")).to_be_visible()
    assert opened.evaluate("navigator.clipboard.readText()") == "KYI-E-0036"


def test_the_position_of_the_player_becomes_a_passage(opened, sample):
    opened.evaluate("Object.defineProperty(document.querySelector('#player'), 'currentTime', {value: 134.6})")

    opened.get_by_role("button", name="Now").click()

    assert opened.locator("#position").input_value() == "00:02:14"
    expect(opened.locator("[data-draft-state]")).to_contain_text("kept at")


def test_what_cannot_be_undone_waits_for_the_reference(opened):
    erase = opened.get_by_role("button", name="Erase for ever")
    expect(erase).to_be_disabled()

    opened.get_by_label("Type KYI-E-0036").fill("KYI-E-0063")
    expect(erase).to_be_disabled()
    opened.get_by_label("Type KYI-E-0036").fill(" kyi-e-0036 ")
    expect(erase).to_be_enabled()


def test_without_script_everything_is_there_and_every_form_can_be_sent(visit, sample):
    page = visit(java_script_enabled=False)
    page.goto(sample.address)

    expect(page.get_by_role("button", name="Erase for ever")).to_be_enabled()
    expect(page.locator("input[type=file][name=file]")).to_be_visible()
    expect(page.locator("[data-upload-ask]")).to_be_hidden()
    page.locator("[data-new] > summary").click()
    expect(page.get_by_role("link", name="Evidence item")).to_be_visible()
    page.locator("#title").fill("Shelling")
    page.get_by_role("button", name="Record", exact=True).click()
    assert sample.posts


# ------------------------------------------------------------------------------ htmx


def test_a_part_of_a_page_is_asked_for_with_the_token_and_nothing_is_stored(page, sample):
    page.goto(f"{sample.address}/parts")
    page.locator("#part").click()

    expect(page.locator("#there")).to_contain_text("sha256")
    assert sample.puts[0].headers["X-CSRFToken"] == "sample-token"
    assert page.url.endswith("/parts?step=2")
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0


def test_htmx_evaluates_nothing_that_a_page_says(page, sample, watch):
    watch.allow("htmx:evalDisallowedError")
    page.goto(f"{sample.address}/parts")
    page.locator("#evil").click()
    page.wait_for_timeout(200)

    expect(page.locator("#evil")).to_have_text("")
    assert page.title() != "evaluated"


def test_a_request_that_fails_is_said(page, sample, watch):
    watch.allow("status of 403", "Response Status Error Code 403")
    sample.answers = lambda _put: (403, {})
    page.goto(f"{sample.address}/parts")

    page.locator("#part").click()

    expect(page.locator(".notices > .notice-danger")).to_contain_text("You may not do that")
    expect(page.locator("#there")).to_have_text("Before")


def test_the_words_of_script_come_from_the_layout(opened):
    opened.evaluate(
        """() => {
            const words = document.createElement('template');
            words.id = 'words';
            words.dataset.kept = 'збережено о {time}';
            document.body.append(words);
        }"""
    )

    opened.locator("#what").fill("а")

    expect(opened.locator("[data-draft-state]")).to_have_text(re.compile(r"збережено о \d\d:\d\d"))


def test_nothing_is_kept_in_the_storage_of_the_browser(opened):
    opened.locator("#what").fill("a name")
    expect(opened.locator("[data-draft-state]")).to_contain_text("kept at")

    assert opened.evaluate("localStorage.length + sessionStorage.length") == 0
    assert opened.context.cookies() == []
    assert json.loads(opened.evaluate("indexedDB.databases().then(JSON.stringify)")) == []
