"""Text for a person: one reading, in its order, cut where it is too long, and what is missing is said."""

import io
import json
import time
import zipfile
from email.message import EmailMessage

import pytest

from evidence_tracker.sandbox.answers import LONGEST_SHOWN, Readable
from evidence_tracker.sandbox.runner import Sandbox

from .conftest import picture
from .test_confinement import Probed
from .test_media_type import CORPUS_TYPES, DOCX, PPTX, XLSX
from .test_runner import told

ODT, ODS = (f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet"))
NAME = "Олена Коваленко"
W = 'xmlns:w="urn:w" xmlns:a="urn:a" xmlns:mc="urn:mc"'
NO_READER = {
    *("audio/mpeg", "audio/amr", "audio/flac", "audio/ogg", "audio/x-wav", "application/gzip"),
    *(
        "video/mp4",
        "video/quicktime",
        "video/x-matroska",
        "application/warc+gz",
        "application/vnd.ms-outlook",
    ),
}


def packed(parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def read(sandbox, content, media_type):
    found = sandbox.readable([content], media_type)
    assert found.failed is None
    return found.text


def reason(found):
    """Return why there is nothing to be shown."""
    assert found.failed is not None
    return found.failed


def test_text_is_shown_once_and_as_it_is(sandbox):
    text = f"<p>{NAME} &amp; others</p>\r\nsecond line"
    assert read(sandbox, text.encode(), "text/html") == f"<p>{NAME} &amp; others</p>\nsecond line"


def test_a_guessed_encoding_is_named(sandbox, corpus):
    found = sandbox.readable([corpus("russian.cp866.txt")], "text/plain")
    assert found.text.startswith("Однажды, в студеную зимнюю пору,\nЯ из лесу вышел")
    assert found.encoding == "cp866"


def test_letters_that_a_messenger_writes_as_numbers_are_shown_as_letters(sandbox):
    found = sandbox.readable([json.dumps({"from": NAME}).encode()], "application/json")
    assert found.text == f'{{"from": "{NAME}"}}'
    assert "shown as letters" in found.omitted


def test_of_rich_text_the_words_are_shown(sandbox):
    text = read(sandbox, b"{\\rtf1\\ansi {\\b Bold} words \\u1071?}", "text/rtf")
    assert text.split() == ["Bold", "words", "Я"]


def test_a_page_of_the_web_runs_nothing_and_is_source(sandbox, corpus):
    assert "<script" in read(sandbox, corpus("testHTMLBadScript.html"), "text/html").lower()
    assert "<svg" in read(sandbox, corpus("testSVG.svg"), "image/svg+xml")
    assert "file:///couldnt_possibly_exist" in read(sandbox, corpus("testXXE.xml"), "text/xml")


def test_long_text_is_cut_and_that_is_said(sandbox):
    for line in (b"a line of words\n", "рядок слів\n".encode()):
        found = sandbox.readable([line * 500_000], "text/plain")
        assert len(found.text) <= LONGEST_SHOWN
        assert len(found.text) > LONGEST_SHOWN - 100
        assert "Only the first 500,000 characters" in found.omitted


def test_of_text_without_end_only_the_beginning_is_read(sandbox):
    def endless():
        while True:
            yield b"again and again\n" * 10_000

    began = time.monotonic()
    assert sandbox.readable(endless(), "text/plain").text.startswith("again")
    assert time.monotonic() - began < 10


def test_control_characters_and_turned_directions_are_not_shown(sandbox):
    text = read(sandbox, "a\x1b[2Jb\u202egpj.exe".encode(), "text/plain")
    assert text == "a [2Jb gpj.exe"


def test_pages_of_a_pdf_are_numbered(sandbox, corpus):
    found = sandbox.readable([corpus("testPDF_protected.pdf")], "application/pdf")
    assert found.text.startswith("── 1 ──\n")
    assert "RETHINKING THE FINANCIAL NETWORK" in found.text
    assert "── 41 ──" in found.text


def test_a_pdf_of_pictures_says_so(sandbox, corpus):
    found = sandbox.readable([corpus("testPDF_jsActionOnPage.pdf")], "application/pdf")
    assert (found.text, found.failed) == ("", "Pages without text, which may be pictures: 1 of 1.")


def test_a_document_is_read_in_its_order(sandbox):
    content = packed(
        {
            "word/footnotes.xml": f"<w:f {W}><w:p><w:t>note</w:t></w:p></w:f>",
            "word/document.xml": f"""<w:d {W}>
              <w:p><w:r><w:t>First </w:t></w:r><w:r><w:t>line</w:t><w:tab/><w:t>tab</w:t></w:r></w:p>
              <w:p><w:instrText>HYPERLINK x</w:instrText><w:del><w:delText>gone</w:delText></w:del></w:p>
              <w:p><mc:Choice><w:t>box</w:t></mc:Choice><mc:Fallback><w:t>box</w:t></mc:Fallback></w:p>
              <w:tbl><w:tr><w:tc><w:p><w:t>a</w:t></w:p></w:tc><w:tc><w:p><w:t>b</w:t></w:p></w:tc></w:tr></w:tbl>
              </w:d>""",
        }
    )
    text = read(sandbox, content, DOCX).strip()
    assert text.split("\n") == ["First line\ttab", "[deleted: gone]", "box", "a\tb", "", "note"]


def test_slides_come_in_the_order_of_their_numbers(sandbox):
    parts = {f"ppt/slides/slide{n}.xml": f"<s {W}><a:p><a:t>slide {n}</a:t></a:p></s>" for n in (10, 2, 1)}
    assert read(sandbox, packed(parts), PPTX).split("\n")[:5:2] == ["slide 1", "slide 2", "slide 10"]


def test_open_documents_are_read(sandbox, corpus):
    assert "This is an example document" in read(sandbox, corpus("LibreOfficeWriter_odt_1.3.odt"), ODT)
    cell = '<t:table-cell xmlns:t="urn:t"><p>{}</p></t:table-cell>'
    rows = "".join(f"<table-row>{cell.format(n)}{cell.format(NAME)}</table-row>" for n in (1, 2))
    content = packed({"content.xml": f"<x><style>not this</style><body>{rows}</body></x>"})
    assert read(sandbox, content, ODS).strip().split("\n") == [f"1\t{NAME}", f"2\t{NAME}"]


def test_a_table_is_shown_in_rows_with_its_dates(sandbox, corpus):
    text = read(sandbox, corpus("testEXCEL.xlsx"), XLSX)
    assert text.startswith(
        "── Feuil1 ──\nSample Excel Worksheet - Numbers and their Squares\n\tNumber\tSquare\n"
    )
    assert "\t3\t9\n" in text
    content = packed(
        {
            "xl/styles.xml": '<s><numFmts><numFmt numFmtId="164" formatCode="dd.mm.yyyy"/></numFmts>'
            '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="22"/></cellXfs></s>',
            "xl/sharedStrings.xml": f"<s><si><t>{NAME}</t><rPh><t>no</t></rPh></si></s>",
            "xl/worksheets/sheet1.xml": '<s><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>44614</v></c>'
            '<c r="D1" s="2"><v>44614.25</v></c><c r="E1" s="0"><v>44614</v></c>'
            '<c r="F1" t="b"><v>1</v></c><c r="G1" t="inlineStr"><is><t>here</t></is></c>'
            '<c r="ZZZ1"><v>7</v></c><c r="A1" t="s"><v>99</v></c></row></s>',
        }
    )
    rows = read(sandbox, content, XLSX).split("\n")
    assert rows[1].startswith(f"{NAME}\t\t2022-02-22\t2022-02-22 06:00\t44614\tTRUE\there\t")


def test_a_broken_part_does_not_cost_the_others(sandbox):
    part = f"<w:d {W}><w:p><w:t>whole</w:t></w:p></w:d>"
    found = sandbox.readable([packed({"word/document.xml": part, "word/comments.xml": "<broken"})], DOCX)
    assert found.text.strip() == "whole"
    assert "word/comments.xml could not be read" in found.omitted


def test_a_document_that_unpacks_to_gigabytes_is_not_read(sandbox):
    bomb = packed({"word/document.xml": bytes(300_000_000)})
    assert "unpacks to more" in sandbox.readable([bomb], DOCX).failed


def message(**headers):
    mail = EmailMessage()
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    return mail


def test_of_a_mail_the_words_and_the_names_of_what_is_attached(sandbox):
    mail = message(From=f"{NAME} <o@example.org>", To="someone@example.org", Subject="Підвал", X_Noise="no")
    mail.set_content("Plain words\n", charset="koi8-u")
    mail.add_alternative("<p>marked words</p>", subtype="html")
    mail.add_attachment(picture("PNG"), maintype="image", subtype="png", filename="фото.png")
    text = read(sandbox, mail.as_bytes(), "message/rfc822")
    assert text.startswith(
        f"From: {NAME} <o@example.org>\nTo: someone@example.org\nSubject: Підвал\n\nPlain words\n"
    )
    assert "[фото.png; image/png; " in text
    assert "marked" not in text
    assert "Noise" not in text


def test_a_mail_of_markup_alone_is_shown_as_words(sandbox):
    mail = message(Subject="x")
    mail.set_content(
        "<html><head><title>T</title><style>p {}</style></head><body><script>alert(1)</script>"
        "<!-- hidden --><p>One &lt;two&gt;</p><table><tr><td>a</td><td>b</td></tr></table></body></html>",
        subtype="html",
    )
    text = read(sandbox, mail.as_bytes(), "message/rfc822")
    assert text.strip().split("\n") == ["Subject: x", "", "One <two>", "a\tb"]


def test_a_mail_that_lies_about_its_encoding_is_read_all_the_same(sandbox):
    raw = b"Subject: x\nContent-Type: text/plain; charset=%s\n\n" + NAME.encode("cp1251")
    for stated in (b"utf-8", b"no-such-charset"):
        assert NAME in read(sandbox, raw.replace(b"%s", stated), "message/rfc822")


def test_messages_of_a_mailbox_are_numbered(sandbox, corpus):
    text = read(sandbox, corpus("complex.mbox"), "application/mbox")
    assert text.startswith("── 1 ──\nFrom: Jothi Padmanabhan")
    assert "── 2 ──\nFrom: Jianmin Woo" in text


def test_an_archive_is_listed(sandbox, corpus):
    found = sandbox.readable([corpus("testZipEncrypted.zip")], "application/zip")
    assert "encrypted.txt  [password]" in found.text
    assert "not looked into" in found.omitted


def test_of_other_files_there_is_no_text_and_they_are_not_read(sandbox):
    def must_not_be_read():
        yield pytest.fail("it was read")

    for media_type in ("image/png", "video/mp4", "audio/mpeg", "application/octet-stream"):
        found = sandbox.readable(must_not_be_read(), media_type)
        assert found == Readable(failed="There is no text to be shown of a file of this type.")


def test_a_hostile_parser_can_answer_nothing_but_text():
    with Probed(timeout_s=5) as probed:
        assert probed.readable(told({"encoding": "a\x1bb"}, body=5), "text/plain") == Readable("xxxxx", "a b")
        assert probed.readable(told([]), "text/plain").failed is not None
        assert "longer" in reason(probed.readable(told({}, body=4 * LONGEST_SHOWN + 1), "text/plain"))


def test_a_file_that_is_read_for_ever_is_given_up():
    mail = b"Content-Type: text/html\n\n" + b"<script " * 400_000
    with Sandbox(timeout_s=1) as hasty:
        began = time.monotonic()
        assert "too long" in reason(hasty.readable([mail], "message/rfc822"))
        assert time.monotonic() - began < 4


@pytest.mark.parametrize("name", CORPUS_TYPES)
def test_every_real_file_has_text_or_a_reason(sandbox, corpus, name):
    began = time.monotonic()
    found = sandbox.readable([corpus(name)], CORPUS_TYPES[name])
    assert time.monotonic() - began < 10
    assert (found.failed is None) is bool(found.text.strip())
    has_reader = not CORPUS_TYPES[name].startswith("image/") or name == "testSVG.svg"
    assert ("of this type" in (found.failed or "")) is (CORPUS_TYPES[name] in NO_READER or not has_reader)
