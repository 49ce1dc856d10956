import gzip
import io
import sys
import zipfile

import pytest

from evidence_tracker.sandbox.runner import Sandbox

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
CORPUS_TYPES = {
    "IMG_1034.heic": "image/heic",
    "LibreOfficeWriter_odt_1.3.odt": "application/vnd.oasis.opendocument.text",
    "cc.warc.gz": "application/warc+gz",
    "complex.mbox": "application/mbox",
    "droste.zip": "application/zip",
    "multi-language.txt": "text/plain",
    "quine.gz": "application/gzip",
    "russian.cp866.txt": "text/plain",
    "speech-en-GB.mp3": "audio/mpeg",
    "test-outlook.msg": "application/vnd.ms-outlook",
    "testAMR.amr": "audio/amr",
    "testEML_embedded_xhtml_and_img.eml": "message/rfc822",
    "testEXCEL.xlsx": XLSX,
    "testFLAC.flac": "audio/flac",
    "testHTMLBadScript.html": "text/html",
    "testJPEG_EXIF.jpg": "image/jpeg",
    "testJPEG_EXIF_emptyDateTime.jpg": "image/jpeg",
    "testJPEG_GEO.jpg": "image/jpeg",
    "testKML.kml": "application/vnd.google-earth.kml+xml",
    "testMKV.mkv": "video/x-matroska",
    "testMP4_QuickTimeMetadata.mov": "video/quicktime",
    "testMP4_udtaLocation.mp4": "video/mp4",
    "testOPUS.opus": "audio/ogg",
    "testPDF.pdf": "application/pdf",
    "testPDF_Version.11.x.PDFA-1b.pdf": "application/pdf",
    "testPDF_bad_page_303226.pdf": "application/pdf",
    "testPDF_jsActionOnPage.pdf": "application/pdf",
    "testPDF_protected.pdf": "application/pdf",
    "testPNG.png": "image/png",
    "testSVG.svg": "image/svg+xml",
    "testTIFF_multipage.tif": "image/tiff",
    "testVORBIS.ogg": "audio/ogg",
    "testVideoMp4.mp4": "video/mp4",
    "testWACZ.wacz": "application/x-wacz",
    "testWARC_multiple.warc.gz": "application/warc+gz",
    "testWAV.wav": "audio/x-wav",
    "testWEBP.webp": "image/webp",
    "testWORD.docx": DOCX,
    "testXXE.xml": "text/xml",
    "testZIP_corrupted_oom.zip": "application/zip",
    "testZipEncrypted.zip": "application/zip",
    "C.jpg": "image/jpeg",
    "CA.jpg": "image/jpeg",
    "E-sig-CA.jpg": "image/jpeg",
    "cloud.jpg": "image/jpeg",
    "video1.mp4": "video/mp4",
}


@pytest.fixture(scope="module", params=["system", "packaged"])
def detecting(request):
    """Both situations: a system with libmagic, and one without."""
    with Sandbox(packaged_libmagic=request.param == "packaged") as running:
        yield running


def zipped(*names, content=b"x"):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.mark.parametrize("name", CORPUS_TYPES)
def test_real_files_are_told_apart(detecting, corpus, name):
    said = detecting.inspect(corpus(name)[: 64 * 1024])
    assert said.value == CORPUS_TYPES[name]
    assert said.failed is None


def test_the_detector_is_named_with_its_version_and_database(detecting):
    said = detecting.inspect(b"%PDF-1.4\n")
    assert said.detector == "libmagic"
    number, _, database = said.detector_version.partition(" (magic.mgc ")
    assert tuple(map(int, number.split("."))) >= (5, 41)
    assert len(database.rstrip(")")) == 12


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there may be one libmagic only")
def test_the_packaged_library_is_another_one_than_the_systems():
    with Sandbox(packaged_libmagic=True) as packaged:
        assert packaged.inspect(b"%PDF-1.4\n").detector_version.startswith("5.41 ")


def test_who_looked_closer_is_named_with_what_was_said_first(detecting):
    said = detecting.inspect(gzip.compress(b"WARC/1.0\r\nWARC-Type: warcinfo\r\n"))
    assert (said.value, said.detector) == ("application/warc+gz", "evidence-tracker")
    assert "application/gzip" in said.detector_version


@pytest.mark.parametrize(
    ("names", "media_type"),
    [
        (["[Content_Types].xml", "_rels/.rels", "word/document.xml"], DOCX),
        (["word/document.xml", "docProps/core.xml", "_rels/.rels"], DOCX),
        (["_rels/.rels", "xl/workbook.xml", "[Content_Types].xml"], XLSX),
        (["[Content_Types].xml", "ppt/presentation.xml"], PPTX),
        (["archive/data.warc.gz", "indexes/index.cdx.gz"], "application/x-wacz"),
        (["datapackage.json", "pages/pages.jsonl"], "application/x-wacz"),
        (["datapackage.json", "table.csv"], "application/zip"),
        (["photos/1.jpg", "word/list.txt"], "application/zip"),
        (["doc.kml", "files/1.png"], "application/vnd.google-earth.kmz"),
        (["a.txt"], "application/zip"),
    ],
)
def test_what_is_in_a_zip_is_told_by_its_names(detecting, names, media_type):
    assert detecting.inspect(zipped(*names)).value == media_type


def test_a_document_that_names_its_type_is_believed_only_for_known_types(detecting):
    def typed(content):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("mimetype", content)
            archive.writestr("content.xml", b"<x/>")
        return detecting.inspect(packed.getvalue()).value

    sheet = "application/vnd.oasis.opendocument.spreadsheet"
    assert typed(sheet.encode()) == sheet
    assert typed(b"text/html") != "text/html"


def test_a_letter_is_mail_only_with_the_lines_of_one(detecting):
    assert detecting.inspect(b"To whom it may concern: I saw it.\n\nFrom: the roof\n").value == "text/plain"
    mail = b"From: a@example.org\r\nTo: b@example.org\r\nDate: Mon, 1 Jan 2024 10:00:00 +0200\r\n\r\nText\r\n"
    assert detecting.inspect(mail).value == "message/rfc822"


@pytest.mark.parametrize("head", [b"", b"\0", b"PK\x03\x04", b"\x1f\x8b", b"\0\0\0\x18ftyp", bytes(70_000)])
def test_every_head_has_an_answer(detecting, head):
    said = detecting.inspect(head)
    assert "/" in said.value
    assert said.failed is None


def test_ukrainian_text_is_text(detecting):
    assert detecting.inspect("Обстріл житлового будинку на вулиці Шевченка.\n".encode()).value == "text/plain"
