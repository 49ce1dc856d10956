"""Whose consent an item rests on: through its originals, its interview, its form; and whose not."""

import io

import pytest

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.casework.consent.statements import Cell, give, limit, refuse
from evidence_tracker.casework.exhibits.derivatives import check_derivative, derive
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.intake import amend_exhibit
from evidence_tracker.casework.exhibits.models import (
    DerivativeKind,
    ExhibitKind,
    LinkBasis,
    PersonRole,
    SourceKind,
)
from evidence_tracker.casework.exhibits.people import end_link, find_link, link_person
from evidence_tracker.casework.interviews import links
from evidence_tracker.casework.parties.directory import end_party
from tests.casework.submissions.scene import (
    LAWFUL,
    SAID,
    allow,
    codes,
    exhibit_from,
    interview_with,
    plan_of,
)
from tests.factories import exhibits, parties, persons

FULL, PSEUDONYM = IdentityLevel.FULL, IdentityLevel.PSEUDONYM


@pytest.fixture
def office(session, cast):
    return parties.prosecutor(session, cast.olena)


@pytest.fixture
def witness(session, cast):
    return persons.person(session, cast.amina, cast.mission, governance=LAWFUL)


def recording_of(session, instance, cast, interview, **facts):
    exhibit = exhibits.receive(
        session, instance.vault, cast, exhibits.png(7), governance=LAWFUL, source_kind=SourceKind.OWN, **facts
    )
    links.link_exhibit(session, interview, exhibit, "recording", actor=cast.amina)
    return exhibit


def copy_of(
    session, instance, cast, original, kind=DerivativeKind.COPY, *, text="a copy", checked=False, **more
):
    made = derive(
        session,
        instance.vault,
        original,
        instance.vault.deposit(io.BytesIO(text.encode())),
        kind=kind,
        how="by hand",
        tool="a tool 1.0",
        facts=ExhibitFacts(title="Working copy", source_kind=SourceKind.OWN),
        actor=cast.amina,
        **more,
    )
    if checked:
        check_derivative(session, made, actor=cast.chen)
    return made


def no(session, cast, person, recipient, *items):
    refuse(session, person, [Cell(recipient, Use.INVESTIGATION, items=items)], facts=SAID, actor=cast.amina)


def test_a_refusal_of_an_interview_covers_its_recording(session, instance, cast, office, witness):
    allow(session, witness, office, FULL, cast.amina)
    interview = interview_with(session, cast, witness)
    recording = recording_of(session, instance, cast, interview)
    no(session, cast, witness, office, interview.id)
    assert codes(plan_of(session, cast, office, interview)) == {"consent"}
    assert codes(plan_of(session, cast, office, recording)) == {"consent"}


def test_a_permission_for_an_interview_covers_its_recording(session, instance, cast, office, witness):
    interview = interview_with(session, cast, witness)
    allow(session, witness, office, FULL, cast.amina, items=(interview.id,))
    recording = recording_of(session, instance, cast, interview)
    assert codes(plan_of(session, cast, office, recording)) == set()


def test_a_refusal_of_the_redacted_copy_keeps_it_here(session, instance, cast, office, witness):
    allow(session, witness, office, PSEUDONYM, cast.amina)
    photo = exhibit_from(session, instance, cast, witness, exhibits.png(1))
    made = copy_of(session, instance, cast, photo, DerivativeKind.IDENTIFIERS_REMOVED, checked=True)
    assert codes(plan_of(session, cast, office, made)) == set()
    no(session, cast, witness, office, made.id)
    assert codes(plan_of(session, cast, office, made)) == {"consent"}


def test_who_allows_the_redacted_copy_alone_allows_nothing_else(session, instance, cast, office, witness):
    photo = exhibit_from(session, instance, cast, witness, exhibits.png(1))
    made = copy_of(session, instance, cast, photo, DerivativeKind.IDENTIFIERS_REMOVED, checked=True)
    allow(session, witness, office, PSEUDONYM, cast.amina, items=(made.id,))
    assert codes(plan_of(session, cast, office, made)) == set()
    assert codes(plan_of(session, cast, office, photo)) == {"consent"}


def test_consent_for_one_party_says_nothing_of_another_of_its_class(session, instance, cast, office, witness):
    allow(session, witness, office, FULL, cast.amina)
    photo = exhibit_from(session, instance, cast, witness, exhibits.png(1))
    other = parties.prosecutor(session, cast.olena, name="Another", name_latin=None)
    assert codes(plan_of(session, cast, other, photo)) == {"consent"}
    assert codes(plan_of(session, cast, office, photo, use=Use.COURT)) == {"consent"}


def test_what_was_shown_does_not_rest_on_who_saw_it(session, instance, cast, office, witness):
    interview = interview_with(session, cast, witness)
    leaflet = exhibit_from(session, instance, cast, None, b"a leaflet\n")
    shown = {"note": "to place it", "shows_nobody": True}
    links.link_exhibit(session, interview, leaflet, "shown", actor=cast.amina, facts=shown)
    plan = plan_of(session, cast, office, leaflet)
    assert codes(plan) == set()
    assert plan.document["items"][0]["annotations"] == {}, "who saw it is nobody's business"


@pytest.mark.parametrize("generations", [1, 25])
def test_a_copy_of_a_copy_rests_on_the_source(session, instance, cast, office, witness, generations):
    last = exhibit_from(session, instance, cast, witness, exhibits.png(1))
    for number in range(generations):
        last = copy_of(session, instance, cast, last, text=f"copy {number}")
    assert codes(plan_of(session, cast, office, last)) == {"consent"}


def test_a_copy_does_not_hide_that_nobody_knows_where_its_original_came_from(session, instance, cast, office):
    original = exhibits.receive(session, instance.vault, cast, b"a list\n", governance=LAWFUL)
    made = copy_of(session, instance, cast, original)
    assert codes(plan_of(session, cast, office, made)) == {"source-unknown"}


def test_a_recording_is_somebodys(session, instance, cast, office):
    recording = exhibit_from(session, instance, cast, None, b"RIFF....WAVE", kind=ExhibitKind.RECORDING)
    assert codes(plan_of(session, cast, office, recording)) == {"source-unknown"}


def test_a_consent_form_rests_on_whoever_signed_it(session, instance, cast, office, witness):
    form = exhibit_from(session, instance, cast, None, b"I agree.\n")
    cell = Cell(office, Use.STATISTICS, FULL)
    give(session, witness, [cell], facts=SAID, actor=cast.amina, evidence=form)
    assert codes(plan_of(session, cast, office, form)) == {"consent"}


def test_an_owner_is_asked_for_nothing(session, instance, cast, office, witness):
    photo = exhibit_from(session, instance, cast, None, exhibits.png(1))
    link_person(session, photo, witness, role=PersonRole.OWNER, actor=cast.amina)
    plan = plan_of(session, cast, office, photo)
    assert codes(plan) == set()
    assert plan.document["items"][0]["annotations"] == {}


def test_a_source_that_was_unlinked_is_pointed_out(session, instance, cast, office, witness):
    photo = exhibit_from(session, instance, cast, witness, exhibits.png(1))
    link = find_link(session, photo, witness, PersonRole.SOURCE, actor=cast.amina)
    end_link(session, link, reason="wrong person", actor=cast.amina)
    amend_exhibit(session, photo, {"source_kind": SourceKind.OWN}, actor=cast.amina)
    plan = plan_of(session, cast, office, photo)
    assert codes(plan) == {"unlinked"}
    assert [gate.needs_a_look for gate in plan.gates] == [True]


def test_bytes_that_were_refused_elsewhere_are_pointed_out(session, instance, cast, office, witness):
    exhibit_from(session, instance, cast, witness, exhibits.png(1))
    again = exhibit_from(session, instance, cast, None, exhibits.png(1))
    plan = plan_of(session, cast, office, again)
    assert codes(plan) == {"twin"}
    assert [gate.needs_a_look for gate in plan.gates] == [True]
    allow(session, witness, office, FULL, cast.amina)
    assert codes(plan_of(session, cast, office, again)) == set()


def test_a_copy_of_something_sealed_stays_here(session, instance, cast, office):
    photo = exhibit_from(session, instance, cast, None, exhibits.png(1))
    made = copy_of(session, instance, cast, photo)
    less = copy_of(session, instance, cast, photo, DerivativeKind.REDACTION, text="less", checked=True)
    unchecked = copy_of(session, instance, cast, photo, DerivativeKind.REDACTION, text="little")
    amend_exhibit(session, photo, {"level": Level.SEALED}, actor=cast.amina)
    assert codes(plan_of(session, cast, office, made)) == {"level"}
    assert codes(plan_of(session, cast, office, unchecked)) == {"level"}
    assert codes(plan_of(session, cast, office, less)) == set()


@pytest.mark.parametrize(
    ("kind", "left"),
    [
        (DerivativeKind.REDACTION, {"identity"}),
        (DerivativeKind.TRANSCRIPT, {"identity"}),
        (DerivativeKind.IDENTIFIERS_REMOVED, set()),
    ],
)
def test_a_withheld_identity_needs_a_copy_without_identifiers(
    session, instance, cast, office, witness, kind, left
):
    allow(session, witness, office, PSEUDONYM, cast.amina)
    photo = exhibit_from(session, instance, cast, witness, exhibits.png(1))
    made = copy_of(session, instance, cast, photo, kind, checked=True)
    assert codes(plan_of(session, cast, office, made)) == left


def test_a_redaction_is_enough_for_somebody_who_is_only_seen(session, instance, cast, office, witness):
    photo = exhibit_from(session, instance, cast, None, exhibits.png(1))
    link_person(
        session,
        photo,
        witness,
        role=PersonRole.DEPICTED,
        basis=LinkBasis.REDACTED_DERIVATIVE,
        basis_note="face covered",
        actor=cast.amina,
    )
    made = copy_of(session, instance, cast, photo, DerivativeKind.REDACTION)
    assert codes(plan_of(session, cast, office, photo)) == {"identity"}
    assert codes(plan_of(session, cast, office, made)) == {"unchecked"}
    check_derivative(session, made, actor=cast.chen)
    assert codes(plan_of(session, cast, office, made)) == set()


def test_whoever_is_mentioned_in_an_account_must_have_allowed_that(session, cast, office, witness):
    allow(session, witness, office, FULL, cast.amina)
    neighbour = persons.person(session, cast.amina, cast.mission, governance=LAWFUL)
    interview = interview_with(session, cast, witness)
    links.link_person(session, interview, neighbour, "mentioned", actor=cast.amina)
    assert codes(plan_of(session, cast, office, interview)) == {"basis"}
    allow(session, neighbour, office, PSEUDONYM, cast.amina)
    assert codes(plan_of(session, cast, office, interview)) == {"basis"}, "the account shows them in full"
    allow(session, neighbour, office, FULL, cast.amina)
    plan = plan_of(session, cast, office, interview)
    assert codes(plan) == set()
    assert len(plan.document["items"][0]["annotations"]["persons"]) == 1, "only who gave it"


def test_an_account_that_is_not_shown_mentions_nobody(session, cast, office, witness):
    allow(session, witness, office, PSEUDONYM, cast.amina)
    interview = interview_with(session, cast, witness)
    neighbour = persons.person(session, cast.amina, cast.mission, governance=LAWFUL)
    links.link_person(session, interview, neighbour, "mentioned", actor=cast.amina)
    assert codes(plan_of(session, cast, office, interview)) == set()


def test_a_condition_is_shown_and_must_be_looked_at(session, instance, cast, office, witness):
    photo = exhibit_from(session, instance, cast, witness, exhibits.png(1))
    cell = Cell(office, Use.INVESTIGATION, FULL)
    give(session, witness, [cell], facts=SAID, actor=cast.amina)
    before = plan_of(session, cast, office, photo)
    give(session, witness, [cell], facts={**SAID, "conditions": "not before the trial"}, actor=cast.amina)
    after = plan_of(session, cast, office, photo)
    assert codes(before) == set()
    assert codes(after) == {"condition"}
    assert "not before the trial" in after.gates[0].says
    assert after.gates[0].needs_a_look
    assert not after.gates[0].is_closed
    assert before.document["items"][0]["conditions"] != after.document["items"][0]["conditions"]
    assert "not before" not in str(after.document), "the plan is no place for it"


def test_a_condition_on_a_limit_is_shown_too(session, instance, cast, office, witness):
    photo = exhibit_from(session, instance, cast, witness, exhibits.png(1))
    allow(session, witness, office, FULL, cast.amina)
    cell = Cell(office, Use.INVESTIGATION, PSEUDONYM)
    limit(session, witness, [cell], facts={**SAID, "conditions": "no voice"}, actor=cast.amina)
    assert codes(plan_of(session, cast, office, photo)) == {"condition", "identity"}


def test_nothing_goes_to_a_party_that_is_a_recipient_no_longer(session, instance, cast, office):
    photo = exhibit_from(session, instance, cast, None, exhibits.png(1))
    end_party(session, office, reason="closed down", actor=cast.olena)
    assert codes(plan_of(session, cast, office, photo)) == {"recipient"}


def test_a_legal_basis_is_asked_of_each_item(session, instance, cast, office):
    photo = exhibits.receive(
        session,
        instance.vault,
        cast,
        exhibits.png(1),
        governance=Governance(Level.INTERNAL),
        source_kind=SourceKind.OWN,
    )
    assert codes(plan_of(session, cast, office, photo)) == {"legal-basis"}
