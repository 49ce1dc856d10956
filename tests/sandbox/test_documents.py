import io
import zipfile
from email.message import EmailMessage

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence_tracker.sandbox.answers import LONGEST_TEXT, Examination

from .conftest import picture

NAME = "Олена Коваленко"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
W = 'xmlns:w="urn:w"'


def zipped(parts):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def simple_pdf(*objects):
    """Return a PDF of the given objects, the first of which is the catalogue."""
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer\n<</Size {len(places) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF"
    return body + end.encode()


def page_with(annotation):
    return simple_pdf(
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Annots[4 0 R]>>",
        annotation,
    )


def test_pages_and_properties_of_a_real_pdf(sandbox, corpus):
    found = sandbox.examine([corpus("testPDF.pdf")], "application/pdf")
    assert found.pages == 1
    assert found.properties["pdf.title"] == "Apache Tika - Apache Tika"
    assert found.properties["pdf.author"] == "Bertrand Delacrétaz"
    assert "Apache Tika" in sandbox.text([corpus("testPDF.pdf")], "application/pdf").text


def test_a_pdf_with_a_bad_page_is_read_as_far_as_it_goes(sandbox, corpus):
    found = sandbox.examine([corpus("testPDF_bad_page_303226.pdf")], "application/pdf")
    assert found.pages == 19
    assert "Drug Enforcement" in sandbox.text([corpus("testPDF_bad_page_303226.pdf")], "application/pdf").text


def test_a_pdf_that_anybody_may_read_is_read(sandbox, corpus):
    found = sandbox.examine([corpus("testPDF_protected.pdf")], "application/pdf")
    assert (found.pages, found.failed) == (41, None)


def test_a_pdf_with_a_script_is_only_counted(sandbox, corpus):
    found = sandbox.examine([corpus("testPDF_jsActionOnPage.pdf")], "application/pdf")
    assert (found.pages, found.failed) == (1, None)


def test_a_page_without_text_is_not_taken_for_read(sandbox):
    document = pypdfium2.PdfDocument.new()
    document.new_page(100, 100)
    content = io.BytesIO()
    document.save(content)
    document.close()
    said = sandbox.text([content.getvalue()], "application/pdf")
    assert "not read" in said.failed


@pytest.mark.parametrize(
    "annotation",
    [
        f"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents<FEFF{NAME.encode('utf-16-be').hex()}>>>",
        f"<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/T<FEFF{NAME.encode('utf-16-be').hex()}>>>",
        f"<</Type/Annot/Subtype/Widget/FT/Tx/Rect[0 0 9 9]/V<FEFF{NAME.encode('utf-16-be').hex()}>>>",
    ],
    ids=["note", "author of a note", "form field"],
)
def test_notes_and_forms_of_a_pdf_reach_the_scan(sandbox, annotation):
    assert NAME in sandbox.text([page_with(annotation)], "application/pdf").text


def encrypted_pdf():
    """A PDF that says it is encrypted and whose password is not empty."""
    lock = "<</Filter/Standard/V 1/R 2/Length 40/P -4/O<" + "41" * 32 + ">/U<" + "42" * 32 + ">>>"
    plain = simple_pdf("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>", lock)
    return plain.replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]")


def test_an_encrypted_pdf_says_so_in_words(sandbox):
    found = sandbox.examine([encrypted_pdf()], "application/pdf")
    assert "password" in found.failed
    assert "password" in sandbox.text([encrypted_pdf()], "application/pdf").failed


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"%PDF-1.7\n" + b"[" * 100_000, bytes(1_000)])
def test_a_broken_pdf_says_so_in_words(sandbox, content):
    assert sandbox.examine([content], "application/pdf").failed.startswith("The file could not be read")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_a_document_gets_out_of_the_sandbox(sandbox, data):
    kind = data.draw(st.sampled_from(["application/pdf", DOCX, "application/zip", "message/rfc822"]))
    note = "<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(abc)>>"
    whole = bytearray(page_with(note) if "pdf" in kind else zipped({"word/document.xml": "<a><p>b</p></a>"}))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert isinstance(sandbox.examine([bytes(whole)], kind), Examination)
    sandbox.text([bytes(whole)], kind)


def test_properties_and_words_of_real_office_files(sandbox, corpus):
    found = sandbox.examine([corpus("testWORD.docx")], DOCX)
    assert found.properties["office.creator"] == "Keith Bennett"
    assert found.properties["office.last_modified_by"] == "Nick Burch"
    assert "This is the foot" in sandbox.text([corpus("testWORD.docx")], DOCX).text
    assert (
        sandbox.examine([corpus("testEXCEL.xlsx")], XLSX).properties["office.title"]
        == "Simple Excel document"
    )
    odt = corpus("LibreOfficeWriter_odt_1.3.odt")
    assert sandbox.examine([odt], ODT).properties["office.generator"].startswith("LibreOffice/7.3")
    assert sandbox.text([odt], ODT).failed is None


def test_a_name_split_by_its_typeface_is_found(sandbox):
    runs = "<w:r><w:t>Олена Кова</w:t></w:r><w:r><w:rPr/><w:t>ленко</w:t></w:r>"
    runs = f"<w:document {W}><w:p>{runs}</w:p></w:document>"
    said = sandbox.text([zipped({"word/document.xml": runs})], DOCX)
    assert NAME in said.text
    assert said.failed is None


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("word/comments.xml", f'<w:comments {W}><w:comment w:author="{NAME}"/></w:comments>'),
        ("word/document.xml", f'<w:d {W}><w:ins w:author="{NAME}"/></w:d>'),
        ("word/footer3.xml", f"<w:f {W}><w:p><w:t>{NAME}</w:t></w:p></w:f>"),
        ("docProps/core.xml", f'<c xmlns:dc="urn:dc"><dc:creator>{NAME}</dc:creator></c>'),
        ("word/_rels/document.xml.rels", f'<R><Relationship Target="mailto:{NAME}"/></R>'),
        ("xl/sharedStrings.xml", f"<sst><si><r><t>{NAME}</t></r></si></sst>"),
        ("ppt/slides/slide1.xml", f'<a:p xmlns:a="urn:a"><a:r><a:t>{NAME}</a:t></a:r></a:p>'),
    ],
)
def test_a_name_in_any_corner_of_an_office_file_is_found(sandbox, part, content):
    assert NAME in sandbox.text([zipped({part: content})], DOCX).text


def test_what_lies_inside_an_office_file_is_not_taken_for_read(sandbox):
    said = sandbox.text(
        [zipped({"word/document.xml": "<a/>", "word/media/image1.png": picture("PNG")})], DOCX
    )
    assert "not read" in said.failed


def test_an_office_file_that_refers_outside_is_not_followed(sandbox):
    part = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:d xmlns:w="urn:w"><w:p>&x;</w:p></w:d>'
    said = sandbox.text([zipped({"word/document.xml": part})], DOCX)
    assert "root:" not in said.text
    assert "document type" in said.failed


def test_an_office_file_that_unpacks_to_gigabytes_is_answered(sandbox):
    part = b"<a>" + b" " * (80 * 2**20) + b"</a>"
    said = sandbox.text([zipped({"word/document.xml": part})], DOCX)
    assert "unpacks to more" in said.failed


def test_an_archive_is_listed_not_unpacked(sandbox, corpus):
    found = sandbox.examine([corpus("droste.zip")], "application/zip")
    assert found.properties == {"zip.entries": "2", "zip.names": "droste.jpg; droste.zip"}
    said = sandbox.text([corpus("droste.zip")], "application/zip")
    assert said.text == "droste.jpg\ndroste.zip"
    assert "not read" in said.failed


def test_an_archive_that_lies_about_its_size_is_an_answer(sandbox, corpus):
    found = sandbox.examine([corpus("testZIP_corrupted_oom.zip")], "application/zip")
    assert "could not be read" in found.failed


def test_an_archive_with_too_many_entries_is_not_listed(sandbox):
    many = zipped({f"{number}": b"" for number in range(10_001)})
    assert "10,000 files" in sandbox.examine([many], "application/zip").failed


def letter():
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        f"{NAME} <o@example.org>",
        "c@example.org",
        "Двір школи",
    )
    message.set_content("Бачила Ірина Бондар.", charset="koi8-u")
    message.add_alternative("<p>Бачила Ірина <b>Бон</b>дар.</p>", subtype="html")
    return message


def test_who_wrote_to_whom_is_found_in_mail(sandbox):
    found = sandbox.examine([letter().as_bytes()], "message/rfc822")
    assert found.properties["mail.from"] == f"{NAME} <o@example.org>"
    assert found.properties["mail.subject"] == "Двір школи"
    said = sandbox.text([letter().as_bytes()], "message/rfc822")
    assert "Ірина Бондар" in said.text
    assert NAME in said.text
    assert said.failed is None


def test_attachments_of_mail_are_not_taken_for_read(sandbox, corpus):
    message = letter()
    message.add_attachment(b"\xff\xd8", maintype="image", subtype="jpeg", filename=f"{NAME}.jpg")
    said = sandbox.text([message.as_bytes()], "message/rfc822")
    assert NAME in said.text
    assert "not read" in said.failed
    assert (
        "Receiver@test.co"
        in sandbox.text([corpus("testEML_embedded_xhtml_and_img.eml")], "message/rfc822").text
    )


def test_each_message_of_a_mailbox_is_read(sandbox, corpus):
    box = b"".join(b"From x Mon\n" + letter().as_bytes().rstrip() + b"\n\n" for _ in range(3))
    assert sandbox.text([box], "application/mbox").text.count("Двір школи") == 3
    assert "hadoop" in sandbox.text([corpus("complex.mbox")], "application/mbox").text


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "cp866", "koi8-u"]
)
def test_a_name_is_found_whatever_the_encoding(sandbox, encoding):
    content = f"Свідок Олена, сусідка {NAME.replace('і', 'i')} бачила".encode(encoding, "replace")
    said = sandbox.text([content], "text/plain")
    assert NAME in said.text


def test_real_text_in_an_old_encoding_is_readable(sandbox, corpus):
    assert "студеную зимнюю пору" in sandbox.text([corpus("russian.cp866.txt")], "text/plain").text


def test_markup_is_read_with_and_without_its_tags(sandbox):
    page = f'<p title="Ірина&#32;Бондар">Олена <b>Кова</b>ленко</p><!-- {NAME[::-1]} -->'
    text = sandbox.text([page.encode()], "text/html").text
    assert "Ірина Бондар" in text
    assert NAME in text
    assert NAME[::-1] in text


def test_xml_that_refers_to_files_is_only_text(sandbox, corpus):
    said = sandbox.text([corpus("testXXE.xml")], "text/xml")
    assert "couldnt_possibly_exist" in said.text
    assert said.failed is None


def test_text_has_an_end(sandbox):
    said = sandbox.text([b"word " * 300_000] * 8, "text/plain")
    assert len(said.text) <= LONGEST_TEXT
    assert "Only the first" in said.failed


def test_text_in_many_parts_has_the_same_end(sandbox):
    parts = {f"word/footer{n}.xml": f"<w:f {W}><w:p>{'word ' * 500_000}</w:p></w:f>" for n in range(8)}
    said = sandbox.text([zipped(parts)], DOCX)
    assert LONGEST_TEXT - 10 < len(said.text) <= LONGEST_TEXT
    assert "Only the first" in said.failed


def test_what_has_no_reader_is_not_taken_for_read(sandbox, corpus):
    for name, media_type in (
        ("speech-en-GB.mp3", "audio/mpeg"),
        ("test-outlook.msg", "application/vnd.ms-outlook"),
    ):
        said = sandbox.text([corpus(name)], media_type)
        assert "no reader" in said.failed
        assert said.text
