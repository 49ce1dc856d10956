"""What is done to evidence in the browser: each act once, by whoever may, and in sentences where it may not be."""

import re
from collections.abc import Callable
from hashlib import md5, sha256
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from evidence_tracker.access.accounts import find_account
from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Compartment, Draft, Role
from evidence_tracker.casework.exhibits.models import (
    Component,
    DerivativeKind,
    DigestRole,
    Exhibit,
    ExhibitDigest,
    ExhibitKind,
    ExhibitPerson,
    ItemPhoto,
    LinkBasis,
    ListHit,
    PersonRole,
    PhotoView,
    PhysicalItem,
    ProvenanceStep,
    Remnant,
    Seal,
    Transfer,
    TransferEnd,
)
from evidence_tracker.custody.history import events_of
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.audit import audit
from tests.cast import Cast
from tests.factories.actors import company
from tests.factories.exhibits import exhibit_of, photo, png, receive, remnant, thing
from tests.factories.persons import person
from tests.web.conftest import ClientOf
from tests.web.sent_forms import form_bytes

HOME = "KYI-2026-01-C"
Reference = Callable[[], str]


@pytest.fixture
def amina(client_of: ClientOf) -> FlaskClient:
    return client_of("amina")


@pytest.fixture
def note(instance: Instance, cast: Cast) -> str:
    """Return the reference of an item of some words."""
    with instance.transaction() as session:
        return receive(session, instance.vault, cast, b"in words\n", title="Записка").reference


@pytest.fixture
def fragment(instance: Instance, cast: Cast) -> str:
    """Return the reference of a thing that was taken."""
    with instance.transaction() as session:
        return exhibit_of(session, thing(session, instance.vault, cast)).reference


def sent(browser: FlaskClient, address: str, **form: Any) -> Any:
    answer = browser.post(address, data=form)
    assert answer.status_code == 303, answer.text
    return answer


def refused(browser: FlaskClient, address: str, **form: Any) -> str:
    answer = browser.post(address, data=form)
    assert answer.status_code in {409, 422}, answer.text
    return str(answer.text)


def row_of(instance: Instance, reference: str) -> Exhibit:
    with instance.reading() as session:
        return session.scalars(select(Exhibit).where(Exhibit.reference == reference)).one()


def one(instance: Instance, model: Any) -> Any:
    with instance.reading() as session:
        return session.scalars(select(model)).one()


def address(browser: FlaskClient, page: str, section: str, action: str) -> str:
    """Return where an action on the one row of a section is."""
    text = browser.get(page).text
    found = re.findall(rf'href="(/[a-z]+/[A-Z0-9-]+/in/{section}/[0-9a-f-]+/{action})"', text)
    assert len(found) == 1, (section, action, found, text)
    return str(found[0])


def verbs(instance: Instance, row: Any) -> list[str]:
    with instance.reading() as session:
        return [event.values["act"] for event in events_of(session, instance.keyring, row.id)]


# --------------------------------------------------------------------------- what is stated


def test_what_is_stated_is_changed_and_the_rest_stays(amina, instance, note):
    form = amina.get(f"/evidence/{note}/do/amend").text
    assert 'value="Записка"' in form
    sent(
        amina,
        f"/evidence/{note}/do/amend",
        _version="1",
        title="Записка",
        description="Two lines by hand.",
        collected="2022-03-12T14:30",
        **{
            "collected-zone": "Europe/Kyiv",
            "particulars-author": "PN-2222",
            "particulars-dated": "2022-03",
            "particulars-pages": "2",
            "particulars-is_handwritten": "yes",
        },
        level="RESTRICTED",
    )

    row = row_of(instance, note)
    assert row.version == 2
    assert row.description == "Two lines by hand."
    assert row.particulars["author"] == "PN-2222"
    assert row.particulars["pages"] == 2
    assert row.particulars["is_handwritten"] is True
    assert row.particulars["dated"]["value"] == "2022-03"
    page = amina.get(f"/evidence/{note}").text
    assert "Author" in page
    assert "March 2022" in page
    again = amina.get(f"/evidence/{note}/do/amend").text
    assert 'value="PN-2222"' in again
    assert audit(instance).findings == []


def test_two_who_change_it_at_once_choose_and_lose_nothing(amina, instance, note):
    base = {"title": "Записка", "level": "CONFIDENTIAL"}
    sent(amina, f"/evidence/{note}/do/amend", _version="1", **base, method="found on a table")

    conflict = refused(amina, f"/evidence/{note}/do/amend", _version="1", **base, method="handed over")

    assert "Somebody else saved first" in conflict
    assert "found on a table" in conflict
    assert "handed over" in conflict
    assert row_of(instance, note).method == "found on a table"


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ({"title": ""}, "Title is missing"),
        ({"language": "Klingon!"}, "language"),
        ({"particulars-pages": "many"}, "many"),
        ({"level": ""}, "Level is missing"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(amina, instance, note, form, word):
    base = {"_version": "1", "title": "Записка", "level": "CONFIDENTIAL", "received_from": "Партнер"}

    page = refused(amina, f"/evidence/{note}/do/amend", **{**base, **form})

    assert word in page
    assert 'value="Партнер"' in page
    assert row_of(instance, note).version == 1


def test_what_is_typed_is_kept_as_a_draft(amina, instance, note):
    amina.put(f"/evidence/{note}/do/amend", data={"title": "half a wo", "particulars-author": "PN-3"})

    form = amina.get(f"/evidence/{note}/do/amend").text

    assert 'value="half a wo"' in form
    assert 'value="PN-3"' in form
    assert one(instance, Draft)


def test_whoever_may_only_read_is_offered_nothing_and_refused(client_of, instance, note, cast):
    with instance.transaction() as session:
        grant(
            session,
            session.get_one(Compartment, cast.mission),
            account=find_account(session, "outsider"),
            role=Role.READER,
            level=Level.SEALED,
            purpose="tests",
            actor=cast.olena,
        )
    reader = client_of("outsider")

    page = reader.get(f"/evidence/{note}").text
    assert "/do/amend" not in page
    assert "/do/extract" not in page
    assert "/copy" not in page
    for path in (
        "do/amend",
        "do/extract",
        "copy",
        *(f"in/{part}" for part in ("persons/link", "provenance/add", "digests/state", "seals/apply")),
        *(f"in/{part}" for part in ("transfers/hand-over", "remnants/add")),
    ):
        assert reader.get(f"/evidence/{note}/{path}").status_code == 403, path


# --------------------------------------------------------------------------- persons


def test_a_person_is_linked_based_and_unlinked(amina, instance, cast, note):
    with instance.transaction() as session:
        code = person(session, cast.amina, cast.mission).code
    form = {"person": code.lower(), "role": "depicted"}
    sent(amina, f"/evidence/{note}/in/persons/link", **form)
    page = amina.get(f"/evidence/{note}").text
    assert code in page
    assert "No basis is stated: it does not leave this house." in page
    assert "already" in refused(amina, f"/evidence/{note}/in/persons/link", **form)

    basis = address(amina, f"/evidence/{note}", "persons", "basis")
    sent(amina, basis, basis="public-source", basis_note="In the news of that day.", _version="1")
    link = one(instance, ExhibitPerson)
    assert (link.basis, link.role) == (LinkBasis.PUBLIC_SOURCE, PersonRole.DEPICTED)
    assert "In the news of that day." in amina.get(f"/evidence/{note}").text
    sent(amina, basis, basis="necessity", basis_note="In the news of that day.", _version="2")
    assert one(instance, ExhibitPerson).basis is LinkBasis.NECESSITY

    sent(amina, address(amina, f"/evidence/{note}", "persons", "unlink"), reason="It is somebody else.")
    assert "Nobody is linked" in amina.get(f"/evidence/{note}").text
    assert one(instance, ExhibitPerson).ended_reason == "It is somebody else."


def test_a_person_whom_one_may_not_see_cannot_be_linked(amina, note):
    assert amina.post(
        f"/evidence/{note}/in/persons/link", data={"person": "PN-2222222", "role": "source"}
    ).status_code in {404, 422}


# --------------------------------------------------------------------------- where it comes from


def test_holders_are_put_in_their_order_and_corrected(amina, instance, note):
    base = {"kind": "device", "stated_by": "PN-2222"}
    sent(amina, f"/evidence/{note}/in/provenance/add", holder="Office", **{**base, "kind": "us"})
    sent(amina, f"/evidence/{note}/in/provenance/add", holder="Phone", position="1", **base)
    page = amina.get(f"/evidence/{note}/origin").text
    assert page.index("1. Phone") < page.index("2. Office")

    first = re.findall(rf"/evidence/{note}/in/provenance/[0-9a-f-]+/amend", page)[0]
    sent(amina, first, _version="1", holder="Phone of the neighbour", **base)
    with instance.reading() as session:
        found = session.scalars(select(ProvenanceStep.holder).order_by(ProvenanceStep.position)).all()
    assert found == ["Phone of the neighbour", "Office"]
    backwards = {"held_from": "2022-05", "held_until": "2022-03"}
    assert "before" in refused(amina, f"/evidence/{note}/in/provenance/add", holder="x", **base, **backwards)


@pytest.mark.parametrize(
    ("algorithm", "value", "match"),
    [
        ("sha256", sha256(b"in words\n").hexdigest(), True),
        ("SHA-256", "0" * 64, False),
        ("md5", md5(b"in words\n", usedforsecurity=False).hexdigest().upper(), True),
    ],
)
def test_a_stated_digest_is_compared_with_the_bytes(
    app: Flask, amina, instance, note, algorithm, value, match
):
    begun = sent(
        amina,
        f"/evidence/{note}/in/digests/state",
        role="stated-by-third-party",
        algorithm=algorithm,
        value=value,
        stated_by="Partner",
    )
    app.extensions["evidence_tracker.works"].close()

    assert "/works/" in begun.headers["Location"]
    row = one(instance, ExhibitDigest)
    assert (row.role, row.is_match) == (DigestRole.STATED_BY_THIRD_PARTY, match)
    page = amina.get(f"/evidence/{note}/origin").text
    assert ("DIFFERS" in page) != match
    assert "As received" in page
    assert "As stored" in page


def test_what_is_no_digest_is_said_in_the_form(amina, note):
    page = refused(
        amina,
        f"/evidence/{note}/in/digests/state",
        role="claimed-by-camera",
        algorithm="sha256",
        value="abc",
        stated_by="camera",
    )

    assert "64 hexadecimal digits" in page
    assert 'value="abc"' in page


# --------------------------------------------------------------------------- working copies


def copied(
    browser: FlaskClient, reference: str, file: bytes | None = None, name: str = "x", **form: str
) -> Any:
    whole = {"kind": "redaction", "how": "Faces masked.", "tool": "GIMP 2.10", **form}
    parts = [(f'name="{field}"', text.encode()) for field, text in whole.items()]
    if file is not None:
        parts.append((f'name="file"; filename="{name}"', file))
    kind = "multipart/form-data; boundary=edge"
    return browser.post(f"/evidence/{reference}/copy", data=form_bytes(*parts), content_type=kind)


def test_a_working_copy_is_made_and_checked_by_somebody_else(amina, client_of, instance, note):
    made = copied(amina, note, language="uk", file=b"masked", name="копія.txt")

    reference = made.headers["Location"].rsplit("/", 1)[1]
    copy = row_of(instance, reference)
    original = row_of(instance, note)
    assert copy.made_from_id == original.id
    assert (copy.derivative_kind, copy.language) == (DerivativeKind.REDACTION, "uk")
    assert copy.original_name == "копія.txt"
    assert copy.sha256 == sha256(b"masked").hexdigest()
    assert "copied" in verbs(instance, original)
    assert f'href="/evidence/{reference}"' in amina.get(f"/evidence/{note}").text
    assert f'href="/evidence/{note}"' in amina.get(f"/evidence/{reference}").text

    own = amina.post(f"/evidence/{reference}/do/check", data={"_own_secret": "secret of amina"})
    assert own.status_code == 403
    assert "somebody else has to check it" in own.text
    chen = client_of("chen")
    wrong = chen.post(f"/evidence/{reference}/do/check", data={"_own_secret": "nonsense"})
    assert wrong.status_code == 403
    sent(chen, f"/evidence/{reference}/do/check", _own_secret="secret of chen", _version="1")
    assert row_of(instance, reference).checked_by is not None
    assert "checked" in amina.get(f"/evidence/{reference}").text
    assert "/do/check" not in chen.get(f"/evidence/{reference}").text


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ({"how": ""}, "What was done to make it is missing"),
        ({}, "No file was chosen"),
        ({"kind": "copy", "level": "INTERNAL", "file": b"x"}, "cannot be less restricted"),
    ],
)
def test_a_copy_that_is_refused_leaves_no_bytes_and_keeps_the_words(amina, instance, note, form, word):
    before = set(instance.vault.store.ids())

    answer = copied(amina, note, **form)

    assert answer.status_code == 422
    assert word in answer.text
    assert "GIMP 2.10" in answer.text
    assert set(instance.vault.store.ids()) == before


# --------------------------------------------------------------------------- the original


def test_the_original_leaves_for_a_purpose_that_the_log_has_before_it(client_of, instance, note):
    chen = client_of("chen")
    assert "What the copy is for is missing" in refused(chen, f"/evidence/{note}/do/extract")

    answer = chen.post(f"/evidence/{note}/do/extract", data={"purpose": "Forensic laboratory"})

    assert answer.status_code == 200
    assert answer.data == b"in words\n"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{note}.txt"'
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "application/octet-stream"
    with instance.reading() as session:
        last = events_of(session, instance.keyring, row_of(instance, note).id)[-1]
    assert last.values["act"] == "extracted"
    assert last.values["extraction_purpose"] == "Forensic laboratory"


def test_an_investigator_may_not_take_the_original_out(amina, instance, note):
    answer = amina.post(f"/evidence/{note}/do/extract", data={"purpose": "x"})

    assert answer.status_code == 403
    assert "extracted" not in verbs(instance, row_of(instance, note))


# --------------------------------------------------------------------------- things


THING = {
    "home": HOME,
    "exception_reason": "The only fragment with a serial number.",
    "imminent_loss": "The site was to be cleared the same afternoon.",
    "lawful_basis": "Handed over by the owner of the land in writing.",
    "authority_notified": "District police, duty officer",
    "notified": "2022-04-04",
    "hazard": "none",
    "markings": "9М22",
    "title": "Fragment",
}


def test_a_thing_is_taken_in_with_its_reasons_and_photos(amina, instance, cast):
    with instance.transaction() as session:
        shots = [photo(session, instance.vault, cast, number).reference for number in range(4)]
    missing = refused(
        amina, "/evidence/new/thing", **{**THING, "lawful_basis": "", "photos-in-situ": shots[0]}
    )
    assert "why taking it was lawful" in missing
    assert "3 different photos in situ" in missing
    assert 'value="9М22"' in missing

    taken = sent(
        amina,
        "/evidence/new/thing",
        **{**THING, "photos-in-situ": ", ".join(shots[:3]), "photos-marking": shots[3]},
    )

    reference = taken.headers["Location"].rsplit("/", 1)[1]
    row = row_of(instance, reference)
    assert (row.kind, row.sha256, row.title) == (ExhibitKind.PHYSICAL, None, "Fragment")
    assert one(instance, PhysicalItem).markings == "9М22"
    page = amina.get(f"/evidence/{reference}/keeping").text
    assert "The only fragment with a serial number." in page
    for shot in shots:
        assert f"/evidence/{shot}/preview/thumbnail" in page
    overview = amina.get(f"/evidence/{reference}").text
    assert "A thing has no digest" in overview
    assert "/copy" not in overview
    assert "/do/extract" not in overview


def test_a_photo_is_added_to_a_thing(amina, instance, cast, fragment):
    with instance.transaction() as session:
        shot = photo(session, instance.vault, cast, 9).reference
    before = amina.get(f"/evidence/{fragment}/keeping").text
    assert f"/evidence/{shot}" not in before

    sent(amina, f"/evidence/{fragment}/in/thing/photo", photo=shot, view="scale")

    assert f"/evidence/{shot}" in amina.get(f"/evidence/{fragment}/keeping").text
    with instance.reading() as session:
        assert PhotoView.SCALE in session.scalars(select(ItemPhoto.view)).all()


def test_a_seal_is_applied_once_and_opened_with_a_reason(amina, instance, fragment):
    sent(amina, f"/evidence/{fragment}/in/seals/apply", number="a 004417", container="bag")
    assert "bears the seal A004417 already" in refused(
        amina, f"/evidence/{fragment}/in/seals/apply", number="B1"
    )

    opening = address(amina, f"/evidence/{fragment}/keeping", "seals", "open")
    assert "missing" in refused(amina, opening, reason="examination")
    sent(amina, opening, reason="examination", was_intact="yes")

    seal = one(instance, Seal)
    assert (seal.number, seal.was_intact, seal.opened_reason) == ("A004417", True, "examination")
    assert "/open" not in amina.get(f"/evidence/{fragment}/keeping").text
    assert {"sealed", "unsealed"} <= set(verbs(instance, row_of(instance, fragment)))


TRANSFER = {
    "released_by": "amina",
    "released_organisation": "Fictional Documentation Centre",
    "received_by": "Lab officer",
    "received_organisation": "Institute of Forensics",
    "happened": "2026-02-01",
    "reason": "examination",
    "condition": "unchanged",
}


def test_a_thing_goes_out_is_handed_on_and_comes_back(amina, instance, fragment):
    keeping = f"/evidence/{fragment}/keeping"
    assert "Fictional Documentation Centre" in amina.get(keeping).text
    sent(amina, f"/evidence/{fragment}/in/transfers/hand-over", **TRANSFER)
    assert "out, expected back" in amina.get(keeping).text
    assert "is out with Lab officer" in refused(
        amina, f"/evidence/{fragment}/in/transfers/hand-over", **TRANSFER
    )

    onward = address(amina, keeping, "transfers", "onward")
    assert 'value="Lab officer"' in amina.get(onward).text
    second = {
        "released_by": "Lab officer",
        "released_organisation": "Institute of Forensics",
        "received_by": "Expert",
        "received_organisation": "University",
        "happened": "2026-02-03",
    }
    sent(amina, onward, **{**TRANSFER, **second})
    assert "Expert" in amina.get(keeping).text

    back = address(amina, keeping, "transfers", "return")
    assert "condition" in refused(amina, back, returned="2026-02-10")
    sent(amina, back, returned="2026-02-10", condition="unchanged")
    with instance.reading() as session:
        ends = session.scalars(select(Transfer.ended_as).order_by(Transfer.position)).all()
    assert ends == [TransferEnd.HANDED_ON, TransferEnd.RETURNED]
    assert "out, expected back" not in amina.get(keeping).text


def test_what_the_receiver_keeps_is_not_expected_back(amina, instance, note, fragment):
    sent(
        amina,
        f"/evidence/{fragment}/in/transfers/hand-over",
        **TRANSFER,
        kept="on",
        signature=note,
    )

    row = one(instance, Transfer)
    assert row.ended_as is TransferEnd.KEPT
    assert row.signature_id == row_of(instance, note).id


# --------------------------------------------------------------------------- remains


REMAINS = {
    "found": "2022-04-04",
    "position": "Вигадана вулиця 5",
    "munition": "122 mm rocket",
    "confidence": "probable",
    "munition_basis": "Diameter and fins.",
}


@pytest.fixture
def remains(instance: Instance, cast: Cast) -> str:
    with instance.transaction() as session:
        return remnant(session, instance.vault, cast).reference


def test_remains_are_recorded_at_what_documents_them(amina, instance, cast, note):
    with instance.transaction() as session:
        shot = photo(session, instance.vault, cast, 3).reference
    touched = {**REMAINS, "is_handled": "on"}
    assert "qualified has cleared them" in refused(amina, f"/evidence/{note}/in/remnants/add", **touched)

    made = sent(amina, f"/evidence/{note}/in/remnants/add", **REMAINS, **{"photos-close": shot})

    reference = one(instance, Remnant).reference
    assert made.headers["Location"] == f"/remnants/{reference}"
    page = amina.get(f"/remnants/{reference}").text
    assert "122 mm rocket" in page
    assert f'href="/evidence/{note}"' in page
    assert f'href="/evidence/{shot}"' in page
    assert reference in amina.get(f"/evidence/{note}/keeping").text
    assert reference in amina.get("/remnants/?confidence=probable&is_handled=no").text
    assert reference not in amina.get("/remnants/?confidence=confirmed").text


def test_remains_are_corrected_and_photographed(amina, instance, cast, remains):
    with instance.transaction() as session:
        shot = photo(session, instance.vault, cast, 4).reference
    form = {**REMAINS, "level": "CONFIDENTIAL", "_version": "1"}
    sent(amina, f"/remnants/{remains}/do/amend", **{**form, "confidence": "confirmed"})
    assert one(instance, Remnant).version == 2
    assert "go together" in refused(
        amina, f"/remnants/{remains}/do/amend", **{**form, "_version": "2", "munition": ""}
    )
    assert "Somebody else saved first" in refused(amina, f"/remnants/{remains}/do/amend", **form)
    sent(amina, f"/remnants/{remains}/in/photos/add", photo=shot, view="marking")
    assert f'href="/evidence/{shot}"' in amina.get(f"/remnants/{remains}").text


def test_a_part_is_recorded_corrected_and_points_to_a_company(amina, instance, cast, remains):
    with instance.transaction() as session:
        shot = photo(session, instance.vault, cast, 4).reference
        maker = company(session, cast.amina, compartment_id=cast.mission).reference
    part = {
        "description": "Microcontroller",
        "part_number": "ATX-1",
        "hs_code": "8542.31",
        "seat_country": "us",
        "battlefield_list": "yes",
        "battlefield_tier": "1",
    }
    add = f"/remnants/{remains}/in/components/add"
    assert "Which edition" in refused(amina, add, **part)
    sent(amina, add, **part, battlefield_version="2026-02", trademark_image=shot)
    row = one(instance, Component)
    assert (row.hs_code, row.seat_country, row.battlefield_list) == ("854231", "US", ListHit.YES)
    page = amina.get(f"/remnants/{remains}/parts").text
    assert "tier 1, 2026-02" in page
    assert f'href="/evidence/{shot}"' in page

    amending = address(amina, f"/remnants/{remains}/parts", "components", "amend")
    sent(amina, amending, **{**part, "description": "Chip"}, battlefield_version="2026-02", _version="1")
    assert one(instance, Component).description == "Chip"
    naming = address(amina, f"/remnants/{remains}/parts", "components", "company")
    assert "missing" in refused(amina, naming, company=maker)
    sent(amina, naming, company=maker, company_basis="Its logo is on the housing.", _version="2")
    assert one(instance, Component).company_id is not None
    assert f'href="/companies/{maker}"' in amina.get(f"/remnants/{remains}/parts").text


def test_remains_are_nothing_to_the_outsider(client_of, remains):
    outsider = client_of("outsider")

    assert remains not in outsider.get("/remnants/").text
    for path in ("", "/parts", "/custody", "/do/amend", "/in/components/add", "/in/photos/add"):
        assert outsider.get(f"/remnants/{remains}{path}").status_code == 404, path


def test_all_that_was_done_here_stands_in_the_log(amina, instance, cast, note):
    sent(amina, f"/evidence/{note}/do/amend", _version="1", title="Neu", level="CONFIDENTIAL")
    copied(amina, note, file=png(1))

    assert audit(instance).findings == []
