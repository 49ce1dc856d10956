"""Taking in files in the browser: many at once, folders, what fails and what goes on by itself."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, FilePayload, Page, expect

from tests.journeys.sample import Sample, served

RECEIVING = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="csrf-token" content="sample-token">
    <title>Receiving</title><script src="/static/app.js" defer></script>
    <form method="post" data-draft="/drafts/facts"><label>Device <input name="device"></label>
    <section data-upload="/evidence/receive/sample"><input type="file" multiple data-upload-files aria-label="Files">
    </section><p data-draft-state></p></form>"""


@pytest.fixture(autouse=True)  # before the page: it has to be there until the page is closed
def sample() -> Iterator[Sample]:
    with served({"/receiving": RECEIVING}) as house:
        yield house


@pytest.fixture
def opened(page: Page, sample: Sample) -> Page:
    page.goto(f"{sample.address}/#intake")
    return page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder as somebody brings it, with names in several scripts and a folder within."""
    card = tmp_path / "картка 7"
    (card / "день 1" / "порожня").mkdir(parents=True)
    (card / "день 1" / "відео № 1.txt").write_text("first")
    (card / "день 1" / "კადრი.txt").write_text("second")
    (card / ".hidden").write_text("third")
    (card / "100 %25 + a&b?.txt").write_text("fourth")
    return card


def choose(page: Page, **files: str) -> None:
    """Choose files of these names and contents."""
    payloads: list[FilePayload] = [
        {"name": f"{name}.txt", "mimeType": "text/html", "buffer": text.encode()}
        for name, text in files.items()
    ]
    page.locator("[data-upload-files]").set_input_files(payloads)


def test_each_file_arrives_as_it_is_and_says_its_reference_and_digest(opened, sample):
    choose(opened, one="first", two="second", three="third")

    expect(opened.locator(".intake-item.is-done")).to_have_count(3)
    assert sorted((put.name, put.body) for put in sample.files()) == [
        ("one.txt", b"first"),
        ("three.txt", b"third"),
        ("two.txt", b"second"),
    ]
    for put in sample.files():
        assert put.path == "/evidence/receive/sample"
        assert put.headers["X-CSRFToken"] == "sample-token"
        assert put.headers["Content-Type"] == "application/octet-stream"
        shown = opened.locator(".intake-item", has_text=put.name)
        expect(shown).to_contain_text(hashlib.sha256(put.body).hexdigest())
        expect(shown.get_by_role("link")).to_have_attribute("href", re.compile(r"^/evidence/KYI-E-\d+$"))
    expect(opened.locator(".intake-total")).to_contain_text("3 of 3 · 16 B of 16 B")
    expect(opened.locator("#said")).to_have_text("3 received, 0 not received.")
    expect(opened.get_by_role("link", name="See what was received")).to_be_visible()


def test_a_chosen_folder_is_taken_in_with_the_paths_inside_it(opened, sample, folder):
    opened.locator("[data-upload-folder]").set_input_files(folder)

    expect(opened.locator(".intake-item.is-done")).to_have_count(4)
    assert sorted(put.name for put in sample.files()) == [
        "картка 7/.hidden",
        "картка 7/100 %25 + a&b?.txt",
        "картка 7/день 1/відео № 1.txt",
        "картка 7/день 1/კადრი.txt",
    ]


def test_folders_and_files_can_be_dropped_together(opened, sample, folder, tmp_path):
    (tmp_path / "beside.txt").write_text("beside")
    zone = opened.locator("[data-upload]")
    zone.scroll_into_view_if_needed()
    box = zone.bounding_box()
    assert box
    drag = {"items": [], "files": [str(folder), str(tmp_path / "beside.txt")], "dragOperationsMask": 1}
    chromium = opened.context.new_cdp_session(opened)

    for step in ("dragEnter", "dragOver", "drop"):
        if step == "drop":
            expect(opened.locator(".drop.is-over")).to_be_visible()
        chromium.send(
            "Input.dispatchDragEvent", {"type": step, "x": box["x"] + 20, "y": box["y"] + 20, "data": drag}
        )

    expect(opened.locator(".intake-item.is-done")).to_have_count(5)
    assert "beside.txt" in {put.name for put in sample.files()}
    assert "картка 7/день 1/კადრი.txt" in {put.name for put in sample.files()}


def test_a_file_that_misses_the_zone_does_not_replace_the_page(opened, sample, folder):
    drag = {"items": [], "files": [str(folder / ".hidden")], "dragOperationsMask": 1}
    chromium = opened.context.new_cdp_session(opened)

    for step in ("dragEnter", "dragOver", "drop"):
        chromium.send("Input.dispatchDragEvent", {"type": step, "x": 700, "y": 20, "data": drag})
    opened.wait_for_timeout(200)

    assert opened.url.startswith(sample.address)
    assert sample.files() == []


def test_two_are_sent_at_a_time(opened, sample):
    sample.held.clear()
    choose(opened, **{f"file{number}": f"content {number}" for number in range(6)})

    expect(opened.locator(".intake-item")).to_have_count(2)
    expect(opened.get_by_text("4 more waiting")).to_be_visible()
    sample.held.set()
    expect(opened.locator(".intake-item.is-done")).to_have_count(6)


def test_an_empty_file_is_sent_like_any_other(opened, sample):
    choose(opened, nothing="")

    expect(opened.locator(".intake-item.is-done")).to_have_count(1)
    assert sample.files()[0].body == b""


def test_the_same_file_chosen_twice_is_sent_once_and_the_same_bytes_are_said(opened, sample, folder):
    opened.locator("[data-upload-folder]").set_input_files(folder)
    expect(opened.locator(".intake-item.is-done")).to_have_count(4)
    opened.locator("[data-upload-folder]").set_input_files(folder)

    expect(opened.locator(".notices > .notice-warn")).to_contain_text("4 chosen a second time were left out")
    assert len(sample.files()) == 4
    choose(opened, copy="twice")
    expect(opened.locator(".intake-item", has_text="copy.txt")).to_contain_text("here already: KYI-E-0001")


def test_what_the_server_refuses_stands_there_with_its_advice_and_can_be_tried_again(opened, sample, watch):
    watch.allow("status of 422")
    refusing = {"error": "The disk is full.", "advice": "Free 2 GB and try again."}
    sample.answers = lambda put: (422, refusing) if put.name == "bad.txt" else None
    choose(opened, bad="a", good="b")

    failed = opened.locator(".intake-item.is-failed")
    expect(failed).to_contain_text("bad.txt")
    expect(failed).to_contain_text("The disk is full. Free 2 GB and try again.")
    expect(opened.locator(".intake-total")).to_contain_text("1 not received")
    expect(opened.locator(".intake-item.is-done")).to_have_count(1)

    sample.answers = lambda _put: None
    opened.get_by_role("button", name="Try again", exact=True).click()

    expect(opened.locator(".intake-item.is-done")).to_have_count(2)
    expect(opened.locator(".intake-total")).to_contain_text("2 of 2")
    assert len(sample.files()) == 2


def test_all_that_failed_can_be_tried_again_at_once(opened, sample, watch):
    watch.allow("status of 500")
    sample.answers = lambda _put: (500, {})
    choose(opened, one="1", two="2", three="3")
    expect(opened.locator(".intake-item.is-failed")).to_have_count(3)

    sample.answers = lambda _put: None
    opened.get_by_role("button", name="Try the failed ones again").click()

    expect(opened.locator(".intake-item.is-done")).to_have_count(3)


def test_a_session_that_ended_stops_the_rest_and_says_so(opened, sample, watch):
    watch.allow("status of 401")
    sample.answers = lambda _put: (401, {"error": "You are not signed in.", "advice": "Sign in."})
    choose(opened, **{f"file{number}": f"content {number}" for number in range(8)})

    expect(opened.locator(".notices > .notice-danger")).to_contain_text("Sign in in another tab")
    opened.wait_for_timeout(300)
    expect(opened.get_by_text(re.compile(r"[456] more waiting"))).to_be_visible()

    sample.answers = lambda _put: None
    opened.get_by_role("button", name="Try the failed ones again").click()
    expect(opened.locator(".intake-item.is-done")).to_have_count(8)


def test_a_lost_connection_is_said_and_the_rest_goes_on_when_it_is_back(opened, sample, watch):
    watch.allow("net::ERR_INTERNET_DISCONNECTED")
    opened.context.set_offline(True)
    choose(opened, one="1", two="2", three="3")

    expect(opened.locator("[data-offline]")).to_be_visible()
    expect(opened.locator(".intake-item.is-failed").first).to_contain_text("The connection was lost")

    opened.context.set_offline(False)
    expect(opened.locator(".intake-item.is-done")).to_have_count(3)
    expect(opened.locator("[data-offline]")).to_be_hidden()


def test_a_connection_that_breaks_in_the_middle_is_tried_again(opened, sample, watch):
    watch.allow("net::ERR_EMPTY_RESPONSE", "may?size=")  # the sample server says nothing of why
    broken = []

    def break_once(put):
        broken.append(put.name)
        return (200, None) if broken.count(put.name) == 1 else None

    sample.answers = break_once
    choose(opened, one="1")

    expect(opened.locator(".intake-item.is-done")).to_have_count(1)
    assert len(broken) >= 2


def test_a_file_that_went_away_is_reported_and_not_skipped(opened, sample, folder, watch):
    watch.allow("net::ERR_FILE_NOT_FOUND", "net::ERR_UPLOAD_FILE_CHANGED", "net::ERR_FAILED")
    sample.held.clear()
    opened.locator("[data-upload-folder]").set_input_files(folder)
    expect(opened.locator(".intake-item")).to_have_count(2)
    sending = opened.locator(".intake-name").all_inner_texts()
    gone = next(
        path for path in folder.rglob("*.txt") if f"{folder.name}/{path.relative_to(folder)}" not in sending
    )
    gone.unlink()
    sample.held.set()

    expect(opened.locator(".intake-item.is-failed")).to_contain_text("cannot be read")
    expect(opened.locator(".intake-item.is-failed")).to_contain_text(gone.name)
    expect(opened.locator(".intake-item.is-done")).to_have_count(3)


def test_what_was_typed_a_moment_before_is_there_before_the_first_file(page, sample):
    page.goto(f"{sample.address}/receiving")
    page.get_by_label("Device").fill("camera 7")
    choose(page, one="1", two="2")

    expect(page.locator(".intake-item.is-done")).to_have_count(2)
    assert sample.puts[0].fields == {"device": ["camera 7"]}


def test_no_file_is_sent_with_facts_that_could_not_be_kept(page, sample, watch):
    watch.allow("status of 500")
    sample.answers = lambda put: (500, {}) if put.path == "/drafts/facts" else None
    page.goto(f"{sample.address}/receiving")
    page.get_by_label("Device").fill("camera 7")
    choose(page, one="1")

    expect(page.locator(".intake-item.is-failed")).to_contain_text("could not be kept")
    assert sample.files() == []

    sample.answers = lambda _put: None
    page.get_by_role("button", name="Try again", exact=True).click()
    expect(page.locator(".intake-item.is-done")).to_have_count(1)
    assert [put.path for put in sample.puts] == ["/drafts/facts", "/evidence/receive/sample"]


def test_leaving_while_files_are_sent_asks(opened, sample):
    sample.held.clear()
    choose(opened, one="1")
    opened.locator("#intake h2").first.click()  # a browser asks nobody who did nothing
    asked = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    opened.on("dialog", stay)
    opened.evaluate("setTimeout(() => location.assign('/done'))")
    for _ in range(40):
        opened.wait_for_timeout(50)
        if asked:
            break

    assert asked == ["beforeunload"]
    sample.held.set()
    expect(opened.locator(".intake-item.is-done")).to_have_count(1)


def test_a_name_is_text_and_never_markup(opened, sample):
    opened.locator("[data-upload-files]").set_input_files(
        [{"name": "<img src=x onerror=alert(1)>.txt", "mimeType": "text/plain", "buffer": b"x"}]
    )

    expect(opened.locator(".intake-name")).to_have_text("<img src=x onerror=alert(1)>.txt")
    expect(opened.locator(".intake-item.is-done img")).to_have_count(0)


def test_thousands_of_files_do_not_become_thousands_of_rows(opened, sample):
    opened.evaluate(
        """() => {
            const transfer = new DataTransfer();
            for (let n = 0; n < 3000; n++) transfer.items.add(new File([`${n}`], `${n}.txt`));
            const input = document.querySelector('[data-upload-files]');
            input.files = transfer.files;
            input.dispatchEvent(new Event('change', { bubbles: true }));
        }"""
    )

    expect(opened.locator(".intake-total")).to_contain_text("of 3,000")
    opened.wait_for_timeout(1000)
    assert opened.locator(".intake-item").count() <= 303
