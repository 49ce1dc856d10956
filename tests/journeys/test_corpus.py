"""Every real file goes in through the browser, and no page that shows one runs anything of it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from evidence_tracker.instance import Instance
from tests.cast import MISSION, Cast
from tests.journeys.conftest import Visit
from tests.journeys.served import Served, furnish, serving

#: Runs as soon as a browser takes the file for a page or a picture of the house.
SCRIPTED = {
    "page.html": b"<!doctype html><title>ran</title><body onload=\"document.title='ran'\">"
    b"<script>document.title='ran';fetch('/account')</script><img src=x onerror=\"document.title='ran'\">",
    "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="document.title=\'ran\'">'
    b"<script>document.title='ran';fetch('/account')</script><rect width='9' height='9'/></svg>",
    "page.xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"><script>document.title="ran"</script></html>',
    "image.png": b"<script>document.title='ran'</script>",
}

#: Beginnings of the names of files that could do something, and one of each other kind.
LOOKED_AT = (
    *(
        "IMG_",
        "cc.warc",
        "complex",
        "droste",
        "quine",
        "russian",
        "speech",
        "test-outlook",
        "testEML",
        "testHTML",
    ),
    *(
        "testJPEG_GEO",
        "testMKV",
        "testPDF_bad",
        "testPDF_js",
        "testPDF_prot",
        "testSVG",
        "testWACZ",
        "testXXE",
    ),
    *("testZIP", "testZip", "E-sig", "video1"),
)


@pytest.fixture(autouse=True)  # before the pages: it has to be there until they are closed
def served(instance: Instance, cast: Cast) -> Iterator[Served]:
    furnish(instance, cast)
    with serving(instance) as house:
        yield house


@pytest.fixture
def files(corpus: Path, tmp_path: Path) -> dict[str, bytes]:
    """Return the files by name."""
    real = [path for part in ("files", "c2pa") for path in sorted((corpus / part).iterdir())]
    return {path.name: path.read_bytes() for path in real} | SCRIPTED


def take_in(page: Page, served: Served, files: dict[str, bytes]) -> dict[str, str]:
    """Choose all files at once, wait for the last; returns the reference of each."""
    page.goto(f"{served.address}/evidence/receive")
    page.get_by_label("Kept in").select_option(f"{MISSION}-C")
    page.get_by_label("Kind of source").select_option("public")
    with page.expect_file_chooser() as asked:
        page.get_by_text("Files", exact=True).click()
    chosen: list[FilePayload] = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files.items()
    ]
    asked.value.set_files(chosen)
    rows = page.locator(".intake-item")
    expect(page.locator(".intake-item.is-done")).to_have_count(len(files), timeout=90_000)
    found = {}
    for row in rows.all():
        name, words = row.locator(".intake-name").inner_text(), row.inner_text()
        assert hashlib.sha256(files[name]).hexdigest() in words, name
        found[name] = row.get_by_role("link").first.inner_text()
    return found


def test_all_go_in_with_their_digests_and_are_shown_without_running(
    visit: Visit, served: Served, files: dict[str, bytes]
):
    page = served.sign_in(visit(), "amina")
    references = take_in(page, served, files)
    assert references.keys() == files.keys()

    looked_at = [name for name in references if name in SCRIPTED or name.startswith(LOOKED_AT)]
    assert len(looked_at) > len(SCRIPTED) + 15
    for name in looked_at:
        reference = references[name]
        page.goto(f"{served.address}/evidence/{reference}")
        expect(page.locator(".record-ref .ref")).to_have_text(reference)
        expect(page.locator("main")).to_contain_text(name)
        words = page.get_by_role("link", name="Text", exact=True)
        if words.count():
            words.first.click()
            expect(page.locator(".record-ref .ref")).to_have_text(reference)
        assert page.title() != "ran"
        pictures = page.locator("main img:visible")
        for picture in pictures.all():
            address = picture.evaluate("image => image.complete && !image.naturalWidth ? image.src : ''")
            assert not address, f"{name}: {address} shows nothing"


@pytest.mark.parametrize("name", sorted(SCRIPTED))
def test_nothing_of_it_runs_at_an_address_of_its_own(visit: Visit, served: Served, watch, name: str):
    """An address of a preview, opened by itself in a window, is bytes that nobody runs."""
    page = served.sign_in(visit(), "amina")
    reference = take_in(page, served, {name: SCRIPTED[name]})[name]
    watch.allow("status of 404", "status of 405", "status of 415", "status of 422")
    for part in ("media", "text", "preview/large", "page/1", "bytes"):
        answer = page.request.get(f"{served.address}/evidence/{reference}/{part}")
        if answer.status == 200:
            assert "sandbox" in answer.headers["content-security-policy"], part
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert not answer.headers["content-type"].startswith(
                ("text/html", "image/svg", "application/xhtml")
            )
