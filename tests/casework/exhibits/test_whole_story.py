"""Everything that can hang on an exhibit, in one story: raised together, and whole before the audit."""

import io

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.casework.exhibits.derivatives import check_derivative, derive
from evidence_tracker.casework.exhibits.digests import state_digest
from evidence_tracker.casework.exhibits.examination import record_examination
from evidence_tracker.casework.exhibits.intake import amend_exhibit
from evidence_tracker.casework.exhibits.models import (
    Component,
    DerivativeKind,
    DigestRole,
    Exhibit,
    ExhibitDigest,
    ExhibitMetadata,
    ExhibitPerson,
    HolderKind,
    ItemPhoto,
    PersonRole,
    PhotoView,
    ProvenanceStep,
    Remnant,
)
from evidence_tracker.casework.exhibits.people import link_person
from evidence_tracker.casework.exhibits.physical import Photo
from evidence_tracker.casework.exhibits.provenance import StepFacts, add_step
from evidence_tracker.casework.exhibits.remnants import (
    ComponentFacts,
    RemnantFacts,
    add_component,
    add_remnant,
    add_remnant_photo,
)
from evidence_tracker.casework.exhibits.seals import apply_seal, open_seal
from evidence_tracker.casework.exhibits.transfers import return_item, transfer
from evidence_tracker.casework.persons.registration import add_person
from evidence_tracker.jobs.audit import audit
from evidence_tracker.sandbox.answers import Examination
from evidence_tracker.values.moment import Moment
from tests.casework.exhibits.test_transfers import form
from tests.factories.exhibits import FOUND, SITE, exhibit_of, photo, thing


def tell(session, vault, cast):
    """Let everything happen to one photo and one thing; returns both exhibits."""
    seen = photo(session, vault, cast, 7)
    state_digest(
        session,
        seen,
        role=DigestRole.CLAIMED_BY_CAMERA,
        algorithm="sha256",
        value="0" * 64,
        stated_by="camera",
        actor=cast.amina,
    )
    record_examination(
        session, seen, Examination(width=1, height=1, taken_text="2022:04:04 11:20:00"), actor=cast.amina
    )
    add_step(session, seen, StepFacts("phone", HolderKind.DEVICE, "amina"), actor=cast.amina)
    add_step(session, seen, StepFacts("card", HolderKind.DEVICE, "amina"), actor=cast.amina, position=1)
    person = add_person(session, compartment_id=cast.mission, facts={"age_band": "25-39"}, actor=cast.amina)
    link_person(session, seen, person, role=PersonRole.DEPICTED, actor=cast.amina)
    remains = add_remnant(session, seen, RemnantFacts(FOUND, SITE), actor=cast.amina)
    add_component(session, remains, ComponentFacts("Chip"), actor=cast.amina)
    add_remnant_photo(
        session, remains, Photo(photo(session, vault, cast, 8), PhotoView.SCALE), actor=cast.amina
    )
    copy = derive(
        session,
        vault,
        seen,
        vault.deposit(io.BytesIO(b"smaller")),
        kind=DerivativeKind.THUMBNAIL,
        how="made smaller",
        tool="editor 4",
        actor=cast.amina,
    )
    check_derivative(session, copy, actor=cast.chen)
    held = exhibit_of(session, thing(session, vault, cast))
    apply_seal(session, held, "A1", applied=Moment.parse("2024"), actor=cast.amina)
    transfer(session, held, form(is_seal_intact=True), is_return_expected=True, actor=cast.amina)
    back = Moment.parse("2025-02-01")
    return_item(session, held, returned=back, condition="good", is_seal_intact=True, actor=cast.amina)
    open_seal(session, held, reason="look", was_intact=True, actor=cast.amina)
    return seen, held


def test_the_audit_finds_every_row_as_it_was_logged(instance, cast):
    with instance.transaction() as session:
        tell(session, instance.vault, cast)
    with instance.transaction() as session:
        for exhibit in session.query(Exhibit).all():
            amend_exhibit(session, exhibit, {"description": "Seen again."}, actor=cast.amina)

    report = audit(instance)

    assert report.findings == []
    assert report.records > 20


def test_a_change_behind_the_log_is_found(instance, cast):
    with instance.transaction() as session:
        seen, _held = tell(session, instance.vault, cast)
    with instance.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE exhibit SET media_type = 'text/plain' WHERE id = '{seen.id.hex}'")

    assert [finding for finding in audit(instance).findings if "exhibit" in str(finding)]


@pytest.mark.parametrize(
    "model", [ExhibitDigest, ExhibitMetadata, ExhibitPerson, ItemPhoto, ProvenanceStep, Remnant, Component]
)
def test_a_higher_level_takes_along_what_hangs_on_the_exhibit(session, instance, cast, model):
    seen, held = tell(session, instance.vault, cast)

    amend_exhibit(session, seen, {"level": Level.SEALED}, actor=cast.amina)
    amend_exhibit(session, held, {"level": Level.SEALED}, actor=cast.amina)

    assert {row.level for row in session.query(model).all()} == {Level.SEALED}
