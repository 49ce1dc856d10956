"""The scan: whatever would name somebody, wherever it stands; and what no machine could look at."""

import email.message
import io
import zipfile
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from evidence_tracker.casework.consent.models import IdentityLevel
from evidence_tracker.casework.exhibits.derivatives import check_derivative, derive
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import amend_exhibit
from evidence_tracker.casework.exhibits.models import DerivativeKind, ExhibitKind, SourceKind
from evidence_tracker.casework.incidents.recording import amend_incident
from evidence_tracker.casework.persons.identities import seal_identity
from evidence_tracker.casework.submissions.checking import Looking, check
from evidence_tracker.casework.submissions.payload import texts_of
from evidence_tracker.casework.submissions.preparation import amend_submission
from evidence_tracker.custody.ledger import ledger_of
from tests.casework.submissions.scene import (
    LAWFUL,
    allow,
    codes,
    exhibit_from,
    identity_key,
    interview_with,
    submission_of,
)
from tests.factories import exhibits, incidents, parties, persons

NAME = "Оксана Вигаданенко"
FRAME = {"organisation": "Centre", "origin": "evidence.example/kyiv", "sealed_on": "2026-03-02"}


@pytest.fixture
def office(session, cast):
    return parties.prosecutor(session, cast.olena)


@pytest.fixture(autouse=True)
def oksana(session, cast):
    """Somebody with a name, who allowed nothing."""
    return persons.person(
        session,
        cast.amina,
        cast.home,
        governance=LAWFUL,
        identity={"legal_name": NAME, "phone": "+380 67 555 01 23", "safe_contact": "oksana@mail.example"},
    )


def checked(session, instance, cast, submission):
    ledger_of(session).append(session)  # the words that are scanned are those in the log
    looking = Looking(instance.vault, identity_key(instance), FRAME)
    return check(session, submission, looking, actor=cast.daria)


def scanned(session, instance, cast, office, *subjects):
    return checked(session, instance, cast, submission_of(session, cast, office, *subjects))


def of_ours(session, instance, cast, data, **facts):
    return exhibit_from(session, instance, cast, None, data, **facts)


def jpeg(**options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", **options)
    return out.getvalue()


def exif(tags: dict[int, Any]) -> Image.Exif:
    block = Image.Exif()
    block.update(tags)
    return block


def docx(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        )
        archive.writestr("word/document.xml", text)
    return out.getvalue()


def mail() -> bytes:
    message = email.message.EmailMessage()
    message["Subject"] = "Statement"
    message["From"] = "desk@centre.example"
    message["To"] = f"{NAME} <somebody@mail.example>"
    message.set_content("See attached.\n")
    return bytes(message)


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
FILES = {
    "text": f"Сказала {NAME}.\n".encode(),
    "declined": "Зі слів Вигаданенки.\n".encode(),
    "broken at the line": "Зі слів Вигада-\nненко.\n".encode(),
    "old encoding": f"Сказала {NAME}.\n".encode("cp1251"),
    "utf-16": f"Сказала {NAME}.\n".encode("utf-16"),
    "transliterated": b"Statement of Vyhadanenko O.\n",
    "csv": b'name,phone\nsomebody,"067-555-01-23"\n',
    "json": b'{"who": "\\u0412\\u0438\\u0433\\u0430\\u0434\\u0430\\u043d\\u0435\\u043d\\u043a\\u043e"}',
    "html": "<html><body><p>Вига<b>даненко</b></p></body></html>".encode(),
    "entities": b"<html><body>&#1042;&#1080;&#1075;&#1072;&#1076;&#1072;&#1085;&#1077;&#1085;&#1082;&#1086;</body></html>",
    "docx": docx(
        f"<w:document {W}><w:p><w:r><w:t>Вига</w:t></w:r><w:r><w:t>даненко</w:t></w:r></w:p></w:document>"
    ),
    "mail": mail(),
    "EXIF": jpeg(exif=exif({0x013B: "Vyhadanenko"})),
    "comment": jpeg(comment=NAME.encode()),
    "XMP": jpeg(xmp=f'<x><r name="{NAME}"/></x>'.encode()),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_name_inside_a_file_is_found(session, instance, cast, office, kind):
    exhibit = of_ours(session, instance, cast, FILES[kind])
    assert "name-found" in codes(scanned(session, instance, cast, office, exhibit))


def test_a_name_in_the_properties_of_a_pdf_is_found(session, instance, cast, office):
    pdf = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n4 0 obj<</Author(Vyhadanenko)>>endobj\n"
        b"trailer<</Root 1 0 R/Info 4 0 R>>\n%%EOF\n"
    )
    assert len(pypdfium2.PdfDocument(pdf)) == 1
    plan = scanned(session, instance, cast, office, of_ours(session, instance, cast, pdf))
    assert {"name-found", "unreadable"} <= codes(plan)


@pytest.mark.parametrize("field", ["title", "description", "device", "method"])
def test_a_name_in_a_record_is_found_if_it_would_go(session, instance, cast, office, field):
    exhibit = of_ours(session, instance, cast, b"nothing\n", **{field: f"of {NAME}"})
    found = codes(scanned(session, instance, cast, office, exhibit))
    assert found == ({"name-found"} if field != "method" else set()), "how it was obtained stays here"


@pytest.mark.parametrize(
    "words",
    ["Вигаданенко\nсказала", "call 067\n555\t01 23", "write to oksana@mail.example", "О. ВИГАДАНЕНКО"],
)
def test_names_and_numbers_in_an_incident_are_found_across_lines(session, instance, cast, office, words):
    incident = incidents.incident(session, cast, narrative=words)
    assert codes(scanned(session, instance, cast, office, incident)) == {"name-found"}


@pytest.mark.parametrize("change", [{"title": f"About {NAME}"}, {"statement": f"With {NAME}'s photographs."}])
def test_a_name_in_the_words_of_the_submission_is_found(session, instance, cast, office, change, oksana):
    allow(session, oksana, office, IdentityLevel.FULL, cast.amina)
    submission = submission_of(session, cast, office, of_ours(session, instance, cast, b"nothing\n"))
    amend_submission(session, submission, change, actor=cast.daria)
    plan = checked(session, instance, cast, submission)
    assert codes(plan) == {"name-found"}, "a consent is for items, never for the cover"


def test_a_name_that_the_recipient_bears_is_found(session, instance, cast):
    party = parties.partner(session, cast.olena, name="Vyhadanenko Foundation")
    plan = scanned(session, instance, cast, party, of_ours(session, instance, cast, b"nothing\n"))
    assert codes(plan) == {"name-found"}


def test_who_allowed_the_full_identity_may_be_named_there_and_nowhere_else(
    session, instance, cast, office, oksana
):
    photo = exhibit_from(session, instance, cast, oksana, b"nothing\n", title=f"Note of {NAME}")
    other = of_ours(session, instance, cast, b"nothing else\n", title=f"List with {NAME}")
    allow(session, oksana, office, IdentityLevel.FULL, cast.amina, items=(photo.id,))
    plan = scanned(session, instance, cast, office, photo, other)
    assert {gate.where for gate in plan.gates} == {"EX-0002"}
    assert codes(plan) == {"name-found"}


def test_a_name_that_is_no_longer_hers_still_names(session, instance, cast, office, oksana):
    seal_identity(session, oksana, {"legal_name": "Інша Назвисько"}, actor=cast.amina)
    for text in (NAME, "Назвисько"):
        exhibit = of_ours(session, instance, cast, text.encode())
        assert "name-found" in codes(scanned(session, instance, cast, office, exhibit))


@pytest.mark.parametrize(
    "number", ["KYI-E-0031", "kyi-i-0004", "KYI\u2011N\u20110002", "PN-7KQ2MX", "pn-7kq2mx"]
)
def test_a_number_of_this_house_stays_here(session, instance, cast, office, number):
    incident = incidents.incident(session, cast, narrative=f"See {number}.")
    assert codes(scanned(session, instance, cast, office, incident)) == {"own-number"}


def test_other_numbers_may_go(session, instance, cast, office):
    incident = incidents.incident(
        session, cast, narrative="T-72, KYI-2026, PN-16, unit 12345, KYI-B-ABCD1234."
    )
    assert codes(scanned(session, instance, cast, office, incident)) == set()


@pytest.mark.parametrize("facts", [{"kind": ExhibitKind.PHOTO}, {"kind": ExhibitKind.DOCUMENT}])
def test_what_a_picture_shows_must_be_looked_at(session, instance, cast, office, facts):
    plan = scanned(session, instance, cast, office, of_ours(session, instance, cast, jpeg(), **facts))
    assert codes(plan) == {"unreadable"}
    assert not plan.closed


def test_what_is_said_in_a_film_must_be_heard(session, instance, cast, office):
    film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x08moov"
    plan = scanned(session, instance, cast, office, of_ours(session, instance, cast, film))
    assert codes(plan) == {"unreadable"}
    assert "not heard" in plan.gates[0].says


def test_a_file_whose_data_cannot_be_read_must_be_looked_at(session, instance, cast, office):
    broken = jpeg(exif=exif({0x013B: "x" * 40})).replace(b"\x01\x3b\x00\x02", b"\x01\x3b\xff\xff")
    plan = scanned(session, instance, cast, office, of_ours(session, instance, cast, broken))
    assert "unreadable" in codes(plan)


def test_a_damaged_archive_must_be_looked_at(session, instance, cast, office):
    plan = scanned(
        session, instance, cast, office, of_ours(session, instance, cast, b"PK\x03\x04" + bytes(90))
    )
    assert codes(plan) == {"unreadable"}


# ---- copies that are said to be without identifiers


def without_identifiers(session, instance, cast, data):
    original = exhibit_from(session, instance, cast, None, exhibits.png(3))
    made = derive(
        session,
        instance.vault,
        original,
        instance.vault.deposit(io.BytesIO(data)),
        kind=DerivativeKind.IDENTIFIERS_REMOVED,
        how="by hand",
        tool="a tool 1.0",
        facts=ExhibitFacts(title="Working copy", source_kind=SourceKind.OWN),
        actor=cast.amina,
    )
    check_derivative(session, made, actor=cast.chen)
    return made


def position() -> Image.Exif:
    block = Image.Exif()
    block.get_ifd(0x8825).update({1: "N", 2: (50.0, 0.0, 1.0), 3: "E", 4: (30.0, 0.0, 2.0)})
    return block


@pytest.mark.parametrize(
    "data",
    [
        jpeg(exif=position()),
        jpeg(exif=exif({0x010F: "Maker"})),
        jpeg(exif=exif({0x0132: "2022:03:12 14:30:00"})),
        jpeg(exif=exif({0xC62F: "serial 12345"})),
        jpeg(comment=b"by the window"),
        jpeg() + jpeg(),
        mail(),
        b"See PN-7KQ2MX, and KYI-E-0031.\n",
    ],
    ids=["position", "maker", "time", "serial", "comment", "second picture", "mail", "code"],
)
def test_a_copy_without_identifiers_that_holds_some_is_closed(session, instance, cast, office, data):
    plan = scanned(session, instance, cast, office, without_identifiers(session, instance, cast, data))
    assert "identifiers-left" in {gate.code.value for gate in plan.closed}


@pytest.mark.parametrize("data", [jpeg(), exhibits.png(9), b"One of them said that the door was locked.\n"])
def test_a_clean_copy_is_open(session, instance, cast, office, data):
    plan = scanned(session, instance, cast, office, without_identifiers(session, instance, cast, data))
    assert plan.closed == []


def test_an_original_may_hold_what_cameras_write(session, instance, cast, office):
    plan = scanned(session, instance, cast, office, of_ours(session, instance, cast, jpeg(exif=position())))
    assert plan.closed == []


# ---- what is read is what the recipient reads


def test_salts_and_keys_are_no_words():
    line = b'{"epoch":1,"extra":{"digests":["%s"],"opened":[["%s","subject","x"]]},"index":3,"item":"EX-0001","n":1}'
    salt = b"Anna" * 10
    said = list(texts_of({"data/custody.jsonl": line % (b"ab" * 32, salt)}))
    assert said == [("EX-0001", "a custody event", "x")]
    said = list(texts_of({"data/statement.json": b'{"title": "a\\nb", "from": "c"}'}))
    assert said == [("", "the statement", "a\nb\nc")]


def test_each_allegation_and_event_is_held_against_its_own_item():
    said = list(texts_of({"data/allegations.json": b'[{"number": "AL-0001", "record": {"code": "x"}}]'}))
    assert said == [("AL-0001", "an allegation", "AL-0001\nx")]


def test_an_interview_in_full_may_name_its_interviewee(session, instance, cast, office, oksana):
    allow(session, oksana, office, IdentityLevel.FULL, cast.amina)
    interview = interview_with(session, cast, oksana)
    assert codes(scanned(session, instance, cast, office, interview)) == set()


def test_what_is_amended_is_read_again(session, instance, cast, office):
    incident = incidents.incident(session, cast)
    exhibit = of_ours(session, instance, cast, b"nothing\n")
    submission = submission_of(session, cast, office, incident, exhibit)
    assert codes(checked(session, instance, cast, submission)) == set()
    amend_incident(session, incident, {"narrative": NAME}, actor=cast.chen)
    amend_exhibit(session, exhibit, {"title": NAME}, actor=cast.amina)
    assert len(checked(session, instance, cast, submission).closed) >= 2
