"""Every real file, hostile ones among them, through everything the sandbox does."""

import time

import pytest

from evidence_tracker.sandbox.answers import UNKNOWN_TYPE

from .test_media_type import CORPUS_TYPES

BROKEN = {"testZIP_corrupted_oom.zip"}
HOSTILE = [
    "quine.gz",
    "droste.zip",
    "testXXE.xml",
    "testZIP_corrupted_oom.zip",
    "testHTMLBadScript.html",
    "testSVG.svg",
    "testPDF_bad_page_303226.pdf",
    "testPDF_protected.pdf",
    "testPDF_jsActionOnPage.pdf",
    "testZipEncrypted.zip",
]
PICTURES = [name for name, media_type in CORPUS_TYPES.items() if media_type.startswith("image/")]


@pytest.mark.parametrize("name", CORPUS_TYPES)
def test_every_real_file_is_examined(sandbox, corpus, name):
    found = sandbox.examine([corpus(name)], CORPUS_TYPES[name])
    assert (found.failed is not None) is (name in BROKEN)


@pytest.mark.parametrize("name", CORPUS_TYPES)
def test_no_real_file_breaks_the_reading_of_words(sandbox, corpus, name):
    said = sandbox.text([corpus(name)], CORPUS_TYPES[name])
    assert "broke off" not in (said.failed or "")
    assert said.text or said.failed or CORPUS_TYPES[name].startswith(("image/", "video/"))


@pytest.mark.parametrize("name", PICTURES)
def test_every_real_picture_can_be_stripped_or_is_left(sandbox, corpus, name):
    after = sandbox.strip_metadata([corpus(name)], CORPUS_TYPES[name])
    assert (after is None) is (CORPUS_TYPES[name] in {"image/heic", "image/svg+xml"})


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "taken_for", ["image/png", "application/pdf", "application/zip", "video/mp4", UNKNOWN_TYPE]
)
def test_a_hostile_file_taken_for_something_else_does_no_harm(sandbox, corpus, name, taken_for):
    began = time.monotonic()
    content = corpus(name)
    sandbox.examine([content], taken_for)
    sandbox.text([content], taken_for)
    sandbox.strip_metadata([content], taken_for)
    assert time.monotonic() - began < 10
    assert sandbox.inspect(b"%PDF-1.4\n").value == "application/pdf"
